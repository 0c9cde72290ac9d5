"""Block Kit as plain dicts: paragraphs, tables, fields of modals, buttons that ask what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import SectionQuery, ThreadContext
from bot.render import ids, limits
from bot.render.chart_specs import ChartSpec
from bot.render.fit import fit
from bot.render.message import Block, Message
from bot.render.text import NONE
from bot.sections import Section


def section(words: str) -> Block:
    """Make a paragraph of safe mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def context(*lines: str) -> Block:
    """Write small grey lines of safe mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": "\n".join(lines)}]}


def button(label: str, action: str, value: str, style: str | None = None) -> Block:
    """Make a button.  style: "primary" or "danger"."""
    look = {"style": style} if style else {}
    words = {"type": "plain_text", "text": label}
    return {"type": "button", "text": words, "action_id": action, "value": value, **look}


def actions(name: str, buttons: Sequence[Block]) -> list[Block]:
    """Make a row of buttons; none without any."""
    return [{"type": "actions", "block_id": name, "elements": list(buttons)}] if buttons else []


def slots(pictures: Sequence[ChartSpec]) -> list[Block]:
    """Make room for the pictures."""
    return [slot(picture.name, picture.title, picture.alt) for picture in pictures]


def slot(name: str, title: str, alt: str) -> Block:
    """Make room for a picture."""
    words = {"type": "plain_text", "text": title}
    return {"type": "image", "slot": name, "alt_text": alt, "title": words}


def table(rows: Sequence[Sequence[str]]) -> Block:
    """Make a table of plain cells, the first row its headings, all columns but first and last to the
    right.
    """
    width = len(rows[0])
    sides = [
        {"align": "left" if column in (0, width - 1) else "right", "is_wrapped": True}
        for column in range(width)
    ]
    return {
        "type": "table",
        "column_settings": sides,
        "rows": [[_bold(cell) for cell in rows[0]], *([_raw(cell) for cell in row] for row in rows[1:])],
    }


def message(text: str, blocks: Sequence[Block], *pictures: ChartSpec | None) -> Message:
    """Make a message whose pictures fill its slots, within Slack's limits whatever people typed."""
    return fit(Message(text, tuple(blocks), tuple(picture for picture in pictures if picture)))


def _raw(shown: str) -> Block:
    return {"type": "raw_text", "text": shown.strip() or NONE}


def _bold(shown: str) -> Block:
    element = {"type": "text", "text": shown, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


WINDOWS = ("1y", "3y", "5y", "10y")
SECTIONS = {section.row.button: section.value for section in Section if section.row.button}
ROW = "talk.next"


def follow_up_buttons(context: ThreadContext) -> list[Block]:
    """Return one row: the other windows, studies of the same funds, their export, and a rule to keep an
    eye on them.

    Each button carries the topic, so that it asks about what it stands under, whenever it is pressed.
    """
    windows = [label for label in WINDOWS if label != context.comparing.window.label]
    asked = {**{label: label for label in windows}, **SECTIONS}
    elements = [
        *(question_button(label, text, SectionQuery(text, context)) for label, text in asked.items()),
        watch_button(context),
    ]
    return [{"type": "actions", "block_id": ROW, "elements": elements}]


def watch_button(context: ThreadContext) -> Block:
    """Make a button that opens the form of a rule about these funds."""
    return _follow_up_button("Watch this", ids.OPEN_WATCH, SectionQuery("watch", context))


def question_button(label: str, name: str, section_query: SectionQuery) -> Block:
    """Make a button that asks.  name: what tells it from its neighbours."""
    return _follow_up_button(label, f"{ids.ASK}{name}", section_query)


def _follow_up_button(label: str, action: str, section_query: SectionQuery) -> Block:
    shown = label if len(label) <= limits.BUTTON_TEXT else f"{label[: limits.BUTTON_TEXT - 1].rstrip()}…"
    words = {"type": "plain_text", "text": shown}
    return {"type": "button", "text": words, "action_id": action, "value": section_query.value}


FormView = dict[str, Any]
OPTION_VALUE = 150
"""Characters; an option whose value has more, or none, is left out."""


def modal(callback: str, title: str, submit: str, metadata: str, *fields: Block) -> FormView:
    """Make a modal.  metadata: JSON that comes back with the answer."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata[: limits.METADATA],
        "title": plain_text(title),
        "submit": plain_text(submit),
        "close": plain_text("Cancel"),
        "blocks": list(fields),
    }


def field(name: str, label: str, element: Block, hint: str = "", *, optional: bool = False) -> Block:
    """Make one thing to fill in or to choose."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "element": {"action_id": name, **element},
        **({"hint": plain_text(hint)} if hint else {}),
        **({"optional": True} if optional else {}),
    }


def text_field(now: str = "", example: str = "", *, most: int, lines: bool = False) -> Block:
    """Make something to type.  now: what stands there first.  most: characters.  lines: more than one."""
    # Slack refuses an empty first value, and one that is longer than the field.
    first = {"initial_value": now[:most]} if now[:most].strip() else {}
    return {
        "type": "plain_text_input",
        "multiline": lines,
        "min_length": 1,
        "max_length": most,
        **({"placeholder": plain_text(example)} if example else {}),
        **first,
    }


def number_field(now: int, least: int, most: int) -> Block:
    """Make a number without a point; a phone shows its digits to type it with."""
    return {
        "type": "number_input",
        "is_decimal_allowed": False,
        "initial_value": str(now),
        "min_value": str(least),
        "max_value": str(most),
    }


def menu_field(options: Mapping[str, str], now: str = "") -> Block:
    """Make one of several.  options: labels by value.  now: the value that is chosen first."""
    return {"type": "static_select", "options": _options(options), **_initial_option(options, now)}


def grouped_menu_field(groups: Mapping[str, Mapping[str, str]], now: str = "") -> Block:
    """Make one of several in groups.  groups: by their label, labels by value."""
    shown = [{"label": plain_text(label), "options": _options(options)} for label, options in groups.items()]
    every = {value: label for options in groups.values() for value, label in options.items()}
    return {"type": "static_select", "option_groups": shown, **_initial_option(every, now)}


def choice_field(options: Mapping[str, str], now: str = "") -> Block:
    """Make one of a few that all stand before one's eyes.  options: labels by value."""
    return {"type": "radio_buttons", "options": _options(options), **_initial_option(options, now)}


def date_field(now: str = "") -> Block:
    """Make a date, e.g. "2026-01-16"."""
    return {"type": "datepicker", **({"initial_date": now} if now else {})}


def time_field(now: str = "") -> Block:
    """Make a time, e.g. "08:30"."""
    return {"type": "timepicker", **({"initial_time": now} if now else {})}


def channel_field(now: str = "") -> Block:
    """Make a channel; where none is given the one that the person looks at, if Slack knows it."""
    first: Block = {"initial_conversation": now} if now else {"default_to_current_conversation": True}
    return {"type": "conversations_select", "filter": {"include": ["public", "private"]}, **first}


def plain_text(words: str) -> Block:
    """Make words without markup."""
    return {"type": "plain_text", "text": words}


def _initial_option(options: Mapping[str, str], now: str) -> Block:
    found = [option for option in _options(options) if option["value"] == now]
    return {"initial_option": found[0]} if found else {}


def _options(options: Mapping[str, str]) -> Sequence[Block]:
    return [
        {"text": plain_text(label[: limits.OPTION_TEXT]), "value": value}
        for value, label in options.items()
        if 0 < len(value) <= OPTION_VALUE
    ]
