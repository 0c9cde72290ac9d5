"""The workspace behind HTTP: Slack's Web API as far as the bot uses it, on a port of this machine.

async with Slack(seeded(clock), installed).running(port=0) as slack:
    slack.api_url
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC
from email.utils import format_datetime

from aiohttp import web

from bot.errors import UserError
from bot.playground.api.chat import Chat
from bot.playground.api.conversations import Conversations
from bot.playground.api.faults import Faults, spoilt, strike
from bot.playground.api.files import Files, Readiness
from bot.playground.api.guard import Guard, Rate
from bot.playground.api.refusal import Call, Refusal, decoded, payload_of
from bot.playground.api.replies import Replies
from bot.playground.api.socket import Sockets
from bot.playground.api.views import Triggers, ViewMethods
from bot.playground.model import APP, BOT, BOT_ID, BOT_NAME, TEAM, TEAM_NAME, TEAM_URL, Installed, Payload
from bot.playground.workspace import Workspace

HOST = "127.0.0.1"
KEPT = 10_000
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
        self.sockets = Sockets(workspace.ids)
        self._methods = {**self._of_chat(), **self._of_channels(), **self._of_views(), **self._of_files()}

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.base}/api/"

    def called(self, method: str) -> list[Call]:
        """The requests of one method; "upload" and "reply" are the two that are not of the Web API."""
        return [call for call in self.calls if call.method == method]

    @asynccontextmanager
    async def running(
        self, port: int = 0, routes: Iterable[web.AbstractRouteDef] = ()
    ) -> AsyncIterator[Slack]:
        """Served on loopback until the block ends; routes: further pages on the same port.

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
            return handler(decoded(payload))

        return await self._answer(request, method, work)

    async def _on_upload(self, request: web.Request) -> web.StreamResponse:
        ticket, content = request.match_info["ticket"], await request.read()

        def work(_payload: Payload) -> Payload:
            self.files.upload(ticket, content)
            return {}

        return await self._answer(request, "upload", work, {"bytes": len(content)})

    async def _on_reply(self, request: web.Request) -> web.StreamResponse:
        def work(payload: Payload) -> Payload:
            self.replies.use(request.match_info["name"], decoded(payload))
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
            await strike(fault, request)
            body: Payload = {"ok": True, **work(payload)}
        except Refusal as refusal:
            status, headers, body = refusal.status, refusal.headers, refusal.body()
        self.calls.append(Call(method, payload, at, status, body.get("error")))
        del self.calls[:-KEPT]
        answer = web.json_response(body, status=status, headers=headers | self._own_headers())
        if delay := self.faults.delay():
            await asyncio.sleep(delay)
        return await spoilt(fault, request, answer)

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
