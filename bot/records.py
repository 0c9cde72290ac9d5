"""What is kept between two sessions: rules, where they stand, digests, and what was promised to a channel.

    Watched       one version of one rule of one workspace
    Standing      where that version stands, and what a correction starts from
    Flip          one change of phase, as it was decided
    Deed          what a person did to a rule
    Digest        a channel's daily post
    Promise       one row of the delivery ledger: something that a channel will be told exactly once
    Question      what a person asked, until it is answered

Every record carries the workspace (`team`) that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from analytics.notes import FactValue
from analytics.watch.readings import Reading
from analytics.watch.rules import Rule
from analytics.watch.states import Notice, Phase, Policy, Reason, State


class Status(StrEnum):
    """Whether a rule is read."""

    ACTIVE = "active"
    PAUSED = "paused"
    DELETED = "deleted"


@dataclass(frozen=True)
class Watched:
    """One version of a rule; immutable but for its status, which is the rule's and not the version's.

    number: per workspace, R7 is 7.  version: from 1 on.  channel: that hears of it.
    owner: who wrote the first version; author: who wrote this one.
    text: in canonical form, what follows `/watch`.
    """

    team: str
    number: int
    version: int
    channel: str
    owner: str
    author: str
    text: str
    rule: Rule
    policy: Policy
    made: datetime
    status: Status = Status.ACTIVE

    @property
    def name(self) -> str:
        """As people write it: R7."""
        return f"R{self.number}"

    @property
    def key(self) -> str:
        """Of this version: R7v2."""
        return f"R{self.number}v{self.version}"


@dataclass(frozen=True)
class Standing:
    """Where a version stands.

    before: the state from before `state.session` was decided; a correction of that session starts from it.
    reading: what `state.session` was decided on, None before the first.
    revision: grows with every change; who writes names the one that was read.
    """

    state: State = field(default_factory=State)
    before: State = field(default_factory=State)
    reading: Reading | None = None
    revision: int = 0


@dataclass(frozen=True)
class Kept:
    """A version with its standing."""

    watched: Watched
    standing: Standing


@dataclass(frozen=True)
class Flip:
    """One decision that changed the phase or that people were told of; one a version and session, and one
    more where the session was restated.

    value, then: of the rule's quantity and of the fund to look at, in the quantity's unit, where known.
    """

    session: date
    before: Phase
    after: Phase
    reason: Reason
    notice: Notice | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    value: float | None = None
    then: float | None = None


class Act(StrEnum):
    """What a person can do to a rule."""

    MADE = "made"
    EDITED = "edited"
    PAUSED = "paused"
    RESUMED = "resumed"
    DELETED = "deleted"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"


@dataclass(frozen=True)
class Deed:
    """Who did what to a rule, and why.  detail: the reason given, or until when."""

    user: str
    act: Act
    at: datetime
    detail: str = ""


@dataclass(frozen=True)
class Incident:
    """From the session on which a version fired.

    recovered: the session on which it was over, None while it is open.
    ts: of the root message in the rule's channel, None where there is none (the digest was off).
    """

    version: int
    fired: date
    recovered: date | None = None
    ts: str | None = None


@dataclass(frozen=True)
class History:
    """All that is known of a rule, the newest first in each part."""

    versions: tuple[Watched, ...]
    flips: tuple[Flip, ...]
    deeds: tuple[Deed, ...]
    incidents: tuple[Incident, ...]


class Mode(StrEnum):
    """What a channel hears on a day without news."""

    QUIET = "quiet"
    ALWAYS = "always"


@dataclass(frozen=True)
class Digest:
    """A channel's daily post.

    at, zone: local time (whole minutes) and IANA name of the zone.
    owner: who set it up, and who is told where it had to be stopped.
    stopped: why Slack made it impossible, empty while all is well; switching it on again clears it.
    """

    team: str
    channel: str
    owner: str
    at: time
    zone: str
    mode: Mode = Mode.QUIET
    on: bool = True
    stopped: str = ""

    @property
    def active(self) -> bool:
        """True where posts are to be made."""
        return self.on and not self.stopped


class Kind(StrEnum):
    """What is promised.  They are kept in the order in which they were promised."""

    CARD = "card"  # the root message of an incident
    UPDATE = "update"  # other words in that root message
    REPLY = "reply"  # in the incident's thread
    DIGEST = "digest"  # the short parent of a session
    DETAILS = "details"  # in the digest's thread
    STOPPED = "stopped"  # a direct message to the owner of a digest that had to be stopped


@dataclass(frozen=True)
class Story:
    """All that a card, a reply or a line of a digest says of one rule on one session: facts, no words.

    flip: what the session changed, None for a day like the one before.
    state: after it.  reading: of it.  incidents: the last ones, the newest first.
    deed: what a person did, where that is what is told.
    """

    watched: Watched
    session: date
    state: State
    reading: Reading | None
    flip: Flip | None = None
    incidents: tuple[Incident, ...] = ()
    deed: Deed | None = None


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
    """

    team: str
    channel: str
    session: date
    standings: tuple[tuple[Watched, Standing], ...]
    flips: tuple[tuple[Watched, Flip], ...] = ()
    promises: tuple[NewPromise, ...] = ()


@dataclass(frozen=True)
class Question:
    """Something that a person asked and that is answered after the acknowledgement.

    id: Slack's own where it has one, so that a second delivery is the same question.
    handler: who answers, e.g. "/compare", "mention", "press:ack".  text: what was typed or chosen.
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
