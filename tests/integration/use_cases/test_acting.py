"""Incidents are acknowledged, snoozed and unsnoozed by what is typed, as by the buttons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.watch.states import Acknowledgement, Decided
from bot.model import AuditAction, NoticeKind, RuleReport
from bot.ports import Place
from bot.render import ids
from bot.use_cases.rules import WatchHandler
from tests.integration.use_cases.room import ANN, BEN, ELSEWHERE, HERE, MET, NOW, QUIET, TEAM, Room, later

pytestmark = pytest.mark.slow


@pytest.fixture
async def fired(here: Room) -> Room:
    """R1 fires and its card is posted; five minutes pass."""
    await here.watch(MET)
    await here.deliver()
    here.clock.set(NOW + timedelta(minutes=5))
    here.heard()
    return here


async def card(here: Room) -> str:
    incident = await here.incident()
    assert incident
    assert incident.ts
    return incident.ts


async def told_of(here: Room) -> list[tuple[NoticeKind, AuditAction]]:
    """What is queued now, with the deeds that it tells."""
    found = []
    for notice in await here.deliver():
        assert isinstance(notice.new.content, RuleReport)
        assert notice.new.content.deed
        found.append((notice.new.kind, notice.new.content.deed.act))
    return found


def both(act: AuditAction) -> list[tuple[NoticeKind, AuditAction]]:
    """The card is rewritten, and its thread told."""
    return [(NoticeKind.UPDATE, act), (NoticeKind.REPLY, act)]


async def test_an_acknowledgement_is_typed_with_its_reason(fired: Room) -> None:
    await fired.watch("ack R1 looking at it", user=BEN)
    assert (await fired.rule()).rule_state.state.acknowledged == Acknowledgement(
        BEN, "looking at it", Decided.LOOKING
    )
    assert "R1 AAA drawdown 3m below -5\u00a0% is acknowledged" in fired.told()
    assert await told_of(fired) == both(AuditAction.ACKNOWLEDGED)


async def test_a_reason_is_not_asked_for(fired: Room) -> None:
    await fired.watch("ack R1")
    assert (await fired.rule()).rule_state.state.acknowledged == Acknowledgement(ANN, "")


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("snooze R1", date(2026, 1, 26)),
        ("snooze R1 5 sessions", date(2026, 1, 26)),
        ("snooze R1 1 session", date(2026, 1, 20)),
        ("snooze R1 1w", date(2026, 1, 23)),
        ("snooze R1 until 2 Feb", date(2026, 2, 2)),
        ("snooze R1 2026-02-01", date(2026, 1, 30)),  # a Sunday: through the session before it
        ("snooze R1 125 sessions", date(2026, 7, 20)),
    ],
)
async def test_a_snooze_lasts_through_the_last_session_until_then(
    fired: Room, typed: str, until: date
) -> None:
    await fired.watch(typed)
    assert (await fired.rule()).rule_state.state.snoozed_until == until
    assert f"{until:%-d %b %Y}" in fired.told().replace("\N{NO-BREAK SPACE}", " ")
    assert await told_of(fired) == both(AuditAction.SNOOZED)


async def test_a_snooze_without_a_session_says_when_the_next_one_is(fired: Room) -> None:
    await fired.watch("snooze R1 2d")
    told = fired.told().replace("\N{NO-BREAK SPACE}", " ")
    assert "no session left until 18 Jan 2026; the next one is on 20 Jan 2026" in told
    assert "`snooze R1 until 2026-01-20`" in told
    assert (await fired.rule()).rule_state.state.snoozed_until is None


async def test_a_snooze_is_ended_by_hand_and_can_be_ended_once(fired: Room) -> None:
    await fired.watch("snooze R1 1w")
    await fired.deliver()
    await fired.watch("unsnooze R1", user=BEN)
    assert (await fired.rule()).rule_state.state.snoozed_until is None
    assert "R1 AAA drawdown 3m below -5\u00a0% is unsnoozed" in fired.told()
    assert await told_of(fired) == both(AuditAction.UNSNOOZED)
    await fired.watch("unsnooze R1")
    assert "R1 AAA drawdown 3m below -5\u00a0% is not snoozed" in fired.told()
    assert await told_of(fired) == []


async def test_the_button_ends_it_too(fired: Room) -> None:
    await fired.press(ids.SNOOZE, "R1v1")
    await fired.press(ids.UNSNOOZE, "R1v1", thread=await card(fired))
    assert (await fired.rule()).rule_state.state.snoozed_until is None


@pytest.mark.parametrize("typed", ["ack R1 known", "snooze R1 1w"])
async def test_an_act_asked_again_is_one(fired: Room, typed: str) -> None:
    request = await fired.watch(typed)
    before, told = fired.rows(), fired.told()
    await fired.again("/watch", later(request))
    assert (fired.rows(), fired.told()) == (before, told)


async def test_a_shorter_snooze_changes_nothing_and_says_how_to_end_it(fired: Room) -> None:
    await fired.watch("snooze R1 until 2 Feb")
    fired.told()
    await fired.watch("snooze R1 1w", user=BEN)
    assert "`/watch unsnooze R1` ends the snooze" in fired.told()
    assert (await fired.rule()).rule_state.state.snoozed_until == date(2026, 2, 2)


@pytest.mark.parametrize(
    ("typed", "act"), [("ack looking at it", AuditAction.ACKNOWLEDGED), ("snooze 1w", AuditAction.SNOOZED)]
)
async def test_in_the_thread_of_a_card_its_rule_is_meant(fired: Room, typed: str, act: AuditAction) -> None:
    await fired.watch(f"anyway {MET}")  # R2 is open too
    await fired.deliver()
    fired.clock.set(NOW + timedelta(minutes=9))
    await within(fired, typed, await card(fired))
    assert await told_of(fired) == both(act)
    assert (await fired.repository.history(1)).deeds[0].act is act


async def within(here: Room, text: str, thread: str) -> None:
    """Say it in a thread."""
    here.told()
    request = here.question(text, thread=thread, extra={"within": True})
    place = Place(TEAM, HERE, ANN, thread, within=True)
    assert WatchHandler(here.clock, lambda symbol: ()).receive(text, place).work
    await here.again("/watch", request)


@pytest.mark.parametrize("typed", ["ack", "snooze 1w", "unsnooze"])
async def test_any_other_thread_asks_for_the_number(fired: Room, typed: str) -> None:
    await within(fired, typed, "1700000000.000001")
    assert "This is not the thread of a rule's card. Name the rule" in fired.told()


async def test_the_card_of_an_older_version_is_not_acted_on(fired: Room) -> None:
    thread = await card(fired)
    await fired.watch("edit R1 AAA drawdown 3m < -6% for 1")
    await fired.deliver()
    await within(fired, "ack", thread)
    assert "R1 AAA drawdown 3m below -6\u00a0% was edited since" in fired.told()


async def test_what_is_not_open_cannot_be_taken_in_hand(fired: Room) -> None:
    await fired.watch(QUIET)
    for typed in ("ack R2 known", "snooze R2", "unsnooze R2"):
        await fired.watch(typed)
        assert "R2 BBB drawdown 3m below -5\u00a0% has no open incident" in fired.told()
    await fired.watch("ack R1", channel=ELSEWHERE)
    assert "belongs to another channel" in fired.told()
    await fired.watch("ack R9")
    assert "There is no R9" in fired.told()


@pytest.mark.parametrize(
    "typed", ["ack", "ack looking at it", "snooze", "snooze 1w", "unsnooze", "ACK sortino < 1"]
)
def test_outside_a_thread_the_number_is_wanted(here: Room, typed: str) -> None:
    taken = WatchHandler(here.clock, lambda symbol: ()).receive(typed, Place(TEAM, HERE, ANN))
    assert taken.reply
    assert not taken.work
    verb = typed.split()[0].lower()
    assert f"`{verb}` needs the number of a rule, like `{verb} R7`" in taken.reply.text
