"""An incident: its card, updated in place, and what is said in its thread."""

from __future__ import annotations

import json

from analytics.watch.readings import Reading
from analytics.watch.rules import Condition
from analytics.watch.states import Reason
from bot.model import AuditAction, RuleReport, RuleStatus
from bot.render import limits, text
from bot.render.chart_specs import ChartSpec
from bot.render.message import Block, Message
from bot.render.watch import ids
from bot.render.watch.drawn import words
from bot.render.watch.parts import blocks
from bot.render.watch.parts.audit import acted, acted_plain
from bot.render.watch.parts.conditions import (
    gap_words,
    measured,
    parts_of,
    recovery_words,
    symbol,
    threshold_label,
)
from bot.render.watch.parts.convention import convention_of, sample
from bot.render.watch.parts.said import RuleFinding, last_incident, news, reading_words, standing
from bot.render.watch.parts.state import in_a_row, is_snoozed, lasted, state_words
from bot.render.watch.parts.target import condition_target, target_words
from bot.render.watch.parts.typed import ended, person, typed

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


def card(story: RuleReport, picture: ChartSpec | None = None, *, shown: bool = False) -> Message:
    """The root message of an incident, as it stands after the story's session.

    picture: in the slot of its name.  shown: in place of one, room for the chart that the card has already,
    in the slot `CHART`.  The buttons' values are the rule's version.
    """
    said, name, closed = standing(story), story.watched.name, is_closed(story)
    target, by_hand = target_line(story), _is_closed_by_hand(story)
    head = _closing(story) if by_hand else [f"{sample([story])}{said.short}", *target]
    lines = [*_evidence(story, by_hand=by_hand), *_hands(story), *_earlier(story)]
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
    return blocks.message(_spoken(story, said, by_hand=by_hand), laid, picture)


def reply(story: RuleReport, picture: ChartSpec | None = None) -> Message:
    """What is said in the incident's thread: a person's deed, or what the session changed."""
    said = news(story)
    target = [] if story.state.trouble else target_line(story)
    if story.deed:
        told, spoken = acted(story, story.deed), text.escape(acted_plain(story, story.deed))
    else:
        mark = sample([story])
        told = " ".join([f"{mark}{said.bold}", *target])
        spoken = " ".join([f"{mark}{text.escape(said.plain)}", *target])
    shown = [
        blocks.section(told),
        *blocks.slots([picture] if picture else []),
        *([] if story.deed else [blocks.context(convention_of(story))]),
    ]
    return blocks.message(spoken, shown, picture)


def target_line(story: RuleReport) -> list[str]:
    """The fund to look at, none without one; safe mrkdwn."""
    target = target_words(story)
    return [text.escape(f"{target}.")] if target else []


def is_closed(story: RuleReport) -> bool:
    """True where the incident is over, by itself or by a person's hand."""
    return _is_closed_by_hand(story) or not story.state.open


def condition_lines(story: RuleReport) -> list[str]:
    """Of several conditions, each on a line with the value of the fund to look at; safe mrkdwn."""
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
    return f"{text.escape(measured(condition, part, incident=story.state.open) + beside)}{typed(why)}"


def evidence_line(story: RuleReport) -> str | None:
    """Threshold, distance and recovery value of a rule of one condition; safe mrkdwn."""
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


def _spoken(story: RuleReport, said: RuleFinding, *, by_hand: bool) -> str:
    """The notification: the finding and the fund to look at, or who ended it."""
    if by_hand and story.deed:
        return text.escape(acted_plain(story, story.deed))
    target = [] if story.state.trouble else target_line(story)
    return " ".join([f"{sample([story])}{text.escape(said.plain)}", *target])


def _is_closed_by_hand(story: RuleReport) -> bool:
    by_hand = story.deed is not None and story.deed.act in _CLOSING
    return by_hand or story.watched.status is not RuleStatus.ACTIVE


def _closing(story: RuleReport) -> list[str]:
    """Who ended it, and what was read last; safe mrkdwn."""
    status, name = story.watched.status.value, story.watched.name
    head = f"*{name} is {status}.* Its incident is closed."
    if story.deed and story.deed.act in _CLOSING:
        head = acted(story, story.deed)
    read = story.reading is not None and story.reading.met is not None
    last = [text.escape(f"Last read on {text.day(story.session)}: {reading_words(story)}.")] if read else []
    return [head, *last, *(target_line(story) if read else [])]


def _chart(story: RuleReport) -> tuple[str, str]:
    """Title and alternative text of the chart that the card has already: it is of the day it was drawn on."""
    watched, incident = story.watched, last_incident(story)
    mark = "Sample data. " if story.simulated else ""
    drawn = f", as it was on {text.day(incident.fired)}" if incident else ""
    title = f"{watched.name}: {words.title(watched.rule)}{drawn}"
    return title, f"{mark}{title}."


def _evidence(story: RuleReport, *, by_hand: bool) -> list[str]:
    line = None if by_hand else evidence_line(story)
    state = text.escape(f"State: {_state(story)}.")
    since = [] if by_hand else _since(story)
    return [*([] if by_hand else condition_lines(story)), *([line] if line else []), state, *since]


def _since(story: RuleReport) -> list[str]:
    """Which session of the incident it is and how the funds did, from its second one on; safe mrkdwn."""
    since = story.since
    if since is None or since.session <= since.fired or is_closed(story):
        return []
    day = f"Session {text.count(since.sessions)} of this incident."
    told = [f"{symbol(fund)} {_return(change)}" for fund, change in since.returns[:MOST_FUNDS]]
    if not told:
        return [day]
    more = len(since.returns) - MOST_FUNDS
    funds = ", ".join([*told, *([f"and {more} more"] if more > 0 else [])])
    window = f"total return, close to close, to {text.day(since.session)}"
    return [text.escape(f"{day} Since it fired on {text.day(since.fired)}: {funds} ({window}).")]


def _return(change: float | None) -> str:
    return text.NONE if change is None else text.signed_percent(change)


def _state(story: RuleReport) -> str:
    """The card's state in words, which names what ended the incident."""
    deed, flip = story.deed, story.flip
    if deed and deed.act is AuditAction.EDITED:
        return "edited to a new version; this incident is closed"
    if flip and flip.reason is Reason.RESTATED:
        return f"restated on {text.day(story.session)}, {state_words(story)}"
    recovered = flip is not None and flip.reason is Reason.RECOVERED
    return f"recovered on {text.day(story.session)}" if recovered else state_words(story)


def _hands(story: RuleReport) -> list[str]:
    """Who has the incident in hand, and until when nothing is said; safe mrkdwn."""
    state, lines = story.state, []
    if state.acknowledged:
        why = typed(state.acknowledged.reason)
        lines.append(ended(f"Acknowledged by {person(state.acknowledged.by)}" + (f": {why}" if why else "")))
    if not is_closed(story) and is_snoozed(state, story.session) and state.snoozed_until:
        who = f" by {person(story.deed.user)}" if story.deed and story.deed.act is AuditAction.SNOOZED else ""
        lines.append(f"Snoozed{who} through {text.day(state.snoozed_until)}.")
    return lines


def _earlier(story: RuleReport) -> list[str]:
    """Incidents that were over before; safe mrkdwn."""
    past = [each for each in story.incidents if each.recovered and each.recovered < story.session]
    if not past:
        return []
    told = [text.escape(lasted(each, story.session)) for each in past[:EARLIER]]
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
    """None for a text that does not fit a button: a cut one would come back as another rule."""
    value = json.dumps({"rule": story.watched.key, "text": story.watched.text}, ensure_ascii=False)
    return [blocks.button("Edit", ids.EDIT, value)] if len(value) <= limits.BUTTON_VALUE else []
