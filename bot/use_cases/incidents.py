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
from bot.render.rules.audit import decided_words
from bot.render.rules.names import safe_rule_name
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


async def act_on_incident(services: Services, asked: IncidentAction, request: Request) -> None:
    """Do what was typed; without a number to the rule of the card in whose thread it was.

    Raises UserError where that is the thread of none.
    """
    meant = RuleRef(asked.number) if asked.number else await _rule_of_thread(services, request)
    match asked:
        case Acknowledge():
            await acknowledge(services, meant, asked, request)
        case Snooze():
            await snooze(services, meant, asked, request)
        case Unsnooze():
            await unsnooze(services, meant, request)


async def acknowledge(services: Services, meant: RuleRef, asked: Acknowledge, request: Request) -> None:
    """Acknowledge an incident: it is in somebody's hand, and what was decided is kept."""
    reason = asked.reason[:LONGEST_REASON]
    entry = replace(audit_entry(request, AuditAction.ACKNOWLEDGED, reason), decided=asked.decided)
    stored = await _alter(services, meant, request, entry, lambda known: _acknowledged_state(known, entry))
    state = stored.rule_state.state
    until = state.snoozed_until if state.session and is_snoozed(state, state.session) else None
    said = decided_words(entry.detail, entry.decided)
    message = changes.acknowledged_message(stored.watched, request.user, said, snoozed_until=until)
    await services.tell(request, message)


async def snooze(services: Services, meant: RuleRef, asked: Snooze, request: Request) -> None:
    """Snooze an incident: nothing is said of it for so many sessions, or through a day.

    Raises UserError where no session is left until that day.
    """
    until = _last_session(services, meant, asked)
    entry = audit_entry(request, AuditAction.SNOOZED, until.isoformat())
    stored = await _alter(
        services, meant, request, entry, lambda known: _snoozed_state(known, until, entry.user)
    )
    state = stored.rule_state.state
    in_hand = state.acknowledged is not None
    message = changes.snoozed_message(
        stored.watched, request.user, state.snoozed_until or until, in_hand=in_hand
    )
    await services.tell(request, message)


async def unsnooze(services: Services, meant: RuleRef, request: Request) -> None:
    """End a snooze: what changes is said again."""
    entry = audit_entry(request, AuditAction.UNSNOOZED)
    stored = await _alter(services, meant, request, entry, _unsnoozed_state)
    in_hand = stored.rule_state.state.acknowledged is not None
    await services.tell(request, changes.unsnoozed_message(stored.watched, request.user, in_hand=in_hand))


async def current_version(services: Services, meant: RuleRef, request: Request) -> StoredRule:
    """Return the rule, if it is still the version that is meant.  Raises Declined, UserError."""
    stored = await find_live_rule(services.repository(request), meant.number, request)
    if meant.version not in (None, stored.watched.version):
        raise Declined(changes.superseded_message(stored.watched))
    return stored


async def _rule_of_thread(services: Services, request: Request) -> RuleRef:
    card = request.thread or ""
    told = await services.repository(request).content_of_message(request.channel, card) if card else None
    if not isinstance(told, RuleReport):
        raise UserError(
            "This is not the thread of a rule's card. Name the rule: `ack R7 looking at it`, "
            "`snooze R7 1w` or `unsnooze R7`; `watch list` shows the rules of this channel."
        )
    return RuleRef(told.watched.number, told.watched.version, card)


async def _alter(
    services: Services,
    meant: RuleRef,
    request: Request,
    entry: AuditEntry,
    change: Callable[[StoredRule], State],
) -> StoredRule:
    """Change the rule's state; queue the notices that its card and thread tell of it."""
    repository = services.repository(request)
    for _ in range(TRIES):
        stored = await current_version(services, meant, request)
        if await is_done_already(repository, stored.watched.number, entry):
            return stored
        await _require_open(services, stored, meant.card, request)
        after = replace(stored, rule_state=replace(stored.rule_state, state=change(stored)))
        report = await load_report(services, after, entry)
        now = services.market_data.clock.now()
        notices = [
            action_notice(report, kind, request, now) for kind in (NoticeKind.UPDATE, NoticeKind.REPLY)
        ]
        altered = await repository.alter(stored, after.rule_state.state, entry, notices)
        if altered:
            await services.request_delivery(move_to_channel(stored.watched, request))
            return altered
    raise Unavailable("The store", f"R{meant.number} is being changed by others")


async def _require_open(services: Services, stored: StoredRule, card: str, request: Request) -> None:
    """Raise Declined where the rule has nothing open, UserError where the card's incident is over."""
    watched = stored.watched
    if not stored.rule_state.state.open or watched.status is not RuleStatus.ACTIVE:
        raise Declined(changes.no_open_incident_message(watched))
    history = await services.repository(request).history(watched.number)
    if card and any(each.ts == card and each.recovered for each in history.incidents):
        raise UserError(
            f"This card is of an incident of {safe_rule_name(watched)} that is over; "
            "the open one has a card of its own."
        )


def _acknowledged_state(stored: StoredRule, entry: AuditEntry) -> State:
    state = stored.rule_state.state
    if state.acknowledged:
        raise Declined(changes.acknowledged_before_message(stored.watched, state.acknowledged))
    return state.acknowledge(entry.user, entry.detail, entry.decided)


def _snoozed_state(stored: StoredRule, until: date, by: str) -> State:
    state = stored.rule_state.state
    if state.snoozed_until and state.snoozed_until >= until:
        raise Declined(changes.snoozed_before_message(stored.watched, state.snoozed_until))
    return state.snooze(until, by)


def _unsnoozed_state(stored: StoredRule) -> State:
    state = stored.rule_state.state
    if state.snoozed_until is None or (state.session and state.session >= state.snoozed_until):
        raise Declined(changes.not_snoozed_message(stored.watched))
    return state.unsnooze()


def _last_session(services: Services, meant: RuleRef, asked: Snooze) -> date:
    """Return the last session of a snooze, of those after the newest complete one."""
    settled = services.market_data.calendar.last_complete(services.market_data.clock.now())
    if asked.until is None:
        return _sessions_ahead(services, settled, settled + timedelta(days=2 * asked.sessions) + AHEAD)[
            asked.sessions - 1
        ]
    left = _sessions_ahead(services, settled, asked.until)
    if not left:
        following = _sessions_ahead(services, settled, settled + AHEAD)[0]
        raise UserError(
            f"There is no session left until {text.day(asked.until)}; the next one is on "
            f"{text.day(following)}: `snooze R{meant.number} until {following}`."
        )
    return left[-1]


def _sessions_ahead(services: Services, settled: date, last: date) -> Sequence[date]:
    found: list[date] = services.market_data.calendar.sessions(settled + timedelta(days=1), last).tolist()
    return found
