"""Prices of two sources held against each other: where they disagree, and by which of the usual faults.

Two good sources tell the same total return of a session to a hundredth of a basis point.  Where they do not,
one of them has an error, and its shape tells which: a distribution that is not in the adjusted closes or is
in them twice, a session that is missing or was not over, a price in another unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analytics.notes import INTEREST_RATES
from analytics.panel import BoolArray, DateArray, Doubt, DoubtKind, FloatArray, PricePanel

TOLERANCE = 2e-4
"""By how much the returns of a session may differ (fraction, 2 bp)."""
EX_DAY_TOLERANCE = 4e-4
"""The same on an ex-day, for there are two customs of reinvesting."""
YEAR_TOLERANCE = 3e-4
"""By how much those of a year may differ in all (log)."""
YEAR = timedelta(days=365)

ROUNDING = 1e-5
"""Below this a step of adjusted against plain close is the rounding of prices (log)."""
LOG_HUNDRED = float(np.log(100))
UNIT_TOLERANCE = float(np.log(4 / 3))
"""How far from a hundredfold a change of unit may lie, as the fund moves meanwhile (log)."""
FORGOTTEN = 0.1
"""The part of a distribution below which a source does not have it."""
TWICE = 0.2
"""How far from two to one distributions may lie where one of them was counted twice."""
THIN = 0.9
"""The part of the other source's volume below which a session was not over."""
BACK_WITHIN = 5
"""Sessions within which a price that was wrong comes back."""
LATELY = timedelta(days=14)
"""For so long a session may be decided again, and what was doubted of it has to stay so."""
TICKS = (0.01, 0.001, 0.0001)
"""What prices may be rounded to: half of it at both ends of a return is no disagreement."""


class Disagreement(StrEnum):
    """What a disagreement looks like."""

    FORGOTTEN = "distribution forgotten"
    TWICE = "distribution twice"
    MISSING = "session missing"
    UNFINISHED = "session unfinished"
    UNIT = "another unit"
    PRICE = "another price"
    YEAR = "apart over a year"


@dataclass(frozen=True)
class Disparity:
    """One disagreement about a symbol.

    session : on whose evening it is known
    first, second : total returns of that session by each source, of a YEAR those of the year (fraction); None
        where a source has no price
    by : the source at fault, empty where nothing tells which
    sources : the first, which answers rest on, and the second
    undone : the prices came together again a few sessions later
    """

    kind: Disagreement
    symbol: str
    session: date
    first: float | None
    second: float | None
    by: str
    sources: tuple[str, str]
    undone: bool = False

    @property
    def words(self) -> str:
        """Say what each source tells and what is wrong: "A -0.85 %, B +0.12 %: A lacks the distribution"."""
        one, two = (
            f"{name} {'no price' if value is None else f'{value * 100:+.2f} %'}"
            for name, value in zip(self.sources, (self.first, self.second), strict=True)
        )
        what = _FAULTS[self.kind].format(by=self.by or "one of them")
        return f"{one}, {two}{what}"

    @property
    def doubt(self) -> Doubt | None:
        """The doubt that it casts on the first source's price; None where that has none to doubt."""
        if self.kind is Disagreement.MISSING or self.first is None or self.second is None:
            return None
        kind = _DOUBTS.get(self.kind, DoubtKind.JUMP)
        return Doubt(kind, self.symbol, self.session, self.first - self.second, cause=self.words)


_FAULTS = {
    Disagreement.FORGOTTEN: ": {by} lacks the distribution",
    Disagreement.TWICE: ": {by} has the distribution twice",
    Disagreement.MISSING: "",
    Disagreement.UNFINISHED: ": {by} tells of a session that was not over",
    Disagreement.UNIT: ": {by} is in another unit, about 100 to 1",
    Disagreement.PRICE: "",
    Disagreement.YEAR: " over a year, and on this day more than on any other",
}
_DOUBTS = {
    Disagreement.FORGOTTEN: DoubtKind.DISTRIBUTION,
    Disagreement.TWICE: DoubtKind.DISTRIBUTION,
    Disagreement.UNIT: DoubtKind.UNIT,
}


@dataclass(frozen=True, eq=False)
class _Quotes:
    """One source's prices of one symbol, on sessions of both.

    total, close, volume : (T,), NaN where not known
    paid : (T,) True where it tells of a distribution
    """

    source: str
    total: FloatArray
    close: FloatArray
    volume: FloatArray
    paid: BoolArray


@dataclass(frozen=True, eq=False)
class _Steps:
    """What one source tells from each common session to the next.

    total : (K,) log return of the adjusted close; price : of the plain one; part : the first less the second,
        which is what was reinvested
    slack : (K,) what rounding may make of a return
    """

    total: FloatArray
    price: FloatArray
    slack: FloatArray

    @property
    def part(self) -> FloatArray:
        """(K,) what was reinvested, log."""
        return self.total - self.price


def cross_check(first: PricePanel, second: PricePanel, since: date) -> tuple[Disparity, ...]:
    """Find where two sources disagree about the symbols that both have.

    Interest rates have no return, and are left out.

    Parameters
    ----------
    first : the panel that answers rest on
    since : the first session looked at; a year before the last one shows a YEAR

    Returns
    -------
    The oldest first, symbol by symbol.

    Examples
    --------
    The second source has forgotten a distribution of 1 on Thursday:

    >>> days = np.array(["2026-01-14", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> close, whole = np.array([[100.0, 99.0, 99.5]]), np.array([[99.0, 99.0, 99.5]])
    >>> one = PricePanel(days, ("AAA",), whole, close, close, "One")
    >>> two = PricePanel(days, ("AAA",), close, close, close, "Two")
    >>> (found,) = cross_check(one, two, date(2026, 1, 14))
    >>> found.kind.value, found.session.isoformat(), found.by
    ('distribution forgotten', '2026-01-15', 'Two')
    >>> found.words
    'One +0.00 %, Two -1.00 %: Two lacks the distribution'
    """
    found: list[Disparity] = []
    for symbol in first.symbols:
        if symbol in second.symbols and symbol not in INTEREST_RATES:
            sessions, quotes = _side_by_side(first, second, symbol, since)
            if sessions.size:
                found += _disparities(symbol, sessions, quotes)
    return tuple(found)


_Pair = tuple[_Quotes, _Quotes]
Columns = NDArray[np.intp]


def _side_by_side(first: PricePanel, second: PricePanel, symbol: str, since: date) -> tuple[DateArray, _Pair]:
    """Put two sources' prices on the sessions that the symbol's exchange held within both lives."""
    row = first.row(symbol)
    held = np.ones(first.sessions.size, dtype=np.bool_) if first.held is None else first.held[row]
    sessions = first.sessions[held & (first.sessions >= np.datetime64(since, "D"))]
    quotes = _quotes(first, symbol, sessions), _quotes(second, symbol, sessions)
    known = [np.flatnonzero(np.isfinite(each.total)) for each in quotes]
    if not all(at.size for at in known):
        return sessions[:0], quotes
    # Where a source begins is no hole in it; that it ends before the other is one.
    life = slice(max(int(at[0]) for at in known), max(int(at[-1]) for at in known) + 1)
    cut = tuple(
        _Quotes(each.source, each.total[life], each.close[life], each.volume[life], each.paid[life])
        for each in quotes
    )
    return sessions[life], (cut[0], cut[1])


def _quotes(panel: PricePanel, symbol: str, sessions: DateArray) -> _Quotes:
    row = panel.row(symbol)
    at = np.minimum(np.searchsorted(panel.sessions, sessions), panel.sessions.size - 1)
    there = panel.sessions[at] == sessions
    total, close, volume = (
        np.where(there, values[row, at], np.nan) for values in (panel.total_return, panel.close, panel.volume)
    )
    days = [paid.session for paid in panel.distributions if paid.symbol == symbol]
    paid = np.isin(sessions, np.array(days, dtype="datetime64[D]"))
    return _Quotes(panel.source, total, close, volume, paid)


def _disparities(symbol: str, sessions: DateArray, quotes: _Pair) -> Iterator[Disparity]:
    names = quotes[0].source, quotes[1].source
    known = [np.isfinite(each.total) for each in quotes]
    for column in np.flatnonzero(known[0] != known[1]):
        lacking = names[0] if known[1][column] else names[1]
        day = sessions[column].item()
        yield Disparity(Disagreement.MISSING, symbol, day, *_returns_at(quotes, int(column)), lacking, names)
    at = np.flatnonzero(known[0] & known[1])
    if at.size < 2:
        return
    one, two = (_steps(each, at) for each in quotes)
    paid = np.diff(np.cumsum(quotes[0].paid | quotes[1].paid)[at]) > 0
    ex_day = paid | (np.abs(one.part) > ROUNDING) | (np.abs(two.part) > ROUNDING)
    slack = one.slack + two.slack
    apart = np.expm1(one.total) - np.expm1(two.total)
    wrong = np.abs(apart) > np.where(ex_day, EX_DAY_TOLERANCE, TOLERANCE) + slack
    for step, undone in _first_steps(one.total - two.total, wrong, TOLERANCE + slack):
        kind, by = _classify(one, two, quotes, at, step)
        told = float(np.expm1(one.total[step])), float(np.expm1(two.total[step]))
        yield Disparity(kind, symbol, sessions[at[step + 1]].item(), *told, by, names, undone)
    if not wrong.any():
        yield from _over_a_year(symbol, sessions[at], one, two, names)


def _first_steps(apart: FloatArray, wrong: BoolArray, most: FloatArray) -> list[tuple[int, bool]]:
    """Pick the steps that lead into a disagreement, and tell whether another one leads out of it again.

    A price that is wrong on one session makes two returns differ, the one to it and the one from it.

    apart : (K,) log return of one source less that of the other; most : (K,) what is no difference
    """
    found: list[tuple[int, bool]] = []
    undone: set[int] = set()
    for step in np.flatnonzero(wrong).tolist():
        if step in undone:
            continue
        after = np.cumsum(apart[step : step + 1 + BACK_WITHIN])
        back = np.flatnonzero(np.abs(after[1:]) <= 2 * most[step])
        found.append((step, back.size > 0))
        if back.size:
            undone.add(step + 1 + int(back[0]))
    return found


def _returns_at(quotes: _Pair, column: int) -> tuple[float | None, float | None]:
    """Give each source's return of a session that one of them lacks; None where there is none."""
    found: list[float | None] = []
    for each in quotes:
        value = each.total[column] / each.total[column - 1] - 1 if column else np.nan
        found.append(float(value) if np.isfinite(value) else None)
    return found[0], found[1]


def _steps(quotes: _Quotes, at: Columns) -> _Steps:
    total, close = quotes.total[at], quotes.close[at]
    tick = _tick(quotes.total)
    slack = tick / 2 * (1 / total[1:] + 1 / total[:-1])
    return _Steps(np.diff(np.log(total)), np.diff(np.log(close)), slack)


def _tick(levels: FloatArray) -> float:
    """Tell what prices are rounded to; 0 for those that are not."""
    known = levels[np.isfinite(levels)]
    for tick in TICKS:
        if np.allclose(known / tick, np.round(known / tick), rtol=0, atol=1e-6):
            return tick
    return 0.0


def _classify(one: _Steps, two: _Steps, quotes: _Pair, at: Columns, step: int) -> tuple[Disagreement, str]:
    """Tell which of the usual faults a disagreement looks like, and whose it is."""
    names = quotes[0].source, quotes[1].source
    moved = float(one.price[step]), float(two.price[step])
    whole = float(one.total[step]), float(two.total[step])
    for pair in (moved, whole):
        if abs(abs(pair[0] - pair[1]) - LOG_HUNDRED) < UNIT_TOLERANCE:
            return Disagreement.UNIT, names[0] if abs(pair[0]) > abs(pair[1]) else names[1]
    slack = float(one.slack[step] + two.slack[step])
    if abs(moved[0] - moved[1]) <= TOLERANCE + slack:
        return _of_distribution(float(one.part[step]), float(two.part[step]), names)
    if at[step + 1] == quotes[0].total.size - 1:
        return Disagreement.UNFINISHED, _thinner(quotes, int(at[step + 1]))
    return Disagreement.PRICE, ""


def _of_distribution(one: float, two: float, names: tuple[str, str]) -> tuple[Disagreement, str]:
    """Compare what two sources have reinvested on a session, log."""
    if abs(one) < FORGOTTEN * abs(two):
        return Disagreement.FORGOTTEN, names[0]
    if abs(two) < FORGOTTEN * abs(one):
        return Disagreement.FORGOTTEN, names[1]
    if abs(one / two - 2) < TWICE:
        return Disagreement.TWICE, names[0]
    if abs(two / one - 2) < TWICE:
        return Disagreement.TWICE, names[1]
    return Disagreement.PRICE, ""


def _thinner(quotes: _Pair, column: int) -> str:
    """Return the source that tells of fewer shares traded, empty where that does not show."""
    one, two = (float(each.volume[column]) for each in quotes)
    if one < THIN * two:
        return quotes[0].source
    return quotes[1].source if two < THIN * one else ""


def _over_a_year(
    symbol: str, days: DateArray, one: _Steps, two: _Steps, names: tuple[str, str]
) -> Iterator[Disparity]:
    """Yield a disagreement that adds up over a year, on the session that did most of it."""
    year = days[1:] > days[-1] - np.timedelta64(YEAR.days, "D")
    sums = [float(each.total[year].sum()) for each in (one, two)]
    first, second = (float(np.expm1(each)) for each in sums)
    rounded = float(one.slack[year].max(initial=0.0) + two.slack[year].max(initial=0.0))
    if abs(sums[0] - sums[1]) > YEAR_TOLERANCE + rounded:
        most = int(np.argmax(np.where(year, np.abs(one.total - two.total), -1.0)))
        yield Disparity(Disagreement.YEAR, symbol, days[1:][most].item(), first, second, "", names)


@dataclass(frozen=True)
class Agreement:
    """What a comparison of two sources came to after a session.

    first, second : the source that answers rest on, and the one it was held against
    compared : symbols of which both have a price on the session
    late : symbols of which the second has none on it yet
    disparities : of the year up to it
    cause : why nothing could be compared, empty where something was
    """

    first: str
    second: str
    session: date
    compared: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    disparities: tuple[Disparity, ...] = ()
    cause: str = ""

    @property
    def fresh(self) -> tuple[Disparity, ...]:
        """Those about the session itself."""
        return tuple(each for each in self.disparities if each.session == self.session)

    @property
    def agreeing(self) -> int:
        """Count the symbols compared that the sources do not disagree about on the session."""
        return len(set(self.compared) - {each.symbol for each in self.fresh})

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What the comparison casts doubt on.

        After a while what is the second source's own fault, or was over the next days, is no doubt any more.
        """
        kept = (
            each
            for each in self.disparities
            if each.session >= self.session - LATELY or not (each.undone or each.by == self.second)
        )
        return tuple(doubt for each in kept if (doubt := each.doubt))

    @property
    def words(self) -> str:
        """Say what the comparison came to: "A and B agree about 3 of 3 symbols on 2026-01-16"."""
        if self.cause:
            return f"{self.first} was not held against {self.second} on {self.session}: {self.cause}"
        told = f"{self.first} and {self.second} agree about {self.agreeing} of {len(self.compared)} symbols"
        wrong = "".join(f"; {each.symbol}: {each.words}" for each in self.fresh)
        return f"{told} on {self.session}{wrong}"


def agreement(first: PricePanel, second: PricePanel, session: date) -> Agreement:
    """Hold the second panel against the first over the year up to a session."""
    found = cross_check(first, second, session - YEAR)
    both = [symbol for symbol in first.symbols if symbol in second.symbols and symbol not in INTEREST_RATES]
    priced = {symbol: (_has(first, symbol, session), _has(second, symbol, session)) for symbol in both}
    return Agreement(
        first.source,
        second.source,
        session,
        tuple(symbol for symbol in both if all(priced[symbol])),
        tuple(symbol for symbol in both if priced[symbol] == (True, False)),
        found,
    )


def _has(panel: PricePanel, symbol: str, session: date) -> bool:
    at = int(np.searchsorted(panel.sessions, np.datetime64(session, "D")))
    known = at < panel.sessions.size and panel.sessions[at].item() == session
    return known and bool(np.isfinite(panel.total_return[panel.row(symbol), at]))
