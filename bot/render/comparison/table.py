"""The table of an answer as a Slack table block: four columns at most, so that a phone shows it whole."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from analytics.notes import Note
from bot.render import text
from bot.render.comparison.rows import Group, Row, dash_notes, groups
from bot.render.doubts import legend
from bot.render.message import Block

COLUMNS = 4
Cell = dict[str, object]


def table_block(comparison: Comparison) -> Block:
    """Two or three funds stand in columns; more stand in rows, with the three main figures of each group."""
    found = groups(comparison)
    symbols = comparison.symbols
    rows = _upright(found, symbols) if len(symbols) < COLUMNS else _lying(found, symbols)
    # Headings may wrap; numbers do not, a no-break space holds them to their units.
    right = {"align": "right", "is_wrapped": True}
    sides = [{"align": "left", "is_wrapped": True}, *(right for _ in rows[0][1:])]
    return {"type": "table", "column_settings": sides, "rows": rows}


def table_notes(comparison: Comparison, notes: Sequence[Note]) -> tuple[str, ...]:
    """Explain the mark on doubtful figures, and tell why there are dashes in the table, see `dash_notes`."""
    shown = [row for group in groups(comparison) for row in _shown(group, comparison.symbols)]
    explained = legend(doubt for row in shown for doubt in row.doubts)
    return (*([explained] if explained else []), *dash_notes(comparison, shown, notes))


def _shown(group: Group, symbols: Sequence[str]) -> tuple[Row, ...]:
    return group.rows if len(symbols) < COLUMNS else group.main[: COLUMNS - 1]


def _upright(found: Sequence[Group], symbols: Sequence[str]) -> list[list[Cell]]:
    """A line a figure; each group repeats the symbols, so that they stay in sight on a phone."""
    pair = len(symbols) == 2
    heads = [*symbols, text.less(symbols[0], symbols[1])] if pair else list(symbols)
    lines = []
    for group in found:
        lines.append([_bold(group.title), *(_bold(head) for head in heads)])
        lines += [
            [_raw(row.label), *_cells(row), *([_raw(row.difference)] if pair else [])] for row in group.rows
        ]
    return lines


def _lying(found: Sequence[Group], symbols: Sequence[str]) -> list[list[Cell]]:
    """A line a fund, the main figures of a group side by side."""
    lines = []
    for group in found:
        main = _shown(group, symbols)
        heads = [_bold(row.label) for row in main] + [_raw("–")] * (COLUMNS - 1 - len(main))
        lines.append([_bold(group.title), *heads])
        for index, symbol in enumerate(symbols):
            cells = [_cells(row)[index] for row in main] + [_raw("–")] * (COLUMNS - 1 - len(main))
            lines.append([_raw(symbol), *cells])
    return lines


def _cells(row: Row) -> list[Cell]:
    return [_bold(cell) if index == row.marked else _raw(cell) for index, cell in enumerate(row.cells)]


def _raw(shown: str) -> Cell:
    return {"type": "raw_text", "text": shown}


def _bold(shown: str) -> Cell:
    element = {"type": "text", "text": shown, "style": {"bold": True}}
    section = {"type": "rich_text_section", "elements": [element]}
    return {"type": "rich_text", "elements": [section]}
