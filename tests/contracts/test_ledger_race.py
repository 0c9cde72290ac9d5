"""Many claim at the same moment: threads of one process, and processes."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.records import Lane
from bot.store import HEAD, SqlStore, migrate, opened
from tests.contracts.stores import LANE, LEASE, NOW, draft, promised

LANES = [Lane("T1", f"C{at}") for at in range(4)]
EACH = 12
WORKERS = 4

Claimed = tuple[str, str, int, bool]
"""Channel, subject, attempt, doubtful."""


async def everything(store: SqlStore, holder: str, lanes: list[Lane]) -> list[Claimed]:
    """Claim and send until nothing is left to be tried."""
    told: list[Claimed] = []
    while found := await store.ledger.lanes(NOW):
        for lane in [lane for lane in lanes if lane in found]:
            promise = await store.ledger.claim(lane, NOW, LEASE, holder)
            if promise:
                told.append((lane.channel, promise.new.subject, promise.attempt, promise.doubtful))
                assert await store.ledger.holds(promise, NOW)
                await store.ledger.sent(promise, "1.0")
    return told


async def fill(store: SqlStore) -> None:
    new = [promised(f"{at:02}", lane=lane) for at in range(EACH) for lane in LANES]
    assert await store.of("T1").promise(new) == EACH * len(LANES)


def check(told: list[list[Claimed]]) -> None:
    """Every promise was claimed once, and by each worker in the order of its lane."""
    every = Counter(each for part in told for each in part)
    assert set(every.values()) == {1}
    assert len(every) == EACH * len(LANES)
    for part in told:
        for lane in LANES:
            mine = [subject for channel, subject, *_ in part if channel == lane.channel]
            assert mine == sorted(mine)
    assert {(attempt, doubtful) for _, _, attempt, doubtful in every} == {(1, False)}


async def test_of_many_claims_at_once_one_succeeds(store: SqlStore) -> None:
    await store.of("T1").promise([promised("a"), promised("b")])
    for round_ in range(3):
        now = NOW + round_ * LEASE
        claims = (store.ledger.claim(LANE, now, LEASE, f"worker {at}") for at in range(12))
        found = [each for each in await asyncio.gather(*claims) if each]
        assert [(each.new.subject, each.attempt, each.doubtful) for each in found] == [
            ("a", round_ + 1, round_ > 0)
        ]


@pytest.mark.slow
async def test_threads_share_the_work(store: SqlStore) -> None:
    await fill(store)
    shifted = [LANES[at % 4 :] + LANES[: at % 4] for at in range(8)]
    told = await asyncio.gather(
        *(everything(store, f"worker {at}", lanes) for at, lanes in enumerate(shifted))
    )
    check(told)


def worker(address: str, holder: str, lanes: list[Lane]) -> list[Claimed]:
    async def work() -> list[Claimed]:
        async with opened(address) as store:
            return await everything(store, holder, lanes)

    return asyncio.run(work())


def numbers(address: str, name: str) -> list[int]:
    async def work() -> list[int]:
        async with opened(address) as store:
            made = [await store.of("T1").add(draft(f"{name} {at}")) for at in range(EACH)]
            return [kept.watched.number for kept in made]

    return asyncio.run(work())


@pytest.mark.slow
async def test_processes_share_the_work(address: str) -> None:
    async with opened(address) as store:
        await fill(store)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        work = [pool.submit(worker, address, f"worker {at}", LANES) for at in range(WORKERS)]
        check([each.result() for each in work])


@pytest.mark.slow
def test_processes_number_rules_without_gaps(address: str) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        work = [pool.submit(numbers, address, f"worker {at}") for at in range(WORKERS)]
        made = [number for each in work for number in each.result()]
    assert sorted(made) == list(range(1, WORKERS * EACH + 1))


@pytest.mark.slow
def test_processes_may_make_the_same_new_file_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        # So that all of them are there before the first file is.
        list(pool.map(len, ["warm"] * WORKERS))
        for at in range(8):
            address = f"sqlite:///{tmp_path}/{at}/new.db"
            work = [pool.submit(migrate, address) for _ in range(WORKERS)]
            assert {each.result(timeout=60) for each in work} == {HEAD}


async def test_a_claim_in_the_past_is_no_older_than_its_first_attempt(store: SqlStore) -> None:
    """A machine whose clock is behind finds nothing to claim while the lease of another lasts."""
    await store.of("T1").promise([promised("a")])
    first = await store.ledger.claim(LANE, NOW + timedelta(minutes=1), LEASE, "ahead")
    assert first is not None
    assert await store.ledger.claim(LANE, NOW, LEASE, "behind") is None
