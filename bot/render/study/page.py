"""The frame that every study stands in: header, finding, pictures, one table, remarks, convention."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analytics.notes import NoteKind, doubt_notes
from analytics.panel import Doubt
from bot.render import text
from bot.render.chart_specs import ChartSpec
from bot.render.comparison.convention import SAMPLE
from bot.render.comparison.finding import plain
from bot.render.comparison.notes import all_notes, sentence
from bot.render.doubts import MARK, legend, remark, warn
from bot.render.fit import remarks_block
from bot.render.message import Block, Message
from bot.render.study.found import SectionAnswer

COLUMNS = 4
"""Most columns of a table: a phone shows no more."""
UPRIGHT = COLUMNS - 1
"""Most funds that stand in columns; more of them lie down, one line a fund."""


@dataclass(frozen=True)
class TableLine:
    """One line of a table, plain texts.

    bold : the columns that are set in bold, counted from 0
    doubts : what the cells with the mark of a doubt rest on
    """

    cells: tuple[str, ...]
    bold: frozenset[int] = frozenset()
    doubts: tuple[Doubt, ...] = ()

    def with_doubts(self, doubts: Sequence[Doubt], last: int = COLUMNS) -> TableLine:
        """Mark the figures of a line after its name, up to the column `last`; nothing without doubts."""
        if not doubts:
            return self
        cells = tuple(
            f"{cell}{MARK}" if 0 < at <= last and cell != text.NONE else cell
            for at, cell in enumerate(self.cells)
        )
        return TableLine(cells, doubts=tuple(doubts))


def head(*cells: str) -> TableLine:
    """A line of headings: where a new group begins its own, repeated headings stay in sight on a phone."""
    return TableLine(cells, frozenset(range(len(cells))))


def table(lines: Sequence[TableLine], left: int = 1) -> Block:
    """A table block; a cell without text, and one that a shorter line lacks, is a dash.

    left : how many columns are flush left; the others hold numbers
    """
    width = max(len(line.cells) for line in lines)
    # Headings may wrap; numbers do not, a no-break space holds them to their units.
    sides = [{"align": "left" if at < left else "right", "is_wrapped": True} for at in range(width)]
    return {"type": "table", "column_settings": sides, "rows": [_row(line, width) for line in lines]}


def page(
    found: SectionAnswer,
    *,
    title: str,
    finding: Sequence[str],
    foot: str,
    lines: Sequence[TableLine] = (),
    left: int = 1,
    pictures: Sequence[ChartSpec] = (),
    remarks: Sequence[str] = (),
    doubts: Sequence[Doubt] = (),
    warnings: Sequence[str] | None = None,
) -> Message:
    """The whole answer.  All texts are plain: they are escaped here; in `finding` *bold* is Slack's.

    title : where the data are simulated, this is said before it
    finding : two to four sentences that stand alone; with the title they are the notification
    foot : the convention of every number above, e.g. window, dates, rate and source
    lines : the table, none where there is nothing to show; `left` as in `table`
    remarks : what limits the figures, see `told`
    doubts : prices in the study's own window that look wrong: each is remarked upon
    warnings : what they mean, before the finding; by default what `doubts.warn` says
    """
    named = f"{SAMPLE} · {title}" if found.comparison.simulated else title
    said = (*(_warnings(found, doubts) if warnings is None else warnings), *finding)
    explained = legend(doubt for line in lines for doubt in line.doubts)
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": named}},
        {"type": "section", "text": {"type": "mrkdwn", "text": text.escape("\n".join(said))}},
        *(_slot(picture) for picture in pictures),
        *([table(lines, left)] if lines else []),
        *([_context(text.escape(explained))] if explained else []),
        *remarks_block([*map(remark, doubt_notes(doubts)), *remarks]),
        _context(_footer(foot, found.asked_by)),
    ]
    return Message(text.escape(f"{named}: {plain(said)}"), tuple(blocks), tuple(pictures))


def _warnings(found: SectionAnswer, doubts: Sequence[Doubt]) -> tuple[str, ...]:
    """Of doubts that are older than the window asked, the years count from the first of them on."""
    span = found.comparison.span
    first = min([span.start, *(doubt.session for doubt in doubts)])
    return warn(doubts, (span.end - first).days)


def told(found: SectionAnswer, kinds: Collection[NoteKind] | None = None) -> tuple[str, ...]:
    """All remarks in words, or those of some kinds: the sources' first, each once."""
    notes = all_notes(found.comparison, found.notes)
    return tuple(sentence(note) for note in notes if kinds is None or note.kind in kinds)


def names(symbols: Sequence[str]) -> str:
    """ "ISCB vs SPSM"."""
    return " vs ".join(symbols)


def _footer(foot: str, asked_by: str | None) -> str:
    line = f"`{text.escape(foot)}`"
    return f"{line}\nAsked by <@{asked_by}>" if asked_by else line


def _row(line: TableLine, width: int) -> list[Block]:
    padded = [*line.cells, *[text.NONE] * (width - len(line.cells))]
    return [_bold(cell) if at in line.bold else _raw(cell) for at, cell in enumerate(padded)]


def _raw(shown: str) -> Block:
    return {"type": "raw_text", "text": shown.strip() or text.NONE}


def _bold(shown: str) -> Block:
    element = {"type": "text", "text": shown.strip() or text.NONE, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


def _context(words: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}


def _slot(picture: ChartSpec) -> Block:
    title = {"type": "plain_text", "text": picture.title}
    return {"type": "image", "slot": picture.name, "alt_text": picture.alt, "title": title}
