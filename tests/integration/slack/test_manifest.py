"""The manifest says what the code does: the same commands, the scopes that it uses, Slack's own limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands import COMMANDS
from bot.playground import model
from bot.playground.model import BOT
from bot.playground.payloads import Payloads
from bot.playground.storage import ANN, PORTFOLIO, RESEARCH
from bot.render import ids
from bot.slack.client import NEEDED, OPTIONAL
from tests.fakes.handler_desk import at_the_door, direct
from tests.fakes.workspace import mention

MANIFEST = Path(__file__).resolve().parents[3] / "manifest.yml"


NEEDS = {
    "app_mention": {"app_mentions:read"},
    "message.im": {"im:history"},
    "app_home_opened": set[str](),
    "member_joined_channel": {"channels:read", "groups:read"},
    "channel_unarchive": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "group_unarchive": {"groups:read"},
    "group_deleted": {"groups:read"},
}
"""What Slack wants for an event."""
USED = {
    "slash commands and shortcuts": {"commands"},
    "chat.postMessage": {"chat:write", "chat:write.public"},
    "files.completeUploadExternal": {"files:write"},
    "users.info": {"users:read"},
    "conversations.info": {"channels:read"},
    "conversations.history": {"channels:history", "groups:history"},
    "views.publish": set[str](),
}


def subscribed(manifest: dict[str, Any]) -> list[str]:
    events: list[str] = manifest["settings"]["event_subscriptions"]["bot_events"]
    return events


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_commands_are_those_of_the_table(manifest: dict[str, Any]) -> None:
    listed = [
        (each["command"], each["description"], each["usage_hint"])
        for each in manifest["features"]["slash_commands"]
    ]
    assert listed == [(command.name, command.description, command.hint) for command in COMMANDS]


def test_the_scopes_are_those_that_doctor_asks_for(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    assert set(scopes["bot"]) == {*NEEDED, *OPTIONAL}
    assert scopes["bot_optional"] == list(OPTIONAL)


def test_nothing_makes_the_bot_read_along(manifest: dict[str, Any]) -> None:
    """It may look for its own post where that was granted; of talk it is sent what is said to it."""
    scopes = manifest["oauth_config"]["scopes"]
    reading = {scope for scope in scopes["bot"] if "history" in scope}
    assert reading == {"channels:history", "groups:history", "im:history"} <= set(scopes["bot_optional"])
    heard = {event for event in subscribed(manifest) if event.startswith("message")}
    assert heard == {"message.im"}


def test_no_scope_is_asked_for_but_what_events_and_methods_need(manifest: dict[str, Any]) -> None:
    granted = set(manifest["oauth_config"]["scopes"]["bot"])
    assert granted == set().union(*(NEEDS[event] for event in subscribed(manifest)), *USED.values())


async def test_every_event_that_is_subscribed_comes_to_a_door(manifest: dict[str, Any]) -> None:
    async with at_the_door() as desk:
        payloads = Payloads(desk.slack)
        joined = {"type": "member_joined_channel", "user": BOT, "channel": PORTFOLIO}
        sent = {
            "app_mention": mention(desk.slack, "sectors"),
            "message.im": direct(desk, "holdings"),
            "app_home_opened": payloads.home(ANN),
            "member_joined_channel": payloads.event(joined),
            **{
                each["event"]["type"]: each
                for channel in (PORTFOLIO, RESEARCH)
                for what in ("unarchive", "deleted")
                for each in [payloads.channel_changed(channel, what, ANN)]
            },
        }
        assert sorted(sent) == sorted(subscribed(manifest))
        for payload in sent.values():
            assert await desk.deliver(payload) == (200, "")
        assert [text for text, _ in desk.mentioned.got] == ["sectors", "holdings"]
        assert (len(desk.home.got), len(desk.joined.got)) == (1, 1)
        for handler in (desk.unarchived, desk.gone):
            assert [place.channel for _, place in handler.got] == [PORTFOLIO, RESEARCH]


def test_the_playground_has_what_the_manifest_asks_for(manifest: dict[str, Any]) -> None:
    assert list(model.SCOPES) == manifest["oauth_config"]["scopes"]["bot"]
    assert list(model.EVENTS) == subscribed(manifest)
    assert model.HOME_TAB is manifest["features"]["app_home"]["home_tab_enabled"] is True


def test_the_shortcuts_are_those_whose_names_the_doors_have(manifest: dict[str, Any]) -> None:
    listed = {each["callback_id"]: (each["type"], each["name"]) for each in manifest["features"]["shortcuts"]}
    assert listed == {
        ids.COMPARE_FUNDS: ("global", "Compare funds"),
        ids.COMPARE_NAMED: ("message", "Compare funds named here"),
    }


def test_it_is_installed_as_the_code_expects(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    assert manifest["_metadata"]["major_version"] == 2
    assert (settings["socket_mode_enabled"], settings["interactivity"]["is_enabled"]) == (True, True)
    assert (settings["token_rotation_enabled"], settings["org_deploy_enabled"]) == (False, False)
    assert manifest["features"]["bot_user"]["display_name"] == "watchpoint"
    assert manifest["features"]["app_home"]["messages_tab_enabled"]


def test_nothing_is_longer_than_slack_takes(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255
    for command in manifest["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["usage_hint"]) <= 1000
