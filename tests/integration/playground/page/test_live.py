"""Word of changes: who hears what, and when a page is closed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.playground.api import server
from bot.playground.model import BOT
from bot.playground.page import handlers
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO
from tests.fakes.slack_clock import SleptClock
from tests.integration.playground.page.serving import Stand, standing

PATIENCE = 5.0


@pytest.fixture
async def stand(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    monkeypatch.setattr(server, "GOODBYE", 0.01)  # nobody waits for the streams that stay open
    async with standing(SleptClock()) as stand:
        yield stand


class Heard:
    """An open stream."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def line(self) -> str:
        """The next line that is not empty."""
        async with asyncio.timeout(PATIENCE):
            while True:
                line = (await self._answer.content.readline()).decode().strip()
                if line:
                    return line

    async def next(self) -> Any:
        """The next event."""
        line = await self.line()
        assert line.startswith("data: "), line
        return json.loads(line.removeprefix("data: "))


@asynccontextmanager
async def listening(stand: Stand, user: str) -> AsyncIterator[Heard]:
    async with stand.session.get(f"{stand.base}/as/{user}/events") as answer:
        assert answer.content_type == "text/event-stream"
        heard = Heard(answer)
        assert await heard.line() == "retry: 1000"
        yield heard


async def test_a_message_is_told_with_what_it_says(stand: Stand) -> None:
    async with listening(stand, ANN) as heard:
        stand.slack.workspace.post(PORTFOLIO, BOT, "*found*")
        told = {"kind": "message", "channel": PORTFOLIO, "notice": "Watchpoint: found"}
        assert await heard.next() == told


async def test_only_those_whom_it_concerns_hear(stand: Stand) -> None:
    space = stand.slack.workspace
    async with listening(stand, BEN) as ben, listening(stand, CY) as cy:
        space.post_ephemeral(PORTFOLIO, BOT, ANN, "for Ann")
        space.post(DEALS, ANN, "for members")
        space.views.publish(ANN, {"type": "home", "blocks": []})
        space.post(PORTFOLIO, BOT, "for all")
        assert (await ben.next())["notice"] == "Ann Portfolio: for members"
        assert (await ben.next())["notice"] == "Watchpoint: for all"
        assert (await cy.next())["notice"] == "Watchpoint: for all"


async def test_of_channels_it_is_told_only_that_they_changed(stand: Stand) -> None:
    async with listening(stand, CY) as heard:
        stand.slack.workspace.leave(DEALS, BEN)
        assert await heard.next() == {"kind": "channel"}


async def test_updates_and_views_are_told(stand: Stand) -> None:
    space = stand.slack.workspace
    message = space.post(PORTFOLIO, BOT, "found")
    async with listening(stand, ANN) as heard:
        space.update(PORTFOLIO, message.ts, "found again")
        space.delete(PORTFOLIO, message.ts)
        space.views.open(ANN, {"type": "modal", "blocks": []})
        assert [(await heard.next())["kind"] for _ in range(3)] == ["update", "delete", "view"]


async def test_looking_at_a_channel_is_told_to_ones_other_pages(stand: Stand) -> None:
    stand.slack.workspace.post(PORTFOLIO, BOT, "found")
    async with listening(stand, ANN) as heard:
        await stand.get(f"/as/{ANN}/{PORTFOLIO}")
        assert await heard.next() == {"kind": "read", "channel": PORTFOLIO, "notice": ""}


async def test_a_silent_stream_breathes(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "SILENCE", 0.01)
    async with listening(stand, ANN) as heard:
        assert await heard.line() == ": nothing new"


class Listeners(set[Any]):
    """Says when the last of them has gone."""

    def __init__(self) -> None:
        super().__init__()
        self.nobody = asyncio.Event()

    def discard(self, element: Any) -> None:
        super().discard(element)
        if not self:
            self.nobody.set()


async def test_a_closed_page_is_forgotten(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "SILENCE", 0.01)
    listeners = stand.slack.workspace.feed._listeners = Listeners()
    async with listening(stand, ANN):
        assert len(listeners) == 1
    await asyncio.wait_for(listeners.nobody.wait(), PATIENCE)


async def test_nobody_else_listens(stand: Stand) -> None:
    async with stand.session.get(f"{stand.base}/as/U0NOBODY/events") as answer:
        assert answer.status == 404
