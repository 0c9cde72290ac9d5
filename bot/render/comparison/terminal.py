"""A comparison in the terminal: the same finding, table, notes and convention as in Slack."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.console import Group as Stack
from rich.table import Table
from rich.text import Text

from analytics.comparison import Comparison
from analytics.notes import Note
from bot.render.comparison.answer import heading, remarks
from bot.render.comparison.convention import convention
from bot.render.comparison.finding import finding
from bot.render.comparison.rows import Group, Row, dash_notes, groups
from bot.render.doubts import legend

DEEP, DEEPER = 2, 4
"""Columns that the name of a row, and what is left of it, stand in from its group's."""
BETWEEN = 2
"""Columns between a fund's and the one before."""


def terminal(comparison: Comparison, notes: Sequence[Note] = ()) -> RenderableType:
    """Everything but the pictures, for rich to print."""
    rows = [row for group in groups(comparison) for row in group.rows]
    explained = legend(doubt for row in rows for doubt in row.doubts)
    return Stack(
        Prose(heading(comparison), style="bold"),
        Text(),
        *(Prose(sentence) for sentence in finding(comparison)),
        Text(),
        Figures(comparison),
        *(Prose(words) for words in [explained] if words),
        *(Prose(note, style="dim") for note in dash_notes(comparison, rows, notes)),
        Text(),
        *(Prose(remark, style="italic") for remark in remarks(comparison, notes)),
        Prose(convention(comparison), style="dim"),
    )


@dataclass(frozen=True)
class Prose:
    """A sentence that wraps at spaces only: rich would part a number from its unit at a no-break space."""

    sentence: str
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lines that fit the console, Slack's *bold* as bold."""
        for line in textwrap.wrap(self.sentence, options.max_width, break_on_hyphens=False):
            shown = Text(style=self.style, no_wrap=True, overflow="ignore")
            for index, part in enumerate(line.split("*")):
                shown.append(part, style="bold" if index % 2 else "")
            yield shown


@dataclass(frozen=True)
class RowLabel:
    """The name of a row: where the console is too narrow for it, what is left stands deeper, as no row's."""

    words: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give lines that fit the column."""
        width = max(options.max_width, DEEPER + 1)
        for line in textwrap.wrap(
            self.words, width, initial_indent=" " * DEEP, subsequent_indent=" " * DEEPER
        ):
            yield Text(line, no_wrap=True, overflow="ignore")


@dataclass(frozen=True)
class Figures:
    """The table; funds that the console has no room for stand in another one below."""

    comparison: Comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give as few tables as it takes, each with about as many funds."""
        found, heads = groups(self.comparison), _heads(self.comparison)
        rows = [_cells(row, len(heads)) for group in found for row in group.rows]
        widths = [max(map(len, column)) + BETWEEN for column in zip(heads, *rows, strict=True)]
        labels = [row.label for group in found for row in group.rows]
        words = [word for name in [*labels, *(group.title for group in found)] for word in name.split(" ")]
        least, most = DEEPER + max(map(len, words)), DEEP + max(map(len, labels))
        for number, columns in enumerate(_shared(widths, options.max_width - least)):
            taken = sum(widths[at] for at in columns)
            first = max(least, min(most, options.max_width - taken))
            table = _table(found, heads, columns, first)
            yield from [Text()] if number else []
            yield from console.render(table, options.update(width=max(options.max_width, first + taken)))


def _shared(widths: Sequence[int], room: int) -> Iterator[range]:
    """Columns side by side, as many as there is room for, and one at least; shared out evenly."""
    count = next(
        parts
        for parts in range(1, len(widths) + 1)
        if parts == len(widths)
        or all(sum(widths[at] for at in part) <= room for part in _parts(widths, parts))
    )
    yield from _parts(widths, count)


def _parts(widths: Sequence[int], count: int) -> list[range]:
    bounds = [len(widths) * part // count for part in range(count + 1)]
    return [range(first, last) for first, last in pairwise(bounds)]


def _heads(comparison: Comparison) -> list[str]:
    symbols = comparison.symbols
    return [*symbols, *([f"{symbols[0]} - {symbols[1]}"] if len(symbols) == 2 else [])]


def _cells(row: Row, count: int) -> list[str]:
    """The cells of a row; of a pair the difference too."""
    return [*row.cells, row.difference][:count]


def _table(found: Sequence[Group], heads: Sequence[str], columns: Sequence[int], first: int) -> Table:
    """Some of the columns.  first: width of that of the labels."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", width=first)
    for at in columns:
        table.add_column(heads[at], justify="right", no_wrap=True)
    for group in found:
        table.add_row(Text(group.title, style="bold"))
        for row in group.rows:
            cells = _cells(row, len(heads))
            shown = [Text(cells[at], style="bold" if at == row.marked else "") for at in columns]
            table.add_row(RowLabel(row.label), *shown)
    return table
