"""How a rule would have behaved: its readings replayed session by session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analytics.measures.sample import DAYS_A_YEAR
from analytics.watch.readings import Reading, Readings
from analytics.watch.rules import Rule
from analytics.watch.states import Decision, Policy, Reason, State
from analytics.watch.transitions import decide


@dataclass(frozen=True)
class Incident:
    """From the session on which a rule fired to the one on which its recovery was confirmed (None: open).

    sessions : for how many it lasted, the firing one included, the recovered one not
    """

    fired: date
    recovered: date | None
    sessions: int


@dataclass(frozen=True)
class Outcome:
    """What a rule would have done under one policy.

    known : sessions with data
    """

    policy: Policy
    incidents: tuple[Incident, ...]
    known: int

    @property
    def fired(self) -> int:
        """How often."""
        return len(self.incidents)

    @property
    def sessions(self) -> int:
        """For how many sessions, all incidents together."""
        return sum(incident.sessions for incident in self.incidents)

    @property
    def longest(self) -> int:
        """Sessions of the longest incident, 0 without one."""
        return max((incident.sessions for incident in self.incidents), default=0)


@dataclass(frozen=True)
class Backtest:
    """How often a rule would have fired.

    start, end : first and last session with data; None where no session has any
    asked : at the rule's own settings
    """

    start: date | None
    end: date | None
    asked: Outcome

    @property
    def years(self) -> float:
        """Calendar years from `start` to `end`."""
        return (self.end - self.start).days / DAYS_A_YEAR if self.start and self.end else 0.0


def replay(rule: Rule, readings: Readings, policy: Policy, state: State | None = None) -> list[Decision]:
    """Make every decision that `decide` would have made on the readings' sessions, oldest first.

    Parameters
    ----------
    readings : that hold the rule
    state : before the first session; None for a new rule

    Returns
    -------
    One decision per session; the last one holds the state now.
    """
    return _fold(readings.every(rule), policy, state or State())


def incidents(decisions: Sequence[Decision]) -> tuple[Incident, ...]:
    """Find the incidents among decisions, oldest first; the last one may be open."""
    found: list[Incident] = []
    fired: date | None = None
    sessions = 0
    for decision in decisions:
        if decision.reason is Reason.RECOVERED and fired:
            found.append(Incident(fired, decision.session, sessions))
            fired, sessions = None, 0
        elif decision.state.open:
            fired, sessions = decision.state.fired, sessions + 1
    return (*found, Incident(fired, None, sessions)) if fired else tuple(found)


def backtest(rule: Rule, readings: Readings, policy: Policy) -> Backtest:
    """Return how often a rule would have fired over the readings' sessions, and for how long.

    Parameters
    ----------
    readings : that hold the rule, usually of the last five years
    policy : the rule's own
    """
    every = readings.every(rule)
    known = [session for session, reading in every if reading.met is not None]
    outcome = Outcome(policy, incidents(_fold(every, policy, State())), len(known))
    return Backtest(known[0] if known else None, known[-1] if known else None, outcome)


def _fold(every: Sequence[tuple[date, Reading]], policy: Policy, state: State) -> list[Decision]:
    decisions = []
    for session, reading in every:
        decision = decide(state, reading, policy, session)
        decisions.append(decision)
        state = decision.state
    return decisions
