"""Where a rule stands, what a session changed, and the order of rules: what needs attention first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from analytics.watch.states import Announcement, Phase, Policy, Reason, State
from bot.model import RuleIncident, RuleReport, RuleStatus, RuleTransition
from bot.render import text
from bot.render.doubts import summarise
from bot.render.rules.conditions import held_words, hold_words, nearest_edge, reading_of_condition
from bot.render.rules.names import rule_name
from bot.render.text import REASON_LENGTH, link, one_line

PHASES = {
    Phase.OK: "quiet",
    Phase.PENDING: "waiting",
    Phase.FIRING: "triggered",
    Phase.RECOVERING: "clearing",
    Phase.NO_DATA: "without data",
    Phase.DOUBT: "in doubt",
    Phase.ERROR: "not readable",
}
UNDECIDED = "not decided yet"
TROUBLES = {Phase.NO_DATA: "no data", Phase.DOUBT: "price in doubt", Phase.ERROR: "not readable"}
"""Why a state is kept as it was, in a word or two."""


def sessions(count: int) -> str:
    """Write "1 session", "5 sessions"."""
    return f"1{text.NBSP}session" if count == 1 else f"{text.count(count)}{text.NBSP}sessions"


def in_a_row(count: int) -> str:
    """Say for how long something must last: "for 5 sessions in a row", "for 1 session"."""
    return f"for {sessions(count)}" if count == 1 else f"for {sessions(count)} in a row"


def phase_words(state: State, policy: Policy) -> str:
    """Return the phase beneath missing data: "triggered since 12 Jan 2026", "waiting (2 of 5)"."""
    if state.kept is Phase.PENDING:
        return f"waiting ({state.run} of {policy.confirm})"
    if state.kept is Phase.RECOVERING:
        return f"clearing ({state.run} of {policy.recovery})"
    if state.kept is Phase.FIRING:
        return f"triggered{_since(state)}"
    return f"quiet for {sessions(state.held)}" if state.held else "quiet"


def is_undecided(report: RuleReport) -> bool:
    """Return True for a new version whose first session still waits for prices."""
    return report.state == State() and report.watched.status is RuleStatus.ACTIVE


def state_words(report: RuleReport) -> str:
    """Say where a rule stands after the story's session, with its status and missing data."""
    status, state = report.watched.status, report.state
    if status is not RuleStatus.ACTIVE:
        return status.value
    if is_undecided(report):
        return UNDECIDED
    kept = phase_words(state, report.watched.policy)
    day = text.day(report.session)
    if state.trouble is None:
        return kept
    when = "for" if state.trouble is Phase.NO_DATA else "on"
    return f"{TROUBLES[state.trouble]} {when} {day}, kept as {kept}"


def short_state(report: RuleReport) -> str:
    """Return the same for a table: "triggered, 8 sessions", "waiting (2 of 5)", "quiet"."""
    state, policy = report.state, report.watched.policy
    if report.watched.status is not RuleStatus.ACTIVE:
        return report.watched.status.value
    if is_undecided(report):
        return UNDECIDED
    if state.trouble:
        return f"{TROUBLES[state.trouble]} ({PHASES[state.kept]})"
    if state.kept in {Phase.PENDING, Phase.RECOVERING}:
        return f"{phase_words(state, policy)}{_ownership(state, report.session)}"
    words = _firing_state(state) if state.kept is Phase.FIRING else PHASES[state.kept]
    return f"{words}{_ownership(state, report.session)}"


def _firing_state(state: State) -> str:
    """Word a firing state for a table; the sessions are those since it fired, or since it relapsed."""
    again = state.since is not None and state.fired is not None and state.since > state.fired
    return f"{'triggered again' if again else 'triggered'}, {sessions(state.held)}"


def is_snoozed(state: State, session: date) -> bool:
    """Return True while nothing is said of what comes after a session."""
    return state.snoozed_until is not None and state.open and session < state.snoozed_until


def incident_duration(incident: RuleIncident, until: date) -> str:
    """Return how long an incident was open: "12 Jan 2026 to 3 Feb 2026 (22 days)"."""
    end = incident.recovered or until
    days = max((end - incident.fired).days, 0)
    if not days:
        return f"{text.day(end)} (one session)"
    return f"{text.day(incident.fired)} to {text.day(end)} ({days_words(days)})"


def days_words(days: int) -> str:
    """Write "1 day", "22 days"."""
    return f"1{text.NBSP}day" if days == 1 else f"{text.count(days)}{text.NBSP}days"


def _ownership(state: State, session: date) -> str:
    """Return who has it in hand, for a table."""
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


@dataclass(frozen=True)
class RuleFinding:
    """A sentence in its parts, plain text, none of them with a point at its end.

    name, verb: "R7 ISCB Sortino below 1.0", "is met".
    rest: "ISCB's Sortino ratio over 1 year is 0.94, below 1.00".
    kept: where the rule stands, where the verb does not say it.  more: a second sentence.
    """

    name: str
    verb: str
    rest: str
    kept: str = ""
    more: str = ""

    @property
    def finding(self) -> str:
        """Without the state; not escaped."""
        return f"{self.rest}.{f' {self.more}.' if self.more else ''}"

    @property
    def full(self) -> str:
        """With the state; not escaped."""
        return f"{self.rest}; {self.kept}." if self.kept else self.finding

    @property
    def plain(self) -> str:
        """Not escaped."""
        return f"{self.name} {self.verb}: {self.full}"

    @property
    def bold(self) -> str:
        """Safe mrkdwn, what happened in bold."""
        return f"{self._head} {text.escape(self.full)}"

    @property
    def short(self) -> str:
        """Safe mrkdwn, without the state, for a card that tells it below."""
        return f"{self._head} {text.escape(self.finding)}"

    @property
    def _head(self) -> str:
        return f"*{text.escape(f'{self.name} {self.verb}')}:*"

    def with_link(self, url: str | None) -> str:
        """Lead the name to its card, in safe mrkdwn."""
        return f"{link(url, self.name)} {text.escape(f'{self.verb}: {self.full}')}"


def rule_finding(report: RuleReport) -> RuleFinding:
    """Say where the rule stands, whatever the session changed: what a card says."""
    transition, phase = report.flip, report.state.kept
    if report.state.trouble:
        return _trouble_finding(report)
    if is_undecided(report):
        return _undecided_finding(report)
    if transition and transition.reason is Reason.RESTATED:
        return _restated_finding(report, transition)
    if phase is Phase.FIRING:
        return (
            _fired_finding(report, transition)
            if transition and _has_just_fired(report, transition)
            else _firing_finding(report)
        )
    if phase in _COUNTING:
        return _counting_finding(report)
    if transition and transition.reason is Reason.RECOVERED:
        return _recovered_finding(report, transition)
    return _finding(report, "is quiet", reading_words(report))


def news_finding(report: RuleReport) -> RuleFinding:
    """Return what the session changed; where the rule stands on a day like the one before."""
    transition = report.flip
    if transition is None or report.state.trouble:
        return rule_finding(report)
    if transition.reason in _NEWS:
        return _NEWS[transition.reason](report, transition)
    if transition.notice is Announcement.STILL_FIRING:
        return replace(_firing_finding(report), verb="is still triggered after a snooze")
    if transition.before is Phase.DOUBT:
        return _finding(report, "is read again", reading_words(report), kept=_report_phase(report))
    if transition.before in TROUBLES:
        return _finding(report, "has data again", reading_words(report), kept=_report_phase(report))
    return rule_finding(report)


def reading_words(report: RuleReport, lasting: str = "", *, incident: bool | None = None) -> str:
    """Return what was read: a value beside its threshold, or how many conditions hold and which.

    lasting: for how long it has been so.  incident: one is open; None for what the state says
    """
    rule, reading = report.watched.rule, report.reading
    if len(rule.conditions) == 1:
        is_open = report.state.open if incident is None else incident
        return f"{reading_of_condition(rule.conditions[0], reading, incident=is_open)}{lasting}"
    held = held_words(rule, reading)
    enough = "one is enough" if rule.needed == 1 else f"{rule.needed} needed"
    count = f"{hold_words(rule, reading)}{lasting}, {enough}"
    return f"{count}: {held}" if held else count


def last_incident(report: RuleReport) -> RuleIncident | None:
    """Return the newest incident, if any."""
    return report.incidents[0] if report.incidents else None


def transition_count(transition: RuleTransition, fact: str) -> int:
    """Return a count among a flip's facts, 0 where it is not told."""
    value = transition.facts.get(fact)
    return value if isinstance(value, int) else 0


def cause_of_gap(report: RuleReport) -> str:
    """Return why there is no value, on one line."""
    told = report.flip.facts.get("cause") if report.flip else None
    words = told or (report.reading.reason if report.reading else None) or "the data do not say"
    return one_line(str(words), REASON_LENGTH)


def _undecided_finding(report: RuleReport) -> RuleFinding:
    waits = report.reading is not None and report.reading.value is None
    why = cause_of_gap(report) if waits else "the next daily run reads it"
    return _finding(report, f"is {UNDECIDED}", why)


def _finding(report: RuleReport, verb: str, rest: str, kept: str = "", more: str = "") -> RuleFinding:
    doubtful = doubt_words(report)
    return RuleFinding(
        rule_name(report.watched), verb, f"{doubtful}; {rest}" if doubtful else rest, kept, more
    )


def doubt_words(report: RuleReport) -> str:
    """Say which prices in the window of the value look wrong; "" for none, and where no value is told."""
    reading = report.reading
    return summarise(reading.doubts) if reading and reading.value is not None else ""


def _report_phase(report: RuleReport) -> str:
    return phase_words(report.state, report.watched.policy)


def _fired_finding(report: RuleReport, transition: RuleTransition) -> RuleFinding:
    count, since = transition_count(transition, "count"), transition.facts.get("since")
    began = f" (since {text.day(since)})" if isinstance(since, date) and count > 1 else ""
    lasting = f" for {sessions(count)}{began}" if count else ""
    return _finding(report, "is met", reading_words(report, lasting))


def _has_just_fired(report: RuleReport, transition: RuleTransition) -> bool:
    """Tell whether it fired on this session, which was read, not on an older one that nobody was told of."""
    return transition.reason is Reason.CONFIRMED and transition.session == report.session


def _firing_finding(report: RuleReport) -> RuleFinding:
    met = report.reading is None or report.reading.met is not False
    return _finding(
        report, "is met" if met else "is still open", reading_words(report), kept=_report_phase(report)
    )


_COUNTING = frozenset({Phase.PENDING, Phase.RECOVERING})


def _counting_finding(report: RuleReport) -> RuleFinding:
    return _finding(report, f"is {_report_phase(report)}", reading_words(report))


def _recovered_finding(report: RuleReport, transition: RuleTransition) -> RuleFinding:
    count, incident = transition_count(transition, "count"), last_incident(report)
    lasting = f" for {sessions(count)}" if count else ""
    how_long = f"The incident lasted from {incident_duration(incident, report.session)}" if incident else ""
    words = reading_words(report, lasting, incident=True)
    return _finding(report, "has cleared", words, more=how_long)


def _broken_off_finding(report: RuleReport, transition: RuleTransition) -> RuleFinding:
    count, needed = transition_count(transition, "count"), transition_count(transition, "needed")
    lasting = f"the breach lasted {count} of {sessions(needed)}; " if needed else ""
    return _finding(report, "is quiet again", f"{lasting}{reading_words(report)}")


def _relapsed_finding(report: RuleReport, transition: RuleTransition) -> RuleFinding:
    count, needed = transition_count(transition, "count"), transition_count(transition, "needed")
    lasting = f", after {count} of {sessions(needed)} of clearing" if needed else ""
    return replace(_firing_finding(report), verb=f"is met again{lasting}")


def _restated_finding(report: RuleReport, transition: RuleTransition) -> RuleFinding:
    was = one_line(str(transition.facts.get("was", transition.before.value)), 20)
    names = {phase.value: words for phase, words in PHASES.items()}
    day = text.day(report.session)
    rest = f"it was {names.get(was, was)} and is {_report_phase(report)} on corrected data for {day}"
    return _finding(report, "is restated", f"{rest}; {reading_words(report)}")


def _trouble_finding(report: RuleReport) -> RuleFinding:
    day = text.day(report.session)
    verb = {
        Phase.ERROR: f"could not be read on {day}",
        Phase.DOUBT: "is held back a session",
    }.get(report.state.trouble or Phase.NO_DATA, f"has no data for {day}")
    return RuleFinding(
        rule_name(report.watched),
        verb,
        cause_of_gap(report),
        more=f"The state is kept: {_report_phase(report)}",
    )


_NEWS: dict[Reason, Callable[[RuleReport, RuleTransition], RuleFinding]] = {
    Reason.CONFIRMED: _fired_finding,
    Reason.RECOVERED: _recovered_finding,
    Reason.RELAPSED: _relapsed_finding,
    Reason.CONFIRMATION_BROKEN: _broken_off_finding,
    Reason.RESTATED: _restated_finding,
    Reason.RECOVERING: lambda report, _: _counting_finding(report),
    Reason.CONFIRMING: lambda report, _: _counting_finding(report),
}


TRIGGERED, CLEARING, CLEARED, WAITING, TROUBLED, QUIET, IDLE = range(7)


def urgency(report: RuleReport) -> tuple[int, float, int]:
    """Order a rule among others by group, the quiet ones by nearness to their thresholds, then by number.

    Triggered, clearing, cleared on the session told, waiting for confirmation, in trouble or not decided yet,
    quiet, and last what nobody reads.  An incident stays in its group while its data are missing, behind
    those that have them.
    """
    group = _group(report)
    if group != QUIET:
        return group, float(report.state.trouble is not None), report.watched.number
    gap = threshold_gap(report)
    return group, math.inf if gap is None else gap, report.watched.number


def threshold_gap(report: RuleReport) -> float | None:
    """Scale the distance from the threshold by its size, so that rules of any unit can be held together.

    None for several conditions, for a change, and where there is no value.
    """
    conditions, reading = report.watched.rule.conditions, report.reading
    if len(conditions) > 1 or not conditions[0].op.has_threshold or reading is None or reading.value is None:
        return None
    threshold = nearest_edge(conditions[0], reading.value)
    gap = abs(reading.value - threshold) / (abs(threshold) or 1.0)
    return gap if math.isfinite(gap) else None


def _group(report: RuleReport) -> int:
    state = report.state
    if report.watched.status is not RuleStatus.ACTIVE:
        return IDLE
    if state.open:
        return TRIGGERED if state.kept is Phase.FIRING else CLEARING
    if state.trouble or state.session is None:
        return TROUBLED
    if report.flip and report.flip.notice is Announcement.RECOVERED:
        return CLEARED
    return WAITING if state.kept is Phase.PENDING else QUIET
