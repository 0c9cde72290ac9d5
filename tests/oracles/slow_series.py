"""Slow twins of what gives more than one number: falls, trailing returns, years."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from tests.oracles.slow import DAYS_A_YEAR, Maybe, ends_month, months_back

MONTHS = {"1m": 1, "3m": 3, "6m": 6, "ytd": 0, "1y": 12, "3y": 36, "5y": 60, "10y": 120, "max": 0}


@dataclass(frozen=True)
class Fall:
    depth: float
    peak: date
    trough: date
    recovery: date | None


@dataclass(frozen=True)
class Stretch:
    """Returns from one close to another; None for a symbol without both."""

    label: str
    start: date
    end: date
    annualised: bool
    partial: bool
    returns: list[Maybe]


def drawdowns(levels: list[Maybe], days: list[date], most: int) -> list[Fall]:
    """Walk along the path: remember the high; a fall ends when the high is reached again."""
    known = [(level, day) for level, day in zip(levels, days, strict=True) if level is not None]
    falls: list[Fall] = []
    high, peak = 0.0, date.min
    low: tuple[float, date] | None = None
    for level, day in known:
        if level >= high:
            falls += [Fall(low[0] / high - 1.0, peak, low[1], day)] if low else []
            high, peak, low = level, day, None
        elif low is None or level < low[0]:
            low = (level, day)
    falls += [Fall(low[0] / high - 1.0, peak, low[1], None)] if low else []
    return sorted(falls, key=lambda fall: (fall.depth, fall.peak))[:most]


def trailing_returns(levels: list[list[Maybe]], days: list[date], end: date) -> list[Stretch]:
    found = [_trailing(label, levels, days, end) for label in MONTHS]
    return [stretch for stretch in found if stretch]


def calendar_years(levels: list[list[Maybe]], days: list[date], end: date) -> list[Stretch]:
    usable = _usable(levels, young=True)
    out = []
    for year in range(days[0].year, end.year + 1):
        last = _on_or_before(days, usable, min(end, date(year, 12, 31)))
        base = _on_or_before(days, usable, date(year - 1, 12, 31))
        if base is not None and last is not None and base < last:
            at = max(at for at, day in enumerate(days) if day <= end)
            partial = year == end.year and not (ends_month(days, at) and days[last].month == 12)
            out.append(_stretch(str(year), levels, days, base, last, annual=False, partial=partial))
    return out


def _trailing(label: str, levels: list[list[Maybe]], days: list[date], end: date) -> Stretch | None:
    usable = _usable(levels, young=label != "max")
    last = _on_or_before(days, usable, end)
    if last is None:
        return None
    base = usable.index(True) if label == "max" else _on_or_before(days, usable, _target(label, days, last))
    if base is None or base >= last:
        return None
    long = (days[last] - days[base]).days >= 365 or _years(label, days, base, last) >= 1
    annual = label not in {"1m", "3m", "6m", "ytd", "1y"} and long
    return _stretch(label, levels, days, base, last, annual=annual, partial=False)


def _target(label: str, days: list[date], at: int) -> date:
    if label == "ytd":
        return date(days[at].year - 1, 12, 31)
    return months_back(days[at], MONTHS[label], from_month_end=ends_month(days, at))


def _years(label: str, days: list[date], base: int, last: int) -> float:
    """Whole ones of a named window of years, and from one year's last session to another's."""
    if label.endswith("y"):
        return int(label[:-1])
    whole = days[last].year - days[base].year
    december = all(days[at].month == 12 and ends_month(days, at) for at in (base, last))
    return whole if december else (days[last] - days[base]).days / DAYS_A_YEAR


def _usable(levels: list[list[Maybe]], *, young: bool) -> list[bool]:
    """Sessions on which every symbol has a price; `young`: or has not begun, while at least one has."""
    out = []
    for at in range(len(levels[0])):
        begun = [row for row in levels if any(level is not None for level in row[: at + 1])]
        wanted = begun if young else levels
        out.append(bool(wanted) and all(row[at] is not None for row in wanted))
    return out


def _on_or_before(days: list[date], usable: list[bool], limit: date) -> int | None:
    for at in range(len(days) - 1, -1, -1):
        if days[at] <= limit and usable[at]:
            return at
    return None


def _stretch(
    label: str,
    levels: list[list[Maybe]],
    days: list[date],
    base: int,
    last: int,
    *,
    annual: bool,
    partial: bool,
) -> Stretch:
    years = _years(label, days, base, last) if annual else 1
    returns: list[Maybe] = []
    for row in levels:
        before, after = row[base], row[last]
        ratio = None if before is None or after is None else after / before
        returns.append(None if ratio is None else (math.pow(ratio, 1 / years) if annual else ratio) - 1.0)
    return Stretch(label, days[base], days[last], annual, partial, returns)
