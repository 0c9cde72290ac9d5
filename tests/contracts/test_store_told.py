"""The way back from a message to what it tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model import ChannelKey, DigestContent, NewNotice, NoticeKind, RuleReport, StoredRule
from bot.store import SqlStore
from tests.contracts.stores import (
    FRIDAY,
    LEASE,
    NOW,
    THURSDAY,
    TUESDAY,
    calm,
    card,
    claimed,
    decided,
    digest,
    draft,
    firing,
    queued,
    story,
)


async def sent(store: SqlStore, new: NewNotice, ts: str) -> None:
    """A notice, kept by the message with this ts."""
    await store.of(new.team).add_notices([new])
    await store.outbox.mark_sent(await claimed(store, channel_key=ChannelKey(new.team, new.channel)), ts)


async def incident(store: SqlStore) -> StoredRule:
    """A rule that has fired, with its card at 1.0."""
    stored = await decided(store, await store.of("T1").add(draft()), firing(THURSDAY))
    await sent(store, card(stored, stored.rule_state.state), "1.0")
    return stored


async def test_a_card_tells_its_story(store: SqlStore) -> None:
    stored = await incident(store)
    assert await store.of("T1").content_of_message("C1", "1.0") == story(stored.watched, firing(THURSDAY))


async def test_a_card_that_was_rewritten_tells_the_newest_story(store: SqlStore) -> None:
    stored = await incident(store)
    acknowledged = firing(THURSDAY).acknowledge("U1", "seen")
    update = replace(card(stored, acknowledged), kind=NoticeKind.UPDATE, subject="R1v1/ack/q1")
    await sent(store, update, "1.0")
    assert await store.of("T1").content_of_message("C1", "1.0") == update.content
    over = replace(card(stored, calm(TUESDAY)), kind=NoticeKind.UPDATE)
    await sent(store, over, "1.0")
    assert await store.of("T1").content_of_message("C1", "1.0") == over.content


async def test_what_has_not_arrived_is_not_told(store: SqlStore) -> None:
    stored = await incident(store)
    first = await store.of("T1").content_of_message("C1", "1.0")
    await store.of("T1").add_notices([replace(card(stored, calm(FRIDAY)), kind=NoticeKind.UPDATE)])
    assert await store.of("T1").content_of_message("C1", "1.0") == first
    await store.outbox.drop(await claimed(store), "refused")
    assert await store.of("T1").content_of_message("C1", "1.0") == first


async def test_a_digest_tells_its_digest_and_so_do_the_details_under_it(store: SqlStore) -> None:
    stored = await store.of("T1").add(draft())
    digest_content = DigestContent(FRIDAY, (story(stored.watched, calm(FRIDAY)),))
    for kind, ts in ((NoticeKind.DIGEST, "5.0"), (NoticeKind.DETAILS, "6.0")):
        await sent(store, replace(queued(kind=kind), content=digest_content), ts)
        assert await store.of("T1").content_of_message("C1", ts) == digest_content


async def test_a_reply_tells_the_story_of_its_own_session(store: SqlStore) -> None:
    stored = await incident(store)
    reply = replace(card(stored, calm(TUESDAY)), kind=NoticeKind.REPLY)
    await sent(store, reply, "2.0")
    told = [await store.of("T1").content_of_message("C1", ts) for ts in ("1.0", "2.0")]
    assert [each.session for each in told if isinstance(each, RuleReport)] == [THURSDAY, TUESDAY]


async def test_any_other_message_tells_nothing(store: SqlStore) -> None:
    await incident(store)
    await store.of("T1").save_digest(digest())
    await store.of("T1").add_notices([queued()])
    await store.outbox.stop(await claimed(store), "is_archived", NOW)
    farewell = await claimed(store, channel_key=ChannelKey("T1", "U1"))
    await store.outbox.mark_sent(farewell, "9.0")
    assert isinstance(farewell.new.content, str)
    for channel, ts in (("U1", "9.0"), ("C2", "1.0"), ("C1", "1.00"), ("C1", ""), ("U1", "1.0")):
        assert await store.of("T1").content_of_message(channel, ts) is None


async def test_another_attempt_tells_where_it_arrived(store: SqlStore) -> None:
    await store.of("T1").add_notices([queued()])
    await claimed(store)  # and never heard of again
    later = await claimed(store, NOW + 2 * LEASE + timedelta(seconds=1))
    assert await store.of("T1").content_of_message("C1", "3.0") is None
    await store.outbox.mark_sent(later, "3.0")
    assert await store.of("T1").content_of_message("C1", "3.0") == DigestContent(FRIDAY, ())


async def test_a_message_is_found_without_reading_the_outbox(store: SqlStore) -> None:
    if store.database.engine.dialect.name != "sqlite":
        pytest.skip("a small table is read whole by PostgreSQL, and rightly so")
    statements: list[tuple[str, tuple[object, ...]]] = []

    @sa.event.listens_for(store.database.engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        statements.append((statement, values))

    await store.of("T1").content_of_message("C1", "1.0")
    with store.database.engine.connect() as connection:
        statement, values = next(each for each in statements if "SELECT" in each[0])
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    plan = " ".join(step.detail for step in steps)
    assert "ix_ledger_ts (team=? AND channel=? AND ts=?)" in plan
    assert "TEMP B-TREE" not in plan  # nor is anything sorted
