"""What every outbox notices: one at a time in each channel, in order, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.watch.states import Reason
from bot.model import OFF, AuditAction, ChannelKey, NewNotice, Notice, NoticeKind, RuleStatus
from bot.store import SqlStore
from tests.contracts.stores import (
    CHANNEL_KEY,
    FRIDAY,
    LEASE,
    NOW,
    THURSDAY,
    calm,
    card,
    claimed,
    decided,
    deed,
    digest,
    draft,
    firing,
    flip,
    queued,
)

SOON = NOW + timedelta(minutes=5)


async def enqueue(store: SqlStore, *new: NewNotice) -> None:
    await store.of("T1").add_notices(new)


async def nothing_to_claim(store: SqlStore, now: object = NOW, channel_key: ChannelKey = CHANNEL_KEY) -> bool:
    return await store.outbox.claim(channel_key, now, LEASE, "another") is None  # type: ignore[arg-type]


async def test_a_claim_says_all_that_the_holder_must_know(store: SqlStore) -> None:
    new = queued("a")
    await enqueue(store, new)
    found = await claimed(store)
    assert found == Notice(
        found.id, new, 1, doubtful=False, first_tried=NOW, lease=NOW + LEASE, holder="worker"
    )
    assert found.key == "T1/C1/2026-01-16/digest/a"
    assert await store.outbox.holds(found, NOW)
    assert await store.outbox.due_channels(NOW) == []


async def test_notices_are_kept_in_the_order_in_which_they_were_made(store: SqlStore) -> None:
    await enqueue(store, queued("b"), queued("a"), queued("c", THURSDAY))
    told = []
    while found := await store.outbox.claim(CHANNEL_KEY, NOW, LEASE, "worker"):
        assert await nothing_to_claim(store)
        told.append(found.new.subject)
        await store.outbox.mark_sent(found, "1.0")
    assert told == ["b", "a", "c"]


async def test_channels_do_not_wait_for_each_other(store: SqlStore) -> None:
    other = ChannelKey("T1", "C2")
    await enqueue(store, queued("a"), queued("b", channel_key=other), queued("c"))
    assert list(await store.outbox.due_channels(NOW)) == [CHANNEL_KEY, other]
    assert await store.outbox.due_channels(NOW, most=1) == [CHANNEL_KEY]
    await claimed(store)
    assert await store.outbox.due_channels(NOW) == [other]
    assert (await claimed(store, channel_key=other)).new.subject == "b"


async def test_what_is_not_due_holds_up_nothing(store: SqlStore) -> None:
    await enqueue(store, queued("later", not_before=SOON), queued("now"))
    assert (await claimed(store)).new.subject == "now"
    assert await store.outbox.due_channels(SOON - timedelta(seconds=1)) == [CHANNEL_KEY]
    assert (await claimed(store, SOON)).new.subject == "later"


async def test_only_what_is_not_due_is_nothing_to_do(store: SqlStore) -> None:
    await enqueue(store, queued("later", not_before=SOON))
    assert await store.outbox.due_channels(NOW) == []
    assert await nothing_to_claim(store)
    assert await store.outbox.due_channels(SOON) == [CHANNEL_KEY]


async def test_what_nobody_has_tried_falls_due_at_another_moment(store: SqlStore) -> None:
    await enqueue(
        store,
        queued("at once", not_before=NOW),
        queued("later", not_before=SOON),
        queued("of another day", THURSDAY, not_before=SOON),
        queued("of another channel", channel_key=ChannelKey("T1", "C2"), not_before=SOON),
    )
    repository, late = store.of("T1"), SOON + LEASE
    await repository.retime("C1", {FRIDAY: late}, NOW)
    for moment, subject in ((NOW, "at once"), (SOON, "of another day")):
        found = await claimed(store, moment)
        assert found.new.subject == subject
        await store.outbox.mark_sent(found, "1.0")
    assert await store.outbox.due_channels(SOON) == [ChannelKey("T1", "C2")]
    await repository.retime("C1", {FRIDAY: NOW - LEASE}, SOON)
    assert (await claimed(store, SOON)).new.not_before == SOON, "what should have been told is told now"


async def test_what_a_post_that_was_off_did_not_tell_is_told_where_it_is_on_in_time(store: SqlStore) -> None:
    await enqueue(store, queued("off"), queued("refused"))
    await store.outbox.drop(await claimed(store), OFF)
    await store.outbox.drop(await claimed(store), "no_text")
    await store.of("T1").retime("C1", {FRIDAY: NOW}, NOW)
    assert await nothing_to_claim(store, NOW + LEASE), "too late"
    await store.of("T1").retime("C1", {FRIDAY: SOON}, NOW)
    assert await nothing_to_claim(store)
    found = await claimed(store, SOON)
    assert (found.new.subject, found.attempt, found.doubtful, found.first_tried) == ("off", 1, False, SOON)
    assert await nothing_to_claim(store, SOON)


async def test_what_was_put_back_holds_up_its_channel_and_is_not_doubted(store: SqlStore) -> None:
    await enqueue(store, queued("a"), queued("b"))
    first = await claimed(store)
    await store.outbox.put_back(first, SOON, "slow down")
    assert not await store.outbox.holds(first, NOW)
    assert await store.outbox.due_channels(NOW) == []
    assert await nothing_to_claim(store)
    again = await claimed(store, SOON)
    assert (again.id, again.attempt, again.doubtful, again.first_tried) == (first.id, 2, False, NOW)


async def test_a_lease_that_ended_leaves_a_doubt_for_good(store: SqlStore) -> None:
    """A later refusal says nothing of the attempt before it."""
    await enqueue(store, queued("a"), queued("b"))
    first = await claimed(store)
    late = NOW + LEASE
    assert await nothing_to_claim(store, late - timedelta(microseconds=1))
    assert not await store.outbox.holds(first, late)
    assert await store.outbox.due_channels(late) == [CHANNEL_KEY]
    second = await claimed(store, late)
    assert (second.id, second.attempt, second.doubtful, second.first_tried) == (first.id, 2, True, NOW)
    await store.outbox.put_back(second, late, "slow down")
    third = await claimed(store, late)
    assert (third.attempt, third.doubtful, third.first_tried) == (3, True, NOW)


async def test_who_was_too_slow_says_nothing_any_more(store: SqlStore) -> None:
    await enqueue(store, queued("a"), queued("b"))
    slow = await claimed(store)
    # The same name: it was restarted.
    quick = await claimed(store, NOW + LEASE)
    assert not await store.outbox.holds(slow, NOW)
    assert not await store.outbox.holds(replace(slow, holder="another"), NOW)
    await store.outbox.put_back(slow, NOW, "refused")
    await store.outbox.drop(slow, "refused")
    await store.outbox.stop(slow, "archived", NOW)
    assert await store.outbox.holds(quick, NOW + LEASE)
    await store.outbox.mark_sent(quick, "2.0")
    assert (await claimed(store)).new.subject == "b"


async def test_what_arrived_has_arrived_whoever_holds_it_now(store: SqlStore) -> None:
    await enqueue(store, queued("", kind=NoticeKind.DETAILS), queued("b"))
    slow = await claimed(store)
    quick = await claimed(store, NOW + LEASE)
    await store.outbox.mark_sent(slow, "1.0")
    assert not await store.outbox.holds(quick, NOW + LEASE)
    assert (await claimed(store)).new.subject == "b"
    # And what was noted first stays.
    await store.outbox.mark_sent(quick, "2.0")
    await store.outbox.put_back(quick, NOW, "refused")
    assert await store.of("T1").delivered_ts("C1", FRIDAY, NoticeKind.DETAILS) == "1.0"


async def test_what_was_dropped_makes_room(store: SqlStore) -> None:
    await enqueue(store, queued("a"), queued("b"))
    await store.outbox.drop(await claimed(store), "no_text")
    assert (await claimed(store)).new.subject == "b"
    assert await store.of("T1").delivered_ts("C1", FRIDAY, NoticeKind.DIGEST, "a") is None


async def test_a_message_without_a_ts_was_sent_all_the_same(store: SqlStore) -> None:
    await enqueue(store, queued("a"))
    await store.outbox.mark_sent(await claimed(store), None)
    assert await store.of("T1").delivered_ts("C1", FRIDAY, NoticeKind.DIGEST, "a") is None
    assert await store.outbox.due_channels(NOW) == []
    assert await store.of("T1").last_delivered("C1") == FRIDAY


async def test_a_closed_channel_is_emptied_and_its_owner_told(store: SqlStore) -> None:
    repository, owners = store.of("T1"), ChannelKey("T1", "U1")
    await repository.save_digest(digest())
    await repository.save_digest(digest(channel="C2"))
    await enqueue(store, queued("a"), queued("b"), queued("c", not_before=SOON))
    await enqueue(store, queued("d", channel_key=ChannelKey("T1", "C2")))
    await store.outbox.stop(await claimed(store), "is_archived", NOW)
    assert [each.stopped for each in await repository.digests()] == ["is_archived", ""]
    assert await store.outbox.due_channels(SOON) == [ChannelKey("T1", "C2"), owners]
    told = (await claimed(store, channel_key=owners)).new
    assert told == NewNotice("T1", "U1", FRIDAY, NoticeKind.STOPPED, "C1", "is_archived", NOW)


async def test_what_fires_in_a_closed_channel_goes_to_the_rules_owner(store: SqlStore) -> None:
    """Who owns a rule there hears once that it is closed, and gets its cards; what is over, too."""
    repository = store.of("T1")
    await repository.save_digest(digest())
    fired = await decided(store, await repository.add(draft(author="U2")), firing(THURSDAY))
    over = await decided(store, await repository.add(draft("q2", author="U2")), calm(FRIDAY))
    await repository.add(draft("q3", author="U3"))
    await repository.add(draft("q4", "C2", "U4"))
    first, last = card(fired, fired.rule_state.state), card(over, over.rule_state.state)
    ended = replace(last.content, flip=flip(FRIDAY, Reason.RECOVERED))  # type: ignore[type-var]
    last = replace(last, kind=NoticeKind.REPLY, content=ended)
    await enqueue(store, queued("a"), first, replace(first, kind=NoticeKind.UPDATE), last)
    await store.outbox.stop(await claimed(store), "is_archived", NOW)
    assert await told_to(store, "U1") == [(NoticeKind.STOPPED, "C1")]
    assert await told_to(store, "U2") == [
        (NoticeKind.STOPPED, "C1"),
        (NoticeKind.ALERT, fired.watched.key),
        (NoticeKind.ALERT, f"{over.watched.key}.over"),
    ]
    assert await told_to(store, "U3") == [(NoticeKind.STOPPED, "C1")]
    assert await told_to(store, "U4") == []
    incident = await repository.incident(1, 1)
    assert incident is not None
    assert incident.ts is None, "the channel has no card"

    await enqueue(store, replace(first, session=FRIDAY))
    await store.outbox.close(CHANNEL_KEY, FRIDAY, "is_archived", NOW)
    assert await told_to(store, "U2") == [(NoticeKind.ALERT, fired.watched.key)], "that it is closed is known"


async def told_to(store: SqlStore, user: str) -> list[tuple[NoticeKind, str]]:
    """Kind and subject of what somebody is told alone, in order."""
    told = []
    while found := await store.outbox.claim(ChannelKey("T1", user), NOW, LEASE, "worker"):
        told.append((found.new.kind, found.new.subject))
        await store.outbox.mark_sent(found, "9.0")
    return told


async def test_a_channel_that_wants_nothing_is_closed_without_a_word(store: SqlStore) -> None:
    await store.of("T1").save_digest(replace(digest(), on=False))
    await enqueue(store, queued("a/by hand"))
    await store.outbox.stop(await claimed(store), "is_archived", NOW)
    assert await told_to(store, "U1") == []
    assert [each.stopped for each in await store.of("T1").digests()] == [""]


@pytest.mark.parametrize("kept", [None, "archived"])
async def test_where_nobody_is_to_be_told_a_closed_channel_is_emptied_only(
    store: SqlStore, kept: str | None
) -> None:
    if kept:
        await store.of("T1").save_digest(replace(digest(), stopped=kept))
    await enqueue(store, queued("a"), queued("b"))
    await store.outbox.stop(await claimed(store), "is_archived", NOW)
    assert await store.outbox.due_channels(SOON) == []
    assert [each.stopped for each in await store.of("T1").digests()] == ([kept] if kept else [])


async def test_only_a_card_of_the_open_incident_is_its_root(store: SqlStore) -> None:
    stored = await decided(store, await store.of("T1").add(draft()), firing(THURSDAY))
    older = firing(FRIDAY - (FRIDAY - THURSDAY) * 30)
    update = replace(card(stored, stored.rule_state.state), kind=NoticeKind.UPDATE)
    await enqueue(store, card(stored, older), update, card(stored, stored.rule_state.state))
    roots = []
    for ts in ("1.0", "2.0", "3.0"):
        await store.outbox.mark_sent(await claimed(store), ts)
        incident = await store.of("T1").incident(1, 1)
        roots.append(incident and incident.ts)
    assert roots == [None, None, "3.0"]


async def test_the_file_that_a_card_shows_is_known_to_its_incident(store: SqlStore) -> None:
    stored = await decided(store, await store.of("T1").add(draft()), firing(THURSDAY))
    new = card(stored, stored.rule_state.state)
    answer = replace(new, kind=NoticeKind.REPLY)
    updates = [replace(new, kind=NoticeKind.UPDATE, subject=f"R1v1/{number}") for number in range(2)]
    await enqueue(store, new, answer, *updates)
    known = []
    for ts, picture in (("1.0", "F1"), ("2.0", "F2"), ("1.0", "F3"), ("1.0", None)):
        await store.outbox.mark_sent(await claimed(store), ts, picture)
        incident = await store.of("T1").incident(1, 1)
        known.append(incident and (incident.ts, incident.picture))
    assert known == [("1.0", "F1"), ("1.0", "F1"), ("1.0", "F3"), ("1.0", None)]


async def told(store: SqlStore, *new: NewNotice) -> None:
    """Promise them, and keep each; the ts of each is its place in the order."""
    await enqueue(store, *new)
    for at in range(1, len(new) + 1):
        await store.outbox.mark_sent(await claimed(store), f"{at}.0")


async def kept_of(store: SqlStore, *sessions: date, subject: str = "") -> list[bool]:
    """Whether the posts of these sessions are known."""
    found = [
        await store.of("T1").delivered_ts("C1", session, NoticeKind.DIGEST, subject) for session in sessions
    ]
    return [ts is not None for ts in found]


async def test_old_notices_are_forgotten_but_for_the_newest_post_of_a_channel(store: SqlStore) -> None:
    days = [FRIDAY - timedelta(days=back) for back in (30, 20, 10, 0)]
    await told(store, *(queued("", day) for day in days))
    await enqueue(store, queued("x", days[0], channel_key=ChannelKey("T1", "C2")))
    await store.outbox.drop(await claimed(store, channel_key=ChannelKey("T1", "C2")), "gone")
    assert await store.outbox.forget(days[0], 10) == 0
    assert await store.outbox.forget(days[2], 10) == 3
    assert await kept_of(store, *days) == [False, False, True, True]
    assert await store.outbox.forget(FRIDAY + timedelta(days=1), 10) == 1
    assert await kept_of(store, *days) == [False, False, False, True]
    assert await store.of("T1").last_delivered("C1") == FRIDAY


async def test_so_many_at_once_and_the_oldest_first(store: SqlStore) -> None:
    days = [FRIDAY - timedelta(days=back) for back in (30, 20, 10, 0)]
    await told(store, *(queued("", day) for day in days))
    assert [await store.outbox.forget(FRIDAY, 2) for _ in range(3)] == [2, 1, 0]
    assert await kept_of(store, *days) == [False, False, False, True]


async def test_what_is_to_be_kept_and_its_post_are_not_forgotten(store: SqlStore) -> None:
    details = replace(queued("", THURSDAY), kind=NoticeKind.DETAILS)
    await enqueue(store, queued("", THURSDAY), details, queued(""))
    await store.outbox.mark_sent(await claimed(store), "1.0")
    assert await store.outbox.forget(FRIDAY + timedelta(days=1), 10) == 0
    assert await kept_of(store, THURSDAY) == [True]
    assert (await claimed(store)).new.kind is NoticeKind.DETAILS


async def test_the_card_of_an_open_incident_is_not_forgotten(store: SqlStore) -> None:
    repository = store.of("T1")
    stored = await decided(store, await repository.add(draft()), firing(THURSDAY))
    await told(store, card(stored, stored.rule_state.state))
    assert await store.outbox.forget(FRIDAY + timedelta(days=900), 10) == 0
    assert await repository.content_of_message("C1", "1.0") == card(stored, stored.rule_state.state).content
    await repository.mark(1, RuleStatus.DELETED, deed(AuditAction.DELETED))
    assert await store.outbox.forget(FRIDAY + timedelta(days=900), 10) == 1
    assert await repository.content_of_message("C1", "1.0") is None


async def test_a_lease_that_a_clock_ahead_has_given_holds_up_nobody(store: SqlStore) -> None:
    await enqueue(store, queued("a"))
    ahead = NOW + timedelta(days=10)
    first = await claimed(store, ahead)
    assert await store.outbox.holds(first, ahead)
    assert await store.outbox.due_channels(NOW) == [CHANNEL_KEY]
    again = await claimed(store, NOW)
    assert (again.id, again.attempt, again.doubtful, again.first_tried) == (first.id, 2, True, ahead)
    assert await nothing_to_claim(store)
