"""Three pages, readable by a load balancer, a person and Prometheus."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import FixedClock
from bot.telemetry.health import Check, Health
from bot.telemetry.metrics import PrometheusMetrics
from bot.telemetry.pages import Asgi, _report_json, app, pages
from tests.fakes.asgi import get


def served(**checks: Check) -> tuple[Asgi, PrometheusMetrics]:
    metrics = PrometheusMetrics(FixedClock(datetime(2026, 1, 16, tzinfo=UTC)), None, "1.2.3", "all")
    return app(Health(checks), metrics), metrics


async def well() -> str:
    return ""


async def ill() -> str:
    return "The last sweep ended 12 minutes ago; 5 minutes are allowed."


async def test_alive_whatever_is_wrong() -> None:
    page = await get(served(sweep=ill)[0], "/healthz")
    assert (page.status, json.loads(page.body)) == (200, {"status": "ok"})


async def test_ready() -> None:
    page = await get(served(store=well)[0], "/readyz")
    assert (page.status, json.loads(page.body)) == (200, {"status": "ok", "checks": {"store": "ok"}})
    assert page.headers["cache-control"] == "no-store"


async def test_what_is_to_be_known_stands_beside_the_checks_and_is_no_fault() -> None:
    words = "Yahoo Finance, then Tiingo: not held against each other yet"
    report = await Health({"store": well}, {"sources": lambda: words}).ready()
    assert report.ok
    assert _report_json(report) == {"status": "ok", "checks": {"store": "ok"}, "sources": words}


async def test_not_ready_says_which_check_failed() -> None:
    page = await get(served(store=well, sweep=ill)[0], "/readyz")
    assert page.status == 503
    assert json.loads(page.body) == {
        "status": "not ready",
        "checks": {
            "store": "ok",
            "sweep": "The last sweep ended 12 minutes ago; 5 minutes are allowed.",
        },
    }


async def test_metrics_are_what_prometheus_reads() -> None:
    site, metrics = served()
    metrics.notice("card", "sent")

    async def due() -> float:
        return 7.0

    metrics.ask("lanes_due", "Channels with something due.", due)
    page = await get(site, "/metrics")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/plain")
    read = {family.name: family for family in text_string_to_metric_families(page.body)}
    assert read["watchpoint_lanes_due"].samples[0].value == 7.0
    assert {"watchpoint_notices", "watchpoint_acknowledgement_seconds", "watchpoint_build_info"} <= set(read)


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_however_many_ask_few_look_and_nobody_is_told_what_was_before(path: str) -> None:
    asked, answered, looks = 0, list[str](), list[int]()

    async def look() -> str:
        looks.append(asked)
        await asyncio.sleep(0)
        return ""

    async def figure() -> float:
        return len(await look())

    site, metrics = served(store=look)
    if path == "/metrics":
        metrics.ask("lanes_due", "Channels with something due.", figure)

    async def ask() -> None:
        nonlocal asked
        asked += 1
        mine = asked
        answered.append((await get(site, path)).body)
        assert looks[-1] >= mine

    await asyncio.gather(*(ask() for _ in range(100)))
    await asyncio.gather(*(ask() for _ in range(100)))
    assert (len(answered), len(looks)) == (200, 2)


async def test_a_look_without_the_page() -> None:
    page = await get(served(sweep=ill)[0], "/readyz", "HEAD")
    assert (page.status, page.body) == (503, "")
    assert int(page.headers["content-length"]) > 0


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_nothing_can_be_posted(path: str) -> None:
    assert (await get(served()[0], path, "POST")).status == 405


@pytest.mark.parametrize("path", ["/", "/slack/events", "/metrics/", "/readyz/../metrics"])
async def test_elsewhere_there_is_nothing(path: str) -> None:
    assert (await get(served()[0], path)).status == 404


def test_the_pages_by_path() -> None:
    metrics = served()[1]
    assert set(pages(Health({}), metrics)) == {"/healthz", "/readyz", "/metrics"}
