"""Return for risk: one number each, and never without its window."""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.registry import (
    FLAT,
    NO_DOWNSIDE,
    NO_DRAWDOWN,
    NO_ENDS,
    NO_RATE,
    POSITIVE,
    TOO_FEW,
    UNDER_A_YEAR,
    Bounds,
    Unit,
    measure,
)
from analytics.measures.sample import Sample
from analytics.panel import FloatArray

_CALMAR = Bounds(low=-1.0)
"""What is lost over a year or more is no more a year than the deepest fall."""


@measure(Unit.RATIO, undefined=[TOO_FEW, NO_RATE, FLAT], periodic=True)
def sharpe(sample: Sample) -> FloatArray:
    """Mean excess return for the scatter of the excess return, annualised.

    mean(r - rf) / sd(r - rf) * sqrt(252), ddof 1.

    Parameters
    ----------
    sample : N symbols on one span; `sample.rate` is rf per session

    Returns
    -------
    (N,) ratio.  The return across a gap counts as one.  NaN below `sample.minimum` returns or without
    variation.

    References
    ----------
    Sharpe 1994, The Sharpe Ratio.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(sharpe(five())[0]), 6)
    5.243177
    """
    return np.asarray(sample.mean_excess / sample.sd_excess * math.sqrt(sample.periods))


@measure(Unit.RATIO, undefined=[TOO_FEW, NO_RATE, NO_DOWNSIDE], periodic=True)
def sortino(sample: Sample) -> FloatArray:
    """Mean excess return for the shortfall below the target, annualised.

    mean(r - m) * 252 / (sqrt(mean over ALL sessions of min(r - m, 0)^2) * sqrt(252)).

    Parameters
    ----------
    sample : N symbols on one span; `sample.rate` is m, the minimum acceptable return per session

    Returns
    -------
    (N,) ratio.  NaN below `sample.minimum` returns or where no return is below m.

    References
    ----------
    Sortino and Price 1994.  Dividing by the standard deviation of the losses alone gives another number.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(sortino(five())[0]), 6)
    10.648944
    """
    return np.asarray(sample.mean_excess / sample.downside * math.sqrt(sample.periods))


@measure(Unit.RATIO, undefined=[NO_ENDS, UNDER_A_YEAR, NO_DRAWDOWN], bounds=_CALMAR)
def calmar(sample: Sample) -> FloatArray:
    """Annual return for the deepest fall, both over the same window.

    CAGR / |max drawdown|.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) ratio.  NaN below one year or where the fund never fell.

    References
    ----------
    Young 1991 (with 36 months).  Mixing windows, as some sites do, gives another number.

    Examples
    --------
    Half a year down 10 %, then up to +8 % after 365 days:

    >>> from analytics.measures.examples import path
    >>> round(float(calmar(path([100, 90, 108], days=365))[0]), 4)
    0.8006
    """
    return np.asarray(sample.annual / -sample.deepest)


@measure(Unit.RATIO, undefined=[TOO_FEW, NO_RATE, NO_DOWNSIDE], periodic=True, bounds=POSITIVE)
def omega(sample: Sample) -> FloatArray:
    """All gains above the target for all shortfalls below it.

    sum(max(r - m, 0)) / sum(max(m - r, 0)).

    Parameters
    ----------
    sample : N symbols on one span; `sample.rate` is m

    Returns
    -------
    (N,) ratio, 0 or positive, 1 = gains and shortfalls balance.  NaN where no return is below m.

    References
    ----------
    Keating and Shadwick 2002, A Universal Performance Measure.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(omega(five())[0]), 6)
    2.5
    """
    # The sum of the gains is the sum of all less the sum of the shortfalls: one pass instead of two.
    below = sample.mean(sample.shortfall)
    return np.asarray((sample.mean_excess - below) / -below)


@measure(Unit.RATIO, undefined=[NO_ENDS, UNDER_A_YEAR, NO_RATE, NO_DRAWDOWN])
def martin(sample: Sample) -> FloatArray:
    """Annual excess return for depth and length of the falls (Ulcer performance index).

    (CAGR - rf) / Ulcer, rf the mean rate per return x 252.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) ratio.  NaN below one year or where the fund never fell.

    References
    ----------
    Martin and McCann 1989.

    Examples
    --------
    >>> from analytics.measures.examples import path
    >>> round(float(martin(path([100, 90, 108], days=365))[0]), 4)
    1.1322
    """
    rate = sample.mean(np.atleast_2d(sample.rate))
    return np.asarray((sample.annual - rate * sample.periods) / sample.ulcer)
