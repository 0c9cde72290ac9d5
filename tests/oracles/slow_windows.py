"""A slow twin of windows: dates looked up one by one, with pandas' own offsets.

It shares nothing with `analytics` but the sessions and prices that go in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

TO_DATE = {"mtd": "M", "qtd": "Q", "ytd": "Y"}


@dataclass(frozen=True)
class Laid:
    start: date
    end: date
    full: bool
    years: float | None


def laid(window: str, calendar: list[date], priced: set[date], as_of: date) -> Laid | None:
    """From close to close.  calendar: every session, also some after the as-of; priced: those with a price"""
    until = min(as_of, _end(window) or as_of)
    known = sorted(day for day in priced if day <= until)
    if not known:
        return None
    end = known[-1]
    is_month_end = _last_of_month(calendar, end)
    target = _target(window, end, is_month_end)
    before = [day for day in known if target is not None and day <= target]
    start = before[-1] if before else known[0]
    full = target is None or bool(before)
    if start >= end:
        return None
    return Laid(start, end, full, _years(window, calendar, start, end, full))


def _last_of_month(calendar: list[date], day: date) -> bool:
    later = [each for each in calendar if each > day]
    return pd.Period(later[0], "M") != pd.Period(day, "M")


def _target(window: str, end: date, is_month_end: bool) -> date | None:
    if window == "max":
        return None
    if window in TO_DATE:
        return (pd.Period(end, TO_DATE[window]).start_time - pd.Timedelta(days=1)).date()
    if ".." in window:
        return date.fromisoformat(window.split("..")[0])
    if window.startswith("since "):
        return date.fromisoformat(window.removeprefix("since "))
    if window[-1] in "my":
        months = int(window[:-1]) * (12 if window[-1] == "y" else 1)
        earlier = pd.Timestamp(end) - pd.DateOffset(months=months)
        return (earlier + pd.offsets.MonthEnd(0)).date() if is_month_end else earlier.date()
    return (_period(window).start_time - pd.Timedelta(days=1)).date()


def _end(window: str) -> date | None:
    if ".." in window:
        return date.fromisoformat(window.split("..")[1])
    if window == "max" or window in TO_DATE or window.startswith("since ") or window[-1] in "my":
        return None
    return _period(window).end_time.date()


def _period(window: str) -> pd.Period:
    """2025, 2025q3, 2025-03."""
    return pd.Period(window.upper(), {4: "Y", 6: "Q", 7: "M"}[len(window)])


def _years(window: str, calendar: list[date], start: date, end: date, full: bool) -> float | None:
    months = (
        int(window[:-1]) * {"m": 1, "y": 12}[window[-1]]
        if window[:-1].isdigit() and window[-1] in "my"
        else 0
    )
    if full and months and months % 12 == 0:
        return months / 12
    whole = all(day.month == 12 and _last_of_month(calendar, day) for day in (start, end))
    return float(end.year - start.year) if whole else None
