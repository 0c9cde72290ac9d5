"""What is put into a database comes back as it was, to the last bit."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from analytics.watch.readings import Reading
from analytics.watch.states import Phase
from bot.errors import Unavailable
from bot.model import DigestContent, NewNotice, NoticeKind, SessionResult
from bot.store import SqlStore, engine, migrate, open_store
from tests.contracts.stores import CHANNEL_KEY, FRIDAY, NOW, claimed, draft, firing, flip, queued, story

FACTS: dict[str, str | int | float | date] = {
    "value": 0.1 + 0.2,
    "whole": 1.0,
    "count": 1,
    "large": 1e22,
    "many": 2**60,
    "small": 5e-324,
    "minus": -0.0,
    "through": FRIDAY,
    "cause": "2026-01-16",
    "mark": "@2026-01-16",
    "marks": "@@",
    "inf": float("inf"),
    "words": "a\0b \N{SNOWMAN} 'x' \\ \"y\" %s :z",
}


async def test_facts_keep_their_kinds(store: SqlStore) -> None:
    stored = await store.of("T1").add(draft())
    told = replace(story(stored.watched, firing(FRIDAY)), flip=replace(flip(FRIDAY), facts=FACTS))
    digest_content = DigestContent(
        FRIDAY, (told,), missed=(("R1", flip(FRIDAY)), ("R1", replace(flip(FRIDAY), facts=FACTS)))
    )
    for content in (told, digest_content, FACTS["words"]):
        new = NewNotice("T1", "C1", FRIDAY, NoticeKind.DIGEST, type(content).__name__, content, NOW)  # type: ignore[arg-type]
        assert await store.of("T1").add_notices([new]) == 1
        found = await claimed(store)
        await store.outbox.mark_sent(found, "1.0")
        assert found.new == new
        assert repr(found.new.content) == repr(content).replace("datetime.timezone.utc", "TzInfo(0)")


async def test_a_moment_comes_back_in_utc_whatever_zone_it_was_in(store: SqlStore) -> None:
    tokyo = datetime(2026, 1, 16, 22, 30, 0, 123456, timezone(timedelta(hours=9)))
    await store.of("T1").add_notices([queued("a", not_before=tokyo)])
    found = (await claimed(store, tokyo)).new.not_before
    assert (found, found.utcoffset()) == (tokyo, timedelta(0))
    assert await store.outbox.claim(CHANNEL_KEY, tokyo - timedelta(seconds=1), timedelta(0), "x") is None


async def test_a_time_without_a_zone_is_refused(store: SqlStore) -> None:
    naive = datetime(2026, 1, 16, 13, 30)  # noqa: DTZ001
    with pytest.raises(Exception, match="has no zone"):
        await store.of("T1").add_notices([queued(not_before=naive)])


async def test_a_state_comes_back_with_everything_in_it(store: SqlStore) -> None:
    stored = await store.of("T1").add(draft())
    state = replace(
        firing(FRIDAY).acknowledge("U1", "on it").snooze(FRIDAY),
        trouble=Phase.NO_DATA,
        told=frozenset({Phase.NO_DATA, Phase.ERROR}),
        armed=True,
    )
    part = Reading(None, None, None, "no price")
    reading = Reading(1.0, met=True, safe=False, parts=(part, Reading(-0.15, met=True, safe=False)))
    rule_state = replace(stored.rule_state, state=state, before=state, reading=reading)
    assert await store.commit([SessionResult("T1", "C1", FRIDAY, ((stored.watched, rule_state),))])
    found = await store.of("T1").rule(1)
    assert found is not None
    assert found.rule_state == replace(rule_state, revision=1)


async def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/rules.db") as store:
        with store.database.engine.connect() as connection:
            asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert found == ["wal", 2, 1, 10_000]


async def test_a_file_that_is_locked_for_too_long_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PRAGMAS", ("PRAGMA busy_timeout = 20",))
    address = f"sqlite:///{tmp_path}/rules.db"
    migrate(address)
    other = sqlite3.connect(tmp_path / "rules.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        async with open_store(address) as store:
            assert await store.of("T1").rules() == []
            with pytest.raises(Unavailable, match="writing to it for too long"):
                await store.of("T1").add(draft())
    finally:
        other.close()
