"""What Slack would refuse of what the bot makes, as the embedded workspace finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.api.blocks import message_faults, view_faults
from bot.render.limits import ALL_TEXT, weight
from bot.render.message import Block, fill_slots


def violations(blocks: Sequence[Block]) -> list[str]:
    """Faults of a message's blocks, each with its JSON pointer; a picture's slot counts as its file."""
    files = {block["slot"]: "F1" for block in blocks if "slot" in block}
    found = message_faults(fill_slots(blocks, files))
    if sum(map(weight, blocks)) > ALL_TEXT:
        found.append(f"all text must be less than {ALL_TEXT + 1} characters [json-pointer:/blocks]")
    return found


def view_violations(view: Mapping[str, Any]) -> list[str]:
    """Faults of a modal or of a Home tab; of the bot's each shows something, and its modals have names."""
    is_home = view.get("type") == "home"
    found = view_faults(dict(view), "home" if is_home else "modal", "")
    found += [] if view.get("blocks") else ["no fewer than 1 items allowed [json-pointer:/blocks]"]
    if not is_home and not str(view.get("callback_id") or "").strip():
        found.append("must be more than 0 characters [json-pointer:/callback_id]")
    return found
