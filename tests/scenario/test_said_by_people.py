"""As people say it: with names around it, edited by a space, from Tokyo, from a sister workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.playground.model import BOT, TEAM, Payload, PostedMessage
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, PORTFOLIO
from bot.slack.intake import STRANGER
from tests.scenario.eyes import answered
from tests.scenario.offices import Office, button, filled

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_resamples")]

BOTH_WAYS = pytest.mark.parametrize("away", ["sqlite-http", "sqlite-socket"], indirect=True)
OVER_HTTP = pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)
GROUP, SISTER = "E0GROUP", "T0SISTER"
RULE = "ISCB sortino < 9 for 1 sessions then SPSM"
"""It fires on its first session."""


def of_bot(team: Office, channel: str = PORTFOLIO) -> list[PostedMessage]:
    return [
        each for each in team.slack.workspace.everything(channel) if each.user == BOT and not each.subtype
    ]


# Words


@BOTH_WAYS
@pytest.mark.parametrize(
    "text",
    [
        "@watchpoint: compare ISCB SPSM",
        "@watchpoint compare ISCB SPSM cc @ben",
        "@watchpoint, compare ISCB SPSM (cc @ben, @cy)",
        "hey @watchpoint - compare ISCB SPSM",
        "@ben @watchpoint ISCB SPSM",
    ],
)
async def test_names_around_a_question_are_no_part_of_it(team: Office, text: str) -> None:
    assert "ISCB vs SPSM · 1 year to 16 Jan 2026" in await team.type(ANN, text)


@BOTH_WAYS
async def test_funds_alone_are_a_comparison_in_direct_messages(team: Office) -> None:
    alone = team.slack.workspace.dm(ANN).id
    assert "ISCB vs SPSM · 3 years" in await team.type(ANN, "ISCB SPSM 3y", alone)
    assert "ISCB vs SPSM · 5 years" in await team.type(ANN, "5y", alone), "and asked on about"
    assert "ISCB vs IWM · 1 year" in await team.type(ANN, "iscb iwm", alone)


@BOTH_WAYS
@pytest.mark.parametrize("text", ["compare ISCB SPSM", "sektors", "help"])
async def test_an_edit_that_adds_a_space_or_a_name_asks_nothing_new(team: Office, text: str) -> None:
    alone = team.slack.workspace.dm(BEN).id
    for channel, named in ((PORTFOLIO, "@watchpoint "), (alone, "")):
        await team.type(BEN, f"{named}{text}", channel)
        said = [each for each in team.seen_by(BEN, channel) if each.user == BEN][-1]
        before = len(of_bot(team, channel))
        for again in (
            f"{named}{text} ",
            f"{named} {text}\n",
            f"{named}{text}\u00a0\u200b",
            f"{named}{text} cc @cy",
        ):
            await team.deeds.edit(BEN, channel, said.ts, again)
            await team.bot.shift.quiet()
        assert len(of_bot(team, channel)) == before
        await team.deeds.edit(BEN, channel, said.ts, f"{named}compare ISCB IWM")
        await team.bot.shift.quiet()
        assert len(of_bot(team, channel)) == before + 1


@BOTH_WAYS
async def test_thousands_stand_apart_as_people_write_them(team: Office) -> None:
    for amount in ("200’000’000", "200 000 000", "200\u202f000\u202f000"):
        tested = await team.type(ANN, f"/watch test ISCB assets < {amount}")
        assert "ISCB assets < 200M" in tested
    first = await team.type(ANN, "@watchpoint cost ISCB SPSM size=25 000 000")
    assert "25 M USD" in first


@BOTH_WAYS
async def test_at_eight_in_tokyo_it_is_not_after_today(team: Office) -> None:
    await team.travel.to(datetime(2026, 1, 20, 23, tzinfo=UTC))
    assert "1 year to 20 Jan 2026" in await team.type(ANN, "/compare ISCB SPSM asof 2026-01-21")
    assert "ISCB vs SPSM" in await team.type(ANN, "/compare ISCB SPSM 2025-01-16..2026-01-21")
    assert "1 year to 20 Jan 2026" in await team.type(ANN, "@watchpoint compare ISCB SPSM asof 2026-01-21")
    assert "is after today" in await team.type(ANN, "/compare ISCB SPSM asof 2026-01-22")


# An organisation of several workspaces


@pytest.fixture
async def group(away: Office) -> AsyncIterator[Office]:
    """The bot at work in a workspace of an organisation."""
    away.slack.installed.organisation = GROUP
    async with away.at_work():
        yield away


async def carded(team: Office) -> PostedMessage:
    await team.type(ANN, f"/watch {RULE}")
    while not team.posts("card"):
        await team.travel.sessions(1)
    return team.posts("card")[-1]


def from_group(payload: Payload, team: str | None, person: str) -> Payload:
    """The same, as Slack sends it where the workspace is one of an organisation's."""
    about = {"enterprise": {"id": GROUP, "name": "Fund group"}, "is_enterprise_install": team is None}
    named = None if team is None else {"id": team, "domain": "x", "enterprise_id": GROUP}
    return {**payload, **about, "team": named, "user": payload["user"] | {"team_id": person}}


@BOTH_WAYS
@pytest.mark.parametrize(
    ("workspace", "person"), [(None, TEAM), (None, SISTER), (SISTER, SISTER), (TEAM, SISTER)]
)
async def test_a_press_from_anywhere_in_the_organisation_is_served_as_its_own(
    group: Office, workspace: str | None, person: str
) -> None:
    team = group
    users = team.slack.workspace.users
    users[ANN] = replace(users[ANN], team=person, organisation=GROUP)
    card = await carded(team)

    def pressed(label: str) -> Payload:
        press = team.payloads.action(ANN, ClickSource(card.channel, card.ts), button(card, label))
        return from_group(press, workspace, person)

    for label in ("Why?", "Snooze 5 sessions"):
        told = await answered(team, ANN, team.deliver(pressed(label)), label)
        assert "R1" in told[-1]
        assert STRANGER.text not in told
    await team.deliver(pressed("Acknowledge"))
    view = team.form(ANN)
    form = team.payloads.submission(ANN, view, filled(view, "known"))
    await answered(team, ANN, team.deliver(from_group(form, workspace, person)), "the form")
    (stored,) = await team.bot.store.of(TEAM).rules()
    assert stored.rule_state.state.acknowledged
    assert stored.rule_state.state.snoozed_until


@OVER_HTTP
async def test_somebody_of_another_company_is_none_of_the_organisation(group: Office) -> None:
    team = group
    users = team.slack.workspace.users
    users[BEN] = replace(users[BEN], team="T9OTHER", organisation="E9OTHER")
    card = await carded(team)
    press = team.payloads.action(BEN, ClickSource(card.channel, card.ts), button(card, "Snooze 5 sessions"))
    for workspace in (TEAM, None):
        told = await answered(team, BEN, team.deliver(from_group(press, workspace, "T9OTHER")), "Snooze")
        assert told == [STRANGER.text]
        press = team.payloads.action(
            BEN, ClickSource(card.channel, card.ts), button(card, "Snooze 5 sessions")
        )
    users[BEN] = replace(users[BEN], team=SISTER, organisation=GROUP)
    await team.travel.sessions(1)
    press = team.payloads.action(BEN, ClickSource(card.channel, card.ts), button(card, "Why?"))
    assert "R1" in (await answered(team, BEN, team.deliver(from_group(press, SISTER, SISTER)), "Why?"))[-1]


@OVER_HTTP
async def test_an_answer_under_a_deleted_message_stays_where_slack_puts_it(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = of_bot(team)[-1]
    press = team.payloads.action(BEN, ClickSource(parent.channel, parent.ts), button(parent, "Sectors"))
    team.slack.workspace.delete(parent.channel, parent.ts)
    (told,) = await answered(team, BEN, team.deliver(press), "Sectors")
    assert "Industrials" in told
    assert team.slack.calls_of("chat.delete") == []
