"""A messenger that only remembers: the fake beside the real one, held to the same contract suite."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import Unavailable, Undelivered, Verdict
from bot.ports import Delivered, Document, Place
from bot.render.message import Message


@dataclass(frozen=True)
class Posted:
    """A message for all to see."""

    place: Place
    message: Message
    pictures: Mapping[str, bytes]
    key: str = ""
    ts: str = ""


@dataclass(frozen=True)
class NamedEstimate:
    """A message for the asking person only."""

    place: Place
    message: Message


@dataclass(frozen=True)
class Attached:
    """Files for all to see."""

    place: Place
    words: str
    documents: Sequence[Document]
    ts: str = ""


class Unreadable(Undelivered):
    """The bot lacks the scope to look."""

    verdict, code = Verdict.SETUP, "missing_scope"


@dataclass
class RecordingMessenger:
    """Remembers what was posted, told and attached; what may not be in a channel goes to who asked.

    closed: channels that the bot may not post in; down: Slack does not answer at all.
    unreadable: nobody may look for what was posted.
    """

    closed: set[str] = field(default_factory=set)
    down: bool = False
    unreadable: bool = False
    posted: list[Posted] = field(default_factory=list)
    told: list[NamedEstimate] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    rewritten: list[Message] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def post(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str = ""
    ) -> Delivered:
        self._check()
        if place.channel in self.closed:
            return self._elsewhere(place, message, pictures)
        ts = self._ts()
        self.posted.append(Posted(place, message, pictures, key, ts))
        slots = {block["slot"] for block in message.blocks if "slot" in block}
        lost = ("pictures",) if slots - set(pictures) else ()
        files = {slot: f"F{ts}-{slot}" for slot in slots & set(pictures)}
        return Delivered(place.channel or _alone(place), ts, lost, files)

    async def rewrite(self, place: Place, posted: Delivered, message: Message) -> None:
        self._check()
        at = next((at for at, each in enumerate(self.posted) if each.ts == posted.ts), None)
        if at is None:
            raise Unavailable("Slack", "message_not_found", permanent=True)
        self.posted[at] = replace(self.posted[at], message=message)
        self.rewritten.append(message)

    async def tell(self, place: Place, message: Message) -> None:
        self._check()
        self.told.append(NamedEstimate(place, message))

    async def attach(self, place: Place, words: str, documents: Sequence[Document]) -> Delivered:
        self._check()
        if place.channel not in self.closed:
            self.attached.append(Attached(place, words, documents, self._ts()))
            return Delivered(place.channel, None)
        if not place.user:
            raise Unavailable("Slack", "not_in_channel", permanent=True)
        self.told.append(NamedEstimate(place, Message("I could not share files there.", ())))
        alone = Place(place.team, _alone(place), place.user)
        self.attached.append(Attached(alone, words, documents))
        return Delivered(alone.channel, None, ("channel",))

    async def find(
        self, place: Place, key: str, since: datetime, files: Sequence[str] = ()
    ) -> Delivered | None:
        self._check()
        if self.unreadable:
            raise Unreadable("Slack", "missing_scope", permanent=True)
        posted = [(each.place, each.ts) for each in self.posted if each.key == key]
        named = ((each.place, each.ts, {d.name for d in each.documents}) for each in self.attached)
        shared = [(where, ts) for where, ts, names in named if names <= set(files)]
        for where, ts in shared if files else posted:
            if (where.channel, where.thread) == (place.channel, place.thread):
                return Delivered(place.channel, ts)
        return None

    def _ts(self) -> str:
        return f"1700000000.{next(self._numbers):06d}"

    def _elsewhere(self, place: Place, message: Message, pictures: Mapping[str, bytes]) -> Delivered:
        if not place.reply_url:
            raise Unavailable("Slack", "not_in_channel", permanent=True)
        self.told.append(NamedEstimate(place, message))
        return Delivered(place.channel, None, ("channel", "pictures") if pictures else ("channel",))

    def _check(self) -> None:
        if self.down:
            raise Unavailable("Slack", "no connection")


def _alone(place: Place) -> str:
    """The direct messages with who asked."""
    return f"D{place.user[1:]}"
