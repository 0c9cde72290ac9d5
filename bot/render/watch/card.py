"""An incident: its card, updated in place, and what is said in its thread."""

from __future__ import annotations

import json

from analytics.watch.readings import Reading
from analytics.watch.states import Phase, Reason
from bot.records import Act, Status, Story
from bot.render import limits, text
from bot.render.message import Block, Message
from bot.render.pictures import Picture
from bot.render.watch import ids
from bot.render.watch.parts import blocks
from bot.render.watch.parts.conditions import (
    measured,
    recovery_words,
    threshold_words,
)
from bot.render.watch.parts.convention import convention_of
from bot.render.watch.parts.deeds import acted, acted_plain
from bot.render.watch.parts.said import Said, news, standing
from bot.render.watch.parts.standing import in_a_row, is_snoozed, lasted, state_words
from bot.render.watch.parts.target import condition_target, target_words
from bot.render.watch.parts.typed import person, typed
from bot.render.watch.parts.values import distance

EARLIER = 3
"""Past incidents named on a card."""
_CLOSING = frozenset({Act.PAUSED, Act.DELETED, Act.EDITED})


def card(story: Story, picture: Picture | None = None) -> Message:
    """The root message of an incident, as it stands after the story's session.

    picture: in the slot of its name.  The buttons' values are the rule's version.
    """
    said, closed = standing(story), is_closed(story)
    lines = [*_evidence(story), *_hands(story), *_earlier(story)]
    head = _closing(story, said) if closed else said.bold
    target = target_words(story)
    shown = [
        blocks.section("\n".join([head, *([text.escape(f"{target}.")] if target else [])])),
        *([blocks.section("\n".join(lines))] if lines else []),
        *blocks.slots([picture] if picture else []),
        blocks.context(_origin(story), convention_of(story)),
        *blocks.actions(f"watch.{story.watched.key}", _buttons(story, closed=closed)),
    ]
    return blocks.message(_spoken(story, said), shown, picture)


def reply(story: Story, picture: Picture | None = None) -> Message:
    """What is said in the incident's thread: a person's deed, or what the session changed."""
    said, target = news(story), target_words(story)
    if story.deed:
        words, spoken = acted(story, story.deed), text.escape(acted_plain(story, story.deed))
    else:
        beside = f" {target}." if target and not story.state.trouble else ""
        words, spoken = f"{said.bold}{text.escape(beside)}", text.escape(f"{said.plain}{beside}")
    shown = [
        blocks.section(words),
        *blocks.slots([picture] if picture else []),
        *([] if story.deed else [blocks.context(convention_of(story))]),
    ]
    return blocks.message(spoken, shown, picture)


def is_closed(story: Story) -> bool:
    """True where the incident is over, by itself or by a person's hand."""
    by_hand = story.deed is not None and story.deed.act in _CLOSING
    return by_hand or story.watched.status is not Status.ACTIVE or not story.state.open


def condition_lines(story: Story) -> list[str]:
    """Of several conditions, each on a line with the value of the fund to look at; safe mrkdwn."""
    rule, reading = story.watched.rule, story.reading
    if len(rule.conditions) == 1:
        return []
    parts: tuple[Reading | None, ...] = reading.parts if reading and reading.parts else ()
    padded = [*parts, *[None] * (len(rule.conditions) - len(parts))]
    lines = []
    for condition, part in zip(rule.conditions, padded, strict=True):
        then = f" ({condition_target(condition, rule.then, part)})" if rule.then else ""
        why = f": {part.reason}" if part and part.value is None and part.reason else ""
        lines.append(
            f"• {text.escape(measured(condition, part, incident=story.state.open))}{text.escape(then)}"
        )
        lines[-1] += typed(why)
    return lines


def evidence_line(story: Story) -> str | None:
    """Threshold, distance and recovery value of a rule of one condition; safe mrkdwn."""
    rule, policy, reading = story.watched.rule, story.watched.policy, story.reading
    if len(rule.conditions) > 1:
        return None
    condition = rule.conditions[0]
    gap = None
    if reading and reading.value is not None:
        gap = distance(condition.quantity, reading.value, condition.threshold)
    parts = [
        f"Threshold {threshold_words(condition)}",
        *([f"now {gap}"] if gap and gap != text.NONE else []),
        f"over when {recovery_words(condition)} {in_a_row(policy.recovery)}",
    ]
    return text.escape(" · ".join(parts))


def _spoken(story: Story, said: Said) -> str:
    """The notification: the finding and the fund to look at, or who ended it."""
    if story.deed and story.deed.act in _CLOSING:
        return text.escape(acted_plain(story, story.deed))
    target = target_words(story)
    return text.escape(f"{said.plain} {target}." if target else said.plain)


def _closing(story: Story, said: Said) -> str:
    if story.deed and story.deed.act in _CLOSING:
        return acted(story, story.deed)
    if story.watched.status is not Status.ACTIVE:
        return f"*{story.watched.name} is {story.watched.status.value}:* this incident is closed."
    return said.bold


def _evidence(story: Story) -> list[str]:
    line = evidence_line(story)
    state = text.escape(f"State: {_state(story)}.")
    return [*condition_lines(story), *([line] if line else []), state]


def _state(story: Story) -> str:
    """The card's state in words, which names what ended the incident."""
    deed, flip, newest = story.deed, story.flip, next(iter(story.incidents), None)
    if deed and deed.act is Act.EDITED:
        return "edited to a new version, which begins afresh; this incident is closed"
    if story.watched.status is not Status.ACTIVE or story.state.open or story.state.trouble:
        return state_words(story)
    if flip and flip.reason is Reason.RESTATED:
        return f"restated on {text.day(story.session)}, {state_words(story)}"
    if story.state.kept is Phase.OK and newest and newest.recovered:
        return f"recovered on {text.day(newest.recovered)}, open {lasted(newest, story.session)}"
    return state_words(story)


def _hands(story: Story) -> list[str]:
    """Who has the incident in hand, and until when nothing is said; safe mrkdwn."""
    state, lines = story.state, []
    if state.acknowledged:
        lines.append(f"Acknowledged by {person(state.acknowledged.by)}: {typed(state.acknowledged.reason)}")
    if is_snoozed(state, story.session) and state.snoozed_until:
        who = f" by {person(story.deed.user)}" if story.deed and story.deed.act is Act.SNOOZED else ""
        lines.append(f"Snoozed{who} until {text.day(state.snoozed_until)}.")
    return lines


def _earlier(story: Story) -> list[str]:
    past = [each for each in story.incidents if each.recovered and each.recovered < story.session]
    if not past:
        return []
    told = [text.escape(lasted(each, story.session)) for each in past[:EARLIER]]
    return [f"Earlier incidents: {'; '.join(told)}."]


def _origin(story: Story) -> str:
    watched = story.watched
    return f"Rule {watched.name}, set by {person(watched.author)}: `/watch show {watched.name}`"


def _buttons(story: Story, *, closed: bool) -> list[Block]:
    key, state = story.watched.key, story.state
    deleted = story.watched.status is Status.DELETED or bool(story.deed and story.deed.act is Act.DELETED)
    superseded = bool(story.deed and story.deed.act is Act.EDITED)
    acknowledge = not closed and state.acknowledged is None
    snooze = not closed and not is_snoozed(state, story.session)
    return [
        *([blocks.button("Acknowledge", ids.ACK, key, "primary")] if acknowledge else []),
        *([blocks.button(f"Snooze {ids.SNOOZED_SESSIONS} sessions", ids.SNOOZE, key)] if snooze else []),
        *([] if deleted or superseded else [blocks.button("Why?", ids.WHY, key), *_edit(story)]),
        blocks.button("History", ids.HISTORY, key),
    ]


def _edit(story: Story) -> list[Block]:
    """None for a text that does not fit a button: a cut one would come back as another rule."""
    value = json.dumps({"rule": story.watched.key, "text": story.watched.text}, ensure_ascii=False)
    return [blocks.button("Edit", ids.EDIT, value)] if len(value) <= limits.BUTTON_VALUE else []
