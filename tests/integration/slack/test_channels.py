"""Slack is asked what a channel is, seldom; what it does not say is private."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.playground.api.server import Slack
from bot.playground.model import TEAM
from bot.playground.storage import PORTFOLIO, RANDOM, RESEARCH
from bot.slack import directory
from bot.slack import directory as module
from bot.slack.client import slack_client
from bot.slack.directory import CHANNEL_SECONDS, FRESH_FAILURE, SlackChannels
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback


@dataclass
class House:
    """Rooms before a Slack."""

    slack: Slack
    channels: SlackChannels
    clock: SleptClock

    async def ask(self, channel: str = PORTFOLIO) -> bool:
        return await self.channels.is_public(TEAM, channel)

    @property
    def asked(self) -> int:
        return len(self.slack.calls_of("conversations.info"))

    def close(self) -> None:
        channels = self.slack.workspace.channels
        channels[PORTFOLIO] = replace(channels[PORTFOLIO], kind="private")

    @classmethod
    @asynccontextmanager
    async def open(cls, *scopes: str) -> AsyncIterator[House]:
        clock = SleptClock()
        async with (
            loopback(clock, scopes=(*SCOPES, *scopes)) as slack,
            slack_client(BOT_TOKEN, slack.api_url) as client,
        ):
            yield cls(slack, SlackChannels(client, clock), clock)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with House.open("channels:read", "groups:read") as house:
        yield house


async def test_asked_again_within_the_hour_it_is_remembered_and_then_asked_anew(house: House) -> None:
    assert [await house.ask(), await house.ask()] == [True, True]
    assert house.asked == 1
    house.close()
    await house.clock.sleep(CHANNEL_SECONDS)
    assert not await house.ask()


async def test_the_same_name_in_two_workspaces_is_two_channels(house: House) -> None:
    for team in ("T1", "T2", "T1"):
        await house.channels.is_public(team, PORTFOLIO)
    assert house.asked == 2


@pytest.mark.parametrize("channel", ["", "D0ANN"])
async def test_of_what_is_said_to_the_bot_alone_slack_is_not_asked(house: House, channel: str) -> None:
    assert not await house.ask(channel)
    assert house.asked == 0


@pytest.mark.parametrize("fault", ["500", "429", "drop_connection", "garbled_after", "internal_error"])
async def test_what_fails_is_private_and_asked_again_in_a_minute(house: House, fault: str) -> None:
    cut = fault == "drop_connection"  # aiohttp itself asks once more: reading changes nothing
    house.slack.faults.on(fault, "conversations.info", times=1 + cut)
    assert [await house.ask(), await house.ask()] == [False, False]
    assert house.asked == 1 + cut
    await house.clock.sleep(FRESH_FAILURE)
    assert await house.ask()


async def test_what_may_not_be_seen_is_private_for_the_hour(house: House) -> None:
    house.slack.faults.on("channel_not_found", "conversations.info")
    assert not await house.ask()
    await house.clock.sleep(FRESH_FAILURE)
    assert not await house.ask()
    assert house.asked == 1


async def test_with_the_scope_of_public_channels_alone_private_ones_stay_private() -> None:
    async with House.open("channels:read") as house:
        assert [await house.ask(each) for each in (PORTFOLIO, RESEARCH)] == [True, False]


async def test_without_a_scope_it_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, module.__name__)
    async with House.open() as house:
        assert [await house.ask(each) for each in (PORTFOLIO, RANDOM)] == [False, False]
    (record,) = [record for record in caplog.records if record.name == module.__name__]
    assert "needs the scope channels:read" in record.getMessage()


@pytest.mark.slow
async def test_a_slack_that_hangs_keeps_nobody_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PATIENCE", 0.02)
    house.slack.faults.on("hang", "conversations.info")
    assert not await house.ask()


class NamedEstimate:
    """A Slack that says one thing of every channel."""

    def __init__(self, **about: Any) -> None:
        self._about = about

    async def conversations_info(self, channel: str) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": channel, **self._about}}


@pytest.mark.parametrize(
    ("about", "public"),
    [
        ({"is_channel": True, "is_private": False}, True),
        ({"is_channel": True, "is_private": False, "is_archived": True}, True),
        ({"is_channel": True, "is_private": False, "is_ext_shared": True}, True),
        ({"is_channel": True, "is_private": True, "is_ext_shared": True}, False),
        ({"is_channel": True, "is_private": True}, False),
        ({"is_channel": False, "is_group": True}, False),
        ({"is_channel": False, "is_mpim": True, "is_private": True}, False),
        ({}, False),
    ],
    ids=str,
)
async def test_public_is_what_every_member_may_see(about: dict[str, Any], public: bool) -> None:
    channels = SlackChannels(NamedEstimate(**about), SleptClock())  # type: ignore[arg-type]
    assert await channels.is_public(TEAM, PORTFOLIO) is public
