"""The manifest says what the code does: the same commands, the scopes that it uses, Slack's own limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands import COMMANDS
from bot.slack.inspect import NEEDED, OPTIONAL

MANIFEST = Path(__file__).resolve().parents[4] / "manifest.yml"


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
    assert listed == [(command.name, command.description, command.usage) for command in COMMANDS]


def test_the_scopes_are_those_that_doctor_asks_for(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    assert set(scopes["bot"]) == {*NEEDED, *OPTIONAL}
    assert scopes["bot_optional"] == list(OPTIONAL)


def test_nothing_makes_the_bot_read_along(manifest: dict[str, Any]) -> None:
    """It may look for its own post where that was granted; nobody's talk is sent to it."""
    scopes = manifest["oauth_config"]["scopes"]
    reading = {scope for scope in scopes["bot"] if "history" in scope}
    assert reading == {"channels:history", "groups:history"} <= set(scopes["bot_optional"])
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["app_mention"]


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
    for command in manifest["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["usage_hint"]) <= 1000
