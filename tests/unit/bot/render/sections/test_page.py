"""The frame of every study: what stands where, escaped, within Slack's limits, readable by its text alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.notes import Note, NoteKind
from bot.render.message import Message
from bot.render.sections.page import (
    SectionAnswer,
    TableLine,
    note_sentences,
    section_message,
    table_block,
    table_head,
    versus,
)
from bot.render.values import COLUMNS, MOST_TALL
from tests.pictures import sector_picture
from tests.unit.bot.render.sections import moods
from tests.unit.bot.render.sections.reading import cells, table_of
from tests.violations import violations

FOUND = moods.few("ISCB", "SPSM")
FINDING = ("ISCB holds *19 %*.", "SPSM holds 15 %.")
LINES = (table_head("Sector", "ISCB", "SPSM"), TableLine(("Energy", "4 %", "5 %"), frozenset({1})))


def made(found: SectionAnswer = FOUND, **parts: object) -> Message:
    given: dict[str, object] = {"title": "ISCB vs SPSM · sectors", "finding": FINDING, "foot": "Morningstar"}
    return section_message(found, **{**given, **parts})  # type: ignore[arg-type]


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]


def test_a_whole_page_stands_in_this_order() -> None:
    picture = sector_picture()
    message = made(lines=LINES, pictures=(picture,), remarks=("One remark.",))
    assert kinds(message) == ["header", "section", "image", "table", "context", "context"]
    assert message.pictures == (picture,)
    assert violations(message.blocks) == []


def test_what_is_empty_leaves_no_block() -> None:
    assert kinds(made()) == ["header", "section", "context"]
    assert violations(made().blocks) == []


def test_the_notification_is_title_and_finding_without_marks() -> None:
    assert made().text == "ISCB vs SPSM · sectors: ISCB holds 19 %. SPSM holds 15 %."
    assert made().blocks[1]["text"]["text"] == "ISCB holds *19 %*.\nSPSM holds 15 %."


def test_simulated_prices_are_said_first() -> None:
    message = made(moods.sample("ISCB", "SPSM"))
    assert message.blocks[0]["text"]["text"] == "SAMPLE DATA · ISCB vs SPSM · sectors"
    assert message.text.startswith("SAMPLE DATA · ")
    assert "SAMPLE DATA" not in made().text


def test_every_text_is_escaped_once() -> None:
    message = made(title="A & B", finding=("<!channel> & co",), foot="<@U1>", remarks=("<https://x.y|z>",))
    shown = str(message.blocks[1:])
    assert "<!channel>" not in shown
    assert "<https" not in shown
    assert "<@U1>" not in shown
    assert "&lt;!channel&gt; &amp; co" in message.text
    assert "&amp;amp;" not in f"{message.text}{shown}"


def test_a_header_and_a_cell_are_plain_text_and_not_escaped() -> None:
    message = made(title="A & B", lines=(table_head("S&P"), TableLine(("<1 %",))))
    assert message.blocks[0]["text"]["text"] == "A & B"
    assert cells(table_of(message)) == [["*S&P*"], ["<1 %"]]


def test_who_asked_stands_below_the_convention() -> None:
    foot = made().blocks[-1]["elements"][0]["text"]
    assert foot == "`Morningstar`\nAsked by <@U0ANN>"
    alone = made(replace(FOUND, asked_by=None)).blocks[-1]["elements"][0]["text"]
    assert alone == "`Morningstar`"


def test_remarks_are_in_italics_one_a_line() -> None:
    remarks = made(remarks=("One.", "Two.")).blocks[-2]["elements"][0]["text"]
    assert remarks == "_One._\n_Two._"


def test_a_picture_leaves_a_slot_with_its_conclusion() -> None:
    picture = replace(sector_picture(), alt="Industrials lead.")
    slot = made(pictures=(picture,)).blocks[2]
    assert (slot["slot"], slot["alt_text"]) == ("sectors", "Industrials lead.")
    assert "title" not in slot, "the picture has it in itself"


def test_lines_of_a_table_are_as_long_as_the_longest() -> None:
    block = table_block([table_head("A", "B", "C"), TableLine(("x",)), TableLine(("y", "", "  "))])
    assert cells(block) == [["*A*", "*B*", "*C*"], ["x", "–", "–"], ["y", "–", "–"]]
    assert violations([block]) == []


def test_bold_is_by_column() -> None:
    assert cells(table_block([TableLine(("a", "b", "c"), frozenset({2}))])) == [["a", "b", "*c*"]]


@pytest.mark.parametrize(("left", "sides"), [(1, ["left", "right", "right"]), (3, ["left"] * 3)])
def test_numbers_are_flush_right(left: int, sides: list[str]) -> None:
    settings = table_block([table_head("A", "B", "C")], left)["column_settings"]
    assert [side["align"] for side in settings] == sides
    assert {side["is_wrapped"] for side in settings} == {True}


def test_a_phone_shows_four_columns() -> None:
    assert (COLUMNS, MOST_TALL) == (4, 3)


def test_remarks_of_some_kinds_or_all() -> None:
    stale = Note(NoteKind.STALE, "ISCB", {"age_seconds": 7200.0, "cause": "timeout"})
    found = replace(FOUND, notes=(stale, stale))
    assert [line[:5] for line in note_sentences(found, {NoteKind.STALE})] == ["ISCB:"]
    assert len(note_sentences(found)) >= 1
    assert note_sentences(found, frozenset()) == ()


def test_funds_are_named_with_vs() -> None:
    assert versus(("ISCB",)) == "ISCB"
    assert versus(("ISCB", "SPSM", "IWM")) == "ISCB vs SPSM vs IWM"
