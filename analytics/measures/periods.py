"""Months and calendar years: the best, the worst, and how many rose; complete ones inside the window only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.measures.described import RETURN, SHARE, Better, Unit, Words
from analytics.measures.registry import FEWEST, Every, Undefined, measure
from analytics.measures.sample import Sample
from analytics.measures.steps import HIGHEST, LOWEST, MONTHS_OVER, count
from analytics.panel import FloatArray

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
    """The highest return of a complete calendar month, from the last close of the month before to its own.

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
    """The lowest return of a complete calendar month, from the last close of the month before to its own.

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
    """The share of the complete calendar months that rose; one without a change did not.

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
    """The highest return of a whole calendar year, from last close to last close.

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
    """The lowest return of a whole calendar year, from last close to last close.

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
