"""Rows to records, and the questions that every reader begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.model import (
    AuditAction,
    AuditEntry,
    Digest,
    DigestMode,
    NewNotice,
    Notice,
    NoticeKind,
    Request,
    RuleIncident,
    RuleState,
    RuleStatus,
    RuleVersion,
    StoredRule,
)
from bot.store.schema.tables import RULES, STANDINGS, VERSIONS

Row = Any
"""A row of one of the questions below: its columns are its attributes."""

T = TypeVar("T")


def one(make: Callable[[Row], T], found: sa.CursorResult[Any]) -> T | None:
    """The record of the only row, None without one."""
    row = found.one_or_none()
    return None if row is None else make(row)


_SAME_RULE = sa.and_(RULES.c.team == VERSIONS.c.team, RULES.c.number == VERSIONS.c.number)
_SAME_VERSION = sa.and_(
    STANDINGS.c.team == VERSIONS.c.team,
    STANDINGS.c.number == VERSIONS.c.number,
    STANDINGS.c.version == VERSIONS.c.version,
)
NEWEST = RULES.c.version == VERSIONS.c.version
"""Of a rule's versions only the newest."""

_WATCHED = (*(column for column in VERSIONS.c if column.name != "asked"), RULES.c.owner, RULES.c.status)


def versions() -> sa.Select[Any]:
    """All versions, for `watched`."""
    return sa.select(*_WATCHED).join_from(VERSIONS, RULES, _SAME_RULE)


def kept_versions() -> sa.Select[Any]:
    """All versions with their standings, for `kept`."""
    return versions().add_columns(STANDINGS.c.position, STANDINGS.c.revision).join(STANDINGS, _SAME_VERSION)


def watched(row: Row) -> RuleVersion:
    """A version."""
    return RuleVersion(
        row.team,
        row.number,
        row.version,
        row.channel,
        row.owner,
        row.author,
        row.text,
        row.rule,
        row.policy,
        row.made,
        RuleStatus(row.status),
    )


def kept(row: Row) -> StoredRule:
    """A version with its standing."""
    return StoredRule(watched(row), replace(row.position, revision=row.revision))


def standing_values(standing: RuleState) -> dict[str, Any]:
    """The columns of a standing, without its revision."""
    return {
        "session": standing.reached,
        "position": standing,
    }


def deed(row: Row) -> AuditEntry:
    """What a person did."""
    return AuditEntry(row.user, AuditAction(row.act), row.at, row.detail)


def incident(row: Row) -> RuleIncident:
    """One incident."""
    return RuleIncident(row.version, row.fired, row.recovered, row.ts, row.picture)


_POSTED = ("team", "channel", "owner", "at", "zone", "on", "stopped", "same_day")


def digest(row: Row) -> Digest:
    """A channel's daily post."""
    return Digest(**{name: getattr(row, name) for name in _POSTED}, mode=DigestMode(row.mode))


def digest_values(digest: Digest) -> dict[str, Any]:
    """Its columns."""
    return {name: getattr(digest, name) for name in _POSTED} | {"mode": digest.mode.value}


def new_notice(row: Row) -> NewNotice:
    """What a row of the outbox will tell."""
    return NewNotice(
        row.team, row.channel, row.session, NoticeKind(row.kind), row.subject, row.content, row.not_before
    )


def notice(row: Row) -> Notice:
    """A claimed row of the outbox."""
    new = new_notice(row)
    return Notice(row.id, new, row.attempt, row.doubtful, row.first_tried, row.lease, row.holder)


def notice_values(new: NewNotice) -> dict[str, Any]:
    """The columns of a row that nobody has tried yet."""
    names = ("team", "channel", "session", "subject", "content", "not_before")
    fresh = {"kind": new.kind.value, "state": "due", "attempt": 0, "doubtful": False, "fault": ""}
    return {name: getattr(new, name) for name in names} | fresh


_ASKED = ("id", "handler", "text", "team", "channel", "user", "asked", "thread", "reply_url", "extra")


def question(row: Row) -> Request:
    """Something that a person asked."""
    return Request(**{name: getattr(row, name) for name in _ASKED}, attempt=row.attempt)


def question_values(question: Request) -> dict[str, Any]:
    """The columns of a question that nobody works on yet."""
    asked = {name: getattr(question, name) for name in _ASKED}
    return asked | {"extra": dict(question.extra), "attempt": 0, "done": False}
