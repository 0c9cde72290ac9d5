"""The process that is killed: the working half of the bot as bootstrap assembles it, each step in a journal.

Put in its place: the clock, the prices (the sample market in a weather), and the chart renderer, which gives
one small picture for every other; for drawing is not tried here and would take nine tenths of the time.
A rule is weighed in few worlds, for the same reason.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pydantic import SecretStr

from analytics.watch.preflight import preflight
from analytics.watch.worlds import FEWEST_PATHS
from bot.bootstrap import roles as assembly
from bot.bootstrap.monitoring import ROUND, Monitoring, keep_time
from bot.bootstrap.slack import SlackClients
from bot.config import DataSource, Role, Settings, SourceChoice
from bot.errors import BotError
from bot.jobs.postgres import postgres_queue
from bot.jobs.queue import STALE, TaskQueue, memory_queue
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.model import ChannelKey, Notice, Request
from bot.ports import Delivered, Document, Ours, Place
from bot.render.chart_specs import ChartSpec
from bot.render.message import Message
from bot.slack import client as slack_client
from bot.slack.client import server_time
from bot.slack.directory import Installation, SlackChannels, SlackUsers
from bot.slack.messenger import SlackMessenger
from bot.slack.publisher import SlackHomeTabs, SlackPublisher
from bot.slack.rate_limit import RateLimit
from bot.store import SqlStore, open_store
from bot.store.inbox import SqlInbox
from bot.store.outbox import SqlOutbox
from bot.use_cases.deliver import Delivery
from bot.use_cases.gather import MarketData
from bot.use_cases.inbox import LONGEST, RequestWorker
from bot.use_cases.outcomes import worth
from bot.use_cases.scheduler import DELIVER, RUN
from tests.fakes.workspace import BOT_TOKEN
from tests.reliability.clock import FastClock, Reckoning, WorkersClock
from tests.reliability.journal import NOTED, Journal
from tests.reliability.market import Weather, WeatheredMarket

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)

BEFORE_CHECK, AFTER_CHECK, AFTER_ANSWER = "before the check", "after the check", "after the answer"
"""Points at which a worker can be told to stop itself, once."""
STEPS = {RUN: "run", DELIVER: "lane"}


@dataclass(frozen=True)
class Orders:
    """What a worker is started with.

    halt: where it stops itself at its first post, if anywhere.
    linger: real seconds that it stands still at either end of a short step of an answer.
    supervisor: the process it works for.
    """

    name: str
    folder: Path
    database: str
    api_url: str
    reckoning: Reckoning
    weather: Weather
    halt: str = ""
    linger: float = 0.0
    supervisor: int = field(default_factory=os.getpid)

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
    worth.preflight = partial(preflight, paths=FEWEST_PATHS)  # type: ignore[attr-defined]
    try:
        asyncio.run(_work(orders))
    except BotError:
        logging.getLogger(__name__).exception("The work cannot go on")
        raise SystemExit(1) from None


async def _work(orders: Orders) -> None:
    time, journal = FastClock(orders.reckoning), Journal(orders.journal)
    clock = WorkersClock(time)
    market_data = _desk(orders, time, clock, journal)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(orders.database))
        client = await stack.enter_async_context(slack_client.slack_client(BOT_TOKEN, orders.api_url))
        _note_steps(store, journal, orders.linger)
        every = ROUND / time.speed
        await stack.enter_async_context(keep_time(clock, partial(server_time, client), every))
        pace = RateLimit(clock, time.sleep)
        publisher = _Publisher(SlackPublisher(client, clock, pace, time.sleep), journal, orders.halt)
        messenger = SlackMessenger(client, clock, time.sleep, pace=pace)
        _note_posts(messenger, journal)
        out = SlackClients(
            client,
            Installation(client),
            messenger,
            publisher,
            SlackUsers(client, clock),
            SlackChannels(client, clock),
            SlackHomeTabs(client, clock, time.sleep),
        )
        watching = Monitoring.of(Role.WORKER, clock, market_data.calendar, store)
        watching.metrics.notice = partial(journal.write, NOTED, "notice")  # type: ignore[method-assign]
        jobs = _jobs(orders)
        stack.push_async_callback(jobs.aclose)
        renderer = _Renderer(journal, orders.linger)
        stack.enter_context(_put_in_place(orders, time, market_data, renderer))
        noted: Any = _Jobs(jobs, journal)
        room = assembly.start_worker(_settings(orders), clock, store, noted, out, watching, renderers=0)
        await stack.enter_async_context(room)
        watching_over = asyncio.create_task(_end_with(orders.supervisor))
        await jobs.run(asyncio.Event())
        watching_over.cancel()


async def _end_with(supervisor: int) -> None:
    """A worker whose supervisor is gone has nobody to work for; its parent is another, which stays."""
    while Path(f"/proc/{supervisor}").exists():  # noqa: ASYNC110, ASYNC240 (nothing tells of it)
        await asyncio.sleep(1.0)
    os._exit(1)


def _settings(orders: Orders) -> Settings:
    database = SecretStr(orders.database)
    return Settings(data=(SourceChoice(DataSource.SAMPLE),), home=orders.folder, DATABASE_URL=database)  # type: ignore[call-arg]


def _put_in_place(orders: Orders, time: FastClock, market_data: MarketData, renderer: _Renderer) -> Any:
    """Of bootstrap's parts those that are ours, and waits that go by our clock."""

    @asynccontextmanager
    async def given(thing: Any, *_: object) -> AsyncIterator[Any]:
        yield thing

    return patch.multiple(
        assembly,
        open_market=partial(given, market_data),
        open_renderer=partial(given, renderer),
        worker_name=lambda: orders.name,
        WorkingRole=partial(
            assembly.WorkingRole, every=assembly.ROUND / time.speed, look=assembly.LOOK / time.speed
        ),
        Delivery=partial(Delivery, sleep=time.sleep),
        RequestWorker=partial(RequestWorker, sleep=time.sleep, longest=LONGEST / time.speed),
    )


def _jobs(orders: Orders) -> TaskQueue:
    if orders.database.startswith("sqlite"):
        return memory_queue()
    return postgres_queue(orders.database, stale=max(STALE / orders.reckoning.speed, 1.0))


def _desk(orders: Orders, time: FastClock, clock: WorkersClock, journal: Journal) -> MarketData:
    """The market knows no prices of days to come, whatever the worker's clock says."""
    calendar = ExchangeCalendar()
    market = WeatheredMarket(SampleMarket(calendar, time), calendar, time, orders.weather)
    prices = _Prices(market, journal)
    return MarketData(prices, prices, calendar, clock)


def _note_steps(store: SqlStore, journal: Journal, linger: float) -> None:
    store.inbox = _Inbox(store.inbox, journal, linger)  # type: ignore[assignment]
    store.commit = partial(_commit, journal, store.commit)  # type: ignore[method-assign]
    store.outbox = _Outbox(store.outbox, journal)  # type: ignore[assignment]


async def _commit(journal: Journal, commit: Callable[..., Awaitable[Any]], outcomes: Sequence[Any]) -> Any:
    async with journal.step("commit"):
        return await commit(outcomes)


class _Jobs:
    """Runs and channels."""

    def __init__(self, jobs: TaskQueue, journal: Journal) -> None:
        self._jobs, self._journal = jobs, journal
        self.enqueue = jobs.enqueue

    def on(self, kind: str, handler: Callable[[str], Awaitable[None]], at_once: int) -> None:
        async def step(key: str) -> None:
            async with self._journal.step(STEPS.get(kind, kind), key):
                await handler(key)

        self._jobs.on(kind, step, at_once)


class _Prices:
    """Prices and facts."""

    def __init__(self, market: WeatheredMarket, journal: Journal) -> None:
        self._market, self._journal = market, journal
        self.profiles = market.profiles

    async def history(self, symbols: Sequence[str], through: date) -> Any:
        async with self._journal.step("fetch"):
            return await self._market.history(symbols, through)


class _Outbox:
    """Claims and records."""

    def __init__(self, outbox: SqlOutbox, journal: Journal) -> None:
        self._outbox, self._journal = outbox, journal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)

    async def claim(
        self, channel_key: ChannelKey, now: datetime, lease: timedelta, holder: str
    ) -> Notice | None:
        async with self._journal.step("claim", f"{channel_key.team}/{channel_key.channel}"):
            return await self._outbox.claim(channel_key, now, lease, holder)

    async def mark_sent(self, notice: Notice, ts: str | None, picture: str | None = None) -> None:
        async with self._journal.step("record", notice.key):
            await self._outbox.mark_sent(notice, ts, picture)


class _Inbox:
    """Questions are taken, and noted as answered."""

    def __init__(self, inbox: SqlInbox, journal: Journal, linger: float) -> None:
        self._inbox, self._journal, self._linger = inbox, journal, linger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inbox, name)

    async def claim(self, now: datetime, lease: timedelta) -> Request | None:
        async with self._journal.step("take"):
            await asyncio.sleep(self._linger)
            found = await self._inbox.claim(now, lease)
            await asyncio.sleep(self._linger)
            return found

    async def mark_done(self, team: str, id_: str) -> None:
        async with self._journal.step("note", id_):
            await asyncio.sleep(self._linger)
            await self._inbox.mark_done(team, id_)
            await asyncio.sleep(self._linger)


def _note_posts(messenger: SlackMessenger, journal: Journal) -> None:
    """Of an answer its uploads, its post, and the look for one that may be there."""
    uploads, shares, find = messenger._sender.uploads, messenger._shares, messenger.find

    def noted(name: str, call: Callable[..., Awaitable[Any]]) -> Any:
        async def step(*given: Any, **named: Any) -> Any:
            async with journal.step(name):
                return await call(*given, **named)

        return step

    async def look(place: Place, key: str, since: datetime, files: Sequence[str] = ()) -> Delivered | None:
        async with journal.step("look", key):
            found = await find(place, key, since, files)
        journal.write(NOTED, "found" if found else "not found", key)
        return found

    uploads.upload = noted("upload", uploads.upload)  # type: ignore[method-assign]
    uploads.upload_file = noted("upload", uploads.upload_file)  # type: ignore[method-assign]
    shares.share = noted("post", shares.share)  # type: ignore[method-assign]
    messenger._sender.post = noted("post", messenger._sender.post)  # type: ignore[method-assign]
    messenger.find = look  # type: ignore[method-assign]


class _Publisher:
    """Posts, rewrites and looks."""

    def __init__(self, publisher: SlackPublisher, journal: Journal, halt: str) -> None:
        self._publisher, self._journal, self._halt = publisher, journal, halt
        self.link = publisher.link

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
        self,
        place: Place,
        ts: str,
        message: Message,
        pictures: Mapping[str, bytes],
        ours: Ours,
        files: Mapping[str, str] | None = None,
    ) -> Delivered:
        async with self._journal.step("rewrite", f"{place.channel}/{ts}"):
            return await self._publisher.rewrite(place, ts, message, pictures, ours, files)

    async def share(
        self, place: Place, words: str, documents: Sequence[Document], key: str, ours: Ours
    ) -> Delivered:
        async with self._journal.step("post", key):
            return await self._publisher.share(place, words, documents, key, ours)

    async def find_shared(self, place: Place, names: Sequence[str], since: datetime) -> str | None:
        async with self._journal.step("look", ", ".join(names)):
            return await self._publisher.find_shared(place, names, since)

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        async with self._journal.step("look", key):
            found = await self._publisher.find(place, key, since)
        self._journal.write(NOTED, "found" if found else "not found", key)
        return found

    def _stop_at(self, point: str) -> None:
        if self._halt == point:
            self._halt = ""
            self._journal.write(NOTED, "stopped")
            os.kill(os.getpid(), signal.SIGSTOP)


class _Renderer:
    def __init__(self, journal: Journal, linger: float) -> None:
        self._journal, self._linger = journal, linger

    async def draw(self, pictures: Sequence[ChartSpec], turn: str = "") -> Mapping[str, bytes]:
        async with self._journal.step("draw"):
            await asyncio.sleep(5 * self._linger)
        return {picture.name: DOT for picture in pictures}
