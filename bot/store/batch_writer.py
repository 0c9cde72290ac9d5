"""Many small writes in one transaction: a busy minute costs a few waits for the disk, not hundreds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import sqlalchemy as sa

from bot.errors import Unavailable
from bot.store.engine import Database

Item = TypeVar("Item")
Found = TypeVar("Found")

MOST = 100
"""Items in one transaction."""


class BatchWriter(Generic[Item, Found]):
    """What comes while something is being written is written together next; alone it does not wait.

    work: writes items, and gives what each came to, in their order.
    """

    def __init__(
        self, database: Database, work: Callable[[sa.Connection, Sequence[Item]], Sequence[Found]]
    ) -> None:
        self._database, self._work = database, work
        self._waiting: list[tuple[Item, asyncio.Future[Found]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, item: Item) -> Found:
        """What an item came to, once it is kept; raises what its own transaction would have raised."""
        result: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await result

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._keep(batch)
        finally:
            self._writing = None

    async def _keep(self, batch: Sequence[tuple[Item, asyncio.Future[Found]]]) -> None:
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
