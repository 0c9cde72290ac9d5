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
from bot.playground.seed import ANN, BEN, PORTFOLIO
from bot.ports import Place, Taken
from bot.records import Question
from bot.render.message import Message
from bot.slack.client import connected
from bot.slack.listening.reception import STRANGER
from bot.use_cases.answering import Answer
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
class Handlers:
    """One behind each door."""

    compare: Handler = field(default_factory=Handler)
    mentioned: Handler = field(default_factory=Handler)
    pressed: Handler = field(default_factory=Handler)
    asked: Handler = field(default_factory=Handler)
    sent_in: Handler = field(default_factory=Handler)
    shortcut: Handler = field(default_factory=Handler)
    home: Handler = field(default_factory=Handler)
    joined: Handler = field(default_factory=Handler)

    def answers(self) -> dict[str, Answer]:
        """Who answers what; nobody answers what is only read."""
        return {
            "/compare": self.compare.answer,
            "mention": self.mentioned.answer,
            "watch.why": self.pressed.answer,
            "ask.5y": self.asked.answer,
            "ask.sectors": self.asked.answer,
            "ask.why": self.pressed.answer,
            "watch.ack.form": self.sent_in.answer,
            "compare_named": self.shortcut.answer,
            "home": self.home.answer,
            "joined": self.joined.answer,
        }


@dataclass
class Desk(Handlers):
    """The app with handlers that remember, and no network."""

    app: AsyncApp = field(kw_only=True)
    slack: Slack = field(kw_only=True)
    front: Front = field(kw_only=True)
    messenger: RecordingMessenger = field(kw_only=True)
    meter: QuietMeter = field(kw_only=True)

    async def deliver(self, payload: Payload, **headers: str) -> tuple[int, Any]:
        body, signature = signed(payload, SIGNING_SECRET, SystemClock())
        request = AsyncBoltRequest(body=body.decode(), headers={**signature, **headers})
        answer = await self.app.async_dispatch(request)
        return answer.status, json.loads(answer.body) if answer.body.startswith("{") else answer.body

    async def settled(self) -> None:
        await asyncio.wait_for(self.front.shift.idle(), 5)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    messenger, meter, doors = RecordingMessenger(), QuietMeter(), Handlers()
    async with (
        loopback() as slack,
        connected(BOT_TOKEN, slack.api_url) as client,
        front(messenger.tell, SystemClock(), doors.answers()) as here,
    ):
        app = app_before(
            client,
            here,
            {"/compare": doors.compare},
            doors.mentioned,
            {"watch.why": doors.pressed, "ask.": doors.asked, "ask.why": doors.pressed},
            {"watch.ack.form": doors.sent_in},
            {"compare_named": doors.shortcut},
            doors.home,
            doors.joined,
            meter=meter,
        )
        yield Desk(**vars(doors), app=app, slack=slack, front=here, messenger=messenger, meter=meter)


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
        {"type": "message", "channel": PORTFOLIO, "channel_type": "channel", "user": ANN, "text": "hello"},
        {"type": "app_home_opened", "user": ANN, "channel": "D0ANN", "tab": "messages"},
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
        assert desk.pressed.ran == []
        assert [told.message for told in desk.messenger.told] == [STRANGER]

    async def test_people_of_another_workspace_open_no_form(self, desk: Desk) -> None:
        desk.pressed.taken = Taken(form=FORM)
        await desk.deliver(pressed(desk, user={"id": "U9", "team_id": "T9"}))
        await desk.settled()
        assert desk.slack.called("views.open") == []
        assert [told.message for told in desk.messenger.told] == [STRANGER]

    async def test_what_is_open_is_answered_to_everybody(self, desk: Desk) -> None:
        desk.pressed.taken = Taken(work=True, open=True)
        await desk.deliver(pressed(desk, user={"id": "U9", "team_id": "T9"}))
        await desk.settled()
        assert desk.pressed.texts() == ["R7v1"]
        assert desk.messenger.told == []

    async def test_a_name_with_a_dot_takes_all_that_begin_with_it(self, desk: Desk) -> None:
        for name in ("ask.5y", "ask.sectors", "ask.why", "asked"):
            await desk.deliver(pressed(desk, actions=[PRESS | {"action_id": name, "value": name}]))
        assert [text for text, _ in desk.asked.got] == ["ask.5y", "ask.sectors"]
        assert [text for text, _ in desk.pressed.got] == ["ask.why"]

    async def test_on_the_home_tab_it_is_nowhere_and_opens_its_form(self, desk: Desk) -> None:
        desk.pressed.taken = Taken(form=FORM)
        view = desk.slack.workspace.views.publish(ANN, {"type": "home", "blocks": []})
        payload = Payloads(desk.slack).action(ANN, Source(view_id=view.id), PRESS)
        assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        assert desk.pressed.got == [("R7v1", Place(TEAM, "", ANN))]
        assert desk.slack.workspace.views.top(ANN) is not None


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
        await desk.settled()
        assert desk.sent_in.ran == []

    async def test_what_it_asks_is_answered_in_the_channel_that_it_names(self, desk: Desk) -> None:
        desk.sent_in.taken = Taken(work=True, place=Place(TEAM, "C0OTHER", ANN))
        await desk.deliver(sent_in(desk))
        await desk.settled()
        (question,) = desk.sent_in.ran
        assert (question.channel, question.thread, question.user) == ("C0OTHER", None, ANN)

    async def test_its_reply_is_told_where_it_is_answered(self, desk: Desk) -> None:
        there = Place(TEAM, "C0OTHER", ANN)
        view = FORM | {"blocks": []}
        desk.sent_in.taken = Taken(Message("Kept.", ()), place=there)
        opened = desk.slack.workspace.views.open(ANN, view)
        await desk.deliver(Payloads(desk.slack).submission(ANN, opened, {}))
        await desk.settled()
        assert [(told.message.text, told.place) for told in desk.messenger.told] == [("Kept.", there)]


class TestShortcut:
    async def test_on_a_message_its_words_are_asked_in_its_thread(self, desk: Desk) -> None:
        said = desk.slack.workspace.say(PORTFOLIO, BEN, "either ISCB or M&amp;M.NS")
        payload = Payloads(desk.slack).message_shortcut(ANN, "compare_named", said)
        assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (question,) = desk.shortcut.ran
        assert (question.text, question.thread, question.user) == ("either ISCB or M&M.NS", said.ts, ANN)
        assert len(desk.meter.acks) == 1

    async def test_on_nothing_it_opens_its_form(self, desk: Desk) -> None:
        desk.shortcut.taken = Taken(form=FORM)
        assert await desk.deliver(Payloads(desk.slack).shortcut(ANN, "compare_named")) == (200, "")
        await desk.settled()
        assert desk.shortcut.got == [("", Place(TEAM, "", ANN))]
        assert desk.slack.workspace.views.top(ANN) is not None
        assert desk.messenger.told == []

    async def test_people_of_another_workspace_open_no_form(self, desk: Desk) -> None:
        desk.shortcut.taken = Taken(form=FORM)
        user = {"id": "U9", "team_id": "T9"}
        await desk.deliver(Payloads(desk.slack).shortcut(ANN, "compare_named") | {"user": user})
        await desk.settled()
        assert desk.slack.called("views.open") == []
        assert [told.message for told in desk.messenger.told] == [STRANGER]


class TestDirect:
    async def test_what_is_said_to_the_bot_alone_is_asked_beside_it(self, desk: Desk) -> None:
        await desk.deliver(direct(desk, "<@U0BOT> compare ISCB SPSM"))
        await desk.deliver(direct(desk, "sectors", thread_ts="1.5"))
        dm = desk.slack.workspace.dm(ANN).id
        assert desk.mentioned.got == [
            ("compare ISCB SPSM", Place(TEAM, dm, ANN)),
            ("sectors", Place(TEAM, dm, ANN, "1.5")),
        ]

    @pytest.mark.parametrize("more", [{"bot_id": "B0BOT"}, {"user": BOT}, {"subtype": "message_deleted"}])
    async def test_its_own_words_and_what_is_taken_back_ask_nothing(
        self, desk: Desk, more: dict[str, Any]
    ) -> None:
        assert await desk.deliver(direct(desk, "sectors", **more)) == (200, "")
        assert desk.mentioned.got == []

    async def test_edited_it_is_answered_anew_only_for_other_words(self, desk: Desk) -> None:
        first = direct(desk, "compare ISBC SPSM")
        await desk.deliver(first)
        for words in ("compare ISBC SPSM", "compare ISCB SPSM", "compare ISCB SPSM"):
            await desk.deliver(reworded(desk, first["event"], words))
        await desk.settled()
        assert sorted(desk.mentioned.texts()) == ["compare ISBC SPSM", "compare ISCB SPSM"]


class TestAround:
    async def test_who_looks_at_the_home_tab_is_shown_it(self, desk: Desk) -> None:
        payload = Payloads(desk.slack).home(ANN)
        for _ in range(3):
            assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (question,) = desk.home.ran
        assert (question.id, question.user, question.channel) == (payload["event_id"], ANN, "")

    async def test_the_bot_comes_into_a_channel_once(self, desk: Desk) -> None:
        event = {"type": "member_joined_channel", "user": BOT, "channel": PORTFOLIO, "inviter": ANN}
        payload = Payloads(desk.slack).event(event)
        for _ in range(3):
            assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (question,) = desk.joined.ran
        assert (question.text, question.channel, question.user) == (ANN, PORTFOLIO, ANN)

    async def test_in_a_shared_channel_it_comes_in_as_anywhere(self, desk: Desk) -> None:
        event = {"type": "member_joined_channel", "user": BOT, "channel": PORTFOLIO, "team": "T9"}
        await desk.deliver(Payloads(desk.slack).event(event) | {"is_ext_shared_channel": True})
        assert len(desk.joined.got) == 1
        assert desk.messenger.told == []

    async def test_others_come_in_unnoticed(self, desk: Desk) -> None:
        event = {"type": "member_joined_channel", "user": BEN, "channel": PORTFOLIO}
        assert await desk.deliver(Payloads(desk.slack).event(event)) == (200, "")
        assert desk.joined.got == []


def direct(desk: Desk, text: str, **event: Any) -> Payload:
    """Something said to the bot alone; event: fields to put in place."""
    said = desk.slack.workspace.say(desk.slack.workspace.dm(ANN).id, ANN, text)
    payload = Payloads(desk.slack).direct(said)
    return payload | {"event": payload["event"] | event}


def reworded(desk: Desk, event: Payload, text: str) -> Payload:
    """The same message after it was edited."""
    about = {"type": "message", "subtype": "message_changed", "channel_type": "im"}
    message = event | {"text": text, "edited": {"user": event["user"], "ts": "2.0"}}
    change = {"message": message, "previous_message": event, "channel": event["channel"]}
    return Payloads(desk.slack).event(about | change)


async def test_an_edited_mention_is_answered_again_only_for_other_words(desk: Desk) -> None:
    first = mention(desk.slack, "sectors")
    await desk.deliver(first)
    for text in ("<@U0BOT> sectors", "<@U0BOT> holdings"):
        more = {"text": text, "edited": {"user": ANN, "ts": "2.0"}}
        await desk.deliver(Payloads(desk.slack).event(first["event"] | more))
    await desk.settled()
    assert sorted(desk.mentioned.texts()) == ["holdings", "sectors"]


async def test_people_of_another_workspace_may_ask_what_is_open(desk: Desk) -> None:
    desk.mentioned.taken = Taken(work=True, open=True)
    await desk.deliver(mention(desk.slack, "sectors", user_team="T9") | {"is_ext_shared_channel": True})
    await desk.settled()
    assert desk.mentioned.texts() == ["sectors"]
    assert desk.messenger.told == []


async def test_a_command_can_open_a_form(desk: Desk) -> None:
    desk.compare.taken = Taken(form=FORM)
    assert await desk.deliver(command(desk.slack, "")) == (200, "")
    await desk.settled()
    assert desk.slack.workspace.views.top(ANN) is not None


async def test_people_of_another_workspace_get_no_answer_to_a_mention(desk: Desk) -> None:
    event = mention(desk.slack, "watch list", user_team="T9") | {"is_ext_shared_channel": True}
    assert await desk.deliver(event) == (200, "")
    await desk.settled()
    assert desk.mentioned.ran == []
    assert [told.message for told in desk.messenger.told] == [STRANGER]


async def test_advice_on_a_mention_that_comes_again_is_told_once(desk: Desk) -> None:
    desk.mentioned.taken = Taken(Message("I know: sectors.", ()))
    event = mention(desk.slack, "sectros")
    for _ in range(3):
        await desk.deliver(event)
    await desk.settled()
    assert len(desk.messenger.told) == 1
