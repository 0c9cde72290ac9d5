"""The numbers that go into a measure: what a reader with a calculator needs.

`RECIPES` is the table: one function per measure, of a sample with one row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from analytics.measures.sample import MONTHS, WEEKS, YEARS, Sample
from analytics.panel import FloatArray

Recipe = Callable[[Sample], "Iterator[Step]"]


class StepUnit(StrEnum):
    """How a step is read.

    FRACTION: 0.01 = 1 %; SQUARE: a fraction squared; LEVEL: an adjusted close; COUNT: a number of returns,
    months or days, perhaps with a part (a tail of 12.6 returns); RATIO: a plain number; DATE: a session
    """

    FRACTION = "fraction"
    SQUARE = "square"
    LEVEL = "level"
    COUNT = "count"
    RATIO = "ratio"
    DATE = "date"


@dataclass(frozen=True)
class Step:
    """One number on the way to a measure; signs as the measure has them, losses negative."""

    name: str
    value: float | int | date
    unit: StepUnit


PERIOD = {WEEKS: "week", MONTHS: "month", YEARS: "year"}

RECIPES: dict[str, Recipe] = {}


def recipe(function: Recipe) -> Recipe:
    """Enter a function under the name of its measure."""
    RECIPES[function.__name__] = function
    return function


def per_period(name: str, one: Sample, value: float) -> Step:
    """A return per day, week or month, named so."""
    return Step(f"{name} a {PERIOD.get(one.periods, 'day')}", value, StepUnit.FRACTION)


def periods_of(one: Sample) -> Step:
    """By how many returns a year the measure is annualised."""
    return Step(f"{PERIOD.get(one.periods, 'session')}s a year", one.periods, StepUnit.COUNT)


def mean(values: FloatArray) -> float:
    """NaN of nothing."""
    return float(values.mean()) if values.size else math.nan


def deviation(values: FloatArray) -> float:
    """Sample standard deviation, ddof 1; NaN below two values."""
    return float(values.std(ddof=1)) if values.size > 1 else math.nan
