"""The `Book` port: what one workspace has set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from analytics.watch.states import State
from bot.model import (
    OFF,
    AuditEntry,
    Digest,
    DigestContent,
    NewNotice,
    RuleHistory,
    RuleIncident,
    RuleReport,
    RuleStatus,
    StoredRule,
    ThreadContext,
)
from bot.ports.store import RuleDraft
from bot.store import reads, rules, writes
from bot.store.engine import Database
from bot.store.schema.rows import digest_values
from bot.store.schema.tables import DIGESTS, OUTBOX
from bot.store.threads import SqlThreadContexts, SqlVisits, _Place


class SqlWorkspaceRepository:
    """One workspace, `team`; ValueError for a record of another one."""

    def __init__(self, database: Database, team: str, topics: SqlThreadContexts, visits: SqlVisits) -> None:
        self._database, self._team = database, team
        self._topics, self._visits = topics, visits

    async def add(self, draft: RuleDraft) -> StoredRule:
        """Keep a new rule."""
        return await self._database.write(rules.add, self._team, draft)

    async def revise(self, number: int, draft: RuleDraft) -> StoredRule:
        """Keep the next version."""
        return await self._database.write(rules.revise, self._team, number, draft)

    async def rule(self, number: int, version: int | None = None) -> StoredRule | None:
        """A rule by its number."""
        return await self._database.read(reads.rule, self._team, number, version)

    async def made(self, asked: str) -> StoredRule | None:
        """What a question has made."""
        return await self._database.read(reads.made, self._team, asked)

    async def rules(self, channel: str | None = None) -> Sequence[StoredRule]:
        """Those that are not deleted."""
        return await self._database.read(reads.rules, self._team, channel)

    async def mark(
        self, number: int, status: RuleStatus, deed: AuditEntry, notices: Sequence[NewNotice] = ()
    ) -> StoredRule:
        """Pause, resume or delete."""
        self._ours(notices)
        return await self._database.write(rules.mark, self._team, number, status, deed, notices)

    async def alter(
        self, kept: StoredRule, state: State, deed: AuditEntry, notices: Sequence[NewNotice]
    ) -> StoredRule | None:
        """Another state by a person's hand."""
        self._ours([kept.watched, *notices])
        return await self._database.write(rules.alter, self._team, kept, state, deed, notices)

    async def history(self, number: int, most: int = 20) -> RuleHistory:
        """What happened to a rule."""
        return await self._database.read(reads.history, self._team, number, most)

    async def incident(self, number: int, version: int) -> RuleIncident | None:
        """The newest incident of a version."""
        return await self._database.read(reads.incident, self._team, number, version)

    async def digest(self, channel: str) -> Digest | None:
        """A channel's daily post."""
        found = await self._database.read(reads.digests, self._team, channel)
        return found[0] if found else None

    async def digests(self) -> Sequence[Digest]:
        """Those of all channels."""
        return await self._database.read(reads.digests, self._team, None)

    async def keep(self, digest: Digest) -> None:
        """Make or change a channel's daily post."""
        self._ours([digest])
        await self._database.write(_keep, digest)

    async def add_notices(self, notices: Sequence[NewNotice]) -> int:
        """Promise outside a daily run."""
        self._ours(notices)
        return await self._database.write(_notice, self._team, notices)

    async def retime(self, channel: str, dues: Mapping[date, datetime], now: datetime) -> None:
        """What was not told yet falls due at other moments."""
        await self._database.write(_retime, self._team, channel, dues, now)

    async def delivered(self, channel: str, session: date, kind: str, subject: str = "") -> str | None:
        """The ts of a delivered notice."""
        return await self._database.read(reads.delivered, self._team, channel, session, kind, subject)

    async def last_delivered(self, channel: str) -> date | None:
        """The newest session whose digest was posted."""
        return await self._database.read(reads.last_delivered, self._team, channel)

    async def told(self, channel: str, ts: str) -> RuleReport | DigestContent | None:
        """What a message of ours tells that carried a notice."""
        return await self._database.read(reads.told, self._team, channel, ts)

    async def remember(self, channel: str, thread: str, topic: ThreadContext, at: datetime) -> None:
        """What a thread is about from now on."""
        await self._topics.remember(_Place(self._team, channel, thread), topic, at)

    async def recall(self, channel: str, thread: str) -> ThreadContext | None:
        """What a thread is about."""
        return await self._topics.recall(_Place(self._team, channel, thread))

    async def visited(self, user: str, at: datetime) -> bool:
        """Somebody looks at the Home tab."""
        return await self._visits.visited(self._team, user, at)

    async def visitors(self, since: datetime) -> Sequence[str]:
        """Who has looked at the Home tab since."""
        return await self._visits.since(self._team, since)

    def _ours(self, records: Sequence[object]) -> None:
        teams = {getattr(record, "team", None) for record in records}
        if teams - {self._team}:
            raise ValueError(f"a record of another workspace was given to the book of {self._team}")


def _keep(connection: sa.Connection, digest: Digest) -> None:
    values = digest_values(digest)
    statement = writes.insert(connection, DIGESTS).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["team", "channel"], set_=values))


def _notice(connection: sa.Connection, team: str, notices: Sequence[NewNotice]) -> int:
    writes.hold(connection, [team])
    return writes.add_notices(connection, notices)


def _retime(
    connection: sa.Connection, team: str, channel: str, dues: Mapping[date, datetime], now: datetime
) -> None:
    writes.hold(connection, [team])
    untried = sa.and_(OUTBOX.c.state == "due", OUTBOX.c.attempt == 0, OUTBOX.c.not_before > now)
    unheard = sa.and_(OUTBOX.c.state == "dropped", OUTBOX.c.fault == OFF)
    fresh = {"state": "due", "attempt": 0, "first_tried": None, "lease": None, "holder": None, "fault": ""}
    for session, due in dues.items():
        mine = sa.and_(OUTBOX.c.team == team, OUTBOX.c.channel == channel, OUTBOX.c.session == session)
        which = sa.or_(untried, unheard) if due > now else untried
        connection.execute(sa.update(OUTBOX).where(mine, which).values(not_before=max(due, now), **fresh))
