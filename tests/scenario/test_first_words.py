"""The first minute with the bot: where it comes in, in its Messages tab, and wherever one asks for help."""

from __future__ import annotations

import pytest

from bot.playground.model import BOT, PostedMessage
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, PORTFOLIO, RANDOM
from bot.render.ids import COMPARE_FORM, WATCH_FORM
from tests.scenario.offices import Office, button, labels

pytestmark = pytest.mark.slow
ON_SQLITE = pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)
FIRST = ["Compare ISCB and SPSM", "Compare other funds", "Watch a fund"]
WELCOME = "Watchpoint compares funds and watches them."


def welcomes(team: Office, channel: str) -> list[PostedMessage]:
    return [each for each in team.slack.workspace.everything(channel) if WELCOME in each.text]


async def test_where_it_comes_in_it_says_once_what_it_does_and_every_button_runs(team: Office) -> None:
    joined = team.payloads.member_joined(RANDOM, ANN)
    await team.deeds.invite(ANN, RANDOM)
    await team.bot.shift.quiet()
    (welcome,) = welcomes(team, RANDOM)
    assert labels(welcome) == FIRST
    compared = await team.press(BEN, welcome, FIRST[0])
    assert "ISCB vs SPSM · 1 year" in compared
    assert [each.thread_ts for each in team.replies(welcome)] == [welcome.ts]
    assert "ISCB vs SPSM · sectors" in await team.type(ANN, "@watchpoint sectors", RANDOM, welcome.ts)
    for label, form in ((FIRST[1], COMPARE_FORM), (FIRST[2], WATCH_FORM)):
        await team.press(BEN, welcome, label)
        assert (team.form(BEN).body["callback_id"], team.form(BEN).place) == (form, RANDOM)
    await team.deliver(joined)
    await team.deliver(joined)
    assert len(welcomes(team, RANDOM)) == 2, "once for each coming"


async def test_the_messages_tab_is_welcomed_once_for_each_person(team: Office) -> None:
    alone = team.slack.workspace.dm(BEN).id
    for _ in range(3):
        await team.deeds.open_home(BEN, "messages")
        await team.bot.shift.quiet()
    (welcome,) = welcomes(team, alone)
    assert labels(welcome) == FIRST
    assert "ISCB vs SPSM · 1 year" in await team.press(BEN, welcome, FIRST[0])
    assert team.slack.workspace.thread(alone, welcome.ts) == [welcome], "it belongs to the talk"
    assert "drawdowns 2020" in await team.type(BEN, "which one fell more in 2020?", alone)
    await team.press(BEN, welcome, FIRST[2])
    assert team.form(BEN)
    await team.deeds.open_home(ANN, "messages")
    await team.bot.shift.quiet()
    assert len(welcomes(team, team.slack.workspace.dm(ANN).id)) == 1
    await team.deeds.open_home(BEN)
    await team.bot.shift.quiet()
    assert len(welcomes(team, alone)) == 1


@ON_SQLITE
async def test_on_the_home_tab_the_first_question_is_answered_alone(team: Office) -> None:
    await team.deeds.open_home(BEN)
    await team.bot.shift.quiet()
    home = team.slack.workspace.views.home_tabs[BEN]
    blocks = [block for block in home.body["blocks"] if block["type"] == "actions"]
    shown = PostedMessage("", "", BOT, "", tuple(blocks))
    await team.deeds.click(BEN, ClickSource(view_id=home.id), button(shown, FIRST[0]))
    await team.bot.shift.quiet()
    answer = team.seen_by(BEN, team.slack.workspace.dm(BEN).id)[-1]
    assert "ISCB vs SPSM · 1 year" in team.words(answer)


@ON_SQLITE
@pytest.mark.parametrize("text", ["@watchpoint help", "@watchpoint what can I ask?", "@watchpoint"])
async def test_help_in_a_channel_has_four_questions_that_run(team: Office, text: str) -> None:
    await team.type(ANN, text)
    asked = team.seen_by(ANN)[-1]
    assert asked.ephemeral_for == ANN
    assert len(labels(asked)) == 4
    await every_button_is_answered(team, asked, "ISCB vs SPSM")


async def every_button_is_answered(team: Office, message: PostedMessage, title: str) -> None:
    for label in labels(message):
        said = await team.press(ANN, message, label)
        assert title in said, (label, said)


@ON_SQLITE
async def test_help_in_a_thread_asks_about_its_funds(team: Office) -> None:
    await team.type(ANN, "/compare IWM VB")
    parent = team.seen_by(ANN)[-1]
    for text in ("@watchpoint help", "@watchpoint what can I ask?"):
        assert "About IWM and VB" in await team.type(ANN, text, thread=parent.ts)
        helped = team.seen_by(ANN)[-1]
        assert helped.thread_ts == parent.ts
        assert labels(helped)[0] == "Which fell more in 2020?"
    await every_button_is_answered(team, helped, "IWM vs VB")


@ON_SQLITE
async def test_help_alone_asks_about_what_was_compared_last(team: Office) -> None:
    alone = team.slack.workspace.dm(ANN).id
    assert "About ISCB and SPSM" in await team.type(ANN, "help", alone)
    await every_button_is_answered(team, team.seen_by(ANN, alone)[-1], "ISCB vs SPSM")
    await team.type(ANN, "risk IWM", alone)
    assert "About IWM" in await team.type(ANN, "help", alone)
    helped = team.seen_by(ANN, alone)[-1]
    assert labels(helped)[0] == "How far did it fall in 2020?"
    await every_button_is_answered(team, helped, "IWM")


@ON_SQLITE
@pytest.mark.parametrize("name", ["compare", "sectors", "watch", "digest"])
async def test_help_of_a_command_has_four_examples_that_run(team: Office, name: str) -> None:
    await team.type(ANN, f"/{name} help")
    helped = team.seen_by(ANN, PORTFOLIO)[-1]
    assert len(labels(helped)) == 4
    for label in labels(helped):
        said = await team.press(ANN, helped, label)
        assert said, label
        assert "could not read" not in said, label
    assert not [each for each in team.slack.workspace.everything(PORTFOLIO) if "is set" in each.text]
