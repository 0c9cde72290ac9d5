"""The database behind an async face: a few threads, one transaction a call, and many small writes in one."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from bot.errors import Unavailable
from bot.store.address import file_of, place_of
from bot.store.errors import DAMAGED, unavailable

PAUSE = 0.05
"""Seconds between two looks at a locked journal."""
BUSY_SECONDS = 10.0
CONNECT_SECONDS = 10
CONNECTIONS = 8

T = TypeVar("T")

_PRAGMAS = (
    # First of all, so that the next one waits where another process is writing.
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}",
    "PRAGMA journal_mode = WAL",
    # A notice that was noted as sent must survive a loss of power.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


class Database:
    """Runs work in threads, each call in one transaction; close it with `close`.

    Raises Unavailable where the database does not answer, is locked for too long or has no room.
    """

    def __init__(self, url: sa.URL) -> None:
        self.url, self.place = url, place_of(url)
        self.engine = _engine(url)
        # SQLite has one writer: calls that wait in one thread keep their order and never meet a lock.
        writers, readers = (1, 3) if file_of(url) else (CONNECTIONS // 2, CONNECTIONS // 2)
        self._writers = ThreadPoolExecutor(writers, "store-write")
        self._readers = ThreadPoolExecutor(readers, "store-read")

    async def read(self, work: Callable[..., T], *args: Any) -> T:
        """Run `work(connection, *args)` in a transaction that reads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self.transact(False, work, *args))

    async def write(self, work: Callable[..., T], *args: Any) -> T:
        """Run `work(connection, *args)` in a transaction that may write; on SQLite the only one."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writers, lambda: self.transact(True, work, *args))

    async def all(self, statement: sa.Executable, make: Callable[[Any], T]) -> list[T]:
        """Read a record from each row of a SELECT."""
        return await self.read(lambda connection: [make(row) for row in connection.execute(statement)])

    async def one(self, statement: sa.Executable, make: Callable[[Any], T]) -> T | None:
        """Read a record from the first row of a SELECT, None without one."""
        found = await self.all(statement, make)
        return found[0] if found else None

    async def scalar(self, statement: sa.Executable) -> Any:
        """Read the first column of the first row of a SELECT, None without one."""
        return await self.read(lambda connection: connection.scalar(statement))

    async def execute(self, statement: sa.Executable, values: Mapping[str, Any] | None = None) -> int:
        """Execute one statement that writes, and count its rows."""
        return await self.write(lambda connection: connection.execute(statement, values).rowcount)

    def transact(self, writes: bool, work: Callable[..., T], *args: Any) -> T:
        """Run `work(connection, *args)` in a transaction, here and now."""
        try:
            with self.engine.connect().execution_options(writes=writes) as connection, connection.begin():
                return work(connection, *args)
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, sqlite3.Error, ValueError) as fault:
            away = unavailable(self.place, fault)
            if away is None:
                raise
            raise away from fault

    async def close(self) -> None:
        """Let what is under way end, then close every connection."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """Close everything, here and now."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()


def check_integrity(connection: sa.Connection) -> None:
    """Raise Unavailable where a page of a SQLite file is damaged: else it were found by whoever needs it."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        place = place_of(connection.engine.url)
        said = " ".join(str(found).split())
        raise Unavailable("The database", DAMAGED, permanent=True, detail=f"{place}: {said}")


def _pass_json(text: Any) -> Any:
    return text


def _engine(url: sa.URL) -> sa.Engine:
    shared: dict[str, Any] = {
        # The columns make and read JSON themselves, and values have no place in logs.
        "json_serializer": _pass_json,
        "json_deserializer": _pass_json,
        "hide_parameters": True,
    }
    if url.get_backend_name() == "sqlite":
        return _begin_immediately(sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, **shared))
    known = {"connect_timeout": CONNECT_SECONDS, "application_name": "watchpoint"}
    return sa.create_engine(
        url,
        connect_args={name: value for name, value in known.items() if name not in url.query},
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        **shared,
    )


def _retry_while_busy(connection: Any, pragma: str) -> None:
    """Retry a pragma: one process changes a new file's journal, SQLite tells others at once it is locked."""
    for _ in range(round(BUSY_SECONDS / PAUSE)):
        try:
            connection.execute(pragma)
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            time.sleep(PAUSE)
        else:
            return
    connection.execute(pragma)


def _begin_immediately(engine: sa.Engine) -> sa.Engine:
    """Begin SQLite's transactions as they are meant: who writes says so at the beginning, and waits."""

    @sa.event.listens_for(engine, "connect")
    def _set(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            _retry_while_busy(connection, pragma)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH_MOST = 100
"""Items in one transaction."""


class BatchWriter(Generic[Item, Result]):
    """What comes while something is being written is written together next; alone it does not wait.

    work: writes items, and gives what each came to, in their order.
    """

    def __init__(
        self, database: Database, work: Callable[[sa.Connection, Sequence[Item]], Sequence[Result]]
    ) -> None:
        self._database, self._work = database, work
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, item: Item) -> Result:
        """Write an item; return what it came to, once kept.  Raises what its own transaction would have."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await result

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH_MOST], self._waiting[BATCH_MOST:]
                await self._keep(batch)
        finally:
            self._writing = None

    async def _keep(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            found = await self._database.write(self._work, [item for item, _ in batch])
        except Exception as fault:
            if len(batch) > 1 and not isinstance(fault, Unavailable):
                for each in batch:  # one that the database does not take must not cost the others theirs
                    await self._keep([each])
                return
            for _, result in batch:
                if not result.done():
                    result.set_exception(fault)
            return
        for (_, result), came_to in zip(batch, found, strict=True):
            if not result.done():  # who asked may have gone meanwhile
                result.set_result(came_to)
