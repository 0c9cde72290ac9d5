"""A comparison as one Slack message: finding, table, charts, notes, convention."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from analytics.notes import Note
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.comparison.charts import pictures
from bot.render.comparison.convention import SAMPLE, convention
from bot.render.comparison.finding import finding, plain, title
from bot.render.comparison.notes import all_notes, sentence
from bot.render.comparison.table import table_block, table_notes
from bot.render.fit import remarks_block
from bot.render.message import Block, Message


def answer(
    comparison: Comparison,
    notes: Sequence[Note] = (),
    asked_by: str | None = None,
    below: Sequence[Block] = (),
) -> Message:
    """The whole answer.

    notes : what the sources had to say, beside the comparison's own notes
    asked_by : Slack id of the person, named under the answer because Slack does not show the command
    below : blocks that end the message, what can be asked next
    """
    sentences = finding(comparison)
    shown = pictures(comparison)
    blocks = [
        _header(heading(comparison)),
        _section(text.escape("\n".join(sentences))),
        table_block(comparison),
        *remarks_block(table_notes(comparison, notes)),
        *(_slot(picture) for picture in shown),
        *remarks_block(remarks(comparison, notes)),
        _context(_footer(comparison, asked_by)),
        *below,
    ]
    words = text.escape(f"{heading(comparison)}: {plain(sentences)}")
    return Message(words, tuple(blocks), shown)


def heading(comparison: Comparison) -> str:
    """The title, which says where the data are simulated, and where returns are not daily."""
    weekly = ", weekly returns" if comparison.question.weekly else ""
    words = f"{title(comparison)}{weekly}"
    return f"{SAMPLE} · {words}" if comparison.simulated else words


def remarks(comparison: Comparison, notes: Sequence[Note]) -> tuple[str, ...]:
    """All notes in words, the doubts about prices first, each once."""
    return tuple(sentence(note) for note in all_notes(comparison, notes))


def _footer(comparison: Comparison, asked_by: str | None) -> str:
    line = f"`{text.escape(convention(comparison))}`"
    return f"{line}\nAsked by <@{asked_by}>" if asked_by else line


def _header(words: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": words}}


def _section(words: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def _context(words: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}


def _slot(picture: ChartSpec) -> Block:
    title_text = {"type": "plain_text", "text": picture.title}
    return {"type": "image", "slot": picture.name, "alt_text": picture.alt, "title": title_text}
