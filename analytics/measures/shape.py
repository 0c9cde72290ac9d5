"""The shape of the returns: their tails and ends, and which way and how far they reach.

A tail of 5 % of n returns has 0.05 n of them.  Where that is no whole number `cvar_95` counts the last one by
its part, and `var_95` is that last one, so that the one is never above the other.
"""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.number import RETURN, Better, Unit, Words
from analytics.measures.registry import ONE_PRICE, TOO_FEW, Undefined, measure
from analytics.measures.sample import ONE_IN, Sample, tail_size
from analytics.measures.steps import (
    DEVIATION,
    HIGHEST,
    LOWEST,
    MEAN_RETURN,
    RETURNS,
    Steps,
    count,
    fraction,
    ratio,
)
from analytics.panel import FloatArray

TAIL = 0.05
_SHORT_TAIL = Undefined(
    f"fewer than {ONE_IN} {{returns}}",
    lambda sample: np.full(sample.levels.shape[0], sample.length < ONE_IN),
)
_TAIL_SIZE = count("returns in the tail", lambda one: TAIL * one.length)

_FEW_CUBES = Undefined(
    "fewer than 3 {returns}", lambda sample: np.full(sample.levels.shape[0], sample.length < 3)
)
_FEW_FOURTHS = Undefined(
    "fewer than 4 {returns}", lambda sample: np.full(sample.levels.shape[0], sample.length < 4)
)
_STILL = Undefined("the {returns} do not vary", lambda sample: ~(sample.sd_returns > 1e-12))


def _scores(words: str, power: int) -> tuple[Steps, ...]:
    name = f"sum of the {words} of (return - mean) / deviation"
    total = ratio(name, lambda one: _score_sum(one, power))
    return (RETURNS, MEAN_RETURN, DEVIATION, total)


@measure(
    Unit.FRACTION,
    Words(
        names=("cvar", "cvar 95", "cvar95", "cvar 95%", "expected shortfall"),
        formula="mean daily return on the worst 5\u00a0% of days",
        meaning="the mean return of the worst twentieth",
        label="expected shortfall (worst 5\u00a0% of days)",
        brief="CVaR 95",
        heading="CVaR 95 %, daily",
    ),
    undefined=[TOO_FEW, _SHORT_TAIL],
    steps=[
        RETURNS,
        _TAIL_SIZE,
        fraction("lowest return", lambda one: one.returns.min(axis=1, initial=np.inf)),
        fraction("sum of the returns in the tail", lambda one: _tail(one)),
    ],
    bounds=RETURN,
    periodic=True,
    swing=0.001,
    fall=True,
)
def cvar_95(sample: Sample) -> FloatArray:
    """Return the mean daily return on the worst 5 % of days (historical expected shortfall).

    With k = 0.05 n: (sum of the floor(k) lowest returns + (k - floor(k)) * the next one) / k.  The fraction
    makes it coherent and continuous in n; libraries that round k to a whole day differ slightly.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction per day, negative = loss.  NaN below 20 returns: the tail would be less than a day.

    References
    ----------
    Acerbi and Tasche 2002, On the coherence of expected shortfall, definition 2.6.

    Examples
    --------
    Of 40 returns, the two lowest are -4 % and -2 %:

    >>> from analytics.measures.examples import from_returns
    >>> round(float(cvar_95(from_returns([-0.04, -0.02] + [0.01] * 38))[0]), 6)
    -0.03
    """
    return np.asarray(_tail(sample) / (TAIL * sample.length))


@measure(
    Unit.FRACTION,
    Words(
        names=("var", "var 95", "var95", "var 95%", "value at risk"),
        formula="of n daily returns the one at place n × 5\u00a0%, rounded up, from the lowest; historical",
        meaning="the return at which the worst twentieth begins",
        label="value at risk (95\u00a0%)",
        brief="VaR 95",
        heading="VaR 95 %, daily",
    ),
    undefined=[TOO_FEW, _SHORT_TAIL],
    steps=[
        RETURNS,
        _TAIL_SIZE,
        count("place from the lowest, rounded up", lambda one: tail_size(one.length)),
        fraction("return at that place", lambda one: _from_lowest(one, tail_size(one.length))),
        fraction("next higher return", lambda one: _from_lowest(one, tail_size(one.length) + 1)),
    ],
    bounds=RETURN,
    periodic=True,
    better=Better(higher=True, step=0.001),
    swing=0.001,
    fall=True,
)
def var_95(sample: Sample) -> FloatArray:
    """Return the daily return at which the worst 5 % of days begin (historical value at risk).

    The k-th lowest of n returns, k = 0.05 n rounded up: the highest return of the tail whose mean is
    `cvar_95`, and one that did occur.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction per day, negative = loss, never below `cvar_95`.  NaN below 20 returns: the tail would be
    less than a day.

    References
    ----------
    Acerbi and Tasche 2002, definition 2.1: the lower quantile.  Libraries that interpolate between two
    returns (empyrical, pandas by default) give a number between this one and the next higher return.

    Examples
    --------
    Of 40 returns, the two lowest are -4 % and -2 %:

    >>> from analytics.measures.examples import from_returns
    >>> round(float(var_95(from_returns([-0.04, -0.02] + [0.01] * 38))[0]), 6)
    -0.02
    """
    return _from_lowest(sample, tail_size(sample.length))


@measure(
    Unit.FRACTION,
    Words(
        names=("best day",),
        formula="the highest of close / close of the session before - 1",
        meaning="the highest return from one close to the next",
    ),
    undefined=[ONE_PRICE],
    steps=[HIGHEST],
    bounds=RETURN,
)
def best_day(sample: Sample) -> FloatArray:
    """Return the highest return from one close to the next.

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


@measure(
    Unit.FRACTION,
    Words(
        names=("worst day",),
        formula="the lowest of close / close of the session before - 1",
        meaning="the lowest return from one close to the next",
    ),
    undefined=[ONE_PRICE],
    steps=[LOWEST],
    bounds=RETURN,
    better=Better(higher=True, step=0.005, steady=True),
)
def worst_day(sample: Sample) -> FloatArray:
    """Return the lowest return from one close to the next.

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


@measure(
    Unit.RATIO,
    Words(
        names=("skewness", "skew"),
        formula="n / ((n - 1)(n - 2)) × sum of ((return - mean) / standard deviation)³ of n daily returns",
        meaning="which tail of the returns is the longer one: below 0 that of the losses",
    ),
    undefined=[TOO_FEW, _FEW_CUBES, _STILL],
    steps=_scores("cubes", 3),
    periodic=True,
)
def skewness(sample: Sample) -> FloatArray:
    """Return which of the two tails is the longer one.

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
    n = sample.length
    if n < 3:
        return np.full(sample.levels.shape[0], np.nan)
    return np.asarray(n / ((n - 1.0) * (n - 2.0)) * _score_sum(sample, 3))


@measure(
    Unit.RATIO,
    Words(
        names=("kurtosis", "excess kurtosis"),
        formula="n (n + 1) / ((n - 1)(n - 2)(n - 3)) × sum of ((return - mean) / standard deviation)⁴ - "
        "3 (n - 1)² / ((n - 2)(n - 3)) of n daily returns",
        meaning="how much heavier the tails of the returns are than those of a normal distribution (0)",
        label="excess kurtosis",
        brief="kurtosis",
    ),
    undefined=[TOO_FEW, _FEW_FOURTHS, _STILL],
    steps=_scores("fourth powers", 4),
    periodic=True,
)
def kurtosis(sample: Sample) -> FloatArray:
    """Return how much heavier the tails are than those of a normal distribution (excess kurtosis).

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
    n = sample.length
    if n < 4:
        return np.full(sample.levels.shape[0], np.nan)
    both = (n - 2.0) * (n - 3.0)
    return np.asarray(
        n * (n + 1.0) / (both * (n - 1.0)) * _score_sum(sample, 4) - 3.0 * (n - 1.0) ** 2 / both
    )


def _score_sum(sample: Sample, power: int) -> FloatArray:
    """Return (N,) sum of ((return - mean) / deviation) to the third or the fourth power."""
    around = sample.returns - sample.mean(sample.returns)[:, None]
    squares = around * around
    moment = sample.mean_product(squares, around if power == 3 else squares)
    return np.asarray(sample.length * moment / sample.to_unbiased(sample.mean(squares)) ** (power / 2))


def _tail(sample: Sample) -> FloatArray:
    """Return (N,) sum of the lowest 5 % of the returns, the last one by its part."""
    most = math.ceil(TAIL * sample.length)
    weights = np.clip(TAIL * sample.length - np.arange(most), 0.0, 1.0)
    return np.asarray((sample.tail[:, :most] * weights).sum(axis=1))


def _from_lowest(sample: Sample, place: int) -> FloatArray:
    """Return (N,) the return at this place, counted from the lowest."""
    if not 1 <= place <= sample.length:
        return np.full(sample.levels.shape[0], np.nan)
    return sample.tail[:, place - 1]
