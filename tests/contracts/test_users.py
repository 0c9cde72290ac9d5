"""What everybody who knows people keeps: the real one in front of a loopback Slack, and the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from bot.playground.model import TEAM
from bot.playground.storage import ANN, BEN
from bot.ports import User, Users
from bot.slack.client import slack_client
from bot.slack.directory import SlackUsers
from tests.fakes.slack_clock import SleptClock
from tests.fakes.users import KnownUsers
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback

KNOWN = {ANN: User(ANN, "Europe/London", True), BEN: User(BEN, "America/New_York")}


@dataclass
class World:
    """People, and a way to keep Slack from saying anything of them."""

    users: Users
    silence: Callable[[], None]


@pytest.fixture(params=["fake", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        fake = KnownUsers(KNOWN)
        yield World(fake, lambda: setattr(fake, "silent", True))
        return
    clock = SleptClock()
    async with (
        loopback(clock, scopes=(*SCOPES, "users:read")) as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
    ):
        yield World(SlackUsers(client, clock), lambda: setattr(slack.installed, "scopes", SCOPES))


async def test_zone_and_rights_are_known(world: World) -> None:
    assert await world.users.person(TEAM, ANN) == User(ANN, "Europe/London", True)
    assert await world.users.person(TEAM, BEN) == User(BEN, "America/New_York", False)


async def test_of_a_stranger_nothing_is_known(world: World) -> None:
    assert await world.users.person(TEAM, "U0NOBODY") == User("U0NOBODY", stranger=True)


async def test_whom_slack_does_not_name_is_a_stranger(world: World) -> None:
    world.silence()
    assert await world.users.person(TEAM, ANN) == User(ANN, stranger=True)
