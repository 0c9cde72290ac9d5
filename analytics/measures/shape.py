"""The shape of the returns: their ends, and which way and how far they reach."""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.registry import (
    ONE_PRICE,
    RETURN,
    TOO_FEW,
    Undefined,
    Unit,
    measure,
)
from analytics.measures.sample import Sample
from analytics.panel import FloatArray

_FEW_CUBES = Undefined(
    "fewer than 3 {returns}", lambda sample: np.full(sample.levels.shape[0], sample.length < 3)
)
_FEW_FOURTHS = Undefined(
    "fewer than 4 {returns}", lambda sample: np.full(sample.levels.shape[0], sample.length < 4)
)
_STILL = Undefined("the {returns} do not vary", lambda sample: ~(sample.sd_returns > 1e-12))


@measure(Unit.FRACTION, undefined=[ONE_PRICE], bounds=RETURN)
def best_day(sample: Sample) -> FloatArray:
    """The highest return from one close to the next.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, 0.01 = 1 %.  The return across a gap counts as one.

    References
    ----------
    METRICS: best and worst day; simple daily total returns.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(best_day(five())[0]), 6)
    0.03
    """
    return np.asarray(sample.returns.max(axis=1, initial=-np.inf))


@measure(Unit.FRACTION, undefined=[ONE_PRICE], bounds=RETURN)
def worst_day(sample: Sample) -> FloatArray:
    """The lowest return from one close to the next.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, negative = loss.  The return across a gap counts as one.

    References
    ----------
    METRICS: best and worst day; simple daily total returns.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(worst_day(five())[0]), 6)
    -0.02
    """
    return np.asarray(sample.returns.min(axis=1, initial=np.inf))


@measure(Unit.RATIO, undefined=[TOO_FEW, _FEW_CUBES, _STILL], periodic=True)
def skewness(sample: Sample) -> FloatArray:
    """Which of the two tails is the longer one.

    n / ((n - 1)(n - 2)) * sum(((r - mean) / sd)^3), sd with ddof 1: the bias-corrected estimator G1, which
    Excel's SKEW and pandas have.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) plain number, negative = the losses have the longer tail, 0 = none has.

    References
    ----------
    Joanes and Gill 1998, Comparing measures of sample skewness and kurtosis (G1).  scipy and empyrical leave
    the correction out by default (g1): smaller by 0.6 % of itself on 251 returns.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(skewness(five())[0]), 6)
    -0.2669
    """
    count = sample.length
    if count < 3:
        return np.full(sample.levels.shape[0], np.nan)
    around = sample.returns - sample.mean(sample.returns)[:, None]
    plain = sample.mean_product(around * around, around) / sample.mean_square(around) ** 1.5
    return np.asarray(plain * math.sqrt(count * (count - 1.0)) / (count - 2.0))


@measure(Unit.RATIO, undefined=[TOO_FEW, _FEW_FOURTHS, _STILL], periodic=True)
def kurtosis(sample: Sample) -> FloatArray:
    """How much heavier the tails are than those of a normal distribution (excess kurtosis).

    n (n + 1) / ((n - 1)(n - 2)(n - 3)) * sum(((r - mean) / sd)^4) - 3 (n - 1)^2 / ((n - 2)(n - 3)), sd with
    ddof 1: the bias-corrected estimator G2, which Excel's KURT and pandas have.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) plain number, 0 = as the normal distribution, positive = heavier tails.

    References
    ----------
    Joanes and Gill 1998 (G2).  Some sites print it without 3 taken off.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(kurtosis(five())[0]), 6)
    1.07438
    """
    count = sample.length
    if count < 4:
        return np.full(sample.levels.shape[0], np.nan)
    squares = (sample.returns - sample.mean(sample.returns)[:, None]) ** 2
    plain = sample.mean_square(squares) / sample.mean(squares) ** 2 - 3.0
    corrected = ((count + 1.0) * plain + 6.0) * (count - 1.0) / ((count - 2.0) * (count - 3.0))
    return np.asarray(corrected)
