"""What every inbox notices: a question is worked on by one, until it is done."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Crowded, LimitScope, Request, RequestLimits
from bot.ports import Inbox
from bot.store import SqlStore, open_store
from tests.contracts.stores import LEASE, NOW

ASKED = Request(
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
    assert await store.inbox.claim(NOW, LEASE) == ASKED


async def test_a_second_delivery_is_the_same_question(store: SqlStore) -> None:
    assert await store.inbox.put(ASKED)
    assert not await store.inbox.put(replace(ASKED, text="other"))
    assert await store.inbox.put(replace(ASKED, team="T2"))
    assert await store.inbox.claim(NOW, LEASE) == ASKED


async def test_one_works_on_it_until_the_lease_ends(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    found = await asyncio.gather(*(store.inbox.claim(NOW, LEASE) for _ in range(6)))
    assert [each for each in found if each] == [ASKED]
    assert await store.inbox.open(NOW + LEASE - timedelta(microseconds=1)) == []
    assert await store.inbox.open(NOW + LEASE) == [("T1", "q1")]
    assert await store.inbox.claim(NOW + LEASE, LEASE) == replace(ASKED, attempt=2)


async def test_a_lease_that_a_clock_ahead_has_given_holds_up_nobody(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    assert await store.inbox.claim(NOW + timedelta(days=10), LEASE) == ASKED
    assert await store.inbox.open(NOW) == [("T1", "q1")]
    assert await store.inbox.claim(NOW, LEASE) == replace(ASKED, attempt=2)
    assert await store.inbox.open(NOW) == []


async def test_what_is_done_is_done(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    await store.inbox.claim(NOW, LEASE)
    await store.inbox.mark_done("T1", "q1")
    assert await store.inbox.claim(NOW + LEASE, LEASE) is None
    assert await store.inbox.open(NOW + LEASE) == []
    assert not await store.inbox.put(ASKED)


async def test_what_is_put_back_may_be_taken_at_once(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    await store.inbox.claim(NOW, LEASE)
    await store.inbox.put_back("T1", "q1")
    assert await store.inbox.open(NOW) == [("T1", "q1")]
    assert await store.inbox.claim(NOW, LEASE) == replace(ASKED, attempt=2)
    await store.inbox.mark_done("T1", "q1")
    await store.inbox.put_back("T1", "q1")
    assert await store.inbox.claim(NOW, LEASE) is None


async def test_who_works_on_it_may_hold_on_to_it(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    taken = await store.inbox.claim(NOW, LEASE)
    assert taken is not None
    later = NOW + LEASE - timedelta(seconds=1)
    assert await store.inbox.renew(taken, later, LEASE)
    assert await store.inbox.open(NOW + LEASE) == []
    assert await store.inbox.open(later + LEASE) == [("T1", "q1")]
    # Nobody has taken it since: it is still its worker's.
    assert await store.inbox.renew(taken, later + LEASE, LEASE)
    await store.inbox.mark_done("T1", "q1")
    assert not await store.inbox.renew(taken, later, LEASE)


async def test_who_was_overtaken_cannot_hold_on_to_it(store: SqlStore) -> None:
    await store.inbox.put(ASKED)
    first = await store.inbox.claim(NOW, LEASE)
    second = await store.inbox.claim(NOW + LEASE, LEASE)
    assert first is not None
    assert second is not None
    assert not await store.inbox.renew(first, NOW + LEASE, LEASE)
    assert await store.inbox.renew(second, NOW + LEASE, LEASE)
    assert not await store.inbox.renew(replace(first, team="T2"), NOW, LEASE)


async def test_all_that_is_worked_on_is_freed_at_once(store: SqlStore) -> None:
    for name in ("q1", "q2", "q3"):
        await store.inbox.put(replace(ASKED, id=name))
    assert await claims(store.inbox, 2) == ["T1/q1", "T1/q2"]
    await store.inbox.mark_done("T1", "q1")
    assert await store.inbox.free() == 1
    assert sorted(await store.inbox.open(NOW)) == [("T1", "q2"), ("T1", "q3")]
    assert await store.inbox.claim(NOW, LEASE) == replace(ASKED, id="q2", attempt=2)


async def test_the_oldest_question_is_the_first(store: SqlStore) -> None:
    for name, age in (("q1", 1), ("q2", 3), ("q3", 2)):
        await store.inbox.put(replace(ASKED, id=name, asked=NOW - timedelta(minutes=age)))
    assert await store.inbox.open(NOW) == [("T1", "q2"), ("T1", "q3"), ("T1", "q1")]
    assert await store.inbox.open(NOW, most=1) == [("T1", "q2")]


async def test_what_was_done_is_forgotten_and_nothing_else(store: SqlStore) -> None:
    for name in ("q1", "q2"):
        await store.inbox.put(replace(ASKED, id=name))
    await store.inbox.mark_done("T1", "q1")
    assert await store.inbox.forget(NOW) == 0
    assert await store.inbox.forget(NOW + LEASE) == 1
    assert await store.inbox.open(NOW) == [("T1", "q2")]


async def test_what_no_database_takes_is_replaced(store: SqlStore) -> None:
    await store.inbox.put(replace(ASKED, text="a\0b\ud800c"))
    found = await store.inbox.claim(NOW, LEASE)
    assert found is not None
    assert found.text == "ab?c"


def asked(name: str, minutes: float = 0, user: str = "U1") -> Request:
    """A question by its name, "workspace/id", asked so many minutes after the first."""
    team, _, id_ = name.partition("/")
    return replace(ASKED, team=team, id=id_, user=user, asked=NOW + timedelta(minutes=minutes))


async def claims(inbox: Inbox, count: int, now: datetime = NOW) -> list[str]:
    """The names of the next questions, each claimed a second after the one before."""
    found = [await inbox.claim(now + timedelta(seconds=at), LEASE) for at in range(count)]
    return [f"{each.team}/{each.id}" for each in found if each]


async def test_the_workspace_with_the_fewest_being_worked_on_is_next(store: SqlStore) -> None:
    for name in ("T3/q1", "T3/q2", "T3/q3", "T3/q4"):
        await store.inbox.put(asked(name))
    assert await claims(store.inbox, 2) == ["T3/q1", "T3/q2"]
    for at, name in enumerate(("T2/q1", "T2/q2", "T2/q3", "T1/q1")):
        await store.inbox.put(asked(name, 1 + at))
    assert await claims(store.inbox, 6, NOW + LEASE / 2) == [
        "T2/q1",
        "T1/q1",
        "T2/q2",
        "T3/q3",
        "T2/q3",
        "T3/q4",
    ]


async def test_workspaces_with_as_many_are_served_in_turn(store: SqlStore) -> None:
    """With one worker, too: that one of them asked all its questions before the other is of no account."""
    for at, name in enumerate(("T1/q1", "T1/q2", "T1/q3", "T2/q1", "T2/q2", "T3/q1")):
        await store.inbox.put(asked(name, at))
    served = []
    for at in range(6):
        (name,) = await claims(store.inbox, 1, NOW + timedelta(seconds=at))
        served.append(name)
        await store.inbox.mark_done(*name.split("/"))
    assert served == ["T1/q1", "T2/q1", "T3/q1", "T1/q2", "T2/q2", "T1/q3"]


async def test_a_workspace_served_by_a_clock_ahead_is_not_put_behind(store: SqlStore) -> None:
    await store.inbox.put(asked("T1/q1"))
    await claims(store.inbox, 1, NOW + timedelta(days=10))
    await store.inbox.mark_done("T1", "q1")
    await store.inbox.put(asked("T2/q1"))
    await claims(store.inbox, 1)
    await store.inbox.mark_done("T2", "q1")
    await store.inbox.put(asked("T1/q2", 1))
    await store.inbox.put(asked("T2/q2"))
    assert await claims(store.inbox, 2) == ["T1/q2", "T2/q2"]


async def test_in_a_workspace_the_person_with_the_fewest_being_worked_on_is_next(store: SqlStore) -> None:
    for at in range(3):
        await store.inbox.put(asked(f"T1/q{at}", at, "U1"))
    await store.inbox.put(asked("T1/q3", 3, "U2"))
    await store.inbox.put(asked("T1/q4", 4, "U2"))
    assert await claims(store.inbox, 5) == ["T1/q0", "T1/q3", "T1/q1", "T1/q4", "T1/q2"]


async def test_a_question_is_claimed_once_by_however_many(address: str) -> None:
    names = {f"T{at % 3}/q{at}" for at in range(40)}
    async with open_store(address) as one, open_store(address) as other, open_store(address) as third:
        for name in sorted(names):
            await one.inbox.put(asked(name))
        everybody = [store.inbox.claim(NOW, LEASE) for store in (one, other, third) for _ in range(20)]
        found = [each for each in await asyncio.gather(*everybody) if each]
        assert sorted(f"{each.team}/{each.id}" for each in found) == sorted(names)
        assert {each.attempt for each in found} == {1}


LIMITS = RequestLimits(person=2, channel=3, workspace=4, apart=frozenset({"home"}))


async def ask(inbox: Inbox, name: str, user: str = "U1", channel: str = "C1") -> bool | Crowded:
    return await inbox.put(replace(asked(name, user=user), channel=channel), LIMITS)


async def test_one_person_does_not_ask_without_end(store: SqlStore) -> None:
    assert [await ask(store.inbox, f"T1/q{at}") for at in range(3)] == [
        True,
        True,
        Crowded(LimitScope.PERSON, 2),
    ]
    assert await ask(store.inbox, "T1/q3", "U2") is True
    assert await ask(store.inbox, "T2/q0") is True
    await store.inbox.claim(NOW, LEASE)
    assert await ask(store.inbox, "T1/q4") == Crowded(LimitScope.PERSON, 2)
    await store.inbox.mark_done("T1", "q0")
    assert await ask(store.inbox, "T1/q5") is True


async def test_neither_does_a_channel_nor_a_workspace(store: SqlStore) -> None:
    found = [await ask(store.inbox, f"T1/q{at}", f"U{at}") for at in range(4)]
    assert found == [True, True, True, Crowded(LimitScope.CHANNEL, 3)]
    assert await ask(store.inbox, "T1/q5", "U5", "C2") is True
    assert await ask(store.inbox, "T1/q6", "U6", "C2") == Crowded(LimitScope.WORKSPACE, 4)


async def test_of_what_comes_together_each_is_counted(store: SqlStore) -> None:
    found = await asyncio.gather(*(ask(store.inbox, f"T1/q{at}", f"U{at % 2}", f"C{at}") for at in range(9)))
    assert [each for each in found if each is True] == [True] * 4
    assert len(await store.inbox.open(NOW)) == 4


async def test_a_second_delivery_is_not_refused_nor_counted(store: SqlStore) -> None:
    assert [await ask(store.inbox, "T1/q1") for _ in range(3)] == [True, False, False]
    assert await ask(store.inbox, "T1/q2") is True
    assert [await ask(store.inbox, f"T1/q{at}") for at in (1, 2)] == [False, False]
    await store.inbox.mark_done("T1", "q1")
    assert await ask(store.inbox, "T1/q3") is True
    assert await ask(store.inbox, "T1/q1") is False
    twice = await asyncio.gather(*(ask(store.inbox, "T1/q4", "U2") for _ in range(2)))
    assert twice in ([True, False], [False, True])


async def test_what_nobody_asked_is_not_counted_nor_refused(store: SqlStore) -> None:
    for at in range(5):
        looked = replace(asked(f"T1/look{at}"), handler="home")
        assert await store.inbox.put(looked, LIMITS) is True
    assert [await ask(store.inbox, f"T1/q{at}") for at in range(3)] == [
        True,
        True,
        Crowded(LimitScope.PERSON, 2),
    ]
    assert await store.inbox.put(replace(asked("T1/look5"), handler="home"), LIMITS) is True


async def test_without_limits_nothing_is_refused(store: SqlStore) -> None:
    assert [await store.inbox.put(asked(f"T1/q{at}"), RequestLimits()) for at in range(40)] == [True] * 40
