"""The card of an incident, updated in place, what is said in its thread, and the fund to look at."""

from __future__ import annotations

import json

from analytics.watch.readings import Reading, is_met
from analytics.watch.rules import Condition
from analytics.watch.states import Reason
from bot.model import AuditAction, RuleReport, RuleStatus
from bot.render import blocks, ids, limits, text
from bot.render.chart_specs import ChartSpec
from bot.render.message import Block, Message
from bot.render.rules import words
from bot.render.rules.audit import audit_line, plain_audit_line
from bot.render.rules.conditions import (
    breach_words,
    cut_symbol,
    gap_words,
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
MOST_FUNDS = 6
"""Whose returns since it fired are told."""
MOST_CONDITIONS = 8
"""Conditions with a line of their own."""
_WAYS = {
    RuleStatus.ACTIVE: "`/watch pause {name}` stops it",
    RuleStatus.PAUSED: "`/watch resume {name}` reads it again",
    RuleStatus.DELETED: "`/watch history {name}` shows what happened to it",
}
_CLOSING = frozenset({AuditAction.PAUSED, AuditAction.DELETED, AuditAction.EDITED})


def card_message(story: RuleReport, picture: ChartSpec | None = None, *, shown: bool = False) -> Message:
    """Write the root message of an incident, as it stands after the story's session.

    picture: in the slot of its name.  shown: in place of one, room for the chart that the card has already,
    in the slot `CHART`.  The buttons' values are the rule's version.
    """
    said, name, closed = rule_finding(story), story.watched.name, is_closed(story)
    target, by_hand = target_line(story), _is_closed_by_hand(story)
    head = _closing(story) if by_hand else [f"{sample_mark([story])}{said.short}", *target]
    lines = [*_evidence(story, by_hand=by_hand), *_ownership_line(story), *_earlier_incidents(story)]
    by = f"Your rule {name}, set by {person(story.watched.author)}"
    way = _WAYS[story.watched.status].format(name=name)
    kept = [blocks.slot(CHART, *_chart(story))] if shown and not picture else []
    laid = [
        blocks.section("\n".join(head)),
        blocks.section("\n".join(lines)),
        *blocks.slots([picture] if picture else []),
        *kept,
        blocks.context(f"{by} · {way}", convention_of(story)),
        *blocks.actions(f"watch.{story.watched.key}", _buttons(story, closed=closed)),
    ]
    return blocks.message(_notification_text(story, said, by_hand=by_hand), laid, picture)


def reply_message(story: RuleReport, picture: ChartSpec | None = None) -> Message:
    """Write what is said in the incident's thread: a person's deed, or what the session changed."""
    said = news_finding(story)
    target = [] if story.state.trouble else target_line(story)
    if story.deed:
        told, spoken = audit_line(story, story.deed), text.escape(plain_audit_line(story, story.deed))
    else:
        mark = sample_mark([story])
        told = " ".join([f"{mark}{said.bold}", *target])
        spoken = " ".join([f"{mark}{text.escape(said.plain)}", *target])
    shown = [
        blocks.section(told),
        *blocks.slots([picture] if picture else []),
        *([] if story.deed else [blocks.context(convention_of(story))]),
    ]
    return blocks.message(spoken, shown, picture)


def target_line(story: RuleReport) -> list[str]:
    """Return the fund to look at, none without one; safe mrkdwn."""
    target = target_words(story)
    return [text.escape(f"{target}.")] if target else []


def is_closed(story: RuleReport) -> bool:
    """Return True where the incident is over, by itself or by a person's hand."""
    return _is_closed_by_hand(story) or not story.state.open


def condition_lines(story: RuleReport) -> list[str]:
    """List several conditions, each with the value of the fund to look at; safe mrkdwn."""
    pairs = parts_of(story.watched.rule, story.reading)
    if len(pairs) == 1:
        return []
    lines = [f"• {_condition(story, *pair)}" for pair in pairs[:MOST_CONDITIONS]]
    more = len(pairs) - MOST_CONDITIONS
    return [*lines, f"and {more} more"] if more > 0 else lines


def _condition(story: RuleReport, condition: Condition, part: Reading | None) -> str:
    then = story.watched.rule.then
    beside = f" ({condition_target(condition, then, part)})" if then else ""
    why = f": {part.reason}" if part and part.value is None and part.reason else ""
    said = reading_of_condition(condition, part, incident=story.state.open) + beside
    return f"{text.escape(said)}{safe_line(why)}"


def evidence_line(story: RuleReport) -> str | None:
    """Write threshold, distance and recovery value of a rule of one condition; safe mrkdwn."""
    rule, policy, reading = story.watched.rule, story.watched.policy, story.reading
    if len(rule.conditions) > 1:
        return None
    condition = rule.conditions[0]
    gap = None
    if reading and reading.value is not None:
        gap = gap_words(condition, reading.value)
    parts = [
        threshold_label(condition),
        *([f"now {gap}"] if gap and gap != text.NONE else []),
        f"recovers when {recovery_words(condition)} {in_a_row(policy.recovery)}",
    ]
    return text.escape(" · ".join(parts))


def _notification_text(story: RuleReport, said: RuleFinding, *, by_hand: bool) -> str:
    """Return the notification: the finding and the fund to look at, or who ended it."""
    if by_hand and story.deed:
        return text.escape(plain_audit_line(story, story.deed))
    target = [] if story.state.trouble else target_line(story)
    return " ".join([f"{sample_mark([story])}{text.escape(said.plain)}", *target])


def _is_closed_by_hand(story: RuleReport) -> bool:
    by_hand = story.deed is not None and story.deed.act in _CLOSING
    return by_hand or story.watched.status is not RuleStatus.ACTIVE


def _closing(story: RuleReport) -> list[str]:
    """Return who ended it, and what was read last; safe mrkdwn."""
    status, name = story.watched.status.value, story.watched.name
    head = f"*{name} is {status}.* Its incident is closed."
    if story.deed and story.deed.act in _CLOSING:
        head = audit_line(story, story.deed)
    read = story.reading is not None and story.reading.met is not None
    last = [text.escape(f"Last read on {text.day(story.session)}: {reading_words(story)}.")] if read else []
    return [head, *last, *(target_line(story) if read else [])]


def _chart(story: RuleReport) -> tuple[str, str]:
    """Read title and alternative text of the chart that the card has: it is of the day it was drawn on."""
    watched, incident = story.watched, last_incident(story)
    mark = "Sample data. " if story.simulated else ""
    drawn = f", as it was on {text.day(incident.fired)}" if incident else ""
    title = f"{watched.name}: {words.chart_title(watched.rule)}{drawn}"
    return title, f"{mark}{title}."


def _evidence(story: RuleReport, *, by_hand: bool) -> list[str]:
    line = None if by_hand else evidence_line(story)
    state = text.escape(f"State: {_state(story)}.")
    since = [] if by_hand else _since(story)
    return [*([] if by_hand else condition_lines(story)), *([line] if line else []), state, *since]


def _since(story: RuleReport) -> list[str]:
    """Return which session of the incident it is and how the funds did, from its second one on; safe
    mrkdwn.
    """
    since = story.since
    if since is None or since.session <= since.fired or is_closed(story):
        return []
    day = f"Session {text.count(since.sessions)} of this incident."
    told = [f"{cut_symbol(fund)} {_return(change)}" for fund, change in since.returns[:MOST_FUNDS]]
    if not told:
        return [day]
    more = len(since.returns) - MOST_FUNDS
    funds = ", ".join([*told, *([f"and {more} more"] if more > 0 else [])])
    window = f"total return, close to close, to {text.day(since.session)}"
    return [text.escape(f"{day} Since it fired on {text.day(since.fired)}: {funds} ({window}).")]


def _return(change: float | None) -> str:
    return text.NONE if change is None else text.signed_percent(change)


def _state(story: RuleReport) -> str:
    """Return the card's state in words, which names what ended the incident."""
    deed, flip = story.deed, story.flip
    if deed and deed.act is AuditAction.EDITED:
        return "edited to a new version; this incident is closed"
    if flip and flip.reason is Reason.RESTATED:
        return f"restated on {text.day(story.session)}, {state_words(story)}"
    recovered = flip is not None and flip.reason is Reason.RECOVERED
    return f"recovered on {text.day(story.session)}" if recovered else state_words(story)


def _ownership_line(story: RuleReport) -> list[str]:
    """Return who has the incident in hand, and until when nothing is said; safe mrkdwn."""
    state, lines = story.state, []
    if state.acknowledged:
        why = safe_line(state.acknowledged.reason)
        lines.append(
            end_sentence(f"Acknowledged by {person(state.acknowledged.by)}" + (f": {why}" if why else ""))
        )
    if not is_closed(story) and is_snoozed(state, story.session) and state.snoozed_until:
        who = f" by {person(story.deed.user)}" if story.deed and story.deed.act is AuditAction.SNOOZED else ""
        lines.append(f"Snoozed{who} through {text.day(state.snoozed_until)}.")
    return lines


def _earlier_incidents(story: RuleReport) -> list[str]:
    """Return incidents that were over before; safe mrkdwn."""
    past = [each for each in story.incidents if each.recovered and each.recovered < story.session]
    if not past:
        return []
    told = [text.escape(incident_duration(each, story.session)) for each in past[:EARLIER]]
    return [f"Earlier incidents: {'; '.join(told)}."]


def _origin(story: RuleReport) -> str:
    watched = story.watched
    return f"Rule {watched.name}, set by {person(watched.author)}: `/watch show {watched.name}`"


def _buttons(story: RuleReport, *, closed: bool) -> list[Block]:
    key, state = story.watched.key, story.state
    deleted = story.watched.status is RuleStatus.DELETED or bool(
        story.deed and story.deed.act is AuditAction.DELETED
    )
    superseded = bool(story.deed and story.deed.act is AuditAction.EDITED)
    acknowledge = not closed and state.acknowledged is None
    snoozed = is_snoozed(state, story.session)
    return [
        *([blocks.button("Acknowledge", ids.ACK, key, "primary")] if acknowledge else []),
        *([] if closed else [_unsnooze(key) if snoozed else _snooze(key)]),
        *([] if deleted or superseded else [blocks.button("Why?", ids.WHY, key), *_edit(story)]),
        blocks.button("History", ids.HISTORY, key),
    ]


def _snooze(key: str) -> Block:
    return blocks.button(f"Snooze {ids.SNOOZED_SESSIONS} sessions", ids.SNOOZE, key)


def _unsnooze(key: str) -> Block:
    return blocks.button("Unsnooze", ids.UNSNOOZE, key)


def _edit(story: RuleReport) -> list[Block]:
    """Offer to edit, unless the text does not fit a button: a cut one would come back as another rule."""
    value = json.dumps({"rule": story.watched.key, "text": story.watched.text}, ensure_ascii=False)
    return [blocks.button("Edit", ids.EDIT, value)] if len(value) <= limits.BUTTON_VALUE else []


def target_words(story: RuleReport) -> str | None:
    """Write "SPSM: 0.87, below 1.00 too"; None for a rule without such a fund."""
    rule, reading = story.watched.rule, story.reading
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
    return f"{met} of {len(conditions)} conditions hold{known}"


def is_comparable(condition: Condition) -> bool:
    """Return False where the threshold says nothing of a single other fund: two funds' difference, a
    change.
    """
    return condition.quantity.other is None and condition.op.has_threshold


def _value(condition: Condition, then: str, value: float | None) -> str:
    if is_comparable(condition):
        return value_of(condition, value)
    return value_words(condition.quantity.of(then), value)


def _own_quantity(condition: Condition, then: str) -> str:
    """Return what the value is, where it is not the rule's own quantity: "its Sharpe ratio over 3 years"."""
    words = quantity_words(condition.quantity.of(then))
    return words.replace(f"{cut_symbol(then)}'s", "its", 1)
