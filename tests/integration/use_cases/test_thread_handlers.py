"""What is said, pressed or typed is read at once, without data."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.query import Query
from analytics.returns import Rate
from analytics.window import parse
from bot.clock import FixedClock
from bot.model import SectionQuery, ThreadContext
from bot.ports import Ack, Place
from bot.render.message import Message
from bot.use_cases.compare import SectorsHandler
from bot.use_cases.digest import DigestHandler
from bot.use_cases.rules import WatchHandler
from bot.use_cases.threads import EnglishReader, FollowUpHandler, MentionHandler
from tests.integration.use_cases.room import ANN, HERE, NOW, TEAM

CLOCK = FixedClock(NOW)
PLACE = Place(TEAM, HERE, ANN, "1700000000.000001")


def like(symbol: str) -> tuple[str, ...]:
    """The one symbol that a slip is like."""
    return ("SPSM",) if symbol == "SPSN" else ()


KNOWN = frozenset({"ISCB", "SPSM", "IWM"})
READER = EnglishReader(like, KNOWN)
SAID = MentionHandler(CLOCK, {"/watch": WatchHandler(CLOCK, like), "/digest": DigestHandler(like)}, READER)
PRESSED = FollowUpHandler(CLOCK, SAID)
SECTORS = SectorsHandler(CLOCK, READER)
TOPIC = ThreadContext(Query(("ISCB", "SPSM"), parse("1y"), date(2026, 1, 16)), "Yahoo Finance")


def offered(message: Message | None) -> list[SectionQuery]:
    """What the buttons of a reply ask."""
    assert message
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [SectionQuery.read(each["value"]) for row in rows for each in row if each["type"] == "button"]


@pytest.mark.parametrize(
    "text",
    [
        "compare ISCB SPSM 3y",
        "Compare ISCB and SPSM",
        "sectors",
        "sectors vs IWM",
        "sectors ISCB SPSM",
        "5y",
        "add VB",
        "without IWM",
        "explain sortino",
        "csv",
        "cost size=$25m",
    ],
)
def test_a_question_about_funds_goes_on_for_anybody(text: str) -> None:
    assert SAID.receive(text, PLACE) == Ack(
        work=True, handler="ask", text=SectionQuery(text).value, open=True
    )


BARE = [
    "ISCB",
    "ISCB 5y",
    "ISCB SPSM 3y",
    "ISCB SPSM",
    "ISCB, SPSM and IWM?",
    "ISCB vs SPSM",
    "$ISCB $WORLD 5y weekly",
    "iscb spsm 3y",
    "ISCB SPSM vs IWM rf=tbill asof 2026-01-16",
]


@pytest.mark.parametrize("text", BARE)
def test_funds_alone_are_compared(text: str) -> None:
    expected = Ack(work=True, handler="/compare", open=True)
    assert SAID.receive(text, PLACE) == expected
    assert SAID.receive(text, Place(TEAM, "D0ANN", ANN)) == expected


@pytest.mark.parametrize("text", BARE)
def test_within_a_thread_funds_alone_may_be_meant_beside_those_above(text: str) -> None:
    """What is offered in their place depends on what stands above, so that it is recalled first."""
    taken = SAID.receive(text, replace(PLACE, within=True))
    assert taken == Ack(work=True, handler="ask", text=SectionQuery(text).value, open=True)


@pytest.mark.parametrize(
    "text",
    [
        "iscc",
        "good morning",
        "OK THE CEO",
        "ISCB sektors",
        "ISCB SPSM 99q",
        "iscb abcd",
        "ISCB ISCB",
        "AND OR",
    ],
)
def test_what_is_not_clearly_funds_is_asked_back(text: str) -> None:
    taken = SAID.receive(text, PLACE)
    assert (taken.work, len(offered(taken.reply))) == (False, 3)


@pytest.mark.parametrize("text", ["watch list", "/watch list", "Watch  list", "watch\nlist"])
def test_what_begins_with_a_commands_name_is_that_command(text: str) -> None:
    assert SAID.receive(text, PLACE) == Ack(work=True, handler="/watch", text="list", open=True)


def test_a_change_by_a_mention_is_for_members_only() -> None:
    rule = SAID.receive("watch ISCB sortino < 1.0", PLACE)
    assert (rule.handler, rule.text, rule.work, rule.open) == ("/watch", "ISCB sortino < 1.0", True, False)
    assert SAID.receive("digest off", PLACE).open is False
    assert SAID.receive("digest status", PLACE).open is True


@pytest.mark.parametrize("text", ["help", "Help", "", "  "])
def test_help_says_what_can_be_asked(text: str) -> None:
    taken = SAID.receive(text, PLACE)
    assert (taken.work, taken.open) == (False, True)
    assert taken.reply
    assert "`explain sortino`" in taken.reply.text
    assert "`/compare`" in taken.reply.text


@pytest.mark.parametrize("text", ["help", ""])
def test_help_where_funds_may_be_known_waits_for_the_store(text: str) -> None:
    asked = Ack(work=True, handler="ask", text=SectionQuery(text).value, open=True)
    for place in (replace(PLACE, within=True), replace(PLACE, channel="D1", thread=None)):
        assert SAID.receive(text, place) == asked
        assert SAID.receive("help sectors", place).reply


def test_help_of_a_command_is_its_usage() -> None:
    for text, said in (("help sectors", "*/sectors*"), ("compare help", "*/compare*")):
        reply = SAID.receive(text, PLACE).reply
        assert reply
        assert reply.text.startswith(said)


@pytest.mark.parametrize("text", ["sektors", "good morning", "what is the best fund", "compair ISCB SPSM"])
def test_what_is_not_understood_gets_the_three_nearest(text: str) -> None:
    taken = SAID.receive(text, PLACE)
    assert (taken.work, taken.open) == (False, True)
    asks = offered(taken.reply)
    assert len(asks) == 3
    for each in asks:
        taken = PRESSED.receive(each.value, PLACE)
        assert taken.work or each.text == "help", f"{each.text} is answered"


def test_what_was_meant_may_be_a_command() -> None:
    taken = PRESSED.receive(SectionQuery("watch list").value, PLACE)
    assert (taken.work, taken.handler, taken.text) == (True, "/watch", "list")
    assert PRESSED.receive(SectionQuery("digest off").value, PLACE).open is False


def test_what_was_typed_calls_nobody() -> None:
    reply = SAID.receive("<!channel> sektors", PLACE).reply
    assert reply
    assert "<!" not in reply.text
    assert "<!" not in json.dumps(reply.blocks[0])


@pytest.mark.parametrize("text", ["5y", "sectors", "csv", "compare A B"])
def test_a_button_goes_on_as_it_is(text: str) -> None:
    assert PRESSED.receive(SectionQuery(text, TOPIC).value, PLACE) == Ack(work=True, handler="ask", open=True)


@pytest.mark.parametrize("text", ["sectors", "compare ISCB SPSM"])
def test_a_button_about_its_place_is_as_if_it_were_typed(text: str) -> None:
    assert PRESSED.receive(SectionQuery(text).value, PLACE) == SAID.receive(text, PLACE)


BROKEN = [
    "",
    "sectors",
    "null",
    "[]",
    "{}",
    "[" * 100_000,
    '{"text": 7}',
    SectionQuery("sektors", TOPIC).value,
    SectionQuery("help", TOPIC).value,
    SectionQuery("5y", TOPIC).value.replace('"1y"', '"9q"'),
    SectionQuery("5y", TOPIC).value.replace('"ISCB"', '"<!channel>"'),
    SectionQuery("5y", TOPIC).value.replace('["ISCB","SPSM"]', "[]"),
    SectionQuery("5y", TOPIC).value.replace("2026-01-16", "soon"),
    SectionQuery("5y", TOPIC).value.replace("2026-01-16", "1900-01-01"),
    SectionQuery("5y", TOPIC).value.replace('["ISCB","SPSM"]', '["ISCB","ISCB"]'),
    SectionQuery("5y", TOPIC).value.replace(
        '["ISCB","SPSM"]', json.dumps([f"A{each}" for each in range(100)])
    ),
    SectionQuery("5y", replace(TOPIC, more=-5)).value,
    SectionQuery("5y", replace(TOPIC, comparing=replace(TOPIC.comparing, rate=Rate(1e300)))).value,
    SectionQuery("5y", replace(TOPIC, comparing=replace(TOPIC.comparing, rate=Rate(-5.0)))).value,
]


@pytest.mark.parametrize("value", BROKEN)
def test_a_button_of_nothing_that_we_know_is_answered_with_advice(value: str) -> None:
    taken = PRESSED.receive(value, PLACE)
    assert not taken.work
    assert taken.reply
    assert "no message that this bot knows" in taken.reply.text


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_no_text_makes_a_door_fail(text: str) -> None:
    for handler in (SAID, PRESSED, SECTORS):
        taken = handler.receive(text, PLACE)
        assert taken.work or taken.reply


def test_sectors_needs_funds() -> None:
    handler = SECTORS
    assert handler.receive("ISCB SPSM vs IWM", PLACE) == Ack(work=True, open=True)
    for text in ("", "help", "5y", "vs IWM"):
        taken = handler.receive(text, PLACE)
        assert not taken.work
        assert taken.reply
        assert "/sectors" in taken.reply.text


def test_a_slip_after_sectors_gets_what_is_nearest() -> None:
    taken = SECTORS.receive("ISCB SPSM 9q", PLACE)
    assert not taken.work
    assert taken.reply
    assert "9q" in taken.reply.text


@pytest.mark.slow
def test_doors_open_without_pandas_or_matplotlib() -> None:
    """The web role holds neither."""
    code = (
        "import sys; import bot.use_cases.threads;"
        "print([m for m in ('pandas', 'matplotlib', 'sqlalchemy', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
