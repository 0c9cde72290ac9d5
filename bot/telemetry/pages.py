"""The pages /healthz, /readyz and /metrics as ASGI applications."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Generic, TypeVar

from prometheus_client import generate_latest

from bot.telemetry.health import Health, HealthReport
from bot.telemetry.metrics import PrometheusMetrics

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, Mapping[str, Any]]
T = TypeVar("T")

READING = ("GET", "HEAD")
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
"""What Prometheus takes where nothing else is agreed upon."""
PAUSE = 0.1
"""Seconds between the beginnings of two looks at the store or at all figures, however many ask."""


def pages(health: Health, metrics: PrometheusMetrics) -> Mapping[str, Asgi]:
    """Return the three pages by path, for a server that has others too."""
    return {
        "/healthz": _json_page(_answer_alive),
        "/readyz": _json_page(_answer_ready(health)),
        "/metrics": _metrics_page(metrics),
    }


def app(health: Health, metrics: PrometheusMetrics) -> Asgi:
    """Return the three pages alone; everything else is not found."""
    known = pages(health, metrics)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await known.get(scope.get("path", ""), _json_page(_answer_not_found))(scope, receive, send)

    return serve


async def _answer_alive() -> Answer:
    """Answer that the process is alive: that this is answered is the answer."""
    return 200, {"status": "ok"}


async def _answer_not_found() -> Answer:
    return 404, {"status": "not found"}


def _answer_ready(health: Health) -> Callable[[], Awaitable[Answer]]:
    ready = _SharedLook(health.ready)

    async def answer() -> Answer:
        report = await ready.look()
        return (200 if report.ok else 503), _report_json(report)

    return answer


def _report_json(report: HealthReport) -> Mapping[str, Any]:
    checks = {name: report.faults.get(name, "ok") for name in report.checks}
    return {"status": "ok" if report.ok else "not ready", "checks": checks, **report.remarks}


def _json_page(ask: Callable[[], Awaitable[Answer]]) -> Asgi:
    async def page() -> tuple[int, bytes]:
        status, told = await ask()
        return status, json.dumps(told, ensure_ascii=False).encode() + b"\n"

    return _page("application/json; charset=utf-8", page)


def _metrics_page(metrics: PrometheusMetrics) -> Asgi:
    async def written() -> bytes:
        await metrics.refresh()
        return generate_latest(metrics.registry)

    shared = _SharedLook(written)

    async def page() -> tuple[int, bytes]:
        return 200, await shared.look()

    return _page(PLAIN, page)


def _page(kind: str, page: Callable[[], Awaitable[tuple[int, bytes]]]) -> Asgi:
    """Return a page that is only read.  kind: its content type."""

    async def serve(scope: Scope, _receive: Receive, send: Send) -> None:
        status, body = await page() if scope.get("method") in READING else (405, b"")
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else body})

    return serve


class _SharedLook(Generic[T]):
    """One look for all who ask before it begins, so that nobody gets an old answer; never two at once."""

    def __init__(self, look: Callable[[], Awaitable[T]]) -> None:
        self._look, self._one_at_once = look, asyncio.Lock()
        self._next: asyncio.Task[T] | None = None
        self._began = float("-inf")

    async def look(self) -> T:
        """Wait for the next one."""
        if self._next is None:
            self._next = asyncio.create_task(self._begin())
        return await asyncio.shield(self._next)

    async def _begin(self) -> T:
        async with self._one_at_once:
            time = asyncio.get_running_loop().time
            await asyncio.sleep(max(self._began + PAUSE - time(), 0.0))
            self._next, self._began = None, time()
            return await self._look()
