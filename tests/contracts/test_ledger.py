"""What every ledger promises: one at a time in each lane, in order, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.watch.states import Reason
from bot.records import OFF, Act, Kind, Lane, NewPromise, Promise, Status
from bot.store import SqlStore
from tests.contracts.stores import (
    FRIDAY,
    LANE,
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
    promised,
)

SOON = NOW + timedelta(minutes=5)


async def promise(store: SqlStore, *new: NewPromise) -> None:
    await store.of("T1").promise(new)


async def nothing_to_claim(store: SqlStore, now: object = NOW, lane: Lane = LANE) -> bool:
    return await store.ledger.claim(lane, now, LEASE, "another") is None  # type: ignore[arg-type]


async def test_a_claim_says_all_that_the_holder_must_know(store: SqlStore) -> None:
    new = promised("a")
    await promise(store, new)
    found = await claimed(store)
    assert found == Promise(
        found.id, new, 1, doubtful=False, first_tried=NOW, lease=NOW + LEASE, holder="worker"
    )
    assert found.key == "T1/C1/2026-01-16/digest/a"
    assert await store.ledger.holds(found, NOW)
    assert await store.ledger.lanes(NOW) == []


async def test_promises_are_kept_in_the_order_in_which_they_were_made(store: SqlStore) -> None:
    await promise(store, promised("b"), promised("a"), promised("c", THURSDAY))
    told = []
    while found := await store.ledger.claim(LANE, NOW, LEASE, "worker"):
        assert await nothing_to_claim(store)
        told.append(found.new.subject)
        await store.ledger.sent(found, "1.0")
    assert told == ["b", "a", "c"]


async def test_lanes_do_not_wait_for_each_other(store: SqlStore) -> None:
    other = Lane("T1", "C2")
    await promise(store, promised("a"), promised("b", lane=other), promised("c"))
    assert list(await store.ledger.lanes(NOW)) == [LANE, other]
    assert await store.ledger.lanes(NOW, most=1) == [LANE]
    await claimed(store)
    assert await store.ledger.lanes(NOW) == [other]
    assert (await claimed(store, lane=other)).new.subject == "b"


async def test_what_is_not_due_holds_up_nothing(store: SqlStore) -> None:
    await promise(store, promised("later", not_before=SOON), promised("now"))
    assert (await claimed(store)).new.subject == "now"
    assert await store.ledger.lanes(SOON - timedelta(seconds=1)) == [LANE]
    assert (await claimed(store, SOON)).new.subject == "later"


async def test_only_what_is_not_due_is_nothing_to_do(store: SqlStore) -> None:
    await promise(store, promised("later", not_before=SOON))
    assert await store.ledger.lanes(NOW) == []
    assert await nothing_to_claim(store)
    assert await store.ledger.lanes(SOON) == [LANE]


async def test_what_nobody_has_tried_falls_due_at_another_moment(store: SqlStore) -> None:
    await promise(
        store,
        promised("at once", not_before=NOW),
        promised("later", not_before=SOON),
        promised("of another day", THURSDAY, not_before=SOON),
        promised("of another channel", lane=Lane("T1", "C2"), not_before=SOON),
    )
    book, late = store.of("T1"), SOON + LEASE
    await book.retime("C1", {FRIDAY: late}, NOW)
    for moment, subject in ((NOW, "at once"), (SOON, "of another day")):
        found = await claimed(store, moment)
        assert found.new.subject == subject
        await store.ledger.sent(found, "1.0")
    assert await store.ledger.lanes(SOON) == [Lane("T1", "C2")]
    await book.retime("C1", {FRIDAY: NOW - LEASE}, SOON)
    assert (await claimed(store, SOON)).new.not_before == SOON, "what should have been told is told now"


async def test_what_a_post_that_was_off_did_not_tell_is_told_where_it_is_on_in_time(store: SqlStore) -> None:
    await promise(store, promised("off"), promised("refused"))
    await store.ledger.drop(await claimed(store), OFF)
    await store.ledger.drop(await claimed(store), "no_text")
    await store.of("T1").retime("C1", {FRIDAY: NOW}, NOW)
    assert await nothing_to_claim(store, NOW + LEASE), "too late"
    await store.of("T1").retime("C1", {FRIDAY: SOON}, NOW)
    assert await nothing_to_claim(store)
    found = await claimed(store, SOON)
    assert (found.new.subject, found.attempt, found.doubtful, found.first_tried) == ("off", 1, False, SOON)
    assert await nothing_to_claim(store, SOON)


async def test_what_was_put_back_holds_up_its_lane_and_is_not_doubted(store: SqlStore) -> None:
    await promise(store, promised("a"), promised("b"))
    first = await claimed(store)
    await store.ledger.put_back(first, SOON, "slow down")
    assert not await store.ledger.holds(first, NOW)
    assert await store.ledger.lanes(NOW) == []
    assert await nothing_to_claim(store)
    again = await claimed(store, SOON)
    assert (again.id, again.attempt, again.doubtful, again.first_tried) == (first.id, 2, False, NOW)


async def test_a_lease_that_ended_leaves_a_doubt_for_good(store: SqlStore) -> None:
    """A later refusal says nothing of the attempt before it."""
    await promise(store, promised("a"), promised("b"))
    first = await claimed(store)
    late = NOW + LEASE
    assert await nothing_to_claim(store, late - timedelta(microseconds=1))
    assert not await store.ledger.holds(first, late)
    assert await store.ledger.lanes(late) == [LANE]
    second = await claimed(store, late)
    assert (second.id, second.attempt, second.doubtful, second.first_tried) == (first.id, 2, True, NOW)
    await store.ledger.put_back(second, late, "slow down")
    third = await claimed(store, late)
    assert (third.attempt, third.doubtful, third.first_tried) == (3, True, NOW)


async def test_who_was_too_slow_says_nothing_any_more(store: SqlStore) -> None:
    await promise(store, promised("a"), promised("b"))
    slow = await claimed(store)
    # The same name: it was restarted.
    quick = await claimed(store, NOW + LEASE)
    assert not await store.ledger.holds(slow, NOW)
    assert not await store.ledger.holds(replace(slow, holder="another"), NOW)
    await store.ledger.put_back(slow, NOW, "refused")
    await store.ledger.drop(slow, "refused")
    await store.ledger.stop(slow, "archived", NOW)
    assert await store.ledger.holds(quick, NOW + LEASE)
    await store.ledger.sent(quick, "2.0")
    assert (await claimed(store)).new.subject == "b"


async def test_what_arrived_has_arrived_whoever_holds_it_now(store: SqlStore) -> None:
    await promise(store, promised("", kind=Kind.DETAILS), promised("b"))
    slow = await claimed(store)
    quick = await claimed(store, NOW + LEASE)
    await store.ledger.sent(slow, "1.0")
    assert not await store.ledger.holds(quick, NOW + LEASE)
    assert (await claimed(store)).new.subject == "b"
    # And what was noted first stays.
    await store.ledger.sent(quick, "2.0")
    await store.ledger.put_back(quick, NOW, "refused")
    assert await store.of("T1").delivered("C1", FRIDAY, Kind.DETAILS) == "1.0"


async def test_what_was_dropped_makes_room(store: SqlStore) -> None:
    await promise(store, promised("a"), promised("b"))
    await store.ledger.drop(await claimed(store), "no_text")
    assert (await claimed(store)).new.subject == "b"
    assert await store.of("T1").delivered("C1", FRIDAY, Kind.DIGEST, "a") is None


async def test_a_message_without_a_ts_was_sent_all_the_same(store: SqlStore) -> None:
    await promise(store, promised("a"))
    await store.ledger.sent(await claimed(store), None)
    assert await store.of("T1").delivered("C1", FRIDAY, Kind.DIGEST, "a") is None
    assert await store.ledger.lanes(NOW) == []
    assert await store.of("T1").last_delivered("C1") == FRIDAY


async def test_a_closed_lane_is_emptied_and_its_owner_told(store: SqlStore) -> None:
    book, owners = store.of("T1"), Lane("T1", "U1")
    await book.keep(digest())
    await book.keep(digest(channel="C2"))
    await promise(store, promised("a"), promised("b"), promised("c", not_before=SOON))
    await promise(store, promised("d", lane=Lane("T1", "C2")))
    await store.ledger.stop(await claimed(store), "is_archived", NOW)
    assert [each.stopped for each in await book.digests()] == ["is_archived", ""]
    assert await store.ledger.lanes(SOON) == [Lane("T1", "C2"), owners]
    told = (await claimed(store, lane=owners)).new
    assert told == NewPromise("T1", "U1", FRIDAY, Kind.STOPPED, "C1", "is_archived", NOW)


async def test_what_fires_in_a_closed_lane_goes_to_the_rules_owner(store: SqlStore) -> None:
    """Who owns a rule there hears once that it is closed, and gets its cards; what is over, too."""
    book = store.of("T1")
    await book.keep(digest())
    fired = await decided(store, await book.add(draft(author="U2")), firing(THURSDAY))
    over = await decided(store, await book.add(draft("q2", author="U2")), calm(FRIDAY))
    await book.add(draft("q3", author="U3"))
    await book.add(draft("q4", "C2", "U4"))
    first, last = card(fired, fired.standing.state), card(over, over.standing.state)
    ended = replace(last.content, flip=flip(FRIDAY, Reason.RECOVERED))  # type: ignore[type-var]
    last = replace(last, kind=Kind.REPLY, content=ended)
    await promise(store, promised("a"), first, replace(first, kind=Kind.UPDATE), last)
    await store.ledger.stop(await claimed(store), "is_archived", NOW)
    assert await told_to(store, "U1") == [(Kind.STOPPED, "C1")]
    assert await told_to(store, "U2") == [
        (Kind.STOPPED, "C1"),
        (Kind.ALERT, fired.watched.key),
        (Kind.ALERT, f"{over.watched.key}.over"),
    ]
    assert await told_to(store, "U3") == [(Kind.STOPPED, "C1")]
    assert await told_to(store, "U4") == []
    incident = await book.incident(1, 1)
    assert incident is not None
    assert incident.ts is None, "the channel has no card"

    await promise(store, replace(first, session=FRIDAY))
    await store.ledger.close(LANE, FRIDAY, "is_archived", NOW)
    assert await told_to(store, "U2") == [(Kind.ALERT, fired.watched.key)], "that it is closed is known"


async def told_to(store: SqlStore, user: str) -> list[tuple[Kind, str]]:
    """Kind and subject of what somebody is told alone, in order."""
    told = []
    while found := await store.ledger.claim(Lane("T1", user), NOW, LEASE, "worker"):
        told.append((found.new.kind, found.new.subject))
        await store.ledger.sent(found, "9.0")
    return told


async def test_a_lane_that_wants_nothing_is_closed_without_a_word(store: SqlStore) -> None:
    await store.of("T1").keep(replace(digest(), on=False))
    await promise(store, promised("a/by hand"))
    await store.ledger.stop(await claimed(store), "is_archived", NOW)
    assert await told_to(store, "U1") == []
    assert [each.stopped for each in await store.of("T1").digests()] == [""]


@pytest.mark.parametrize("kept", [None, "archived"])
async def test_where_nobody_is_to_be_told_a_closed_lane_is_emptied_only(
    store: SqlStore, kept: str | None
) -> None:
    if kept:
        await store.of("T1").keep(replace(digest(), stopped=kept))
    await promise(store, promised("a"), promised("b"))
    await store.ledger.stop(await claimed(store), "is_archived", NOW)
    assert await store.ledger.lanes(SOON) == []
    assert [each.stopped for each in await store.of("T1").digests()] == ([kept] if kept else [])


async def test_only_a_card_of_the_open_incident_is_its_root(store: SqlStore) -> None:
    kept = await decided(store, await store.of("T1").add(draft()), firing(THURSDAY))
    older = firing(FRIDAY - (FRIDAY - THURSDAY) * 30)
    update = replace(card(kept, kept.standing.state), kind=Kind.UPDATE)
    await promise(store, card(kept, older), update, card(kept, kept.standing.state))
    roots = []
    for ts in ("1.0", "2.0", "3.0"):
        await store.ledger.sent(await claimed(store), ts)
        incident = await store.of("T1").incident(1, 1)
        roots.append(incident and incident.ts)
    assert roots == [None, None, "3.0"]


async def test_the_file_that_a_card_shows_is_known_to_its_incident(store: SqlStore) -> None:
    kept = await decided(store, await store.of("T1").add(draft()), firing(THURSDAY))
    new = card(kept, kept.standing.state)
    answer = replace(new, kind=Kind.REPLY)
    updates = [replace(new, kind=Kind.UPDATE, subject=f"R1v1/{number}") for number in range(2)]
    await promise(store, new, answer, *updates)
    known = []
    for ts, picture in (("1.0", "F1"), ("2.0", "F2"), ("1.0", "F3"), ("1.0", None)):
        await store.ledger.sent(await claimed(store), ts, picture)
        incident = await store.of("T1").incident(1, 1)
        known.append(incident and (incident.ts, incident.picture))
    assert known == [("1.0", "F1"), ("1.0", "F1"), ("1.0", "F3"), ("1.0", None)]


async def told(store: SqlStore, *new: NewPromise) -> None:
    """Promise them, and keep each; the ts of each is its place in the order."""
    await promise(store, *new)
    for at in range(1, len(new) + 1):
        await store.ledger.sent(await claimed(store), f"{at}.0")


async def kept_of(store: SqlStore, *sessions: date, subject: str = "") -> list[bool]:
    """Whether the posts of these sessions are known."""
    found = [await store.of("T1").delivered("C1", session, Kind.DIGEST, subject) for session in sessions]
    return [ts is not None for ts in found]


async def test_old_promises_are_forgotten_but_for_the_newest_post_of_a_channel(store: SqlStore) -> None:
    days = [FRIDAY - timedelta(days=back) for back in (30, 20, 10, 0)]
    await told(store, *(promised("", day) for day in days))
    await promise(store, promised("x", days[0], lane=Lane("T1", "C2")))
    await store.ledger.drop(await claimed(store, lane=Lane("T1", "C2")), "gone")
    assert await store.ledger.forget(days[0], 10) == 0
    assert await store.ledger.forget(days[2], 10) == 3
    assert await kept_of(store, *days) == [False, False, True, True]
    assert await store.ledger.forget(FRIDAY + timedelta(days=1), 10) == 1
    assert await kept_of(store, *days) == [False, False, False, True]
    assert await store.of("T1").last_delivered("C1") == FRIDAY


async def test_so_many_at_once_and_the_oldest_first(store: SqlStore) -> None:
    days = [FRIDAY - timedelta(days=back) for back in (30, 20, 10, 0)]
    await told(store, *(promised("", day) for day in days))
    assert [await store.ledger.forget(FRIDAY, 2) for _ in range(3)] == [2, 1, 0]
    assert await kept_of(store, *days) == [False, False, False, True]


async def test_what_is_to_be_kept_and_its_post_are_not_forgotten(store: SqlStore) -> None:
    details = replace(promised("", THURSDAY), kind=Kind.DETAILS)
    await promise(store, promised("", THURSDAY), details, promised(""))
    await store.ledger.sent(await claimed(store), "1.0")
    assert await store.ledger.forget(FRIDAY + timedelta(days=1), 10) == 0
    assert await kept_of(store, THURSDAY) == [True]
    assert (await claimed(store)).new.kind is Kind.DETAILS


async def test_the_card_of_an_open_incident_is_not_forgotten(store: SqlStore) -> None:
    book = store.of("T1")
    kept = await decided(store, await book.add(draft()), firing(THURSDAY))
    await told(store, card(kept, kept.standing.state))
    assert await store.ledger.forget(FRIDAY + timedelta(days=900), 10) == 0
    assert await book.told("C1", "1.0") == card(kept, kept.standing.state).content
    await book.mark(1, Status.DELETED, deed(Act.DELETED))
    assert await store.ledger.forget(FRIDAY + timedelta(days=900), 10) == 1
    assert await book.told("C1", "1.0") is None


async def test_a_lease_that_a_clock_ahead_has_given_holds_up_nobody(store: SqlStore) -> None:
    await promise(store, promised("a"))
    ahead = NOW + timedelta(days=10)
    first = await claimed(store, ahead)
    assert await store.ledger.holds(first, ahead)
    assert await store.ledger.lanes(NOW) == [LANE]
    again = await claimed(store, NOW)
    assert (again.id, again.attempt, again.doubtful, again.first_tried) == (first.id, 2, True, ahead)
    assert await nothing_to_claim(store)
