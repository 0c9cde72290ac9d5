"""Bounds on the connections of a port: how many there are, and how long one may keep others waiting.

uvicorn has a bound on what is answered at once, and a time for idle connections that have had an answer; it
has none for those that open and say nothing, or too slowly.  This adds them to its protocol.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from enum import Enum
from ipaddress import IPv6Address, ip_network
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.ports import HttpRefusal

log = logging.getLogger(__name__)

HEAD = 10.0
"""Seconds from the opening, or from a request's first byte, to the end of its headers."""
ANSWER = 30.0
"""Seconds from the headers to the end of the answer, with the body and a peer that reads slowly."""
READ = 8192
"""Bytes that are taken from the system and parsed at once: bounds are looked at between two reads.

asyncio's own 256 kB are a second's work when they are headers or chunks of a byte each, and 128 MB when all
connections have them.
"""
FRAMING = 8192
"""Bytes of a body that are not of the body itself but between its chunks."""
RESERVE = 256
"""Files kept free for the store, Slack, prices, drawing, and connections that are being closed."""
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Phase(Enum):
    """What a connection waits for: its peer in all but the last."""

    IDLE = "the next request"
    HEAD = "headers"
    BODY = "a body"
    ANSWER = "its answer"


SECONDS = {Phase.HEAD: HEAD, Phase.BODY: ANSWER, Phase.ANSWER: ANSWER}
"""How long each may take; uvicorn itself has an eye on idle ones."""


class Connections:
    """All connections of a port, and those that wait for their peers, the longest first.

    When there are as many as may be, a new one takes the place of the one that waits longest, among those of
    the network that has most of them: who opens many closes their own, and behind a proxy, where all come
    from one address, the oldest goes.  A request that is whole is never cut off for another.
    """

    def __init__(self, most: int, refused: Callable[[HttpRefusal], None]) -> None:
        self._most, self.refused = most, refused
        self._open: set[BoundedProtocol] = set()
        self._waiting: dict[str, dict[BoundedProtocol, None]] = {}

    def admit(self, new: BoundedProtocol) -> bool:
        """Take a new one in, in the place of another if need be; tell whether there was a place."""
        if len(self._open) >= self._most:
            if not self._waiting:
                return False
            largest = max(self._waiting.values(), key=len)
            next(iter(largest)).cut(HttpRefusal.CROWDED)
        self._open.add(new)
        return True

    def waits(self, connection: BoundedProtocol) -> None:
        """Note that it waits for its peer from now on."""
        if connection in self._open:
            self.works(connection)
            self._waiting.setdefault(connection.network, {})[connection] = None

    def works(self, connection: BoundedProtocol) -> None:
        """Note that its request is whole."""
        of_network = self._waiting.get(connection.network, {})
        of_network.pop(connection, None)
        if not of_network:
            self._waiting.pop(connection.network, None)

    def forget(self, connection: BoundedProtocol) -> None:
        """Forget one that is closed."""
        self.works(connection)
        self._open.discard(connection)


class BoundedProtocol(H11Protocol, asyncio.BufferedProtocol):
    """uvicorn's connection, with an end to its patience.  room: set by a subclass, one for each port."""

    room: Connections

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network = ""
        self._phase = Phase.IDLE
        self._end: asyncio.TimerHandle | None = None
        self._framing = 0
        self._read = bytearray()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers, where there is a place."""
        super().connection_made(transport)
        self.network = network_of(self.client[0] if self.client else "")
        if self.room.admit(self):
            self._enter(Phase.HEAD)
        else:
            self.cut(HttpRefusal.FULL)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(exc)
        self.room.forget(self)
        if self._end:
            self._end.cancel()

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002
        """Give room for what is to be read next."""
        self._read = bytearray(READ)
        return self._read

    def buffer_updated(self, nbytes: int) -> None:
        """Take what has been read."""
        self.data_received(bytes(self._read[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Parse it, unless another request is to be answered first."""
        if self._now() is Phase.ANSWER:
            self.cycle.keep_alive = False  # it would be kept for as long as the answer takes
            return
        cycle, held = self.cycle, len(self.cycle.body) if self.cycle else 0
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # what comes breaks the protocol, and its answer has begun
            self.cut(HttpRefusal.MALFORMED)
            return
        if self.cycle is not cycle or self._now() is not Phase.BODY:
            self._framing = 0
        else:
            self._framing += len(data) - (len(self.cycle.body) - held)
        if self._framing > FRAMING:
            self.cut(HttpRefusal.MALFORMED)
        self._enter(self._now())

    def send_400_response(self, msg: str) -> None:
        """Count it, too."""
        self.room.refused(HttpRefusal.MALFORMED)
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """Wait for the next request, or go on with one that has come already."""
        super().on_response_complete()
        now = self._now()
        self._enter(Phase.IDLE if now is Phase.HEAD else now)

    def cut(self, reason: HttpRefusal) -> None:
        """Close it at once, whatever is not sent yet."""
        log.warning("A connection from %s that waited for %s is closed: %s", *self._log_facts(reason))
        self.room.refused(reason)
        self.room.forget(self)
        self.transport.abort()

    def _now(self) -> Phase:
        if self.cycle is None or self.cycle.response_complete:
            return Phase.HEAD
        return Phase.BODY if self.cycle.more_body else Phase.ANSWER

    def _enter(self, phase: Phase) -> None:
        if phase is self._phase or self.transport.is_closing():
            return
        self._phase = phase
        if phase is Phase.ANSWER:
            self.room.works(self)
        else:
            self.room.waits(self)
        if self._end:
            self._end.cancel()
        seconds = SECONDS.get(phase)
        self._end = self.loop.call_later(seconds, self._cut_slow) if seconds else None

    def _cut_slow(self) -> None:
        if self._phase is Phase.HEAD and not self.transport.is_closing():
            self.transport.write(TOO_SLOW)
        self.cut(HttpRefusal.SLOW)

    def _log_facts(self, reason: HttpRefusal) -> tuple[str, str, str]:
        return self.network or "an unknown address", self._phase.value, reason.value


def network_of(host: str) -> str:
    """Name whose address it is, e.g. "192.0.2.7" or "2001:db8::/64": in IPv6 everybody has a network."""
    if ":" not in host:
        return host
    address = IPv6Address(host)
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))


def allowed_connections(asked: int) -> int:
    """Count the connections that the process's file limit allows, at most as many as asked for."""
    limit = _file_limit()
    allowed = asked if limit is None else min(asked, max(limit - RESERVE, limit // 4))
    if allowed < asked:
        log.warning("With %d open files this process takes %d connections, not %d", limit, allowed, asked)
    return allowed


def _file_limit() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft
