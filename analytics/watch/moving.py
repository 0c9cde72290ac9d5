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

from analytics.laid import MINIMUM_RETURNS
from analytics.measures import Measure, Sample
from analytics.measures.sample import row_blocks
from analytics.panel import BoolArray, DateArray, FloatArray
from analytics.window import Window, month_ends

IntArray = NDArray[np.int64]
Texts = NDArray[Any]
"""Of str, empty where there is nothing to say."""

_WIDE = np.int64(2**31)


@dataclass(frozen=True, eq=False)
class History:
    """What windows are laid on.

    levels : (N, T) positive, NaN where missing, and where the benchmark is missing
    sessions : (T,) datetime64[D]
    rate : (T - 1,) or scalar, per session, fraction; the first is that of the second session
    benchmark : (T,) levels, None for measures that need none
    held, following : of the panel, by which the last sessions of months are told
    """

    levels: FloatArray
    sessions: DateArray
    rate: FloatArray | float = 0.0
    benchmark: FloatArray | None = None
    held: BoolArray | None = None
    following: date | None = None

    @property
    def uniform(self) -> bool:
        """True where windows that are alike in length need nothing of their own beside their levels."""
        return self.benchmark is None and np.ndim(self.rate) == 0


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
    """M windows: the row of the levels, the base and the last column of each."""

    row: IntArray
    first: IntArray
    last: IntArray

    def take(self, chosen: IntArray) -> _Windows:
        """These windows only."""
        return _Windows(self.row[chosen], self.first[chosen], self.last[chosen])


def trailing(measure: Measure, history: History, window: Window, columns: IntArray) -> Trailing:
    """A measure over the window that ends on each of the columns.

    The base is the last known close on or before the day one window earlier (`analytics.window.lay`).  A
    window needs a price on its last session and a base: a shorter one has no value.  Nothing after the
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
    >>> prices = History(np.array([[100.0, 120.0, 110.0, 150.0]]), days)
    >>> found = trailing(MEASURES["total_return"], prices, Window("1m"), np.array([1, 2, 3]))
    >>> found.values.round(6).tolist(), found.base.tolist()
    ([[nan, 0.1, 0.25]], [[-1, 0, 1]])
    """
    known = np.isfinite(history.levels)
    base = _bases(known, history, window, columns)
    row, at = np.nonzero(known[:, columns] & (base >= 0) & (base < columns))
    windows = _Windows(row, base[row, at], columns[at])
    values = np.full(base.shape, np.nan)
    reasons = np.full(base.shape, "", dtype=object)
    for alike in _alike(history, windows):
        found, why = _evaluate(measure, _sample(history, windows.take(alike)))
        values[row[alike], at[alike]] = found
        reasons[row[alike], at[alike]] = why
    return Trailing(values, base, reasons)


def _bases(known: BoolArray, history: History, window: Window, columns: IntArray) -> IntArray:
    """(N, S) column of the last known price on or before the day each window asks for, -1 without one."""
    sessions = history.sessions
    ends = month_ends(sessions, history.held, history.following)[columns].tolist()
    asked = [window.base_target(*each) for each in zip(sessions[columns].tolist(), ends, strict=True)]
    if None in asked:
        first = np.where(known.any(axis=1), known.argmax(axis=1), -1)
        return np.repeat(first[:, None], columns.size, axis=1)
    limits = np.searchsorted(sessions, np.array(asked, dtype="datetime64[D]"), side="right") - 1
    latest = np.maximum.accumulate(np.where(known, np.arange(sessions.size, dtype=np.int32), -1), axis=1)
    return np.where(limits >= 0, latest[:, limits], -1).astype(np.int64)


def _alike(history: History, windows: _Windows) -> Iterator[IntArray]:
    """Groups of windows that fit one sample, in blocks that stay in a core's cache."""
    first, last = windows.first, windows.last
    key = _key(history, windows)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order])) + 1
    for group in np.split(order, starts):
        if group.size:
            length = int(last[group[0]] - first[group[0]]) + 1
            yield from (group[block] for block in row_blocks((group.size, length)))


def _key(history: History, windows: _Windows) -> IntArray:
    """(M,) equal for windows that fit one sample."""
    first, last = windows.first, windows.last
    if history.uniform:
        days = (history.sessions[last] - history.sessions[first]).astype(np.int64)
        return np.asarray((last - first) * _WIDE + days)
    key = first * _WIDE + last
    if history.benchmark is not None:
        # A gap is taken from the benchmark too, so a window with gaps has a benchmark of its own.
        missing = np.cumsum(np.isnan(history.levels), axis=1)
        gaps = missing[windows.row, last] > missing[windows.row, first]
        key = np.where(gaps, -1 - np.arange(key.size), key)
    return np.asarray(key)


def _sample(history: History, windows: _Windows) -> Sample:
    """The windows as the rows of one sample.

    Its sessions are the first window's: the others' differ only where no measure looks, between the ends.
    """
    first, last = int(windows.first[0]), int(windows.last[0])
    span = slice(first, last + 1)
    columns = windows.first[:, None] + np.arange(last - first + 1)
    levels = history.levels[windows.row[:, None], columns]
    benchmark, rate = history.benchmark, history.rate
    if benchmark is not None:
        benchmark = np.where(np.isfinite(levels).all(axis=0), benchmark[span], np.nan)
    rates = rate[first:last] if isinstance(rate, np.ndarray) else rate
    return Sample(levels, history.sessions[span], rates, benchmark, MINIMUM_RETURNS)


def _evaluate(measure: Measure, sample: Sample) -> tuple[FloatArray, Texts]:
    values = measure.compute(sample)
    reasons = np.full(values.shape, "", dtype=object)
    unknown = ~np.isfinite(values)
    if unknown.any():
        reasons[unknown] = [text or "" for text in np.array(measure.reasons(sample), dtype=object)[unknown]]
    return np.where(unknown, np.nan, values), reasons
