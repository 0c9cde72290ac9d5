"""Socket Mode: one connection after the other, and ever longer pauses while none lasts.

The SDK's client makes the next connection at once, however often Slack ends it, and tries an address that was
refused for ever.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.ports import Clock
from bot.slack.errors import SlackFault, call_slack

log = logging.getLogger(__name__)
Socket = aiohttp.ClientWebSocketResponse

FIRST, LONGEST = 1.0, 60.0
"""Seconds between two connections that did not last: the first time, and at most."""
STEADY = 60.0
"""Seconds after which a connection has lasted."""
PATIENCE = 10.0
"""Seconds that making a connection may take."""
BEAT = 10.0
"""Seconds between two looks whether the other side is still there."""
ACKS = 3.0
"""Seconds that what was taken gets to be acknowledged on an ended connection: Slack waits no longer."""
ROUTINE = frozenset({"refresh_requested", "warning"})
"""Why Slack ends a connection in good order, every few hours."""
MEANINGS: Mapping[str, str] = {
    "too_many_websockets": "more than ten connections are open with this app token; end other processes",
    "link_disabled": "Socket Mode is switched off in the app's settings",
}


class Pauses:
    """Says how long to wait for the next connection: not at all after one that has lasted, else ever longer.

    jitter: gives a number from 0 to 1, so that many processes do not come at the same moment.
    """

    def __init__(self, clock: Clock, jitter: Callable[[], float] = random.random) -> None:
        self._clock, self._jitter = clock, jitter
        self._since: float | None = None
        self._short = 0

    def began(self) -> None:
        """Note that a connection has been made."""
        self._since = self._clock.monotonic()

    def next(self) -> float:
        """Give the seconds to wait now that a connection has ended, or could not be made."""
        since, self._since = self._since, None
        if since is not None and self._clock.monotonic() - since >= STEADY:
            self._short = 0
            return 0.0
        longest: float = min(FIRST * 2.0 ** min(self._short, 10), LONGEST)
        self._short += 1
        return longest * (1 + self._jitter()) / 2


class SocketMode:
    """Takes what Slack sends, and acknowledges it with what the app answers.

    app_token: begins with `xapp-`.  sleep: how it is waited, in seconds of the pauses' clock.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        pauses: Pauses,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app, self._token, self._pauses, self._sleep = app, app_token, pauses, sleep
        self._socket: Socket | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()

    async def is_connected(self) -> bool:
        """Tell whether Slack has let the app in, and still does."""
        return self._socket is not None and not self._socket.closed

    async def run(self, let_in: Callable[[], None]) -> None:
        """Stay connected until cancelled.

        let_in: called once, when Slack has let the app in for the first time.
        Raises SlackFault where Slack refuses the token for good before that.
        """
        first = [let_in]
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                cause, least = await self._connect(session, first)
                pause = self._pauses.next()
                self._tell(cause, pause)
                await self._sleep(max(pause, least))

    async def _connect(
        self, session: aiohttp.ClientSession, first: list[Callable[[], None]]
    ) -> tuple[str, float]:
        """Hold one connection; return why it ended or was not made, and the least seconds to the next."""
        client = self._app.client
        try:
            answer = await call_slack(client.apps_connections_open(app_token=self._token))
            ssl = client.ssl if client.ssl is not None else True
            async with asyncio.timeout(PATIENCE):
                socket = await session.ws_connect(
                    str(answer["url"]), heartbeat=BEAT, proxy=client.proxy, ssl=ssl
                )
        except SlackFault as fault:
            if fault.permanent and first:
                raise
            return fault.cause, fault.retry_after or 0.0
        except aiohttp.WSServerHandshakeError as error:  # its words hold the address, which is a secret
            return f"refused with status {error.status}", 0.0
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return f"no connection ({type(error).__name__})", 0.0
        async with socket:
            return await self._listen(socket, first), 0.0

    async def _listen(self, socket: Socket, first: list[Callable[[], None]]) -> str:
        """Take what comes until the connection ends; why it did."""
        self._socket = socket
        self._pauses.began()
        try:
            async for message in socket:
                envelope = _read_envelope(message)
                if envelope.get("type") == "disconnect":
                    return str(envelope.get("reason") or "disconnect")
                if envelope.get("type") == "hello" and first:
                    first.pop()()
                self._start(envelope, socket)
            return f"closed ({socket.close_code})"
        finally:
            self._socket = None
            if self._under_way:
                await asyncio.wait(list(self._under_way), timeout=ACKS)

    def _start(self, envelope: Mapping[str, Any], socket: Socket) -> None:
        request = SocketModeRequest.from_dict(dict(envelope))
        if request is None:
            return
        task = asyncio.create_task(self._take(request, socket))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take(self, request: SocketModeRequest, socket: Socket) -> None:
        """Have it answered; a failure leaves it without an acknowledgement, and Slack sends events again."""
        try:
            answer: BoltResponse = await run_async_bolt_app(self._app, request)
            if answer.status == 200:
                await socket.send_json(_acknowledgement(request.envelope_id, answer))
            else:
                log.info("What Slack sent was not taken (status %s)", answer.status)
        except ConnectionError as error:
            log.warning("An acknowledgement could not be sent: %r", error)
        except Exception:
            log.exception("What Slack sent was not taken")

    def _tell(self, cause: str, pause: float) -> None:
        """Say in the log why there is no connection: once, until one has lasted."""
        if not pause:
            self._told.clear()
        if not pause or (cause in ROUTINE and pause <= FIRST):
            log.info("The connection to Slack has ended: %s. It is made again", cause)
        elif cause not in self._told:
            self._told.add(cause)
            meant = f": {MEANINGS[cause]}" if cause in MEANINGS else ""
            most = f"It is tried again, at last every {LONGEST:.0f} s"
            log.error("There is no connection to Slack (%s%s). %s", cause, meant, most)


def _read_envelope(message: aiohttp.WSMessage) -> Mapping[str, Any]:
    """Read the JSON object in a message; empty for anything else."""
    try:
        found = json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else None
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _acknowledgement(envelope: str, answer: BoltResponse) -> dict[str, Any]:
    if not answer.body:
        return {"envelope_id": envelope}
    kind = (answer.headers.get("content-type") or [""])[0]
    payload = json.loads(answer.body) if kind.startswith("application/json") else {"text": answer.body}
    return {"envelope_id": envelope, "payload": payload}
