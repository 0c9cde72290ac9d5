"""Slack is asked who somebody is, seldom; what it does not say keeps nobody waiting."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from bot.playground.api.server import Slack
from bot.playground.model import TEAM
from bot.playground.model import Person as Member
from bot.playground.storage import ANN, BEN
from bot.ports import User
from bot.slack import directory
from bot.slack import directory as module
from bot.slack.client import slack_client
from bot.slack.directory import FRESH_FAILURE, USER_SECONDS, SlackUsers
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback

ANNS = User(ANN, "Europe/London", True)
NOBODY = User(ANN, stranger=True)
"""Of whom Slack says nothing: fail closed."""


@dataclass
class Town:
    """People before a Slack."""

    slack: Slack
    users: SlackUsers
    clock: SleptClock

    async def ask(self, user: str = ANN) -> User:
        return await self.users.person(TEAM, user)

    @property
    def asked(self) -> int:
        return len(self.slack.calls_of("users.info"))

    def change(self, user: str, **about: object) -> None:
        member: Member = self.slack.workspace.users[user]
        self.slack.workspace.users[user] = replace(member, **about)  # type: ignore[arg-type]

    @classmethod
    @asynccontextmanager
    async def open(cls, *scopes: str) -> AsyncIterator[Town]:
        clock = SleptClock()
        async with (
            loopback(clock, scopes=(*SCOPES, *scopes)) as slack,
            slack_client(BOT_TOKEN, slack.api_url) as client,
        ):
            yield cls(slack, SlackUsers(client, clock), clock)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with Town.open("users:read") as town:
        yield town


async def test_asked_again_soon_it_is_remembered_and_later_asked_anew(town: Town) -> None:
    assert [await town.ask(), await town.ask()] == [ANNS, ANNS]
    assert town.asked == 1
    town.change(ANN, tz="Asia/Tokyo", is_admin=False)
    await town.clock.sleep(USER_SECONDS)
    assert await town.ask() == User(ANN, "Asia/Tokyo", False)


async def test_who_belongs_to_another_workspace_is_a_stranger_and_no_admin(town: Town) -> None:
    town.change(ANN, team="T9")
    assert await town.ask() == User(ANN, "Europe/London", admin=False, stranger=True)
    assert not (await town.users.person("T9", ANN)).stranger


@pytest.mark.parametrize(
    ("about", "stranger"),
    [
        ({}, True),
        ({"team_id": "T1"}, False),
        ({"team_id": "T9"}, True),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9", "T1"]}}, False),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9"]}}, True),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9"], "enterprise_id": "E1"}}, False),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9"], "enterprise_id": "E9"}}, True),
        ({"team_id": "T9", "enterprise_user": None}, True),
    ],
)
async def test_in_an_organisation_one_may_belong_to_several(
    town: Town, about: dict[str, object], stranger: bool
) -> None:
    town.slack.installed.organisation = "E1"
    assert await town.users._is_strangers(about, "T1") is stranger


async def test_whose_the_whole_organisation_is_their_own_workspace_tells_nothing(town: Town) -> None:
    """`team` may be the one that a stranger's press names: the organisation counts."""
    town.slack.installed.organisation, town.slack.installed.everywhere = "E1", True
    await town.users._installation.look()
    town.change(ANN, team="T9", organisation="E9")
    assert (await town.users.person("T9", ANN)).stranger
    town.change(BEN, team="T9", organisation="E1")
    assert not (await town.users.person("T9", BEN)).stranger


async def test_where_slack_does_not_say_where_the_bot_is_others_stay_strangers(town: Town) -> None:
    town.change(ANN, team="T9", organisation="E1")
    town.slack.faults.on("500", "auth.test")
    assert (await town.ask()).stranger


async def test_people_of_two_workspaces_are_not_mistaken(town: Town) -> None:
    await town.users.person("T1", ANN)
    await town.users.person("T2", ANN)
    assert town.asked == 2


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe/London\0", "/etc/localtime"]
)
async def test_a_zone_that_is_none_is_no_zone(town: Town, zone: str) -> None:
    town.change(BEN, tz=zone)
    assert await town.ask(BEN) == User(BEN, None)


@pytest.mark.parametrize("fault", ["500", "429", "drop_connection", "user_not_found", "garbled_after"])
async def test_what_fails_gives_no_facts_and_is_asked_again_in_a_minute(town: Town, fault: str) -> None:
    cut = fault == "drop_connection"  # aiohttp itself asks once more: reading changes nothing
    town.slack.faults.on(fault, "users.info", times=1 + cut)
    assert [await town.ask(), await town.ask()] == [NOBODY, NOBODY]
    assert town.asked == 1 + cut
    await town.clock.sleep(FRESH_FAILURE)
    assert await town.ask() == ANNS


@pytest.mark.slow
async def test_a_slack_that_hangs_keeps_nobody_waiting(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PATIENCE", 0.02)
    town.slack.faults.on("hang", "users.info")
    assert await town.ask() == NOBODY


async def test_a_missing_scope_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, module.__name__)
    async with Town.open() as town:
        assert [await town.ask(user) for user in (ANN, BEN)] == [NOBODY, replace(NOBODY, id=BEN)]
    (record,) = [record for record in caplog.records if record.name == module.__name__]
    assert "needs the scope users:read" in record.getMessage()


async def test_only_so_many_are_remembered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST", 2)
    for team in ("T1", "T2", "T3", "T3", "T1"):
        await town.users.person(team, ANN)
    assert town.asked == 4
    assert len(town.users._known) == 2
