"""A workspace sees and changes nothing of another one, whatever their rows have in common.

Two workspaces are filled with rows that differ in `team` only.  Every method of a book is then used on one of
them, and on the same workspace where it is alone: the answers are the same, and the other's rows are as they
were.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from analytics.watch.noise import Noise
from bot.model import (
    AuditAction,
    ChannelKey,
    DigestMode,
    NoticeKind,
    Portfolio,
    Request,
    RuleNoise,
    RuleStatus,
)
from bot.ports.store import WorkspaceRepository
from bot.store import SqlStore, open_store
from bot.store.schema import METADATA
from tests.contracts.stores import (
    FRIDAY,
    LEASE,
    NOW,
    THURSDAY,
    TUESDAY,
    card,
    claimed,
    decided,
    deed,
    digest,
    draft,
    firing,
    flip,
    followed,
    outcome,
    queued,
    topic,
)

LATER = NOW + timedelta(hours=1)


def loud(team: str) -> RuleNoise:
    """What an unchanged world makes of the first rule."""
    return RuleNoise(team, 1, 1, TUESDAY, Noise(0.99, 0.65, 200))


def core(team: str, weights: str = "60%SPSM+40%ISCB", at: datetime = NOW) -> Portfolio:
    """A mix under the name that both workspaces use."""
    return Portfolio(team, "core", 1, f"core@1={weights}", "U1", "U1", at)


Use = Callable[[SqlStore, str], Awaitable[Any]]


async def fill(store: SqlStore, team: str) -> None:
    """Two rules, one of them with a history, an incident, a digest that was posted and one that was not.

    And what a thread is about, and who has looked at the Home tab.
    """
    repository, channel_key = store.of(team), ChannelKey(team, "C1")
    first = await repository.add(draft("q1"))
    await repository.add(draft("q2", "C2"))
    state = firing(THURSDAY)
    said = [card(first, state), queued(session=THURSDAY, channel_key=channel_key)]
    assert await store.commit([outcome([(first, state)], THURSDAY, [(first, flip(THURSDAY))], said)])
    for ts in ("1.0", "2.0"):
        await store.outbox.mark_sent(await claimed(store, channel_key=channel_key), ts)
    await store.save_noise([replace(loud(team), session=THURSDAY)])
    await repository.save_digest(digest(team))
    assert await repository.follow(followed(team), most=2)
    assert await repository.save_portfolio(core(team), most=2)
    await repository.add_notices([queued("now/q3", channel_key=channel_key), queued(channel_key=channel_key)])
    await store.inbox.put(Request("q1", "/watch", "list", team, "C1", "U1", NOW))
    await repository.remember("C1", "1.0", topic("ISCB" if team == "T1" else "QQQ"), NOW)
    assert await repository.note_visit("U1" if team == "T1" else "U2", NOW)


BOOK: Mapping[str, Use] = {
    "rule": lambda store, team: store.of(team).rule(1),
    "rules": lambda store, team: store.of(team).rules(),
    "rule_made_by": lambda store, team: store.of(team).rule_made_by("q1"),
    "history": lambda store, team: store.of(team).history(1),
    "incident": lambda store, team: store.of(team).incident(1, 1),
    "firings": lambda store, team: store.of(team).firings(),
    "decisions": lambda store, team: store.of(team).decisions(),
    "noise": lambda store, team: store.of(team).noise(),
    "digest": lambda store, team: store.of(team).digest("C1"),
    "digests": lambda store, team: store.of(team).digests(),
    "follows": lambda store, team: store.of(team).follows(),
    "follow": lambda store, team: store.of(team).follow(followed(team, "VB", "IJR"), most=2),
    "unfollow": lambda store, team: store.of(team).unfollow("C1", "IJR VB"),
    "portfolios": lambda store, team: store.of(team).portfolios(),
    "save_portfolio": lambda store, team: store.of(team).save_portfolio(
        core(team, "50%SPSM+50%VB", LATER), most=2
    ),
    "retire_portfolio": lambda store, team: store.of(team).retire_portfolio("core", LATER),
    "mark_told": lambda store, team: store.of(team).mark_told("C1", THURSDAY),
    "retime": lambda store, team: store.of(team).retime("C1", {THURSDAY: LATER}, NOW - LEASE),
    "delivered_ts": lambda store, team: store.of(team).delivered_ts("C1", THURSDAY, NoticeKind.DIGEST),
    "last_delivered": lambda store, team: store.of(team).last_delivered("C1"),
    "content_of_message": lambda store, team: store.of(team).content_of_message("C1", "1.0"),
    "recall": lambda store, team: store.of(team).recall("C1", "1.0"),
    "remember": lambda store, team: store.of(team).remember("C1", "1.0", topic("VB"), LATER),
    "visitors": lambda store, team: store.of(team).visitors(NOW),
    "note_visit": lambda store, team: store.of(team).note_visit("U2", LATER),
    "add_notices": lambda store, team: store.of(team).add_notices(
        [queued("p", channel_key=ChannelKey(team, "C1"))]
    ),
    "save_digest": lambda store, team: store.of(team).save_digest(
        replace(digest(team), mode=DigestMode.ALWAYS)
    ),
    "alter": lambda store, team: alter(store, team),
    "add": lambda store, team: store.of(team).add(draft("q8")),
    "revise": lambda store, team: store.of(team).revise(1, draft("q9")),
    "mark": lambda store, team: store.of(team).mark(
        1, RuleStatus.DELETED, deed(AuditAction.DELETED), [queued("m", channel_key=ChannelKey(team, "C1"))]
    ),
}
"""Every method of a book."""

USES: Mapping[str, Use] = {
    "rules_behind": lambda store, team: store.rules_behind([team], TUESDAY),
    "incidents": lambda store, team: store.incidents([team]),
    "daily": lambda store, team: store.daily([team]),
    "followed": lambda store, team: store.follows([team]),
    "unsent": lambda store, team: store.unsent([team], TUESDAY),
    "put": lambda store, team: store.inbox.put(Request("q2", "/watch", "", team, "C1", "U1", NOW)),
    "put_back": lambda store, team: store.inbox.put_back(team, "q1"),
    "mark_done": lambda store, team: store.inbox.mark_done(team, "q1"),
    "claim": lambda store, team: claim(store, team),
    "commit": lambda store, team: commit(store, team),
    "save_noise": lambda store, team: store.save_noise([loud(team)]),
    **BOOK,
    "stop": lambda store, team: stop(store, team),
}
"""And what spans workspaces, asked about one of them; those that end something come last."""


async def alter(store: SqlStore, team: str) -> Any:
    stored = await store.of(team).rule(1)
    assert stored is not None
    return await store.of(team).alter(
        stored,
        stored.rule_state.state.acknowledge("U1", "x"),
        deed(AuditAction.ACKNOWLEDGED),
        [queued("a", channel_key=ChannelKey(team, "C1"))],
    )


async def claim(store: SqlStore, team: str) -> Any:
    # Ids of the outbox run through all workspaces.
    return (await claimed(store, channel_key=ChannelKey(team, "C1"))).new


async def stop(store: SqlStore, team: str) -> None:
    found = await claimed(store, NOW + 2 * LEASE, channel_key=ChannelKey(team, "C1"))
    await store.outbox.stop(found, "archived", NOW)


async def commit(store: SqlStore, team: str) -> Any:
    stored = await store.of(team).rule(1)
    assert stored is not None
    # Which replaces the digest of Friday that waits.
    state, said = firing(TUESDAY, THURSDAY), [queued(session=TUESDAY, channel_key=ChannelKey(team, "C1"))]
    return await store.commit([outcome([(stored, state)], TUESDAY, [(stored, flip(TUESDAY))], said)])


def rows(engine: sa.Engine, team: str) -> dict[str, list[str]]:
    """Everything that is kept of a workspace."""
    with engine.connect() as connection:
        found = {
            table.name: connection.execute(sa.select(table).where(table.c.team == team)).all()
            for table in METADATA.sorted_tables
        }
    return {name: sorted(map(repr, kept)) for name, kept in found.items()}


def test_every_method_of_a_book_is_used_here() -> None:
    methods = {
        name
        for name, _ in inspect.getmembers(WorkspaceRepository, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods == set(BOOK)


async def test_nothing_of_another_workspace_surfaces_or_changes(
    address: str, sqlite_template: Path, tmp_path: Path
) -> None:
    lonely = shutil.copy(sqlite_template, tmp_path / "alone.db")
    async with open_store(f"sqlite:///{lonely}") as alone, open_store(address) as shared:
        await fill(alone, "T1")
        await fill(shared, "T1")
        await fill(shared, "T2")
        before = rows(shared.database.engine, "T2")
        assert all(before.values())
        for name, use in USES.items():
            assert await use(shared, "T1") == await use(alone, "T1"), name
            assert rows(shared.database.engine, "T2") == before, name


async def test_a_workspace_without_anything_finds_nothing(store: SqlStore) -> None:
    await fill(store, "T1")
    repository = store.of("T2")
    assert [
        await repository.rules(),
        await repository.digests(),
        await repository.visitors(NOW),
        await repository.follows(),
    ] == [[], [], [], []]
    assert not await repository.unfollow("C1", "ISCB SPSM")
    for nothing in (
        repository.rule(1),
        repository.rule_made_by("q1"),
        repository.incident(1, 1),
        repository.digest("C1"),
        repository.last_delivered("C1"),
        repository.delivered_ts("C1", THURSDAY, NoticeKind.DIGEST),
        repository.content_of_message("C1", "1.0"),
        repository.recall("C1", "1.0"),
        store.outbox.claim(ChannelKey("T2", "C1"), NOW, LEASE, "worker"),
    ):
        assert await nothing is None
    with pytest.raises(LookupError):
        await repository.history(1)
    assert await store.teams() == ["T1"]


async def test_a_book_takes_no_records_of_another_workspace(store: SqlStore) -> None:
    await fill(store, "T1")
    stored = await store.of("T1").rule(1)
    assert stored is not None
    repository, said, state = store.of("T2"), [queued("x")], stored.rule_state.state
    for refused in (
        repository.save_digest(digest("T1")),
        repository.follow(followed("T1"), most=9),
        repository.add_notices(said),
        repository.mark(1, RuleStatus.PAUSED, deed(AuditAction.PAUSED), said),
        repository.alter(stored, state, deed(AuditAction.SNOOZED), []),
    ):
        with pytest.raises(ValueError, match="another workspace"):
            await refused


async def test_the_workspaces_with_something_to_do_are_known(store: SqlStore) -> None:
    assert await store.teams() == []
    await store.of("T3").save_digest(digest("T3"))
    await store.of("T2").add(draft())
    await store.of("T2").mark(1, RuleStatus.PAUSED, deed(AuditAction.PAUSED))
    await store.of("T4").save_digest(replace(digest("T4"), stopped="archived"))
    await store.of("T1").add(draft())
    stored = await store.of("T1").rule(1)
    assert stored is not None
    await decided(store, stored, firing(FRIDAY))
    assert await store.teams() == ["T1", "T3"]
