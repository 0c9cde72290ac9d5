"""The HTTP port: pages by path, and what is known of the way to Slack."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.errors import UserError
from bot.ports import HttpRefusal

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

Refused = Callable[[HttpRefusal], None]

UNDER_WAY = 5
"""Seconds that HTTP requests under way get at the end: Slack gives up on them after three."""
ACCEPTED = 32
"""Connections that are accepted at once, before the bounds are looked at."""
QUEUED = 2048
"""Those that the system may keep until they are accepted."""


class Listening:
    """Whether commands of Slack's arrive here, as far as this process can see."""

    def __init__(self) -> None:
        self._connected: Callable[[], Awaitable[bool]] | None = None

    def since_now(self, connected: Callable[[], Awaitable[bool]]) -> None:
        """Slack let us in, or the port is open.  connected: whether that still holds."""
        self._connected = connected

    def no_more(self) -> None:
        """No more commands are taken."""
        self._connected = None

    async def look(self) -> str:
        """What is wrong as a sentence, "" where all is well."""
        if self._connected is None:
            return "No commands are taken from Slack: the bot is not connected yet, or it is stopping."
        return "" if await self._connected() else "The connection to Slack is lost; it is being made again."


def _uncounted(_reason: HttpRefusal) -> None:
    """Nobody counts."""


@dataclass(frozen=True)
class HttpBounds:
    """What strangers may take of a process, and who counts what they are refused.

    connections: at once; fewer where the process may not open so many files.
    keep_alive: seconds that a connection may be idle after a signed request; all others end with the answer.
    """

    connections: int = 512
    keep_alive: int = 5
    refused: Refused = _uncounted


@dataclass(frozen=True)
class Site:
    """The HTTP port and its pages beside Slack's.

    port: 0 picks a free one.  pages: ASGI applications by path.
    listening: told when commands are taken, for whoever is asked whether they are.
    """

    host: str
    port: int
    pages: Mapping[str, Asgi] = field(default_factory=dict)
    listening: Listening = field(default_factory=Listening)
    bounds: HttpBounds = field(default_factory=HttpBounds)


@asynccontextmanager
async def serving(
    app: Asgi, host: str, port: int, bounds: HttpBounds
) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """An ASGI application on a port until the block ends: its address, and the task that serves it."""
    import uvicorn

    from bot.slack.connections import BoundedProtocol, Connections, most

    class Server(uvicorn.Server):
        """uvicorn, with the signals left to us: it would end the process before the work is finished."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Listen; asyncio accepts as many at once as it lets the system keep, which are two things."""
            await super().startup(sockets)
            listening.listen(QUEUED)

    class Protocol(BoundedProtocol):
        room = Connections(most(bounds.connections), bounds.refused)

    listening = _listen(host, port)
    config = uvicorn.Config(
        app,
        http=Protocol,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        backlog=ACCEPTED,
        timeout_keep_alive=bounds.keep_alive,
        timeout_graceful_shutdown=UNDER_WAY,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{host}:{listening.getsockname()[1]}", task
    finally:
        server.should_exit = True
        await task


def by_path(pages: Mapping[str, Asgi], otherwise: Asgi) -> Asgi:
    """The page of a path, whose connection ends with the answer, and what is served everywhere else."""

    async def serve(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        page = pages.get(scope.get("path", ""))
        if page:
            await page(scope, receive, closing(send))
        else:
            await otherwise(scope, receive, send)

    return serve


async def not_found(_scope: MutableMapping[str, Any], _receive: Receive, send: Send) -> None:
    """There is nothing at this path."""
    await tell(closing(send), 404)


def closing(send: Send) -> Send:
    """Send the same, then close the connection: whatever else comes over it is not even read."""

    async def send_last(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)

    return send_last


async def tell(send: Send, status: int, words: str = "") -> None:
    """Answer with a status and a few words."""
    body = words.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=QUEUED)
    except OSError as error:
        raise UserError(
            f"{host}:{port} cannot be listened on ({error.strerror or error}). "
            "Set WATCHPOINT_HOST and WATCHPOINT_PORT to an address that is free; port 0 picks one."
        ) from error
