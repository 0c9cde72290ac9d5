"""The work of one process beside its transports: begun with it, finished before it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from bot.jobs.queue import TaskQueue

log = logging.getLogger(__name__)


class Front(Protocol):
    """What takes questions, and has short things of its own under way."""

    @property
    def busy(self) -> bool:
        """Whether it has."""
        ...

    async def idle(self) -> None:
        """Wait until it has nothing."""
        ...

    async def drain(self, deadline: float) -> int:
        """Finish them within so many seconds; how many were cut off."""
        ...


class Worker:
    """A queue at work, and what people are being told meanwhile."""

    def __init__(self, queue: TaskQueue, front: Front) -> None:
        self._queue, self._front = queue, front
        self._stop = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    def begin(self, failed: Callable[[], None]) -> None:
        """Take tasks from now on; failed: called where that ends before it was told to."""
        self._working = asyncio.create_task(self._queue.run(self._stop))

        def ended(working: asyncio.Task[None]) -> None:
            if not working.cancelled() and working.exception() is not None:
                failed()

        self._working.add_done_callback(ended)

    def check(self) -> None:
        """Raise what ended the work before it was told to; see `TaskQueue.run`."""
        if self._working and self._working.done() and not self._working.cancelled():
            self._working.result()

    async def idle(self) -> None:
        """Wait until no task waits or is under way, and nobody is being told anything."""
        while self._queue.busy or self._front.busy:
            await self._queue.idle()
            await self._front.idle()

    async def quiet(self) -> None:
        """Wait until nothing is left to do, where other processes enqueue, too."""
        await self._queue.quiet()
        await self.idle()

    async def drain(self, deadline: float) -> int:
        """Take nothing more, finish what is under way within `deadline` seconds, cut off the rest.

        How many were cut off.  Their questions stay open and are answered after the restart.
        """
        self._stop.set()
        finished = asyncio.gather(self._front.drain(deadline), self._end(deadline))
        return sum(await finished)

    async def _end(self, deadline: float) -> int:
        if self._working is None:
            return 0
        if self._queue.under_way:
            log.info("Finishing %d tasks", self._queue.under_way)
        await asyncio.wait({self._working}, timeout=deadline)
        late = self._queue.under_way
        if late:
            log.warning("%d tasks were cut off by the shutdown", late)
        self._working.cancel()
        await asyncio.gather(self._working, return_exceptions=True)
        return late
