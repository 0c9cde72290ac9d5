"""Messages and forms as lines of plain text: what a script prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from typing import Any

from bot.playground.model import PostedMessage, View
from bot.playground.page.forms import (
    KEYS,
    Choice,
    Element,
    FormElement,
    State,
    choices,
    current_value,
    form_elements,
)
from bot.playground.page.viewer import Viewer
from bot.playground.payloads import ClickSource
from bot.playground.workspace import Workspace

MOST_CHOICES = 6
"""Options of a field that are named."""
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def message_lines(message: PostedMessage, workspace: Workspace, *notes: str) -> Iterator[str]:
    """Yield a message as lines of plain text, the first with who says it and to whom.

    notes: what is said of it in brackets after the name.
    """
    speaker = workspace.users[message.user]
    alone = ("only you can see this",) if message.ephemeral_for else ()
    about = ", ".join((*notes, *alone))
    yield f"{speaker.real_name} ({about}):" if about else f"{speaker.real_name}:"
    for block in message.blocks or ({"type": "section", "text": {"text": message.text}},):
        yield from _block(block, workspace)


def view_lines(view: View, state: State, workspace: Workspace) -> Iterator[str]:
    """Yield a form or the Home tab: its title, fields with what is in them and what is wrong, its buttons.

    state: what has been put in.
    """
    viewer, is_form = Viewer(workspace, view.user), view.kind == "modal"
    if is_form:
        yield f"Form: {view.body['title']['text']}"
    else:
        yield "Home:"
    if "" in view.errors:
        yield f"  ! {view.errors['']}"
    for block in view.body["blocks"]:
        if block["type"] == "input":
            yield from _field(block, state, viewer)
        else:
            yield from _block(block, workspace)
        if fault := view.errors.get(str(block.get("block_id") or "?")):
            yield f"  ! {fault}"
    if is_form:
        ends = (view.body.get(key) for key in ("submit", "close"))
        yield " ".join(f"[{each['text']}]" for each in ends if each)


@dataclass(frozen=True)
class Surface:
    """What elements stand on: a message, a form or the Home tab."""

    source: ClickSource
    blocks: Sequence[Element]

    @property
    def key(self) -> str:
        """Under which what is put in is remembered."""
        return self.source.view_id or f"{self.source.channel}/{self.source.ts}"

    def elements(self) -> Iterator[tuple[Element, FormElement]]:
        """Yield every element with the block that it stands in."""
        for block in self.blocks:
            for part in form_elements([block]):
                yield block, part


def pressable(surface: Surface, viewer: Viewer) -> Iterator[tuple[str, str]]:
    """Yield what can be pressed: its name in a form, and the words on it."""
    for _block, part in surface.elements():
        if part.kind == "button":
            yield part.name, plain_text(str(part.element["text"]["text"]), viewer.workspace)
        elif part.kind == "overflow":
            for number, each in enumerate(choices(part.element, viewer)):
                yield f"{part.name}/{number}", choice_label(each)


def element_labels(block: Element, part: FormElement, state: State, viewer: Viewer) -> list[str]:
    """Return the words by which an element is known, the one to be shown first.

    A button has its own; a field its label; a menu what it shows, and the words that it stands beside.
    """
    workspace = viewer.workspace
    if part.kind == "button":
        return [plain_text(str(part.element["text"]["text"]), workspace)]
    if part.waits:
        return [plain_text(str(block["label"]["text"]), workspace)]
    holder = part.element.get("placeholder")
    shown = [plain_text(str(holder["text"]), workspace)] if holder else []
    beside = _words(block["text"], workspace).splitlines()[:1] if block.get("text") else []
    chosen = [choice_label(each) for each in chosen_of(part, state, viewer)]
    return [*shown, *chosen, *beside] or [part.kind.replace("_", " ")]


def choice_label(choice: Choice) -> str:
    """Return what stands on an option."""
    return unescape(choice.label)


def chosen_of(part: FormElement, state: State, viewer: Viewer) -> list[Choice]:
    """Return the options that are chosen in an element."""
    if part.kind not in KEYS:
        return []
    current = current_value(part, state)
    several = current if isinstance(current, list) else [current]
    return [each for each in choices(part.element, viewer) if each.value in several]


def _field(block: Element, state: State, viewer: Viewer) -> Iterator[str]:
    part = next(form_elements([block]))
    label = element_labels(block, part, state, viewer)[0]
    found = choices(part.element, viewer)
    chosen = [choice_label(each) for each in chosen_of(part, state, viewer)]
    current = current_value(part, state) if part.kind in KEYS else None
    shown = ", ".join(chosen) if found else "" if current is None else str(current)
    left = [each for each in map(choice_label, found) if each not in chosen]
    others = f"   (or: {_few(left)})" if left else ""
    optional = " (optional)" if part.optional else ""
    yield f"{label}{optional}: {shown}{others}".rstrip()


def _few(labels: Sequence[str]) -> str:
    more = len(labels) - MOST_CHOICES
    return ", ".join(labels[:MOST_CHOICES]) + (f" and {more} more" if more > 0 else "")


def _block(block: dict[str, Any], workspace: Workspace) -> Iterator[str]:
    kind = block["type"]
    if kind == "table":
        yield from _table([[_words(cell, workspace) for cell in row] for row in block["rows"]])
    elif kind == "image":
        yield f"[picture: {plain_text(block['alt_text'], workspace)}]"
    elif kind == "actions":
        yield " ".join(f"[{_words(element, workspace)}]" for element in block["elements"])
    elif kind != "divider":
        yield from _words(block, workspace).splitlines()
        if beside := _words(block.get("accessory"), workspace):
            yield f"[{beside}]"


def _words(node: Any, workspace: Workspace) -> str:
    """Return every text in it, one under the other; those of one line of rich text side by side."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            return plain_text(node["text"], workspace)
        between = "" if node.get("type") == "rich_text_section" else "\n"
        parts = (node.get(key) for key in ("text", "fields", "elements", "placeholder"))
        found = (
            _words(each, workspace) for part in parts for each in (part if isinstance(part, list) else [part])
        )
        return between.join(text for text in found if text)
    return ""


def plain_text(text: str, workspace: Workspace) -> str:
    """Return Slack's mark-up with names for ids, and labels for addresses."""

    def named(match: re.Match[str]) -> str:
        target, label = match[1], match[2]
        if target[:1] in "@#!" and not label:
            person, channel = workspace.users.get(target[1:]), workspace.channels.get(target[1:])
            return f"@{person.name}" if person else f"#{channel.name}" if channel else target
        return label or target

    return unescape(_LINK.sub(named, text))


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        first, *rest = [
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join((first, *rest)).rstrip()


def without_emphasis(text: str) -> str:
    """Return text as it is compared: without emphasis, however it is spaced and capitalised."""
    return " ".join(text.replace("*", "").replace("`", "").casefold().split())


def is_same(one: str, other: str) -> bool:
    """Tell whether somebody means this label who has written that."""
    return without_emphasis(one).rstrip("….") == without_emphasis(other).rstrip("….")
