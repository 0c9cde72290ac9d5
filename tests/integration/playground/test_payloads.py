"""What Slack tells of people of another workspace, and of messages that were answered."""

from __future__ import annotations

from dataclasses import replace

from bot.playground.model import BOT, TEAM
from bot.playground.payloads import ClickSource, Payloads
from bot.playground.storage import ANN, CY, PORTFOLIO, RESEARCH
from tests.fakes.workspace import unserved


def test_in_a_shared_channel_every_event_says_so_and_a_stranger_where_they_belong() -> None:
    slack = unserved()
    space, payloads = slack.workspace, Payloads(slack)
    space.users[CY] = replace(space.users[CY], team="T9")
    theirs = payloads.mention(space.say(PORTFOLIO, CY, f"<@{BOT}> help"))
    ours = payloads.mention(space.say(PORTFOLIO, ANN, f"<@{BOT}> help"))
    assert (theirs["event"]["team"], theirs["event"]["user_team"]) == ("T9", "T9")
    assert ours["event"]["team"] == TEAM
    assert "user_team" not in ours["event"]
    assert theirs["is_ext_shared_channel"]
    assert ours["is_ext_shared_channel"]
    assert not payloads.mention(space.say(RESEARCH, ANN, f"<@{BOT}> help"))["is_ext_shared_channel"]


def test_a_press_says_where_the_person_belongs() -> None:
    slack = unserved()
    space = slack.workspace
    space.users[CY] = replace(space.users[CY], team="T9")
    said = space.say(PORTFOLIO, ANN, "a card")
    press = Payloads(slack).action(
        CY, ClickSource(PORTFOLIO, said.ts), {"type": "button", "action_id": "ask.5y"}
    )
    assert (press["team"]["id"], press["user"]["team_id"]) == (TEAM, "T9")


def test_a_message_that_was_answered_names_itself_as_its_thread() -> None:
    slack = unserved()
    space, payloads = slack.workspace, Payloads(slack)
    card = space.post(PORTFOLIO, BOT, "a card")
    alone = payloads.message_shortcut(ANN, "compare_named", card)
    reply = space.say(PORTFOLIO, ANN, "mine", card.ts)
    press = payloads.action(ANN, ClickSource(PORTFOLIO, card.ts), {"type": "button", "action_id": "ask.5y"})
    assert "thread_ts" not in alone["message"]
    assert press["message"]["thread_ts"] == card.ts
    assert payloads.message_shortcut(ANN, "compare_named", reply)["message"]["thread_ts"] == card.ts
