"""The HTTP port: pages by path, and requests that are verified to be Slack's before they are read whole."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.errors import UserError
from bot.ports import Clock, HttpRefusal

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

OnRefusal = Callable[[HttpRefusal], None]

UNDER_WAY = 5
"""Seconds that HTTP requests under way get at the end: Slack gives up on them after three."""
ACCEPTED = 32
"""Connections that are accepted at once, before the bounds are looked at."""
QUEUED = 2048
"""Those that the system may keep until they are accepted."""


class CommandsTaken:
    """Whether commands of Slack's arrive here, as far as this process can see."""

    def __init__(self) -> None:
        self._connected: Callable[[], Awaitable[bool]] | None = None

    def since_now(self, connected: Callable[[], Awaitable[bool]]) -> None:
        """Note that Slack let us in, or the port is open.  connected: whether that still holds."""
        self._connected = connected

    def no_more(self) -> None:
        """Note that no more commands are taken."""
        self._connected = None

    async def look(self) -> str:
        """Return what is wrong as a sentence, "" where all is well."""
        if self._connected is None:
            return "No commands are taken from Slack: the bot is not connected yet, or it is stopping."
        return "" if await self._connected() else "The connection to Slack is lost; it is being made again."


def count_nothing(_reason: HttpRefusal) -> None:
    """Count nothing."""


@dataclass(frozen=True)
class HttpBounds:
    """What strangers may take of a process, and who counts what they are refused.

    connections: at once; fewer where the process may not open so many files.
    keep_alive: seconds that a connection may be idle after a signed request; all others end with the answer.
    """

    connections: int = 512
    keep_alive: int = 5
    refused: OnRefusal = count_nothing


@dataclass(frozen=True)
class Site:
    """The HTTP port and its pages beside Slack's.

    port: 0 picks a free one.  pages: ASGI applications by path.
    listening: told when commands are taken, for whoever is asked whether they are.
    """

    host: str
    port: int
    pages: Mapping[str, Asgi] = field(default_factory=dict)
    listening: CommandsTaken = field(default_factory=CommandsTaken)
    bounds: HttpBounds = field(default_factory=HttpBounds)


@asynccontextmanager
async def serving(
    app: Asgi, host: str, port: int, bounds: HttpBounds
) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """Serve an ASGI application on a port until the block ends: its address, and the task that serves it."""
    import uvicorn

    from bot.slack.connections import BoundedProtocol, Connections, allowed_connections

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
        room = Connections(allowed_connections(bounds.connections), bounds.refused)

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
    """Return the page of a path, whose connection ends with the answer, and what is served everywhere
    else.
    """

    async def serve(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        page = pages.get(scope.get("path", ""))
        if page:
            await page(scope, receive, closing(send))
        else:
            await otherwise(scope, receive, send)

    return serve


async def not_found(_scope: MutableMapping[str, Any], _receive: Receive, send: Send) -> None:
    """Answer that there is nothing at this path."""
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


log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]

BODY_BYTES = 1_000_000
"""Bytes; what Slack sends is a hundred times smaller."""
ALL_BODIES_BYTES = 8 * BODY_BYTES
"""Bytes of all requests together whose signature cannot be checked yet."""
BODY_SECONDS = 10.0
"""For a body from its headers on."""
SIGNATURE_AGE = 300.0
"""Seconds by which Slack's timestamp may differ from the clock here: what Slack advises."""
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
_STAMP = re.compile(rb"[0-9]{1,12}")


class HttpRejection(Exception):
    """The request is not taken.  status: of HTTP."""

    def __init__(self, status: int, reason: HttpRefusal, words: str) -> None:
        super().__init__(words)
        self.status, self.reason = status, reason


class SlackRequests:
    """Hands on the requests to `path` that are signed with the secret; the others never reach `app`."""

    def __init__(self, app: Asgi, path: str, secret: str, clock: Clock, refused: OnRefusal) -> None:
        self._app, self._path, self._clock, self._refused = app, path, clock, refused
        self._secret, self._bodies = secret.encode(), RequestBodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application."""
        if scope["path"] != self._path or scope["method"] != "POST":
            await tell(closing(send), 404)
            return
        try:
            body = await self._receive_request(scope, receive)
        except HttpRejection as refusal:
            peer = scope["client"][0] if scope.get("client") else "an unknown address"
            log.warning("A request of %s is not taken: %s", peer, refusal)
            self._refused(refusal.reason)
            await tell(closing(send), refusal.status, str(refusal))
            return
        if body is not None:
            await self._app(scope, _replay_body(body), send)

    async def _receive_request(self, scope: Scope, receive: Receive) -> bytes | None:
        headers = RequestHeaders(scope["headers"])
        stamp, signature = headers.check_signature(self._clock.now().timestamp())
        headers.look_at_length()
        body = await self._bodies.read(receive)
        if body is None:
            return None
        expected = hmac.new(self._secret, b"v0:" + stamp + b":", hashlib.sha256)
        expected.update(body)
        if not hmac.compare_digest(b"v0=" + expected.hexdigest().encode(), signature):
            raise HttpRejection(401, HttpRefusal.FORGED, "the signature is not that of the signing secret")
        return body


class RequestHeaders:
    """What is known before the body.  given: in lower case, as ASGI has them."""

    def __init__(self, given: list[tuple[bytes, bytes]]) -> None:
        self._given = given

    def check_signature(self, now: float) -> tuple[bytes, bytes]:
        """Give timestamp and signature.  now: seconds since 1970.  Raises HttpRejection."""
        stamps, signatures = self._values(b"x-slack-request-timestamp"), self._values(b"x-slack-signature")
        if len(stamps) != 1 or len(signatures) != 1:
            raise HttpRejection(401, HttpRefusal.UNSIGNED, "it does not have one signature and one timestamp")
        (stamp,), (signature,) = stamps, signatures
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            raise HttpRejection(401, HttpRefusal.UNSIGNED, "signature or timestamp are not of Slack's form")
        if abs(now - int(stamp)) > SIGNATURE_AGE:
            raise HttpRejection(
                401, HttpRefusal.STALE, f"the timestamp is not within {SIGNATURE_AGE:.0f} s of the time here"
            )
        return stamp, signature

    def look_at_length(self) -> None:
        """Raise HttpRejection where the body is announced as too large, or in two ways that may differ."""
        lengths = self._values(b"content-length")
        if lengths and self._values(b"transfer-encoding"):
            raise HttpRejection(
                400, HttpRefusal.MALFORMED, "it has both Content-Length and Transfer-Encoding"
            )
        if any(int(length) > BODY_BYTES for length in lengths):
            raise _too_large()

    def _values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self._given if key == name]


class RequestBodies:
    """Those that are being read, each bounded in size and time, and all of them together in size."""

    def __init__(self) -> None:
        self._held: dict[asyncio.Timeout, int] = {}

    async def read(self, receive: Receive) -> bytes | None:
        """Read a whole body; None where the peer has gone.  Raises HttpRejection: too large, or too slow.

        When all are too much together, the largest is the one that is refused.
        """
        try:
            async with asyncio.timeout(BODY_SECONDS) as time:
                self._held[time] = 0
                try:
                    return await self._read(receive, time)
                finally:
                    cut_off = self._held.pop(time, None) is None
        except TimeoutError:
            if cut_off:
                raise _too_large() from None
            words = f"its body did not come within {BODY_SECONDS:.0f} s"
            raise HttpRejection(408, HttpRefusal.SLOW, words) from None

    async def _read(self, receive: Receive, time: asyncio.Timeout) -> bytes | None:
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > BODY_BYTES:
                raise _too_large()
            self._hold(time, len(body))
        return bytes(body)

    def _hold(self, time: asyncio.Timeout, size: int) -> None:
        if time in self._held:
            self._held[time] = size
        if sum(self._held.values()) > ALL_BODIES_BYTES:
            largest = max(self._held, key=lambda each: self._held[each])
            del self._held[largest]
            if not largest.expired():
                largest.reschedule(0.0)


def _too_large() -> HttpRejection:
    return HttpRejection(
        413, HttpRefusal.LARGE, f"its body is larger than {BODY_BYTES} bytes, or too many are being read"
    )


def _replay_body(body: bytes) -> Receive:
    """Return the body, for who reads it next."""

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
