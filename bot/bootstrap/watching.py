"""What can be seen from outside: metrics, health, and the HTTP port that shows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version

from bot.clock import SteadyClock
from bot.config import Role, Settings
from bot.ports import Calendar, Clock
from bot.slack.http import CommandsTaken, HttpBounds, Site
from bot.store import SqlStore
from bot.telemetry.health import (
    GRACE,
    Check,
    ClockCollector,
    DailyRunCheck,
    Health,
    SweepCheck,
    clock_check,
    store_check,
)
from bot.telemetry.metrics import PrometheusMetrics
from bot.telemetry.pages import pages
from bot.use_cases.daily import overdue


@dataclass(frozen=True)
class Watching:
    """Checks are added while the parts are put together; the site shows all of them."""

    metrics: PrometheusMetrics
    ticks: SweepCheck
    listening: CommandsTaken
    checks: dict[str, Check] = field(default_factory=dict)

    @classmethod
    def of(cls, role: Role, clock: Clock, calendar: Calendar | None, store: SqlStore) -> Watching:
        """For a role; calendar: None for one that must not wait for it."""
        metrics = PrometheusMetrics(clock, calendar, version("watchpoint"), role.value)
        metrics.ask("lanes_due", "Channels with something to be delivered now.", _due_channels(store, clock))
        metrics.ask("questions_open", "Questions that nobody works on yet.", _questions(store, clock))
        watching = cls(metrics, SweepCheck(clock), CommandsTaken())
        watching.checks["store"] = store_check(store.probe)
        if isinstance(clock, SteadyClock):
            watching.checks["clock"] = clock_check(clock)
            metrics.registry.register(ClockCollector(clock))
        if role is not Role.WORKER:
            watching.checks["slack"] = watching.listening.look
        return watching

    def look_after_runs(self, settings: Settings, clock: Clock, calendar: Calendar, store: SqlStore) -> None:
        """Look after the sweep and the daily run, too."""

        patience = timedelta(hours=settings.data_deadline)

        async def undecided(session: date) -> int:
            kept = await store.rules_behind(await store.teams(), session)
            return overdue(calendar, kept, session, clock.now() - patience - GRACE)

        self.checks["sweep"] = self.ticks.look
        self.checks["run"] = DailyRunCheck(clock, calendar, patience, undecided).look

    def site(self, settings: Settings) -> Site:
        """The HTTP port with its pages."""
        shown = pages(Health(self.checks), self.metrics)
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
