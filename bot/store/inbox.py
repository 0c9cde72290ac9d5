"""The `Inbox` port: questions, from the acknowledgement to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.records import Question
from bot.store.engine import Database
from bot.store.schema import rows
from bot.store.schema.tables import QUESTIONS
from bot.store.writes import insert


class SqlInbox:
    """All workspaces' questions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, question: Question) -> bool:
        """Keep it; False where it is there already."""
        return await self._database.write(_put, question)

    async def take(self, team: str, id_: str, now: datetime, lease: timedelta) -> Question | None:
        """To work on it."""
        return await self._database.write(_take, team, id_, now, now + lease)

    async def done(self, team: str, id_: str) -> None:
        """It was answered."""
        await self._database.write(_done, team, id_)

    async def put_back(self, team: str, id_: str) -> None:
        """It may be taken at once."""
        await self._database.write(_put_back, team, id_)

    async def open(self, now: datetime, most: int = 1000) -> Sequence[tuple[str, str]]:
        """Those that nobody works on."""
        return await self._database.read(_open, now, most)

    async def forget(self, before: datetime) -> int:
        """Remove done ones."""
        return await self._database.write(_forget, before)


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(~QUESTIONS.c.done, sa.or_(QUESTIONS.c.lease.is_(None), QUESTIONS.c.lease <= now))


def _one(team: str, id_: str) -> sa.ColumnElement[bool]:
    return sa.and_(QUESTIONS.c.team == team, QUESTIONS.c.id == id_)


def _put(connection: sa.Connection, question: Question) -> bool:
    statement = insert(connection, QUESTIONS).values(rows.question_values(question)).on_conflict_do_nothing()
    return connection.scalar(statement.returning(QUESTIONS.c.id)) is not None


def _take(connection: sa.Connection, team: str, id_: str, now: datetime, until: datetime) -> Question | None:
    mine = sa.update(QUESTIONS).where(_one(team, id_), _free(now))
    taken = mine.values(attempt=QUESTIONS.c.attempt + 1, lease=until).returning(QUESTIONS)
    return rows.one(rows.question, connection.execute(taken))


def _done(connection: sa.Connection, team: str, id_: str) -> None:
    connection.execute(sa.update(QUESTIONS).where(_one(team, id_)).values(done=True))


def _put_back(connection: sa.Connection, team: str, id_: str) -> None:
    connection.execute(sa.update(QUESTIONS).where(_one(team, id_)).values(lease=None))


def _open(connection: sa.Connection, now: datetime, most: int) -> Sequence[tuple[str, str]]:
    free = sa.select(QUESTIONS.c.team, QUESTIONS.c.id).where(_free(now))
    return [(row.team, row.id) for row in connection.execute(free.order_by(QUESTIONS.c.asked).limit(most))]


def _forget(connection: sa.Connection, before: datetime) -> int:
    old = sa.delete(QUESTIONS).where(QUESTIONS.c.done, QUESTIONS.c.asked < before)
    return connection.execute(old).rowcount
