"""What the loopback Slack knows and refuses: channels, scopes, files, posts, with the real one's traps."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bot.clock import SystemClock
from bot.render.limits import violations

BOT_TOKEN = "xoxb-fake-bot-token"
APP_TOKEN = "xapp-fake-app-token"
SIGNING_SECRET = "fake-signing-secret"
TEAM = "T0TEAM"
BOT_USER = "U0BOT"
SCOPES = ("commands", "chat:write", "files:write", "app_mentions:read")
LONGEST_TEXT = 40_000
_NEEDED = {"chat": "chat:write", "files": "files:write"}

Payload = dict[str, Any]


@dataclass(frozen=True)
class Post:
    """A message as people see it.  only_for: the one person who sees it; None: everybody in the channel."""

    channel: str
    text: str
    blocks: list[Payload]
    thread: str | None
    only_for: str | None
    ts: str


@dataclass
class File:
    """An uploaded file.  looks: how often it is still refused in a block after its upload is complete."""

    looks: int
    content: bytes = b""
    title: str = ""
    complete: bool = False


class Refusal(Exception):
    """An answer with ok: false, or a status other than 200."""

    def __init__(self, error: str, status: int = 200, detail: str = "", **extra: Any) -> None:
        self.error, self.status, self.detail, self.extra = error, status, detail, extra
        super().__init__(error)

    def body(self) -> Payload:
        """As Slack words it."""
        body = {"ok": False, "error": self.error, **self.extra}
        if self.detail:
            body |= {"errors": [self.detail], "response_metadata": {"messages": [f"[ERROR] {self.detail}"]}}
        return body


@dataclass
class Workspace:
    """State and knobs.

    joined: channels that the bot is in; private: those that it does not even see; token: the valid bot token.
    late: how often each new file is refused as not ready.
    strict_rate: whether a second post to a channel within a second answers 429.
    """

    joined: set[str] = field(default_factory=lambda: {"C0TEAM"})
    private: set[str] = field(default_factory=set)
    archived: set[str] = field(default_factory=set)
    scopes: tuple[str, ...] = SCOPES
    token: str = BOT_TOKEN
    late: int = 0
    strict_rate: bool = False
    reply_uses: int = 5
    posts: list[Post] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    base: str = ""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _uses: Counter[str] = field(default_factory=Counter)
    _last: dict[str, float] = field(default_factory=dict)

    def seen_in(self, channel: str) -> list[Post]:
        """What everybody in the channel sees."""
        return [post for post in self.posts if post.channel == channel and post.only_for is None]

    def seen_by(self, user: str) -> list[Post]:
        """What only this person was shown."""
        return [post for post in self.posts if post.only_for == user]

    def api(self, method: str, token: str, payload: Payload) -> Payload:
        """What the Web API answers; raises Refusal."""
        if token != (APP_TOKEN if method.startswith("apps.") else self.token):
            raise Refusal("invalid_auth")
        needed = _NEEDED.get(method.split(".")[0])
        if needed and needed not in self.scopes:
            raise Refusal("missing_scope", needed=needed, provided=",".join(self.scopes))
        handler = getattr(self, method.replace(".", "_"), None)
        if handler is None:
            raise Refusal("unknown_method")
        return dict(handler(payload))

    def upload(self, file: str, content: bytes) -> None:
        self.files[file].content = content

    def reply(self, url: str, channel: str, user: str, payload: Payload) -> None:
        """One use of a response_url."""
        self._uses[url] += 1
        if self._uses[url] > self.reply_uses:
            raise Refusal("used_url", 404)
        _check_message(payload)
        _check_no_files(payload, 404)
        self._keep(channel, payload, None if payload.get("response_type") == "in_channel" else user)

    def auth_test(self, payload: Payload) -> Payload:
        return {"team": "Fund team", "team_id": TEAM, "user": "watchpoint", "user_id": BOT_USER}

    def apps_connections_open(self, payload: Payload) -> Payload:
        return {"url": self.base.replace("http", "ws") + "/socket"}

    def chat_postMessage(self, payload: Payload) -> Payload:
        to = str(payload["channel"])
        user = to if to.startswith("U") else None
        if not user:
            self._check_channel(to)
        self._check_rate(to)
        _check_message(payload)
        for at, block in enumerate(payload.get("blocks") or []):
            self._check_file(block, at)
        channel = f"D{to[1:]}" if user else to
        return {"channel": channel, "ts": self._keep(channel, payload, user)}

    def chat_postEphemeral(self, payload: Payload) -> Payload:
        self._check_channel(payload["channel"])
        _check_message(payload)
        _check_no_files(payload, 200)
        return {"message_ts": self._keep(payload["channel"], payload, payload["user"])}

    def chat_update(self, payload: Payload) -> Payload:
        self._check_channel(payload["channel"])
        _check_message(payload)
        if payload["ts"] not in {post.ts for post in self.posts}:
            raise Refusal("message_not_found")
        return {"channel": payload["channel"], "ts": payload["ts"]}

    def files_getUploadURLExternal(self, payload: Payload) -> Payload:
        file = f"F{next(self.numbers):08d}"
        self.files[file] = File(looks=self.late)
        return {"file_id": file, "upload_url": f"{self.base}/upload/{file}"}

    def files_completeUploadExternal(self, payload: Payload) -> Payload:
        for each in json.loads(payload["files"]):
            file = self.files[each["id"]]
            if not file.content:
                raise Refusal("file_not_found")
            file.complete, file.title = True, each.get("title", "")
        return {"files": []}

    def _keep(self, channel: str, payload: Payload, only_for: str | None) -> str:
        ts = f"1700000000.{next(self.numbers):06d}"
        blocks, thread = payload.get("blocks") or [], payload.get("thread_ts")
        self.posts.append(Post(channel, payload["text"], blocks, thread, only_for, ts))
        return ts

    def _check_channel(self, channel: str) -> None:
        if channel in self.archived:
            raise Refusal("is_archived")
        if channel in self.private or not channel.startswith(("C", "D", "G")):
            raise Refusal("channel_not_found")
        if channel not in self.joined:
            raise Refusal("not_in_channel")

    def _check_rate(self, channel: str) -> None:
        now = SystemClock().monotonic()
        if self.strict_rate and now - self._last.get(channel, -1.0) < 1.0:
            raise Refusal("ratelimited", 429)
        self._last[channel] = now

    def _check_file(self, block: Payload, at: int) -> None:
        if "slack_file" not in block:
            return
        file = self.files.get(block["slack_file"]["id"])
        ready = file is not None and file.complete and file.looks == 0
        if file is not None:
            file.looks = max(file.looks - 1, 0)
        if not ready:
            detail = f"invalid slack file [json-pointer:/blocks/{at}/slack_file]"
            raise Refusal("invalid_blocks", detail=detail)


def _check_message(payload: Payload) -> None:
    blocks = payload.get("blocks") or []
    text = payload.get("text") or ""
    if not text.strip():
        raise Refusal("no_text")
    if len(text) > LONGEST_TEXT:
        raise Refusal("msg_too_long")
    faults = violations(blocks)
    faults += [
        f"unexpected field: slot [json-pointer:/blocks/{i}]" for i, b in enumerate(blocks) if "slot" in b
    ]
    if faults:
        raise Refusal("invalid_blocks", detail=faults[0])


def _check_no_files(payload: Payload, status: int) -> None:
    if "slack_file" in json.dumps(payload.get("blocks")):
        raise Refusal("invalid_blocks", status)
