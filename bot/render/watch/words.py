"""What rules, quantities, values and states are called; plain text, not escaped."""

from __future__ import annotations

from analytics.watch.rules import Condition, Op, Rule
from analytics.watch.states import Policy
from bot.render.watch.parts.conditions import (
    breach_words,
    condition_words,
    quantity_words,
    recovery_words,
    short_quantity,
    symbol,
    threshold_words,
)
from bot.render.watch.parts.state import in_a_row, sessions, short_state, state_words
from bot.render.watch.parts.values import shown as value_words

MOST = 10
"""Conditions read back one by one."""

__all__ = [
    "breach_words",
    "quantity_words",
    "recovery_words",
    "rule_words",
    "short_quantity",
    "short_rule",
    "short_state",
    "state_words",
    "threshold_words",
    "value_words",
]


def rule_words(rule: Rule, policy: Policy) -> str:
    """A rule read back: when it fires, when it is over, which fund is shown beside it."""
    only = rule.conditions[0]
    if len(rule.conditions) == 1:
        fires = f"fires when {condition_words(only)} {_lasting(only, policy)}"
        value = "they are" if only.quantity.measure == "assets" else "it is"
        over = f"recovers when {value} {recovery_words(only)} {in_a_row(policy.recovery)}"
    else:
        fires = f"fires when {_several(rule)} {in_a_row(policy.confirm)}: {_each(rule.conditions)}"
        over = f"recovers when {_recovered(rule)} {in_a_row(policy.recovery)}"
    beside = f" {symbol(rule.then)} is shown beside it." if rule.then else ""
    return f"{fires}; it {over}.{beside}"


def short_rule(rule: Rule) -> str:
    """For a table: "ISCB Sortino 1y", "2 of 3: ISCB Sortino 1y, …"."""
    first = short_quantity(rule.conditions[0].quantity)
    if len(rule.conditions) == 1:
        return first
    return f"{rule.needed} of {len(rule.conditions)}: {first} …"


def _lasting(condition: Condition, policy: Policy) -> str:
    if condition.op.crossing and policy.confirm > 1:
        return f"and stays there for {sessions(policy.confirm)}"
    if condition.op is Op.CHANGES and policy.confirm > 1:
        return f"and stays changed for {sessions(policy.confirm)}"
    return in_a_row(policy.confirm)


def _several(rule: Rule) -> str:
    count = len(rule.conditions)
    if rule.needed == count:
        return f"all {count} of these hold"
    return f"at least {rule.needed} of these {count} {'holds' if rule.needed == 1 else 'hold'}"


def _recovered(rule: Rule) -> str:
    """How many must be back: so many that the rest could not make the rule met."""
    count = len(rule.conditions)
    safe = count - rule.needed + 1
    if safe == count:
        return f"all {count} are at their recovery values or beyond"
    verb = "is at its recovery value" if safe == 1 else "are at their recovery values"
    return f"at least {safe} of the {count} {verb} or beyond"


def _each(conditions: tuple[Condition, ...]) -> str:
    told = [condition_words(condition) for condition in conditions[:MOST]]
    more = [f"and {len(conditions) - MOST} more"] if len(conditions) > MOST else []
    return "; ".join([*told, *more])
