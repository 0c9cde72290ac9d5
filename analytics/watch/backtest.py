"""How a rule would have behaved: `replay` tells every decision, `play` the incidents alone, soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.measures.sample import DAYS_A_YEAR
from analytics.panel import FloatArray
from analytics.watch.many_paths import Breaches, Course, breaches, combine, run
from analytics.watch.readings import Readings
from analytics.watch.rules import Quantity, Rule
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
    decisions, state = [], state or State()
    for session, reading in readings.every(rule):
        decision = decide(state, reading, policy, session)
        decisions.append(decision)
        state = decision.state
    return decisions


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
    played = play(rule, readings, policy)
    known = played.known_sessions
    outcome = Outcome(policy, played.incidents, len(known))
    return Backtest(known[0] if known else None, known[-1] if known else None, outcome)


@dataclass(frozen=True, eq=False)
class Played:
    """What years made of a rule, from the state of a new one: the incidents of `replay` without the rest.

    sessions : of the rule, the oldest first
    said : (1, S) what it read on each of them
    too : the same of the fund to look at, None where that has no such figures
    course : of one path
    """

    sessions: tuple[date, ...]
    said: Breaches
    too: Breaches | None
    course: Course

    @property
    def known_sessions(self) -> tuple[date, ...]:
        """Those with data, the oldest first."""
        return tuple(self.sessions[at] for at in np.flatnonzero(self.said.met | self.said.unmet))

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The oldest first; the last one may be open."""
        spans = zip(self.course.first.tolist(), self.course.last.tolist(), strict=True)
        days = (*self.sessions, None)
        return tuple(Incident(self.sessions[one], days[other], other - one) for one, other in spans)

    @property
    def decided_open(self) -> int:
        """Sessions with data after which it is open."""
        lasting = self.course.open
        before = np.zeros_like(lasting)
        before[:, 1:] = lasting[:, :-1]
        inside, outside = self.said.safe | self.said.unsafe, self.said.met | self.said.unmet
        return int(np.count_nonzero(lasting & np.where(before, inside, outside)))

    @property
    def target_too(self) -> float | None:
        """Share of the sessions on which it was met, and the target's figure is known, on which that met it
        too; None without such sessions.
        """
        if self.too is None:
            return None
        told = int(np.count_nonzero(self.said.met & (self.too.met | self.too.unmet)))
        return np.count_nonzero(self.said.met & self.too.met) / told if told else None


def play(rule: Rule, readings: Readings, policy: Policy) -> Played:
    """Find the incidents that `replay` would find, all sessions at once.

    Parameters
    ----------
    readings : that hold the rule

    Examples
    --------
    >>> from analytics.watch.operators import Op
    >>> from analytics.watch.rules import Condition
    >>> weak = Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0)
    >>> days = np.busday_offset(np.datetime64("2026-01-12"), np.arange(4))
    >>> values = np.array([[0.9, 0.8, np.nan, 0.7]])
    >>> found = play(
    ...     Rule((weak,)), Readings(days, values, np.full((1, 4), ""), {weak.quantity: 0}, {}), Policy(2)
    ... )
    >>> [(each.fired.isoformat(), each.recovered, each.sessions) for each in found.incidents]
    [('2026-01-13', None, 3)]
    """
    own = readings.own(rule)
    said = _read(rule, own, [each.quantity for each in rule.conditions])
    too = None
    if rule.then is not None and all(each.quantity.other is None for each in rule.conditions):
        too = _read(rule, own, [each.quantity.of(rule.then) for each in rule.conditions])
    course = run(said, policy, crossing=rule.crossing)
    return Played(tuple(own.sessions.tolist()), said, too, course)


def _read(rule: Rule, readings: Readings, quantities: Sequence[Quantity]) -> Breaches:
    parts = [
        breaches(condition, _series(readings, quantity)[None, :], condition.threshold, condition.recovery)
        for condition, quantity in zip(rule.conditions, quantities, strict=True)
    ]
    return combine(parts, rule.needed)


def _series(readings: Readings, quantity: Quantity) -> FloatArray:
    known = quantity in readings.rows or quantity in readings.failures
    return readings.series(quantity) if known else np.full(readings.sessions.size, np.nan)
