"""Whether the adjusted close contains what was paid: event by event, and over a year.

Adjusted close over close moves on ex-dates alone, whatever the price does, so that its steps show to a
millionth what was reinvested.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.notes import INTEREST_RATES
from analytics.panel import LONGEST_GAP, BoolArray, DateArray, Doubt, DoubtKind, FloatArray
from bot.market.events import Events, IntArray
from bot.market.levels import NEAR
from bot.market.series import Series

WITHIN = 1e-3
"""How far total return may lie from price and distributions on a day, and in all over a year (log)."""

ACROSS = 0.1
"""The part of a distribution that may be off across a hole: the close before its ex-date is not known."""

EXACT = 1e-5
"""Below this a step is the rounding of prices (log)."""

YEAR = np.timedelta64(365, "D")

HUNDRED = 100.0
ABOUT = 0.2
"""How far from a hundredfold an amount told in the minor unit may lie (fraction)."""

PLAUSIBLE = 0.1
"""Of two amounts a hundredfold apart the one that makes more than this of the price a year is wrong."""


@dataclass(frozen=True, eq=False)
class _Steps:
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
    def of(cls, series: Series, events: Events) -> _Steps:
        """The steps of a series that has two known pairs of closes or more, else none."""
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
    steps = _Steps.of(series, events)
    if series.symbol in INTEREST_RATES or steps.step.size == 0:
        return ()
    off, due = _off(steps)
    off[_unproven(steps, beside) | _in_another_unit(steps)] = 0.0
    _pair_up(off, steps.paid)
    unseen = (steps.paid == 0) & (off > 0)  # paid on a missing day, and missing with it
    off[(steps.span > 1) & (unseen | (np.abs(off) < ACROSS * due))] = 0.0
    wrong = np.flatnonzero((np.abs(off) > WITHIN) | _wrong_over_a_year(off, due, steps.days))
    told = steps.after / steps.before * np.exp(steps.step)
    values = told - told * np.exp(-off)
    return tuple(
        Doubt(DoubtKind.DISTRIBUTION, series.symbol, steps.days[i].astype(date), float(values[i]))
        for i in wrong
    )


def _off(steps: _Steps) -> tuple[FloatArray, FloatArray]:
    """How far each step lies from the nearest one that was due, and that one.

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


def _unproven(steps: _Steps, beside: Collection[date]) -> BoolArray:
    """(K,) True where nothing can be held against a step: a history ends, level or currency are unclear."""
    near = np.flatnonzero(steps.abroad)[:, None] + np.arange(-NEAR, NEAR + 1)
    abroad = np.isin(np.arange(steps.step.size), near)
    level = np.isin(steps.days, np.array(sorted(beside), dtype="datetime64[D]"))
    return (steps.span > LONGEST_GAP + 1) | abroad | level


def _in_another_unit(steps: _Steps) -> BoolArray:
    """(K,) True where the step contains a hundred times what was told, or a hundredth, and rightly so.

    Which of the two is right shows over the years, by what would be paid out of the price.
    """
    before, paid, held = steps.before, steps.paid, steps.before * -np.expm1(-steps.step)
    years = max((steps.days[-1] - steps.days[0]) / YEAR, 1.0)
    ratio = np.full_like(held, np.nan)
    np.divide(held, paid, out=ratio, where=(paid > 0) & (steps.step > EXACT))
    much, little = np.abs(ratio / HUNDRED - 1) < ABOUT, np.abs(ratio * HUNDRED - 1) < ABOUT
    too_much_held = np.sum(held[much] / before[much]) / years > PLAUSIBLE
    too_much_told = np.sum(paid[little] / before[little]) / years > PLAUSIBLE
    return np.asarray((much & (not too_much_held)) | (little & too_much_told))


def _pair_up(off: FloatArray, paid: FloatArray) -> None:
    """Forgive an event and the step that contains it, a session or two apart."""
    for i in np.flatnonzero(np.abs(off) > WITHIN).tolist():
        for j in range(max(i - NEAR, 0), min(i + NEAR + 1, off.size)):
            apart = (paid[i] > 0) != (paid[j] > 0)
            if apart and off[i] and abs(off[i] + off[j]) < WITHIN + ACROSS * abs(off[i]):
                off[i] = off[j] = 0.0


def _wrong_over_a_year(off: FloatArray, due: FloatArray, days: DateArray) -> BoolArray:
    """(K,) True at every step that is off itself, where the year that ends there is off in all."""
    total = np.concatenate([[0.0], np.cumsum(off)])
    year = total[1:] - total[np.searchsorted(days, days - YEAR, side="right")]
    itself = np.abs(off) > np.maximum(EXACT, ACROSS * due)
    return np.asarray((np.abs(year) > WITHIN) & itself)
