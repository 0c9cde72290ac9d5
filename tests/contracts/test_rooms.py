"""What everybody who knows channels keeps: the real one in front of a loopback Slack, and the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from bot.playground.model import TEAM
from bot.playground.seed import DEALS, PORTFOLIO, RANDOM, RESEARCH
from bot.ports import Rooms
from bot.slack.client import connected
from bot.slack.rooms import SlackRooms
from tests.fakes.rooms import KnownRooms
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback

READING = ("channels:read", "groups:read")


@dataclass
class World:
    """Rooms, and a way to keep Slack from saying anything of them."""

    rooms: Rooms
    silence: Callable[[], None]


@pytest.fixture(params=["fake", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        fake = KnownRooms({PORTFOLIO, RANDOM})
        yield World(fake, lambda: setattr(fake, "silent", True))
        return
    clock = SleptClock()
    async with (
        loopback(clock, scopes=(*SCOPES, *READING)) as slack,
        connected(BOT_TOKEN, slack.api_url) as client,
    ):
        yield World(SlackRooms(client, clock), lambda: setattr(slack.installed, "scopes", SCOPES))


async def test_a_public_channel_is_known_even_from_outside(world: World) -> None:
    assert [await world.rooms.is_public(TEAM, each) for each in (PORTFOLIO, RANDOM)] == [True, True]


@pytest.mark.parametrize("channel", [RESEARCH, DEALS, "D0ANN", "U0ANN", "C0NOWHERE", ""])
async def test_all_else_is_not_public(world: World, channel: str) -> None:
    assert not await world.rooms.is_public(TEAM, channel)


async def test_where_slack_does_not_say_nothing_is_public(world: World) -> None:
    world.silence()
    assert not await world.rooms.is_public(TEAM, PORTFOLIO)
