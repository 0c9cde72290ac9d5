"""Tables of figures: up to three funds in columns, more of them lying down."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render import text
from bot.render.comparison.material import best
from bot.render.comparison.rows import Row
from bot.render.comparison.values import Values
from bot.render.measures import Show
from bot.render.study.page import UPRIGHT, TableLine, head

PAIR = 2


def row(label: str, values: Values, show: Show, gap: Show | None = None, rule: str | None = None) -> Row:
    """One figure of every fund.

    gap : writes the difference of the first and the last fund, None where it means nothing
    rule : of `material.RULES`, by which the better one is set in bold
    """
    cells = tuple(text.NONE if value is None else show(value) for value in values)
    first, last = values[0], values[-1]
    difference = text.NONE if gap is None or first is None or last is None else gap(first - last)
    return Row(label, cells, difference, best(rule, values) if rule else None, main=True)


def laid(title: str, symbols: Sequence[str], rows: Sequence[Row]) -> list[TableLine]:
    """Rows under one heading; rows without any figure are left out, and the heading with them."""
    kept = [each for each in rows if set(each.cells) != {text.NONE}]
    if not kept:
        return []
    if len(symbols) > UPRIGHT:
        return _lying(symbols, kept)
    gaps = len(symbols) == PAIR and any(each.difference != text.NONE for each in kept)
    heading = head(title, *symbols, *([text.less(symbols[0], symbols[1])] if gaps else []))
    return [heading, *(_line(each, gaps=gaps) for each in kept)]


def _line(of: Row, *, gaps: bool) -> TableLine:
    bold = frozenset() if of.marked is None else frozenset({of.marked + 1})
    return TableLine((of.label, *of.cells, *([of.difference] if gaps else [])), bold, of.doubts)


def _lying(symbols: Sequence[str], rows: Sequence[Row]) -> list[TableLine]:
    """One line a fund, three figures across; then the next three."""
    lines = []
    for at in range(0, len(rows), UPRIGHT):
        part = rows[at : at + UPRIGHT]
        doubts = tuple(doubt for each in part for doubt in each.doubts)
        lines.append(head("Fund", *(each.label for each in part)))
        for fund, symbol in enumerate(symbols):
            bold = frozenset(column + 1 for column, each in enumerate(part) if each.marked == fund)
            lines.append(TableLine((symbol, *(each.cells[fund] for each in part)), bold, doubts))
    return lines
