"""What people typed, pressed and sent in, read from what Slack says of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack.payloads import (
    asked_by_form,
    asked_by_mention,
    asked_by_press,
    is_stranger,
    is_strangers,
    mention_text,
    plain_text,
)

NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
PRESS: dict[str, Any] = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "trigger_id": "1.2.a",
    "response_url": "https://hooks.example/1",
    "channel": {"id": "C1"},
    "container": {"type": "message", "message_ts": "12.5", "channel_id": "C1", "is_ephemeral": False},
    "message": {"ts": "12.5"},
    "actions": [{"type": "button", "action_id": "watch.why", "block_id": "b", "value": "R7v1"}],
}


def typed(**state: Any) -> dict[str, Any]:
    view = {
        "id": "V1",
        "hash": "h1",
        "callback_id": "watch.edit.form",
        "private_metadata": json.dumps({"rule": "R7v1", "channel": "C1", "ts": "12.5"}),
        "state": {"values": {block: {"typed": element} for block, element in state.items()}},
    }
    return {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "view": view}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  ISCB SPSM  ", "ISCB SPSM"),
        ("M&amp;M.NS &lt;3", "M&M.NS <3"),
        ("compare <http://VWCE.DE|VWCE.DE> <https://CSPX.AS|CSPX.AS>", "compare VWCE.DE CSPX.AS"),
        ("<mailto:a@b.com|a@b.com>", "a@b.com"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_plain_text(text: str, expected: str) -> None:
    assert plain_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U0BOT> sectors", "sectors"),
        ("<@U0BOT|watchpoint> sectors", "sectors"),
        ("please <@U0BOT> sectors <@U0BEN>", "please   sectors <@U0BEN>"),
        ("<@U0BEN> asks <@U0BOT> sectors", "<@U0BEN> asks   sectors"),
    ],
)
def test_mention_text_is_without_the_bots_name(text: str, expected: str) -> None:
    body = {"authorizations": [{"user_id": "U0BOT", "is_bot": True}]}
    assert mention_text({"text": text}, body) == expected


def test_without_authorizations_the_first_name_is_taken_for_the_bots() -> None:
    assert mention_text({"text": "<@U0ANY> sectors <@U0BEN>"}, {}) == "sectors <@U0BEN>"


class TestPress:
    def test_on_a_message_it_is_asked_under_that_message(self) -> None:
        found = asked_by_press(PRESS, NOW)
        assert (found.id, found.handler, found.text) == ("1.2.a", "watch.why", "R7v1")
        assert (found.team, found.channel, found.user, found.thread) == ("T1", "C1", "U1", "12.5")
        assert found.reply_url == "https://hooks.example/1"
        assert found.extra == {"message_ts": "12.5", "thread_ts": None, "action": "watch.why"}

    def test_in_a_thread_it_is_asked_in_that_thread(self) -> None:
        found = asked_by_press(PRESS | {"message": {"ts": "13.5", "thread_ts": "12.5"}}, NOW)
        assert (found.thread, found.extra["message_ts"]) == ("12.5", "13.5")

    def test_on_what_one_person_sees_there_is_nothing_to_answer_under(self) -> None:
        container = PRESS["container"] | {"is_ephemeral": True}
        without = {name: value for name, value in PRESS.items() if name not in ("message", "channel")}
        found = asked_by_press(without | {"container": container}, NOW)
        assert (found.channel, found.thread, found.extra["message_ts"]) == ("C1", None, "12.5")

    def test_a_menu_says_what_was_chosen(self) -> None:
        action = {"action_id": "a", "type": "static_select", "selected_option": {"value": "R8v1"}}
        assert asked_by_press(PRESS | {"actions": [action]}, NOW).text == "R8v1"


class TestForm:
    def test_its_text_is_its_fields_and_metadata(self) -> None:
        found = asked_by_form(
            typed(
                rule={"type": "plain_text_input", "value": "ISCB sortino < 1"},
                empty={"type": "plain_text_input", "value": None},
                day={"type": "datepicker", "selected_date": "2026-01-16"},
                some={"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]},
            ),
            NOW,
        )
        fields = {"rule": "ISCB sortino < 1", "empty": None, "day": "2026-01-16", "some": ["a", "b"]}
        metadata = '{"rule": "R7v1", "channel": "C1", "ts": "12.5"}'
        assert json.loads(found.text) == fields | {"metadata": metadata}
        assert found.extra == {"fields": fields, "metadata": metadata}
        assert (found.handler, found.channel, found.user, found.thread) == (
            "watch.edit.form",
            "C1",
            "U1",
            None,
        )

    def test_sent_twice_it_is_one_question_and_corrected_it_is_another(self) -> None:
        first = typed()
        again = typed() | {"trigger_id": "other"}
        corrected = typed() | {"view": typed()["view"] | {"hash": "h2"}}
        assert asked_by_form(first, NOW).id == asked_by_form(again, NOW).id
        assert asked_by_form(first, NOW).id != asked_by_form(corrected, NOW).id

    @pytest.mark.parametrize("metadata", ["", "R7v1", "[1]", '{"channel": null}', "[" * 5000])
    def test_metadata_that_names_no_channel_is_no_fault(self, metadata: str) -> None:
        given = typed()
        given["view"]["private_metadata"] = metadata
        assert asked_by_form(given, NOW).channel == ""


class TestStrangers:
    def test_a_press_is_by_a_member_of_the_workspace_or_not(self) -> None:
        assert not is_stranger(PRESS)
        assert is_stranger(PRESS | {"user": {"id": "U9", "team_id": "T9"}})

    def test_a_form_opened_elsewhere_belongs_to_where_the_bot_is_installed(self) -> None:
        given = typed()
        given["view"]["app_installed_team_id"] = "T1"
        given |= {"team": {"id": "T9"}, "user": {"id": "U9", "team_id": "T9"}}
        assert is_stranger(given)
        assert asked_by_form(given, NOW).team == "T1"

    @pytest.mark.parametrize(
        ("event", "stranger"),
        [({"team": "T1"}, False), ({"user_team": "T9"}, True), ({"user_team": "E1"}, False), ({}, False)],
    )
    def test_in_a_shared_channel_the_senders_team_counts(self, event: dict[str, str], stranger: bool) -> None:
        body = {
            "team_id": "T9",
            "authorizations": [{"team_id": "T1", "enterprise_id": "E1"}],
            "is_ext_shared_channel": True,
        }
        assert is_strangers(event, body) is stranger
        assert not is_strangers(event, body | {"is_ext_shared_channel": False})
        assert asked_by_mention(event, body | {"event_id": "Ev1"}, NOW).team == "T1"
