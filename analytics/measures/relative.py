"""Against what: how widely a fund's return differs from a benchmark's, and how closely it moves with it."""

from __future__ import annotations

import numpy as np

from analytics.measures.number import CORRELATION, POSITIVE, Bounds, Unit, Words
from analytics.measures.registry import FEW_PAIRS, FLAT, FLAT_BENCHMARK, NO_RATE, Every, Undefined, measure
from analytics.measures.sample import PERIODS, Sample
from analytics.measures.steps import PAIRS, PERIODS_A_YEAR, fraction, ratio, square
from analytics.panel import FloatArray

_STRAYS = (
    PAIRS,
    fraction("mean active return a {day}", lambda one: one.mean_active),
    fraction("standard deviation of the active return a {day}", lambda one: one.sd_active),
    PERIODS_A_YEAR,
)
_TOGETHER = (
    PAIRS,
    square("covariance with the benchmark", lambda one: one.to_unbiased(_product(one, _around(one)))),
    fraction("standard deviation a {day}", lambda one: one.sd_excess),
    fraction(
        "standard deviation of the benchmark a {day}",
        lambda one: np.sqrt(one.to_unbiased(one.variance_against)),
    ),
)
_SAME = Undefined("never differs from the benchmark", lambda sample: ~(sample.sd_active > 1e-12))


@measure(
    Unit.FRACTION,
    Words(
        names=("tracking error", "te", "tracking risk"),
        formula=f"standard deviation of (fund - benchmark) × √{PERIODS}",
        meaning="volatility of the return against the benchmark",
        tickers=frozenset({"te"}),
    ),
    undefined=[FEW_PAIRS],
    steps=_STRAYS,
    bounds=POSITIVE,
    relative=True,
    periodic=True,
    swing=0.001,
    small=True,
    annualised=True,
)
def tracking_error(sample: Sample) -> FloatArray:
    """Return the volatility of the active return, fund less benchmark.

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
    return sample.a_year(sample.sd_active)


@measure(
    Unit.FRACTION,
    Words(
        names=("weekly tracking error", "tracking error weekly", "weekly te", "te weekly"),
        formula="standard deviation of weekly (fund - benchmark) × √52",
        meaning="volatility of the return against the benchmark, seen by weeks",
        heading="Tracking error weekly",
    ),
    undefined=[FEW_PAIRS],
    steps=_STRAYS,
    bounds=POSITIVE,
    relative=True,
    every=Every.WEEK,
    swing=0.001,
    small=True,
    annualised=True,
)
def tracking_error_weekly(sample: Sample) -> FloatArray:
    """Return the tracking error from weekly returns, for funds so thinly traded that their closes are stale.

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
    A fund that gains 1 % every session and a benchmark that never moves differ by the same each week:

    >>> from analytics.measures.examples import from_returns
    >>> round(float(tracking_error_weekly(from_returns([0.01] * 60, [0.0] * 60))[0]), 6)
    0.0
    """
    return sample.a_year(sample.sd_active)


@measure(
    Unit.RATIO,
    Words(
        names=("information ratio", "info ratio", "information", "ir"),
        formula="annual mean of (fund - benchmark) / tracking error",
        meaning="return ahead of the benchmark for each unit of tracking error",
        tickers=frozenset({"ir"}),
    ),
    undefined=[FEW_PAIRS, _SAME],
    steps=[
        *_STRAYS,
        fraction("active return a year", lambda one: one.mean_active * one.periods),
        fraction("tracking error a year", lambda one: one.a_year(one.sd_active)),
    ],
    relative=True,
    periodic=True,
    annualised=True,
)
def information_ratio(sample: Sample) -> FloatArray:
    """Return the active return for each unit of tracking error.

    mean(ra - rb) * 252 / tracking error.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio, negative = behind the benchmark.  NaN where the fund never differs.

    References
    ----------
    Grinold and Kahn, chapter 5.  The per-day ratio, a common mistake, is smaller by sqrt(252).

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(information_ratio(five())[0]), 6)
    2.435038
    """
    return sample.a_year(sample.mean_active) / sample.sd_active


@measure(
    Unit.RATIO,
    Words(
        names=("correlation", "corr", "correl"),
        formula="covariance / (standard deviation × the benchmark's) of daily returns (Pearson)",
        meaning="how closely a fund and the benchmark move together, from -1 to 1",
    ),
    undefined=[FEW_PAIRS, NO_RATE, FLAT, FLAT_BENCHMARK],
    steps=_TOGETHER,
    bounds=CORRELATION,
    relative=True,
    periodic=True,
    swing=0.01,
    in_percent=True,
    rolls="6m",
)
def correlation(sample: Sample) -> FloatArray:
    """Return how closely fund and benchmark move together, day by day (Pearson).

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
    Words(
        names=("r squared", "r-squared", "rsquared", "r2", "coefficient of determination"),
        formula="(covariance / (standard deviation × the benchmark's) of daily excess returns)²",
        meaning="the share of a fund's variance that its beta explains",
        label="R²",
    ),
    undefined=[FEW_PAIRS, NO_RATE, FLAT, FLAT_BENCHMARK],
    steps=[*_TOGETHER, ratio("correlation", lambda one: _pearson(one))],
    bounds=Bounds(0.0, 1.0),
    relative=True,
    periodic=True,
    swing=0.01,
    rate=True,
    in_percent=True,
)
def r_squared(sample: Sample) -> FloatArray:
    """Return the share of the fund's variance that the line of `beta` explains (R2).

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
    Words(
        names=("weekly correlation", "correlation weekly", "weekly corr", "corr weekly"),
        formula="covariance / (standard deviation × the benchmark's) of weekly returns (Pearson)",
        meaning="how closely a fund and the benchmark move together by weeks, from -1 to 1",
        heading="Correlation weekly",
    ),
    undefined=[FEW_PAIRS, FLAT, FLAT_BENCHMARK],
    steps=_TOGETHER,
    bounds=CORRELATION,
    relative=True,
    every=Every.WEEK,
    swing=0.01,
    in_percent=True,
)
def correlation_weekly(sample: Sample) -> FloatArray:
    """Return how closely fund and benchmark move together, week by week (Pearson, complete weeks).

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
    around = _around(sample)
    spread = np.sqrt(sample.variance_against * sample.mean_square(around))
    return np.asarray(np.clip(_product(sample, around) / spread, -1.0, 1.0))


def _around(sample: Sample) -> FloatArray:
    return np.asarray(sample.excess - sample.mean_excess[:, None])


def _product(sample: Sample, around: FloatArray) -> FloatArray:
    return sample.mean_product(sample.around_against, around)
