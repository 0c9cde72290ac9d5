"""Where a watchpoint stands, how patient it is, and what a decision says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from analytics.notes import FactValue

CONFIRM = 5
"""Sessions that a breach, or a recovery, must last."""


class Phase(StrEnum):
    """Where a watchpoint stands."""

    OK = "ok"
    PENDING = "pending"  # in breach, not yet for long enough
    FIRING = "firing"
    RECOVERING = "recovering"  # fired, on the safe side, not yet for long enough
    NO_DATA = "no data"
    DOUBT = "in doubt"  # a price of the session itself looks wrong: it is waited out
    ERROR = "error"


OPEN = frozenset({Phase.FIRING, Phase.RECOVERING})
"""The phases of an incident."""


class Announcement(StrEnum):
    """What people are told; at most one a session."""

    FIRED = "fired"
    RECOVERED = "recovered"
    STILL_FIRING = "still firing"  # a snooze is over and the incident is not
    NO_DATA = "no data"
    DOUBT = "in doubt"
    ERROR = "error"
    RESTATED = "restated"  # corrected data: the rule stands elsewhere than was said


class Reason(StrEnum):
    """Why a decision came out as it did, and the facts each one carries beside value: float, where known."""

    QUIET = "quiet"  # no breach
    ALREADY_BEYOND = "already beyond"  # a crossing that was never seen on this side of its threshold
    CONFIRMING = "confirming"  # count, needed: int
    CONFIRMATION_BROKEN = "confirmation broken"  # count, needed: int (the breach lasted count sessions)
    CONFIRMED = "confirmed"  # count, needed: int; since: date, the first session of the breach
    STILL_MET = "still met"
    NOT_YET_SAFE = "not yet safe"  # no breach any more, the recovery value not reached
    RECOVERING = "recovering"  # count, needed: int
    RELAPSED = "relapsed"  # count, needed: int (the recovery lasted count sessions)
    RECOVERED = "recovered"  # count, needed: int
    NO_DATA = "no data"  # cause: str
    DOUBT = "in doubt"  # cause: str
    ERROR = "error"  # cause: str
    ALREADY_DECIDED = "already decided"  # through: date (the newest session decided)
    RESTATED = "restated"  # was: str, the phase said before


@dataclass(frozen=True)
class Policy:
    """How patient a rule is.

    confirm : sessions of breach in a row before it fires
    recover : sessions on the safe side in a row before it is over; None for as many as `confirm`
    """

    confirm: int = CONFIRM
    recover: int | None = None

    def __post_init__(self) -> None:
        if self.confirm < 1 or self.recovery < 1:
            raise ValueError(f"confirmation takes one session or more, not {self.confirm}, {self.recover}")

    @property
    def recovery(self) -> int:
        """Sessions in force for a recovery."""
        return self.confirm if self.recover is None else self.recover


class Decided(StrEnum):
    """What was decided about an incident by whom has it in hand."""

    SWITCHED = "switched"
    KEPT = "kept"
    LOOKING = "looking into it"


@dataclass(frozen=True)
class Acknowledgement:
    """Who has taken the incident in hand, why, and what was decided; None where that was not said."""

    by: str
    reason: str
    decided: Decided | None = None


@dataclass(frozen=True)
class State:
    """Where one version of one rule stands; a new or edited rule begins with `State()`.

    kept : the phase beneath NO_DATA, DOUBT and ERROR; else the phase itself
    trouble : NO_DATA, DOUBT or ERROR while it lasts
    run : sessions counted so far towards a confirmation or a recovery
    since, held : the session on which `kept` began, and for how many decided sessions it has lasted
    session : the newest one decided
    fired : the session on which the open incident fired
    armed : a value on this side of the threshold was seen, which a crossing needs
    told : the troubles already told of in this row of them
    snoozed_until, snoozed_by : nothing is said of the open incident through this session, and who wants that;
        "" where that was not kept
    """

    kept: Phase = Phase.OK
    trouble: Phase | None = None
    run: int = 0
    since: date | None = None
    held: int = 0
    session: date | None = None
    fired: date | None = None
    armed: bool = False
    told: frozenset[Phase] = frozenset()
    acknowledged: Acknowledgement | None = None
    snoozed_until: date | None = None
    snoozed_by: str = ""

    @property
    def phase(self) -> Phase:
        """As shown."""
        return self.trouble or self.kept

    @property
    def open(self) -> bool:
        """True from firing until the recovery is confirmed, whatever data are missing meanwhile."""
        return self.kept in OPEN

    def acknowledge(self, by: str, reason: str, decided: Decided | None = None) -> State:
        """Note that the incident is in hand: no reminder until it is over.  ValueError where none is open."""
        if not self.open:
            raise ValueError(f"nothing to acknowledge: the rule is {self.phase.value}")
        return replace(self, acknowledged=Acknowledgement(by, reason, decided))

    def snooze(self, until: date, by: str = "") -> State:
        """Say nothing through this session; what is still firing afterwards is said then.

        It ends with its incident: what fires anew is said at once.  ValueError where none is open.
        """
        if not self.open:
            raise ValueError(f"nothing to snooze: the rule is {self.phase.value}")
        return replace(self, snoozed_until=until, snoozed_by=by)

    def is_silenced(self, session: date) -> bool:
        """Return True where a snooze of the open incident keeps quiet what the session brings."""
        return self.open and self.snoozed_until is not None and session <= self.snoozed_until

    def unsnooze(self) -> State:
        """Say again what changes, from the next session on."""
        return replace(self, snoozed_until=None, snoozed_by="")

    def in_hand_as(self, other: State) -> State:
        """Return the same state, acknowledged and snoozed as another one is."""
        return replace(
            self,
            acknowledged=other.acknowledged,
            snoozed_until=other.snoozed_until,
            snoozed_by=other.snoozed_by,
        )


@dataclass(frozen=True)
class Transition:
    """A change of the phase shown, to be stored: one row per rule and session."""

    before: Phase
    after: Phase
    session: date


@dataclass(frozen=True)
class Decision:
    """What a session made of a rule.

    facts : of the sentence, see `Reason`
    """

    session: date
    state: State
    reason: Reason
    transition: Transition | None = None
    notice: Announcement | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
