"""response_url: five uses within thirty minutes, for one person in one channel."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.playground.api.chat import Chat, refuse_files
from bot.playground.api.refusal import Refusal, truth
from bot.playground.model import BOT, Payload, PostedMessage
from bot.playground.workspace import Workspace

USES = 5
LIFE = 30 * 60.0
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
        """A fresh response_url, which no other page in the same browser can guess."""
        name = secrets.token_hex(12)
        self._given[name] = Reply(channel, user, self._workspace.clock.monotonic(), source)
        return f"{self.base}/reply/{name}"

    def use(self, name: str, payload: Payload) -> None:
        """One use; everything Slack refuses here it answers with 404."""
        reply = self._given.get(name)
        if reply is None:
            raise Refusal("no_such_url", status=404)
        if self._workspace.clock.monotonic() - reply.born > LIFE:
            raise Refusal("expired_url", status=404)
        if reply.uses >= USES:
            raise Refusal("used_url", status=404)
        try:
            self._put(reply, payload)
        except Refusal as refusal:
            raise Refusal(refusal.error, status=404) from None
        reply.uses += 1

    def _put(self, reply: Reply, payload: Payload) -> None:
        if reply.source is not None and truth(payload, "delete_original"):
            self._workspace.delete(reply.channel, reply.source.ts)
            return
        text, blocks = self._chat.checked(payload)
        if reply.source is not None and truth(payload, "replace_original"):
            self._workspace.update(reply.channel, reply.source.ts, text, blocks)
            return
        refuse_files(blocks)
        thread = payload.get("thread_ts")
        if payload.get("response_type") == "in_channel":
            self._workspace.post(reply.channel, BOT, text, blocks, thread_ts=thread)
        else:
            self._chat.show(reply.channel, reply.user, text, blocks, thread)
