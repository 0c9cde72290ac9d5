"""The store, and the jobs that go with it: in memory beside SQLite, on PostgreSQL beside PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.config import Role, Settings
from bot.errors import UserError
from bot.jobs.queue import TaskQueue
from bot.store import SqlStore, open_store, url_of

FILE = "watchpoint.db"


def database_address(settings: Settings) -> str:
    """Choose the address of the database: the one that is set, else a file in the home folder."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.home.absolute() / FILE}"


def is_shared(settings: Settings) -> bool:
    """Return whether other processes can work on the same database.  Raises UserError for an address of no
    kind.
    """
    return url_of(database_address(settings)).get_backend_name() == "postgresql"


def require_shared(settings: Settings, role: Role) -> None:
    """Require of a part alone a database that the other part reaches; UserError where there is none."""
    if role is not Role.ALL and not is_shared(settings):
        raise UserError(
            f"--role {role.value} needs a PostgreSQL that web and worker share: set DATABASE_URL, "
            "or run `watchpoint serve --role all`."
        )


def _driver_address(settings: Settings) -> str:
    """Return the address with its user and password written as the driver reads them, whatever was typed."""
    return url_of(database_address(settings)).render_as_string(hide_password=False)


@asynccontextmanager
async def store_of(settings: Settings) -> AsyncIterator[SqlStore]:
    """Open the store, until the block ends."""
    async with open_store(database_address(settings)) as store:
        yield store


@asynccontextmanager
async def jobs_of(settings: Settings) -> AsyncIterator[TaskQueue]:
    """Open the jobs, until the block ends; whoever works on them runs them."""
    if is_shared(settings):
        from bot.jobs.postgres import postgres_queue

        queue = postgres_queue(_driver_address(settings))
    else:
        from bot.jobs.queue import memory_queue

        queue = memory_queue()
    try:
        yield queue
    finally:
        await queue.aclose()


async def migrate(settings: Settings) -> str:
    """Bring the database up to date, and the tables of the jobs with it; gives the revision it is at now."""
    from bot.store import migrate as to_newest

    revision = await asyncio.to_thread(to_newest, database_address(settings))
    if is_shared(settings):
        from bot.jobs.postgres import install

        await install(_driver_address(settings))
    return revision
