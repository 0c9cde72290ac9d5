"""What every store notices of a session's outcome: each channel whole or not at all, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.watch.states import Reason, State
from bot.model import ChannelKey, DigestContent, Notice, NoticeKind, RuleIncident, SessionResult, StoredRule
from bot.store import SqlStore
from tests.contracts.stores import (
    CHANNEL_KEY,
    FRIDAY,
    LEASE,
    NOW,
    THURSDAY,
    TUESDAY,
    calm,
    card,
    claimed,
    decided,
    draft,
    firing,
    flip,
    outcome,
    queued,
)


async def rules(store: SqlStore, channels: str, team: str = "T1") -> list[StoredRule]:
    """One rule for every digit: of the channel of that number."""
    return [await store.of(team).add(draft(f"q{at}", f"C{name}")) for at, name in enumerate(channels)]


async def delivered(store: SqlStore, channel_key: ChannelKey = CHANNEL_KEY) -> list[Notice]:
    """All that a channel says, in its order."""
    told: list[Notice] = []
    while found := await store.outbox.claim(channel_key, NOW, LEASE, "worker"):
        await store.outbox.mark_sent(found, f"{found.id}.0")
        told.append(found)
    return told


def digest_content(session: date, channel: str = "C1", overtaken: tuple[date, ...] = ()) -> SessionResult:
    """Nothing but a digest."""
    new = queued(session=session, channel_key=ChannelKey("T1", channel))
    details = queued(session=session, kind=NoticeKind.DETAILS, channel_key=ChannelKey("T1", channel))
    return SessionResult("T1", channel, session, (), (), (new, details), overtaken)


async def test_standings_flips_incidents_and_notices_are_kept_together(store: SqlStore) -> None:
    one, two = await rules(store, "11")
    told = flip(FRIDAY)
    done = outcome(
        [(one, firing(FRIDAY)), (two, calm(FRIDAY))],
        FRIDAY,
        [(one, told)],
        [card(one, firing(FRIDAY)), queued()],
    )
    assert await store.commit([done]) == [done]
    first, second = await store.of("T1").rules()
    assert first.rule_state == replace(done.standings[0][1], revision=1)
    assert second.rule_state == replace(done.standings[1][1], revision=1)
    assert (await store.of("T1").history(1)).transitions == (told,)
    assert await store.incidents(["T1"]) == {("T1", "R1v1"): [RuleIncident(1, FRIDAY)]}
    assert [notice.new for notice in await delivered(store)] == list(done.notices)


async def test_a_channel_is_kept_whole_or_not_at_all(store: SqlStore) -> None:
    one, two, three = await rules(store, "112")
    moved = await decided(store, two, calm(THURSDAY))
    stale = outcome(
        [(one, firing(FRIDAY)), (two, calm(FRIDAY))],
        FRIDAY,
        [(one, flip(FRIDAY))],
        [card(one, firing(FRIDAY))],
    )
    fine = outcome([(three, calm(FRIDAY))], FRIDAY)
    assert await store.commit([stale, fine]) == [fine]
    assert [stored.rule_state for stored in await store.of("T1").rules("C1")] == [
        one.rule_state,
        moved.rule_state,
    ]
    assert (await store.of("T1").history(1)).transitions == ()
    assert await store.incidents(["T1"]) == {}
    assert await store.outbox.due_channels(NOW) == []


async def test_the_same_outcome_is_kept_once(store: SqlStore) -> None:
    (one,) = await rules(store, "1")
    done = outcome([(one, calm(FRIDAY))], FRIDAY, [(one, flip(FRIDAY))], [queued()])
    assert await store.commit([done, done]) == [done]
    assert await store.commit([done]) == []
    assert len((await store.of("T1").history(1)).transitions) == 1


async def test_of_workers_that_are_as_fast_one_is_heard(store: SqlStore) -> None:
    stored_rules = await rules(store, "1234")
    all_of_it = [outcome([(each, calm(FRIDAY))], FRIDAY, [(each, flip(FRIDAY))]) for each in stored_rules]
    # Each begins elsewhere, as workers with their own lists would.
    orders = [all_of_it[at:] + all_of_it[:at] for at in range(4)]
    heard = await asyncio.gather(*(store.commit(order) for order in orders))
    assert sorted(each.channel for part in heard for each in part) == ["C1", "C2", "C3", "C4"]
    for number in range(1, 5):
        assert len((await store.of("T1").history(number)).transitions) == 1


async def test_an_outcome_without_standings_only_notices(store: SqlStore) -> None:
    done = SessionResult("T1", "C1", FRIDAY, (), (), (queued(),))
    assert await store.commit([done]) == [done]
    assert await store.commit([]) == ()
    assert [notice.new for notice in await delivered(store)] == [queued()]


async def test_what_is_promised_already_is_left_alone(store: SqlStore) -> None:
    (one,) = await rules(store, "1")
    await store.of("T1").add_notices([queued("R1v1", kind=NoticeKind.CARD)])
    done = outcome([(one, firing(FRIDAY))], FRIDAY, notices=[card(one, firing(FRIDAY)), queued()])
    assert await store.commit([done]) == [done]
    assert [notice.new.content for notice in await delivered(store)] == [
        "about R1v1",
        DigestContent(FRIDAY, ()),
    ]


@pytest.mark.parametrize("reason", [Reason.RECOVERED, Reason.RESTATED])
async def test_an_incident_is_over_on_the_session_that_said_so(store: SqlStore, reason: Reason) -> None:
    (one,) = await rules(store, "1")
    known = await decided(store, one, firing(THURSDAY))
    assert await store.commit([outcome([(known, calm(TUESDAY))], TUESDAY, [(known, flip(FRIDAY, reason))])])
    assert await store.of("T1").incident(1, 1) == RuleIncident(1, THURSDAY, recovered=FRIDAY)


async def test_an_incident_that_nobody_ended_is_over_on_the_session_of_the_outcome(store: SqlStore) -> None:
    (one,) = await rules(store, "1")
    known = await decided(store, one, firing(THURSDAY))
    await decided(store, known, calm(TUESDAY))
    assert await store.of("T1").incident(1, 1) == RuleIncident(1, THURSDAY, recovered=TUESDAY)


async def test_an_incident_lasts_while_the_state_says_so(store: SqlStore) -> None:
    (one,) = await rules(store, "1")
    known = await decided(store, one, firing(THURSDAY))
    known = await decided(store, known, firing(FRIDAY, THURSDAY))
    assert await store.incidents(["T1"]) == {("T1", "R1v1"): [RuleIncident(1, THURSDAY)]}
    # Over and fired again within the sessions that were missed.
    await decided(store, known, firing(TUESDAY))
    over = RuleIncident(1, THURSDAY, recovered=TUESDAY)
    assert await store.incidents(["T1"]) == {("T1", "R1v1"): [RuleIncident(1, TUESDAY), over]}
    assert await store.incidents(["T1"], most=1) == {("T1", "R1v1"): [RuleIncident(1, TUESDAY)]}


async def test_a_newer_digest_replaces_what_surely_has_not_arrived(store: SqlStore) -> None:
    """Never tried, or refused; what may have arrived is settled first."""
    assert await store.commit([digest_content(THURSDAY, channel) for channel in ("C1", "C2", "C3", "C4")])
    refused = await claimed(store, channel_key=ChannelKey("T1", "C2"))
    await store.outbox.put_back(refused, NOW, "slow down")
    await claimed(store, channel_key=ChannelKey("T1", "C3"))
    waiting = await store.unsent(["T1"], FRIDAY)
    assert waiting == {
        ChannelKey("T1", channel): [DigestContent(THURSDAY, ())] for channel in ("C1", "C2", "C4")
    }
    assert await store.commit(
        [digest_content(FRIDAY, channel, (THURSDAY,)) for channel in ("C1", "C2", "C3")]
    )
    assert await store.commit(
        [digest_content(FRIDAY, "C4")]
    )  # it came in between, and this one does not tell of it
    told = {channel: await store.unsent(["T1"], TUESDAY) for channel in ("C1",)}
    assert told["C1"] == {
        ChannelKey("T1", "C1"): [DigestContent(FRIDAY, ())],
        ChannelKey("T1", "C2"): [DigestContent(FRIDAY, ())],
        ChannelKey("T1", "C3"): [DigestContent(FRIDAY, ())],
        ChannelKey("T1", "C4"): [DigestContent(THURSDAY, ()), DigestContent(FRIDAY, ())],
    }
    for channel in ("C1", "C2"):
        said = await delivered(store, ChannelKey("T1", channel))
        assert [(each.new.kind, each.new.session) for each in said] == [
            (NoticeKind.DIGEST, FRIDAY),
            (NoticeKind.DETAILS, FRIDAY),
        ]
    doubtful = await store.outbox.claim(ChannelKey("T1", "C3"), NOW + LEASE, LEASE, "worker")
    assert doubtful is not None
    assert (doubtful.new.session, doubtful.doubtful) == (THURSDAY, True)


async def test_cards_and_a_day_without_a_digest_replace_nothing(store: SqlStore) -> None:
    (one,) = await rules(store, "1")
    assert await store.commit([digest_content(THURSDAY)])
    await store.of("T1").add_notices([queued("R9v1", THURSDAY, NoticeKind.CARD)])
    quiet = outcome([(one, calm(FRIDAY))], FRIDAY, notices=[card(one, firing(FRIDAY))])
    assert await store.commit([quiet])
    assert [each.new.kind for each in await delivered(store)] == [
        NoticeKind.DIGEST,
        NoticeKind.DETAILS,
        NoticeKind.CARD,
        NoticeKind.CARD,
    ]


async def test_what_was_asked_for_by_hand_is_no_missed_day(store: SqlStore) -> None:
    await store.of("T1").add_notices([queued("now/q7", THURSDAY)])
    assert await store.unsent(["T1"], FRIDAY) == {}
    assert await store.commit([digest_content(FRIDAY, overtaken=(THURSDAY,))])
    assert [each.new.subject for each in await delivered(store)] == ["now/q7", "", ""]


async def test_nothing_of_another_channel_gets_into_an_outcome(store: SqlStore) -> None:
    one, two = await rules(store, "12")
    mixed = [
        outcome([(one, calm(FRIDAY)), (two, calm(FRIDAY))], FRIDAY),
        outcome([(one, calm(FRIDAY))], FRIDAY, [(two, flip(FRIDAY))]),
        outcome([(one, calm(FRIDAY))], FRIDAY, notices=[queued(channel_key=ChannelKey("T2", "C1"))]),
    ]
    for each in mixed:
        with pytest.raises(ValueError, match="another channel"):
            await store.commit([each])
    assert [stored.rule_state.state for stored in await store.of("T1").rules()] == [State(), State()]


async def test_a_channel_is_undecided_while_one_of_its_rules_is(store: SqlStore) -> None:
    one, two, three = await rules(store, "112")
    one = await decided(store, one, calm(FRIDAY))
    three = await decided(store, three, calm(FRIDAY))
    assert await store.rules_behind(["T1"], FRIDAY) == [one, two]
    assert await store.rules_behind(["T1"], TUESDAY) == [one, two, three]
    two = await decided(store, two, calm(TUESDAY))
    assert await store.rules_behind(["T1"], FRIDAY) == []
    assert await store.rules_behind([], TUESDAY) == []


async def test_many_channels_are_kept_at_once(store: SqlStore) -> None:
    stored_rules = await rules(store, "123456789" * 3)
    found = {
        f"C{at}": [each for each in stored_rules if each.watched.channel == f"C{at}"] for at in range(1, 10)
    }
    days = (THURSDAY, FRIDAY)
    for day, revision in zip(days, (0, 1), strict=True):
        told = [
            outcome(
                [
                    (
                        replace(each, rule_state=replace(each.rule_state, revision=revision)),
                        firing(day, THURSDAY),
                    )
                    for each in mine
                ],
                day,
                [(each, flip(day)) for each in mine],
                [queued(session=day, channel_key=ChannelKey("T1", channel))],
            )
            for channel, mine in found.items()
        ]
        outcomes = [replace(each, overtaken=days[:revision]) for each in told]
        assert await store.commit(outcomes) == outcomes
    assert {len(incidents) for incidents in (await store.incidents(["T1"])).values()} == {1}
    assert await store.unsent(["T1"], TUESDAY) == {
        ChannelKey("T1", name): [DigestContent(FRIDAY, ())] for name in found
    }
    assert await store.rules_behind(["T1"], FRIDAY) == []
    assert len(await store.rules_behind(["T1"], FRIDAY + timedelta(days=1))) == 27
