"""Questions in plain English: answered at once and said to be, else refused with what can be asked there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.roles import english_reader
from bot.clock import FixedClock
from bot.model import Request, SectionQuery
from bot.ports import Ack, Place, Understood
from bot.render.message import Message
from bot.use_cases.compare import FundAnswers
from bot.use_cases.threads import FollowUpHandler, MentionHandler
from tests.fakes.metrics import QuietMetrics
from tests.integration.use_cases.room import ANN, HERE, NOW, TEAM, Room, room

THREAD, ALONE = "1700000000.000777", "D1"
METRICS = QuietMetrics()
READER = english_reader(METRICS)
SAID = MentionHandler(FixedClock(NOW), {}, READER)
PRESSED = FollowUpHandler(FixedClock(NOW), SAID)
IN_CHANNEL = Place(TEAM, HERE, ANN, THREAD)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    METRICS.understood.clear()
    async with room(tmp_path) as found:
        yield found


async def ask(here: Room, text: str, **more: Any) -> Request:
    """Say it in a thread, or where `more` says."""
    request = here.question(SectionQuery(text).value, **{"handler": "ask", "thread": THREAD, **more})
    await FundAnswers(here.parts, READER).ask(request)
    return request


def offered(message: Message) -> list[SectionQuery]:
    """What its buttons ask."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    buttons = [each for row in rows for each in row if each["type"] == "button"]
    return [SectionQuery.read(each["value"]) for each in buttons if each["action_id"] != "open.watch"]


def last(here: Room) -> Message:
    return here.messenger.posted[-1].message


def first_line(message: Message) -> str:
    return str(message.blocks[0]["elements"][0]["text"])


async def test_a_sure_reading_is_answered_and_said(here: Room) -> None:
    await ask(here, "compare AAA BBB 1m")
    await ask(here, "which of them fell more?")
    assert first_line(last(here)) == "Read as `drawdowns`."
    assert len(here.messenger.posted) == 2
    others = offered(last(here))
    assert [each.text for each in others] == ["risk", "returns", "figures"], "nothing is offered twice"
    for each in others:
        taken = PRESSED.receive(each.value, IN_CHANNEL)
        assert (taken.work, taken.handler) == (True, "ask")
        await FundAnswers(here.parts, READER).ask(here.question(each.value, handler="ask", thread=THREAD))
    assert len(here.messenger.posted) == 5
    assert METRICS.understood == [Understood.READ_AS]


async def test_what_a_button_asks_already_is_not_offered_in_other_words(here: Room) -> None:
    await ask(here, "compare AAA BBB 1m")
    await ask(here, "how much do I save by switching 10m?")
    assert first_line(last(here)) == "Read as `cost size=10m`."
    assert [each.text for each in offered(last(here))].count("switch size=10m") == 1


async def test_what_the_grammar_reads_is_answered_without_a_word(here: Room) -> None:
    await ask(here, "compare AAA BBB 1m")
    await ask(here, "drawdowns")
    assert "Read as" not in str(last(here).blocks)
    assert METRICS.understood == []


async def test_a_fund_of_the_thread_leaves_it_about_both(here: Room) -> None:
    await ask(here, "compare AAA BBB 1m")
    await ask(here, "how liquid is AAA?")
    assert first_line(last(here)) == "Read as `cost AAA`."
    recalled = await here.repository.recall(HERE, THREAD)
    assert recalled
    assert recalled.comparing.symbols == ("AAA", "BBB")


async def test_no_advice_is_given(here: Room) -> None:
    await ask(here, "compare AAA BBB 1m")
    await ask(here, "should I rotate to BBB?")
    assert (
        first_line(last(here)) == "Read as `compare`. I give no advice; this is how they stand side by side."
    )


async def test_what_is_in_doubt_is_refused_with_what_can_be_asked_there(here: Room) -> None:
    await ask(here, "compare AAA BBB 1m")
    await ask(here, "stock lending?")
    (told,) = here.messenger.told
    assert "I could not read `stock lending?`" in told.message.text
    assert [each.text for each in offered(told.message)] == ["sectors", "returns", "help"]
    assert METRICS.understood == [Understood.BUTTONS]


@pytest.mark.parametrize("place", [{}, {"channel": ALONE, "thread": None}])
@pytest.mark.parametrize(
    "text", ["which one fell more in 2020?", "stock lending?", "sectors", "how risky are they"]
)
async def test_where_nothing_is_known_every_button_names_funds(
    here: Room, text: str, place: dict[str, Any]
) -> None:
    await ask(here, text, **place)
    (told,) = here.messenger.told
    named = [each.text for each in offered(told.message)]
    assert len(named) == 3
    assert all("ISCB SPSM" in each or each == "help" for each in named)
    assert METRICS.understood in ([Understood.NO_FUNDS], [Understood.BUTTONS])


async def test_a_rule_of_these_is_a_form(here: Room) -> None:
    assert SAID.receive("watch this", IN_CHANNEL).work
    await ask(here, "compare AAA BBB 1m")
    await ask(here, "watch this")
    (told,) = here.messenger.told
    assert "A rule about AAA and BBB" in told.message.text
    assert "open.watch" in str(told.message.blocks)


async def test_a_symbol_that_nobody_has_is_counted(here: Room) -> None:
    await ask(here, "is ZZZZ cheaper than AAA?")
    assert METRICS.understood == [Understood.READ_AS, Understood.UNKNOWN_SYMBOL]


@pytest.mark.parametrize("text", ["which one fell more in 2020?", "how much do I save by switching 10m?"])
def test_outside_threads_the_reading_is_said_and_funds_are_asked_for(text: str) -> None:
    reply = SAID.receive(text, IN_CHANNEL).reply
    assert reply
    assert reply.text.startswith("Read as `")
    for each in offered(reply):
        assert PRESSED.receive(each.value, IN_CHANNEL).work, each


@pytest.mark.parametrize("text", ["is AAA cheaper than BBB?", "which fell more in 2020, AAA or BBB"])
def test_outside_threads_funds_that_are_named_are_answered(text: str) -> None:
    taken = SAID.receive(text, IN_CHANNEL)
    assert taken == Ack(work=True, handler="ask", text=SectionQuery(text).value, open=True)


@pytest.mark.parametrize("text", ["what can I ask you?", "who are you?"])
def test_help_is_asked_for_in_many_words(text: str) -> None:
    reply = SAID.receive(text, IN_CHANNEL).reply
    assert reply
    assert "`explain sortino`" in reply.text


@pytest.mark.parametrize("text", ["tell me a joke", "sektors", "ISCB 99d", "add", "correlation ISCB"])
def test_no_button_of_a_refusal_leads_into_a_refusal(text: str) -> None:
    reply = SAID.receive(text, IN_CHANNEL).reply
    assert reply
    for each in offered(reply):
        taken = PRESSED.receive(each.value, IN_CHANNEL)
        assert taken.work or each.text == "help", each
