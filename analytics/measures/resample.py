"""Daily levels by week and by month: complete periods only, each from close to close.

The close of a period is the last one of the benchmark in it; without a benchmark, of the last session that
all symbols share.  A period is over when the next session, or after the last one the next weekday, belongs to
another one: a week that a holiday ends on Thursday is over once there is a session after it.

Weekly and monthly bars of data vendors are not used: their adjusted prices are wrong around dividends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.measures.sample import WEEKS, BoolArray, Sample
from analytics.panel import DateArray, FloatArray

_Columns = NDArray[np.int64]
_PeriodNumber = Callable[[DateArray], NDArray[np.int64]]


def monthly(sample: Sample) -> Sample:
    """The sample at the ends of its complete calendar months.

    Parameters
    ----------
    sample : N symbols on one span

    Returns
    -------
    Sample of (N, M) levels, the first of them the base; without a rate.  A month without any close stays
    in it as missing.

    Examples
    --------
    From 6 January to 11 March 2025 January and February are complete:

    >>> from analytics.measures.examples import from_returns
    >>> monthly(from_returns([0.0] * 46, [0.0] * 46)).sessions.tolist()
    [datetime.date(2025, 1, 31), datetime.date(2025, 2, 28)]
    """
    return _at(sample, _closes(sample, lambda days: days.astype("datetime64[M]").astype(np.int64)))


def weekly(sample: Sample) -> Sample:
    """The sample at the ends of its complete weeks, Monday to Friday.

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
    closes = _closes(sample, lambda days: (days.astype(np.int64) + 3) // 7)
    return replace(_at(sample, closes), rate=_summed(sample.rate, closes), periods=WEEKS)


def _at(sample: Sample, closes: _Columns) -> Sample:
    benchmark = None if sample.benchmark is None else sample.benchmark[closes]
    levels, days = sample.levels[:, closes], sample.sessions[closes]
    return Sample(levels, days, benchmark=benchmark, minimum=sample.minimum)


def _closes(sample: Sample, number: _PeriodNumber) -> _Columns:
    """Columns of the closes of all complete periods."""
    ends = np.flatnonzero(_closes_period(sample.sessions, number))
    known = _known(sample)
    latest = np.maximum.accumulate(np.where(known, np.arange(known.size), -1))[ends]
    # A period without any close keeps its own, missing one: two periods must not pass for one.
    inside = np.equal(number(sample.sessions[latest]), number(sample.sessions[ends]))
    return np.where((latest >= 0) & inside, latest, ends)


def _known(sample: Sample) -> BoolArray:
    rows = sample.levels if sample.benchmark is None else sample.benchmark[None, :]
    return np.asarray(np.isfinite(rows).all(axis=0))


def _summed(rate: FloatArray | float, closes: _Columns) -> FloatArray | float:
    """The rate from each close to the next one; NaN where that of a session between them is not known."""
    if np.ndim(rate) == 0:
        return rate * np.diff(closes) if rate else 0.0
    rates = np.asarray(rate)
    return np.add.reduceat(rates[: closes[-1]], closes[:-1]) if closes.size > 1 else rates[:0]


def _closes_period(sessions: DateArray, number: _PeriodNumber) -> BoolArray:
    """True where the next session (after the last one: the next weekday) belongs to another period."""
    following = np.append(sessions[1:], np.busday_offset(sessions[-1:], 1, roll="backward"))
    return np.not_equal(number(following), number(sessions))
