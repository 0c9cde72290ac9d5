"""A quantity against its threshold in words, and values in the quantity's unit; not escaped."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from analytics.fund import is_mix
from analytics.measures import Unit
from analytics.mixes import mix_of
from analytics.watch.readings import Reading, is_met
from analytics.watch.rules import WATCHABLE, Combine, Condition, Quantity, Rule
from bot.render import text
from bot.render.measures import measure_name, short_name
from bot.render.text import NAME_LENGTH, one_line

MOST = 4
"""Conditions named in one sentence."""


def cut_symbol(name: str) -> str:
    """Return a symbol, cut where it is none that people type; of a mix of funds its label."""
    return mix_of(name).label if is_mix(name) else one_line(name, NAME_LENGTH)


def quantity_words(quantity: Quantity) -> str:
    """Write "ISCB's Sortino ratio over 1 year", "ISCB's Sharpe ratio less SPSM's over 3 years"."""
    words = figure_words(quantity)
    return words if quantity.windowless else f"{words} {_window_words(quantity)}"


def figure_words(quantity: Quantity) -> str:
    """Write "ISCB's Sortino ratio", "ISCB's Sharpe ratio less SPSM's": without the window."""
    name = one_line(measure_name(quantity), 2 * NAME_LENGTH)
    words = f"{cut_symbol(quantity.symbol)}'s {name}"
    if quantity.other:
        link = "less" if quantity.combine is Combine.DIFFERENCE else "divided by"
        words = f"{words} {link} {cut_symbol(quantity.other)}'s"
    if quantity.against:
        words = f"{words} against {cut_symbol(quantity.against)}"
    return words


def short_quantity(quantity: Quantity) -> str:
    """Write "ISCB Sortino 1y", "ISCB - SPSM Sharpe 3y": for tables."""
    joint = f" {quantity.combine} {cut_symbol(quantity.other)}" if quantity.other else ""
    window = "" if quantity.windowless else f" {quantity.window.label}"
    return f"{cut_symbol(quantity.symbol)}{joint} {one_line(short_name(quantity), NAME_LENGTH)}{window}"


def verb_of(quantity: Quantity) -> str:
    """Write "is" or "are"."""
    return "are" if quantity.measure == "assets" else "is"


def threshold_words(condition: Condition) -> str:
    """Return the threshold in the quantity's unit."""
    return show_threshold(condition.quantity, condition.threshold)


def nearest_edge(condition: Condition, value: float) -> float:
    """Return the end of the breach that a value is nearest to."""
    return condition.op.region.nearest_edge(value, condition.threshold)


def threshold_label(condition: Condition) -> str:
    """Return the threshold with its name: "Threshold 1.00"; of a change "When set 0.03 %"."""
    return f"{condition.op.words.threshold} {threshold_words(condition)}"


def gap_words(condition: Condition, value: float) -> str:
    """Return how far a value is from the threshold: "0.06 below"."""
    idle = condition.op.words.idle
    if idle and not is_met(condition, value):
        return idle
    return distance_from_threshold(condition.quantity, value, nearest_edge(condition, value))


def breach_words(condition: Condition) -> str:
    """Say where the breach lies: "below 1.00"; of a change "other than 0.03 %"."""
    return f"{condition.op.words.breach} {threshold_words(condition)}"


def recovery_words(condition: Condition) -> str:
    """Say where the safe side begins: "at or above 1.10"; of a change "back at 0.03 %"."""
    value = show_threshold(condition.quantity, condition.recovery)
    past = condition.recovery == condition.threshold and not condition.op.strict
    return f"{condition.op.words.safe if past else condition.op.words.safe_at} {value}"


def condition_words(condition: Condition) -> str:
    """Return what it takes: "ISCB's Sortino ratio over 1 year is below 1.00"."""
    words, verb, said = quantity_words(condition.quantity), verb_of(condition.quantity), condition.op.words
    if fires := said.they_fire if verb == "are" else said.fires:
        return f"{words} {fires} {threshold_words(condition)}"
    return f"{words} {verb} {breach_words(condition)}"


def value_of(condition: Condition, value: float | None) -> str:
    """Return a value of the condition's quantity, with the digits that tell it from threshold and recovery
    value.
    """
    return value_words(condition.quantity, value, (condition.threshold, condition.recovery))


def reading_of_condition(condition: Condition, reading: Reading | None, *, incident: bool = False) -> str:
    """Return what was read: "ISCB's Sortino ratio over 1 year is 0.94, below 1.00".

    incident: one is open, so that the way to the recovery value is what matters.
    """
    quantity = condition.quantity
    words = f"{quantity_words(quantity)} {verb_of(quantity)}"
    if reading is None or reading.value is None:
        return f"{words} not known"
    beside = _position_words(condition, reading, incident=incident)
    return f"{words} {value_of(condition, reading.value)}{beside}"


def side_words(condition: Condition, value: float) -> str:
    """Say where a value of the quantity lies: "below 1.00", "not below 1.00"."""
    return breach_words(condition) if is_met(condition, value) else f"not {breach_words(condition)}"


def met_words(rule: Rule, reading: Reading | None) -> str:
    """Say how many of several conditions hold: "2 of 3"."""
    met = _met(reading)
    return f"{text.NONE if met is None else met} of {len(rule.conditions)}"


def hold_words(rule: Rule, reading: Reading | None) -> str:
    """Say the same in a sentence: "2 of 3 conditions hold", "1 of 2 conditions holds"."""
    return f"{met_words(rule, reading)} conditions {hold(_met(reading))}"


def hold(met: int | None) -> str:
    """Return the verb after how many conditions do."""
    return "holds" if met == 1 else "hold"


def _met(reading: Reading | None) -> int | None:
    parts = reading.parts if reading else ()
    return sum(part.met is True for part in parts) if parts else None


def parts_of(rule: Rule, reading: Reading | None) -> list[tuple[Condition, Reading | None]]:
    """Return each condition with what was read of it, None where nothing was."""
    if len(rule.conditions) == 1:
        return [(rule.conditions[0], reading)]
    parts: tuple[Reading | None, ...] = reading.parts if reading else ()
    return list(zip_longest(rule.conditions, parts[: len(rule.conditions)]))


def held_words(rule: Rule, reading: Reading | None) -> str:
    """Return which of several conditions hold, with their values: "ISCB Sortino 1y 0.94"; empty for none."""
    parts = reading.parts if reading else ()
    held = [
        f"{short_quantity(condition.quantity)} {value_of(condition, part.value)}"
        for condition, part in zip(rule.conditions, parts, strict=False)
        if part.met
    ]
    more = [f"{len(held) - MOST} more"] if len(held) > MOST else []
    return text.join_words([*held[:MOST], *more])


def _position_words(condition: Condition, reading: Reading, *, incident: bool) -> str:
    threshold = threshold_words(condition)
    said = condition.op.words
    if said.idle:
        return f", it {said.undone} {threshold}" if reading.met else f", {said.idle}"
    if reading.met:
        return f", {breach_words(condition)}"
    if not incident:
        return f", {_distance_words(condition, reading.value or 0.0)}"
    if reading.safe:
        return f", {recovery_words(condition)}"
    recovery = show_threshold(condition.quantity, condition.recovery)
    return f", no longer {breach_words(condition)} and not yet {recovery}"


def place_words(condition: Condition, reading: Reading) -> str:
    """Say how far a value is from the threshold and on which side: "0.06 below 1.00"; of a change what it
    is, "unchanged".
    """
    said = condition.op.words
    if said.idle:
        return f"{said.undone} {threshold_words(condition)}" if reading.met else said.idle
    return _distance_words(condition, reading.value or 0.0)


def _distance_words(condition: Condition, value: float) -> str:
    """Return how far from the threshold: "0.18 above 1.00"; from 0 the value says it itself: "above 0.00"."""
    edge = nearest_edge(condition, value)
    gap = distance_from_threshold(condition.quantity, value, edge)
    if not gap.endswith(("above", "below")):
        return gap
    words = gap.rpartition(" ")[2] if edge == 0 else gap
    return f"{words} {show_threshold(condition.quantity, edge)}"


def _window_words(quantity: Quantity) -> str:
    window = quantity.window
    if quantity.measure == "drawdown":
        return f"from {_high_words(quantity)}"
    if window.start:
        return f"since {text.day(window.start)}"
    if window.label == "max":
        return "over all its history"
    return f"{'over' if window.months else 'for the'} {window.words.replace(' ', text.NBSP)}"


def _high_words(quantity: Quantity) -> str:
    window = quantity.window
    if window.start:
        return f"the high since {text.day(window.start)}"
    if window.label == "max":
        return "the highest value ever"
    if not window.months:
        return f"the high of the {window.words}"
    count, _, unit = window.words.partition(" ")
    return f"the {count}-{unit.removesuffix('s')} high"


MORE = 5
"""Digits beyond the usual ones that are tried to tell a value from its threshold."""
LARGEST = 1e18
"""Currency units from which an amount is shown by its power of ten."""
HUGE = 1e12


@dataclass(frozen=True)
class ValueScale:
    """How values of one kind are shown.

    factor: by which the value is multiplied before it is shown.  digits: usual ones after the point.
    show: value and digits to words.  gap: the same for the size of a difference of two values.
    """

    factor: float
    digits: int
    show: Callable[[float, int], str]
    gap: Callable[[float, int], str]


def _size(show: Callable[[float, int], str]) -> Callable[[float, int], str]:
    return lambda value, digits: show(abs(value), digits).removeprefix("+")


def _basis_points(value: float, digits: int) -> str:
    return f"{abs(value) * 1e4:,.{max(digits - 2, 0)}f}{text.NBSP}bp"


def _money(value: float, _: int) -> str:
    return _amount(value, ())


_RATIO = ValueScale(1, 2, text.ratio, _size(text.ratio))
_SIGNED = ValueScale(1, 2, text.signed_ratio, _size(text.ratio))
_PERCENT = ValueScale(100, 1, text.percent, _size(text.points))
_COST = ValueScale(100, 2, text.percent, _basis_points)
_POINTS = ValueScale(100, 1, text.points, _size(text.points))
_MONEY = ValueScale(1, 0, _money, _size(_money))


def _price_scale(currency: str | None) -> ValueScale:
    """Show a price with the currency of its quote; without where it is not known."""
    name = "dollars" if currency == "$" else one_line(currency or "", NAME_LENGTH)
    unit = f"{text.NBSP}{name}" if name else ""

    def show(value: float, digits: int) -> str:
        return f"{text.ratio(value, digits)}{unit}"

    return ValueScale(1, 2, show, _size(show))


def value_scale(quantity: Quantity) -> ValueScale:
    """Return how the values of a quantity are shown."""
    unit = WATCHABLE[quantity.measure].unit
    if unit is None:
        return _MONEY
    if unit is Unit.PRICE and quantity.other is None:
        return _price_scale(quantity.currency)
    differs = quantity.other is not None and quantity.combine is Combine.DIFFERENCE
    if unit is not Unit.FRACTION or (quantity.other and quantity.combine is Combine.RATIO):
        return _SIGNED if differs else _RATIO
    return _POINTS if differs else _COST if WATCHABLE[quantity.measure].small else _PERCENT


def value_words(quantity: Quantity, value: float | None, marks: Sequence[float] = ()) -> str:
    """Return a value, a dash where there is none.  marks: values it must be told from."""
    if value is None or not math.isfinite(value):
        return text.NONE
    how = value_scale(quantity)
    if abs(value * how.factor) >= HUGE and how is not _MONEY:
        return f"{value * how.factor:.3g}{'' if how.factor == 1 else f'{text.NBSP}%'}"
    if how is _MONEY:
        return _amount(value, marks)
    tries = range(how.digits, how.digits + MORE)
    told = (digits for digits in tries if _keeps_sides(value * how.factor, marks, how.factor, digits))
    return how.show(value, next(told, how.digits))


def show_threshold(quantity: Quantity, value: float) -> str:
    """Return a threshold: all the digits it was given with."""
    how = value_scale(quantity)
    scaled = value * how.factor
    tries = range(how.digits, how.digits + MORE)
    exact = (digits for digits in tries if math.isclose(round(scaled, digits), scaled, rel_tol=1e-9))
    if how is _MONEY and abs(value) < LARGEST:
        return _exact_amount(value)
    if abs(scaled) >= HUGE:
        return value_words(quantity, value)
    return how.show(value, next(exact, how.digits + MORE))


def distance_from_threshold(quantity: Quantity, value: float, threshold: float) -> str:
    """Return how far a value is from its threshold: "0.06 below", "at the threshold"."""
    gap = value - threshold
    if not math.isfinite(gap) or math.isclose(value, threshold, rel_tol=1e-12, abs_tol=1e-12):
        return "at the threshold" if math.isfinite(gap) else text.NONE
    how = value_scale(quantity)
    side = "above" if gap > 0 else "below"
    if abs(gap * how.factor) >= HUGE and how is not _MONEY:
        return f"{value_words(quantity, abs(gap))} {side}"
    tries = range(how.digits, how.digits + MORE)
    visible = (digits for digits in tries if round(abs(gap) * how.factor, digits) > 0)
    return f"{how.gap(gap, next(visible, how.digits))} {side}"


def _keeps_sides(scaled: float, marks: Sequence[float], factor: float, digits: int) -> bool:
    rounded = round(scaled, digits)
    return all(_side(rounded, each * factor) == _side(scaled, each * factor) for each in marks)


def _side(value: float, threshold: float) -> int:
    if math.isclose(value, threshold, rel_tol=1e-12, abs_tol=1e-12):
        return 0
    return 1 if value > threshold else -1


def _exact_amount(value: float) -> str:
    """Return an amount with all its digits, 1045000000 -> "1.045 bn": rounded it would be another
    threshold.
    """
    for size, unit in ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            for digits in range(MORE):
                if math.isclose(round(value / size, digits), value / size, rel_tol=1e-9):
                    return f"{value / size:.{digits}f}{text.NBSP}{unit}"
            break
    return text.count(round(value))


def _amount(value: float, marks: Sequence[float]) -> str:
    if abs(value) >= LARGEST:
        return f"{value:.3g}"
    short = text.money(value)
    alike = any(text.money(each) == short and each != value for each in marks)
    return text.count(round(value)) if alike else short
