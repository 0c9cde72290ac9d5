"""One token serves one workspace: what comes from another is refused in words, and nothing of it is kept."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time
from typing import Any

import pytest

from analytics import Condition, Op, Policy, Quantity, Rule
from bot.model import Digest
from bot.playground.model import TEAM, Payload
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, PORTFOLIO
from bot.ports import RuleDraft
from bot.slack.listeners import ELSEWHERE
from bot.slack.payloads import request_of_command
from bot.store import open_store
from tests.scenario.offices import Office, button, filled

pytestmark = pytest.mark.slow

THERE = "T9OTHER"
RULE = "ISCB sortino < 9 for 1 sessions then SPSM"
FIRES = Rule((Condition(Quantity("price_change", "ISCB"), Op.BELOW, 9.0, 10.0),))


def command(team: Office, text: str, name: str = "/watch", **about: Any) -> Payload:
    return team.payloads.command(ANN, PORTFOLIO, name, text) | {"team_id": THERE, **about}


def told(team: Office) -> int:
    """How often Ann was told that the bot serves another workspace."""
    return sum(each.text == ELSEWHERE.text for each in team.seen_by(ANN))


async def kept(team: Office) -> list[str]:
    return list(await team.bot.store.teams())


async def test_what_comes_from_another_workspace_is_refused_and_not_kept(
    team: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await team.type(ANN, f"/watch {RULE}")
    while not team.posts("card"):
        await team.travel.sessions(1)
    card = team.posts("card")[-1]
    before = await team.bot.store.of(TEAM).rules()

    for text, name in ((RULE, "/watch"), ("ISCB SPSM", "/compare"), ("on 08:30", "/digest")):
        body = await team.deliver(command(team, text, name))
        assert body["text"] == ELSEWHERE.text
        assert body["response_type"] == "ephemeral"

    there: Payload = {"team": {"id": THERE, "domain": "x"}}
    person: Payload = {"user": {"id": ANN, "team_id": THERE}}
    press = team.payloads.action(ANN, ClickSource(card.channel, card.ts), button(card, "Snooze 5 sessions"))
    press["message"] = press["message"] | {"team": THERE}
    await team.deliver(press | there | person)
    assert told(team) == 1, "by the reply URL: the token reaches nobody there"

    await team.press(ANN, card, "Acknowledge")
    view = team.form(ANN)
    form = team.payloads.submission(ANN, view, filled(view, "known"))
    form["view"] |= {"app_installed_team_id": THERE}
    body = await team.deliver(form | person)
    assert body["response_action"] == "errors"
    assert list(body["errors"].values()) == [ELSEWHERE.text]

    said = team.slack.workspace.say(PORTFOLIO, ANN, "<@U0BOT> watch IWM sortino < 1.0")
    mention = team.payloads.mention(said)
    where = [{"team_id": THERE, "enterprise_id": None, "user_id": "U9BOT", "is_bot": True}]
    posted = len(team.slack.calls_of("chat.postMessage")) + len(team.slack.calls_of("chat.postEphemeral"))
    await team.deliver(mention | {"team_id": THERE, "authorizations": where})
    now = len(team.slack.calls_of("chat.postMessage")) + len(team.slack.calls_of("chat.postEphemeral"))
    assert now == posted, "nobody there can be told anything"

    assert await kept(team) == [TEAM]
    assert await team.bot.store.of(TEAM).rules() == before
    assert f"A request of the workspace {THERE} is refused" in caplog.text
    assert TEAM not in ELSEWHERE.text


async def test_a_sister_workspace_of_the_organisation_is_served(away: Office) -> None:
    away.slack.installed.organisation = "E0GROUP"
    async with away.at_work():
        await away.deliver(command(away, RULE, enterprise_id="E0GROUP", team_id="T0SISTER"))
        assert await kept(away) == [TEAM]
        assert [each.watched.number for each in await away.bot.store.of(TEAM).rules()] == [1]
        await away.deliver(command(away, RULE, enterprise_id="E9OTHERS"))
        assert await kept(away) == [TEAM]


async def test_rules_of_others_are_warned_of_and_not_posted(
    away: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """They stay in the database, for whoever has their token."""
    made = datetime(2026, 1, 16, 22, tzinfo=UTC)
    address = away.settings.database_url
    assert address
    async with open_store(address.get_secret_value()) as store:
        for name in (THERE, TEAM):
            repository = store.of(name)
            await repository.save_digest(Digest(name, PORTFOLIO, BEN, time(8, 30), "Europe/London"))
            await repository.add(RuleDraft(PORTFOLIO, BEN, "x", FIRES, Policy(1, 1), made, f"q/{name}"))
    caplog.set_level(logging.WARNING)
    async with away.at_work():
        await away.travel.sessions(2)
        keys = [key for post in away.posts() if (key := str(post.metadata))]
        assert keys
        assert not any(THERE in key for key in keys)
        assert len(await away.bot.store.of(THERE).rules()) == 1
        theirs = await away.bot.store.of(THERE).digest(PORTFOLIO)
        assert theirs
        assert theirs.active, "its daily post is not stopped"
    assert f"The database has rules or digests of 1 other workspaces ({THERE}): the token is for {TEAM}" in (
        caplog.text
    )
    assert f"{THERE}/C0PORTFOLIO" in caplog.text
    assert "the token is for another workspace" in caplog.text


async def test_what_was_taken_before_slack_said_whose_the_token_is_is_refused_then(team: Office) -> None:
    """Its asker is told by the reply URL, and no rule is kept."""
    request = request_of_command(command(team, RULE), team.clock.now())
    assert request.team == THERE
    await team.bot.store.inbox.put(request)
    await team.bot.catch_up()
    assert told(team) == 1
    assert await kept(team) == []
