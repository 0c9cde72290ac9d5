"""The process that is killed: the daily run and the delivery as they are, each step noted in a journal.

Only the painter is a stand-in: it gives one small picture for every other, for drawing is not tried here and
would take nine tenths of their time.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.jobs.memory import embedded
from bot.jobs.postgres import on_postgres
from bot.jobs.queue import STALE, TaskQueue
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.ports import Delivered, Ours, Place
from bot.records import Lane, Promise
from bot.render.message import Message
from bot.render.pictures import Picture
from bot.slack import client as slack_client
from bot.slack.posting.pace import Pace
from bot.slack.publisher import SlackPublisher
from bot.store import opened
from bot.store.ledger import SqlLedger
from bot.use_cases.compare import Desk
from bot.use_cases.daily import DailyRun
from bot.use_cases.deliver import Delivery
from bot.use_cases.sweep import DELIVER, RUN, Sweep, Work
from tests.fakes.workspace import BOT_TOKEN
from tests.reliability.clock import FastClock, Reckoning
from tests.reliability.journal import NOTED, Journal
from tests.reliability.market import Weather, WeatheredMarket
from tests.reliability.scenario import PATIENCE

SWEEP = 30.0
LANES = 8
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)

BEFORE_CHECK, AFTER_CHECK, AFTER_ANSWER = "before the check", "after the check", "after the answer"
"""Points at which a worker can be told to stop itself, once."""


@dataclass(frozen=True)
class Orders:
    """What a worker is started with.  halt: where it stops itself at its first post, if anywhere."""

    name: str
    folder: Path
    database: str
    api_url: str
    reckoning: Reckoning
    weather: Weather
    halt: str = ""

    @property
    def journal(self) -> Path:
        """Its journal."""
        return self.folder / f"{self.name}.journal"

    @property
    def log(self) -> Path:
        """Its log."""
        return self.folder / f"{self.name}.log"


def run(orders: Orders) -> None:
    """The whole life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(filename=orders.log, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    # As far below the lease as it is in earnest.
    slack_client.TIMEOUT = slack_client.TIMEOUT / orders.reckoning.speed  # type: ignore[assignment]
    asyncio.run(_work(orders))


async def _work(orders: Orders) -> None:
    clock, journal = FastClock(orders.reckoning), Journal(orders.journal)
    calendar = ExchangeCalendar()
    market = WeatheredMarket(SampleMarket(calendar, clock), calendar, clock, orders.weather)
    prices = _Prices(market, journal)
    desk = Desk(prices, prices, calendar, clock)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(opened(orders.database))
        client = await stack.enter_async_context(slack_client.connected(BOT_TOKEN, orders.api_url))
        store.commit = partial(_commit, journal, store.commit)  # type: ignore[method-assign]
        store.ledger = _Ledger(store.ledger, journal)  # type: ignore[assignment]
        publisher = _Publisher(SlackPublisher(client, clock, Pace(clock, clock.sleep), clock.sleep), journal)
        publisher.halt = orders.halt
        meter = _Meter(journal)
        jobs = _jobs(orders)
        stack.push_async_callback(jobs.aclose)
        daily = DailyRun(store, desk, meter, PATIENCE)
        delivery = Delivery(store, publisher, _Painter(), desk, meter, orders.name, clock.sleep)
        work = Work(daily, delivery, calendar, clock)
        jobs.on(RUN, partial(_step, journal, "run", work.run), 1)
        jobs.on(DELIVER, partial(_step, journal, "lane", work.deliver), LANES)
        await _until_the_end(jobs, Sweep(store, jobs, calendar, clock), clock)


async def _until_the_end(jobs: TaskQueue, sweep: Sweep, clock: FastClock) -> None:
    """Ends where the jobs end, as the bot does; a tick that fails is had again."""
    worker = asyncio.create_task(jobs.run(asyncio.Event()))
    while not worker.done():
        try:
            await sweep.tick()
        except Exception:
            logging.getLogger(__name__).exception("A tick failed")
        await asyncio.wait([worker], timeout=SWEEP / clock.speed)
    await worker


def _jobs(orders: Orders) -> TaskQueue:
    if orders.database.startswith("sqlite"):
        return embedded()
    return on_postgres(orders.database, stale=max(STALE / orders.reckoning.speed, 1.0))


async def _step(journal: Journal, name: str, work: Callable[[str], Awaitable[None]], key: str) -> None:
    async with journal.step(name, key):
        await work(key)


async def _commit(journal: Journal, commit: Callable[..., Awaitable[Any]], outcomes: Sequence[Any]) -> Any:
    async with journal.step("commit"):
        return await commit(outcomes)


class _Prices:
    """Prices and facts."""

    def __init__(self, market: WeatheredMarket, journal: Journal) -> None:
        self._market, self._journal = market, journal
        self.profiles = market.profiles

    async def history(self, symbols: Sequence[str], through: date) -> Any:
        async with self._journal.step("fetch"):
            return await self._market.history(symbols, through)


class _Ledger:
    """Claims and records."""

    def __init__(self, ledger: SqlLedger, journal: Journal) -> None:
        self._ledger, self._journal = ledger, journal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def claim(self, lane: Lane, now: datetime, lease: timedelta, holder: str) -> Promise | None:
        async with self._journal.step("claim", f"{lane.team}/{lane.channel}"):
            return await self._ledger.claim(lane, now, lease, holder)

    async def sent(self, promise: Promise, ts: str | None) -> None:
        async with self._journal.step("record", promise.key):
            await self._ledger.sent(promise, ts)


class _Publisher:
    """Posts, rewrites and looks."""

    def __init__(self, publisher: SlackPublisher, journal: Journal) -> None:
        self._publisher, self._journal = publisher, journal
        self.link = publisher.link
        self.halt = ""

    async def publish(
        self, place: Place, message: Message, pictures: Mapping[str, bytes], key: str, ours: Ours
    ) -> Delivered:
        async def checked() -> bool:
            self._stop_at(BEFORE_CHECK)
            found = await ours()
            self._stop_at(AFTER_CHECK)
            return found

        async with self._journal.step("post", key):
            done = await self._publisher.publish(place, message, pictures, key, checked)
            self._stop_at(AFTER_ANSWER)
            return done

    async def rewrite(
        self, place: Place, ts: str, message: Message, pictures: Mapping[str, bytes], ours: Ours
    ) -> None:
        async with self._journal.step("rewrite", f"{place.channel}/{ts}"):
            await self._publisher.rewrite(place, ts, message, pictures, ours)

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        async with self._journal.step("look", key):
            found = await self._publisher.find(place, key, since)
        self._journal.write(NOTED, "found" if found else "not found", key)
        return found

    def _stop_at(self, point: str) -> None:
        if self.halt == point:
            self.halt = ""
            self._journal.write(NOTED, "stopped")
            os.kill(os.getpid(), signal.SIGSTOP)


class _Meter:
    """What was counted goes into the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def run(self, session: date, seconds: float, now: datetime) -> None:
        self._journal.write(NOTED, "complete", session.isoformat())

    def notice(self, kind: str, outcome: str) -> None:
        self._journal.write(NOTED, "notice", kind, outcome)

    def prices(self, session: date, now: datetime) -> None:
        """Nothing is said of it here."""

    def acknowledged(self, seconds: float) -> None:
        """Nobody asks anything."""


class _Painter:
    async def draw(self, pictures: Sequence[Picture]) -> Mapping[str, bytes]:
        return {picture.name: DOT for picture in pictures}
