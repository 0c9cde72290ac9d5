"""Values in the unit of their quantity.

A value is shown with as many digits as it takes to lie on the side of the threshold that it is on: 0.9996 is
not "1.00, below 1.00".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.measures import Unit
from analytics.watch.rules import WATCHABLE, Combine, Quantity
from bot.render import text

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


def scale(quantity: Quantity) -> ValueScale:
    """How the values of a quantity are shown."""
    unit = WATCHABLE[quantity.measure].unit
    if unit is None:
        return _MONEY
    differs = quantity.other is not None and quantity.combine is Combine.DIFFERENCE
    if unit is Unit.RATIO or (quantity.other and quantity.combine is Combine.RATIO):
        return _SIGNED if differs else _RATIO
    return _POINTS if differs else _COST if quantity.measure == "expense_ratio" else _PERCENT


def shown(quantity: Quantity, value: float | None, marks: Sequence[float] = ()) -> str:
    """A value, a dash where there is none.  marks: values it must be told from."""
    if value is None or not math.isfinite(value):
        return text.NONE
    how = scale(quantity)
    if abs(value * how.factor) >= HUGE and how is not _MONEY:
        return f"{value * how.factor:.3g}{'' if how.factor == 1 else f'{text.NBSP}%'}"
    if how is _MONEY:
        return _amount(value, marks)
    tries = range(how.digits, how.digits + MORE)
    told = (digits for digits in tries if _told_apart(value * how.factor, marks, how.factor, digits))
    return how.show(value, next(told, how.digits))


def mark(quantity: Quantity, value: float) -> str:
    """A threshold: all the digits it was given with."""
    how = scale(quantity)
    scaled = value * how.factor
    tries = range(how.digits, how.digits + MORE)
    exact = (digits for digits in tries if math.isclose(round(scaled, digits), scaled, rel_tol=1e-9))
    if how is _MONEY and abs(value) < LARGEST:
        return _whole(value)
    if abs(scaled) >= HUGE:
        return shown(quantity, value)
    return how.show(value, next(exact, how.digits + MORE))


def distance(quantity: Quantity, value: float, threshold: float) -> str:
    """How far a value is from its threshold: "0.06 below", "at the threshold"."""
    gap = value - threshold
    if not math.isfinite(gap) or math.isclose(value, threshold, rel_tol=1e-12, abs_tol=1e-12):
        return "at the threshold" if math.isfinite(gap) else text.NONE
    how = scale(quantity)
    side = "above" if gap > 0 else "below"
    if abs(gap * how.factor) >= HUGE and how is not _MONEY:
        return f"{shown(quantity, abs(gap))} {side}"
    tries = range(how.digits, how.digits + MORE)
    visible = (digits for digits in tries if round(abs(gap) * how.factor, digits) > 0)
    return f"{how.gap(gap, next(visible, how.digits))} {side}"


def _told_apart(scaled: float, marks: Sequence[float], factor: float, digits: int) -> bool:
    rounded = round(scaled, digits)
    return all(_side(rounded, each * factor) == _side(scaled, each * factor) for each in marks)


def _side(value: float, threshold: float) -> int:
    if math.isclose(value, threshold, rel_tol=1e-12, abs_tol=1e-12):
        return 0
    return 1 if value > threshold else -1


def _whole(value: float) -> str:
    """An amount with all its digits, 1045000000 -> "1.045 bn": rounded it would be another threshold."""
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
