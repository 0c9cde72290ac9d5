"""What is said to the bot, who looks at its Home tab and where it comes in, read from Slack's events."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack.payloads import (
    request_of_home,
    request_of_joining,
    request_of_mention,
    request_of_message,
    sender_of_event,
    without_names,
)
from tests.unit.bot.language.test_any_text import PATIENCE

NOW = datetime(2026, 1, 16, 22, 0, tzinfo=UTC)
BODY: dict[str, Any] = {
    "team_id": "T1",
    "event_id": "Ev1",
    "authorizations": [{"team_id": "T1", "user_id": "U0BOT", "is_bot": True}],
}
MENTION: dict[str, Any] = {
    "type": "app_mention",
    "user": "U1",
    "text": "<@U0BOT> sectors",
    "ts": "12.5",
    "channel": "C1",
    "team": "T1",
}
DIRECT = MENTION | {"type": "message", "text": "sectors", "channel": "D1", "channel_type": "im"}


def changed(text: str, before: str = "sectors", **message: Any) -> dict[str, Any]:
    """What Slack tells of a message in the direct messages that was edited."""
    inner = {name: DIRECT[name] for name in ("type", "user", "ts")} | {"text": text}
    about = {"type": "message", "subtype": "message_changed", "channel": "D1", "channel_type": "im"}
    edited = {"edited": {"user": "U1", "ts": "13.0"}}
    old = {"previous_message": inner | {"text": before}}
    return {**about, **old, "ts": "13.0", "message": inner | edited | message}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U0BOT> sectors", "sectors"),
        ("<@U0BOT|watchpoint> sectors", "sectors"),
        ("please <@U0BOT> sectors <@U0BEN>", "please sectors"),
        ("<@U0BOT> sectors <@U0BOT>", "sectors"),
        ("<@U0BOT>", ""),
        ("hey <@U0BOT>!", ""),
        # a mark after the name
        ("<@U0BOT>: sectors", "sectors"),
        ("<@U0BOT>:sectors", "sectors"),
        ("<@U0BOT>, sectors please", "sectors please"),
        ("<@U0BOT> - sectors", "sectors"),
        ("<@U0BOT> \u2014 sectors", "sectors"),
        ("@watchpoint: sectors", "sectors"),
        # others who are called
        ("<@U0BOT> sectors cc <@U0BEN>", "sectors"),
        ("<@U0BOT> sectors (cc <@U0BEN>, <@U0CY> and <@U0DEE>)", "sectors"),
        ("<@U0BOT> sectors CC: <@U0BEN> & <@U0CY>", "sectors"),
        ("cc <@U0BEN> <@U0BOT>: 5y", "5y"),
        ("<@U0BEN> <@U0BOT> sectors", "sectors"),
        ("<@U0BOT> sectors fyi <!subteam^S012|@desk>", "sectors"),
        ("<@U0BOT> sectors cc @ben", "sectors"),
        (
            "<@U0BOT> watch ISCB sortino &lt; 1.0 for 5 sessions cc <@U0BEN>",
            "watch ISCB sortino < 1.0 for 5 sessions",
        ),
        # what is no name
        ("<@U0BOT> digest on <!channel>", "digest on <!channel>"),
        ("<@U0BOT> compare CC WMT", "compare CC WMT"),
        ("<@U0BOT> watch ISCB assets &lt; 200M -&gt; SPSM", "watch ISCB assets < 200M -> SPSM"),
        ("<@U0BOT> compare <http://VWCE.DE|VWCE.DE> ISCB", "compare VWCE.DE ISCB"),
        ("mail ben@example.test", "mail ben@example.test"),
        ("<@U0BOT> drawdown &lt; -15%", "drawdown < -15%"),
        # no more space than there is to see
        ("<@U0BOT>   compare\n ISCB\u00a0 SPSM  ", "compare ISCB SPSM"),
    ],
)
def test_names_are_not_part_of_what_it_is_told(text: str, expected: str) -> None:
    assert without_names(text) == expected


@pytest.mark.parametrize(
    "text", ["<@" * 20_000, "<@U1> " * 8_000, "cc " * 12_000, " " * 40_000, "@a " * 12_000]
)
def test_what_is_long_is_read_at_once(text: str) -> None:
    began = time.process_time()
    without_names(text)
    assert time.process_time() - began < PATIENCE


class TestMention:
    def test_it_is_answered_in_its_thread_or_opens_one(self) -> None:
        top, within = (request_of_mention(MENTION | more, BODY, NOW) for more in ({}, {"thread_ts": "11.5"}))
        assert top is not None
        assert within is not None
        assert (top.thread, within.thread) == ("12.5", "11.5")
        assert (top.within, within.within) == (False, True)
        assert (top.handler, top.text, top.team, top.channel, top.user) == (
            "mention",
            "sectors",
            "T1",
            "C1",
            "U1",
        )

    @pytest.mark.parametrize("more", [{"bot_id": "B1"}, {"user": None}, {"user": "U0BOT"}])
    def test_no_bot_is_answered_not_even_this_one(self, more: dict[str, Any]) -> None:
        assert request_of_mention(MENTION | more, BODY, NOW) is None

    def test_edited_it_is_another_question_where_its_words_are_others(self) -> None:
        edited: dict[str, Any] = {"edited": {"user": "U1", "ts": "13.0"}}
        told = {
            "Ev1": {},
            "Ev2": edited,
            "Ev3": edited | {"text": "<@U0BOT>: \u00a0sectors\u200b  cc <@U0BEN>"},
            "Ev4": edited | {"text": "<@U0BOT> holdings"},
        }
        ids = [
            request_of_mention(MENTION | more, BODY | {"event_id": event_id}, NOW)
            for event_id, more in told.items()
        ]
        first, same, spaced, reworded = [request.id for request in ids if request]
        assert first == same == spaced != reworded

    def test_two_messages_of_the_same_words_are_two_questions(self) -> None:
        first, second = (request_of_mention(MENTION | {"ts": ts}, BODY, NOW) for ts in ("12.5", "12.6"))
        assert first is not None
        assert second is not None
        assert first.id != second.id

    def test_without_a_ts_it_is_a_question_by_its_event(self) -> None:
        found = request_of_mention(MENTION | {"ts": None}, BODY, NOW)
        assert found is not None
        assert found.id == "Ev1"


class TestDirect:
    def test_it_is_answered_beside_it_and_in_a_thread_only_from_within(self) -> None:
        beside, within = (
            request_of_message(DIRECT | more, BODY, NOW) for more in ({}, {"thread_ts": "11.5"})
        )
        assert beside is not None
        assert within is not None
        assert (beside.text, beside.channel, beside.user, beside.thread) == ("sectors", "D1", "U1", None)
        assert within.thread == "11.5"

    @pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
    def test_words_with_a_file_or_shown_beside_the_thread_are_words(self, subtype: str) -> None:
        assert request_of_message(DIRECT | {"subtype": subtype}, BODY, NOW) is not None

    @pytest.mark.parametrize(
        "more",
        [
            {"channel_type": "channel"},
            {"channel_type": "mpim"},
            {"channel_type": None},
            {"subtype": "message_deleted"},
            {"subtype": "channel_join"},
            {"subtype": "bot_message", "bot_id": "B1"},
            {"bot_id": "B1"},
            {"user": "U0BOT"},
            {"user": "USLACKBOT"},
            {"user": None},
        ],
        ids=str,
    )
    def test_all_else_is_not_said_to_the_bot(self, more: dict[str, Any]) -> None:
        assert request_of_message(DIRECT | more, BODY, NOW) is None

    def test_edited_it_is_asked_anew_in_its_other_words(self) -> None:
        first = request_of_message(DIRECT, BODY, NOW)
        anew = request_of_message(changed("holdings"), BODY | {"event_id": "Ev2"}, NOW)
        assert first is not None
        assert anew is not None
        assert (anew.text, anew.channel, anew.thread) == ("holdings", "D1", None)
        assert anew.id != first.id

    def test_edited_under_its_own_answers_it_is_answered_beside_it(self) -> None:
        anew = request_of_message(changed("holdings", thread_ts="12.5"), BODY, NOW)
        assert anew is not None
        assert anew.thread is None

    def test_put_back_to_its_first_words_it_is_the_first_question(self) -> None:
        first = request_of_message(DIRECT, BODY, NOW)
        back = request_of_message(changed("sectors", before="holdings"), BODY, NOW)
        assert first is not None
        assert back is not None
        assert first.id == back.id

    @pytest.mark.parametrize(
        "event",
        [
            changed("sectors"),
            changed(" sectors\u00a0 "),
            changed("sectors cc <@U0BEN>"),
            changed("holdings", edited=None),
            changed("holdings", user="U0BOT"),
            changed("holdings", bot_id="B1"),
        ],
        ids=[
            "the same words",
            "a space more",
            "a name more",
            "not by a person",
            "of this bot",
            "of another bot",
        ],
    )
    def test_a_change_that_says_nothing_else_asks_nothing(self, event: dict[str, Any]) -> None:
        assert request_of_message(event, BODY, NOW) is None


class TestAround:
    def test_the_home_tab_is_nowhere(self) -> None:
        found = request_of_home({"type": "app_home_opened", "user": "U1", "tab": "home"}, BODY, NOW)
        assert found is not None
        assert (found.id, found.handler, found.text) == ("Ev1", "home", "")
        assert (found.team, found.user, found.channel, found.thread) == ("T1", "U1", "", None)

    def test_the_tab_where_one_talks_is_that_of_the_talk(self) -> None:
        event = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "messages"}
        found = request_of_home(event, BODY, NOW)
        assert found is not None
        assert (found.id, found.handler, found.text) == ("Ev1", "home", "messages")
        assert (found.team, found.user, found.channel, found.thread) == ("T1", "U1", "D1", None)

    def test_no_other_tab_is_looked_at(self) -> None:
        assert request_of_home({"type": "app_home_opened", "user": "U1", "tab": "about"}, BODY, NOW) is None

    def test_the_bot_comes_in_by_somebodys_hand(self) -> None:
        event = {"type": "member_joined_channel", "user": "U0BOT", "channel": "C1", "inviter": "U1"}
        found = request_of_joining(event, BODY, NOW)
        assert found is not None
        assert (found.id, found.handler, found.text) == ("Ev1", "joined", "U1")
        assert (found.channel, found.user, found.thread) == ("C1", "U1", None)

    def test_who_let_it_in_is_empty_where_slack_does_not_say(self) -> None:
        found = request_of_joining({"user": "U0BOT", "channel": "C1"}, BODY, NOW)
        assert found is not None
        assert (found.text, found.user) == ("", "")

    @pytest.mark.parametrize(
        ("event", "body"), [({"user": "U1"}, BODY), ({"user": "U0BOT"}, {}), ({"user": None}, BODY)]
    )
    def test_others_come_in_without_a_word(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        assert request_of_joining(event | {"channel": "C1"}, body, NOW) is None


@pytest.mark.parametrize(
    ("event", "person"),
    [
        ({"team": "T1"}, "T1"),
        ({"team": "T1", "user_team": "T9"}, "T9"),
        ({"user_team": "E1"}, "E1"),
        ({}, ""),
    ],
)
def test_in_a_shared_channel_the_senders_team_counts(event: dict[str, str], person: str) -> None:
    body = {
        "team_id": "T9",
        "event_id": "Ev1",
        "authorizations": [{"team_id": "T1", "enterprise_id": "E1"}],
        "is_ext_shared_channel": True,
    }
    sender = sender_of_event(event, body)
    assert sender_of_event({"subtype": "message_changed", "message": event}, body) == sender
    assert (sender.team, sender.organisation, sender.person) == ("T1", "E1", person)
    assert sender.bots("T1") == {"T1", "E1"}
    found = request_of_mention({"user": "U1"} | event, body, NOW)
    assert found is not None
    assert found.team == "T1"
