"""What a form is built of: the modal and its fields, in Slack's Block Kit form.

A field's name is its block id and its action id.  Its label is short, for a phone; its hint says what fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.render import limits
from bot.render.message import Block

View = dict[str, Any]
OPTION_VALUE = 150
"""Characters; an option whose value has more, or none, is left out."""


def modal(callback: str, title: str, submit: str, metadata: str, *fields: Block) -> View:
    """metadata: JSON that comes back with the answer."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata[: limits.METADATA],
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "blocks": list(fields),
    }


def field(name: str, label: str, element: Block, hint: str = "", *, optional: bool = False) -> Block:
    """One thing to fill in or to choose."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {"action_id": name, **element},
        **({"hint": plain(hint)} if hint else {}),
        **({"optional": True} if optional else {}),
    }


def text(now: str = "", example: str = "", *, most: int, lines: bool = False) -> Block:
    """Something to type.  now: what stands there first.  most: characters.  lines: more than one."""
    # Slack refuses an empty first value, and one that is longer than the field.
    first = {"initial_value": now[:most]} if now[:most].strip() else {}
    return {
        "type": "plain_text_input",
        "multiline": lines,
        "min_length": 1,
        "max_length": most,
        **({"placeholder": plain(example)} if example else {}),
        **first,
    }


def whole_number(now: int, least: int, most: int) -> Block:
    """A number without a point; a phone shows its digits to type it with."""
    return {
        "type": "number_input",
        "is_decimal_allowed": False,
        "initial_value": str(now),
        "min_value": str(least),
        "max_value": str(most),
    }


def menu(options: Mapping[str, str], now: str = "") -> Block:
    """One of several.  options: labels by value.  now: the value that is chosen first."""
    return {"type": "static_select", "options": _options(options), **_chosen(options, now)}


def grouped_menu(groups: Mapping[str, Mapping[str, str]], now: str = "") -> Block:
    """One of several in groups.  groups: by their label, labels by value."""
    shown = [{"label": plain(label), "options": _options(options)} for label, options in groups.items()]
    every = {value: label for options in groups.values() for value, label in options.items()}
    return {"type": "static_select", "option_groups": shown, **_chosen(every, now)}


def choice(options: Mapping[str, str], now: str = "") -> Block:
    """One of a few that all stand before one's eyes.  options: labels by value."""
    return {"type": "radio_buttons", "options": _options(options), **_chosen(options, now)}


def day(now: str = "") -> Block:
    """A date, e.g. "2026-01-16"."""
    return {"type": "datepicker", **({"initial_date": now} if now else {})}


def time_of_day(now: str = "") -> Block:
    """A time, e.g. "08:30"."""
    return {"type": "timepicker", **({"initial_time": now} if now else {})}


def channel(now: str = "") -> Block:
    """A channel; where none is given the one that the person looks at, if Slack knows it."""
    first: Block = {"initial_conversation": now} if now else {"default_to_current_conversation": True}
    return {"type": "conversations_select", "filter": {"include": ["public", "private"]}, **first}


def plain(words: str) -> Block:
    """Words without markup."""
    return {"type": "plain_text", "text": words}


def _chosen(options: Mapping[str, str], now: str) -> Block:
    found = [option for option in _options(options) if option["value"] == now]
    return {"initial_option": found[0]} if found else {}


def _options(options: Mapping[str, str]) -> Sequence[Block]:
    return [
        {"text": plain(label[: limits.OPTION_TEXT]), "value": value}
        for value, label in options.items()
        if 0 < len(value) <= OPTION_VALUE
    ]
