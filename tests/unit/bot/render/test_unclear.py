"""What was not understood: the text alone says what may have been meant, the buttons ask it."""

from __future__ import annotations

from datetime import date

from analytics.query import Query
from analytics.window import parse
from bot.errors import Unclear, UnknownSymbols
from bot.model import SectionQuery, ThreadContext
from bot.render import ids
from bot.render.advice import not_understood_message, unknown_symbols_message
from bot.render.message import Message
from tests.violations import violations

TOPIC = ThreadContext(Query(("ISCB", "SPSM"), parse("1y"), date(2026, 1, 16)), "Yahoo Finance")
LONG = "compare " + " ".join(f"ABCDEFGH{number}.XY" for number in range(6)) + " 2021-03-19..2024-12-31 vs SPY"


def fault(given: str, *complaints: str) -> Unclear:
    return Unclear("@watchpoint", given, complaints or ("`sektors` is no word that I know.",), ("window 5y",))


def buttons(message: Message) -> list[dict[str, str]]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [
        {"label": each["text"]["text"], "id": each["action_id"], "value": each["value"]}
        for row in rows
        for each in row
    ]


def test_one_complaint_takes_one_line_and_the_buttons_say_the_rest() -> None:
    message = not_understood_message(fault("sektors 5y"), ["sectors 5y", "sectors", "5y"])
    line = "I could not read `sektors 5y`: `sektors` is no word that I know."
    assert message.text == f"{line} You can ask `sectors 5y`, `sectors` or `5y`."
    assert message.blocks[0]["text"]["text"] == line
    assert len(buttons(message)) == 3
    more = not_understood_message(fault("x", "More than one window is given; keep one."), [])
    assert more.text == "I could not read `x`: more than one window is given; keep one."
    symbol = not_understood_message(fault("x", "ISCB: say first what you want to know."), [])
    assert symbol.text.endswith(": ISCB: say first what you want to know.")


def test_the_three_nearest_are_said_and_can_be_pressed() -> None:
    both = fault("sektors 5y", "`sektors` is no word that I know.", "`5y` neither.")
    message = not_understood_message(both, ["sectors 5y", "sectors", "5y"])
    assert message.text.splitlines() == [
        "I could not read `sektors 5y`.",
        "• `sektors` is no word that I know.",
        "• `5y` neither.",
        "Read as: window 5y.",
        "You can ask `sectors 5y`, `sectors` or `5y`.",
        "`help` says all that can be asked.",
    ]
    assert buttons(message) == [
        {"label": text, "id": f"{ids.ASK}meant.{number}", "value": SectionQuery(text).value}
        for number, text in enumerate(["sectors 5y", "sectors", "5y"], 1)
    ]


def test_no_more_than_three_are_offered() -> None:
    message = not_understood_message(fault("x"), ["sectors", "holdings", "risk", "cost"])
    assert [each["label"] for each in buttons(message)] == ["sectors", "holdings", "risk"]
    assert "cost" not in message.text


def test_a_long_question_is_cut_on_the_button_and_whole_in_its_value() -> None:
    message = not_understood_message(fault("x"), [LONG])
    (pressed,) = buttons(message)
    assert len(pressed["label"]) <= 75
    assert pressed["label"].endswith("…")
    assert SectionQuery.read(pressed["value"]).text == LONG
    assert violations(message.blocks) == []


def test_nothing_like_it_is_a_text_without_buttons() -> None:
    message = not_understood_message(fault("xyzzy"), [])
    assert buttons(message) == []
    assert "You can ask" not in message.text
    assert [block["type"] for block in message.blocks] == ["section"]


def test_nothing_said_is_no_fault() -> None:
    assert not_understood_message(fault("  "), ["help"]).text.startswith("What do you want to know?")


def test_what_a_person_typed_calls_nobody() -> None:
    message = not_understood_message(
        fault("<!channel> `x` " * 40, "`<!here>` is no word."), ["sectors <!channel>"]
    )
    assert "<!" not in str(message.blocks[0])
    assert "<!" not in message.text
    assert len(message.text) < 600, "cut"


def test_many_complaints_are_cut() -> None:
    message = not_understood_message(fault("x", *(f"complaint {number}" for number in range(20))), [])
    assert message.text.count("•") == 6


def test_an_unknown_symbol_can_be_asked_again_with_one_that_is_known() -> None:
    error = UnknownSymbols("Yahoo Finance", {"SPSN": ["SPSM", "SPMD"]})
    again = [SectionQuery("compare ISCB SPSM 3y"), SectionQuery("compare ISCB SPMD 3y")]
    message = unknown_symbols_message(error, again)
    assert "Did you mean SPSM or SPMD?" in message.text
    assert "You can ask `compare ISCB SPSM 3y` or `compare ISCB SPMD 3y`." in message.text
    assert [SectionQuery.read(each["value"]) for each in buttons(message)] == again


def test_the_place_that_it_was_asked_about_is_kept() -> None:
    error = UnknownSymbols("Yahoo Finance", {"VBB": ["VB"]})
    (pressed,) = buttons(unknown_symbols_message(error, [SectionQuery("add VB", TOPIC)]))
    assert SectionQuery.read(pressed["value"]) == SectionQuery("add VB", TOPIC)


def test_a_symbol_like_no_other_is_told_without_buttons() -> None:
    message = unknown_symbols_message(UnknownSymbols("Yahoo Finance", {"QQQQQQ": []}), [])
    assert "Check the ticker with your data provider." in message.text
    assert buttons(message) == []
