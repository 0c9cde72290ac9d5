"""When a channel hears of a session: pure functions of the session's end and the channel's local time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from analytics.panel import DateArray
    from bot.records import Digest

SATURDAY = 5
AROUND = timedelta(days=14)
"""Longer than any exchange was ever closed in a row, a weekend before and after included."""


class Sessions(Protocol):
    """What is asked of the exchange's calendar."""

    def sessions(self, first: date, last: date) -> DateArray:
        """All sessions from `first` to `last`, both included."""
        ...

    def settles(self, session: date) -> datetime:
        """The moment (UTC) at which the prices of a session have settled."""
        ...


def post_at(settled: datetime, at: time, zone: str) -> datetime:
    """The first local time `at`, on a Monday to Friday there, that is not before a session has settled.

    A local time that the clocks skip becomes the moment at which they go on; of one that comes twice it is
    the first.  A later session is never told of earlier.  Two may meet at one moment, and then are told of
    together: a half day and the session before it, and Thursday and Friday where Thursday has settled after
    `at` on a Friday morning (08:30 in Auckland).

    settled: with a zone.  zone: IANA name; ZoneInfoNotFoundError (a KeyError) where there is none.
    Returns a moment in UTC.
    """
    local = ZoneInfo(zone)
    day = settled.astimezone(local).date()
    while day.weekday() >= SATURDAY or _moment(day, at, local) < settled:
        day += timedelta(days=1)
    return _moment(day, at, local)


def next_post(calendar: Sessions, now: datetime, digest: Digest) -> datetime | None:
    """The next moment after `now` at which a session falls due in a channel; None while it hears nothing."""
    if not digest.active:
        return None
    days: list[date] = calendar.sessions((now - AROUND).date(), (now + AROUND).date()).tolist()
    moments = (post_at(calendar.settles(day), digest.at, digest.zone) for day in days)
    return min((moment for moment in moments if moment > now), default=None)


def deadline(calendar: Sessions, session: date, patience: timedelta) -> datetime:
    """Until when the prices of a session are waited for."""
    return calendar.settles(session) + patience


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local time in UTC."""
    asked = datetime.combine(day, at.replace(fold=0), zone)
    found = asked.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == asked.replace(tzinfo=None):
        return found
    return _end_of_gap(found, zone)


def _end_of_gap(after: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks went forward, a little before `after`: local time is valid again."""
    offset = after.astimezone(zone).utcoffset()
    moment = after.replace(second=0, microsecond=0)
    while (moment - timedelta(minutes=1)).astimezone(zone).utcoffset() == offset:
        moment -= timedelta(minutes=1)
    return moment
