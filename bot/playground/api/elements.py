"""What Slack checks in the parts of a block: texts, buttons, menus, inputs, pictures.

Written from Slack's documentation, on purpose without the bot's own `bot.render.limits`: two readings of the
same rules find each other's mistakes.  A check yields sentences with a JSON pointer, as Slack's answers do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

Faults = Iterator[str]

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")
TEXT_KEYS = {"type", "text", "emoji", "verbatim"}
BUTTON_KEYS = {"type", "text", "action_id", "value", "url", "style", "confirm", "accessibility_label"}
IMAGE_KEYS = {"type", "alt_text", "title", "image_url", "slack_file", "block_id"}
OPTIONS = {
    "static_select": 100,
    "multi_static_select": 100,
    "overflow": 5,
    "checkboxes": 10,
    "radio_buttons": 10,
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


def at_least(items: object, fewest: int, most: int, at: str) -> Faults:
    """A list of so many items."""
    if not isinstance(items, list):
        yield f"must provide an array [json-pointer:{at}]"
    elif len(items) < fewest:
        yield f"no fewer than {fewest} items allowed [json-pointer:{at}]"
    elif len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"


def string(value: object, most: int, at: str, fewest: int = 1) -> Faults:
    """A string of so many characters."""
    if not isinstance(value, str):
        yield f"must provide a string [json-pointer:{at}]"
    elif len(value.strip()) < fewest:
        yield f"must be more than {fewest - 1} characters [json-pointer:{at}]"
    elif len(value) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"


def known(node: dict[str, Any], keys: Collection[str], at: str) -> Faults:
    """No field that Slack does not know."""
    for key in node.keys() - set(keys):
        yield f"invalid additional property: {key} [json-pointer:{at}]"


def text(node: object, kinds: Collection[str], most: int, at: str) -> Faults:
    """A text object."""
    if not isinstance(node, dict):
        yield f"must provide an object [json-pointer:{at}]"
        return
    if node.get("type") not in kinds:
        yield f"must be a valid enum value [json-pointer:{at}/type]"
    yield from string(node.get("text"), most, f"{at}/text")
    yield from known(node, TEXT_KEYS, at)


def image(node: dict[str, Any], at: str) -> Faults:
    """An image, as a block or inside one: its alt text is required, and one source."""
    yield from known(node, IMAGE_KEYS, at)
    if "alt_text" not in node:
        yield f"missing required field: alt_text [json-pointer:{at}]"
    else:
        yield from string(node["alt_text"], 2000, f"{at}/alt_text")
    if "title" in node:
        yield from text(node["title"], PLAIN, 2000, f"{at}/title")
    if ("image_url" in node) == ("slack_file" in node):
        yield f"must provide exactly one of image_url and slack_file [json-pointer:{at}]"
    elif "image_url" in node:
        yield from string(node["image_url"], 3000, f"{at}/image_url")
    elif not isinstance(node["slack_file"], dict) or not node["slack_file"].keys() & {"id", "url"}:
        yield f"missing required field: id [json-pointer:{at}/slack_file]"


def element(node: object, kinds: Collection[str], at: str) -> Faults:
    """Something to press, choose or fill in; kinds: what may stand here."""
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
        yield from string(node["action_id"], 255, f"{at}/action_id")
    if "placeholder" in node:
        yield from text(node["placeholder"], PLAIN, 150, f"{at}/placeholder")
    if kind == "button":
        yield from _button(node, at)
    elif kind in OPTIONS:
        yield from _options(node, OPTIONS[kind], at)


def _button(node: dict[str, Any], at: str) -> Faults:
    yield from known(node, BUTTON_KEYS, at)
    yield from text(node.get("text"), PLAIN, 75, f"{at}/text")
    if "value" in node:
        yield from string(node["value"], 2000, f"{at}/value")
    if "url" in node:
        yield from string(node["url"], 3000, f"{at}/url")
    if node.get("style", "primary") not in ("primary", "danger"):
        yield f"must be a valid enum value [json-pointer:{at}/style]"
    if "confirm" in node:
        yield from _confirm(node["confirm"], f"{at}/confirm")


def _confirm(node: dict[str, Any], at: str) -> Faults:
    yield from text(node.get("title"), PLAIN, 100, f"{at}/title")
    yield from text(node.get("text"), ANY_TEXT, 300, f"{at}/text")
    for key in ("confirm", "deny"):
        yield from text(node.get(key), PLAIN, 30, f"{at}/{key}")


def _options(node: dict[str, Any], most: int, at: str) -> Faults:
    groups = node.get("option_groups")
    if groups is not None:
        yield from at_least(groups, 1, 100, f"{at}/option_groups")
        for i, group in enumerate(groups):
            yield from text(group.get("label"), PLAIN, 75, f"{at}/option_groups/{i}/label")
            yield from _list_of_options(group.get("options"), most, f"{at}/option_groups/{i}/options")
        return
    yield from _list_of_options(node.get("options"), most, f"{at}/options")
    chosen = [node["initial_option"]] if "initial_option" in node else node.get("initial_options", [])
    for option in chosen:
        if option not in node.get("options", []):
            yield f"initial option must match an option exactly [json-pointer:{at}/initial_option]"


def _list_of_options(options: Any, most: int, at: str) -> Faults:
    faults = list(at_least(options, 1, most, at))
    yield from faults
    if faults:
        return
    for i, option in enumerate(options):
        yield from text(option.get("text"), ANY_TEXT, 75, f"{at}/{i}/text")
        yield from string(option.get("value"), 150, f"{at}/{i}/value")
