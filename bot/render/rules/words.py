"""What rules, quantities, values and states are called in sentences and on charts; not escaped."""

from __future__ import annotations

from datetime import date

from analytics.measures import Unit
from analytics.watch.readings import Reading
from analytics.watch.rules import WATCHABLE, Combine, Condition, Quantity, Rule
from analytics.watch.states import Phase, Policy, State
from bot.render import text
from bot.render.chart_specs import Tick
from bot.render.doubts import MARK
from bot.render.rules.conditions import (
    breach_words,
    condition_words,
    cut_symbol,
    recovery_words,
    short_quantity,
    show_threshold,
    side_words,
    threshold_words,
    value_of,
    value_scale,
    value_words,
)
from bot.render.rules.state import TROUBLES, in_a_row, phase_words, sessions
from bot.render.text import REASON_LENGTH, one_line

MOST = 10
"""Conditions read back one by one."""


def rule_words(rule: Rule, policy: Policy) -> str:
    """Read a rule back: when it fires, when it is over, which fund is shown beside it."""
    only = rule.conditions[0]
    if len(rule.conditions) == 1:
        fires = f"triggers when {condition_words(only)} {_lasting_words(only, policy)}"
        value = "they are" if only.quantity.measure == "assets" else "it is"
        over = f"clears when {value} {recovery_words(only)} {in_a_row(policy.recovery)}"
    else:
        met = f"{_several_conditions(rule)} {in_a_row(policy.confirm)}"
        fires = f"triggers when {met}: {_each_condition(rule.conditions)}"
        over = f"clears when {_recovery_rule(rule)} {in_a_row(policy.recovery)}"
    beside = f" {cut_symbol(rule.then)} is shown beside it." if rule.then else ""
    return f"{fires}; it {over}.{beside}"


def _lasting_words(condition: Condition, policy: Policy) -> str:
    if condition.op.words.lasts and policy.confirm > 1:
        return f"{condition.op.words.lasts} {sessions(policy.confirm)}"
    return in_a_row(policy.confirm)


def _several_conditions(rule: Rule) -> str:
    count = len(rule.conditions)
    if rule.needed == count:
        return "both of these hold" if count == 2 else f"all {count} of these hold"
    if rule.needed == 1:
        return f"{'either of these' if count == 2 else f'any of these {count}'} holds"
    return f"at least {rule.needed} of these {count} hold"


def _recovery_rule(rule: Rule) -> str:
    """Return how many must be back: so many that the rest could not make the rule met."""
    count = len(rule.conditions)
    safe = count - rule.needed + 1
    if safe == count:
        return f"{'both' if count == 2 else f'all {count}'} are at their clearing values or beyond"
    verb = "is at its clearing value" if safe == 1 else "are at their clearing values"
    return f"at least {safe} of the {count} {verb} or beyond"


def _each_condition(conditions: tuple[Condition, ...]) -> str:
    told = [condition_words(condition) for condition in conditions[:MOST]]
    more = [f"and {len(conditions) - MOST} more"] if len(conditions) > MOST else []
    return "; ".join([*told, *more])


UNKNOWN = "n/a"


def tick_unit(quantity: Quantity) -> Tick:
    """Return how the axis of a quantity is written."""
    unit = WATCHABLE[quantity.measure].unit
    if unit is None:
        return "money"
    if unit is not Unit.FRACTION or (quantity.other and quantity.combine is Combine.RATIO):
        return "ratio"
    return "points" if quantity.other else "percent"


def fund_names(quantity: Quantity) -> str:
    """Name the fund, or the two of a pair: "ISCB - SPSM"."""
    first = cut_symbol(quantity.symbol)
    return f"{first} {quantity.combine.value} {cut_symbol(quantity.other)}" if quantity.other else first


def end_label(condition: Condition, quantity: Quantity, value: float | None) -> str:
    """Return what a line ends with: "ISCB 0.93"; a pair's is the only line and goes without their names."""
    told = UNKNOWN if value is None else value_of(condition, value)
    return told if quantity.other else f"{cut_symbol(quantity.symbol)}{text.NBSP}{told}"


def breach_label(rule: Rule) -> str:
    """Return the threshold: "below 1.00", "2 needed"."""
    return f"{rule.needed} needed" if len(rule.conditions) > 1 else breach_words(rule.conditions[0])


def recovery_label(condition: Condition) -> tuple[float | None, str]:
    """Return the recovery value and its label; none where it is the threshold itself."""
    if condition.recovery == condition.threshold:
        return None, ""
    return condition.recovery, f"clears at {show_threshold(condition.quantity, condition.recovery)}"


def status_label(rule: Rule, policy: Policy, state: State, reading: Reading, over: date | None) -> str:
    """Say where a rule stands and on what values.  over: the session, where it recovered on it."""
    words = f"cleared {text.day(over)}" if over else _phase_label(state, policy)
    if state.trouble:
        words = f"{TROUBLES[state.trouble]}, kept as {words}"
    told = over is not None or state.open
    return " · ".join([words[:1].upper() + words[1:], *_facts(rule, reading, incident=told)])


def value_label(rule: Rule, reading: Reading | None) -> str:
    """Return the value of a session: "0.93", "2 of 3"; marked where a price that looks wrong is in its
    window.
    """
    if reading is None or reading.value is None:
        return UNKNOWN
    mark_of = MARK if reading.doubts else ""
    if len(rule.conditions) > 1:
        return f"{reading.value:.0f}{mark_of} of {len(rule.conditions)}"
    return f"{value_of(rule.conditions[0], reading.value)}{mark_of}"


def threshold_labels(rule: Rule, reading: Reading) -> str:
    """Return the threshold; of several conditions each value with its own."""
    if not reading.parts:
        return f"Threshold: {breach_words(rule.conditions[0])}"
    pairs = zip(rule.conditions, reading.parts, strict=True)
    told = [f"{short_quantity(c.quantity)} {_known_value(c, part)} ({breach_words(c)})" for c, part in pairs]
    return "; ".join(told)


def _known_value(condition: Condition, reading: Reading) -> str:
    return UNKNOWN if reading.value is None else value_of(condition, reading.value)


def _phase_label(state: State, policy: Policy) -> str:
    """Word the state, without for how long all was quiet: a replay does not know what was before it."""
    return "quiet" if state.kept is Phase.OK else phase_words(state, policy)


def _facts(rule: Rule, reading: Reading, *, incident: bool) -> list[str]:
    if reading.value is None:
        return [one_line(reading.reason, REASON_LENGTH)] if reading.reason else []
    if len(rule.conditions) > 1:
        return [f"{value_label(rule, reading)} met, {breach_label(rule)}"]
    condition = rule.conditions[0]
    side = _side_words(condition, reading, reading.value, incident=incident)
    facts = [f"{fund_names(condition.quantity)}{text.NBSP}{value_label(rule, reading)}, {side}"]
    if rule.then and reading.then is not None:
        facts.append(_target_value(condition, rule.then, reading.then))
    return facts


def _side_words(condition: Condition, reading: Reading, value: float, *, incident: bool) -> str:
    """Say where the value lies: within an incident, on the way to the recovery value."""
    words = condition.op.words
    if words.idle:
        return f"{words.undone} {threshold_words(condition)}" if reading.met else words.idle
    if not incident or reading.met or condition.recovery == condition.threshold:
        return side_words(condition, value)
    return recovery_words(condition) if reading.safe else f"not yet {recovery_words(condition)}"


def _target_value(condition: Condition, fund: str, number: float) -> str:
    """Return the other fund's value; beside a pair with its measure, as it is not the pair's."""
    if not condition.quantity.other:
        return end_label(condition, condition.quantity.of(fund), number)
    single = condition.quantity.of(fund)
    return f"{short_quantity(single)} {value_words(single, number)}"


def threshold_hint(
    condition: Condition, far: float, near: float, now: float, *, falling: bool
) -> tuple[str, str]:
    """Say where a value has lain, and give the farther value as it is typed as a threshold.

    far, near: values beyond which it was in a tenth and in a quarter of the sessions.
    falling: beyond is below.
    """
    quantity = condition.quantity
    how = value_scale(quantity)
    side = "below" if falling else "above"
    said = (
        f"In 5 years {short_quantity(quantity)} was {side} {value_words(quantity, far)} in a tenth of the "
        f"sessions, {side} {value_words(quantity, near)} in a quarter; now {value_words(quantity, now)}."
    )
    unit = "" if how.factor == 1 else "%"
    return said, f"{round(far * how.factor, how.digits) + 0.0:g}{unit}"
