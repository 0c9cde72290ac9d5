"""Whether two rules say the same, and in what they differ where they nearly do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from analytics.returns import ZERO
from analytics.watch.operators import Op
from analytics.watch.rules import YEAR, Combine, Condition, Quantity, Rule
from analytics.watch.states import Policy

DIGITS = 12
"""Significant ones in which two recovery values are held together: one may be typed, the other derived."""


class Aspect(StrEnum):
    """In what two rules that watch the same may differ."""

    CONFIRMATION = "confirmation"  # the sessions of a breach
    RECOVERY_VALUE = "recovery value"
    RECOVERY = "recovery"  # the sessions on the safe side
    TARGET = "target"  # the fund to look at


def differences(rule: Rule, policy: Policy, other: Rule, others: Policy) -> tuple[Aspect, ...] | None:
    """Compare two rules with how patient they are.

    Returns
    -------
    None where they watch for something else; else in what they differ, nothing where they say the same.  The
    order of several conditions, defaults that are spelled out and what a measure does not use make no
    difference, nor does the value that a change is waited for from.

    Examples
    --------
    >>> weak = Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0)
    >>> differences(Rule((weak,)), Policy(), Rule((replace(weak, recover=1.1),)), Policy(recover=5))
    ()
    >>> differences(Rule((weak,)), Policy(), Rule((weak,), then="SPSM"), Policy(confirm=3))
    (<Aspect.CONFIRMATION: 'confirmation'>, <Aspect.TARGET: 'target'>)
    """
    if (rule.needed, _essences(rule)) != (other.needed, _essences(other)):
        return None
    return tuple(_aspects(rule, policy, other, others))


def _aspects(rule: Rule, policy: Policy, other: Rule, others: Policy) -> Iterator[Aspect]:
    if policy.confirm != others.confirm:
        yield Aspect.CONFIRMATION
    if _recoveries(rule) != _recoveries(other):
        yield Aspect.RECOVERY_VALUE
    derived = policy.recover is None and others.recover is None
    if policy.recovery != others.recovery and not derived:
        yield Aspect.RECOVERY
    if rule.then != other.then:
        yield Aspect.TARGET


def _essences(rule: Rule) -> Counter[tuple[Quantity, Op, float | None]]:
    return Counter(map(_essence, rule.conditions))


def _recoveries(rule: Rule) -> Counter[tuple[object, str]]:
    return Counter((_essence(each), _recovery(each)) for each in rule.conditions)


def _essence(condition: Condition) -> tuple[Quantity, Op, float | None]:
    """Return what a condition waits for."""
    quantity = replace(condition.quantity, benchmark=condition.quantity.against)
    if quantity.windowless:
        quantity = replace(quantity, window=YEAR, rate=ZERO)
    if quantity.other is None:
        quantity = replace(quantity, combine=Combine.DIFFERENCE)
    return quantity, condition.op, condition.threshold if condition.op.has_threshold else None


def _recovery(condition: Condition) -> str:
    return f"{condition.recovery:.{DIGITS}g}" if condition.op.has_threshold else ""
