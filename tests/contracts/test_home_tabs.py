"""What everybody who shows Home tabs keeps: the real one in front of a loopback Slack, and the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from bot.errors import Unavailable
from bot.playground.api.server import Slack
from bot.playground.model import TEAM
from bot.playground.storage import ANN, BEN
from bot.ports import HomeTabs
from bot.render.message import Block
from bot.slack.client import slack_client
from bot.slack.publisher import SlackHomeTabs
from tests.fakes.home_tabs import RecordingHomeTabs
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, loopback


def view(words: str) -> Mapping[str, Any]:
    return {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]}


def modal(words: str) -> Mapping[str, Any]:
    return {**view(words), "type": "modal", "title": {"type": "plain_text", "text": "A form"}}


def said(shown: Mapping[str, Any] | None) -> str:
    blocks: list[Block] = shown["blocks"] if shown else []
    return " ".join(block["text"]["text"] for block in blocks)


class World(Protocol):
    """Home tabs, and the eyes of the people before them."""

    @property
    def home_tabs(self) -> HomeTabs: ...

    def sees(self, user: str) -> str: ...

    def open_form(self) -> tuple[str, str]:
        """Open a form before Ann; its id and hash."""
        ...

    def form(self, view_id: str) -> str: ...

    def close(self) -> None:
        """The app has no Home tab any more."""

    def go_down(self) -> None:
        """Slack takes nothing at all."""


@dataclass
class Recorded:
    """The fake's world."""

    home_tabs: RecordingHomeTabs

    def sees(self, user: str) -> str:
        return said(self.home_tabs.of(user))

    def open_form(self) -> tuple[str, str]:
        self.home_tabs.forms["V1"] = ("h", modal("asked"))
        return "V1", "h"

    def form(self, view_id: str) -> str:
        return said(self.home_tabs.forms[view_id][1])

    def close(self) -> None:
        self.home_tabs.enabled = False

    def go_down(self) -> None:
        self.home_tabs.down = True


@dataclass
class Real:
    """The real one's world."""

    home_tabs: SlackHomeTabs
    slack: Slack

    def sees(self, user: str) -> str:
        shown = self.slack.workspace.views.home_tabs.get(user)
        return said(shown.body if shown else None)

    def open_form(self) -> tuple[str, str]:
        opened = self.slack.workspace.views.open(ANN, dict(modal("asked")))
        return opened.id, opened.hash

    def form(self, view_id: str) -> str:
        found = self.slack.workspace.views.get(view_id)
        return said(found.body if found else None)

    def close(self) -> None:
        self.slack.installed.home_tab = False

    def go_down(self) -> None:
        self.slack.faults.on("500", "views.publish", times=9)


@pytest.fixture(params=["fake", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield Recorded(RecordingHomeTabs({"U0NOBODY"}))
        return
    clock = SleptClock()
    async with loopback(clock) as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        yield Real(SlackHomeTabs(client, clock, clock.sleep), slack)


async def test_everybody_sees_the_view_that_is_theirs(world: World) -> None:
    await world.home_tabs.show(TEAM, ANN, view("two rules"))
    await world.home_tabs.show(TEAM, BEN, view("no rule"))
    assert [world.sees(user) for user in (ANN, BEN)] == ["two rules", "no rule"]


async def test_the_newest_view_takes_the_place_of_the_last(world: World) -> None:
    for words in ("two rules", "three rules"):
        await world.home_tabs.show(TEAM, ANN, view(words))
    assert world.sees(ANN) == "three rules"


async def test_for_whom_slack_does_not_know_it_is_unavailable_for_good(world: World) -> None:
    with pytest.raises(Unavailable) as caught:
        await world.home_tabs.show(TEAM, "U0NOBODY", view("two rules"))
    assert caught.value.permanent


async def test_without_a_home_tab_it_is_unavailable_for_good(world: World) -> None:
    world.close()
    with pytest.raises(Unavailable) as caught:
        await world.home_tabs.show(TEAM, ANN, view("two rules"))
    assert caught.value.permanent


async def test_where_slack_is_down_it_is_unavailable_for_now(world: World) -> None:
    world.go_down()
    with pytest.raises(Unavailable) as caught:
        await world.home_tabs.show(TEAM, ANN, view("two rules"))
    assert not caught.value.permanent
    assert world.sees(ANN) == ""


async def test_an_open_form_is_rewritten_as_long_as_it_is_as_it_was_seen(world: World) -> None:
    form, seen = world.open_form()
    assert await world.home_tabs.rewrite_form(form, seen, modal("suggested"))
    assert world.form(form) == "suggested"
    assert not await world.home_tabs.rewrite_form(form, seen, modal("too late"))
    assert world.form(form) == "suggested"


async def test_a_form_that_was_closed_is_no_failure(world: World) -> None:
    assert not await world.home_tabs.rewrite_form("V0CLOSED", "h", modal("too late"))
