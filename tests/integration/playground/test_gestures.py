"""What is pressed, chosen and filled in, and what the app's answers do to the modals."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.actions import Actions
from bot.playground.api.server import Slack
from bot.playground.model import BOT, EVENTS, SCOPES, View
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, DEALS, PORTFOLIO, RANDOM, RESEARCH
from bot.playground.transport import AppAnswer
from tests.integration.playground.test_deliver import Recorded, slackbot

BUTTON = {"type": "button", "block_id": "b", "action_id": "why", "value": "7"}
STATE = {"name": {"typed": {"type": "plain_text_input", "value": "Ann's rule"}}}
MODAL: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Watch"},
    "submit": {"type": "plain_text", "text": "Save"},
    "callback_id": "watch",
    "private_metadata": "7",
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}


@pytest.fixture
def line() -> Recorded:
    return Recorded()


@pytest.fixture
def deeds(slack: Slack, line: Recorded) -> Actions:
    return Actions(slack, line, patience=0.05, retries=())


@pytest.fixture
def view(slack: Slack) -> View:
    return slack.workspace.views.open(ANN, MODAL)


class TestClicks:
    async def test_on_a_message(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        message = slack.workspace.post(PORTFOLIO, BOT, "found")
        await deeds.click(ANN, ClickSource(PORTFOLIO, message.ts), BUTTON)
        (sent,) = line.sent
        assert (sent["type"], sent["user"]["id"], sent["channel"]["id"]) == ("block_actions", ANN, PORTFOLIO)
        assert sent["message"]["ts"] == message.ts
        assert {key: sent["actions"][0][key] for key in BUTTON} == BUTTON
        assert sent["container"]["is_ephemeral"] is False
        assert slack.triggers.exchange(sent["trigger_id"]) == ANN
        slack.replies.use(sent["response_url"].rpartition("/")[2], {"text": "new", "replace_original": True})
        assert slack.workspace.history(PORTFOLIO)[-1].text == "new"

    async def test_on_what_only_one_person_sees(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        shown = slack.workspace.post_ephemeral(PORTFOLIO, BOT, ANN, "between us")
        await deeds.click(ANN, ClickSource(PORTFOLIO, shown.ts), BUTTON)
        assert line.sent[0]["container"]["is_ephemeral"] is True
        assert "message" not in line.sent[0]

    async def test_in_a_view_with_what_was_put_in(self, deeds: Actions, line: Recorded, view: View) -> None:
        await deeds.click(ANN, ClickSource(view_id=view.id, state=STATE), BUTTON)
        (sent,) = line.sent
        assert (sent["container"]["view_id"], sent["view"]["id"]) == (view.id, view.id)
        assert sent["view"]["state"]["values"] == sent["state"]["values"] == STATE

    @pytest.mark.slow
    async def test_one_that_fails_is_seen_to(
        self, slack: Slack, deeds: Actions, line: Recorded, view: View
    ) -> None:
        line.answers = [None, AppAnswer(500, None)]
        message = slack.workspace.post(PORTFOLIO, BOT, "found")
        await deeds.click(ANN, ClickSource(PORTFOLIO, message.ts), BUTTON)
        assert [each.text for each in slackbot(slack)] == ["This app did not respond: operation_timeout."]
        await deeds.click(ANN, ClickSource(view_id=view.id), BUTTON)
        top = slack.workspace.views.top(ANN)
        assert top is not None
        assert top.errors == {"": "We had some trouble connecting. Try again?"}


class TestForms:
    async def test_a_form_is_sent_with_its_values_and_closed(
        self, slack: Slack, deeds: Actions, line: Recorded, view: View
    ) -> None:
        await deeds.submit(ANN, view.id, STATE)
        (sent,) = line.sent
        assert (sent["type"], sent["view"]["callback_id"]) == ("view_submission", "watch")
        assert (sent["view"]["state"]["values"], sent["view"]["private_metadata"]) == (STATE, "7")
        assert slack.workspace.views.top(ANN) is None

    @pytest.mark.parametrize("value", [None, "", "  "])
    async def test_a_field_that_must_be_filled_in_is_asked_for_without_the_app(
        self, slack: Slack, deeds: Actions, line: Recorded, view: View, value: str | None
    ) -> None:
        await deeds.submit(ANN, view.id, {"name": {"typed": {"type": "plain_text_input", "value": value}}})
        assert line.sent == []
        top = slack.workspace.views.top(ANN)
        assert top is not None
        assert top.errors == {"name": "Please complete this required field."}

    async def test_an_optional_field_may_stay_empty(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        optional = MODAL | {"blocks": [MODAL["blocks"][0] | {"optional": True}]}
        view = slack.workspace.views.open(ANN, optional)
        await deeds.submit(ANN, view.id, {})
        assert len(line.sent) == 1

    async def test_the_apps_complaints_stand_beside_the_fields(
        self, slack: Slack, deeds: Actions, line: Recorded, view: View
    ) -> None:
        line.answers = [AppAnswer(200, {"response_action": "errors", "errors": {"name": "taken"}})]
        await deeds.submit(ANN, view.id, STATE)
        top = slack.workspace.views.top(ANN)
        assert top is not None
        assert (top.id, top.errors) == (view.id, {"name": "taken"})

    async def test_the_app_can_update_or_push(
        self, slack: Slack, deeds: Actions, line: Recorded, view: View
    ) -> None:
        line.answers = [
            AppAnswer(200, {"response_action": "update", "view": MODAL | {"callback_id": "second"}}),
            AppAnswer(200, {"response_action": "push", "view": MODAL | {"callback_id": "third"}}),
            AppAnswer(200, {"response_action": "clear"}),
        ]
        seen = []
        for _ in range(3):
            top = slack.workspace.views.top(ANN)
            assert top is not None
            await deeds.submit(ANN, top.id, STATE)
            seen.append([each.body["callback_id"] for each in slack.workspace.views.modals[ANN]])
        assert seen == [["second"], ["second", "third"], []]

    async def test_a_view_that_slack_would_not_take_is_seen_to_fail(
        self, slack: Slack, deeds: Actions, line: Recorded, view: View
    ) -> None:
        line.answers = [
            AppAnswer(200, {"response_action": "update", "view": {"type": "modal", "blocks": []}})
        ]
        await deeds.submit(ANN, view.id, STATE)
        top = slack.workspace.views.top(ANN)
        assert top is not None
        assert "missing required field: title" in top.errors[""]

    @pytest.mark.slow
    async def test_without_an_answer_the_form_stays(
        self, slack: Slack, deeds: Actions, line: Recorded, view: View
    ) -> None:
        line.answers = [None]
        await deeds.submit(ANN, view.id, STATE)
        top = slack.workspace.views.top(ANN)
        assert top is not None
        assert top.errors == {"": "We had some trouble connecting. Try again?"}

    async def test_a_form_that_is_gone_is_not_sent(self, deeds: Actions, line: Recorded) -> None:
        await deeds.submit(ANN, "V0GONE", STATE)
        assert line.sent == []


class TestClosing:
    @pytest.mark.parametrize(("asked", "heard"), [(True, ["view_closed"]), (False, [])])
    async def test_the_app_hears_of_it_where_it_asked_to(
        self, slack: Slack, deeds: Actions, line: Recorded, asked: bool, heard: list[str]
    ) -> None:
        view = slack.workspace.views.open(ANN, MODAL | {"notify_on_close": asked})
        await deeds.close(ANN, view.id)
        assert [sent["type"] for sent in line.sent] == heard
        assert slack.workspace.views.top(ANN) is None

    async def test_only_the_topmost_can_be_closed(self, slack: Slack, deeds: Actions, view: View) -> None:
        over = slack.workspace.views.push(ANN, MODAL)
        await deeds.close(ANN, view.id)
        assert slack.workspace.views.top(ANN) == over


async def test_shortcuts(slack: Slack, deeds: Actions, line: Recorded) -> None:
    message = slack.workspace.post(PORTFOLIO, BOT, "found")
    await deeds.shortcut(ANN, "compare_funds")
    await deeds.shortcut(ANN, "compare_named", PORTFOLIO, message.ts)
    await deeds.shortcut(ANN, "nobodys")
    everywhere, here = line.sent
    assert (everywhere["type"], everywhere["callback_id"]) == ("shortcut", "compare_funds")
    assert (here["type"], here["message"]["ts"], here["channel"]["name"]) == (
        *("message_action", message.ts),
        "portfolio",
    )
    assert slack.triggers.exchange(here["trigger_id"]) == ANN


async def test_the_home_tab_is_opened_with_what_is_on_it(
    slack: Slack, deeds: Actions, line: Recorded
) -> None:
    await deeds.open_home(ANN)
    slack.workspace.views.publish(ANN, {"type": "home", "blocks": []})
    await deeds.open_home(ANN)
    first, second = (sent["event"] for sent in line.sent)
    assert (first["type"], first["tab"], "view" in first) == ("app_home_opened", "home", False)
    assert second["view"]["type"] == "home"


class TestChannels:
    """What becomes of a channel, as Slack does it, and what the app hears of it."""

    @pytest.fixture(autouse=True)
    def reads(self, slack: Slack) -> None:
        slack.installed.scopes, slack.installed.events = SCOPES, EVENTS

    async def test_a_public_channel_has_lost_its_members_when_it_is_opened_again(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        slack.workspace.archive(PORTFOLIO)
        await deeds.type(ANN, PORTFOLIO, "anybody here?")
        assert slack.workspace.history(PORTFOLIO)[-1].text != "anybody here?"
        await deeds.unarchive(ANN, PORTFOLIO)
        assert slack.workspace.channels[PORTFOLIO].members == (ANN,)
        assert [(each["event"]["type"], each["event"]["channel"]) for each in line.sent] == [
            ("channel_unarchive", PORTFOLIO)
        ]

    async def test_a_private_one_keeps_them(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        slack.workspace.archive(RESEARCH)
        await deeds.unarchive(ANN, RESEARCH)
        assert BOT in slack.workspace.channels[RESEARCH].members
        assert [each["event"]["type"] for each in line.sent] == ["group_unarchive"]

    async def test_of_a_private_one_that_it_is_not_in_the_app_hears_nothing(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        slack.workspace.archive(DEALS)
        await deeds.unarchive(ANN, DEALS)
        slack.workspace.make_private(RANDOM)
        await deeds.delete_channel(ANN, RANDOM)
        assert line.sent == []

    async def test_without_the_scope_the_app_hears_nothing(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        slack.installed.scopes = ("chat:write",)
        await deeds.unarchive(ANN, PORTFOLIO)
        await deeds.invite(ANN, PORTFOLIO)
        await deeds.delete_channel(ANN, PORTFOLIO)
        assert line.sent == []

    async def test_a_deleted_one_is_gone(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        await deeds.delete_channel(ANN, PORTFOLIO)
        assert PORTFOLIO not in [each.id for each in slack.workspace.channels_of(ANN)]
        assert [each["event"]["type"] for each in line.sent] == ["channel_deleted"]

    def test_a_renamed_one_is_the_same(self, slack: Slack) -> None:
        slack.workspace.rename(PORTFOLIO, "funds")
        assert slack.workspace.channels[PORTFOLIO].name == "funds"
        assert slack.workspace.history(PORTFOLIO)
