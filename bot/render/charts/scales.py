"""From values and dates to pixels, and which values and dates to name on an axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.panel import DateArray, FloatArray
from bot.render import chart_text, text

NEAR = 1e-9
Unit = Literal["D", "M", "Y"]
FIRST_MONDAY = 4


@dataclass(frozen=True)
class AxisScale:
    """A straight line through (low, at_low) and (high, at_high): values to pixels."""

    low: float
    high: float
    at_low: float
    at_high: float

    def __call__(self, values: ArrayLike) -> FloatArray:
        """Convert one or many values to pixels; NaN stays NaN."""
        share = (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low)
        return np.asarray(self.at_low + share * (self.at_high - self.at_low))

    def at(self, value: float) -> float:
        """Return the pixel of one value."""
        return float(self(value))


class LogScale(AxisScale):
    """The same for positive values, whose equal factors are equal distances."""

    def __call__(self, values: ArrayLike) -> FloatArray:
        """Convert one or many values to pixels; NaN stays NaN."""
        whole = np.log(self.high / self.low)
        share = np.log(np.asarray(values, dtype=np.float64) / self.low) / whole
        return np.asarray(self.at_low + share * (self.at_high - self.at_low))


@dataclass(frozen=True)
class Ticks:
    """Round values in rising order, multiples of `step`."""

    values: tuple[float, ...]
    step: float

    @property
    def decimals(self) -> int:
        """Decimals that write every one of them in full."""
        return next(digits for digits in range(12) if _is_whole(self.step * 10.0**digits))


def round_ticks(low: float, high: float, most: int) -> Ticks:
    """Choose at most `most` multiples of 1, 2, 2.5 or 5 times a power of ten between `low` and `high`."""
    power = 10.0 ** floor(log10((high - low) / most))
    for step in (power, 2 * power, 2.5 * power, 5 * power, 10 * power):
        first, last = ceil(low / step - NEAR), floor(high / step + NEAR)
        if last - first < most:
            break
    return Ticks(tuple(n * step for n in range(first, last + 1)), step)


_FIGURES = ((1, 1.5, 2, 3, 4, 5, 7), (1, 1.5, 2, 3, 5, 7), (1, 2, 4, 7), (1, 2, 5), (1, 3), (1,))
"""First figures of the values named on an axis of factors, from the finest choice to the coarsest."""
NARROW = 2.5
"""An axis whose ends differ by a smaller factor names values that are equally far apart."""


def log_ticks(low: float, high: float, most: int) -> Ticks:
    """Choose at most `most` round values from `low` to `high`, both positive, about equal factors apart."""
    if high / low < NARROW:
        return round_ticks(low, high, most)
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    for figures in _FIGURES:
        values = [figure * 10.0**power for power in powers for figure in figures]
        shown = tuple(value for value in values if low * (1 - NEAR) <= value <= high * (1 + NEAR))
        if len(shown) <= most:
            break
    else:
        shown = shown[:: ceil(len(shown) / most)]
    halves = any(not _is_whole(value / 10.0 ** floor(log10(value) + NEAR)) for value in shown)
    return Ticks(shown, 10.0 ** floor(log10(shown[0]) + NEAR) / (2 if halves else 1) if shown else low)


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < NEAR * max(1.0, abs(value))


# Unit of numpy, how many, and which one counted from 1 January 1970 is a tick.  From the finest to the
# coarsest.
_STEPS: tuple[tuple[Unit, int, int], ...] = (
    ("D", 1, 0),
    ("D", 2, 0),
    ("D", 7, FIRST_MONDAY),
    ("D", 14, FIRST_MONDAY),
    ("M", 1, 0),
    ("M", 2, 0),
    ("M", 3, 0),
    ("M", 6, 0),
    ("Y", 1, 0),
    ("Y", 2, 0),
    ("Y", 5, 0),
    ("Y", 10, 0),
    ("Y", 25, 5),
)


def date_ticks(first: date, last: date, most: int) -> Iterator[list[tuple[date, str]]]:
    """Yield choices of at most `most` round dates from `first` to `last` with their names, the finest first.

    Days ("29 Dec", with the year where it is new), Mondays, months ("Mar 2025") or years ("2025").
    """
    days = np.arange(np.datetime64(first), np.datetime64(last) + np.timedelta64(1, "D"))
    for unit, step, start in _STEPS:
        dates = _round_dates(days, unit, step, start)
        if len(dates) <= most:
            pairs = zip(dates, [None, *dates], strict=False)
            yield [(day, _name(day, before, unit)) for day, before in pairs]


def _round_dates(days: DateArray, unit: Unit, step: int, start: int) -> list[date]:
    periods = days.astype(f"datetime64[{unit}]")
    begins = periods.astype("datetime64[D]") == days
    counted = (periods.astype(np.int64) - start) % step == 0
    dates: list[date] = days[begins & counted].tolist()
    return dates


def _name(day: date, before: date | None, unit: Unit) -> str:
    if unit == "Y":
        return f"{day.year}"
    if unit == "M":
        return chart_text.month(day)
    new_year = before is None or before.year != day.year
    return text.day(day) if new_year else chart_text.day(day)
