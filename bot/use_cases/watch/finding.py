"""The rule that is meant, and whether the person may change it, or the channel's daily post."""

from __future__ import annotations

import re

from bot.errors import UserError
from bot.model import AuditAction, AuditEntry, Digest, Request, RuleStatus, RuleVersion, StoredRule
from bot.ports import WorkspaceRepository
from bot.render.rules.changes import no_such_rule_message, refused_change_message
from bot.render.rules.channel import refused_message
from bot.use_cases.watch.services import Declined, Services

_KEY = re.compile(r"R([1-9]\d{0,8})v([1-9]\d{0,8})")
MANY = 50
"""Deeds looked through for one that is done already."""


def read_key(key: object) -> tuple[int, int] | None:
    """Number and version of "R7v2", the value of a button; None for anything else."""
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    return (int(found[1]), int(found[2])) if found else None


async def find(repository: WorkspaceRepository, number: int, question: Request) -> StoredRule:
    """The newest version of a rule of this channel, a deleted one too; asked alone, any of the asker's own.

    Raises Declined where there is none, UserError where it is another channel's: what that channel watches
    is its own affair.
    """
    kept = await repository.rule(number)
    if kept is None:
        known = [each.watched.number for each in await repository.rules(question.channel)]
        raise Declined(no_such_rule_message(number, known))
    own = question.alone and kept.watched.owner == question.user
    if kept.watched.channel != question.channel and not own:
        raise UserError(
            f"R{number} belongs to another channel of this workspace; ask there. "
            "`/watch list` shows the rules of this one."
        )
    return kept


async def find_alive(repository: WorkspaceRepository, number: int, question: Request) -> StoredRule:
    """As `find`; raises UserError for a deleted one."""
    kept = await find(repository, number, question)
    if kept.watched.status is RuleStatus.DELETED:
        raise UserError(gone(kept.watched))
    return kept


def gone(watched: RuleVersion) -> str:
    """What to say of a deleted rule."""
    return (
        f"{watched.name} was deleted; its number is not given again. "
        f"`/watch history {watched.name}` still shows what happened to it."
    )


async def require_leave(parts: Services, watched: RuleVersion, question: Request) -> None:
    """Raises Declined where the asker may not change the rule."""
    if not await has_leave(parts, watched, question):
        raise Declined(refused_change_message(watched))


async def has_leave(parts: Services, watched: RuleVersion, question: Request) -> bool:
    """Tell whether the asker may change the rule."""
    return await _may_change(parts, watched.owner, question)


async def require_leave_of(parts: Services, digest: Digest, question: Request) -> None:
    """Raises Declined where the asker may not change or stop the daily post."""
    if not await _may_change(parts, digest.owner, question):
        raise Declined(refused_message(digest))


async def _may_change(parts: Services, owner: str, question: Request) -> bool:
    if parts.everyone or question.user == owner:
        return True
    return (await parts.users.person(question.team, question.user)).admin


def where_heard(watched: RuleVersion, question: Request) -> Request:
    """The question as if it were asked where the rule is heard: its owner may ask alone, too."""
    if watched.channel == question.channel:
        return question
    return question.moved(watched.channel, None, within=False)


def deed_of(question: Request, act: AuditAction, detail: str = "") -> AuditEntry:
    """What the asker does; the same for the same question."""
    return AuditEntry(question.user, act, question.asked, detail)


async def is_done(repository: WorkspaceRepository, number: int, deed: AuditEntry) -> bool:
    """Whether the question that leads to this deed was worked on before: an answer may be cut short."""
    history = await repository.history(number, MANY)
    return any((each.user, each.act, each.at) == (deed.user, deed.act, deed.at) for each in history.deeds)
