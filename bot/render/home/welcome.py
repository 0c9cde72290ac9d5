"""The first words: what it does in four lines, and three buttons."""

from __future__ import annotations

from bot.model import SectionQuery
from bot.render.message import Block, Message
from bot.render.talk.ids import ASK, OPEN_COMPARE, OPEN_WATCH
from bot.render.text import escape
from bot.render.watch.parts import blocks

LINES = (
    "*Watchpoint compares funds and watches them.* It states facts and gives no advice.",
    "`/compare ISCB SPSM` says which fund was ahead, at what risk and at what cost, with charts.",
    "In the answer's thread `@watchpoint sectors`, `5y` or `vs IWM` asks the next question.",
    escape("`/watch ISCB sortino < 1.0 for 5 sessions` tells the channel once when that is so; ")
    + "`/digest off` ends its daily post.",
)


def welcome() -> Message:
    """For a channel that the bot has come into."""
    return blocks.message("\n".join(LINES), words())


def words() -> list[Block]:
    """The same as blocks, for a message or a view."""
    return [blocks.section("\n".join(LINES)), *blocks.actions("welcome", buttons())]


def buttons() -> list[Block]:
    """The three things that one can begin with."""
    return [
        blocks.button("Compare funds", OPEN_COMPARE, "welcome", "primary"),
        blocks.button("Watch a fund", OPEN_WATCH, "welcome"),
        blocks.button("What can I ask?", f"{ASK}help", SectionQuery("help").value),
    ]
