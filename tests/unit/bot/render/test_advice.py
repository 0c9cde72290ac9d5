"""Where there is no answer: what was given, how it was read, what is wrong, what to do."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.query import Query
from analytics.window import parse
from bot.commands import COMMANDS, COMPARE
from bot.errors import Unavailable, Unclear, UnknownSymbols, UserError
from bot.language import read_compare, read_follow
from bot.model import ThreadContext
from bot.render import advice
from bot.render.message import Message
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.reading import as_read
from tests.violations import violations

TODAY = date(2026, 1, 20)
ABOUT = ThreadContext(Query(("IWM", "VB"), parse("1y"), date(2026, 1, 16)))
LIKE = {"SPMS": ("SPSM", "SPMD"), "ISCC": ("ISCB",), "ISCB": ("ISCB",)}


def nearest(symbol: str) -> tuple[str, ...]:
    return LIKE.get(symbol, ())


def fault_of(text: str) -> Unclear:
    with pytest.raises(Unclear) as caught:
        read_compare(text, TODAY)
    return caught.value


def lines(message: Message) -> list[str]:
    return message.text.split("\n")


def test_an_unclear_question_in_full(snapshot: Snapshot) -> None:
    fault = fault_of("iscc, SPMS <!here> 2w vs rf=4 asof 2027-01-01")
    snapshot("advice_unclear", advice.unclear_message(fault, nearest).text)


def test_the_usage_in_full(snapshot: Snapshot) -> None:
    snapshot("advice_usage", as_read(advice.usage(COMPARE)))


@pytest.mark.parametrize("in_thread", [True, False])
def test_what_can_be_asked_in_a_conversation_in_full(in_thread: bool, snapshot: Snapshot) -> None:
    name = f"advice_talk_{'thread' if in_thread else 'anywhere'}"
    snapshot(name, as_read(advice.talk_help(COMMANDS, ABOUT if in_thread else None)))


def test_what_is_said_to_the_bot_may_be_unclear_too() -> None:
    with pytest.raises(Unclear) as caught:
        read_follow("sectors ISCC 7w", TODAY)
    told = lines(advice.unclear_message(caught.value, nearest))
    assert told[0] == "I could not read `@watchpoint sectors ISCC 7w`."
    assert "ISCC: nearest known symbol ISCB." in told
    assert any(line.startswith("Usage: `@watchpoint figures|sectors|holdings") for line in told)


def test_says_what_was_given_and_how_it_was_read() -> None:
    told = lines(advice.unclear_message(fault_of("3y"), nearest))
    assert told[0] == "I could not read `/compare 3y`."
    assert "• At least one symbol is needed, like `ISCB SPSM`." in told
    assert "Read as: window 3 years." in told
    assert any(line.startswith("Usage: `/compare A B") for line in told)


def test_hints_at_symbols_that_are_nearly_known() -> None:
    told = lines(advice.unclear_message(fault_of("ISCB ISCC SPMS 2w"), nearest))
    assert "ISCC: nearest known symbol ISCB." in told
    assert "SPMS: nearest known symbols SPSM or SPMD." in told
    assert not any(line.startswith("ISCB:") for line in told)


def test_nothing_read_is_not_said_to_be_read() -> None:
    assert "Read as" not in advice.unclear_message(fault_of("@@@"), nearest).text


def test_a_long_text_is_cut_before_it_is_escaped() -> None:
    told = lines(advice.unclear_message(fault_of("<" * 400), nearest))[0]
    assert told.count("&lt;") == advice.LONGEST
    assert told.endswith("…`.")


def test_many_complaints_and_many_words_stay_short() -> None:
    many = " ".join(f"{number}d X{number}" for number in range(11, 60))
    asked: list[str] = []

    def counting(symbol: str) -> tuple[str, ...]:
        asked.append(symbol)
        return ("ISCB",)

    message = advice.unclear_message(fault_of(many), counting)
    told = lines(message)
    assert sum(line.startswith("• `") for line in told) == advice.MOST
    assert "• and 44 more" in told
    assert len(asked) == advice.MOST
    assert told[-2:] == lines(advice.usage(COMPARE))[2:4]
    assert violations(message.blocks) == []


@pytest.mark.parametrize("given", ["`a` ``b", "a\nb\n\nc", "x\u202ey\x07", "*bold* _it_ ~s~"])
def test_what_was_given_stays_on_its_line_and_in_its_quotes(given: str) -> None:
    message = advice.unclear_message(Unclear(COMPARE.name, given, ("Wrong.",)), nearest)
    first, second, *_ = lines(message)
    assert first.startswith("I could not read `/compare ")
    assert first.endswith("`.")
    assert first.count("`") == 2
    assert second == "• Wrong."


def test_an_unknown_symbol_comes_with_what_may_be_meant() -> None:
    fault = UnknownSymbols("Yahoo Finance", {"SPMS": ("SPSM", "SPMD"), "QQQQQ": ()})
    assert lines(advice.refusal_message(fault)) == [
        "SPMS: Yahoo Finance has no such symbol, or it was delisted. Did you mean SPSM or SPMD?",
        "QQQQQ: Yahoo Finance has no such symbol, or it was delisted. Check the ticker with your data "
        "provider.",
    ]


def test_a_symbol_without_prices_is_no_slip_and_not_to_be_tried_again() -> None:
    gone = "Yahoo Finance knows it but has no prices of it; it has ended or was renamed."
    nearest = {"RFP": (), "SPLG": ("SPYM",), "SPSN": ("SPSM",)}
    assert lines(advice.refusal_message(UnknownSymbols("Yahoo Finance", nearest, {"RFP", "SPLG"}))) == [
        f"RFP: {gone} Check the ticker with your data provider.",
        f"SPLG: {gone} Did you mean SPYM?",
        "SPSN: Yahoo Finance has no such symbol, or it was delisted. Did you mean SPSM?",
    ]


def test_every_complaint_is_told_and_escaped() -> None:
    assert lines(advice.refusal_message(UserError("One <!channel>.", "Two & more."))) == [
        "One &lt;!channel&gt;.",
        "Two &amp; more.",
    ]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            Unavailable("Yahoo Finance", "no answer in 10 s", symbol="ISCB"),
            "Yahoo Finance did not answer for ISCB: no answer in 10 s. Try again in a few minutes. "
            "Reference 1a2b.",
        ),
        (
            Unavailable("Yahoo Finance", "too many requests", retry_after=90),
            "Yahoo Finance did not answer: too many requests. Try again in 90 s. Reference 1a2b.",
        ),
        (
            Unavailable("Slack", "<token> revoked", permanent=True),
            "Slack did not answer: &lt;token&gt; revoked. Ask the person who runs this bot to check its "
            "settings (`watchpoint doctor`). Reference 1a2b.",
        ),
    ],
)
def test_a_silent_source_says_whether_to_try_again(fault: Unavailable, told: str) -> None:
    assert advice.unavailable_message(fault, "1a2b").text == told


def test_what_broke_has_a_reference() -> None:
    told = advice.failure_message("1a2b").text
    assert "1a2b" in told
    assert "Ask again" in told


def test_the_text_and_the_block_say_the_same() -> None:
    assert advice.usage(COMPARE).blocks[-1]["text"]["text"] == advice.usage(COMPARE).text
    for message in (
        advice.failure_message("x"),
        advice.refusal_message(UserError("No.")),
    ):
        (block,) = message.blocks
        assert block["text"]["text"] == message.text
        assert violations(message.blocks) == []
