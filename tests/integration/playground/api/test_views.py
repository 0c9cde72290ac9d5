"""Modals need a fresh trigger and keep their limits; the Home tab needs none."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.server import Slack
from bot.playground.storage import ANN, BEN
from bot.slack.client import slack_client
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import BOT_TOKEN, loopback
from tests.integration.playground.conftest import Refused

INPUT = {
    "type": "input",
    "block_id": "name",
    "label": {"type": "plain_text", "text": "Name"},
    "element": {"type": "plain_text_input", "action_id": "typed"},
}


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Watch"), "blocks": [{"type": "divider"}], **more}


def home(**more: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": [{"type": "divider"}], **more}


class TestTriggers:
    async def test_a_fresh_one_opens_a_modal_before_its_person(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        answer = await client.views_open(trigger_id=slack.triggers.new(ANN), view=modal(private_metadata="7"))
        top = slack.workspace.views.top(ANN)
        assert top is not None
        assert (answer["view"]["id"], answer["view"]["private_metadata"]) == (top.id, "7")
        assert slack.workspace.views.top(BEN) is None

    @pytest.mark.parametrize(
        ("channel", "element", "chosen"),
        [
            ("C0PORTFOLIO", {"default_to_current_conversation": True}, "C0PORTFOLIO"),
            ("C0PORTFOLIO", {"default_to_current_conversation": True, "initial_conversation": "C2"}, "C2"),
            ("C0PORTFOLIO", {}, None),
            ("", {"default_to_current_conversation": True}, None),
        ],
    )
    async def test_a_modal_may_begin_with_the_channel_that_its_person_looks_at(
        self, slack: Slack, client: AsyncWebClient, channel: str, element: dict[str, Any], chosen: str | None
    ) -> None:
        where = {"type": "conversations_select", "action_id": "where", **element}
        asked = {"type": "input", "block_id": "where", "label": plain("Where"), "element": where}
        view = modal(blocks=[{"type": "divider"}, asked], submit=plain("Send"))
        await client.views_open(trigger_id=slack.triggers.new(ANN, channel), view=view)
        top = slack.workspace.views.top(ANN)
        assert top is not None
        assert top.body["blocks"][1]["element"].get("initial_conversation") == chosen

    async def test_three_seconds_later_it_is_too_late(
        self, slack: Slack, client: AsyncWebClient, refused: Refused, clock: SleptClock
    ) -> None:
        trigger = slack.triggers.new(ANN)
        await clock.sleep(3.1)
        answer = await refused(client.views_open(trigger_id=trigger, view=modal()))
        assert answer["error"] == "expired_trigger_id"

    async def test_it_is_used_once(self, slack: Slack, client: AsyncWebClient, refused: Refused) -> None:
        trigger = slack.triggers.new(ANN)
        await client.views_open(trigger_id=trigger, view=modal())
        answer = await refused(client.views_push(trigger_id=trigger, view=modal()))
        assert answer["error"] == "exchanged_trigger_id"

    async def test_one_that_was_never_given(self, client: AsyncWebClient, refused: Refused) -> None:
        answer = await refused(client.views_open(trigger_id="guessed", view=modal()))
        assert answer["error"] == "invalid_trigger_id"


class TestLimits:
    @pytest.mark.parametrize(
        ("more", "detail"),
        [
            ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
            ({"submit": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/submit/text]"),
            (
                {"private_metadata": "x" * 3001},
                "must be less than 3001 characters [json-pointer:/view/private_metadata]",
            ),
            (
                {"callback_id": "x" * 256},
                "must be less than 256 characters [json-pointer:/view/callback_id]",
            ),
            (
                {"blocks": [{"type": "divider"}] * 101},
                "no more than 100 items allowed [json-pointer:/view/blocks]",
            ),
            ({"blocks": [INPUT]}, "missing required field: submit [json-pointer:/view]"),
            (
                {"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}]},
                "unsupported type: table [json-pointer:/view/blocks/0/type]",
            ),
            ({"type": "home"}, "must be a valid enum value [json-pointer:/view/type]"),
        ],
    )
    async def test_what_a_modal_may_not_be(
        self, slack: Slack, client: AsyncWebClient, refused: Refused, more: dict[str, Any], detail: str
    ) -> None:
        answer = await refused(client.views_open(trigger_id=slack.triggers.new(ANN), view=modal(**more)))
        assert answer["error"] == "invalid_arguments"
        assert detail in answer["errors"]
        assert f"[ERROR] {detail}" in answer["response_metadata"]["messages"]
        assert slack.workspace.views.top(ANN) is None

    async def test_at_the_limits_it_is_taken(self, slack: Slack, client: AsyncWebClient) -> None:
        blocks = [{"type": "divider"}] * 99
        view = modal(
            title=plain("x" * 24),
            submit=plain("x" * 24),
            private_metadata="x" * 3000,
            blocks=[*blocks, INPUT],
        )
        assert (await client.views_open(trigger_id=slack.triggers.new(ANN), view=view))["ok"]

    async def test_title_and_blocks_must_be_there(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        answer = await refused(client.views_open(trigger_id=slack.triggers.new(ANN), view={"type": "modal"}))
        assert answer["errors"] == [
            "missing required field: title [json-pointer:/view]",
            "missing required field: blocks [json-pointer:/view]",
        ]

    async def test_a_view_of_250_kb(self, slack: Slack, client: AsyncWebClient, refused: Refused) -> None:
        view = modal(private_metadata="x" * 250_000)
        answer = await refused(client.views_open(trigger_id=slack.triggers.new(ANN), view=view))
        assert answer["error"] == "view_too_large"


class TestStack:
    async def test_three_lie_on_each_other_and_not_four(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        first = (await client.views_open(trigger_id=slack.triggers.new(ANN), view=modal()))["view"]
        for _ in range(2):
            last = (await client.views_push(trigger_id=slack.triggers.new(ANN), view=modal()))["view"]
        assert last["root_view_id"] == first["id"]
        answer = await refused(client.views_push(trigger_id=slack.triggers.new(ANN), view=modal()))
        assert answer["error"] == "push_limit_reached"

    async def test_an_update_changes_the_hash_and_an_old_one_is_refused(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        old = (await client.views_open(trigger_id=slack.triggers.new(ANN), view=modal()))["view"]
        new = (await client.views_update(view_id=old["id"], hash=old["hash"], view=modal(callback_id="b")))[
            "view"
        ]
        assert (new["id"], new["callback_id"]) == (old["id"], "b")
        answer = await refused(client.views_update(view_id=old["id"], hash=old["hash"], view=modal()))
        assert answer["error"] == "hash_conflict"

    async def test_a_view_can_be_found_by_the_apps_own_name(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        opened = await client.views_open(trigger_id=slack.triggers.new(ANN), view=modal(external_id="mine"))
        updated = await client.views_update(external_id="mine", view=modal())
        assert updated["view"]["id"] == opened["view"]["id"]
        answer = await refused(client.views_update(external_id="mine", view=modal()))
        assert answer["error"] == "not_found"


class TestHome:
    async def test_it_is_published_for_one_person(self, slack: Slack, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=ANN, view=home())
        answer = await client.views_publish(user_id=ANN, view=home(callback_id="second"))
        assert slack.workspace.views.home_tabs[ANN].id == answer["view"]["id"]
        assert list(slack.workspace.views.home_tabs) == [ANN]

    async def test_an_old_hash_is_refused(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        old = (await client.views_publish(user_id=ANN, view=home()))["view"]["hash"]
        await client.views_publish(user_id=ANN, view=home(), hash=old)
        answer = await refused(client.views_publish(user_id=ANN, view=home(), hash=old))
        assert answer["error"] == "hash_conflict"

    async def test_nobody_has_one_where_the_app_has_none(self, refused: Refused) -> None:
        async with loopback(home_tab=False) as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
            answer = await refused(client.views_publish(user_id=ANN, view=home()))
        assert answer["error"] == "not_enabled"

    async def test_somebody_unknown_has_none(self, client: AsyncWebClient, refused: Refused) -> None:
        answer = await refused(client.views_publish(user_id="U0NOBODY", view=home()))
        assert answer["error"] == "user_not_found"
