"""Block Kit as HTML, looking as Slack shows it, by the templates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, Template, UndefinedError
from markupsafe import Markup

from bot.playground.model import File
from bot.playground.page import forms, mrkdwn
from bot.playground.page.forms import KEYS, Choice, Element, FormElement, choices, initial_value
from bot.playground.page.mrkdwn import rich_text
from bot.playground.page.viewer import Viewer

BLOCKS = frozenset(
    {"header", "section", "context", "divider", "image", "actions", "rich_text", "table", "input"}
)
FIELDS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
MALFORMED = (UndefinedError, LookupError, TypeError, AttributeError, ValueError)
SIDES = ("left", "center", "right")
PNG = b"\x89PNG\r\n\x1a\n"
SHORT = 10
"""Characters of a cell that needs no second line anywhere: a symbol, a date without its year."""


@dataclass(frozen=True)
class Blocks:
    """The blocks of one message or view, before one person.

    key : what the ids of its elements begin with, unique on a page
    press : the address that a pressed button is sent to
    state : what was chosen and typed so far; errors : by block_id, what is wrong with it
    """

    viewer: Viewer
    key: str
    press: str = ""
    state: forms.State = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def all(self, blocks: Sequence[Element]) -> Markup:
        """Draw one after the other."""
        return Markup().join(self.block(block) for block in blocks)

    def block(self, block: Element) -> Markup:
        """Draw one block."""
        try:
            return _macro("blocks.html", block["type"] if block["type"] in BLOCKS else "unknown", block, self)
        except MALFORMED:
            return _macro("blocks.html", "unknown", block, self)

    def element(self, block: Element, element: Element, waits: bool = False) -> Markup:
        """Draw a button, menu, input or small picture in a block."""
        if element["type"] == "image":
            return _macro("elements.html", "image", element, self)
        optional = not waits or bool(block.get("optional"))
        part = FormElement(str(block.get("block_id", "")), element, waits, optional)
        live = not waits or bool(block.get("dispatch_action"))
        return _macro("elements.html", _macro_of(part), part, self, live)

    def text(self, node: Element) -> Markup:
        """Draw a text object."""
        if node["type"] == "mrkdwn":
            return mrkdwn.mrkdwn(str(node["text"]), self.viewer)
        return mrkdwn.plain(str(node["text"]))

    def rich(self, node: Element) -> Markup:
        """Draw a rich_text block or cell."""
        return rich_text(node, self.viewer)

    def file(self, node: Element) -> File | None:
        """Return the uploaded picture that an image shows; None where it is none."""
        found = self.viewer.file(str(node.get("slack_file", {}).get("id", "")))
        return found if found and found.mimetype.startswith("image/") else None

    def size(self, file: File) -> tuple[int, int] | None:
        """Return width and height of a PNG in pixels, so that a page does not jump when it arrives."""
        head = file.content[:24]
        if len(head) < 24 or not head.startswith(PNG):
            return None
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")

    def choices(self, part: FormElement) -> list[Choice]:
        """Return what there is to choose from."""
        return choices(part.element, self.viewer)

    def current(self, part: FormElement) -> Any:
        """Return what is chosen or typed."""
        known = self.state.get(part.block_id, {}).get(part.action_id)
        return known[KEYS[part.kind]] if known else initial_value(part.element)

    def is_chosen(self, part: FormElement, choice: Choice) -> bool:
        """Return whether a choice is, or is among, what is chosen."""
        current = self.current(part)
        return choice.value in current if isinstance(current, list) else choice.value == current

    def shown(self, part: FormElement) -> str | None:
        """Return the label of what is chosen in a menu; None where nothing is."""
        if part.kind not in KEYS:
            return None
        return next((each.label for each in self.choices(part) if self.is_chosen(part, each)), None)

    def local(self, part: FormElement) -> str:
        """Return a moment as a browser's picker wants it."""
        current = self.current(part)
        return f"{self.viewer.moment(float(current)).local:%Y-%m-%dT%H:%M}" if current else ""

    def json(self, node: object) -> str:
        """Return a block as its developer wrote it."""
        return json.dumps(node, indent=2, ensure_ascii=False, default=str)

    def id_of(self, part: FormElement) -> str:
        """Return an id for the page."""
        return f"{self.key}-{part.name}"

    def label_of(self, block: Element) -> str:
        """Return the id of the element in an input block."""
        return self.id_of(FormElement(str(block["block_id"]), block["element"]))

    def groups(self, part: FormElement) -> list[tuple[str, list[tuple[int, Choice]]]]:
        """Number choices under the names of their groups, "" where they have none."""
        numbered = enumerate(self.choices(part))
        return [(name, list(each)) for name, each in groupby(numbered, key=lambda pair: pair[1].group)]

    def rows(self, block: Element) -> list[Sequence[Element]]:
        """Return the rows of a table; ValueError where it has none."""
        rows = list(block["rows"])
        if not rows:
            raise ValueError("a table without rows")
        return rows

    def column(self, block: Element, index: int) -> str:
        """Return how the cells of a column are set."""
        settings = block.get("column_settings") or []
        setting = (settings[index] if index < len(settings) else None) or {}
        align = setting.get("align", "left")
        side = align if align in SIDES else "left"
        if not setting.get("is_wrapped"):
            return side
        return f"{side} wraps short" if self._is_short(block, index) else f"{side} wraps"

    def cell(self, cell: Element) -> Markup:
        """Draw a cell of a table."""
        return self.rich(cell) if cell["type"] == "rich_text" else self.raw(cell)

    def raw(self, cell: Element) -> Markup:
        """Draw a cell that is no rich_text."""
        if cell["type"] == "raw_number":
            return mrkdwn.plain(str(cell["text"] if "text" in cell else cell["value"]))
        return mrkdwn.plain(str(cell["text"]))

    def _is_short(self, block: Element, index: int) -> bool:
        """Return whether no cell of a column needs room to wrap in."""
        cells = (row[index] for row in block["rows"] if index < len(row))
        return all(len(self.cell(each).striptags()) <= SHORT for each in cells)


def _macro_of(part: FormElement) -> str:
    kind = part.kind
    if part.is_menu:
        return "menu"
    if kind in FIELDS:
        return "field"
    if kind in PICKERS:
        return "picker"
    if kind in ("button", "external_select", "multi_external_select"):
        return "button" if kind == "button" else "external"
    if kind == "radio_buttons" or kind == "checkboxes" or kind.startswith("multi_"):
        return "boxes"
    return "dropdown" if kind in KEYS else "unknown"


def _macro(file: str, name: str, *arguments: object) -> Markup:
    shown: Markup = getattr(template(file).module, name)(*arguments)
    return shown


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.playground.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def template(name: str) -> Template:
    """Return one of the files in templates/, compiled once."""
    return _environment().get_template(name)
