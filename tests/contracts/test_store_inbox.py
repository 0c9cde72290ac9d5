"""What every inbox promises: a question is worked on by one, until it is done."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.records import Question
from bot.store import SqlStore
from tests.contracts.stores import LEASE, NOW

ASKED = Question(
    "q1",
    "press:ack",
    "R7v1 \N{SNOWMAN} 'quoted'",
    "T1",
    "C1",
    "U1",
    NOW,
    thread="12.5",
    reply_url="https://hooks.example/1",
    extra={"fields": {"reason": "", "n": 1.5, "none": None}, "list": [1, "2", True]},
)


async def test_a_question_is_taken_as_it_was_put(store: SqlStore) -> None:
    assert await store.inbox.put(ASKED)
    assert await store.inbox.open(NOW) == [("T1", "q1")]
    assert await store.inbox.take("T1", "q1", NOW, LEASE) == ASKED


async def test_a_second_delivery_is_the_same_question(store: SqlStore) -> None:
    assert await store.inbox.put(ASKED)
    assert not await store.inbox.put(replace(ASKED, text="other"))
    assert await store.inbox.put(replace(ASKED, team="T2"))
    assert await store.inbox.take("T1", "q1", NOW, LEASE) == ASKED


async def test_one_works_on_it_until_the_lease_ends(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    found = await asyncio.gather(*(store.inbox.take("T1", "q1", NOW, LEASE) for _ in range(6)))
    assert [each for each in found if each] == [ASKED]
    assert await store.inbox.open(NOW + LEASE - timedelta(microseconds=1)) == []
    assert await store.inbox.open(NOW + LEASE) == [("T1", "q1")]
    assert await store.inbox.take("T1", "q1", NOW + LEASE, LEASE) == replace(ASKED, attempt=2)


async def test_a_lease_that_a_clock_ahead_has_given_holds_up_nobody(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    assert await store.inbox.take("T1", "q1", NOW + timedelta(days=10), LEASE) == ASKED
    assert await store.inbox.open(NOW) == [("T1", "q1")]
    assert await store.inbox.take("T1", "q1", NOW, LEASE) == replace(ASKED, attempt=2)
    assert await store.inbox.open(NOW) == []


async def test_what_is_done_is_done(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    await store.inbox.take("T1", "q1", NOW, LEASE)
    await store.inbox.done("T1", "q1")
    assert await store.inbox.take("T1", "q1", NOW + LEASE, LEASE) is None
    assert await store.inbox.open(NOW + LEASE) == []
    assert not await store.inbox.put(ASKED)
    assert await store.inbox.take("T1", "unheard of", NOW, LEASE) is None


async def test_what_is_put_back_may_be_taken_at_once(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    await store.inbox.take("T1", "q1", NOW, LEASE)
    await store.inbox.put_back("T1", "q1")
    assert await store.inbox.open(NOW) == [("T1", "q1")]
    assert await store.inbox.take("T1", "q1", NOW, LEASE) == replace(ASKED, attempt=2)
    await store.inbox.done("T1", "q1")
    await store.inbox.put_back("T1", "q1")
    assert await store.inbox.take("T1", "q1", NOW, LEASE) is None


async def test_who_works_on_it_may_hold_on_to_it(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    taken = await store.inbox.take("T1", "q1", NOW, LEASE)
    assert taken is not None
    later = NOW + LEASE - timedelta(seconds=1)
    assert await store.inbox.renew(taken, later, LEASE)
    assert await store.inbox.open(NOW + LEASE) == []
    assert await store.inbox.open(later + LEASE) == [("T1", "q1")]
    # Nobody has taken it since: it is still its worker's.
    assert await store.inbox.renew(taken, later + LEASE, LEASE)
    await store.inbox.done("T1", "q1")
    assert not await store.inbox.renew(taken, later, LEASE)


async def test_who_was_overtaken_cannot_hold_on_to_it(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    first = await store.inbox.take("T1", "q1", NOW, LEASE)
    second = await store.inbox.take("T1", "q1", NOW + LEASE, LEASE)
    assert first is not None
    assert second is not None
    assert not await store.inbox.renew(first, NOW + LEASE, LEASE)
    assert await store.inbox.renew(second, NOW + LEASE, LEASE)
    assert not await store.inbox.renew(replace(first, team="T2"), NOW, LEASE)


async def test_all_that_is_worked_on_is_freed_at_once(store: SqlStore) -> None:
    for name in ("q1", "q2", "q3"):
        await store.inbox.put(replace(ASKED, id=name))
    for name in ("q1", "q2"):
        await store.inbox.take("T1", name, NOW, LEASE)
    await store.inbox.done("T1", "q1")
    assert await store.inbox.free() == 1
    assert sorted(await store.inbox.open(NOW)) == [("T1", "q2"), ("T1", "q3")]
    assert await store.inbox.take("T1", "q2", NOW, LEASE) == replace(ASKED, id="q2", attempt=2)


async def test_the_oldest_question_is_the_first(store: SqlStore) -> None:
    for name, age in (("q1", 1), ("q2", 3), ("q3", 2)):
        await store.inbox.put(replace(ASKED, id=name, asked=NOW - timedelta(minutes=age)))
    assert await store.inbox.open(NOW) == [("T1", "q2"), ("T1", "q3"), ("T1", "q1")]
    assert await store.inbox.open(NOW, most=1) == [("T1", "q2")]


async def test_what_was_done_is_forgotten_and_nothing_else(store: SqlStore) -> None:
    for name in ("q1", "q2"):
        await store.inbox.put(replace(ASKED, id=name))
    await store.inbox.done("T1", "q1")
    assert await store.inbox.forget(NOW) == 0
    assert await store.inbox.forget(NOW + LEASE) == 1
    assert await store.inbox.open(NOW) == [("T1", "q2")]


async def test_what_no_database_takes_is_replaced(store: SqlStore) -> None:
    await store.inbox.put(replace(ASKED, text="a\0b\ud800c"))
    found = await store.inbox.take("T1", "q1", NOW, LEASE)
    assert found is not None
    assert found.text == "ab?c"
