"""The numbers that go into each measure, fund by fund: what a reader with a calculator needs.

One function per measure, of a sample with one row; `RECIPES` is the table of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from analytics.measures import growth, risk
from analytics.measures.drawdowns import drawdowns
from analytics.measures.resample import monthly, weekly
from analytics.measures.sample import WEEKS, Sample, known_mean
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


RECIPES: dict[str, Recipe] = {}


def recipe(function: Recipe) -> Recipe:
    """Enter a function under the name of its measure."""
    RECIPES[function.__name__] = function
    return function


@recipe
def total_return(one: Sample) -> Iterator[Step]:
    """V1 / V0 - 1."""
    yield from _ends(one)


@recipe
def cagr(one: Sample) -> Iterator[Step]:
    """(V1 / V0) ** (365.25 / days) - 1."""
    yield from _ends(one)
    yield Step("calendar days", one.days, StepUnit.COUNT)
    yield Step("days a year", growth.DAYS_A_YEAR, StepUnit.COUNT)


@recipe
def volatility(one: Sample) -> Iterator[Step]:
    """Standard deviation x sqrt(periods)."""
    returns = _known(one.returns[0])
    yield Step("returns", returns.size, StepUnit.COUNT)
    yield _fraction("mean return", one, _mean(returns))
    yield _fraction("standard deviation", one, _deviation(returns))
    yield _periods(one)


@recipe
def downside_deviation(one: Sample) -> Iterator[Step]:
    """Root of the mean squared shortfall over all returns x sqrt(periods)."""
    excess = _known(one.excess[0])
    yield from _target(one)
    yield Step("returns", excess.size, StepUnit.COUNT)
    yield from _downside(one, excess)
    yield _periods(one)


@recipe
def sharpe(one: Sample) -> Iterator[Step]:
    """Mean excess x periods / (standard deviation of the excess x sqrt(periods))."""
    excess = _known(one.excess[0])
    yield from _mean_excess(one, excess)
    yield _fraction("standard deviation of the excess", one, _deviation(excess))
    yield Step("standard deviation a year", _deviation(excess) * math.sqrt(one.periods), StepUnit.FRACTION)


@recipe
def sortino(one: Sample) -> Iterator[Step]:
    """Mean excess x periods / (downside deviation x sqrt(periods))."""
    excess = _known(one.excess[0])
    yield from _mean_excess(one, excess)
    yield from _downside(one, excess)
    yield Step("downside deviation a year", _short(excess) * math.sqrt(one.periods), StepUnit.FRACTION)


@recipe
def omega(one: Sample) -> Iterator[Step]:
    """Sum of the gains / sum of the shortfalls."""
    excess = _known(one.excess[0])
    yield from _target(one)
    yield Step("returns", excess.size, StepUnit.COUNT)
    yield Step("sum of the gains above the target", float(excess[excess > 0].sum()), StepUnit.FRACTION)
    yield Step("sum of the shortfalls below it", float(-excess[excess < 0].sum()), StepUnit.FRACTION)


@recipe
def cvar_95(one: Sample) -> Iterator[Step]:
    """Sum of the tail / its size; the size is 5 % of the returns and may have a part."""
    returns = np.sort(_known(one.returns[0]))
    size = risk.TAIL * returns.size
    weights = np.clip(size - np.arange(returns.size), 0.0, 1.0)
    yield Step("returns", returns.size, StepUnit.COUNT)
    yield Step("returns in the tail", size, StepUnit.COUNT)
    yield Step("lowest return", float(returns[0]) if returns.size else math.nan, StepUnit.FRACTION)
    yield Step("sum of the returns in the tail", float((returns * weights).sum()), StepUnit.FRACTION)


@recipe
def max_drawdown(one: Sample) -> Iterator[Step]:
    """Lowest level / high before it - 1."""
    known = np.isfinite(one.levels[0])
    levels, sessions = one.levels[0][known], one.sessions[known]
    for fall in drawdowns(levels, sessions, most=1):
        yield Step("date of the high", fall.peak, StepUnit.DATE)
        yield Step("high", float(levels[sessions == np.datetime64(fall.peak, "D")][0]), StepUnit.LEVEL)
        yield Step("date of the low", fall.trough, StepUnit.DATE)
        yield Step("low", float(levels[sessions == np.datetime64(fall.trough, "D")][0]), StepUnit.LEVEL)


@recipe
def ulcer(one: Sample) -> Iterator[Step]:
    """Root of the mean squared distance below the high."""
    below = _known(one.drawdown[0, 1:])
    yield Step("sessions", below.size, StepUnit.COUNT)
    yield Step("sessions below a high", int((below < 0).sum()), StepUnit.COUNT)
    yield Step("sum of the squared distances below the high", float((below**2).sum()), StepUnit.SQUARE)


@recipe
def calmar(one: Sample) -> Iterator[Step]:
    """CAGR / |max drawdown|."""
    yield from cagr(one)
    yield Step("return a year", _value(growth.cagr(one)), StepUnit.FRACTION)
    yield from max_drawdown(one)
    yield Step("max drawdown", _value(risk.max_drawdown(one)), StepUnit.FRACTION)


@recipe
def martin(one: Sample) -> Iterator[Step]:
    """(CAGR - rf) / ulcer index."""
    yield from cagr(one)
    yield Step("return a year", _value(growth.cagr(one)), StepUnit.FRACTION)
    rate = _value(known_mean(np.atleast_2d(one.rate))) * one.periods
    yield Step("rate a year", rate, StepUnit.FRACTION)
    yield from ulcer(one)
    yield Step("ulcer index", _value(risk.ulcer(one)), StepUnit.FRACTION)


@recipe
def beta(one: Sample) -> Iterator[Step]:
    """Covariance / variance of the benchmark."""
    own, other = _pairs(one)
    yield Step("returns in common", own.size, StepUnit.COUNT)
    yield Step("covariance with the benchmark", _covariance(own, other), StepUnit.SQUARE)
    yield Step("variance of the benchmark", _covariance(other, other), StepUnit.SQUARE)


@recipe
def alpha(one: Sample) -> Iterator[Step]:
    """(Mean excess - beta x mean excess of the benchmark) x periods."""
    own, other = _pairs(one)
    yield from beta(one)
    yield Step("beta", _covariance(own, other) / _covariance(other, other), StepUnit.RATIO)
    yield _fraction("mean excess return", one, _mean(own))
    yield _fraction("mean excess return of the benchmark", one, _mean(other))
    yield _periods(one)


@recipe
def tracking_error(one: Sample) -> Iterator[Step]:
    """Standard deviation of the active return x sqrt(periods)."""
    active = _known(one.active[0])
    yield Step("returns in common", active.size, StepUnit.COUNT)
    yield _fraction("mean active return", one, _mean(active))
    yield _fraction("standard deviation of the active return", one, _deviation(active))
    yield _periods(one)


@recipe
def tracking_error_weekly(one: Sample) -> Iterator[Step]:
    """As the tracking error, of complete weeks."""
    yield from tracking_error(weekly(one))


@recipe
def information_ratio(one: Sample) -> Iterator[Step]:
    """Mean active return x periods / (its standard deviation x sqrt(periods))."""
    active = _known(one.active[0])
    yield from tracking_error(one)
    yield Step("active return a year", _mean(active) * one.periods, StepUnit.FRACTION)
    yield Step("tracking error a year", _deviation(active) * math.sqrt(one.periods), StepUnit.FRACTION)


@recipe
def correlation(one: Sample) -> Iterator[Step]:
    """Covariance / (standard deviation x that of the benchmark)."""
    own, other = _pairs(one)
    yield Step("returns in common", own.size, StepUnit.COUNT)
    yield Step("covariance with the benchmark", _covariance(own, other), StepUnit.SQUARE)
    yield _fraction("standard deviation", one, _deviation(own))
    yield _fraction("standard deviation of the benchmark", one, _deviation(other))


@recipe
def correlation_weekly(one: Sample) -> Iterator[Step]:
    """As the correlation, of complete weeks and without a rate."""
    weeks = weekly(one)
    yield from correlation(Sample(weeks.levels, weeks.sessions, 0.0, weeks.benchmark, periods=weeks.periods))


@recipe
def capture_up(one: Sample) -> Iterator[Step]:
    """Geometric mean of the fund's months / that of the benchmark's, where the benchmark rose."""
    return _capture(one, up=True)


@recipe
def capture_down(one: Sample) -> Iterator[Step]:
    """Geometric mean of the fund's months / that of the benchmark's, where the benchmark fell."""
    return _capture(one, up=False)


def _capture(one: Sample, *, up: bool) -> Iterator[Step]:
    months = monthly(one)
    own, other = months.returns[0], months.against
    with np.errstate(invalid="ignore"):
        wanted = np.isfinite(own) & ((other > 0) if up else (other < 0))
    side = "rose" if up else "fell"
    yield Step("complete months", int((np.isfinite(own) & np.isfinite(other)).sum()), StepUnit.COUNT)
    yield Step(f"months in which the benchmark {side}", int(wanted.sum()), StepUnit.COUNT)
    yield Step("mean return a month in them", _geometric(own[wanted]), StepUnit.FRACTION)
    yield Step("that of the benchmark", _geometric(other[wanted]), StepUnit.FRACTION)


def _ends(one: Sample) -> Iterator[Step]:
    first, last = one.levels[0, 0], one.levels[0, -1]
    yield Step("date of the first close", one.sessions[0].astype(date), StepUnit.DATE)
    yield Step("first close", float(first), StepUnit.LEVEL)
    yield Step("date of the last close", one.sessions[-1].astype(date), StepUnit.DATE)
    yield Step("last close", float(last), StepUnit.LEVEL)


def _target(one: Sample) -> Iterator[Step]:
    # One rate per session may stand for the bill: then its mean is shown.
    rate = _value(known_mean(np.atleast_2d(one.rate)))
    yield _fraction("target, on average", one, rate)


def _mean_excess(one: Sample, excess: FloatArray) -> Iterator[Step]:
    counted = one.returns[0][np.isfinite(one.excess[0])]
    yield Step("returns", excess.size, StepUnit.COUNT)
    yield _fraction("mean return", one, _mean(counted))
    yield _fraction("mean excess return", one, _mean(excess))
    yield _periods(one)
    yield Step("mean excess return a year", _mean(excess) * one.periods, StepUnit.FRACTION)


def _downside(one: Sample, excess: FloatArray) -> Iterator[Step]:
    short = excess[excess < 0]
    yield Step("returns below the target", short.size, StepUnit.COUNT)
    yield Step("sum of their squared shortfalls", float((short**2).sum()), StepUnit.SQUARE)
    yield _fraction("downside deviation", one, _short(excess))


def _fraction(name: str, one: Sample, value: float) -> Step:
    return Step(f"{name} {'a week' if one.periods == WEEKS else 'a day'}", value, StepUnit.FRACTION)


def _periods(one: Sample) -> Step:
    return Step("weeks a year" if one.periods == WEEKS else "sessions a year", one.periods, StepUnit.COUNT)


def _pairs(one: Sample) -> tuple[FloatArray, FloatArray]:
    """Excess returns of the fund and of the benchmark where both are known."""
    other, own = one.pairs
    both = np.isfinite(own[0]) & np.isfinite(other[0])
    return own[0][both], other[0][both]


def _known(row: FloatArray) -> FloatArray:
    return row[np.isfinite(row)]


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else math.nan


def _deviation(values: FloatArray) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else math.nan


def _covariance(own: FloatArray, other: FloatArray) -> float:
    """Sample covariance, ddof 1."""
    if own.size < 2:
        return math.nan
    return float(((own - own.mean()) * (other - other.mean())).sum() / (own.size - 1))


def _short(excess: FloatArray) -> float:
    return math.sqrt(_mean(np.minimum(excess, 0.0) ** 2))


def _geometric(returns: FloatArray) -> float:
    return float(np.expm1(np.log1p(returns).mean())) if returns.size else math.nan


def _value(found: FloatArray) -> float:
    return float(found[0])
