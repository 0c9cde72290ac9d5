"""A browser without a network: asks an ASGI application for one page."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from bot.telemetry.pages import Asgi


@dataclass(frozen=True)
class Page:
    """What came back.  headers: by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: str


async def get(app: Asgi, path: str, method: str = "GET") -> Page:
    """Ask for a path."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    await app(scope, receive, send)
    start, *bodies = sent
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Page(start["status"], headers, b"".join(each["body"] for each in bodies).decode())
