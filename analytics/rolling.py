"""Measures over windows that move with the sessions, through a span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from analytics.align import Aligned, align
from analytics.measures import MEASURES, Sample
from analytics.panel import BoolArray, DateArray, FloatArray, PricePanel
from analytics.query import Query
from analytics.returns import common_sessions
from analytics.watch.moving import History, IntArray, trailing
from analytics.window import Span, Window, month_ends

WINDOWS: Mapping[str, Window] = {name: Window(row.rolls) for name, row in MEASURES.items() if row.rolls}
"""The measures that are rolled, each with the window that ends on every session."""


@dataclass(frozen=True, eq=False)
class RollingMeasures:
    """Measures over windows that end on each session of a span.

    sessions : (T,) datetime64[D], the span's sessions on which every fund has a price; where the question is
        weekly, the last one of each week
    figures : by name of `WINDOWS`, (N, T) in the measure's unit; relative ones where there is a benchmark.
        NaN where the history is shorter than the window, where the measure has no value, and in the
        benchmark's own row of a relative one
    apart : True where relative figures come from weekly returns because exchanges close hours apart
    periods : by symbol, returns a year by which its own figures are annualised
    """

    query: Query
    span: Span
    sessions: DateArray
    figures: Mapping[str, FloatArray]
    apart: bool
    periods: Mapping[str, int]
    source: str
    simulated: bool


def roll_measures(panel: PricePanel, query: Query) -> RollingMeasures:
    """Compute each measure of `WINDOWS` on every session of the span, over the window that ends there.

    A value is the one that a comparison over that window gives on the evening of its session: windows count
    back in the calendar, begin and end on sessions that all funds share, and hold each fund's own sessions.
    They reach back before the span, so that its first session has a value where a fund is old enough; one
    that is younger than a window shortens no other's.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`; sessions after `query.as_of` are ignored

    Returns
    -------
    Rolled.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.

    References
    ----------
    METRICS: the window rule; half a year for correlations.

    Examples
    --------
    A fund that gains 2 % and loses 1 % by turns: mean 0.5 %, downside 0.7071 % per session.

    >>> from datetime import date
    >>> from analytics.panel import PricePanel
    >>> from analytics.window import parse
    >>> days = np.busday_offset(np.datetime64("2025-01-06"), np.arange(301))
    >>> levels = np.cumprod(np.concatenate([[1.0], np.tile([1.02, 0.99], 150)]))[None, :]
    >>> held = PricePanel(days, ("AAA",), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> found = roll_measures(held, Query(("AAA",), parse("1m"), date(2026, 3, 2)))
    >>> found.sessions.size, list(found.figures), round(found.figures["sortino"][0, -2].item(), 3)
    (21, ['sortino', 'volatility'], 11.225)
    """
    # Windows move, so a mix is looked at as it has run, and begins anew with none of them.
    found = align(replace(panel, components={}), query)
    ends = _ends(found)
    named = [name for name in WINDOWS if query.against or not MEASURES[name].relative]
    return RollingMeasures(
        query=query,
        span=found.span,
        sessions=found.funds.sessions[ends],
        figures={name: _roll_measure(found, name, ends) for name in named},
        apart=not query.weekly and any(found.apart(symbol) for symbol in query.symbols),
        periods={symbol: found.sample_of("sortino", symbol).periods for symbol in query.symbols},
        source=panel.source,
        simulated=panel.simulated,
    )


def _ends(found: Aligned) -> IntArray:
    """Return columns of the sessions on which windows end."""
    shared = common_sessions(found.funds.total_return[:, found.span.columns])
    ends = found.span.first + np.flatnonzero(shared)
    if not found.query.weekly:
        return ends
    # Day 0 of the epoch was a Thursday: adding three lets the weeks begin on Monday.
    week = (found.funds.sessions[ends].astype(np.int64) + 3) // 7
    closes: IntArray = ends[np.append(np.diff(week) != 0, True)]
    return closes


def _roll_measure(found: Aligned, name: str, ends: IntArray) -> FloatArray:
    """Take (N, T) one measure of all symbols."""
    out = np.full((len(found.query.symbols), ends.size), np.nan)
    days = found.funds.sessions[ends]
    for rows, history in _histories(found, name):
        at = np.searchsorted(history.sessions, days)
        out[rows] = trailing(MEASURES[name], history, WINDOWS[name], at).values
    return out


def _histories(found: Aligned, name: str) -> Iterator[tuple[list[int], History]]:
    """Yield what windows of a measure are laid on; symbols that share their sessions are computed
    together.
    """
    query = found.query
    against = query.against if MEASURES[name].relative else None
    groups: dict[tuple[bytes, int, bool], list[tuple[int, Sample]]] = {}
    whole = replace(found, span=replace(found.span, first=0))
    for row, symbol in enumerate(query.symbols):
        if symbol != against:
            past = whole.pair(symbol, against) if against else whole.sample_of("total_return", symbol)
            weekly = query.weekly or (against is not None and found.apart(symbol))
            key = past.sessions.tobytes(), past.periods, weekly
            groups.setdefault(key, []).append((row, past))
    for (_, _, weekly), alike in groups.items():
        yield [row for row, _ in alike], _history(found, [past for _, past in alike], weekly=weekly)


def _history(found: Aligned, alike: list[Sample], *, weekly: bool) -> History:
    funds, past = found.funds, alike[0]
    at = np.searchsorted(funds.sessions, past.sessions)
    levels = np.vstack([each.levels for each in alike])
    known = np.isfinite(levels) & _usable_sessions(funds.total_return)[at]
    if past.benchmark is not None:
        known &= np.isfinite(past.benchmark)
    return History(
        levels=levels,
        sessions=past.sessions,
        month_ends=month_ends(funds.sessions, funds.held, funds.following)[at],
        known=known,
        rate=past.rate,
        benchmark=past.benchmark,
        periods=past.periods,
        weekly=weekly,
    )


def _usable_sessions(levels: FloatArray) -> BoolArray:
    """Return (T,) True where every fund that has begun has a price."""
    known = np.isfinite(levels)
    return np.asarray((known | ~np.logical_or.accumulate(known, axis=1)).all(axis=0))
