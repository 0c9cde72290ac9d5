"""What is seen of a machine's clock that leaps: a check in words, and figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.clock import Leap, SteadyClock
from bot.telemetry.health import Check, span


def unleapt(clock: SteadyClock) -> Check:
    """A check that the machine's clock is right."""

    async def look() -> str:
        clock.now()
        return f"The clock {words(clock.leap)}; it is not followed." if clock.leap else ""

    return look


def words(leap: Leap) -> str:
    """Say what a clock did: "leapt ahead by 10 days at 2026-01-20 21:16 UTC"."""
    way = "ahead" if leap.by > timedelta() else "back"
    return f"leapt {way} by {span(abs(leap.by))} at {leap.at:%Y-%m-%d %H:%M} UTC"


class ClockFigures:
    """A collector: how often the clock leapt, and how far it is off now."""

    def __init__(self, clock: SteadyClock) -> None:
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """What is known now."""
        ahead = self._clock.ahead.total_seconds()
        what = "Leaps of the machine's clock since the start; that it came right again is none."
        yield CounterMetricFamily("watchpoint_clock_leaps", what, value=self._clock.leaps)
        what = "How far the machine's clock is ahead of the time that is gone by."
        yield GaugeMetricFamily("watchpoint_clock_ahead_seconds", what, value=ahead)

    def describe(self) -> Iterator[Metric]:
        """Nothing: the registry would otherwise look once when it is told of this."""
        return iter(())
