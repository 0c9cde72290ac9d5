"""What can be seen from outside: metrics, health, the HTTP port; the machine's clock against Slack's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from importlib.metadata import version

from bot.bootstrap.slack import secret_text
from bot.clock import TOLERANCE, SteadyClock
from bot.config import Role, Settings
from bot.ports import Calendar, Clock, Finding, Level
from bot.slack.http import CommandsTaken, HttpBounds, Site
from bot.store import SqlStore
from bot.telemetry.health import (
    GRACE,
    Check,
    ClockCollector,
    DailyRunCheck,
    Health,
    SchedulerCheck,
    clock_check,
    duration_words,
    leap_words,
    store_check,
)
from bot.telemetry.metrics import PrometheusMetrics
from bot.telemetry.pages import pages
from bot.use_cases.daily_run import count_overdue


@dataclass(frozen=True)
class Monitoring:
    """Checks are added while the parts are put together; the site shows all of them.

    remarks: what the site says beside them.
    """

    metrics: PrometheusMetrics
    ticks: SchedulerCheck
    listening: CommandsTaken
    checks: dict[str, Check] = field(default_factory=dict)
    remarks: dict[str, Callable[[], str]] = field(default_factory=dict)

    @classmethod
    def of(cls, role: Role, clock: Clock, calendar: Calendar | None, store: SqlStore) -> Monitoring:
        """Set up the monitoring of a role; calendar: None for one that must not wait for it."""
        metrics = PrometheusMetrics(clock, calendar, version("watchpoint"), role.value)
        metrics.ask("lanes_due", "Channels with something to be delivered now.", _due_channels(store, clock))
        metrics.ask("questions_open", "Questions that nobody works on yet.", _questions(store, clock))
        watching = cls(metrics, SchedulerCheck(clock), CommandsTaken())
        watching.checks["store"] = store_check(store.probe)
        if isinstance(clock, SteadyClock):
            watching.checks["clock"] = clock_check(clock)
            metrics.registry.register(ClockCollector(clock))
        if role is not Role.WORKER:
            watching.checks["slack"] = watching.listening.look
        return watching

    def watch_runs(self, settings: Settings, clock: Clock, calendar: Calendar, store: SqlStore) -> None:
        """Look after the sweep and the daily run, too."""

        patience = timedelta(hours=settings.data_deadline)

        async def undecided(session: date) -> int:
            stored_rules = await store.rules_behind(await store.teams(), session)
            return count_overdue(calendar, stored_rules, session, clock.now() - patience - GRACE)

        self.checks["sweep"] = self.ticks.look
        self.checks["run"] = DailyRunCheck(clock, calendar, patience, undecided).look

    def watch_sources(self, sources: Sequence[str]) -> None:
        """Show where prices come from, in order of trust, and whether two sources agree."""
        named = ", then ".join(sources)
        several = len(sources) > 1
        self.remarks["sources"] = lambda: f"{named}: {self.metrics.source_words()}" if several else named

    def site(self, settings: Settings) -> Site:
        """Build the HTTP port with its pages."""
        shown = pages(Health(self.checks, self.remarks), self.metrics)
        bounds = HttpBounds(settings.connections, settings.keep_alive, self.metrics.count_refusal)
        return Site(settings.host, settings.port, shown, self.listening, bounds)


Figure = Callable[[], Awaitable[float]]


def _due_channels(store: SqlStore, clock: Clock) -> Figure:
    async def count() -> float:
        return len(await store.outbox.due_channels(clock.now()))

    return count


def _questions(store: SqlStore, clock: Clock) -> Figure:
    async def count() -> float:
        return len(await store.inbox.open(clock.now()))

    return count


log = logging.getLogger(__name__)

ROUND = 30.0
"""Seconds between two looks at the clock."""
SOON = 5.0
"""Seconds until the next look while nobody knows what time it is."""
FRESH = 3600.0
"""Seconds after which Slack is asked again although nothing has leapt."""
FIRST = 5.0
"""Seconds that Slack has for its first answer before the work begins without one."""

Ask = Callable[[], Awaitable[datetime | None]]
"""Gives the time by another clock, None where it does not say."""


class Timekeeper:
    """Compares a clock with another one: at the start, after each leap, and once an hour."""

    def __init__(self, clock: SteadyClock, ask: Ask) -> None:
        self._clock, self._ask = clock, ask
        self._asked = 0.0
        self._leaps = 0

    async def look(self) -> None:
        """Ask where there is something to ask for, and log what has leapt."""
        at = self._clock.monotonic()
        if not self._clock.settled or at - self._asked > FRESH:
            told = await self._ask()
            if told is not None:
                self._clock.settle(told)
                self._asked = at
        self._log()

    def _log(self) -> None:
        leap, leaps = self._clock.leap, self._clock.leaps
        if leap and leaps != self._leaps:
            log.error("The machine's clock %s; it is not followed", leap_words(leap))
        self._leaps = leaps


@asynccontextmanager
async def keep_time(clock: object, ask: Ask, every: float = ROUND) -> AsyncIterator[None]:
    """Compare the clock until the block ends, for the first time before it begins.

    clock: one that is no `SteadyClock` is left alone.  every: seconds between two looks.
    """
    if not isinstance(clock, SteadyClock):
        yield
        return
    keeper = Timekeeper(clock, ask)
    with suppress(TimeoutError):
        await asyncio.wait_for(keeper.look(), FIRST)
    going_on = asyncio.create_task(_keep_comparing(keeper, clock, every))
    try:
        yield
    finally:
        going_on.cancel()
        with suppress(asyncio.CancelledError):
            await going_on


@asynccontextmanager
async def keep_time_by_slack(clock: SteadyClock, settings: Settings) -> AsyncIterator[None]:
    """Compare the clock with Slack's until the block ends: for a command that needs nothing else of Slack.

    Without a token Slack refuses, and its refusal tells the time.
    """
    from bot.slack.client import server_time, slack_client

    token, url = secret_text(settings.slack_bot_token) or None, str(settings.slack_api_url)
    async with slack_client(token, url) as client, keep_time(clock, partial(server_time, client)):
        yield


def examine_clock(clock: SteadyClock) -> Finding:
    """Say whether the machine's clock is right, for `watchpoint doctor`."""
    if not clock.settled:
        unknown = "Slack did not tell the time, so nobody knows whether the clock of this machine is right."
        return Finding(Level.NOTE, unknown)
    ahead = clock.ahead
    if abs(ahead) <= TOLERANCE:
        return Finding(Level.OK, "The clock of this machine agrees with Slack's within a minute.")
    way = "ahead of" if ahead > timedelta() else "behind"
    wrong = f"The clock of this machine is {way} Slack's by {duration_words(abs(ahead))}."
    return Finding(Level.FAULT, wrong, "Set it right: the bot goes by Slack's, where Slack answers.")


async def _keep_comparing(keeper: Timekeeper, clock: SteadyClock, every: float) -> None:
    while True:
        await asyncio.sleep(every if clock.settled else min(every, SOON))
        try:
            await keeper.look()
        except Exception:
            log.exception("The clock could not be compared; the next look is in %.0f s", every)
