"""In an organisation of several workspaces a press is the bot's workspace's, and by a member or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.playground.api.server import Slack
from bot.playground.model import TEAM, Payload
from bot.playground.payloads import Payloads, Source
from bot.playground.seed import ANN, CY, PORTFOLIO
from bot.slack.client import connected
from bot.slack.installation import Installation
from bot.slack.listening import members as module
from bot.slack.listening.members import Members
from bot.slack.listening.payloads import asked_by_form, asked_by_press, is_of_organisation
from bot.slack.people import SlackPeople
from tests.fakes.door_desk import FORM, PRESS, TYPED
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
OURS, SISTER, THEIRS, OTHER = "E0OURS", "T0SISTER", "E0THEIRS", "T9OTHER"


@dataclass
class Gate:
    """Who comes in, before a Slack that knows everybody, or nobody."""

    slack: Slack
    members: Members

    def belongs(self, user: str, team: str, organisation: str = "") -> None:
        people = self.slack.workspace.people
        people[user] = replace(people[user], team=team, organisation=organisation)

    def pressed(self, user: str, **about: Any) -> Payload:
        card = self.slack.workspace.post(PORTFOLIO, "U0BOT", "card")
        return Payloads(self.slack).action(user, Source(PORTFOLIO, card.ts), PRESS) | about

    async def admit(self, body: Payload) -> tuple[str, bool]:
        """Whose workspace it is asked in, and whether by a stranger."""
        read = asked_by_press if "actions" in body else asked_by_form
        question, stranger = await self.members.admit(read(body, NOW), body)
        return question.team, stranger


async def opened(*scopes: str) -> AsyncIterator[Gate]:
    async with (
        loopback(scopes=(*SCOPES, *scopes)) as slack,
        connected(BOT_TOKEN, slack.api_url) as client,
    ):
        yield Gate(slack, Members(Installation(client), SlackPeople(client, SleptClock())))


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    async for gate in opened("users:read"):
        gate.slack.installed.organisation = OURS
        yield gate


@pytest.fixture
async def blind() -> AsyncIterator[Gate]:
    """Slack says nothing of people: the scope was not granted."""
    async for gate in opened():
        gate.slack.installed.organisation = OURS
        yield gate


async def test_in_a_workspace_of_its_own_slack_is_not_asked(gate: Gate) -> None:
    gate.slack.installed.organisation = ""
    assert await gate.admit(gate.pressed(ANN)) == (TEAM, False)
    gate.belongs(CY, OTHER)
    assert await gate.admit(gate.pressed(CY)) == (TEAM, True)
    assert gate.slack.calls == []


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"team": None, "is_enterprise_install": True},
        {"team": None, "enterprise": None},
        {"team": {"id": SISTER, "domain": "sister", "enterprise_id": OURS}},
        {"team": {"id": SISTER, "domain": "sister"}, "message": None},
    ],
    ids=["its own", "null", "null alone", "another", "another on what one person sees"],
)
@pytest.mark.parametrize("team", [TEAM, SISTER])
async def test_a_press_from_any_workspace_of_the_organisation_is_the_bots(
    gate: Gate, team: str, about: Payload
) -> None:
    gate.belongs(ANN, team, OURS)
    assert await gate.admit(gate.pressed(ANN, **about)) == (TEAM, False)


@pytest.mark.parametrize("organisation", ["", THEIRS])
@pytest.mark.parametrize("about", [{}, {"team": None, "is_enterprise_install": True}], ids=["named", "null"])
async def test_somebody_of_another_company_stays_a_stranger(
    gate: Gate, organisation: str, about: Payload
) -> None:
    gate.belongs(CY, OTHER, organisation)
    assert await gate.admit(gate.pressed(CY, **about)) == (TEAM, True)


async def test_a_form_of_an_organisation_that_shares_a_channel_is_a_strangers(gate: Gate) -> None:
    """Where a stranger opens it, Slack names the stranger's workspace and organisation."""
    gate.slack.installed.organisation = ""
    gate.belongs(CY, OTHER, THEIRS)
    view = gate.slack.workspace.views.open(CY, FORM)
    body = Payloads(gate.slack).submission(CY, view, TYPED)
    body |= {"team": {"id": OTHER}, "enterprise": {"id": THEIRS, "name": "Theirs"}}
    body["view"] |= {"app_installed_team_id": TEAM}
    assert await gate.admit(body) == (TEAM, True)


async def test_whom_slack_does_not_tell_apart_counts_as_a_member(blind: Gate) -> None:
    blind.belongs(ANN, SISTER, OURS)
    assert await blind.admit(blind.pressed(ANN)) == (TEAM, False)


@pytest.mark.parametrize("fault", ["500", "hang"])
async def test_an_acknowledgement_does_not_wait_for_slack_to_say(
    gate: Gate, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    gate.belongs(ANN, SISTER, OURS)
    for method in ("auth.test", "users.info"):
        gate.slack.faults.on(fault, method, times=9)
    null = gate.pressed(ANN, team=None, is_enterprise_install=True)
    assert await gate.admit(null) == (TEAM, False), "the message that was pressed is the bot's own"


async def test_where_the_whole_organisation_has_the_bot_it_is_the_workspace_it_is_used_in(gate: Gate) -> None:
    gate.slack.installed.everywhere = True
    gate.belongs(ANN, SISTER, OURS)
    assert await gate.admit(gate.pressed(ANN)) == (TEAM, False)
    assert await gate.admit(gate.pressed(ANN, message=None)) == (SISTER, False)


async def test_slack_is_asked_once_where_the_bot_is_installed(gate: Gate) -> None:
    for _ in range(3):
        await gate.admit(gate.pressed(ANN))
    assert len(gate.slack.called("auth.test")) == 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"team": {"id": "T1"}}, False),
        ({"team": {"id": "T1"}, "enterprise": None, "is_enterprise_install": False}, False),
        ({"team": {"id": "T1", "enterprise_id": "E1"}}, True),
        ({"team": {"id": "T1"}, "enterprise": {"id": "E1"}}, True),
        ({"team": {"id": "T1"}, "is_enterprise_install": True}, True),
        ({"team": None}, True),
        ({}, False),
    ],
)
def test_an_organisation_is_named_or_not(body: Payload, found: bool) -> None:
    assert is_of_organisation(body) is found
