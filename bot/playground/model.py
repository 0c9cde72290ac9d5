"""What a workspace is made of: people, channels, messages, files, views, and word of a change.

All but the app's rights is frozen: a change puts a new value in the place of the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Block = dict[str, Any]
Payload = dict[str, Any]
ChannelKind = Literal["public", "private", "mpim", "dm"]
ViewKind = Literal["modal", "home"]
ChangeKind = Literal["message", "update", "delete", "channel", "view", "read", "time"]

TEAM = "T0TEAM"
TEAM_NAME = "Fund team"
TEAM_URL = "https://fund-team.slack.com/"
APP = "A0WATCHPOINT"
BOT = "U0BOT"
BOT_ID = "B0BOT"
BOT_NAME = "watchpoint"
SLACKBOT = "USLACKBOT"
SCOPES = (
    "commands",
    "chat:write",
    "files:write",
    "app_mentions:read",
    "chat:write.public",
    "users:read",
    "channels:history",
    "groups:history",
    "im:history",
    "channels:read",
    "groups:read",
)
EVENTS = (
    "app_mention",
    "message.im",
    "app_home_opened",
    "member_joined_channel",
    "channel_unarchive",
    "channel_deleted",
    "group_unarchive",
    "group_deleted",
)
HOME_TAB = True
"""What the app's manifest asks for; a test compares the two."""


@dataclass(frozen=True)
class Shortcut:
    """A shortcut of the app's manifest.  on_message: it stands in the menu of a message."""

    callback_id: str
    name: str
    on_message: bool = False


SHORTCUTS = (
    Shortcut("compare_funds", "Compare funds"),
    Shortcut("compare_named", "Compare funds named here", on_message=True),
)


@dataclass
class Installed:
    """The app as the workspace's owner let it in: its secrets, and what it may do and hear.

    scopes: of the bot token.  events: those it is subscribed to.  home_tab: whether it has one.
    shortcuts: those that it offers.
    organisation: that the workspace is of (Enterprise Grid); empty for one of its own.
    everywhere: whether it is let into all workspaces of the organisation.
    """

    bot_token: str
    app_token: str
    signing_secret: str
    scopes: tuple[str, ...] = SCOPES
    events: tuple[str, ...] = EVENTS
    home_tab: bool = HOME_TAB
    shortcuts: tuple[Shortcut, ...] = SHORTCUTS
    organisation: str = ""
    everywhere: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody with a name; is_bot: an app, whose deeds nobody acts.  tz: e.g. "Europe/London".

    is_admin: of the workspace.  team: another one where a channel is shared (Slack Connect).
    organisation: that the team is of; empty for one of its own.
    """

    id: str
    name: str
    real_name: str
    tz: str
    is_bot: bool = False
    is_admin: bool = False
    team: str = TEAM
    organisation: str = ""


@dataclass(frozen=True)
class Channel:
    """A place to talk.  members: ids of people; a DM has two, the person and the bot.

    kind: "mpim" are direct messages among several.
    """

    id: str
    name: str
    kind: ChannelKind
    members: tuple[str, ...]
    topic: str = ""
    archived: bool = False


@dataclass(frozen=True)
class PostedMessage:
    """One message as Slack keeps it.

    ts: its id and time, seconds since 1970 with six decimals, unique and increasing.
    thread_ts: the parent's ts where it stands in a thread; a parent has none.
    ephemeral_for: the one person who sees it; None: everybody who sees the channel.
    edited: the ts of the last edit.  metadata: {"event_type": ..., "event_payload": {...}}.
    files: ids of the files its blocks show.  subtype: "channel_join", "channel_leave", "" for what is said.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: tuple[Block, ...] = ()
    thread_ts: str | None = None
    ephemeral_for: str | None = None
    edited: str | None = None
    metadata: Mapping[str, Any] | None = None
    files: tuple[str, ...] = ()
    subtype: str = ""


@dataclass(frozen=True)
class File:
    """An uploaded file.  complete: whether the upload was finished.

    held: its bytes, or place: the file that they are in.
    looks: how often it was asked for in a block since then (Slack refuses the first few).
    done_at: seconds of the workspace's clock.
    """

    id: str
    name: str
    title: str
    held: bytes = b""
    place: Path | None = None
    complete: bool = False
    looks: int = 0
    done_at: float = 0.0

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return self.place.read_bytes() if self.place else self.held

    @property
    def mimetype(self) -> str:
        """By its name: a picture, or bytes."""
        kinds = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "csv": "text/csv"}
        return kinds.get(self.name.rpartition(".")[2].lower(), "application/octet-stream")


@dataclass(frozen=True)
class View:
    """A modal or the Home tab of one person.

    body: Slack's view object as the app sent it: type, title, submit, close, blocks, private_metadata,
    callback_id, notify_on_close, clear_on_close.  hash: changes with every update.
    previous: the view under it in the stack; root: the lowest.
    errors: by block_id, what the app said about the last submission.
    place: the channel that it was opened in, empty for the Home tab; None where that is not known.
    """

    id: str
    kind: ViewKind
    user: str
    body: Mapping[str, Any]
    hash: str
    root: str
    previous: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    place: str | None = None


@dataclass(frozen=True)
class Change:
    """Something is different: what live pages hear.

    kind: "message", "update", "delete" (channel, ts), "channel" (who is in it), "view" (of `user`, Home or
    modals), "read" (of `user`), "time" (it is later now).  user: the only person whom it concerns; "":
    everybody.
    """

    kind: ChangeKind
    channel: str = ""
    ts: str = ""
    user: str = ""
