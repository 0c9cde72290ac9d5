"""Followed pairs: kept once whichever way round, no more than fit, and which session a post has come to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from bot.model import ChannelKey, DigestMode, SessionResult
from bot.store import SqlStore
from tests.contracts.stores import FRIDAY, NOW, THURSDAY, TUESDAY, digest, followed


async def test_a_pair_is_kept_once_whichever_way_round(store: SqlStore) -> None:
    repository = store.of("T1")
    assert await repository.follow(followed(), most=2)
    turned = replace(followed(first="SPSM", second="ISCB", against="IWM"), made=NOW + timedelta(hours=1))
    assert await repository.follow(turned, most=2)
    assert await repository.follows("C1") == [turned]
    assert await repository.unfollow("C1", "ISCB SPSM")
    assert not await repository.unfollow("C1", "ISCB SPSM")
    assert await repository.follows() == []


async def test_pairs_are_those_of_their_channel_the_oldest_first(store: SqlStore) -> None:
    repository = store.of("T1")
    later = replace(followed(first="AAA", second="BBB"), made=NOW + timedelta(minutes=1))
    for each in (later, followed(), followed(channel="C2")):
        assert await repository.follow(each, most=2)
    assert await repository.follows("C1") == [followed(), later]
    assert await repository.follows() == [followed(), later, followed(channel="C2")]
    assert await store.follows(["T1", "T2"]) == {
        ChannelKey("T1", "C1"): [followed(), later],
        ChannelKey("T1", "C2"): [followed(channel="C2")],
    }


async def test_no_more_are_kept_than_fit(store: SqlStore) -> None:
    repository = store.of("T1")
    funds = ("AAA", "BBB", "CCC", "DDD", "EEE")
    kept = await asyncio.gather(*(repository.follow(followed(second=fund), most=3) for fund in funds))
    assert sum(kept) == 3
    assert len(await repository.follows("C1")) == 3
    assert await repository.follow(followed(second=funds[kept.index(True)], against="IWM"), most=3)
    assert await repository.follow(followed(channel="C2"), most=3)


async def test_the_choice_of_quiet_days_is_kept(store: SqlStore) -> None:
    repository = store.of("T1")
    chosen = replace(digest(), mode=DigestMode.QUIET, days=(0, 4), chosen=True)
    await repository.save_digest(chosen)
    assert await repository.digest("C1") == chosen


async def test_a_post_comes_to_a_session_and_never_back(store: SqlStore) -> None:
    repository = store.of("T1")
    await repository.save_digest(digest())
    for session in (FRIDAY, THURSDAY):
        await repository.mark_told("C1", session)
        assert await reached(store) == FRIDAY
    outcome = SessionResult("T1", "C1", TUESDAY, (), told=True)
    assert await store.commit([outcome]) == [outcome]
    changed = replace(digest(), mode=DigestMode.ALWAYS)
    await repository.save_digest(changed)
    assert await repository.digest("C1") == changed
    assert await store.commit([SessionResult("T1", "C1", FRIDAY, (), told=True)])
    assert await reached(store) == TUESDAY


async def reached(store: SqlStore) -> date | None:
    found = await store.of("T1").digest("C1")
    assert found is not None
    return found.reached
