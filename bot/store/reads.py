"""What is known of one workspace; every question names it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.model import (
    Digest,
    DigestContent,
    NoticeKind,
    RuleHistory,
    RuleIncident,
    RuleReport,
    RuleStatus,
    StoredRule,
)
from bot.store.schema import rows
from bot.store.schema.columns import Words
from bot.store.schema.tables import DEEDS, DIGESTS, FLIPS, INCIDENTS, OUTBOX, RULES, VERSIONS


def rule(connection: sa.Connection, team: str, number: int, version: int | None) -> StoredRule | None:
    """One version of a rule, None for the newest."""
    which = rows.NEWEST if version is None else VERSIONS.c.version == version
    of_it = rows.kept_versions().where(VERSIONS.c.team == team, VERSIONS.c.number == number, which)
    return rows.one(rows.kept, connection.execute(of_it))


def made(connection: sa.Connection, team: str, asked: str) -> StoredRule | None:
    """The version that a question has made."""
    by_it = rows.kept_versions().where(VERSIONS.c.team == team, VERSIONS.c.asked == asked)
    return rows.one(rows.kept, connection.execute(by_it))


def rules(connection: sa.Connection, team: str, channel: str | None) -> Sequence[StoredRule]:
    """The newest versions of what is not deleted, by number."""
    living = rows.kept_versions().where(
        VERSIONS.c.team == team, rows.NEWEST, RULES.c.status != RuleStatus.DELETED.value
    )
    if channel is not None:
        living = living.where(RULES.c.channel == channel)
    return [rows.kept(row) for row in connection.execute(living.order_by(VERSIONS.c.number))]


def history(connection: sa.Connection, team: str, number: int, most: int) -> RuleHistory:
    """What happened to a rule, the newest first in each part; LookupError where there is none."""

    def newest(question: sa.Select[Any], table: sa.Table, *by: sa.Column[Any]) -> sa.CursorResult[Any]:
        of_it = question.where(table.c.team == team, table.c.number == number)
        return connection.execute(of_it.order_by(*(column.desc() for column in by)).limit(most))

    known = [rows.watched(row) for row in newest(rows.versions(), VERSIONS, VERSIONS.c.version)]
    if not known:
        raise LookupError(f"there is no rule R{number}")
    incidents = newest(sa.select(INCIDENTS), INCIDENTS, INCIDENTS.c.version, INCIDENTS.c.fired)
    return RuleHistory(
        tuple(known),
        tuple(row.flip for row in newest(sa.select(FLIPS), FLIPS, FLIPS.c.id)),
        tuple(rows.deed(row) for row in newest(sa.select(DEEDS), DEEDS, DEEDS.c.id)),
        tuple(rows.incident(row) for row in incidents),
    )


def incident(connection: sa.Connection, team: str, number: int, version: int) -> RuleIncident | None:
    """The newest one of a version."""
    mine = sa.select(INCIDENTS).where(
        INCIDENTS.c.team == team, INCIDENTS.c.number == number, INCIDENTS.c.version == version
    )
    return rows.one(rows.incident, connection.execute(mine.order_by(INCIDENTS.c.fired.desc()).limit(1)))


def digests(connection: sa.Connection, team: str, channel: str | None) -> Sequence[Digest]:
    """The daily posts of a channel or of all, by channel."""
    known = sa.select(DIGESTS).where(DIGESTS.c.team == team).order_by(DIGESTS.c.channel)
    if channel is not None:
        known = known.where(DIGESTS.c.channel == channel)
    return [rows.digest(row) for row in connection.execute(known)]


def delivered(
    connection: sa.Connection, team: str, channel: str, session: date, kind: str, subject: str
) -> str | None:
    """The ts of a delivered notice."""
    asked = {"channel": channel, "session": session, "kind": kind, "subject": subject, "state": "sent"}
    same = [OUTBOX.c[name] == value for name, value in asked.items()]
    return connection.scalar(sa.select(OUTBOX.c.ts).where(OUTBOX.c.team == team, *same))


def last_delivered(connection: sa.Connection, team: str, channel: str) -> date | None:
    """The newest session whose digest was posted."""
    posted = (OUTBOX.c.kind == NoticeKind.DIGEST.value, OUTBOX.c.state == "sent", OUTBOX.c.channel == channel)
    newest = sa.select(sa.func.max(OUTBOX.c.session)).where(OUTBOX.c.team == team, *posted)
    found: date | None = connection.scalar(newest)
    return found


def told(connection: sa.Connection, team: str, channel: str, ts: str) -> RuleReport | DigestContent | None:
    """What a message says that carried a notice; one that was rewritten says what was queued last."""
    # These names come from outside: one that no database takes is found nowhere, and is no fault.
    here = (OUTBOX.c.channel == sa.literal(channel, Words), OUTBOX.c.ts == sa.literal(ts, Words))
    kept = sa.select(OUTBOX.c.content).where(OUTBOX.c.team == team, *here)
    found = connection.scalar(kept.order_by(OUTBOX.c.id.desc()).limit(1))
    return found if isinstance(found, RuleReport | DigestContent) else None
