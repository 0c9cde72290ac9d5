"""Commands, what nobody wants, and who may send anything at all."""

from __future__ import annotations

import asyncio

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.clock import SystemClock
from bot.playground.model import TEAM, Payload
from bot.playground.payloads import Payloads
from bot.playground.storage import ANN, PORTFOLIO
from bot.playground.transport import sign_request
from bot.ports import Ack, Place
from bot.render.message import Message
from bot.slack.client import slack_client
from tests.fakes.front import app_before, front
from tests.fakes.handler_desk import FORM, Desk, Handler
from tests.fakes.messenger import RecordingMessenger
from tests.fakes.workspace import BOT_TOKEN, SIGNING_SECRET, command, mention


async def test_a_command_is_acknowledged_empty_and_then_runs(desk: Desk) -> None:
    url = "https://hooks.example.com/1"
    assert await desk.deliver(command(desk.slack, " ISCB SPSM ") | {"response_url": url}) == (200, "")
    assert desk.compare.got == [("ISCB SPSM", Place(TEAM, PORTFOLIO, ANN, None, url))]
    await desk.settled()
    (request,) = desk.compare.ran
    assert (request.handler, request.text, request.reply_url) == ("/compare", "ISCB SPSM", url)
    assert len(desk.metrics.acks) == 1


async def test_a_command_is_in_the_inbox_when_it_is_acknowledged(desk: Desk) -> None:
    desk.compare.answer = lambda request: asyncio.sleep(3600)  # type: ignore[method-assign]
    payload = command(desk.slack, "ISCB SPSM")
    await desk.deliver(payload)
    assert (TEAM, payload["trigger_id"]) in desk.front.inbox.kept


async def test_advice_is_the_acknowledgement_for_the_asker_only(desk: Desk) -> None:
    cell = {"type": "raw_text", "text": ""}
    desk.compare.taken = Ack(Message("Name two symbols.", ({"type": "table", "rows": [[cell]]},)))
    status, body = await desk.deliver(command(desk.slack, ""))
    assert (status, body["text"], body["response_type"]) == (200, "Name two symbols.", "ephemeral")
    assert body["blocks"][0]["rows"][0][0]["text"] == "–"


async def test_not_one_call_to_slack_is_made_for_an_acknowledgement(desk: Desk) -> None:
    await desk.deliver(command(desk.slack, "ISCB SPSM"))
    await desk.deliver(mention(desk.slack, "help"))
    assert desk.slack.calls == []


async def test_an_unknown_command_names_the_known_ones(desk: Desk) -> None:
    assert await desk.deliver(command(desk.slack, "", "/compere")) == (
        200,
        "I do not know /compere. I know: /compare.",
    )


async def test_a_command_can_open_a_form(desk: Desk) -> None:
    desk.compare.taken = Ack(form=FORM)
    assert await desk.deliver(command(desk.slack, "")) == (200, "")
    await desk.settled()
    assert desk.slack.workspace.views.top(ANN) is not None


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "channel": PORTFOLIO, "channel_type": "channel", "user": ANN, "text": "hello"},
        {"type": "app_home_opened", "user": ANN, "channel": "D0ANN", "tab": "about"},
        {"type": "reaction_added", "user": ANN, "reaction": "eyes"},
        {"type": "message", "subtype": "channel_join", "user": ANN},
    ],
    ids=lambda event: event.get("subtype") or event["type"],
)
async def test_events_that_nobody_wants_are_acknowledged(desk: Desk, event: Payload) -> None:
    assert await desk.deliver(Payloads(desk.slack).event(event)) == (200, "")
    assert desk.mentioned.got == desk.home.got == []


@pytest.mark.parametrize(
    "interaction",
    [
        {
            "type": "block_actions",
            "actions": [{"type": "button", "action_id": "off", "block_id": "b"}],
        },
        {"type": "view_submission", "view": {"type": "modal", "callback_id": "rule"}},
        {"type": "view_closed", "view": {"type": "modal", "callback_id": "rule"}},
        {"type": "shortcut", "callback_id": "watch"},
        {"type": "message_action", "callback_id": "watch", "message": {}},
        {"type": "block_suggestion", "action_id": "symbol", "block_id": "b", "value": "I"},
    ],
    ids=lambda interaction: interaction["type"],
)
async def test_clicks_that_nobody_wants_are_acknowledged(desk: Desk, interaction: Payload) -> None:
    about = {"team": {"id": "T0TEAM"}, "user": {"id": ANN}, "trigger_id": "t"}
    assert await desk.deliver(interaction | about) == (200, "")


async def test_a_forged_or_unsigned_request_is_refused(desk: Desk) -> None:
    body, headers = sign_request(command(desk.slack, "ISCB SPSM"), "guessed", SystemClock())
    for sent in (headers, {}):
        answer = await desk.app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=dict(sent)))
        assert answer.status == 401
    assert desk.compare.got == []


async def test_without_a_signing_secret_every_http_request_is_refused(desk: Desk) -> None:
    handlers = ({"/compare": desk.compare}, desk.mentioned)
    app = app_before(desk.app.client, desk.front, *handlers, signing_secret=None)
    body, headers = sign_request(command(desk.slack, "ISCB SPSM"), SIGNING_SECRET, SystemClock())
    answer = await app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=dict(headers)))
    assert answer.status == 401


async def test_a_token_in_the_environment_is_neither_used_nor_complained_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-environment")
    async with (
        slack_client(BOT_TOKEN, "http://127.0.0.1:9/api/") as client,
        front(RecordingMessenger().tell, SystemClock(), {}) as here,
    ):
        app = app_before(client, here, {}, Handler(), signing_secret=None)
        assert app.client.token == BOT_TOKEN
    assert caplog.text == ""
