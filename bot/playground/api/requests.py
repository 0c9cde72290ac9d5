"""A request to the API: what it holds, who may make it and how often, and how Slack refuses it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.playground.model import BOT, Channel, Installed, Payload
from bot.playground.workspace import Workspace
from bot.ports import Clock

STRUCTURED = ("blocks", "attachments", "metadata", "view", "files")
"""Fields that come as JSON, or as a string of JSON where the body is a form."""


class Refusal(Exception):
    """An answer with ok: false, or a status other than 200.

    details: what is wrong, each with its JSON pointer; extra: other fields of the answer.
    """

    def __init__(
        self,
        error: str,
        details: Iterable[str] = (),
        *,
        status: int = 200,
        retry_after: int | None = None,
        **extra: Any,
    ) -> None:
        self.error, self.details, self.status, self.extra = error, tuple(details), status, extra
        self.headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
        super().__init__(error)

    def body(self) -> Payload:
        """Return the answer in Slack's words."""
        body = {"ok": False, "error": self.error, **self.extra}
        if self.details:
            messages = [f"[ERROR] {detail}" for detail in self.details]
            body |= {"errors": list(self.details), "response_metadata": {"messages": messages}}
        return body


@dataclass(frozen=True)
class Call:
    """One request that came in.  at: seconds; status, error: what was answered."""

    method: str
    payload: Payload
    at: float
    status: int
    error: str | None


async def payload_of(request: web.Request) -> Payload:
    """Return the fields of a JSON body, a form or a query, as they were sent."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        return body
    return {**request.query, **await request.post()}


def decode_fields(payload: Payload) -> Payload:
    """Decode the fields with what is JSON inside read; a list that was sent as its Python repr is refused."""
    return {key: _decode_field(key, value) for key, value in payload.items() if value is not None}


def _decode_field(key: str, value: Any) -> Any:
    if key not in STRUCTURED or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(f"invalid_{key}_format" if key == "blocks" else "invalid_arguments") from None


def required_field(payload: Payload, field: str) -> str:
    """Return a field that must be there."""
    if not payload.get(field):
        raise Refusal("invalid_arguments", [f"missing required field: {field}"])
    return str(payload[field])


def flag(payload: Mapping[str, Any], field: str) -> bool:
    """Return a flag, however it was sent."""
    return str(payload.get(field, "")).lower() in ("1", "true")


NEEDED: Mapping[str, str] = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.open": "im:write",
    "users.info": "users:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
}
"""Scopes that do not depend on the channel."""
KINDS = {"public": "channels", "private": "groups", "mpim": "mpim", "dm": "im"}


class Guard:
    """Refuses what the app may not do."""

    def __init__(self, workspace: Workspace, installed: Installed) -> None:
        self._workspace, self._installed = workspace, installed

    def admit(self, method: str, token: str) -> None:
        """Require the right token and scope for a method."""
        app_level = method.startswith("apps.")
        if not token:
            raise Refusal("not_authed")
        if token not in (self._installed.bot_token, self._installed.app_token):
            raise Refusal("invalid_auth")
        if app_level != (token == self._installed.app_token):
            raise Refusal("not_allowed_token_type")
        if method in NEEDED:
            self.scope(NEEDED[method])

    def scope(self, needed: str) -> None:
        """Require a scope to have been granted."""
        if needed not in self._installed.scopes:
            raise Refusal("missing_scope", needed=needed, provided=",".join(self._installed.scopes))

    def readable(self, channel_id: object, what: str) -> Channel:
        """Return a channel whose history or facts the app may read; what: "history" or "read"."""
        place = self._workspace.channels.get(str(channel_id))
        if not any(f"{kind}:{what}" in self._installed.scopes for kind in KINDS.values()):
            self.scope(f"{KINDS[place.kind] if place else 'channels'}:{what}")
        channel = self._visible(channel_id)
        self.scope(f"{KINDS[channel.kind]}:{what}")
        if what == "history" and BOT not in channel.members:
            raise Refusal("not_in_channel")
        return channel

    def joined_channel(self, channel_id: object) -> Channel:
        """Return a channel that the app is in."""
        channel = self._visible(channel_id)
        if channel.archived:
            raise Refusal("is_archived")
        if BOT not in channel.members:
            raise Refusal("not_in_channel")
        return channel

    def writable(self, channel_id: object, with_files: bool) -> Channel:
        """Find the channel that the app may post to; a person's id stands for the direct messages with them.

        The scope chat:write.public opens public channels, but not for messages that show files.
        """
        person = self._workspace.users.get(str(channel_id))
        if person is not None:
            if person.is_bot:
                raise Refusal("cannot_dm_bot")
            return self._workspace.dm(person.id)
        channel = self._visible(channel_id)
        open_to_all = channel.kind == "public" and "chat:write.public" in self._installed.scopes
        if open_to_all and not channel.archived and not with_files:
            return channel
        return self.joined_channel(channel.id)

    def _visible(self, channel_id: object) -> Channel:
        """Return a channel that the app can see at all: private ones only from inside."""
        channel = self._workspace.channels.get(str(channel_id))
        if channel is None or (channel.kind != "public" and BOT not in channel.members):
            raise Refusal("channel_not_found")
        return channel


@dataclass
class Rate:
    """How many posts a channel takes: one a second, after a burst of `burst`; None: as many as you like.

    Seconds are those of the workspace: where a day is let pass, a channel has had a day.
    """

    clock: Clock
    burst: int | None = None
    per_second: float = 1.0
    _spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, channel: str) -> None:
        """Count one post; refuse it where the channel has had too many."""
        if self.burst is None:
            return
        now = self.clock.now().timestamp()
        level, since = self._spent.get(channel, (0.0, now))
        level = max(level - (now - since) * self.per_second, 0.0)
        if level + 1 > self.burst:
            wait = (level + 1 - self.burst) / self.per_second
            raise Refusal("ratelimited", status=429, retry_after=max(math.ceil(wait), 1))
        self._spent[channel] = (level + 1, now)
