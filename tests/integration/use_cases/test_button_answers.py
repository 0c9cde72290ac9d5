"""Incidents are acknowledged, snoozed, explained and edited from their cards, each of it also twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.watch.states import Acknowledgement, Decided, Phase
from bot.errors import Unavailable
from bot.model import AuditAction, NoticeKind, RuleReport
from bot.ports import Task
from bot.render import ids
from bot.use_cases.buttons import ButtonAnswers, button_handlers
from tests.integration.use_cases.room import ADA, BEN, ELSEWHERE, HERE, MET, NOW, QUIET, TEAM, Room, later

pytestmark = pytest.mark.slow

REASON = {ids.REASON: "known, waiting for the index change"}
SOFTER = "AAA drawdown 3m < -25% for 1"


@pytest.fixture
async def fired(here: Room) -> Room:
    """R1 fires and its card, ts1, is posted; five minutes pass."""
    await here.watch(MET)
    await here.deliver()
    here.clock.set(NOW + timedelta(minutes=5))
    here.heard()
    here.jobs.tasks.clear()
    return here


async def stories(here: Room) -> list[tuple[NoticeKind, RuleReport]]:
    """What is queued now."""
    found = []
    for notice in await here.deliver():
        assert isinstance(notice.new.content, RuleReport)
        found.append((notice.new.kind, notice.new.content))
    return found


def test_every_door_that_lets_something_in_has_an_answer(here: Room) -> None:
    asks = {ids.ACK, ids.EDIT}
    assert set(ButtonAnswers(here.parts).answered) == set(button_handlers(here.clock)) - asks


async def test_an_acknowledgement_is_kept_and_told_on_the_card_and_in_its_thread(fired: Room) -> None:
    request = await fired.send(ids.ACK_FORM, "R1v1", REASON, ts="ts1", user=BEN)
    state = (await fired.rule()).rule_state.state
    assert state.acknowledged == Acknowledgement(BEN, REASON[ids.REASON])
    assert fired.jobs.tasks == [Task("deliver", f"{TEAM}/{HERE}")]
    assert "R1 AAA drawdown 3m below -5\u00a0% is acknowledged" in fired.told()
    told = await stories(fired)
    assert [kind for kind, _ in told] == [NoticeKind.UPDATE, NoticeKind.REPLY]
    for _, report in told:
        assert report.deed
        assert (report.deed.user, report.deed.act, report.deed.detail) == (
            BEN,
            AuditAction.ACKNOWLEDGED,
            REASON[ids.REASON],
        )
        assert report.deed.at == request.asked
        assert report.state == state
        assert report.source == "Hand Market"
        assert [incident.ts for incident in report.incidents] == ["ts1"]


async def test_what_was_decided_is_kept_and_said(fired: Room) -> None:
    given = {ids.REASON: "costs too much", ids.DECIDED: Decided.SWITCHED.value}
    await fired.send(ids.ACK_FORM, "R1v1", given, ts="ts1", user=BEN)
    state = (await fired.rule()).rule_state.state
    assert state.acknowledged == Acknowledgement(BEN, "costs too much", Decided.SWITCHED)
    assert "is acknowledged: switched, costs too much." in fired.told()
    (kept,) = await fired.repository.decisions()
    assert (kept.watched.key, kept.entry.decided) == ("R1v1", Decided.SWITCHED)
    await fired.watch("decisions")
    assert (
        "1 decision on incidents of rules. What followed in 3 months is not known of any yet." in fired.told()
    )


async def test_what_is_decided_elsewhere_is_told_where_its_channel_is_public(fired: Room) -> None:
    await fired.send(ids.ACK_FORM, "R1v1", REASON, ts="ts1", user=BEN)
    fired.told()
    for words in ("decisions", "scorecard"):
        fired.channels.public.add(HERE)
        await fired.watch(words, channel=ELSEWHERE)
        assert "R1 " in fired.told()
        fired.channels.public.discard(HERE)
        await fired.watch(words, channel=ELSEWHERE)
        assert "R1 " not in fired.told()


async def test_an_acknowledgement_sent_in_is_told_where_its_card_is(fired: Room) -> None:
    await fired.send(ids.ACK_FORM, "R1v1", REASON, ts="ts1")
    place = fired.messenger.told[-1].place
    assert (place.channel, place.thread) == (HERE, "ts1")


async def test_a_second_acknowledgement_says_who_was_first(fired: Room) -> None:
    await fired.send(ids.ACK_FORM, "R1v1", REASON, user=BEN)
    before = fired.rows()
    fired.told()
    await fired.send(ids.ACK_FORM, "R1v1", {ids.REASON: "me too"})
    told = fired.told()
    assert f"<@{BEN}>" in told
    assert REASON[ids.REASON] in told
    assert fired.rows() == before


async def test_an_acknowledgement_asked_again_is_one(fired: Room) -> None:
    request = await fired.send(ids.ACK_FORM, "R1v1", REASON)
    before, told = fired.rows(), fired.told()
    await fired.again(ids.ACK_FORM, later(request))
    assert fired.rows() == before
    assert fired.told() == told


async def test_a_snooze_lasts_through_the_fifth_session_to_come(fired: Room) -> None:
    await fired.press(ids.SNOOZE, "R1v1", user=BEN)
    # Monday 19 January is a holiday: 20, 21, 22, 23, 26.
    assert (await fired.rule()).rule_state.state.snoozed_until == date(2026, 1, 26)
    assert "26 Jan 2026" in fired.told().replace("\N{NO-BREAK SPACE}", " ")
    told = await stories(fired)
    assert [kind for kind, _ in told] == [NoticeKind.UPDATE, NoticeKind.REPLY]
    assert {report.deed.act for _, report in told if report.deed} == {AuditAction.SNOOZED}


async def test_a_snooze_counts_sessions_over_the_turn_of_the_year(here: Room) -> None:
    here.clock.set(datetime(2025, 12, 23, 22, 0, tzinfo=UTC))
    await here.watch(MET)
    await here.press(ids.SNOOZE, "R1v1")
    assert (await here.rule()).rule_state.state.snoozed_until == date(2025, 12, 31)


async def test_a_snooze_pressed_twice_is_one(fired: Room) -> None:
    request = await fired.press(ids.SNOOZE, "R1v1")
    before, told = fired.rows(), fired.told()
    await fired.again(ids.SNOOZE, later(request))
    assert (fired.rows(), fired.told()) == (before, told)
    fired.clock.set(NOW + timedelta(minutes=6))
    await fired.press(ids.SNOOZE, "R1v1", user=BEN)
    assert "snoozed already" in fired.told()
    assert fired.rows() == before


async def test_a_snooze_taken_up_on_the_next_day_is_the_same_one(fired: Room) -> None:
    request = await fired.press(ids.SNOOZE, "R1v1")
    before = fired.rows()
    fired.clock.set(datetime(2026, 1, 20, 22, 0, tzinfo=UTC))
    await fired.again(ids.SNOOZE, later(request))
    assert fired.rows() == before


async def test_who_did_what_shows_in_the_history(fired: Room) -> None:
    await fired.send(ids.ACK_FORM, "R1v1", REASON, user=BEN)
    await fired.press(ids.SNOOZE, "R1v1", user=ADA)
    fired.told()
    await fired.press(ids.HISTORY, "R1v1")
    told = fired.told()
    assert f"<@{BEN}>" in told
    assert f"<@{ADA}>" in told
    assert REASON[ids.REASON] in told


async def test_why_and_history_are_told_in_the_cards_thread(fired: Room) -> None:
    before = fired.rows()
    for action in (ids.WHY, ids.HISTORY):
        await fired.press(action, "R1v1", thread="ts1", user=BEN)
        place = fired.messenger.told[-1].place
        assert (place.user, place.thread) == (BEN, "ts1")
    assert "Drawdown" in fired.told()
    assert fired.heard() == ""
    assert fired.rows() == before


@pytest.mark.parametrize("action", [ids.ACK_FORM, ids.SNOOZE])
async def test_nothing_open_is_nothing_to_do(here: Room, action: str) -> None:
    await here.watch(QUIET)
    before = here.rows()
    await pressed(here, action)
    assert "R1 BBB drawdown 3m below -5\u00a0% has no open incident" in here.told()
    assert here.rows() == before


@pytest.mark.parametrize("action", [ids.ACK_FORM, ids.SNOOZE, ids.WHY, ids.EDIT_FORM])
async def test_buttons_of_an_older_version_say_so(fired: Room, action: str) -> None:
    await fired.watch("edit R1 AAA drawdown 3m < -6% for 1")
    before = fired.rows()
    fired.told()
    fired.clock.set(NOW + timedelta(minutes=6))
    await pressed(fired, action)
    assert "R1 AAA drawdown 3m below -6\u00a0% was edited since; its version is now 2" in fired.told()
    assert fired.rows() == before
    await fired.press(ids.HISTORY, "R1v1")
    assert "2 versions" in fired.told()


@pytest.mark.parametrize("action", [ids.ACK_FORM, ids.SNOOZE])
async def test_the_card_of_an_incident_that_is_over_says_so(fired: Room, action: str) -> None:
    await fired.watch("pause R1")
    fired.clock.set(datetime(2026, 1, 20, 22, 0, tzinfo=UTC))
    await fired.watch("resume R1")
    await fired.deliver()
    assert (await fired.rule()).rule_state.state.open
    before = fired.rows()
    fired.told()
    await pressed(fired, action, "ts1")
    assert "is over" in fired.told()
    assert fired.rows() == before


@pytest.mark.parametrize("action", [ids.ACK_FORM, ids.SNOOZE])
async def test_a_paused_or_deleted_rule_has_nothing_open(fired: Room, action: str) -> None:
    await fired.watch("pause R1")
    await pressed(fired, action)
    assert "R1 AAA drawdown 3m below -5\u00a0% has no open incident" in fired.told()
    await fired.press(ids.DELETE, "R1v1")
    await pressed(fired, action)
    assert "R1 AAA drawdown 3m below -5\u00a0% was deleted" in fired.told()


async def test_a_press_in_another_channel_changes_nothing(fired: Room) -> None:
    before = fired.rows()
    await fired.press(ids.SNOOZE, "R1v1", channel=ELSEWHERE)
    assert "R1 belongs to another channel" in fired.told()
    await fired.press(ids.SNOOZE, "R1v1", team="T2")
    assert "There is no R1" in fired.told()
    assert fired.rows() == before


async def test_who_is_a_moment_late_tries_again(fired: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ben acknowledges between Ann's look at the rule and her snooze."""
    add_history = type(fired.repository).history
    once = iter([True])

    async def meanwhile(self, number, most=20):  # type: ignore[no-untyped-def]
        if next(once, False):
            await fired.send(ids.ACK_FORM, "R1v1", REASON, user=BEN)
        return await add_history(self, number, most)

    monkeypatch.setattr(type(fired.repository), "history", meanwhile)
    await fired.press(ids.SNOOZE, "R1v1")
    state = (await fired.rule()).rule_state.state
    assert state.acknowledged == Acknowledgement(BEN, REASON[ids.REASON])
    assert state.snoozed_until == date(2026, 1, 26)
    assert len(await stories(fired)) == 4


async def test_who_is_always_late_is_told_to_come_again(fired: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def beaten(*_: object) -> None:
        return None

    before = fired.rows()
    monkeypatch.setattr(type(fired.repository), "alter", beaten)
    with pytest.raises(Unavailable, match="R1 is being changed"):
        await fired.press(ids.SNOOZE, "R1v1")
    assert fired.rows() == before


async def test_an_edit_sent_in_is_as_one_typed(fired: Room) -> None:
    request = await fired.send(ids.EDIT_FORM, "R1v1", {ids.RULE_TEXT: SOFTER}, ts="ts1")
    stored = await fired.rule()
    assert (stored.watched.key, stored.rule_state.state.phase) == ("R1v2", Phase.OK)
    assert stored.watched.channel == HERE
    assert [kind for kind, _ in await stories(fired)] == [NoticeKind.UPDATE]
    before, said = fired.rows(), fired.heard()
    assert "R1 AAA drawdown 3m below -25\u00a0% is now version 2" in said
    await fired.again(ids.EDIT_FORM, later(request))
    assert (fired.rows(), fired.heard()) == (before, said)


async def test_an_edit_sent_in_by_somebody_else_is_refused_where_the_card_is(fired: Room) -> None:
    before = fired.rows()
    await fired.send(ids.EDIT_FORM, "R1v1", {ids.RULE_TEXT: SOFTER}, ts="ts1", user=BEN)
    place = fired.messenger.told[-1].place
    assert (place.channel, place.thread) == (HERE, "ts1")
    assert "R1 AAA drawdown 3m below -5\u00a0% was set by" in fired.told()
    assert fired.rows() == before


async def test_what_all_are_to_know_is_posted_beside_no_card(fired: Room) -> None:
    await fired.send(ids.EDIT_FORM, "R1v1", {ids.RULE_TEXT: SOFTER}, ts="ts1")
    await fired.press(ids.DELETE, "R1v2", thread="ts9")
    assert [(posted.place.channel, posted.place.thread) for posted in fired.messenger.posted] == [
        (HERE, None)
    ] * 2


async def test_an_acknowledged_incident_stays_so_while_data_are_missing(fired: Room) -> None:
    stored = await fired.rule()
    lost = replace(stored.rule_state.state, trouble=Phase.NO_DATA)
    entry = (await fired.repository.history(1)).deeds[0]
    assert await fired.repository.alter(stored, lost, replace(entry, at=NOW), ())
    await fired.send(ids.ACK_FORM, "R1v1", REASON)
    state = (await fired.rule()).rule_state.state
    assert (state.trouble, bool(state.acknowledged)) == (Phase.NO_DATA, True)


async def test_a_reason_disturbs_nobody(fired: Room) -> None:
    await fired.send(ids.ACK_FORM, "R1v1", {ids.REASON: "<!channel> & <@U5>"})
    told = fired.told()
    assert "<!channel>" not in told
    await fired.send(ids.ACK_FORM, "R1v1", REASON, user=BEN)
    assert "<!channel>" not in fired.told()


async def pressed(here: Room, action: str, card: str = "") -> None:
    """Any button of R1v1."""
    fields = {ids.ACK_FORM: REASON, ids.EDIT_FORM: {ids.RULE_TEXT: SOFTER}}
    if action in fields:
        await here.send(action, "R1v1", fields[action], ts=card)
    else:
        await here.press(action, "R1v1", thread=card or None)
