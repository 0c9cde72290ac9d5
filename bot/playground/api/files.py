"""The external upload: ask for a place, send the bytes there, say that it is complete; then wait a little.

As with Slack, an alt text given with the upload can stop the file from being shared in a channel, silently.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.playground.api.requests import Guard, Refusal, required_field
from bot.playground.model import BOT, File, Payload
from bot.playground.workspace import Workspace


@dataclass
class Readiness:
    """When a complete file may be shown in a block.

    looks: how often it is refused first.  seconds: how long after its upload it is refused.
    """

    looks: int = 0
    seconds: float = 0.0


class Files:
    """The methods of files.*.  base: the workspace's own address."""

    def __init__(self, workspace: Workspace, guard: Guard, readiness: Readiness) -> None:
        self._workspace, self._guard, self._readiness = workspace, guard, readiness
        self.base = ""
        self._places: dict[str, tuple[str, int]] = {}
        self._mute: set[str] = set()

    def get_upload_url(self, payload: Payload) -> Payload:
        """Answer files.getUploadURLExternal."""
        name, length = required_field(payload, "filename"), required_field(payload, "length")
        if not length.isdigit() or not int(length):
            raise Refusal("invalid_arguments", ["length must be a positive number"])
        file = self._workspace.ids.new("F")
        self._workspace.upload(File(file, name, title=name))
        ticket = secrets.token_hex(12)
        self._places[ticket] = (file, int(length))
        if payload.get("alt_txt"):
            self._mute.add(file)
        return {"file_id": file, "upload_url": f"{self.base}/upload/{ticket}"}

    def upload(self, ticket: str, content: bytes) -> None:
        """Take the bytes at an address that is good once; there must be as many as were announced."""
        file, length = self._places.pop(ticket, ("", -1))
        if len(content) != length:
            raise Refusal("upload_failed", status=400)
        self._workspace.upload(replace(self._workspace.files[file], held=content))

    def complete_upload(self, payload: Payload) -> Payload:
        """Answer files.completeUploadExternal."""
        given = payload.get("files")
        if not isinstance(given, list) or not given:
            raise Refusal("invalid_arguments", ["missing required field: files"])
        channel = self._guard.joined_channel(payload["channel_id"]) if payload.get("channel_id") else None
        done = [self._complete(each) for each in given]
        shown = [file for file in done if file.id not in self._mute]
        if channel is not None and shown:
            comment, thread = str(payload.get("initial_comment") or ""), payload.get("thread_ts")
            thread = None if thread and self._workspace.is_gone(channel.id, thread) else thread
            shared = [file.id for file in shown]
            self._workspace.post(channel.id, BOT, comment, thread_ts=thread, files=shared)
        return {"files": [{"id": file.id, "title": file.title} for file in done]}

    def info(self, payload: Payload) -> Payload:
        """Answer files.info."""
        file = self._workspace.files.get(required_field(payload, "file"))
        if file is None or not file.complete:
            raise Refusal("file_not_found")
        mimetype = file.mimetype if self._is_ready(file) else ""
        about = {"id": file.id, "name": file.name, "title": file.title, "mimetype": mimetype}
        return {"file": about | {"size": len(file.content), "url_private": f"{self.base}/files/{file.id}"}}

    def check_ready(self, blocks: Sequence[Mapping[str, Any]]) -> None:
        """Check that every file that a block shows exists and is processed; each look counts."""
        found = [detail for i, block in enumerate(blocks) for detail in self._faults(block, f"/blocks/{i}")]
        if found:
            raise Refusal("invalid_blocks", found)

    def _faults(self, node: object, at: str) -> list[str]:
        if isinstance(node, Mapping):
            file = node.get("slack_file")
            if isinstance(file, Mapping) and not self._look(str(file.get("id"))):
                return [f"invalid slack file [json-pointer:{at}/slack_file]"]
            return [fault for key, value in node.items() for fault in self._faults(value, f"{at}/{key}")]
        if isinstance(node, list | tuple):
            return [fault for i, item in enumerate(node) for fault in self._faults(item, f"{at}/{i}")]
        return []

    def _look(self, file_id: str) -> bool:
        file = self._workspace.files.get(file_id)
        if file is None or not file.complete:
            return False
        ready = self._is_ready(file)
        self._workspace.upload(replace(file, looks=file.looks + 1))
        return ready

    def _is_ready(self, file: File) -> bool:
        age = self._workspace.clock.now().timestamp() - file.done_at
        return file.looks >= self._readiness.looks and age >= self._readiness.seconds

    def _complete(self, given: Mapping[str, Any]) -> File:
        file = self._workspace.files.get(str(given.get("id")))
        if file is None or not (file.held or file.place):
            raise Refusal("file_not_found")
        now = self._workspace.clock.now().timestamp()
        done = replace(file, complete=True, title=str(given.get("title") or file.name), done_at=now)
        self._workspace.upload(done)
        return done
