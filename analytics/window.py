"""Windows as people ask for them, spans as the data has them; all calendar arithmetic is here."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

import numpy as np

from analytics.errors import UnknownWindow
from analytics.panel import BoolArray, DateArray

TRAILING = {"1m": 1, "3m": 3, "6m": 6, "1y": 12, "3y": 36, "5y": 60, "10y": 120}
WORDS = {
    "1m": "1 month",
    "3m": "3 months",
    "6m": "6 months",
    "1y": "1 year",
    "3y": "3 years",
    "5y": "5 years",
    "10y": "10 years",
    "ytd": "year to date",
    "max": "common history",
}
USAGE = "1m, 3m, 6m, ytd, 1y, 3y, 5y, 10y, max, since 2021-03-19 or 2021-03-19..2024-12-31"


class _Kind(Enum):
    TRAILING = "trailing"
    YEAR_TO_DATE = "ytd"
    EVERYTHING = "max"
    DATES = "dates"


@dataclass(frozen=True)
class Window:
    """A window as asked, not yet laid on any data.

    label : canonical text, the one that `parse` reads back
    start, end : the dates named in the question, None where none was
    """

    label: str
    start: date | None = None
    end: date | None = None

    @property
    def words(self) -> str:
        """In words for a title: "1 year", "since 19 Mar 2021"."""
        if self.start is None:
            return WORDS[self.label]
        if self.end is None:
            return f"since {_long(self.start)}"
        return f"{_long(self.start)} to {_long(self.end)}"

    def base_target(self, end: date) -> date | None:
        """The day on or before which the base close is sought, for a window that ends on `end`.

        None for the whole common history.  Months are counted back in the calendar; a day that the earlier
        month does not have becomes its last day (31 Mar less one month is 28 or 29 Feb).
        """
        kind = self._kind
        if kind is _Kind.TRAILING:
            return months_before(end, TRAILING[self.label])
        if kind is _Kind.YEAR_TO_DATE:
            return date(end.year - 1, 12, 31)
        return self.start

    @property
    def _kind(self) -> _Kind:
        if self.start is not None:
            return _Kind.DATES
        if self.label in TRAILING:
            return _Kind.TRAILING
        return _Kind(self.label)


@dataclass(frozen=True)
class Span:
    """A window laid on data: columns `first` (the base close) to `last`, both included.

    asked : the day the base close was sought for, None for the whole history
    full : False where the data begin after `asked`, so that the span is shorter than the window
    """

    window: Window
    first: int
    last: int
    start: date
    end: date
    asked: date | None
    full: bool

    @property
    def days(self) -> int:
        """Calendar days from the base close to the end."""
        return (self.end - self.start).days

    @property
    def columns(self) -> slice:
        """The panel's columns from the base close to the end."""
        return slice(self.first, self.last + 1)


def parse(text: str) -> Window:
    """Read a window: "1y", "ytd", "max", "since 2021-03-19", "2021-03-19..2024-12-31".

    Raises UnknownWindow with what is wrong and the forms that are understood.
    """
    label = " ".join(text.lower().split())
    if label in WORDS:
        return Window(label)
    if found := re.fullmatch(r"since (\S+)", label):
        return Window(f"since {_day(text, found[1]).isoformat()}", start=_day(text, found[1]))
    if found := re.fullmatch(r"(\S+?) ?\.\. ?(\S+)", label):
        return _between(text, _day(text, found[1]), _day(text, found[2]))
    raise UnknownWindow(text, f"is not a window; windows are {USAGE}")


def months_before(day: date, months: int) -> date:
    """The same day of the month, `months` earlier; the month's last day where it has no such day.

    >>> months_before(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    length = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, length))


def lay(window: Window, sessions: DateArray, known: BoolArray, as_of: date) -> Span | None:
    """Lay a window on data.

    The end is the last known session on or before `as_of` (and the window's own end); the base is the last
    known close ON OR BEFORE the day one window earlier than that end.  Taking the next close instead moves
    a year by whole percentage points in a turbulent week.

    Parameters
    ----------
    sessions : (T,) datetime64[D]
    known : (T,) bool, True where every symbol has a price
    as_of : nothing after this day is used

    Returns
    -------
    The span, shortened (`full` False) where the data begin too late; None where fewer than two known
    sessions are left.

    Examples
    --------
    A month to Friday, 16 January 2026; 16 December is missing, so the close before it is the base:

    >>> days = np.array(["2025-12-15", "2025-12-16", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> span = lay(parse("1m"), days, np.array([True, False, True, True]), date(2026, 1, 16))
    >>> span.start, span.end, span.full
    (datetime.date(2025, 12, 15), datetime.date(2026, 1, 16), True)
    """
    limit = min(as_of, window.end) if window.end else as_of
    last = _last_known(sessions, known, limit)
    if last is None:
        return None
    asked = window.base_target(_date(sessions[last]))
    base = _last_known(sessions, known, asked) if asked else None
    first = base if base is not None else int(np.argmax(known))
    if first >= last:
        return None
    full = asked is None or base is not None
    return Span(window, first, last, _date(sessions[first]), _date(sessions[last]), asked, full)


def _last_known(sessions: DateArray, known: BoolArray, limit: date) -> int | None:
    stop = int(np.searchsorted(sessions, np.datetime64(limit, "D"), side="right"))
    columns = np.flatnonzero(known[:stop])
    return int(columns[-1]) if columns.size else None


def _date(session: np.datetime64) -> date:
    day: date = session.astype(date)
    return day


def _between(text: str, start: date, end: date) -> Window:
    if start >= end:
        raise UnknownWindow(text, "ends before it begins; give the earlier date first")
    return Window(f"{start.isoformat()}..{end.isoformat()}", start=start, end=end)


def _day(text: str, day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise UnknownWindow(text, f"holds {day!r}, which is not a date like 2021-03-19") from None


def _long(day: date) -> str:
    return f"{day.day} {calendar.month_abbr[day.month]} {day.year}"
