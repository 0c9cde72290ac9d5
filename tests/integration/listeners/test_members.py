"""In an organisation of several workspaces a press is the bot's workspace's, and by a member or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.playground.api.server import Slack
from bot.playground.model import TEAM, Payload
from bot.playground.payloads import ClickSource, Payloads
from bot.playground.storage import ANN, BEN, CY, PORTFOLIO
from bot.slack import listeners as module
from bot.slack.client import slack_client
from bot.slack.directory import Installation, SlackUsers
from bot.slack.listeners import Members
from bot.slack.payloads import (
    is_of_organisation,
    request_of_command,
    request_of_form,
    request_of_press,
    sender_of_event,
)
from tests.fakes.handler_desk import FORM, PRESS, TYPED
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, SCOPES, loopback

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
OURS, SISTER, THEIRS, OTHER = "E0OURS", "T0SISTER", "E0THEIRS", "T9OTHER"


@dataclass
class Gate:
    """Who comes in, before a Slack that knows everybody, or nobody."""

    slack: Slack
    installation: Installation
    members: Members

    def belongs(self, user: str, team: str, organisation: str = "") -> None:
        users = self.slack.workspace.users
        users[user] = replace(users[user], team=team, organisation=organisation)

    def pressed(self, user: str, **about: Any) -> Payload:
        card = self.slack.workspace.post(PORTFOLIO, "U0BOT", "card")
        return Payloads(self.slack).action(user, ClickSource(PORTFOLIO, card.ts), PRESS) | about

    async def admit(self, body: Payload) -> tuple[str, bool]:
        """Whose workspace it is asked in, and whether by a stranger."""
        read = request_of_press if "actions" in body else request_of_form
        found = await self.members.admit(read(body, NOW), body)
        assert found.served
        return found.request.team, found.stranger


async def opened(*scopes: str) -> AsyncIterator[Gate]:
    async with (
        loopback(scopes=(*SCOPES, *scopes)) as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
    ):
        installation = Installation(client)
        users = SlackUsers(client, SleptClock(), installation)
        yield Gate(slack, installation, Members(installation, users))


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    async for gate in opened("users:read"):
        gate.slack.installed.organisation = OURS
        yield gate


@pytest.fixture
async def blind() -> AsyncIterator[Gate]:
    """Slack says nothing of users: the scope was not granted."""
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


async def test_whom_slack_does_not_tell_apart_counts_as_a_stranger(blind: Gate) -> None:
    blind.belongs(ANN, SISTER, OURS)
    assert await blind.admit(blind.pressed(ANN)) == (TEAM, True)
    blind.belongs(ANN, TEAM, OURS)
    assert await blind.admit(blind.pressed(ANN)) == (TEAM, False), "the payload itself says so"


async def test_whose_team_a_payload_does_not_name_slack_is_asked(gate: Gate, blind: Gate) -> None:
    for here, stranger in ((gate, False), (blind, True)):
        here.slack.installed.organisation = ""
        press = here.pressed(ANN)
        del press["user"]["team_id"]
        assert await here.admit(press) == (TEAM, stranger)
    gate.belongs(CY, OTHER)
    press = gate.pressed(CY)
    del press["user"]["team_id"]
    assert await gate.admit(press) == (TEAM, True)


@pytest.mark.parametrize("fault", ["500", "hang"])
async def test_an_acknowledgement_does_not_wait_for_slack_to_say(
    gate: Gate, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKUP_SECONDS", 0.05)
    gate.belongs(ANN, SISTER, OURS)
    for method in ("auth.test", "users.info"):
        gate.slack.faults.on(fault, method, times=9)
    null = gate.pressed(ANN, team=None, is_enterprise_install=True)
    assert await gate.admit(null) == (TEAM, True), "the message that was pressed is the bot's own"
    gate.belongs(BEN, TEAM, OURS)
    assert await gate.admit(gate.pressed(BEN)) == (TEAM, False), "and so is who is named as a member"


async def test_where_the_whole_organisation_has_the_bot_it_is_the_workspace_it_is_used_in(gate: Gate) -> None:
    gate.slack.installed.everywhere = True
    gate.belongs(ANN, SISTER, OURS)
    assert await gate.admit(gate.pressed(ANN)) == (TEAM, False)
    assert await gate.admit(gate.pressed(ANN, message=None)) == (SISTER, False)


async def test_a_stranger_whom_the_whole_organisations_bot_meets_stays_one(gate: Gate) -> None:
    """On what one person sees, nothing but the stranger's own workspace is named."""
    gate.slack.installed.everywhere = True
    gate.belongs(CY, OTHER, THEIRS)
    body = gate.pressed(CY, team=None, message=None)
    assert await gate.admit(body) == (OTHER, True)


@dataclass(frozen=True)
class Said:
    """What an event names, and whether a stranger says it."""

    event: Payload
    stranger: bool


@pytest.mark.parametrize(
    "said",
    [
        Said({"team": TEAM}, False),
        Said({"team": OTHER, "user_team": TEAM}, False),
        Said({"team": TEAM, "user_team": OTHER}, True),
        Said({"user_team": OURS}, False),
        Said({"user_team": THEIRS}, True),
        Said({"user_team": SISTER}, False),
        Said({"user_team": OTHER}, True),
        Said({}, False),
    ],
    ids=lambda said: str(said.event),
)
@pytest.mark.parametrize("shared", [True, False])
async def test_an_event_is_a_members_or_not(gate: Gate, said: Said, shared: bool) -> None:
    """Slack is asked of whom the event does not show to be a member, and where it cannot be a stranger's."""
    users = {SISTER: (SISTER, OURS), OTHER: (OTHER, ""), THEIRS: (OTHER, THEIRS)}
    gate.belongs(CY, *users.get(said.event.get("user_team", ""), (TEAM, OURS)))
    event = {"type": "app_mention", "user": CY, "text": "x", "channel": PORTFOLIO, "ts": "1.5", **said.event}
    for inner in (event, {"subtype": "message_changed", "channel": PORTFOLIO, "message": event}):
        body = Payloads(gate.slack).event(inner) | {"is_ext_shared_channel": shared, "team_id": OTHER}
        request = replace(request_of_press(gate.pressed(CY), NOW), user=CY, team=TEAM)
        found = await gate.members.hear(request, sender_of_event(inner, body), strangers=True)
        assert (found.stranger, found.served) == (said.stranger, True)


async def test_whose_team_an_event_does_not_name_is_a_stranger_where_slack_is_silent(blind: Gate) -> None:
    blind.slack.installed.organisation = ""
    request = request_of_press(blind.pressed(ANN), NOW)
    for event, stranger in (({"team": TEAM}, False), ({}, True), ({"user_team": OTHER}, True)):
        sender = sender_of_event({"user": ANN, **event}, Payloads(blind.slack).event({"user": ANN, **event}))
        assert (await blind.members.hear(request, sender, strangers=True)).stranger is stranger


async def test_what_comes_from_another_tokens_workspace_is_not_served(gate: Gate) -> None:
    """Before Slack has said which the token is for, it is taken for the one that it names."""
    gate.slack.installed.organisation = ""
    there = {"team": {"id": OTHER, "domain": "x"}, "message": None}
    gate.belongs(CY, OTHER)
    press = gate.pressed(CY, **there)
    command = {"command": "/watch", "team_id": OTHER, "channel_id": "C9", "user_id": CY}
    event = Payloads(gate.slack).event({"type": "app_mention", "user": CY, "team": OTHER})
    event |= {"team_id": OTHER, "authorizations": [{"team_id": OTHER, "enterprise_id": None}]}

    async def found() -> list[tuple[str, bool]]:
        asked = request_of_command(command, NOW)
        admitted = [
            gate.members.command(asked, command),
            await gate.members.admit(request_of_press(press, NOW), press),
            await gate.members.hear(asked, sender_of_event(event["event"], event), strangers=True),
            await gate.members.hear(asked, sender_of_event(event["event"], event), strangers=False),
        ]
        return [(each.request.team, each.served) for each in admitted]

    assert await found() == [(OTHER, True)] * 4
    await gate.installation.look()
    assert await found() == [(OTHER, False)] * 4


@pytest.mark.parametrize("everywhere", [False, True])
async def test_another_organisations_is_not_served_and_the_own_is(gate: Gate, everywhere: bool) -> None:
    gate.slack.installed.everywhere = everywhere
    await gate.installation.look()
    for organisation, served in ((OURS, True), (THEIRS, False), ("", False)):
        command = {"team_id": SISTER, "enterprise_id": organisation, "user_id": ANN}
        found = gate.members.command(request_of_command(command, NOW), command)
        assert found.served is served
        if served:
            assert found.request.team == (SISTER if everywhere else TEAM)


async def test_a_strangers_press_on_the_bots_own_message_is_served_as_a_strangers(gate: Gate) -> None:
    """Whatever workspace Slack names as the press's own."""
    gate.slack.installed.organisation = ""
    gate.belongs(CY, OTHER)
    press = gate.pressed(CY, team={"id": OTHER, "domain": "x"})
    assert await gate.admit(press) == (TEAM, True)
    await gate.installation.look()
    assert await gate.admit(press) == (TEAM, True)


async def test_slack_is_asked_once_where_the_bot_is_installed(gate: Gate) -> None:
    for _ in range(3):
        await gate.admit(gate.pressed(ANN))
    assert len(gate.slack.calls_of("auth.test")) == 1


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
