"""Named mixes: every version is kept, a name holds the newest, and no workspace sees another's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.model import Portfolio
from bot.store import SqlStore
from tests.contracts.stores import NOW

HOUR = NOW + timedelta(hours=1)
CORE = Portfolio("T1", "core", 1, "core@1=60%SPSM+40%ISCB", "U1", "U1", NOW)


async def test_a_change_is_the_next_version_and_the_old_one_stays(store: SqlStore) -> None:
    repository = store.of("T1")
    assert await repository.save_portfolio(CORE, 5) == CORE
    later = replace(
        CORE, symbol="core@1=100%SPY:never", author="U2", owner="U2", made=NOW + timedelta(hours=1)
    )
    second = replace(later, version=2, symbol="core@2=100%SPY:never", owner="U1")
    assert await repository.save_portfolio(later, 5) == second
    assert await repository.portfolios() == [CORE, second]
    assert await store.of("T2").portfolios() == []


async def test_the_same_question_asked_again_is_one_version(store: SqlStore) -> None:
    repository = store.of("T1")
    assert [await repository.save_portfolio(CORE, 5) for _ in range(2)] == [CORE, CORE]
    assert await repository.portfolios() == [CORE]


async def test_a_name_that_was_given_up_counts_its_versions_on(store: SqlStore) -> None:
    repository = store.of("T1")
    await repository.save_portfolio(CORE, 5)
    gone = NOW + timedelta(hours=1)
    assert await repository.retire_portfolio("core", gone)
    assert not await repository.retire_portfolio("core", gone)
    assert not await store.of("T2").retire_portfolio("core", gone)
    again = replace(CORE, owner="U2", author="U2", made=NOW + timedelta(hours=2))
    made = await repository.save_portfolio(again, 5)
    assert made == replace(again, version=2, symbol="core@2=60%SPSM+40%ISCB")
    assert await repository.portfolios() == [replace(CORE, retired=gone), made]


async def test_no_more_names_are_kept_than_fit(store: SqlStore) -> None:
    repository = store.of("T1")
    wanted = [
        replace(CORE, name=name, symbol=CORE.symbol.replace("core", name), author=name)
        for name in ("aa", "bb", "cc", "dd")
    ]
    kept = await asyncio.gather(*(repository.save_portfolio(each, 3) for each in wanted))
    assert sum(each is not None for each in kept) == 3
    (full,) = {each.name for each in wanted} - {each.name for each in await repository.portfolios()}
    named = next(each for each in wanted if each.name != full)
    assert await repository.save_portfolio(replace(named, made=NOW + timedelta(hours=1)), 3)
