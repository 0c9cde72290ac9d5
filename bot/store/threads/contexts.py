"""What each thread is about: the question that was answered in it, and nothing of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from bot.model import ThreadContext
from bot.store.batch_writer import BatchWriter
from bot.store.engine import Database
from bot.store.schema.tables import TOPICS
from bot.store.writes import insert


class _Place(NamedTuple):
    """A thread; `thread` is empty for what is said to the bot alone, outside threads."""

    team: str
    channel: str
    thread: str


_Told = tuple[_Place, datetime, ThreadContext]
"""What a thread is about from a moment on."""


class SqlThreadContexts:
    """Of all workspaces; a row is only ever reached by its place."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes = BatchWriter(database, _remember)

    async def remember(self, place: _Place, topic: ThreadContext, at: datetime) -> None:
        """What a thread is about from now on; nothing where it is about something newer."""
        await self._writes.write((place, at, topic))

    async def recall(self, place: _Place) -> ThreadContext | None:
        """What a thread is about."""
        return await self._database.read(_recall, place)


def _remember(connection: sa.Connection, told: Sequence[_Told]) -> list[None]:
    """In the order of places, so that two processes do not wait in a circle."""
    fresh = insert(connection, TOPICS)
    newer = fresh.on_conflict_do_update(
        index_elements=[*_Place._fields],
        set_={name: fresh.excluded[name] for name in ("topic", "at")},
        # A question that was answered late must not speak over one that was asked after it.
        where=TOPICS.c.at <= fresh.excluded.at,
    )
    ordered = sorted(told, key=lambda each: each[0])
    values = [place._asdict() | {"topic": topic, "at": at} for place, at, topic in ordered]
    connection.execute(newer, values)
    return [None] * len(told)


def _recall(connection: sa.Connection, place: _Place) -> ThreadContext | None:
    here = [TOPICS.c[name] == value for name, value in place._asdict().items()]
    topic: ThreadContext | None = connection.scalar(sa.select(TOPICS.c.topic).where(*here))
    return topic


def forget(connection: sa.Connection, before: datetime) -> int:
    """Remove what was remembered before, of all workspaces; how many."""
    return connection.execute(sa.delete(TOPICS).where(TOPICS.c.at < before)).rowcount
