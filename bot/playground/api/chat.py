"""chat.*, conversations.*, users.info and response_url: messages posted, changed and read."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.playground.api import blocks as checks
from bot.playground.api.files import Files
from bot.playground.api.requests import Guard, Rate, Refusal, flag, required_field
from bot.playground.model import APP, BOT, BOT_ID, TEAM, TEAM_URL, Channel, Payload, PostedMessage
from bot.playground.workspace import Workspace, files_in
from bot.render.limits import ALL_TEXT, weight

LONGEST, LONGEST_UPDATE = 40_000, 4_000
"""Characters of the text beside the blocks."""
_TS = re.compile(r"\d+\.\d+")


class Chat:
    """The methods of chat.*, and the checks that response URLs share with them."""

    def __init__(self, workspace: Workspace, guard: Guard, rate: Rate, files: Files) -> None:
        self._workspace, self._guard, self._rate, self._files = workspace, guard, rate, files

    def post_message(self, payload: Payload) -> Payload:
        """Answer chat.postMessage: under a deleted parent it posts outside threads, and does not refuse."""
        given = payload.get("blocks") or []
        channel = self._guard.writable(required_field(payload, "channel"), any(files_in(given)))
        self._rate.take(channel.id)
        text, blocks = self.check_message(payload)
        self._files.check_ready(given)
        thread = _thread(payload)
        message = self._workspace.post(
            channel.id,
            BOT,
            text,
            blocks,
            thread_ts=None if thread and self._workspace.is_gone(channel.id, thread) else thread,
            metadata=_metadata(payload),
        )
        return {"channel": channel.id, "ts": message.ts, "message": message_json(message)}

    def post_ephemeral(self, payload: Payload) -> Payload:
        """Answer chat.postEphemeral: for a thread that has not begun it is taken, and nobody ever sees it."""
        channel = self._guard.joined_channel(required_field(payload, "channel"))
        user = required_field(payload, "user")
        if user not in channel.members:
            raise Refusal("user_not_in_channel")
        self._rate.take(channel.id)
        text, blocks = self.check_message(payload)
        refuse_files(blocks)
        thread = _thread(payload)
        return {"message_ts": self.show(channel.id, user, text, blocks, thread)}

    def update(self, payload: Payload) -> Payload:
        """Answer chat.update."""
        message = self._own_message(payload, "cant_update_message")
        text, blocks = self.check_message(payload, LONGEST_UPDATE)
        self._files.check_ready(payload.get("blocks") or [])
        if not text:
            text = message.text
        metadata = _metadata(payload)
        new = self._workspace.update(message.channel, message.ts, text, blocks, metadata)
        return {"channel": new.channel, "ts": new.ts, "text": new.text, "message": message_json(new)}

    def delete(self, payload: Payload) -> Payload:
        """Answer chat.delete."""
        message = self._own_message(payload, "cant_delete_message")
        self._workspace.delete(message.channel, message.ts)
        return {"channel": message.channel, "ts": message.ts}

    def get_permalink(self, payload: Payload) -> Payload:
        """Answer chat.getPermalink."""
        channel = self._guard.joined_channel(required_field(payload, "channel"))
        ts = required_field(payload, "message_ts")
        message = self._workspace.message(channel.id, ts)
        if message is None or message.ephemeral_for:
            raise Refusal("message_not_found")
        thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
        link = f"{TEAM_URL}archives/{channel.id}/p{ts.replace('.', '')}{thread}"
        return {"channel": channel.id, "permalink": link}

    def check_message(self, payload: Mapping[str, Any], longest: int = LONGEST) -> tuple[str, list[Payload]]:
        """Return text and blocks as they are kept; raises Refusal for what Slack would not take."""
        text, blocks = str(payload.get("text") or ""), payload.get("blocks") or []
        if not text.strip() and not blocks:
            raise Refusal("no_text")
        if len(text) > longest:
            raise Refusal("msg_too_long")
        found = checks.message_faults(blocks)
        if found:
            raise Refusal("invalid_blocks", found)
        if weight(blocks) > ALL_TEXT:
            raise Refusal("msg_blocks_too_long")
        return text, checks.with_ids(blocks, lambda: self._workspace.ids.new("b"))

    def show(self, channel: str, user: str, text: str, blocks: list[Payload], thread: str | None) -> str:
        """Show a message to one person, in a thread only where there is one; its ts, seen or not."""
        if thread is not None and not self._workspace.has_begun(channel, thread):
            return self._workspace.next_ts()
        return self._workspace.post_ephemeral(channel, BOT, user, text, blocks, thread).ts

    def _own_message(self, payload: Payload, error: str) -> PostedMessage:
        channel = self._guard.joined_channel(required_field(payload, "channel"))
        message = self._workspace.message(channel.id, required_field(payload, "ts"))
        if message is None or message.ephemeral_for:
            raise Refusal("message_not_found")
        if message.user != BOT:
            raise Refusal(error)
        return message


def refuse_files(blocks: list[Payload]) -> None:
    """Refuse uploaded files in what only one person sees."""
    for file in files_in(blocks):
        where = next(i for i, block in enumerate(blocks) if file in files_in(block))
        raise Refusal("invalid_blocks", [f"invalid slack file [json-pointer:/blocks/{where}/slack_file]"])


def message_json(message: PostedMessage, everything: bool = True) -> Payload:
    """Return a message as Slack's answers show it; everything: with its metadata."""
    shown: Payload = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    shown["team"] = TEAM
    if message.user == BOT:
        shown |= {"bot_id": BOT_ID, "app_id": APP}
    optional = {
        "subtype": message.subtype,
        "thread_ts": message.thread_ts,
        "blocks": list(message.blocks),
        "metadata": message.metadata if everything else None,
        "edited": {"user": message.user, "ts": message.edited} if message.edited else None,
    }
    return shown | {key: value for key, value in optional.items() if value}


def _thread(payload: Payload) -> str | None:
    thread = payload.get("thread_ts")
    if thread is not None and not _TS.fullmatch(str(thread)):
        raise Refusal("invalid_thread_ts")
    return str(thread) if thread is not None else None


def _metadata(payload: Payload) -> Mapping[str, Any] | None:
    metadata = payload.get("metadata")
    if not metadata:
        return cast("Mapping[str, Any] | None", metadata)  # an empty object takes away what was there
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > 16_000:
        raise Refusal("metadata_too_large")
    return metadata


REPLY_USES = 5
REPLY_SECONDS = 30 * 60.0
"""Seconds."""


@dataclass
class Reply:
    """One response_url.  source: the message whose button gave it; None where a command did."""

    channel: str
    user: str
    born: float
    source: PostedMessage | None = None
    uses: int = 0


class Replies:
    """Gives response URLs out and takes what is sent to them.  base: the workspace's own address."""

    def __init__(self, workspace: Workspace, chat: Chat) -> None:
        self._workspace, self._chat = workspace, chat
        self.base = ""
        self._given: dict[str, Reply] = {}

    def new(self, user: str, channel: str, source: PostedMessage | None = None) -> str:
        """Return a fresh response_url, which no other page in the same browser can guess."""
        name = secrets.token_hex(12)
        self._given[name] = Reply(channel, user, self._workspace.clock.monotonic(), source)
        return f"{self.base}/reply/{name}"

    def use(self, name: str, payload: Payload) -> None:
        """Use a reply URL once; everything Slack refuses here it answers with 404."""
        reply = self._given.get(name)
        if reply is None:
            raise Refusal("no_such_url", status=404)
        if self._workspace.clock.monotonic() - reply.born > REPLY_SECONDS:
            raise Refusal("expired_url", status=404)
        if reply.uses >= REPLY_USES:
            raise Refusal("used_url", status=404)
        try:
            self._put(reply, payload)
        except Refusal as refusal:
            raise Refusal(refusal.error, status=404) from None
        reply.uses += 1

    def _put(self, reply: Reply, payload: Payload) -> None:
        if reply.source is not None and flag(payload, "delete_original"):
            self._workspace.delete(reply.channel, reply.source.ts)
            return
        text, blocks = self._chat.check_message(payload)
        if reply.source is not None and flag(payload, "replace_original"):
            self._workspace.update(reply.channel, reply.source.ts, text, blocks)
            return
        refuse_files(blocks)
        thread = payload.get("thread_ts")
        if payload.get("response_type") == "in_channel":
            self._workspace.post(reply.channel, BOT, text, blocks, thread_ts=thread)
        else:
            self._chat.show(reply.channel, reply.user, text, blocks, thread)


PAGE = 100
"""Messages in an answer where nothing else is asked for."""


class Conversations:
    """The methods that read channels and people."""

    def __init__(self, workspace: Workspace, guard: Guard) -> None:
        self._workspace, self._guard = workspace, guard

    def history(self, payload: Payload) -> Payload:
        """Answer conversations.history: newest first, without replies and without what is ephemeral."""
        channel = self._guard.readable(required_field(payload, "channel"), "history")
        return self._page(self._workspace.history(channel.id)[::-1], payload)

    def replies(self, payload: Payload) -> Payload:
        """Answer conversations.replies: a thread, oldest first."""
        channel = self._guard.readable(required_field(payload, "channel"), "history")
        thread = self._workspace.thread(channel.id, required_field(payload, "ts"))
        if not thread:
            raise Refusal("thread_not_found")
        return self._page(thread, payload)

    def info(self, payload: Payload) -> Payload:
        """Answer conversations.info."""
        channel = self._guard.readable(required_field(payload, "channel"), "read")
        return {"channel": _about(channel)}

    def open(self, payload: Payload) -> Payload:
        """Answer conversations.open, for one person."""
        person = self._workspace.users.get(required_field(payload, "users"))
        if person is None:
            raise Refusal("user_not_found")
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
        return {"channel": {"id": self._workspace.dm(person.id).id}}

    def user_info(self, payload: Payload) -> Payload:
        """Answer users.info."""
        person = self._workspace.users.get(required_field(payload, "user"))
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
        everything = flag(payload, "include_all_metadata")
        shown = [message_json(message, everything) | self._shared_files(message) for message in kept]
        answer: Payload = {"messages": shown, "has_more": bool(more)}
        return answer | ({"response_metadata": {"next_cursor": more}} if more else {})

    def _shared_files(self, message: PostedMessage) -> Payload:
        """Return the files that were shared with a message; those that its blocks show are not among them."""
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
    """Return one page between `oldest` and `latest`, left out unless `inclusive`; the cursor of the next,
    if any.
    """
    if not str(payload.get("limit") or PAGE).isdigit():
        raise Refusal("invalid_limit")
    limit, inclusive = int(payload.get("limit") or PAGE), flag(payload, "inclusive")
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
