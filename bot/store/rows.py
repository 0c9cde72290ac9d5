"""Rows to records and back, and what every writing transaction has in common: locks, inserts, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from analytics.watch.noise import Noise
from analytics.watch.states import Decided
from bot.model import (
    AuditAction,
    AuditEntry,
    Digest,
    DigestMode,
    Follow,
    NewNotice,
    Notice,
    NoticeKind,
    Portfolio,
    Request,
    RuleIncident,
    RuleNoise,
    RuleState,
    RuleStatus,
    RuleVersion,
    StoredIncident,
    StoredRule,
)
from bot.store.schema import DEEDS, INCIDENTS, OUTBOX, RULES, STANDINGS, VERSIONS, WORKSPACES

Row = Any
"""A row of one of the questions below: its columns are its attributes."""

T = TypeVar("T")


def one_record(make: Callable[[Row], T], found: sa.CursorResult[Any]) -> T | None:
    """Return the record of the only row, None without one."""
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

_VERSION_COLUMNS = (
    *(column for column in VERSIONS.c if column.name != "asked"),
    RULES.c.owner,
    RULES.c.status,
)


def select_versions() -> sa.Select[Any]:
    """Select all versions, for `watched`."""
    return sa.select(*_VERSION_COLUMNS).join_from(VERSIONS, RULES, _SAME_RULE)


def select_stored_rules() -> sa.Select[Any]:
    """Select all versions with their standings, for `kept`."""
    return (
        select_versions()
        .add_columns(STANDINGS.c.position, STANDINGS.c.revision)
        .join(STANDINGS, _SAME_VERSION)
    )


def rule_version(row: Row) -> RuleVersion:
    """Read a version."""
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


def stored_rule(row: Row) -> StoredRule:
    """Read a version with its standing."""
    return StoredRule(rule_version(row), replace(row.position, revision=row.revision))


def state_values(rule_state: RuleState) -> dict[str, Any]:
    """Return the columns of a standing, without its revision."""
    return {
        "session": rule_state.reached,
        "position": rule_state,
    }


def audit_entry(row: Row) -> AuditEntry:
    """Read what a person did."""
    decided = Decided(row.decided) if row.decided else None
    return AuditEntry(row.user, AuditAction(row.act), row.at, row.detail, decided)


def rule_incident(row: Row) -> RuleIncident:
    """Read one incident."""
    return RuleIncident(row.version, row.fired, row.recovered, row.ts, row.picture, row.told)


OF_INCIDENT = ("fired", "recovered", "ts", "picture", "told")
"""Columns of an incident beside its version's."""


def stored_incident(row: Row) -> StoredIncident:
    """Read an incident with its version."""
    return StoredIncident(rule_version(row), rule_incident(row))


def rule_noise(row: Row) -> RuleNoise:
    """Read what an unchanged world makes of a version."""
    noise = None if row.alarms is None else Noise(row.alarms, row.open, row.paths)
    return RuleNoise(row.team, row.number, row.version, row.session, noise, row.reason)


def noise_values(found: RuleNoise) -> dict[str, Any]:
    """Return its columns."""
    names = ("team", "number", "version", "session", "reason")
    figures = ("alarms", "open", "paths")
    return {name: getattr(found, name) for name in names} | {
        name: getattr(found.noise, name) if found.noise else None for name in figures
    }


_DIGEST_COLUMNS = ("team", "channel", "owner", "at", "zone", "on", "stopped", "same_day", "chosen")


def digest_of_row(row: Row) -> Digest:
    """Read a channel's daily post."""
    return Digest(
        **{name: getattr(row, name) for name in _DIGEST_COLUMNS},
        mode=DigestMode(row.mode),
        days=tuple(map(int, row.days.split())),
        reached=row.reached,
    )


def digest_values(digest: Digest) -> dict[str, Any]:
    """Return the columns that people change."""
    return {name: getattr(digest, name) for name in _DIGEST_COLUMNS} | {
        "mode": digest.mode.value,
        "days": " ".join(map(str, digest.days)),
    }


_PORTFOLIO_COLUMNS = ("team", "name", "version", "symbol", "owner", "author", "made", "retired")


def portfolio_of_row(row: Row) -> Portfolio:
    """Read a version of a named mix."""
    return Portfolio(**{name: getattr(row, name) for name in _PORTFOLIO_COLUMNS})


def portfolio_values(portfolio: Portfolio) -> dict[str, Any]:
    """Return its columns."""
    return {name: getattr(portfolio, name) for name in _PORTFOLIO_COLUMNS}


_FOLLOW_COLUMNS = ("team", "channel", "first", "second", "against", "owner", "made")


def follow_of_row(row: Row) -> Follow:
    """Read a followed pair."""
    return Follow(**{name: getattr(row, name) for name in _FOLLOW_COLUMNS})


def follow_values(follow: Follow) -> dict[str, Any]:
    """Return its columns."""
    return {name: getattr(follow, name) for name in _FOLLOW_COLUMNS} | {"pair": follow.pair}


def notice_of_row(row: Row) -> NewNotice:
    """Read what a row of the outbox will tell."""
    return NewNotice(
        row.team, row.channel, row.session, NoticeKind(row.kind), row.subject, row.content, row.not_before
    )


def claimed_notice(row: Row) -> Notice:
    """Read a claimed row of the outbox."""
    new = notice_of_row(row)
    return Notice(row.id, new, row.attempt, row.doubtful, row.first_tried, row.lease, row.holder)


def notice_values(new: NewNotice) -> dict[str, Any]:
    """Return the columns of a row that nobody has tried yet."""
    names = ("team", "channel", "session", "subject", "content", "not_before")
    fresh = {"kind": new.kind.value, "state": "due", "attempt": 0, "doubtful": False, "fault": ""}
    return {name: getattr(new, name) for name in names} | fresh


_REQUEST_COLUMNS = (
    "id",
    "handler",
    "text",
    "team",
    "channel",
    "user",
    "asked",
    "thread",
    "reply_url",
    "extra",
)


def request_of_row(row: Row) -> Request:
    """Read something that a person asked."""
    return Request(**{name: getattr(row, name) for name in _REQUEST_COLUMNS}, attempt=row.attempt)


def request_values(request: Request) -> dict[str, Any]:
    """Return the columns of a question that nobody works on yet."""
    asked = {name: getattr(request, name) for name in _REQUEST_COLUMNS}
    return asked | {"extra": dict(request.extra), "attempt": 0, "done": False}


Values = Mapping[str, Any]

LONGEST_LEASE = timedelta(hours=1)
"""Far more than anybody is given: one that ends later was given by a clock that was ahead, and has ended."""


def insert_or(connection: sa.Connection, table: sa.Table) -> Any:
    """Return an INSERT that knows ON CONFLICT, which both databases write alike."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(table)


def lock_workspaces(connection: sa.Connection, teams: Iterable[str]) -> None:
    """Change these workspaces one transaction after the other, on SQLite all of them.

    So a revision that was read stays what it is until the end, and notices get their ids in the order in
    which they become visible.  Rows are locked in the order of names, so that nobody waits in a circle.
    """
    if connection.dialect.name != "postgresql":
        return
    names = sorted(set(teams))
    rows = sa.select(WORKSPACES.c.team).where(WORKSPACES.c.team.in_(names)).order_by(WORKSPACES.c.team)
    if len(connection.execute(rows.with_for_update()).all()) < len(names):
        fresh = [{"team": team, "last_number": 0} for team in names]
        connection.execute(insert_or(connection, WORKSPACES).on_conflict_do_nothing(), fresh)
        connection.execute(rows.with_for_update())


def lease_is_over(lease: sa.Column[datetime], now: Any, far: Any) -> sa.ColumnElement[bool]:
    """Return whether a lease has ended.  now: a moment.  far: `LONGEST_LEASE` later."""
    return sa.or_(lease <= now, lease > far)


def add_notices(connection: sa.Connection, notices: Sequence[NewNotice]) -> int:
    """Add rows to the outbox, in this order, and count the new ones; what is there is left alone."""
    statement = insert_or(connection, OUTBOX).on_conflict_do_nothing().returning(OUTBOX.c.id)
    made = [connection.scalar(statement, notice_values(new)) for new in notices]
    return len(made) - made.count(None)


def add_audit_entry(connection: sa.Connection, team: str, number: int, entry: AuditEntry) -> None:
    """Add what a person did."""
    values = {"user": entry.user, "act": entry.act.value, "at": entry.at, "detail": entry.detail}
    decided = entry.decided.value if entry.decided else None
    connection.execute(sa.insert(DEEDS).values(team=team, number=number, decided=decided, **values))


def of_version(table: sa.Table, team: str, number: int, version: int) -> sa.ColumnElement[bool]:
    """Return its rows in one of the tables."""
    return sa.and_(table.c.team == team, table.c.number == number, table.c.version == version)


def close_incident(connection: sa.Connection, team: str, number: int, version: int) -> None:
    """Close an incident that a person ended: over on the session that the rule had come to."""
    session = (
        sa.select(STANDINGS.c.session).where(of_version(STANDINGS, team, number, version)).scalar_subquery()
    )
    mine = of_version(INCIDENTS, team, number, version)
    over = sa.func.coalesce(session, INCIDENTS.c.fired)
    connection.execute(
        sa.update(INCIDENTS).where(mine, INCIDENTS.c.recovered.is_(None)).values(recovered=over)
    )
