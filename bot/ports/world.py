"""Time, sessions, prices, facts, pictures, messages, people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from analytics.fund import FundProfile
    from analytics.notes import Note
    from analytics.panel import DateArray, PricePanel
    from bot.records import Question
    from bot.render.message import Message
    from bot.render.pictures import Picture


class Clock(Protocol):
    """The time, as an argument that can be replaced."""

    def now(self) -> datetime:
        """This moment, with a zone."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


class Calendar(Protocol):
    """The exchange's trading sessions."""

    def last_complete(self, now: datetime) -> date:
        """The newest session whose prices have settled at `now` (15 minutes after its close)."""
        ...

    def sessions(self, first: date, last: date) -> DateArray:
        """All sessions from `first` to `last`, both included, as datetime64[D]."""
        ...

    def settles(self, session: date) -> datetime:
        """The moment (UTC) at which the prices of a session have settled; ValueError for no session."""
        ...


@dataclass(frozen=True)
class PriceHistory:
    """Prices with what must be said about them (missing sessions, stale, suspicious)."""

    panel: PricePanel
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Profiles:
    """Fund facts by symbol; a fact that cannot be had is None, with a note."""

    by_symbol: Mapping[str, FundProfile]
    notes: tuple[Note, ...] = ()


class Prices(Protocol):
    """Daily prices."""

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """All known prices of the symbols up to and including the session `through`, never later.

        Rows in the order asked.  The sessions are all those of the exchange from the first price of any
        symbol on; what is missing is NaN and noted.
        Raises UnknownSymbols (naming every one of them) or Unavailable.
        """
        ...


class Funds(Protocol):
    """Fund facts."""

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """A profile for every symbol; never raises for a fact that cannot be had."""
        ...


class Painter(Protocol):
    """Draws pictures away from the event loop and remembers them by content."""

    async def draw(self, pictures: Sequence[Picture]) -> Mapping[str, bytes]:
        """PNG bytes by `Picture.name`."""
        ...


@dataclass(frozen=True)
class Place:
    """Where an answer goes: a channel (or DM) of a workspace, perhaps a thread in it, and who asked.

    reply_url: Slack's response_url, where the question came with one (five uses, 30 minutes).
    """

    team: str
    channel: str
    user: str
    thread: str | None = None
    reply_url: str | None = None

    @classmethod
    def of(cls, question: Question) -> Place:
        """Where a question was asked, and by whom."""
        return cls(question.team, question.channel, question.user, question.thread, question.reply_url)


@dataclass(frozen=True)
class Delivered:
    """What became of a message.

    ts: Slack's id of the post, None where it went through the reply URL.
    compromises: what could not be delivered as meant ("pictures", "table", "channel").
    """

    channel: str
    ts: str | None
    compromises: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What is made of a text, a press or a form at once; Slack wants its answer within three seconds.

    reply: shown to the asking person only, e.g. what is wrong with the input.
    form: a Block Kit view that is opened before them.
    faults: by block_id of a form that was sent in, what is wrong with each field.
    work: the question goes to the inbox and is answered after the acknowledgement.
    handler, text: of that question, where they are not those that were given: a mention that is a command.
    """

    reply: Message | None = None
    form: Mapping[str, Any] | None = None
    faults: Mapping[str, str] | None = None
    work: bool = False
    handler: str = ""
    text: str | None = None


class Handler(Protocol):
    """Takes one command, one button or one form from the transport."""

    def receive(self, text: str, place: Place) -> Taken:
        """Read the text, without waiting for anything; never raises for what a person typed.

        text: of a command or a mention what was typed; of a button its value; of a form the JSON of its
        fields, {"metadata": private_metadata, block_id: value, ...}.
        """
        ...


@dataclass(frozen=True)
class Person:
    """Facts about a member of a workspace.  zone: IANA name, None where Slack does not say."""

    id: str
    zone: str | None = None
    admin: bool = False


class People(Protocol):
    """Who is who."""

    async def person(self, team: str, user: str) -> Person:
        """What Slack says of somebody; a Person without facts where it does not say."""
        ...


Ours = Callable[[], Awaitable[bool]]
"""Whether a claim is still held: asked right before each request."""


class Publisher(Protocol):
    """Keeps promises: every call makes at most one message, and never waits for a limit to pass.

    Raises Undelivered, which says what became of it; of verdict LATER where `ours` said no.
    """

    async def publish(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str, ours: Ours
    ) -> Delivered:
        """Post in the place, nowhere else; `key` goes into the message's metadata."""
        ...

    async def rewrite(
        self, place: Place, ts: str, message: Message, pictures: Mapping[str, bytes], ours: Ours
    ) -> None:
        """Put other words into a message of ours; repeating it changes nothing."""
        ...

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """The ts of the message with this key, not older than `since`; None where there is none.

        Raises Undelivered of verdict SETUP where the bot may not read the channel's history, LATER where the
        look failed: nothing is known of the message then.
        """
        ...

    async def link(self, place: Place, ts: str) -> str | None:
        """The address of a message; None where Slack does not say."""
        ...


class Messenger(Protocol):
    """Delivers messages; classifies Slack's refusals."""

    async def post(self, place: Place, message: Message, pictures: Mapping[str, bytes]) -> Delivered:
        """Post for all to see; falls back to the reply URL where the bot may not post.

        Raises Unavailable where nothing could be delivered.
        """
        ...

    async def tell(self, place: Place, message: Message) -> None:
        """Show to the asking person only."""
        ...


class Level(StrEnum):
    """How much a finding of `watchpoint doctor` matters."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; advice: what to do, empty where nothing is to be done."""

    level: Level
    what: str
    advice: str = ""
