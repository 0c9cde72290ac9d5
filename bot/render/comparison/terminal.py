"""A comparison in the terminal: the same finding, table, notes and convention as in Slack."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from analytics.comparison import Comparison
from analytics.notes import Note
from bot.render.comparison.answer import heading, remarks
from bot.render.comparison.convention import convention
from bot.render.comparison.finding import finding
from bot.render.comparison.rows import Row, groups


def terminal(comparison: Comparison, notes: Sequence[Note] = ()) -> RenderableType:
    """Everything but the pictures, for rich to print."""
    return Stack(
        Text(heading(comparison), style="bold"),
        Text(),
        *(_marked(sentence) for sentence in finding(comparison)),
        Text(),
        _table(comparison),
        Text(),
        *(Text(remark, style="italic") for remark in remarks(comparison, notes)),
        Text(convention(comparison), style="dim"),
    )


def _marked(sentence: str) -> Text:
    """Slack's *bold* as bold."""
    shown = Text()
    for index, part in enumerate(sentence.split("*")):
        shown.append(part, style="bold" if index % 2 else "")
    return shown


def _table(comparison: Comparison) -> Table:
    symbols = comparison.symbols
    pair = len(symbols) == 2
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for head in [*symbols, *([f"{symbols[0]} - {symbols[1]}"] if pair else [])]:
        table.add_column(head, justify="right")
    for group in groups(comparison):
        table.add_row(Text(group.title, style="bold"))
        for row in group.rows:
            table.add_row(*_cells(row), *([Text(row.difference)] if pair else []))
    return table


def _cells(row: Row) -> list[Text]:
    styles = ["bold" if index == row.marked else "" for index in range(len(row.cells))]
    cells = [Text(cell, style=style) for cell, style in zip(row.cells, styles, strict=True)]
    return [Text(f"  {row.label}"), *cells]
