"""Presses, forms and shortcuts: acknowledged at once, opened in time, closed to strangers."""

from __future__ import annotations

import json
import logging

import pytest

from bot.playground.model import TEAM
from bot.playground.payloads import ClickSource, Payloads
from bot.playground.storage import ANN, BEN, PORTFOLIO
from bot.ports import Ack, Place
from bot.render.message import Message
from bot.slack.intake import STRANGER
from tests.fakes.handler_desk import FORM, PRESS, Desk, pressed, sent_in


class TestPress:
    async def test_it_is_acknowledged_and_then_answered(self, desk: Desk) -> None:
        payload = pressed(desk)
        assert await desk.deliver(payload) == (200, "")
        await desk.settled()
        (request,) = desk.pressed.ran
        ts = payload["message"]["ts"]
        assert (request.handler, request.text, request.thread) == ("watch.why", "R7v1", ts)
        assert request.extra == {"message_ts": ts, "action": "watch.why", "within": False}
        assert desk.pressed.got == [("R7v1", Place.of(request))]
        assert len(desk.metrics.acks) == 1

    async def test_its_reply_is_for_the_presser_only(self, desk: Desk) -> None:
        desk.pressed.taken = Ack(Message("This button is old.", ()))
        assert await desk.deliver(pressed(desk)) == (200, "")
        await desk.settled()
        (told,) = desk.messenger.told
        assert (told.message.text, told.place.user) == ("This button is old.", ANN)

    async def test_its_form_is_opened_before_the_presser(self, desk: Desk) -> None:
        desk.pressed.taken = Ack(form=FORM)
        assert await desk.deliver(pressed(desk)) == (200, "")
        await desk.settled()
        view = desk.slack.workspace.views.top(ANN)
        assert view is not None
        assert view.body["private_metadata"] == FORM["private_metadata"]
        assert desk.messenger.told == []

    async def test_a_form_that_slack_does_not_open_is_told(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.pressed.taken = Ack(form=FORM)
        assert await desk.deliver(pressed(desk, trigger_id="of.long.ago")) == (200, "")
        await desk.settled()
        (told,) = desk.messenger.told
        assert told.message.text.startswith("Slack did not answer: invalid_trigger_id")

    @pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id"])
    async def test_a_form_that_came_too_late_is_had_by_pressing_again(
        self, desk: Desk, code: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.pressed.taken = Ack(form=FORM)
        desk.slack.faults.on(code, "views.open")
        await desk.deliver(pressed(desk))
        await desk.settled()
        (told,) = desk.messenger.told
        assert told.message.text.endswith("Press again.")
        assert "doctor" not in told.message.text
        assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
        await desk.deliver(pressed(desk))
        await desk.settled()
        assert desk.slack.workspace.views.top(ANN) is not None

    async def test_people_of_another_workspace_change_nothing(self, desk: Desk) -> None:
        user = {"id": "U9", "team_id": "T9"}
        assert await desk.deliver(pressed(desk, user=user)) == (200, "")
        await desk.settled()
        assert desk.pressed.ran == []
        assert [told.message for told in desk.messenger.told] == [STRANGER]

    async def test_people_of_another_workspace_open_no_form(self, desk: Desk) -> None:
        desk.pressed.taken = Ack(form=FORM)
        await desk.deliver(pressed(desk, user={"id": "U9", "team_id": "T9"}))
        await desk.settled()
        assert desk.slack.calls_of("views.open") == []
        assert [told.message for told in desk.messenger.told] == [STRANGER]

    async def test_what_is_open_is_answered_to_everybody(self, desk: Desk) -> None:
        desk.pressed.taken = Ack(work=True, open=True)
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
        desk.pressed.taken = Ack(form=FORM)
        view = desk.slack.workspace.views.publish(ANN, {"type": "home", "blocks": []})
        payload = Payloads(desk.slack).action(ANN, ClickSource(view_id=view.id), PRESS)
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
        (request,) = desk.sent_in.ran
        metadata = FORM["private_metadata"]
        assert json.loads(request.text) == {"reason": "known", "metadata": metadata}
        assert (request.channel, request.user) == (PORTFOLIO, ANN)
        assert request.extra == {"fields": {"reason": "known"}, "metadata": metadata}

    async def test_what_is_wrong_stands_at_its_field(self, desk: Desk) -> None:
        desk.sent_in.taken = Ack(faults={"reason": "Say why."})
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
        desk.sent_in.taken = Ack(work=True, place=Place(TEAM, "C0OTHER", ANN))
        await desk.deliver(sent_in(desk))
        await desk.settled()
        (request,) = desk.sent_in.ran
        assert (request.channel, request.thread, request.user) == ("C0OTHER", None, ANN)

    async def test_its_reply_is_told_where_it_is_answered(self, desk: Desk) -> None:
        there = Place(TEAM, "C0OTHER", ANN)
        view = FORM | {"blocks": []}
        desk.sent_in.taken = Ack(Message("Kept.", ()), place=there)
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
        (request,) = desk.shortcut.ran
        assert (request.text, request.thread, request.user) == ("either ISCB or M&M.NS", said.ts, ANN)
        assert len(desk.metrics.acks) == 1

    async def test_on_nothing_it_opens_its_form(self, desk: Desk) -> None:
        desk.shortcut.taken = Ack(form=FORM)
        assert await desk.deliver(Payloads(desk.slack).shortcut(ANN, "compare_named")) == (200, "")
        await desk.settled()
        assert desk.shortcut.got == [("", Place(TEAM, "", ANN))]
        assert desk.slack.workspace.views.top(ANN) is not None
        assert desk.messenger.told == []

    async def test_people_of_another_workspace_open_no_form(self, desk: Desk) -> None:
        desk.shortcut.taken = Ack(form=FORM)
        user = {"id": "U9", "team_id": "T9"}
        await desk.deliver(Payloads(desk.slack).shortcut(ANN, "compare_named") | {"user": user})
        await desk.settled()
        assert desk.slack.calls_of("views.open") == []
        assert [told.message for told in desk.messenger.told] == [STRANGER]
