"""Correlations as a square: the funds on the diagonal, one kind of figure above it, another below."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isnan
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render.charts import numbers, theme
from bot.render.charts.frame import ROOM, framed
from bot.render.charts.sheet import Align, Sheet, line_width
from bot.render.charts.study.shades import Shades, ink
from bot.render.charts.theme import FINE, LABEL, MARGIN, TICK, WIDTH
from bot.render.doubts import MARK
from bot.render.section_chart_specs import MatrixChart

CAPTION, LEGEND, AIR = 70.0, 110.0, 24.0
FIGURES = {2: 72.0, 3: 72.0, 4: 64.0, 5: 56.0}
STEPS = 24


def build(picture: MatrixChart) -> Figure:
    """The square with its figures written in, and what the colours stand for."""
    count = len(picture.symbols)
    width = ROOM / count
    height = min(190.0, max(110.0, width * 0.62))
    sheet, top = framed(picture, AIR + CAPTION + height * count + CAPTION + LEGEND)
    shades = shades_of(np.stack([picture.upper, picture.lower]))
    square = top + AIR + CAPTION
    bottom = square + height * count
    _words(sheet, WIDTH - MARGIN, square - 24, f"Above the names: {picture.above}", align="right")
    _words(sheet, MARGIN, bottom + 50, f"Below the names: {picture.below}")
    for (row, column), _ in np.ndenumerate(picture.upper):
        corner = (MARGIN + width * column, square + height * row)
        _cell(sheet, picture, shades, (row, column), corner, (width, height))
    _legend(sheet, shades, bottom + CAPTION + 20)
    return sheet.figure


def shades_of(values: FloatArray) -> Shades:
    """From a tenth at or below the lowest value up to 1; from -1 where one is below 0."""
    off = values[:, ~np.eye(values.shape[1], dtype=bool)]
    lowest = float(np.min(off[np.isfinite(off)], initial=1.0))
    if lowest < 0:
        return Shades(-ceil(-lowest * 10 - 1e-9) / 10)
    return Shades(min(0.9, floor(lowest * 10 + 1e-9) / 10))


def _words(sheet: Sheet, x: float, y: float, words: str, align: Align = "left") -> None:
    sheet.text(x, y, words, colour=theme.QUIET, align=align, kind="caption")


def _cell(
    sheet: Sheet,
    picture: MatrixChart,
    shades: Shades,
    place: tuple[int, int],
    corner: tuple[float, float],
    size: tuple[float, float],
) -> None:
    (row, column), (x, y), (width, height) = place, corner, size
    if row == column:
        mark = MARK if picture.symbols[row] in picture.doubtful else ""
        _name(sheet, f"{picture.symbols[row]}{mark}", x + width / 2, y + height / 2, width - 16)
        return
    value = float((picture.upper if row < column else picture.lower)[row, column])
    colour = theme.PAPER if isnan(value) else shades(value)
    sheet.box(x + 3, y + 3, width - 6, height - 6, colour=colour, kind="cell")
    figure = FIGURES.get(len(picture.symbols), 48.0)
    written = theme.QUIET if isnan(value) else ink(colour)
    look: dict[str, Any] = {"colour": written, "align": "center", "kind": "figure"}
    sheet.text_at(x + width / 2, y + height / 2, numbers.correlation(value), size=figure, **look)


def _name(sheet: Sheet, symbol: str, x: float, y: float, room: float) -> None:
    """On one line, else broken after a hyphen or a point."""
    size = next((size for size in (LABEL, TICK, FINE) if line_width(symbol, size, bold=True) <= room), FINE)
    lines = [symbol] if line_width(symbol, size, bold=True) <= room else _broken(symbol)
    for number, line in enumerate(lines):
        middle = y + 1.2 * size * (number - (len(lines) - 1) / 2)
        sheet.text_at(x, middle, line, size=size, bold=True, align="center", kind="name")


def _broken(symbol: str) -> Sequence[str]:
    at = max(symbol.find(mark) for mark in "-.=") + 1
    at = at if 0 < at < len(symbol) else (len(symbol) + 1) // 2
    return (symbol[:at], symbol[at:])


def _legend(sheet: Sheet, shades: Shades, top: float) -> None:
    """A strip of the colours with the values at its ends, and 0 where it lies between."""
    left, width = MARGIN + 120.0, ROOM - 240.0
    for step in range(STEPS):
        value = shades.low + (shades.high - shades.low) * (step + 0.5) / STEPS
        sheet.box(left + width * step / STEPS, top, width / STEPS + 1, 32, colour=shades(value), kind="strip")
    for value, x, align in ((shades.low, left - 16, "right"), (shades.high, left + width + 16, "left")):
        look: dict[str, Any] = {"size": FINE, "colour": theme.QUIET, "align": align, "kind": "scale"}
        sheet.text_at(x, top + 16, numbers.exact(value, 1), **look)
    if shades.low < 0:
        zero = left + width * -shades.low / (shades.high - shades.low)
        sheet.text(zero, top + 66, "0", size=FINE, colour=theme.QUIET, align="center", kind="scale")
