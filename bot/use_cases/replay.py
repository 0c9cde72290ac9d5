"""What sessions make of one rule: decided in order, each once, and again where data changed or came late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analytics.watch.readings import Reading, Readings
from analytics.watch.states import Decision, Reason, State
from analytics.watch.transitions import decide, restate
from bot.model import RuleIncident, RuleState, RuleStatus, RuleTransition, RuleVersion, StoredRule

AGAIN = timedelta(days=14)
"""For so long a session that was decided without data is decided again when they come."""


@dataclass(frozen=True)
class ReplayStep:
    """One decision.  transition: what it changed.  silenced: a snooze keeps that quiet.

    incidents: after it, the newest first.
    """

    decision: Decision
    reading: Reading
    transition: RuleTransition | None
    silenced: bool
    incidents: tuple[RuleIncident, ...]

    @property
    def heard(self) -> RuleTransition | None:
        """The change, unless a snooze keeps it quiet."""
        return None if self.silenced else self.transition


@dataclass(frozen=True)
class RuleReplay:
    """What a run made of one rule.  known: its incidents before the run, the newest first."""

    kept: StoredRule
    rule_state: RuleState
    steps: tuple[ReplayStep, ...]
    known: tuple[RuleIncident, ...]

    @property
    def watched(self) -> RuleVersion:
        """Whose course it is."""
        return self.kept.watched

    @property
    def incidents(self) -> tuple[RuleIncident, ...]:
        """After the run."""
        return self.steps[-1].incidents if self.steps else self.known

    @property
    def days(self) -> list[date]:
        """The sessions decided for the first time."""
        days, last = [step.decision.session for step in self.steps], self.kept.rule_state.state.session
        return [day for day in days if last is None or day > last]

    @property
    def heard(self) -> list[RuleTransition]:
        """What people are to know, in the order decided."""
        return [step.heard for step in self.steps if step.heard]

    @property
    def headline(self) -> RuleTransition | None:
        """The last of it, where it is of the rule's newest session, or of one before in other words."""
        last, newest = self.heard[-1] if self.heard else None, self.rule_state.state.session
        return last if last and (last.session == newest or last.reason is Reason.RESTATED) else None

    @property
    def older(self) -> list[RuleTransition]:
        """The rest of it."""
        return self.heard[:-1] if self.headline else self.heard

    def quiet(self, session: date) -> bool:
        """Return whether a snooze lasts."""
        return self.steps[-1].silenced if self.steps else self.rule_state.state.is_silenced(session)


def exchanges_of(stored_rules: Iterable[StoredRule]) -> frozenset[str]:
    """Give the codes of the exchanges on which the symbols of active rules are traded, as far as known."""
    active = (each for each in stored_rules if each.watched.status is RuleStatus.ACTIVE)
    return frozenset(code for each in active for code in each.rule_state.exchanges.values())


def first_needed(stored: StoredRule, session: date) -> date:
    """Return the oldest session that must be read for a rule: of those decided, the oldest that may be
    restated.

    A new rule begins with `session`; so does one that reads a fund's facts, whose past nobody knows.
    """
    last = stored.rule_state.state.session
    if last is None or stored.watched.rule.profiled:
        return session
    return min(last, session, *stored.rule_state.gaps[:1])


def replay(
    stored: StoredRule,
    known: Sequence[RuleIncident],
    readings: Readings,
    session: date,
    exchanges: Mapping[str, str],
) -> RuleReplay:
    """Decide what a rule has missed of its own sessions up to a day; nothing where it has come to it already.

    known: its last incidents, the newest first.  readings: from `first_needed` on.
    session: of the workspace's calendar; the rule's own exchanges may have held none on it, or several since
    the one before.  exchanges: codes of those of its symbols, as far as they are known.
    """
    rule_state, steps = stored.rule_state, list[ReplayStep]()
    if rule_state.reached is not None and rule_state.reached >= session:
        return RuleReplay(stored, rule_state, (), tuple(known))
    incidents = tuple(known)
    for row, decision, reading in _decisions(stored, readings, session):
        incidents = _incidents_after(incidents, stored.watched.version, decision)
        silenced = rule_state.state.is_silenced(decision.session)
        steps.append(ReplayStep(decision, reading, _transition(decision, reading), silenced, incidents))
        state = decision.state
        rule_state = replace(rule_state, state=state, before=row.before, gaps=row.gaps, reading=reading)
    rule_state = replace(rule_state, through=session, exchanges={**rule_state.exchanges, **exchanges})
    return RuleReplay(stored, rule_state, tuple(steps), tuple(known))


@dataclass(frozen=True)
class _Row:
    """Sessions that may be decided again; see `RuleState`."""

    before: State
    gaps: tuple[date, ...] = ()

    def after(self, day: date, previous: State, state: State) -> _Row:
        """Add one more decided session; let go what has been without data for too long."""
        gap = (day,) if state.trouble else ()
        if self.gaps and day - self.gaps[0] <= AGAIN:
            return _Row(self.before, (*self.gaps, *gap))
        return _Row(previous, gap)


_Decided = tuple[_Row, Decision, Reading]
"""What may be decided again afterwards, a decision, and what it rests on."""


def _decisions(stored: StoredRule, readings: Readings, session: date) -> Iterator[_Decided]:
    """Yield every decision that is to be made, in order."""
    rule_state = stored.rule_state
    state, row = rule_state.state, _Row(rule_state.before, rule_state.gaps)
    for row, decision, reading in _decide_again(stored, readings):
        yield row, decision, reading
        state = decision.state
    yield from _decide_days(stored, readings, _undecided_sessions(stored, readings, session), row, state)


def _decide_days(
    stored: StoredRule, readings: Readings, days: Iterable[date], row: _Row, state: State
) -> Iterator[_Decided]:
    """Decide days in order, from a state on."""
    for day in days:
        reading = readings.at(stored.watched.rule, day)
        decision = decide(state, reading, stored.watched.policy, day)
        row = row.after(day, state, decision.state)
        yield row, decision, reading
        state = decision.state


def _decide_again(stored: StoredRule, readings: Readings) -> list[_Decided]:
    """Return what corrected data of the session decided last, and late ones of those without, make of them.

    Nothing where they change nothing.  Data that have gone again correct nothing: what was known stays said.
    A fund's facts of that evening are not known any more.
    """
    rule_state, last, rule = stored.rule_state, stored.rule_state.state.session, stored.watched.rule
    if rule_state.reading is None or last is None or rule.profiled:
        return []
    earlier = _decide_earlier(stored, readings, last)
    now = readings.at(rule, last)
    if earlier is None or _has_lost_data(rule_state.reading, now):
        return []
    filled = any(
        not decision.state.trouble and decision.session in rule_state.gaps for _, decision, _ in earlier
    )
    if not filled and (now.met, now.safe) == (rule_state.reading.met, rule_state.reading.safe):
        return []
    row, state = (
        (earlier[-1][0], earlier[-1][1].state) if earlier else (_Row(rule_state.before), rule_state.before)
    )
    decision = restate(state, rule_state.state, now, stored.watched.policy, last)
    if all(decided.session in rule_state.gaps for _, decided, _ in earlier):
        return [*map(_untold_trouble, earlier), (row.after(last, state, decision.state), decision, now)]
    # Of the others all has been told but where the rule stands now, and since when.
    decision = _of_known_incident(decision, rule_state.state)
    return [(row.after(last, state, decision.state), decision, now)]


def _decide_earlier(stored: StoredRule, readings: Readings, last: date) -> list[_Decided] | None:
    """Return the sessions before the last one that may be decided again; None where data of one have gone
    again.
    """
    gaps, state = stored.rule_state.gaps, _state_with_acts(stored.rule_state)
    days = [day for day in readings.own_sessions(stored.watched.rule) if (*gaps, last)[0] <= day < last]
    found = list(_decide_days(stored, readings, days, _Row(state), state))
    lost = any(decision.state.trouble and decision.session not in gaps for _, decision, _ in found)
    return None if lost else found


def _state_with_acts(rule_state: RuleState) -> State:
    """Return the state to start again from, with what people did to the same incident since."""
    before, state = rule_state.before, rule_state.state
    if not before.open or before.fired != state.fired:
        return before
    return before.in_hand_as(state)


def _of_known_incident(again: Decision, said: State) -> Decision:
    """Keep, for an open incident that people know, the session on which they were told that it fired."""
    both = said.open and again.state.open
    return replace(again, state=replace(again.state, fired=said.fired)) if both else again


def _untold_trouble(decided: _Decided) -> _Decided:
    """Silence the news of a session that still has no data: it was told to have none."""
    row, decision, reading = decided
    if decision.state.trouble:
        decision = replace(decision, transition=None, notice=None)
    return row, decision, reading


def _has_lost_data(said: Reading, now: Reading) -> bool:
    return (now.met is None and said.met is not None) or (now.safe is None and said.safe is not None)


def _undecided_sessions(stored: StoredRule, readings: Readings, session: date) -> list[date]:
    """Return the rule's own sessions to decide, the oldest first.

    A new rule begins with the day itself, or a later one where its exchanges rest on it.  One that reads a
    fund's facts has only the day, too: what they were before nobody knows.
    """
    last = stored.rule_state.state.session
    days = [day for day in readings.own_sessions(stored.watched.rule) if day <= session]
    if last is None or stored.watched.rule.profiled:
        return [day for day in days if day == session]
    return [day for day in days if day > last]


def _transition(decision: Decision, reading: Reading) -> RuleTransition | None:
    if not (decision.transition or decision.notice):
        return None
    after = decision.state.phase
    return RuleTransition(
        session=decision.session,
        before=decision.transition.before if decision.transition else after,
        after=after,
        reason=decision.reason,
        notice=decision.notice,
        facts=decision.facts,
        value=reading.value,
        then=reading.then,
    )


def _incidents_after(
    incidents: tuple[RuleIncident, ...], version: int, decision: Decision
) -> tuple[RuleIncident, ...]:
    """Close every incident but the state's own, which is opened where it is new."""
    fired, day = decision.state.fired, decision.session
    closed = tuple(
        incident if incident.recovered or incident.fired == fired else replace(incident, recovered=day)
        for incident in incidents
    )
    if fired is None or any(incident.fired == fired for incident in closed):
        return closed
    return (RuleIncident(version, fired), *closed)
