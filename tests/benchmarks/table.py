"""One look for all benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def print_table(title: str, rows: Sequence[Mapping[str, str]], note: str = "") -> None:
    """Print rows as a table; the columns are the keys of the first row, the first of them to the left.

    note : what a reader must know of the figures, printed below
    """
    table = Table(title=title, title_justify="left", caption=note or None, caption_justify="left")
    for at, name in enumerate(rows[0]):
        table.add_column(name, justify="left" if at == 0 else "right")
    for row in rows:
        table.add_row(*(row[name] for name in rows[0]))
    Console(width=110, highlight=False).print(table)
