"""What the charts of studies are drawn from: years, falls, rolling figures, correlations, holdings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from analytics.panel import LONGEST_GAP, BoolArray, DateArray, FloatArray


def join_lines(lines: FloatArray, sessions: DateArray) -> FloatArray:
    """Draw lines straight across the days without a price: holes, and holidays of one exchange of several.

    Parameters
    ----------
    lines : (N, T) NaN where nothing is known
    sessions : (T,) datetime64[D], the axis of time

    Returns
    -------
    (N, T) for the eye alone, no figure is read off it.  What is not known for longer than a return may lead
    across stays open, and so does what lies before the first and after the last known value.
    """
    days, shown = sessions.astype(np.int64), lines.copy()
    for row in shown:
        at = np.flatnonzero(np.isfinite(row))
        if at.size:
            row[:] = np.interp(days, days[at], row[at], left=np.nan, right=np.nan)
        for gap in np.flatnonzero(np.diff(at) - 1 > LONGEST_GAP):
            row[at[gap] + 1 : at[gap + 1]] = np.nan
    return shown


@dataclass(frozen=True)
class DoubtMark:
    """A session whose price looks wrong; which fund's it is, the picture's subtitle says.

    row : of the fund, among the picture's symbols
    session : None where it is no price but what the adjusted close lacks
    grave : True where no figure across it can be relied on, so that no axis is made for such values
    """

    row: int
    session: date | None
    grave: bool = False


@dataclass(frozen=True, eq=False)
class YearsChart:
    """Returns by calendar year, side by side.

    years : Y names, the oldest first, "2025"; one that is not over says up to when, "2026 to 16 Jan"
    returns : (N, Y) fraction, -0.05 = -5 %; NaN where a fund does not have the whole of it
    left_out : the funds with a year that is NaN because a price in it looks wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    years: tuple[str, ...]
    returns: FloatArray
    left_out: tuple[str, ...] = ()
    simulated: bool = False
    name: str = "years"


@dataclass(frozen=True, eq=False)
class Months:
    """Returns of one fund by calendar month, a row a year.

    years : Y names, the oldest first
    returns : (Y, 13) fraction, January to December and the whole year; NaN where not known
    doubtful : (Y, 13) True where a return rests on a price that looks wrong
    """

    symbol: str
    years: tuple[str, ...]
    returns: FloatArray
    doubtful: BoolArray


@dataclass(frozen=True, eq=False)
class MonthsChart:
    """The months of each fund, one table below the other."""

    title: str
    subtitle: str
    footer: str
    alt: str
    funds: tuple[Months, ...]
    simulated: bool = False
    name: str = "months"

    @property
    def symbols(self) -> tuple[str, ...]:
        """The funds, in the order of their tables."""
        return tuple(fund.symbol for fund in self.funds)


@dataclass(frozen=True, eq=False)
class UnderwaterChart:
    """How far each fund was below its highest value so far.

    sessions : (T,) the base close first
    drawdowns : (N, T) fraction, 0 or negative, -0.23 = 23 % below; NaN where no price is known
    worst : per symbol the session and depth (fraction, negative) of the deepest point, None: it never fell
    marks : prices that look wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sessions: DateArray
    drawdowns: FloatArray
    worst: tuple[tuple[date, float] | None, ...]
    marks: tuple[DoubtMark, ...] = ()
    simulated: bool = False
    name: str = "drawdowns"


PanelKind = Literal["level", "percent", "share"]
"""How the axis of a panel goes: "level" begins anywhere, and at 0 where it lies near; "percent" is that of a
fraction, written in percent; "share" is never beyond 1."""


@dataclass(frozen=True, eq=False)
class RollingPanel:
    """One figure of some of the picture's funds on each session.

    caption : which figure, over which window
    symbols : whose lines, in their order; a fund keeps its colour in every panel
    lines : (L, T) NaN where not known
    """

    caption: str
    symbols: tuple[str, ...]
    lines: FloatArray
    kind: PanelKind = "level"


@dataclass(frozen=True, eq=False)
class RollingChart:
    """Rolling figures, one panel below the other, on one time axis.

    sessions : (T,)
    marks : prices that look wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    sessions: DateArray
    panels: tuple[RollingPanel, ...]
    marks: tuple[DoubtMark, ...] = ()
    simulated: bool = False
    name: str = "rolling"


@dataclass(frozen=True, eq=False)
class MatrixChart:
    """Correlations of each fund with each other one.

    upper, lower : (N, N) what stands above the diagonal and below it, from -1 to 1, NaN where not known
    above, below : what these are, "daily", "weekly"
    doubtful : the funds whose figures rest on a price that looks wrong
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    upper: FloatArray
    lower: FloatArray
    above: str
    below: str
    doubtful: tuple[str, ...] = ()
    simulated: bool = False
    name: str = "correlation"


@dataclass(frozen=True)
class PositionStack:
    """The largest positions of one fund, on top of each other.

    weights : fractions of net assets, the largest first; empty where no position is known
    shared : for each of them, whether another fund of the picture is known to hold it
    total : what they add up to, in words; largest : the names of the first ones with their weights
    """

    symbol: str
    weights: tuple[float, ...]
    shared: tuple[bool, ...]
    total: str
    largest: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class HoldingsChart:
    """The ten largest positions of each fund, those that another one holds too set off from the others."""

    title: str
    subtitle: str
    footer: str
    alt: str
    stacks: tuple[PositionStack, ...]
    simulated: bool = False
    name: str = "holdings"

    @property
    def symbols(self) -> tuple[str, ...]:
        """The funds, in the order of their stacks."""
        return tuple(stack.symbol for stack in self.stacks)


StudyPicture = YearsChart | MonthsChart | UnderwaterChart | RollingChart | MatrixChart | HoldingsChart
