"""Checks of data before they are believed: prices, splits, units, distributions, ranges of facts.

A failure is a doubt or a note, never a silent fill.  Nothing here looks ahead: what is doubted on a session
is doubted from that evening on.  Adjusted close over close moves on ex-dates alone, whatever the price does,
so that its steps show to a millionth what was reinvested.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.notes import INTEREST_RATES, Note, NoteKind
from analytics.panel import LONGEST_GAP, BoolArray, DateArray, Doubt, DoubtKind, FloatArray
from analytics.watch.crosscheck import LOG_HUNDRED, UNIT_TOLERANCE
from bot.market import reference
from bot.market.calendar import UNKNOWN
from bot.market.series import Events, IntArray, Series

SECTORS_SUM = (0.98, 1.02)
"""What sector weights may add up to (fractions)."""


@dataclass(frozen=True)
class PlausibleRange:
    """What a fact may be, both ends included.  zero : False where a 0 says that the source knows none."""

    least: float
    most: float
    zero: bool = True

    def holds(self, value: float) -> bool:
        """Return True for a value that may be believed."""
        return self.least <= value <= self.most and (self.zero or value != 0)


PLAUSIBLE_RANGES = {
    "expense ratio": PlausibleRange(0.0, 0.03, zero=False),
    "yield": PlausibleRange(0.0, 0.30),
    "turnover": PlausibleRange(0.0, 50.0),  # 0 where an index stood still, thousands of percent on futures
    "part in shares": PlausibleRange(0.0, 3.0),  # a fund of three times an index
    "position": PlausibleRange(-5.0, 5.0),  # its swap, and what it owes
}
"""Fractions a year, and of net assets."""


def unknown_sessions(series: Series) -> tuple[Note, ...]:
    """Note that nobody knows which days the symbol's exchange was open."""
    unknown = series.exchange.code == UNKNOWN
    return (Note(NoteKind.SESSIONS_UNKNOWN, series.symbol),) if unknown else ()


def price_doubts(series: Series, events: Events) -> tuple[Doubt, ...]:
    """Find every price of a series that looks wrong, by what `analytics.panel.DoubtKind` names.

    events : on the sessions of `series`

    Returns
    -------
    Doubts in order, one a session.  A level is never doubted for a price after it; a distribution may be
    found in the adjusted close a session or two later, and its doubt is over.
    """
    levels = level_doubts(series, events)
    beside = {doubt.session for doubt in levels if doubt.kind is not DoubtKind.JUMP}
    paid = distribution_doubts(series, events, beside)
    explained = {doubt.session for doubt in paid}  # a distribution left out is more than a jump
    jumps = (doubt for doubt in levels if doubt.session not in explained)
    return tuple(sorted((*jumps, *paid), key=lambda doubt: doubt.session))


def is_plausible(fact: str, value: float) -> bool:
    """Tell whether a fact of this name (see PLAUSIBLE) may have this value."""
    return PLAUSIBLE_RANGES[fact].holds(value)


def implausible_note(symbol: str, fact: str, value: float) -> Note:
    """Note a fact that is left out: its value as the source tells it, and whether it may be a percentage."""
    percent = value != 0 and is_plausible(fact, value / 100)
    return Note(NoteKind.FACT_REFUSED, symbol, {"fact": fact, "value": value, "percent": percent})


def sectors_fault(weights: Mapping[str, float]) -> str | None:
    """Return why sector weights (fractions) cannot be believed; None where they can."""
    for sector, weight in weights.items():
        if math.isnan(weight):
            return f"{sector} without a number"
        if not 0 <= weight <= 1:
            return f"{sector} {weight * 100:.1f} %"
    total = sum(weights.values())
    if not SECTORS_SUM[0] <= total <= SECTORS_SUM[1]:
        return f"{total * 100:.1f} % in all"
    return None


JUMP = 0.25
"""A return beyond this, up or down, is more often an error than a price (fraction)."""

PAST_SESSIONS = 21
"""Sessions that show how a fund moves: a month, so that a fund in a crash is judged by the crash."""

FEWEST_RETURNS = 5
"""Returns below which a past shows nothing."""

WIDEST_RANK = 3
"""A fund's scale is the third widest move of its past: two errors in a month do not raise it."""

JUMP_BEYOND = 3.0
"""A jump is wider than this many times that scale: nearly five standard deviations of a calm fund."""

SPLIT_BEYOND = 2.0
"""The same beside a split that the source names, where less proves it."""

LEAST_SPLIT = 0.05
"""Changes below this do not tell a split from a day's trading (fraction)."""

NEAR_RETURNS = 2
"""Returns before and after a split's own day within which it may have been taken into the prices."""

RETURNS_BACK = 5
"""Returns within which a price that jumped comes back, where the jump was an error."""

RATE_JUMP = 3.0
"""A rate of interest never moved by so much from one session to the next, not in 1981 (percentage points)."""

LEAST_RATE = 0.01
"""What a rate below it is held to be where a change is told as a multiple of it (percent)."""


@dataclass(frozen=True, eq=False)
class LevelSteps:
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


def steps_of(levels: FloatArray) -> LevelSteps:
    """Measure the changes between known prices, without those across the end of a history.

    levels : (T,), positive where known
    """
    at = np.flatnonzero(levels > 0)
    start, end = at[:-1], at[1:]
    held = end - start <= LONGEST_GAP + 1
    start, end = start[held], end[held]
    return LevelSteps(start, end, np.log(levels[end] / levels[start]))


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
        return tuple(_rate_doubts(series))
    found = {doubt.session: doubt for doubt in _close_doubts(series, events)}
    found |= {doubt.session: doubt for doubt in _adjusted_close_doubts(series, events)}
    return tuple(found[session] for session in sorted(found))


def _adjusted_close_doubts(series: Series, events: Events) -> Iterator[Doubt]:
    steps = steps_of(series.total_return)
    split, unit = _splits(steps, events.splits), _units(steps)
    jump = np.zeros_like(unit) if reference.is_index(series.symbol) else _jumps(steps, split | unit)
    for kind, where in ((DoubtKind.JUMP, jump), (DoubtKind.UNIT, unit), (DoubtKind.SPLIT, split)):
        yield from _doubts(series, kind, steps, where)


def _close_doubts(series: Series, events: Events) -> Iterator[Doubt]:
    steps = steps_of(series.close)
    for kind, where in ((DoubtKind.UNIT, _units(steps)), (DoubtKind.SPLIT, _splits(steps, events.splits))):
        yield from _doubts(series, kind, steps, where)
    for column in np.flatnonzero(series.close < 0):
        yield Doubt(
            DoubtKind.NEGATIVE, series.symbol, _session_day(series, column), float(series.close[column])
        )


def _rate_doubts(series: Series) -> Iterator[Doubt]:
    """Yield a quote in another unit, mostly: a rate may double in a session where it is next to nothing."""
    at = np.flatnonzero(np.isfinite(series.close))
    before, after = series.close[at[:-1]], series.close[at[1:]]
    wide = (np.abs(after - before) > RATE_JUMP) & (np.diff(at) <= LONGEST_GAP + 1)
    for column, change in zip(at[1:][wide], (after / np.maximum(before, LEAST_RATE) - 1)[wide], strict=True):
        yield Doubt(DoubtKind.JUMP, series.symbol, _session_day(series, column), float(change))


def _doubts(series: Series, kind: DoubtKind, steps: LevelSteps, where: BoolArray) -> Iterator[Doubt]:
    for column, change in zip(steps.end[where], steps.change[where], strict=True):
        yield Doubt(kind, series.symbol, _session_day(series, column), float(np.expm1(change)))


def _session_day(series: Series, column: np.intp) -> date:
    day: date = series.sessions[column].astype(date)
    return day


def _units(steps: LevelSteps) -> BoolArray:
    """Return (K,) True where the level changes by about 100, whatever the past: no fund moves so."""
    return np.abs(np.abs(steps.change) - LOG_HUNDRED) < UNIT_TOLERANCE


def _splits(steps: LevelSteps, splits: FloatArray) -> BoolArray:
    """Return (K,) True where a split close by explains the change: left out of the prices, or in them
    twice.
    """
    found = np.zeros(steps.change.size, dtype=np.bool_)
    for column in np.flatnonzero((splits > 0) & (splits != 1)).tolist():
        factor = abs(float(np.log(splits[column])))
        middle = steps.of_column(column)
        for step in range(max(middle - NEAR_RETURNS, 0), min(middle + NEAR_RETURNS + 1, found.size)):
            size = abs(float(steps.change[step]))
            usual = SPLIT_BEYOND * _scale(steps, step)
            found[step] |= size > max(LEAST_SPLIT, usual) and abs(size - factor) < factor / 2
    return found


def _jumps(steps: LevelSteps, explained: BoolArray) -> BoolArray:
    """Return (K,) True where a return is wider than 25 % and than the fund's own past makes plausible.

    explained : (K,) changes that are no returns; they are no past either, but what undoes them is a jump
    """
    returns = LevelSteps(steps.start, steps.end, np.where(explained, np.nan, steps.change))
    found = np.zeros(steps.change.size, dtype=np.bool_)
    for step in np.flatnonzero(np.abs(np.expm1(returns.change)) > JUMP):
        found[step] = abs(float(steps.change[step])) > JUMP_BEYOND * _scale(returns, int(step))
    undoing: list[int] = np.flatnonzero(found | explained).tolist()
    for doubted in undoing:  # what undoes a jump may be undone itself
        more = _undoing_step(steps, doubted) & ~found & ~explained
        undoing += np.flatnonzero(more).tolist()
        found |= more
    return found


def _scale(steps: LevelSteps, step: int) -> float:
    """Return how far the fund used to move over as many sessions as this step takes; 0 where its past is
    short.
    """
    past = slice(max(step - PAST_SESSIONS, 0), step)
    moves = np.abs(steps.change[past]) / np.sqrt(steps.span[past])
    moves = moves[np.isfinite(moves)]
    if moves.size < FEWEST_RETURNS:
        return 0.0
    return float(np.sort(moves)[-WIDEST_RANK] * np.sqrt(steps.span[step]))


def _undoing_step(steps: LevelSteps, step: int) -> BoolArray:
    """Return (K,) True at the one return soon after a jump that brings the price back to where it was."""
    size, after = abs(steps.change[step]), slice(step, step + 1 + RETURNS_BACK)
    left, turn = np.abs(np.cumsum(steps.change[after])), -np.sign(steps.change[step]) * steps.change[after]
    back = np.flatnonzero((left < size / 4) & (turn > size / 2))
    undone = np.zeros(steps.change.size, dtype=np.bool_)
    undone[step + back[:1]] = True
    return undone


LOG_TOLERANCE = 1e-3
"""How far total return may lie from price and distributions on a day, and in all over a year (log)."""

HOLE_TOLERANCE = 0.1
"""The part of a distribution that may be off across a hole: the close before its ex-date is not known."""

ROUNDING = 1e-5
"""Below this a step is the rounding of prices (log)."""

DAYS_365 = np.timedelta64(365, "D")

HUNDREDFOLD = 100.0
HUNDREDFOLD_TOLERANCE = 0.2
"""How far from a hundredfold an amount told in the minor unit may lie (fraction)."""

PLAUSIBLE_YIELD = 0.1
"""Of two amounts a hundredfold apart the one that makes more than this of the price a year is wrong."""


@dataclass(frozen=True, eq=False)
class _PaidSteps:
    """What happens from each known pair of closes to the next; a hole is one step.

    days : (K,) sessions that the steps lead to; span : sessions that each takes
    before, after : (K,) the close at either end
    step : (K,) log of (adjusted / close) after less before
    paid, gains : (K,) all that was paid meanwhile, and what of it was told as capital gains
    abroad : (K,) True where something was paid in another currency
    """

    days: DateArray
    span: IntArray
    before: FloatArray
    after: FloatArray
    step: FloatArray
    paid: FloatArray
    gains: FloatArray
    abroad: BoolArray

    @classmethod
    def of(cls, series: Series, events: Events) -> _PaidSteps:
        """Return the steps of a series that has two known pairs of closes or more, else none."""
        at = np.flatnonzero((series.close > 0) & (series.total_return > 0))
        abroad = np.isnan(events.paid)

        def between(amounts: FloatArray) -> FloatArray:
            return np.asarray(np.diff(np.cumsum(amounts)[at]))

        return cls(
            days=series.sessions[at[1:]],
            span=np.diff(at),
            before=series.close[at[:-1]],
            after=series.close[at[1:]],
            step=np.diff(np.log(series.total_return[at] / series.close[at])),
            paid=between(np.where(abroad, 0.0, events.paid)),
            gains=between(events.gains),
            abroad=between(abroad.astype(np.float64)) > 0,
        )


def distribution_doubts(series: Series, events: Events, beside: Collection[date]) -> tuple[Doubt, ...]:
    """Find the sessions on which the adjusted close does not follow from close and distributions.

    beside : sessions on which a unit or a split is in doubt, which prove nothing about distributions

    Returns
    -------
    A doubt for every session that is off by more than 0.1 % of the price, and for every smaller one that is
    off where a year's distributions are by more than that in all.  Both customs pass: reinvested at the
    close, (close + d) / previous, and Yahoo's close / (previous - d); so does an ex-date told a session or
    two away from its step, and an amount told in pence of a price in pounds, or the other way round.  An
    amount told in another currency cannot be checked.
    """
    steps = _PaidSteps.of(series, events)
    if series.symbol in INTEREST_RATES or steps.step.size == 0:
        return ()
    off, due = _steps_off(steps)
    off[_unprovable(steps, beside) | _in_another_unit(steps)] = 0.0
    _pair_up(off, steps.paid)
    unseen = (steps.paid == 0) & (off > 0)  # paid on a missing day, and missing with it
    off[(steps.span > 1) & (unseen | (np.abs(off) < HOLE_TOLERANCE * due))] = 0.0
    wrong = np.flatnonzero((np.abs(off) > LOG_TOLERANCE) | _wrong_over_a_year(off, due, steps.days))
    told = steps.after / steps.before * np.exp(steps.step)
    values = told - told * np.exp(-off)
    return tuple(
        Doubt(DoubtKind.DISTRIBUTION, series.symbol, steps.days[i].astype(date), float(values[i]))
        for i in wrong
    )


def _steps_off(steps: _PaidSteps) -> tuple[FloatArray, FloatArray]:
    """Return how far each step lies from the nearest one that was due, and that one.

    Sources tell capital gains beside the income, or within it: both are tried where both may be.
    """
    income = steps.paid - steps.gains
    within = np.where((steps.gains > 0) & (income >= steps.gains), income, steps.paid)
    with np.errstate(divide="ignore", invalid="ignore"):  # a last distribution may be all there was
        customs = [
            (-np.log1p(-paid / steps.before), np.log1p(paid / steps.after)) for paid in (steps.paid, within)
        ]
    found: FloatArray = np.concatenate(customs)
    gaps = np.where(np.isfinite(found), steps.step - found, np.inf)
    nearest = np.argmin(np.abs(gaps), axis=0), np.arange(steps.step.size)
    return gaps[nearest], found[nearest]


def _unprovable(steps: _PaidSteps, beside: Collection[date]) -> BoolArray:
    """Return (K,) True where nothing can be held against a step: a history ends, level or currency are
    unclear.
    """
    near = np.flatnonzero(steps.abroad)[:, None] + np.arange(-NEAR_RETURNS, NEAR_RETURNS + 1)
    abroad = np.isin(np.arange(steps.step.size), near)
    level = np.isin(steps.days, np.array(sorted(beside), dtype="datetime64[D]"))
    return (steps.span > LONGEST_GAP + 1) | abroad | level


def _in_another_unit(steps: _PaidSteps) -> BoolArray:
    """Return (K,) True where the step contains a hundred times what was told, or a hundredth, and rightly so.

    Which of the two is right shows over the years, by what would be paid out of the price.
    """
    before, paid, held = steps.before, steps.paid, steps.before * -np.expm1(-steps.step)
    years = max((steps.days[-1] - steps.days[0]) / DAYS_365, 1.0)
    ratio = np.full_like(held, np.nan)
    np.divide(held, paid, out=ratio, where=(paid > 0) & (steps.step > ROUNDING))
    much, little = (
        np.abs(ratio / HUNDREDFOLD - 1) < HUNDREDFOLD_TOLERANCE,
        np.abs(ratio * HUNDREDFOLD - 1) < HUNDREDFOLD_TOLERANCE,
    )
    too_much_held = np.sum(held[much] / before[much]) / years > PLAUSIBLE_YIELD
    too_much_told = np.sum(paid[little] / before[little]) / years > PLAUSIBLE_YIELD
    return np.asarray((much & (not too_much_held)) | (little & too_much_told))


def _pair_up(off: FloatArray, paid: FloatArray) -> None:
    """Forgive an event and the step that contains it, a session or two apart."""
    for i in np.flatnonzero(np.abs(off) > LOG_TOLERANCE).tolist():
        for j in range(max(i - NEAR_RETURNS, 0), min(i + NEAR_RETURNS + 1, off.size)):
            apart = (paid[i] > 0) != (paid[j] > 0)
            if apart and off[i] and abs(off[i] + off[j]) < LOG_TOLERANCE + HOLE_TOLERANCE * abs(off[i]):
                off[i] = off[j] = 0.0


def _wrong_over_a_year(off: FloatArray, due: FloatArray, days: DateArray) -> BoolArray:
    """Return (K,) True at every step that is off itself, where the year that ends there is off in all."""
    total = np.concatenate([[0.0], np.cumsum(off)])
    year = total[1:] - total[np.searchsorted(days, days - DAYS_365, side="right")]
    itself = np.abs(off) > np.maximum(ROUNDING, HOLE_TOLERANCE * due)
    return np.asarray((np.abs(year) > LOG_TOLERANCE) & itself)
