"""chat.*: posting, updating, deleting, and what Slack checks before it takes a message."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from bot.playground.api import blocks as checks
from bot.playground.api.files import Files
from bot.playground.api.guard import Guard, Rate
from bot.playground.api.refusal import Refusal, required
from bot.playground.model import APP, BOT, BOT_ID, TEAM, TEAM_URL, Payload, PostedMessage
from bot.playground.workspace import Workspace, files_in

LONGEST, LONGEST_UPDATE = 40_000, 4_000
"""Characters of the text beside the blocks."""
_TS = re.compile(r"\d+\.\d+")


class Chat:
    """The methods of chat.*, and the checks that response URLs share with them."""

    def __init__(self, workspace: Workspace, guard: Guard, rate: Rate, files: Files) -> None:
        self._workspace, self._guard, self._rate, self._files = workspace, guard, rate, files

    def post_message(self, payload: Payload) -> Payload:
        """chat.postMessage: under a parent that was deleted it posts outside threads, and does not refuse."""
        given = payload.get("blocks") or []
        channel = self._guard.writable(required(payload, "channel"), any(files_in(given)))
        self._rate.take(channel.id)
        text, blocks = self.checked(payload)
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
        return {"channel": channel.id, "ts": message.ts, "message": as_api(message)}

    def post_ephemeral(self, payload: Payload) -> Payload:
        """chat.postEphemeral: for a thread that has not begun it is taken, and nobody ever sees it."""
        channel = self._guard.joined(required(payload, "channel"))
        user = required(payload, "user")
        if user not in channel.members:
            raise Refusal("user_not_in_channel")
        self._rate.take(channel.id)
        text, blocks = self.checked(payload)
        refuse_files(blocks)
        thread = _thread(payload)
        return {"message_ts": self.show(channel.id, user, text, blocks, thread)}

    def update(self, payload: Payload) -> Payload:
        """chat.update"""
        message = self._own(payload, "cant_update_message")
        text, blocks = self.checked(payload, LONGEST_UPDATE)
        self._files.check_ready(payload.get("blocks") or [])
        if not text:
            text = message.text
        metadata = _metadata(payload)
        new = self._workspace.update(message.channel, message.ts, text, blocks, metadata)
        return {"channel": new.channel, "ts": new.ts, "text": new.text, "message": as_api(new)}

    def delete(self, payload: Payload) -> Payload:
        """chat.delete"""
        message = self._own(payload, "cant_delete_message")
        self._workspace.delete(message.channel, message.ts)
        return {"channel": message.channel, "ts": message.ts}

    def get_permalink(self, payload: Payload) -> Payload:
        """chat.getPermalink"""
        channel = self._guard.joined(required(payload, "channel"))
        ts = required(payload, "message_ts")
        message = self._workspace.message(channel.id, ts)
        if message is None or message.ephemeral_for:
            raise Refusal("message_not_found")
        thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
        link = f"{TEAM_URL}archives/{channel.id}/p{ts.replace('.', '')}{thread}"
        return {"channel": channel.id, "permalink": link}

    def checked(self, payload: Mapping[str, Any], longest: int = LONGEST) -> tuple[str, list[Payload]]:
        """Text and blocks as they are kept; raises Refusal for what Slack would not take."""
        text, blocks = str(payload.get("text") or ""), payload.get("blocks") or []
        if not text.strip() and not blocks:
            raise Refusal("no_text")
        if len(text) > longest:
            raise Refusal("msg_too_long")
        found = checks.faults(blocks, checks.IN_MESSAGE, checks.MESSAGE)
        if found:
            raise Refusal("invalid_blocks", found)
        if checks.length(blocks) > checks.ALL_TEXT:
            raise Refusal("msg_blocks_too_long")
        return text, checks.with_ids(blocks, lambda: self._workspace.ids.new("b"))

    def show(self, channel: str, user: str, text: str, blocks: list[Payload], thread: str | None) -> str:
        """Show a message to one person, in a thread only where there is one; its ts, seen or not."""
        if thread is not None and not self._workspace.has_begun(channel, thread):
            return self._workspace.next_ts()
        return self._workspace.post_ephemeral(channel, BOT, user, text, blocks, thread).ts

    def _own(self, payload: Payload, error: str) -> PostedMessage:
        channel = self._guard.joined(required(payload, "channel"))
        message = self._workspace.message(channel.id, required(payload, "ts"))
        if message is None or message.ephemeral_for:
            raise Refusal("message_not_found")
        if message.user != BOT:
            raise Refusal(error)
        return message


def refuse_files(blocks: list[Payload]) -> None:
    """What only one person sees cannot show uploaded files."""
    for file in files_in(blocks):
        where = next(i for i, block in enumerate(blocks) if file in files_in(block))
        raise Refusal("invalid_blocks", [f"invalid slack file [json-pointer:/blocks/{where}/slack_file]"])


def as_api(message: PostedMessage, everything: bool = True) -> Payload:
    """A message as Slack's answers show it; everything: with its metadata."""
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
