"""The roles assembled and run until they are told to stop; `run-digest` and `doctor` for operators."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bootstrap import roles
from bot.bootstrap.monitoring import Monitoring, examine_clock, keep_time, keep_time_by_slack
from bot.bootstrap.slack import Sleep, connect_slack, learn_workspace, secret_text
from bot.bootstrap.sources import calendar, open_market
from bot.bootstrap.storage import database_address, is_shared, jobs_of, require_shared, store_of
from bot.clock import SteadyClock
from bot.config import Role, Settings, Transport, environment_name
from bot.errors import BotError, Unavailable, UserError
from bot.jobs.worker import Worker
from bot.ports import Calendar, Clock, Examining, Finding, Level, Store
from bot.slack.client import server_time
from bot.slack.http import Site
from bot.slack.intake import Intake
from bot.store import room
from bot.use_cases.gather import MarketData, today
from bot.use_cases.portfolios.answers import NamedMixes

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.use_cases.daily_run import RunReport


log = logging.getLogger(__name__)

RENDERERS = 2
"""Processes that draw charts."""
LITTLE = 200e6
"""Bytes that must be left on the database's disk."""


@dataclass(frozen=True)
class Bot:
    """The assembled bot.

    app: what the transports drive, None where no commands are taken.
    shift: what must be finished before the end.  failed: set where the work cannot go on.
    calendar: of the exchange, None for the role `web`, which must not wait for it.
    catch_up: has all that is due now done, where this process works.
    """

    app: AsyncApp | None
    shift: Worker
    failed: asyncio.Event
    site: Site
    store: Store
    calendar: Calendar | None
    catch_up: Callable[[], Awaitable[None]]


@asynccontextmanager
async def assemble_bot(
    settings: Settings,
    clock: Clock,
    renderers: int = RENDERERS,
    role: Role = Role.ALL,
    sleep: Sleep = asyncio.sleep,
    turns: Clock | None = None,
) -> AsyncIterator[Bot]:
    """Open every part of a role in its place, until the block ends.

    renderers: processes, about 90 MB each; 0: charts are drawn in this one.
    sleep: how Slack's limits are waited for, in seconds of the clock.
    turns: the clock by which channels have their turns, where its seconds are not those of `clock`.
    The transport that drives it drains the shift before the block ends.
    """
    require_shared(settings, role)
    works, takes = role is not Role.WEB, role is not Role.WORKER
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(store_of(settings))
        jobs = await stack.enter_async_context(jobs_of(settings))
        out = await stack.enter_async_context(connect_slack(settings, clock, sleep, turns))
        await stack.enter_async_context(keep_time(clock, partial(server_time, out.client)))
        await stack.enter_async_context(learn_workspace(out.installation, store))
        exchange = await calendar(settings, clock) if works else None
        watching = Monitoring.of(role, clock, exchange, store)
        intake = Intake(
            store.inbox,
            jobs,
            out.messenger.tell,
            clock,
            limits=roles.request_limits(settings),
            expand=NamedMixes(store).expand,
        )
        app = roles.slack_app(settings, clock, intake, out, watching.metrics) if takes else None
        shift, failed = Worker(jobs, intake), asyncio.Event()
        catch_up: Callable[[], Awaitable[None]] = shift.idle
        if works:
            from bot.bootstrap.roles import start_worker

            room = start_worker(settings, clock, store, jobs, out, watching, renderers)
            worker = await stack.enter_async_context(room)
            catch_up = partial(worker.catch_up, shift)
            shift.begin(failed.set)
        stack.push_async_callback(shift.drain, 0.0)
        yield Bot(app, shift, failed, watching.site(settings), store, exchange, catch_up)


async def serve(settings: Settings, role: Role = Role.ALL) -> None:
    """Run a role until it is told to stop.

    Raises UserError that names every setting that is missing, SlackFault where Slack refuses the tokens,
    Unavailable where the work cannot go on: whoever supervises the process starts it anew.
    """
    from bot.telemetry import logs

    _require(settings, required_settings(settings, role))
    logs.configure(settings.log_level, settings.log_format, role.value)
    async with assemble_bot(settings, SteadyClock(), role=role) as bot:
        await listen(bot, settings, asyncio.Event(), log.info)


async def listen(bot: Bot, settings: Settings, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
    """Take commands over the transport that is set, or work only, until SIGINT, SIGTERM or `stop`.

    ready: called with a sentence once commands are taken; over HTTP it ends with the address.
    Raises Unavailable where the work could not go on.
    """
    from bot.slack.serve import serve_http, serve_socket, serve_worker

    watching = asyncio.create_task(_stop_on_failure(bot.failed, stop))
    try:
        if bot.app is None:
            await serve_worker(bot.shift, bot.site, stop=stop, ready=ready)
        elif settings.transport is Transport.HTTP:
            host, port = settings.host, settings.port
            secret = secret_text(settings.slack_signing_secret)
            await serve_http(
                bot.app, host, port, bot.shift, secret=secret, stop=stop, ready=ready, site=bot.site
            )
        else:
            token = secret_text(settings.slack_app_token)
            await serve_socket(bot.app, token, bot.shift, stop=stop, ready=ready, site=bot.site)
    finally:
        watching.cancel()
    bot.shift.check()


async def _stop_on_failure(failed: asyncio.Event, stop: asyncio.Event) -> None:
    await failed.wait()
    stop.set()


async def run_digest(settings: Settings, session: date, *, dry: bool) -> RunReport:
    """Decide a session now, as the daily run does; what is queued is delivered by who serves.

    The time is Slack's where this machine's clock is wrong; where Slack does not tell it, no session is
    decided without prices.
    dry: keep nothing.  Raises UserError where the day is no session or its prices have not settled.
    """
    from bot.bootstrap.roles import daily_run

    clock = SteadyClock()
    async with (
        store_of(settings) as store,
        keep_time_by_slack(clock, settings),
        open_market(settings, clock) as sources,
    ):
        watching = Monitoring.of(Role.WORKER, clock, sources.calendar, store)
        run = daily_run(settings, store, sources, watching.metrics)
        return await run.run(session, clock.now(), dry=dry)


async def doctor(settings: Settings) -> tuple[Finding, ...]:
    """Return what can be seen from outside: folder, database, clock, data source, Slack."""
    from bot.slack.client import inspect_installation

    clock = SteadyClock()
    async with keep_time_by_slack(clock, settings), open_market(settings, clock) as sources:
        time, data = examine_clock(clock), await examine_sources(sources)
        lists = await sources.lists.examine() if sources.lists else ()
    needs_app_token = settings.transport is Transport.SOCKET
    status = await inspect_installation(
        secret_text(settings.slack_bot_token),
        secret_text(settings.slack_app_token) if needs_app_token else None,
        str(settings.slack_api_url),
    )
    store = await _examine_store(settings)
    return (examine_home(settings.home), store, time, *data, *lists, *_secret(settings), *status.findings)


async def _examine_store(settings: Settings) -> Finding:
    """Return whether the database answers and has room."""
    try:
        async with store_of(settings) as store:
            teams = len(await store.teams())
    except BotError as fault:
        said = fault.in_full if isinstance(fault, Unavailable) else fault
        return Finding(Level.FAULT, f"The database cannot be used: {said}", "Set DATABASE_URL, or migrate.")
    left = room(database_address(settings))
    if left is not None and left < LITTLE:
        megabytes = f"{left / 1e6:.0f} MB are left on the disk of the database."
        return Finding(Level.FAULT, megabytes, "Make room: on a full disk nothing can be kept.")
    kind = "PostgreSQL" if is_shared(settings) else "SQLite"
    users = "1 workspace has" if teams == 1 else f"{teams} workspaces have"
    return Finding(Level.OK, f"The database ({kind}) answers; {users} rules or digests.")


def required_settings(settings: Settings, role: Role = Role.ALL) -> tuple[str, ...]:
    """Return the settings that a role cannot do without, by field."""
    if role is Role.WORKER:
        return ("slack_bot_token",)
    if settings.transport is Transport.HTTP:
        return ("slack_bot_token", "slack_signing_secret")
    return ("slack_bot_token", "slack_app_token")


def _secret(settings: Settings) -> tuple[Finding, ...]:
    if settings.transport is Transport.SOCKET or settings.slack_signing_secret:
        return ()
    advice = "Set SLACK_SIGNING_SECRET: it is under Basic Information of the app's settings."
    return (Finding(Level.FAULT, "There is no signing secret, which HTTP needs.", advice),)


def _require(settings: Settings, fields: Sequence[str]) -> None:
    missing = [environment_name(field) for field in fields if getattr(settings, field) is None]
    if missing:
        raise UserError(
            *(f"{name} is not set; `watchpoint doctor` says where to find it." for name in missing)
        )


PROBE = "SPY"
ROOM = 200 * 2**20
"""Bytes free below which the disk is said to be nearly full."""


def examine_home(home: Path) -> Finding:
    """Return whether the folder of the cache can be written to, and has room."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".doctor"
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError as fault:
        return Finding(
            Level.FAULT,
            f"The folder {home} cannot be written to: {fault.strerror}.",
            "Set WATCHPOINT_HOME to a folder that can.",
        )
    free = shutil.disk_usage(home).free
    if free < ROOM:
        return Finding(
            Level.FAULT,
            f"The disk of {home} has {free // 2**20} MB left.",
            "Make room, or move WATCHPOINT_HOME.",
        )
    return Finding(Level.OK, f"The cache is kept in {home}.")


async def examine_data(market_data: MarketData) -> Finding:
    """Return whether the first source that answers does so with the newest session."""
    try:
        history = await market_data.prices.history([PROBE], today(market_data))
    except BotError as fault:
        return Finding(Level.FAULT, f"Prices: {fault}", "Check the network and WATCHPOINT_DATA.")
    panel = history.panel
    settled = market_data.calendar.of(panel.exchanges[0].code).last_complete(market_data.clock.now())
    if panel.as_of < settled or history.notes:
        return Finding(Level.NOTE, f"Prices: {panel.source} answers, but not cleanly for {settled}.")
    return Finding(Level.OK, f"Prices: {panel.source} answers, newest session {panel.as_of}.")


async def examine_sources(market_data: MarketData) -> list[Finding]:
    """Say of each source whether it answers; of files, how they were read."""
    findings: list[Finding] = []
    for source in market_data.sources.values():
        if isinstance(source, Examining):
            findings += await source.examine()
        else:
            findings.append(await examine_data(replace(market_data, prices=source)))
    return findings
