"""What everybody who knows people keeps: the real one in front of a loopback Slack, and the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from bot.playground.model import TEAM
from bot.playground.seed import ANN, BEN
from bot.ports import People, Person
from bot.slack.client import connected
from bot.slack.people import SlackPeople
from tests.fakes.people import KnownPeople
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback

KNOWN = {ANN: Person(ANN, "Europe/London", True), BEN: Person(BEN, "America/New_York")}


@dataclass
class World:
    """People, and a way to keep Slack from saying anything of them."""

    people: People
    silence: Callable[[], None]


@pytest.fixture(params=["fake", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        fake = KnownPeople(KNOWN)
        yield World(fake, lambda: setattr(fake, "silent", True))
        return
    clock = SleptClock()
    async with (
        loopback(clock, scopes=(*SCOPES, "users:read")) as slack,
        connected(BOT_TOKEN, slack.api_url) as client,
    ):
        yield World(SlackPeople(client, clock), lambda: setattr(slack.installed, "scopes", SCOPES))


async def test_zone_and_rights_are_known(world: World) -> None:
    assert await world.people.person(TEAM, ANN) == Person(ANN, "Europe/London", True)
    assert await world.people.person(TEAM, BEN) == Person(BEN, "America/New_York", False)


async def test_of_a_stranger_nothing_is_known(world: World) -> None:
    assert await world.people.person(TEAM, "U0NOBODY") == Person("U0NOBODY", stranger=True)


async def test_whom_slack_does_not_name_is_a_stranger(world: World) -> None:
    world.silence()
    assert await world.people.person(TEAM, ANN) == Person(ANN, stranger=True)
