"""The falls of a fund one by one: how deep, from when to when, and whether it came back."""

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

    @property
    def days_down(self) -> int:
        """Calendar days from the high to the lowest level."""
        return (self.trough - self.peak).days

    @property
    def days_up(self) -> int | None:
        """Calendar days from the lowest level back to the high, None where it is not reached."""
        return (self.recovery - self.trough).days if self.recovery else None


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


def _starts(path: FloatArray, highs: FloatArray) -> list[int]:
    """Return index of the last session at the high before each fall."""
    under = path < highs
    return [int(start) for start in np.flatnonzero(under[1:] & ~under[:-1])]


def _fall(path: FloatArray, highs: FloatArray, days: DateArray, start: int) -> Drawdown:
    back = np.flatnonzero(path[start + 1 :] >= highs[start])
    stop = start + 1 + int(back[0]) if back.size else None
    trough = start + 1 + int(np.argmin(path[start + 1 : stop]))
    return Drawdown(
        depth=float(path[trough] / highs[start] - 1.0),
        peak=days[start].astype(date),
        trough=days[trough].astype(date),
        recovery=days[stop].astype(date) if stop is not None else None,
    )
