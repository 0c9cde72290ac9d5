"""The numbers on the way to a measure: what a reader with a calculator needs.

A measure names its steps in its row of the table; their values come from what the measure itself is computed
from, of a sample with one row and without gaps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from analytics.measures.drawdowns import drawdowns
from analytics.measures.sample import DAYS_A_YEAR, MONTHS, WEEKS, YEARS, Sample
from analytics.panel import FloatArray


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


Steps = Callable[[Sample], Iterable[Step]]
"""What gives steps of a sample with one row; those that are not finite are left out by who asks."""

_PERIOD = {WEEKS: "week", MONTHS: "month", YEARS: "year"}


@dataclass(frozen=True)
class Part:
    """One step, by the same name in every measure that has it.

    name : {day} stands for the period of the returns, {session} for the same where days are sessions
    value : of the sample's one row: a number, or an array of which the first value counts
    """

    name: str
    value: Callable[[Sample], Any]
    unit: StepUnit

    def __call__(self, one: Sample) -> Iterator[Step]:
        """Give the step of one sample."""
        period = _PERIOD.get(one.periods)
        name = self.name.format(day=period or "day", session=period or "session")
        yield Step(name, np.ravel(self.value(one))[0].item(), self.unit)


def work_out(steps: Iterable[Steps], one: Sample) -> tuple[Step, ...]:
    """Give the steps of a sample, without any that is not defined.

    Parameters
    ----------
    steps : of a measure, in the order of its formula
    one : one symbol on one span, without gaps

    Returns
    -------
    The steps, each in its own unit.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> [(step.name, step.value) for step in work_out([RETURNS, PERIODS_A_YEAR], five())]
    [('returns', 5), ('sessions a year', 252)]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = [step for each in steps for step in each(one)]
    return tuple(step for step in found if isinstance(step.value, date) or math.isfinite(step.value))


count = partial(Part, unit=StepUnit.COUNT)
fraction = partial(Part, unit=StepUnit.FRACTION)
square = partial(Part, unit=StepUnit.SQUARE)
level = partial(Part, unit=StepUnit.LEVEL)
ratio = partial(Part, unit=StepUnit.RATIO)
day = partial(Part, unit=StepUnit.DATE)
_LENGTH = attrgetter("length")

RETURNS = count("returns", _LENGTH)
PAIRS = count("returns in common", _LENGTH)
SESSIONS = count("sessions", _LENGTH)
MONTHS_OVER = count("complete months", _LENGTH)
PERIODS_A_YEAR = count("{session}s a year", lambda one: one.periods)
MEAN_RETURN = fraction("mean return a {day}", lambda one: one.mean(one.returns))
DEVIATION = fraction("standard deviation a {day}", lambda one: one.sd_returns)
MEAN_EXCESS = fraction("mean excess return a {day}", lambda one: one.mean_excess)
TARGET = fraction("target, on average a {day}", lambda one: one.mean_rate)

MEAN_EXCESS_A_YEAR = (
    RETURNS,
    MEAN_RETURN,
    MEAN_EXCESS,
    PERIODS_A_YEAR,
    fraction("mean excess return a year", lambda one: one.mean_excess * one.periods),
)
DOWNSIDE = (
    count("returns below the target", lambda one: np.count_nonzero(one.shortfall < 0, axis=1)),
    square("sum of their squared shortfalls", lambda one: np.vecdot(one.shortfall, one.shortfall)),
    fraction("downside deviation a {day}", lambda one: one.downside),
)
LAST_CLOSE = (
    day("date of the last close", lambda one: one.sessions[-1]),
    level("last close", lambda one: one.levels[:, -1]),
)
ENDS = (
    day("date of the first close", lambda one: one.sessions[0]),
    level("first close", lambda one: one.levels[:, 0]),
    *LAST_CLOSE,
)
ANNUAL = (
    *ENDS,
    count("years", lambda one: one.years or math.nan),
    count("calendar days", lambda one: math.nan if one.years else one.days),
    count("days a year", lambda one: math.nan if one.years else DAYS_A_YEAR),
)
DEPTHS = (
    SESSIONS,
    count("sessions below a high", lambda one: np.count_nonzero(one.drawdown[:, 1:] < 0, axis=1)),
    square("sum of the squared distances below the high", lambda one: one.ulcer**2 * one.length),
)


def _deepest_fall(one: Sample) -> Iterator[Step]:
    """Give the high and the low of the deepest fall, none where there was no fall."""
    levels, sessions = one.levels[0], one.sessions
    for fall in drawdowns(levels, sessions, most=1):
        for name, when in (("high", fall.peak), ("low", fall.trough)):
            yield Step(f"date of the {name}", when, StepUnit.DATE)
            yield Step(name, float(levels[sessions == np.datetime64(when, "D")][0]), StepUnit.LEVEL)


def _extreme(pick: Callable[[FloatArray], np.intp]) -> Steps:
    """Make the steps of the highest or the lowest return: the two closes that it lies between."""

    def closes(one: Sample) -> Iterator[Step]:
        yield from count("{session}s", _LENGTH)(one)
        if not one.length:
            return
        at = int(pick(one.returns[0]))
        for name, close in (("close before", at), ("close", at + 1)):
            yield Step(f"date of the {name}", one.sessions[close].astype(date), StepUnit.DATE)
            yield Step(name, float(one.levels[0, close]), StepUnit.LEVEL)

    return closes


HIGHEST, LOWEST = _extreme(np.argmax), _extreme(np.argmin)
DEEPEST_FALL: Steps = _deepest_fall
