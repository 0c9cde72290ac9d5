"""A loopback Slack: the part of its Web API that the bot uses, on a free port of this machine.

    async with FakeSlack.running() as slack:
        slack.api_url, slack.calls, slack.seen_in("C0TEAM")

Faults by name: `slack.fail("chat.postMessage", "429", times=2)`.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.clock import SystemClock
from tests.fakes.slack_workspace import APP_TOKEN as APP_TOKEN
from tests.fakes.slack_workspace import BOT_TOKEN as BOT_TOKEN
from tests.fakes.slack_workspace import SIGNING_SECRET as SIGNING_SECRET
from tests.fakes.slack_workspace import Payload, Refusal, Workspace


@dataclass(frozen=True)
class Call:
    """One request that came in.  at: seconds; status, error: what was answered."""

    method: str
    payload: Payload
    at: float
    status: int
    error: str | None


@dataclass
class FakeSlack(Workspace):
    """The workspace behind HTTP and Socket Mode; `calls` holds every request."""

    calls: list[Call] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    acks: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    @asynccontextmanager
    async def running(cls, **knobs: Any) -> AsyncIterator[FakeSlack]:
        """Served until the block ends; `knobs` are the fields of `Workspace`."""
        slack = cls(**knobs)
        runner = web.AppRunner(slack._application(), shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        slack.base = f"http://{host}:{port}"
        try:
            yield slack
        finally:
            for socket in slack.sockets:
                await socket.close()
            await runner.cleanup()

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.base}/api/"

    def reply_url(self, user: str = "U0ANN", channel: str = "C0TEAM") -> str:
        """A fresh response_url."""
        return f"{self.base}/reply/{channel}/{user}/{next(self.numbers)}"

    def called(self, method: str) -> list[Call]:
        """The requests of one method; "upload" and "reply" are the two that are not of the Web API."""
        return [call for call in self.calls if call.method == method]

    def fail(self, method: str, fault: str, times: int = 1) -> None:
        """Make the next calls of a method go wrong.

        fault: "429", "500", "hang", "drop_connection" (after the work is done), or an error code with its
        detail after a colon.
        """
        self._faults[method] += [fault] * times

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=50 * 2**20)
        application.router.add_post("/api/{method}", self._api)
        application.router.add_post("/upload/{file}", self._upload)
        application.router.add_post("/reply/{channel}/{user}/{number}", self._reply)
        application.router.add_get("/socket", self._socket)
        return application

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method, payload = request.match_info["method"], await _payload(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return await self._answer(request, method, payload, lambda: self.api(method, token, payload))

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file, content = request.match_info["file"], await request.read()
        return await self._answer(request, "upload", {"file": file}, lambda: self.upload(file, content))

    async def _reply(self, request: web.Request) -> web.StreamResponse:
        payload, where = await request.json(), request.match_info
        to = (request.path, where["channel"], where["user"])
        return await self._answer(request, "reply", payload, lambda: self.reply(*to, payload))

    async def _answer(
        self, request: web.Request, method: str, payload: Payload, work: Any
    ) -> web.StreamResponse:
        fault = self._faults[method].pop(0) if self._faults[method] else ""
        status, body, at = 200, Payload(ok=True), SystemClock().monotonic()
        try:
            if fault and fault != "drop_connection":
                await _go_wrong(fault)
            body |= work() or {}
        except Refusal as refusal:
            status, body = refusal.status, refusal.body()
        self.calls.append(Call(method, payload, at, status, body.get("error")))
        if fault == "drop_connection" and request.transport:
            request.transport.abort()
        headers = {"x-oauth-scopes": ",".join(self.scopes)} | ({"Retry-After": "1"} if status == 429 else {})
        return web.json_response(body, status=status, headers=headers)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.sockets.append(socket)
        self.connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                ack = json.loads(message.data)
                self.acks[ack["envelope_id"]].set_result(ack.get("payload"))
        return socket


async def _go_wrong(fault: str) -> None:
    if fault == "hang":
        await asyncio.sleep(3600)
    if fault == "429":
        raise Refusal("ratelimited", 429)
    if fault == "500":
        raise Refusal("internal_error", 500)
    code, _, detail = fault.partition(":")
    raise Refusal(code, detail=detail)


async def _payload(request: web.Request) -> Payload:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **await request.post()}
