"""conversations.* and users.info: reading, where the scopes allow it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.playground.api.chat import as_api
from bot.playground.api.guard import Guard
from bot.playground.api.refusal import Refusal, required, truth
from bot.playground.model import BOT, Channel, Payload, PostedMessage
from bot.playground.workspace import Workspace, files_in

PAGE = 100
"""Messages in an answer where nothing else is asked for."""


class Conversations:
    """The methods that read channels and people."""

    def __init__(self, workspace: Workspace, guard: Guard) -> None:
        self._workspace, self._guard = workspace, guard

    def history(self, payload: Payload) -> Payload:
        """conversations.history: newest first, without replies and without what is ephemeral."""
        channel = self._guard.readable(required(payload, "channel"), "history")
        return self._page(self._workspace.history(channel.id)[::-1], payload)

    def replies(self, payload: Payload) -> Payload:
        """conversations.replies: a thread, oldest first."""
        channel = self._guard.readable(required(payload, "channel"), "history")
        thread = self._workspace.thread(channel.id, required(payload, "ts"))
        if not thread:
            raise Refusal("thread_not_found")
        return self._page(thread, payload)

    def info(self, payload: Payload) -> Payload:
        """conversations.info"""
        channel = self._guard.readable(required(payload, "channel"), "read")
        return {"channel": _about(channel)}

    def open(self, payload: Payload) -> Payload:
        """conversations.open, for one person."""
        person = self._workspace.users.get(required(payload, "users"))
        if person is None:
            raise Refusal("user_not_found")
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
        return {"channel": {"id": self._workspace.dm(person.id).id}}

    def user_info(self, payload: Payload) -> Payload:
        """users.info"""
        person = self._workspace.users.get(required(payload, "user"))
        if person is None:
            raise Refusal("user_not_found")
        about: Payload = {"id": person.id, "team_id": person.team, "name": person.name}
        about["real_name"] = person.real_name
        if person.organisation:
            about["enterprise_user"] = {"enterprise_id": person.organisation, "teams": [person.team]}
        rights = {"is_bot": person.is_bot, "is_admin": person.is_admin, "is_owner": False}
        profile = {"display_name": person.name, "real_name": person.real_name}
        return {"user": about | rights | {"tz": person.tz, "profile": profile}}

    def _page(self, messages: Sequence[PostedMessage], payload: Payload) -> Payload:
        kept, more = _within(messages, payload)
        everything = truth(payload, "include_all_metadata")
        shown = [as_api(message, everything) | self._shared(message) for message in kept]
        answer: Payload = {"messages": shown, "has_more": bool(more)}
        return answer | ({"response_metadata": {"next_cursor": more}} if more else {})

    def _shared(self, message: PostedMessage) -> Payload:
        """The files that were shared with a message; those that its blocks show are not among them."""
        shown = set(files_in(message.blocks))
        known = self._workspace.files
        files = [known[file] for file in message.files if file in known and file not in shown]
        about = [{"id": file.id, "name": file.name, "title": file.title} for file in files]
        return {"files": about} if about else {}


def _about(channel: Channel) -> Payload:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind not in ("dm", "mpim"),
        "is_im": channel.kind == "dm",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "is_member": BOT in channel.members,
        "topic": {"value": channel.topic},
    }


def _within(messages: Sequence[PostedMessage], payload: Payload) -> tuple[Sequence[PostedMessage], str]:
    """One page between `oldest` and `latest`, left out unless `inclusive`; the cursor of the next, if any."""
    if not str(payload.get("limit") or PAGE).isdigit():
        raise Refusal("invalid_limit")
    limit, inclusive = int(payload.get("limit") or PAGE), truth(payload, "inclusive")
    oldest, latest = str(payload.get("oldest") or "0"), str(payload.get("latest") or "9")
    within = [
        message
        for message in messages
        if oldest < message.ts < latest or (inclusive and message.ts in (oldest, latest))
    ]
    start = _cursor(payload)
    kept, more = within[start : start + limit], len(within) > start + limit
    return kept, str(start + limit) if more else ""


def _cursor(payload: Payload) -> int:
    cursor = str(payload.get("cursor") or "0")
    if not cursor.isdigit():
        raise Refusal("invalid_cursor")
    return int(cursor)
