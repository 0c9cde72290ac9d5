"""Questions in plain English through the whole bot: in a thread, a channel, alone; buttons are pressed."""

from __future__ import annotations

import pytest

from bot.playground.storage import ANN, BEN
from tests.scenario.offices import Office, button, labels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("away", ["sqlite-http"], indirect=True),
]


async def test_in_a_thread_one_asks_as_one_talks(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = team.posts()[-1] if team.posts() else team.seen_by(ANN)[-1]
    fell = await team.type(BEN, "@watchpoint which one fell more in 2020?", thread=parent.ts)
    assert "Read as `drawdowns 2020`." in fell
    assert "Deepest: Feb to Mar 2020, ISCB" in fell
    answer = team.replies(parent)[-1]
    assert labels(answer)[0] == "Risk"
    assert "ISCB vs SPSM · risk · 2020" in await team.press(ANN, answer, "Risk")
    saved = await team.type(BEN, "@watchpoint how much do I save by switching 10m?", thread=parent.ts)
    assert "Read as `cost size=10m`." in saved
    assert "A year's fee on 10 M USD" in saved
    beside = await team.type(ANN, "@watchpoint compare with the Russell 2000, cc @ben", thread=parent.ts)
    assert "Russell 2000 is read as IWM." in beside
    assert "Correlation with IWM" in beside
    assert "IWM returned" in await team.press(ANN, team.replies(parent)[-1], "add IWM")
    exact = await team.type(ANN, "@watchpoint drawdowns 2020", thread=parent.ts)
    assert "Read as" not in exact


async def test_what_is_in_doubt_offers_what_works_there(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = team.seen_by(ANN)[-1]
    said = await team.type(ANN, "@watchpoint stock lending?", thread=parent.ts)
    assert "I could not read `stock lending?`" in said
    refused = team.seen_by(ANN)[-1]
    assert labels(refused) == ["sectors", "returns", "help"]
    assert "Industrials" in await team.press(ANN, refused, "sectors")


async def test_in_a_channel_funds_are_named_or_asked_for(team: Office) -> None:
    named = await team.type(ANN, "@watchpoint is VB cheaper than IJR?")
    assert "Read as `cost VB IJR`." in named
    nameless = await team.type(ANN, "@watchpoint which one fell more in 2020?")
    assert "Read as `drawdowns 2020`, but no funds are compared here." in nameless
    asked = team.seen_by(ANN)[-1]
    assert button(asked, "drawdowns ISCB SPSM 2020")
    assert "Deepest: Feb to Mar 2020, ISCB" in await team.press(ANN, asked, "drawdowns ISCB SPSM 2020")


async def test_alone_with_the_bot_a_word_is_explained_at_once(team: Office) -> None:
    alone = team.slack.workspace.dm(BEN).id
    told = await team.type(BEN, "what is tracking error?", alone)
    assert "Read as `explain tracking error ISCB SPSM`." in told
    assert "as an example" in told
    assert "standard deviation of (fund - benchmark)" in told
    assert "Read as `" in await team.type(BEN, "how bumpy was the ride?", alone)
    assert "*Commands*" in await team.type(BEN, "what can I ask you?", alone)
