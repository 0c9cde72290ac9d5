"""Commands, presses, forms and shortcuts, read from what Slack says of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from analytics.query import Query
from analytics.window import parse
from bot.model import SectionQuery, ThreadContext
from bot.slack.payloads import (
    plain_text,
    request_of_form,
    request_of_press,
    request_of_shortcut,
    sender_of_interaction,
)

TOPIC = ThreadContext(Query(("ISCB", "SPSM"), parse("5y"), date(2026, 1, 16)), "Yahoo Finance")
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


class TestPress:
    def test_on_a_message_it_is_asked_under_that_message(self) -> None:
        found = request_of_press(PRESS, NOW)
        assert (found.id, found.handler, found.text) == ("1.2.a", "watch.why", "R7v1")
        assert (found.team, found.channel, found.user, found.thread) == ("T1", "C1", "U1", "12.5")
        assert found.reply_url == "https://hooks.example/1"
        assert found.extra == {"message_ts": "12.5", "action": "watch.why", "within": False}

    def test_in_a_thread_it_is_asked_in_that_thread(self) -> None:
        found = request_of_press(PRESS | {"message": {"ts": "13.5", "thread_ts": "12.5"}}, NOW)
        assert (found.thread, found.extra["message_ts"]) == ("12.5", "13.5")
        assert found.within

    def test_what_was_answered_names_itself_and_is_pressed_outside_threads(self) -> None:
        found = request_of_press(PRESS | {"message": {"ts": "12.5", "thread_ts": "12.5"}}, NOW)
        assert (found.thread, found.within) == ("12.5", False)

    def test_on_what_one_person_sees_in_a_thread_it_is_asked_there(self) -> None:
        container = {"message_ts": "13.5", "thread_ts": "12.5", "channel_id": "C1", "is_ephemeral": True}
        without = {name: value for name, value in PRESS.items() if name != "message"}
        found = request_of_press(without | {"container": container}, NOW)
        assert (found.thread, found.within) == ("12.5", True)

    def test_on_what_one_person_sees_there_is_nothing_to_answer_under(self) -> None:
        container = PRESS["container"] | {"is_ephemeral": True}
        without = {name: value for name, value in PRESS.items() if name not in ("message", "channel")}
        found = request_of_press(without | {"container": container}, NOW)
        assert (found.channel, found.thread, found.extra["message_ts"]) == ("C1", None, "12.5")

    def test_a_menu_says_what_was_chosen(self) -> None:
        action = {"action_id": "a", "type": "static_select", "selected_option": {"value": "R8v1"}}
        assert request_of_press(PRESS | {"actions": [action]}, NOW).text == "R8v1"


class TestForm:
    def test_its_text_is_its_fields_and_metadata(self) -> None:
        found = request_of_form(
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
        assert request_of_form(first, NOW).id == request_of_form(again, NOW).id
        assert request_of_form(first, NOW).id != request_of_form(corrected, NOW).id

    @pytest.mark.parametrize("metadata", ["", "R7v1", "[1]", '{"channel": null}', "[" * 5000])
    def test_metadata_that_names_no_channel_is_no_fault(self, metadata: str) -> None:
        given = typed()
        given["view"]["private_metadata"] = metadata
        assert request_of_form(given, NOW).channel == ""


class TestSender:
    def test_a_press_names_the_workspace_of_the_person(self) -> None:
        assert sender_of_interaction(PRESS, "T1").person == "T1"
        assert sender_of_interaction(PRESS | {"user": {"id": "U9", "team_id": "T9"}}, "T1").person == "T9"
        assert sender_of_interaction(PRESS | {"user": {"id": "U9"}}, "T1").person == ""

    def test_a_form_opened_elsewhere_belongs_to_where_the_bot_is_installed(self) -> None:
        given = typed()
        given["view"]["app_installed_team_id"] = "T1"
        given |= {"team": {"id": "T9"}, "user": {"id": "U9", "team_id": "T9"}}
        found = sender_of_interaction(given, request_of_form(given, NOW).team)
        assert (found.team, found.person, found.others) == ("T1", "T9", frozenset({"T1"}))


MESSAGE = {"ts": "13.5", "user": "U2", "text": "either <http://VWCE.DE|VWCE.DE> or M&amp;M.NS"}
SHORTCUT: dict[str, Any] = {
    "type": "message_action",
    "callback_id": "compare_named",
    "trigger_id": "1.3.a",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "C1"},
    "message_ts": "13.5",
    "message": MESSAGE,
    "response_url": "https://hooks.example/2",
}


class TestShortcut:
    def test_on_a_message_its_words_are_the_text_and_its_thread_the_place(self) -> None:
        found = request_of_shortcut(SHORTCUT, NOW)
        assert (found.id, found.handler, found.text) == (
            "1.3.a",
            "compare_named",
            "either VWCE.DE or M&M.NS",
        )
        assert (found.team, found.channel, found.user, found.thread) == ("T1", "C1", "U1", "13.5")
        assert found.reply_url == "https://hooks.example/2"

    def test_on_a_reply_it_is_asked_in_that_thread(self) -> None:
        found = request_of_shortcut(SHORTCUT | {"message": MESSAGE | {"thread_ts": "12.5"}}, NOW)
        assert (found.thread, found.within) == ("12.5", True)
        assert not request_of_shortcut(SHORTCUT, NOW).within

    def test_on_nothing_it_has_no_place(self) -> None:
        about = ("callback_id", "trigger_id", "team", "user")
        found = request_of_shortcut({name: SHORTCUT[name] for name in about}, NOW)
        assert (found.handler, found.text, found.channel) == ("compare_named", "", "")
        assert (found.user, found.thread, found.reply_url) == ("U1", None, None)


def test_what_nothing_can_keep_does_not_come_in() -> None:
    """Half a character cannot be encoded, and PostgreSQL takes no NUL."""
    assert plain_text("sectors\x00 \ud83d") == "sectors ?"
    request = request_of_form(typed(rule={"type": "plain_text_input", "value": "a\udc00b\x00"}), NOW)
    assert request.extra["fields"] == {"rule": "a?b"}
    press = PRESS | {"actions": [{"action_id": "ask.5y", "value": "\ud800"}]}
    assert request_of_press(press, NOW).text == "?"


def chosen(*beside: Any, value: str = "risk", block: str = "talk.next") -> str:
    """The text of a request made in a menu that stands in a row with these elements."""
    menu = {"type": "static_select", "action_id": "ask.more"}
    row = {"type": "actions", "block_id": "talk.next", "elements": [*beside, menu]}
    above = {"type": "header", "block_id": "h", "text": {"type": "plain_text", "text": "ISCB vs SPSM"}}
    action = menu | {"block_id": block, "selected_option": {"value": value}}
    message = {"ts": "12.5", "blocks": [above, row]}
    return request_of_press(PRESS | {"message": message, "actions": [action]}, NOW).text


def beside(value: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "ask.sectors", "value": value}


class TestMenu:
    """What is chosen in a menu is asked about the topic that its neighbours carry."""

    def test_about_the_topic_of_its_neighbours(self) -> None:
        read = SectionQuery.read(chosen(beside(SectionQuery("sectors", TOPIC).value)))
        assert read == SectionQuery("risk", TOPIC)

    def test_a_neighbour_that_says_nothing_is_passed_over(self) -> None:
        link = {"type": "button", "action_id": "link", "url": "https://example.com"}
        read = SectionQuery.read(chosen(link, beside("R7v1"), beside(SectionQuery("edge", TOPIC).value)))
        assert read == SectionQuery("risk", TOPIC)

    @pytest.mark.parametrize(
        "value",
        [
            None,
            "",
            "{",
            "null",
            "[]",
            "3",
            '"risk"',
            "{}",
            '{"text": 5}',
            '{"text": "sectors", "topic": "<!channel>"}',
            '{"text": "sectors", "topic": {"comparing": {"symbols": "A"}}}',
            "[" * 5000,
            "\u0000\ud800",
            {"text": "sectors"},
            ["sectors"],
        ],
    )
    def test_where_no_neighbour_carries_a_topic_the_place_is_asked_about(self, value: Any) -> None:
        assert SectionQuery.read(chosen(beside(value))) == SectionQuery("risk")

    def test_alone_it_asks_about_the_place(self) -> None:
        assert SectionQuery.read(chosen()) == SectionQuery("risk")

    def test_another_row_is_none_of_its_own(self) -> None:
        value = SectionQuery("sectors", TOPIC).value
        assert SectionQuery.read(chosen(beside(value), block="other")) == SectionQuery("risk")

    @pytest.mark.parametrize("said", ["<!channel>", '","topic":{"x', "\u202ersik", "\ud800", "A" * 5000])
    def test_what_is_chosen_is_only_ever_the_text(self, said: str) -> None:
        read = SectionQuery.read(chosen(beside(SectionQuery("sectors", TOPIC).value), value=said))
        assert read.topic == TOPIC
        assert read.text == said.encode("utf-8", "replace").decode()

    def test_nothing_chosen_is_an_empty_question(self) -> None:
        action = {"type": "static_select", "action_id": "ask.more", "block_id": "b", "selected_option": None}
        request = request_of_press(PRESS | {"message": {"ts": "12.5"}, "actions": [action]}, NOW)
        assert SectionQuery.read(request.text) == SectionQuery("")
