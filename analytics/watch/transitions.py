"""What a reading changes: from state to state, and whether anybody is told.

    OK -> PENDING -> FIRING -> RECOVERING -> OK        a breach is confirmed, a recovery is confirmed
    NO_DATA, ERROR                                     beside them; the state beneath is kept as it was

Rules of speech: a breach speaks when it is confirmed, a recovery when it is, missing data and errors once in
a row of them, an incident that outlasts a snooze once; nothing else does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analytics.notes import FactValue
from analytics.watch.readings import Reading
from analytics.watch.states import OPEN, Decision, Notice, Phase, Policy, Reason, State, Transition

_SPOKEN = {
    Reason.CONFIRMED: Notice.FIRED,
    Reason.RECOVERED: Notice.RECOVERED,
    Reason.NO_DATA: Notice.NO_DATA,
    Reason.ERROR: Notice.ERROR,
}


def decide(previous: State, reading: Reading, policy: Policy, session: date) -> Decision:
    """What one session's reading makes of a rule.

    A session that is not newer than the last one decided changes nothing, so that repeating is safe.  Without
    data the phase beneath, its count and the incident stay exactly as they were.

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
    answer = reading.safe if previous.open else reading.met
    if answer is None:
        state, reason = _without_data(previous, reading)
    else:
        state, reason = _step(replace(previous, trouble=None, told=frozenset()), reading, policy)
    state = _dated(previous, state, session)
    notice, state = _speak(state, reason, session)
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
    another phase than was said.  Acknowledgement and snooze are kept; the former while the incident is open.
    """
    again = decide(before, reading, policy, session)
    was, now = said.phase, again.state.phase
    kept = said.acknowledged if again.state.open else None
    state = replace(again.state, acknowledged=kept, snoozed_until=said.snoozed_until)
    facts = {**again.facts, "was": was.value}
    if was == now:
        return Decision(session, state, Reason.RESTATED, facts=facts)
    notice = None if _silenced(state, session) or not {was, now} & _TOLD else Notice.RESTATED
    return Decision(session, state, Reason.RESTATED, Transition(was, now, session), notice, facts)


_TOLD = OPEN | {Phase.NO_DATA, Phase.ERROR}
"""Phases that people have been told of, or would have been."""


def _step(state: State, reading: Reading, policy: Policy) -> tuple[State, Reason]:
    if state.open:
        return _in_incident(state, reading, policy)
    if not reading.met:
        broken = state.kept is Phase.PENDING
        reason = Reason.CONFIRMATION_BROKEN if broken else Reason.QUIET
        return replace(state, kept=Phase.OK, run=0, armed=True), reason
    if reading.crossing and not state.armed:
        return state, Reason.ALREADY_BEYOND
    run = state.run + 1
    if run < policy.confirm:
        return replace(state, kept=Phase.PENDING, run=run), Reason.CONFIRMING
    return replace(state, kept=Phase.FIRING, run=0), Reason.CONFIRMED


def _in_incident(state: State, reading: Reading, policy: Policy) -> tuple[State, Reason]:
    if reading.safe:
        run = state.run + 1
        if run < policy.recovery:
            return replace(state, kept=Phase.RECOVERING, run=run), Reason.RECOVERING
        return replace(state, kept=Phase.OK, run=0, armed=True, acknowledged=None), Reason.RECOVERED
    if state.kept is Phase.RECOVERING:
        return replace(state, kept=Phase.FIRING, run=0), Reason.RELAPSED
    return state, Reason.STILL_MET if reading.met else Reason.NOT_YET_SAFE


def _without_data(state: State, reading: Reading) -> tuple[State, Reason]:
    if reading.failed:
        return replace(state, trouble=Phase.ERROR), Reason.ERROR
    return replace(state, trouble=Phase.NO_DATA), Reason.NO_DATA


def _dated(previous: State, state: State, session: date) -> State:
    began = previous.since is None or state.kept != previous.kept
    fired = (session if not previous.open else previous.fired) if state.open else None
    return replace(
        state,
        session=session,
        since=session if began else previous.since,
        held=1 if began else previous.held + 1,
        fired=fired,
    )


def _speak(state: State, reason: Reason, session: date) -> tuple[Notice | None, State]:
    if _silenced(state, session):
        return None, state
    notice = _SPOKEN.get(reason)
    if state.trouble:
        notice = None if state.trouble in state.told else notice
        return notice, replace(state, told=state.told | {state.trouble})
    if state.snoozed_until is None or state.kept is Phase.RECOVERING:
        return notice, state
    reminded = state.kept is Phase.FIRING and notice is None and state.acknowledged is None
    return Notice.STILL_FIRING if reminded else notice, replace(state, snoozed_until=None)


def _silenced(state: State, session: date) -> bool:
    return state.snoozed_until is not None and session <= state.snoozed_until


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
    return facts
