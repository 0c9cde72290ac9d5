"""What Slack refuses in the blocks of a message or a view, each with its JSON pointer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from bot.playground.api.elements import (
    ANY_TEXT,
    ELEMENTS,
    INPUTS,
    PLAIN,
    Faults,
    at_least,
    element,
    image,
    known,
    string,
    text,
)

Node = dict[str, Any]

MESSAGE, VIEW = 50, 100
"""How many blocks each may have."""
ALL_TEXT = 12_000
"""Characters of all the blocks of a message; beyond it Slack answers msg_blocks_too_long."""
TABLE_TEXT = 10_000
ACCESSORIES = ELEMENTS - {"plain_text_input", "number_input", "url_text_input", "email_text_input"}
RICH = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
CELLS = {"raw_text", "raw_number", "rich_text"}


def faults(blocks: object, kinds: Collection[str], most: int, at: str = "/blocks") -> list[str]:
    """Everything Slack would refuse; kinds: the types of block that may stand here."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return [f"must provide an array of objects [json-pointer:{at}]"]
    found = list(at_least(blocks, 0, most, at))
    for i, block in enumerate(blocks):
        found += _block(block, kinds, f"{at}/{i}")
    tables = [i for i, block in enumerate(blocks) if block.get("type") == "table"]
    found += [f"only_one_table_allowed [json-pointer:{at}/{i}]" for i in tables[1:]]
    found += _twice([block.get("block_id") for block in blocks], "block_id", at)
    return list(dict.fromkeys(found))


def length(node: object) -> int:
    """Characters that people read or hear in blocks."""
    if isinstance(node, Mapping):
        own = (node[key] for key in ("text", "alt_text") if isinstance(node.get(key), str))
        return sum(map(len, own)) + sum(map(length, node.values()))
    return sum(map(length, node)) if isinstance(node, list | tuple) else 0


def with_ids(blocks: Sequence[Node], new: Callable[[], str]) -> list[Node]:
    """The blocks with an id on each block and each thing in them that can be used, as Slack adds them."""
    return [{**_with_action_ids(block, new), "block_id": block.get("block_id") or new()} for block in blocks]


def _with_action_ids(node: Any, new: Callable[[], str]) -> Any:
    if isinstance(node, list):
        return [_with_action_ids(item, new) for item in node]
    if not isinstance(node, dict):
        return node
    filled = {key: _with_action_ids(value, new) for key, value in node.items()}
    if node.get("type") in ELEMENTS and not node.get("action_id"):
        filled["action_id"] = new()
    return filled


def _block(block: Node, kinds: Collection[str], at: str) -> Faults:
    kind = block.get("type")
    if kind not in kinds:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    keys, check = _KINDS[str(kind)]
    yield from known(block, {"type", "block_id", *keys}, at)
    if "block_id" in block:
        yield from string(block["block_id"], 255, f"{at}/block_id")
    yield from check(block, at)


def _section(block: Node, at: str) -> Faults:
    if "text" not in block and not block.get("fields"):
        yield f"missing required field: text [json-pointer:{at}]"
    if "text" in block:
        yield from text(block["text"], ANY_TEXT, 3000, f"{at}/text")
    if "fields" in block:
        yield from at_least(block["fields"], 1, 10, f"{at}/fields")
        for i, field in enumerate(block["fields"]):
            yield from text(field, ANY_TEXT, 2000, f"{at}/fields/{i}")
    if "accessory" in block:
        yield from element(block["accessory"], {*ACCESSORIES, "image"}, f"{at}/accessory")


def _header(block: Node, at: str) -> Faults:
    yield from text(block.get("text"), PLAIN, 150, f"{at}/text")


def _context(block: Node, at: str) -> Faults:
    yield from at_least(block.get("elements"), 1, 10, f"{at}/elements")
    for i, node in enumerate(_items(block, "elements")):
        if isinstance(node, dict) and node.get("type") == "image":
            yield from image(node, f"{at}/elements/{i}")
        else:
            yield from text(node, ANY_TEXT, 3000, f"{at}/elements/{i}")


def _actions(block: Node, at: str) -> Faults:
    yield from at_least(block.get("elements"), 1, 25, f"{at}/elements")
    nodes = _items(block, "elements")
    for i, node in enumerate(nodes):
        yield from element(node, ACCESSORIES, f"{at}/elements/{i}")
    yield from _twice([node.get("action_id") for node in nodes], "action_id", f"{at}/elements")


def _input(block: Node, at: str) -> Faults:
    yield from text(block.get("label"), PLAIN, 2000, f"{at}/label")
    if "hint" in block:
        yield from text(block["hint"], PLAIN, 2000, f"{at}/hint")
    yield from element(block.get("element"), INPUTS, f"{at}/element")


def _rich_text(block: Node, at: str) -> Faults:
    yield from at_least(block.get("elements"), 1, 10_000, f"{at}/elements")
    for i, node in enumerate(_items(block, "elements")):
        if not isinstance(node, dict) or node.get("type") not in RICH:
            yield f"unsupported type [json-pointer:{at}/elements/{i}/type]"
        elif not node.get("elements"):
            yield f"missing required field: elements [json-pointer:{at}/elements/{i}]"
        else:
            yield from _rich_parts(node["elements"], f"{at}/elements/{i}/elements")


def _rich_parts(nodes: Sequence[Node], at: str) -> Faults:
    for i, node in enumerate(nodes):
        if node.get("type") == "text":
            yield from string(node.get("text"), 12_000, f"{at}/{i}/text", fewest=0)
            if node.get("text") == "":
                yield f"must be more than 0 characters [json-pointer:{at}/{i}/text]"
        elif node.get("type") == "rich_text_section":
            yield from _rich_parts(node.get("elements", []), f"{at}/{i}/elements")


def _table(block: Node, at: str) -> Faults:
    yield from at_least(block.get("rows"), 1, 100, f"{at}/rows")
    yield from at_least(block.get("column_settings", []), 0, 20, f"{at}/column_settings")
    for j, column in enumerate(_items(block, "column_settings")):
        if column and column.get("align", "left") not in ("left", "center", "right"):
            yield f"must be a valid enum value [json-pointer:{at}/column_settings/{j}/align]"
    for i, row in enumerate(_items(block, "rows")):
        yield from at_least(row, 1, 20, f"{at}/rows/{i}")
        for j, cell in enumerate(row if isinstance(row, list) else ()):
            yield from _cell(cell, f"{at}/rows/{i}/{j}")
    if length(block.get("rows")) > TABLE_TEXT:
        yield f"must be less than {TABLE_TEXT + 1} characters [json-pointer:{at}/rows]"


def _cell(cell: Node, at: str) -> Faults:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if kind not in CELLS:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
    elif kind == "rich_text":
        yield from _rich_text(cell, at)
        if not "".join(_texts(cell)).strip():
            yield f"must be more than 0 characters [json-pointer:{at}/elements]"
    elif kind == "raw_text":
        yield from string(cell.get("text"), TABLE_TEXT, f"{at}/text")


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        if node.get("type") in ("emoji", "user", "link", "date"):
            yield str(node.get("type"))
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)


def _twice(ids: Sequence[Any], what: str, at: str) -> Faults:
    for name, count in Counter(each for each in ids if each).items():
        if count > 1:
            yield f"{what} {name} already exists [json-pointer:{at}]"


def _items(node: Node, key: str) -> list[Any]:
    items = node.get(key)
    return items if isinstance(items, list) else []


_KINDS: Mapping[str, tuple[Collection[str], Callable[[Node, str], Faults]]] = {
    "section": (("text", "fields", "accessory", "expand"), _section),
    "header": (("text", "level"), _header),
    "divider": ((), lambda _block, _at: iter(())),
    "context": (("elements",), _context),
    "actions": (("elements",), _actions),
    "image": (("alt_text", "title", "image_url", "slack_file"), image),
    "input": (("label", "hint", "element", "optional", "dispatch_action"), _input),
    "rich_text": (("elements",), _rich_text),
    "table": (("rows", "column_settings"), _table),
}
IN_VIEW = frozenset(_KINDS) - {"table"}
IN_MESSAGE = frozenset(_KINDS) - {"input"}
