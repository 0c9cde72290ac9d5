"""The HTTP port: pages by path, and what is known of the way to Slack."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.errors import UserError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

CONNECTIONS = 5
"""Seconds that HTTP requests under way get: Slack gives up on them after three."""


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


@asynccontextmanager
async def serving(app: Asgi, host: str, port: int) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """An ASGI application on a port until the block ends: its address, and the task that serves it."""
    import uvicorn

    class Server(uvicorn.Server):
        """uvicorn, with the signals left to us: it would end the process before the work is finished."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    listening = _listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=CONNECTIONS,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{host}:{listening.getsockname()[1]}", task
    finally:
        server.should_exit = True
        await task


def by_path(pages: Mapping[str, Asgi], otherwise: Asgi) -> Asgi:
    """The page of a path, and what is served everywhere else."""

    async def serve(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        await pages.get(scope.get("path", ""), otherwise)(scope, receive, send)

    return serve


async def not_found(_scope: MutableMapping[str, Any], _receive: Receive, send: Send) -> None:
    """There is nothing at this path."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise UserError(
            f"{host}:{port} cannot be listened on ({error.strerror or error}). "
            "Set WATCHPOINT_HOST and WATCHPOINT_PORT to an address that is free; port 0 picks one."
        ) from error
