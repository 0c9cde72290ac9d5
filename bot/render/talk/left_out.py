"""A digest may tell of more funds than stand side by side: the answer says so."""

from __future__ import annotations

from dataclasses import replace

from bot.render.message import Message
from bot.render.text import count


def left_out(message: Message, more: int) -> Message:
    """The same with a line that says how many funds of the post above are not in it; as it is for none."""
    if not more:
        return message
    funds = "1 more fund is" if more == 1 else f"{count(more)} more funds are"
    line = f"{funds} named above than fit side by side; name those to be shown, e.g. `sectors ISCB SPSM`."
    block = {"type": "context", "elements": [{"type": "mrkdwn", "text": f"_{line}_"}]}
    return replace(message, text=f"{message.text} {line}", blocks=(*message.blocks, block))
