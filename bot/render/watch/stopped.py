"""To the owner of a daily post that had to be stopped."""

from __future__ import annotations

from bot.render.message import Message
from bot.render.watch.parts import blocks
from bot.render.watch.parts.posts import stop_words
from bot.render.watch.parts.typed import channel_link


def stopped(channel: str, reason: str) -> Message:
    """A direct message.  channel: its id; reason: Slack's word for why it takes no posts"""
    where, why = channel_link(channel), stop_words(reason)
    words = (
        f"The daily post in {where} is stopped: {why}.\n"
        "Its rules are kept and read. What was not posted yet is dropped; "
        "`/digest on` in the channel starts the post again."
    )
    return blocks.message(words, [blocks.section(words)])
