"""What Slack refuses in messages and views, in their blocks and elements, each with its JSON pointer.

The one checker: the workspace answers with it, and the tests hold what the bot makes against it.  How much of
each Slack takes stands in `bot.render.limits`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from bot.render import limits
from bot.render.limits import weight

FaultTexts = Iterator[str]

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")
TEXT_KEYS = {"type", "text", "emoji", "verbatim"}
BUTTON_KEYS = {"type", "text", "action_id", "value", "url", "style", "confirm", "accessibility_label"}
IMAGE_KEYS = {"type", "alt_text", "title", "image_url", "slack_file", "block_id"}
OPTIONS = {
    "static_select": limits.OPTIONS,
    "multi_static_select": limits.OPTIONS,
    "overflow": limits.OVERFLOW_OPTIONS,
    "checkboxes": limits.CHOICES,
    "radio_buttons": limits.CHOICES,
}
"""How many options each kind may have."""
OTHER = {
    "users_select",
    "conversations_select",
    "channels_select",
    "datepicker",
    "timepicker",
    "plain_text_input",
    "number_input",
    "url_text_input",
    "email_text_input",
}
INPUTS = {*OPTIONS, *OTHER} - {"overflow"}
ELEMENTS = {"button", *OPTIONS, *OTHER}


def at_least(items: object, fewest: int, most: int, at: str) -> FaultTexts:
    """Yield a list of so many items."""
    if not isinstance(items, list):
        yield f"must provide an array [json-pointer:{at}]"
    elif len(items) < fewest:
        yield f"no fewer than {fewest} items allowed [json-pointer:{at}]"
    elif len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"


def string(value: object, most: int, at: str, fewest: int = 1) -> FaultTexts:
    """Yield a string of so many characters."""
    if not isinstance(value, str):
        yield f"must provide a string [json-pointer:{at}]"
    elif len(value.strip()) < fewest:
        yield f"must be more than {fewest - 1} characters [json-pointer:{at}]"
    elif len(value) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"


def known_key_faults(node: dict[str, Any], keys: Collection[str], at: str) -> FaultTexts:
    """Complain of fields that Slack does not know."""
    for key in node.keys() - set(keys):
        yield f"invalid additional property: {key} [json-pointer:{at}]"


def text(node: object, kinds: Collection[str], most: int, at: str) -> FaultTexts:
    """Yield a text object."""
    if not isinstance(node, dict):
        yield f"must provide an object [json-pointer:{at}]"
        return
    if node.get("type") not in kinds:
        yield f"must be a valid enum value [json-pointer:{at}/type]"
    yield from string(node.get("text"), most, f"{at}/text")
    yield from known_key_faults(node, TEXT_KEYS, at)


def image(node: dict[str, Any], at: str) -> FaultTexts:
    """Yield an image, as a block or inside one: its alt text is required, and one source."""
    yield from known_key_faults(node, IMAGE_KEYS, at)
    if "alt_text" not in node:
        yield f"missing required field: alt_text [json-pointer:{at}]"
    else:
        yield from string(node["alt_text"], limits.IMAGE_ALT, f"{at}/alt_text")
    if "title" in node:
        yield from text(node["title"], PLAIN, limits.IMAGE_TITLE, f"{at}/title")
    if ("image_url" in node) == ("slack_file" in node):
        yield f"must provide exactly one of image_url and slack_file [json-pointer:{at}]"
    elif "image_url" in node:
        yield from string(node["image_url"], limits.URL, f"{at}/image_url")
    elif not isinstance(node["slack_file"], dict) or not node["slack_file"].keys() & {"id", "url"}:
        yield f"missing required field: id [json-pointer:{at}/slack_file]"


def element(node: object, kinds: Collection[str], at: str) -> FaultTexts:
    """Yield something to press, choose or fill in; kinds: what may stand here."""
    if not isinstance(node, dict):
        yield f"must provide an object [json-pointer:{at}]"
        return
    kind = node.get("type")
    if kind not in kinds:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    if kind == "image":
        yield from image(node, at)
        return
    if "action_id" in node:
        yield from string(node["action_id"], limits.ACTION_ID, f"{at}/action_id")
    if "placeholder" in node:
        yield from text(node["placeholder"], PLAIN, limits.PLACEHOLDER, f"{at}/placeholder")
    if kind == "button":
        yield from _button(node, at)
    elif kind in OPTIONS:
        yield from _options(node, OPTIONS[kind], at)
    elif kind == "plain_text_input":
        yield from _typed(node, at)


def _typed(node: dict[str, Any], at: str) -> FaultTexts:
    most = node.get("max_length", limits.INPUT_VALUE)
    if not 1 <= most <= limits.INPUT_VALUE:
        yield f"must be 1 to {limits.INPUT_VALUE} [json-pointer:{at}/max_length]"
    if "initial_value" in node:
        yield from string(node["initial_value"], most, f"{at}/initial_value")


def _button(node: dict[str, Any], at: str) -> FaultTexts:
    yield from known_key_faults(node, BUTTON_KEYS, at)
    yield from text(node.get("text"), PLAIN, limits.BUTTON_TEXT, f"{at}/text")
    if "value" in node:
        yield from string(node["value"], limits.BUTTON_VALUE, f"{at}/value")
    if "url" in node:
        yield from string(node["url"], limits.URL, f"{at}/url")
    if node.get("style", "primary") not in ("primary", "danger"):
        yield f"must be a valid enum value [json-pointer:{at}/style]"
    if "confirm" in node:
        yield from _confirm(node["confirm"], f"{at}/confirm")


def _confirm(node: dict[str, Any], at: str) -> FaultTexts:
    yield from text(node.get("title"), PLAIN, limits.CONFIRM_TITLE, f"{at}/title")
    yield from text(node.get("text"), ANY_TEXT, limits.CONFIRM_TEXT, f"{at}/text")
    for key in ("confirm", "deny"):
        yield from text(node.get(key), PLAIN, limits.CONFIRM_BUTTON, f"{at}/{key}")


def _options(node: dict[str, Any], most: int, at: str) -> FaultTexts:
    groups = node.get("option_groups")
    if groups is not None:
        yield from at_least(groups, 1, limits.OPTION_GROUPS, f"{at}/option_groups")
        for i, group in enumerate(groups):
            yield from text(group.get("label"), PLAIN, limits.OPTION_TEXT, f"{at}/option_groups/{i}/label")
            yield from _list_of_options(group.get("options"), most, f"{at}/option_groups/{i}/options")
        return
    yield from _list_of_options(node.get("options"), most, f"{at}/options")
    chosen = [node["initial_option"]] if "initial_option" in node else node.get("initial_options", [])
    for option in chosen:
        if option not in node.get("options", []):
            yield f"initial option must match an option exactly [json-pointer:{at}/initial_option]"


def _list_of_options(options: Any, most: int, at: str) -> FaultTexts:
    faults = list(at_least(options, 1, most, at))
    yield from faults
    if faults:
        return
    for i, option in enumerate(options):
        yield from text(option.get("text"), ANY_TEXT, limits.OPTION_TEXT, f"{at}/{i}/text")
        yield from string(option.get("value"), limits.OPTION_VALUE, f"{at}/{i}/value")


Node = dict[str, Any]

TYPED = {"plain_text_input", "number_input", "url_text_input", "email_text_input"}
ACCESSORIES = ELEMENTS - TYPED
RICH = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
CELLS = {"raw_text", "raw_number", "rich_text"}


def message_faults(blocks: object) -> list[str]:
    """Return everything Slack would refuse in the blocks of a message, but how much they say together."""
    return _faults(blocks, IN_MESSAGE, limits.BLOCKS, "/blocks")


def view_faults(view: Node, kind: str, at: str = "/view") -> list[str]:
    """Return everything Slack would refuse in a view of a kind: "modal", which needs a title, or "home"."""
    found = [] if view.get("type") == kind else [f"must be a valid enum value [json-pointer:{at}/type]"]
    if kind == "modal" and "title" not in view:
        found.append(f"missing required field: title [json-pointer:{at}]")
    if "blocks" not in view:
        return [*found, f"missing required field: blocks [json-pointer:{at}]"]
    for label in ("title", "submit", "close"):
        if label in view:
            found += text(view[label], PLAIN, limits.VIEW_TITLE, f"{at}/{label}")
    ids = (("callback_id", limits.CALLBACK_ID), ("external_id", limits.CALLBACK_ID))
    for name, most in (("private_metadata", limits.METADATA), *ids):
        if name in view:
            found += string(view[name], most, f"{at}/{name}", fewest=0)
    found += _faults(view["blocks"], IN_VIEW, limits.VIEW_BLOCKS, f"{at}/blocks")
    inputs = (
        block for block in _items(view, "blocks") if isinstance(block, dict) and block.get("type") == "input"
    )
    if kind == "modal" and "submit" not in view and any(inputs):
        found.append(f"missing required field: submit [json-pointer:{at}]")
    return found


def _faults(blocks: object, kinds: Collection[str], most: int, at: str) -> list[str]:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return [f"must provide an array of objects [json-pointer:{at}]"]
    found = list(at_least(blocks, 0, most, at))
    for i, block in enumerate(blocks):
        found += _block(block, kinds, f"{at}/{i}")
    tables = [i for i, block in enumerate(blocks) if block.get("type") == "table"]
    found += [f"only_one_table_allowed [json-pointer:{at}/{i}]" for i in tables[limits.TABLES :]]
    found += _twice([block.get("block_id") for block in blocks], "block_id", at)
    return list(dict.fromkeys(found))


def with_ids(blocks: Sequence[Node], new: Callable[[], str]) -> list[Node]:
    """Return the blocks with an id on each block and each thing in them that can be used, as Slack adds
    them.
    """
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


def _block(block: Node, kinds: Collection[str], at: str) -> FaultTexts:
    kind = block.get("type")
    if kind not in kinds:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    keys, check = _KINDS[str(kind)]
    yield from known_key_faults(block, {"type", "block_id", *keys}, at)
    if "block_id" in block:
        yield from string(block["block_id"], limits.BLOCK_ID, f"{at}/block_id")
    yield from check(block, at)


def _section(block: Node, at: str) -> FaultTexts:
    if "text" not in block and not block.get("fields"):
        yield f"missing required field: text [json-pointer:{at}]"
    if "text" in block:
        yield from text(block["text"], ANY_TEXT, limits.SECTION_TEXT, f"{at}/text")
    if "fields" in block:
        yield from at_least(block["fields"], 1, limits.FIELDS, f"{at}/fields")
        for i, field in enumerate(block["fields"]):
            yield from text(field, ANY_TEXT, limits.FIELD_TEXT, f"{at}/fields/{i}")
    if "accessory" in block:
        yield from element(block["accessory"], {*ACCESSORIES, "image"}, f"{at}/accessory")


def _header(block: Node, at: str) -> FaultTexts:
    yield from text(block.get("text"), PLAIN, limits.HEADER_TEXT, f"{at}/text")


def _context(block: Node, at: str) -> FaultTexts:
    yield from at_least(block.get("elements"), 1, limits.CONTEXT_ELEMENTS, f"{at}/elements")
    for i, node in enumerate(_items(block, "elements")):
        if isinstance(node, dict) and node.get("type") == "image":
            yield from image(node, f"{at}/elements/{i}")
        else:
            yield from text(node, ANY_TEXT, limits.CONTEXT_TEXT, f"{at}/elements/{i}")


def _actions(block: Node, at: str) -> FaultTexts:
    yield from at_least(block.get("elements"), 1, limits.ACTIONS, f"{at}/elements")
    nodes = _items(block, "elements")
    for i, node in enumerate(nodes):
        yield from element(node, ACCESSORIES, f"{at}/elements/{i}")
    yield from _twice([node.get("action_id") for node in nodes], "action_id", f"{at}/elements")


def _input(block: Node, at: str) -> FaultTexts:
    yield from text(block.get("label"), PLAIN, limits.INPUT_LABEL, f"{at}/label")
    if "hint" in block:
        yield from text(block["hint"], PLAIN, limits.INPUT_HINT, f"{at}/hint")
    yield from element(block.get("element"), INPUTS, f"{at}/element")


def _rich_text(block: Node, at: str) -> FaultTexts:
    yield from at_least(block.get("elements"), 1, limits.RICH_PARTS, f"{at}/elements")
    for i, node in enumerate(_items(block, "elements")):
        if not isinstance(node, dict) or node.get("type") not in RICH:
            yield f"unsupported type [json-pointer:{at}/elements/{i}/type]"
        elif not node.get("elements"):
            yield f"missing required field: elements [json-pointer:{at}/elements/{i}]"
        else:
            yield from _rich_parts(node["elements"], f"{at}/elements/{i}/elements")


def _rich_parts(nodes: Sequence[Node], at: str) -> FaultTexts:
    for i, node in enumerate(nodes):
        if node.get("type") == "text":
            yield from string(node.get("text"), limits.ALL_TEXT, f"{at}/{i}/text", fewest=0)
            if node.get("text") == "":
                yield f"must be more than 0 characters [json-pointer:{at}/{i}/text]"
        elif node.get("type") == "rich_text_section":
            yield from _rich_parts(node.get("elements", []), f"{at}/{i}/elements")


def _table(block: Node, at: str) -> FaultTexts:
    yield from at_least(block.get("rows"), 1, limits.TABLE_ROWS, f"{at}/rows")
    yield from at_least(block.get("column_settings", []), 0, limits.TABLE_COLUMNS, f"{at}/column_settings")
    for j, column in enumerate(_items(block, "column_settings")):
        if column and column.get("align", "left") not in ("left", "center", "right"):
            yield f"must be a valid enum value [json-pointer:{at}/column_settings/{j}/align]"
    for i, row in enumerate(_items(block, "rows")):
        yield from at_least(row, 1, limits.TABLE_COLUMNS, f"{at}/rows/{i}")
        for j, cell in enumerate(row if isinstance(row, list) else ()):
            yield from _cell(cell, f"{at}/rows/{i}/{j}")
    if len({len(row) for row in _items(block, "rows") if isinstance(row, list)}) > 1:
        yield f"rows must be of one length [json-pointer:{at}/rows]"
    if weight(block.get("rows")) > limits.TABLE_TEXT:
        yield f"must be less than {limits.TABLE_TEXT + 1} characters [json-pointer:{at}/rows]"


def _cell(cell: Node, at: str) -> FaultTexts:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if kind not in CELLS:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
    elif kind == "rich_text":
        yield from _rich_text(cell, at)
        if not "".join(_texts(cell)).strip():
            yield f"must be more than 0 characters [json-pointer:{at}/elements]"
    elif kind == "raw_text":
        yield from string(cell.get("text"), limits.TABLE_TEXT, f"{at}/text")


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


def _twice(ids: Sequence[Any], what: str, at: str) -> FaultTexts:
    for name, count in Counter(each for each in ids if each).items():
        if count > 1:
            yield f"{what} {name} already exists [json-pointer:{at}]"


def _items(node: Node, key: str) -> list[Any]:
    items = node.get(key)
    return items if isinstance(items, list) else []


_KINDS: Mapping[str, tuple[Collection[str], Callable[[Node, str], FaultTexts]]] = {
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
