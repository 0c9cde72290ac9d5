"""Daily levels by week and by month: complete periods only, each from close to close.

The close of a period is the last one of the benchmark in it.

Weekly and monthly bars of data vendors are not used: their adjusted prices are wrong around dividends.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analytics.measures.sample import BoolArray, Sample
from analytics.panel import DateArray

_PeriodNumber = Callable[[DateArray], NDArray[np.int64]]


def monthly(sample: Sample) -> Sample:
    """The sample at the ends of its complete calendar months.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    Sample of (N, M) levels, the first of them the base; without a rate.  A month without any close of the
    benchmark stays in it as missing.

    Examples
    --------
    From 6 January to 11 March 2025 January and February are complete:

    >>> from analytics.measures.examples import from_returns
    >>> monthly(from_returns([0.0] * 46, [0.0] * 46)).sessions.tolist()
    [datetime.date(2025, 1, 31), datetime.date(2025, 2, 28)]
    """
    return _at_ends(sample, lambda days: days.astype("datetime64[M]").astype(np.int64))


def weekly(sample: Sample) -> Sample:
    """The sample at the ends of its complete weeks, Monday to Friday.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    Sample of (N, W) levels, the first of them the base; without a rate.  A week without any close of the
    benchmark stays in it as missing.

    Examples
    --------
    +1 % on each of twelve days from Monday the 6th on:

    >>> from analytics.measures.examples import from_returns
    >>> weeks = weekly(from_returns([0.01] * 12, [0.0] * 12))
    >>> weeks.sessions.tolist(), weeks.returns.round(6).tolist()
    ([datetime.date(2025, 1, 10), datetime.date(2025, 1, 17)], [[0.05101]])
    """
    # Day 0 of the epoch was a Thursday: adding three lets the weeks begin on Monday.
    return _at_ends(sample, lambda days: (days.astype(np.int64) + 3) // 7)


def _at_ends(sample: Sample, number: _PeriodNumber) -> Sample:
    if sample.benchmark is None:
        raise ValueError("a relative measure needs a sample with a benchmark")
    ends = np.flatnonzero(_closes_period(sample.sessions, number))
    columns = np.where(np.isfinite(sample.benchmark), np.arange(sample.sessions.size), 0)
    latest = np.maximum.accumulate(columns)[ends]
    # A period without any close keeps its own, missing one: two periods must not pass for one.
    inside = np.equal(number(sample.sessions[latest]), number(sample.sessions[ends]))
    closes = np.where(inside, latest, ends)
    return Sample(sample.levels[:, closes], sample.sessions[closes], benchmark=sample.benchmark[closes])


def _closes_period(sessions: DateArray, number: _PeriodNumber) -> BoolArray:
    """True where the next session (after the last one: the next weekday) belongs to another period."""
    following = np.append(sessions[1:], np.busday_offset(sessions[-1:], 1, roll="backward"))
    return np.not_equal(number(following), number(sessions))
