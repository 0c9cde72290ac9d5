"""Rules within the budget that watch for the same as one that was asked for, the one that sees most first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.measures import MEASURES
from analytics.measures.number import Unit
from analytics.panel import FloatArray
from analytics.watch.followed import pair_of
from analytics.watch.many_paths import Breaches, Course, breaches, run
from analytics.watch.operators import Op
from analytics.watch.preflight import (
    MOST_ALARMS,
    MOST_OPEN,
    Seen,
    Unchanged,
    see_loss,
    unchanged,
    waits_for_better,
)
from analytics.watch.rules import WATCHABLE, YEAR, Combine, Condition, Quantity, Rule, derive_recovery, reach
from analytics.watch.states import Policy
from analytics.watch.worlds import Worlds

CONFIRMATIONS = (5, 10, 20)
STEPS = {Unit.RATIO: 0.05, Unit.FRACTION: 0.005}
"""Thresholds are offered in steps of these: nobody sets one at -0.8437."""
TIGHTEST, LOOSEST = 0.001, 0.60
"""Between these shares of all values, from the far end of them, a threshold is looked for."""


@dataclass(frozen=True)
class Offer:
    """A rule within the budget."""

    rule: Rule
    policy: Policy
    unchanged: Unchanged
    seen: Seen


def offers(rule: Rule, worlds: Worlds, loss: float) -> tuple[Offer, ...]:
    """Find the rules within the budget, of each form the confirmation that sees most beyond chance.

    Forms are the condition as asked, the same figure as a difference to the fund to look at, and the
    difference of the two one-year returns, on the side that was asked about; without those that watch for no
    fund's loss.  Of each and of every confirmation the threshold that is beyond it
    soonest, yet within the budget, is found by bisection on the worlds where nothing changes.

    Parameters
    ----------
    worlds : of the rule's funds; a form that needs others is read in so many at most
    loss : a year, fraction, that is to be seen

    Returns
    -------
    One of each form at most, the one that sees most first; none where none is within the budget.
    """
    found = [best for each in _forms(rule) if (best := _best(each, worlds, loss))]
    return tuple(sorted(found, key=lambda each: -each.seen.more_than_chance))


def _forms(rule: Rule) -> Sequence[Rule]:
    """Return a rule's condition as asked, and the differences to the other fund; one of each."""
    first, pair = rule.conditions[0], pair_of(rule)
    found = [Rule((_plain(first, first.quantity),), then=rule.then)] if len(rule.conditions) == 1 else []
    if pair is not None:
        quantity = first.quantity
        measure = MEASURES.get(quantity.measure)
        if measure and measure.better and quantity.other is None and quantity.against != pair[1]:
            gap = replace(quantity, other=pair[1], combine=Combine.DIFFERENCE)
            found.append(Rule((_plain(first, gap),), then=None))
        returned = Quantity("total_return", pair[0], other=pair[1], window=YEAR)
        found.append(Rule((Condition(returned, Op.ABOVE if waits_for_better(first) else Op.BELOW, 0.0),)))
    return list({each.conditions[0].quantity: each for each in found}.values())


def _plain(condition: Condition, quantity: Quantity) -> Condition:
    """Return a condition without a recovery value of its own, which belongs to its own threshold."""
    return Condition(quantity, condition.op, 0.0)


def _best(form: Rule, drawn: Worlds, loss: float) -> Offer | None:
    worlds = drawn.for_(form.quantities)
    condition = form.conditions[0]
    values = worlds.values(condition.quantity)
    thresholds = _within_budget(condition, values, worlds.years)
    made = []
    for confirm, threshold in zip(CONFIRMATIONS, thresholds, strict=True):
        if threshold is not None:
            rule = replace(form, conditions=(replace(condition, threshold=threshold),))
            policy = Policy(confirm)
            figures, course = unchanged(rule, policy, worlds)
            if sees := see_loss(rule, policy, worlds, course, loss):
                made.append(Offer(rule, policy, figures, sees))
    return max(made, key=lambda each: each.seen.more_than_chance, default=None)


def _within_budget(condition: Condition, values: FloatArray, years: float) -> list[float | None]:
    """Return for each confirmation the threshold that is met soonest within the budget; None without one.

    All confirmations are tried together, one under another as paths.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return [None] * len(CONFIRMATIONS)
    sign = 1.0 if condition.op.falling else -1.0
    step = _step(condition.quantity)
    tight, loose = (math.floor(sign * _quantile(known, sign, each) / step) for each in (TIGHTEST, LOOSEST))
    low, high = [tight - 1] * len(CONFIRMATIONS), [max(loose, tight)] * len(CONFIRMATIONS)
    best: list[int | None] = [None] * len(CONFIRMATIONS)
    while any(one < other for one, other in zip(low, high, strict=True)):
        middle = [(one + other + 1) // 2 for one, other in zip(low, high, strict=True)]
        fits = _fits(condition, values, [sign * step * each for each in middle], years)
        for at, (tried, fit) in enumerate(zip(middle, fits, strict=True)):
            if low[at] < high[at]:
                best[at] = tried if fit else best[at]
                low[at], high[at] = (tried, high[at]) if fit else (low[at], tried - 1)
    return [None if each is None else round(sign * step * each, 10) + 0.0 for each in best]


def _quantile(known: FloatArray, sign: float, share: float) -> float:
    return float(np.quantile(known, share if sign > 0 else 1.0 - share))


def _step(quantity: Quantity) -> float:
    unit = WATCHABLE[quantity.measure].unit
    return STEPS[unit or Unit.RATIO]


def _fits(condition: Condition, values: FloatArray, thresholds: Sequence[float], years: float) -> list[bool]:
    """Tell of each confirmation whether it stays within the budget at its threshold."""
    quantity, paths = condition.quantity, values.shape[0]
    possible = [reach(quantity.measure, pair=quantity.pair).holds(each) for each in thresholds]
    recoveries = [
        derive_recovery(condition.op, each, quantity.measure, pair=quantity.pair) for each in thresholds
    ]
    parts = [
        breaches(condition, values, threshold, recovery)
        for threshold, recovery in zip(thresholds, recoveries, strict=True)
    ]
    said = Breaches.stack(parts)
    confirm = np.repeat(np.array(CONFIRMATIONS, dtype=np.int16), paths)
    course = run(said, (confirm, confirm), crossing=condition.op.crossing)
    return [
        fit and _is_within(course.part(at * paths, (at + 1) * paths), years)
        for at, fit in enumerate(possible)
    ]


def _is_within(course: Course, years: float) -> bool:
    alarms = course.first.size / (course.shape[0] * years)
    return alarms <= MOST_ALARMS and float(course.share.mean()) <= MOST_OPEN
