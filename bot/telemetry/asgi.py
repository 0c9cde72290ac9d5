"""/healthz, /readyz and /metrics as ASGI applications: three pages are no reason for a framework."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from prometheus_client import make_asgi_app

from bot.telemetry.health import Health, Report
from bot.telemetry.metrics import Metrics

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, Mapping[str, Any]]

READING = ("GET", "HEAD")


def pages(health: Health, metrics: Metrics) -> Mapping[str, Asgi]:
    """The three pages by path, for a server that has others too."""
    return {"/healthz": _json(_alive), "/readyz": _json(_ready(health)), "/metrics": _metrics(metrics)}


def app(health: Health, metrics: Metrics) -> Asgi:
    """The three pages alone; everything else is not found."""
    known = pages(health, metrics)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await known.get(scope.get("path", ""), _json(_unknown))(scope, receive, send)

    return serve


async def _alive() -> Answer:
    """That this is answered is the answer."""
    return 200, {"status": "ok"}


async def _unknown() -> Answer:
    return 404, {"status": "not found"}


def _ready(health: Health) -> Callable[[], Awaitable[Answer]]:
    async def answer() -> Answer:
        report = await health.ready()
        return (200 if report.ok else 503), _told(report)

    return answer


def _told(report: Report) -> Mapping[str, Any]:
    checks = {name: report.faults.get(name, "ok") for name in report.checks}
    return {"status": "ok" if report.ok else "not ready", "checks": checks}


def _json(ask: Callable[[], Awaitable[Answer]]) -> Asgi:
    async def serve(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope.get("method") not in READING:
            status, body = 405, b""
        else:
            status, told = await ask()
            body = json.dumps(told, ensure_ascii=False).encode() + b"\n"
        headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else body})

    return serve


def _metrics(metrics: Metrics) -> Asgi:
    shown: Asgi = make_asgi_app(registry=metrics.registry)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await metrics.refresh()
        await shown(scope, receive, send)

    return serve
