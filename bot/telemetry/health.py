"""Health checks: each says in plain words what is wrong; leaps of the machine's clock are one of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.clock import Leap, SteadyClock
from bot.errors import Unavailable
from bot.ports import Calendar, Clock

log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[str]]
"""Gives what is wrong as a sentence, "" where all is well."""
Remark = Callable[[], str]
"""Gives what is to be known of a subject now, without asking anybody."""
PATIENCE = 3.0
"""Seconds that one check may take."""
SWEPT = timedelta(minutes=5)
"""How long ago the last sweep may be."""
GRACE = timedelta(minutes=15)
"""For the run that begins when the deadline is over."""


@dataclass(frozen=True)
class HealthReport:
    """What the checks found.

    faults: sentences by the names of those that failed.  remarks: what else is to be known, by its subject.
    """

    checks: tuple[str, ...]
    faults: Mapping[str, str]
    remarks: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether work may be sent here."""
        return not self.faults


class Health:
    """The checks of this process, by name.  remarks: what is said beside them, and is no fault."""

    def __init__(self, checks: Mapping[str, Check], remarks: Mapping[str, Remark] | None = None) -> None:
        self._checks, self._remarks = dict(checks), dict(remarks or {})

    async def ready(self) -> HealthReport:
        """Ask all of them; one that fails or takes too long is a fault."""
        said = await asyncio.gather(*(self._ask(name, check) for name, check in self._checks.items()))
        faults = {name: words for name, words in zip(self._checks, said, strict=True) if words}
        return HealthReport(tuple(self._checks), faults, {name: say() for name, say in self._remarks.items()})

    async def _ask(self, name: str, check: Check) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                return await check()
        except TimeoutError:
            return f"The check took more than {PATIENCE:.0f} s."
        except Exception as error:
            # What it says may hold an address with a password: that belongs into the log, not on a page.
            log.warning("The check %s failed: %s", name, error)
            return f"The check failed: {type(error).__name__}."


def store_check(ask: Callable[[], Awaitable[object]]) -> Check:
    """Return a check that the store can be used.  ask: has it do a little; what it raises is the fault."""

    async def look() -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                await ask()
        except Unavailable as fault:
            log.warning("The store cannot be used: %s", fault.in_full)
            return f"The store cannot be used: {fault.cause}."
        except Exception as error:
            log.warning("The store cannot be reached: %s", error)
            return f"The store cannot be reached ({type(error).__name__})."
        return ""

    return look


class SchedulerCheck:
    """Check that the scheduler looked for what is due.  most: how long ago that may be."""

    def __init__(self, clock: Clock, most: timedelta = SWEPT) -> None:
        self._clock, self._most, self._last = clock, most, clock.now()

    def note_sweep(self) -> None:
        """Note that a sweep came to its end."""
        self._last = self._clock.now()

    async def look(self) -> str:
        """Run the check; a process that has just started is given as long as any other."""
        ago = self._clock.now() - self._last
        if ago <= self._most:
            return ""
        return f"The last sweep ended {duration_words(ago)} ago; {duration_words(self._most)} are allowed."


class DailyRunCheck:
    """Knows whether the daily run is late, by the store: however many processes share the work.

    deadline: how long after a session has settled its prices are waited for.
    undecided: how many rules have not come to a session.
    """

    def __init__(
        self,
        clock: Clock,
        calendar: Calendar,
        deadline: timedelta,
        undecided: Callable[[date], Awaitable[int]],
    ) -> None:
        self._clock, self._calendar, self._deadline, self._undecided = clock, calendar, deadline, undecided

    async def look(self) -> str:
        """Check that every rule has come to the newest session whose deadline is over."""
        now = self._clock.now()
        session = self._calendar.last_complete(now - self._deadline - GRACE)
        late = await self._undecided(session)
        if not late:
            return ""
        ago = duration_words(now - self._calendar.settles(session))
        rules = "One rule has" if late == 1 else f"{late} rules have"
        return f"{rules} not come to the session of {session}, which settled {ago} ago."


def duration_words(length: timedelta) -> str:
    """Name a length of time: "12 minutes", "9 hours", "10 days"."""
    minutes = round(length.total_seconds() / 60)
    units = ((1, "minute"), (60, "hour"), (1440, "day"))
    size, unit = next((each for each in reversed(units) if minutes >= 2 * each[0]), units[0])
    number = round(minutes / size)
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def clock_check(clock: SteadyClock) -> Check:
    """Return a check that the machine's clock is right."""

    async def look() -> str:
        clock.now()
        return f"The clock {leap_words(clock.leap)}; it is not followed." if clock.leap else ""

    return look


def leap_words(leap: Leap) -> str:
    """Say what a clock did: "leapt ahead by 10 days at 2026-01-20 21:16 UTC"."""
    way = "ahead" if leap.by > timedelta() else "back"
    return f"leapt {way} by {duration_words(abs(leap.by))} at {leap.at:%Y-%m-%d %H:%M} UTC"


class ClockCollector:
    """A collector: how often the clock leapt, and how far it is off now."""

    def __init__(self, clock: SteadyClock) -> None:
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Yield what is known now."""
        ahead = self._clock.ahead.total_seconds()
        what = "Leaps of the machine's clock since the start; that it came right again is none."
        yield CounterMetricFamily("watchpoint_clock_leaps", what, value=self._clock.leaps)
        what = "How far the machine's clock is ahead of the time that is gone by."
        yield GaugeMetricFamily("watchpoint_clock_ahead_seconds", what, value=ahead)

    def describe(self) -> Iterator[Metric]:
        """Describe nothing: the registry would otherwise look once when it is told of this."""
        return iter(())
