"""Modals: a reason for an acknowledgement, a rule's text to change."""

from __future__ import annotations

from typing import Any

from bot.render import limits
from bot.render.message import Block
from bot.render.watch import ids

View = dict[str, Any]
LONGEST_RULE = 500
LONGEST_REASON = 200


def acknowledge_form(metadata: str) -> View:
    """Asks for a reason.  metadata: JSON that comes back with the answer, see `ids`"""
    field = _input(
        ids.REASON,
        "Reason",
        {"multiline": True, "max_length": LONGEST_REASON, "min_length": 1},
        "Shown with your name on the card and in the rule's history.",
    )
    return _view(ids.ACK_FORM, "Acknowledge", "Acknowledge", metadata, field)


def edit_form(metadata: str, text: str) -> View:
    """Asks for a rule's new text.  text: as it is now, in canonical form"""
    # Slack refuses an empty first value, and one that is longer than the field.
    now = " ".join(text.split())[:LONGEST_RULE]
    first = {"initial_value": now} if now else {}
    field = _input(
        ids.RULE_TEXT,
        "Rule",
        {"multiline": True, "max_length": LONGEST_RULE, "min_length": 1, **first},
        "As after /watch, e.g. ISCB sortino < 1.0 for 5 sessions then SPSM. A new version begins afresh.",
    )
    return _view(ids.EDIT_FORM, "Edit the rule", "Save", metadata, field)


def _view(callback: str, title: str, submit: str, metadata: str, *fields: Block) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata[: limits.METADATA],
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "blocks": list(fields),
    }


def _input(name: str, label: str, element: Block, hint: str) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "element": {"type": "plain_text_input", "action_id": name, **element},
        "hint": _plain(hint),
    }


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words}
