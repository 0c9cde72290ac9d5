"""How much: total return and its annual rate."""

from __future__ import annotations

import numpy as np

from analytics.measures.described import RETURN, Better, Unit, Words
from analytics.measures.registry import NO_ENDS, UNDER_A_YEAR, measure
from analytics.measures.sample import Sample
from analytics.measures.steps import ANNUAL, ENDS
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
    """What one unit invested at the base close has gained or lost at the end, dividends reinvested.

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
