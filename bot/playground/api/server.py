"""Slack's Web API and Socket Mode as far as the bot uses them, on a port of this machine; faults to order.

async with Slack(seed_workspace(clock), installed).running(port=0) as slack:
slack.api_url
slack.faults.on("429:30", "chat.postMessage", times=2)
slack.faults.on("invalid_blocks:no table here [json-pointer:/blocks/1]")
slack.faults.at_random({"500": 0.1, "drop_connection": 0.1}, seed=1)
slack.faults.slow(0.005, 0.05, seed=1)
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from aiohttp import WSMsgType, web

from bot.errors import UserError
from bot.playground.api.chat import Chat, Conversations, Replies
from bot.playground.api.files import Files, Readiness
from bot.playground.api.requests import Call, Guard, Rate, Refusal, decode_fields, payload_of
from bot.playground.api.views import Triggers, ViewMethods
from bot.playground.model import APP, BOT, BOT_ID, BOT_NAME, TEAM, TEAM_NAME, TEAM_URL, Installed, Payload
from bot.playground.workspace import Ids, Workspace

HOST = "127.0.0.1"
MOST_CALLS = 10_000
"""Calls that are remembered."""
LARGEST = 50 * 2**20
GOODBYE = 0.1
"""Seconds that requests under way get when the server ends."""
Method = Callable[[Payload], Payload]


class Slack:
    """The state and the rules of a workspace, and the server before them.

    calls: every request that came in.  rate, readiness, faults: knobs, see their classes.
    """

    def __init__(self, workspace: Workspace, installed: Installed) -> None:
        self.workspace, self.installed = workspace, installed
        self.calls: list[Call] = []
        self.base = ""
        self.faults, self.readiness, self.rate = Faults(), Readiness(), Rate(workspace.clock)
        guard = self._guard = Guard(workspace, installed)
        self.files = Files(workspace, guard, self.readiness)
        self.chat = Chat(workspace, guard, self.rate, self.files)
        self.replies = Replies(workspace, self.chat)
        self.triggers = Triggers(workspace.clock, workspace.ids.new)
        self.views = ViewMethods(workspace, installed, self.triggers)
        self.sockets = SocketConnections(workspace.ids)
        self._methods = {**self._of_chat(), **self._of_channels(), **self._of_views(), **self._of_files()}

    @property
    def methods(self) -> tuple[str, ...]:
        """Whose calls can be made to go wrong: those of the Web API, and the two addresses beside it."""
        return (*self._methods, "upload", "reply")

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.base}/api/"

    def calls_of(self, method: str) -> list[Call]:
        """Return the requests of one method; "upload" and "reply" are the two that are not of the Web API."""
        return [call for call in self.calls if call.method == method]

    @asynccontextmanager
    async def running(
        self, port: int = 0, routes: Iterable[web.AbstractRouteDef] = ()
    ) -> AsyncIterator[Slack]:
        """Serve on loopback until the block ends; routes: further pages on the same port.

        port: 0 picks a free one.  Raises UserError where the port is taken.
        """
        application = web.Application(client_max_size=LARGEST)
        application.add_routes([*self._routes(), *routes])
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=GOODBYE)
        await runner.setup()
        try:
            await self._listen(runner, port)
            yield self
        finally:
            await self.sockets.close()
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner, port: int) -> None:
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError as error:
            reason = error.strerror or error
            raise UserError(
                f"{HOST}:{port} cannot be listened on ({reason}). Choose another one with --port."
            ) from error
        self.base = f"http://{HOST}:{runner.addresses[0][1]}"
        self.files.base = self.replies.base = self.sockets.base = self.base

    def _routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/{method}", self._on_api, allow_head=False),
            web.post("/api/{method}", self._on_api),
            web.post("/upload/{ticket}", self._on_upload),
            web.post("/reply/{name}", self._on_reply),
            web.get("/socket", self.sockets.serve),
        ]

    async def _on_api(self, request: web.Request) -> web.StreamResponse:
        method, given = request.match_info["method"], request.headers.get("Authorization", "")

        def work(payload: Payload) -> Payload:
            token = given.removeprefix("Bearer ") or str(payload.get("token", ""))
            handler = self._methods.get(method)
            if handler is None:
                raise Refusal("unknown_method", req_method=method)
            self._guard.admit(method, token)
            return handler(decode_fields(payload))

        return await self._answer(request, method, work)

    async def _on_upload(self, request: web.Request) -> web.StreamResponse:
        ticket, content = request.match_info["ticket"], await request.read()

        def work(_payload: Payload) -> Payload:
            self.files.upload(ticket, content)
            return {}

        return await self._answer(request, "upload", work, {"bytes": len(content)})

    async def _on_reply(self, request: web.Request) -> web.StreamResponse:
        def work(payload: Payload) -> Payload:
            self.replies.use(request.match_info["name"], decode_fields(payload))
            return {}

        return await self._answer(request, "reply", work)

    async def _answer(
        self, request: web.Request, method: str, work: Method, given: Payload | None = None
    ) -> web.StreamResponse:
        fault, at = self.faults.next(method), self.workspace.clock.monotonic()
        payload: Payload = given or {}
        status, headers = 200, dict[str, str]()
        try:
            payload = await payload_of(request) if given is None else given
            await apply_fault(fault, request)
            body: Payload = {"ok": True, **work(payload)}
        except Refusal as refusal:
            status, headers, body = refusal.status, refusal.headers, refusal.body()
        self.calls.append(Call(method, payload, at, status, body.get("error")))
        del self.calls[:-MOST_CALLS]
        answer = web.json_response(body, status=status, headers=headers | self._own_headers())
        if delay := self.faults.delay():
            await asyncio.sleep(delay)
        return await spoil_answer(fault, request, answer)

    def _own_headers(self) -> dict[str, str]:
        now = self.workspace.clock.now().astimezone(UTC)
        scopes = ",".join(self.installed.scopes)
        return {"Date": format_datetime(now, usegmt=True), "x-oauth-scopes": scopes}

    def _of_chat(self) -> dict[str, Method]:
        chat = self.chat
        return {
            "auth.test": self._auth_test,
            "apps.connections.open": self.sockets.ask,
            "chat.postMessage": chat.post_message,
            "chat.postEphemeral": chat.post_ephemeral,
            "chat.update": chat.update,
            "chat.delete": chat.delete,
            "chat.getPermalink": chat.get_permalink,
        }

    def _of_channels(self) -> dict[str, Method]:
        reading = Conversations(self.workspace, self._guard)
        return {
            "conversations.history": reading.history,
            "conversations.replies": reading.replies,
            "conversations.info": reading.info,
            "conversations.open": reading.open,
            "users.info": reading.user_info,
        }

    def _of_views(self) -> dict[str, Method]:
        return {
            "views.open": self.views.open,
            "views.push": self.views.push,
            "views.update": self.views.update,
            "views.publish": self.views.publish,
        }

    def _of_files(self) -> dict[str, Method]:
        return {
            "files.getUploadURLExternal": self.files.get_upload_url,
            "files.completeUploadExternal": self.files.complete_upload,
            "files.info": self.files.info,
        }

    def _auth_test(self, _payload: Payload) -> Payload:
        return {
            "url": TEAM_URL,
            "team": TEAM_NAME,
            "team_id": TEAM,
            "user": BOT_NAME,
            "user_id": BOT,
            "bot_id": BOT_ID,
            "app_id": APP,
            "is_enterprise_install": self.installed.everywhere,
            **({"enterprise_id": self.installed.organisation} if self.installed.organisation else {}),
        }


MOST_CONNECTIONS = 10
"""Connections of one app."""


class SocketConnections:
    """The open connections and the envelopes under way.

    base: the workspace's own address.  ending: why every new connection is ended at once; empty for none.
    """

    def __init__(self, ids: Ids) -> None:
        self.base = self.ending = ""
        self.connected = asyncio.Event()
        self._ids = ids
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._alive: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[Any]] = {}
        self._turns = itertools.count()

    def ask(self, _payload: Payload) -> Payload:
        """Answer apps.connections.open: an address for one connection."""
        ticket = secrets.token_hex(12)
        self._tickets.add(ticket)
        return {"url": f"{self.base.replace('http', 'ws', 1)}/socket?ticket={ticket}"}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection, until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="link_disabled")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if ending := self.ending or ("too_many_websockets" if len(self._open) >= MOST_CONNECTIONS else ""):
            await socket.send_json({"type": "disconnect", "reason": ending})
            await socket.close()
            return socket
        await socket.send_json({"type": "hello", "num_connections": len(self._open) + 1})
        self._open.append(socket)
        self._alive.append(socket)
        self.connected.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take_ack(json.loads(message.data))
        finally:
            self._alive.remove(socket)
            self._open = [each for each in self._open if each is not socket]
        return socket

    async def deliver(self, kind: str, payload: Payload, **more: Any) -> Any:
        """Send an envelope over any one connection; what the app acknowledges it with, waited for.

        kind: "events_api", "slash_commands" or "interactive"; more: further fields of the envelope.
        Raises Refusal where the app is not connected.
        """
        if not self._open:
            raise Refusal("not_connected")
        envelope = self._ids.new("envelope")
        acked = self._acks[envelope] = asyncio.get_running_loop().create_future()
        socket = self._open[next(self._turns) % len(self._open)]
        body = {"type": kind, "envelope_id": envelope, "payload": payload, **more}
        accepts = {"accepts_response_payload": kind != "events_api"}
        try:
            await socket.send_json(body | accepts)
            return await acked
        finally:
            del self._acks[envelope]

    async def refresh(self) -> None:
        """Tell the app that its connections will end, as Slack does every few hours."""
        self.connected.clear()
        retired, self._open = self._open, []
        for socket in retired:
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def close(self) -> None:
        """End all connections."""
        for socket in list(self._alive):
            await socket.close()

    def _take_ack(self, ack: Payload) -> None:
        waiting = self._acks.get(str(ack.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(ack.get("payload"))


EVERY = "*"
BEFORE = "drop_connection_before"
"""The request is cut off before anything is done."""
LOST_ANSWERS = ("drop_connection", "500_after", "hang_after", "garbled_after")
"""The work is done, and nobody hears of it: cut off, an error instead, no answer, one that is no JSON."""
FAULT_NAMES = ("429", "500", "hang", "invalid_blocks", BEFORE, *LOST_ANSWERS)
FOREVER = 3600.0


class Faults:
    """Which calls go wrong, and how."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._shares: Mapping[str, float] = {}
        self._chance = random.Random(0)  # noqa: S311
        self._methods: frozenset[str] = frozenset()
        self._longest = (0.0, 0.0)
        self._lengths = random.Random(0)  # noqa: S311

    def on(self, name: str, method: str = EVERY, times: int = 1) -> None:
        """Make the next calls of a method go wrong.

        name: one of NAMES, or any error code of Slack's, its detail after a colon; "429:30" asks for 30 s.
        method: as in Slack's documentation; "upload" and "reply" are the two addresses beside the Web API.
        """
        self._waiting[method] += [name] * times

    def at_random(self, shares: Mapping[str, float], seed: int, *methods: str) -> None:
        """Let calls go wrong by chance, the same ones for the same seed.

        shares: by name, the fraction of calls that meet the fault; methods: which calls, none: all.
        """
        self._shares, self._methods = shares, frozenset(methods)
        self._chance = random.Random(seed)  # noqa: S311

    def slow(self, least: float, most: float, seed: int) -> None:
        """Let every answer take its time after the work is done, between so many seconds by chance."""
        self._longest, self._lengths = (least, most), random.Random(seed)  # noqa: S311

    def off(self) -> None:
        """Switch all faults off: everything works again, and at once."""
        self._waiting.clear()
        self._shares, self._longest = {}, (0.0, 0.0)

    def next(self, method: str) -> str:
        """Return the fault that this call meets; "" for none."""
        for waiting in (self._waiting[method], self._waiting[EVERY]):
            if waiting:
                return waiting.pop(0)
        if not self._shares or (self._methods and method not in self._methods):
            return ""
        return self._draw_fault()

    def delay(self) -> float:
        """Return seconds between the work of this call and its answer."""
        return self._lengths.uniform(*self._longest) if self._longest[1] else 0.0

    def _draw_fault(self) -> str:
        point = self._chance.random()
        for name, share in self._shares.items():
            point -= share
            if point < 0:
                return name
        return ""


async def apply_fault(name: str, request: web.Request) -> None:
    """Apply a fault before the work of a call; raises Refusal where it has an answer."""
    if name == "" or name in LOST_ANSWERS:
        return
    if name == "hang":
        await asyncio.sleep(FOREVER)
    if name == BEFORE:
        cut_connection(request)
        raise Refusal("connection_cut")
    if name == "500":
        raise Refusal("internal_error", status=500)
    code, _, detail = name.partition(":")
    if code == "429":
        raise Refusal("ratelimited", status=429, retry_after=int(detail or 1))
    raise Refusal(code, [detail] if detail else [])


async def spoil_answer(name: str, request: web.Request, answer: web.Response) -> web.Response:
    """Spoil an answer when the work is done; return what a fault leaves of it."""
    if name == "drop_connection":
        cut_connection(request)
    if name == "hang_after":
        await asyncio.sleep(FOREVER)
    if name == "500_after":
        return web.json_response({"ok": False, "error": "internal_error"}, status=500)
    return web.Response(text="<html>Bad gateway</html>") if name == "garbled_after" else answer


def cut_connection(request: web.Request) -> None:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
