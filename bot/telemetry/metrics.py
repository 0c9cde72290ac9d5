"""What can be seen from outside, in Prometheus' form: the `Meter` port, and what is worked out at each look.

Every name begins with `watchpoint_`.  What a process has not seen yet is left out, never 0.
"""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric

from bot.model import NoticeKind
from bot.ports import Calendar, Clock, HttpRefusal, Understood

if TYPE_CHECKING:
    from analytics.watch.crosscheck import Agreement

log = logging.getLogger(__name__)

OUTCOMES = ("sent", "possibly repeated", "put back", "dropped", "stopped")
RUN_BUCKETS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
ACK_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""Seconds; after three Slack tells the person that the app did not answer."""
PATIENCE = 2.0
"""Seconds that a look waits for a figure that somebody must be asked for."""


class PrometheusMetrics:
    """Counts and measures, in a registry of its own.

    calendar: None where there is none (the role `web`): what depends on it is left out.
    """

    def __init__(self, clock: Clock, calendar: Calendar | None, version: str, role: str) -> None:
        self.registry = CollectorRegistry()
        self._clock, self._calendar = clock, calendar
        self._ran: tuple[date, datetime] | None = None
        self._priced: tuple[date, datetime] | None = None
        self._compared: Agreement | None = None
        self._asked: list[tuple[Gauge, Callable[[], Awaitable[float]]]] = []
        self._run_seconds, self._acks = _run_histogram(self.registry), _ack_histogram(self.registry)
        self._notices, self._refused = _notice_counter(self.registry), _refusal_counter(self.registry)
        self._understood = _understood_counter(self.registry)
        build = Info("watchpoint_build", "What runs here.", registry=self.registry)
        build.info({"version": version, "role": role, "python": platform.python_version()})
        ProcessCollector(registry=self.registry)
        self.registry.register(_AtEachLook(self._look))

    def run(self, session: date, seconds: float, now: datetime) -> None:
        """Record that a daily run came to its end."""
        self._run_seconds.observe(seconds)
        self._ran = _newer_session(self._ran, session), now

    def notice(self, kind: str, outcome: str) -> None:
        """Count a notice as "sent", "possibly repeated", "put back", "dropped" or "stopped"."""
        self._notices.labels(kind, outcome).inc()

    def prices(self, session: date, now: datetime) -> None:
        """Record the newest session with prices."""
        self._priced = _newer_session(self._priced, session), now

    def sources(self, compared: Agreement) -> None:
        """Record what holding prices against a second source came to."""
        self._compared = compared

    def source_words(self) -> str:
        """Say what the last comparison of two sources came to."""
        return self._compared.words if self._compared else "not held against each other yet"

    def observe_ack(self, seconds: float) -> None:
        """Record how long a command took to be acknowledged."""
        self._acks.observe(seconds)

    def count_refusal(self, reason: HttpRefusal) -> None:
        """Count a connection or request that the HTTP port did not take."""
        self._refused.labels(reason.value).inc()

    def count_understood(self, kind: Understood) -> None:
        """Count what was said in other words than the grammar's, without them."""
        self._understood.labels(kind.value).inc()

    def ask(self, name: str, what: str, figure: Callable[[], Awaitable[float]]) -> None:
        """Show one more figure, asked for at each look, e.g. of the store; name: without `watchpoint_`."""
        self._asked.append((Gauge(f"watchpoint_{name}", what, registry=self.registry), figure))

    async def refresh(self) -> None:
        """Ask for the figures that somebody must be asked for; NaN for one that cannot be had now."""
        await asyncio.gather(*(self._refresh(gauge, figure) for gauge, figure in self._asked))

    async def _refresh(self, gauge: Gauge, figure: Callable[[], Awaitable[float]]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                gauge.set(await figure())
        except Exception as error:
            log.warning("A figure of /metrics could not be had: %s %s", type(error).__name__, error)
            gauge.set(float("nan"))

    def _look(self) -> Iterator[Metric]:
        """Yield what changes with the time alone."""
        if self._ran:
            session, at = self._ran
            of = _midnight(session)
            yield _gauge("daily_run_completed_timestamp_seconds", "When the last run ended.", at.timestamp())
            yield _gauge("daily_run_session_timestamp_seconds", "Midnight UTC of the newest session run.", of)
        if self._priced:
            session, at = self._priced
            of = _midnight(session)
            yield _gauge("prices_read_timestamp_seconds", "When prices were read last.", at.timestamp())
            yield _gauge(
                "prices_session_timestamp_seconds", "Midnight UTC of the newest prices' session.", of
            )
        if self._compared:
            yield from _source_metrics(self._compared)
        if self._calendar:
            yield from self._freshness(self._calendar)

    def _freshness(self, calendar: Calendar) -> Iterator[Metric]:
        now = self._clock.now()
        last = calendar.last_complete(now)
        if self._ran:
            behind = _sessions_after(calendar, self._ran[0], last)
            yield _gauge("daily_run_sessions_behind", "Settled sessions that no run here ended for.", behind)
        if self._priced:
            session, _ = self._priced
            age = (now - calendar.settles(session)).total_seconds()
            yield _gauge("prices_age_seconds", "Since the newest prices settled; grows over weekends.", age)
            behind = _sessions_after(calendar, session, last)
            yield _gauge("prices_sessions_behind", "Settled sessions without prices.", behind)


def _run_histogram(registry: CollectorRegistry) -> Histogram:
    what = "How long daily runs took, from prices to notices."
    return Histogram("watchpoint_daily_run_seconds", what, buckets=RUN_BUCKETS, registry=registry)


def _ack_histogram(registry: CollectorRegistry) -> Histogram:
    what = "From a command's arrival to its acknowledgement; Slack allows 3 s."
    return Histogram("watchpoint_acknowledgement_seconds", what, buckets=ACK_BUCKETS, registry=registry)


def _notice_counter(registry: CollectorRegistry) -> Counter:
    """Make a counter with every pair at 0 from the start, so that a first failure is an increase."""
    what = "Attempts to deliver a notice, by its kind and how it ended."
    counter = Counter("watchpoint_notices", what, ["kind", "outcome"], registry=registry)
    for kind in NoticeKind:
        for outcome in OUTCOMES:
            counter.labels(kind.value, outcome)
    counter.labels("answer", "possibly repeated")
    return counter


def _refusal_counter(registry: CollectorRegistry) -> Counter:
    what = "Connections and requests that the HTTP port did not take, by the reason."
    counter = Counter("watchpoint_http_refused", what, ["reason"], registry=registry)
    for reason in HttpRefusal:
        counter.labels(reason.value)
    return counter


def _understood_counter(registry: CollectorRegistry) -> Counter:
    what = "What was said in other words than the grammar's, by what was made of it; never with its text."
    counter = Counter("watchpoint_not_understood", what, ["kind"], registry=registry)
    for kind in Understood:
        counter.labels(kind.value)
    return counter


class _AtEachLook:
    """A collector in the form that the registry wants; it describes nothing before the first look."""

    def __init__(self, look: Callable[[], Iterator[Metric]]) -> None:
        self._look = look

    def collect(self) -> Iterator[Metric]:
        """Collect what is known now."""
        return self._look()

    def describe(self) -> Iterator[Metric]:
        """Describe nothing: the registry would otherwise look once when it is told of this."""
        return iter(())


def _source_metrics(compared: Agreement) -> Iterator[Metric]:
    """Yield on how many symbols two sources were compared, and how often they disagree, by kind."""
    from analytics.watch.crosscheck import Disagreement  # it brings numpy along, which not every role has

    names = [compared.first, compared.second]
    what = "Symbols on whose newest session two sources were compared; 0 where the second did not answer."
    symbols = GaugeMetricFamily("watchpoint_sources_compared", what, labels=["first", "second"])
    symbols.add_metric(names, len(compared.compared))
    yield symbols
    what = "Symbols of them that the sources agree about."
    agreed = GaugeMetricFamily("watchpoint_sources_agreeing", what, labels=["first", "second"])
    agreed.add_metric(names, compared.agreeing)
    yield agreed
    what = "Disagreements about the newest session, by what they look like."
    kinds = GaugeMetricFamily("watchpoint_source_disagreements", what, labels=["kind"])
    for kind in Disagreement:
        kinds.add_metric([kind.value], sum(each.kind is kind for each in compared.fresh))
    yield kinds


def _newer_session(known: tuple[date, datetime] | None, session: date) -> date:
    """Keep the newer session: an older one that is run or read again does not take its place."""
    return max(session, known[0]) if known else session


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"watchpoint_{name}", what, value=value)


def _midnight(session: date) -> float:
    return datetime.combine(session, time(), UTC).timestamp()


def _sessions_after(calendar: Calendar, session: date, last: date) -> int:
    """Count the sessions after `session`, up to `last`."""
    return max(calendar.sessions(session, last).size - 1, 0) if session < last else 0
