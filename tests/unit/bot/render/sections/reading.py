"""A message as people read it: header, text, table laid out in columns, pictures by their alt texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from analytics.comparison import Comparison
from analytics.notes import Note
from bot.render.message import Block, Message
from bot.render.sections.comparison import figures_section
from bot.render.sections.page import SectionAnswer
from bot.render.text import NBSP


def as_read(message: Message) -> str:
    """The whole message, with the notification first."""
    lines = ["[notification]", message.text]
    for block in message.blocks:
        lines += ["", *_block(block)]
    return "\n".join(lines).replace(NBSP, " ")


def cells(table: Block) -> list[list[str]]:
    """The table's texts, row by row; what is bold stands between asterisks."""
    return [[_cell(cell) for cell in row] for row in table["rows"]]


def whole(comparison: Comparison, notes: Sequence[Note] = ()) -> Message:
    """All figures of a comparison, in its section."""
    return figures_section(SectionAnswer(comparison, tuple(notes), "U0ANN"))


def table_of(message: Message) -> Block:
    (table,) = (block for block in message.blocks if block["type"] == "table")
    return table


def _block(block: Block) -> Iterator[str]:
    kind = block["type"]
    if kind == "header":
        yield f"# {block['text']['text']}"
    elif kind == "section":
        yield block["text"]["text"]
    elif kind == "table":
        yield from _columns(cells(block))
    elif kind == "image":
        yield "[picture]"
        yield block["alt_text"]
    elif kind == "actions":
        yield " ".join(f"[{_label(element)}]" for element in block["elements"])
    elif kind == "context":
        yield "[small]"
        yield from (element["text"] for element in block["elements"])


def _label(element: Any) -> str:
    """What a button says; a menu its words and all that can be chosen."""
    if element["type"] == "button":
        return str(element["text"]["text"])
    choices = ", ".join(option["text"]["text"] for option in element["options"])
    return f"{element['placeholder']['text']} {choices}"


def _cell(cell: Any) -> str:
    if cell["type"] == "raw_text":
        return str(cell["text"])
    (section,) = cell["elements"]
    return "".join(f"*{part['text']}*" for part in section["elements"])


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join([first.strip().ljust(widths[0]), *rest]).rstrip()
