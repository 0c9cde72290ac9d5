"""The fund to look at beside a rule's own: its value, and on which side of the threshold; not escaped."""

from __future__ import annotations

from analytics.watch.readings import Reading, is_met
from analytics.watch.rules import Condition, Op
from bot.model import RuleReport
from bot.render import text
from bot.render.watch.parts.conditions import against, breach_words, quantity_words, symbol, value_of
from bot.render.watch.parts.values import shown


def target_words(story: RuleReport) -> str | None:
    """ "SPSM: 0.87, below 1.00 too"; None for a rule without such a fund."""
    rule, reading = story.watched.rule, story.reading
    if rule.then is None:
        return None
    name = symbol(rule.then)
    if len(rule.conditions) == 1:
        words = _single(rule.conditions[0], rule.then, reading)
    else:
        words = _several(rule.conditions, reading)
    return f"{name}: {words}"


def condition_target(condition: Condition, then: str, reading: Reading | None) -> str:
    """The fund's value for one condition of several: "SPSM 0.87"."""
    value = reading.then if reading else None
    return f"{symbol(then)} {_value(condition, then, value)}"


def _single(condition: Condition, then: str, reading: Reading | None) -> str:
    value = reading.then if reading else None
    if value is None:
        return f"{text.NONE} (its value is not known)"
    if not comparable(condition):
        return f"{_value(condition, then, value)} ({_own(condition, then)})"
    words = _value(condition, then, value)
    if not is_met(condition, value):
        return f"{words}, {against(condition, value)}"
    too = " too" if reading and reading.met else " itself"
    return f"{words}, {breach_words(condition)}{too}"


def _several(conditions: tuple[Condition, ...], reading: Reading | None) -> str:
    parts = reading.parts if reading else ()
    pairs = [
        (condition, part.then)
        for condition, part in zip(conditions, parts, strict=False)
        if part.then is not None and comparable(condition)
    ]
    if not pairs:
        return f"{text.NONE} (its values are not known)"
    met = sum(is_met(condition, value) for condition, value in pairs)
    known = "" if len(pairs) == len(conditions) else f", {len(conditions) - len(pairs)} not known"
    return f"{met} of {len(conditions)} conditions hold{known}"


def comparable(condition: Condition) -> bool:
    """False where the threshold says nothing of a single other fund: two funds' difference, a change."""
    return condition.quantity.other is None and condition.op is not Op.CHANGES


def _value(condition: Condition, then: str, value: float | None) -> str:
    if comparable(condition):
        return value_of(condition, value)
    return shown(condition.quantity.of(then), value)


def _own(condition: Condition, then: str) -> str:
    """What the value is, where it is not the rule's own quantity: "its Sharpe ratio over 3 years"."""
    words = quantity_words(condition.quantity.of(then))
    return words.replace(f"{symbol(then)}'s", "its", 1)
