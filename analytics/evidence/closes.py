"""What evidence is computed from: funds and proxies by whole weeks or months, on shared sessions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.align import align
from analytics.measures.resample import monthly, weekly
from analytics.measures.sample import Sample
from analytics.panel import BoolArray, DateArray, Doubt, FloatArray, PricePanel, doubts_within
from analytics.query import Query
from analytics.returns import common_sessions
from analytics.window import Span, Window, find_span, month_ends, parse

HISTORY = parse("5y")
"""What evidence is told over where nobody asks for another window."""

FEWEST_WEEKS = 104
"""Two years: below, no line is drawn through weekly returns."""

YIELD = "^TNX"
"""Yield of the 10-year Treasury note, quoted in percent: 4.5 is 4.5 %."""

BASIS_POINTS = 100.0
"""In one percent."""


@dataclass(frozen=True)
class Provenance:
    """What an answer was made from, as it is printed under it.

    start, end : the base close and the last close of the span
    doubts : of what went in, those that touch a return in the span, or in what was looked back on before it
    """

    start: date
    end: date
    source: str
    simulated: bool
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, eq=False)
class Ground:
    """Prices that a question is laid on.

    history : the panel up to the question's end, without what lies before a break
    span : of the funds asked, over the window of the evidence
    """

    query: Query
    history: PricePanel
    span: Span

    def provenance(self, symbols: Sequence[str], since: date) -> Provenance:
        """Say what an answer on these symbols was made from, the earliest of it on a day."""
        span, held = self.span, [symbol for symbol in symbols if symbol in self.history.symbols]
        doubts = doubts_within(self.history.doubts, held, min(since, span.start), span.end)
        return Provenance(span.start, span.end, self.history.source, self.history.simulated, doubts)

    def missing(self, symbol: str) -> str | None:
        """Say that there are no prices of a proxy; None where there are some."""
        priced = symbol in self.history.symbols and np.isfinite(_levels(self.history, symbol)).any()
        return None if priced else f"no prices of {symbol}"

    def absent(self, symbol: str) -> str | None:
        """Say why a proxy cannot be held beside the funds through the whole span; None where it can."""
        if missing := self.missing(symbol):
            return missing
        known = np.flatnonzero(np.isfinite(_levels(self.history, symbol)))
        if known[0] > self.span.first:
            return f"prices of {symbol} begin {self.history.sessions[known[0]]}"
        if known[-1] < self.span.last - LATE:
            return f"prices of {symbol} end {self.history.sessions[known[-1]]}"
        return None

    def priced(self, symbol: str) -> tuple[FloatArray, DateArray]:
        """Take the known levels of one symbol, and their sessions."""
        levels = _levels(self.history, symbol)
        known = np.isfinite(levels)
        return levels[known], self.history.sessions[known]

    def level(self, symbol: str, day: date) -> float:
        """Return the level of a symbol on a session; NaN where it has none on that day."""
        levels, sessions = self.priced(symbol)
        at = int(np.searchsorted(sessions, np.datetime64(day, "D")))
        found = at < sessions.size and sessions[at] == np.datetime64(day, "D")
        return float(levels[at]) if found else math.nan


LATE = 5
"""Sessions that a proxy's prices may end before the funds': more than a week of them would be lost."""


@dataclass(frozen=True, eq=False)
class Closes:
    """Levels of N symbols at the ends of whole periods: at the last session in each that all of them share.

    sessions : (P,) datetime64[D], those last sessions
    levels : (N, P), all known; a period without a shared session has no column
    follows : (P,) True where the period before is there too, so that the return is of this period alone
    """

    symbols: tuple[str, ...]
    sessions: DateArray
    levels: FloatArray
    follows: BoolArray

    @property
    def returns(self) -> FloatArray:
        """(N, P - 1) simple returns, fraction; across periods without a close one return."""
        return np.asarray(self.levels[:, 1:] / self.levels[:, :-1] - 1.0)

    def returns_of(self, symbols: Sequence[str]) -> FloatArray:
        """Take (len(symbols), P - 1) simple returns of some of them, in this order."""
        rows = [self.symbols.index(symbol) for symbol in symbols]
        return np.asarray(self.levels[rows, 1:] / self.levels[rows, :-1] - 1.0)

    def yield_changes(self) -> FloatArray:
        """Take (P - 1,) first differences of the 10-year yield in basis points, never its percent change."""
        return np.asarray(np.diff(self.levels[self.symbols.index(YIELD)]) * BASIS_POINTS)

    def within(self, start: date, end: date) -> Closes:
        """Return the closes from a day to another, both included; the first is the base."""
        days = self.sessions
        kept = (days >= np.datetime64(start, "D")) & (days <= np.datetime64(end, "D"))
        return replace(self, sessions=days[kept], levels=self.levels[:, kept], follows=self.follows[kept])


def lay(panel: PricePanel, query: Query, window: Window) -> Ground:
    """Lay a question on a panel over another window than its own, up to the same end.

    Parameters
    ----------
    panel : holds the funds of the question, and those of its proxies that are to be had
    window : of the evidence, such as `HISTORY`

    Raises
    ------
    NoCommonHistory
        The funds share fewer than two sessions in the window.
    ValueError
        The panel lacks one of the funds.
    """
    end = min(query.as_of, query.window.end or query.as_of)
    found = align(panel, Query(query.symbols, window, end))
    return Ground(query, found.history, found.span)


def weekly_closes(history: PricePanel, symbols: Sequence[str]) -> Closes:
    """Take levels of symbols at the ends of the whole weeks of a panel.

    Parameters
    ----------
    history : holds all of the symbols; of `YIELD` the quote is taken, of all others the total return

    Returns
    -------
    Closes.  A week ends on its last session that all symbols have a price for; the last week is there once it
    is over.

    Examples
    --------
    The second fund lacks Friday the 17th, and the week from the 27th on:

    >>> days = np.array(["2025-01-10", "2025-01-16", "2025-01-17", "2025-01-24", "2025-01-31", "2025-02-07"],
    ...                 dtype="datetime64[D]")
    >>> levels = np.array([[10.0, 11.0, 99.0, 12.0, 77.0, 15.0], [5.0, 6.0, np.nan, 6.0, np.nan, 7.5]])
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> found = weekly_closes(panel, ("AAA", "BBB"))
    >>> found.levels.tolist()
    [[10.0, 11.0, 12.0, 15.0], [5.0, 6.0, 6.0, 7.5]]
    >>> found.follows.tolist(), found.returns[1].tolist()
    ([False, True, True, False], [0.19999999999999996, 0.0, 0.25])
    """
    return _closes(history, symbols, weekly)


def monthly_closes(history: PricePanel, symbols: Sequence[str]) -> Closes:
    """Take levels of symbols at the ends of the whole months of a panel, as `weekly_closes` does."""
    return _closes(history, symbols, monthly)


def _closes(history: PricePanel, symbols: Sequence[str], resample: Callable[[Sample], Sample]) -> Closes:
    levels = np.vstack([_levels(history, symbol) for symbol in symbols])
    shared = common_sessions(levels)
    found = resample(Sample(np.where(shared, levels, np.nan), history.sessions, following=history.following))
    known = common_sessions(found.levels)
    follows = np.append(False, known[:-1])[: known.size]
    # A period is named by its last session, but ends for these symbols on the last one that they share.
    days = history.sessions[shared]
    last = days[np.searchsorted(days, found.sessions[known], side="right") - 1]
    return Closes(tuple(symbols), last, found.levels[:, known], follows[known])


def _levels(history: PricePanel, symbol: str) -> FloatArray:
    """Return (T,) levels of total return; of the yield, which may be zero or below, its quotes."""
    rows = history.close if symbol == YIELD else history.total_return
    return np.asarray(rows[history.row(symbol)])


def spans_to(
    history: PricePanel, symbols: Sequence[str], window: Window, ends: Sequence[date]
) -> tuple[Span | None, ...]:
    """Lay a window on the shared sessions of symbols, so that it ends on each of some days.

    Returns
    -------
    A span by end, by the window rule of every answer; None where the prices begin too late to fill it.
    """
    known = common_sessions(np.vstack([_levels(history, symbol) for symbol in symbols]))
    month = month_ends(history.sessions, history.held, history.following)
    spans = [find_span(window, history.sessions, known, end, month) for end in ends]
    return tuple(span if span and span.full else None for span in spans)


def pairs_of(query: Query) -> tuple[tuple[str, str], ...]:
    """Pair each fund with the last one, which it is held against.

    >>> from analytics.window import parse
    >>> pairs_of(Query(("AAA", "BBB", "CCC"), parse("1y"), date(2026, 1, 16)))
    (('AAA', 'CCC'), ('BBB', 'CCC'))
    """
    return tuple((symbol, query.symbols[-1]) for symbol in query.symbols[:-1])


def with_differences(returns: FloatArray) -> FloatArray:
    """Stack returns of funds, (N, T), and of each but the last less the last, (N - 1, T): `pairs_of`."""
    return np.vstack([returns, returns[:-1] - returns[-1]])
