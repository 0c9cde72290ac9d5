"""How much: total return, its annual rate, and the best and worst of complete months and calendar years."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.measures.number import RETURN, SHARE, Better, Unit, Words
from analytics.measures.registry import FEWEST, NO_ENDS, UNDER_A_YEAR, Every, Undefined, measure
from analytics.measures.sample import Sample
from analytics.measures.steps import ANNUAL, ENDS, HIGHEST, LOWEST, MONTHS_OVER, count
from analytics.panel import FloatArray


@measure(
    Unit.FRACTION,
    Words(
        names=("total return", "return", "returns", "performance"),
        formula="last close / first close - 1, the product of (1 + daily return); dividends reinvested",
        meaning="what one unit put in at the first close has gained or lost, dividends reinvested",
        brief="return",
    ),
    undefined=[NO_ENDS],
    steps=ENDS,
    bounds=RETURN,
    better=Better(higher=True, step=0.005),
)
def total_return(sample: Sample) -> FloatArray:
    """Return what one unit invested at the base close has gained or lost at the end, dividends reinvested.

    V1 / V0 - 1, which is the product of (1 + daily total return) - 1.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, 0.01 = 1 %, negative = loss.  A missing session inside does not matter: the level after
    it contains the returns before it.  NaN where the first or the last price is missing.

    References
    ----------
    METRICS: dividends reinvested on the ex-date; never the price alone.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(total_return(five())[0]), 6)
    0.029689
    """
    return np.asarray(sample.levels[:, -1] / sample.levels[:, 0] - 1.0)


@measure(
    Unit.FRACTION,
    Words(
        names=("cagr", "annualised return", "annualized return", "annual return", "return a year"),
        formula="(last close / first close)^(1 / years) - 1; whole years where the window counts them, "
        "else calendar days / 365.25",
        meaning="the constant yearly rate that leads from the first close to the last one",
        label="annual return",
        brief="return a year",
        heading="Return a year (CAGR)",
    ),
    undefined=[NO_ENDS, UNDER_A_YEAR],
    steps=ANNUAL,
    bounds=RETURN,
    better=Better(higher=True, step=0.005),
)
def cagr(sample: Sample) -> FloatArray:
    """Compute the constant annual rate that leads from the first to the last level.

    (V1 / V0) ** (1 / n) - 1 over a whole number of years n, else (V1 / V0) ** (365.25 / calendar days) - 1.

    Parameters
    ----------
    sample : N symbols on one span; `sample.years` is n

    Returns
    -------
    (N,) fraction a year, negative = loss.  NaN below one year: not annualised.

    References
    ----------
    GIPS 2020, 2.A.  The form (V1 / V0) ** (252 / n) - 1 is a different number.

    Examples
    --------
    Doubling in 1,461 days (four years) is 18.92 % a year:

    >>> from analytics.measures.examples import path
    >>> round(float(cagr(path([100, 200], days=1461))[0]), 6)
    0.189207
    """
    return sample.annual


_FEW_MONTHS = Undefined(
    f"fewer than {FEWEST[Every.MONTH]} complete months in the window",
    lambda sample: np.full(sample.levels.shape[0], sample.length < FEWEST[Every.MONTH]),
)
_NO_YEAR = Undefined(
    "no whole calendar year in the window",
    lambda sample: np.full(sample.levels.shape[0], sample.length < FEWEST[Every.YEAR]),
)


@measure(
    Unit.FRACTION,
    Words(
        names=("best month",),
        formula="the highest of last close / last close of the month before - 1, complete months",
        meaning="the highest return of a calendar month",
    ),
    undefined=[_FEW_MONTHS],
    steps=[HIGHEST],
    bounds=RETURN,
    every=Every.MONTH,
)
def best_month(sample: Sample) -> FloatArray:
    """Return the highest return of a complete calendar month, from the last close of the month before to
    its own.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction.  NaN below three complete months.

    References
    ----------
    METRICS: best and worst month; published ones go from month end to month end.

    Examples
    --------
    >>> from analytics.measures.examples import months
    >>> round(float(best_month(months([0.01, -0.04, 0.03]))[0]), 6)
    0.03
    """
    return _best(sample)


@measure(
    Unit.FRACTION,
    Words(
        names=("worst month",),
        formula="the lowest of last close / last close of the month before - 1, complete months",
        meaning="the lowest return of a calendar month",
    ),
    undefined=[_FEW_MONTHS],
    steps=[LOWEST],
    bounds=RETURN,
    every=Every.MONTH,
    better=Better(higher=True, step=0.01, steady=True),
)
def worst_month(sample: Sample) -> FloatArray:
    """Return the lowest return of a complete calendar month, from the last close of the month before to
    its own.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, negative = loss.  NaN below three complete months.

    References
    ----------
    METRICS: best and worst month; published ones go from month end to month end.

    Examples
    --------
    >>> from analytics.measures.examples import months
    >>> round(float(worst_month(months([0.01, -0.04, 0.03]))[0]), 6)
    -0.04
    """
    return _worst(sample)


@measure(
    Unit.FRACTION,
    Words(
        names=("positive months", "share of positive months", "up months"),
        formula="months with a return above 0 / complete calendar months",
        meaning="how many of the calendar months ended higher than they began",
        label="share of positive months",
        brief="positive months",
    ),
    undefined=[_FEW_MONTHS],
    steps=[MONTHS_OVER, count("months that rose", lambda one: _rose(one))],
    bounds=SHARE,
    every=Every.MONTH,
    better=Better(higher=True, step=0.05, steady=True),
)
def positive_months(sample: Sample) -> FloatArray:
    """Return the share of the complete calendar months that rose; one without a change did not.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction from 0 to 1.  NaN below three complete months.

    References
    ----------
    METRICS: share of positive months.

    Examples
    --------
    >>> from analytics.measures.examples import months
    >>> float(positive_months(months([0.01, -0.04, 0.03, 0.0]))[0])
    0.5
    """
    return np.asarray(_rose(sample) / max(sample.length, 1))


@measure(
    Unit.FRACTION,
    Words(
        names=("best year", "best calendar year"),
        formula="the highest of last close / last close of the year before - 1, whole calendar years",
        meaning="the highest return of a whole calendar year",
        label="best calendar year",
        brief="best year",
        heading="Best year",
    ),
    undefined=[_NO_YEAR],
    steps=[HIGHEST],
    bounds=RETURN,
    every=Every.YEAR,
)
def best_year(sample: Sample) -> FloatArray:
    """Return the highest return of a whole calendar year, from last close to last close.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction.  NaN where no year lies in the window with both its last closes.

    References
    ----------
    GIPS 2020, 4.A: annual returns by calendar year.

    Examples
    --------
    2022 and 2023, each of twelve months:

    >>> from analytics.measures.examples import months
    >>> round(float(best_year(months([0.01] * 12 + [-0.01] * 12))[0]), 6)
    0.126825
    """
    return _best(sample)


@measure(
    Unit.FRACTION,
    Words(
        names=("worst year", "worst calendar year"),
        formula="the lowest of last close / last close of the year before - 1, whole calendar years",
        meaning="the lowest return of a whole calendar year",
        label="worst calendar year",
        brief="worst year",
        heading="Worst year",
    ),
    undefined=[_NO_YEAR],
    steps=[LOWEST],
    bounds=RETURN,
    every=Every.YEAR,
    better=Better(higher=True, step=0.01),
)
def worst_year(sample: Sample) -> FloatArray:
    """Return the lowest return of a whole calendar year, from last close to last close.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    (N,) fraction, negative = loss.  NaN where no year lies in the window with both its last closes.

    References
    ----------
    GIPS 2020, 4.A: annual returns by calendar year.

    Examples
    --------
    >>> from analytics.measures.examples import months
    >>> round(float(worst_year(months([0.01] * 12 + [-0.01] * 12))[0]), 6)
    -0.113615
    """
    return _worst(sample)


def _rose(sample: Sample) -> NDArray[np.intp]:
    return np.asarray(np.count_nonzero(sample.returns > 0, axis=1))


def _best(sample: Sample) -> FloatArray:
    return np.asarray(sample.returns.max(axis=1, initial=-np.inf))


def _worst(sample: Sample) -> FloatArray:
    return np.asarray(sample.returns.min(axis=1, initial=np.inf))
