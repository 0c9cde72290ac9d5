"""What every queue notices: a task that waits is worked on once, by one, so many at a time."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from bot.errors import Unavailable, UserError
from bot.jobs.postgres import _connect, _PostgresBackend, _TwoConnections, install, postgres_queue
from bot.jobs.queue import TaskQueue, memory_queue
from bot.ports import Task
from tests.contracts.stores import own_database

Make = Callable[[], TaskQueue]
KEYS = [f"T1/{number}" for number in range(30)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A database with the tables of the jobs."""
    with own_database() as address:
        asyncio.run(install(address))
        yield address


@pytest.fixture
async def empty(server: str) -> str:
    """The same without a job."""
    async with await psycopg.AsyncConnection.connect(_plain(server), autocommit=True) as connection:
        await connection.execute("TRUNCATE pgqueuer, pgqueuer_log")
    return server


def _plain(address: str) -> str:
    return address.replace("+psycopg", "")


@pytest.fixture(params=["memory", "postgresql"])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes a queue; on PostgreSQL all that it makes are the same."""
    if request.param == "memory":
        return memory_queue
    address: str = request.getfixturevalue("empty")
    return lambda: postgres_queue(address)


@dataclass
class Worker:
    """Remembers what it worked on, and how much of it at once."""

    queue: TaskQueue
    at_once: int = 4
    done: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0
    gate: asyncio.Event | None = None
    fault: Exception | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, key: str) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        self.begun.set()
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0.001))
            if self.fault:
                raise self.fault
            self.done.append(key)
        finally:
            self.running -= 1

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Until the block ends."""
        self.queue.on("question", self.work, self.at_once)
        task = asyncio.create_task(self.queue.run(self.stop))
        try:
            yield
        finally:
            self.stop.set()
            await asyncio.wait_for(task, 10)
            await self.queue.aclose()

    async def finishes(self, number: int) -> list[str]:
        """What was done, once it is so much."""
        async with asyncio.timeout(20):
            while len(self.done) < number:  # noqa: ASYNC110 (handlers of two workers end at their own time)
                await asyncio.sleep(0.002)
        return sorted(self.done)


@pytest.fixture
def worker(make: Make) -> Worker:
    return Worker(make())


def tasks(*keys: str) -> list[Task]:
    return [Task("question", key) for key in keys]


async def test_every_task_is_worked_on_once(worker: Worker) -> None:
    await worker.queue.enqueue(tasks(*KEYS[:10]))
    async with worker.working():
        await worker.queue.enqueue(tasks(*KEYS[10:]))
        assert await worker.finishes(30) == sorted(KEYS)


async def test_an_equal_task_is_not_added_while_one_waits(worker: Worker) -> None:
    await worker.queue.enqueue(tasks("T1/1", "T1/1", "T1/2"))
    await worker.queue.enqueue(tasks("T1/1"))
    await worker.queue.enqueue([Task("nobody's", "T1/1")])
    async with worker.working():
        await worker.finishes(2)
        await worker.queue.enqueue(tasks("T1/3"))
        assert await worker.finishes(3) == ["T1/1", "T1/2", "T1/3"]


async def test_it_is_added_while_one_is_worked_on_for_that_one_may_have_looked_already(
    worker: Worker,
) -> None:
    worker.gate = asyncio.Event()
    async with worker.working():
        await worker.queue.enqueue(tasks("T1/1"))
        await asyncio.wait_for(worker.begun.wait(), 5)
        await worker.queue.enqueue(tasks("T1/1"))
        worker.gate.set()
        assert await worker.finishes(2) == ["T1/1", "T1/1"]


async def test_so_many_at_once_and_no_more(worker: Worker) -> None:
    worker.at_once, worker.gate = 3, asyncio.Event()
    await worker.queue.enqueue(tasks(*KEYS))
    async with worker.working():
        async with asyncio.timeout(20):
            while worker.running < 3:  # noqa: ASYNC110 (they begin at the queue's own time)
                await asyncio.sleep(0.002)
        worker.gate.set()
        await worker.finishes(30)
    assert worker.most == 3


async def test_a_handler_that_fails_costs_its_task_alone(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    worker.fault = ZeroDivisionError("no sessions")
    async with worker.working():
        await worker.queue.enqueue(tasks("T1/1"))
        await asyncio.wait_for(worker.queue.idle(), 5)
        await asyncio.wait_for(worker.begun.wait(), 5)
        await asyncio.wait_for(worker.queue.idle(), 5)
        worker.fault = None
        await worker.queue.enqueue(tasks("T1/2"))
        assert await worker.finishes(1) == ["T1/2"]
    assert "T1/1" in caplog.text
    assert "no sessions" in caplog.text


async def test_told_to_stop_it_finishes_what_is_under_way_and_begins_nothing(worker: Worker) -> None:
    worker.gate, worker.at_once = asyncio.Event(), 1
    async with worker.working():
        await worker.queue.enqueue(tasks("T1/1", "T1/2"))
        await asyncio.wait_for(worker.begun.wait(), 5)
        worker.stop.set()
        await asyncio.sleep(0.02)
        worker.gate.set()
    assert worker.done == ["T1/1"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_cancelled_it_cuts_off_what_is_under_way(worker: Worker) -> None:
    worker.gate = asyncio.Event()
    worker.queue.on("question", worker.work, 4)
    running = asyncio.create_task(worker.queue.run(worker.stop))
    await worker.queue.enqueue(tasks("T1/1"))
    await asyncio.wait_for(worker.begun.wait(), 5)
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()
    assert (worker.running, worker.done) == (0, [])
    await worker.queue.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_idle_is_when_nothing_waits_or_is_under_way(worker: Worker) -> None:
    worker.gate = asyncio.Event()
    async with worker.working():
        await asyncio.wait_for(worker.queue.idle(), 1)
        await worker.queue.enqueue(tasks("T1/1"))
        await asyncio.wait_for(worker.begun.wait(), 5)
        idle = asyncio.create_task(worker.queue.idle())
        await asyncio.sleep(0.01)
        assert not idle.done()
        assert worker.queue.busy
        worker.gate.set()
        await asyncio.wait_for(idle, 5)
    assert worker.done == ["T1/1"]


@pytest.mark.slow
async def test_a_task_is_begun_at_once(make: Make) -> None:
    """The median of many, for other processes share the machine."""
    worker, waits = Worker(make()), list[float]()
    async with worker.working():
        await asyncio.sleep(0.5)
        for number in range(30):
            worker.begun.clear()
            started = time.perf_counter()
            await worker.queue.enqueue(tasks(f"T1/{number}"))
            await worker.begun.wait()
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(0.01)
    assert sorted(waits)[15] < 0.05


@pytest.mark.slow
async def test_an_idle_worker_burns_no_time(make: Make) -> None:
    async with Worker(make()).working():
        await asyncio.sleep(0.5)
        before = time.process_time()
        await asyncio.sleep(3)
        assert time.process_time() - before < 0.09


class TestOnPostgres:
    """What takes more than one process, or a server that goes away."""

    async def test_two_workers_never_work_on_the_same(self, empty: str) -> None:
        workers = [Worker(postgres_queue(empty), at_once=5) for _ in range(2)]
        sender = postgres_queue(empty)
        async with workers[0].working(), workers[1].working():
            for start in range(0, 120, 20):
                keys = [f"T1/{number}" for number in range(start, start + 20)]
                await asyncio.gather(*(sender.enqueue(tasks(*keys)) for _ in range(3)))
            async with asyncio.timeout(20):
                while sum(len(worker.done) for worker in workers) < 120:  # noqa: ASYNC110 (as `finishes`)
                    await asyncio.sleep(0.005)
        await sender.aclose()
        done = [key for worker in workers for key in worker.done]
        assert len(done) == len(set(done)) == 120

    async def test_what_is_cut_off_waits_again_for_another_worker(self, empty: str) -> None:
        first, second = (Worker(postgres_queue(empty)) for _ in range(2))
        first.gate = asyncio.Event()
        first.queue.on("question", first.work, 4)
        running = asyncio.create_task(first.queue.run(first.stop))
        await first.queue.enqueue(tasks("T1/1"))
        await asyncio.wait_for(first.begun.wait(), 5)
        running.cancel()
        await asyncio.wait([running], timeout=5)
        await first.queue.aclose()
        async with second.working():
            assert await second.finishes(1) == ["T1/1"]

    async def test_the_tables_are_made_once_from_however_many_places(self, server: str) -> None:
        with own_database() as address:
            await asyncio.gather(install(address), install(address))
            await install(address)
            async with Worker(postgres_queue(address)).working():
                pass

    async def test_without_its_tables_it_says_what_to_do(self) -> None:
        with own_database() as address:
            with pytest.raises(UserError, match="Run `watchpoint migrate`"):
                await postgres_queue(address).run(asyncio.Event())
            queue = postgres_queue(address)
            with pytest.raises(UserError, match="Run `watchpoint migrate`"):
                await queue.enqueue(tasks("T1/1"))
            await queue.aclose()

    async def test_a_server_that_is_not_there_is_named_without_its_password(self) -> None:
        queue = postgres_queue("postgresql://ann:secret@127.0.0.1:9/jobs")
        for ask in (queue.enqueue(tasks("T1/1")), queue.run(asyncio.Event())):
            with pytest.raises(Unavailable) as caught:
                await ask
            assert str(caught.value).startswith("The database did not answer: the queue of the work")
            assert "127.0.0.1" not in str(caught.value)
            assert "PostgreSQL at 127.0.0.1:9/jobs" in caught.value.in_full
            assert "secret" not in caught.value.in_full

    async def test_what_comes_together_is_added_together_whoever_goes_meanwhile(
        self, empty: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        added: list[int] = []
        insert = _PostgresBackend._insert

        async def counted(self: _PostgresBackend, tasks: Sequence[Task]) -> None:
            added.append(len(tasks))
            await insert(self, tasks)

        monkeypatch.setattr(_PostgresBackend, "_insert", counted)
        queue = postgres_queue(empty)
        asking = [asyncio.create_task(queue.enqueue(tasks(key))) for key in KEYS]
        await asyncio.sleep(0)
        asking[1].cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert sum(added) == len(KEYS)
        assert len(added) <= 2
        worker = Worker(queue)
        async with worker.working():
            assert await worker.finishes(len(KEYS)) == sorted(KEYS)

    async def test_everybody_who_asked_together_hears_of_the_failure(self) -> None:
        queue = postgres_queue("postgresql://127.0.0.1:9/jobs")
        asking = [queue.enqueue(tasks(key)) for key in KEYS[:3]]
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(each) for each in found] == [Unavailable] * 3
        await queue.aclose()

    async def test_it_is_not_quiet_while_a_worker_has_a_task_that_it_has_not_begun(self, empty: str) -> None:
        queue = postgres_queue(empty)
        queue.on("question", Worker(queue).work, 4)
        await queue.enqueue(tasks("T1/1"))
        async with await psycopg.AsyncConnection.connect(_plain(empty), autocommit=True) as connection:
            await connection.execute("UPDATE pgqueuer SET status = 'picked'")
            waiting = asyncio.create_task(queue.quiet())
            done, _ = await asyncio.wait({waiting}, timeout=0.2)
            assert not done
            await connection.execute("UPDATE pgqueuer SET dedupe_key = NULL")  # as a worker does that begins
            await asyncio.wait_for(waiting, 5)
        await queue.aclose()

    async def test_a_connection_that_was_lost_is_made_again_for_enqueueing(self, empty: str) -> None:
        queue = postgres_queue(empty)
        await queue.enqueue(tasks("T1/1"))
        await _cut_off(empty)
        await queue.enqueue(tasks("T1/2"))
        worker = Worker(queue)
        async with worker.working():
            assert await worker.finishes(2) == ["T1/1", "T1/2"]

    @pytest.mark.slow
    async def test_a_worker_whose_connection_is_lost_ends(self, empty: str) -> None:
        queue = postgres_queue(empty, stale=3.0)
        queue.on("question", Worker(queue).work, 4)
        running = asyncio.create_task(queue.run(asyncio.Event()))
        await asyncio.sleep(0.5)
        await _cut_off(empty)
        with pytest.raises(Unavailable):
            await asyncio.wait_for(running, 15)
        await queue.aclose()

    @pytest.mark.slow
    async def test_the_task_of_a_killed_worker_is_anothers(self, empty: str) -> None:
        """In a process of its own, killed while it works; its sign of life is missed for two seconds."""
        sender = postgres_queue(empty)
        await sender.enqueue(tasks("T1/1"))
        await sender.aclose()
        await asyncio.to_thread(_killed_while_working, empty)
        worker = Worker(postgres_queue(empty, stale=2.0))
        started = time.monotonic()
        async with worker.working():
            assert await worker.finishes(1) == ["T1/1"]
        assert time.monotonic() - started < 15

    async def test_its_own_record_of_finished_jobs_does_not_grow(
        self, empty: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.jobs.queue.TIDY", 0.02)
        worker = Worker(postgres_queue(empty))
        async with (
            worker.working(),
            await psycopg.AsyncConnection.connect(_plain(empty), autocommit=True) as connection,
        ):
            await worker.queue.enqueue(tasks(*KEYS))
            await worker.finishes(30)
            async with asyncio.timeout(5):
                while True:
                    found = await connection.execute("SELECT count(*) FROM pgqueuer_log")
                    (left,) = await found.fetchone() or (None,)
                    if left is not None and left < 40:
                        break
                    await asyncio.sleep(0.02)


async def test_a_probe_of_the_listener_waits_until_it_listens(empty: str) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    async with (
        await _connect(empty) as listening,
        await _connect(empty) as asking,
        _TwoConnections(listening, asking) as driver,
    ):
        probe = asyncio.create_task(driver.notify("probes", "1"))
        await asyncio.sleep(0.05)
        await driver.add_listener("probes", heard.put_nowait)
        await probe
        assert await asyncio.wait_for(heard.get(), 5) == "1"


async def _cut_off(address: str) -> None:
    """End every other connection to the database."""
    async with await psycopg.AsyncConnection.connect(_plain(address), autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


_PROGRAM = """
import asyncio, sys
from bot.jobs.postgres import postgres_queue

async def work(key):
    print(key, flush=True)
    await asyncio.sleep(3600)

async def main():
    queue = postgres_queue(sys.argv[1], stale=2.0)
    queue.on("question", work, 4)
    await queue.run(asyncio.Event())

asyncio.run(main())
"""


def _killed_while_working(address: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, address], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "T1/1"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
