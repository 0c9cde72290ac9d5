"""The numbers that go into the measures of a fund on its own; formulas as in `analytics.measures`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from analytics.measures import growth, risk
from analytics.measures.drawdowns import drawdowns
from analytics.measures.sample import DAYS_A_YEAR, Sample
from analytics.panel import FloatArray
from analytics.studies.steps import PERIOD, Step, StepUnit, deviation, mean, per_period, periods_of, recipe


@recipe
def total_return(one: Sample) -> Iterator[Step]:
    """V1 / V0 - 1."""
    yield from _ends(one)


@recipe
def cagr(one: Sample) -> Iterator[Step]:
    """(V1 / V0) ** (1 / years) - 1, the years counted or told from days."""
    yield from _ends(one)
    if one.years:
        yield Step("years", one.years, StepUnit.COUNT)
    else:
        yield Step("calendar days", one.days, StepUnit.COUNT)
        yield Step("days a year", DAYS_A_YEAR, StepUnit.COUNT)


@recipe
def volatility(one: Sample) -> Iterator[Step]:
    """Standard deviation x sqrt(periods)."""
    returns = one.returns[0]
    yield Step("returns", returns.size, StepUnit.COUNT)
    yield per_period("mean return", one, mean(returns))
    yield per_period("standard deviation", one, deviation(returns))
    yield periods_of(one)


@recipe
def volatility_monthly(one: Sample) -> Iterator[Step]:
    """As the volatility, of complete calendar months."""
    yield from volatility(one)


@recipe
def downside_deviation(one: Sample) -> Iterator[Step]:
    """Root of the mean squared shortfall over all returns x sqrt(periods)."""
    excess = one.excess[0]
    yield from _target(one)
    yield Step("returns", excess.size, StepUnit.COUNT)
    yield from _downside(one, excess)
    yield periods_of(one)


@recipe
def sharpe(one: Sample) -> Iterator[Step]:
    """Mean excess x periods / (standard deviation of the excess x sqrt(periods))."""
    excess = one.excess[0]
    yield from _mean_excess(one, excess)
    yield per_period("standard deviation of the excess", one, deviation(excess))
    yield Step("standard deviation a year", deviation(excess) * math.sqrt(one.periods), StepUnit.FRACTION)


@recipe
def sortino(one: Sample) -> Iterator[Step]:
    """Mean excess x periods / (downside deviation x sqrt(periods))."""
    excess = one.excess[0]
    yield from _mean_excess(one, excess)
    yield from _downside(one, excess)
    yield Step("downside deviation a year", _short(excess) * math.sqrt(one.periods), StepUnit.FRACTION)


@recipe
def omega(one: Sample) -> Iterator[Step]:
    """Sum of the gains / sum of the shortfalls."""
    excess = one.excess[0]
    yield from _target(one)
    yield Step("returns", excess.size, StepUnit.COUNT)
    yield Step("sum of the gains above the target", float(excess[excess > 0].sum()), StepUnit.FRACTION)
    yield Step("sum of the shortfalls below it", float(-excess[excess < 0].sum()), StepUnit.FRACTION)


@recipe
def cvar_95(one: Sample) -> Iterator[Step]:
    """Sum of the tail / its size; the size is 5 % of the returns and may have a part."""
    returns = np.sort(one.returns[0])
    size = risk.TAIL * returns.size
    weights = np.clip(size - np.arange(returns.size), 0.0, 1.0)
    yield Step("returns", returns.size, StepUnit.COUNT)
    yield Step("returns in the tail", size, StepUnit.COUNT)
    yield Step("lowest return", float(returns[0]) if returns.size else math.nan, StepUnit.FRACTION)
    yield Step("sum of the returns in the tail", float((returns * weights).sum()), StepUnit.FRACTION)


@recipe
def var_95(one: Sample) -> Iterator[Step]:
    """The return at the place that 5 % of their number, rounded up, gives; the next one above beside it."""
    returns = np.sort(one.returns[0])
    place = risk.var_place(returns.size)
    yield Step("returns", returns.size, StepUnit.COUNT)
    yield Step("returns in the tail", risk.TAIL * returns.size, StepUnit.COUNT)
    yield Step("place from the lowest, rounded up", place, StepUnit.COUNT)
    for name, at in (("return at that place", place - 1), ("next higher return", place)):
        if 0 <= at < returns.size:
            yield Step(name, float(returns[at]), StepUnit.FRACTION)


@recipe
def max_drawdown(one: Sample) -> Iterator[Step]:
    """Lowest level / high before it - 1."""
    levels, sessions = one.levels[0], one.sessions
    for fall in drawdowns(levels, sessions, most=1):
        yield Step("date of the high", fall.peak, StepUnit.DATE)
        yield Step("high", float(levels[sessions == np.datetime64(fall.peak, "D")][0]), StepUnit.LEVEL)
        yield Step("date of the low", fall.trough, StepUnit.DATE)
        yield Step("low", float(levels[sessions == np.datetime64(fall.trough, "D")][0]), StepUnit.LEVEL)


@recipe
def drawdown(one: Sample) -> Iterator[Step]:
    """Last level / highest level - 1."""
    levels, high = one.levels[0], int(np.argmax(one.levels[0]))
    yield Step("date of the high", one.sessions[high].astype(date), StepUnit.DATE)
    yield Step("high", float(levels[high]), StepUnit.LEVEL)
    yield Step("date of the last close", one.sessions[-1].astype(date), StepUnit.DATE)
    yield Step("last close", float(levels[-1]), StepUnit.LEVEL)


@recipe
def time_under_water(one: Sample) -> Iterator[Step]:
    """Sessions below an earlier high / sessions; the longest stretch between two highs beside it."""
    below = one.drawdown[0, 1:]
    yield Step("sessions", below.size, StepUnit.COUNT)
    yield Step("sessions below an earlier high", int((below < -risk.STILL).sum()), StepUnit.COUNT)
    if falls := drawdowns(one.levels[0], one.sessions, most=below.size):
        stretches = [(fall.peak, fall.recovery or one.sessions[-1].astype(date)) for fall in falls]
        since, until = max(stretches, key=lambda ends: ends[1] - ends[0])
        yield Step("longest stretch, from the high of", since, StepUnit.DATE)
        yield Step("longest stretch, until", until, StepUnit.DATE)
        yield Step("longest stretch, calendar days", (until - since).days, StepUnit.COUNT)


@recipe
def ulcer(one: Sample) -> Iterator[Step]:
    """Root of the mean squared distance below the high."""
    below = one.drawdown[0, 1:]
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
    rate = float(np.mean(one.rate)) * one.periods
    yield Step("rate a year", rate, StepUnit.FRACTION)
    yield from ulcer(one)
    yield Step("ulcer index", _value(risk.ulcer(one)), StepUnit.FRACTION)


@recipe
def best_day(one: Sample) -> Iterator[Step]:
    """Close / the close before - 1, of the highest return."""
    return _extreme(one, np.argmax)


@recipe
def worst_day(one: Sample) -> Iterator[Step]:
    """Close / the close before - 1, of the lowest return."""
    return _extreme(one, np.argmin)


@recipe
def best_month(one: Sample) -> Iterator[Step]:
    """Last close / that of the month before - 1, of the highest return."""
    return _extreme(one, np.argmax)


@recipe
def worst_month(one: Sample) -> Iterator[Step]:
    """Last close / that of the month before - 1, of the lowest return."""
    return _extreme(one, np.argmin)


@recipe
def best_year(one: Sample) -> Iterator[Step]:
    """Last close / that of the year before - 1, of the highest return."""
    return _extreme(one, np.argmax)


@recipe
def worst_year(one: Sample) -> Iterator[Step]:
    """Last close / that of the year before - 1, of the lowest return."""
    return _extreme(one, np.argmin)


@recipe
def positive_months(one: Sample) -> Iterator[Step]:
    """Months that rose / months."""
    returns = one.returns[0]
    yield Step("complete months", returns.size, StepUnit.COUNT)
    yield Step("months that rose", int((returns > 0).sum()), StepUnit.COUNT)


@recipe
def skewness(one: Sample) -> Iterator[Step]:
    """n / ((n - 1)(n - 2)) x the sum of the cubed standard scores."""
    return _scores(one, 3)


@recipe
def kurtosis(one: Sample) -> Iterator[Step]:
    """n (n + 1) / ((n - 1)(n - 2)(n - 3)) x the sum of fourth powers - 3 (n - 1)^2 / ((n - 2)(n - 3))."""
    return _scores(one, 4)


def _extreme(one: Sample, pick: Callable[[FloatArray], np.intp]) -> Iterator[Step]:
    returns = one.returns[0]
    yield Step(f"{PERIOD.get(one.periods, 'session')}s", returns.size, StepUnit.COUNT)
    if not returns.size:
        return
    at = int(pick(returns))
    for name, close in (("close before", at), ("close", at + 1)):
        yield Step(f"date of the {name}", one.sessions[close].astype(date), StepUnit.DATE)
        yield Step(name, float(one.levels[0, close]), StepUnit.LEVEL)


def _scores(one: Sample, power: int) -> Iterator[Step]:
    returns = one.returns[0]
    spread = deviation(returns)
    yield Step("returns", returns.size, StepUnit.COUNT)
    yield per_period("mean return", one, mean(returns))
    yield per_period("standard deviation", one, spread)
    scores = np.divide(returns - mean(returns), spread)
    words = {3: "cubes", 4: "fourth powers"}[power]
    yield Step(
        f"sum of the {words} of (return - mean) / deviation", float((scores**power).sum()), StepUnit.RATIO
    )


def _ends(one: Sample) -> Iterator[Step]:
    first, last = one.levels[0, 0], one.levels[0, -1]
    yield Step("date of the first close", one.sessions[0].astype(date), StepUnit.DATE)
    yield Step("first close", float(first), StepUnit.LEVEL)
    yield Step("date of the last close", one.sessions[-1].astype(date), StepUnit.DATE)
    yield Step("last close", float(last), StepUnit.LEVEL)


def _target(one: Sample) -> Iterator[Step]:
    # One rate per session may stand for the bill: then its mean is shown.
    yield per_period("target, on average", one, float(np.mean(one.rate)))


def _mean_excess(one: Sample, excess: FloatArray) -> Iterator[Step]:
    yield Step("returns", excess.size, StepUnit.COUNT)
    yield per_period("mean return", one, mean(one.returns[0]))
    yield per_period("mean excess return", one, mean(excess))
    yield periods_of(one)
    yield Step("mean excess return a year", mean(excess) * one.periods, StepUnit.FRACTION)


def _downside(one: Sample, excess: FloatArray) -> Iterator[Step]:
    short = excess[excess < 0]
    yield Step("returns below the target", short.size, StepUnit.COUNT)
    yield Step("sum of their squared shortfalls", float((short**2).sum()), StepUnit.SQUARE)
    yield per_period("downside deviation", one, _short(excess))


def _short(excess: FloatArray) -> float:
    return math.sqrt(mean(np.minimum(excess, 0.0) ** 2))


def _value(found: FloatArray) -> float:
    return float(found[0])
