"""A rule is edited, paused, resumed, deleted: by whom, what becomes of its incident, and all of it twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.watch.states import Phase, State
from bot.model import AuditAction, NewNotice, NoticeKind, RuleReport, RuleStatus
from bot.ports import User
from bot.render import ids
from tests.integration.use_cases.room import ADA, BEN, ELSEWHERE, MET, NOW, QUIET, Room, later, room

pytestmark = pytest.mark.slow

LATER = NOW + timedelta(minutes=5)
SOFTER = "AAA drawdown 3m < -25% for 1"


async def opened(here: Room) -> None:
    """R1 fires, its card is posted; five minutes pass."""
    await here.watch(MET)
    assert [notice.new.kind for notice in await here.deliver()] == [NoticeKind.CARD]
    here.clock.set(LATER)
    here.heard()


async def queued(here: Room) -> list[NewNotice]:
    return [notice.new for notice in await here.deliver()]


async def test_an_edit_is_a_new_version_that_begins_afresh(here: Room) -> None:
    await opened(here)
    await here.watch(f"edit R1 {SOFTER}")
    stored, incident = await here.rule(), await here.incident(1, 1)
    assert (stored.watched.key, stored.rule_state.state.phase) == ("R1v2", Phase.OK)
    assert incident
    assert incident.recovered
    assert "R1 AAA drawdown 3m below -25\u00a0% is now version 2" in here.heard()
    assert [entry.act for entry in (await here.repository.history(1)).deeds] == [
        AuditAction.EDITED,
        AuditAction.MADE,
    ]


async def test_the_card_of_the_version_before_says_that_it_was_edited(here: Room) -> None:
    await opened(here)
    request = await here.watch(f"edit R1 {SOFTER}")
    (update,) = await queued(here)
    assert (update.kind, update.subject) == (NoticeKind.UPDATE, f"R1v1/edited/{request.id}")
    assert isinstance(update.content, RuleReport)
    assert update.content.deed
    assert (update.content.watched.version, update.content.deed.act) == (1, AuditAction.EDITED)
    assert [incident.ts for incident in update.content.incidents] == ["ts1"]


async def test_an_edit_that_fires_has_a_card_of_its_own(here: Room) -> None:
    await opened(here)
    await here.watch("edit R1 AAA drawdown 3m < -6% for 1")
    assert [(each.kind, each.subject.partition("/")[0]) for each in await queued(here)] == [
        (NoticeKind.UPDATE, "R1v1"),
        (NoticeKind.CARD, "R1v2"),
    ]


async def test_an_edit_to_the_same_words_changes_nothing(here: Room) -> None:
    await opened(here)
    before = here.rows()
    await here.watch(f"edit R1 {MET}")
    assert "R1 AAA drawdown 3m below -5\u00a0% says this already" in here.told()
    assert here.rows() == before


async def test_an_edit_asked_twice_makes_one_version(here: Room) -> None:
    await opened(here)
    request = await here.watch(f"edit R1 {SOFTER}")
    before, said = here.rows(), here.heard()
    await here.again("/watch", later(request))
    assert here.rows() == before
    assert here.heard() == said


async def test_an_edited_rule_that_is_paused_stays_so(here: Room) -> None:
    await here.watch(MET)
    await here.watch("pause R1")
    await here.watch(f"edit R1 {SOFTER}")
    stored = await here.rule()
    assert (stored.watched.key, stored.watched.status) == ("R1v2", RuleStatus.PAUSED)
    assert stored.rule_state.state == State()


async def test_a_pause_closes_what_is_open_and_says_so_on_the_card(here: Room) -> None:
    await opened(here)
    await here.watch("pause R1")
    assert (await here.rule()).watched.status is RuleStatus.PAUSED
    assert "R1 AAA drawdown 3m below -5\u00a0% is paused* by <@U1>" in here.heard()
    (update,) = await queued(here)
    assert isinstance(update.content, RuleReport)
    assert update.content.deed
    assert (update.kind, update.content.deed.act) == (NoticeKind.UPDATE, AuditAction.PAUSED)
    assert update.content.watched.status is RuleStatus.PAUSED
    incident = await here.incident()
    assert incident
    assert incident.recovered


async def test_a_rule_with_nothing_open_is_paused_without_a_promise(here: Room) -> None:
    await here.watch(QUIET)
    await here.watch("pause R1")
    assert await queued(here) == []


async def test_a_rule_paused_twice_says_so_once_more_and_changes_nothing(here: Room) -> None:
    await opened(here)
    request = await here.watch("pause R1")
    before, said = here.rows(), here.heard()
    await here.again("/watch", later(request))
    assert (here.rows(), here.heard()) == (before, said)
    here.clock.set(LATER + timedelta(minutes=1))
    await here.watch("pause R1")
    assert "R1 AAA drawdown 3m below -5\u00a0% is paused already" in here.told()
    assert here.rows() == before


async def test_a_resumed_rule_is_decided_at_once(here: Room) -> None:
    await opened(here)
    await here.watch("pause R1")
    request = await here.watch("resume R1")
    stored = await here.rule()
    assert (stored.watched.status, stored.rule_state.state.phase) == (RuleStatus.ACTIVE, Phase.FIRING)
    before = here.rows()
    assert "R1 AAA drawdown 3m below -5\u00a0% is resumed* by <@U1>" in here.heard()
    await here.again("/watch", later(request))
    assert here.rows() == before
    here.told()
    here.clock.set(LATER + timedelta(minutes=1))
    await here.watch("resume R1")
    assert "R1 AAA drawdown 3m below -5\u00a0% is not paused" in here.told()


async def test_an_incident_that_goes_on_after_a_pause_has_its_card_back(here: Room) -> None:
    await opened(here)
    await here.watch("pause R1")
    await here.watch("resume R1")
    pause, resume = await queued(here)
    assert isinstance(pause.content, RuleReport)
    assert isinstance(resume.content, RuleReport)
    assert resume.content.deed
    assert (resume.kind, resume.content.deed.act) == (NoticeKind.UPDATE, AuditAction.RESUMED)
    assert resume.content.watched.status is RuleStatus.ACTIVE
    assert resume.content.state.open
    incident = await here.incident()
    assert incident
    assert (incident.ts, incident.recovered) == ("ts1", None)


async def test_what_fires_on_a_later_session_after_a_pause_has_a_card_of_its_own(here: Room) -> None:
    await opened(here)
    await here.watch("pause R1")
    await queued(here)
    here.clock.set(datetime(2026, 1, 20, 22, 0, tzinfo=UTC))
    await here.watch("resume R1")
    assert [(new.kind, new.subject) for new in await queued(here)] == [(NoticeKind.CARD, "R1v1")]


async def test_a_rule_is_resumed_while_the_source_is_silent(here: Room) -> None:
    await here.watch(MET)
    await here.watch("pause R1")
    here.market.down = True
    await here.watch("resume R1")
    stored = await here.rule()
    assert (stored.watched.status, stored.rule_state.state) == (RuleStatus.ACTIVE, State())


async def test_a_change_that_is_waited_for_keeps_its_value_over_a_pause(here: Room) -> None:
    await here.watch("AAA expense ratio changes for 1")
    await here.watch("pause R1")
    here.market.expense = 0.0005
    await here.watch("resume R1")
    assert (await here.rule()).rule_state.state.phase is Phase.FIRING


async def test_deleting_asks_first_and_only_the_asker(here: Room) -> None:
    await opened(here)
    before = here.rows()
    await here.watch("delete R1")
    assert "Delete R1 " in here.told()
    assert here.heard() == ""
    assert here.rows() == before
    await here.press(ids.KEEP, "R1v1")
    assert "R1 AAA drawdown 3m below -5\u00a0% is kept as it was" in here.told()
    assert here.rows() == before


async def test_a_deleted_rule_is_gone_but_for_its_history(here: Room) -> None:
    await opened(here)
    request = await here.press(ids.DELETE, "R1v1")
    assert "R1 AAA drawdown 3m below -5\u00a0% is deleted* by <@U1>" in here.heard()
    (update,) = await queued(here)
    assert update.subject == f"R1v1/deleted/{request.id}"
    before = here.rows()
    await here.again(ids.DELETE, later(request))
    assert here.rows() == before
    here.heard()
    for text in ("show R1", "pause R1", "resume R1", "delete R1", "why R1", f"edit R1 {SOFTER}"):
        await here.watch(text)
        assert "R1 AAA drawdown 3m below -5\u00a0% was deleted" in here.told(), text
    await here.watch("history R1")
    assert "Who did what" in here.told()
    assert here.rows() == before


async def test_a_rule_edited_since_the_question_is_not_deleted(here: Room) -> None:
    await opened(here)
    await here.watch("delete R1")
    await here.watch(f"edit R1 {SOFTER}", user=ADA)
    here.told()
    for button in (ids.DELETE, ids.KEEP):
        await here.press(button, "R1v1")
        assert "R1 AAA drawdown 3m below -25\u00a0% was edited since" in here.told()
    assert (await here.rule()).watched.status is RuleStatus.ACTIVE


CHANGES = (f"edit R1 {SOFTER}", "pause R1", "delete R1", "resume R1")


@pytest.mark.parametrize("text", CHANGES)
async def test_others_may_not_change_a_rule(here: Room, text: str) -> None:
    await here.watch(MET)
    before = here.rows()
    await here.watch(text, user=BEN)
    assert "R1 AAA drawdown 3m below -5\u00a0% was set by <@U1>" in here.told()
    assert here.rows() == before


async def test_who_may_not_delete_cannot_by_the_button_either(here: Room) -> None:
    await here.watch(MET)
    await here.press(ids.DELETE, "R1v1", user=BEN)
    assert (await here.rule()).watched.status is RuleStatus.ACTIVE


async def test_admins_may_change_a_rule_which_stays_its_owners(here: Room) -> None:
    await here.watch(MET)
    await here.watch(f"edit R1 {SOFTER}", user=ADA)
    watched = (await here.rule()).watched
    assert (watched.version, watched.owner, watched.author) == (2, "U1", ADA)
    await here.watch("pause R1", user=ADA)
    await here.watch("resume R1")
    assert (await here.rule()).watched.status is RuleStatus.ACTIVE


async def test_where_the_setting_says_so_everybody_may(tmp_path: Path) -> None:
    async with room(tmp_path, everyone=True) as here:
        await here.watch(MET)
        await here.watch(f"edit R1 {SOFTER}", user=BEN)
        assert (await here.rule()).watched.author == BEN


async def test_where_slack_says_nothing_of_people_only_the_owner_may(here: Room) -> None:
    here.users.silent = True
    here.users.known[BEN] = User(BEN, admin=True)
    await here.watch(MET)
    await here.watch("pause R1", user=BEN)
    assert (await here.rule()).watched.status is RuleStatus.ACTIVE


@pytest.mark.parametrize("text", [*CHANGES, "show R1", "why R1", "history R1"])
async def test_a_rule_of_another_channel_is_its_own_affair(here: Room, text: str) -> None:
    await here.watch(MET, channel=ELSEWHERE)
    before = here.rows()
    here.heard()
    await here.watch(text, user=ADA)
    told = here.told()
    assert "R1 belongs to another channel" in told
    assert not any(secret in told for secret in ("AAA", "drawdown", "U1", ELSEWHERE))
    assert here.rows() == before
    assert here.heard() == ""


async def test_a_press_elsewhere_reaches_no_rule_of_this_channel(here: Room) -> None:
    await here.watch(MET)
    await here.press(ids.DELETE, "R1v1", channel=ELSEWHERE)
    assert (await here.rule()).watched.status is RuleStatus.ACTIVE


@pytest.mark.parametrize("text", ["show R7", "edit R7 ISCB sortino < 1", "pause R7", "why R7", "history R7"])
async def test_a_number_that_does_not_exist_is_answered_with_those_that_do(here: Room, text: str) -> None:
    await here.watch(MET)
    await here.watch(text)
    told = here.told()
    assert "There is no R7 in this channel" in told
    assert "R1" in told


async def test_a_rule_of_another_workspace_does_not_exist(here: Room) -> None:
    await here.watch(MET, team="T2")
    await here.watch("show R1")
    told = here.told()
    assert "There is no R1" in told
    assert "AAA" not in told
