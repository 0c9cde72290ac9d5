"""Makes a message fit Slack's limits, so that no part of it can lose the whole.

Too long is cut at a word with an ellipsis, too many is split or left out with a line that says so, and what
is empty is dropped.  What fits already comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from bot.render import limits
from bot.render.blocks import NOTICE, cell, context
from bot.render.fallback import table_as_sections
from bot.render.message import Block, Message

_SPACES = " \t\r\n"
_CUT_ENTITY = re.compile(r"(<[^<>]*|&[#\w]{0,8})$")


def fit(message: Message) -> Message:
    """Return the message with its text and blocks within all limits."""
    text = trim(message.text, limits.FALLBACK_TEXT)
    return replace(message, text=text, blocks=fit_blocks(message.blocks))


def fit_blocks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks within all limits; Slack refuses nothing in them."""
    fitted = [piece for block in _one_table(blocks) for piece in _fit_block(block)]
    return tuple(_keep_within_message(_unique_ids(fitted)))


def trim(text: str, limit: int) -> str:
    """Return the text cut at a word to at most `limit` characters, "…" included; links and escapes stay
    whole.
    """
    if len(text) <= limit:
        return text
    kept = _CUT_ENTITY.sub("", text[: limit - 5])
    at_word = kept[: max(map(kept.rfind, _SPACES)) + 1].rstrip(_SPACES)
    if len(at_word) > len(kept) // 2:
        kept = at_word
    return kept.rstrip() + "…" + _closing(kept)


def _closing(kept: str) -> str:
    """Return the mark that the cut left open: code or bold would run to the end of the message."""
    for mark in ("```", "`", "*"):
        if kept.count(mark) % 2:
            return mark
    return ""


def _one_table(blocks: Sequence[Block]) -> Iterator[Block]:
    tables = 0
    for block in blocks:
        tables += block.get("type") == "table"
        if block.get("type") == "table" and tables > limits.TABLES:
            yield from table_as_sections(block)
        else:
            yield block


def _unique_ids(blocks: Sequence[Block]) -> Iterator[Block]:
    seen: set[str] = set()
    for block in blocks:
        name = block.get("block_id")
        usable = isinstance(name, str) and name.strip() and len(name) <= limits.BLOCK_ID and name not in seen
        if "block_id" in block and not usable:
            yield {key: value for key, value in block.items() if key != "block_id"}
            continue
        if usable:
            seen.add(str(name))
        yield block


def _keep_within_message(given: Iterator[Block]) -> list[Block]:
    blocks = list(given)
    if len(blocks) <= limits.BLOCKS and sum(map(limits.weight, blocks)) <= limits.ALL_TEXT:
        return blocks
    kept: list[Block] = []
    room, cut = limits.ALL_TEXT - NOTICE, 0
    for block in blocks:
        piece = _shrink_block(block, room) if len(kept) < limits.BLOCKS - 1 else None
        cut += piece is not block
        if piece is not None:
            kept.append(piece)
            room -= limits.weight(piece)
    return [*kept, _left_out(cut)]


def _shrink_block(block: Block, room: int) -> Block | None:
    """Return the block, or what of it fits in `room` characters, or None where that is not worth showing."""
    if limits.weight(block) <= room:
        return block
    if block["type"] == "table":
        return _shorter_table(block, room)
    if block["type"] == "section" and "text" in block and room >= NOTICE:
        return {"type": "section", "text": {**block["text"], "text": trim(block["text"]["text"], room)}}
    return None


def _left_out(parts: int) -> Block:
    what = "One part of this message was" if parts == 1 else f"{parts} parts of this message were"
    text = f"{what} shortened or left out: Slack's limit for one message."
    return context(text)


def _fit_block(block: Block) -> Iterator[Block]:
    """Yield the block within its own limits: itself, several, or none where nothing is left of it."""
    kind = str(block.get("type"))
    if kind in _FITTERS:
        yield from _FITTERS[kind](block)
    elif kind == "divider" or (kind == "rich_text" and not limits.is_blank(block)):
        yield block


def _section(block: Block) -> Iterator[Block]:
    text = _text(block.get("text"), limits.SECTION_TEXT)
    fields = list(_texts(block.get("fields", ()), limits.FIELD_TEXT))
    head = {key: value for key, value in block.items() if key not in ("text", "fields", "accessory")}
    head |= {"text": text} if text else {}
    head |= {"fields": fields[: limits.FIELDS]} if fields else {}
    accessory = _element(block["accessory"]) if "accessory" in block else None
    head |= {"accessory": accessory} if accessory else {}
    if text or fields:
        yield head
    for more in _chunks(fields[limits.FIELDS :], limits.FIELDS):
        yield {"type": "section", "fields": more}


def _header(block: Block) -> Iterator[Block]:
    text = _text(block.get("text"), limits.HEADER_TEXT)
    if text:
        yield {**block, "text": text}


def _context(block: Block) -> Iterator[Block]:
    fitted = (_context_element(element) for element in block.get("elements", ()))
    for some in _chunks([element for element in fitted if element], limits.CONTEXT_ELEMENTS):
        yield {**block, "elements": some}


def _context_element(element: Block) -> Block | None:
    if element.get("type") == "image":
        return next(_image(element), None)
    return _text(element, limits.CONTEXT_TEXT)


def _actions(block: Block) -> Iterator[Block]:
    fitted = (_element(element) for element in block.get("elements", ()))
    for some in _chunks(list(_first_of_each(fitted)), limits.ACTIONS):
        yield {**block, "elements": some}


def _first_of_each(elements: Iterator[Block | None]) -> Iterator[Block]:
    """Keep the first of elements with one action id: Slack refuses the whole row for the second."""
    seen: set[str] = set()
    for element in elements:
        name = element.get("action_id") if element else None
        if element and (name is None or name not in seen):
            seen |= {name} if name is not None else set()
            yield element


def _image(block: Block) -> Iterator[Block]:
    sources = [source for source in limits.SOURCES if source in block]
    title = _text(block.get("title"), limits.IMAGE_TITLE)
    alts = (block.get("alt_text"), title and title["text"], "Picture")
    alt = next(str(alt) for alt in alts if str(alt or "").strip())
    rest = {key: value for key, value in block.items() if key not in (*sources[1:], "title")}
    if sources:
        yield rest | {"alt_text": trim(alt, limits.IMAGE_ALT)} | ({"title": title} if title else {})


def _table(block: Block) -> Iterator[Block]:
    rows = [row[: limits.TABLE_COLUMNS] for row in block.get("rows", ()) if row]
    width = max(map(len, rows), default=0)
    full = [[_cell(cell) for cell in (*row, *[None] * (width - len(row)))] for row in rows]
    table = {**block, "rows": full[: limits.TABLE_ROWS]}
    if "column_settings" in block:
        table["column_settings"] = block["column_settings"][: limits.TABLE_COLUMNS]
    short = table if limits.weight(table["rows"]) <= limits.TABLE_TEXT else None
    kept = short or _shorter_table(table, limits.TABLE_TEXT)
    if kept and full:
        yield kept
    left_out = len(full) - (len(kept["rows"]) if kept else 0)
    if left_out:
        yield context(f"{left_out} more rows are left out: Slack's limit for one table.")


def _shorter_table(table: Block, room: int) -> Block | None:
    """Return the table with as many rows as have room; None where not even one stands under the heading."""
    rows: list[Any] = []
    for row in table["rows"]:
        room -= limits.weight(row)
        if room < 0:
            break
        rows.append(row)
    return {**table, "rows": rows} if len(rows) > 1 else None


def _cell(given: Any) -> Block:
    return cell("") if limits.is_blank(given) else given


def _element(element: Block) -> Block | None:
    """Return a button or menu within its limits; None where cutting would change what it does."""
    if element.get("type") == "image":
        return next(_image(element), None)
    keys = (("value", limits.BUTTON_VALUE), ("action_id", limits.ACTION_ID), ("url", limits.URL))
    if any(not 0 < len(str(element[key]).strip()) <= most for key, most in keys if key in element):
        return None
    label = "placeholder" if "placeholder" in element else "text"
    text = _text(element.get(label), limits.BUTTON_TEXT)
    if text is None and (label in element or element.get("type") == "button"):
        return None
    fitted = {**element, **({label: text} if text else {}), **_options(element)}
    return None if limits.is_blank(fitted) else fitted


def _options(element: Block) -> Block:
    if "options" not in element:
        return {}
    fitted = ((option, _text(option.get("text"), limits.OPTION_TEXT)) for option in element["options"])
    options = ({**option, "text": text} for option, text in fitted if text)
    return {"options": list(islice(options, limits.OPTIONS))}


def _texts(nodes: Sequence[Any], limit: int) -> Iterator[Block]:
    return (text for text in (_text(node, limit) for node in nodes) if text)


def _text(node: Any, limit: int) -> Block | None:
    text = node.get("text") if isinstance(node, dict) else None
    return {**node, "text": trim(text, limit)} if isinstance(text, str) and text.strip() else None


def _chunks(items: Sequence[Block], size: int) -> Iterator[list[Block]]:
    return (list(items[at : at + size]) for at in range(0, len(items), size))


_FITTERS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "table": _table,
}
