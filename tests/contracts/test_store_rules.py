"""What every store notices of one workspace's rules."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.watch.noise import Noise
from analytics.watch.states import Decided, Policy, State
from bot.model import (
    AuditAction,
    ChannelKey,
    NoticeKind,
    RuleIncident,
    RuleNoise,
    RuleState,
    RuleStatus,
    StoredRule,
)
from bot.store import SqlStore
from tests.contracts.stores import (
    CHANNEL_KEY,
    FRIDAY,
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
    queued,
)


async def made(store: SqlStore, asked: str = "q1", channel: str = "C1") -> StoredRule:
    return await store.of("T1").add(draft(asked, channel))


async def fired(store: SqlStore) -> StoredRule:
    """A rule with an open incident since Thursday."""
    return await decided(store, await made(store), firing(THURSDAY))


async def test_a_new_rule_has_the_next_number_and_a_fresh_standing(store: SqlStore) -> None:
    first, second = await made(store, "q1"), await made(store, "q2")
    assert [first.watched.key, second.watched.key] == ["R1v1", "R2v1"]
    assert first.rule_state == RuleState()
    assert (first.watched.owner, first.watched.author, first.watched.status) == (
        "U1",
        "U1",
        RuleStatus.ACTIVE,
    )
    assert (first.watched.rule, first.watched.policy, first.watched.made) == (RULE, Policy(), NOW)
    assert [done.act for done in (await store.of("T1").history(1)).deeds] == [AuditAction.MADE]


async def test_asked_again_the_same_rule_is_given_back(store: SqlStore) -> None:
    first = await made(store, "q1")
    assert await made(store, "q1") == first
    assert await store.of("T1").rules() == [first]
    assert len((await store.of("T1").history(1)).deeds) == 1


async def test_what_a_question_has_made_is_found_by_its_id(store: SqlStore) -> None:
    repository = store.of("T1")
    assert await repository.rule_made_by("q1") is None
    first = await made(store, "q1")
    assert await repository.rule_made_by("q1") == first
    second = await repository.revise(1, draft("q2"))
    assert (await repository.rule_made_by("q2"), await repository.rule_made_by("q3")) == (second, None)
    again = await repository.rule_made_by("q1")
    assert again
    assert again.watched.version == 1
    assert await store.of("T2").rule_made_by("q1") is None


async def test_numbers_have_no_gaps_however_many_are_made_at_once(store: SqlStore) -> None:
    stored_rules = await asyncio.gather(*(made(store, f"q{at % 8}") for at in range(16)))
    assert sorted({each.watched.number for each in stored_rules}) == list(range(1, 9))


async def test_an_edit_is_the_next_version_with_a_fresh_standing(store: SqlStore) -> None:
    await fired(store)
    repository = store.of("T1")
    second = await repository.revise(1, draft("q2", author="U2", policy=Policy(3)))
    assert second.watched.key == "R1v2"
    assert (second.watched.owner, second.watched.author) == ("U1", "U2")
    assert (second.rule_state, second.watched.policy) == (RuleState(), Policy(3))
    assert await repository.revise(1, draft("q2", author="U2")) == second
    assert await repository.incident(1, 1) == RuleIncident(1, THURSDAY, recovered=THURSDAY)
    assert await repository.rule(1) == second
    assert [each.version for each in (await repository.history(1)).versions] == [2, 1]
    assert [done.act for done in (await repository.history(1)).deeds] == [
        AuditAction.EDITED,
        AuditAction.MADE,
    ]


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


@pytest.mark.parametrize("status", [RuleStatus.PAUSED, RuleStatus.DELETED])
async def test_pausing_and_deleting_end_the_incident(store: SqlStore, status: RuleStatus) -> None:
    stored = await fired(store)
    repository, act = (
        store.of("T1"),
        AuditAction.PAUSED if status is RuleStatus.PAUSED else AuditAction.DELETED,
    )
    said = queued("R1v1/paused/q2", kind=NoticeKind.UPDATE)
    after = await repository.mark(1, status, deed(act), [said])
    assert after.watched == replace(stored.watched, status=status)
    assert await repository.incident(1, 1) == RuleIncident(1, THURSDAY, recovered=THURSDAY)
    assert (await repository.history(1)).deeds[0] == deed(act)
    assert await store.outbox.due_channels(NOW) == [CHANNEL_KEY]
    # Who had read the rule before decides it no more.
    assert await store.commit([outcome([(stored, firing(FRIDAY, THURSDAY))], FRIDAY)]) == []


async def test_a_paused_rule_is_listed_and_a_deleted_one_is_not(store: SqlStore) -> None:
    await made(store, "q1")
    await made(store, "q2")
    repository = store.of("T1")
    paused = await repository.mark(1, RuleStatus.PAUSED, deed(AuditAction.PAUSED))
    deleted = await repository.mark(2, RuleStatus.DELETED, deed(AuditAction.DELETED))
    assert await repository.rules() == await repository.rules("C1") == [paused]
    assert await repository.rule(2) == deleted
    assert await store.rules_behind(["T1"], FRIDAY) == []


async def test_a_resumed_rule_begins_afresh(store: SqlStore) -> None:
    stored = await fired(store)
    repository = store.of("T1")
    await repository.mark(1, RuleStatus.PAUSED, deed(AuditAction.PAUSED))
    resumed = await repository.mark(1, RuleStatus.ACTIVE, deed(AuditAction.RESUMED))
    assert (resumed.rule_state.state, resumed.rule_state.before) == (State(), State())
    assert resumed.rule_state.revision > stored.rule_state.revision
    assert await store.rules_behind(["T1"], THURSDAY) == [resumed]
    # It may fire once more on the very session on which it did before: the same incident, open again.
    await decided(store, resumed, firing(THURSDAY))
    assert (await repository.history(1)).incidents == (RuleIncident(1, THURSDAY),)


async def test_a_rule_that_is_so_already_is_left_as_it_is(store: SqlStore) -> None:
    stored = await fired(store)
    again = await store.of("T1").mark(1, RuleStatus.ACTIVE, deed(AuditAction.RESUMED), [queued("said")])
    assert again == stored
    assert [done.act for done in (await store.of("T1").history(1)).deeds] == [AuditAction.MADE]
    assert await store.outbox.due_channels(NOW) == [CHANNEL_KEY]


async def test_what_is_not_there_cannot_be_changed(store: SqlStore) -> None:
    await made(store)
    repository = store.of("T1")
    await repository.mark(1, RuleStatus.DELETED, deed(AuditAction.DELETED))
    for number in (1, 2):
        with pytest.raises(LookupError, match=f"R{number}"):
            await repository.revise(number, draft("q9"))
        with pytest.raises(LookupError, match=f"R{number}"):
            await repository.mark(number, RuleStatus.ACTIVE, deed(AuditAction.RESUMED))
    with pytest.raises(LookupError, match="R2"):
        await repository.history(2)
    assert await repository.rule(2) is None
    assert await repository.rule(1, 2) is None
    assert await repository.incident(1, 1) is None


async def test_a_state_by_hand_is_kept_with_its_deed_and_notices(store: SqlStore) -> None:
    stored = await fired(store)
    state = stored.rule_state.state.acknowledge("U1", "on it")
    said = queued("R1v1/ack/q2", kind=NoticeKind.UPDATE)
    after = await store.of("T1").alter(stored, state, deed(AuditAction.ACKNOWLEDGED, "on it"), [said])
    assert after is not None
    assert after.rule_state == replace(
        stored.rule_state, state=state, revision=stored.rule_state.revision + 1
    )
    assert (await store.of("T1").history(1)).deeds[0].detail == "on it"
    assert (await store.of("T1").incident(1, 1)) == RuleIncident(1, THURSDAY)
    assert await store.outbox.due_channels(NOW) == [CHANNEL_KEY]


async def test_a_state_by_hand_loses_to_whoever_was_faster(store: SqlStore) -> None:
    stored = await fired(store)
    newer = await decided(store, stored, firing(FRIDAY, THURSDAY))
    said = [queued("R1v1/ack/q2", kind=NoticeKind.UPDATE)]
    assert (
        await store.of("T1").alter(stored, stored.rule_state.state, deed(AuditAction.SNOOZED), said) is None
    )
    assert await store.of("T1").rule(1) == newer
    assert await store.outbox.due_channels(NOW) == []


async def test_history_is_cut_and_begins_with_the_newest(store: SqlStore) -> None:
    stored = await made(store)
    told = [flip(THURSDAY), replace(flip(FRIDAY), facts={"through": FRIDAY, "cause": "2026-01-16"})]
    done = outcome([(stored, firing(FRIDAY))], FRIDAY, [(stored, each) for each in told])
    assert await store.commit([done]) == [done]
    assert (await store.of("T1").history(1)).transitions == tuple(reversed(told))
    assert (await store.of("T1").history(1, most=1)).transitions == (told[1],)


async def test_a_digest_is_made_and_changed(store: SqlStore) -> None:
    repository, first = store.of("T1"), digest()
    assert await repository.digest("C1") is None
    await repository.save_digest(first)
    await repository.save_digest(digest(channel="C0"))
    await repository.save_digest(off := replace(first, on=False, stopped="archived", owner="U2"))
    assert await repository.digest("C1") == off
    assert await repository.digests() == [digest(channel="C0"), off]


async def test_a_notice_is_made_once(store: SqlStore) -> None:
    repository = store.of("T1")
    assert await repository.add_notices([queued("a"), queued("b")]) == 2
    assert await repository.add_notices([queued("b"), queued("c"), queued("c")]) == 1
    assert await repository.add_notices([]) == 0


async def test_what_was_posted_is_known(store: SqlStore) -> None:
    repository = store.of("T1")
    await repository.add_notices([queued(session=THURSDAY), queued(session=FRIDAY)])
    assert await repository.last_delivered("C1") is None
    first = await store.outbox.claim(CHANNEL_KEY, NOW, FRIDAY - THURSDAY, "worker")
    assert first is not None
    assert await repository.delivered_ts("C1", THURSDAY, NoticeKind.DIGEST) is None
    await store.outbox.mark_sent(first, "12.5")
    assert await repository.delivered_ts("C1", THURSDAY, NoticeKind.DIGEST) == "12.5"
    assert await repository.delivered_ts("C1", FRIDAY, NoticeKind.DIGEST) is None
    assert await repository.last_delivered("C1") == THURSDAY


async def test_the_root_of_an_incident_is_its_card(store: SqlStore) -> None:
    stored = await fired(store)
    await store.of("T1").add_notices([card(stored, stored.rule_state.state)])
    found = await store.outbox.claim(ChannelKey("T1", "C1"), NOW, FRIDAY - THURSDAY, "worker")
    assert found is not None
    await store.outbox.mark_sent(found, "12.5")
    assert await store.of("T1").incident(1, 1) == RuleIncident(1, THURSDAY, ts="12.5")


async def test_what_an_unchanged_world_makes_of_a_rule_is_kept_by_version(store: SqlStore) -> None:
    first, second = await made(store, "q1"), await made(store, "q2")
    assert await store.rules_unweighed(["T1"], THURSDAY) == [first, second]
    loud = RuleNoise("T1", 1, 1, THURSDAY, Noise(0.987654321, 0.652, 200))
    silent = RuleNoise("T1", 2, 1, THURSDAY, None, "a fact of a fund has no distribution")
    await store.save_noise([loud, silent])
    await store.save_noise([])
    assert await store.of("T1").noise() == {"R1v1": loud, "R2v1": silent}
    assert await store.of("T2").noise() == {}
    assert await store.rules_unweighed(["T1"], THURSDAY) == []
    assert await store.rules_unweighed(["T1"], FRIDAY) == [first, second]
    assert await store.rules_unweighed(["T2"], FRIDAY) == []
    newer = replace(loud, session=FRIDAY, noise=Noise(0.5, 0.2, 200))
    await store.save_noise([newer])
    assert (await store.of("T1").noise())["R1v1"] == newer
    assert await store.rules_unweighed(["T1"], FRIDAY) == [second]
    edited = await store.of("T1").revise(1, draft("q3"))
    assert await store.rules_unweighed(["T1"], FRIDAY) == [edited, second]
    await store.of("T1").mark(2, RuleStatus.PAUSED, deed(AuditAction.PAUSED))
    assert await store.rules_unweighed(["T1"], FRIDAY) == [edited]


async def test_a_decision_stands_with_the_version_it_was_about(store: SqlStore) -> None:
    stored = await fired(store)
    state = stored.rule_state.state.acknowledge("U1", "on it", Decided.KEPT)
    entry = replace(deed(AuditAction.ACKNOWLEDGED, "on it"), decided=Decided.KEPT)
    assert await store.of("T1").alter(stored, state, entry, []) is not None
    await store.of("T1").revise(1, replace(draft("q9"), made=entry.at + timedelta(days=1)))
    (found,) = await store.of("T1").decisions()
    assert (found.watched.key, found.entry) == ("R1v1", entry)
    assert (await store.of("T1").history(1)).deeds[1] == entry
    later = replace(entry, at=entry.at + timedelta(days=2), decided=None)
    await store.of("T1").mark(1, RuleStatus.PAUSED, later)
    assert [each.watched.key for each in await store.of("T1").decisions()] == ["R1v2", "R1v1"]
    assert [each.entry.decided for each in await store.of("T1").decisions(1)] == [None]
    assert await store.of("T2").decisions() == []


async def test_firings_outlive_their_rule_and_stay_in_their_workspace(store: SqlStore) -> None:
    await fired(store)
    await store.of("T1").mark(1, RuleStatus.DELETED, deed(AuditAction.DELETED))
    (found,) = await store.of("T1").firings()
    assert (found.watched.key, found.incident.fired, found.incident.told) == ("R1v1", THURSDAY, 0)
    assert await store.of("T1").firings(1) == [found]
    assert await store.of("T1").firings(2) == []
    assert await store.of("T2").firings() == []


async def test_what_followed_is_claimed_with_its_notice_and_once(store: SqlStore) -> None:
    stored = await fired(store)
    assert await store.unfollowed(["T1"], 250) == []  # it has no card yet
    await store.of("T1").add_notices([card(stored, stored.rule_state.state)])
    found = await store.outbox.claim(CHANNEL_KEY, NOW, FRIDAY - THURSDAY, "worker")
    assert found is not None
    await store.outbox.mark_sent(found, "12.5")
    (told,) = await store.unfollowed(["T1"], 250)
    assert (told.watched.key, told.incident.ts, told.incident.told) == ("R1v1", "12.5", 0)
    assert await store.unfollowed(["T2"], 250) == []
    first, second = (queued(f"R1v1.{THURSDAY}.{each}", kind=NoticeKind.REPLY) for each in (20, 60))
    both = await asyncio.gather(*(store.tell_followed(told, 20, first) for _ in range(3)))
    assert sorted(both) == [False, False, True]
    assert await store.tell_followed(told, 60, second)
    assert not await store.tell_followed(told, 20, queued("R1v1.again", kind=NoticeKind.REPLY))
    assert await store.unfollowed(["T1"], 60) == []
    (left,) = await store.unfollowed(["T1"], 250)
    assert left.incident.told == 60
    await store.of("T1").mark(1, RuleStatus.PAUSED, deed(AuditAction.PAUSED))
    assert await store.unfollowed(["T1"], 250) == []
