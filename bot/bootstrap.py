"""Which concrete part stands where: the only place that picks them.

Slack ── Socket Mode | HTTP ── listeners ── reception ── inbox (store), queue (jobs)
                                                                            │
                                         answering ── CompareAnswers ──┬────┴── Desk: sample | Yahoo, cached
                                                                       ├── painter: worker processes
                                                                       └── messenger: Slack's Web API

command line ── compare_funds ── Desk;   painter: this process
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.commands import COMPARE
from bot.config import DataSource, Settings, Transport, environment_name
from bot.drawing import InlinePainter, PoolPainter
from bot.errors import UserError
from bot.market import known
from bot.ports import QUESTION, Clock, Finding, Handler, Level, Painter
from bot.use_cases.answering import Answering
from bot.use_cases.compare import CompareAnswers, CompareDoor, Desk, Mentioned
from bot.use_cases.doctor import examine_data, examine_home

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.jobs.shift import Shift

log = logging.getLogger(__name__)

CACHE = "cache"
DATABASE = "watchpoint.db"
WORKERS = 2
"""Processes that draw charts."""
AT_ONCE = 16
"""Questions that are answered side by side."""


@asynccontextmanager
async def desk(settings: Settings, clock: Clock) -> AsyncIterator[Desk]:
    """Where prices and fund facts come from; never another source than the one that was set."""
    from bot.market.calendar import ExchangeCalendar

    calendar = ExchangeCalendar()
    # Its first use takes half a second, which no acknowledgement should wait for.
    await asyncio.to_thread(calendar.last_complete, clock.now())
    if settings.data is DataSource.SAMPLE:
        from bot.market.sample import SampleMarket

        sample = SampleMarket(calendar, clock)
        yield Desk(sample, sample, calendar, clock)
        return
    from bot.market.cache import CachedMarket
    from bot.market.yahoo import YahooMarket

    yahoo = YahooMarket(calendar, clock, settings.home)
    try:
        cached = CachedMarket(yahoo, calendar, clock, settings.home / CACHE)
        yield Desk(cached, cached, calendar, clock)
    finally:
        yahoo.close()


def painter(settings: Settings) -> Painter:
    """For the command line: draws in this process."""
    return InlinePainter(settings.home / CACHE)


@asynccontextmanager
async def _worker_processes(settings: Settings, workers: int) -> AsyncIterator[Painter]:
    pool = PoolPainter(settings.home / CACHE, workers)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.aclose()


@dataclass(frozen=True)
class Bot:
    """The assembled bot: what the transports drive, and the work that must be finished before it ends.

    failed: set where the work cannot go on, so that the process ends and is started anew.
    """

    app: AsyncApp
    shift: Shift
    failed: asyncio.Event


@asynccontextmanager
async def assembled(settings: Settings, clock: Clock, workers: int = WORKERS) -> AsyncIterator[Bot]:
    """Every part in its place, until the block ends; workers: processes that draw, about 90 MB each.

    The transport that drives it drains the shift before the block ends.
    """
    from bot import store
    from bot.jobs.memory import embedded
    from bot.jobs.shift import Shift
    from bot.slack.app import build_app
    from bot.slack.client import connected
    from bot.slack.messenger import SlackMessenger
    from bot.slack.reception import Reception
    from bot.telemetry.metrics import Metrics

    async with (
        store.opened(_database(settings)) as kept,
        desk(settings, clock) as sources,
        _worker_processes(settings, workers) as pool,
        connected(_open(settings.slack_bot_token), str(settings.slack_api_url)) as client,
    ):
        messenger, queue = SlackMessenger(client, clock), embedded()
        reception = Reception(kept.inbox, queue, messenger.tell, clock)
        doors: dict[str, Handler] = {COMPARE.name: CompareDoor(clock, hint)}
        app = build_app(
            client=client,
            signing_secret=_open(settings.slack_signing_secret) or None,
            commands=doors,
            mention=Mentioned(doors),
            presses={},
            forms={},
            reception=reception,
            clock=clock,
            meter=Metrics(clock, sources.calendar, version("watchpoint"), "all"),
        )
        answers = {COMPARE.name: CompareAnswers(sources, pool, messenger).answer}
        answering = Answering(kept.inbox, messenger.tell, answers, clock)
        queue.on(QUESTION, answering.work, AT_ONCE)
        await queue.enqueue(await answering.waiting())
        bot = Bot(app, Shift(queue, reception), asyncio.Event())
        bot.shift.begin(bot.failed.set)
        try:
            yield bot
        finally:
            await bot.shift.drain(0.0)


async def serve(settings: Settings) -> None:
    """Run the bot until it is told to stop.

    Raises UserError that names every setting that is missing, SlackFault where Slack refuses the tokens.
    """
    _require(settings, serving(settings))
    async with assembled(settings, SystemClock()) as bot:
        await listen(bot, settings, asyncio.Event(), log.info)


async def listen(bot: Bot, settings: Settings, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
    """Take commands over the transport that is set until SIGINT, SIGTERM or `stop`.

    ready: called with a sentence once commands are taken; over HTTP it ends with the address.
    Raises Unavailable where the work could not go on.
    """
    from bot.slack.serve import serve_http, serve_socket

    watching = asyncio.create_task(_pass_on(bot.failed, stop))
    try:
        if settings.transport is Transport.HTTP:
            await serve_http(bot.app, settings.host, settings.port, bot.shift, stop=stop, ready=ready)
        else:
            token = _open(settings.slack_app_token)
            await serve_socket(bot.app, token, bot.shift, stop=stop, ready=ready)
    finally:
        watching.cancel()
    bot.shift.check()


async def _pass_on(failed: asyncio.Event, stop: asyncio.Event) -> None:
    await failed.wait()
    stop.set()


async def doctor(settings: Settings) -> tuple[Finding, ...]:
    """What can be seen from outside: folder, data source, Slack."""
    from bot.slack.inspect import inspect

    clock = SystemClock()
    async with desk(settings, clock) as sources:
        data = await examine_data(sources)
    needs_app_token = settings.transport is Transport.SOCKET
    status = await inspect(
        _open(settings.slack_bot_token),
        _open(settings.slack_app_token) if needs_app_token else None,
        str(settings.slack_api_url),
    )
    return (examine_home(settings.home), data, *_secret(settings), *status.findings)


def serving(settings: Settings) -> tuple[str, ...]:
    """The settings that `serve` cannot do without, by field."""
    if settings.transport is Transport.HTTP:
        return ("slack_bot_token", "slack_signing_secret")
    return ("slack_bot_token", "slack_app_token")


def hint(symbol: str) -> Sequence[str]:
    """The known symbols most like one that is not known; none for one that is."""
    return () if symbol in known.NAMES else known.nearest(symbol)


def _secret(settings: Settings) -> tuple[Finding, ...]:
    if settings.transport is Transport.SOCKET or settings.slack_signing_secret:
        return ()
    advice = "Set SLACK_SIGNING_SECRET: it is under Basic Information of the app's settings."
    return (Finding(Level.FAULT, "There is no signing secret, which HTTP needs.", advice),)


def _database(settings: Settings) -> str:
    """Where the store is: the database that is set, else a file in the home folder."""
    return _open(settings.database_url) or f"sqlite:///{settings.home / DATABASE}"


def _require(settings: Settings, fields: Sequence[str]) -> None:
    missing = [environment_name(field) for field in fields if getattr(settings, field) is None]
    if missing:
        raise UserError(
            *(f"{name} is not set; `watchpoint doctor` says where to find it." for name in missing)
        )


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
