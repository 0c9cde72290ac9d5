"""Jobs in PostgreSQL, in pgqueuer's own tables.

A worker has two connections, one that listens and one that asks: psycopg lets nobody ask on a connection
while it listens.  Who only enqueues has one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import psycopg
from pgqueuer import Job, PsycopgDriver, Queries
from pgqueuer.domain.errors import FailingListenerError
from pgqueuer.ports.driver import NotifyCallback
from psycopg.conninfo import conninfo_to_dict

from bot.errors import Unavailable, UserError
from bot.jobs.queue import STALE, Repository, TaskQueue
from bot.ports import Task

Connection = psycopg.AsyncConnection[Any]

BATCH = 10
"""One at a time would cost three times as much."""

_KNOWN = {
    "application_name": "watchpoint jobs",
    "connect_timeout": "10",
    # A server that vanished without a word is noticed within half a minute.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
_LOST = (psycopg.OperationalError, psycopg.InterfaceError)


def postgres_queue(url: str, *, stale: float = STALE) -> TaskQueue:
    """Return a queue that any number of processes share; nothing is connected yet.

    url: postgresql://…, also with SQLAlchemy's driver name in it.
    stale: seconds without a sign of life after which the task of a killed worker is another's; it is found
    within a third of that again.
    """
    return TaskQueue(_PostgresBackend(url), stale, BATCH)


async def install(url: str) -> None:
    """Make pgqueuer's tables, or bring them up to date; safe to repeat, and to do from two places at once.

    Raises Unavailable where PostgreSQL does not answer.
    """
    with _clear_errors(url):
        async with await _connect(url) as connection:
            queries = Queries(PsycopgDriver(connection))
            async with queries.schema_lock():
                if await queries.schema_is_installed():
                    await queries.upgrade()
                else:
                    await queries.install()


class _PostgresBackend:
    def __init__(self, url: str) -> None:
        self._url = url
        self._one_at_a_time = asyncio.Lock()
        self._connection: Connection | None = None
        self._fresh: dict[Task, None] = {}
        self._adding: asyncio.Task[None] | None = None

    async def add(self, tasks: Sequence[Task]) -> None:
        """Add tasks; what comes while some are being added is added together next, alone it does not wait."""
        self._fresh.update(dict.fromkeys(tasks))
        if self._adding is None:
            self._adding = asyncio.create_task(self._add())
            # Whoever asked may have gone by then, and a failure that nobody hears would be complained of.
            self._adding.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(self._adding)

    async def _add(self) -> None:
        async with self._one_at_a_time:
            tasks, self._fresh, self._adding = list(self._fresh), {}, None
            with _clear_errors(self._url):
                try:
                    await self._insert(tasks)
                except _LOST:  # the connection may have been lost long ago, and a hint may be given twice
                    await self._disconnect()
                    await self._insert(tasks)

    async def _insert(self, tasks: Sequence[Task]) -> None:
        connection = self._connection = self._connection or await _connect(self._url)
        await Queries(PsycopgDriver(connection)).enqueue(
            [task.kind for task in tasks],
            [task.key.encode() for task in tasks],
            [0] * len(tasks),
            dedupe_key=[f"{task.kind}:{task.key}" for task in tasks],
            on_conflict="skip",
        )

    async def mark_begun(self, job: Job) -> None:
        """Mark a job as begun; see `QueueBackend.mark_begun`."""
        # The key would keep an equal task away until this one has ended, and it may have looked already.
        table = self._worker.qbe.settings.qualified.queue_table
        forget = f"UPDATE {table} SET dedupe_key = NULL WHERE id = $1"  # noqa: S608 (pgqueuer checks the name)
        await self._worker.driver.execute(forget, job.id)

    @asynccontextmanager
    async def open_repository(self) -> AsyncIterator[Repository]:
        """Open the queue's repository on two connections; see `QueueBackend.open_repository`."""
        async with AsyncExitStack() as stack:
            stack.enter_context(_clear_errors(self._url))
            listening = await stack.enter_async_context(await _connect(self._url))
            asking = await stack.enter_async_context(await _connect(self._url))
            self._worker = Queries(_TwoConnections(listening, asking))
            yield self._worker

    def waiting(self) -> Sequence[Task]:
        """List no tasks, for what waits is known to the server alone; see `QueueBackend.waiting`."""
        return ()

    async def waits(self, kinds: list[str]) -> bool:
        """Tell whether a task of these kinds waits; see `QueueBackend.waits`."""
        # One that a worker has fetched and not begun waits as well: it still has its key.
        async with self._one_at_a_time:
            with _clear_errors(self._url):
                connection = self._connection = self._connection or await _connect(self._url)
                queries = Queries(PsycopgDriver(connection))
                found = (
                    f"SELECT 1 FROM {queries.qbe.settings.qualified.queue_table} WHERE entrypoint = ANY($1) "  # noqa: S608
                    "AND (dedupe_key IS NOT NULL OR status = 'queued') LIMIT 1"
                )
                return bool(await queries.driver.fetch(found, kinds))

    async def aclose(self) -> None:
        """Close what was opened; see `QueueBackend.aclose`."""
        if self._adding:
            await asyncio.wait({self._adding})
        async with self._one_at_a_time:
            await self._disconnect()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            await connection.close()


class _TwoConnections(PsycopgDriver):
    """Listens on one connection, asks on the other."""

    def __init__(self, listening: Connection, asking: Connection) -> None:
        super().__init__(listening)
        self._asker = PsycopgDriver(asking)
        self._listens = asyncio.Event()

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Fetch rows, by the connection that asks."""
        return await self._asker.fetch(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        """Execute a statement, by the connection that asks, and return its status."""
        return await self._asker.execute(query, *args)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Hear a channel, on the connection that listens."""
        await super().add_listener(channel, callback)
        self._listens.set()

    async def notify(self, channel: str, payload: str) -> None:
        """Tell a channel, once somebody listens."""
        # pgqueuer probes its listener from the start.  A probe that comes before LISTEN is never heard, and
        # after ten seconds the worker would end.
        await self._listens.wait()
        await super().notify(channel, payload)


async def _connect(url: str) -> Connection:
    plain = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
    given = conninfo_to_dict(plain)
    missing: Any = {name: value for name, value in _KNOWN.items() if name not in given}
    return await psycopg.AsyncConnection.connect(plain, autocommit=True, **missing)


@contextmanager
def _clear_errors(url: str) -> Iterator[None]:
    """Turn what the driver and pgqueuer raise into what can be told, without user and password."""
    try:
        yield
    except _LOST as fault:
        detail = f"{_database_name(url)}: {_first_line(fault)}"
        raise Unavailable("The database", "the queue of the work cannot be reached", detail=detail) from fault
    except FailingListenerError as fault:
        cause = "it sends no notifications any more"
        raise Unavailable("The database", cause, detail=_database_name(url)) from fault
    except (psycopg.errors.UndefinedTable, RuntimeError) as fault:
        if isinstance(fault, RuntimeError) and "pgq " not in str(fault):
            raise
        raise UserError("The database lacks the tables of the jobs. Run `watchpoint migrate`.") from fault


def _database_name(url: str) -> str:
    match = re.search(r"@?([^@/]*)/([^/?]*)(\?.*)?$", url)
    return f"PostgreSQL at {match[1] or 'localhost'}/{match[2]}" if match else "PostgreSQL"


def _first_line(fault: psycopg.Error) -> str:
    said = str(fault).strip() or type(fault).__name__
    return said.splitlines()[0]
