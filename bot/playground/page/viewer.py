"""The person who sees the page: names, places, and moments in their time zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.playground.model import TEAM_URL, Channel, File, Person, PostedMessage
from bot.playground.workspace import Workspace

HUES = 6
_PERMALINK = re.compile(
    re.escape(TEAM_URL) + r"archives/(\w+)/p(\d+)(\d{6})(?:\?(?:\S*&)?thread_ts=([\d.]+)\S*)?"
)


@dataclass(frozen=True)
class Viewer:
    """One person in the workspace.  user: an id that the workspace knows."""

    workspace: Workspace
    user: str

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.workspace.users[self.user]

    @property
    def city(self) -> str:
        """Where the person's clock goes by, e.g. "New York"."""
        return self.person.tz.split("/")[-1].replace("_", " ")

    def sees(self, channel: str) -> bool:
        """Return whether the person may look into a channel."""
        return any(each.id == channel for each in self.workspace.channels_of(self.user))

    def name_of(self, user: str) -> str:
        """Return the name that stands above a message and after @; the id where nobody has it."""
        person = self.workspace.users.get(user)
        return person.real_name if person else user

    def initials_of(self, user: str) -> str:
        """Return what stands in the square beside a name."""
        return "".join(word[0] for word in self.name_of(user).split()[:2]).upper()

    def hue_of(self, user: str) -> int:
        """Return which colour that square has."""
        return sum(map(ord, user)) % HUES

    def as_somebody(self, user: str) -> Viewer:
        """Return the same workspace through other eyes."""
        return Viewer(self.workspace, user)

    def channel_of(self, channel: str) -> Channel | None:
        """Return the channel, or None where there is none that this person may know of."""
        return self.workspace.channels[channel] if self.sees(channel) else None

    def moment(self, seconds: float) -> Moment:
        """Return a moment in the person's time zone."""
        zone = ZoneInfo(self.person.tz)
        return Moment(seconds, zone, self.workspace.clock.now().astimezone(zone).date())

    def moment_of(self, message: PostedMessage) -> Moment:
        """Tell the moment when a message was posted."""
        return self.moment(float(message.ts))

    def file(self, file_id: str) -> File | None:
        """Return a file whose upload is complete."""
        file = self.workspace.files.get(file_id)
        return file if file and file.complete else None

    def href(self, channel: str, thread: str | None = None) -> str:
        """Return the address of a channel, or of a thread in it."""
        place = f"/as/{quote(self.user)}/{quote(channel)}"
        return f"{place}?thread={quote(thread)}" if thread else place

    def leads_to(self, permalink: str) -> str | None:
        """Find where on the page a message of this address in Slack is: in its thread; None for others."""
        found = _PERMALINK.fullmatch(permalink)
        return self.href(found[1], found[4] or f"{found[2]}.{found[3]}") if found else None


NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_TOKEN = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Moment:
    """A moment as seen on a day in a zone.  seconds: since 1970."""

    seconds: float
    zone: tzinfo
    today: date

    @property
    def local(self) -> datetime:
        """With the zone's date and time; OverflowError, OSError or ValueError where no calendar has it."""
        return datetime.fromtimestamp(self.seconds, self.zone)

    @property
    def time(self) -> str:
        """ "14:03"."""
        return f"{self.local:%H:%M}"

    @property
    def whole(self) -> str:
        """For a tooltip: "Sunday, 22 November 2026, 14:03:27 GMT"."""
        return f"{self.local:%A}, {self.local.day} {self.local:%B %Y, %H:%M:%S %Z}"

    @property
    def day(self) -> str:
        """For a narrow place: "Sun 22 Nov"."""
        return f"{self.local:%a} {self.local.day} {self.local:%b}"

    @property
    def short(self) -> str:
        """For a narrow place: "Sun 22 Nov 2026, 14:03"."""
        return f"{self.local:%a} {self.local.day} {self.local:%b %Y, %H:%M}"

    @property
    def divider(self) -> str:
        """What stands above a day's messages: "Today", "Yesterday", "Friday, 20 November"."""
        day = self.local
        near = self.near()
        if near:
            return near.capitalize()
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{day:%A}, {day.day} {day:%B}{year}"

    @property
    def recent(self) -> str:
        """For something that went on: "today at 14:03", "on 19 Feb at 08:31"."""
        day = self.local
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{self.near() or f'on {day.day} {day:%b}{year}'} at {self.time}"

    def near(self) -> str | None:
        """Name a near day: yesterday, today or tomorrow; None for other days."""
        return NEAR.get((self.local.date() - self.today) // timedelta(days=1))

    def fill_tokens(self, form: str) -> str:
        """Return Slack's tokens replaced, e.g. "{date_short} at {time}" -> "Feb 18, 2014 at 06:39"."""
        return _TOKEN.sub(lambda token: self._token(token[1], token[0]), form)

    def _token(self, name: str, unknown: str) -> str:
        if name.endswith("_pretty"):
            plain = "date_long" if name == "day_divider_pretty" else name.removesuffix("_pretty")
            return self.near() or self._token(plain, unknown)
        form = _FORMS.get(name)
        return form(self.local) if form else unknown


def _ordinal(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


_FORMS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date_slash": lambda at: f"{at:%d/%m/%Y}",
    "date": lambda at: f"{at:%B} {_ordinal(at.day)}, {at:%Y}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at:%Y}",
    "date_long": lambda at: f"{at:%A}, {at:%B} {_ordinal(at.day)}, {at:%Y}",
    "date_long_full": lambda at: f"{at:%B} {at.day}, {at:%Y}",
    "time": lambda at: f"{at:%H:%M}",
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}
