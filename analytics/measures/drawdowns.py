"""The falls of funds: how deep, from when to when, whether they came back, which belong together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.panel import DateArray, FloatArray


@dataclass(frozen=True)
class Drawdown:
    """One fall below an earlier high.

    depth : fraction, negative, -0.23 = 23 % below the high
    peak : session of the high; trough : session of the lowest level
    recovery : first session at or above the high again, None where that has not happened by the end
    """

    depth: float
    peak: date
    trough: date
    recovery: date | None


def drawdowns(levels: FloatArray, sessions: DateArray, most: int = 5) -> tuple[Drawdown, ...]:
    """Find the deepest falls of one fund, the deepest first.

    A fall begins at a high, ends when that high is reached again, and counts once however often it pauses.

    Parameters
    ----------
    levels : (T,) positive, the base close first; NaN is a missing session and is skipped
    sessions : (T,) datetime64[D]
    most : how many to return

    Returns
    -------
    At most `most` falls; none where the fund never fell.

    References
    ----------
    METRICS: peak, trough, recovery dates, days; the base close counts as a high.

    Examples
    --------
    >>> days = np.arange("2025-01-06", "2025-01-11", dtype="datetime64[D]")
    >>> fall, = drawdowns(np.array([100.0, 90.0, 95.0, 101.0, 102.0]), days)
    >>> round(fall.depth, 6), fall.peak.day, fall.trough.day, fall.recovery.day
    (-0.1, 6, 7, 9)
    """
    known = np.flatnonzero(np.isfinite(levels))
    path, days = levels[known], sessions[known]
    highs = np.maximum.accumulate(path)
    starts = _starts(path, highs)
    falls = [_fall(path, highs, days, start) for start in starts]
    return tuple(sorted(falls, key=lambda fall: (fall.depth, fall.peak))[:most])


@dataclass(frozen=True)
class Episode:
    """Falls of several funds that belong together.

    start, end : from the earliest peak to the latest trough of the falls that make it
    falls : by fund, its deepest fall between these days; None: it did not fall
    """

    start: date
    end: date
    falls: tuple[Drawdown | None, ...]

    @property
    def depth(self) -> float:
        """The deepest of the falls, fraction, negative."""
        return min(fall.depth for fall in self.falls if fall)


LEAST = 0.05
"""Depth of a fall that makes an episode, fraction."""
REGAINED = 2 / 3
"""Part of a fall that ends it when it is regained, and parts what follows from it."""
MOST_FALLS = 60
"""Falls of one fund that are looked at."""
SHARED = 1 / 4
"""Part of the days of the longer of two falls that both have where they belong together."""


def episodes(levels: FloatArray, sessions: DateArray, most: int = 6) -> tuple[Episode, ...]:
    """Find the deepest episodes in which funds fell, the deepest first.

    Of each fund the deepest fall is found, then the deepest of what lies before its peak and of what lies
    after its trough, and so on: a fall counts even where the high before an older one was never regained.  A
    fall is parted where two thirds of at least half of it had been regained before it went on.  Two falls of
    two funds belong together where each overlaps most with the other, and a quarter of the longer one is in
    both.  Between the first peak and the last trough of such falls each fund is told by its deepest fall.

    Parameters
    ----------
    levels : (N, T) positive, the base close first; NaN is a missing session and is skipped
    sessions : (T,) datetime64[D]
    most : how many to return

    Returns
    -------
    At most `most` episodes of falls of `LEAST` or more, of half the deepest fall where that is less; none
    where no fund ever fell.

    Examples
    --------
    >>> days = np.arange("2025-01-06", "2025-01-12", dtype="datetime64[D]")
    >>> held = np.array([[100.0, 80.0, 90.0, 96.0, 84.0, 90.0], [100.0, 99.0, 104.0, 106.0, 92.0, 108.0]])
    >>> for each in episodes(held, days):
    ...     each.start.day, each.end.day, [round(fall.depth, 3) for fall in each.falls]
    (6, 7, [-0.2, -0.01])
    (9, 10, [-0.125, -0.132])
    """
    deepest = [min((fall.depth for fall in drawdowns(row, sessions, 1)), default=0.0) for row in levels]
    floor = min(LEAST, -min(deepest) / 2)
    if floor <= 0:
        return ()
    held = [_known(row, sessions) for row in levels]
    own = [_Fall(fund, *fall) for fund, (path, _) in enumerate(held) for fall in _main_falls(path, floor)]
    found = [_episode(group, held) for group in _together(own, held)]
    return tuple(sorted(found, key=lambda each: (each.depth, each.start))[:most])


@dataclass(frozen=True)
class _Fall:
    """Fund, and the indices of peak and trough among its known sessions."""

    fund: int
    peak: int
    trough: int


_Path = tuple[FloatArray, DateArray]
"""A fund's known levels with their sessions."""


def _known(levels: FloatArray, sessions: DateArray) -> _Path:
    known = np.flatnonzero(np.isfinite(levels))
    return levels[known], sessions[known]


def _deepest(path: FloatArray, start: int, stop: int) -> tuple[int, int]:
    """Return peak and trough of the deepest fall in a stretch, the last session at the peak's level."""
    part = path[start:stop]
    highs = np.maximum.accumulate(part)
    trough = int(np.argmin(part / highs))
    peak = int(np.flatnonzero(part[: trough + 1] == highs[trough])[-1])
    return start + peak, start + trough


def _main_falls(path: FloatArray, floor: float) -> list[tuple[int, int]]:
    """Return a fund's falls in their order, of very many the deepest."""
    found = sorted(_separate_falls(path, floor), key=lambda fall: (path[fall[1]] / path[fall[0]], fall))
    return sorted(found[:MOST_FALLS])


def _separate_falls(path: FloatArray, floor: float) -> list[tuple[int, int]]:
    """Return peak and trough of every fall of a fund, in no order."""
    found, stretches = [], [(0, path.size)]
    while stretches:
        start, stop = stretches.pop()
        if stop - start < 2:
            continue
        peak, trough = _deepest(path, start, stop)
        if 1.0 - path[trough] / path[peak] < floor:
            continue
        stretches += [(start, peak + 1), (trough, stop)]
        while pause := _pause(path, peak, trough, floor):
            found.append((peak, pause[0]))
            stretches.append((pause[0], pause[1] + 1))
            peak = pause[1]
        found.append((peak, trough))
    return found


def _pause(path: FloatArray, peak: int, trough: int, floor: float) -> tuple[int, int] | None:
    """Return the low and the high of the first pause that parts a fall, None where none does."""
    part, top = path[peak : trough + 1], path[peak]
    lows = np.minimum.accumulate(part)
    lost = top - lows
    enough = max((top - part[-1]) / 2, floor * top)
    back = np.flatnonzero((lost >= enough) & (part - lows >= REGAINED * lost))
    if not back.size:
        return None
    low = peak + int(np.argmin(part[: back[0] + 1]))
    rest = path[low : trough + 1]
    high = low + int(np.flatnonzero(rest == rest.max())[-1])
    return (low, high) if 1.0 - path[trough] / path[high] >= floor else None


def _together(own: list[_Fall], held: list[_Path]) -> list[list[_Fall]]:
    """Group falls: each with those of other funds that it overlaps most with, and they with it."""
    spans = [held[fall.fund][1][[fall.peak, fall.trough]].astype(int).tolist() for fall in own]
    nearest = {
        (at, fund): _nearest(at, fund, own, spans) for at in range(len(own)) for fund in range(len(held))
    }
    group = list(range(len(own)))
    for (one, fund), other in nearest.items():
        if other is not None and own[one].fund < fund and nearest[other, own[one].fund] == one:
            group = [group[one] if each == group[other] else each for each in group]
    return [
        [fall for fall, at in zip(own, group, strict=True) if at == each] for each in dict.fromkeys(group)
    ]


def _nearest(at: int, fund: int, own: list[_Fall], spans: list[list[int]]) -> int | None:
    """Return the fall of another fund that shares the most days, None where it shares too few."""
    if own[at].fund == fund:
        return None
    shared = {
        other: min(spans[at][1], spans[other][1]) - max(spans[at][0], spans[other][0])
        for other, fall in enumerate(own)
        if fall.fund == fund
    }
    best = max(shared, key=lambda other: shared[other], default=None)
    if best is None:
        return None
    longer = max(last - first for first, last in (spans[at], spans[best]))
    return best if shared[best] >= SHARED * longer else None


def _episode(group: list[_Fall], held: list[_Path]) -> Episode:
    start = min(held[fall.fund][1][fall.peak] for fall in group)
    end = max(held[fall.fund][1][fall.trough] for fall in group)
    return Episode(start.astype(date), end.astype(date), tuple(_within(path, start, end) for path in held))


def _within(path: _Path, start: np.datetime64, end: np.datetime64) -> Drawdown | None:
    """Return a fund's deepest fall between two days, None where it did not fall."""
    levels, days = path
    first, last = np.searchsorted(days, [start, end + np.timedelta64(1, "D")]).tolist()
    if last - first < 2:
        return None
    peak, trough = _deepest(levels, first, last)
    return _drawdown(path, peak, trough) if levels[trough] < levels[peak] else None


def _drawdown(path: _Path, peak: int, trough: int) -> Drawdown:
    """Return the fall from one session to another (indices into the path), and when it was made good."""
    levels, days = path
    back = np.flatnonzero(levels[trough:] >= levels[peak])
    return Drawdown(
        depth=float(levels[trough] / levels[peak] - 1.0),
        peak=days[peak].astype(date),
        trough=days[trough].astype(date),
        recovery=days[trough + int(back[0])].astype(date) if back.size else None,
    )


def _starts(path: FloatArray, highs: FloatArray) -> list[int]:
    """Return index of the last session at the high before each fall."""
    under = path < highs
    return [int(start) for start in np.flatnonzero(under[1:] & ~under[:-1])]


def _fall(path: FloatArray, highs: FloatArray, days: DateArray, start: int) -> Drawdown:
    back = np.flatnonzero(path[start + 1 :] >= highs[start])
    stop = start + 1 + int(back[0]) if back.size else None
    trough = start + 1 + int(np.argmin(path[start + 1 : stop]))
    return _drawdown((path, days), start, trough)
