"""A comparison with its threshold, checked against what the measure can be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.measures import Bounds
from analytics.watch.rules import WATCHABLE, Combine, Op, can_meet, can_miss, derive_recovery, reach
from bot.language.rule.amounts import (
    Amount,
    Misread,
    UnitScale,
    amount_text,
    nearest_text,
    scale_of,
    value_of,
)
from bot.language.rule.pieces import Bound
from bot.language.rule.vocabulary import Mark, named
from bot.language.words import quoted

_VAGUE = frozenset({"exceeds", "exceed", "more than", "greater than", "higher than", "larger than", "over"})
"""Of a fall of -15 % these may mean a deeper or a milder one."""


@dataclass(frozen=True)
class Subject:
    """What is held against a threshold.  other: the second fund."""

    measure: str
    other: str | None = None
    combine: Combine = Combine.DIFFERENCE

    @property
    def scale(self) -> UnitScale:
        """What its thresholds are counted in."""
        return scale_of(self.measure, self.other, self.combine)

    @property
    def pair(self) -> Combine | None:
        """How the values of two funds make one, None for one fund."""
        return self.combine if self.other else None

    @property
    def bounds(self) -> Bounds:
        """What its values lie between."""
        return reach(self.measure, pair=self.pair)

    @property
    def values(self) -> str:
        """What they are called: "values of drawdown", "differences in drawdown"."""
        words = {None: "values of", Combine.DIFFERENCE: "differences in", Combine.RATIO: "ratios of"}
        return f"{words[self.pair]} {named(self.measure)}"

    @property
    def falls(self) -> bool:
        """True where it is a fall, so that a positive number can only mean its depth."""
        return WATCHABLE[self.measure].fall and self.other is None


def level(bound: Bound, subject: Subject) -> tuple[Op, float]:
    """The comparison and its threshold; raises Misread with what is wrong and a way out."""
    op, amount = bound.op, bound.amount
    if amount is None:
        return Op.CHANGES, 0.0
    value = value_of(amount, subject.measure, subject.scale)
    if subject.falls:
        op, value = _fall(bound, value, subject)
    if op is Mark.DEEPER:
        raise Misread(f"`{bound.words}` is said of falls; write `<` or `>`.")
    assert isinstance(op, Op), "the only mark is DEEPER"
    _require_possible(op, value, bound, subject)
    return op, value


def recovery(amount: Amount, op: Op, threshold: float, subject: Subject) -> float:
    """The value that ends a breach; raises Misread where it lies inside the breach or is never reached."""
    value = value_of(amount, subject.measure, subject.scale)
    value = 0.0 - abs(value) if subject.falls else value
    if op is Op.CHANGES:
        raise Misread("A change has no `recover` value; leave it out.")
    if value < threshold if op.falling else value > threshold:
        side = "above" if op.falling else "below"
        shown = amount_text(threshold, subject.scale)
        raise Misread(
            f"`recover {quoted(amount.text)}` lies inside the breach; what ends it is {shown} or {side}."
        )
    if not subject.bounds.holds(value):
        raise Misread(_unreachable(amount, op, threshold, subject))
    return value


def _unreachable(amount: Amount, op: Op, threshold: float, subject: Subject) -> str:
    derived = derive_recovery(op, threshold, subject.measure, pair=subject.pair)
    near = nearest_text(derived, subject.scale)
    return (
        f"`recover {quoted(amount.text)}` is out of reach: {subject.values} are {_range(subject)}; "
        f"write `recover {near}`, or leave it out."
    )


def _fall(bound: Bound, value: float, subject: Subject) -> tuple[Op | Mark, float]:
    """People say "drawdown over 15 %" of what is -15 %, and "over -15 %" of either side."""
    deeper = {Op.ABOVE: Op.BELOW, Op.AT_LEAST: Op.AT_MOST, Op.CROSSES_ABOVE: Op.CROSSES_BELOW}
    if bound.op is Mark.DEEPER:
        return Op.BELOW, -abs(value)
    if value > 0 and bound.op in deeper:
        return deeper[bound.op], -value
    if value > 0 or (bound.words in _VAGUE and value < 0):
        raise Misread(_both_ways(bound, abs(value), subject))
    return bound.op, value


def _both_ways(bound: Bound, depth: float, subject: Subject) -> str:
    name, size = named(subject.measure), amount_text(depth, subject.scale)
    given = quoted(bound.amount.text) if bound.amount else ""
    return (
        f"`{name} {bound.words} {given}` can be read two ways: a fall is negative, so a deeper one is "
        f"`{name} < -{size}` and a milder one `{name} > -{size}`."
    )


def _require_possible(op: Op, value: float, bound: Bound, subject: Subject) -> None:
    """A rule that can neither fire nor end is none."""
    if not can_meet(op, value, subject.bounds):
        raise Misread(_impossible(bound, subject, "never"))
    if not can_miss(op, value, subject.bounds):
        raise Misread(_impossible(bound, subject, "always"))


def _impossible(bound: Bound, subject: Subject, how: str) -> str:
    name = named(subject.measure)
    given = quoted(bound.amount.text) if bound.amount else ""
    values = subject.values if subject.other else "its values"
    return f"`{name} {bound.words} {given}` is {how} met: {values} are {_range(subject)}."


def _range(subject: Subject) -> str:
    """What values can be: "between 0% and 100%", "above -1 and below 1", "above 0", "0% or more"."""
    bounds = subject.bounds
    low = amount_text(bounds.low, subject.scale)
    if math.isfinite(bounds.high):
        high = amount_text(bounds.high, subject.scale)
        ends = bounds.low_taken or bounds.high_taken
        return f"between {low} and {high}" if ends else f"above {low} and below {high}"
    return f"{low} or more" if bounds.low_taken else f"above {low}"
