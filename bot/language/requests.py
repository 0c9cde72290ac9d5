"""What people can ask for, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from analytics.returns import Rate
from analytics.switch import NO_TERMS, SwitchTerms
from analytics.watch.rules import Rule
from analytics.watch.states import Decided, Policy
from analytics.window import Window
from bot.commands import Command
from bot.language.rule import write_rule
from bot.model import DigestMode, Section
from bot.render.ids import SNOOZED_SESSIONS


@dataclass(frozen=True)
class Help:
    """A request for help on one command."""

    command: Command


@dataclass(frozen=True)
class Watch:
    """A rule to be kept.

    number: of the rule that it replaces, None for a new one.
    test: it is only tried, nothing is kept.
    anyway: it is kept also where the channel has one that says the same.
    added: what the rule says and its text did not, "for 5 sessions", "1 year".
    """

    rule: Rule
    policy: Policy
    number: int | None = None
    test: bool = False
    anyway: bool = False
    added: tuple[str, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        """The rule in canonical form, without the verb; reading it again gives the same rule."""
        return write_rule(self.rule, self.policy)


@dataclass(frozen=True)
class FollowUp:
    """A question about funds that are named, or known from where it is asked.

    symbols: empty for those of the thread.  add, without: what that list gains and loses.
    window, versus, rate, as_of, weekly: None where they stay as they are in the thread, else by default.
    amount: an order to trade, in the currency of the funds (for COST and SWITCH).
    currency: of the amount as it was typed, as in `bot.language.amounts.Size`; empty without one.
    terms: what is told of the cost of an order (for SWITCH).
    measure: whose working is asked for, by its name in `analytics.MEASURES`, or one of
        `bot.sections.TOPICS` (for EXPLAIN).
    """

    section: Section = Section.COMPARE
    symbols: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    window: Window | None = None
    versus: str | None = None
    rate: Rate | None = None
    as_of: date | None = None
    weekly: bool | None = None
    amount: float | None = None
    currency: str = ""
    terms: SwitchTerms = NO_TERMS
    measure: str = ""


class Verb(StrEnum):
    """What can be asked about a rule that is kept."""

    SHOW = "show"
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"
    HISTORY = "history"
    WHY = "why"


@dataclass(frozen=True)
class RuleCommand:
    """A question about a rule.  number: R7 is 7."""

    verb: Verb
    number: int


class ListedState(StrEnum):
    """Where the rules stand that are listed; in the words of the list, which people type."""

    OPEN = "open"
    FIRING = "triggered"
    RECOVERING = "clearing"
    PENDING = "waiting"
    QUIET = "quiet"
    NO_DATA = "without data"
    DOUBT = "in doubt"
    ERROR = "not readable"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    PAUSED = "paused"


@dataclass(frozen=True)
class RuleListing:
    """A question about the rules of a channel.

    symbols: each is named by the rules that are meant; empty for those of any fund.
    stand: where they stand, None for anywhere.  page: from 1 on.
    """

    symbols: tuple[str, ...] = ()
    stand: ListedState | None = None
    page: int = 1


@dataclass(frozen=True)
class NoisiestRules:
    """A question about the rules that an unchanged world sets off most.  page: from 1 on."""

    page: int = 1


@dataclass(frozen=True)
class Acknowledge:
    """Somebody has an incident in hand.

    number: of the rule, None for that of the card in whose thread it is said.
    reason: on one line, empty where none is given.  decided: None where it is not said.
    """

    number: int | None
    reason: str = ""
    decided: Decided | None = None


class Review(StrEnum):
    """What has become of rules and decisions, for the workspace."""

    DECISIONS = "decisions"
    SCORECARD = "scorecard"


@dataclass(frozen=True)
class ReviewRequest:
    """A question about what has followed.  csv: as a file, too."""

    review: Review
    csv: bool = False


@dataclass(frozen=True)
class Snooze:
    """Nothing is to be said of a rule for a while.

    number: as of `Acknowledge`.  sessions: for how many of those to come; of no meaning beside `until`.
    until: through this day.
    """

    number: int | None
    sessions: int = SNOOZED_SESSIONS
    until: date | None = None


@dataclass(frozen=True)
class Unsnooze:
    """What changes is to be said again.  number: as of `Acknowledge`."""

    number: int | None


IncidentAction = Acknowledge | Snooze | Unsnooze
"""What somebody does to an incident."""


@dataclass(frozen=True)
class DigestOn:
    """The channel wants its daily post.  None: as it was set before, else by default.

    same_day: each post waits a while for the session of its own day.
    days: weekdays, Monday is 0, on which a quiet channel hears it also without news.
    """

    at: time | None = None
    zone: str | None = None
    mode: DigestMode | None = None
    same_day: bool | None = None
    days: tuple[int, ...] | None = None


@dataclass(frozen=True)
class DigestOff:
    """The channel wants no daily post."""


@dataclass(frozen=True)
class DigestStatus:
    """When the next post comes, and what it will tell of."""


@dataclass(frozen=True)
class DigestNow:
    """All rules of the channel, told at once."""


@dataclass(frozen=True)
class FollowPair:
    """The channel wants to read how two funds do, every morning.  against: one beside them, or empty."""

    first: str
    second: str
    against: str = ""


@dataclass(frozen=True)
class UnfollowPair:
    """The channel does not want to read of a pair any more, whichever way round it is named."""

    first: str
    second: str


@dataclass(frozen=True)
class FollowListing:
    """A question which pairs the channel follows."""
