"""The `Store` port on SQLAlchemy: SQLite, or PostgreSQL where DATABASE_URL says so.

    async with opened("sqlite:///folder/watchpoint.db") as store:
        await store.of(team).rules()

migrate(url) brings the schema up to date; a SQLite file is migrated when it is opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import UserError
from bot.store.address import file_of, room, url_of
from bot.store.engine import Database, check_integrity
from bot.store.schema import HEAD, behind_complaint, known_revision, make_folder, migrate, upgrade
from bot.store.store import SqlStore

__all__ = ["HEAD", "SqlStore", "migrate", "open_store", "room", "url_of"]


@asynccontextmanager
async def open_store(given: str) -> AsyncIterator[SqlStore]:
    """Open the store at an address, see `url_of`.

    A SQLite file is made, with its folder, and brought to the newest schema.  Raises UserError where a
    PostgreSQL database is behind, or where any was made by a newer version or another application;
    Unavailable where it does not answer or is damaged.
    """
    database = Database(url_of(given))
    try:
        await asyncio.to_thread(_make_ready, database)
        yield SqlStore(database)
    finally:
        await database.close()


def _make_ready(database: Database) -> None:
    file = file_of(database.url)
    if file:
        make_folder(file)
    found = database.transact(False, known_revision)
    if file:
        database.transact(False, check_integrity)
    if found != HEAD and not file:
        raise UserError(behind_complaint(database.url, found))
    if found != HEAD:
        database.transact(True, upgrade)
