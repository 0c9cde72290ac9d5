"""What the charts of evidence are drawn from: bars with intervals, estimates through time, gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.panel import BoolArray, DateArray, FloatArray


@dataclass(frozen=True)
class Bar:
    """A bar from zero to a value, with the interval around it; NaN where there is none.

    value, low, high : fraction
    words : the value as it is written beside the bar
    clear : it can be told from zero, and is drawn full; else hollow
    base : where it begins, fraction; the value is how far it goes from there
    pale : it goes against the others
    """

    value: float
    low: float
    high: float
    words: str
    clear: bool = True
    base: float = 0.0
    pale: bool = False


@dataclass(frozen=True)
class BarRow:
    """One line of bars.

    label, note : what it is, and in smaller print how many periods or which proxies it is of
    bars : one for each of the picture's series
    ends_group : a line below sets it off from the next one
    """

    label: str
    note: str
    bars: tuple[Bar, ...]
    ends_group: bool = False


@dataclass(frozen=True, eq=False)
class BarsChart:
    """Estimates as level bars on one scale.

    symbols : the names of the series, in the order of the bars of a row
    unit : how the axis is written, "percent" or, of differences, "points"
    waterfall : each bar begins where the one before it ended, and a line leads on
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    rows: tuple[BarRow, ...]
    unit: Literal["percent", "points"] = "points"
    waterfall: bool = False
    simulated: bool = False
    slots: tuple[int, ...] = ()
    name: str = "bars"


@dataclass(frozen=True, eq=False)
class SensitivityChart:
    """Estimates over windows that move, one line a fund, against zero.

    caption : what the values are
    ends : (D,) the last session of each window
    values : (N, D) fraction; clear : (N, D) True where a value can be told from zero
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    caption: str
    ends: DateArray
    values: FloatArray
    clear: BoolArray
    simulated: bool = False
    slots: tuple[int, ...] = ()
    name: str = "rates"


@dataclass(frozen=True)
class EdgeBar:
    """A gap with what it may be on other drawings of the same world.

    label : at the left, a window or a fund; words : the gap, at the right
    shows_from : the smallest gap that would show, None where that is not known
    """

    label: str
    gap: float
    low: float
    high: float
    words: str
    shows_from: float | None = None


@dataclass(frozen=True)
class EdgePanel:
    """Bars on one axis; `unit` is that of the gaps, fractions or ratios."""

    caption: str
    bars: tuple[EdgeBar, ...]
    unit: Literal["points", "ratio"]


@dataclass(frozen=True, eq=False)
class EdgeChart:
    """Gaps with their intervals, one bar a window or a pair; below zero `behind` holds, above it `ahead`."""

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    panels: tuple[EdgePanel, ...]
    behind: str
    ahead: str
    simulated: bool = False
    name: str = "edge"


@dataclass(frozen=True)
class NeededMark:
    """A horizon on the curve: years, the edge needed over them (fraction a year), and that in words."""

    years: float
    edge: float
    words: str


@dataclass(frozen=True, eq=False)
class NeededChart:
    """The edge a year that a switch needs, against the years it is held.

    years, needed : (Y,) years, and fraction a year
    fits : the gaps a year that the data allow, None where none is known; band : in words
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    years: FloatArray
    needed: FloatArray
    marks: tuple[NeededMark, ...]
    fits: tuple[float, float] | None = None
    band: str = ""
    simulated: bool = False
    name: str = "switch"
