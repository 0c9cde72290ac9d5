"""The `WorkspaceRepository` port: rules, digests and threads of one workspace, read and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from analytics.watch.states import State
from bot.model import (
    OFF,
    AuditAction,
    AuditEntry,
    Digest,
    DigestContent,
    NewNotice,
    NoticeKind,
    RuleHistory,
    RuleIncident,
    RuleReport,
    RuleState,
    RuleStatus,
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
    INCIDENTS,
    OUTBOX,
    RULES,
    STANDINGS,
    VERSIONS,
    WORKSPACES,
    Words,
)
from bot.store.threads import SqlThreadContexts, SqlVisits, _ThreadPlace


class SqlWorkspaceRepository:
    """One workspace, `team`; ValueError for a record of another one."""

    def __init__(self, database: Database, team: str, topics: SqlThreadContexts, visits: SqlVisits) -> None:
        self._database, self._team = database, team
        self._topics, self._visits = topics, visits

    async def add(self, draft: RuleDraft) -> StoredRule:
        """Keep a new rule."""
        return await self._database.write(add_rule, self._team, draft)

    async def revise(self, number: int, draft: RuleDraft) -> StoredRule:
        """Keep the next version."""
        return await self._database.write(revise_rule, self._team, number, draft)

    async def rule(self, number: int, version: int | None = None) -> StoredRule | None:
        """Find a rule by its number."""
        return await self._database.read(find_rule, self._team, number, version)

    async def rule_made_by(self, asked: str) -> StoredRule | None:
        """Find what a question has made."""
        return await self._database.read(find_rule_made_by, self._team, asked)

    async def rules(self, channel: str | None = None) -> Sequence[StoredRule]:
        """Return those that are not deleted."""
        return await self._database.read(list_rules, self._team, channel)

    async def mark(
        self, number: int, status: RuleStatus, entry: AuditEntry, notices: Sequence[NewNotice] = ()
    ) -> StoredRule:
        """Pause, resume or delete."""
        self._require_own(notices)
        return await self._database.write(set_rule_status, self._team, number, status, entry, notices)

    async def alter(
        self, stored: StoredRule, state: State, entry: AuditEntry, notices: Sequence[NewNotice]
    ) -> StoredRule | None:
        """Change a rule's state by a person's hand."""
        self._require_own([stored.watched, *notices])
        return await self._database.write(change_rule_state, self._team, stored, state, entry, notices)

    async def history(self, number: int, most: int = 20) -> RuleHistory:
        """Return what happened to a rule."""
        return await self._database.read(rule_history, self._team, number, most)

    async def incident(self, number: int, version: int) -> RuleIncident | None:
        """Return the newest incident of a version."""
        return await self._database.read(newest_incident, self._team, number, version)

    async def digest(self, channel: str) -> Digest | None:
        """Return a channel's daily post."""
        found = await self._database.read(list_digests, self._team, channel)
        return found[0] if found else None

    async def digests(self) -> Sequence[Digest]:
        """Return those of all channels."""
        return await self._database.read(list_digests, self._team, None)

    async def save_digest(self, digest: Digest) -> None:
        """Make or change a channel's daily post."""
        self._require_own([digest])
        await self._database.write(_put_digest, digest)

    async def add_notices(self, notices: Sequence[NewNotice]) -> int:
        """Add notices outside a daily run."""
        self._require_own(notices)
        return await self._database.write(_add_notices, self._team, notices)

    async def retime(self, channel: str, dues: Mapping[date, datetime], now: datetime) -> None:
        """Move what was not told yet to other due moments."""
        await self._database.write(_retime_notices, self._team, channel, dues, now)

    async def delivered_ts(self, channel: str, session: date, kind: str, subject: str = "") -> str | None:
        """Return the ts of a delivered notice."""
        return await self._database.read(delivered_ts, self._team, channel, session, kind, subject)

    async def last_delivered(self, channel: str) -> date | None:
        """Return the newest session whose digest was posted."""
        return await self._database.read(newest_delivered_session, self._team, channel)

    async def content_of_message(self, channel: str, ts: str) -> RuleReport | DigestContent | None:
        """Return what a message of ours tells that carried a notice."""
        return await self._database.read(content_of_message, self._team, channel, ts)

    async def remember(self, channel: str, thread: str, context: ThreadContext, at: datetime) -> None:
        """Remember what a thread is about from now on."""
        await self._topics.remember(_ThreadPlace(self._team, channel, thread), context, at)

    async def recall(self, channel: str, thread: str) -> ThreadContext | None:
        """Return what a thread is about."""
        return await self._topics.recall(_ThreadPlace(self._team, channel, thread))

    async def note_visit(self, user: str, at: datetime) -> bool:
        """Note that somebody looks at the Home tab."""
        return await self._visits.note_visit(self._team, user, at)

    async def visitors(self, since: datetime) -> Sequence[str]:
        """Return who has looked at the Home tab since."""
        return await self._visits.since(self._team, since)

    def _require_own(self, records: Sequence[object]) -> None:
        teams = {getattr(record, "team", None) for record in records}
        if teams - {self._team}:
            raise ValueError(f"a record of another workspace was given to the book of {self._team}")


def _put_digest(connection: sa.Connection, digest: Digest) -> None:
    values = digest_values(digest)
    statement = rows.insert_or(connection, DIGESTS).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["team", "channel"], set_=values))


def _add_notices(connection: sa.Connection, team: str, notices: Sequence[NewNotice]) -> int:
    rows.lock_workspaces(connection, [team])
    return rows.add_notices(connection, notices)


def _retime_notices(
    connection: sa.Connection, team: str, channel: str, dues: Mapping[date, datetime], now: datetime
) -> None:
    rows.lock_workspaces(connection, [team])
    untried = sa.and_(OUTBOX.c.state == "due", OUTBOX.c.attempt == 0, OUTBOX.c.not_before > now)
    unheard = sa.and_(OUTBOX.c.state == "dropped", OUTBOX.c.fault == OFF)
    fresh = {"state": "due", "attempt": 0, "first_tried": None, "lease": None, "holder": None, "fault": ""}
    for session, due in dues.items():
        mine = sa.and_(OUTBOX.c.team == team, OUTBOX.c.channel == channel, OUTBOX.c.session == session)
        which = sa.or_(untried, unheard) if due > now else untried
        connection.execute(sa.update(OUTBOX).where(mine, which).values(not_before=max(due, now), **fresh))


def add_rule(connection: sa.Connection, team: str, draft: RuleDraft) -> StoredRule:
    """Add a new rule under the next number."""
    lock_workspaces(connection, [team])
    if known := find_rule_made_by(connection, team, draft.asked):
        return known
    number = _next_number(connection, team)
    values = {
        "channel": draft.channel,
        "owner": draft.author,
        "version": 1,
        "status": RuleStatus.ACTIVE.value,
    }
    connection.execute(sa.insert(RULES).values(team=team, number=number, **values))
    _add_version(connection, team, number, 1, draft)
    add_audit_entry(connection, team, number, AuditEntry(draft.author, AuditAction.MADE, draft.made))
    return _require_rule(connection, team, number)


def revise_rule(connection: sa.Connection, team: str, number: int, draft: RuleDraft) -> StoredRule:
    """Add the next version of a rule."""
    lock_workspaces(connection, [team])
    if known := find_rule_made_by(connection, team, draft.asked):
        return known
    before = _require_living(connection, team, number).watched
    _end_version(connection, team, number, before.version)
    version = before.version + 1
    connection.execute(_update_rule(team, number).values(version=version, channel=draft.channel))
    _add_version(connection, team, number, version, draft)
    add_audit_entry(connection, team, number, AuditEntry(draft.author, AuditAction.EDITED, draft.made))
    return _require_rule(connection, team, number)


def set_rule_status(
    connection: sa.Connection,
    team: str,
    number: int,
    status: RuleStatus,
    entry: AuditEntry,
    notices: Sequence[NewNotice],
) -> StoredRule:
    """Pause, resume or delete; where the rule is that already, only the notices are kept."""
    lock_workspaces(connection, [team])
    was = _require_living(connection, team, number)
    if was.watched.status is not status:
        _change_status(connection, was, status)
        add_audit_entry(connection, team, number, entry)
    add_notices(connection, notices)
    return _require_rule(connection, team, number)


def change_rule_state(
    connection: sa.Connection,
    team: str,
    known: StoredRule,
    state: State,
    entry: AuditEntry,
    notices: Sequence[NewNotice],
) -> StoredRule | None:
    """Change a rule's state by a person's hand, where nothing has changed since it was read."""
    lock_workspaces(connection, [team])
    watched, rule_state = known.watched, replace(known.rule_state, state=state)
    mine = of_version(STANDINGS, team, watched.number, watched.version)
    unchanged = STANDINGS.c.revision == rule_state.revision
    values = {**state_values(rule_state), "revision": rule_state.revision + 1}
    if not connection.execute(sa.update(STANDINGS).where(mine, unchanged).values(values)).rowcount:
        return None
    add_audit_entry(connection, team, watched.number, entry)
    add_notices(connection, notices)
    return find_rule(connection, team, watched.number, watched.version)


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
    found = find_rule(connection, team, number, None)
    if found is None or found.watched.status is RuleStatus.DELETED:
        raise LookupError(f"there is no rule R{number}")
    return found


def _require_rule(connection: sa.Connection, team: str, number: int) -> StoredRule:
    found = find_rule(connection, team, number, None)
    if found is None:
        raise LookupError(f"there is no rule R{number}")
    return found


def _end_version(connection: sa.Connection, team: str, number: int, version: int) -> None:
    """End the version's incident, so that who has read its state can write it no more."""
    close_incident(connection, team, number, version)
    mine = sa.update(STANDINGS).where(of_version(STANDINGS, team, number, version))
    connection.execute(mine.values(revision=STANDINGS.c.revision + 1))


def _change_status(connection: sa.Connection, was: StoredRule, status: RuleStatus) -> None:
    watched = was.watched
    key = (watched.team, watched.number, watched.version)
    connection.execute(_update_rule(watched.team, watched.number).values(status=status.value))
    _end_version(connection, *key)
    if status is RuleStatus.ACTIVE:
        mine = sa.update(STANDINGS).where(of_version(STANDINGS, *key))
        connection.execute(mine.values(state_values(RuleState())))


def find_rule(connection: sa.Connection, team: str, number: int, version: int | None) -> StoredRule | None:
    """Find one version of a rule, None for the newest."""
    which = rows.NEWEST if version is None else VERSIONS.c.version == version
    of_it = rows.select_stored_rules().where(VERSIONS.c.team == team, VERSIONS.c.number == number, which)
    return rows.one_record(rows.stored_rule, connection.execute(of_it))


def find_rule_made_by(connection: sa.Connection, team: str, asked: str) -> StoredRule | None:
    """Find the version that a question has made."""
    by_it = rows.select_stored_rules().where(VERSIONS.c.team == team, VERSIONS.c.asked == asked)
    return rows.one_record(rows.stored_rule, connection.execute(by_it))


def list_rules(connection: sa.Connection, team: str, channel: str | None) -> Sequence[StoredRule]:
    """List the newest versions of what is not deleted, by number."""
    living = rows.select_stored_rules().where(
        VERSIONS.c.team == team, rows.NEWEST, RULES.c.status != RuleStatus.DELETED.value
    )
    if channel is not None:
        living = living.where(RULES.c.channel == channel)
    return [rows.stored_rule(row) for row in connection.execute(living.order_by(VERSIONS.c.number))]


def rule_history(connection: sa.Connection, team: str, number: int, most: int) -> RuleHistory:
    """Return what happened to a rule, the newest first in each part; LookupError where there is none."""

    def newest(question: sa.Select[Any], table: sa.Table, *by: sa.Column[Any]) -> sa.CursorResult[Any]:
        of_it = question.where(table.c.team == team, table.c.number == number)
        return connection.execute(of_it.order_by(*(column.desc() for column in by)).limit(most))

    known = [rows.rule_version(row) for row in newest(rows.select_versions(), VERSIONS, VERSIONS.c.version)]
    if not known:
        raise LookupError(f"there is no rule R{number}")
    incidents = newest(sa.select(INCIDENTS), INCIDENTS, INCIDENTS.c.version, INCIDENTS.c.fired)
    return RuleHistory(
        tuple(known),
        tuple(row.flip for row in newest(sa.select(FLIPS), FLIPS, FLIPS.c.id)),
        tuple(rows.audit_entry(row) for row in newest(sa.select(DEEDS), DEEDS, DEEDS.c.id)),
        tuple(rows.rule_incident(row) for row in incidents),
    )


def newest_incident(connection: sa.Connection, team: str, number: int, version: int) -> RuleIncident | None:
    """Find the newest one of a version."""
    mine = sa.select(INCIDENTS).where(
        INCIDENTS.c.team == team, INCIDENTS.c.number == number, INCIDENTS.c.version == version
    )
    return rows.one_record(
        rows.rule_incident, connection.execute(mine.order_by(INCIDENTS.c.fired.desc()).limit(1))
    )


def list_digests(connection: sa.Connection, team: str, channel: str | None) -> Sequence[Digest]:
    """List the daily posts of a channel or of all, by channel."""
    known = sa.select(DIGESTS).where(DIGESTS.c.team == team).order_by(DIGESTS.c.channel)
    if channel is not None:
        known = known.where(DIGESTS.c.channel == channel)
    return [rows.digest_of_row(row) for row in connection.execute(known)]


def delivered_ts(
    connection: sa.Connection, team: str, channel: str, session: date, kind: str, subject: str
) -> str | None:
    """Return the ts of a delivered notice."""
    asked = {"channel": channel, "session": session, "kind": kind, "subject": subject, "state": "sent"}
    same = [OUTBOX.c[name] == value for name, value in asked.items()]
    return connection.scalar(sa.select(OUTBOX.c.ts).where(OUTBOX.c.team == team, *same))


def newest_delivered_session(connection: sa.Connection, team: str, channel: str) -> date | None:
    """Find the newest session whose digest was posted."""
    posted = (OUTBOX.c.kind == NoticeKind.DIGEST.value, OUTBOX.c.state == "sent", OUTBOX.c.channel == channel)
    newest = sa.select(sa.func.max(OUTBOX.c.session)).where(OUTBOX.c.team == team, *posted)
    found: date | None = connection.scalar(newest)
    return found


def content_of_message(
    connection: sa.Connection, team: str, channel: str, ts: str
) -> RuleReport | DigestContent | None:
    """Return what a message says that carried a notice; one that was rewritten says what was queued last."""
    # These names come from outside: one that no database takes is found nowhere, and is no fault.
    here = (OUTBOX.c.channel == sa.literal(channel, Words), OUTBOX.c.ts == sa.literal(ts, Words))
    kept = sa.select(OUTBOX.c.content).where(OUTBOX.c.team == team, *here)
    found = connection.scalar(kept.order_by(OUTBOX.c.id.desc()).limit(1))
    return found if isinstance(found, RuleReport | DigestContent) else None
