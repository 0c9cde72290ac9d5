"""Jobs in the memory of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from pgqueuer import InMemoryDriver, InMemoryQueries, Job
from pgqueuer.types import QueueEntrypoint

from bot.jobs.queue import STALE, Repository, TaskQueue
from bot.ports import Task


def embedded() -> TaskQueue:
    """A queue for one process, which both enqueues and works; nothing of it is kept."""
    return TaskQueue(_Memory(), STALE, batch=1)


class _Queries(InMemoryQueries):
    """pgqueuer counts all jobs at every turn, and only asks whether there is any; none is for later."""

    def __init__(self, waiting: Mapping[Task, None]) -> None:
        super().__init__(InMemoryDriver())
        self._tasks = waiting

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """1 where a job may be taken now, else 0."""
        return int(any(task.kind in entrypoints for task in self._tasks))

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """The same: none is for later."""
        return await self.eligible_queued_work(entrypoints)

    async def next_deferred_eta(self, _entrypoints: list[QueueEntrypoint]) -> timedelta | None:
        """How long until a deferred job is due; none ever is."""
        return None


class _Memory:
    def __init__(self) -> None:
        self._waiting: dict[Task, None] = {}
        self._queries = _Queries(self._waiting)

    async def add(self, tasks: Sequence[Task]) -> None:
        """As `Keeper.add`."""
        # pgqueuer's own key would keep an equal task away until a running one has ended, too.
        fresh = [task for task in tasks if task not in self._waiting]
        if not fresh:
            return
        self._waiting.update(dict.fromkeys(fresh))
        keys = [task.key.encode() for task in fresh]
        await self._queries.enqueue([task.kind for task in fresh], list(keys), [0] * len(fresh))

    async def begun(self, job: Job) -> None:
        """As `Keeper.begun`."""
        self._waiting.pop(Task(job.entrypoint, (job.payload or b"").decode()), None)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Repository]:
        """As `Keeper.opened`."""
        yield self._queries

    def waiting(self) -> Sequence[Task]:
        """As `Keeper.waiting`."""
        return tuple(self._waiting)

    async def waits(self, kinds: list[str]) -> bool:
        """As `Keeper.waits`."""
        return any(task.kind in kinds for task in self._waiting)

    async def aclose(self) -> None:
        """Nothing was opened."""
