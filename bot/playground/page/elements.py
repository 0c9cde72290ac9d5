"""What can be pressed, chosen or filled in: its value in Slack's form, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.playground.page.viewer import Viewer

Element = Mapping[str, Any]
Value = dict[str, Any]

KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
"""Under which key the value of each kind stands."""
SEVERAL = frozenset(kind for kind, key in KEYS.items() if key.endswith("s"))
MENUS = frozenset({"static_select", "users_select", "conversations_select", "channels_select"})
"""Chosen by pressing an option, but in an input of a modal, where they wait for its submission."""


@dataclass(frozen=True)
class Choice:
    """One of several.  value: what Slack gets for it, an option or an id."""

    label: str
    value: Any
    description: str = ""
    group: str = ""


@dataclass(frozen=True)
class Part:
    """An element in its place.  waits: in an input block, where nothing happens before the submission."""

    block_id: str
    element: Element
    waits: bool = False
    optional: bool = True

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.element["type"])

    @property
    def action_id(self) -> str:
        """The element's action_id, which the workspace sees to."""
        return str(self.element["action_id"])

    @property
    def name(self) -> str:
        """What it is called in a form: two ids, quoted, with a slash between."""
        return f"{quote(self.block_id, safe='')}/{quote(self.action_id, safe='')}"

    @property
    def is_menu(self) -> bool:
        """Whether it is chosen from by pressing an option."""
        return self.kind == "overflow" or (self.kind in MENUS and not self.waits)


def parts(blocks: Sequence[Element]) -> Iterator[Part]:
    """Every element that can be pressed, chosen or filled in, in order."""
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        if block["type"] == "input":
            yield Part(block_id, block["element"], True, bool(block.get("optional")))
        found = [block.get("accessory"), *block.get("elements", ())] if block["type"] != "rich_text" else []
        for element in found:
            if isinstance(element, Mapping) and "action_id" in element:
                yield Part(block_id, element)


def choices(element: Element, viewer: Viewer) -> list[Choice]:
    """What there is to choose from, in order; a form names them by their numbers."""
    kind = str(element["type"])
    if "users" in kind:
        return [Choice(person.real_name, person.id) for person in viewer.workspace.users.values()]
    if "conversations" in kind or "channels" in kind:
        seen = viewer.workspace.channels_of(viewer.user)
        named = [channel for channel in seen if channel.kind != "dm"]
        return [Choice(f"#{channel.name}", channel.id) for channel in named]
    grouped = [
        _choice(option, group) for group in element.get("option_groups", ()) for option in group["options"]
    ]
    return grouped or [_choice(option) for option in element.get("options", ())]


def value(element: Element, chosen: Any) -> Value:
    """As Slack tells an app: the kind and what was chosen or typed."""
    kind = str(element["type"])
    return {"type": kind, KEYS[kind]: chosen}


def initial(element: Element) -> Any:
    """What an element shows before anybody touches it."""
    key = KEYS[str(element["type"])].removeprefix("selected_")
    empty: Any = [] if element["type"] in SEVERAL else None
    return element.get(f"initial_{key}", empty)


def _choice(option: Element, group: Element | None = None) -> Choice:
    described = str(option["description"]["text"]) if option.get("description") else ""
    return Choice(
        str(option["text"]["text"]), option, described, str(group["label"]["text"]) if group else ""
    )
