"""Block Kit, as plain dicts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.chart_specs import ChartSpec
from bot.render.fit import fit
from bot.render.message import Block, Message
from bot.render.text import NONE


def section(words: str) -> Block:
    """A paragraph of safe mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def context(*lines: str) -> Block:
    """Small grey lines of safe mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": "\n".join(lines)}]}


def button(label: str, action: str, value: str, style: str | None = None) -> Block:
    """A button.  style: "primary" or "danger"."""
    look = {"style": style} if style else {}
    words = {"type": "plain_text", "text": label}
    return {"type": "button", "text": words, "action_id": action, "value": value, **look}


def actions(name: str, buttons: Sequence[Block]) -> list[Block]:
    """A row of buttons; none without any."""
    return [{"type": "actions", "block_id": name, "elements": list(buttons)}] if buttons else []


def slots(pictures: Sequence[ChartSpec]) -> list[Block]:
    """Room for the pictures."""
    return [slot(picture.name, picture.title, picture.alt) for picture in pictures]


def slot(name: str, title: str, alt: str) -> Block:
    """Room for a picture."""
    words = {"type": "plain_text", "text": title}
    return {"type": "image", "slot": name, "alt_text": alt, "title": words}


def table(rows: Sequence[Sequence[str]]) -> Block:
    """A table of plain cells, the first row its headings, all columns but first and last to the right."""
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
    """A message whose pictures fill its slots, within Slack's limits whatever people typed."""
    return fit(Message(text, tuple(blocks), tuple(picture for picture in pictures if picture)))


def _raw(shown: str) -> Block:
    return {"type": "raw_text", "text": shown.strip() or NONE}


def _bold(shown: str) -> Block:
    element = {"type": "text", "text": shown, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}
