"""Slack's limits on a message, in one place: `fit` keeps them, `violations` finds what breaks them.

The SDK checks few of these, and one block over a limit loses the whole message.  Lengths are in characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.render.message import Block

BLOCKS = 50
SECTION_TEXT = 3000
FIELDS = 10
FIELD_TEXT = 2000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 3000
ACTIONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
OPTIONS = 100
OPTION_TEXT = 75
IMAGE_ALT = 2000
IMAGE_TITLE = 2000
INPUT_LABEL = 2000
INPUT_HINT = 2000
INPUT_VALUE = 3000
PLACEHOLDER = 150
VIEW_BLOCKS = 100
VIEW_TITLE = 24
METADATA = 3000
CALLBACK_ID = 255
BLOCK_ID = 255
ACTION_ID = 255
URL = 3000
TABLES = 1
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_TEXT = 10_000
ALL_TEXT = 12_000
"""All the text of one message; Slack answers msg_blocks_too_long somewhere above it."""
FALLBACK_TEXT = 4000
"""The text beside the blocks: Slack advises no more, and cuts at ten times as much."""

KINDS = frozenset(
    {"section", "header", "context", "actions", "image", "divider", "table", "rich_text", "input"}
)
SOURCES = ("slack_file", "image_url", "slot")

_READ = frozenset({"text", "alt_text"})


def violations(blocks: Sequence[Block]) -> list[str]:
    """Return what Slack would refuse, each with a JSON pointer as Slack's own answers have; empty where
    nothing.

    A picture's slot (see `bot.render.message.fill_slots`) counts as its file.
    """
    found = [fault for at, block in enumerate(blocks) for fault in _of_block(block, f"/blocks/{at}")]
    found += _at_most(blocks, BLOCKS, "/blocks", "items")
    found += _at_most([b for b in blocks if b.get("type") == "table"], TABLES, "/blocks", "tables")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    found += [] if len(ids) == len(set(ids)) else ["block_id must be unique [json-pointer:/blocks]"]
    if sum(map(weight, blocks)) > ALL_TEXT:
        found.append(f"all text must be less than {ALL_TEXT + 1} characters [json-pointer:/blocks]")
    return found


def view_violations(view: Mapping[str, Any]) -> list[str]:
    """Return what Slack would refuse of a modal, or of a Home tab, which has neither title nor button to
    send it.
    """
    blocks, is_home = view.get("blocks", ()), view.get("type") == "home"
    found = [fault for at, block in enumerate(blocks) for fault in _of_block(block, f"/blocks/{at}")]
    found += _limit_count(blocks, VIEW_BLOCKS, "/blocks")
    found += [fault for key in _LABELS if key in view for fault in _object(view[key], VIEW_TITLE, f"/{key}")]
    found += [] if is_home else _text(view.get("callback_id"), CALLBACK_ID, "/callback_id")
    if len(view.get("private_metadata", "")) > METADATA:
        found.append(f"must be less than {METADATA + 1} characters [json-pointer:/private_metadata]")
    if not is_home and "submit" not in view and any(block.get("type") == "input" for block in blocks):
        found.append("missing required field: submit [json-pointer:/]")
    return found


_LABELS = ("title", "submit", "close")


def weight(node: object) -> int:
    """Count the characters a person can read or hear in a block, or in anything inside one."""
    return sum(map(len, read(node)))


def read(node: object) -> Iterator[str]:
    """Yield every text a person can read or hear in a block, in order."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _READ and isinstance(value, str):
                yield value
            else:
                yield from read(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from read(item)


def is_blank(node: object) -> bool:
    """Return whether nothing can be read in it: Slack refuses empty texts and empty cells."""
    return not any(text.strip() for text in read(node))


def _of_block(block: Block, at: str) -> Iterator[str]:
    kind = block.get("type")
    if kind not in KINDS:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    if "block_id" in block:
        yield from _text(block["block_id"], BLOCK_ID, f"{at}/block_id")
    check = _CHECKS.get(str(kind))
    if check:
        yield from check(block, at)


def _section(block: Block, at: str) -> Iterator[str]:
    if "text" not in block and not block.get("fields"):
        yield f"missing required field: text [json-pointer:{at}]"
    if "text" in block:
        yield from _object(block["text"], SECTION_TEXT, f"{at}/text")
    fields = block.get("fields", [])
    yield from _at_most(fields, FIELDS, f"{at}/fields", "items")
    for i, field in enumerate(fields):
        yield from _object(field, FIELD_TEXT, f"{at}/fields/{i}")
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}/accessory")


def _header(block: Block, at: str) -> Iterator[str]:
    yield from _object(block.get("text"), HEADER_TEXT, f"{at}/text")


def _context(block: Block, at: str) -> Iterator[str]:
    elements = block.get("elements", [])
    yield from _limit_count(elements, CONTEXT_ELEMENTS, f"{at}/elements")
    for i, element in enumerate(elements):
        if element.get("type") == "image":
            yield from _image(element, f"{at}/elements/{i}")
        else:
            yield from _object(element, CONTEXT_TEXT, f"{at}/elements/{i}")


def _actions(block: Block, at: str) -> Iterator[str]:
    elements = block.get("elements", [])
    yield from _limit_count(elements, ACTIONS, f"{at}/elements")
    for i, element in enumerate(elements):
        yield from _element(element, f"{at}/elements/{i}")
    names = [element["action_id"] for element in elements if "action_id" in element]
    if len(names) != len(set(names)):
        yield f"action_id must be unique [json-pointer:{at}/elements]"


def _input(block: Block, at: str) -> Iterator[str]:
    yield from _object(block.get("label"), INPUT_LABEL, f"{at}/label")
    element = block.get("element", {})
    most = element.get("max_length", INPUT_VALUE)
    if not 1 <= most <= INPUT_VALUE:
        yield f"must be 1 to {INPUT_VALUE} [json-pointer:{at}/element/max_length]"
    for key, limit in (("action_id", ACTION_ID), ("initial_value", most)):
        if key in element:
            yield from _text(element[key], limit, f"{at}/element/{key}")
    if "placeholder" in element:
        yield from _object(element["placeholder"], PLACEHOLDER, f"{at}/element/placeholder")
    if "hint" in block:
        yield from _object(block["hint"], INPUT_HINT, f"{at}/hint")


def _image(block: Block, at: str) -> Iterator[str]:
    yield from _text(block.get("alt_text"), IMAGE_ALT, f"{at}/alt_text")
    if "title" in block:
        yield from _object(block["title"], IMAGE_TITLE, f"{at}/title")
    if sum(source in block for source in SOURCES) != 1:
        yield f"must have one of slack_file and image_url [json-pointer:{at}]"


def _table(block: Block, at: str) -> Iterator[str]:
    rows = block.get("rows", [])
    yield from _limit_count(rows, TABLE_ROWS, f"{at}/rows")
    yield from _at_most(block.get("column_settings", []), TABLE_COLUMNS, f"{at}/column_settings", "items")
    for i, row in enumerate(rows):
        yield from _limit_count(row, TABLE_COLUMNS, f"{at}/rows/{i}")
        for j, cell in enumerate(row):
            if is_blank(cell):
                yield f"must be more than 0 characters [json-pointer:{at}/rows/{i}/{j}/text]"
    if len({len(row) for row in rows}) > 1:
        yield f"rows must be of one length [json-pointer:{at}/rows]"
    if weight(rows) > TABLE_TEXT:
        yield f"must be less than {TABLE_TEXT + 1} characters [json-pointer:{at}/rows]"


def _rich_text(block: Block, at: str) -> Iterator[str]:
    if is_blank(block):
        yield f"missing element [json-pointer:{at}/elements]"


_CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "table": _table,
    "rich_text": _rich_text,
    "input": _input,
}


def _element(element: Block, at: str) -> Iterator[str]:
    if element.get("type") == "image":
        yield from _image(element, at)
        return
    label = "placeholder" if "placeholder" in element else "text"
    if label in element or element.get("type") == "button":
        yield from _object(element.get(label), BUTTON_TEXT, f"{at}/{label}")
    for key, limit in (("value", BUTTON_VALUE), ("action_id", ACTION_ID), ("url", URL)):
        if key in element:
            yield from _text(element[key], limit, f"{at}/{key}")
    options = element.get("options", [])
    yield from _at_most(options, OPTIONS, f"{at}/options", "items")
    for i, option in enumerate(options):
        yield from _object(option.get("text"), OPTION_TEXT, f"{at}/options/{i}/text")


def _object(node: Any, limit: int, at: str) -> Iterator[str]:
    yield from _text(node.get("text") if isinstance(node, dict) else None, limit, f"{at}/text")


def _text(text: object, limit: int, at: str) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield f"must be more than 0 characters [json-pointer:{at}]"
    elif len(text) > limit:
        yield f"must be less than {limit + 1} characters [json-pointer:{at}]"


def _limit_count(items: Sequence[object], limit: int, at: str) -> Iterator[str]:
    if not items:
        yield f"no fewer than 1 items allowed [json-pointer:{at}]"
    yield from _at_most(items, limit, at, "items")


def _at_most(items: Sequence[object], limit: int, at: str, what: str) -> Iterator[str]:
    if len(items) > limit:
        yield f"no more than {limit} {what} allowed [json-pointer:{at}]"
