"""When a channel hears of a session: pure functions of where it is held and of the channel's local time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from analytics.pairs import Period, ended_period
from bot.model import SAME_DAY_WAIT, Digest, DigestMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.panel import DateArray, Exchange

SATURDAY = 5
CLOSED = timedelta(days=30)
"""Longer than any exchange was ever closed in a row."""
AROUND = timedelta(days=14)
"""Longer than the workspace's exchange was ever closed in a row, a weekend before and after included."""

DEFAULT_POST_TIME = time(8, 30)
"""When a channel hears of a session where nobody says otherwise."""


class Sessions(Protocol):
    """What is asked of the calendars: of the workspace's, which leads to those of other exchanges."""

    @property
    def exchange(self) -> Exchange:
        """Give what is known of the exchange itself."""
        ...

    def of(self, code: str) -> Sessions:
        """Give the calendar of another exchange."""
        ...

    def last_complete(self, now: datetime) -> date:
        """Return the newest session whose prices have settled."""
        ...

    def sessions(self, first: date, last: date) -> DateArray:
        """Return all sessions from `first` to `last`, both included."""
        ...

    def settles(self, session: date) -> datetime:
        """Return the moment (UTC) at which the prices of a session have settled."""
        ...

    def early_closes(self, first: date, last: date) -> DateArray:
        """Return the sessions from `first` to `last` that end before the usual hour."""
        ...

    @property
    def bounds(self) -> tuple[date, date]:
        """Give the first and the last day of which it is known whether they are sessions."""
        ...


def newest_session(calendar: Sessions, through: date, now: datetime) -> date:
    """Find the newest session of an exchange up to a day that has settled by now; else the day itself."""
    last = min(through, calendar.last_complete(now))
    held: list[date] = calendar.sessions(last - CLOSED, last).tolist()
    return held[-1] if held else last


@dataclass(frozen=True)
class Settled:
    """When all that a channel needs of a session's date has settled.  code: of the exchange that is last."""

    at: datetime
    code: str


def find_settled(calendar: Sessions, session: date, codes: Iterable[str] = ()) -> Settled:
    """Find out when the newest sessions up to a date have settled on every exchange that is needed.

    calendar: the workspace's, one of whose sessions the date is.  codes: of the exchanges needed.
    Raises LookupError for a code whose sessions are not known.
    """
    home = calendar.exchange.code
    ends = [Settled(calendar.settles(session), home)]
    for code in sorted(set(codes) - {home}):
        other = calendar.of(code)
        held: list[date] = other.sessions(session - CLOSED, session).tolist()
        ends += [Settled(other.settles(day), code) for day in held[-1:]]
    return max(ends, key=lambda end: end.at)


def post_at(settled: datetime, at: time, zone: str, *, same_day: bool = False) -> datetime:
    """Return the first local time `at`, on a Monday to Friday there, that is not before a session has
    settled.

    same_day: a post waits for the session that settles up to `SAME_DAY_WAIT` after its time; it comes then.

    A local time that the clocks skip becomes the moment at which they go on; of one that comes twice it is
    the first.  A later session is never told of earlier.  Two may meet at one moment, and then are told of
    together: a half day and the session before it, and Thursday and Friday where Thursday has settled after
    `at` on a Friday morning (08:30 in Auckland).

    settled: with a zone.  zone: IANA name; ZoneInfoNotFoundError (a KeyError) where there is none.
    Returns a moment in UTC.
    """
    local = ZoneInfo(zone)
    day = settled.astimezone(local).date()
    if same_day and any(_post_waits(settled, each, at, local) for each in (day - timedelta(days=1), day)):
        return settled.astimezone(UTC)
    while day.weekday() >= SATURDAY or _utc_moment(day, at, local) < settled:
        day += timedelta(days=1)
    return _utc_moment(day, at, local)


def post_of(digest: Digest, settled: datetime) -> datetime:
    """Find the moment (UTC) at which a channel hears of a session by when it settles; see `post_at`."""
    return post_at(settled, digest.at, digest.zone, same_day=digest.same_day)


@dataclass(frozen=True)
class Due:
    """A daily post to come.

    at: its moment.  session: that it tells of.  settled: when that has settled on all exchanges it needs.
    sooner: when the session would be told of if the channel's posts waited for that of their own day; None
    where they do, or where that changes nothing.
    """

    at: datetime
    session: date
    settled: Settled
    sooner: datetime | None = None


def next_post(calendar: Sessions, now: datetime, digest: Digest, codes: Iterable[str] = ()) -> Due | None:
    """Find the next moment after `now` at which a session falls due in a channel; of two the newer one.

    codes: of the exchanges on which the symbols of its rules are traded.
    Gives None while the channel hears nothing.
    """
    if not digest.active:
        return None
    needed = frozenset(codes)
    days: list[date] = calendar.sessions((now - AROUND).date(), (now + AROUND).date()).tolist()
    ends = [(day, find_settled(calendar, day, needed)) for day in days]
    posts = [
        Due(post_of(digest, end.at), day, end, _sooner_post(digest, end.at)) for day, end in reversed(ends)
    ]
    return min((post for post in posts if post.at > now), key=lambda post: post.at, default=None)


def _sooner_post(digest: Digest, settled: datetime) -> datetime | None:
    waited = post_of(replace(digest, same_day=True), settled)
    return waited if waited < post_of(digest, settled) else None


def _post_waits(settled: datetime, day: date, at: time, zone: ZoneInfo) -> bool:
    """Return whether the post of a day waits for what settles then."""
    return day.weekday() < SATURDAY and timedelta() <= settled - _utc_moment(day, at, zone) <= SAME_DAY_WAIT


def comes_without_news(digest: Digest, due: datetime) -> bool:
    """Tell whether a post comes at a moment whatever it has to say: always, or on a chosen weekday."""
    return digest.mode is DigestMode.ALWAYS or due.astimezone(ZoneInfo(digest.zone)).weekday() in digest.days


def closed_weekdays(calendar: Sessions, first: date, last: date) -> list[date]:
    """List the days from Monday to Friday on which an exchange rests, as far as its calendar is known."""
    lowest, highest = calendar.bounds
    held = set(calendar.sessions(first, last).tolist())
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < SATURDAY and lowest <= day <= highest and day not in held]


def ended_periods(calendar: Sessions, told: date | None, session: date) -> dict[Period, date]:
    """Find the week and the month that a post about a session is to tell of, by their last sessions.

    told: up to which session the channel was told; None for none.
    """
    days: list[date] = calendar.sessions(session - CLOSED, session + AROUND).tolist()
    known = [day for day in days if day <= session] + [day for day in days if day > session][:1]
    ends = {period: ended_period(known, told, period) for period in (Period.WEEK, Period.MONTH)}
    return {period: end for period, end in ends.items() if end}


def _utc_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Convert a local time to UTC."""
    asked = datetime.combine(day, at.replace(fold=0), zone)
    found = asked.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == asked.replace(tzinfo=None):
        return found
    return _end_of_gap(found, zone)


def _end_of_gap(after: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks went forward, a little before `after`: local time is valid
    again.
    """
    offset = after.astimezone(zone).utcoffset()
    moment = after.replace(second=0, microsecond=0)
    while (moment - timedelta(minutes=1)).astimezone(zone).utcoffset() == offset:
        moment -= timedelta(minutes=1)
    return moment
