"""Messages read one after the other, and what must hold for every one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.render.limits import FALLBACK_TEXT
from bot.render.message import Block, Message
from tests.unit.bot.render.sections.reading import as_read
from tests.violations import violations

_MEANT = re.compile(r"<@[A-Z0-9]+>|<#[A-Z0-9]+>|<https://[^<>|\s]+\|[^<>]+>")


def in_turn(messages: Mapping[str, Message]) -> str:
    """Several messages as people read them, each under its name."""
    return "\n\n".join(f"== {name}\n{as_read(message)}" for name, message in messages.items())


def faults(message: Message) -> list[str]:
    """What Slack would refuse, or what would call or mislead people."""
    found = violations(message.blocks)
    found += [] if 0 < len(message.text) <= FALLBACK_TEXT else [f"text of {len(message.text)} characters"]
    for words in (message.text, *_mrkdwn(message.blocks)):
        rest = _MEANT.sub("", words)
        found += [f"unescaped: {words[:200]}"] if "<" in rest or ">" in rest else []
        found += [f"not escaped: {words[:200]}"] if re.search(r"&(?!amp;|lt;|gt;)", rest) else []
        found += [f"invisible: {words[:200]!r}"] if "\u202e" in words else []
    slots = [block["slot"] for block in message.blocks if "slot" in block]
    found += [] if slots == [picture.name for picture in message.pictures] else [f"slots {slots}"]
    return found


def buttons(message: Message) -> dict[str, str]:
    """Values of a message's buttons by what stands on them."""
    elements = [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
    assert len({each["action_id"] for each in elements}) == len(elements)
    return {each["text"]["text"]: each["value"] for each in elements}


def _mrkdwn(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        block: Block = node
        if block.get("type") == "mrkdwn":
            yield block["text"]
        for value in block.values():
            yield from _mrkdwn(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _mrkdwn(item)
