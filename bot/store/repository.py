"""The `WorkspaceRepository` port: rules, digests and threads of one workspace, read and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from analytics.mixes import mix_of
from analytics.watch.states import State
from bot.model import (
    OFF,
    AuditAction,
    AuditEntry,
    Digest,
    DigestContent,
    Follow,
    NewNotice,
    NoticeKind,
    Portfolio,
    RuleHistory,
    RuleIncident,
    RuleNoise,
    RuleReport,
    RuleState,
    RuleStatus,
    StoredDecision,
    StoredIncident,
    StoredRule,
    ThreadContext,
)
from bot.ports.store import RuleDraft
from bot.store import rows
from bot.store.engine import Database
from bot.store.rows import (
    add_audit_entry,
    add_notices,
    close_incident,
    digest_values,
    insert_or,
    lock_workspaces,
    of_version,
    state_values,
)
from bot.store.schema import (
    DEEDS,
    DIGESTS,
    FLIPS,
    FOLLOWS,
    INCIDENTS,
    NOISE,
    OUTBOX,
    PORTFOLIOS,
    RULES,
    STANDINGS,
    VERSIONS,
    WORKSPACES,
    Words,
)
from bot.store.threads import MESSAGES, SqlThreadContexts, SqlVisits, _ThreadPlace

_TOLD = frozenset({"user", "act", "at", "detail", "decided"})
"""Columns of what a person did."""


class SqlWorkspaceRepository:
    """One workspace, `team`; ValueError for a record of another one."""

    def __init__(self, database: Database, team: str, topics: SqlThreadContexts, visits: SqlVisits) -> None:
        self._database, self._team = database, team
        self._topics, self._visits = topics, visits

    async def add(self, draft: RuleDraft) -> StoredRule:
        """Keep a new rule under the next number."""
        team = self._team

        def add(connection: sa.Connection) -> StoredRule:
            lock_workspaces(connection, [team])
            if known := _find_rule_made_by(connection, team, draft.asked):
                return known
            number, status = _next_number(connection, team), RuleStatus.ACTIVE.value
            values = {"channel": draft.channel, "owner": draft.author, "version": 1, "status": status}
            connection.execute(sa.insert(RULES).values(team=team, number=number, **values))
            _add_version(connection, team, number, 1, draft)
            add_audit_entry(connection, team, number, AuditEntry(draft.author, AuditAction.MADE, draft.made))
            return _require_rule(connection, team, number)

        return await self._database.write(add)

    async def revise(self, number: int, draft: RuleDraft) -> StoredRule:
        """Keep the next version."""
        team = self._team

        def revise(connection: sa.Connection) -> StoredRule:
            lock_workspaces(connection, [team])
            if known := _find_rule_made_by(connection, team, draft.asked):
                return known
            version = _require_living(connection, team, number).watched.version
            _end_version(connection, team, number, version)
            changed = {"version": version + 1, "channel": draft.channel}
            connection.execute(_update_rule(team, number).values(changed))
            _add_version(connection, team, number, version + 1, draft)
            entry = AuditEntry(draft.author, AuditAction.EDITED, draft.made)
            add_audit_entry(connection, team, number, entry)
            return _require_rule(connection, team, number)

        return await self._database.write(revise)

    async def rule(self, number: int, version: int | None = None) -> StoredRule | None:
        """Find a rule by its number."""
        return await self._database.read(_find_rule, self._team, number, version)

    async def rule_made_by(self, asked: str) -> StoredRule | None:
        """Find what a question has made."""
        return await self._database.read(_find_rule_made_by, self._team, asked)

    async def rules(self, channel: str | None = None) -> Sequence[StoredRule]:
        """Return the newest versions of those that are not deleted, by number."""
        living = (VERSIONS.c.team == self._team, rows.NEWEST, RULES.c.status != RuleStatus.DELETED.value)
        here = () if channel is None else (RULES.c.channel == channel,)
        known = rows.select_stored_rules().where(*living, *here)
        return await self._database.all(known.order_by(VERSIONS.c.number), rows.stored_rule)

    async def mark(
        self, number: int, status: RuleStatus, entry: AuditEntry, notices: Sequence[NewNotice] = ()
    ) -> StoredRule:
        """Pause, resume or delete; where the rule is that already, only the notices are kept."""
        self._require_own(notices)
        team = self._team

        def mark(connection: sa.Connection) -> StoredRule:
            lock_workspaces(connection, [team])
            was = _require_living(connection, team, number).watched
            if was.status is not status:
                connection.execute(_update_rule(team, number).values(status=status.value))
                _end_version(connection, team, number, was.version)
                if status is RuleStatus.ACTIVE:
                    begun = sa.update(STANDINGS).where(of_version(STANDINGS, team, number, was.version))
                    connection.execute(begun.values(state_values(RuleState())))
                add_audit_entry(connection, team, number, entry)
            add_notices(connection, notices)
            return _require_rule(connection, team, number)

        return await self._database.write(mark)

    async def alter(
        self, stored: StoredRule, state: State, entry: AuditEntry, notices: Sequence[NewNotice]
    ) -> StoredRule | None:
        """Change a rule's state by a person's hand, where nothing has changed since it was read."""
        self._require_own([stored.watched, *notices])
        number, version, revision = stored.watched.number, stored.watched.version, stored.rule_state.revision
        mine = of_version(STANDINGS, self._team, number, version)
        values = {**state_values(replace(stored.rule_state, state=state)), "revision": revision + 1}

        def alter(connection: sa.Connection) -> StoredRule | None:
            lock_workspaces(connection, [self._team])
            unchanged = sa.update(STANDINGS).where(mine, STANDINGS.c.revision == revision)
            if not connection.execute(unchanged.values(values)).rowcount:
                return None
            add_audit_entry(connection, self._team, number, entry)
            add_notices(connection, notices)
            return _find_rule(connection, self._team, number, version)

        return await self._database.write(alter)

    async def history(self, number: int, most: int = 20) -> RuleHistory:
        """Return what happened to a rule, the newest first in each part; LookupError where there is none."""

        def read(connection: sa.Connection) -> RuleHistory:
            def newest(select: sa.Select[Any], table: sa.Table, *by: sa.Column[Any]) -> sa.CursorResult[Any]:
                of_it = select.where(table.c.team == self._team, table.c.number == number)
                return connection.execute(of_it.order_by(*(column.desc() for column in by)).limit(most))

            versions = newest(rows.select_versions(), VERSIONS, VERSIONS.c.version)
            known = tuple(rows.rule_version(row) for row in versions)
            if not known:
                raise LookupError(f"there is no rule R{number}")
            incidents = newest(sa.select(INCIDENTS), INCIDENTS, INCIDENTS.c.version, INCIDENTS.c.fired)
            return RuleHistory(
                known,
                tuple(row.flip for row in newest(sa.select(FLIPS), FLIPS, FLIPS.c.id)),
                tuple(rows.audit_entry(row) for row in newest(sa.select(DEEDS), DEEDS, DEEDS.c.id)),
                tuple(rows.rule_incident(row) for row in incidents),
            )

        return await self._database.read(read)

    async def decisions(self, most: int = 200) -> Sequence[StoredDecision]:
        """Return the acknowledgements of all rules, the newest first, each with the version it was about."""
        made, since = VERSIONS.alias("since"), DEEDS.c.at
        same = (made.c.team == DEEDS.c.team, made.c.number == DEEDS.c.number)
        then = sa.select(sa.func.max(made.c.version)).where(*same, made.c.made <= since).scalar_subquery()
        mine = sa.and_(DEEDS.c.team == VERSIONS.c.team, DEEDS.c.number == VERSIONS.c.number)
        told = rows.select_versions().add_columns(*(column for column in DEEDS.c if column.name in _TOLD))
        found = (
            told.join(DEEDS, mine)
            .where(DEEDS.c.team == self._team, DEEDS.c.act == AuditAction.ACKNOWLEDGED.value)
            .where(VERSIONS.c.version == sa.func.coalesce(then, 1))
            .order_by(DEEDS.c.id.desc())
            .limit(most)
        )
        return await self._database.all(
            found, lambda row: StoredDecision(rows.rule_version(row), rows.audit_entry(row))
        )

    async def firings(self, number: int | None = None) -> Sequence[StoredIncident]:
        """Return the incidents of a rule or of all, deleted ones too, by number, the oldest first."""
        told = rows.select_versions().add_columns(*(INCIDENTS.c[name] for name in rows.OF_INCIDENT))
        mine = [INCIDENTS.c[name] == VERSIONS.c[name] for name in ("team", "number", "version")]
        of_it = () if number is None else (INCIDENTS.c.number == number,)
        found = told.join(INCIDENTS, sa.and_(*mine)).where(INCIDENTS.c.team == self._team, *of_it)
        return await self._database.all(
            found.order_by(INCIDENTS.c.number, INCIDENTS.c.fired),
            rows.stored_incident,
        )

    async def incident(self, number: int, version: int) -> RuleIncident | None:
        """Return the newest incident of a version."""
        mine = sa.select(INCIDENTS).where(of_version(INCIDENTS, self._team, number, version))
        newest = mine.order_by(INCIDENTS.c.fired.desc()).limit(1)
        return await self._database.one(newest, rows.rule_incident)

    async def noise(self) -> Mapping[str, RuleNoise]:
        """Return what an unchanged world makes of versions, by their keys."""
        known = sa.select(NOISE).where(NOISE.c.team == self._team)
        return {each.key: each for each in await self._database.all(known, rows.rule_noise)}

    async def digest(self, channel: str) -> Digest | None:
        """Return a channel's daily post."""
        here = (DIGESTS.c.team == self._team, DIGESTS.c.channel == channel)
        return await self._database.one(sa.select(DIGESTS).where(*here), rows.digest_of_row)

    async def digests(self) -> Sequence[Digest]:
        """Return those of all channels."""
        known = sa.select(DIGESTS).where(DIGESTS.c.team == self._team).order_by(DIGESTS.c.channel)
        return await self._database.all(known, rows.digest_of_row)

    async def save_digest(self, digest: Digest) -> None:
        """Make or change a channel's daily post."""
        self._require_own([digest])
        values = digest_values(digest)

        def save(connection: sa.Connection) -> None:
            statement = insert_or(connection, DIGESTS).values(values)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["team", "channel"], set_=values)
            )

        await self._database.write(save)

    async def mark_told(self, channel: str, session: date) -> None:
        """Note that the daily post has come to a session."""
        older = sa.or_(DIGESTS.c.reached.is_(None), DIGESTS.c.reached < session)
        here = (DIGESTS.c.team == self._team, DIGESTS.c.channel == channel, older)
        marked = sa.update(DIGESTS).where(*here).values(reached=session)
        await self._database.write(lambda connection: connection.execute(marked))

    async def follow(self, follow: Follow, most: int) -> bool:
        """Keep a followed pair, in place of the same one whichever way round."""
        self._require_own([follow])
        values, key = rows.follow_values(follow), ["team", "channel", "pair"]
        changed = {name: value for name, value in values.items() if name not in key}

        def keep(connection: sa.Connection) -> bool:
            lock_workspaces(connection, [self._team])
            others = sa.select(sa.func.count()).select_from(FOLLOWS)
            here = (FOLLOWS.c.team == self._team, FOLLOWS.c.channel == follow.channel)
            if (connection.scalar(others.where(*here, FOLLOWS.c.pair != follow.pair)) or 0) >= most:
                return False
            statement = insert_or(connection, FOLLOWS).values(values)
            connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))
            return True

        return await self._database.write(keep)

    async def unfollow(self, channel: str, pair: str) -> bool:
        """Forget a followed pair."""
        here = (FOLLOWS.c.team == self._team, FOLLOWS.c.channel == channel, FOLLOWS.c.pair == pair)
        gone = sa.delete(FOLLOWS).where(*here)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount > 0)

    async def follows(self, channel: str | None = None) -> Sequence[Follow]:
        """Return the followed pairs of a channel or of all."""
        known = sa.select(FOLLOWS).where(FOLLOWS.c.team == self._team)
        if channel is not None:
            known = known.where(FOLLOWS.c.channel == sa.literal(channel, Words))
        order = (FOLLOWS.c.channel, FOLLOWS.c.made, FOLLOWS.c.pair)
        return await self._database.all(known.order_by(*order), rows.follow_of_row)

    async def save_portfolio(self, wanted: Portfolio, most: int) -> Portfolio | None:
        """Keep a mix under a name, as its next version."""
        self._require_own([wanted])

        def keep(connection: sa.Connection) -> Portfolio | None:
            lock_workspaces(connection, [self._team])
            known = [rows.portfolio_of_row(row) for row in connection.execute(self._portfolios())]
            same = [each for each in known if each.name == wanted.name]
            if done := [each for each in same if (each.author, each.made) == (wanted.author, wanted.made)]:
                return done[-1]
            held = {each.name for each in known if each.retired is None}
            if wanted.name not in held and len(held) >= most:
                return None
            live = [each for each in same if each.retired is None]
            version, owner = same[-1].version + 1 if same else 1, live[-1].owner if live else wanted.owner
            symbol = replace(mix_of(wanted.symbol), version=version).symbol
            made = replace(wanted, version=version, owner=owner, symbol=symbol)
            connection.execute(sa.insert(PORTFOLIOS).values(rows.portfolio_values(made)))
            return made

        return await self._database.write(keep)

    async def retire_portfolio(self, name: str, at: datetime) -> bool:
        """Give up the name of a mix; its versions are kept."""
        here = (PORTFOLIOS.c.team == self._team, PORTFOLIOS.c.name == name, PORTFOLIOS.c.retired.is_(None))
        gone = sa.update(PORTFOLIOS).where(*here).values(retired=at)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount > 0)

    async def portfolios(self) -> Sequence[Portfolio]:
        """Return every version of every named mix."""
        return await self._database.all(self._portfolios(), rows.portfolio_of_row)

    def _portfolios(self) -> sa.Select[Any]:
        known = sa.select(PORTFOLIOS).where(PORTFOLIOS.c.team == self._team)
        return known.order_by(PORTFOLIOS.c.name, PORTFOLIOS.c.version)

    async def add_notices(self, notices: Sequence[NewNotice]) -> int:
        """Add notices outside a daily run."""
        self._require_own(notices)

        def add(connection: sa.Connection) -> int:
            lock_workspaces(connection, [self._team])
            return add_notices(connection, notices)

        return await self._database.write(add)

    async def retime(self, channel: str, dues: Mapping[date, datetime], now: datetime) -> None:
        """Move what was not told yet to other due moments."""
        untried = sa.and_(OUTBOX.c.state == "due", OUTBOX.c.attempt == 0, OUTBOX.c.not_before > now)
        unheard = sa.and_(OUTBOX.c.state == "dropped", OUTBOX.c.fault == OFF)
        fresh = {
            "state": "due",
            "attempt": 0,
            "first_tried": None,
            "lease": None,
            "holder": None,
            "fault": "",
        }

        def retime(connection: sa.Connection) -> None:
            lock_workspaces(connection, [self._team])
            for session, due in dues.items():
                here = (OUTBOX.c.team == self._team, OUTBOX.c.channel == channel, OUTBOX.c.session == session)
                moved = sa.update(OUTBOX).where(*here, sa.or_(untried, unheard) if due > now else untried)
                connection.execute(moved.values(not_before=max(due, now), **fresh))

        await self._database.write(retime)

    async def delivered_ts(self, channel: str, session: date, kind: str, subject: str = "") -> str | None:
        """Return the ts of a delivered notice."""
        asked = {"channel": channel, "session": session, "kind": kind, "subject": subject, "state": "sent"}
        same = [OUTBOX.c[name] == value for name, value in asked.items()]
        ts: str | None = await self._database.scalar(
            sa.select(OUTBOX.c.ts).where(OUTBOX.c.team == self._team, *same)
        )
        return ts

    async def last_delivered(self, channel: str) -> date | None:
        """Return the newest session whose digest was posted."""
        posted = (OUTBOX.c.kind == NoticeKind.DIGEST.value, OUTBOX.c.state == "sent")
        newest = sa.select(sa.func.max(OUTBOX.c.session)).where(
            OUTBOX.c.team == self._team, OUTBOX.c.channel == channel, *posted
        )
        session: date | None = await self._database.scalar(newest)
        return session

    async def content_of_message(self, channel: str, ts: str) -> RuleReport | DigestContent | None:
        """Return what a message of ours tells that carried a notice; what was queued last, if rewritten."""
        # These names come from outside: one that no database takes is found nowhere, and is no fault.
        here = (OUTBOX.c.channel == sa.literal(channel, Words), OUTBOX.c.ts == sa.literal(ts, Words))
        told = sa.select(OUTBOX.c.content).where(OUTBOX.c.team == self._team, *here)
        content = await self._database.scalar(told.order_by(OUTBOX.c.id.desc()).limit(1))
        return content if isinstance(content, RuleReport | DigestContent) else None

    async def remember(self, channel: str, thread: str, context: ThreadContext, at: datetime) -> None:
        """Remember what a thread is about from now on."""
        await self._topics.remember(_ThreadPlace(self._team, channel, thread), context, at)

    async def recall(self, channel: str, thread: str) -> ThreadContext | None:
        """Return what a thread is about."""
        return await self._topics.recall(_ThreadPlace(self._team, channel, thread))

    async def note_visit(self, user: str, at: datetime, *, messages: bool = False) -> bool:
        """Note that somebody looks at one of the app's tabs."""
        return await self._visits.note_visit(self._team, f"{user}{MESSAGES}" if messages else user, at)

    async def visitors(self, since: datetime) -> Sequence[str]:
        """Return who has looked at the Home tab since."""
        return await self._visits.since(self._team, since)

    def _require_own(self, records: Sequence[object]) -> None:
        teams = {getattr(record, "team", None) for record in records}
        if teams - {self._team}:
            raise ValueError(f"a record of another workspace was given to the book of {self._team}")


def _update_rule(team: str, number: int) -> sa.Update:
    return sa.update(RULES).where(RULES.c.team == team, RULES.c.number == number)


def _next_number(connection: sa.Connection, team: str) -> int:
    statement = insert_or(connection, WORKSPACES).values(team=team, last_number=1)
    following = {"last_number": WORKSPACES.c.last_number + 1}
    upsert = statement.on_conflict_do_update(index_elements=["team"], set_=following)
    number: int = connection.execute(upsert.returning(WORKSPACES.c.last_number)).scalar_one()
    return number


def _add_version(connection: sa.Connection, team: str, number: int, version: int, draft: RuleDraft) -> None:
    names = ("channel", "author", "text", "rule", "policy", "made", "asked")
    key: dict[str, Any] = {"team": team, "number": number, "version": version}
    connection.execute(sa.insert(VERSIONS).values(**key, **{name: getattr(draft, name) for name in names}))
    connection.execute(sa.insert(STANDINGS).values(**key, **state_values(RuleState()), revision=0))


def _require_living(connection: sa.Connection, team: str, number: int) -> StoredRule:
    found = _find_rule(connection, team, number, None)
    if found is None or found.watched.status is RuleStatus.DELETED:
        raise LookupError(f"there is no rule R{number}")
    return found


def _require_rule(connection: sa.Connection, team: str, number: int) -> StoredRule:
    found = _find_rule(connection, team, number, None)
    if found is None:
        raise LookupError(f"there is no rule R{number}")
    return found


def _end_version(connection: sa.Connection, team: str, number: int, version: int) -> None:
    """End the version's incident, so that who has read its state can write it no more."""
    close_incident(connection, team, number, version)
    mine = sa.update(STANDINGS).where(of_version(STANDINGS, team, number, version))
    connection.execute(mine.values(revision=STANDINGS.c.revision + 1))


def _find_rule(connection: sa.Connection, team: str, number: int, version: int | None) -> StoredRule | None:
    """Find one version of a rule, None for the newest."""
    which = rows.NEWEST if version is None else VERSIONS.c.version == version
    of_it = rows.select_stored_rules().where(VERSIONS.c.team == team, VERSIONS.c.number == number, which)
    return rows.one_record(rows.stored_rule, connection.execute(of_it))


def _find_rule_made_by(connection: sa.Connection, team: str, asked: str) -> StoredRule | None:
    """Find the version that a question has made."""
    by_it = rows.select_stored_rules().where(VERSIONS.c.team == team, VERSIONS.c.asked == asked)
    return rows.one_record(rows.stored_rule, connection.execute(by_it))
