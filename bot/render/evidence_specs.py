"""What the charts of evidence are drawn from: bars with intervals, and estimates through time."""

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
    """

    value: float
    low: float
    high: float
    words: str
    clear: bool = True


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
    """

    title: str
    subtitle: str
    footer: str
    alt: str
    symbols: tuple[str, ...]
    rows: tuple[BarRow, ...]
    unit: Literal["percent", "points"] = "points"
    simulated: bool = False
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
    name: str = "rates"
