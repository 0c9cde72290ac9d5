"""In direct messages among several the bot answers where it is named or a command asks, as in a channel."""

from __future__ import annotations

import pytest

from bot.playground.model import BOT, Channel
from bot.playground.storage import ANN, BEN
from tests.scenario.offices import Office

pytestmark = pytest.mark.slow

GROUP = Channel("C0GROUP", "mpdm-ann--ben--watchpoint-1", "mpim", (ANN, BEN, BOT))


@pytest.fixture
def group(team: Office) -> str:
    team.slack.workspace.channels[GROUP.id] = GROUP
    return GROUP.id


async def test_a_group_is_answered_and_hears_of_its_rules(team: Office, group: str) -> None:
    assert await team.type(ANN, "ISCB SPSM", group) == "", "it was not named"
    assert "ISCB vs SPSM" in await team.type(ANN, "@watchpoint ISCB SPSM", group)
    assert "ISCB vs SPSM" in await team.type(BEN, "/compare ISCB SPSM", group)
    await team.type(ANN, "/watch ISCB sortino < 9 for 1 sessions then SPSM", group)
    while not team.posts("card", group):
        await team.travel.sessions(1)
    card = team.posts("card", group)[-1]
    assert "R1 ISCB Sortino below 9.0 is met" in team.said(card)
    await team.press(BEN, card, "Why?")
    assert "only" in await team.type(BEN, "/digest off", group)
    assert f"Switched off by @{team.slack.workspace.users[ANN].name}" in await team.type(
        ANN, "/digest off", group
    )
