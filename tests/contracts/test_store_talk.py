"""What is remembered of a conversation: the newest question of each place, and nothing of an answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from analytics.query import Query as Comparing
from analytics.returns import Rate
from analytics.window import Window
from bot.errors import Unavailable
from bot.model import ThreadContext
from bot.store import SqlStore, open_store
from bot.store.schema import METADATA, TOPICS
from tests.contracts.stores import FRIDAY, NOW, topic

SECOND = timedelta(seconds=1)
HOSTILE = (
    "'; DROP TABLE topics; --",
    "%s %(team)s :thread {0}",
    "a\0b",
    "\ud800",
    "\N{RIGHT-TO-LEFT OVERRIDE}1.0\N{SNOWMAN}",
    "T1/C1",
    "1.0 ",
    " 1.0",
    "x" * 3000,
)
"""Names of places and people, which differ from one another after all that a database makes of them."""


async def test_the_question_comes_back_as_it_was(store: SqlStore) -> None:
    repository = store.of("T1")
    by_dates = Window("2021-03-19..2024-12-31", date(2021, 3, 19), date(2024, 12, 31))
    for number, asked in enumerate(
        (
            topic("VWCE.DE", "^IRX", more=3),
            ThreadContext(Comparing(("ISCB",), by_dates, FRIDAY, rate=Rate(None))),
            ThreadContext(Comparing(("ISCB", "VB"), Window("max"), date(1990, 1, 2), rate=Rate(5e-324))),
        )
    ):
        await repository.remember("C1", f"{number}.0", asked, NOW)
        found = await repository.recall("C1", f"{number}.0")
        assert found == asked
        assert repr(found) == repr(asked)


async def test_each_place_has_its_own(store: SqlStore) -> None:
    repository = store.of("T1")
    places = [("C1", "1.0"), ("C1", "2.0"), ("C2", "1.0"), ("D1", ""), ("", "D1"), ("C11.0", "")]
    for number, (channel, thread) in enumerate(places):
        await repository.remember(channel, thread, topic(more=number), NOW)
    for number, (channel, thread) in enumerate(places):
        assert await repository.recall(channel, thread) == topic(more=number)
    assert await repository.recall("C2", "2.0") is None
    assert await repository.recall("C1", "") is None


async def test_the_newest_question_wins(store: SqlStore) -> None:
    repository = store.of("T1")
    await repository.remember("C1", "1.0", topic("A"), NOW)
    await repository.remember("C1", "1.0", topic("B"), NOW + SECOND)
    assert await repository.recall("C1", "1.0") == topic("B")
    await repository.remember("C1", "1.0", topic("A", "C"), NOW)  # was answered late
    assert await repository.recall("C1", "1.0") == topic("B")
    await repository.remember("C1", "1.0", topic("D"), NOW + SECOND)  # at the same moment: the last one
    assert await repository.recall("C1", "1.0") == topic("D")


async def test_many_at_once_leave_the_newest_of_each_place(address: str) -> None:
    """From two processes, each in an order of its own."""
    order = [(place, moment) for place in range(5) for moment in range(12)]
    async with open_store(address) as one, open_store(address) as other:
        writes = [
            store.of(team).remember("C1", f"{place}.0", topic(team, more=moment), NOW + moment * SECOND)
            for store, some in ((one, order[::2]), (other, order[1::2][::-1]))
            for place, moment in some
            for team in ("T1", "T2")
        ]
        await asyncio.gather(*writes)
        for team in ("T1", "T2"):
            found = [await one.of(team).recall("C1", f"{place}.0") for place in range(5)]
            assert found == [topic(team, more=11)] * 5


async def test_what_is_remembered_outlives_the_process(address: str) -> None:
    async with open_store(address) as store:
        await store.of("T1").remember("C1", "1.0", topic(), NOW)
        assert await store.of("T1").note_visit("U1", NOW)
    async with open_store(address) as store:
        assert await store.of("T1").recall("C1", "1.0") == topic()
        assert not await store.of("T1").note_visit("U1", NOW)
        assert await store.of("T1").visitors(NOW) == ["U1"]


@dataclass(frozen=True)
class Answered(Comparing):
    """A question that carries what it must not."""

    price: float = 31415.926


@dataclass(frozen=True)
class Poisoned(ThreadContext):
    """A topic that carries an answer."""

    answer: str = "ISCB returned 31415.926"
    sortino: tuple[float, ...] = (31415.926,)


async def test_no_price_and_no_answer_is_kept(store: SqlStore) -> None:
    query = topic().comparing
    told = Answered(*(getattr(query, each.name) for each in fields(query)))
    await store.of("T1").remember("C1", "1.0", Poisoned(told, "yahoo"), NOW)
    with store.database.engine.connect() as connection:
        everything = [repr(connection.execute(sa.select(table)).all()) for table in METADATA.sorted_tables]
        column = sa.cast(TOPICS.c.topic, sa.Text)
        kept = connection.execute(sa.select(sa.type_coerce(column, sa.Text))).scalar_one()
    assert "31415" not in "".join(everything) + kept
    assert await store.of("T1").recall("C1", "1.0") == topic()
    written = json.loads(kept)
    assert written.keys() == {"comparing", "source", "more", "seats"}
    assert written["comparing"].keys() == {each.name for each in fields(Comparing)}


async def test_a_thread_is_forgotten_from_the_very_moment_on(store: SqlStore) -> None:
    tick = timedelta(microseconds=1)
    for team in ("T1", "T2"):
        await store.of(team).remember("C1", "1.0", topic(), NOW)
        await store.of(team).remember("C1", "2.0", topic(), NOW + tick)
    assert await store.forget_topics(NOW) == 0
    assert await store.of("T1").recall("C1", "1.0") == topic()
    assert await store.forget_topics(NOW + tick) == 2
    for team in ("T1", "T2"):
        found = [await store.of(team).recall("C1", thread) for thread in ("1.0", "2.0")]
        assert found == [None, topic()]
    assert await store.forget_topics(NOW + tick) == 0


async def test_a_thread_that_is_talked_in_is_not_forgotten(store: SqlStore) -> None:
    repository = store.of("T1")
    await repository.remember("C1", "1.0", topic(), NOW)
    await repository.remember("C1", "1.0", topic("VB"), NOW + SECOND)
    assert await store.forget_topics(NOW + SECOND) == 0
    assert await repository.recall("C1", "1.0") == topic("VB")


async def test_forgetting_leaves_what_is_remembered_meanwhile(address: str) -> None:
    async with open_store(address) as one, open_store(address) as other:
        for number in range(20):
            await one.of("T1").remember("C1", f"{number}.0", topic(), NOW)
        again = [one.of("T1").remember("C1", f"{n}.0", topic("VB"), NOW + SECOND) for n in range(20)]
        await asyncio.gather(other.forget_topics(NOW + SECOND), *again)
        found = [await one.of("T1").recall("C1", f"{number}.0") for number in range(20)]
        assert found == [topic("VB")] * 20


async def test_a_visitor_is_new_once(store: SqlStore) -> None:
    repository = store.of("T1")
    assert await repository.note_visit("U1", NOW)
    assert not await repository.note_visit("U1", NOW + SECOND)
    assert await repository.note_visit("U2", NOW)
    assert await store.of("T2").note_visit("U1", NOW)


async def test_who_looks_at_the_messages_is_new_there_and_no_visitor_of_home(store: SqlStore) -> None:
    repository = store.of("T1")
    assert await repository.note_visit("U1", NOW, messages=True)
    assert not await repository.note_visit("U1", NOW + SECOND, messages=True)
    assert await repository.visitors(NOW) == []
    assert await repository.note_visit("U1", NOW)
    assert await repository.visitors(NOW) == ["U1"]


async def test_a_visitor_is_new_once_among_many_at_once(address: str) -> None:
    """Two processes, each asked about everybody several times in the same instant."""
    users = [f"U{number}" for number in range(8)]
    async with open_store(address) as one, open_store(address) as other:
        looks = [(store, user, n) for n in range(4) for user in users for store in (one, other)]
        found = await asyncio.gather(
            *(store.of("T1").note_visit(user, NOW + n % 2 * SECOND) for store, user, n in looks)
        )
        first = [user for (_, user, _), new in zip(looks, found, strict=True) if new]
        assert sorted(first) == users
        assert sorted(await one.of("T1").visitors(NOW + SECOND)) == users


async def test_the_latest_visitors_come_first(store: SqlStore) -> None:
    repository = store.of("T1")
    for user, seconds in (("U1", 0), ("U2", 5), ("U3", 3), ("U4", 5), ("U1", 4), ("U3", 1)):
        await repository.note_visit(user, NOW + seconds * SECOND)
    assert await repository.visitors(NOW) == ["U2", "U4", "U1", "U3"]
    assert await repository.visitors(NOW + 4 * SECOND) == ["U2", "U4", "U1"]
    assert await repository.visitors(NOW + 6 * SECOND) == []


async def test_who_does_not_come_again_is_forgotten(store: SqlStore) -> None:
    repository = store.of("T1")
    for user in ("U1", "U2", "U3"):
        await repository.note_visit(user, NOW)
    await repository.note_visit("U2", NOW + 2 * SECOND)
    await repository.note_visit("U3", NOW + SECOND)
    assert await store.forget_topics(NOW + SECOND) == 0  # threads are counted
    assert await repository.visitors(NOW) == ["U2", "U3"]
    assert await repository.note_visit("U1", NOW + 3 * SECOND)


async def test_names_are_only_ever_names(store: SqlStore) -> None:
    repository = store.of("T1")
    await repository.remember("C1", "1.0", topic("SAFE"), NOW)
    for number, name in enumerate(HOSTILE):
        await repository.remember(name, name, topic(more=number), NOW)
        assert await repository.note_visit(name, NOW - number * SECOND)
    for number, name in enumerate(HOSTILE):
        assert await repository.recall(name, name) == topic(more=number)
        assert not await repository.note_visit(name, NOW - SECOND * 100)
        assert await repository.content_of_message(name, name) is None
    kept = [name.replace("\0", "").replace("\ud800", "?") for name in HOSTILE]
    assert await repository.visitors(NOW - timedelta(days=1)) == kept
    assert await repository.recall("C1", "1.0") == topic("SAFE")
    assert await store.forget_topics(NOW + SECOND) == len(HOSTILE) + 1


async def test_symbols_are_only_ever_symbols(store: SqlStore) -> None:
    repository = store.of("T1")
    asked = topic(*(name for name in HOSTILE if name.isprintable() or "\0" in name))
    asked = replace(asked, source="\"}, {'a\0':\\u0000 %s")
    await repository.remember("C1", "1.0", asked, NOW)
    assert await repository.recall("C1", "1.0") == asked


async def test_what_cannot_be_written_costs_the_others_nothing(store: SqlStore) -> None:
    repository = store.of("T1")
    symbols = ("A", "\ud800", "B")  # half of a pair: nothing that JSON can carry
    writes = [repository.remember("C1", symbol, topic(symbol), NOW) for symbol in symbols]
    first, refused, last = await asyncio.gather(*writes, return_exceptions=True)
    assert (first, last) == (None, None)
    assert isinstance(refused, Exception)
    assert not isinstance(refused, Unavailable)
    assert [await repository.recall("C1", symbol) for symbol in symbols] == [topic("A"), None, topic("B")]


async def test_a_time_without_a_zone_is_refused(store: SqlStore) -> None:
    repository, naive = store.of("T1"), NOW.replace(tzinfo=None)
    for refused in (repository.remember("C1", "1.0", topic(), naive), repository.note_visit("U1", naive)):
        with pytest.raises(Exception, match="has no zone"):
            await refused
    assert await repository.recall("C1", "1.0") is None
    assert await repository.note_visit("U1", NOW)
