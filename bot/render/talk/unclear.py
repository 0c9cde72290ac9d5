"""What was not understood, with what may have been meant as buttons; the text alone says the same."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import Unclear, UnknownSymbols
from bot.model import SectionQuery
from bot.render.message import Message
from bot.render.talk.buttons import ask
from bot.render.text import escape, listed, printable

MOST = 3
"""Things that may have been meant: more are a list to read, not a choice to make."""
MOST_COMPLAINTS = 6
LONGEST = 200
ROW = "talk.meant"


def not_understood(fault: Unclear, meant: Sequence[str]) -> Message:
    """A question that cannot be read.

    meant: the things most like it that can be asked, the likeliest first, as they are typed.
    """
    lines = [
        f"I could not read {_code(fault.given)}." if fault.given.strip() else "What do you want to know?",
        *(f"• {escape(printable(each))}" for each in fault.complaints[:MOST_COMPLAINTS]),
        *([f"Read as: {escape(', '.join(fault.read))}."] if fault.read else []),
        *_choice(meant),
        "`help` says all that can be asked.",
    ]
    return _message(lines, [SectionQuery(text) for text in meant])


def unknown(fault: UnknownSymbols, meant: Sequence[SectionQuery]) -> Message:
    """Symbols that the source does not have.

    meant: the same question with known symbols in their place.
    """
    lines = [escape(printable(each)) for each in fault.complaints]
    return _message([*lines, *_choice([each.text for each in meant])], meant)


def _choice(meant: Sequence[str]) -> list[str]:
    codes = [_code(each) for each in meant[:MOST]]
    return [f"You can ask {listed(codes, 'or')}."] if codes else []


def _code(typed: str) -> str:
    """What somebody typed, on one line and safe between backticks."""
    shown = " ".join(printable(typed).replace("`", "'").split())
    return f"`{escape(shown if len(shown) <= LONGEST else f'{shown[:LONGEST]}…')}`"


def _message(lines: Sequence[str], asks: Sequence[SectionQuery]) -> Message:
    words = "\n".join(lines)
    buttons = [ask(each.text, f"meant.{at}", each) for at, each in enumerate(asks[:MOST], 1)]
    row = [{"type": "actions", "block_id": ROW, "elements": buttons}] if buttons else []
    return Message(words, ({"type": "section", "text": {"type": "mrkdwn", "text": words}}, *row))
