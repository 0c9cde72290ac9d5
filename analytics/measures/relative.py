"""Against what: everything that needs a benchmark."""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.registry import (
    FEW_PAIRS,
    FLAT,
    FLAT_BENCHMARK,
    NO_RATE,
    Every,
    Undefined,
    Unit,
    measure,
)
from analytics.measures.sample import Sample
from analytics.panel import FloatArray

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


@measure(Unit.FRACTION, undefined=[FEW_PAIRS], relative=True, periodic=True)
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


@measure(Unit.FRACTION, undefined=[FEW_PAIRS], relative=True, every=Every.WEEK)
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


@measure(Unit.RATIO, undefined=[FEW_PAIRS, NO_RATE, FLAT, FLAT_BENCHMARK], relative=True, periodic=True)
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


@measure(Unit.RATIO, undefined=[FEW_PAIRS, FLAT, FLAT_BENCHMARK], relative=True, every=Every.WEEK)
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
