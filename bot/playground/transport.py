"""The ways from the workspace to the app: signed requests over HTTP, or envelopes over Socket Mode."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.playground.api.requests import Refusal
from bot.playground.api.server import Slack
from bot.playground.model import Payload
from bot.ports import Clock

UNREACHABLE = 0
"""Status where the app cannot be reached at all."""


class AppAnswer(NamedTuple):
    """What the app answered.  body: JSON, a bare text, or None where it is empty."""

    status: int
    body: Any


class AppTransport(Protocol):
    """One of the ways."""

    async def deliver(self, payload: Payload, retry: int = 0) -> AppAnswer:
        """Deliver, and wait for the app's answer without end; retry: 1 for an event's first repetition."""
        ...


class OverHttp:
    """Signed requests to the app's one address."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str, clock: Clock) -> None:
        self.url, self.secret = url, secret
        self._session, self._clock = session, clock

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str, secret: str, clock: Clock) -> AsyncIterator[OverHttp]:
        """Open a line to this address, until the block ends."""
        async with aiohttp.ClientSession() as session:
            yield cls(session, url, secret, clock)

    async def deliver(self, payload: Payload, retry: int = 0) -> AppAnswer:
        """See `AppTransport`; 0 where nobody listens there."""
        body, headers = sign_request(payload, self.secret, self._clock)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        try:
            async with self._session.post(self.url, data=body, headers=headers) as answer:
                return AppAnswer(answer.status, _read_body(await answer.text()))
        except aiohttp.ClientError:
            return AppAnswer(UNREACHABLE, None)


class OverSocket:
    """Envelopes over the connections that the app has opened."""

    def __init__(self, slack: Slack) -> None:
        self._sockets = slack.sockets

    async def deliver(self, payload: Payload, retry: int = 0) -> AppAnswer:
        """See `AppTransport`; 200 with the payload of the acknowledgement, 0 where it is not connected."""
        again = {"retry_attempt": retry, "retry_reason": "timeout"} if "event" in payload else {}
        try:
            return AppAnswer(
                200, await self._sockets.deliver(_envelope_kind(payload), payload, **again) or None
            )
        except Refusal:
            return AppAnswer(UNREACHABLE, None)


def sign_request(payload: Payload, secret: str, clock: Clock) -> tuple[bytes, dict[str, str]]:
    """Sign a request: body and headers of the HTTP request that Slack would send."""
    body, form = _encode_body(payload)
    stamp = str(int(clock.now().timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"X-Slack-Signature": str(signature), "X-Slack-Request-Timestamp": stamp, "Content-Type": kind}
    return body.encode(), headers


def _encode_body(payload: Payload) -> tuple[str, bool]:
    """Encode the body, and whether it is a form: events are JSON, what people press is JSON in a form."""
    kind = _envelope_kind(payload)
    if kind == "events_api":
        return json.dumps(payload), False
    return urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)}), True


def _envelope_kind(payload: Mapping[str, Any]) -> str:
    if "event" in payload:
        return "events_api"
    return "slash_commands" if "command" in payload else "interactive"


def _read_body(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
