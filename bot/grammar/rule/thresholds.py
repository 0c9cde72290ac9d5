"""A comparison with its threshold, checked against what the measure can be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.watch.rules import Combine, Op
from bot.grammar.rule.amounts import Amount, Misread, Scale, amount_text, scale_of, value_of
from bot.grammar.rule.pieces import Bound
from bot.grammar.rule.vocabulary import Mark, named
from bot.grammar.words import quoted

_FALLS = frozenset({"drawdown", "max_drawdown", "cvar_95", "var_95"})
"""Negative, and worse the lower they are: -0.15 is a fall of 15 %."""
_VAGUE = frozenset({"exceeds", "exceed", "more than", "greater than", "higher than", "larger than", "over"})
"""Of a fall of -15 % these may mean a deeper or a milder one."""
_NEVER_NEGATIVE = (0.0, math.inf)
RANGES: Mapping[str, tuple[float, float]] = {
    "drawdown": (-1.0, 0.0),
    "max_drawdown": (-1.0, 0.0),
    "cvar_95": (-1.0, 0.0),
    "var_95": (-1.0, 0.0),
    "correlation": (-1.0, 1.0),
    "correlation_weekly": (-1.0, 1.0),
    **dict.fromkeys(("sector_weight", "positive_months", "time_under_water", "r_squared"), (0.0, 1.0)),
    **dict.fromkeys(
        (
            *("total_return", "cagr", "price_change", "best_day", "worst_day"),
            *("best_month", "worst_month", "best_year", "worst_year"),
        ),
        (-1.0, math.inf),
    ),
    **dict.fromkeys(
        (
            *("volatility", "volatility_monthly", "downside_deviation", "ulcer", "omega"),
            *("tracking_error", "tracking_error_weekly", "expense_ratio", "assets"),
        ),
        _NEVER_NEGATIVE,
    ),
}
"""What a measure can be, in its unit."""


@dataclass(frozen=True)
class Subject:
    """What is held against a threshold.  other: the second fund."""

    measure: str
    other: str | None = None
    combine: Combine = Combine.DIFFERENCE

    @property
    def scale(self) -> Scale:
        """What its thresholds are counted in."""
        return scale_of(self.measure, self.other, self.combine)

    @property
    def falls(self) -> bool:
        """True where it is a fall, so that a positive number can only mean its depth."""
        return self.measure in _FALLS and self.other is None


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
    """The value that ends a breach; raises Misread where it lies inside the breach."""
    value = value_of(amount, subject.measure, subject.scale)
    value = -abs(value) if subject.falls else value
    if op is Op.CHANGES:
        raise Misread("A change has no `recover` value; leave it out.")
    if value < threshold if op.falling else value > threshold:
        side = "above" if op.falling else "below"
        shown = amount_text(threshold, subject.scale)
        raise Misread(
            f"`recover {quoted(amount.text)}` lies inside the breach; what ends it is {shown} or {side}."
        )
    return value


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
    if subject.other or subject.measure not in RANGES:
        return
    low, high = RANGES[subject.measure]
    edge = op.strict
    never = (
        (value <= low if edge else value < low) if op.falling else (value >= high if edge else value > high)
    )
    always = (
        (value > high if edge else value >= high) if op.falling else (value < low if edge else value <= low)
    )
    if never or always:
        raise Misread(_impossible(bound, subject, "never" if never else "always"))


def _impossible(bound: Bound, subject: Subject, how: str) -> str:
    low, high = (_limit(limit, subject) for limit in RANGES[subject.measure])
    name = named(subject.measure)
    given = quoted(bound.amount.text) if bound.amount else ""
    between = f"between {low} and {high}" if high else f"{low} or more"
    return f"`{name} {bound.words} {given}` is {how} met: its values are {between}."


def _limit(limit: float, subject: Subject) -> str:
    return amount_text(limit, subject.scale) if math.isfinite(limit) else ""
