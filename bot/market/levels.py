"""Levels that look wrong from one known price to the next: jumps, changes of unit, splits left out.

Nothing here looks ahead: what is doubted on a session is doubted from that evening on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.notes import INTEREST_RATES
from analytics.panel import LONGEST_GAP, BoolArray, Doubt, DoubtKind, FloatArray
from bot.market import reference
from bot.market.events import Events, IntArray
from bot.market.series import Series

JUMP = 0.25
"""A return beyond this, up or down, is more often an error than a price (fraction)."""

PAST = 21
"""Sessions that show how a fund moves: a month, so that a fund in a crash is judged by the crash."""

FEWEST = 5
"""Returns below which a past shows nothing."""

WIDEST = 3
"""A fund's scale is the third widest move of its past: two errors in a month do not raise it."""

BEYOND = 3.0
"""A jump is wider than this many times that scale: nearly five standard deviations of a calm fund."""

SPLIT_BEYOND = 2.0
"""The same beside a split that the source names, where less proves it."""

SPLIT = 0.05
"""Changes below this do not tell a split from a day's trading (fraction)."""

NEAR = 2
"""Returns before and after a split's own day within which it may have been taken into the prices."""

BACK = 5
"""Returns within which a price that jumped comes back, where the jump was an error."""

RATE_JUMP = 3.0
"""A rate of interest never moved by so much from one session to the next, not in 1981 (percentage points)."""

LEAST_RATE = 0.01
"""What a rate below it is held to be where a change is told as a multiple of it (percent)."""

HUNDRED = float(np.log(100))
ABOUT = float(np.log(4 / 3))
"""How far from a hundredfold a change of unit may lie, as the fund moves meanwhile (log)."""


@dataclass(frozen=True, eq=False)
class Steps:
    """Changes between known prices; a hole or holiday is one step.

    start, end : (K,) columns of the earlier and of the later price
    change : (K,) log return
    """

    start: IntArray
    end: IntArray
    change: FloatArray

    @property
    def span(self) -> IntArray:
        """Count the sessions (K,) that each step takes, 1 where none is missing."""
        return self.end - self.start

    def of_column(self, column: int) -> int:
        """Find the step that leads to a column or across it; K for what comes after the last price."""
        return int(np.searchsorted(self.end, column))


def steps_of(levels: FloatArray) -> Steps:
    """Measure the changes between known prices, without those across the end of a history.

    levels : (T,), positive where known
    """
    at = np.flatnonzero(levels > 0)
    start, end = at[:-1], at[1:]
    held = end - start <= LONGEST_GAP + 1
    start, end = start[held], end[held]
    return Steps(start, end, np.log(levels[end] / levels[start]))


def level_doubts(series: Series, events: Events) -> tuple[Doubt, ...]:
    """Find the prices of a series that look wrong, in order.

    Returns
    -------
    Doubts of the kinds NEGATIVE, SPLIT, UNIT and JUMP, one a session at most.  A split and a change of unit
    are looked for in the adjusted close and in the close, jumps in the adjusted one: a close falls by what
    is paid.  For interest rates jumps of 3 percentage points alone, in the quote; for other indices changes
    of unit alone.
    """
    if series.symbol in INTEREST_RATES:
        return tuple(_of_rate(series))
    found = {doubt.session: doubt for doubt in _of_close(series, events)}
    found |= {doubt.session: doubt for doubt in _of_level(series, events)}
    return tuple(found[session] for session in sorted(found))


def _of_level(series: Series, events: Events) -> Iterator[Doubt]:
    steps = steps_of(series.total_return)
    split, unit = _splits(steps, events.splits), _units(steps)
    jump = np.zeros_like(unit) if reference.is_index(series.symbol) else _jumps(steps, split | unit)
    for kind, where in ((DoubtKind.JUMP, jump), (DoubtKind.UNIT, unit), (DoubtKind.SPLIT, split)):
        yield from _doubts(series, kind, steps, where)


def _of_close(series: Series, events: Events) -> Iterator[Doubt]:
    steps = steps_of(series.close)
    for kind, where in ((DoubtKind.UNIT, _units(steps)), (DoubtKind.SPLIT, _splits(steps, events.splits))):
        yield from _doubts(series, kind, steps, where)
    for column in np.flatnonzero(series.close < 0):
        yield Doubt(DoubtKind.NEGATIVE, series.symbol, _day(series, column), float(series.close[column]))


def _of_rate(series: Series) -> Iterator[Doubt]:
    """A quote in another unit, mostly: a rate may double in a session where it is next to nothing."""
    at = np.flatnonzero(np.isfinite(series.close))
    before, after = series.close[at[:-1]], series.close[at[1:]]
    wide = (np.abs(after - before) > RATE_JUMP) & (np.diff(at) <= LONGEST_GAP + 1)
    for column, change in zip(at[1:][wide], (after / np.maximum(before, LEAST_RATE) - 1)[wide], strict=True):
        yield Doubt(DoubtKind.JUMP, series.symbol, _day(series, column), float(change))


def _doubts(series: Series, kind: DoubtKind, steps: Steps, where: BoolArray) -> Iterator[Doubt]:
    for column, change in zip(steps.end[where], steps.change[where], strict=True):
        yield Doubt(kind, series.symbol, _day(series, column), float(np.expm1(change)))


def _day(series: Series, column: np.intp) -> date:
    day: date = series.sessions[column].astype(date)
    return day


def _units(steps: Steps) -> BoolArray:
    """(K,) True where the level changes by about 100, whatever the past: no fund moves so."""
    return np.abs(np.abs(steps.change) - HUNDRED) < ABOUT


def _splits(steps: Steps, splits: FloatArray) -> BoolArray:
    """(K,) True where a split close by explains the change: left out of the prices, or in them twice."""
    found = np.zeros(steps.change.size, dtype=np.bool_)
    for column in np.flatnonzero((splits > 0) & (splits != 1)).tolist():
        factor = abs(float(np.log(splits[column])))
        middle = steps.of_column(column)
        for step in range(max(middle - NEAR, 0), min(middle + NEAR + 1, found.size)):
            size = abs(float(steps.change[step]))
            usual = SPLIT_BEYOND * _scale(steps, step)
            found[step] |= size > max(SPLIT, usual) and abs(size - factor) < factor / 2
    return found


def _jumps(steps: Steps, explained: BoolArray) -> BoolArray:
    """(K,) True where a return is wider than 25 % and than the fund's own past makes plausible.

    explained : (K,) changes that are no returns; they are no past either, but what undoes them is a jump
    """
    returns = Steps(steps.start, steps.end, np.where(explained, np.nan, steps.change))
    found = np.zeros(steps.change.size, dtype=np.bool_)
    for step in np.flatnonzero(np.abs(np.expm1(returns.change)) > JUMP):
        found[step] = abs(float(steps.change[step])) > BEYOND * _scale(returns, int(step))
    undoing: list[int] = np.flatnonzero(found | explained).tolist()
    for doubted in undoing:  # what undoes a jump may be undone itself
        more = _undone(steps, doubted) & ~found & ~explained
        undoing += np.flatnonzero(more).tolist()
        found |= more
    return found


def _scale(steps: Steps, step: int) -> float:
    """How far the fund used to move over as many sessions as this step takes; 0 where its past is short."""
    past = slice(max(step - PAST, 0), step)
    moves = np.abs(steps.change[past]) / np.sqrt(steps.span[past])
    moves = moves[np.isfinite(moves)]
    if moves.size < FEWEST:
        return 0.0
    return float(np.sort(moves)[-WIDEST] * np.sqrt(steps.span[step]))


def _undone(steps: Steps, step: int) -> BoolArray:
    """(K,) True at the one return soon after a jump that brings the price back to where it was."""
    size, after = abs(steps.change[step]), slice(step, step + 1 + BACK)
    left, turn = np.abs(np.cumsum(steps.change[after])), -np.sign(steps.change[step]) * steps.change[after]
    back = np.flatnonzero((left < size / 4) & (turn > size / 2))
    undone = np.zeros(steps.change.size, dtype=np.bool_)
    undone[step + back[:1]] = True
    return undone
