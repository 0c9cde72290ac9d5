"""What everybody who knows channels keeps: the real one in front of a loopback Slack, and the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from bot.playground.model import BOT, TEAM, Channel
from bot.playground.storage import ANN, DEALS, PORTFOLIO, RANDOM, RESEARCH
from bot.ports import SEEN, Access, Channels
from bot.slack.client import slack_client
from bot.slack.directory import SlackChannels
from tests.fakes.channels import KnownChannels
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback

READING = ("channels:read", "groups:read")
OLD = "C0OLD"
"""An archived channel that the bot is in."""


CLOSED = {RANDOM: "not_in_channel", DEALS: "channel_not_found", OLD: "is_archived"}


@dataclass
class World:
    """Rooms, and a way to keep Slack from saying anything of them."""

    channels: Channels
    silence: Callable[[], None]


@pytest.fixture(params=["fake", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        fake = KnownChannels({PORTFOLIO, RANDOM}, closed=CLOSED)
        yield World(fake, lambda: setattr(fake, "silent", True))
        return
    clock = SleptClock()
    async with (
        loopback(clock, scopes=(*SCOPES, *READING)) as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
    ):
        slack.workspace.channels[OLD] = Channel(OLD, "old", "public", (ANN, BOT), archived=True)
        yield World(SlackChannels(client, clock), lambda: setattr(slack.installed, "scopes", SCOPES))


async def test_a_public_channel_is_known_even_from_outside(world: World) -> None:
    assert [await world.channels.is_public(TEAM, each) for each in (PORTFOLIO, RANDOM)] == [True, True]


@pytest.mark.parametrize("channel", [RESEARCH, DEALS, "D0ANN", "U0ANN", "C0NOWHERE", ""])
async def test_all_else_is_not_public(world: World, channel: str) -> None:
    assert not await world.channels.is_public(TEAM, channel)


async def test_where_slack_does_not_say_nothing_is_public(world: World) -> None:
    world.silence()
    assert not await world.channels.is_public(TEAM, PORTFOLIO)


@pytest.mark.parametrize("channel", [PORTFOLIO, RESEARCH])
async def test_where_the_bot_is_it_may_post(world: World, channel: str) -> None:
    assert await world.channels.may_post(TEAM, channel) == Access(True)


async def test_where_it_may_not_slack_says_why(world: World) -> None:
    for channel, code in CLOSED.items():
        assert code in SEEN
        assert await world.channels.may_post(TEAM, channel) == Access(False, code)


async def test_where_slack_does_not_say_it_is_not_known(world: World) -> None:
    world.silence()
    for channel in (PORTFOLIO, RANDOM, DEALS):
        assert await world.channels.may_post(TEAM, channel) == Access(None)


async def test_an_archived_channel_shows_its_history_and_so_proves_nothing() -> None:
    clock = SleptClock()
    async with (
        loopback(clock, scopes=(*SCOPES, "channels:history")) as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
    ):
        slack.workspace.channels[OLD] = Channel(OLD, "old", "public", (ANN, BOT), archived=True)
        channels = SlackChannels(client, clock)
        assert await channels.may_post(TEAM, OLD) == Access(True, maybe_archived=True)
        assert await channels.may_post(TEAM, PORTFOLIO) == Access(True, maybe_archived=True)
