"""The `Store` port: what spans workspaces, and the way to each one's book."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.model import (
    ChannelKey,
    Digest,
    DigestContent,
    Follow,
    NewNotice,
    NoticeKind,
    RuleIncident,
    RuleNoise,
    RuleStatus,
    SessionResult,
    StoredIncident,
    StoredRule,
)
from bot.store import rows
from bot.store.address import require_room
from bot.store.commit import commit
from bot.store.engine import Database
from bot.store.inbox import SqlInbox
from bot.store.outbox import SqlOutbox
from bot.store.repository import SqlWorkspaceRepository
from bot.store.rows import add_notices, insert_or, lock_workspaces, noise_values, of_version
from bot.store.schema import (
    DIGESTS,
    FOLLOWS,
    INCIDENTS,
    NOISE,
    OUTBOX,
    RULES,
    STANDINGS,
    TOPICS,
    UNFINISHED,
    VERSIONS,
    VISITORS,
    WORKSPACES,
)
from bot.store.threads import SqlThreadContexts, SqlVisits

_ACTIVE = RULES.c.status == RuleStatus.ACTIVE.value


class SqlStore:
    """Made by `bot.store.open_store`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.outbox, self.inbox = SqlOutbox(database), SqlInbox(database)
        self._topics, self._visits = SqlThreadContexts(database), SqlVisits(database)

    def of(self, team: str) -> SqlWorkspaceRepository:
        """Return what a workspace has set up."""
        return SqlWorkspaceRepository(self.database, team, self._topics, self._visits)

    async def probe(self) -> None:
        """Write something and take it back; raises Unavailable where it can be neither read nor written."""
        await asyncio.to_thread(require_room, self.database.url)

        def probe(connection: sa.Connection) -> None:
            fresh = insert_or(connection, WORKSPACES).on_conflict_do_nothing()
            connection.execute(fresh, {"team": "", "last_number": 0})
            connection.execute(sa.delete(WORKSPACES).where(WORKSPACES.c.team == ""))
            connection.scalar(sa.select(sa.func.count()).select_from(RULES))

        await self.database.write(probe)

    async def teams(self) -> Sequence[str]:
        """Return the workspaces with an active rule or digest."""
        watching = sa.select(RULES.c.team).where(_ACTIVE)
        posting = sa.select(DIGESTS.c.team).where(DIGESTS.c.on, DIGESTS.c.stopped == "")
        return sorted(await self.database.all(sa.union(watching, posting), lambda row: row.team))

    async def rules_behind(self, teams: Sequence[str], session: date) -> Sequence[StoredRule]:
        """Return all active rules of the channels in which one has not come to `session` yet."""
        behind = sa.or_(STANDINGS.c.session.is_(None), STANDINGS.c.session < session)
        of_rule = sa.and_(
            STANDINGS.c.team == RULES.c.team,
            STANDINGS.c.number == RULES.c.number,
            STANDINGS.c.version == RULES.c.version,
        )
        late = (
            sa.select(RULES.c.team, RULES.c.channel)
            .join(STANDINGS, of_rule)
            .where(RULES.c.team.in_(teams), _ACTIVE, behind)
            .distinct()
            .cte("late")
        )
        here = sa.and_(late.c.team == RULES.c.team, late.c.channel == RULES.c.channel)
        due = rows.select_stored_rules().join(late, here).where(rows.NEWEST, _ACTIVE)
        order = (VERSIONS.c.team, VERSIONS.c.channel, VERSIONS.c.number)
        return await self.database.all(due.order_by(*order), rows.stored_rule)

    async def rules_unweighed(self, teams: Sequence[str], session: date) -> Sequence[StoredRule]:
        """Return the active rules of which nothing is kept that rests on the session or a newer one."""
        of_version = sa.and_(
            NOISE.c.team == VERSIONS.c.team,
            NOISE.c.number == VERSIONS.c.number,
            NOISE.c.version == VERSIONS.c.version,
            NOISE.c.session >= session,
        )
        known = rows.select_stored_rules().outerjoin(NOISE, of_version)
        wanted = known.where(VERSIONS.c.team.in_(teams), rows.NEWEST, _ACTIVE, NOISE.c.team.is_(None))
        return await self.database.all(wanted.order_by(VERSIONS.c.team, VERSIONS.c.number), rows.stored_rule)

    async def save_noise(self, found: Sequence[RuleNoise]) -> None:
        """Keep what an unchanged world makes of versions; of two at once, the one that comes last."""

        def save(connection: sa.Connection) -> None:
            fresh = insert_or(connection, NOISE)
            key = ("team", "number", "version")
            changed = {each.name: fresh.excluded[each.name] for each in NOISE.c if each.name not in key}
            connection.execute(
                fresh.on_conflict_do_update(index_elements=key, set_=changed), list(map(noise_values, found))
            )

        if found:
            await self.database.write(save)

    async def unfollowed(self, teams: Sequence[str], longest: int) -> Sequence[StoredIncident]:
        """Return the incidents with a card whose threads were not told what followed up to the longest."""
        mine = [INCIDENTS.c[name] == VERSIONS.c[name] for name in ("team", "number", "version")]
        told = rows.select_versions().add_columns(*(INCIDENTS.c[name] for name in rows.OF_INCIDENT))
        open_ones = (INCIDENTS.c.ts.is_not(None), INCIDENTS.c.told < longest, _ACTIVE)
        wanted = told.join(INCIDENTS, sa.and_(*mine)).where(INCIDENTS.c.team.in_(teams), *open_ones)
        order = (INCIDENTS.c.team, INCIDENTS.c.number, INCIDENTS.c.version, INCIDENTS.c.fired)
        return await self.database.all(wanted.order_by(*order), rows.stored_incident)

    async def tell_followed(self, told: StoredIncident, sessions: int, notice: NewNotice) -> bool:
        """Queue what followed an incident within so many sessions; False where that was done before."""
        watched = told.watched
        mine = of_version(INCIDENTS, watched.team, watched.number, watched.version)
        claim = sa.update(INCIDENTS).where(
            mine, INCIDENTS.c.fired == told.incident.fired, INCIDENTS.c.told < sessions
        )

        def tell(connection: sa.Connection) -> bool:
            lock_workspaces(connection, [watched.team])
            if not connection.execute(claim.values(told=sessions)).rowcount:
                return False
            add_notices(connection, [notice])
            return True

        return await self.database.write(tell)

    async def incidents(
        self, teams: Sequence[str], most: int = 3
    ) -> Mapping[tuple[str, str], Sequence[RuleIncident]]:
        """Return the last incidents of every version that has any, the newest first."""
        version = (INCIDENTS.c.team, INCIDENTS.c.number, INCIDENTS.c.version)
        place = sa.func.row_number().over(partition_by=version, order_by=INCIDENTS.c.fired.desc())
        known = sa.select(INCIDENTS, place.label("place")).where(INCIDENTS.c.team.in_(teams)).subquery()
        last = sa.select(known).where(known.c.place <= most).order_by(known.c.place)
        keyed = await self.database.all(
            last, lambda row: ((row.team, f"R{row.number}v{row.version}"), rows.rule_incident(row))
        )
        found: dict[tuple[str, str], list[RuleIncident]] = defaultdict(list)
        for key, incident in keyed:
            found[key].append(incident)
        return dict(found)

    async def daily(self, teams: Sequence[str]) -> Mapping[ChannelKey, Digest]:
        """Return the digests of these workspaces."""
        known = sa.select(DIGESTS).where(DIGESTS.c.team.in_(teams))
        digests = await self.database.all(known, rows.digest_of_row)
        return {ChannelKey(digest.team, digest.channel): digest for digest in digests}

    async def follows(self, teams: Sequence[str]) -> Mapping[ChannelKey, Sequence[Follow]]:
        """Return the followed pairs of these workspaces, by channel."""
        known = sa.select(FOLLOWS).where(FOLLOWS.c.team.in_(teams)).order_by(FOLLOWS.c.made, FOLLOWS.c.pair)
        found: dict[ChannelKey, list[Follow]] = defaultdict(list)
        for follow in await self.database.all(known, rows.follow_of_row):
            found[ChannelKey(follow.team, follow.channel)].append(follow)
        return dict(found)

    async def unsent(
        self, teams: Sequence[str], before: date
    ) -> Mapping[ChannelKey, Sequence[DigestContent]]:
        """Return digests of older sessions that surely have not arrived."""
        daily = (OUTBOX.c.kind == NoticeKind.DIGEST.value, OUTBOX.c.subject == "", OUTBOX.c.session < before)
        waiting = (UNFINISHED, OUTBOX.c.state == "due", ~OUTBOX.c.doubtful)
        columns: tuple[sa.Column[Any], ...] = (OUTBOX.c.team, OUTBOX.c.channel, OUTBOX.c.content)
        old = sa.select(*columns).where(OUTBOX.c.team.in_(teams), *waiting, *daily)
        found: dict[ChannelKey, list[DigestContent]] = defaultdict(list)
        for team, channel, content in await self.database.all(old.order_by(OUTBOX.c.session), tuple):
            found[ChannelKey(team, channel)].append(content)
        return dict(found)

    async def commit(self, outcomes: Sequence[SessionResult]) -> Sequence[SessionResult]:
        """Keep what a session came to."""
        return await self.database.write(commit, outcomes) if outcomes else ()

    async def forget_topics(self, before: datetime) -> int:
        """Remove what was remembered of threads before, and of people who have not looked since.

        How many threads that were.
        """

        def forget(connection: sa.Connection) -> int:
            connection.execute(sa.delete(VISITORS).where(VISITORS.c.last < before))
            return connection.execute(sa.delete(TOPICS).where(TOPICS.c.at < before)).rowcount

        return await self.database.write(forget)
