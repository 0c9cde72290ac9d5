"""The two ways to the app: signatures that its own library accepts, and envelopes over open connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.clock import SystemClock
from bot.playground.api.server import Slack
from bot.playground.transport import AppAnswer, OverHttp, OverSocket, sign_request
from bot.slack.client import slack_client
from tests.fakes.workspace import APP_TOKEN, SIGNING_SECRET

EVENT: dict[str, Any] = {"type": "event_callback", "event": {"type": "app_mention", "text": "Zürich"}}
COMMAND: dict[str, Any] = {"command": "/compare", "text": "ISCB SPSM"}
CLICK: dict[str, Any] = {"type": "block_actions", "actions": []}


@dataclass
class App:
    """An app's address: what came in, whether its signature was right, and what it answers."""

    answers: list[web.Response] = field(default_factory=list)
    came: list[tuple[str, bool, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    async def hear(self, request: web.Request) -> web.Response:
        body, headers = await request.text(), dict(request.headers)
        self.came.append((body, SignatureVerifier(SIGNING_SECRET).is_valid_request(body, headers), headers))
        return self.answers.pop(0) if self.answers else web.Response()


@pytest.fixture
async def app() -> AsyncIterator[App]:
    app = App()
    application = web.Application()
    application.router.add_post("/slack/events", app.hear)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield app
    await runner.cleanup()


class TestOverHttp:
    @pytest.mark.parametrize("payload", [EVENT, COMMAND, CLICK], ids=["event", "command", "click"])
    async def test_every_request_is_signed_as_slack_signs(self, app: App, payload: dict[str, Any]) -> None:
        async with OverHttp.to(app.url, SIGNING_SECRET, SystemClock()) as line:
            assert await line.deliver(payload) == AppAnswer(200, None)
        body, valid, _ = app.came[0]
        assert valid
        if payload is EVENT:
            assert json.loads(body) == EVENT
        elif payload is COMMAND:
            assert parse_qs(body) == {key: [value] for key, value in COMMAND.items()}
        else:
            assert json.loads(parse_qs(body)["payload"][0]) == CLICK

    async def test_another_secret_is_seen_through(self, app: App) -> None:
        async with OverHttp.to(app.url, "guessed", SystemClock()) as line:
            await line.deliver(COMMAND)
        assert [valid for _, valid, _ in app.came] == [False]

    @pytest.mark.parametrize(
        ("answer", "body"), [({"text": '{"ok": 1}'}, {"ok": 1}), ({"text": "Usage"}, "Usage"), ({}, None)]
    )
    async def test_the_answer_is_read(self, app: App, answer: dict[str, str], body: Any) -> None:
        app.answers = [web.Response(**answer, status=200)]  # type: ignore[arg-type]
        async with OverHttp.to(app.url, SIGNING_SECRET, SystemClock()) as line:
            assert await line.deliver(COMMAND) == AppAnswer(200, body)

    async def test_a_repetition_says_so(self, app: App) -> None:
        async with OverHttp.to(app.url, SIGNING_SECRET, SystemClock()) as line:
            await line.deliver(EVENT, retry=2)
        assert app.came[0][2]["X-Slack-Retry-Num"] == "2"

    async def test_nobody_there(self) -> None:
        async with OverHttp.to("http://127.0.0.1:9/", SIGNING_SECRET, SystemClock()) as line:
            assert await line.deliver(COMMAND) == AppAnswer(0, None)

    def test_the_body_that_is_signed_is_the_one_that_is_sent(self) -> None:
        body, headers = sign_request(COMMAND, SIGNING_SECRET, SystemClock())
        assert SignatureVerifier(SIGNING_SECRET).is_valid_request(body, headers)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def joined(slack: Slack, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """A connection as an app makes it."""
    async with slack_client(APP_TOKEN, slack.api_url) as client:
        url = (await client.apps_connections_open(app_token=APP_TOKEN))["url"]
    socket = await session.ws_connect(url)
    assert (await socket.receive_json())["type"] == "hello"
    return socket


class TestOverSocket:
    async def test_an_envelope_comes_and_its_acknowledgement_goes(
        self, slack: Slack, session: aiohttp.ClientSession
    ) -> None:
        socket = await joined(slack, session)
        delivering = asyncio.create_task(OverSocket(slack).deliver(COMMAND))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["payload"]) == ("slash_commands", COMMAND)
        assert envelope["accepts_response_payload"]
        await socket.send_json({"envelope_id": "another"})
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Usage"}})
        assert await delivering == AppAnswer(200, {"text": "Usage"})

    async def test_kinds_and_repetitions_are_named(
        self, slack: Slack, session: aiohttp.ClientSession
    ) -> None:
        socket = await joined(slack, session)
        for payload, kind in ((EVENT, "events_api"), (CLICK, "interactive")):
            delivering = asyncio.create_task(OverSocket(slack).deliver(payload, retry=1))
            envelope = await socket.receive_json()
            assert envelope["type"] == kind
            assert envelope.get("retry_attempt") == (1 if payload is EVENT else None)
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
            assert await delivering == AppAnswer(200, None)

    async def test_each_payload_goes_to_one_connection(
        self, slack: Slack, session: aiohttp.ClientSession
    ) -> None:
        sockets = [await joined(slack, session) for _ in range(2)]
        delivering = [asyncio.create_task(OverSocket(slack).deliver(COMMAND)) for _ in range(2)]
        for socket in sockets:
            await socket.send_json({"envelope_id": (await socket.receive_json())["envelope_id"]})
        assert await asyncio.gather(*delivering) == [AppAnswer(200, None)] * 2

    async def test_nobody_is_connected(self, slack: Slack) -> None:
        assert await OverSocket(slack).deliver(COMMAND) == AppAnswer(0, None)

    async def test_a_ticket_lets_in_once(self, slack: Slack, session: aiohttp.ClientSession) -> None:
        url = str(slack.sockets.ask({})["url"])
        await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)

    async def test_an_app_is_told_before_its_connection_ends(
        self, slack: Slack, session: aiohttp.ClientSession
    ) -> None:
        socket = await joined(slack, session)
        await slack.sockets.refresh()
        assert (await socket.receive_json())["type"] == "disconnect"
        assert not slack.sockets.connected.is_set()
