"""At what risk: spread, falls and tails."""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.registry import NO_PRICES, NO_RATE, ONE_PRICE, TOO_FEW, Undefined, Unit, measure
from analytics.measures.sample import Sample
from analytics.panel import FloatArray

TAIL = 0.05
_SHORT_TAIL = Undefined(
    "fewer than 20 {returns}",
    lambda sample: np.full(sample.levels.shape[0], sample.length < math.ceil(1 / TAIL)),
)


@measure(Unit.FRACTION, undefined=[TOO_FEW], periodic=True)
def volatility(sample: Sample) -> FloatArray:
    """How much the daily returns scatter, on an annual scale.

    sd(r) * sqrt(252), the sample standard deviation (ddof 1) of simple daily total returns.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction a year, 0 or positive.  The return across a gap counts as one.  NaN below
    `sample.minimum` returns.

    References
    ----------
    Hull, Options, Futures and Other Derivatives, 15.4 (with simple in place of log returns).

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(volatility(five())[0]), 6)
    0.288375
    """
    return np.asarray(sample.sd_returns * math.sqrt(sample.periods))


@measure(Unit.FRACTION, undefined=[TOO_FEW, NO_RATE], periodic=True)
def downside_deviation(sample: Sample) -> FloatArray:
    """How far the returns fall short of the target, on an annual scale.

    sqrt(mean over ALL sessions of min(r - m, 0)^2) * sqrt(252), m the minimum acceptable return per session.

    Parameters
    ----------
    sample : N symbols on one span; `sample.rate` is m

    Returns
    -------
    (N,) fraction a year, 0 or positive.  NaN below `sample.minimum` returns.

    References
    ----------
    Sortino and Price 1994.  The standard deviation of the losses alone is a different number.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(downside_deviation(five())[0]), 6)
    0.141986
    """
    return np.asarray(sample.downside * math.sqrt(sample.periods))


@measure(Unit.FRACTION, undefined=[NO_PRICES])
def max_drawdown(sample: Sample) -> FloatArray:
    """The deepest fall below an earlier high.

    min over t of (V_t / max of V up to t) - 1, the base close included: a first day of -10 % is a drawdown
    of -10 %.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, 0 or negative, -0.23 = 23 % below the high.  Missing sessions are skipped.

    References
    ----------
    Magdon-Ismail and Atiya 2004, Maximum drawdown.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(max_drawdown(five())[0]), 6)
    -0.02
    """
    return sample.deepest


@measure(Unit.FRACTION, undefined=[ONE_PRICE])
def ulcer(sample: Sample) -> FloatArray:
    """How deep and how long the fund stayed below its high.

    sqrt(mean(DD^2)) over the sessions after the base close.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, 0 or positive (0.05: Martin's "5").  Missing sessions are left out.

    References
    ----------
    Martin and McCann 1989, The Investor's Guide to Fidelity Funds.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(ulcer(five())[0]), 6)
    0.008944
    """
    return sample.ulcer


@measure(Unit.FRACTION, undefined=[TOO_FEW, _SHORT_TAIL], periodic=True)
def cvar_95(sample: Sample) -> FloatArray:
    """The mean daily return on the worst 5 % of days (historical expected shortfall).

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
    if sample.length < 2:
        return np.full(sample.levels.shape[0], np.nan)
    most = min(math.ceil(TAIL * sample.length), sample.length - 1)
    lowest = np.sort(np.partition(sample.returns, most, axis=1)[:, :most], axis=1)
    tail = TAIL * sample.length
    weights = np.clip(tail - np.arange(most), 0.0, 1.0)
    return np.asarray((lowest * weights).sum(axis=1) / tail)
