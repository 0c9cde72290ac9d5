"""What followed the firings of a rule: the return of the fund to look at less that of its own fund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.notes import INTEREST_RATES
from analytics.panel import DateArray, FloatArray, PricePanel
from analytics.watch.rules import Rule
from analytics.window import months_before

HORIZONS = (20, 60, 120, 250)
"""Sessions after which it is asked what has followed: a month, a quarter, half a year, a year."""
MONTHS = (1, 3)
"""Months after which it is asked what has followed a decision."""
FEWEST = 10
"""Firings below which no share of them is told: three of six is no 50 %."""


@dataclass(frozen=True)
class Followed:
    """What followed the firings of a rule within so many sessions, beside what follows any session.

    Each is counted from the close of the session AFTER: nobody trades on the close that a rule fires by.

    fund, target : the fund that the rule is about, and the one to look at
    sessions : of the horizon
    gaps : by the session on which it fired, the target's total return less the fund's, fraction; None where
        the horizon has not passed yet or a price is missing
    average : of the same over all sessions that the rule was read on, None where none is known
    ahead : share of all sessions after which the target was ahead, None where none is known
    counted : sessions in `average` and `ahead`
    """

    fund: str
    target: str
    sessions: int
    gaps: tuple[tuple[date, float | None], ...]
    average: float | None
    ahead: float | None
    counted: int

    @property
    def known(self) -> tuple[float, ...]:
        """The gaps of the firings of which one is known, the oldest first."""
        return tuple(gap for _, gap in self.gaps if gap is not None)

    @property
    def firings(self) -> int:
        """Firings of which it is known what followed."""
        return len(self.known)

    @property
    def times_ahead(self) -> int:
        """Firings after which the target was ahead."""
        return sum(gap > 0 for gap in self.known)

    @property
    def mean(self) -> float | None:
        """The gap after a firing, on average; None without any."""
        return sum(self.known) / self.firings if self.firings else None

    @property
    def share(self) -> float | None:
        """Share of the firings after which the target was ahead; None of fewer than `FEWEST`."""
        return self.times_ahead / self.firings if self.firings >= FEWEST else None


@dataclass(frozen=True)
class FollowedSum:
    """What followed the firings of several rules within so many sessions.

    firings : of which it is known what followed, of so many in `fired`
    ahead : after how many of them the fund to look at was ahead
    mean : the gap after a firing on average, None without any
    average, usual : the gap and the share ahead after any session of the same pairs, each weighted by its
        firings; None where they are not known
    """

    sessions: int
    fired: int
    firings: int
    ahead: int
    mean: float | None
    average: float | None
    usual: float | None

    @property
    def share(self) -> float | None:
        """Share of the firings after which the fund to look at was ahead; None of fewer than `FEWEST`."""
        return self.ahead / self.firings if self.firings >= FEWEST else None


def sum_up(found: Sequence[Followed]) -> FollowedSum:
    """Sum up what followed within the same number of sessions.

    Examples
    --------
    >>> day = date(2026, 1, 12)
    >>> one = Followed("AAA", "BBB", 20, ((day, 0.02), (day, None)), 0.01, 0.6, 100)
    >>> other = Followed("AAA", "CCC", 20, ((day, -0.04), (day, 0.05)), 0.04, 0.3, 100)
    >>> whole = sum_up([one, other])
    >>> averages = whole.mean, whole.average, whole.usual
    >>> (whole.fired, whole.firings, whole.ahead), *(round(each, 6) for each in averages)
    ((4, 3, 2), 0.01, 0.03, 0.4)
    """
    known = [gap for each in found for gap in each.known]
    based = [each for each in found if each.average is not None and each.ahead is not None and each.firings]
    weight = sum(each.firings for each in based)
    return FollowedSum(
        sessions=found[0].sessions,
        fired=sum(len(each.gaps) for each in found),
        firings=len(known),
        ahead=sum(gap > 0 for gap in known),
        mean=sum(known) / len(known) if known else None,
        average=sum((each.average or 0.0) * each.firings for each in based) / weight if weight else None,
        usual=sum((each.ahead or 0.0) * each.firings for each in based) / weight if weight else None,
    )


def pair_of(rule: Rule) -> tuple[str, str] | None:
    """Return the fund that a rule is about and the one it is held against; None where it is about one alone.

    That is the fund to look at, else the second of two funds whose figures are compared.

    Examples
    --------
    >>> from analytics.watch.rules import Condition, Op, Quantity
    >>> pair_of(Rule((Condition(Quantity("sharpe", "AAA", other="BBB"), Op.BELOW, 0.0),)))
    ('AAA', 'BBB')
    """
    quantity = rule.conditions[0].quantity
    other = rule.then or quantity.other
    named = {quantity.symbol, other}
    if other is None or len(named) == 1 or named & INTEREST_RATES:
        return None
    return quantity.symbol, other


def follow(
    rule: Rule,
    panel: PricePanel,
    fired: Sequence[date],
    first: date,
    last: date,
    horizons: Sequence[int] = HORIZONS,
) -> tuple[Followed, ...]:
    """Compute what followed the firings of a rule, beside what followed every session.

    Sessions are those that the exchanges of both funds hold.  A price that is missing at either end leaves a
    gap unknown; nothing is filled.

    Parameters
    ----------
    panel : of both funds; sessions after `last` are ignored
    fired : the sessions on which it fired, the oldest first
    first, last : the sessions on which the rule was read, both included

    Returns
    -------
    One of each horizon; nothing for a rule about one fund alone, or where the panel lacks one of the two.

    Examples
    --------
    It fires on the 12th; from the close of the 13th to that of the 14th AAA loses 1 % and BBB nothing.

    >>> from analytics.watch.rules import Condition, Op, Quantity
    >>> days = np.array(["2026-01-12", "2026-01-13", "2026-01-14"], dtype="datetime64[D]")
    >>> levels = np.array([[100.0, 50.0, 49.5], [10.0, 11.0, 11.0]])
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full((2, 3), np.nan), "by hand")
    >>> rule = Rule((Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0),), then="BBB")
    >>> (found,) = follow(rule, panel, [date(2026, 1, 12)], date(2026, 1, 12), date(2026, 1, 14), [1])
    >>> round(found.mean, 6), found.times_ahead, found.share, found.counted
    (0.01, 1, None, 1)
    """
    pair = pair_of(rule)
    if pair is None or not set(pair) <= set(panel.symbols):
        return ()
    sessions, levels = _shared(pair, panel, last)
    begin = int(np.searchsorted(sessions, np.datetime64(first, "D")))
    return tuple(_followed(pair, each, sessions, _gaps(levels, each), fired, begin) for each in horizons)


@dataclass(frozen=True)
class GapAfter:
    """What followed a decision within so many months.

    fund, target : the fund that the rule is about, and the one to look at
    begin : the session from whose close it is counted, None where it has not come yet
    end : the session of the last close of it, None while the months have not passed
    gap : the target's total return less the fund's, fraction; None where the time is not over or a price is
        missing
    """

    fund: str
    target: str
    months: int
    begin: date | None = None
    end: date | None = None
    gap: float | None = None


def gap_after(
    rule: Rule, panel: PricePanel, known: date, last: date, months: Sequence[int] = MONTHS
) -> tuple[GapAfter, ...]:
    """Compute what followed a decision, from the first close after all that was known when it was taken.

    Months are counted on the calendar from that close; they end with the last session up to their last day.
    Sessions are those that the exchanges of both funds hold, and nothing is filled.

    Parameters
    ----------
    panel : of both funds; sessions after `last` are ignored
    known : the newest session that had a close when it was decided
    last : the newest session that is complete

    Returns
    -------
    One of each number of months; nothing for a rule about one fund alone, or where the panel lacks one.

    Examples
    --------
    It is decided after the close of the 15th of January; from the 16th on AAA loses 10 % and BBB gains 5 %.

    >>> from analytics.watch.rules import Condition, Op, Quantity
    >>> days = np.array(["2026-01-15", "2026-01-16", "2026-02-13", "2026-02-17"], dtype="datetime64[D]")
    >>> levels = np.array([[90.0, 100.0, 90.0, 80.0], [10.0, 20.0, 21.0, 30.0]])
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full((2, 4), np.nan), "by hand")
    >>> rule = Rule((Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0),), then="BBB")
    >>> (found,) = gap_after(rule, panel, date(2026, 1, 15), date(2026, 2, 17), [1])
    >>> found.begin.isoformat(), found.end.isoformat(), round(found.gap, 6)
    ('2026-01-16', '2026-02-13', 0.15)
    """
    pair = pair_of(rule)
    if pair is None or not set(pair) <= set(panel.symbols):
        return ()
    sessions, levels = _shared(pair, panel, last)
    at = int(np.searchsorted(sessions, np.datetime64(known, "D"), side="right"))
    if at == sessions.size:
        return tuple(GapAfter(*pair, each) for each in months)
    begin: date = sessions[at].item()
    return tuple(_after(GapAfter(*pair, each, begin), sessions, levels, at, last) for each in months)


def _after(begun: GapAfter, sessions: DateArray, levels: FloatArray, at: int, last: date) -> GapAfter:
    assert begun.begin, "it has begun"
    until = months_before(begun.begin, -begun.months)
    if until > last:
        return begun
    stop = int(np.searchsorted(sessions, np.datetime64(until, "D"), side="right")) - 1
    returns = levels[:, stop] / levels[:, at] - 1.0
    gap = float(returns[1] - returns[0])
    return replace(begun, end=sessions[stop].item(), gap=gap if gap == gap else None)


def _shared(pair: tuple[str, str], panel: PricePanel, last: date) -> tuple[DateArray, FloatArray]:
    """Return the sessions that the exchanges of both funds hold, and (2, T) their levels of total return."""
    known = panel.through(last)
    rows = [known.row(symbol) for symbol in pair]
    own = slice(None) if known.held is None else np.flatnonzero(known.held[rows].all(axis=0))
    return known.sessions[own], known.total_return[rows][:, own]


def _gaps(levels: FloatArray, horizon: int) -> FloatArray:
    """Return (T,) the second fund's return less the first's from the session after each, NaN unknown."""
    length = levels.shape[1]
    gaps = np.full(length, np.nan)
    ended = max(length - horizon - 1, 0)
    if ended:
        returns = levels[:, horizon + 1 :] / levels[:, 1 : ended + 1] - 1.0
        gaps[:ended] = returns[1] - returns[0]
    return gaps


def _followed(
    pair: tuple[str, str],
    horizon: int,
    sessions: DateArray,
    gaps: FloatArray,
    fired: Sequence[date],
    begin: int,
) -> Followed:
    every = gaps[begin:][np.isfinite(gaps[begin:])]
    return Followed(
        *pair,
        sessions=horizon,
        gaps=tuple((day, _on(sessions, gaps, day)) for day in fired),
        average=float(every.mean()) if every.size else None,
        ahead=float(np.count_nonzero(every > 0) / every.size) if every.size else None,
        counted=int(every.size),
    )


def _on(sessions: DateArray, gaps: FloatArray, day: date) -> float | None:
    """Return the gap after a day; after the session before it, where one of the exchanges rested on it."""
    at = int(np.searchsorted(sessions, np.datetime64(day, "D"), side="right")) - 1
    gap = float(gaps[at]) if at >= 0 else float("nan")
    return gap if gap == gap else None
