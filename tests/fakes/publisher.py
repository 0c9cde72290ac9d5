"""A publisher that only remembers: the fake beside the real one, held to the same contract suite.

publisher.fail(Verdict.LATER, retry_after=30.0)        the next call is refused, nothing arrives
publisher.fail(Verdict.DOUBT, arrived=True)            the next post arrives, and nobody hears of it
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import Undelivered, Verdict
from bot.ports import Clock, Delivered, Document, Ours, Place
from bot.render.message import Message


class Refused(Undelivered):
    """What the fake raises."""

    def __init__(self, verdict: Verdict, code: str = "", retry_after: float | None = None) -> None:
        self.verdict, self.code = verdict, code
        super().__init__("Slack", code or verdict.value, retry_after=retry_after)


@dataclass(frozen=True)
class Published:
    """A message that arrived.  files: of its pictures, by slot.  rewritten: how often it got other words."""

    place: Place
    message: Message
    pictures: Mapping[str, bytes]
    key: str
    ts: str
    files: Mapping[str, str] = field(default_factory=dict)
    rewritten: int = 0


@dataclass
class Failure:
    """What comes over a call.  arrived: its work is done all the same."""

    verdict: Verdict
    code: str
    retry_after: float | None
    arrived: bool


@dataclass
class RecordingPublisher:
    """Remembers what arrived, the oldest first.

    closed: channels that take nothing.  unreadable: channels whose history may not be read.
    unlinked: no message has an address.  looks: keys that were looked for.
    """

    clock: Clock
    closed: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    unlinked: bool = False
    published: list[Published] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    _failures: deque[Failure] = field(default_factory=deque)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _files: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def fail(
        self,
        verdict: Verdict,
        *,
        times: int = 1,
        code: str = "",
        retry_after: float | None = None,
        arrived: bool = False,
    ) -> None:
        """Let the next calls of `publish` and `rewrite` fail."""
        self._failures.extend([Failure(verdict, code, retry_after, arrived)] * times)

    def at(self, ts: str) -> Published:
        """The message with this ts, as it is now."""
        return next(each for each in self.published if each.ts == ts)

    async def publish(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str, ours: Ours
    ) -> Delivered:
        failure = await self._admitted(place, ours)
        ts = f"{int(self.clock.now().timestamp())}.{next(self._numbers):06d}"
        files = self._uploaded(message, pictures)
        self.published.append(Published(place, message, pictures, key, ts, files))
        self._tell(failure)
        return Delivered(place.channel, ts, _lacking(message, files), files)

    async def share(
        self, place: Place, words: str, documents: Sequence[Document], key: str, ours: Ours
    ) -> Delivered:
        failure = await self._admitted(place, ours)
        ts = f"{int(self.clock.now().timestamp())}.{next(self._numbers):06d}"
        names = ", ".join(each.name for each in documents)
        self.published.append(Published(place, Message(words, ()), {}, names, ts))
        self._tell(failure)
        return Delivered(place.channel, None)

    async def find_shared(self, place: Place, names: Sequence[str], since: datetime) -> str | None:
        return await self.find(place, ", ".join(names), since)

    async def rewrite(
        self,
        place: Place,
        ts: str,
        message: Message,
        pictures: Mapping[str, bytes],
        ours: Ours,
        files: Mapping[str, str] | None = None,
    ) -> Delivered:
        failure = await self._admitted(place, ours)
        there = [
            i for i, each in enumerate(self.published) if (each.place.channel, each.ts) == (place.channel, ts)
        ]
        if not there:
            raise Refused(Verdict.REFUSED, "message_not_found")
        old = self.published[there[0]]
        shown = {**(files or {}), **self._uploaded(message, pictures)}
        new = replace(old, message=message, pictures=pictures, files=shown, rewritten=old.rewritten + 1)
        self.published[there[0]] = new
        self._tell(failure)
        return Delivered(place.channel, ts, _lacking(message, shown), shown)

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        self.looks.append(key)
        if place.channel in self.unreadable:
            raise Refused(Verdict.SETUP, "missing_scope")
        for each in self.published:
            here = (each.place.channel, each.place.thread, each.key) == (place.channel, place.thread, key)
            if here and float(each.ts) >= int(since.timestamp()):
                return each.ts
        return None

    async def link(self, place: Place, ts: str) -> str | None:
        there = any((each.place.channel, each.ts) == (place.channel, ts) for each in self.published)
        if self.unlinked or not there:
            return None
        return f"https://fund-team.slack.com/archives/{place.channel}/p{ts.replace('.', '')}"

    async def _admitted(self, place: Place, ours: Ours) -> Failure | None:
        """What will come over a call that does its work; raises where it does none."""
        if not await ours():
            raise Refused(Verdict.LATER)
        failure = self._failures.popleft() if self._failures else None
        if failure and not failure.arrived:
            self._tell(failure)
        if place.channel in self.closed:
            raise Refused(Verdict.CLOSED, "not_in_channel")
        return failure

    def _uploaded(self, message: Message, pictures: Mapping[str, bytes]) -> dict[str, str]:
        """Every upload is another file, as at Slack."""
        return {slot: f"F{next(self._files)}" for slot in sorted(_slots(message) & set(pictures))}

    def _tell(self, failure: Failure | None) -> None:
        if failure:
            raise Refused(failure.verdict, failure.code, failure.retry_after)


def _slots(message: Message) -> set[str]:
    return {block["slot"] for block in message.blocks if "slot" in block}


def _lacking(message: Message, files: Mapping[str, str]) -> tuple[str, ...]:
    return ("pictures",) if _slots(message) - set(files) else ()
