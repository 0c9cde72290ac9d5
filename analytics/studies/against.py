"""The numbers that go into the measures against a benchmark; formulas as in `analytics.measures`."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from analytics.measures.sample import Sample
from analytics.panel import FloatArray
from analytics.studies.steps import Step, StepUnit, deviation, mean, per_period, periods_of, recipe


@recipe
def beta(one: Sample) -> Iterator[Step]:
    """Covariance / variance of the benchmark."""
    own, other = _pairs(one)
    yield Step("returns in common", own.size, StepUnit.COUNT)
    yield Step("covariance with the benchmark", _covariance(own, other), StepUnit.SQUARE)
    yield Step("variance of the benchmark", _covariance(other, other), StepUnit.SQUARE)


@recipe
def beta_up(one: Sample) -> Iterator[Step]:
    """Covariance / variance of the benchmark, of the returns in which it rose."""
    return _beta_of(one, up=True)


@recipe
def beta_down(one: Sample) -> Iterator[Step]:
    """Covariance / variance of the benchmark, of the returns in which it fell."""
    return _beta_of(one, up=False)


@recipe
def alpha(one: Sample) -> Iterator[Step]:
    """(Mean excess - beta x mean excess of the benchmark) x periods."""
    own, other = _pairs(one)
    yield from beta(one)
    # Not Python's division: a benchmark that does not move leaves no slope, and raises nothing.
    slope = float(np.divide(_covariance(own, other), _covariance(other, other)))
    yield Step("beta", slope, StepUnit.RATIO)
    yield per_period("mean excess return", one, mean(own))
    yield per_period("mean excess return of the benchmark", one, mean(other))
    yield periods_of(one)


@recipe
def tracking_error(one: Sample) -> Iterator[Step]:
    """Standard deviation of the active return x sqrt(periods)."""
    active = one.active[0]
    yield Step("returns in common", active.size, StepUnit.COUNT)
    yield per_period("mean active return", one, mean(active))
    yield per_period("standard deviation of the active return", one, deviation(active))
    yield periods_of(one)


@recipe
def tracking_error_weekly(one: Sample) -> Iterator[Step]:
    """As the tracking error, of complete weeks."""
    yield from tracking_error(one)


@recipe
def information_ratio(one: Sample) -> Iterator[Step]:
    """Mean active return x periods / (its standard deviation x sqrt(periods))."""
    active = one.active[0]
    yield from tracking_error(one)
    yield Step("active return a year", mean(active) * one.periods, StepUnit.FRACTION)
    yield Step("tracking error a year", deviation(active) * math.sqrt(one.periods), StepUnit.FRACTION)


@recipe
def correlation(one: Sample) -> Iterator[Step]:
    """Covariance / (standard deviation x that of the benchmark)."""
    own, other = _pairs(one)
    yield Step("returns in common", own.size, StepUnit.COUNT)
    yield Step("covariance with the benchmark", _covariance(own, other), StepUnit.SQUARE)
    yield per_period("standard deviation", one, deviation(own))
    yield per_period("standard deviation of the benchmark", one, deviation(other))


@recipe
def r_squared(one: Sample) -> Iterator[Step]:
    """The square of the correlation."""
    own, other = _pairs(one)
    yield from correlation(one)
    spread = deviation(own) * deviation(other)
    yield Step("correlation", float(np.divide(_covariance(own, other), spread)), StepUnit.RATIO)


@recipe
def correlation_weekly(one: Sample) -> Iterator[Step]:
    """As the correlation, of complete weeks and without a rate."""
    yield from correlation(one)


@recipe
def capture_up(one: Sample) -> Iterator[Step]:
    """Geometric mean of the fund's months / that of the benchmark's, where the benchmark rose."""
    return _capture(one, up=True)


@recipe
def capture_down(one: Sample) -> Iterator[Step]:
    """Geometric mean of the fund's months / that of the benchmark's, where the benchmark fell."""
    return _capture(one, up=False)


def _beta_of(one: Sample, *, up: bool) -> Iterator[Step]:
    own, other = _pairs(one)
    chosen = one.on_side(up=up)[0]
    side = "rose" if up else "fell"
    yield Step("returns in common", own.size, StepUnit.COUNT)
    yield Step(f"returns in which the benchmark {side}", int(chosen.sum()), StepUnit.COUNT)
    yield Step(
        "covariance with the benchmark in them", _covariance(own[chosen], other[chosen]), StepUnit.SQUARE
    )
    yield Step(
        "variance of the benchmark in them", _covariance(other[chosen], other[chosen]), StepUnit.SQUARE
    )


def _capture(one: Sample, *, up: bool) -> Iterator[Step]:
    own, other, wanted = one.returns[0], np.atleast_2d(one.against)[0], one.on_side(up=up)[0]
    side = "rose" if up else "fell"
    yield Step("complete months", own.size, StepUnit.COUNT)
    yield Step(f"months in which the benchmark {side}", int(wanted.sum()), StepUnit.COUNT)
    yield Step("mean return a month in them", _geometric(own[wanted]), StepUnit.FRACTION)
    yield Step("that of the benchmark", _geometric(other[wanted]), StepUnit.FRACTION)


def _pairs(one: Sample) -> tuple[FloatArray, FloatArray]:
    """Excess returns of the fund and of the benchmark."""
    return one.excess[0], one.excess_against[0]


def _covariance(own: FloatArray, other: FloatArray) -> float:
    """Sample covariance, ddof 1."""
    if own.size < 2:
        return math.nan
    return float(((own - own.mean()) * (other - other.mean())).sum() / (own.size - 1))


def _geometric(returns: FloatArray) -> float:
    return float(np.expm1(np.log1p(returns).mean())) if returns.size else math.nan
