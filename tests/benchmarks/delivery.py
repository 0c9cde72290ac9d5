"""Delivery before the embedded workspace with Slack's limits on: what binds it, and what it costs beside.

    python -m tests.benchmarks.delivery

A digest without pictures to many channels, three to each (as many as may go at once) or nine (one a second
from the fourth on).  "limit" is what Slack's limits alone take; "bare" is the same number of posts to as many
channels by the client alone, without outbox, rendering or pace, for what the loopback takes.  The outbox is
a SQLite file, written to disk before and after each post.  Refused counts answers with status 429.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from analytics.watch.states import State
from bot.clock import SystemClock
from bot.jobs.queue import memory_queue
from bot.model import DigestContent, NewNotice, NoticeKind
from bot.playground.api.server import Slack
from bot.playground.model import BOT, Channel
from bot.playground.run import BURST as TAKEN
from bot.playground.storage import ANN
from bot.ports import Task
from bot.slack.client import slack_client
from bot.slack.publisher import SlackPublisher
from bot.slack.rate_limit import BURST, INTERVAL, RateLimit
from bot.store import SqlStore, open_store
from bot.use_cases.deliver import Delivery
from bot.use_cases.gather import MarketData
from tests.benchmarks.table import print_table
from tests.fakes.metrics import QuietMetrics
from tests.fakes.source import CALENDAR, ScriptedSource
from tests.fakes.workspace import BOT_TOKEN, everybody_sees, loopback
from tests.unit.bot.render.rules.stories import low, story

TEAM, SESSION = "T0PLAY", date(2026, 1, 16)
SIZES = ((50, 3), (200, 3), (20, 9))
"""Channels, and posts to each."""
CHANNELS = 50


class NoRenderer:
    """A digest has no picture."""

    async def draw(self, pictures: Sequence[object], turn: str = "") -> dict[str, bytes]:
        return {}


@dataclass(frozen=True)
class Measured:
    """seconds: from the first claim to the last record."""

    seconds: float
    bare: float
    posted: int
    refused: int


@asynccontextmanager
async def workspace(channels: Sequence[str]) -> AsyncIterator[tuple[Slack, AsyncWebClient]]:
    """With its limits on, and the bot in every channel."""
    async with loopback() as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        slack.rate.burst = TAKEN
        for name in channels:
            slack.workspace.channels[name] = Channel(name, name.lower(), "public", (ANN, BOT), "")
        yield slack, client


def notices(channels: Sequence[str], each: int) -> list[NewNotice]:
    """Digests that are due."""
    digest_content = DigestContent(SESSION, (story(State(session=SESSION), low()),))
    due = SystemClock().now() - timedelta(minutes=1)
    return [
        NewNotice(TEAM, channel, SESSION, NoticeKind.DIGEST, f"now/{number}", digest_content, due)
        for number in range(each)
        for channel in channels
    ]


async def delivered(store: SqlStore, channels: Sequence[str], each: int) -> tuple[float, int, int]:
    """The whole way: tasks, claims, words, posts, records."""
    async with workspace(channels) as (slack, client):
        await store.of(TEAM).add_notices(notices(channels, each))
        clock, source = SystemClock(), ScriptedSource()
        publisher = SlackPublisher(client, clock, RateLimit(clock))
        market_data = MarketData(source, source, CALENDAR, clock)
        metrics = QuietMetrics()
        delivery = Delivery(store, publisher, NoRenderer(), market_data, metrics, "benchmark")
        jobs, stop = memory_queue(), asyncio.Event()

        async def channel_key(key: str) -> None:
            team, _, channel = key.partition("/")
            await delivery.deliver_channel(team, channel)

        jobs.on("deliver", channel_key, CHANNELS)
        working = asyncio.create_task(jobs.run(stop))
        start = time.perf_counter()
        await jobs.enqueue([Task("deliver", f"{TEAM}/{channel}") for channel in channels])
        await jobs.idle()
        seconds = time.perf_counter() - start
        stop.set()
        await working
        posted = sum(len(everybody_sees(slack, channel)) for channel in channels)
        refused = sum(notice[1] == "put back" for notice in metrics.notices)
        return seconds, posted, refused


async def bare(channels: Sequence[str], each: int) -> float:
    """As many posts by the client alone, with no limit on; as many at once."""
    async with workspace(channels) as (slack, client):
        slack.rate.burst = None
        turns = asyncio.Semaphore(CHANNELS)

        async def post(channel: str) -> None:
            async with turns:
                for _ in range(each):
                    await client.chat_postMessage(channel=channel, text="ISCB")

        start = time.perf_counter()
        await asyncio.gather(*map(post, channels))
        return time.perf_counter() - start


async def measured(count: int, each: int) -> Measured:
    """One size."""
    channels = [f"C{number:04d}" for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{Path(folder) / 'ledger.db'}") as store:
            seconds, posted, refused = await delivered(store, channels, each)
    return Measured(seconds, await bare(channels, each), posted, refused)


def _row(count: int, each: int, found: Measured) -> dict[str, str]:
    limit = max(each - BURST, 0) * INTERVAL
    least = max(limit, found.bare)
    return {
        "channels x posts": f"{count} x {each}",
        "posted": f"{found.posted}",
        "refused": f"{found.refused}",
        "delivered": f"{found.seconds:.2f} s",
        "limit": f"{limit:.2f} s",
        "bare": f"{found.bare:.2f} s",
        "to the larger": f"{found.seconds / least:.2f} x",
        "posts a second": f"{found.posted / found.seconds:,.0f}",
    }


async def main() -> None:
    """Measure every size and print one table."""
    logging.disable(logging.WARNING)
    rows = [_row(count, each, await measured(count, each)) for count, each in SIZES]
    print_table("Delivery with Slack's limits on", rows, f"{CHANNELS} channels at once.")


if __name__ == "__main__":
    asyncio.run(main())
