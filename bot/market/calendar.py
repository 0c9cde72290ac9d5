"""The `Calendar` port on exchange_calendars: which sessions there are, and when their prices have settled."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.panel import DateArray, Exchange

FIRST = "1970-01-02"
"""First session known; before it exchange_calendars leaves out the holidays."""

_CODES = "It takes codes like XNYS, XLON, XETR, XPAR and XASX."

ALWAYS = "24/7"
"""Code of a market that never closes: every day is a session, and ends at midnight UTC."""

SETTLING = np.timedelta64(15, "m")
"""Closing prices are delayed and corrected for about this long after the bell."""


class NoCalendar(LookupError):
    """The sessions of an exchange cannot be had; the sentence says what can be."""


@dataclass(frozen=True)
class ExchangeCalendar:
    """Sessions of one exchange from 1970 on, by its ISO market code ("XNYS" is the New York Stock Exchange).

    The first use costs most of a second (it imports and builds the calendar), every later one microseconds.
    Sessions of years to come are those the exchange has published or its rules imply.
    """

    name: str = "XNYS"

    @property
    def exchange(self) -> Exchange:
        """Give what the arithmetic needs of it; raises NoCalendar as `of`."""
        return _exchange(self.name)

    def of(self, code: str) -> ExchangeCalendar:
        """Give the calendar of another exchange; raises NoCalendar where its sessions are not known."""
        _exchange(code)
        return self if code == self.name else ExchangeCalendar(code)

    def last_complete(self, now: datetime) -> date:
        """The newest session whose prices have settled at `now`: its close, early or not, was 15 minutes ago.

        Raises ValueError where `now` has no zone or lies before the first session.
        """
        if now.tzinfo is None:
            raise ValueError(f"{now.isoformat()} has no time zone, so the session it belongs to is not known")
        sessions, settled = _sessions(self.name, _horizon(now.year))
        count = int(np.searchsorted(settled, np.datetime64(int(now.timestamp()), "s"), side="right"))
        if count == 0:
            raise ValueError(f"{now.isoformat()} lies before the first session known ({sessions[0]})")
        last: date = sessions[count - 1].astype(date)
        return last

    def sessions(self, first: date, last: date) -> DateArray:
        """All sessions from `first` to `last`, both included, as datetime64[D]; perhaps none."""
        sessions, _ = _sessions(self.name, _horizon(last.year))
        ends = np.array([first, last], dtype="datetime64[D]")
        start, stop = np.searchsorted(sessions, ends + np.array([0, 1], dtype="timedelta64[D]"))
        return sessions[start:stop]

    def settles(self, session: date) -> datetime:
        """The moment (UTC) at which the prices of a session have settled: 15 minutes after its close.

        Raises ValueError for a day that is no session.
        """
        sessions, settled = _sessions(self.name, _horizon(session.year))
        at = int(np.searchsorted(sessions, np.datetime64(session, "D")))
        if at == sessions.size or sessions[at] != np.datetime64(session, "D"):
            raise ValueError(f"{session} is no trading session of {self.name}")
        return datetime.fromtimestamp(int(settled[at].astype(np.int64)), UTC)


def _horizon(year: int) -> int:
    """The year to build the calendar to: the end of the decade, so that it is rarely built again."""
    return max(2030, year // 10 * 10 + 10)


@lru_cache(maxsize=64)
def _exchange(name: str) -> Exchange:
    sessions, settled = _sessions(name, _horizon(1970))
    winter = (sessions.astype("datetime64[M]").astype(int) % 12 == 0)[-400:]
    hours = ((settled - SETTLING)[-400:] - sessions[-400:])[winter] / np.timedelta64(1, "h")
    return Exchange(name, 365 if name == ALWAYS else 252, float(np.median(hours)))


@lru_cache(maxsize=64)
def _sessions(name: str, until: int) -> tuple[DateArray, NDArray[np.datetime64]]:
    """Sessions, and the moment (UTC) at which the prices of each have settled."""
    import exchange_calendars

    if name not in exchange_calendars.get_calendar_names():
        raise NoCalendar(f"exchange_calendars knows no exchange {name!r}. {_CODES}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pandas 3.1 warns of how the library reads it
        try:
            calendar = exchange_calendars.get_calendar(name, start=FIRST, end=f"{until}-12-31")
        except (ValueError, RuntimeError) as fault:  # "implemented by subclasses" of those unfinished
            raise NoCalendar(
                f"exchange_calendars has no sessions of {name!r} from {FIRST} to {until}. {_CODES}"
            ) from fault
    sessions = calendar.sessions.to_numpy().astype("datetime64[D]")
    closes = calendar.closes.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    sessions.setflags(write=False)
    return sessions, closes + SETTLING
