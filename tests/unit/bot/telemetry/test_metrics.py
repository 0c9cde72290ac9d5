"""What is counted and measured, as Prometheus reads it."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, date, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from analytics.watch.crosscheck import Agreement, Disagreement, Disparity
from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.model import NoticeKind
from bot.ports import HttpRefusal, Metrics, Understood
from bot.telemetry import metrics as module
from bot.telemetry.metrics import OUTCOMES, PrometheusMetrics

CALENDAR = ExchangeCalendar()
THURSDAY, FRIDAY = date(2026, 1, 15), date(2026, 1, 16)
MONDAY_HOLIDAY = datetime(2026, 1, 19, 12, tzinfo=UTC)
"""Martin Luther King day: the newest session is Friday's, which settled at 21:15 UTC."""
RAN_AT = datetime(2026, 1, 16, 21, 16, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_HOLIDAY)


@pytest.fixture
def metrics(clock: FixedClock) -> PrometheusMetrics:
    return PrometheusMetrics(clock, CALENDAR, "1.2.3", "worker")


def value(metrics: PrometheusMetrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"watchpoint_{name}", labels)


def test_it_is_the_port(metrics: PrometheusMetrics) -> None:
    port: Metrics = metrics
    port.observe_ack(0.014)
    assert value(metrics, "acknowledgement_seconds_count") == 1


def test_what_the_http_port_refuses_is_counted_from_nothing_on(metrics: PrometheusMetrics) -> None:
    metrics.count_refusal(HttpRefusal.STALE)
    found = {reason: value(metrics, "http_refused_total", reason=reason.value) for reason in HttpRefusal}
    assert found == dict.fromkeys(HttpRefusal, 0.0) | {HttpRefusal.STALE: 1.0}


def test_what_is_not_understood_is_counted_by_its_kind_alone(metrics: PrometheusMetrics) -> None:
    metrics.count_understood(Understood.READ_AS)
    metrics.count_understood(Understood.BUTTONS)
    found = {kind: value(metrics, "not_understood_total", kind=kind.value) for kind in Understood}
    assert found == dict.fromkeys(Understood, 0.0) | {Understood.READ_AS: 1.0, Understood.BUTTONS: 1.0}


def test_what_runs_is_named(metrics: PrometheusMetrics) -> None:
    (family,) = [each for each in metrics.registry.collect() if each.name == "watchpoint_build"]
    assert {"version": "1.2.3", "role": "worker"}.items() <= family.samples[0].labels.items()


def test_what_was_not_seen_yet_is_left_out(metrics: PrometheusMetrics) -> None:
    for name in ("daily_run_sessions_behind", "daily_run_completed_timestamp_seconds", "prices_age_seconds"):
        assert value(metrics, name) is None


class TestRuns:
    def test_duration_moment_and_session(self, metrics: PrometheusMetrics) -> None:
        metrics.run(FRIDAY, 4.0, RAN_AT)
        assert value(metrics, "daily_run_seconds_sum") == 4.0
        assert value(metrics, "daily_run_seconds_bucket", le="5.0") == 1
        assert value(metrics, "daily_run_seconds_bucket", le="2.5") == 0
        assert value(metrics, "daily_run_completed_timestamp_seconds") == RAN_AT.timestamp()
        assert value(metrics, "daily_run_session_timestamp_seconds") == 1_768_521_600.0  # 16 Jan 2026

    def test_a_run_that_stopped_shows_as_time_goes_by(
        self, metrics: PrometheusMetrics, clock: FixedClock
    ) -> None:
        metrics.run(THURSDAY, 4.0, RAN_AT)
        assert value(metrics, "daily_run_sessions_behind") == 1
        clock.set(datetime(2026, 1, 21, 22, tzinfo=UTC))  # Friday, Tuesday and Wednesday have settled
        assert value(metrics, "daily_run_sessions_behind") == 3
        metrics.run(date(2026, 1, 21), 4.0, clock.now())
        assert value(metrics, "daily_run_sessions_behind") == 0

    def test_an_old_session_run_again_is_not_the_newest(self, metrics: PrometheusMetrics) -> None:
        metrics.run(FRIDAY, 4.0, RAN_AT)
        metrics.run(THURSDAY, 1.0, RAN_AT + timedelta(hours=1))
        assert value(metrics, "daily_run_sessions_behind") == 0
        assert value(metrics, "daily_run_completed_timestamp_seconds") == RAN_AT.timestamp() + 3600


class TestNotices:
    def test_each_is_counted_by_kind_and_outcome(self, metrics: PrometheusMetrics) -> None:
        for outcome in ("sent", "sent", "possibly repeated"):
            metrics.notice("card", outcome)
        assert value(metrics, "notices_total", kind="card", outcome="sent") == 2
        assert value(metrics, "notices_total", kind="card", outcome="possibly repeated") == 1

    def test_every_pair_is_there_from_the_start(self, metrics: PrometheusMetrics) -> None:
        counts = [
            value(metrics, "notices_total", kind=kind.value, outcome=outcome)
            for kind in NoticeKind
            for outcome in OUTCOMES
        ]
        assert counts == [0.0] * (len(NoticeKind) * len(OUTCOMES))


class TestPrices:
    def test_their_age_grows_while_nothing_is_read(
        self, metrics: PrometheusMetrics, clock: FixedClock
    ) -> None:
        metrics.prices(FRIDAY, RAN_AT)
        # Friday 21:15 to Monday 12:00
        assert value(metrics, "prices_age_seconds") == timedelta(days=2, hours=14, minutes=45).total_seconds()
        assert value(metrics, "prices_sessions_behind") == 0
        clock.set(datetime(2026, 1, 20, 22, tzinfo=UTC))
        assert value(metrics, "prices_sessions_behind") == 1
        assert value(metrics, "prices_read_timestamp_seconds") == RAN_AT.timestamp()

    def test_without_a_calendar_the_session_alone(self, clock: FixedClock) -> None:
        metrics = PrometheusMetrics(clock, None, "1.2.3", "web")
        metrics.prices(FRIDAY, RAN_AT)
        assert value(metrics, "prices_session_timestamp_seconds") == 1_768_521_600.0
        assert value(metrics, "prices_age_seconds") is None


def test_two_sources_and_what_they_disagree_about(metrics: PrometheusMetrics) -> None:
    assert metrics.source_words() == "not held against each other yet"
    sources = ("Yahoo Finance", "Tiingo")
    wrong = Disparity(Disagreement.FORGOTTEN, "SPSM", FRIDAY, -0.004, 0.001, sources[0], sources)
    metrics.sources(Agreement(*sources, FRIDAY, ("ISCB", "SPSM"), (), (wrong,)))
    names = {"first": "Yahoo Finance", "second": "Tiingo"}
    assert value(metrics, "sources_compared", **names) == 2
    assert value(metrics, "sources_agreeing", **names) == 1
    found = {kind: value(metrics, "source_disagreements", kind=kind.value) for kind in Disagreement}
    assert found == dict.fromkeys(Disagreement, 0.0) | {Disagreement.FORGOTTEN: 1.0}
    assert metrics.source_words() == (
        "Yahoo Finance and Tiingo agree about 1 of 2 symbols on 2026-01-16; SPSM: Yahoo Finance -0.40 %, "
        "Tiingo +0.10 %: Yahoo Finance lacks the distribution"
    )


def test_an_acknowledgement_that_came_too_late_is_seen(metrics: PrometheusMetrics) -> None:
    for seconds in (0.02, 2.9, 3.1):
        metrics.observe_ack(seconds)
    counts = [value(metrics, "acknowledgement_seconds_bucket", le=le) for le in ("0.025", "3.0", "+Inf")]
    assert counts == [1, 2, 3]


class TestAsked:
    async def test_at_each_look_anew(self, metrics: PrometheusMetrics) -> None:
        due = iter([3.0, 5.0])

        async def channel_keys() -> float:
            return next(due)

        metrics.ask("lanes_due", "Channels with something due.", channel_keys)
        for expected in (3.0, 5.0):
            await metrics.refresh()
            assert value(metrics, "lanes_due") == expected

    async def test_one_that_fails_or_hangs_is_unknown_and_spoils_nothing(
        self, metrics: PrometheusMetrics, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(module, "PATIENCE", 0.01)

        async def fails() -> float:
            raise ConnectionError("no store")

        async def hangs() -> float:
            await asyncio.Event().wait()
            return 0.0

        async def works() -> float:
            return 2.0

        for name, figure in (("a", fails), ("b", hangs), ("c", works)):
            metrics.ask(name, "x", figure)
        await metrics.refresh()
        assert [math.isnan(value(metrics, name) or 0.0) for name in "abc"] == [True, True, False]
        assert value(metrics, "c") == 2.0
        assert "no store" in caplog.text


def test_two_do_not_share_anything(clock: FixedClock) -> None:
    one, other = (PrometheusMetrics(clock, CALENDAR, "1", "all") for _ in range(2))
    one.notice("card", "sent")
    assert value(other, "notices_total", kind="card", outcome="sent") == 0
    assert REGISTRY.get_sample_value("watchpoint_notices_total", {"kind": "card", "outcome": "sent"}) is None
