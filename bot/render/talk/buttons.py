"""What can be asked next about an answer, as buttons under it."""

from __future__ import annotations

from bot.model import SectionQuery, ThreadContext
from bot.render import limits
from bot.render.message import Block
from bot.render.talk import ids

WINDOWS = ("1y", "3y", "5y", "10y")
STUDIES = {"Sectors": "sectors", "Holdings": "holdings", "Export": "csv"}
ROW = "talk.next"


def under(topic: ThreadContext) -> list[Block]:
    """One row: the other windows, studies of the same funds, their export, and a rule to keep an eye on them.

    Each button carries the topic, so that it asks about what it stands under, whenever it is pressed.
    """
    windows = [label for label in WINDOWS if label != topic.comparing.window.label]
    asked = {**{label: label for label in windows}, **STUDIES}
    elements = [
        *(ask(label, text, SectionQuery(text, topic)) for label, text in asked.items()),
        _button("Watch this", ids.OPEN_WATCH, SectionQuery("watch", topic)),
    ]
    return [{"type": "actions", "block_id": ROW, "elements": elements}]


def ask(label: str, name: str, asked: SectionQuery) -> Block:
    """A button that asks.  name: what tells it from its neighbours."""
    return _button(label, f"{ids.ASK}{name}", asked)


def _button(label: str, action: str, asked: SectionQuery) -> Block:
    shown = label if len(label) <= limits.BUTTON_TEXT else f"{label[: limits.BUTTON_TEXT - 1].rstrip()}…"
    words = {"type": "plain_text", "text": shown}
    return {"type": "button", "text": words, "action_id": action, "value": asked.value}
