"""What the asker sees of sources that take their time: a word after a moment, figures before facts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.errors import Unavailable
from bot.ports import PriceHistory, Profiles
from bot.use_cases.compare import FundAnswers
from bot.use_cases.services import Services
from tests.fakes.hand_market import HandMarket
from tests.integration.use_cases.room import Room, room


class GatedMarket:
    """The market by hand, which answers when its gates open."""

    def __init__(self, inner: HandMarket) -> None:
        self.inner, self.prices, self.facts = inner, asyncio.Event(), asyncio.Event()
        self.lost: Unavailable | None = None

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        await self.prices.wait()
        if self.lost:
            raise self.lost
        return await self.inner.history(symbols, through)

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        await self.facts.wait()
        return await self.inner.profiles(symbols)


class World:
    def __init__(self, here: Room) -> None:
        self.here, self.market = here, GatedMarket(here.market)
        data = replace(here.parts.market_data, prices=self.market, funds=self.market)
        self.parts: Services = replace(here.parts, market_data=data, facts_within=0.02, progress_after=0.02)

    def ask(self, text: str, **more: object) -> asyncio.Task[None]:
        return asyncio.create_task(FundAnswers(self.parts).compare(self.here.question(text, **more)))

    async def until(self, what: str) -> None:
        """Wait until something was posted, told or rewritten."""
        async with asyncio.timeout(10):
            while not getattr(self.here.messenger, what):  # noqa: ASYNC110 (the fake tells nobody)
                await asyncio.sleep(0.005)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with room(tmp_path) as here:
        yield World(here)


async def test_what_takes_a_while_says_what_is_being_fetched_to_the_asker_alone(world: World) -> None:
    world.market.facts.set()
    asked = world.ask("AAA BBB")
    await world.until("told")
    assert world.here.told() == "[Fetching AAA, BBB …]\nFetching AAA, BBB …"
    world.market.prices.set()
    await asked
    assert len(world.here.messenger.posted) == 1
    assert world.here.told() == ""


async def test_a_quick_answer_says_nothing_of_it(world: World) -> None:
    world.market.facts.set()
    world.market.prices.set()
    world.parts = replace(world.parts, progress_after=60.0)
    await world.ask("AAA BBB")
    assert world.here.told() == ""
    assert world.here.messenger.rewritten == []


async def test_one_who_is_answered_again_is_not_told_again(world: World) -> None:
    world.market.facts.set()
    asked = world.ask("AAA BBB", attempt=2)
    await asyncio.sleep(0.05)
    assert world.here.told() == ""
    world.market.prices.set()
    await asked


async def test_figures_come_first_and_facts_are_put_in_when_they_arrive(world: World) -> None:
    world.market.prices.set()
    asked = world.ask("AAA BBB")
    await world.until("posted")
    (posted,) = world.here.messenger.posted
    first = str(posted.message.blocks)
    assert "no fund facts (they are still being fetched and will be put in here)" in first
    assert "Max drawdown" in first
    assert "0.03" not in first  # the expense ratio
    world.market.facts.set()
    await asked
    (whole,) = world.here.messenger.rewritten
    assert len(world.here.messenger.posted) == 1  # in the same message
    told = str(whole.blocks)
    assert "still being fetched" not in told
    assert "0.03" in told
    assert [block.get("slot") for block in whole.blocks if "slot" in block] == [
        block.get("slot") for block in posted.message.blocks if "slot" in block
    ]


async def test_where_the_second_step_fails_the_figures_stand(world: World) -> None:
    world.market.prices.set()
    asked = world.ask("AAA BBB")
    await world.until("posted")
    world.market.lost = Unavailable("Hand Market", "HTTP 500")
    world.market.facts.set()
    await asked
    assert world.here.messenger.rewritten == []
    assert len(world.here.messenger.posted) == 1


async def test_a_window_that_facts_decide_waits_for_them(world: World) -> None:
    """`since regime` begins where a fund changed its index: without facts it would be another window."""
    world.market.prices.set()
    asked = world.ask("AAA BBB since regime")
    await asyncio.sleep(0.05)
    assert world.here.messenger.posted == []
    world.market.facts.set()
    await asked
    assert len(world.here.messenger.posted) == 1
    assert world.here.messenger.rewritten == []
