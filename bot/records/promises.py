"""What a channel is told exactly once, and what people asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from analytics.watch.readings import Reading
from analytics.watch.since import Since
from analytics.watch.states import Reason, State
from bot.records.rules import Deed, Flip, Incident, Standing, Watched

OFF = "the channel's digest is off"
"""Why a promise was dropped whose channel wants no post; it is told where that is on again in time."""
_OVER = (Reason.RECOVERED, Reason.RESTATED)


class Kind(StrEnum):
    """What is promised.  They are kept in the order in which they were promised."""

    CARD = "card"  # the root message of an incident
    UPDATE = "update"  # other words in that root message
    REPLY = "reply"  # in the incident's thread
    DIGEST = "digest"  # the short parent of a session
    DETAILS = "details"  # in the digest's thread
    RESUMED = "resumed"  # what is open in a channel that takes posts again
    STOPPED = "stopped"  # to who hears no more of a channel that takes no posts, in a direct message
    ALERT = "alert"  # a card of such a channel, to the rule's owner in a direct message


@dataclass(frozen=True)
class Story:
    """All that a card, a reply or a line of a digest says of one rule on one session: facts, no words.

    flip: what the session changed, None for a day like the one before.
    state: after it.  reading: of it.  incidents: the last ones, the newest first.
    deed: what a person did, where that is what is told.
    source: whose prices it was read from, empty where it was not read.  simulated: they are no market's.
    since: what has become of its funds since it fired, on the card of an open incident; else None.
    """

    watched: Watched
    session: date
    state: State
    reading: Reading | None
    flip: Flip | None = None
    incidents: tuple[Incident, ...] = ()
    deed: Deed | None = None
    source: str = ""
    simulated: bool = False
    since: Since | None = None


@dataclass(frozen=True)
class Edition:
    """What a digest says of a session.

    stories: of every active rule of the channel, by number.
    missed: flips of older sessions that were not told in time, with the rule's name, the oldest first.
    sessions_missed: how many older sessions that were; 0 on an ordinary day.
    """

    session: date
    stories: tuple[Story, ...]
    missed: tuple[tuple[str, Flip], ...] = ()
    sessions_missed: int = 0


@dataclass(frozen=True)
class NewPromise:
    """A row of the ledger to be.

    subject: what tells it from others of its kind in the same channel and session, e.g. "R7v1", or
    "R7v1/ack/3"; empty for a digest.
    content: a Story, an Edition, or the reason (for STOPPED) that the message is made of.
    not_before: the moment it is due.
    """

    team: str
    channel: str
    session: date
    kind: Kind
    subject: str
    content: Story | Edition | str
    not_before: datetime


def alert_of(promise: NewPromise, due: datetime) -> NewPromise | None:
    """Give what a rule's owner is told alone in place of what its channel does not take.

    That is a card, and the reply that an incident is over; None for anything else, as for what a person did.
    """
    story = promise.content
    if not isinstance(story, Story):
        return None
    ends = story.deed is None and story.flip is not None and story.flip.reason in _OVER
    over = promise.kind is Kind.REPLY and ends
    if promise.kind is not Kind.CARD and not over:
        return None
    watched = story.watched
    subject = f"{watched.key}.over" if over else watched.key
    return NewPromise(promise.team, watched.owner, promise.session, Kind.ALERT, subject, story, due)


def farewells(
    lane: Lane, people: Iterable[str], session: date, reason: str, due: datetime
) -> list[NewPromise]:
    """Tell each of these people once that a channel takes no posts; the promises' subject is the channel."""
    return [
        NewPromise(lane.team, user, session, Kind.STOPPED, lane.channel, reason, due)
        for user in dict.fromkeys(people)
    ]


@dataclass(frozen=True)
class Promise:
    """A claimed row of the ledger.

    attempt: 1 for the first.  doubtful: an earlier attempt ended without an answer, so it may have arrived.
    first_tried: of the first attempt, the oldest moment at which it may have arrived.
    lease: until when it is the claimant's.  holder: who claimed it.
    """

    id: int
    new: NewPromise
    attempt: int
    doubtful: bool
    first_tried: datetime
    lease: datetime
    holder: str

    @property
    def key(self) -> str:
        """Found in the metadata of the message that keeps the promise."""
        new = self.new
        return f"{new.team}/{new.channel}/{new.session}/{new.kind}/{new.subject}"


@dataclass(frozen=True)
class Lane:
    """Where promises are kept one after the other."""

    team: str
    channel: str


@dataclass(frozen=True)
class Outcome:
    """What a session came to in one channel; kept whole or not at all.

    standings: new ones by version; `revision` is the one that was read.
    flips: in the order decided, each with its version.
    overtaken: sessions of older editions that were not sent; the digest promised here tells of them.
    """

    team: str
    channel: str
    session: date
    standings: tuple[tuple[Watched, Standing], ...]
    flips: tuple[tuple[Watched, Flip], ...] = ()
    promises: tuple[NewPromise, ...] = ()
    overtaken: tuple[date, ...] = ()


@dataclass(frozen=True)
class Question:
    """Something that a person asked and that is answered after the acknowledgement.

    id: Slack's own where it has one, so that a second delivery is the same question.
    handler: who answers, e.g. "/compare", "mention", "press:ack".  text: what was typed or chosen.
    extra: what else its transport said; "within": whether it was asked from within the thread.
    """

    id: str
    handler: str
    text: str
    team: str
    channel: str
    user: str
    asked: datetime
    thread: str | None = None
    reply_url: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1

    @property
    def within(self) -> bool:
        """Tell whether it was asked from within the thread that it is answered in."""
        return bool(self.extra.get("within"))

    @property
    def alone(self) -> bool:
        """Tell whether it was asked in a conversation with the bot alone."""
        return self.channel.startswith("D")

    def moved(self, channel: str, thread: str | None, *, within: bool) -> Question:
        """Give the same question, asked somewhere else."""
        extra = self.extra if within is self.within else {**self.extra, "within": within}
        return replace(self, channel=channel, thread=thread, extra=extra)
