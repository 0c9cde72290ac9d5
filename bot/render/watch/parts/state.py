"""Where a rule stands, in words; plain text, not escaped."""

from __future__ import annotations

from datetime import date

from analytics.watch.states import Phase, Policy, State
from bot.model import RuleIncident, RuleReport, RuleStatus
from bot.render import text

PHASES = {
    Phase.OK: "quiet",
    Phase.PENDING: "pending",
    Phase.FIRING: "firing",
    Phase.RECOVERING: "recovering",
    Phase.NO_DATA: "without data",
    Phase.DOUBT: "in doubt",
    Phase.ERROR: "not readable",
}
UNDECIDED = "not decided yet"
TROUBLES = {Phase.NO_DATA: "no data", Phase.DOUBT: "price in doubt", Phase.ERROR: "not readable"}
"""Why a state is kept as it was, in a word or two."""


def sessions(count: int) -> str:
    """ "1 session", "5 sessions"."""
    return f"1{text.NBSP}session" if count == 1 else f"{text.count(count)}{text.NBSP}sessions"


def in_a_row(count: int) -> str:
    """For how long something must last: "for 5 sessions in a row", "for 1 session"."""
    return f"for {sessions(count)}" if count == 1 else f"for {sessions(count)} in a row"


def kept_words(state: State, policy: Policy) -> str:
    """The phase beneath missing data: "firing since 12 Jan 2026 (8 sessions)", "pending (2 of 5)"."""
    if state.kept is Phase.PENDING:
        return f"pending ({state.run} of {policy.confirm})"
    if state.kept is Phase.RECOVERING:
        return f"recovering ({state.run} of {policy.recovery})"
    if state.kept is Phase.FIRING:
        return f"firing{_since(state)}"
    return f"quiet for {sessions(state.held)}" if state.held else "quiet"


def is_undecided(story: RuleReport) -> bool:
    """True for a new version whose first session still waits for prices."""
    return story.state == State() and story.watched.status is RuleStatus.ACTIVE


def state_words(story: RuleReport) -> str:
    """Where a rule stands after the story's session, with its status and missing data."""
    status, state = story.watched.status, story.state
    if status is not RuleStatus.ACTIVE:
        return status.value
    if is_undecided(story):
        return UNDECIDED
    kept = kept_words(state, story.watched.policy)
    day = text.day(story.session)
    if state.trouble is None:
        return kept
    when = "for" if state.trouble is Phase.NO_DATA else "on"
    return f"{TROUBLES[state.trouble]} {when} {day}, kept as {kept}"


def short_state(story: RuleReport) -> str:
    """The same for a table: "firing, 8 sessions", "pending (2 of 5)", "quiet"."""
    state, policy = story.state, story.watched.policy
    if story.watched.status is not RuleStatus.ACTIVE:
        return story.watched.status.value
    if is_undecided(story):
        return UNDECIDED
    if state.trouble:
        return f"{TROUBLES[state.trouble]} ({PHASES[state.kept]})"
    if state.kept in {Phase.PENDING, Phase.RECOVERING}:
        return f"{kept_words(state, policy)}{_hand(state, story.session)}"
    words = _firing(state) if state.kept is Phase.FIRING else PHASES[state.kept]
    return f"{words}{_hand(state, story.session)}"


def _firing(state: State) -> str:
    """For a table; the sessions are those since it fired, or since it relapsed."""
    again = state.since is not None and state.fired is not None and state.since > state.fired
    return f"{'firing again' if again else 'firing'}, {sessions(state.held)}"


def is_snoozed(state: State, session: date) -> bool:
    """True while nothing is said of what comes after a session."""
    return state.snoozed_until is not None and state.open and session < state.snoozed_until


def lasted(incident: RuleIncident, until: date) -> str:
    """How long an incident was open: "12 Jan 2026 to 3 Feb 2026 (22 days)"."""
    end = incident.recovered or until
    days = max((end - incident.fired).days, 0)
    if not days:
        return f"{text.day(end)} (one session)"
    return f"{text.day(incident.fired)} to {text.day(end)} ({days_words(days)})"


def days_words(days: int) -> str:
    """ "1 day", "22 days"."""
    return f"1{text.NBSP}day" if days == 1 else f"{text.count(days)}{text.NBSP}days"


def _hand(state: State, session: date) -> str:
    """Who has it in hand, for a table."""
    if state.acknowledged:
        return ", acknowledged"
    return ", snoozed" if is_snoozed(state, session) else ""


def _since(state: State) -> str:
    count = f"{sessions(state.held)}" if state.held else ""
    if state.fired is None:
        return f" for {count}" if count else ""
    if state.since is None or state.since == state.fired:
        return f" since {text.day(state.fired)}{f' ({count})' if count else ''}"
    again = f", again since {text.day(state.since)}{f' ({count})' if count else ''}"
    return f" since {text.day(state.fired)}{again}"
