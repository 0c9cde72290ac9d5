"""At what risk: spread and falls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from analytics.measures.drawdowns import drawdowns
from analytics.measures.number import POSITIVE, SHARE, Better, Bounds, Unit, Words
from analytics.measures.registry import (
    FEWEST,
    NO_ENDS,
    NO_PRICES,
    NO_RATE,
    ONE_PRICE,
    TOO_FEW,
    Every,
    Undefined,
    measure,
)
from analytics.measures.sample import PERIODS, Sample
from analytics.measures.steps import (
    DEEPEST_FALL,
    DEPTHS,
    DEVIATION,
    DOWNSIDE,
    LAST_CLOSE,
    MEAN_RETURN,
    PERIODS_A_YEAR,
    RETURNS,
    SESSIONS,
    TARGET,
    Step,
    StepUnit,
    count,
    day,
    level,
)
from analytics.panel import BoolArray, FloatArray

_FALL = Bounds(-1.0, 0.0, high_taken=True)
_SHORTFALL = Bounds(low=0.0, low_taken=True)
STILL = 1e-12
"""Fraction below a high that is no fall but the rounding of prices."""
FEWEST_MONTHS = FEWEST[Every.WEEK]
"""Fewest monthly returns whose spread is told: as many as of weekly ones."""
_SCATTER = (RETURNS, MEAN_RETURN, DEVIATION, PERIODS_A_YEAR)
_FEW_MONTHS = Undefined(
    f"fewer than {FEWEST_MONTHS} {{returns}}",
    lambda sample: np.full(sample.levels.shape[0], sample.length < FEWEST_MONTHS),
)


@measure(
    Unit.FRACTION,
    Words(
        names=("volatility", "vol", "vola", "standard deviation", "stdev"),
        formula=f"standard deviation of daily returns × √{PERIODS}",
        meaning="how much returns scatter around their mean, on a yearly scale",
        tickers=frozenset({"vol"}),
    ),
    undefined=[TOO_FEW],
    steps=_SCATTER,
    bounds=POSITIVE,
    periodic=True,
    better=Better(higher=False, step=0.005),
    annualised=True,
    rolls="1y",
)
def volatility(sample: Sample) -> FloatArray:
    """Return how much the daily returns scatter, on an annual scale.

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
    return sample.a_year(sample.sd_returns)


@measure(
    Unit.FRACTION,
    Words(
        names=("monthly volatility", "volatility monthly", "monthly vol", "vol monthly"),
        formula="standard deviation of monthly returns × √12, complete calendar months",
        meaning="how much monthly returns scatter around their mean, on a yearly scale",
        heading="Volatility monthly",
    ),
    undefined=[_FEW_MONTHS],
    steps=_SCATTER,
    bounds=POSITIVE,
    every=Every.MONTH,
    better=Better(higher=False, step=0.005),
    annualised=True,
)
def volatility_monthly(sample: Sample) -> FloatArray:
    """Return how much the monthly returns scatter, on an annual scale: the volatility of fact sheets.

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
    return sample.a_year(sample.sd_returns)


@measure(
    Unit.FRACTION,
    Words(
        names=(
            "downside deviation",
            "downside",
            "downside risk",
            "downside volatility",
            "downside vol",
            "semideviation",
        ),
        formula=f"√(mean over all sessions of min(return - rf, 0)²) × √{PERIODS}",
        meaning="how far returns fall short of the target, on a yearly scale",
    ),
    undefined=[TOO_FEW, NO_RATE],
    steps=[TARGET, RETURNS, *DOWNSIDE, PERIODS_A_YEAR],
    bounds=_SHORTFALL,
    periodic=True,
    rate=True,
    annualised=True,
)
def downside_deviation(sample: Sample) -> FloatArray:
    """Return how far the returns fall short of the target, on an annual scale.

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
    return sample.a_year(sample.downside)


@measure(
    Unit.FRACTION,
    Words(
        names=(
            "max drawdown",
            "maximum drawdown",
            "maxdrawdown",
            "max dd",
            "maxdd",
            "mdd",
            "worst drawdown",
            "worst fall",
            "deepest fall",
        ),
        formula="the lowest of value / highest value so far - 1 in the window, low / high - 1",
        meaning="the deepest fall below an earlier high",
        label="maximum drawdown",
        brief="max drawdown",
        heading="Max drawdown",
        tickers=frozenset({"mdd"}),
    ),
    undefined=[NO_PRICES],
    steps=[DEEPEST_FALL],
    bounds=_FALL,
    better=Better(higher=True, step=0.01, steady=True),
    fall=True,
)
def max_drawdown(sample: Sample) -> FloatArray:
    """Return the deepest fall below an earlier high.

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


@measure(
    Unit.FRACTION,
    Words(
        names=("drawdown", "current drawdown", "dd"),
        formula="last value / highest value in the window - 1",
        meaning="how far the last close lies below the highest one in the window",
        heading="Current drawdown",
        tickers=frozenset({"dd"}),
    ),
    undefined=[NO_ENDS],
    steps=[
        day("date of the high", lambda one: one.sessions[np.argmax(one.levels[0])]),
        level("high", lambda one: one.levels.max(axis=1)),
        *LAST_CLOSE,
    ],
    bounds=_FALL,
    better=Better(higher=True, step=0.01, steady=True),
    fall=True,
)
def drawdown(sample: Sample) -> FloatArray:
    """Return how far the last close lies below the highest one so far (current drawdown).

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


def _below(sample: Sample) -> BoolArray:
    """Return (N, T) True on sessions after the base close that end below an earlier high."""
    return np.asarray(sample.drawdown[:, 1:] < -STILL)


def _longest_stretch(one: Sample) -> Iterator[Step]:
    """Yield the longest time between two highs, or between a high and the end."""
    if falls := drawdowns(one.levels[0], one.sessions, most=one.length):
        stretches = [(fall.peak, fall.recovery or one.sessions[-1].astype(date)) for fall in falls]
        since, until = max(stretches, key=lambda ends: ends[1] - ends[0])
        yield Step("longest stretch, from the high of", since, StepUnit.DATE)
        yield Step("longest stretch, until", until, StepUnit.DATE)
        yield Step("longest stretch, calendar days", (until - since).days, StepUnit.COUNT)


@measure(
    Unit.FRACTION,
    Words(
        names=("time under water", "time underwater", "under water", "underwater"),
        formula="sessions that close below an earlier high / sessions after the first close",
        meaning="the share of sessions that a fund spent below an earlier high",
    ),
    undefined=[ONE_PRICE],
    steps=[
        SESSIONS,
        count("sessions below an earlier high", lambda one: np.count_nonzero(_below(one), axis=1)),
        _longest_stretch,
    ],
    bounds=SHARE,
    better=Better(higher=False, step=0.05),
)
def time_under_water(sample: Sample) -> FloatArray:
    """Return the share of sessions on which the fund closed below an earlier high.

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
    return np.asarray(np.count_nonzero(_below(sample), axis=1) / max(sample.length, 1))


@measure(
    Unit.FRACTION,
    Words(
        names=("ulcer", "ulcer index"),
        formula="√(sum of the squared distances below the high / sessions)",
        meaning="how deep and for how long a fund was below its high",
        label="Ulcer index",
    ),
    undefined=[ONE_PRICE],
    steps=DEPTHS,
    bounds=Bounds(0.0, 1.0, low_taken=True),
    small=True,
)
def ulcer(sample: Sample) -> FloatArray:
    """Return how deep and how long the fund stayed below its high.

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
