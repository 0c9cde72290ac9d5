"""A rule is changed: another version, a pause, its end."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.errors import Unavailable, UserError
from bot.language import Watch
from bot.model import AuditAction, AuditEntry, NewNotice, Request, RuleStatus, RuleVersion, StoredRule
from bot.render.rules.changes import (
    confirm_delete,
    deleted_message,
    paused_message,
    resumed_message,
    superseded_message,
)
from bot.use_cases.watch.finding import deed_of, find, find_alive, gone, is_done, require_leave, where_heard
from bot.use_cases.watch.hearing import require_heard
from bot.use_cases.watch.making import draft, read_back
from bot.use_cases.watch.opening import begin, look, look_afresh
from bot.use_cases.watch.services import Declined, Services, of_card, story_of
from bot.use_cases.watch.twice import require_new

log = logging.getLogger(__name__)


async def edit(parts: Services, watch: Watch, question: Request, seen: int | None = None) -> None:
    """Keep the next version with a fresh state, and read it back.

    seen: the version that the asker has changed in a form; Declined where it is not the newest any more.
    """
    assert watch.number, "the grammar says which rule"
    repository = parts.repository(question)
    old = await find_alive(repository, watch.number, question)
    await require_leave(parts, old.watched, question)
    question = where_heard(old.watched, question)
    if not _is_made_by(old.watched, question):
        _refuse(old.watched, watch, seen)
    await require_heard(parts, question, f"{old.watched.name} was not changed", watch.text)
    await require_new(parts, watch, question)
    looked = await look_afresh(parts, watch.rule, watch.policy)
    kept = await repository.revise(watch.number, draft(watch, looked, question))
    await _close_card(parts, kept.watched, question)
    kept = await begin(parts, kept, looked)
    digest = await repository.digest(question.channel)
    await read_back(parts, question, kept, looked, digest, edited=True)


async def pause(parts: Services, number: int, question: Request) -> None:
    """The rule is not read until somebody resumes it."""
    kept = await _mark(parts, number, question, AuditAction.PAUSED)
    question = where_heard(kept.watched, question)
    await parts.post(question, paused_message(kept.watched, question.user))
    await parts.hurry(question)


async def resume(parts: Services, number: int, question: Request) -> None:
    """The rule is read again and begins afresh, where its channel would hear of it."""
    watched = (await find(parts.repository(question), number, question)).watched
    question = where_heard(watched, question)
    await require_heard(parts, question, f"{watched.name} stays as it was", watched.text)
    kept = await _mark(parts, number, question, AuditAction.RESUMED)
    try:
        looked = await look(parts, kept.watched.rule, kept.watched.policy)
        kept = await begin(parts, kept, looked)
    except (Unavailable, UserError):
        log.warning("%s is not decided at once; the daily run does it", kept.watched.key, exc_info=True)
    await _reopen_card(parts, kept, question)
    await parts.post(question, resumed_message(kept.watched, question.user))
    await parts.hurry(question)


async def ask_to_delete(parts: Services, number: int, question: Request) -> None:
    """Nothing is deleted before the asker has said so twice."""
    kept = await find_alive(parts.repository(question), number, question)
    await require_leave(parts, kept.watched, question)
    await parts.tell(question, confirm_delete(kept.watched))


async def delete(parts: Services, number: int, question: Request, seen: int) -> None:
    """The rule is never read again; what happened to it stays.

    seen: the version that the asker was asked about; Declined where it is not the newest any more.
    """
    kept = await find(parts.repository(question), number, question)
    if kept.watched.version != seen:
        raise Declined(superseded_message(kept.watched))
    kept = await _mark(parts, number, question, AuditAction.DELETED)
    question = where_heard(kept.watched, question)
    await parts.post(question, deleted_message(kept.watched, question.user))
    await parts.hurry(question)


_TO = {
    AuditAction.PAUSED: RuleStatus.PAUSED,
    AuditAction.RESUMED: RuleStatus.ACTIVE,
    AuditAction.DELETED: RuleStatus.DELETED,
}


async def _mark(parts: Services, number: int, question: Request, act: AuditAction) -> StoredRule:
    """The rule in its new status.  UserError where it has that one already, or was deleted."""
    repository = parts.repository(question)
    kept = await find(repository, number, question)
    await require_leave(parts, kept.watched, question)
    deed, status = deed_of(question, act), kept.watched.status
    if status is _TO[act] and await is_done(repository, number, deed):
        return kept
    if status in {_TO[act], RuleStatus.DELETED}:
        raise UserError(_already(kept.watched))
    return await repository.mark(number, _TO[act], deed, await _ending(parts, kept, deed, question))


async def _ending(parts: Services, kept: StoredRule, deed: AuditEntry, question: Request) -> list[NewNotice]:
    """What the card of an open incident is to say of its end by hand."""
    status = _TO[deed.act]
    if status is RuleStatus.ACTIVE:
        return []
    after = replace(kept, watched=replace(kept.watched, status=status))
    return of_card(parts, await story_of(parts, after, deed), question)


async def _reopen_card(parts: Services, kept: StoredRule, question: Request) -> None:
    """The card of an incident that goes on as if there had been no pause says so.

    That is one which fires again on the session on which it fired before; any other gets a card of its own.
    """
    repository = parts.repository(question)
    incident = await repository.incident(kept.watched.number, kept.watched.version)
    if incident and incident.ts and incident.recovered is None:
        story = await story_of(parts, kept, deed_of(question, AuditAction.RESUMED))
        await repository.add_notices(of_card(parts, story, question))


def _already(watched: RuleVersion) -> str:
    name = watched.name
    return {
        RuleStatus.DELETED: gone(watched),
        RuleStatus.PAUSED: f"{name} is paused already; `/watch resume {name}` has it read again.",
        RuleStatus.ACTIVE: f"{name} is not paused: it is read after every session.",
    }[watched.status]


def _is_made_by(watched: RuleVersion, question: Request) -> bool:
    """Whether a version is this question's: an answer may have been cut short."""
    return (watched.author, watched.made) == (question.user, question.asked)


def _refuse(old: RuleVersion, watch: Watch, seen: int | None) -> None:
    if seen not in {None, old.version}:
        raise Declined(superseded_message(old))
    if (old.text, old.policy) == (watch.text, watch.policy):
        raise UserError(f"{old.name} says this already; nothing was changed.")


async def _close_card(parts: Services, new: RuleVersion, question: Request) -> None:
    """The card of an incident that was open under the version before says that the rule was edited."""
    repository = parts.repository(question)
    old = await repository.rule(new.number, new.version - 1)
    if old:
        story = await story_of(parts, old, deed_of(question, AuditAction.EDITED, f"v{new.version}"))
        await repository.add_notices(of_card(parts, story, question))
