"""Slack's side of a run: the playground's workspace with the scenario's channels, and a log of every post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from bot.model import NoticeKind
from bot.playground.api.server import Slack
from bot.playground.model import BOT, Channel, Installed, PostedMessage
from bot.playground.storage import USERS
from bot.playground.workspace import Workspace
from bot.ports import Clock
from bot.slack.publisher import NOTICE_EVENT
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.reliability.clock import real

SCOPES = ("commands", "chat:write", "files:write", "app_mentions:read", "users:read")
HISTORY = ("channels:history",)
"""Optional: with it the bot can look whether a doubtful post arrived."""


@dataclass(frozen=True)
class Posted:
    """A message that arrived.  at: real monotonic seconds.  key: of the notice."""

    at: float
    key: str
    ts: str


class Logged(Workspace):
    """A workspace that notes when each message arrived, and all that it was made to say afterwards."""

    posted: list[Posted]
    rewritten: dict[str, set[str]]

    def post(
        self, channel: str, user: str, text: str, blocks: Sequence[Any] = (), **more: Any
    ) -> PostedMessage:
        """As in every workspace."""
        message = super().post(channel, user, text, blocks, **more)
        if user == BOT:
            self.posted.append(Posted(real(), key_of(message) or self._key_of_file(message), message.ts))
        return message

    def update(
        self, channel: str, ts: str, text: str, blocks: Sequence[Any] = (), metadata: Any = None
    ) -> PostedMessage:
        """As in every workspace."""
        message = super().update(channel, ts, text, blocks, metadata)
        self.rewritten.setdefault(key_of(message), set()).add(message.text)
        return message

    def _key_of_file(self, message: PostedMessage) -> str:
        """The notice that a shared file keeps, which carries no key: it stands under its session's digest."""
        above = self.message(message.channel, message.thread_ts) if message.thread_ts else None
        parent = key_of(above).split("/") if above and message.files else []
        return (
            "/".join([*parent[:3], NoticeKind.FILE, *parent[4:]])
            if parent[3:4] == [NoticeKind.DIGEST]
            else ""
        )

    @property
    def arrived(self) -> dict[str, list[Posted]]:
        """What arrived, by key."""
        found: dict[str, list[Posted]] = defaultdict(list)
        for each in self.posted:
            found[each.key].append(each)
        return found

    def texts(self) -> dict[str, str]:
        """The words that stand there now, by ts."""
        return {
            message.ts: message.text
            for channel in self.channels
            for message in self.messages(channel)
            if message.user == BOT
        }


def key_of(message: PostedMessage) -> str:
    """The notice that a message keeps; empty for one that keeps none."""
    metadata = message.metadata or {}
    payload = metadata.get("event_payload") or {}
    return str(payload.get("key", "")) if metadata.get("event_type") == NOTICE_EVENT else ""


@dataclass(frozen=True)
class Side:
    """The workspace, and the server before it."""

    space: Logged
    slack: Slack

    def running(self) -> AbstractAsyncContextManager[Slack]:
        """Served until the block ends."""
        return self.slack.running()

    def close(self, how: str) -> None:
        """A channel is archived ("-C05"), or the bot is removed from it ("C09")."""
        if how.startswith("-"):
            self.space.archive(how[1:])
        else:
            self.space.leave(how, BOT)


def side(clock: Clock, channels: Sequence[str], *, history: bool) -> Side:
    """A fresh one, in which the bot is in every channel."""
    members = tuple(person.id for person in USERS)
    rooms = [Channel(channel, channel.lower(), "public", members) for channel in channels]
    space = Logged(clock, USERS, rooms)
    space.posted, space.rewritten = [], {}
    scopes = (*SCOPES, *(HISTORY if history else ()))
    return Side(space, Slack(space, Installed(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, scopes)))
