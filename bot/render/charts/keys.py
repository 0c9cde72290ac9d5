"""The names of funds above a chart, each with its mark, in as many lines as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.charts.sheet import Marker, Sheet, line_width
from bot.render.charts.theme import COLOURS, LABEL, MARGIN, MARKERS

AIR, LINE = 32.0, 50.0
SQUARE = MARKERS[1]


@dataclass(frozen=True)
class Key:
    """The name of a fund above the chart."""

    symbol: str
    line: int
    left: float


def keys(symbols: Sequence[str], room: float) -> list[Key]:
    """Where each name stands: side by side within `room` pixels, then in the next line."""
    placed, line, left = [], 0, 0.0
    for symbol in symbols:
        width = 44 + line_width(symbol, LABEL, bold=True)
        if left and left + width > room:
            line, left = line + 1, 0.0
        placed.append(Key(symbol, line, MARGIN + left))
        left += width + 2 * AIR
    return placed


def draw_keys(sheet: Sheet, placed: Sequence[Key], top: float, markers: Sequence[Marker]) -> None:
    """Mark and name in the colour of each fund."""
    for key, colour, marker in zip(placed, COLOURS, markers, strict=False):
        middle = top + LINE * key.line + LABEL / 2
        sheet.dot(key.left + 14, middle, colour=colour, size=30, marker=marker, kind="key")
        sheet.text_at(key.left + 44, middle, key.symbol, size=LABEL, colour=colour, bold=True, kind="key")
