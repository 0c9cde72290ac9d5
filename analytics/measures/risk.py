"""At what risk: spread, falls and tails.

A tail of 5 % of n returns has 0.05 n of them.  Where that is no whole number `cvar_95` counts the last one by
its part, and `var_95` is that last one, so that the one is never above the other.
"""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.registry import (
    FEWEST,
    NO_ENDS,
    NO_PRICES,
    NO_RATE,
    ONE_PRICE,
    POSITIVE,
    RETURN,
    SHARE,
    TOO_FEW,
    Bounds,
    Every,
    Undefined,
    Unit,
    measure,
)
from analytics.measures.sample import Sample
from analytics.panel import FloatArray

_FALL = Bounds(-1.0, 0.0, high_taken=True)
_SHORTFALL = Bounds(low=0.0, low_taken=True)
TAIL = 0.05
ONE_IN = 20
"""The tail is one return in so many."""
STILL = 1e-12
"""Fraction below a high that is no fall but the rounding of prices."""
FEWEST_MONTHS = FEWEST[Every.WEEK]
"""Fewest monthly returns whose spread is told: as many as of weekly ones."""
_SHORT_TAIL = Undefined(
    f"fewer than {ONE_IN} {{returns}}",
    lambda sample: np.full(sample.levels.shape[0], sample.length < ONE_IN),
)
_FEW_MONTHS = Undefined(
    f"fewer than {FEWEST_MONTHS} {{returns}}",
    lambda sample: np.full(sample.levels.shape[0], sample.length < FEWEST_MONTHS),
)


@measure(Unit.FRACTION, undefined=[TOO_FEW], periodic=True, bounds=POSITIVE)
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


@measure(Unit.FRACTION, undefined=[_FEW_MONTHS], every=Every.MONTH, bounds=POSITIVE)
def volatility_monthly(sample: Sample) -> FloatArray:
    """How much the monthly returns scatter, on an annual scale: the volatility of fact sheets.

    sd(monthly r) * sqrt(12), the sample standard deviation (ddof 1) over the complete calendar months.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction a year, 0 or positive.  NaN below eight complete months.

    References
    ----------
    GIPS 2020, 4.A: the annualised deviation of 36 monthly returns, which a window of `3y` up to a month's end
    has.  The volatility of daily returns over the same years is another number.

    Examples
    --------
    +1 % and -1 % by turns, from month end to month end:

    >>> from analytics.measures.examples import months
    >>> round(float(volatility_monthly(months([0.01, -0.01] * 5))[0]), 6)
    0.036515
    """
    return np.asarray(sample.sd_returns * math.sqrt(sample.periods))


@measure(Unit.FRACTION, undefined=[TOO_FEW, NO_RATE], periodic=True, bounds=_SHORTFALL)
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


@measure(Unit.FRACTION, undefined=[NO_PRICES], bounds=_FALL)
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


@measure(Unit.FRACTION, undefined=[NO_ENDS], bounds=_FALL)
def drawdown(sample: Sample) -> FloatArray:
    """How far the last close lies below the highest one so far (current drawdown).

    V1 / max of V - 1, the base close included.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, 0 or negative, 0 = at the high.  NaN where the first or the last price is missing.

    References
    ----------
    Magdon-Ismail and Atiya 2004: the drawdown at the end of the window; `max_drawdown` is its lowest value.

    Examples
    --------
    From 103 to 100:

    >>> from analytics.measures.examples import path
    >>> round(float(drawdown(path([90, 103, 98, 100], days=30))[0]), 6)
    -0.029126
    """
    return sample.drawdown[:, -1]


@measure(Unit.FRACTION, undefined=[ONE_PRICE], bounds=SHARE)
def time_under_water(sample: Sample) -> FloatArray:
    """The share of sessions on which the fund closed below an earlier high.

    Sessions after the base close with V < max of V up to them / all of them.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction from 0 to 1.  Missing sessions are left out.

    References
    ----------
    METRICS: time under water.  Its longest stretch is told by `explain`.

    Examples
    --------
    Of +1, -2, +3, 0, +1 % the second session alone ends below a high:

    >>> from analytics.measures.examples import five
    >>> round(float(time_under_water(five())[0]), 6)
    0.2
    """
    below = sample.drawdown[:, 1:] < -STILL
    return np.asarray(np.count_nonzero(below, axis=1) / max(sample.length, 1))


@measure(Unit.FRACTION, undefined=[ONE_PRICE], bounds=Bounds(0.0, 1.0, low_taken=True))
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


@measure(Unit.FRACTION, undefined=[TOO_FEW, _SHORT_TAIL], periodic=True, bounds=RETURN)
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


@measure(Unit.FRACTION, undefined=[TOO_FEW, _SHORT_TAIL], periodic=True, bounds=RETURN)
def var_95(sample: Sample) -> FloatArray:
    """The daily return at which the worst 5 % of days begin (historical value at risk).

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
    if sample.length < 1:
        return np.full(sample.levels.shape[0], np.nan)
    last = var_place(sample.length) - 1
    return np.asarray(np.partition(sample.returns, last, axis=1)[:, last])


def var_place(count: int) -> int:
    """Give the place, counted from the lowest, of the value at risk among so many returns.

    >>> var_place(251), var_place(140)
    (13, 7)
    """
    # Not 0.05 n: that is a hair above 7 for 140 returns.
    return math.ceil(count / ONE_IN)
