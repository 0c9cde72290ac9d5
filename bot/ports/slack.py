"""What people ask and are told: places, handlers, messages, files, Home tabs; who people are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bot.model import Request
    from bot.render.message import Document, Message


@dataclass(frozen=True)
class Place:
    """Where an answer goes: a channel (or DM) of a workspace, perhaps a thread in it, and who asked.

    reply_url: Slack's response_url, where the question came with one (five uses, 30 minutes).
    within: it was asked from within the thread.  What one person is told stands there only then: Slack shows
    it in no thread that has not begun, and nobody looks for it in the thread of a message.
    """

    team: str
    channel: str
    user: str
    thread: str | None = None
    reply_url: str | None = None
    within: bool = False

    @classmethod
    def of(cls, request: Request) -> Place:
        """Tell where a question was asked, and by whom."""
        return cls(
            request.team,
            request.channel,
            request.user,
            request.thread,
            request.reply_url,
            request.within,
        )

    @property
    def private_thread(self) -> str | None:
        """Give the thread in which one person is told something; None for outside threads."""
        return self.thread if self.within else None


@dataclass(frozen=True)
class Ack:
    """What is made of a text, a press or a form at once; Slack wants its answer within three seconds.

    reply: shown to the asking person only, e.g. what is wrong with the input.
    form: a Block Kit view that is opened before them.
    faults: by block_id of a form that was sent in, what is wrong with each field.
    work: the question goes to the inbox and is answered after the acknowledgement.
    handler, text: of that question, where they are not those that were given: a mention that is a command.
    place: where it is answered, where that is not where it was asked: a form names a channel.
    open: only something is read, so people of another workspace, in a shared channel, may ask it too.
    """

    reply: Message | None = None
    form: Mapping[str, Any] | None = None
    faults: Mapping[str, str] | None = None
    work: bool = False
    handler: str = ""
    text: str | None = None
    place: Place | None = None
    open: bool = False


class Handler(Protocol):
    """Takes one command, button, form, shortcut or event from the transport."""

    def receive(self, text: str, place: Place) -> Ack:
        """Read the text, without waiting for anything; never raises for what a person typed.

        text: of a command, a mention or a direct message what was typed; of a button its value; of a form the
        JSON of its fields, {"metadata": private_metadata, block_id: value, ...}; of a shortcut the text of
        the message it was used on, empty for a global one; of an event nothing.
        """
        ...


@dataclass(frozen=True)
class Routes:
    """Who takes what.

    commands: by the command's name, e.g. "/compare".
    said: a mention, or what is said to the bot alone.
    presses: by a button's action_id; a name that ends with a dot takes all that begin with it.
    forms: by a form's callback_id.  shortcuts: by a shortcut's callback_id.
    home: somebody looks at the Home tab.  joined: the bot has come into a channel.
    unarchived, gone: a channel is open again, was deleted.
    """

    commands: Mapping[str, Handler]
    said: Handler
    home: Handler
    joined: Handler
    unarchived: Handler
    gone: Handler
    presses: Mapping[str, Handler] = field(default_factory=dict)
    forms: Mapping[str, Handler] = field(default_factory=dict)
    shortcuts: Mapping[str, Handler] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivered:
    """What became of a message.

    ts: Slack's id of the post, None where it went through the reply URL.
    compromises: what could not be delivered as meant ("pictures", "table", "channel").
    files: Slack's ids of the pictures that it shows, by slot.
    """

    channel: str
    ts: str | None
    compromises: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class User:
    """Facts about somebody.  zone: IANA name, None where Slack does not say.

    stranger: is not known to belong to the bot's workspace or organisation: a channel may be shared.
    """

    id: str
    zone: str | None = None
    admin: bool = False
    stranger: bool = False


class Users(Protocol):
    """Who is who."""

    async def person(self, team: str, user: str) -> User:
        """Return what Slack says of somebody; a stranger without facts where it does not say."""
        ...


Ours = Callable[[], Awaitable[bool]]
"""Whether a claim is still held: asked right before each request."""


class Publisher(Protocol):
    """Delivers notices: every call makes at most one message, and never waits for a limit to pass.

    Raises Undelivered, which says what became of it; of verdict LATER where `ours` said no.
    """

    async def publish(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str, ours: Ours
    ) -> Delivered:
        """Post in the place, nowhere else; `key` goes into the message's metadata."""
        ...

    async def rewrite(
        self,
        place: Place,
        ts: str,
        message: Message,
        pictures: Mapping[str, bytes],
        ours: Ours,
        files: Mapping[str, str] | None = None,
    ) -> Delivered:
        """Put other words into a message of ours; repeating it changes nothing.

        files: ids of pictures that Slack has already, by slot; they are shown without another upload.
        """
        ...

    async def share(
        self, place: Place, words: str, documents: Sequence[Document], key: str, ours: Ours
    ) -> Delivered:
        """Share files in one message in the place, nowhere else; no ts of it is known.

        words: safe mrkdwn.  key: names it in the log; files carry none.
        """
        ...

    async def find_shared(self, place: Place, names: Sequence[str], since: datetime) -> str | None:
        """Find the ts of a message in the place that shares files of these names; raises as `find`."""
        ...

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """Find the ts of the message with this key, not older than `since`; None where there is none.

        Raises Undelivered of verdict SETUP where the bot may not read the channel's history, LATER where the
        look failed: nothing is known of the message then.
        """
        ...

    async def link(self, place: Place, ts: str) -> str | None:
        """Return the address of a message; None where Slack does not say."""
        ...


class Messenger(Protocol):
    """Delivers messages; classifies Slack's refusals."""

    async def post(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str = ""
    ) -> Delivered:
        """Post for all to see; falls back to the reply URL where the bot may not post.

        key: by which `find` finds it, empty for what is never looked for.
        Raises Unavailable where nothing could be delivered.
        """
        ...

    async def rewrite(self, place: Place, posted: Delivered, message: Message) -> None:
        """Put other words into what was posted, beside the pictures that it shows already.

        Raises Unavailable where they did not get there: what was posted stands as it was.
        """
        ...

    async def tell(self, place: Place, message: Message) -> None:
        """Show to the asking person only."""
        ...

    async def attach(self, place: Place, words: str, documents: Sequence[Document]) -> Delivered:
        """Share files for all to see, with words above them; in a direct message where the bot may not post.

        words: safe mrkdwn.  Raises Unavailable where nothing could be delivered.
        """
        ...

    async def find(
        self, place: Place, key: str, since: datetime, files: Sequence[str] = ()
    ) -> Delivered | None:
        """Find what was posted in the place with this key, not before `since`; None where nothing was.

        files: names of those that were shared, in place of the key, which files do not carry.
        Raises Undelivered where the bot may not read there or the look failed: nothing is known then.
        """
        ...


SEEN = frozenset({"not_in_channel", "channel_not_found", "no_permission", "is_archived"})
"""Slack's words for why the bot may not post that are known without a post; those of `Access.code`."""


@dataclass(frozen=True)
class Access:
    """Whether the bot may post in a channel.

    allowed: None where Slack does not say.  code: Slack's word for why it may not, or may post nothing but
    text; empty where it may post all.
    maybe_archived: the bot is a member, which an archived channel says, too.
    """

    allowed: bool | None
    code: str = ""
    maybe_archived: bool = False


class Channels(Protocol):
    """Who may know of a channel, and whether the bot may post there."""

    async def is_public(self, team: str, channel: str) -> bool:
        """Return whether everybody in the workspace may see what is in a channel; False where Slack does
        not say.
        """
        ...

    async def may_post(self, team: str, channel: str) -> Access:
        """Return whether the bot may post messages in a channel now, asked anew each time; leaves no trace
        there.
        """
        ...


class HomeTabs(Protocol):
    """People's Home tabs, and the forms that they have open."""

    async def show(self, team: str, user: str, view: Mapping[str, Any]) -> None:
        """Put a Block Kit view before somebody.  Raises Unavailable."""
        ...

    async def rewrite_form(self, view_id: str, seen: str, view: Mapping[str, Any]) -> bool:
        """Put other words into an open form, where it is still as it was seen; what was put in stays.

        seen: Slack's hash of it.  Returns False where it was closed, or changed meanwhile.  Raises
        Unavailable.
        """
        ...
