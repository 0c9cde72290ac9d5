"""Buttons, modals, shortcuts and the Home tab of an embedded workspace, as real Bolt understands them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.actions import Actions
from bot.playground.api.server import Slack
from bot.playground.model import BOT, Payload
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, PORTFOLIO
from bot.slack.client import slack_client
from bot.slack.serve import serve_http, serve_socket
from tests.fakes.workspace import APP_TOKEN, BOT_TOKEN, SCOPES, SIGNING_SECRET, line_to, loopback

Client = AsyncWebClient
EVENTS = ("app_mention", "message.im", "app_home_opened")


def plain(words: str) -> Payload:
    return {"type": "plain_text", "text": words}


MODAL: Payload = {
    "type": "modal",
    "callback_id": "rule",
    "title": plain("Watch"),
    "submit": plain("Save"),
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": plain("Name"),
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}
WATCH = {"type": "button", "action_id": "watch", "text": plain("Watch"), "value": "ISCB"}
CARD: Payload = {"type": "actions", "block_id": "card", "elements": [WATCH]}


def typed(words: str) -> Payload:
    return {"name": {"typed": {"type": "plain_text_input", "value": words}}}


def application(client: Client, heard: list[str]) -> AsyncApp:
    """An app that uses all of it."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    app = AsyncApp(client=client, authorize=authorize, signing_secret=SIGNING_SECRET)

    @app.action("watch")
    async def watch(ack: AsyncAck, body: Payload, respond: AsyncRespond) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await respond("opened", replace_original=True)
        heard.append(body["actions"][0]["value"])

    @app.view("rule")
    async def save(ack: AsyncAck, view: Payload) -> None:
        name = view["state"]["values"]["name"]["typed"]["value"]
        if name == "taken":
            await ack(response_action="errors", errors={"name": "is taken"})
        else:
            await ack(response_action="update", view=MODAL | {"callback_id": "done"})
        heard.append(name)

    @app.view_closed("rule")
    async def closed(ack: AsyncAck) -> None:
        await ack()
        heard.append("closed")

    @app.shortcut("compare_funds")
    async def shortcut(ack: AsyncAck, shortcut: Payload) -> None:
        await ack()
        heard.append(shortcut["type"])

    @app.event("app_home_opened")
    async def home(event: Payload) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [CARD]})
        heard.append(event["tab"])

    @app.event("message")
    async def direct(event: Payload) -> None:
        heard.append(event["text"])

    return app


@dataclass
class Room:
    """An app in its workspace, and what it heard."""

    slack: Slack
    deeds: Actions
    client: Client
    heard: list[str] = field(default_factory=list)

    async def after(self, number: int) -> list[str]:
        """What the app heard, once it is so much: Bolt acknowledges before a listener ends."""
        async with asyncio.timeout(5):
            while len(self.heard) < number:  # noqa: ASYNC110 (Bolt gives no sign of it)
                await asyncio.sleep(0.005)
        return self.heard


class Nothing:
    """There is no work to finish."""

    async def drain(self, deadline: float) -> None:
        return None


@asynccontextmanager
async def room(transport: str) -> AsyncIterator[Room]:
    heard: list[str] = []
    async with (
        loopback(scopes=SCOPES, events=EVENTS, home_tab=True) as slack,
        slack_client(BOT_TOKEN, slack.api_url) as client,
    ):
        app = application(client, heard)
        ready, stop = asyncio.Queue[str](), asyncio.Event()
        about: dict[str, Any] = {"stop": stop, "ready": ready.put_nowait}
        if transport == "http":
            serving = serve_http(app, "127.0.0.1", 0, Nothing(), secret=SIGNING_SECRET, **about)
        else:
            serving = serve_socket(app, APP_TOKEN, Nothing(), **about)
        served = asyncio.create_task(serving)
        async with line_to(slack, transport, await asyncio.wait_for(ready.get(), 5)) as line:
            yield Room(slack, Actions(slack, line, retries=()), client, heard)
            stop.set()
            await served


@pytest.fixture(params=["http", "socket"])
async def here(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    async with room(request.param) as here:
        yield here


async def pressed(here: Room) -> str:
    """Press the button of a fresh card; the id of the modal that it opens."""
    ts = str((await here.client.chat_postMessage(channel=PORTFOLIO, text="card", blocks=[CARD]))["ts"])
    message = here.slack.workspace.message(PORTFOLIO, ts)
    assert message is not None
    button = {key: message.blocks[0]["elements"][0][key] for key in ("type", "action_id", "value")}
    await here.deeds.click(ANN, ClickSource(PORTFOLIO, ts), button | {"block_id": "card"})
    assert await here.after(1) == ["ISCB"]
    view = here.slack.workspace.views.top(ANN)
    assert view is not None
    return view.id


async def test_a_button_opens_a_modal_and_changes_its_message(here: Room) -> None:
    await pressed(here)
    newest = here.slack.workspace.history(PORTFOLIO)[-1]
    assert (newest.text, newest.user) == ("opened", BOT)
    assert here.slack.workspace.views.top(ANN) is not None


async def test_a_form_is_refused_corrected_and_answered(here: Room) -> None:
    view = await pressed(here)
    await here.deeds.submit(ANN, view, typed("taken"))
    top = here.slack.workspace.views.top(ANN)
    assert top is not None
    assert top.errors == {"name": "is taken"}
    await here.deeds.submit(ANN, view, typed("mine"))
    top = here.slack.workspace.views.top(ANN)
    assert top is not None
    assert (top.id, top.body["callback_id"], top.errors) == (view, "done", {})
    assert await here.after(3) == ["ISCB", "taken", "mine"]


async def test_closing_is_heard(here: Room) -> None:
    await here.deeds.close(ANN, await pressed(here))
    assert await here.after(2) == ["ISCB", "closed"]


async def test_shortcuts_home_and_direct_messages_are_heard(here: Room) -> None:
    await here.deeds.shortcut(ANN, "compare_funds")
    await here.after(1)
    await here.deeds.open_home(ANN)
    await here.after(2)
    await here.deeds.type(ANN, "D0ANN", "hello")
    assert await here.after(3) == ["shortcut", "home", "hello"]
    assert here.slack.workspace.views.home_tabs[ANN].body["blocks"][0]["block_id"] == "card"
