"""What a person does to an open incident: acknowledge it, snooze it, end the snooze."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analytics.watch.states import State
from bot.errors import Unavailable, UserError
from bot.language import Acknowledge, IncidentAction, Snooze, Unsnooze
from bot.model import AuditAction, AuditEntry, NoticeKind, Request, RuleReport, RuleStatus, StoredRule
from bot.render import text
from bot.render.rules import changes
from bot.render.rules.state import is_snoozed
from bot.use_cases.services import (
    Declined,
    Services,
    action_notice,
    audit_entry,
    find_live_rule,
    is_done_already,
    load_report,
    move_to_channel,
)

TRIES = 5
"""How often a change is tried while others change the same rule."""
AHEAD = timedelta(days=10)
"""Beside the weekends, what holidays a stretch of sessions may have."""
LONGEST_REASON = 300


@dataclass(frozen=True)
class RuleRef:
    """The rule that is meant.

    version: of the card that is acted on, None for the newest.
    card: ts of that card, empty where none is looked at.
    """

    number: int
    version: int | None = None
    card: str = ""


async def act_on_incident(parts: Services, asked: IncidentAction, question: Request) -> None:
    """Do what was typed; without a number to the rule of the card in whose thread it was.

    Raises UserError where that is the thread of none.
    """
    meant = RuleRef(asked.number) if asked.number else await _rule_of_thread(parts, question)
    match asked:
        case Acknowledge():
            await acknowledge(parts, meant, asked.reason, question)
        case Snooze():
            await snooze(parts, meant, asked, question)
        case Unsnooze():
            await unsnooze(parts, meant, question)


async def acknowledge(parts: Services, meant: RuleRef, reason: str, question: Request) -> None:
    """Acknowledge an incident: it is in somebody's hand."""
    deed = audit_entry(question, AuditAction.ACKNOWLEDGED, reason[:LONGEST_REASON])
    kept = await _alter(parts, meant, question, deed, lambda known: _acknowledged_state(known, deed))
    state = kept.standing.state
    until = state.snoozed_until if state.session and is_snoozed(state, state.session) else None
    told = changes.acknowledged_message(kept.watched, question.user, deed.detail, snoozed_until=until)
    await parts.tell(question, told)


async def snooze(parts: Services, meant: RuleRef, asked: Snooze, question: Request) -> None:
    """Snooze an incident: nothing is said of it for so many sessions, or through a day.

    Raises UserError where no session is left until that day.
    """
    until = _last_session(parts, meant, asked)
    deed = audit_entry(question, AuditAction.SNOOZED, until.isoformat())
    kept = await _alter(parts, meant, question, deed, lambda known: _snoozed_state(known, until))
    state = kept.standing.state
    in_hand = state.acknowledged is not None
    told = changes.snoozed_message(kept.watched, question.user, state.snoozed_until or until, in_hand=in_hand)
    await parts.tell(question, told)


async def unsnooze(parts: Services, meant: RuleRef, question: Request) -> None:
    """End a snooze: what changes is said again."""
    deed = audit_entry(question, AuditAction.UNSNOOZED)
    kept = await _alter(parts, meant, question, deed, _unsnoozed_state)
    in_hand = kept.standing.state.acknowledged is not None
    await parts.tell(question, changes.unsnoozed_message(kept.watched, question.user, in_hand=in_hand))


async def current_version(parts: Services, meant: RuleRef, question: Request) -> StoredRule:
    """Return the rule, if it is still the version that is meant.  Raises Declined, UserError."""
    kept = await find_live_rule(parts.repository(question), meant.number, question)
    if meant.version not in (None, kept.watched.version):
        raise Declined(changes.superseded_message(kept.watched))
    return kept


async def _rule_of_thread(parts: Services, question: Request) -> RuleRef:
    card = question.thread or ""
    told = await parts.repository(question).content_of_message(question.channel, card) if card else None
    if not isinstance(told, RuleReport):
        raise UserError(
            "This is not the thread of a rule's card. Name the rule: `ack R7 looking at it`, "
            "`snooze R7 1w` or `unsnooze R7`; `watch list` shows the rules of this channel."
        )
    return RuleRef(told.watched.number, told.watched.version, card)


async def _alter(
    parts: Services,
    meant: RuleRef,
    question: Request,
    deed: AuditEntry,
    change: Callable[[StoredRule], State],
) -> StoredRule:
    """Change the rule's state; queue the notices that its card and thread tell of it."""
    repository = parts.repository(question)
    for _ in range(TRIES):
        kept = await current_version(parts, meant, question)
        if await is_done_already(repository, kept.watched.number, deed):
            return kept
        await _require_open(parts, kept, meant.card, question)
        after = replace(kept, standing=replace(kept.standing, state=change(kept)))
        story = await load_report(parts, after, deed)
        now = parts.desk.clock.now()
        notices = [
            action_notice(story, kind, question, now) for kind in (NoticeKind.UPDATE, NoticeKind.REPLY)
        ]
        altered = await repository.alter(kept, after.standing.state, deed, notices)
        if altered:
            await parts.request_delivery(move_to_channel(kept.watched, question))
            return altered
    raise Unavailable("The store", f"R{meant.number} is being changed by others")


async def _require_open(parts: Services, kept: StoredRule, card: str, question: Request) -> None:
    """Raise Declined where the rule has nothing open, UserError where the card's incident is over."""
    watched = kept.watched
    if not kept.standing.state.open or watched.status is not RuleStatus.ACTIVE:
        raise Declined(changes.no_open_incident_message(watched))
    history = await parts.repository(question).history(watched.number)
    if card and any(each.ts == card and each.recovered for each in history.incidents):
        raise UserError(
            f"This card is of an incident of {watched.name} that is over; the open one has a card of its own."
        )


def _acknowledged_state(kept: StoredRule, deed: AuditEntry) -> State:
    state = kept.standing.state
    if state.acknowledged:
        raise Declined(changes.acknowledged_before_message(kept.watched, state.acknowledged))
    return state.acknowledge(deed.user, deed.detail)


def _snoozed_state(kept: StoredRule, until: date) -> State:
    state = kept.standing.state
    if state.snoozed_until and state.snoozed_until >= until:
        raise Declined(changes.snoozed_before_message(kept.watched, state.snoozed_until))
    return state.snooze(until)


def _unsnoozed_state(kept: StoredRule) -> State:
    state = kept.standing.state
    if state.snoozed_until is None or (state.session and state.session >= state.snoozed_until):
        raise Declined(changes.not_snoozed_message(kept.watched))
    return state.unsnooze()


def _last_session(parts: Services, meant: RuleRef, asked: Snooze) -> date:
    """Return the last session of a snooze, of those after the newest complete one."""
    settled = parts.desk.calendar.last_complete(parts.desk.clock.now())
    if asked.until is None:
        return _sessions_ahead(parts, settled, settled + timedelta(days=2 * asked.sessions) + AHEAD)[
            asked.sessions - 1
        ]
    left = _sessions_ahead(parts, settled, asked.until)
    if not left:
        following = _sessions_ahead(parts, settled, settled + AHEAD)[0]
        raise UserError(
            f"There is no session left until {text.day(asked.until)}; the next one is on "
            f"{text.day(following)}: `snooze R{meant.number} until {following}`."
        )
    return left[-1]


def _sessions_ahead(parts: Services, settled: date, last: date) -> Sequence[date]:
    found: list[date] = parts.desk.calendar.sessions(settled + timedelta(days=1), last).tolist()
    return found
