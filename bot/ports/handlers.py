"""What people ask, and where: from the transport to the handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bot.model import Request
    from bot.render.message import Message


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
    def of(cls, question: Request) -> Place:
        """Where a question was asked, and by whom."""
        return cls(
            question.team,
            question.channel,
            question.user,
            question.thread,
            question.reply_url,
            question.within,
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
