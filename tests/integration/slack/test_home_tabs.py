"""Home tabs before a Slack that refuses: what helps is tried again, what does not is said to be for good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.errors import Verdict
from bot.playground.api.server import Slack
from bot.playground.model import TEAM
from bot.playground.storage import ANN
from bot.slack.client import slack_client
from bot.slack.errors import FaultKind, SlackFault
from bot.slack.publisher import SHOW_AGAIN, SlackHomeTabs
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, loopback

VIEW = {"type": "home", "blocks": [{"type": "divider"}]}


@dataclass
class Porch:
    """Home tabs in front of their Slack."""

    slack: Slack
    home_tabs: SlackHomeTabs
    clock: SleptClock

    async def show(self, view: dict[str, Any] = VIEW) -> None:
        await self.home_tabs.show(TEAM, ANN, view)

    @property
    def calls(self) -> int:
        return len(self.slack.calls_of("views.publish"))

    def is_shown(self) -> bool:
        return ANN in self.slack.workspace.views.home_tabs


@pytest.fixture
async def porch() -> AsyncIterator[Porch]:
    clock = SleptClock()
    async with loopback(clock) as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        yield Porch(slack, SlackHomeTabs(client, clock, clock.sleep), clock)


async def test_slack_is_obeyed_where_it_was_asked_too_often(porch: Porch) -> None:
    porch.slack.faults.on("429:7", "views.publish", times=2)
    await porch.show()
    assert porch.is_shown()
    assert porch.clock.slept == [7.0, 7.0]


async def test_where_that_lasts_over_a_minute_it_is_unavailable(porch: Porch) -> None:
    porch.slack.faults.on("429:90", "views.publish")
    with pytest.raises(SlackFault) as caught:
        await porch.show()
    assert (caught.value.kind, caught.value.retry_after, porch.calls) == (FaultKind.RATE, 90.0, 1)


@pytest.mark.parametrize("fault", ["500", "drop_connection", "garbled_after"])
async def test_what_may_have_arrived_is_shown_once_more(porch: Porch, fault: str) -> None:
    porch.slack.faults.on(fault, "views.publish")
    await porch.show()
    assert porch.is_shown()
    assert porch.calls == 2
    assert porch.clock.slept == [SHOW_AGAIN]


async def test_twice_in_doubt_it_is_given_up(porch: Porch) -> None:
    porch.slack.faults.on("500", "views.publish", times=2)
    with pytest.raises(SlackFault) as caught:
        await porch.show()
    assert (caught.value.kind, porch.calls) == (FaultKind.DOUBT, 2)


@pytest.mark.parametrize(
    ("code", "kind", "permanent"),
    [
        ("not_enabled", FaultKind.SETUP, True),
        ("user_not_found", FaultKind.CHANNEL, True),
        ("view_too_large", FaultKind.BLOCKS, True),
        ("invalid_auth", FaultKind.SETUP, True),
        ("hash_conflict", FaultKind.REFUSED, False),
    ],
)
async def test_a_refusal_is_tried_once(porch: Porch, code: str, kind: FaultKind, permanent: bool) -> None:
    porch.slack.faults.on(code, "views.publish")
    with pytest.raises(SlackFault) as caught:
        await porch.show()
    assert (caught.value.kind, caught.value.permanent, porch.calls) == (kind, permanent, 1)


async def test_a_view_that_slack_does_not_take_is_refused_whole(porch: Porch) -> None:
    with pytest.raises(SlackFault) as caught:
        await porch.show({"type": "modal", "blocks": []})
    assert caught.value.code == "invalid_arguments"
    assert caught.value.verdict is Verdict.REFUSED
    assert not porch.is_shown()
