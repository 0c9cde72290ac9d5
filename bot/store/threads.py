"""What each thread is about, and who has looked at the Home tab: questions, never answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from bot.model import ThreadContext
from bot.store.engine import BatchWriter, Database
from bot.store.rows import insert_or
from bot.store.schema import TOPICS, VISITORS, UtcMoment


class _ThreadPlace(NamedTuple):
    """A thread; `thread` is empty for what is said to the bot alone, outside threads."""

    team: str
    channel: str
    thread: str


_PutContext = tuple[_ThreadPlace, datetime, ThreadContext]
"""What a thread is about from a moment on."""


class SqlThreadContexts:
    """Of all workspaces; a row is only ever reached by its place."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes = BatchWriter(database, _put_contexts)

    async def remember(self, place: _ThreadPlace, context: ThreadContext, at: datetime) -> None:
        """Remember what a thread is about from now on; nothing where it is about something newer."""
        await self._writes.write((place, at, context))

    async def recall(self, place: _ThreadPlace) -> ThreadContext | None:
        """Return what a thread is about."""
        here = [TOPICS.c[name] == value for name, value in place._asdict().items()]
        context: ThreadContext | None = await self._database.scalar(sa.select(TOPICS.c.topic).where(*here))
        return context


def _put_contexts(connection: sa.Connection, told: Sequence[_PutContext]) -> list[None]:
    """Put contexts in the order of places, so that two processes do not wait in a circle."""
    fresh = insert_or(connection, TOPICS)
    newer = fresh.on_conflict_do_update(
        index_elements=[*_ThreadPlace._fields],
        set_={name: fresh.excluded[name] for name in ("topic", "at")},
        # A question that was answered late must not speak over one that was asked after it.
        where=TOPICS.c.at <= fresh.excluded.at,
    )
    ordered = sorted(told, key=lambda each: each[0])
    values = [place._asdict() | {"topic": context, "at": at} for place, at, context in ordered]
    connection.execute(newer, values)
    return [None] * len(told)


MESSAGES = "/messages"
"""What stands behind the user in a visit to the Messages tab, and in no id of Slack's."""
_Visitor = tuple[str, str]
"""Team and user.  Rows are written in this order, so that two processes do not wait in a circle."""
_Visit = tuple[_Visitor, datetime]
_SEEN: sa.BindParameter[datetime] = sa.bindparam("seen", type_=UtcMoment)
# A bound name must not be that of a column that is set.
_MINE = sa.and_(VISITORS.c.team == sa.bindparam("its_team"), VISITORS.c.user == sa.bindparam("its_user"))

_AGAIN = sa.update(VISITORS).where(_MINE, VISITORS.c.last < _SEEN).values(last=_SEEN)


class SqlVisits:
    """Of all workspaces; a row is only ever reached by its workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes = BatchWriter(database, _note_visits)

    async def note_visit(self, team: str, user: str, at: datetime) -> bool:
        """Note that somebody looks; True for the first time, also where several look at once."""
        return await self._writes.write(((team, user), at))

    async def since(self, team: str, moment: datetime) -> Sequence[str]:
        """Return who has looked at Home since, the latest first."""
        at_home = (VISITORS.c.team == team, ~VISITORS.c.user.endswith(MESSAGES))
        seen = sa.select(VISITORS.c.user).where(*at_home, VISITORS.c.last >= moment)
        latest = seen.order_by(VISITORS.c.last.desc(), VISITORS.c.user)
        return await self._database.all(latest, lambda row: row.user)


def _note_visits(connection: sa.Connection, visits: Sequence[_Visit]) -> list[bool]:
    fresh = (
        insert_or(connection, VISITORS).on_conflict_do_nothing().returning(VISITORS.c.team, VISITORS.c.user)
    )
    ordered = sorted(visits)
    # One row at a time: several of one person may have come together, and one of them is the first.
    made = {visit: _is_first_visit(connection, fresh, visit) for visit in dict.fromkeys(ordered)}
    connection.execute(_AGAIN, [_visitor_values(key) | {"seen": at} for key, at in ordered])
    return [made.pop(visit, False) for visit in visits]


def _is_first_visit(connection: sa.Connection, fresh: sa.Insert, visit: _Visit) -> bool:
    (team, user), at = visit
    found = connection.execute(fresh, {"team": team, "user": user, "first": at, "last": at})
    return found.first() is not None


def _visitor_values(key: _Visitor) -> dict[str, str]:
    return {"its_team": key[0], "its_user": key[1]}
