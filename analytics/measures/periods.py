"""Months and calendar years: the best, the worst, and how many rose; complete ones inside the window only."""

from __future__ import annotations

import numpy as np

from analytics.measures.registry import (
    FEWEST,
    RETURN,
    SHARE,
    Every,
    Undefined,
    Unit,
    measure,
)
from analytics.measures.sample import Sample
from analytics.panel import FloatArray

_FEW_MONTHS = Undefined(
    f"fewer than {FEWEST[Every.MONTH]} complete months in the window",
    lambda sample: np.full(sample.levels.shape[0], sample.length < FEWEST[Every.MONTH]),
)
_NO_YEAR = Undefined(
    "no whole calendar year in the window",
    lambda sample: np.full(sample.levels.shape[0], sample.length < FEWEST[Every.YEAR]),
)


@measure(Unit.FRACTION, undefined=[_FEW_MONTHS], every=Every.MONTH, bounds=RETURN)
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


@measure(Unit.FRACTION, undefined=[_FEW_MONTHS], every=Every.MONTH, bounds=RETURN)
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


@measure(Unit.FRACTION, undefined=[_FEW_MONTHS], every=Every.MONTH, bounds=SHARE)
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
    rose = np.count_nonzero(sample.returns > 0, axis=1)
    return np.asarray(rose / max(sample.length, 1))


@measure(Unit.FRACTION, undefined=[_NO_YEAR], every=Every.YEAR, bounds=RETURN)
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


@measure(Unit.FRACTION, undefined=[_NO_YEAR], every=Every.YEAR, bounds=RETURN)
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


def _best(sample: Sample) -> FloatArray:
    return np.asarray(sample.returns.max(axis=1, initial=-np.inf))


def _worst(sample: Sample) -> FloatArray:
    return np.asarray(sample.returns.min(axis=1, initial=np.inf))
