"""What followed funds returned over the last day, week, month and year to date, and the gap between them.

All of one pair is measured on the sessions that every exchange of it holds, so that a gap is between the same
two closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np

from analytics.align import IntArray
from analytics.panel import Doubt, PricePanel, doubts_within


class Period(StrEnum):
    """From which close on a return is told; the words are stored."""

    DAY = "day"  # the session before
    WEEK = "week"  # the last one before Monday
    MONTH = "month"  # the last one of the month before
    YEAR = "year"  # the last one of the year before

    def base(self, day: date) -> date:
        """Return the day on or before which the base close is sought, for an end on `day`.

        >>> [period.base(date(2026, 1, 16)).isoformat() for period in Period]
        ['2026-01-15', '2026-01-11', '2025-12-31', '2025-12-31']
        """
        first = {
            Period.DAY: day,
            Period.WEEK: day - timedelta(days=day.weekday()),
            Period.MONTH: day.replace(day=1),
            Period.YEAR: day.replace(month=1, day=1),
        }[self]
        return first - timedelta(days=1)


FOLLOWED = (Period.DAY, Period.MONTH, Period.YEAR)
"""What a followed pair is told of every morning."""


@dataclass(frozen=True)
class PairReturn:
    """What the funds of a pair returned over one period.

    base : session of the close that it is told from, None where the prices begin later
    returns : total returns as fractions, 0.012 = 1.2 %, in the order of the pair, each in its own currency;
        None where a price of either close is not known
    """

    period: Period
    base: date | None
    returns: tuple[float | None, ...]

    @property
    def gap(self) -> float | None:
        """The first fund's return less the second one's; None where one of them is not known."""
        first, second = self.returns[:2]
        return None if first is None or second is None else first - second


@dataclass(frozen=True)
class PairReturns:
    """What a pair and the fund beside it returned up to a session.

    symbols : the two funds, then the one beside them where there is one
    session : the newest one up to the day asked for that all their exchanges hold; None where there is none
    periods : by length, the shortest first
    doubts : prices that look wrong which one of the returns rests on
    currencies : of the prices of each, None where it is not known
    source : whose prices they are; simulated : they are no market's
    """

    symbols: tuple[str, ...]
    session: date | None
    periods: tuple[PairReturn, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    currencies: tuple[str | None, ...] = ()
    source: str = ""
    simulated: bool = False

    def over(self, period: Period) -> PairReturn | None:
        """Return those of a period, None where they were not asked for."""
        return next((each for each in self.periods if each.period is period), None)


def pair_returns(
    panel: PricePanel, symbols: Sequence[str], day: date, periods: Iterable[Period] = tuple(Period)
) -> PairReturns:
    """Compute what funds returned up to a day.

    A price that is missing on one of the two sessions is not made up for: its return is not known.

    Parameters
    ----------
    panel : of the symbols; sessions after `day` are ignored
    symbols : two funds, perhaps one more beside them

    Examples
    --------
    >>> days = np.array(["2025-12-31", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> levels = np.array([[100.0, 110.0, 99.0], [50.0, 50.0, 51.0]])
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full((2, 3), np.nan), "by hand")
    >>> found = pair_returns(panel, ("AAA", "BBB"), date(2026, 1, 18))
    >>> found.session.isoformat(), [each.period.value for each in found.periods]
    ('2026-01-16', ['day', 'week', 'month', 'year'])
    >>> [round(each.gap, 4) for each in found.periods]
    [-0.12, -0.03, -0.03, -0.03]
    """
    named = tuple(symbols)
    nothing = PairReturns(named, None, source=panel.source, simulated=panel.simulated)
    if not set(named) <= set(panel.symbols) or day < panel.sessions[0].item():
        return nothing
    chosen = panel.select(named).through(day).continuous()
    shared = _shared_columns(chosen)
    if not shared.size:
        return nothing
    end = chosen.sessions[shared[-1]].item()
    told = tuple(_period_return(chosen, shared, each, end) for each in periods)
    since = min((each.base for each in told if each.base), default=end)
    doubts = doubts_within(chosen.doubts, named, since, end)
    return PairReturns(named, end, told, doubts, chosen.currencies, panel.source, panel.simulated)


def _shared_columns(panel: PricePanel) -> IntArray:
    """Return the columns of the sessions that all exchanges hold."""
    every = np.arange(panel.sessions.size)
    return every if panel.held is None else every[panel.held.all(axis=0)]


def _period_return(panel: PricePanel, shared: IntArray, period: Period, end: date) -> PairReturn:
    sought = np.datetime64(period.base(end), "D")
    at = int(np.searchsorted(panel.sessions[shared], sought, side="right")) - 1
    if at < 0:
        return PairReturn(period, None, (None,) * len(panel.symbols))
    with np.errstate(invalid="ignore"):
        ratios = (panel.growth(int(shared[at]), int(shared[-1])) - 1.0).tolist()
    returns = tuple(value if np.isfinite(value) else None for value in ratios)
    return PairReturn(period, panel.sessions[shared[at]].item(), returns)


def ended_period(sessions: Sequence[date], told: date | None, period: Period) -> date | None:
    """Find the newest session up to which a period has ended that nobody has been told of.

    Parameters
    ----------
    sessions : of an exchange, the last one a session that is still to come
    told : up to which session all was told; None for none: only what ends on the newest session counts

    Examples
    --------
    Monday 19 January is a holiday in New York, and Friday the last session of its week:

    >>> days = [date(2026, 1, day) for day in (14, 15, 16, 20)]
    >>> ended_period(days, date(2026, 1, 15), Period.WEEK)
    datetime.date(2026, 1, 16)
    >>> ended_period(days, date(2026, 1, 16), Period.WEEK) is None
    True
    """
    after = told if told is not None else (sessions[-3] if len(sessions) > 2 else date.min)
    ends = [day for day, following in pairwise(sessions) if day > after and period.base(following) >= day]
    return ends[-1] if ends else None
