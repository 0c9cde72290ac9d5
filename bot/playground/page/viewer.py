"""Whose eyes see the page: names, places and times as one person knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.playground.model import TEAM_URL, Channel, File, Person, PostedMessage
from bot.playground.page.dates import Moment
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
        """Whether the person may look into a channel."""
        return any(each.id == channel for each in self.workspace.channels_of(self.user))

    def name_of(self, user: str) -> str:
        """The name that stands above a message and after @; the id where nobody has it."""
        person = self.workspace.users.get(user)
        return person.real_name if person else user

    def initials_of(self, user: str) -> str:
        """What stands in the square beside a name."""
        return "".join(word[0] for word in self.name_of(user).split()[:2]).upper()

    def hue_of(self, user: str) -> int:
        """Which colour that square has."""
        return sum(map(ord, user)) % HUES

    def as_somebody(self, user: str) -> Viewer:
        """The same workspace through other eyes."""
        return Viewer(self.workspace, user)

    def channel_of(self, channel: str) -> Channel | None:
        """The channel, or None where there is none that this person may know of."""
        return self.workspace.channels[channel] if self.sees(channel) else None

    def moment(self, seconds: float) -> Moment:
        """A moment in the person's time zone."""
        zone = ZoneInfo(self.person.tz)
        return Moment(seconds, zone, self.workspace.clock.now().astimezone(zone).date())

    def sent(self, message: PostedMessage) -> Moment:
        """When a message was posted."""
        return self.moment(float(message.ts))

    def file(self, file_id: str) -> File | None:
        """A file whose upload is complete."""
        file = self.workspace.files.get(file_id)
        return file if file and file.complete else None

    def href(self, channel: str, thread: str | None = None) -> str:
        """The address of a channel, or of a thread in it."""
        place = f"/as/{quote(self.user)}/{quote(channel)}"
        return f"{place}?thread={quote(thread)}" if thread else place

    def leads_to(self, permalink: str) -> str | None:
        """Where on the page a message is that Slack has this address for: in its thread; None for others."""
        found = _PERMALINK.fullmatch(permalink)
        return self.href(found[1], found[4] or f"{found[2]}.{found[3]}") if found else None
