"""Plainer forms of a message: a table read aloud, and a draft that goes down one rung at a time."""

from __future__ import annotations

from typing import Any

from bot.render.fallback import ROOM, MessageDraft, table_as_sections, tables_as_text
from bot.render.message import Block, Message


def raw(text: str) -> Block:
    return {"type": "raw_text", "text": text}


def rich(*parts: tuple[str, bool]) -> Block:
    elements = [{"type": "text", "text": text, "style": {"bold": bold}} for text, bold in parts]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


TABLE: Block = {
    "type": "table",
    "rows": [
        [raw("–"), raw("ISCB"), raw("SPSM"), raw("ISCB - SPSM")],
        [raw("Total return, 1y"), rich(("16.1\u00a0%", True)), raw("11.3\u00a0%"), raw("+4.8\u00a0pp")],
        [raw("R&D <share>"), raw(""), raw("0.4"), raw("–")],
    ],
}
HEAD: Block = {"type": "section", "text": {"type": "mrkdwn", "text": "the finding"}}
PICTURE: Block = {"type": "image", "alt_text": "growth", "slot": "growth"}
OTHER: Block = {"type": "image", "alt_text": "sectors", "slot": "sectors"}
MESSAGE = Message("ISCB returned 16.1 %", (HEAD, TABLE, PICTURE, OTHER))
FILES = {"growth": "F1", "sectors": "F2"}


def _last_text(draft: MessageDraft) -> str:
    text: str = draft.filled_blocks()[-1]["elements"][0]["text"]
    return text


def kinds(blocks: Any) -> list[str]:
    return [block["type"] for block in blocks]


def test_a_table_becomes_a_bold_name_and_a_line_of_values() -> None:
    (section,) = table_as_sections(TABLE)
    assert section["text"]["text"] == (
        "*Total return, 1y*\n"
        "ISCB *16.1\u00a0%* · SPSM 11.3\u00a0% · ISCB - SPSM +4.8\u00a0pp\n"
        "*R&amp;D &lt;share&gt;*\n"
        "SPSM 0.4 · ISCB - SPSM –"
    )


def test_a_cell_of_several_parts_keeps_its_spaces_and_its_bold() -> None:
    rows = [[raw(""), raw("A")], [raw("Sharpe · Calmar"), rich(("0.78 ", True), ("· 0.69", False))]]
    (section,) = table_as_sections({"type": "table", "rows": rows})
    assert section["text"]["text"] == "*Sharpe · Calmar*\nA *0.78* · 0.69"


def test_a_long_table_becomes_several_sections_and_loses_no_row() -> None:
    rows = [[raw(""), raw("A")], *[[raw(f"row {i}"), raw("x" * 60)] for i in range(90)]]
    sections = list(table_as_sections({"type": "table", "rows": rows}))
    assert len(sections) == 3
    assert all(len(section["text"]["text"]) <= ROOM for section in sections)
    assert sum(section["text"]["text"].count("*row") for section in sections) == 90


def test_a_table_with_one_row_or_none_is_told_too() -> None:
    (section,) = table_as_sections({"type": "table", "rows": [[raw("a"), raw("b")]]})
    assert section["text"]["text"] == "*a*\nb"
    assert list(table_as_sections({"type": "table", "rows": []})) == []


def test_plainer_leaves_everything_but_tables() -> None:
    assert kinds(tables_as_text([HEAD, TABLE, PICTURE])) == ["section", "section", "image"]


class TestDraft:
    def test_as_meant(self) -> None:
        draft = MessageDraft.of(MESSAGE, FILES)
        assert draft.compromises == ()
        assert draft.filled_blocks() == [
            HEAD,
            TABLE,
            {"type": "image", "alt_text": "growth", "slack_file": {"id": "F1"}},
            {"type": "image", "alt_text": "sectors", "slack_file": {"id": "F2"}},
        ]

    def test_a_picture_without_a_file_is_given_up_with_a_line(self) -> None:
        draft = MessageDraft.of(MESSAGE, {"growth": "F1"})
        assert draft.compromises == ("pictures",)
        assert kinds(draft.filled_blocks()) == ["section", "table", "image", "context"]
        assert _last_text(draft) == "The chart could not be attached to this message."

    def test_all_pictures_are_given_up_with_one_line(self) -> None:
        draft = MessageDraft.of(MESSAGE, FILES).without_pictures(FILES.keys())
        assert kinds(draft.filled_blocks()) == ["section", "table", "context"]
        assert _last_text(draft) == "The charts could not be attached to this message."

    def test_the_rungs_go_down_to_the_text_alone(self) -> None:
        first = MessageDraft.of(MESSAGE, FILES)
        second = first.next_plainer()
        assert second is not None
        assert kinds(second.filled_blocks()) == ["section", "section", "image", "image"]
        assert second.compromises == ("table",)
        third = second.next_plainer()
        assert third is not None
        assert (third.filled_blocks(), third.text) == ([], "ISCB returned 16.1 %")
        assert third.compromises == ("table", "pictures", "blocks")
        assert third.next_plainer() is None

    def test_a_note_outlives_the_blocks(self) -> None:
        draft = MessageDraft("the finding", (HEAD,)).noting("invite me")
        assert draft.fallback_text() == "the finding"
        plain = draft.next_plainer()
        assert plain is not None
        assert plain.fallback_text() == "the finding\ninvite me"
