"""The card of an incident, updated in place, what is said in its thread, and the fund to look at."""

from __future__ import annotations

import json

from analytics.watch.readings import Reading, is_met
from analytics.watch.rules import Condition
from analytics.watch.states import Reason
from bot.model import AuditAction, RuleReport, RuleStatus, RuleVersion, SectionQuery
from bot.render import blocks, ids, limits, text
from bot.render.blocks import question_button
from bot.render.chart_specs import ChartSpec
from bot.render.message import Block, Message
from bot.render.rules.audit import audit_line, decided_words, plain_audit_line
from bot.render.rules.conditions import (
    breach_words,
    cut_symbol,
    gap_words,
    hold,
    parts_of,
    quantity_words,
    reading_of_condition,
    recovery_words,
    side_words,
    threshold_label,
    value_of,
    value_words,
)
from bot.render.rules.convention import convention_of, sample_mark
from bot.render.rules.names import rule_name, safe_rule_name
from bot.render.rules.scorecard import followed_message, followed_words
from bot.render.rules.state import (
    RuleFinding,
    in_a_row,
    incident_duration,
    is_snoozed,
    last_incident,
    news_finding,
    reading_words,
    rule_finding,
    state_words,
)
from bot.render.text import end_sentence, person, safe_line

CHART = "watch"
"""Slot of a card's chart, which is the name of a `WatchPicture`."""
EARLIER = 3
"""Past incidents named on a card."""
TOLD_AFTER = 120
"""Sessions after earlier firings of which a card tells: half a year, where so many have passed."""
MOST_FUNDS = 6
"""Whose returns since it fired are told."""
LONGEST_SAID = 400
"""Characters of what the form of an acknowledgement says of the rule."""
MOST_CONDITIONS = 8
"""Conditions with a line of their own."""
_WAYS = {
    RuleStatus.ACTIVE: "`/watch pause {name}` stops it",
    RuleStatus.PAUSED: "`/watch resume {name}` reads it again",
    RuleStatus.DELETED: "`/watch history {name}` shows what happened to it",
}
_CLOSING = frozenset({AuditAction.PAUSED, AuditAction.DELETED, AuditAction.EDITED})


def card_message(report: RuleReport, picture: ChartSpec | None = None, *, shown: bool = False) -> Message:
    """Write the root message of an incident, as it stands after the story's session.

    picture: in the slot of its name.  shown: in place of one, room for the chart that the card has already,
    in the slot `CHART`.  The buttons' values are the rule's version.
    """
    said, name, closed = rule_finding(report), report.watched.name, is_closed(report)
    target, by_hand = target_line(report), _is_closed_by_hand(report)
    head = _closing(report) if by_hand else [f"{sample_mark([report])}{said.short}", *target]
    lines = [*_evidence(report, by_hand=by_hand), *ownership_lines(report), *_earlier_incidents(report)]
    by = f"Your rule {name}, set by {person(report.watched.author)}"
    way = _WAYS[report.watched.status].format(name=name)
    kept = [blocks.slot(CHART, *_chart(report))] if shown and not picture else []
    laid = [
        blocks.section("\n".join(head)),
        blocks.section("\n".join(lines)),
        *blocks.slots([picture] if picture else []),
        *kept,
        blocks.context(f"{by} · {way}", convention_of(report)),
        *blocks.actions(f"watch.{report.watched.key}", _buttons(report, closed=closed)),
    ]
    return blocks.message(_notification_text(report, said, by_hand=by_hand), laid, picture)


def reply_message(report: RuleReport, picture: ChartSpec | None = None) -> Message:
    """Write what is said in the incident's thread: a person's deed, or what the session changed."""
    if report.followed:
        return followed_message(report)
    said = news_finding(report)
    target = [] if report.state.trouble else target_line(report)
    if report.deed:
        told, spoken = audit_line(report, report.deed), text.escape(plain_audit_line(report, report.deed))
    else:
        mark = sample_mark([report])
        told = " ".join([f"{mark}{said.bold}", *target])
        spoken = " ".join([f"{mark}{text.escape(said.plain)}", *target])
    shown = [
        blocks.section(told),
        *blocks.slots([picture] if picture else []),
        *([] if report.deed else [blocks.context(convention_of(report))]),
    ]
    return blocks.message(spoken, shown, picture)


def target_line(report: RuleReport) -> list[str]:
    """Return the fund to look at, none without one; safe mrkdwn."""
    target = target_words(report)
    return [text.escape(f"{target}.")] if target else []


def is_closed(report: RuleReport) -> bool:
    """Return True where the incident is over, by itself or by a person's hand."""
    return _is_closed_by_hand(report) or not report.state.open


def condition_lines(report: RuleReport) -> list[str]:
    """List several conditions, each with the value of the fund to look at; safe mrkdwn."""
    pairs = parts_of(report.watched.rule, report.reading)
    if len(pairs) == 1:
        return []
    lines = [f"• {_condition(report, *pair)}" for pair in pairs[:MOST_CONDITIONS]]
    more = len(pairs) - MOST_CONDITIONS
    return [*lines, f"and {more} more"] if more > 0 else lines


def _condition(report: RuleReport, condition: Condition, part: Reading | None) -> str:
    then = report.watched.rule.then
    beside = f" ({condition_target(condition, then, part)})" if then else ""
    why = f": {part.reason}" if part and part.value is None and part.reason else ""
    said = reading_of_condition(condition, part, incident=report.state.open) + beside
    return f"{text.escape(said)}{safe_line(why)}"


def evidence_line(report: RuleReport) -> str | None:
    """Write threshold, distance and recovery value of a rule of one condition; safe mrkdwn."""
    rule, policy, reading = report.watched.rule, report.watched.policy, report.reading
    if len(rule.conditions) > 1:
        return None
    condition = rule.conditions[0]
    gap = None
    if reading and reading.value is not None:
        gap = gap_words(condition, reading.value)
    parts = [
        threshold_label(condition),
        *([f"now {gap}"] if gap and gap != text.NONE else []),
        f"clears when {recovery_words(condition)} {in_a_row(policy.recovery)}",
    ]
    return text.escape(" · ".join(parts))


def _notification_text(report: RuleReport, said: RuleFinding, *, by_hand: bool) -> str:
    """Return the notification: the finding and the fund to look at, or who ended it."""
    if by_hand and report.deed:
        return text.escape(plain_audit_line(report, report.deed))
    target = [] if report.state.trouble else target_line(report)
    return " ".join([f"{sample_mark([report])}{text.escape(said.plain)}", *target])


def _is_closed_by_hand(report: RuleReport) -> bool:
    by_hand = report.deed is not None and report.deed.act in _CLOSING
    return by_hand or report.watched.status is not RuleStatus.ACTIVE


def _closing(report: RuleReport) -> list[str]:
    """Return who ended it, and what was read last; safe mrkdwn."""
    name = safe_rule_name(report.watched)
    head = f"*{name} is {report.watched.status.value}.* Its incident is closed."
    if report.deed and report.deed.act in _CLOSING:
        head = audit_line(report, report.deed)
    read = report.reading is not None and report.reading.met is not None
    last = [text.escape(f"Last read on {text.day(report.session)}: {reading_words(report)}.")] if read else []
    return [head, *last, *(target_line(report) if read else [])]


def _chart(report: RuleReport) -> tuple[str, str]:
    """Read alternative text and title of the chart that the card has: it is of the day it was drawn on."""
    watched, incident = report.watched, last_incident(report)
    mark = "Sample data. " if report.simulated else ""
    drawn = f", as it was on {text.day(incident.fired)}" if incident else ""
    title = f"{rule_name(watched)}{drawn}"
    return f"{mark}{title}.", title


def _evidence(report: RuleReport, *, by_hand: bool) -> list[str]:
    line = None if by_hand else evidence_line(report)
    state = text.escape(f"State: {_state(report)}.")
    since = [] if by_hand else [*_since(report), *_followed(report)]
    return [*([] if by_hand else condition_lines(report)), *([line] if line else []), state, *since]


def _since(report: RuleReport) -> list[str]:
    """Return which session of the incident it is and how the funds did, from its second one on; safe
    mrkdwn.
    """
    since = report.since
    if since is None or since.session <= since.fired or is_closed(report):
        return []
    day = f"Session {text.count(since.sessions)} of this incident."
    told = [
        f"{cut_symbol(fund)} {text.shown(change, text.signed_percent)}"
        for fund, change in since.returns[:MOST_FUNDS]
    ]
    if not told:
        return [day]
    more = len(since.returns) - MOST_FUNDS
    funds = ", ".join([*told, *([f"and {more} more"] if more > 0 else [])])
    window = f"total return, close to close, to {text.day(since.session)}"
    return [text.escape(f"{day} Since it triggered on {text.day(since.fired)}: {funds} ({window}).")]


def _followed(report: RuleReport) -> list[str]:
    """Return what followed earlier firings of an open incident's rule; safe mrkdwn."""
    known = [found for found in report.followed if found.known]
    if is_closed(report) or not known:
        return []
    told = next((each for each in known if each.sessions == TOLD_AFTER), known[-1])
    words = f"Replayed over five years, {told.sessions} sessions after a firing: {followed_words(told)}."
    return [text.escape(words)]


def _state(report: RuleReport) -> str:
    """Return the card's state in words, which names what ended the incident."""
    entry, transition = report.deed, report.flip
    if entry and entry.act is AuditAction.EDITED:
        return "edited to a new version; this incident is closed"
    if transition and transition.reason is Reason.RESTATED:
        return f"restated on {text.day(report.session)}, {state_words(report)}"
    recovered = transition is not None and transition.reason is Reason.RECOVERED
    return f"cleared on {text.day(report.session)}" if recovered else state_words(report)


def ownership_lines(report: RuleReport) -> list[str]:
    """Return who has the incident in hand, and until when nothing is said; safe mrkdwn."""
    state, lines = report.state, []
    if state.acknowledged:
        why = safe_line(decided_words(state.acknowledged.reason, state.acknowledged.decided))
        lines.append(
            end_sentence(f"Acknowledged by {person(state.acknowledged.by)}" + (f": {why}" if why else ""))
        )
    if not is_closed(report) and is_snoozed(state, report.session) and state.snoozed_until:
        deed = report.deed if report.deed and report.deed.act is AuditAction.SNOOZED else None
        by = state.snoozed_by or (deed.user if deed else "")  # it was not kept before December 2026
        who = f" by {person(by)}" if by else ""
        lines.append(f"Snoozed{who} through {text.day(state.snoozed_until)}.")
    return lines


def _earlier_incidents(report: RuleReport) -> list[str]:
    """Return incidents that were over before; safe mrkdwn."""
    past = [each for each in report.incidents if each.recovered and each.recovered < report.session]
    if not past:
        return []
    told = [text.escape(incident_duration(each, report.session)) for each in past[:EARLIER]]
    return [f"Earlier incidents: {'; '.join(told)}."]


def _origin(report: RuleReport) -> str:
    watched = report.watched
    return f"Rule {watched.name}, set by {person(watched.author)}: `/watch show {watched.name}`"


def _buttons(report: RuleReport, *, closed: bool) -> list[Block]:
    key, state = report.watched.key, report.state
    deleted = report.watched.status is RuleStatus.DELETED or bool(
        report.deed and report.deed.act is AuditAction.DELETED
    )
    superseded = bool(report.deed and report.deed.act is AuditAction.EDITED)
    acknowledge = not closed and state.acknowledged is None
    snoozed = is_snoozed(state, report.session)
    return [
        *(
            [blocks.button("Acknowledge", ids.ACK, acknowledge_value(report), "primary")]
            if acknowledge
            else []
        ),
        *([] if closed else [_unsnooze(key) if snoozed else _snooze(key)]),
        *([] if deleted or superseded else [blocks.button("Why?", ids.WHY, key), *_edit(report.watched)]),
        blocks.button("History", ids.HISTORY, key),
    ]


def acknowledge_value(report: RuleReport, **place: str) -> str:
    """Return what the button carries: the version, what its form says of the rule's value, and where."""
    said = text.one_line(f"{sample_mark([report])}{rule_finding(report).plain}", LONGEST_SAID)
    return json.dumps({"rule": report.watched.key, "said": said, **place}, ensure_ascii=False)


def _snooze(key: str) -> Block:
    return blocks.button(f"Snooze {ids.SNOOZED_SESSIONS} sessions", ids.SNOOZE, key)


def _unsnooze(key: str) -> Block:
    return blocks.button("Unsnooze", ids.UNSNOOZE, key)


def rule_buttons(watched: RuleVersion) -> list[Block]:
    """Make what is done with a rule that is looked at: tried, edited, explained, paused, deleted, listed."""
    name, paused = watched.name, watched.status is RuleStatus.PAUSED
    asks = {
        "Test it": f"test {watched.text}",
        "Resume" if paused else "Pause": f"{'resume' if paused else 'pause'} {name}",
        "Delete": f"delete {name}",
        "List": "list",
    }
    test, switch, delete, listed = (
        question_button(label, f"rule.{at}", SectionQuery(f"watch {typed}"))
        for at, (label, typed) in enumerate(asks.items())
    )
    fits = len(str(test["value"])) <= limits.BUTTON_VALUE
    why = blocks.button("Why?", ids.WHY, watched.key)
    return [*([test] if fits else []), *_edit(watched), why, switch, delete, listed]


def _edit(watched: RuleVersion) -> list[Block]:
    """Offer to edit, unless the text does not fit a button: a cut one would come back as another rule."""
    value = json.dumps({"rule": watched.key, "text": watched.text}, ensure_ascii=False)
    return [blocks.button("Edit", ids.EDIT, value)] if len(value) <= limits.BUTTON_VALUE else []


def target_words(report: RuleReport) -> str | None:
    """Write "SPSM: 0.87, below 1.00 too"; None for a rule without such a fund."""
    rule, reading = report.watched.rule, report.reading
    if rule.then is None:
        return None
    name = cut_symbol(rule.then)
    if len(rule.conditions) == 1:
        words = _single_value(rule.conditions[0], rule.then, reading)
    else:
        words = _several_values(rule.conditions, reading)
    return f"{name}: {words}"


def condition_target(condition: Condition, then: str, reading: Reading | None) -> str:
    """Return the fund's value for one condition of several: "SPSM 0.87"."""
    value = reading.then if reading else None
    return f"{cut_symbol(then)} {_value(condition, then, value)}"


def _single_value(condition: Condition, then: str, reading: Reading | None) -> str:
    value = reading.then if reading else None
    if value is None:
        return f"{text.NONE} (its value is not known)"
    if not is_comparable(condition):
        return f"{_value(condition, then, value)} ({_own_quantity(condition, then)})"
    words = _value(condition, then, value)
    if not is_met(condition, value):
        return f"{words}, {side_words(condition, value)}"
    too = " too" if reading and reading.met else " itself"
    return f"{words}, {breach_words(condition)}{too}"


def _several_values(conditions: tuple[Condition, ...], reading: Reading | None) -> str:
    parts = reading.parts if reading else ()
    pairs = [
        (condition, part.then)
        for condition, part in zip(conditions, parts, strict=False)
        if part.then is not None and is_comparable(condition)
    ]
    if not pairs:
        return f"{text.NONE} (its values are not known)"
    met = sum(is_met(condition, value) for condition, value in pairs)
    known = "" if len(pairs) == len(conditions) else f", {len(conditions) - len(pairs)} not known"
    return f"{met} of {len(conditions)} conditions {hold(met)}{known}"


def is_comparable(condition: Condition) -> bool:
    """Return False where the threshold says nothing of a single other fund: two funds' difference, a
    change.
    """
    quantity = condition.quantity
    return quantity.other is None and condition.op.has_threshold and not quantity.is_level


def _value(condition: Condition, then: str, value: float | None) -> str:
    if is_comparable(condition):
        return value_of(condition, value)
    return value_words(condition.quantity.of(then), value)


def _own_quantity(condition: Condition, then: str) -> str:
    """Return what the value is, where it is not the rule's own quantity: "its Sharpe ratio over 3 years"."""
    words = quantity_words(condition.quantity.of(then))
    return words.replace(f"{cut_symbol(then)}'s", "its", 1)
