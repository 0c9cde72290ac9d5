"""Daily levels by week, month and calendar year: complete periods only, each from close to close.

The close of a period is the last one that a symbol has in it.  A period is over when the next session
belongs to another one: a week that a holiday ends on Thursday is over on that evening where the calendar is
known, else once there is a session after it.  A period without any close is a gap, across which the return
is known.

Weekly and monthly bars of data vendors are not used: their adjusted prices are wrong around dividends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.measures.sample import MONTHS, PERIODS, WEEKS, YEARS, Sample
from analytics.panel import BoolArray, DateArray, FloatArray

_Columns = NDArray[np.int64]
_PeriodNumber = Callable[[DateArray], NDArray[np.int64]]


def monthly(sample: Sample) -> Sample:
    """Take the sample at the ends of its complete calendar months.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    Sample of (N, M) levels, the first of them the base, annualised by 12, with the rate of each month: the
    sum of its sessions' rates.  A month without any close stays in it as missing.

    Examples
    --------
    From 6 January to 11 March 2025 January and February are complete:

    >>> from analytics.measures.examples import from_returns
    >>> monthly(from_returns([0.0] * 46, [0.0] * 46)).sessions.tolist()
    [datetime.date(2025, 1, 31), datetime.date(2025, 2, 28)]
    """
    return _at(sample, lambda days: days.astype("datetime64[M]").astype(np.int64), MONTHS)


def weekly(sample: Sample) -> Sample:
    """Take the sample at the ends of its complete weeks, Monday to Friday.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    Sample of (N, W) levels, annualised by 52, with the rate of each week: the sum of its sessions' rates.
    The first level, the base, is the first weekly close inside the span, so that no return reaches out of it;
    a year has 51 or 52 weekly returns.  A week without any close stays in it as missing.  A weekly sample is
    returned as it is.

    Examples
    --------
    +1 % on each of twelve days from Monday the 6th on:

    >>> from analytics.measures.examples import from_returns
    >>> weeks = weekly(from_returns([0.01] * 12, [0.0] * 12))
    >>> weeks.sessions.tolist(), weeks.returns.round(6).tolist()
    ([datetime.date(2025, 1, 10), datetime.date(2025, 1, 17)], [[0.05101]])
    """
    if sample.periods == WEEKS:
        return sample
    # Day 0 of the epoch was a Thursday: adding three lets the weeks begin on Monday.
    return _at(sample, lambda days: (days.astype(np.int64) + 3) // 7, WEEKS)


def yearly(sample: Sample) -> Sample:
    """Take the sample at the ends of its whole calendar years.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    Sample of (N, Y) levels, the first of them the base: the last close of the first year that ends inside the
    span.  Its returns are of calendar years and nothing is annualised.

    Examples
    --------
    From 6 January 2025 to 4 January 2027 two years end, and one of them is whole:

    >>> from analytics.measures.examples import from_returns
    >>> years = yearly(from_returns([0.0] * 520))
    >>> years.sessions.tolist(), years.returns.tolist()
    ([datetime.date(2025, 12, 31), datetime.date(2026, 12, 31)], [[0.0]])
    """
    return _at(sample, lambda days: days.astype("datetime64[Y]").astype(np.int64), YEARS)


def _at(sample: Sample, number: _PeriodNumber, periods: int) -> Sample:
    ends = np.flatnonzero(_closes_period(sample, number))
    begins = np.append(0, ends[:-1] + 1)[: ends.size]
    benchmark = sample.benchmark
    return replace(
        sample,
        levels=_closes(sample.levels, begins, ends),
        sessions=sample.sessions[ends],
        rate=_sum_rates(sample.rate, ends),
        benchmark=None if benchmark is None else _closes(benchmark, begins, ends),
        periods=periods,
    )


def _closes(levels: FloatArray, begins: _Columns, ends: _Columns) -> FloatArray:
    """Return (..., M) the last known level of each period, NaN where it has none."""
    if not np.isnan(levels.sum()):
        return levels[..., ends]
    latest = np.maximum.accumulate(np.where(np.isfinite(levels), np.arange(levels.shape[-1]), -1), axis=-1)
    at = latest[..., ends]
    return np.where(at >= begins, np.take_along_axis(levels, np.maximum(at, 0), axis=-1), np.nan)


def _sum_rates(rate: FloatArray | float, closes: _Columns) -> FloatArray | float:
    """Return the rate from each close to the next one; NaN where that of a session between them is not
    known.
    """
    if np.ndim(rate) == 0:
        return rate * np.diff(closes) if rate else 0.0
    rates = np.asarray(rate)
    return np.add.reduceat(rates[: closes[-1]], closes[:-1]) if closes.size > 1 else rates[:0]


def _closes_period(sample: Sample, number: _PeriodNumber) -> BoolArray:
    """Return True where the next session belongs to another period."""
    sessions = sample.sessions
    after = np.append(sessions[1:], _next(sample))
    return np.not_equal(number(after), number(sessions))


def _next(sample: Sample) -> DateArray:
    """Return (1,) the session after the last one; where it is not known the next weekday, or the next day."""
    last = sample.sessions[-1:]
    if sample.following:
        return np.array([sample.following], dtype="datetime64[D]")
    if sample.periods > PERIODS:  # it never closes
        return np.asarray(last + np.timedelta64(1, "D"))
    return np.asarray(np.busday_offset(last, 1, roll="backward"))
