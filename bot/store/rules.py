"""Changes to one workspace's rules; every function runs inside a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from analytics.watch.states import State
from bot.model import AuditAction, AuditEntry, NewNotice, RuleState, RuleStatus, StoredRule
from bot.ports.store import RuleDraft
from bot.store.reads import made, rule
from bot.store.schema.rows import standing_values
from bot.store.schema.tables import RULES, STANDINGS, VERSIONS, WORKSPACES
from bot.store.writes import add_notices, close_incident, hold, insert, note, of_version


def add(connection: sa.Connection, team: str, draft: RuleDraft) -> StoredRule:
    """A new rule under the next number."""
    hold(connection, [team])
    if known := made(connection, team, draft.asked):
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
    note(connection, team, number, AuditEntry(draft.author, AuditAction.MADE, draft.made))
    return _known(connection, team, number)


def revise(connection: sa.Connection, team: str, number: int, draft: RuleDraft) -> StoredRule:
    """The next version of a rule."""
    hold(connection, [team])
    if known := made(connection, team, draft.asked):
        return known
    before = _living(connection, team, number).watched
    _end(connection, team, number, before.version)
    version = before.version + 1
    connection.execute(_rule(team, number).values(version=version, channel=draft.channel))
    _add_version(connection, team, number, version, draft)
    note(connection, team, number, AuditEntry(draft.author, AuditAction.EDITED, draft.made))
    return _known(connection, team, number)


def mark(
    connection: sa.Connection,
    team: str,
    number: int,
    status: RuleStatus,
    deed: AuditEntry,
    notices: Sequence[NewNotice],
) -> StoredRule:
    """Pause, resume or delete; where the rule is that already, only the notices are kept."""
    hold(connection, [team])
    was = _living(connection, team, number)
    if was.watched.status is not status:
        _change_status(connection, was, status)
        note(connection, team, number, deed)
    add_notices(connection, notices)
    return _known(connection, team, number)


def alter(
    connection: sa.Connection,
    team: str,
    known: StoredRule,
    state: State,
    deed: AuditEntry,
    notices: Sequence[NewNotice],
) -> StoredRule | None:
    """Another state by a person's hand, where nothing has changed since it was read."""
    hold(connection, [team])
    watched, standing = known.watched, replace(known.standing, state=state)
    mine = of_version(STANDINGS, team, watched.number, watched.version)
    unchanged = STANDINGS.c.revision == standing.revision
    values = {**standing_values(standing), "revision": standing.revision + 1}
    if not connection.execute(sa.update(STANDINGS).where(mine, unchanged).values(values)).rowcount:
        return None
    note(connection, team, watched.number, deed)
    add_notices(connection, notices)
    return rule(connection, team, watched.number, watched.version)


def _rule(team: str, number: int) -> sa.Update:
    return sa.update(RULES).where(RULES.c.team == team, RULES.c.number == number)


def _next_number(connection: sa.Connection, team: str) -> int:
    statement = insert(connection, WORKSPACES).values(team=team, last_number=1)
    following = {"last_number": WORKSPACES.c.last_number + 1}
    upsert = statement.on_conflict_do_update(index_elements=["team"], set_=following)
    number: int = connection.execute(upsert.returning(WORKSPACES.c.last_number)).scalar_one()
    return number


def _add_version(connection: sa.Connection, team: str, number: int, version: int, draft: RuleDraft) -> None:
    names = ("channel", "author", "text", "rule", "policy", "made", "asked")
    key: dict[str, Any] = {"team": team, "number": number, "version": version}
    connection.execute(sa.insert(VERSIONS).values(**key, **{name: getattr(draft, name) for name in names}))
    connection.execute(sa.insert(STANDINGS).values(**key, **standing_values(RuleState()), revision=0))


def _living(connection: sa.Connection, team: str, number: int) -> StoredRule:
    found = rule(connection, team, number, None)
    if found is None or found.watched.status is RuleStatus.DELETED:
        raise LookupError(f"there is no rule R{number}")
    return found


def _known(connection: sa.Connection, team: str, number: int) -> StoredRule:
    found = rule(connection, team, number, None)
    if found is None:
        raise LookupError(f"there is no rule R{number}")
    return found


def _end(connection: sa.Connection, team: str, number: int, version: int) -> None:
    """Its incident is over, and who has read its standing can write it no more."""
    close_incident(connection, team, number, version)
    mine = sa.update(STANDINGS).where(of_version(STANDINGS, team, number, version))
    connection.execute(mine.values(revision=STANDINGS.c.revision + 1))


def _change_status(connection: sa.Connection, was: StoredRule, status: RuleStatus) -> None:
    watched = was.watched
    key = (watched.team, watched.number, watched.version)
    connection.execute(_rule(watched.team, watched.number).values(status=status.value))
    _end(connection, *key)
    if status is RuleStatus.ACTIVE:
        mine = sa.update(STANDINGS).where(of_version(STANDINGS, *key))
        connection.execute(mine.values(standing_values(RuleState())))
