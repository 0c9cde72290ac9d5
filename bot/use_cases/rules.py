"""The story of `/watch`: a rule is read, then made, tried, changed, paused or deleted."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from analytics.watch.differences import Aspect, differences
from analytics.watch.states import State
from analytics.watch.transitions import decide
from bot.commands import WATCH
from bot.errors import Unavailable, Unclear, UserError
from bot.language import (
    Acknowledge,
    Help,
    NoisiestRules,
    ReviewRequest,
    RuleCommand,
    RuleListing,
    Snooze,
    Unsnooze,
    Verb,
    Watch,
    WatchQuestion,
    daily_text,
    read_watch,
    rules_meant,
)
from bot.model import (
    AuditAction,
    AuditEntry,
    ChannelKey,
    Digest,
    DigestMode,
    NewNotice,
    Request,
    RuleReport,
    RuleStatus,
    RuleVersion,
    StoredRule,
)
from bot.ports import Ack, Clock, Place, RuleDraft
from bot.render import advice
from bot.render.message import Message
from bot.render.rules.changes import (
    confirm_delete,
    deleted_message,
    duplicate_rule_message,
    paused_message,
    refused_change_message,
    resumed_message,
    superseded_message,
)
from bot.render.rules.names import safe_rule_name
from bot.render.rules.read_back import Worth, created_message, tested_message
from bot.use_cases import incidents, rule_status
from bot.use_cases.channels import active_rules, require_open_channel
from bot.use_cases.digest import (
    DigestAnswers,
    DigestHandler,
    default_digest,
    next_post_due,
    queue_next_post,
)
from bot.use_cases.outcomes.reviews import show_review
from bot.use_cases.rule_status import (
    RuleData,
    add_offers,
    decide_first_session,
    keep_noise,
    load_new_rule_data,
    load_rule_data,
    weigh_rule,
)
from bot.use_cases.services import (
    Declined,
    Services,
    audit_entry,
    card_notices,
    deleted_text,
    find_live_rule,
    find_rule,
    is_done_already,
    load_report,
    may_change_rule,
    move_to_channel,
    rule_report,
    with_source,
)

_READING = frozenset({Verb.SHOW, Verb.HISTORY, Verb.WHY})


class WatchHandler:
    """Takes `/watch` and its mentions; needs no data."""

    def __init__(self, clock: Clock, nearest: advice.Nearest) -> None:
        self._clock, self._nearest = clock, nearest
        self._daily = DigestHandler(nearest)

    def receive(self, text: str, place: Place) -> Ack:
        """Read the text: the answer is what is wrong with it, or the usage; else the question goes on.

        A rule that is named by nothing but its card's thread must be asked of there.
        """
        if (daily := daily_text(text)) is not None:
            # The daily post is a command of its own; here it is answered under this one's name.
            return self._daily.receive(daily, place)
        try:
            asked = read_watch(text, self._clock.now().date())
            if getattr(asked, "number", 0) is None and not (isinstance(asked, Watch) or place.within):
                raise _number_wanted(text)
        except Unclear as fault:
            meant = rules_meant(text, self._clock.now().date())
            return Ack(reply=advice.unclear_message(fault, self._nearest, meant), open=True)
        if isinstance(asked, Help):
            return Ack(reply=advice.usage(WATCH), open=True)
        return Ack(work=True, open=_only_reads(asked))


def _only_reads(asked: WatchQuestion) -> bool:
    """Return whether nothing is made or changed: people of another workspace may ask that too."""
    match asked:
        case Watch():
            return asked.test
        case RuleCommand():
            return asked.verb in _READING
    return isinstance(asked, RuleListing | NoisiestRules | ReviewRequest)


def _number_wanted(text: str) -> Unclear:
    verb, _, rest = text.strip().partition(" ")
    verb = verb.lower()
    symbol = f" A fund called {verb.upper()} is `${verb.upper()}`." if rest else ""
    wanted = f"`{verb}` needs the number of a rule, like `{verb} R7`, but in the thread of its card"
    return Unclear(WATCH.name, text, [f"{wanted}; `list` shows them.{symbol}"])


async def make_rule(services: Services, watch: Watch, request: Request) -> None:
    """Keep the rule, decide it, switch on the channel's first digest, and read the rule back to all.

    Raises Declined, and keeps nothing, where the channel would not hear of it or has one that says the same.
    """
    await require_open_channel(services, request, "Nothing was saved", watch.text)
    await require_new(services, watch, request)
    looked = await load_new_rule_data(services, watch.rule, watch.policy)
    digest, is_new = await _channel_digest(services, request)
    stored = await services.repository(request).add(rule_draft(watch, looked, request))
    stored = await decide_first_session(services, stored, looked)
    await announce_rule(services, request, stored, looked, digest, is_new=is_new, added=watch.added)


async def announce_rule(
    services: Services,
    request: Request,
    stored: StoredRule,
    looked: RuleData,
    digest: Digest | None,
    *,
    edited: bool = False,
    is_new: bool = False,
    added: Sequence[str] = (),
) -> None:
    """Tell all in the channel what a version says, how it stands and would have behaved."""
    post = await _next_post_due(services, request, digest) if digest else None
    report = looked.with_reading(await load_report(services, stored))
    worth = await weigh_rule(services, report, looked)
    if worth.told:
        await keep_noise(services, stored, looked, worth.told)

    def message(found: Worth) -> Message:
        return created_message(
            report,
            looked.past,
            digest,
            post,
            edited=edited,
            digest_is_new=is_new,
            worth=found,
            added=added,
        )

    posted = await services.post(request, message(worth))
    await services.request_delivery(request)
    await add_offers(services, request, posted, worth, looked, message, stored.watched.number)


async def _next_post_due(services: Services, request: Request, digest: Digest) -> datetime | None:
    """Queue what the channel is to be told next, and tell when it hears of its rules."""
    rules = await active_rules(services, ChannelKey(request.team, request.channel))
    if digest.mode is DigestMode.ALWAYS:
        await queue_next_post(services, digest, rules)
    due = await next_post_due(services, digest, rules)
    return due.at if due else None


async def try_rule(services: Services, watch: Watch, request: Request) -> None:
    """Answer as for a new rule about one that is not kept."""
    looked = await load_new_rule_data(services, watch.rule, watch.policy)
    watched = _unnumbered_version(watch, looked, request)
    state = decide(State(), looked.reading, watch.policy, looked.session).state
    report = await with_source(services, RuleReport(watched, looked.session, state, looked.reading))
    worth = await weigh_rule(services, report, looked, whole=True)
    message = partial(tested_message, report, looked.past, added=watch.added)
    posted = await services.post(request, message(worth))
    await add_offers(services, request, posted, worth, looked, message)


def rule_draft(watch: Watch, looked: RuleData, request: Request) -> RuleDraft:
    """Return what is kept of a rule; the same for the same question."""
    return RuleDraft(
        request.channel,
        request.user,
        watch.text,
        looked.rule,
        watch.policy,
        request.asked,
        request.id,
    )


def _unnumbered_version(watch: Watch, looked: RuleData, request: Request) -> RuleVersion:
    """Return a version without a number: 0."""
    made = rule_draft(watch, looked, request)
    return RuleVersion(
        team=request.team,
        number=0,
        version=0,
        channel=made.channel,
        owner=made.author,
        author=made.author,
        text=made.text,
        rule=made.rule,
        policy=made.policy,
        made=made.made,
    )


async def _channel_digest(services: Services, request: Request) -> tuple[Digest, bool]:
    """Return the channel's daily post, and whether it is on by this question: where there never was one."""
    repository = services.repository(request)
    fresh = await default_digest(services, request)
    known = await repository.digest(request.channel)
    if known:
        return known, request.attempt > 1 and known == fresh
    await repository.save_digest(fresh)
    return fresh, True


async def require_new(services: Services, watch: Watch, request: Request) -> None:
    """Raise Declined with the channel's rule that says the same, for the asker to choose.

    A new rule is held back by one of another patience or target too; an edit, which changes just that, by an
    equal one only.  A question that has made its version already is not held back by it.  Two that are asked
    at once may both be kept: better twice than not at all.
    """
    repository = services.repository(request)
    if watch.anyway or await repository.rule_made_by(request.id):
        return
    known = [each for each in await repository.rules(request.channel) if each.watched.number != watch.number]
    found = min(_says_the_same(watch, known), key=lambda each: len(each[1]), default=None)
    if found is None:
        return
    stored, apart = found
    may_change = await may_change_rule(services, stored.watched, request)
    raise Declined(
        duplicate_rule_message(
            rule_report(stored),
            watch.rule,
            watch.policy,
            apart,
            watch.text,
            edited=watch.number,
            may_change=may_change,
        )
    )


def _says_the_same(watch: Watch, known: list[StoredRule]) -> Iterator[tuple[StoredRule, tuple[Aspect, ...]]]:
    for each in known:
        apart = differences(each.watched.rule, each.watched.policy, watch.rule, watch.policy)
        if apart == () or (apart and watch.number is None):
            yield each, apart


log = logging.getLogger(__name__)


async def edit_rule(services: Services, watch: Watch, request: Request, seen: int | None = None) -> None:
    """Keep the next version with a fresh state, and read it back.

    seen: the version that the asker has changed in a form; Declined where it is not the newest any more.
    """
    assert watch.number, "the grammar says which rule"
    repository = services.repository(request)
    old = await find_live_rule(repository, watch.number, request)
    await require_may_change(services, old.watched, request)
    request = move_to_channel(old.watched, request)
    if not _is_made_by(old.watched, request):
        _refuse(old.watched, watch, seen)
    await require_open_channel(
        services, request, f"{safe_rule_name(old.watched)} was not changed", watch.text
    )
    await require_new(services, watch, request)
    looked = await load_new_rule_data(services, watch.rule, watch.policy)
    stored = await repository.revise(watch.number, rule_draft(watch, looked, request))
    await _close_card(services, stored.watched, request)
    stored = await decide_first_session(services, stored, looked)
    digest = await repository.digest(request.channel)
    await announce_rule(services, request, stored, looked, digest, edited=True, added=watch.added)


async def require_may_change(services: Services, watched: RuleVersion, request: Request) -> None:
    """Raise Declined where the asker may not change the rule."""
    if not await may_change_rule(services, watched, request):
        raise Declined(refused_change_message(watched))


async def pause_rule(services: Services, number: int, request: Request) -> None:
    """Pause a rule: it is not read until somebody resumes it."""
    stored = await _set_status(services, number, request, AuditAction.PAUSED)
    request = move_to_channel(stored.watched, request)
    await services.post(request, paused_message(stored.watched, request.user))
    await services.request_delivery(request)


async def resume_rule(services: Services, number: int, request: Request) -> None:
    """Resume a rule, which is read again and begins afresh, where its channel would hear of it."""
    watched = (await find_rule(services.repository(request), number, request)).watched
    request = move_to_channel(watched, request)
    await require_open_channel(services, request, f"{safe_rule_name(watched)} stays as it was", watched.text)
    stored = await _set_status(services, number, request, AuditAction.RESUMED)
    try:
        looked = await load_rule_data(services, stored.watched.rule, stored.watched.policy)
        stored = await decide_first_session(services, stored, looked)
    except (Unavailable, UserError):
        log.warning("%s is not decided at once; the daily run does it", stored.watched.key, exc_info=True)
    await _reopen_card(services, stored, request)
    await services.post(request, resumed_message(stored.watched, request.user))
    await services.request_delivery(request)


async def ask_to_delete(services: Services, number: int, request: Request) -> None:
    """Ask whether to delete a rule: nothing is deleted before the asker has said so twice."""
    stored = await find_live_rule(services.repository(request), number, request)
    await require_may_change(services, stored.watched, request)
    await services.tell(request, confirm_delete(stored.watched))


async def delete_rule(services: Services, number: int, request: Request, seen: int) -> None:
    """Delete a rule: it is never read again; what happened to it stays.

    seen: the version that the asker was asked about; Declined where it is not the newest any more.
    """
    stored = await find_rule(services.repository(request), number, request)
    if stored.watched.version != seen:
        raise Declined(superseded_message(stored.watched))
    stored = await _set_status(services, number, request, AuditAction.DELETED)
    request = move_to_channel(stored.watched, request)
    await services.post(request, deleted_message(stored.watched, request.user))
    await services.request_delivery(request)


_TO = {
    AuditAction.PAUSED: RuleStatus.PAUSED,
    AuditAction.RESUMED: RuleStatus.ACTIVE,
    AuditAction.DELETED: RuleStatus.DELETED,
}


async def _set_status(services: Services, number: int, request: Request, act: AuditAction) -> StoredRule:
    """Set the rule's status.  UserError where it has that one already, or was deleted."""
    repository = services.repository(request)
    stored = await find_rule(repository, number, request)
    await require_may_change(services, stored.watched, request)
    entry, status = audit_entry(request, act), stored.watched.status
    if status is _TO[act] and await is_done_already(repository, number, entry):
        return stored
    if status in {_TO[act], RuleStatus.DELETED}:
        raise UserError(_already_text(stored.watched))
    return await repository.mark(
        number, _TO[act], entry, await _ending_notices(services, stored, entry, request)
    )


async def _ending_notices(
    services: Services, stored: StoredRule, entry: AuditEntry, request: Request
) -> list[NewNotice]:
    """Return what the card of an open incident is to say of its end by hand."""
    status = _TO[entry.act]
    if status is RuleStatus.ACTIVE:
        return []
    after = replace(stored, watched=replace(stored.watched, status=status))
    return card_notices(services, await load_report(services, after, entry), request)


async def _reopen_card(services: Services, stored: StoredRule, request: Request) -> None:
    """Queue an update of the card of an incident that goes on as if there had been no pause.

    That is one which fires again on the session on which it fired before; any other gets a card of its own.
    """
    repository = services.repository(request)
    incident = await repository.incident(stored.watched.number, stored.watched.version)
    if incident and incident.ts and incident.recovered is None:
        report = await load_report(services, stored, audit_entry(request, AuditAction.RESUMED))
        await repository.add_notices(card_notices(services, report, request))


def _already_text(watched: RuleVersion) -> str:
    name, called = watched.name, safe_rule_name(watched)
    return {
        RuleStatus.DELETED: deleted_text(watched),
        RuleStatus.PAUSED: f"{called} is paused already; `/watch resume {name}` has it read again.",
        RuleStatus.ACTIVE: f"{called} is not paused: it is read after every session.",
    }[watched.status]


def _is_made_by(watched: RuleVersion, request: Request) -> bool:
    """Return whether a version is this question's: an answer may have been cut short."""
    return (watched.author, watched.made) == (request.user, request.asked)


def _refuse(old: RuleVersion, watch: Watch, seen: int | None) -> None:
    if seen not in {None, old.version}:
        raise Declined(superseded_message(old))
    if (old.text, old.policy) == (watch.text, watch.policy):
        raise UserError(f"{safe_rule_name(old)} says this already; nothing was changed.")


async def _close_card(services: Services, new: RuleVersion, request: Request) -> None:
    """Queue an update of the open incident's card, under the version before: the rule was edited."""
    repository = services.repository(request)
    old = await repository.rule(new.number, new.version - 1)
    if old:
        report = await load_report(services, old, audit_entry(request, AuditAction.EDITED, f"v{new.version}"))
        await repository.add_notices(card_notices(services, report, request))


_ABOUT: dict[Verb, Callable[[Services, int, Request], Awaitable[None]]] = {
    Verb.SHOW: rule_status.show_rule,
    Verb.PAUSE: pause_rule,
    Verb.RESUME: resume_rule,
    Verb.DELETE: ask_to_delete,
    Verb.HISTORY: rule_status.show_history,
    Verb.WHY: rule_status.show_why,
}


class WatchAnswers:
    """Answers `/watch`; safe to ask twice."""

    def __init__(self, services: Services) -> None:
        self._parts = services

    async def answer(self, request: Request) -> None:
        """Raise UserError with what to do, Unavailable where a source, Slack or the store is silent."""
        if (daily := daily_text(request.text)) is not None:
            await DigestAnswers(self._parts).answer(replace(request, text=daily))
            return
        asked = read_watch(request.text, await self._parts.day_of(request))
        try:
            await self._story(asked, request)
        except Declined as declined:
            await self._parts.tell(request, declined.message)

    async def _story(self, asked: WatchQuestion | Help, request: Request) -> None:
        match asked:
            case Watch(test=True):
                await try_rule(self._parts, asked, request)
            case Watch(number=None):
                await make_rule(self._parts, asked, request)
            case Watch():
                await edit_rule(self._parts, asked, request)
            case RuleListing():
                await rule_status.list_rules(self._parts, asked, request)
            case NoisiestRules(page=page):
                await rule_status.list_noisiest(self._parts, page, request)
            case ReviewRequest():
                await show_review(self._parts, asked, request)
            case RuleCommand():
                await _ABOUT[asked.verb](self._parts, asked.number, request)
            case Acknowledge() | Snooze() | Unsnooze():
                await incidents.act_on_incident(self._parts, asked, request)
            case _:
                raise AssertionError(f"the door answers {asked}")
