"""The cache asked by many at once: one question to the source, and nobody who gives up harms the others."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.errors import Unavailable
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.market.disk_store import PriceEntry
from tests.fakes.source import ScriptedSource
from tests.integration.market.conftest import FRIDAY


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


@pytest.fixture
def cached(source: ScriptedSource, clock: FixedClock, tmp_path: Path) -> CachedMarket:
    return CachedMarket(source, ExchangeCalendar(), clock, tmp_path)


async def test_many_who_ask_at_once_are_one_question(cached: CachedMarket, source: ScriptedSource) -> None:
    source.gate = asyncio.Event()
    questions = [asyncio.create_task(cached.history(["ISCB"], FRIDAY)) for _ in range(5)]
    await source.reached.wait()
    source.gate.set()
    panels = [(await question).panel for question in questions]
    assert source.asked == {"ISCB": 1}
    assert all(panel.as_of == FRIDAY for panel in panels)


async def test_who_looks_at_the_disk_for_long_finds_the_answer_that_came_meanwhile(
    cached: CachedMarket, source: ScriptedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk is slow at times: it was empty when the second one looked, and is not any more."""
    looked, answered, read = threading.Event(), threading.Event(), cached._prices.read

    def slowly(symbol: str) -> PriceEntry | None:
        found = read(symbol)
        looked.set()
        assert answered.wait(10)
        return found

    monkeypatch.setattr(cached._prices, "read", slowly)
    second = asyncio.create_task(cached.history(["ISCB"], FRIDAY))
    await asyncio.to_thread(looked.wait, 10)
    monkeypatch.setattr(cached._prices, "read", read)
    await cached.history(["ISCB"], FRIDAY)
    answered.set()
    assert (await second).panel.as_of == FRIDAY
    assert source.asked == {"ISCB": 1}


async def test_who_gives_up_does_not_stop_the_others(cached: CachedMarket, source: ScriptedSource) -> None:
    source.gate = asyncio.Event()
    first = asyncio.create_task(cached.history(["ISCB"], FRIDAY))
    second = asyncio.create_task(cached.history(["ISCB"], FRIDAY))
    await source.reached.wait()
    first.cancel()
    source.gate.set()
    assert (await second).panel.as_of == FRIDAY
    assert source.asked["ISCB"] == 1


@pytest.mark.slow
async def test_a_failure_that_nobody_waits_for_any_more_is_quiet(
    cached: CachedMarket, source: ScriptedSource, caplog: pytest.LogCaptureFixture
) -> None:
    source.gate, source.fails["ISCB"] = asyncio.Event(), Unavailable("Scripted Source", "no answer in time")
    question = asyncio.create_task(cached.history(["ISCB"], FRIDAY))
    await source.reached.wait()
    question.cancel()
    source.gate.set()
    await asyncio.wait(cached._flights.values())
    gc.collect()
    assert caplog.text == ""
