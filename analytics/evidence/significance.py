"""Whether chance explains a gap between two Sharpe ratios, and how large a gap would have to be to show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from analytics.measures.sample import Sample
from analytics.panel import FloatArray

POWER = 2.80
"""Standard errors from which on a gap is found in 8 of 10 worlds at the 5 % level: z(0.975) + z(0.80)."""
FITTED = 4
"""Means that are estimated: T / (T - 4) makes up for them."""
_PARZEN = 2.6614
"""Of the bandwidth that suits the Parzen kernel (Andrews 1991)."""
STILL = 1e-12
"""A standard deviation at or below this is none: as in `analytics.measures.registry`."""
_NORMAL = NormalDist()


def sharpe_error(one: FloatArray, other: FloatArray) -> FloatArray:
    """Compute the standard error of the gap between two Sharpe ratios per return (Ledoit-Wolf).

    Means and mean squares of both funds are estimated together; what returns have to do with their neighbours
    and with each other's is kept by a Parzen kernel as wide as their own memory asks for, and the gradient of
    the gap carries it over (delta method).

    Parameters
    ----------
    one, other : (P, T) excess returns of the funds of P pairs, T at least 10

    Returns
    -------
    (P,) per return, not annualised; NaN where the returns of a fund do not vary.

    References
    ----------
    Ledoit and Wolf 2008, Robust Performance Hypothesis Testing with the Sharpe Ratio, section 3.1.

    Examples
    --------
    Two independent funds: the variance of one Sharpe ratio is near (1 + SR^2 / 2) / T:

    >>> rng = np.random.default_rng(1)
    >>> one, other = rng.normal(0.0, 0.01, (2, 1, 2000))
    >>> round(float(sharpe_error(one, other)[0]) / math.sqrt(2 / 2000), 2)
    1.01
    """
    moments, gradient = _moments(one, other)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = _bandwidth(moments)
        # Weighed before it is squared: the same number, never below 0, and exact between near twins.
        variance = _long_run((moments @ gradient[..., None])[..., 0], width)
        return np.asarray(np.sqrt(variance / one.shape[1]))


def p_value(gap: float, error: float) -> float:
    """Return how often chance alone makes a gap this large, of either sign: 2 Phi(-|gap| / error).

    >>> round(p_value(1.96, 1.0), 4)
    0.05
    """
    return 2.0 * _NORMAL.cdf(-abs(gap) / error)


def adjust_holm(values: Sequence[float]) -> tuple[float, ...]:
    """Adjust the p values of several pairs so that in 95 % of worlds without any gap none of them misleads.

    Parameters
    ----------
    values : p values, NaN for what was not tested, which counts for nothing

    Returns
    -------
    In the same order, at most 1; NaN stays.

    References
    ----------
    Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.

    Examples
    --------
    >>> adjust_holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    tested = sorted((value, at) for at, value in enumerate(values) if not math.isnan(value))
    adjusted, highest = [math.nan] * len(values), 0.0
    for done, (value, at) in enumerate(tested):
        highest = min(max(highest, value * (len(tested) - done)), 1.0)
        adjusted[at] = highest
    return tuple(adjusted)


def years_to_show(gap: float, error: float, years: float) -> float:
    """Return the years after which a gap of that size is found in 8 of 10 worlds.

    years (2.80 error / gap)^2.  The gap is one that is worth having, never the one observed: that one is as
    much chance as the test is to tell, and asks for millennia where it happens to be small.

    Parameters
    ----------
    gap, error : in one unit, both annualised
    years : over which the error was found

    Examples
    --------
    >>> round(years_to_show(0.2, 0.1142, 2.99), 1)
    7.6
    """
    return years * (POWER * error / gap) ** 2


def probabilistic_sharpe(sample: Sample, target: float = 0.0) -> FloatArray:
    """Compute how sure it is that a fund's true Sharpe ratio lies above a target (PSR).

    Parameters
    ----------
    sample : N funds without gaps
    target : annualised

    Returns
    -------
    (N,) from 0 to 1; NaN where the returns do not vary.  See `chance_above`.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(probabilistic_sharpe(five())[0]), 4)
    0.7362
    """
    apart = sample.excess - sample.mean_excess[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sample.mean_excess / sample.sd_excess
        scaled = apart / np.sqrt(sample.mean_square(apart))[:, None]
    skew, kurtosis, still = sample.mean(scaled**3), sample.mean(scaled**4), ~(sample.sd_excess > STILL)
    a_return = target / math.sqrt(sample.periods)
    moments = zip(ratio.tolist(), skew.tolist(), kurtosis.tolist(), still.tolist(), strict=True)
    return np.array(
        [
            math.nan if flat else chance_above(a_return, one, sample.length, skew=g3, kurtosis=g4)
            for one, g3, g4, flat in moments
        ]
    )


def chance_above(target: float, ratio: float, length: int, *, skew: float, kurtosis: float) -> float:
    """Return how sure it is that a Sharpe ratio lies above a target, from the moments of its returns.

    Phi((SR - SR*) sqrt(T - 1) / sqrt(1 - g3 SR + (g4 - 1) / 4 SR^2)).

    Parameters
    ----------
    target, ratio : SR* and SR per return, not annualised
    length : T, returns, at least 2
    skew, kurtosis : g3 and g4, with ddof 0; 0 and 3 of a normal distribution

    References
    ----------
    Bailey and Lopez de Prado 2012, The Sharpe Ratio Efficient Frontier: the returns of a hedge fund in 24
    months, as if they were normal and as they are.

    Examples
    --------
    >>> round(chance_above(0.0, 0.458, 24, skew=0.0, kurtosis=3.0), 3)
    0.982
    >>> round(chance_above(0.0, 0.458, 24, skew=-2.448, kurtosis=10.164), 3)
    0.913
    """
    scatter = math.sqrt(1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio**2)
    return _NORMAL.cdf((ratio - target) * math.sqrt(length - 1) / scatter)


def _moments(one: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (P, T, 4) returns and their squares around their means, and (P, 4) the gradient of the gap."""
    funds = np.stack([one, other])
    mean, square = funds.mean(axis=2), (funds**2).mean(axis=2)
    around = np.concatenate([funds - mean[..., None], funds**2 - square[..., None]])
    with np.errstate(divide="ignore", invalid="ignore"):
        cube = (square - mean**2) ** 1.5
        by_mean, by_square = square / cube, -mean / (2.0 * cube)
    gradient = np.stack([by_mean[0], -by_mean[1], by_square[0], -by_square[1]], axis=1)
    return np.moveaxis(around, 0, 2), gradient


def _long_run(series: FloatArray, width: FloatArray) -> FloatArray:
    """Return (P,) the variance that remains after neighbours are counted in, of (P, T) with mean 0."""
    length = series.shape[1]
    total = np.vecdot(series, series)
    for lag in range(1, min(math.ceil(np.nan_to_num(width).max()), length)):
        total += 2.0 * _parzen(lag / width) * np.vecdot(series[:, lag:], series[:, :-lag])
    return np.asarray(np.maximum(total, 0.0) / (length - FITTED))


def _parzen(at: FloatArray) -> FloatArray:
    """Return the Parzen kernel, 0 from 1 on."""
    near, far = 1.0 - 6.0 * at**2 + 6.0 * at**3, 2.0 * np.maximum(1.0 - at, 0.0) ** 3
    return np.asarray(np.where(at <= 0.5, near, far))


def _bandwidth(moments: FloatArray) -> FloatArray:
    """Return (P,) the width of the kernel: 2.6614 (alpha T)^0.2, alpha from a first-order autoregression with
    intercept of each of the four.
    """
    before, after = moments[:, :-1], moments[:, 1:]
    apart = before - before.mean(axis=1, keepdims=True)
    later = after - after.mean(axis=1, keepdims=True)
    slope = (apart * later).sum(axis=1) / (apart**2).sum(axis=1)
    # The scale of the residuals' variance cancels; squared twice it would leave the range of floats.
    left = ((later - slope[:, None] * apart) ** 2).sum(axis=1)
    left = (left / left.max(axis=1, keepdims=True)) ** 2
    alpha = (4.0 * slope**2 * left / (1.0 - slope) ** 8).sum(axis=1) / (left / (1.0 - slope) ** 4).sum(axis=1)
    return np.asarray(_PARZEN * (alpha * moments.shape[1]) ** 0.2)
