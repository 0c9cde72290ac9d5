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
    """One decision.  flip: what it changed.  silenced: a snooze keeps that quiet.

    incidents: after it, the newest first.
    """

    decision: Decision
    reading: Reading
    flip: RuleTransition | None
    silenced: bool
    incidents: tuple[RuleIncident, ...]

    @property
    def heard(self) -> RuleTransition | None:
        """The change, unless a snooze keeps it quiet."""
        return None if self.silenced else self.flip


@dataclass(frozen=True)
class RuleReplay:
    """What a run made of one rule.  known: its incidents before the run, the newest first."""

    kept: StoredRule
    standing: RuleState
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
        days, last = [step.decision.session for step in self.steps], self.kept.standing.state.session
        return [day for day in days if last is None or day > last]

    @property
    def heard(self) -> list[RuleTransition]:
        """What people are to know, in the order decided."""
        return [step.heard for step in self.steps if step.heard]

    @property
    def headline(self) -> RuleTransition | None:
        """The last of it, where it is of the rule's newest session, or of one before in other words."""
        last, newest = self.heard[-1] if self.heard else None, self.standing.state.session
        return last if last and (last.session == newest or last.reason is Reason.RESTATED) else None

    @property
    def older(self) -> list[RuleTransition]:
        """The rest of it."""
        return self.heard[:-1] if self.headline else self.heard

    def quiet(self, session: date) -> bool:
        """Return whether a snooze lasts."""
        return self.steps[-1].silenced if self.steps else self.standing.state.is_silenced(session)


def exchanges_of(kept: Iterable[StoredRule]) -> frozenset[str]:
    """Give the codes of the exchanges on which the symbols of active rules are traded, as far as known."""
    active = (each for each in kept if each.watched.status is RuleStatus.ACTIVE)
    return frozenset(code for each in active for code in each.standing.exchanges.values())


def first_needed(kept: StoredRule, session: date) -> date:
    """Return the oldest session that must be read for a rule: of those decided, the oldest that may be
    restated.

    A new rule begins with `session`; so does one that reads a fund's facts, whose past nobody knows.
    """
    last = kept.standing.state.session
    if last is None or kept.watched.rule.profiled:
        return session
    return min(last, session, *kept.standing.gaps[:1])


def replay(
    kept: StoredRule,
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
    standing, steps = kept.standing, list[ReplayStep]()
    if standing.reached is not None and standing.reached >= session:
        return RuleReplay(kept, standing, (), tuple(known))
    incidents = tuple(known)
    for row, decision, reading in _decisions(kept, readings, session):
        incidents = _incidents_after(incidents, kept.watched.version, decision)
        silenced = standing.state.is_silenced(decision.session)
        steps.append(ReplayStep(decision, reading, _transition(decision, reading), silenced, incidents))
        state = decision.state
        standing = replace(standing, state=state, before=row.before, gaps=row.gaps, reading=reading)
    standing = replace(standing, through=session, exchanges={**standing.exchanges, **exchanges})
    return RuleReplay(kept, standing, tuple(steps), tuple(known))


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


def _decisions(kept: StoredRule, readings: Readings, session: date) -> Iterator[_Decided]:
    """Yield every decision that is to be made, in order."""
    rule, policy, standing = kept.watched.rule, kept.watched.policy, kept.standing
    state, row = standing.state, _Row(standing.before, standing.gaps)
    for row, decision, reading in _decide_again(kept, readings):
        yield row, decision, reading
        state = decision.state
    for day in _undecided_sessions(kept, readings, session):
        reading = readings.at(rule, day)
        decision = decide(state, reading, policy, day)
        row = row.after(day, state, decision.state)
        yield row, decision, reading
        state = decision.state


def _decide_again(kept: StoredRule, readings: Readings) -> list[_Decided]:
    """Return what corrected data of the session decided last, and late ones of those without, make of them.

    Nothing where they change nothing.  Data that have gone again correct nothing: what was known stays said.
    A fund's facts of that evening are not known any more.
    """
    standing, last, rule = kept.standing, kept.standing.state.session, kept.watched.rule
    if standing.reading is None or last is None or rule.profiled:
        return []
    earlier = _decide_earlier(kept, readings, last)
    now = readings.at(rule, last)
    if earlier is None or _has_lost_data(standing.reading, now):
        return []
    filled = any(
        not decision.state.trouble and decision.session in standing.gaps for _, decision, _ in earlier
    )
    if not filled and (now.met, now.safe) == (standing.reading.met, standing.reading.safe):
        return []
    row, state = (
        (earlier[-1][0], earlier[-1][1].state) if earlier else (_Row(standing.before), standing.before)
    )
    decision = restate(state, standing.state, now, kept.watched.policy, last)
    if all(decided.session in standing.gaps for _, decided, _ in earlier):
        return [*map(_untold_trouble, earlier), (row.after(last, state, decision.state), decision, now)]
    # Of the others all has been told but where the rule stands now, and since when.
    decision = _of_known_incident(decision, standing.state)
    return [(row.after(last, state, decision.state), decision, now)]


def _decide_earlier(kept: StoredRule, readings: Readings, last: date) -> list[_Decided] | None:
    """Return the sessions before the last one that may be decided again; None where data of one have gone
    again.
    """
    standing, rule, policy = kept.standing, kept.watched.rule, kept.watched.policy
    first, state = (*standing.gaps, last)[0], _state_with_acts(standing)
    row, found = _Row(state), list[_Decided]()
    for day in readings.own_sessions(rule):
        if not first <= day < last:
            continue
        reading = readings.at(rule, day)
        decision = decide(state, reading, policy, day)
        if decision.state.trouble and day not in standing.gaps:
            return None
        row, state = row.after(day, state, decision.state), decision.state
        found.append((row, decision, reading))
    return found


def _state_with_acts(standing: RuleState) -> State:
    """Return the state to start again from, with what people did to the same incident since."""
    before, state = standing.before, standing.state
    if not before.open or before.fired != state.fired:
        return before
    return replace(before, acknowledged=state.acknowledged, snoozed_until=state.snoozed_until)


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


def _undecided_sessions(kept: StoredRule, readings: Readings, session: date) -> list[date]:
    """Return the rule's own sessions to decide, the oldest first.

    A new rule begins with the day itself, or a later one where its exchanges rest on it.  One that reads a
    fund's facts has only the day, too: what they were before nobody knows.
    """
    last = kept.standing.state.session
    days = [day for day in readings.own_sessions(kept.watched.rule) if day <= session]
    if last is None or kept.watched.rule.profiled:
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
