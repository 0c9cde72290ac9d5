"""Short words for charts: what is drawn, where it ends, where a rule stands."""

from __future__ import annotations

from datetime import date

from analytics.measures import Unit
from analytics.watch.readings import Reading
from analytics.watch.rules import WATCHABLE, Combine, Condition, Op, Quantity, Rule
from analytics.watch.states import Phase, Policy, State
from bot.render import text
from bot.render.chart_specs import Tick
from bot.render.doubts import MARK
from bot.render.watch.parts.conditions import (
    against,
    breach_words,
    recovery_words,
    short_quantity,
    symbol,
    threshold_words,
    value_of,
)
from bot.render.watch.parts.state import TROUBLES, kept_words
from bot.render.watch.parts.typed import REASON, plain
from bot.render.watch.parts.values import mark, shown

UNKNOWN = "n/a"


def tick(quantity: Quantity) -> Tick:
    """How the axis of a quantity is written."""
    unit = WATCHABLE[quantity.measure].unit
    if unit is None:
        return "money"
    if unit is Unit.RATIO or (quantity.other and quantity.combine is Combine.RATIO):
        return "ratio"
    return "points" if quantity.other else "percent"


def title(rule: Rule) -> str:
    """What is watched: "ISCB Sortino 1y", "2 of 3 conditions"."""
    if len(rule.conditions) > 1:
        return f"{rule.needed} of {len(rule.conditions)} conditions"
    return short_quantity(rule.conditions[0].quantity)


def funds(quantity: Quantity) -> str:
    """ISCB, or the two of a pair: "ISCB - SPSM"."""
    first = symbol(quantity.symbol)
    return f"{first} {quantity.combine.value} {symbol(quantity.other)}" if quantity.other else first


def end(condition: Condition, quantity: Quantity, value: float | None) -> str:
    """What a line ends with: "ISCB 0.93"; a pair's is the only line and goes without their names."""
    told = UNKNOWN if value is None else value_of(condition, value)
    return told if quantity.other else f"{symbol(quantity.symbol)}{text.NBSP}{told}"


def breach(rule: Rule) -> str:
    """The threshold: "below 1.00", "2 needed"."""
    return f"{rule.needed} needed" if len(rule.conditions) > 1 else breach_words(rule.conditions[0])


def recovery(condition: Condition) -> tuple[float | None, str]:
    """The recovery value and its label; none where it is the threshold itself."""
    if condition.recovery == condition.threshold:
        return None, ""
    return condition.recovery, f"recovery {mark(condition.quantity, condition.recovery)}"


def status(rule: Rule, policy: Policy, state: State, reading: Reading, over: date | None) -> str:
    """Where a rule stands and on what values.  over: the session, where it recovered on it."""
    words = f"recovered {text.day(over)}" if over else _kept(state, policy)
    if state.trouble:
        words = f"{TROUBLES[state.trouble]}, kept as {words}"
    told = over is not None or state.open
    return " · ".join([words[:1].upper() + words[1:], *_facts(rule, reading, incident=told)])


def value(rule: Rule, reading: Reading | None) -> str:
    """The value of a session: "0.93", "2 of 3"; marked where a price that looks wrong is in its window."""
    if reading is None or reading.value is None:
        return UNKNOWN
    mark_of = MARK if reading.doubts else ""
    if len(rule.conditions) > 1:
        return f"{reading.value:.0f}{mark_of} of {len(rule.conditions)}"
    return f"{value_of(rule.conditions[0], reading.value)}{mark_of}"


def thresholds(rule: Rule, reading: Reading) -> str:
    """The threshold; of several conditions each value with its own."""
    if not reading.parts:
        return f"Threshold: {breach_words(rule.conditions[0])}"
    pairs = zip(rule.conditions, reading.parts, strict=True)
    told = [f"{short_quantity(c.quantity)} {_known(c, part)} ({breach_words(c)})" for c, part in pairs]
    return "; ".join(told)


def _known(condition: Condition, reading: Reading) -> str:
    return UNKNOWN if reading.value is None else value_of(condition, reading.value)


def _kept(state: State, policy: Policy) -> str:
    """For how long all has been quiet is not said: a replay does not know what was before it."""
    return "quiet" if state.kept is Phase.OK else kept_words(state, policy)


def _facts(rule: Rule, reading: Reading, *, incident: bool) -> list[str]:
    if reading.value is None:
        return [plain(reading.reason, REASON)] if reading.reason else []
    if len(rule.conditions) > 1:
        return [f"{value(rule, reading)} met, {breach(rule)}"]
    condition = rule.conditions[0]
    side = _side(condition, reading, reading.value, incident=incident)
    facts = [f"{funds(condition.quantity)}{text.NBSP}{value(rule, reading)}, {side}"]
    if rule.then and reading.then is not None:
        facts.append(_then(condition, rule.then, reading.then))
    return facts


def _side(condition: Condition, reading: Reading, value: float, *, incident: bool) -> str:
    """Where the value lies: within an incident, on the way to the recovery value."""
    if condition.op is Op.CHANGES:
        return f"was {threshold_words(condition)}" if reading.met else "unchanged"
    if not incident or reading.met or condition.recovery == condition.threshold:
        return against(condition, value)
    return recovery_words(condition) if reading.safe else f"not yet {recovery_words(condition)}"


def _then(condition: Condition, fund: str, number: float) -> str:
    """The other fund's value; beside a pair with its measure, as it is not the pair's."""
    if not condition.quantity.other:
        return end(condition, condition.quantity.of(fund), number)
    single = condition.quantity.of(fund)
    return f"{short_quantity(single)} {shown(single, number)}"
