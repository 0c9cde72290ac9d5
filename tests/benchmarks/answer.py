"""How long `/compare` takes with a warm cache.  Run: python -m tests.benchmarks.answer

From the signed HTTP request to the last call to Slack, through the assembled bot, a loopback Slack and
prices that the disk cache holds (fetched once from a loopback Yahoo through the real yfinance).  Every
question has another as-of date, so that its charts are drawn and not found.  In the same run, in turn:
- whole: request sent to chat.postMessage received;
- charts alone: the same two pictures drawn by a pool like the bot's, two processes;
- arithmetic and blocks: everything between the cache and the message, in the event loop.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot import bootstrap
from bot.clock import FixedClock, SystemClock
from bot.config import Settings, load
from bot.drawing import PoolChartRenderer
from bot.language import Compare, read_compare
from bot.playground.api.server import Slack
from bot.playground.model import BOT, Channel
from bot.playground.storage import ANN
from bot.playground.transport import AppTransport
from bot.render.message import Message
from bot.render.sections.comparison import comparison_message
from bot.use_cases.compare import compare_funds
from bot.use_cases.gather import MarketData
from tests.benchmarks.table import print_table
from tests.fakes import yahoo
from tests.fakes.workspace import BOT_TOKEN, SIGNING_SECRET, command, line_to, loopback

ROUNDS = 15
NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
CHANNELS = [f"C{number:04d}" for number in range(ROUNDS + 1)]
WHOLE_LIMIT, ARITHMETIC_LIMIT = 1.3, 15.0
clock = SystemClock()


class Replay(FixedClock):
    """A past moment whose seconds go on: what waits must wait."""

    def monotonic(self) -> float:
        return clock.monotonic()


def _texts() -> list[str]:
    days = (date(2026, 1, 16) - timedelta(days=7 * week) for week in range(ROUNDS + 1))
    return [f"ISCB SPSM asof {day.isoformat()}" for day in days]


def _question(text: str) -> Compare:
    found = read_compare(text, NOW.date())
    assert isinstance(found, Compare)
    return found


async def _whole(slack: Slack, transport: AppTransport, text: str, channel: str) -> float:
    """Seconds from the request to the arrival of the post, in its own channel: posts to one are spaced."""
    slack.workspace.channels[channel] = Channel(channel, channel.lower(), "public", (ANN, BOT))
    payload, start = command(slack, text, channel=channel), clock.monotonic()
    with slack.workspace.changes() as feed:
        await transport.deliver(payload)
        while (await feed.get()).channel != channel:
            pass
    return slack.calls_of("chat.postMessage")[-1].at - start


async def _message(market_data: MarketData, text: str) -> Message:
    answered = await compare_funds(_question(text), market_data)
    return comparison_message(answered.comparison, answered.notes, "U0ANN")


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    start = clock.monotonic()
    await work()
    return clock.monotonic() - start


async def measure(settings: Settings, slack: Slack, elsewhere: Path) -> dict[str, list[float]]:
    """Seconds of each round by what was measured."""
    found: dict[str, list[float]] = {"whole": [], "charts": [], "arithmetic": []}
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(bootstrap.assemble_bot(settings, Replay(NOW)))
        market_data = await stack.enter_async_context(bootstrap.open_market(settings, Replay(NOW)))
        pool = PoolChartRenderer(elsewhere)
        await pool.start()
        stack.push_async_callback(pool.aclose)
        ready, stop = asyncio.Queue[str](), asyncio.Event()
        serving = bootstrap.listen(bot, settings, stop, ready.put_nowait)
        served = asyncio.create_task(serving)
        transport = await stack.enter_async_context(line_to(slack, "http", await ready.get()))
        for number, text in enumerate(_texts()):
            whole = await _whole(slack, transport, text, CHANNELS[number])
            message = await _message(market_data, text)
            arithmetic = await _timed(lambda text=text: _message(market_data, text))  # type: ignore[misc]
            charts = await _timed(lambda message=message: pool.draw(message.pictures))  # type: ignore[misc]
            if number:  # the first one fetches and warms up
                found["whole"].append(whole)
                found["charts"].append(charts)
                found["arithmetic"].append(arithmetic)
        stop.set()
        await served
    return found


async def _run() -> None:
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as elsewhere:
        async with loopback() as slack:
            os.environ |= {  # noqa: TID251
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_SIGNING_SECRET": SIGNING_SECRET,
                "SLACK_API_URL": slack.api_url,
            }
            with yahoo.FakeYahoo() as fake, yahoo.redirected(fake):
                settings = load(data="yahoo", home=home, transport="http", port=0)
                found = await measure(settings, slack, Path(elsewhere))
    charts = statistics.median(found["charts"])
    ratios = [whole / alone for whole, alone in zip(found["whole"], found["charts"], strict=True)]
    print_table(
        f"/compare with a warm cache, medians of {ROUNDS} questions",
        [
            {
                "what": "charts alone (two processes)",
                "ms": f"{charts * 1e3:.1f}",
                "x charts": "1.00",
                "limit": "",
            },
            {
                "what": "whole, request to post",
                "ms": f"{statistics.median(found['whole']) * 1e3:.1f}",
                "x charts": f"{statistics.median(ratios):.2f}",
                "limit": f"{WHOLE_LIMIT} x charts",
            },
            {
                "what": "arithmetic and blocks",
                "ms": f"{statistics.median(found['arithmetic']) * 1e3:.1f}",
                "x charts": f"{statistics.median(found['arithmetic']) / charts:.2f}",
                "limit": f"{ARITHMETIC_LIMIT:.0f} ms",
            },
        ],
    )


if __name__ == "__main__":
    asyncio.run(_run())
