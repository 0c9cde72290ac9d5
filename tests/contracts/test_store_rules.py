"""What every store promises of one workspace's rules."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from analytics.watch.states import Policy, State
from bot.records import Act, Incident, Kept, Kind, Lane, Standing, Status
from bot.store import SqlStore
from tests.contracts.stores import (
    FRIDAY,
    LANE,
    NOW,
    RULE,
    THURSDAY,
    calm,
    card,
    decided,
    deed,
    digest,
    draft,
    firing,
    flip,
    outcome,
    promised,
)


async def made(store: SqlStore, asked: str = "q1", channel: str = "C1") -> Kept:
    return await store.of("T1").add(draft(asked, channel))


async def fired(store: SqlStore) -> Kept:
    """A rule with an open incident since Thursday."""
    return await decided(store, await made(store), firing(THURSDAY))


async def test_a_new_rule_has_the_next_number_and_a_fresh_standing(store: SqlStore) -> None:
    first, second = await made(store, "q1"), await made(store, "q2")
    assert [first.watched.key, second.watched.key] == ["R1v1", "R2v1"]
    assert first.standing == Standing()
    assert (first.watched.owner, first.watched.author, first.watched.status) == ("U1", "U1", Status.ACTIVE)
    assert (first.watched.rule, first.watched.policy, first.watched.made) == (RULE, Policy(), NOW)
    assert [done.act for done in (await store.of("T1").history(1)).deeds] == [Act.MADE]


async def test_asked_again_the_same_rule_is_given_back(store: SqlStore) -> None:
    first = await made(store, "q1")
    assert await made(store, "q1") == first
    assert await store.of("T1").rules() == [first]
    assert len((await store.of("T1").history(1)).deeds) == 1


async def test_what_a_question_has_made_is_found_by_its_id(store: SqlStore) -> None:
    book = store.of("T1")
    assert await book.made("q1") is None
    first = await made(store, "q1")
    assert await book.made("q1") == first
    second = await book.revise(1, draft("q2"))
    assert (await book.made("q2"), await book.made("q3")) == (second, None)
    again = await book.made("q1")
    assert again
    assert again.watched.version == 1
    assert await store.of("T2").made("q1") is None


async def test_numbers_have_no_gaps_however_many_are_made_at_once(store: SqlStore) -> None:
    kept = await asyncio.gather(*(made(store, f"q{at % 8}") for at in range(16)))
    assert sorted({each.watched.number for each in kept}) == list(range(1, 9))


async def test_an_edit_is_the_next_version_with_a_fresh_standing(store: SqlStore) -> None:
    await fired(store)
    book = store.of("T1")
    second = await book.revise(1, draft("q2", author="U2", policy=Policy(3)))
    assert second.watched.key == "R1v2"
    assert (second.watched.owner, second.watched.author) == ("U1", "U2")
    assert (second.standing, second.watched.policy) == (Standing(), Policy(3))
    assert await book.revise(1, draft("q2", author="U2")) == second
    assert await book.incident(1, 1) == Incident(1, THURSDAY, recovered=THURSDAY)
    assert await book.rule(1) == second
    assert [each.version for each in (await book.history(1)).versions] == [2, 1]
    assert [done.act for done in (await book.history(1)).deeds] == [Act.EDITED, Act.MADE]


async def test_a_version_stays_as_it_was_written(store: SqlStore) -> None:
    first = await made(store)
    await store.of("T1").revise(1, draft("q2", channel="C2", text="other"))
    old = await store.of("T1").rule(1, 1)
    assert old is not None
    assert old.watched == first.watched
    assert await store.of("T1").rules("C1") == []
    assert [each.watched.channel for each in await store.of("T1").rules("C2")] == ["C2"]


async def test_what_was_decided_for_an_edited_version_is_not_kept(store: SqlStore) -> None:
    first = await made(store)
    await store.of("T1").revise(1, draft("q2"))
    assert await store.commit([outcome([(first, calm(FRIDAY))], FRIDAY)]) == []


@pytest.mark.parametrize("status", [Status.PAUSED, Status.DELETED])
async def test_pausing_and_deleting_end_the_incident(store: SqlStore, status: Status) -> None:
    kept = await fired(store)
    book, act = store.of("T1"), Act.PAUSED if status is Status.PAUSED else Act.DELETED
    said = promised("R1v1/paused/q2", kind=Kind.UPDATE)
    after = await book.mark(1, status, deed(act), [said])
    assert after.watched == replace(kept.watched, status=status)
    assert await book.incident(1, 1) == Incident(1, THURSDAY, recovered=THURSDAY)
    assert (await book.history(1)).deeds[0] == deed(act)
    assert await store.ledger.lanes(NOW) == [LANE]
    # Who had read the rule before decides it no more.
    assert await store.commit([outcome([(kept, firing(FRIDAY, THURSDAY))], FRIDAY)]) == []


async def test_a_paused_rule_is_listed_and_a_deleted_one_is_not(store: SqlStore) -> None:
    await made(store, "q1")
    await made(store, "q2")
    book = store.of("T1")
    paused = await book.mark(1, Status.PAUSED, deed(Act.PAUSED))
    deleted = await book.mark(2, Status.DELETED, deed(Act.DELETED))
    assert await book.rules() == await book.rules("C1") == [paused]
    assert await book.rule(2) == deleted
    assert await store.undecided(["T1"], FRIDAY) == []


async def test_a_resumed_rule_begins_afresh(store: SqlStore) -> None:
    kept = await fired(store)
    book = store.of("T1")
    await book.mark(1, Status.PAUSED, deed(Act.PAUSED))
    resumed = await book.mark(1, Status.ACTIVE, deed(Act.RESUMED))
    assert (resumed.standing.state, resumed.standing.before) == (State(), State())
    assert resumed.standing.revision > kept.standing.revision
    assert await store.undecided(["T1"], THURSDAY) == [resumed]
    # It may fire once more on the very session on which it did before: the same incident, open again.
    await decided(store, resumed, firing(THURSDAY))
    assert (await book.history(1)).incidents == (Incident(1, THURSDAY),)


async def test_a_rule_that_is_so_already_is_left_as_it_is(store: SqlStore) -> None:
    kept = await fired(store)
    again = await store.of("T1").mark(1, Status.ACTIVE, deed(Act.RESUMED), [promised("said")])
    assert again == kept
    assert [done.act for done in (await store.of("T1").history(1)).deeds] == [Act.MADE]
    assert await store.ledger.lanes(NOW) == [LANE]


async def test_what_is_not_there_cannot_be_changed(store: SqlStore) -> None:
    await made(store)
    book = store.of("T1")
    await book.mark(1, Status.DELETED, deed(Act.DELETED))
    for number in (1, 2):
        with pytest.raises(LookupError, match=f"R{number}"):
            await book.revise(number, draft("q9"))
        with pytest.raises(LookupError, match=f"R{number}"):
            await book.mark(number, Status.ACTIVE, deed(Act.RESUMED))
    with pytest.raises(LookupError, match="R2"):
        await book.history(2)
    assert await book.rule(2) is None
    assert await book.rule(1, 2) is None
    assert await book.incident(1, 1) is None


async def test_a_state_by_hand_is_kept_with_its_deed_and_promises(store: SqlStore) -> None:
    kept = await fired(store)
    state = kept.standing.state.acknowledge("U1", "on it")
    said = promised("R1v1/ack/q2", kind=Kind.UPDATE)
    after = await store.of("T1").alter(kept, state, deed(Act.ACKNOWLEDGED, "on it"), [said])
    assert after is not None
    assert after.standing == replace(kept.standing, state=state, revision=kept.standing.revision + 1)
    assert (await store.of("T1").history(1)).deeds[0].detail == "on it"
    assert (await store.of("T1").incident(1, 1)) == Incident(1, THURSDAY)
    assert await store.ledger.lanes(NOW) == [LANE]


async def test_a_state_by_hand_loses_to_whoever_was_faster(store: SqlStore) -> None:
    kept = await fired(store)
    newer = await decided(store, kept, firing(FRIDAY, THURSDAY))
    said = [promised("R1v1/ack/q2", kind=Kind.UPDATE)]
    assert await store.of("T1").alter(kept, kept.standing.state, deed(Act.SNOOZED), said) is None
    assert await store.of("T1").rule(1) == newer
    assert await store.ledger.lanes(NOW) == []


async def test_history_is_cut_and_begins_with_the_newest(store: SqlStore) -> None:
    kept = await made(store)
    told = [flip(THURSDAY), replace(flip(FRIDAY), facts={"through": FRIDAY, "cause": "2026-01-16"})]
    done = outcome([(kept, firing(FRIDAY))], FRIDAY, [(kept, each) for each in told])
    assert await store.commit([done]) == [done]
    assert (await store.of("T1").history(1)).flips == tuple(reversed(told))
    assert (await store.of("T1").history(1, most=1)).flips == (told[1],)


async def test_a_digest_is_made_and_changed(store: SqlStore) -> None:
    book, first = store.of("T1"), digest()
    assert await book.digest("C1") is None
    await book.keep(first)
    await book.keep(digest(channel="C0"))
    await book.keep(off := replace(first, on=False, stopped="archived", owner="U2"))
    assert await book.digest("C1") == off
    assert await book.digests() == [digest(channel="C0"), off]


async def test_a_promise_is_made_once(store: SqlStore) -> None:
    book = store.of("T1")
    assert await book.promise([promised("a"), promised("b")]) == 2
    assert await book.promise([promised("b"), promised("c"), promised("c")]) == 1
    assert await book.promise([]) == 0


async def test_what_was_posted_is_known(store: SqlStore) -> None:
    book = store.of("T1")
    await book.promise([promised(session=THURSDAY), promised(session=FRIDAY)])
    assert await book.last_delivered("C1") is None
    first = await store.ledger.claim(LANE, NOW, FRIDAY - THURSDAY, "worker")
    assert first is not None
    assert await book.delivered("C1", THURSDAY, Kind.DIGEST) is None
    await store.ledger.sent(first, "12.5")
    assert await book.delivered("C1", THURSDAY, Kind.DIGEST) == "12.5"
    assert await book.delivered("C1", FRIDAY, Kind.DIGEST) is None
    assert await book.last_delivered("C1") == THURSDAY


async def test_the_root_of_an_incident_is_its_card(store: SqlStore) -> None:
    kept = await fired(store)
    await store.of("T1").promise([card(kept, kept.standing.state)])
    found = await store.ledger.claim(Lane("T1", "C1"), NOW, FRIDAY - THURSDAY, "worker")
    assert found is not None
    await store.ledger.sent(found, "12.5")
    assert await store.of("T1").incident(1, 1) == Incident(1, THURSDAY, ts="12.5")
