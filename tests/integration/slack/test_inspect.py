"""Each thing that can be wrong with tokens and scopes is found, with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ports import Level
from bot.slack.client import OPTIONAL, SlackStatus, inspect_installation
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, SCOPES, loopback


async def look(bot: str | None = BOT_TOKEN, app: str | None = APP_TOKEN, **knobs: Any) -> SlackStatus:
    async with loopback(**knobs) as slack:
        return await inspect_installation(bot, app, slack.api_url)


def said(status: SlackStatus, level: Level) -> str:
    return "\n".join(f"{each.what} {each.advice}" for each in status.findings if each.level is level)


async def test_all_is_well() -> None:
    status = await look()
    assert status.ok
    assert (status.team, status.bot) == ("Fund team", "watchpoint")
    assert "All scopes are granted" in said(status, Level.OK)
    assert "Socket Mode is open" in said(status, Level.OK)
    assert "chat:write.public" in said(status, Level.NOTE)


async def test_with_the_optional_scopes_there_is_nothing_to_note() -> None:
    assert said(await look(scopes=(*SCOPES, *OPTIONAL)), Level.NOTE) == ""


@pytest.mark.parametrize(
    ("scope", "cost"),
    [
        ("chat:write.public", "cannot post in public channels"),
        ("users:read", "cannot see time zones and workspace admins"),
        ("channels:history", "perhaps for the second time, in public channels"),
        ("groups:history", "perhaps for the second time, in private channels"),
        ("im:history", "cannot hear what is said to it in direct messages"),
        ("channels:read", "nor tell a public channel from a private one"),
        ("groups:read", "cannot say what it does when it is invited to a private channel"),
    ],
)
async def test_a_missing_optional_scope_is_named_with_what_it_costs(scope: str, cost: str) -> None:
    status = await look(scopes=(*SCOPES, *(each for each in OPTIONAL if each != scope)))
    assert status.ok
    (note,) = said(status, Level.NOTE).splitlines()
    assert f"Without the optional scope {scope}" in note
    assert cost in note


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_missing_scope_is_named_with_what_it_costs(scope: str) -> None:
    status = await look(scopes=tuple(each for each in SCOPES if each != scope))
    assert not status.ok
    assert f"The scope {scope} is missing" in said(status, Level.FAULT)
    assert "reinstall" in said(status, Level.FAULT)


async def test_a_wrong_bot_token() -> None:
    status = await look("xoxb-wrong")
    assert not status.ok
    assert "Slack refuses the bot token: invalid_auth." in said(status, Level.FAULT)
    assert "SLACK_BOT_TOKEN" in said(status, Level.FAULT)
    assert "xoxb-wrong" not in repr(status)


async def test_a_wrong_app_token() -> None:
    status = await look(app="xapp-wrong")
    assert "Slack refuses the app token: invalid_auth." in said(status, Level.FAULT)
    assert "Basic Information" in said(status, Level.FAULT)


async def test_tokens_that_are_not_set() -> None:
    faults = said(await look(None, ""), Level.FAULT)
    assert "There is no bot token." in faults
    assert "Set SLACK_APP_TOKEN" in faults


async def test_the_http_transport_needs_no_app_token() -> None:
    async with loopback() as slack:
        status = await inspect_installation(BOT_TOKEN, None, slack.api_url)
        assert slack.calls_of("apps.connections.open") == []
    assert status.ok


async def test_a_slack_that_cannot_be_reached_is_no_fault_of_the_tokens() -> None:
    status = await inspect_installation(BOT_TOKEN, APP_TOKEN, "http://127.0.0.1:9/api/")
    assert "could not be checked: no connection" in said(status, Level.FAULT)
    assert "Copy the token" not in said(status, Level.FAULT)
