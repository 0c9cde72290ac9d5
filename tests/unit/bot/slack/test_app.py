"""The listeners read what Slack sends: places, texts, what is ours and what is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.clock import SystemClock
from bot.playground.api.server import Slack
from bot.playground.lines import signed
from bot.playground.model import BOT, TEAM, Payload
from bot.playground.payloads import Payloads, Source
from bot.playground.seed import ANN, PORTFOLIO
from bot.ports import Place, Taken
from bot.records import Question
from bot.render.message import Message
from bot.slack.app import STRANGER
from bot.slack.client import connected
from tests.fakes.front import Front, app_before, front
from tests.fakes.messenger import RecordingMessenger
from tests.fakes.meter import QuietMeter
from tests.fakes.workspace import BOT_TOKEN, SIGNING_SECRET, command, loopback, mention


@dataclass
class Handler:
    """Remembers what it received, and what it was asked to answer."""

    taken: Taken = field(default_factory=lambda: Taken(work=True))
    got: list[tuple[str, Place]] = field(default_factory=list)
    ran: list[Question] = field(default_factory=list)

    def receive(self, text: str, place: Place) -> Taken:
        self.got.append((text, place))
        return self.taken

    async def answer(self, question: Question) -> None:
        self.ran.append(question)

    def texts(self) -> list[str]:
        return [question.text for question in self.ran]


@dataclass
class Desk:
    """The app with handlers that remember, and no network."""

    app: AsyncApp
    slack: Slack
    front: Front
    messenger: RecordingMessenger
    meter: QuietMeter
    compare: Handler = field(default_factory=Handler)
    mentioned: Handler = field(default_factory=Handler)
    pressed: Handler = field(default_factory=Handler)
    sent_in: Handler = field(default_factory=Handler)

    async def deliver(self, payload: Payload, **headers: str) -> tuple[int, Any]:
        body, signature = signed(payload, SIGNING_SECRET, SystemClock())
        request = AsyncBoltRequest(body=body.decode(), headers={**signature, **headers})
        answer = await self.app.async_dispatch(request)
        return answer.status, json.loads(answer.body) if answer.body.startswith("{") else answer.body

    async def settled(self) -> None:
        await asyncio.wait_for(self.front.shift.idle(), 5)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    compare, mentioned, pressed, sent_in = Handler(), Handler(), Handler(), Handler()
    messenger, meter = RecordingMessenger(), QuietMeter()
    answers = {
        "/compare": compare.answer,
        "mention": mentioned.answer,
        "watch.why": pressed.answer,
        "watch.ack.form": sent_in.answer,
    }
    async with (
        loopback() as slack,
        connected(BOT_TOKEN, slack.api_url) as client,
        front(messenger.tell, SystemClock(), answers) as here,
    ):
        app = app_before(
            client,
            here,
            {"/compare": compare},
            mentioned,
            {"watch.why": pressed},
            {"watch.ack.form": sent_in},
            meter=meter,
        )
        yield Desk(app, slack, here, messenger, meter, compare, mentioned, pressed, sent_in)


async def test_a_command_is_acknowledged_empty_and_then_runs(desk: Desk) -> None:
    url = "https://hooks.example.com/1"
    assert await desk.deliver(command(desk.slack, " ISCB SPSM ") | {"response_url": url}) == (200, "")
    assert desk.compare.got == [("ISCB SPSM", Place(TEAM, PORTFOLIO, ANN, None, url))]
    await desk.settled()
    (question,) = desk.compare.ran
    assert (question.handler, question.text, question.reply_url) == ("/compare", "ISCB SPSM", url)
    assert len(desk.meter.acks) == 1


async def test_a_command_is_in_the_inbox_when_it_is_acknowledged(desk: Desk) -> None:
    desk.compare.answer = lambda question: asyncio.sleep(3600)  # type: ignore[method-assign]
    payload = command(desk.slack, "ISCB SPSM")
    await desk.deliver(payload)
    assert (TEAM, payload["trigger_id"]) in desk.front.inbox.kept


async def test_advice_is_the_acknowledgement_for_the_asker_only(desk: Desk) -> None:
    cell = {"type": "raw_text", "text": ""}
    desk.compare.taken = Taken(Message("Name two symbols.", ({"type": "table", "rows": [[cell]]},)))
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


async def test_a_mention_answers_in_its_thread_or_opens_one(desk: Desk) -> None:
    await desk.deliver(mention(desk.slack, "sectors", thread="1700000000.5"))
    top = mention(desk.slack, "holdings")
    await desk.deliver(top)
    assert [(text, place.thread, place.reply_url) for text, place in desk.mentioned.got] == [
        ("sectors", "1700000000.5", None),
        ("holdings", top["event"]["ts"], None),
    ]
    await desk.settled()
    assert sorted(desk.mentioned.texts()) == ["holdings", "sectors"]


async def test_advice_on_a_mention_is_told_for_there_is_no_acknowledgement_to_carry_it(desk: Desk) -> None:
    desk.mentioned.taken = Taken(Message("I know: sectors.", ()))
    await desk.deliver(mention(desk.slack, "sectros", thread="1.5"))
    await desk.settled()
    assert [(told.message.text, told.place.thread) for told in desk.messenger.told] == [
        ("I know: sectors.", "1.5")
    ]


async def test_an_event_runs_once_however_often_it_comes(desk: Desk) -> None:
    event = mention(desk.slack, "sectors")
    for number in range(3):
        answer = await desk.deliver(event, **{"X-Slack-Retry-Num": str(number)})
        assert answer == (200, "")
    await desk.settled()
    assert desk.mentioned.texts() == ["sectors"]


async def test_a_retried_event_that_never_came_before_is_not_dropped(desk: Desk) -> None:
    await desk.deliver(
        mention(desk.slack, "sectors"), **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    )
    assert len(desk.mentioned.got) == 1


@pytest.mark.parametrize("about", [{"bot_id": "B0OTHER"}, {"user": None, "subtype": "bot_message"}])
async def test_bots_are_not_answered(desk: Desk, about: dict[str, Any]) -> None:
    assert await desk.deliver(mention(desk.slack, "sectors", **about)) == (200, "")
    assert desk.mentioned.got == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "channel": "D0ANN", "user": ANN, "text": "hello"},
        {"type": "app_home_opened", "user": ANN, "channel": "D0ANN", "tab": "home"},
        {"type": "message", "subtype": "channel_join", "user": ANN},
    ],
    ids=lambda event: event.get("subtype") or event["type"],
)
async def test_events_that_nobody_wants_are_acknowledged(desk: Desk, event: Payload) -> None:
    assert await desk.deliver(Payloads(desk.slack).event(event)) == (200, "")


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
    body, headers = signed(command(desk.slack, "ISCB SPSM"), "guessed", SystemClock())
    for sent in (headers, {}):
        answer = await desk.app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=dict(sent)))
        assert answer.status == 401
    assert desk.compare.got == []


async def test_without_a_signing_secret_every_http_request_is_refused(desk: Desk) -> None:
    handlers = ({"/compare": desk.compare}, desk.mentioned)
    app = app_before(desk.app.client, desk.front, *handlers, signing_secret=None)
    body, headers = signed(command(desk.slack, "ISCB SPSM"), SIGNING_SECRET, SystemClock())
    answer = await app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=dict(headers)))
    assert answer.status == 401


async def test_a_token_in_the_environment_is_neither_used_nor_complained_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-environment")
    async with (
        connected(BOT_TOKEN, "http://127.0.0.1:9/api/") as client,
        front(RecordingMessenger().tell, SystemClock(), {}) as here,
    ):
        app = app_before(client, here, {}, Handler(), signing_secret=None)
        assert app.client.token == BOT_TOKEN
    assert caplog.text == ""


PRESS = {"type": "button", "action_id": "watch.why", "block_id": "b", "value": "R7v1"}
FORM: Payload = {
    "type": "modal",
    "callback_id": "watch.ack.form",
    "title": {"type": "plain_text", "text": "Acknowledge"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": json.dumps({"rule": "R7v1", "channel": PORTFOLIO, "ts": "1.5"}),
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}
TYPED = {"reason": {"typed": {"type": "plain_text_input", "value": "known"}}}


def pressed(desk: Desk, **about: Any) -> Payload:
    """A button on a message of the bot's."""
    message = desk.slack.workspace.post(PORTFOLIO, BOT, "card", ())
    return Payloads(desk.slack).action(ANN, Source(PORTFOLIO, message.ts), PRESS) | about


def sent_in(desk: Desk, **about: Any) -> Payload:
    """The form, with a reason."""
    view = desk.slack.workspace.views.open(ANN, FORM)
    return Payloads(desk.slack).submission(ANN, view, TYPED) | about


class TestPress:
    async def test_it_is_acknowledged_and_then_answered(self, desk: Desk) -> None:
        payload = pressed(desk)
        assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (question,) = desk.pressed.ran
        ts = payload["message"]["ts"]
        assert (question.handler, question.text, question.thread) == ("watch.why", "R7v1", ts)
        assert question.extra == {"message_ts": ts, "thread_ts": None, "action": "watch.why"}
        assert desk.pressed.got == [("R7v1", Place.of(question))]
        assert len(desk.meter.acks) == 1

    async def test_its_reply_is_for_the_presser_only(self, desk: Desk) -> None:
        desk.pressed.taken = Taken(Message("This button is old.", ()))
        assert await desk.deliver(pressed(desk)) == (200, "")
        await desk.settled()
        (told,) = desk.messenger.told
        assert (told.message.text, told.place.user) == ("This button is old.", ANN)

    async def test_its_form_is_opened_before_the_presser(self, desk: Desk) -> None:
        desk.pressed.taken = Taken(form=FORM)
        assert await desk.deliver(pressed(desk)) == (200, "")
        await desk.settled()
        view = desk.slack.workspace.views.top(ANN)
        assert view is not None
        assert view.body["private_metadata"] == FORM["private_metadata"]
        assert desk.messenger.told == []

    async def test_a_form_that_slack_does_not_open_is_told(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.pressed.taken = Taken(form=FORM)
        assert await desk.deliver(pressed(desk, trigger_id="of.long.ago")) == (200, "")
        await desk.settled()
        (told,) = desk.messenger.told
        assert told.message.text.startswith("Slack did not answer: invalid_trigger_id")

    async def test_people_of_another_workspace_change_nothing(self, desk: Desk) -> None:
        user = {"id": "U9", "team_id": "T9"}
        assert await desk.deliver(pressed(desk, user=user)) == (200, "")
        await desk.settled()
        assert desk.pressed.got == []
        assert [told.message for told in desk.messenger.told] == [STRANGER]


class TestForm:
    async def test_it_closes_and_is_answered_once(self, desk: Desk) -> None:
        payload = sent_in(desk)
        for _ in range(2):
            assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (question,) = desk.sent_in.ran
        metadata = FORM["private_metadata"]
        assert json.loads(question.text) == {"reason": "known", "metadata": metadata}
        assert (question.channel, question.user) == (PORTFOLIO, ANN)
        assert question.extra == {"fields": {"reason": "known"}, "metadata": metadata}

    async def test_what_is_wrong_stands_at_its_field(self, desk: Desk) -> None:
        desk.sent_in.taken = Taken(faults={"reason": "Say why."})
        expected = {"response_action": "errors", "errors": {"reason": "Say why."}}
        assert await desk.deliver(sent_in(desk)) == (200, expected)
        await desk.settled()
        assert desk.sent_in.ran == []

    async def test_what_cannot_be_kept_leaves_the_form_open_with_what_was_typed(self, desk: Desk) -> None:
        desk.front.inbox.down = True
        status, body = await desk.deliver(sent_in(desk))
        assert (status, body["response_action"]) == (200, "errors")
        assert body["errors"]["reason"].startswith("The database did not answer")
        await desk.settled()
        assert desk.messenger.told == []

    async def test_people_of_another_workspace_change_nothing(self, desk: Desk) -> None:
        _, body = await desk.deliver(sent_in(desk, user={"id": "U9", "team_id": "T9"}))
        assert body["errors"] == {"reason": STRANGER.text}
        assert desk.sent_in.got == []


async def test_people_of_another_workspace_get_no_answer_to_a_mention(desk: Desk) -> None:
    event = mention(desk.slack, "watch list", user_team="T9") | {"is_ext_shared_channel": True}
    assert await desk.deliver(event) == (200, "")
    await desk.settled()
    assert desk.mentioned.got == []
    assert [told.message for told in desk.messenger.told] == [STRANGER]


async def test_advice_on_a_mention_that_comes_again_is_told_once(desk: Desk) -> None:
    desk.mentioned.taken = Taken(Message("I know: sectors.", ()))
    event = mention(desk.slack, "sectros")
    for _ in range(3):
        await desk.deliver(event)
    await desk.settled()
    assert len(desk.messenger.told) == 1
