"""A messenger that only remembers: the fake beside the real one, held to the same contract suite."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import Unavailable
from bot.ports import Delivered, Document, Place
from bot.render.message import Message


@dataclass(frozen=True)
class Posted:
    """A message for all to see."""

    place: Place
    message: Message
    pictures: Mapping[str, bytes]


@dataclass(frozen=True)
class Told:
    """A message for the asking person only."""

    place: Place
    message: Message


@dataclass(frozen=True)
class Attached:
    """Files for all to see."""

    place: Place
    words: str
    documents: Sequence[Document]


@dataclass
class RecordingMessenger:
    """Remembers what was posted, told and attached; what may not be in a channel goes to who asked.

    closed: channels that the bot may not post in; down: Slack does not answer at all.
    """

    closed: set[str] = field(default_factory=set)
    down: bool = False
    posted: list[Posted] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def post(self, place: Place, message: Message, pictures: Mapping[str, bytes]) -> Delivered:
        self._check()
        if place.channel in self.closed:
            return self._elsewhere(place, message, pictures)
        self.posted.append(Posted(place, message, pictures))
        slots = {block["slot"] for block in message.blocks if "slot" in block}
        lost = ("pictures",) if slots - set(pictures) else ()
        return Delivered(place.channel, f"1700000000.{next(self._numbers):06d}", lost)

    async def tell(self, place: Place, message: Message) -> None:
        self._check()
        self.told.append(Told(place, message))

    async def attach(self, place: Place, words: str, documents: Sequence[Document]) -> Delivered:
        self._check()
        if place.channel not in self.closed:
            self.attached.append(Attached(place, words, documents))
            return Delivered(place.channel, None)
        if not place.user:
            raise Unavailable("Slack", "not_in_channel", permanent=True)
        self.told.append(Told(place, Message("I could not share files there.", ())))
        alone = Place(place.team, f"D{place.user[1:]}", place.user)
        self.attached.append(Attached(alone, words, documents))
        return Delivered(alone.channel, None, ("channel",))

    def _elsewhere(self, place: Place, message: Message, pictures: Mapping[str, bytes]) -> Delivered:
        if not place.reply_url:
            raise Unavailable("Slack", "not_in_channel", permanent=True)
        self.told.append(Told(place, message))
        return Delivered(place.channel, None, ("channel", "pictures") if pictures else ("channel",))

    def _check(self) -> None:
        if self.down:
            raise Unavailable("Slack", "no connection")
