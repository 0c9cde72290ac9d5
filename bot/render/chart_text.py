"""Numbers and dates as charts write them, with room for what is not known."""

from __future__ import annotations

import calendar
from datetime import date
from math import isnan

from bot.render import text

MINUS = "-"
UNKNOWN = "n/a"


def percent(fraction: float, digits: int = 1) -> str:
    """Write a percentage: 0.161 -> "16.1 %", NaN -> "n/a"."""
    return UNKNOWN if isnan(fraction) else text.percent(fraction, digits)


def points(difference: float) -> str:
    """Write a difference of two weights: 0.02 -> "+2.0 pp", NaN -> "n/a"."""
    return UNKNOWN if isnan(difference) else text.points(difference)


def fall(depth: float) -> str:
    """Write how far it fell; a fall under a tenth of a percent keeps two digits."""
    return text.percent(depth, 2 if abs(depth) < 0.001 else 1)


def level(value: float, digits: int = 1) -> str:
    """Write what became of 100: 116.1, or 1,234 from a thousand on, NaN -> "n/a"."""
    if isnan(value):
        return UNKNOWN
    return f"{value:,.0f}" if value >= 1000 else text.ratio(value, digits)


def exact(value: float, digits: int) -> str:
    """Write a value without zeros at its end: 97.60 -> 97.6, 98.0 -> 98."""
    words = text.ratio(value, digits)
    return words.rstrip("0").rstrip(".") if digits else words


def day(when: date) -> str:
    """Write a day: 8 Apr."""
    return f"{when.day} {calendar.month_abbr[when.month]}"


def month(when: date) -> str:
    """Write a month: Apr 2025."""
    return f"{calendar.month_abbr[when.month]} {when.year}"


def ratio(value: float) -> str:
    """Write a ratio: 1.18, NaN -> "n/a"."""
    return UNKNOWN if isnan(value) else text.ratio(value)


def correlation(value: float) -> str:
    """Write a correlation: 0.93, close to 1 with three digits: 0.997; NaN -> "n/a"."""
    return UNKNOWN if isnan(value) else text.correlation(value)
