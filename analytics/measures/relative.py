"""Against what: everything that needs a benchmark."""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.registry import (
    CORRELATION,
    FEW_PAIRS,
    FLAT,
    FLAT_BENCHMARK,
    NO_RATE,
    POSITIVE,
    Bounds,
    Every,
    Undefined,
    Unit,
    measure,
)
from analytics.measures.sample import Sample
from analytics.panel import BoolArray, FloatArray

_NEVER_UP = Undefined(
    "fewer than {minimum} {returns} in which the benchmark rose",
    lambda sample: _side(sample, up=True)[0] < max(sample.minimum, 2),
)
_NEVER_DOWN = Undefined(
    "fewer than {minimum} {returns} in which the benchmark fell",
    lambda sample: _side(sample, up=False)[0] < max(sample.minimum, 2),
)
_FLAT_UP = Undefined(
    "the benchmark's {returns} do not vary where it rose",
    lambda sample: ~(_side(sample, up=True)[1] > 1e-12),
)
_FLAT_DOWN = Undefined(
    "the benchmark's {returns} do not vary where it fell",
    lambda sample: ~(_side(sample, up=False)[1] > 1e-12),
)
_SAME = Undefined("never strays from the benchmark", lambda sample: ~(sample.sd_active > 1e-12))


@measure(Unit.RATIO, undefined=[FEW_PAIRS, NO_RATE, FLAT_BENCHMARK], relative=True, periodic=True)
def beta(sample: Sample) -> FloatArray:
    """How much the fund moves when the benchmark moves by one.

    Slope of the least-squares line of the fund's excess returns on the benchmark's:
    cov(ra - rf, rb - rf) / var(rb - rf).

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio.  What is missing on either side is left out on both; the returns across it count as one.
    NaN where the benchmark does not vary.

    References
    ----------
    Sharpe 1964; Jensen 1968.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(beta(five())[0]), 6)
    0.944444
    """
    return sample.slope


@measure(Unit.RATIO, undefined=[_NEVER_UP, NO_RATE, _FLAT_UP], relative=True, periodic=True)
def beta_up(sample: Sample) -> FloatArray:
    """How much the fund moves with the benchmark when that rises (up beta).

    `beta` over the sessions alone in which the benchmark rose: the slope of the line through those points,
    with an intercept of its own.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio.  NaN where the benchmark rose in fewer sessions than `sample.minimum`.

    References
    ----------
    Ang, Chen and Xing 2006, Downside risk (there the sessions above the benchmark's mean).

    Examples
    --------
    It rose by 2, 1 and 1 %, the fund by 1, 3 and 1 %:

    >>> from analytics.measures.examples import five
    >>> round(float(beta_up(five())[0]), 6)
    -1.0
    """
    return _slope(sample, up=True)


@measure(Unit.RATIO, undefined=[_NEVER_DOWN, NO_RATE, _FLAT_DOWN], relative=True, periodic=True)
def beta_down(sample: Sample) -> FloatArray:
    """How much the fund moves with the benchmark when that falls (down beta).

    `beta` over the sessions alone in which the benchmark fell: the slope of the line through those points,
    with an intercept of its own.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio.  NaN where the benchmark fell in fewer sessions than `sample.minimum`.

    References
    ----------
    Ang, Chen and Xing 2006, Downside risk (there the sessions below the benchmark's mean).

    Examples
    --------
    The benchmark falls by 1, 2 and 3 %, the fund by half of it:

    >>> from analytics.measures.examples import from_returns
    >>> round(float(beta_down(from_returns([-0.005, 0.01, -0.01, -0.015], [-0.01, 0.0, -0.02, -0.03]))[0]), 6)
    0.5
    """
    return _slope(sample, up=False)


@measure(Unit.FRACTION, undefined=[FEW_PAIRS, NO_RATE, FLAT_BENCHMARK], relative=True, periodic=True)
def alpha(sample: Sample) -> FloatArray:
    """The annual return that the benchmark's moves do not explain (Jensen's alpha).

    (mean(ra - rf) - beta * mean(rb - rf)) * 252, the intercept of the line of `beta`.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) fraction a year, negative = less than the benchmark's moves would have given.

    References
    ----------
    Jensen 1968.  Annualised by the sum, not by compounding.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(alpha(five())[0]), 6)
    0.56
    """
    explained = sample.slope * sample.mean_against
    return np.asarray((sample.mean_excess - explained) * sample.periods)


@measure(Unit.FRACTION, undefined=[FEW_PAIRS], relative=True, periodic=True, bounds=POSITIVE)
def tracking_error(sample: Sample) -> FloatArray:
    """How far the fund strays from the benchmark in a year.

    sd(ra - rb) * sqrt(252), ddof 1.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) fraction a year, 0 or positive.  Leaving out sqrt(252) is the common mistake.

    References
    ----------
    Grinold and Kahn, Active Portfolio Management, chapter 3.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(tracking_error(five())[0]), 6)
    0.206978
    """
    return np.asarray(sample.sd_active * math.sqrt(sample.periods))


@measure(Unit.FRACTION, undefined=[FEW_PAIRS], relative=True, every=Every.WEEK, bounds=POSITIVE)
def tracking_error_weekly(sample: Sample) -> FloatArray:
    """Tracking error from weekly returns, for funds so thinly traded that their closes are stale.

    sd(weekly ra - weekly rb) * sqrt(52), ddof 1, over complete weeks.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) fraction a year.  NaN below eight complete weeks.

    References
    ----------
    METRICS: thin ETFs also weekly.

    Examples
    --------
    A fund that gains 1 % every session and a benchmark that never moves stray by the same each week:

    >>> from analytics.measures.examples import from_returns
    >>> round(float(tracking_error_weekly(from_returns([0.01] * 60, [0.0] * 60))[0]), 6)
    0.0
    """
    return np.asarray(sample.sd_active * math.sqrt(sample.periods))


@measure(Unit.RATIO, undefined=[FEW_PAIRS, _SAME], relative=True, periodic=True)
def information_ratio(sample: Sample) -> FloatArray:
    """Active return for the straying it took.

    mean(ra - rb) * 252 / tracking error.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio, negative = behind the benchmark.  NaN where the fund never strays.

    References
    ----------
    Grinold and Kahn, chapter 5.  The per-day ratio, a common mistake, is smaller by sqrt(252).

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(information_ratio(five())[0]), 6)
    2.435038
    """
    return np.asarray(sample.mean(sample.active) * math.sqrt(sample.periods) / sample.sd_active)


@measure(
    Unit.RATIO,
    undefined=[FEW_PAIRS, NO_RATE, FLAT, FLAT_BENCHMARK],
    relative=True,
    periodic=True,
    bounds=CORRELATION,
)
def correlation(sample: Sample) -> FloatArray:
    """How closely fund and benchmark move together, day by day (Pearson).

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) from -1 to 1.  NaN where either side does not vary.

    References
    ----------
    Pearson 1895.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(correlation(five())[0]), 6)
    0.697518
    """
    return _pearson(sample)


@measure(
    Unit.RATIO,
    undefined=[FEW_PAIRS, NO_RATE, FLAT, FLAT_BENCHMARK],
    relative=True,
    periodic=True,
    bounds=Bounds(0.0, 1.0),
)
def r_squared(sample: Sample) -> FloatArray:
    """The share of the fund's variance that the line of `beta` explains (R2).

    The square of `correlation`.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) from 0 to 1; a low one says that beta and alpha tell little.  NaN where either side does not vary.

    References
    ----------
    Coefficient of determination of the regression of `beta`.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(r_squared(five())[0]), 6)
    0.486532
    """
    return np.asarray(_pearson(sample) ** 2)


@measure(
    Unit.RATIO,
    undefined=[FEW_PAIRS, FLAT, FLAT_BENCHMARK],
    relative=True,
    every=Every.WEEK,
    bounds=CORRELATION,
)
def correlation_weekly(sample: Sample) -> FloatArray:
    """How closely fund and benchmark move together, week by week (Pearson, complete weeks).

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) from -1 to 1.  NaN below eight complete weeks.

    References
    ----------
    METRICS: correlation daily and weekly.

    Examples
    --------
    >>> from analytics.measures.examples import from_returns
    >>> rising = [0.0001 * day for day in range(60)]
    >>> falling = [-0.0001 * day for day in range(60)]
    >>> round(float(correlation_weekly(from_returns(rising, falling))[0]), 3)
    -1.0
    """
    return _pearson(sample)


def _pearson(sample: Sample) -> FloatArray:
    around = sample.excess - sample.mean_excess[:, None]
    spread = np.sqrt(sample.variance_against * sample.mean_square(around))
    return np.asarray(np.clip(sample.mean_product(sample.around_against, around) / spread, -1.0, 1.0))


def _slope(sample: Sample, *, up: bool) -> FloatArray:
    chosen = sample.on_side(up=up)
    around, moved = _centred(sample.excess_against, chosen), _centred(sample.excess, chosen)
    return np.asarray(sample.mean_product(around, moved) / sample.mean_square(around))


def _side(sample: Sample, *, up: bool) -> tuple[FloatArray, FloatArray]:
    """(N,) on how many sessions the benchmark rose, or fell, and the deviation of its returns on them."""
    chosen = sample.on_side(up=up)
    count = chosen.sum(axis=1).astype(np.float64)
    squares = _centred(sample.excess_against, chosen) ** 2
    return count, np.sqrt(squares.sum(axis=1) / np.maximum(count - 1.0, 1.0))


def _centred(rows: FloatArray, chosen: BoolArray) -> FloatArray:
    """(N, T) what is chosen less its mean in the row, 0 elsewhere."""
    count = np.maximum(chosen.sum(axis=1), 1)
    mean = np.where(chosen, rows, 0.0).sum(axis=1) / count
    return np.where(chosen, rows - mean[:, None], 0.0)
