"""The work of a process ends in good order, and its failure ends the process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.errors import Unavailable
from bot.jobs.queue import TaskQueue, memory_queue
from bot.jobs.worker import Worker
from bot.ports import Task

TASK = [Task("question", "T1/1")]


@dataclass
class Front:
    """Has something under way as long as it is told so."""

    busy: bool = False
    left: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def idle(self) -> None:
        while self.busy:
            await self.ended.wait()

    async def drain(self, deadline: float) -> int:
        return self.left


@dataclass
class Desk:
    """A queue whose only kind waits for a gate."""

    queue: TaskQueue = field(default_factory=memory_queue)
    front: Front = field(default_factory=Front)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shift = Worker(self.queue, self.front)
        self.queue.on("question", self.work, 2)

    async def work(self, key: str) -> None:
        self.begun.set()
        await self.gate.wait()
        self.done.append(key)


@pytest.fixture
def here() -> Desk:
    return Desk()


async def test_what_is_under_way_is_finished(here: Desk) -> None:
    here.shift.begin(pytest.fail)
    await here.queue.enqueue(TASK)
    await here.begun.wait()
    draining = asyncio.create_task(here.shift.drain(5.0))
    await asyncio.sleep(0)
    here.gate.set()
    assert await draining == 0
    assert here.done == ["T1/1"]
    here.shift.check()


async def test_what_takes_too_long_is_cut_off_and_counted(
    here: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    here.front.left = 2
    here.shift.begin(pytest.fail)
    await here.queue.enqueue(TASK)
    await here.begun.wait()
    assert await here.shift.drain(0.01) == 3
    assert here.done == []
    assert "1 tasks were cut off by the shutdown" in caplog.text
    here.shift.check()


async def test_a_shift_that_never_began_ends_at_once(here: Desk) -> None:
    assert await here.shift.drain(5.0) == 0
    here.shift.check()


async def test_idle_is_when_no_task_is_under_way_and_nobody_is_being_told(here: Desk) -> None:
    here.shift.begin(pytest.fail)
    await asyncio.wait_for(here.shift.idle(), 1)
    await here.queue.enqueue(TASK)
    here.front.busy = True
    idle = asyncio.create_task(here.shift.idle())
    here.gate.set()
    await here.queue.idle()
    await asyncio.sleep(0)
    assert not idle.done()
    here.front.busy = False
    here.front.ended.set()
    await asyncio.wait_for(idle, 1)
    assert await here.shift.drain(1.0) == 0


async def test_work_that_cannot_go_on_is_told_and_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, failed = memory_queue(), asyncio.Event()
    shift = Worker(queue, Front())

    async def run(stop: asyncio.Event) -> None:
        raise Unavailable("PostgreSQL", "the connection is lost")

    monkeypatch.setattr(queue, "run", run)
    shift.begin(failed.set)
    await asyncio.wait_for(failed.wait(), 1)
    with pytest.raises(Unavailable, match="the connection is lost"):
        shift.check()
    assert await shift.drain(1.0) == 0
