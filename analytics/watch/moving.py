"""A measure on the window that ends on each of many sessions, for many funds.

Windows go by the calendar, so a year holds 249 to 252 returns and its base moves with holidays and gaps.
Windows alike in length are laid under one another as the rows of one sample: the measures themselves compute
every value, and nothing is left over from prices that the window no longer holds, as in running sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.align import MINIMUM_RETURNS
from analytics.measures import Measure, Sample
from analytics.measures.resample import weekly
from analytics.measures.sample import PERIODS, row_blocks
from analytics.panel import BoolArray, DateArray, FloatArray
from analytics.window import Window

IntArray = NDArray[np.int64]
Texts = NDArray[Any]
"""Of str, empty where there is nothing to say."""

_WIDE = np.int64(2**31)
_DECEMBER = 11


@dataclass(frozen=True, eq=False)
class History:
    """What windows are laid on.

    levels : (N, T) positive, NaN where missing
    sessions : (T,) datetime64[D], all of one calendar
    month_ends : (T,) True for the last session of a month
    known : (N, T) True where a window may begin and end
    rate : (T - 1,) or scalar, per session, fraction; the first is that of the second session
    benchmark : (T,) levels, or (N, T) of each row its own; None for measures that need none
    periods : sessions a year
    weekly : measures of returns are computed from weekly ones
    following : the next session after the last one, None: the next weekday
    """

    levels: FloatArray
    sessions: DateArray
    month_ends: BoolArray
    known: BoolArray
    rate: FloatArray | float = 0.0
    benchmark: FloatArray | None = None
    periods: int = PERIODS
    weekly: bool = False
    following: date | None = None

    def after(self, column: int) -> date | None:
        """Return the session after that of a column."""
        return self.sessions[column + 1].item() if column + 1 < self.sessions.size else self.following


@dataclass(frozen=True, eq=False)
class Trailing:
    """What a measure gave.

    values : (N, S), NaN where undefined
    base : (N, S) column of the base close, -1 where there is none
    reasons : (N, S) the measure's own reason where it has no value on a full window, else empty
    """

    values: FloatArray
    base: IntArray
    reasons: Texts


@dataclass(frozen=True, eq=False)
class _Windows:
    """M windows: the row of the levels, the base and the last column, whole years (0: days tell) of each."""

    row: IntArray
    first: IntArray
    last: IntArray
    years: IntArray

    def take(self, chosen: IntArray) -> _Windows:
        """Take these windows only."""
        return _Windows(self.row[chosen], self.first[chosen], self.last[chosen], self.years[chosen])


def trailing(measure: Measure, history: History, window: Window, columns: IntArray) -> Trailing:
    """Return a measure over the window that ends on each of the columns.

    The base is the last known close on or before the day one window earlier (`analytics.window.find_span`).
    A window needs a price on its last session and a base: a shorter one has no value.  Nothing after the
    window's last session is used.

    Parameters
    ----------
    measure : of the table, relative ones with `history.benchmark`
    history : levels (N, T)
    columns : (S,) columns on which the windows end

    Returns
    -------
    Trailing of (N, S).

    Examples
    --------
    A month back from 18 January is 18 December: its base is the close of the 16th.

    >>> from analytics.measures import MEASURES
    >>> days = np.array(["2025-12-09", "2025-12-16", "2026-01-09", "2026-01-18"], dtype="datetime64[D]")
    >>> levels = np.array([[100.0, 120.0, 110.0, 150.0]])
    >>> prices = History(levels, days, np.array([False, True, False, False]), np.isfinite(levels))
    >>> found = trailing(MEASURES["total_return"], prices, Window("1m"), np.array([1, 2, 3]))
    >>> found.values.round(6).tolist(), found.base.tolist()
    ([[nan, 0.1, 0.25]], [[-1, 0, 1]])
    """
    base = _bases(history, window, columns)
    row, at = np.nonzero(history.known[:, columns] & (base >= 0) & (base < columns))
    first, last = base[row, at], columns[at]
    windows = _Windows(row, first, last, _years(history, window, first, last))
    values = np.full(base.shape, np.nan)
    reasons = np.full(base.shape, "", dtype=object)
    for alike in _alike(measure, history, windows):
        found, why = _evaluate(measure, _sample(measure, history, windows.take(alike)))
        values[row[alike], at[alike]] = found
        reasons[row[alike], at[alike]] = why
    return Trailing(values, base, reasons)


def latest(history: History, columns: IntArray) -> Trailing:
    """Return the level of each of the columns itself, which is base and end at once.

    Returns
    -------
    Trailing of (N, S); NaN and base -1 where no level is known on the session.

    Examples
    --------
    >>> days = np.array(["2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> levels = np.array([[498.5, np.nan]])
    >>> found = latest(History(levels, days, np.zeros(2, dtype=np.bool_), np.isfinite(levels)), np.arange(2))
    >>> found.values.tolist(), found.base.tolist()
    ([[498.5, nan]], [[0, -1]])
    """
    known = history.known[:, columns]
    base = np.where(known, columns, -1).astype(np.int64)
    values = np.where(known, history.levels[:, columns], np.nan)
    return Trailing(values, base, np.full(base.shape, "", dtype=object))


def _bases(history: History, window: Window, columns: IntArray) -> IntArray:
    """Return (N, S) column of the last known price on or before the day each window asks for, -1 without
    one.
    """
    known, sessions = history.known, history.sessions
    ends = zip(sessions[columns].tolist(), history.month_ends[columns].tolist(), strict=True)
    asked = [window.base_target(day, month_end) for day, month_end in ends]
    if None in asked:
        first = np.where(known.any(axis=1), known.argmax(axis=1), -1)
        return np.repeat(first[:, None], columns.size, axis=1)
    limits = np.searchsorted(sessions, np.array(asked, dtype="datetime64[D]"), side="right") - 1
    latest = np.maximum.accumulate(np.where(known, np.arange(sessions.size, dtype=np.int32), -1), axis=1)
    return np.where(limits >= 0, latest[:, limits], -1).astype(np.int64)


def _years(history: History, window: Window, first: IntArray, last: IntArray) -> IntArray:
    """Return (M,) whole years that each window counts as (see `analytics.window.Span`), 0 for none."""
    if window.months and window.months % 12 == 0:
        return np.full(first.size, window.months // 12)
    months = history.sessions.astype("datetime64[M]").astype(np.int64)
    ends = history.month_ends & (months % 12 == _DECEMBER)
    return np.where(ends[first] & ends[last], (months[last] - months[first]) // 12, 0)


def _stand_alone(history: History, windows: _Windows) -> BoolArray:
    """Return (M,) True where a window misses a session, and with it has a benchmark or rates of its own."""
    missing = np.isnan(history.levels)
    if history.benchmark is not None:
        missing |= np.isnan(history.benchmark)
    needs = history.benchmark is not None or np.ndim(history.rate) > 0
    if not (needs and missing.any()):
        return np.zeros(windows.row.size, dtype=np.bool_)
    before = np.cumsum(missing, axis=1)
    return np.asarray(before[windows.row, windows.last] > before[windows.row, windows.first])


def _alike(measure: Measure, history: History, windows: _Windows) -> Iterator[IntArray]:
    """Group windows that fit one sample, in blocks that stay in a core's cache."""
    first, last = windows.first, windows.last
    keys: tuple[IntArray, ...] = first, last
    if measure.every is None and not history.weekly:
        days = (history.sessions[last] - history.sessions[first]).astype(np.int64)
        alone = np.where(_stand_alone(history, windows), first, -1)
        keys = alone, (last - first) * _WIDE + days, windows.years
    order = np.lexsort(keys)
    starts = np.flatnonzero(np.any([np.diff(key[order]) != 0 for key in keys], axis=0)) + 1
    for group in np.split(order, starts):
        if group.size:
            length = int(last[group[0]] - first[group[0]]) + 1
            yield from (group[block] for block in row_blocks((group.size, length)))


def _sample(measure: Measure, history: History, windows: _Windows) -> Sample:
    """Return the windows as the rows of one sample.

    Its sessions are the first window's: the others' differ only where no measure looks, between the ends.
    """
    first, last = int(windows.first[0]), int(windows.last[0])
    columns = windows.first[:, None] + np.arange(last - first + 1)
    ends: IntArray | slice = columns
    steps: IntArray | slice = columns[:, :-1]
    if (windows.first == first).all():
        ends, steps = slice(first, last + 1), slice(first, last)
    sample = Sample(
        history.levels[windows.row[:, None], columns],
        history.sessions[first : last + 1],
        history.rate[steps] if isinstance(history.rate, np.ndarray) else history.rate,
        _benchmark(history, windows, columns, ends),
        MINIMUM_RETURNS,
        history.periods,
        float(windows.years[0]) or None,
        following=history.after(last),
    )
    return weekly(sample.paired) if history.weekly and measure.periodic else sample


def _benchmark(
    history: History, windows: _Windows, columns: IntArray, ends: IntArray | slice
) -> FloatArray | None:
    if history.benchmark is None or history.benchmark.ndim == 1:
        return None if history.benchmark is None else history.benchmark[ends]
    return np.asarray(history.benchmark[windows.row[:, None], columns])


def _evaluate(measure: Measure, sample: Sample) -> tuple[FloatArray, Texts]:
    values = measure.compute(sample)
    reasons = np.full(values.shape, "", dtype=object)
    unknown = ~np.isfinite(values)
    if unknown.any():
        reasons[unknown] = [text or "" for text in np.array(measure.reasons(sample), dtype=object)[unknown]]
    return np.where(unknown, np.nan, values), reasons
