"""Return for risk: one number each, and never without its window."""

from __future__ import annotations

import numpy as np

from analytics.measures.growth import cagr
from analytics.measures.number import POSITIVE, Better, Bounds, Unit, Words
from analytics.measures.registry import (
    FLAT,
    NO_DOWNSIDE,
    NO_DRAWDOWN,
    NO_ENDS,
    NO_RATE,
    TOO_FEW,
    UNDER_A_YEAR,
    measure,
)
from analytics.measures.sample import PERIODS, Sample
from analytics.measures.steps import (
    ANNUAL,
    DEEPEST_FALL,
    DEPTHS,
    DOWNSIDE,
    MEAN_EXCESS_A_YEAR,
    RETURNS,
    TARGET,
    fraction,
)
from analytics.panel import FloatArray

_CALMAR = Bounds(low=-1.0)
"""What is lost over a year or more is no more a year than the deepest fall."""
_CAGR = fraction("return a year", cagr)


@measure(
    Unit.RATIO,
    Words(
        names=("sharpe", "sharpe ratio"),
        formula=f"mean(return - rf) / standard deviation(return - rf) × √{PERIODS}",
        meaning="return above the rate for each unit of scatter",
        label="Sharpe ratio",
        brief="Sharpe",
    ),
    undefined=[TOO_FEW, NO_RATE, FLAT],
    steps=[
        *MEAN_EXCESS_A_YEAR,
        fraction("standard deviation of the excess a {day}", lambda one: one.sd_excess),
        fraction("standard deviation a year", lambda one: one.a_year(one.sd_excess)),
    ],
    periodic=True,
    better=Better(higher=True, step=0.1),
    rate=True,
    annualised=True,
)
def sharpe(sample: Sample) -> FloatArray:
    """Return the mean excess return for the scatter of the excess return, annualised.

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
    return sample.a_year(sample.mean_excess / sample.sd_excess)


@measure(
    Unit.RATIO,
    Words(
        names=("sortino", "sortino ratio"),
        formula=f"mean(return - rf) / √(mean over all sessions of min(return - rf, 0)²) × √{PERIODS}",
        meaning="return above the target for each unit of shortfall below it",
        label="Sortino ratio",
        brief="Sortino",
    ),
    undefined=[TOO_FEW, NO_RATE, NO_DOWNSIDE],
    steps=[
        *MEAN_EXCESS_A_YEAR,
        *DOWNSIDE,
        fraction("downside deviation a year", lambda one: one.a_year(one.downside)),
    ],
    periodic=True,
    better=Better(higher=True, step=0.15),
    rate=True,
    annualised=True,
    rolls="1y",
)
def sortino(sample: Sample) -> FloatArray:
    """Return the mean excess return for the shortfall below the target, annualised.

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
    return sample.a_year(sample.mean_excess / sample.downside)


@measure(
    Unit.RATIO,
    Words(
        names=("calmar", "calmar ratio"),
        formula="annual return / size of the maximum drawdown, same window",
        meaning="yearly return for the deepest fall",
        label="Calmar ratio",
        brief="Calmar",
    ),
    undefined=[NO_ENDS, UNDER_A_YEAR, NO_DRAWDOWN],
    steps=[*ANNUAL, _CAGR, DEEPEST_FALL, fraction("max drawdown", lambda one: one.deepest)],
    bounds=_CALMAR,
    better=Better(higher=True, step=0.1),
)
def calmar(sample: Sample) -> FloatArray:
    """Divide the annual return by the deepest fall, both over the same window.

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


@measure(
    Unit.RATIO,
    Words(
        names=("omega", "omega ratio"),
        formula="sum of the gains above rf / sum of the shortfalls below it",
        meaning="all gains above the target for all shortfalls below it",
        label="Omega ratio",
        brief="Omega",
        tickers=frozenset({"omega"}),
    ),
    undefined=[TOO_FEW, NO_RATE, NO_DOWNSIDE],
    steps=[
        TARGET,
        RETURNS,
        fraction("sum of the gains above the target", lambda one: _gains(one, _shortfalls(one))),
        fraction("sum of the shortfalls below it", lambda one: _shortfalls(one)),
    ],
    bounds=POSITIVE,
    periodic=True,
    rate=True,
)
def omega(sample: Sample) -> FloatArray:
    """Return all gains above the target for all shortfalls below it.

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
    short = _shortfalls(sample)
    return np.asarray(_gains(sample, short) / short)


@measure(
    Unit.RATIO,
    Words(
        names=("martin", "martin ratio", "upi"),
        formula="(annual return - rf) / Ulcer index",
        meaning="yearly return above the rate for depth and length of the falls",
        label="Martin ratio",
        brief="Martin",
        tickers=frozenset({"upi"}),
    ),
    undefined=[NO_ENDS, UNDER_A_YEAR, NO_RATE, NO_DRAWDOWN],
    steps=[
        *ANNUAL,
        _CAGR,
        fraction("rate a year", lambda one: one.mean_rate * one.periods),
        *DEPTHS,
        fraction("ulcer index", lambda one: one.ulcer),
    ],
    rate=True,
    annualised=True,
)
def martin(sample: Sample) -> FloatArray:
    """Return the annual excess return for depth and length of the falls (Ulcer performance index).

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
    return np.asarray((sample.annual - sample.mean_rate * sample.periods) / sample.ulcer)


def _shortfalls(sample: Sample) -> FloatArray:
    """Return (N,) sum of the shortfalls below the target, positive."""
    return np.asarray(-sample.shortfall.sum(axis=1))


def _gains(sample: Sample, shortfalls: FloatArray) -> FloatArray:
    """Return (N,) sum of the gains above it: that of all returns and of the shortfalls, one pass instead
    of two.
    """
    return np.asarray(sample.total_excess + shortfalls)
