"""What a channel is told exactly once; what people asked, and how much may be asked at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from analytics.pairs import PairReturns
from analytics.watch.followed import Followed
from analytics.watch.readings import Reading
from analytics.watch.since import Since
from analytics.watch.states import Reason, State
from bot.model.following import KnownDate, PeriodReport
from bot.model.rules import AuditEntry, RuleIncident, RuleState, RuleTransition, RuleVersion

OFF = "the channel's digest is off"
"""Why a notice was dropped whose channel wants no post; it is told where that is on again in time."""
_OVER = (Reason.RECOVERED, Reason.RESTATED)


class NoticeKind(StrEnum):
    """What is queued.  They are delivered in the order in which they were queued."""

    CARD = "card"  # the root message of an incident
    UPDATE = "update"  # other words in that root message
    REPLY = "reply"  # in the incident's thread
    DIGEST = "digest"  # the short parent of a session
    DETAILS = "details"  # in the digest's thread: all rules, where the digest has no room for them
    FILE = "file"  # in the digest's thread: a month's figures
    RESUMED = "resumed"  # what is open in a channel that takes posts again
    STOPPED = "stopped"  # to who hears no more of a channel that takes no posts, in a direct message
    ALERT = "alert"  # a card of such a channel, to the rule's owner in a direct message


@dataclass(frozen=True)
class RuleReport:
    """All that a card, a reply or a line of a digest says of one rule on one session: facts, no words.

    flip: what the session changed, None for a day like the one before.
    state: after it.  reading: of it.  incidents: the last ones, the newest first.
    deed: what a person did, where that is what is told.
    source: whose prices it was read from, empty where it was not read.  simulated: they are no market's.
    since: what has become of its funds since it fired, on the card of an open incident; else None.
    followed: where a thread is told what came after its firing, of each horizon that has passed; on the
        card of an open incident, what came after earlier firings, as the past tells; else empty.
    """

    watched: RuleVersion
    session: date
    state: State
    reading: Reading | None
    flip: RuleTransition | None = None
    incidents: tuple[RuleIncident, ...] = ()
    deed: AuditEntry | None = None
    source: str = ""
    simulated: bool = False
    since: Since | None = None
    followed: tuple[Followed, ...] = ()


@dataclass(frozen=True)
class DigestContent:
    """What a digest says of a session.

    stories: of every active rule of the channel, by number.
    missed: flips of older sessions that were not told in time, with the rule's name, the oldest first.
    sessions_missed: how many older sessions that were; 0 on an ordinary day.
    pairs: that the channel follows, over the day, the month and the year to date.
    week, month: one that ended on this session, or on an older one that was not told of.
    dates: of the funds named here and their exchanges, on the session and soon after it.
    """

    session: date
    stories: tuple[RuleReport, ...]
    missed: tuple[tuple[str, RuleTransition], ...] = ()
    sessions_missed: int = 0
    pairs: tuple[PairReturns, ...] = ()
    week: PeriodReport | None = None
    month: PeriodReport | None = None
    dates: tuple[KnownDate, ...] = ()


@dataclass(frozen=True)
class NewNotice:
    """A row of the outbox to be.

    subject: what tells it from others of its kind in the same channel and session, e.g. "R7v1", or
    "R7v1/ack/3"; empty for a digest.
    content: a RuleReport, an DigestContent, or the reason (for STOPPED) that the message is made of.
    not_before: the moment it is due.
    """

    team: str
    channel: str
    session: date
    kind: NoticeKind
    subject: str
    content: RuleReport | DigestContent | str
    not_before: datetime


def alert_for(notice: NewNotice, due: datetime) -> NewNotice | None:
    """Give what a rule's owner is told alone in place of what its channel does not take.

    That is a card, and the reply that an incident is over; None for anything else, as for what a person did.
    """
    report = notice.content
    if not isinstance(report, RuleReport):
        return None
    ends = report.deed is None and report.flip is not None and report.flip.reason in _OVER
    over = notice.kind is NoticeKind.REPLY and ends
    if notice.kind is not NoticeKind.CARD and not over:
        return None
    watched = report.watched
    subject = f"{watched.key}.over" if over else watched.key
    return NewNotice(notice.team, watched.owner, notice.session, NoticeKind.ALERT, subject, report, due)


def stop_notices(
    channel_key: ChannelKey, users: Iterable[str], session: date, reason: str, due: datetime
) -> list[NewNotice]:
    """Tell each of these people once that a channel takes no posts; the notices' subject is the channel."""
    return [
        NewNotice(channel_key.team, user, session, NoticeKind.STOPPED, channel_key.channel, reason, due)
        for user in dict.fromkeys(users)
    ]


@dataclass(frozen=True)
class Notice:
    """A claimed row of the outbox.

    attempt: 1 for the first.  doubtful: an earlier attempt ended without an answer, so it may have arrived.
    first_tried: of the first attempt, the oldest moment at which it may have arrived.
    lease: until when it is the claimant's.  holder: who claimed it.
    """

    id: int
    new: NewNotice
    attempt: int
    doubtful: bool
    first_tried: datetime
    lease: datetime
    holder: str

    @property
    def key(self) -> str:
        """Found in the metadata of the message that carries the notice."""
        new = self.new
        return f"{new.team}/{new.channel}/{new.session}/{new.kind}/{new.subject}"


@dataclass(frozen=True)
class ChannelKey:
    """Where notices are delivered one after the other."""

    team: str
    channel: str


@dataclass(frozen=True)
class SessionResult:
    """What a session came to in one channel; kept whole or not at all.

    standings: new ones by version; `revision` is the one that was read.
    flips: in the order decided, each with its version.
    overtaken: sessions of older digests that were not sent; the digest queued here tells of them.
    told: the channel's daily post has come to the session, whether or not it says anything.
    """

    team: str
    channel: str
    session: date
    standings: tuple[tuple[RuleVersion, RuleState], ...]
    flips: tuple[tuple[RuleVersion, RuleTransition], ...] = ()
    notices: tuple[NewNotice, ...] = ()
    overtaken: tuple[date, ...] = ()
    told: bool = False


@dataclass(frozen=True)
class Request:
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

    def with_place(self, channel: str, thread: str | None, *, within: bool) -> Request:
        """Give the same question, asked somewhere else."""
        extra = self.extra if within is self.within else {**self.extra, "within": within}
        return replace(self, channel=channel, thread=thread, extra=extra)


class LimitScope(StrEnum):
    """Whose questions are counted."""

    PERSON = "person"
    CHANNEL = "channel"
    WORKSPACE = "workspace"


@dataclass(frozen=True)
class Crowded:
    """Why a question was not kept.  open: how many of theirs were waiting or being worked on."""

    whose: LimitScope
    open: int


@dataclass(frozen=True)
class Asker:
    """Whom a question is counted for."""

    team: str
    channel: str
    user: str
    handler: str

    @classmethod
    def of(cls, request: Request) -> Asker:
        """Give those of a question."""
        return cls(request.team, request.channel, request.user, request.handler)


@dataclass(frozen=True)
class RequestLimits:
    """How many questions may be open at once, waiting or being worked on; 0: any number.

    apart: handlers of what nobody asked, such as a look at the Home tab: not counted and never refused.
    """

    person: int = 0
    channel: int = 0
    workspace: int = 0
    apart: frozenset[str] = frozenset()

    def bind(self, handler: str) -> bool:
        """Tell whether a question for this handler may be refused."""
        return handler not in self.apart and any((self.person, self.channel, self.workspace))

    def find_exceeded(self, asker: Asker, others: Collection[tuple[Asker, int]]) -> Crowded | None:
        """Find the limit that is met; others: whose questions are open, and how many."""
        team = [(at, n) for at, n in others if at.team == asker.team and at.handler not in self.apart]
        counts = (
            (LimitScope.PERSON, self.person, sum(n for at, n in team if at.user == asker.user)),
            (LimitScope.CHANNEL, self.channel, sum(n for at, n in team if at.channel == asker.channel)),
            (LimitScope.WORKSPACE, self.workspace, sum(n for _, n in team)),
        )
        return next((Crowded(whose, count) for whose, most, count in counts if 0 < most <= count), None)


NO_LIMITS = RequestLimits()
