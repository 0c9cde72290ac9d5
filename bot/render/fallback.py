"""Plainer forms of a message, for when Slack refuses the better one.

A draft goes down one rung at a time: as meant, tables as lines of text, the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from bot.render.blocks import context, section
from bot.render.message import Block, Message, fill_slots
from bot.render.text import escape

ROOM = 2800
"""Characters of table lines in one section, below Slack's 3000."""


@dataclass(frozen=True)
class MessageDraft:
    """A message on its way, with what it had to give up so far.

    files: Slack file ids by slot; notes: lines to add at the end; compromises: "pictures", "table", "blocks",
    in the order they were made.
    """

    text: str
    blocks: tuple[Block, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    compromises: tuple[str, ...] = ()

    @classmethod
    def of(cls, message: Message, files: Mapping[str, str]) -> MessageDraft:
        """Return the message as meant; pictures without a file are given up at once."""
        draft = cls(message.text, message.blocks, files)
        slots = {block["slot"] for block in message.blocks if "slot" in block}
        return draft.without_pictures(slots - files.keys())

    def filled_blocks(self) -> list[Block]:
        """Return the blocks with their files and notes; empty where the text stands alone."""
        notes = [context(note) for note in self.notes]
        return [*fill_slots(self.blocks, self.files), *notes] if self.blocks else []

    def fallback_text(self) -> str:
        """Return the text, with the notes where no blocks carry them."""
        return self.text if self.blocks else "\n".join((self.text, *self.notes))

    def noting(self, line: str) -> MessageDraft:
        """Return the same with one more line at the end."""
        return replace(self, notes=(*self.notes, line))

    def without_pictures(self, slots: Set[str]) -> MessageDraft:
        """Return the same without the pictures in these slots, and a line that says so."""
        if not slots:
            return self
        left = {slot: file for slot, file in self.files.items() if slot not in slots}
        what = "The chart" if len(slots) == 1 else "The charts"
        return self._gave_up("pictures", files=left).noting(f"{what} could not be attached to this message.")

    def next_plainer(self) -> MessageDraft | None:
        """Return one rung down; None below the text alone."""
        if any(block.get("type") == "table" for block in self.blocks):
            return self._gave_up("table", blocks=tuple(tables_as_text(self.blocks)))
        if self.blocks:
            lost = ("pictures",) if self.files else ()
            return self._gave_up(*lost, "blocks", blocks=(), files={})
        return None

    def _gave_up(self, *what: str, **changes: Any) -> MessageDraft:
        return replace(self, compromises=tuple(dict.fromkeys((*self.compromises, *what))), **changes)


def tables_as_text(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks with every table told in lines of text."""
    for block in blocks:
        if block.get("type") == "table":
            yield from table_as_sections(block)
        else:
            yield block


def table_as_sections(table: Block) -> Iterator[Block]:
    """Yield a table as text for a narrow screen: the row's name in bold, under it `column value · column
    value`.
    """
    head, *rows = [[_cell_text(cell) for cell in row] for row in table.get("rows", ())] or [[]]
    columns = [name.replace("*", "").strip() for name in head]
    entries = [_entry(columns, row) for row in rows] if rows else [_entry([], head)]
    for text in _pack_entries([entry for entry in entries if entry]):
        yield section(text)


def _entry(columns: Sequence[str], row: Sequence[str]) -> str:
    if not row:
        return ""
    name, values = row[0].replace("*", "").strip(), row[1:]
    padded = [*columns[1:], *[""] * len(values)]
    cells = [f"{column} {value}".strip() for column, value in zip(padded, values, strict=False) if value]
    return "\n".join(line for line in (f"*{name}*" if name else "", " · ".join(cells)) if line)


def _pack_entries(entries: Sequence[str]) -> Iterator[str]:
    text = ""
    for entry in entries:
        if text and len(text) + len(entry) > ROOM:
            yield text
            text = ""
        text = f"{text}\n{entry}" if text else entry
    if text:
        yield text


def _cell_text(cell: Any) -> str:
    """Return a cell as mrkdwn on one line: its text escaped, bold kept."""
    return re.sub(r"[ \t\r\n]+", " ", _node_text(cell)).strip(" ")


def _node_text(node: Any) -> str:
    if not isinstance(node, dict):
        return ""
    if isinstance(node.get("text"), str):
        text, bare = escape(node["text"]), escape(node["text"].strip())
        return text.replace(bare, f"*{bare}*") if bare and node.get("style", {}).get("bold") else text
    between = "" if node.get("type") == "rich_text_section" else " "
    return between.join(_node_text(element) for element in node.get("elements", ()))
