"""A comparison in the terminal: the same finding, table, notes and convention as in Slack."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.console import Group as Stack
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from analytics.comparison import Comparison
from analytics.notes import Note
from bot.render.comparison.answer import heading, remarks
from bot.render.comparison.convention import convention
from bot.render.comparison.finding import finding
from bot.render.comparison.rows import Row, dash_notes, groups
from bot.render.doubts import legend

DEEP, DEEPER = 2, 4
"""Columns that the name of a row, and what is left of it, stand in from its group's."""


def terminal(comparison: Comparison, notes: Sequence[Note] = ()) -> RenderableType:
    """Everything but the pictures, for rich to print."""
    rows = [row for group in groups(comparison) for row in group.rows]
    explained = legend(doubt for row in rows for doubt in row.doubts)
    return Stack(
        Text(heading(comparison), style="bold"),
        Text(),
        *(Prose(sentence) for sentence in finding(comparison)),
        Text(),
        _table(comparison),
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
class Label:
    """The name of a row: where the console is too narrow for it, what is left stands deeper, as no row's."""

    words: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give lines that fit the column."""
        width = max(options.max_width, DEEPER + 1)
        for line in textwrap.wrap(
            self.words, width, initial_indent=" " * DEEP, subsequent_indent=" " * DEEPER
        ):
            yield Text(line, no_wrap=True, overflow="ignore")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Take room for the longest word at least, for all of it at most."""
        longest = max(map(len, self.words.split()), default=0)
        return Measurement(DEEPER + longest, DEEP + len(self.words)).with_maximum(options.max_width)


def _table(comparison: Comparison) -> Table:
    symbols = comparison.symbols
    pair = len(symbols) == 2
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for head in [*symbols, *([f"{symbols[0]} - {symbols[1]}"] if pair else [])]:
        table.add_column(head, justify="right", no_wrap=True)
    for group in groups(comparison):
        table.add_row(Text(group.title, style="bold"))
        for row in group.rows:
            table.add_row(*_cells(row), *([Text(row.difference)] if pair else []))
    return table


def _cells(row: Row) -> list[RenderableType]:
    styles = ["bold" if index == row.marked else "" for index in range(len(row.cells))]
    cells = [Text(cell, style=style) for cell, style in zip(row.cells, styles, strict=True)]
    return [Label(row.label), *cells]
