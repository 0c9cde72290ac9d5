"""What sessions make of one rule: decided in order, each once, the last one again where its data changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.watch.readings import Reading, Readings
from analytics.watch.states import Decision, Reason, State
from analytics.watch.transitions import decide, restate
from bot.records import Flip, Incident, Kept, Standing, Status, Watched


@dataclass(frozen=True)
class Step:
    """One decision.  flip: what it changed.  silenced: a snooze keeps that quiet.

    incidents: after it, the newest first.
    """

    decision: Decision
    reading: Reading
    flip: Flip | None
    silenced: bool
    incidents: tuple[Incident, ...]

    @property
    def heard(self) -> Flip | None:
        """The change, unless a snooze keeps it quiet."""
        return None if self.silenced else self.flip


@dataclass(frozen=True)
class Course:
    """What a run made of one rule.  known: its incidents before the run, the newest first."""

    kept: Kept
    standing: Standing
    steps: tuple[Step, ...]
    known: tuple[Incident, ...]

    @property
    def watched(self) -> Watched:
        """Whose course it is."""
        return self.kept.watched

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """After the run."""
        return self.steps[-1].incidents if self.steps else self.known

    @property
    def days(self) -> list[date]:
        """The sessions decided for the first time."""
        decisions = [step.decision for step in self.steps]
        return [each.session for each in decisions if each.reason is not Reason.RESTATED]

    @property
    def heard(self) -> list[Flip]:
        """What people are to know, in the order decided."""
        return [step.heard for step in self.steps if step.heard]

    @property
    def headline(self) -> Flip | None:
        """The last of it, where it is of the rule's newest session, or of one before in other words."""
        last, newest = self.heard[-1] if self.heard else None, self.standing.state.session
        return last if last and (last.session == newest or last.reason is Reason.RESTATED) else None

    @property
    def older(self) -> list[Flip]:
        """The rest of it."""
        return self.heard[:-1] if self.headline else self.heard

    def quiet(self, session: date) -> bool:
        """Whether a snooze lasts."""
        return self.steps[-1].silenced if self.steps else self.standing.state.is_silenced(session)


def exchanges_of(kept: Iterable[Kept]) -> frozenset[str]:
    """Give the codes of the exchanges on which the symbols of active rules are traded, as far as known."""
    active = (each for each in kept if each.watched.status is Status.ACTIVE)
    return frozenset(code for each in active for code in each.standing.exchanges.values())


def first_needed(kept: Kept, session: date) -> date:
    """The oldest session that must be read for a rule: the one decided last, which may be restated.

    A new rule begins with `session`; so does one that reads a fund's facts, whose past nobody knows.
    """
    last = kept.standing.state.session
    return session if last is None or kept.watched.rule.profiled else min(last, session)


def follow(
    kept: Kept, known: Sequence[Incident], readings: Readings, session: date, exchanges: Mapping[str, str]
) -> Course:
    """Decide what a rule has missed of its own sessions up to a day; nothing where it has come to it already.

    known: its last incidents, the newest first.  readings: from `first_needed` on.
    session: of the workspace's calendar; the rule's own exchanges may have held none on it, or several since
    the one before.  exchanges: codes of those of its symbols, as far as they are known.
    """
    standing, steps = kept.standing, list[Step]()
    if standing.reached is not None and standing.reached >= session:
        return Course(kept, standing, (), tuple(known))
    incidents = tuple(known)
    for before, decision, reading in _decisions(kept, readings, session):
        incidents = _incidents_after(incidents, kept.watched.version, decision)
        silenced = standing.state.is_silenced(decision.session)
        steps.append(Step(decision, reading, _flip(decision, reading), silenced, incidents))
        standing = replace(standing, state=decision.state, before=before, reading=reading)
    standing = replace(standing, through=session, exchanges={**standing.exchanges, **exchanges})
    return Course(kept, standing, tuple(steps), tuple(known))


def _decisions(kept: Kept, readings: Readings, session: date) -> Iterator[tuple[State, Decision, Reading]]:
    """Every decision that is to be made, in order, each with the state before it and what it rests on."""
    rule, policy, standing = kept.watched.rule, kept.watched.policy, kept.standing
    state = standing.state
    if state.session and (corrected := _correction(kept, readings)):
        again = restate(standing.before, state, corrected, policy, state.session)
        yield standing.before, again, corrected
        state = again.state
    for day in _missed(kept, readings, session):
        reading = readings.at(rule, day)
        decision = decide(state, reading, policy, day)
        yield state, decision, reading
        state = decision.state


def _correction(kept: Kept, readings: Readings) -> Reading | None:
    """The reading of the session decided last, where it says something else by now.

    Data that have gone again correct nothing: what was known stays said.  A fund's facts of that evening are
    not known any more.
    """
    said, last, rule = kept.standing.reading, kept.standing.state.session, kept.watched.rule
    if said is None or last is None or rule.profiled:
        return None
    now = readings.at(rule, last)
    gone = (now.met is None and said.met is not None) or (now.safe is None and said.safe is not None)
    return None if gone or (now.met, now.safe) == (said.met, said.safe) else now


def _missed(kept: Kept, readings: Readings, session: date) -> list[date]:
    """The rule's own sessions to decide, the oldest first.

    A new rule begins with the day itself, or a later one where its exchanges rest on it.  One that reads a
    fund's facts has only the day, too: what they were before nobody knows.
    """
    last = kept.standing.state.session
    days = [day for day in readings.own_sessions(kept.watched.rule) if day <= session]
    if last is None or kept.watched.rule.profiled:
        return [day for day in days if day == session]
    return [day for day in days if day > last]


def _flip(decision: Decision, reading: Reading) -> Flip | None:
    if not (decision.transition or decision.notice):
        return None
    after = decision.state.phase
    return Flip(
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
    incidents: tuple[Incident, ...], version: int, decision: Decision
) -> tuple[Incident, ...]:
    """A decision closes every incident but the state's own, which it opens where it is new."""
    fired, day = decision.state.fired, decision.session
    closed = tuple(
        incident if incident.recovered or incident.fired == fired else replace(incident, recovered=day)
        for incident in incidents
    )
    if fired is None or any(incident.fired == fired for incident in closed):
        return closed
    return (Incident(version, fired), *closed)
