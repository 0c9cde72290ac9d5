"""What a reading changes: from state to state, and whether anybody is told.

    OK -> PENDING -> FIRING -> RECOVERING -> OK        a breach is confirmed, a recovery is confirmed
    NO_DATA, DOUBT, ERROR                              beside them; the state beneath is kept as it was

Rules of speech: a breach speaks when it is confirmed, a recovery when it is, missing data, doubtful prices
and errors once in a row of them, an incident that outlasts a snooze once; nothing else does.  A snooze ends
with its incident, whose recovery it keeps quiet too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analytics.notes import FactValue
from analytics.watch.readings import Reading
from analytics.watch.states import OPEN, Announcement, Decision, Phase, Policy, Reason, State, Transition

_SPOKEN = {
    Reason.CONFIRMED: Announcement.FIRED,
    Reason.RECOVERED: Announcement.RECOVERED,
    Reason.NO_DATA: Announcement.NO_DATA,
    Reason.DOUBT: Announcement.DOUBT,
    Reason.ERROR: Announcement.ERROR,
}


def decide(previous: State, reading: Reading, policy: Policy, session: date) -> Decision:
    """Decide what one session's reading makes of a rule.

    A session that is not newer than the last one decided changes nothing, so that repeating is safe.  Without
    data, and on a session whose own price is in doubt, the phase beneath, its count and the incident stay
    exactly as they were.

    Parameters
    ----------
    previous : as the last decision left it, or `State()`
    reading : of this session
    session : trading date

    Returns
    -------
    Decision with the new state, the transition where the phase shown changes, and the notice where people
    are to be told.

    Examples
    --------
    >>> breach, after = Reading(0.9, met=True, safe=False), date(2026, 1, 15)
    >>> first = decide(State(), breach, Policy(confirm=2), after)
    >>> first.state.phase.value, first.notice, dict(first.facts)
    ('pending', None, {'value': 0.9, 'count': 1, 'needed': 2})
    >>> second = decide(first.state, breach, Policy(confirm=2), date(2026, 1, 16))
    >>> second.state.phase.value, second.notice.value
    ('firing', 'fired')
    """
    if previous.session is not None and session <= previous.session:
        return Decision(session, previous, Reason.ALREADY_DECIDED, facts={"through": previous.session})
    kept, run, reason = _step(previous, reading, policy)
    state, notice = _next(previous, kept, run, reason, session)
    if reading.met is False and not state.armed:
        state = replace(state, armed=True)
    moved = Transition(previous.phase, state.phase, session) if state.phase != previous.phase else None
    return Decision(session, state, reason, moved, notice, _facts(previous, state, reason, reading, policy))


def restate(before: State, said: State, reading: Reading, policy: Policy, session: date) -> Decision:
    """Decide a session again after its data were corrected or came late.

    Parameters
    ----------
    before : the state before the session, from the same corrected data
    said : the state that was stored for the session
    reading : the corrected one

    Returns
    -------
    The decision as it should have been, with reason RESTATED; a notice only where the rule now stands in
    another phase than was said.  Acknowledgement and snooze are kept while the incident is open.
    """
    again = decide(before, reading, policy, session)
    was, now = said.phase, again.state.phase
    state = again.state.in_hand_as(said if again.state.open else State())
    facts = {**again.facts, "was": was.value}
    if was == now:
        return Decision(session, state, Reason.RESTATED, facts=facts)
    notice = None if said.is_silenced(session) or not {was, now} & _TOLD else Announcement.RESTATED
    return Decision(session, state, Reason.RESTATED, Transition(was, now, session), notice, facts)


_TROUBLES = {Reason.NO_DATA: Phase.NO_DATA, Reason.DOUBT: Phase.DOUBT, Reason.ERROR: Phase.ERROR}

_TOLD = OPEN | set(_TROUBLES.values())
"""Phases that people have been told of, or would have been."""

_Step = tuple[Phase, int, Reason]
"""The phase beneath, the sessions counted in it towards the next one, and why."""


def _step(state: State, reading: Reading, policy: Policy) -> _Step:
    answer = reading.safe if state.open else reading.met
    if answer is None:
        return state.kept, state.run, _trouble(reading)
    return _in_incident(state, reading, policy) if state.open else _outside(state, reading, policy)


def _trouble(reading: Reading) -> Reason:
    if reading.failed:
        return Reason.ERROR
    return Reason.DOUBT if reading.waits else Reason.NO_DATA


def _outside(state: State, reading: Reading, policy: Policy) -> _Step:
    if not reading.met:
        broken = state.kept is Phase.PENDING
        return Phase.OK, 0, Reason.CONFIRMATION_BROKEN if broken else Reason.QUIET
    if reading.crossing and not state.armed:
        return Phase.OK, 0, Reason.ALREADY_BEYOND
    run = state.run + 1
    if run < policy.confirm:
        return Phase.PENDING, run, Reason.CONFIRMING
    return Phase.FIRING, 0, Reason.CONFIRMED


def _in_incident(state: State, reading: Reading, policy: Policy) -> _Step:
    if reading.safe:
        run = state.run + 1
        if run < policy.recovery:
            return Phase.RECOVERING, run, Reason.RECOVERING
        return Phase.OK, 0, Reason.RECOVERED
    if state.kept is Phase.RECOVERING:
        return Phase.FIRING, 0, Reason.RELAPSED
    return Phase.FIRING, 0, Reason.STILL_MET if reading.met else Reason.NOT_YET_SAFE


def _next(
    previous: State, kept: Phase, run: int, reason: Reason, session: date
) -> tuple[State, Announcement | None]:
    trouble = _TROUBLES.get(reason)
    silenced, opened = previous.is_silenced(session), kept in OPEN
    notice = None if silenced else _notice(previous, kept, reason)
    heard = {trouble} if trouble and not silenced else set()
    snoozed = opened and (silenced or trouble or kept is Phase.RECOVERING)
    began = previous.since is None or kept is not previous.kept
    state = State(
        kept=kept,
        trouble=trouble,
        run=run,
        since=session if began else previous.since,
        held=1 if began else previous.held + 1,
        session=session,
        fired=(previous.fired or session) if opened else None,
        armed=previous.armed,
        told=previous.told | heard if trouble else frozenset(),
        acknowledged=previous.acknowledged if opened else None,
        snoozed_until=previous.snoozed_until if snoozed else None,
        snoozed_by=previous.snoozed_by if snoozed else "",
    )
    return state, notice


def _notice(previous: State, kept: Phase, reason: Reason) -> Announcement | None:
    """Return what would be said without a snooze, or is said after one."""
    if reason in _TROUBLES:
        return None if _TROUBLES[reason] in previous.told else _SPOKEN[reason]
    reminded = previous.snoozed_until and kept is Phase.FIRING and not previous.acknowledged
    return _SPOKEN.get(reason) or (Announcement.STILL_FIRING if reminded else None)


def _facts(
    previous: State, state: State, reason: Reason, reading: Reading, policy: Policy
) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {} if reading.value is None else {"value": reading.value}
    if state.trouble:
        return facts | {"cause": reading.reason or "the data do not say"}
    lasted = previous.run
    counts = {
        Reason.CONFIRMING: (state.run, policy.confirm),
        Reason.CONFIRMATION_BROKEN: (lasted, policy.confirm),
        Reason.CONFIRMED: (lasted + 1, policy.confirm),
        Reason.RECOVERING: (state.run, policy.recovery),
        Reason.RELAPSED: (lasted, policy.recovery),
        Reason.RECOVERED: (lasted + 1, policy.recovery),
    }
    if reason in counts:
        count, needed = counts[reason]
        facts |= {"count": count, "needed": needed}
    began = previous if previous.kept is Phase.PENDING else state
    return facts | {"since": began.since} if reason is Reason.CONFIRMED and began.since else facts
