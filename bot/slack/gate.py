"""Whether a request is Slack's: what its headers tell is looked at first, then as little as possible is read.

Bolt checks the signature, too, but only when it has the whole body and has parsed it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import MutableMapping
from typing import Any

from bot.ports import Clock, HttpRefusal
from bot.slack.site import Asgi, Receive, Refused, Send, closing, tell

log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]

BODY = 1_000_000
"""Bytes; what Slack sends is a hundred times smaller."""
BODIES = 8 * BODY
"""Bytes of all requests together whose signature cannot be checked yet."""
SECONDS = 10.0
"""For a body from its headers on."""
AGE = 300.0
"""Seconds by which Slack's timestamp may differ from the clock here: what Slack advises."""
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
_STAMP = re.compile(rb"[0-9]{1,12}")


class HttpRejection(Exception):
    """The request is not taken.  status: of HTTP."""

    def __init__(self, status: int, reason: HttpRefusal, words: str) -> None:
        super().__init__(words)
        self.status, self.reason = status, reason


class Gate:
    """Hands on the requests to `path` that are signed with the secret; the others never reach `app`."""

    def __init__(self, app: Asgi, path: str, secret: str, clock: Clock, refused: Refused) -> None:
        self._app, self._path, self._clock, self._refused = app, path, clock, refused
        self._secret, self._bodies = secret.encode(), Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application."""
        if scope["path"] != self._path or scope["method"] != "POST":
            await tell(closing(send), 404)
            return
        try:
            body = await self._taken(scope, receive)
        except HttpRejection as refusal:
            peer = scope["client"][0] if scope.get("client") else "an unknown address"
            log.warning("A request of %s is not taken: %s", peer, refusal)
            self._refused(refusal.reason)
            await tell(closing(send), refusal.status, str(refusal))
            return
        if body is not None:
            await self._app(scope, _again(body), send)

    async def _taken(self, scope: Scope, receive: Receive) -> bytes | None:
        headers = Headers(scope["headers"])
        stamp, signature = headers.signed(self._clock.now().timestamp())
        headers.look_at_length()
        body = await self._bodies.read(receive)
        if body is None:
            return None
        expected = hmac.new(self._secret, b"v0:" + stamp + b":", hashlib.sha256)
        expected.update(body)
        if not hmac.compare_digest(b"v0=" + expected.hexdigest().encode(), signature):
            raise HttpRejection(401, HttpRefusal.FORGED, "the signature is not that of the signing secret")
        return body


class Headers:
    """What is known before the body.  given: in lower case, as ASGI has them."""

    def __init__(self, given: list[tuple[bytes, bytes]]) -> None:
        self._given = given

    def signed(self, now: float) -> tuple[bytes, bytes]:
        """Give timestamp and signature.  now: seconds since 1970.  Raises HttpRejection."""
        stamps, signatures = self._of(b"x-slack-request-timestamp"), self._of(b"x-slack-signature")
        if len(stamps) != 1 or len(signatures) != 1:
            raise HttpRejection(401, HttpRefusal.UNSIGNED, "it does not have one signature and one timestamp")
        (stamp,), (signature,) = stamps, signatures
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            raise HttpRejection(401, HttpRefusal.UNSIGNED, "signature or timestamp are not of Slack's form")
        if abs(now - int(stamp)) > AGE:
            raise HttpRejection(
                401, HttpRefusal.STALE, f"the timestamp is not within {AGE:.0f} s of the time here"
            )
        return stamp, signature

    def look_at_length(self) -> None:
        """Raise HttpRejection where the body is announced as too large, or in two ways that may differ."""
        lengths = self._of(b"content-length")
        if lengths and self._of(b"transfer-encoding"):
            raise HttpRejection(
                400, HttpRefusal.MALFORMED, "it has both Content-Length and Transfer-Encoding"
            )
        if any(int(length) > BODY for length in lengths):
            raise _too_large()

    def _of(self, name: bytes) -> list[bytes]:
        return [value for key, value in self._given if key == name]


class Bodies:
    """Those that are being read, each bounded in size and time, and all of them together in size."""

    def __init__(self) -> None:
        self._held: dict[asyncio.Timeout, int] = {}

    async def read(self, receive: Receive) -> bytes | None:
        """Read a whole body; None where the peer has gone.  Raises HttpRejection: too large, or too slow.

        When all are too much together, the largest is the one that is refused.
        """
        try:
            async with asyncio.timeout(SECONDS) as time:
                self._held[time] = 0
                try:
                    return await self._read(receive, time)
                finally:
                    cut_off = self._held.pop(time, None) is None
        except TimeoutError:
            if cut_off:
                raise _too_large() from None
            words = f"its body did not come within {SECONDS:.0f} s"
            raise HttpRejection(408, HttpRefusal.SLOW, words) from None

    async def _read(self, receive: Receive, time: asyncio.Timeout) -> bytes | None:
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > BODY:
                raise _too_large()
            self._hold(time, len(body))
        return bytes(body)

    def _hold(self, time: asyncio.Timeout, size: int) -> None:
        if time in self._held:
            self._held[time] = size
        if sum(self._held.values()) > BODIES:
            largest = max(self._held, key=lambda each: self._held[each])
            del self._held[largest]
            if not largest.expired():
                largest.reschedule(0.0)


def _too_large() -> HttpRejection:
    return HttpRejection(
        413, HttpRefusal.LARGE, f"its body is larger than {BODY} bytes, or too many are being read"
    )


def _again(body: bytes) -> Receive:
    """The body, for who reads it next."""

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
