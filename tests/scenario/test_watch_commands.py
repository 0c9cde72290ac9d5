"""Every command about rules, from the keystroke to what is read; and what must not happen."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest

from bot.playground.model import BOT, TEAM, Payload
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, CY, PORTFOLIO, RESEARCH
from tests.scenario.offices import FEW_WORLDS, Office, button, key_of

if TYPE_CHECKING:
    from bot.playground.model import PostedMessage

pytestmark = [pytest.mark.slow]

RULE = "ISCB sortino < 1.0 for 5 sessions then SPSM"
OTHER, GROUP = "T0OTHER", "E0GROUP"
LONG = "x" * 10_000
REFUSED = {
    "<!channel>": "`<!channel>` cannot be read",
    LONG: "10,000 characters; at most 500 are read",
    "ISCB sortino < NaN": "`< nan` is no threshold; write a number",
    "ISCB sortino < 1e309": "`1e309` is not a number that a value comes near",
    "ISCB sortino < 1 recover 1e309": "1e309",
    "ISCB sortino < 1 for 1e309 sessions": "a number of sessions from 1 to 250",
    "ISCB sortino < 1 rf=1e309%": "`rf=1e309%` is not a rate",
    "ISCB sortino < 1 then <!channel>": "`<!channel>` cannot be read",
    "<!channel> sortino < 1": "Name a fund",
    "test ISCB sortino < nan": "`< nan` is no threshold",
    "edit R1 <!channel>": "`<!channel>` cannot be read",
    "show <!channel>": "`show` needs the number of a rule",
    f"pause {LONG}": "at most 500 are read",
    f"R{'9' * 400}": "I could not read",
    "ISCB 5 of: sortino < 1": "needs two conditions or more",
}
NO_TIME = {
    "on <!channel>": "is not a time zone",
    "on 25:00": "`25:00` is not a time of day",
    f"on 08:30 {LONG}": "at most 500 are read",
    LONG: "at most 500 are read",
}


def plain(words: str) -> str:
    """Without the marks of bold."""
    return words.replace("*", "")


async def saved(team: Office) -> list[str]:
    """The rules that are kept."""
    return [each.watched.text for each in await team.bot.store.of(TEAM).rules()]


async def test_rules_of_every_kind_are_read_back(team: Office) -> None:
    asked = {
        "IWM drawdown < -15%": (
            "IWM's drawdown from the 1-year high is below -15.0 % for 1 session; "
            "it clears when it is at or above -13.5 %",
            "is -0.3 %, 14.7 pp above -15.0 %",
        ),
        "ISCB - SPSM sharpe 3y < 0": (
            "ISCB's Sharpe ratio less SPSM's over 3 years is below 0.00",
            "is +0.20, above 0.00",
            "it clears when it is at or above +0.10",
        ),
        "SPSM expense changes": (
            "SPSM's expense ratio changes from 0.03 % for 1 session",
            "unchanged",
            "a fund's facts are known for today only",
        ),
        "ISCB 2 of: sortino < 1, sharpe < 0.5, drawdown < -20%": (
            "at least 2 of these 3 hold for 5 sessions in a row",
            "clears when at least 2 of the 3 are at their clearing values or beyond",
            "0 of 3 conditions hold, 2 needed",
        ),
        "SPSM sortino crosses below 1.0": (
            "crosses below 1.00 and stays there for 5 sessions",
            "below 1.00 already, so a crossing cannot trigger until it has been above once; "
            "`/watch SPSM sortino 1y < 1 for 5 sessions` tells of the level.",
            "5 times, for",
        ),
    }
    for number, (text, told) in enumerate(asked.items(), 1):
        answer = await team.type(BEN, f"/watch {text}")
        assert f"R{number} " in plain(answer)
        assert " is set: it triggers when" in plain(answer)
        assert [words for words in told if words not in answer] == []
    assert len(await saved(team)) == 5
    noise = await team.type(BEN, "/watch test ISCB sortino < 1.2 for 3 sessions")
    assert "Tested, nothing was saved" in noise
    assert "so this rule is *noise rather than a warning*: when nothing changes it is triggered on" in noise
    assert len(await saved(team)) == 5


async def test_a_noisy_rule_is_exchanged_for_one_that_is_offered(team: Office) -> None:
    tried = plain(await team.type(ANN, f"/watch test {RULE}"))
    assert await saved(team) == []
    told = (
        "ISCB's Sortino ratio since it follows this index (19 Mar 2021) is",
        "so this rule is noise rather than a warning: when nothing changes it is triggered on",
        "120 sessions later SPSM was ahead of ISCB in",
        f"nothing changes: {FEW_WORLDS} paths of 3 years",
    )
    assert [words for words in told if words not in tried] == []
    assert tried.count("Use this") == 3
    answer = await team.type(ANN, f"/watch {RULE}")
    posted = team.seen_by(ANN)[-1]
    assert "R1 ISCB Sortino below 1.0 is set" in plain(answer)
    assert "these keep to a false alarm in two years" in plain(answer).lower()
    changed = plain(await team.press(ANN, posted, "Use this"))
    assert "is now version 2" in changed
    assert "noise rather than a warning" not in changed
    (kept,) = await saved(team)
    assert kept.startswith("ISCB - SPSM")
    # What was set was weighed at once; in the night all are weighed, as the session has it.
    assert "Test R1" in await team.type(BEN, "/watch noisiest")
    before = (await team.bot.store.of(TEAM).noise())["R1v2"]
    await team.travel.sessions(1)
    after = (await team.bot.store.of(TEAM).noise())["R1v2"]
    assert after.session > before.session
    assert (before.noise and before.noise.paths, after.noise and after.noise.paths) == (FEW_WORLDS, 200)
    # The button was pressed, and pressing it again makes no second rule.
    assert "says this already" in await team.press(ANN, posted, "Use this")
    assert await saved(team) == [kept]


async def test_rules_are_looked_at_and_changed(team: Office) -> None:
    assert "This channel has no rules yet" in await team.type(CY, "/watch list")
    await team.type(BEN, f"/watch {RULE}")
    assert "There is no R9 in this channel; it has R1." in await team.type(CY, "/watch show R9")
    assert "R1 ISCB Sortino below 1.0  1.18 (SPSM 0.87)     < 1.00  quiet" in await team.type(
        CY, "/watch list"
    )
    shown = await team.type(CY, "/watch show R1")
    assert "In the 5 years to 16 Jan 2026 it would have triggered 3 times" in shown
    assert "Version 1, set by @ben on 20 Jan 2026: `ISCB sortino 1y < 1 for 5 sessions then SPSM`" in shown
    assert "Value 1.18" in await team.type(CY, "/watch why R1")
    assert "R1 ISCB Sortino below 1.0 has not triggered yet." in await team.type(CY, "/watch history R1")
    assert "only its author and the workspace's admins" in await team.type(CY, "/watch pause R1")
    assert "R1 ISCB Sortino below 1.0 is paused by @ben" in plain(await team.type(BEN, "/watch pause R1"))
    assert "R1 ISCB Sortino below 1.0 is paused already" in await team.type(BEN, "/watch pause R1")
    assert "paused" in await team.type(CY, "/watch list")
    assert "R1 ISCB Sortino below 1.0 is resumed by @ann" in plain(await team.type(ANN, "/watch resume R1"))
    assert "R1 ISCB Sortino below 0.9 is now version 2" in plain(
        await team.type(ANN, "/watch edit R1 ISCB sortino < 0.9")
    )
    history = await team.type(CY, "/watch history R1")
    assert "• 2, 20 Jan 2026, @ann: `ISCB sortino 1y < 0.9 for 5 sessions`" in history
    assert "20 Jan 2026: paused by @ben" in history
    assert "belongs to another channel" in await team.type(BEN, "/watch show R1", RESEARCH)


async def test_the_daily_post_is_switched_and_asked_for(team: Office) -> None:
    assert "This channel has no daily post" in await team.type(CY, "/digest status")
    assert "No rule is active in this channel" in await team.type(CY, "/digest now")
    await team.type(BEN, f"/watch {RULE}")
    assert "at 08:30 (America/New_York), on days with news" in await team.type(CY, "/digest status")
    await team.type(CY, "/digest now")
    (digest,) = team.posts("digest")
    assert team.said(digest).startswith("SAMPLE DATA · Fri 16 Jan 2026: 1 quiet.")
    assert "R1 ISCB Sortino below 1.0: 1.18 (SPSM 0.87), 0.18 above 1.00, quiet" in team.said(digest)
    assert team.replies(digest) == []
    refused = await team.type(CY, "/digest on 7:45 London always")
    assert "switched on by @ben; only they and the workspace's admins may change it" in refused
    always = await team.type(ANN, "/digest on 7:45 London always")
    assert "Set up by @ben · changed by @ann" in always
    assert "at 07:45 (Europe/London), after every session, next on Wed 21 Jan 2026" in always
    await team.until(date(2026, 1, 21), time(7, 47))
    line = team.posts("digest")[-1]
    assert "Tue 20 Jan 2026: 1 quiet." in team.said(line)
    assert team.replies(line) == []
    assert "Nothing was changed" in await team.type(CY, "/digest off")
    off = await team.type(BEN, "/digest off")
    assert "The daily post is off." in off
    assert "Switched off by @ben" in off
    before = len(team.posts())
    await team.travel.sessions(12)
    assert len(team.posts()) == before
    assert "The last one told of 20 Jan 2026." in await team.type(CY, "/digest status")
    quiet = await team.type(BEN, "/watch IWM drawdown < -15%")
    assert "The daily post is off in this channel, so nobody is told" in quiet


async def test_commands_work_as_mentions_in_a_thread(team: Office) -> None:
    await team.type(BEN, f"/watch {RULE}")
    parent = team.slack.workspace.history(PORTFOLIO)[-1]
    listed = await team.type(CY, "@watchpoint watch list", thread=parent.ts)
    assert "1 rule in this channel" in listed
    answer = team.seen_by(CY)[-1]
    assert (answer.thread_ts, answer.ephemeral_for) == (parent.ts, CY)
    assert "R2 IWM drawdown below -15 % is set" in plain(
        await team.type(CY, "@watchpoint watch IWM drawdown < -15%", thread=parent.ts)
    )
    assert "The daily post is on" in await team.type(CY, "@watchpoint digest status")


@pytest.mark.parametrize("away", ["sqlite-http", "sqlite-socket", "postgresql-http"], indirect=True)
async def test_what_slack_delivers_again_is_done_once(team: Office) -> None:
    command = team.payloads.command(BEN, PORTFOLIO, "/watch", RULE)
    for _ in range(2):
        assert await team.deliver(command) in (None, "")
    said = team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}> watch IWM drawdown &lt; -15%")
    event = team.payloads.mention(said)
    for retry in range(3):
        assert (await team.line.deliver(event, retry)).status == 200
    await team.bot.shift.quiet()
    assert await saved(team) == [
        "ISCB sortino 1y < 1 for 5 sessions then SPSM",
        "IWM drawdown 1y < -15% for 1 session",
    ]
    assert len([each for each in team.seen_by(CY) if "is set" in each.text]) == 2


@pytest.fixture
async def everywhere(away: Office) -> AsyncIterator[Office]:
    """The bot at work for all workspaces of an organisation: one token, and rules of several."""
    away.slack.installed.organisation, away.slack.installed.everywhere = GROUP, True
    users = away.slack.workspace.users
    for user, place in ((ANN, TEAM), (BEN, TEAM), (CY, OTHER)):
        users[user] = replace(users[user], team=place, organisation=GROUP)
    async with away.at_work():
        yield away


async def test_a_workspace_sees_nothing_of_another(everywhere: Office) -> None:
    team = everywhere
    await team.type(BEN, f"/watch {RULE}")
    await team.until(date(2026, 2, 3), time(14))
    (card,) = team.posts("card")
    before = team.words(card)

    async def asked(name: str, text: str) -> str:
        return await heard(team, team.payloads.command(BEN, PORTFOLIO, name, text) | {"team_id": OTHER})

    assert "This channel has no rules yet" in await asked("/watch", "list")
    for verb in ("show", "why", "history", "pause", "delete", "edit"):
        more = " ISCB sortino < 0.5" if verb == "edit" else ""
        assert "There is no R1: this channel has no rules yet." in await asked("/watch", f"{verb} R1{more}")
    assert "This channel has no daily post" in await asked("/digest", "status")
    for label in ("Why?", "History", "Snooze 5 sessions"):
        assert "There is no R1" in await heard(team, pressed(team, card, label))
    assert team.words(card) == before
    assert "R1 IWM drawdown below -15 % is set" in plain(await asked("/watch", "IWM drawdown < -15%")), (
        "numbers are each workspace's own"
    )
    assert await saved(team) == ["ISCB sortino 1y < 1 for 5 sessions then SPSM"]
    assert {key_of(each).split("/")[0] for each in team.posts()} == {TEAM}


def pressed(team: Office, card: PostedMessage, label: str) -> Payload:
    """A press by somebody of the other workspace."""
    payload: dict[str, Any] = team.payloads.action(
        CY, ClickSource(card.channel, card.ts), button(card, label)
    )
    return payload | {"team": {"id": OTHER}, "message": payload["message"] | {"team": OTHER}}


async def heard(team: Office, payload: Payload) -> str:
    """What the bot says to what Slack sends."""
    before = {each.ts for each in team.slack.workspace.everything(PORTFOLIO)}
    assert await team.deliver(payload) in (None, "")
    new = [each for each in team.slack.workspace.everything(PORTFOLIO) if each.ts not in before]
    return "\n".join(team.words(each) for each in new)


async def test_what_cannot_be_read_is_answered_once_and_changes_nothing(team: Office) -> None:
    await team.type(BEN, f"/watch {RULE}")
    kept, before = await saved(team), len(team.seen_by(CY))
    for name, texts in (("/watch", REFUSED), ("/digest", NO_TIME)):
        for text, why in texts.items():
            answer = await team.type(BEN, f"{name} {text}")
            assert why in answer, text[:50]
            assert answer.count("only you can see this") == 1
            assert len(answer) < 1200
    mention = await team.type(BEN, f"@watchpoint watch {LONG}")
    assert "at most 500 are read" in mention
    assert "<!channel>" not in json.dumps([each.blocks for each in team.seen_by(BEN) if each.user == BOT])
    assert await saved(team) == kept
    assert len(team.seen_by(CY)) == before + 1, "Ben's own mention"
