"""Windows as people ask for them, spans as the data has them; all calendar arithmetic is here."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from analytics.errors import UnknownWindow
from analytics.measures.sample import DAYS_A_YEAR
from analytics.panel import BoolArray, DateArray

MOST_YEARS = 100
USAGE = "18m, 7y, ytd, max, 2024, 2025q3 or since 2021-03-19"
"""One of each kind: any number of months or years is a window."""
REGIME = "since regime"
"""The window since all funds of a question have followed the indices of today: see `analytics.query`."""
REGIME_MONTHS = 60
"""Its length where no fund of the question is known to have changed its index."""

_TO_DATE = {"mtd": 1, "qtd": 3, "ytd": 12}
"""Months of the period that is not over."""
_NAMES = {
    "mtd": "month to date",
    "qtd": "quarter to date",
    "ytd": "year to date",
    "max": "common history",
    REGIME: "since the latest change of index",
}
_TRAILING = re.compile(r"([1-9]\d{0,3})([my])", re.ASCII)
_PERIOD = re.compile(r"((?:19|20)\d\d)(?:(?P<kind>[qh])(\d)|-(\d\d))?", re.ASCII)
_PARTS = {None: 1, "h": 2, "q": 4, "m": 12}
"""Periods of a kind in a year."""


@dataclass(frozen=True)
class Window:
    """A window as asked, not yet laid on any data.

    label : canonical text, the one that `parse` reads back
    start, end : the dates named in the question, None where none was; of a calendar period like 2025 or
        2025q3 the last day before it and its own last day
    """

    label: str
    start: date | None = None
    end: date | None = None

    @property
    def words(self) -> str:
        """In words for a title: "1 year", "18 months", "Q3 2025", "since 19 Mar 2021"."""
        if self.start is None:
            return _NAMES.get(self.label) or _count(self.label)
        if self.end is None:
            return f"since {_long_date(self.start)}"
        return _period_words(self.label) or f"{_long_date(self.start)} to {_long_date(self.end)}"

    @property
    def months(self) -> int | None:
        """How many months it goes back from its end; None where it does not count them.

        `since regime` that no profile has turned into a date counts as the five years it then stands for.
        """
        return _months(self.label) if self.start is None else None

    @property
    def is_period(self) -> bool:
        """True for a calendar year, half year, quarter or month."""
        return self.end is not None and bool(_period_words(self.label))

    def base_target(self, end: date, month_end: bool) -> date | None:
        """Return the day on or before which the base close is sought, for a window that ends on `end`.

        Months are counted back in the calendar; a day that the earlier month does not have becomes its last
        day (31 Mar less one month is 28 or 29 Feb).  Where the end is the last session of its month, the
        earlier month's last day is sought: publishers go from month end to month end.

        Parameters
        ----------
        month_end : `end` is the last session of its month, as `month_ends` has it

        Returns
        -------
        None for the whole common history.
        """
        if self.start is not None:
            return self.start
        if self.label in _TO_DATE:
            return _day_before_period(end, _TO_DATE[self.label])
        months = self.months
        if months is None:
            return None
        before = months_before(end, months)
        return _last_day(before.year, before.month) if month_end else before


LEAP_YEAR = 366
"""Calendar days."""


@dataclass(frozen=True)
class Span:
    """A window laid on data: columns `first` (the base close) to `last`, both included.

    asked : the day the base close was sought for, None for the whole history
    full : False where the data begin after `asked`, so that the span is shorter than the window
    years : whole years that it counts as: of a named window of years, and from the last session of a year to
        that of another one; None where only its days tell how long it is
    month_end : True where the end is the last session of its month
    """

    window: Window
    first: int
    last: int
    start: date
    end: date
    asked: date | None
    full: bool
    years: float | None = None
    month_end: bool = False

    @property
    def days(self) -> int:
        """Calendar days from the base close to the end."""
        return (self.end - self.start).days

    @property
    def length(self) -> float:
        """In years, by which returns are annualised: whole ones, else by 365.25 days."""
        return self.days / DAYS_A_YEAR if self.years is None else self.years

    @property
    def is_over(self) -> bool:
        """True where the end is the last session of the calendar period that was asked for."""
        end = self.window.end if self.window.is_period else None
        return end is not None and self.month_end and (self.end.year, self.end.month) == (end.year, end.month)

    @property
    def is_annual(self) -> bool:
        """True above one year, from where on returns are told as annual rates."""
        return self.years > 1 if self.years else self.days > LEAP_YEAR

    @property
    def is_short(self) -> bool:
        """True below one year, where nothing is annualised; a whole year of 364 days is one."""
        return self.years is None and self.days < 365

    @property
    def columns(self) -> slice:
        """The panel's columns from the base close to the end."""
        return slice(self.first, self.last + 1)


def parse(text: str) -> Window:
    """Read a window: "18m", "1y", "ytd", "max", "2024", "2025q3", "2025-03", "since 2021-03-19",
    "since regime", "A..B".

    Raises UnknownWindow with what is wrong and the forms that are understood.
    """
    label = " ".join(text.lower().split())
    if label in _NAMES:
        return Window(label)
    if _TRAILING.fullmatch(label):
        return _trailing(text, label)
    if days := _period(label):
        return Window(label, *days)
    if found := re.fullmatch(r"since (\S+)", label):
        return Window(f"since {_parse_day(text, found[1]).isoformat()}", start=_parse_day(text, found[1]))
    if found := re.fullmatch(r"(\S+?) ?\.\. ?(\S+)", label):
        return _between(text, _parse_day(text, found[1]), _parse_day(text, found[2]))
    raise UnknownWindow(text, f"is not a window; windows are {USAGE}")


def months_before(day: date, months: int) -> date:
    """Return the same day of the month, `months` earlier; the month's last day where it has no such day.

    >>> months_before(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    length = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, length))


def month_ends(sessions: DateArray, held: BoolArray | None, following: date | None) -> BoolArray:
    """Tell the last sessions of their months, by the calendar and not by the prices at hand.

    A session is one where no other session of its month that all exchanges hold comes after it.

    Parameters
    ----------
    sessions : (T,) datetime64[D]
    held : (N, T) True where the symbol's exchange holds the session; None where all hold all of them
    following : the next session after the last one that all exchanges hold; None: the next weekday

    Returns
    -------
    (T,) bool

    Examples
    --------
    Good Friday was 29 March 2024:

    >>> days = np.array(["2024-03-27", "2024-03-28"], dtype="datetime64[D]")
    >>> month_ends(days, None, date(2024, 4, 1)).tolist(), month_ends(days, None, None).tolist()
    ([False, True], [False, False])
    """
    if not sessions.size:
        return np.zeros(0, dtype=np.bool_)
    weekday = np.busday_offset(sessions[-1], 1, roll="backward")
    shared = sessions if held is None else sessions[held.all(axis=0)]
    every = np.append(shared, np.datetime64(following, "D") if following else weekday)
    coming = every[np.searchsorted(every, sessions, side="right")]
    return np.asarray(sessions.astype("datetime64[M]") < coming.astype("datetime64[M]"))


def find_span(
    window: Window, sessions: DateArray, known: BoolArray, as_of: date, ends: BoolArray
) -> Span | None:
    """Lay a window on data.

    The end is the last known session on or before `as_of` (and the window's own end); the base is the last
    known close ON OR BEFORE the day one window earlier than that end.  Taking the next close instead moves
    a year by whole percentage points in a turbulent week.  Where the end is the last session of its month,
    the base is the last close of the month one window earlier.

    Parameters
    ----------
    sessions : (T,) datetime64[D]
    known : (T,) bool, True where every symbol has a price
    as_of : nothing after this day is used
    ends : (T,) bool, True for the last session of a month (`month_ends`)

    Returns
    -------
    The span, shortened (`full` False) where the data begin too late; None where fewer than two known
    sessions are left.

    Examples
    --------
    A month to Friday, 16 January 2026; 16 December is missing, so the close before it is the base:

    >>> days = np.array(["2025-12-15", "2025-12-16", "2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    >>> known, ends = np.array([True, False, True, True]), month_ends(days, None, None)
    >>> span = find_span(parse("1m"), days, known, date(2026, 1, 16), ends)
    >>> span.start, span.end, span.full
    (datetime.date(2025, 12, 15), datetime.date(2026, 1, 16), True)
    """
    limit = min(as_of, window.end) if window.end else as_of
    last = _last_known(sessions, known, limit)
    if last is None:
        return None
    asked = window.base_target(_date(sessions[last]), bool(ends[last]))
    base = _last_known(sessions, known, asked) if asked else None
    first = base if base is not None else int(np.argmax(known))
    if first >= last:
        return None
    full = asked is None or base is not None
    start, end = _date(sessions[first]), _date(sessions[last])
    whole = _years_between(start, end) if ends[first] and ends[last] else None
    years = _whole_years(window) if full else None
    return Span(window, first, last, start, end, asked, full, years or whole, bool(ends[last]))


def _years_between(start: date, end: date) -> float | None:
    """Return the calendar years from the last session of one to that of another."""
    return float(end.year - start.year) if start.month == end.month == 12 else None


def _whole_years(window: Window) -> float | None:
    months = window.months or 0
    return months / 12 if months and months % 12 == 0 else None


def _last_known(sessions: DateArray, known: BoolArray, limit: date) -> int | None:
    stop = int(np.searchsorted(sessions, np.datetime64(limit, "D"), side="right"))
    columns = np.flatnonzero(known[:stop])
    return int(columns[-1]) if columns.size else None


def _date(session: np.datetime64) -> date:
    day: date = session.astype(date)
    return day


@cache
def _months(label: str) -> int | None:
    if label == REGIME:
        return REGIME_MONTHS
    found = _TRAILING.fullmatch(label)
    return int(found[1]) * (12 if found[2] == "y" else 1) if found else None


def _trailing(text: str, label: str) -> Window:
    months = _months(label) or 0
    if months > 12 * MOST_YEARS:
        raise UnknownWindow(text, f"is longer than {MOST_YEARS} years; `max` is all there is")
    return Window(f"{months // 12}y" if months % 12 == 0 else f"{months}m")


def _count(label: str) -> str:
    """Write "1 year", "18 months"; the label itself where it counts nothing."""
    found = _TRAILING.fullmatch(label)
    if not found:
        return label
    unit = "year" if found[2] == "y" else "month"
    return f"{found[1]} {unit}{'s' * (found[1] != '1')}"


def _period(label: str) -> tuple[date, date] | None:
    """Return the last day before a calendar period and its own last day."""
    found = _PERIOD.fullmatch(label)
    if not found:
        return None
    year, kind = int(found[1]), found["kind"] or ("m" if found[4] else None)
    parts, number = _PARTS[kind], int(found[3] or found[4] or 1)
    if not 1 <= number <= parts:
        return None
    length = 12 // parts
    end = _last_day(year, number * length)
    return _day_before_period(end, length), end


def _period_words(label: str) -> str:
    """Write "2025", "Q3 2025", "H1 2025", "Mar 2025"; empty for what is no calendar period."""
    found = _PERIOD.fullmatch(label)
    if not found or not _period(label):
        return ""
    part = (
        calendar.month_abbr[int(found[4])] if found[4] else f"{found['kind'] or ''}{found[3] or ''}".upper()
    )
    return f"{part} {found[1]}".strip()


def _day_before_period(day: date, length: int) -> date:
    """Return the last day before the period of so many months that a day lies in."""
    first = date(day.year, day.month - (day.month - 1) % length, 1)
    return first - timedelta(days=1)


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _between(text: str, start: date, end: date) -> Window:
    if start >= end:
        raise UnknownWindow(text, "ends before it begins; give the earlier date first")
    return Window(f"{start.isoformat()}..{end.isoformat()}", start=start, end=end)


def _parse_day(text: str, day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise UnknownWindow(text, f"holds {day!r}, which is not a date like 2021-03-19") from None


def _long_date(day: date) -> str:
    return f"{day.day} {calendar.month_abbr[day.month]} {day.year}"


WORDS = {
    label: Window(label).words
    for label in (
        *("mtd", "1m", "3m", "6m", "ytd", "1y", "2y", "3y", "5y", "7y", "10y", "15y", "20y"),
        "max",
    )
}
"""The windows that menus offer, in words."""
