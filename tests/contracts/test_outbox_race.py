"""Many claim at the same moment: threads of one process, and processes."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ChannelKey
from bot.store import HEAD, SqlStore, migrate, open_store
from tests.contracts.stores import CHANNEL_KEY, LEASE, NOW, draft, queued

CHANNELS = [ChannelKey("T1", f"C{at}") for at in range(4)]
EACH = 12
WORKERS = 4

Claimed = tuple[str, str, int, bool]
"""Channel, subject, attempt, doubtful."""


async def everything(store: SqlStore, holder: str, channel_keys: list[ChannelKey]) -> list[Claimed]:
    """Claim and send until nothing is left to be tried."""
    told: list[Claimed] = []
    while found := await store.outbox.due_channels(NOW):
        for channel_key in [channel_key for channel_key in channel_keys if channel_key in found]:
            notice = await store.outbox.claim(channel_key, NOW, LEASE, holder)
            if notice:
                told.append((channel_key.channel, notice.new.subject, notice.attempt, notice.doubtful))
                assert await store.outbox.holds(notice, NOW)
                await store.outbox.mark_sent(notice, "1.0")
    return told


async def fill(store: SqlStore) -> None:
    new = [queued(f"{at:02}", channel_key=channel_key) for at in range(EACH) for channel_key in CHANNELS]
    assert await store.of("T1").add_notices(new) == EACH * len(CHANNELS)


def check(told: list[list[Claimed]]) -> None:
    """Every notice was claimed once, and by each worker in the order of its channel."""
    every = Counter(each for part in told for each in part)
    assert set(every.values()) == {1}
    assert len(every) == EACH * len(CHANNELS)
    for part in told:
        for channel_key in CHANNELS:
            mine = [subject for channel, subject, *_ in part if channel == channel_key.channel]
            assert mine == sorted(mine)
    assert {(attempt, doubtful) for _, _, attempt, doubtful in every} == {(1, False)}


async def test_of_many_claims_at_once_one_succeeds(store: SqlStore) -> None:
    await store.of("T1").add_notices([queued("a"), queued("b")])
    for round_ in range(3):
        now = NOW + round_ * LEASE
        claims = (store.outbox.claim(CHANNEL_KEY, now, LEASE, f"worker {at}") for at in range(12))
        found = [each for each in await asyncio.gather(*claims) if each]
        assert [(each.new.subject, each.attempt, each.doubtful) for each in found] == [
            ("a", round_ + 1, round_ > 0)
        ]


@pytest.mark.slow
async def test_threads_share_the_work(store: SqlStore) -> None:
    await fill(store)
    shifted = [CHANNELS[at % 4 :] + CHANNELS[: at % 4] for at in range(8)]
    told = await asyncio.gather(
        *(everything(store, f"worker {at}", channel_keys) for at, channel_keys in enumerate(shifted))
    )
    check(told)


def worker(address: str, holder: str, channel_keys: list[ChannelKey]) -> list[Claimed]:
    async def work() -> list[Claimed]:
        async with open_store(address) as store:
            return await everything(store, holder, channel_keys)

    return asyncio.run(work())


def numbers(address: str, name: str) -> list[int]:
    async def work() -> list[int]:
        async with open_store(address) as store:
            made = [await store.of("T1").add(draft(f"{name} {at}")) for at in range(EACH)]
            return [stored.watched.number for stored in made]

    return asyncio.run(work())


@pytest.mark.slow
async def test_processes_share_the_work(address: str) -> None:
    async with open_store(address) as store:
        await fill(store)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        work = [pool.submit(worker, address, f"worker {at}", CHANNELS) for at in range(WORKERS)]
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
    await store.of("T1").add_notices([queued("a")])
    first = await store.outbox.claim(CHANNEL_KEY, NOW + timedelta(minutes=1), LEASE, "ahead")
    assert first is not None
    assert await store.outbox.claim(CHANNEL_KEY, NOW, LEASE, "behind") is None
