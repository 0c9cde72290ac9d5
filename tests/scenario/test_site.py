"""The HTTP port of each role: pages beside Slack's requests, beside Socket Mode, and alone."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.clock import FixedClock
from bot.errors import UserError
from bot.playground.api.server import Slack
from bot.slack.client import slack_client
from bot.slack.http import CommandsTaken, Site
from bot.slack.serve import serve_http, serve_socket, serve_worker
from bot.telemetry.health import Health
from bot.telemetry.metrics import PrometheusMetrics
from bot.telemetry.pages import pages
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, loopback

HOST = "127.0.0.1"


@dataclass
class Work:
    """Work under way: finished when it is let go."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    deadline: float = 0.0

    async def drain(self, deadline: float) -> None:
        self.deadline = deadline
        self.draining.set()
        await self.gate.wait()


def site(port: int = 0) -> Site:
    listening = CommandsTaken()
    metrics = PrometheusMetrics(FixedClock(datetime(2026, 1, 16, tzinfo=UTC)), None, "1", "all")
    return Site(HOST, port, pages(Health({"slack": listening.look}), metrics), listening)


@dataclass
class Served:
    """A process that serves.  base: its address."""

    base: str
    work: Work
    stop: asyncio.Event
    task: asyncio.Task[None]

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.base + path) as answer:
            return answer.status, await answer.text()

    async def end(self) -> None:
        self.stop.set()
        self.work.gate.set()
        await asyncio.wait_for(self.task, 5)


Start = Callable[[Work, dict[str, Any]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def served(start: Start, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Served]:
    """What serves, from its word that it is ready to its end."""
    caplog.set_level(logging.INFO)
    ready, stop, work = asyncio.Queue[str](), asyncio.Event(), Work()
    task = asyncio.create_task(start(work, {"stop": stop, "ready": ready.put_nowait, "drain": 3.0}))
    sentence = await asyncio.wait_for(ready.get(), 5)
    base = re.search(r"http://[\d.:]+", f"{sentence} {caplog.text}")
    here = Served(base[0] if base else "", work, stop, task)
    try:
        yield here
    finally:
        await here.end()


def worker(work: Work, about: dict[str, Any]) -> Coroutine[Any, Any, None]:
    return serve_worker(work, site(), **about)


async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=BOT_TOKEN)


@asynccontextmanager
async def bolt() -> AsyncIterator[tuple[AsyncApp, Slack]]:
    async with loopback() as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        yield AsyncApp(client=client, signing_secret="x", authorize=authorize), slack


class TestWorker:
    async def test_it_has_the_pages_and_nothing_else(self, caplog: pytest.LogCaptureFixture) -> None:
        async with served(worker, caplog) as here:
            assert (await here.get("/healthz"))[0] == 200
            assert "watchpoint_build_info" in (await here.get("/metrics"))[1]
            assert (await here.get("/slack/events"))[0] == 404

    async def test_the_pages_stay_while_the_work_is_finished(self, caplog: pytest.LogCaptureFixture) -> None:
        async with served(worker, caplog) as here:
            here.stop.set()
            await asyncio.wait_for(here.work.draining.wait(), 5)
            assert (await here.get("/healthz"))[0] == 200
            assert (here.work.deadline, here.task.done()) == (3.0, False)
        with pytest.raises(aiohttp.ClientConnectorError):
            await here.get("/healthz")

    async def test_a_signal_ends_it_in_good_order(self, caplog: pytest.LogCaptureFixture) -> None:
        async with served(worker, caplog) as here:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(here.work.draining.wait(), 5)
            assert here.stop.is_set()


async def test_a_port_that_is_taken_is_named_with_the_settings_to_change() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        words = rf"127\.0\.0\.1:{port} cannot be listened on.*WATCHPOINT_PORT.*port 0 picks one"
        with pytest.raises(UserError, match=words):
            await serve_worker(Work(), site(port))
        async with bolt() as (app, slack):
            with pytest.raises(UserError, match=words):
                await serve_socket(app, APP_TOKEN, Work(), site=site(port))
            assert slack.calls_of("apps.connections.open") == []


async def test_over_http_the_pages_stand_beside_slacks(caplog: pytest.LogCaptureFixture) -> None:
    async with bolt() as (app, _):
        here = site()

        def start(work: Work, about: dict[str, Any]) -> Coroutine[Any, Any, None]:
            return serve_http(app, HOST, 0, work, secret="x", site=here, **about)

        async with served(start, caplog) as process:
            status, body = await process.get("/readyz")
            assert (status, '"slack": "ok"' in body) == (200, True)
            assert (await process.get("/metrics"))[0] == 200
            assert (await process.get("/slack/events"))[0] == 404  # Slack posts
        assert "No commands are taken" in await here.listening.look()


async def test_over_socket_mode_too_and_a_lost_connection_is_seen(caplog: pytest.LogCaptureFixture) -> None:
    async with bolt() as (app, slack):
        here = site()
        assert "No commands are taken" in await here.listening.look()

        def start(work: Work, about: dict[str, Any]) -> Coroutine[Any, Any, None]:
            return serve_socket(app, APP_TOKEN, work, site=here, **about)

        async with served(start, caplog) as process:
            assert (await process.get("/readyz"))[0] == 200
            slack.faults.on("500", "apps.connections.open", times=99)
            await slack.sockets.close()
            status, body = await process.get("/readyz")
            assert (status, "The connection to Slack is lost" in body) == (503, True)
            assert (await process.get("/healthz"))[0] == 200
        assert "No commands are taken" in await here.listening.look()


async def test_without_a_site_socket_mode_opens_no_port(caplog: pytest.LogCaptureFixture) -> None:
    async with bolt() as (app, _):

        def start(work: Work, about: dict[str, Any]) -> Coroutine[Any, Any, None]:
            return serve_socket(app, APP_TOKEN, work, **about)

        async with served(start, caplog) as process:
            assert process.base == ""
