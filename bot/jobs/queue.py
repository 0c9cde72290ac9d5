"""The `Jobs` port: tasks to handlers by pgqueuer, and the backend that keeps them in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from pgqueuer import InMemoryDriver, InMemoryQueries, Job, Queries, QueueManager, RetryRequested
from pgqueuer.types import QueueEntrypoint

from bot.ports import Task

log = logging.getLogger(__name__)

STALE = 18.0
"""Seconds without a sign of life after which the task of a killed worker is another's.

Until then it counts among those at work: a worker that was killed with its hands full lets nobody begin, so
that this and a third of it must be over when a question that was killed is to be answered.
"""
TIDY = 60.0
"""Seconds between removals of pgqueuer's own record of finished jobs, which nobody reads."""


LOOK = 0.02
"""Seconds between two looks at what waits elsewhere."""

Repository = Queries | InMemoryQueries

CUT = 0.1
"""Seconds between attempts to cut off what is under way."""


class QueueBackend(Protocol):
    """Where jobs are kept."""

    async def add(self, tasks: Sequence[Task]) -> None:
        """Add those that are not waiting already."""
        ...

    async def mark_begun(self, job: Job) -> None:
        """Mark a job as begun: it waits no more, and from now on an equal task is a new one."""
        ...

    def open_repository(self) -> AbstractAsyncContextManager[Repository]:
        """Return what a worker takes its jobs from."""
        ...

    def waiting(self) -> Sequence[Task]:
        """List the tasks that this process knows to wait."""
        ...

    async def waits(self, kinds: list[str]) -> bool:
        """Return whether a task of these kinds waits anywhere."""
        ...

    async def aclose(self) -> None:
        """Let go of what enqueueing has opened."""
        ...


@dataclass(frozen=True)
class _TaskKind:
    handler: Callable[[str], Awaitable[None]]
    at_once: int


class TaskQueue:
    """Made by `memory_queue` or `postgres_queue`.

    `at_once` of a kind counts over all workers of a queue.  Where several workers name different numbers for
    a kind, the highest one holds.

    batch: how many jobs are taken, and noted as ended, in one go; fewer ended ones wait for 0.1 s, and so
    does the next job of a kind that is at its limit.
    """

    def __init__(self, keeper: QueueBackend, stale: float, batch: int) -> None:
        self._keeper, self._stale, self._batch = keeper, timedelta(seconds=stale), batch
        self._kinds: dict[str, _TaskKind] = {}
        self._handling: set[asyncio.Task[Any]] = set()
        self._ended = asyncio.Event()
        self._worked = False

    async def enqueue(self, tasks: Sequence[Task]) -> None:
        """Add those that are not waiting already; one that is being worked on may wait again.

        Raises Unavailable where PostgreSQL does not answer.
        """
        if tasks:
            await self._keeper.add(list(dict.fromkeys(tasks)))

    def on(self, kind: str, handler: Callable[[str], Awaitable[None]], at_once: int) -> None:
        """Register who works on a kind; what the handler raises is logged, and the task is gone."""
        self._kinds[kind] = _TaskKind(handler, at_once)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, then finish what is under way.

        Cancelled, it cuts off what is under way; on PostgreSQL those tasks wait again.
        Raises Unavailable where PostgreSQL goes away: it does not connect again, for whoever supervises the
        process starts it anew.  UserError where the tables are missing.
        """
        async with self._keeper.open_repository() as queries:
            manager = self._manager(queries)
            async with _run_beside(_pass_stop_on(stop, manager.shutdown)), _run_beside(self._tidy(queries)):
                await self._run(manager)

    @property
    def under_way(self) -> int:
        """Tasks that this process works on now."""
        return len(self._handling)

    @property
    def busy(self) -> bool:
        """Whether this process knows of a task that waits or is under way."""
        return bool(self._handling) or any(task.kind in self._kinds for task in self._keeper.waiting())

    async def idle(self) -> None:
        """Wait until there is none; more may come meanwhile."""
        while self.busy:
            self._ended.clear()
            await self._ended.wait()

    async def quiet(self) -> None:
        """Wait until no task waits anywhere, and none is under way here."""
        while self.busy or await self._keeper.waits(list(self._kinds)):
            await self.idle()
            await asyncio.sleep(LOOK)

    async def aclose(self) -> None:
        """Let go of what enqueueing has opened; after `run` has ended."""
        await self._keeper.aclose()

    async def _run(self, manager: QueueManager) -> None:
        """Run the manager in a task of its own: pgqueuer would wait for the handlers if cancelled itself."""
        working = asyncio.create_task(
            manager.run(
                batch_size=self._batch,
                heartbeat_timeout=self._stale,
                dequeue_timeout=self._stale / 3,
                shutdown_on_listener_failure=True,
                log_aggregation_interval=timedelta(0),
            )
        )
        try:
            await asyncio.wait({working})
        finally:
            manager.shutdown.set()
            while not working.done():
                for task in self._handling:
                    task.cancel()
                await asyncio.wait({working}, timeout=CUT)
        await working

    def _manager(self, queries: Repository) -> QueueManager:
        manager = QueueManager(queries)
        for name, kind in self._kinds.items():
            work = partial(self._work, kind)
            manager.entrypoint(name, concurrency_limit=kind.at_once, accepts_context=False)(work)
        return manager

    async def _work(self, kind: _TaskKind, job: Job) -> None:
        task = asyncio.current_task()
        assert task
        self._handling.add(task)
        self._worked = True
        try:
            await self._keeper.mark_begun(job)
            await kind.handler((job.payload or b"").decode())
        except asyncio.CancelledError:
            raise RetryRequested(reason="cut off by a shutdown") from None
        except Exception:
            log.exception("A task of kind %s failed: %s", job.entrypoint, (job.payload or b"").decode())
        finally:
            self._handling.discard(task)
            self._ended.set()

    async def _tidy(self, queries: Repository) -> None:
        while True:
            await asyncio.sleep(TIDY)
            if self._worked:
                self._worked = False
                await queries.clear_queue_log(list(self._kinds))


async def _pass_stop_on(told: asyncio.Event, to: asyncio.Event) -> None:
    await told.wait()
    to.set()


@asynccontextmanager
async def _run_beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Keep the work going until the block ends; its failure is logged."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        for outcome in await asyncio.gather(task, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("Beside the work: %s", outcome, exc_info=outcome)


def memory_queue() -> TaskQueue:
    """Return a queue for one process, which both enqueues and works; nothing of it is kept."""
    return TaskQueue(_MemoryBackend(), STALE, batch=1)


class _MemoryQueries(InMemoryQueries):
    """pgqueuer counts all jobs at every turn, and only asks whether there is any; none is for later."""

    def __init__(self, waiting: Mapping[Task, None]) -> None:
        super().__init__(InMemoryDriver())
        self._tasks = waiting

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """Count eligible work: 1 where a job may be taken now, else 0."""
        return int(any(task.kind in entrypoints for task in self._tasks))

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """Count what `eligible_queued_work` does: none is for later."""
        return await self.eligible_queued_work(entrypoints)

    async def next_deferred_eta(self, _entrypoints: list[QueueEntrypoint]) -> timedelta | None:
        """Return how long until a deferred job is due; none ever is."""
        return None


class _MemoryBackend:
    def __init__(self) -> None:
        self._waiting: dict[Task, None] = {}
        self._queries = _MemoryQueries(self._waiting)

    async def add(self, tasks: Sequence[Task]) -> None:
        """Add tasks; see `QueueBackend.add`."""
        # pgqueuer's own key would keep an equal task away until a running one has ended, too.
        fresh = [task for task in tasks if task not in self._waiting]
        if not fresh:
            return
        self._waiting.update(dict.fromkeys(fresh))
        keys = [task.key.encode() for task in fresh]
        await self._queries.enqueue([task.kind for task in fresh], list(keys), [0] * len(fresh))

    async def mark_begun(self, job: Job) -> None:
        """Mark a job as begun; see `QueueBackend.mark_begun`."""
        self._waiting.pop(Task(job.entrypoint, (job.payload or b"").decode()), None)

    @asynccontextmanager
    async def open_repository(self) -> AsyncIterator[Repository]:
        """Open the repository in memory; see `QueueBackend.open_repository`."""
        yield self._queries

    def waiting(self) -> Sequence[Task]:
        """List the tasks that wait; see `QueueBackend.waiting`."""
        return tuple(self._waiting)

    async def waits(self, kinds: list[str]) -> bool:
        """Tell whether a task of these kinds waits; see `QueueBackend.waits`."""
        return any(task.kind in kinds for task in self._waiting)

    async def aclose(self) -> None:
        """Close nothing, for nothing was opened."""
