"""A quantity held against its threshold, in words; plain text, not escaped."""

from __future__ import annotations

from itertools import zip_longest

from analytics.watch.readings import Reading, is_met
from analytics.watch.rules import Combine, Condition, Op, Quantity, Rule
from bot.render import text
from bot.render.measures import measure_name, short_name
from bot.render.watch.parts.typed import NAME, plain
from bot.render.watch.parts.values import distance, mark, shown

MOST = 4
"""Conditions named in one sentence."""

_SIDES = {
    Op.BELOW: "below",
    Op.AT_MOST: "at or below",
    Op.ABOVE: "above",
    Op.AT_LEAST: "at or above",
    Op.CROSSES_BELOW: "below",
    Op.CROSSES_ABOVE: "above",
    Op.CHANGES: "other than",
}


def symbol(name: str) -> str:
    """A symbol, cut where it is none that people type."""
    return plain(name, NAME)


def quantity_words(quantity: Quantity) -> str:
    """ "ISCB's Sortino ratio over 1 year", "ISCB's Sharpe ratio less SPSM's over 3 years"."""
    name = plain(measure_name(quantity), 2 * NAME)
    words = f"{symbol(quantity.symbol)}'s {name}"
    if quantity.other:
        link = "less" if quantity.combine is Combine.DIFFERENCE else "divided by"
        words = f"{words} {link} {symbol(quantity.other)}'s"
    if quantity.against:
        words = f"{words} against {symbol(quantity.against)}"
    return words if quantity.is_fact else f"{words} {_over(quantity)}"


def short_quantity(quantity: Quantity) -> str:
    """ "ISCB Sortino 1y", "ISCB - SPSM Sharpe 3y": for tables."""
    joint = f" {quantity.combine} {symbol(quantity.other)}" if quantity.other else ""
    window = "" if quantity.is_fact else f" {quantity.window.label}"
    return f"{symbol(quantity.symbol)}{joint} {plain(short_name(quantity), NAME)}{window}"


def verb(quantity: Quantity) -> str:
    """ "is" or "are"."""
    return "are" if quantity.measure == "assets" else "is"


def threshold_words(condition: Condition) -> str:
    """The threshold in the quantity's unit."""
    return mark(condition.quantity, condition.threshold)


def threshold_label(condition: Condition) -> str:
    """The threshold with its name: "Threshold 1.00"; of a change "When set 0.03 %"."""
    name = "When set" if condition.op is Op.CHANGES else "Threshold"
    return f"{name} {threshold_words(condition)}"


def gap_words(condition: Condition, value: float) -> str:
    """How far a value is from the threshold: "0.06 below"."""
    unchanged = condition.op is Op.CHANGES and not is_met(condition, value)
    return "unchanged" if unchanged else distance(condition.quantity, value, condition.threshold)


def breach_words(condition: Condition) -> str:
    """Where the breach lies: "below 1.00"; of a change "other than 0.03 %"."""
    return f"{_SIDES[condition.op]} {threshold_words(condition)}"


def recovery_words(condition: Condition) -> str:
    """Where the safe side begins: "at or above 1.10"; of a change "back at 0.03 %"."""
    value = mark(condition.quantity, condition.recovery)
    if condition.op is Op.CHANGES:
        return f"back at {value}"
    if condition.recovery == condition.threshold and not condition.op.strict:
        return f"{'above' if condition.op.falling else 'below'} {value}"
    return f"at or {'above' if condition.op.falling else 'below'} {value}"


def condition_words(condition: Condition) -> str:
    """What it takes: "ISCB's Sortino ratio over 1 year is below 1.00"."""
    words = quantity_words(condition.quantity)
    if condition.op is Op.CHANGES:
        change = "change" if verb(condition.quantity) == "are" else "changes"
        return f"{words} {change} from {threshold_words(condition)}"
    if condition.op.crossing:
        return f"{words} {condition.op.value} {threshold_words(condition)}"
    return f"{words} {verb(condition.quantity)} {breach_words(condition)}"


def value_of(condition: Condition, value: float | None) -> str:
    """A value of the condition's quantity, with the digits that tell it from threshold and recovery value."""
    return shown(condition.quantity, value, (condition.threshold, condition.recovery))


def measured(condition: Condition, reading: Reading | None, *, incident: bool = False) -> str:
    """What was read: "ISCB's Sortino ratio over 1 year is 0.94, below 1.00".

    incident: one is open, so that the way to the recovery value is what matters.
    """
    quantity = condition.quantity
    words = f"{quantity_words(quantity)} {verb(quantity)}"
    if reading is None or reading.value is None:
        return f"{words} not known"
    return f"{words} {value_of(condition, reading.value)}{_beside(condition, reading, incident=incident)}"


def against(condition: Condition, value: float) -> str:
    """Where a value of the quantity lies: "below 1.00", "not below 1.00"."""
    return breach_words(condition) if is_met(condition, value) else f"not {breach_words(condition)}"


def met_words(rule: Rule, reading: Reading | None) -> str:
    """Of several conditions, how many hold: "2 of 3"."""
    count = len(rule.conditions)
    known = reading.parts if reading else ()
    return f"{sum(part.met is True for part in known)} of {count}" if known else f"{text.NONE} of {count}"


def parts_of(rule: Rule, reading: Reading | None) -> list[tuple[Condition, Reading | None]]:
    """Each condition with what was read of it, None where nothing was."""
    if len(rule.conditions) == 1:
        return [(rule.conditions[0], reading)]
    parts: tuple[Reading | None, ...] = reading.parts if reading else ()
    return list(zip_longest(rule.conditions, parts[: len(rule.conditions)]))


def held_words(rule: Rule, reading: Reading | None) -> str:
    """Which of several conditions hold, with their values: "ISCB Sortino 1y 0.94"; empty for none."""
    parts = reading.parts if reading else ()
    held = [
        f"{short_quantity(condition.quantity)} {value_of(condition, part.value)}"
        for condition, part in zip(rule.conditions, parts, strict=False)
        if part.met
    ]
    more = [f"{len(held) - MOST} more"] if len(held) > MOST else []
    return text.listed([*held[:MOST], *more])


def _beside(condition: Condition, reading: Reading, *, incident: bool) -> str:
    threshold = threshold_words(condition)
    if condition.op is Op.CHANGES:
        return f", it was {threshold}" if reading.met else ", unchanged"
    if reading.met:
        return f", {breach_words(condition)}"
    if not incident:
        return f", {_away(condition, reading.value or 0.0)}"
    if reading.safe:
        return f", {recovery_words(condition)}"
    recovery = mark(condition.quantity, condition.recovery)
    return f", no longer {breach_words(condition)} and not yet {recovery}"


def _away(condition: Condition, value: float) -> str:
    """How far from the threshold: "0.18 above 1.00"; from 0 the value says it itself: "above 0.00"."""
    gap = distance(condition.quantity, value, condition.threshold)
    if not gap.endswith(("above", "below")):
        return gap
    words = gap.rpartition(" ")[2] if condition.threshold == 0 else gap
    return f"{words} {threshold_words(condition)}"


def _over(quantity: Quantity) -> str:
    window = quantity.window
    if quantity.measure == "drawdown":
        return f"from {_high(quantity)}"
    if window.start:
        return f"since {text.day(window.start)}"
    if window.label == "max":
        return "over all its history"
    return f"{'over' if window.months else 'for the'} {window.words.replace(' ', text.NBSP)}"


def _high(quantity: Quantity) -> str:
    window = quantity.window
    if window.start:
        return f"the high since {text.day(window.start)}"
    if window.label == "max":
        return "the highest value ever"
    if not window.months:
        return f"the high of the {window.words}"
    count, _, unit = window.words.partition(" ")
    return f"the {count}-{unit.removesuffix('s')} high"
