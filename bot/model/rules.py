"""Rules, where they stand, what happened to them; and the channels' daily posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from analytics.notes import FactValue
from analytics.watch.noise import Noise
from analytics.watch.readings import Reading
from analytics.watch.rules import Rule
from analytics.watch.states import Announcement, Decided, Phase, Policy, Reason, State


class RuleStatus(StrEnum):
    """Whether a rule is read."""

    ACTIVE = "active"
    PAUSED = "paused"
    DELETED = "deleted"


@dataclass(frozen=True)
class RuleVersion:
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
    status: RuleStatus = RuleStatus.ACTIVE

    @property
    def name(self) -> str:
        """As people write it: R7."""
        return f"R{self.number}"

    @property
    def key(self) -> str:
        """Of this version: R7v2."""
        return f"R{self.number}v{self.version}"


@dataclass(frozen=True)
class RuleState:
    """Where a version stands.

    before: the state from before the oldest session that may be decided again; a correction starts from it.
    gaps: sessions since `before` that were decided without data, the oldest first; where there is none,
        `before` is that from before `state.session`.
    reading: what `state.session` was decided on, None before the first.
    revision: grows with every change; who writes names the one that was read.
    through: day of the workspace's calendar up to which it was decided, None where that was not kept.
    exchanges: codes of the exchanges on which its symbols are traded, by symbol, as their prices told last.
    """

    state: State = field(default_factory=State)
    before: State = field(default_factory=State)
    reading: Reading | None = None
    revision: int = 0
    through: date | None = None
    exchanges: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[date, ...] = ()

    @property
    def reached(self) -> date | None:
        """Give the day up to which all is decided, also where its exchanges rested on it."""
        return self.through or self.state.session


@dataclass(frozen=True)
class StoredRule:
    """A version with its standing."""

    watched: RuleVersion
    rule_state: RuleState


@dataclass(frozen=True)
class RuleTransition:
    """One decision that changed the phase or that people were told of; one a version and session, and one
    more where the session was restated.

    value, then: of the rule's quantity and of the fund to look at, in the quantity's unit, where known.
    """

    session: date
    before: Phase
    after: Phase
    reason: Reason
    notice: Announcement | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    value: float | None = None
    then: float | None = None


class AuditAction(StrEnum):
    """What a person can do to a rule."""

    MADE = "made"
    EDITED = "edited"
    PAUSED = "paused"
    RESUMED = "resumed"
    DELETED = "deleted"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    UNSNOOZED = "unsnoozed"


@dataclass(frozen=True)
class AuditEntry:
    """Who did what to a rule, and why.

    detail: the reason given, or until when.  decided: of an acknowledgement, None where it was not said.
    """

    user: str
    act: AuditAction
    at: datetime
    detail: str = ""
    decided: Decided | None = None


@dataclass(frozen=True)
class StoredDecision:
    """An acknowledgement, and the version of its rule that it was about."""

    watched: RuleVersion
    entry: AuditEntry


@dataclass(frozen=True)
class RuleIncident:
    """From the session on which a version fired.

    recovered: the session on which it was over, None while it is open.
    ts: of the root message in the rule's channel, None where there is none (the digest was off).
    picture: Slack's id of the file that the root message shows, None where it shows none.
    told: sessions after which its thread was told what followed, the longest; 0 before the first.
    """

    version: int
    fired: date
    recovered: date | None = None
    ts: str | None = None
    picture: str | None = None
    told: int = 0


@dataclass(frozen=True)
class StoredIncident:
    """An incident with its version."""

    watched: RuleVersion
    incident: RuleIncident


@dataclass(frozen=True)
class RuleHistory:
    """All that is known of a rule, the newest first in each part."""

    versions: tuple[RuleVersion, ...]
    transitions: tuple[RuleTransition, ...]
    deeds: tuple[AuditEntry, ...]
    incidents: tuple[RuleIncident, ...]


@dataclass(frozen=True)
class RuleNoise:
    """What an unchanged world makes of a version, as it was worked out last.

    session: the newest one that it rests on.
    noise: None for what `reason` says.
    """

    team: str
    number: int
    version: int
    session: date
    noise: Noise | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """Give the version that it is of, as `RuleVersion.key` does."""
        return f"R{self.number}v{self.version}"


class DigestMode(StrEnum):
    """What a channel hears on a day without news."""

    QUIET = "quiet"
    ALWAYS = "always"


SAME_DAY_WAIT = timedelta(hours=3)
"""How long a daily post waits for the session of its own day, where its channel wants that."""


@dataclass(frozen=True)
class Digest:
    """A channel's daily post.

    at, zone: local time (whole minutes) and IANA name of the zone.
    owner: who set it up, and who is told where it had to be stopped.
    stopped: why Slack made it impossible, empty while all is well; switching it on again clears it.
    same_day: each post waits a while for the session of its own day, where that settles soon after `at`.
    days: weekdays, Monday is 0, on which a quiet channel hears its post also without news.
    reached: the newest session that its daily post has come to; kept by the run, not by who changes the post.
    chosen: somebody has said how often it comes; else it does so on news until a pair is followed.
    """

    team: str
    channel: str
    owner: str
    at: time
    zone: str
    mode: DigestMode = DigestMode.QUIET
    on: bool = True
    stopped: str = ""
    same_day: bool = False
    days: tuple[int, ...] = ()
    reached: date | None = field(default=None, compare=False)
    chosen: bool = False

    @property
    def active(self) -> bool:
        """True where posts are to be made."""
        return self.on and not self.stopped
