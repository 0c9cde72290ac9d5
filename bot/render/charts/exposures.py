"""What funds hold: sector weights with their gaps, and the ten largest positions as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render import chart_text
from bot.render.chart_specs import HoldingsChart, PositionStack, SectorChart
from bot.render.charts import theme
from bot.render.charts.heatmaps import SECTOR_WIDTH, build_sector_table, draw_sectors, sector_pitch
from bot.render.charts.scales import AxisScale, round_ticks
from bot.render.charts.sheet import KEY_AIR, Sheet, framed_sheet, line_width, text_width, widest
from bot.render.charts.theme import FINE, LABEL, MARGIN, TICK, WIDTH

PAIR = 2

HEADS, BAR_HEIGHT = 56.0, 38.0
"""Height of what stands above the rows; of a bar."""
BEHIND_BAR = 14.0
"""From the end of a bar to its figure."""


@dataclass(frozen=True)
class Grid:
    """Where things stand: one row a sector, what a bar shows across, weights at the right edge.

    columns : right edges of the two funds' weights; none of one fund, whose bars have them
    """

    top: float
    rows: int
    pitch: float
    scale: AxisScale
    columns: tuple[float, ...]

    @property
    def bottom(self) -> float:
        """Lower edge of the last row."""
        return self.top + self.pitch * self.rows

    def middle(self, row: int) -> float:
        """Return the centre of a row."""
        return self.top + self.pitch * (row + 0.5)


def build_sectors(picture: SectorChart) -> Figure:
    """Draw bars: the weights of one fund, or the gaps of two beside their weights; a table of more."""
    if len(picture.symbols) > PAIR:
        return build_sector_table(picture)
    pair = picture.active is not None
    values = picture.weights[0] if picture.active is None else picture.active
    write = chart_text.points if pair else chart_text.percent
    words = [write(float(value)) for value in values]
    head = HEADS if pair else 0.0
    sheet, top = framed_sheet(
        picture, KEY_AIR + head + sector_pitch(picture.sectors) * len(picture.sectors) + KEY_AIR / 2
    )
    grid = _grid(picture, top + KEY_AIR + head, values, words)
    for row in range(grid.rows):
        sheet.rule(MARGIN, WIDTH - MARGIN, grid.top + grid.pitch * row, colour=theme.GRID, kind="grid")
    draw_sectors(sheet, picture.sectors, grid.top, grid.pitch)
    _draw_bars(sheet, grid, values, words)
    if pair:
        _draw_sides(sheet, picture, grid)
        _draw_weights(sheet, picture, grid)
    return sheet.figure


def _grid(picture: SectorChart, top: float, values: FloatArray, words: Sequence[str]) -> Grid:
    """Leave room for the figures on the sides where they stand."""
    known = values[np.isfinite(values)]
    low, high = float(np.min(known, initial=0.0)), float(np.max(known, initial=0.0))
    high = high if low < high else 0.01
    right, columns = float(WIDTH - MARGIN), []
    for symbol, weights in reversed(list(zip(picture.symbols, picture.weights, strict=True))):
        if picture.active is not None:
            columns.append(right)
            shown = [chart_text.percent(float(weight)) for weight in weights]
            right -= max(widest(shown, TICK), text_width(symbol, FINE, bold=True)) + KEY_AIR
    left = MARGIN + min(SECTOR_WIDTH, widest(picture.sectors, TICK)) + KEY_AIR
    room = BEHIND_BAR + widest(words, FINE)
    scale = AxisScale(low, high, left + room * (low < 0), right - room)
    pitch = sector_pitch(picture.sectors)
    return Grid(top, len(picture.sectors), pitch, scale, tuple(reversed(columns)))


def _draw_bars(sheet: Sheet, grid: Grid, values: FloatArray, words: Sequence[str]) -> None:
    """Draw each from zero in the colour of the fund that has more, its figure beyond its end."""
    zero = grid.scale.at(0.0)
    for row, (value, told) in enumerate(zip(values.tolist(), words, strict=True)):
        middle, behind = grid.middle(row), value < 0
        end = zero if isnan(value) else grid.scale.at(value)
        colour = sheet.looks[behind].colour
        sheet.box(zero, middle - BAR_HEIGHT / 2, end - zero, BAR_HEIGHT, colour=colour, kind="bar")
        x, align = end - BEHIND_BAR if behind else end + BEHIND_BAR, "right" if behind else "left"
        shade = theme.QUIET if isnan(value) else colour
        sheet.text_at(x, middle, told, size=FINE, colour=shade, align=align, kind="figure")
    sheet.line([zero, zero], [grid.top, grid.bottom], colour=theme.RULE, width=3, kind="start")


def _draw_sides(sheet: Sheet, picture: SectorChart, grid: Grid) -> None:
    """Say on which side of zero is whose, where there is room for it."""
    zero, middle = grid.scale.at(0.0), grid.top - HEADS / 2
    left, right = MARGIN, min(grid.columns) - widest(picture.symbols, FINE, bold=True) - KEY_AIR
    one, other = (f"more in {symbol}" for symbol in picture.symbols)
    if zero + KEY_AIR / 2 + text_width(one, FINE) <= right:
        colour = sheet.looks[0].colour
        sheet.text_at(zero + KEY_AIR / 2, middle, one, size=FINE, colour=colour, kind="side")
    if zero - KEY_AIR / 2 - text_width(other, FINE) >= left:
        colour = sheet.looks[1].colour
        x = zero - KEY_AIR / 2
        sheet.text_at(x, middle, other, size=FINE, colour=colour, align="right", kind="side")


def _draw_weights(sheet: Sheet, picture: SectorChart, grid: Grid) -> None:
    for fund, (right, symbol) in enumerate(zip(grid.columns, picture.symbols, strict=True)):
        colour, look = sheet.looks[fund].colour, {"size": FINE, "bold": True}
        sheet.text_at(right, grid.top - HEADS / 2, symbol, colour=colour, align="right", kind="head", **look)
        for row, weight in enumerate(picture.weights[fund].tolist()):
            shade = theme.QUIET if isnan(weight) else theme.INK
            words = chart_text.percent(weight)
            sheet.text_at(right, grid.middle(row), words, colour=shade, align="right", kind="weight")


KEY, HEAD, BAR, NAMES_HEIGHT, GAP, AXIS = 74.0, 62.0, 66.0, 58.0, 34.0, 62.0
"""Heights: the key, a fund's name with its total, its bar, the names below, from fund to fund, the axis."""
LEAST = 380.0
"""Lowest body: the mark on simulated data needs it."""
CELL = 44.0
PALE = 0.28
"""How much ink a position has that no other fund is known to hold."""
SEAM = 4.0
"""Paper between two positions, less where a position is hardly wider."""
NOT_KNOWN = "positions not known"


def build_holdings(picture: HoldingsChart) -> Figure:
    """Draw the key where funds are compared, then fund below fund, then the scale."""
    compared = sum(bool(stack.weights) for stack in picture.stacks) > 1
    heights = [_height(stack) for stack in picture.stacks]
    body = (KEY if compared else 0.0) + sum(heights) + AXIS
    sheet, top = framed_sheet(picture, max(LEAST, body))
    scale = _scale(picture)
    if compared:
        _draw_key(sheet, top + KEY / 2)
    first = top + (KEY if compared else 0.0) + max(LEAST - body, 0.0) / 2
    tops = [first + sum(heights[:row]) for row in range(len(heights))]
    bars = [at + HEAD for at, stack in zip(tops, picture.stacks, strict=True) if stack.weights]
    _draw_axis(sheet, scale, bars, first + sum(heights) - GAP / 2)
    for row, (at, stack) in enumerate(zip(tops, picture.stacks, strict=True)):
        _draw_stack(sheet, stack, scale, at, sheet.looks[row].colour, PALE if compared else 1.0)
    return sheet.figure


def _height(stack: PositionStack) -> float:
    """Return the height of a fund's bars; one without known positions needs its name only."""
    return HEAD + (BAR + NAMES_HEIGHT if stack.weights else 0.0) + GAP


def _scale(picture: HoldingsChart) -> AxisScale:
    most = max((sum(stack.weights) for stack in picture.stacks), default=0.0) or 0.01
    return AxisScale(0.0, most, MARGIN, WIDTH - MARGIN)


def _draw_key(sheet: Sheet, middle: float) -> None:
    """Draw the key in grey, for the two shades mean the same in every fund's colour."""
    left = float(MARGIN)
    for words, shade in (("also known in another fund", 1.0), ("in this fund alone, as far as known", PALE)):
        sheet.box(left, middle - CELL / 2, CELL, CELL, colour=theme.QUIET, alpha=shade, kind="key")
        sheet.text_at(left + CELL + 16, middle, words, colour=theme.QUIET, kind="key")
        left += CELL + 16 + line_width(words, TICK) + 48


def _draw_axis(sheet: Sheet, scale: AxisScale, bars: list[float], bottom: float) -> None:
    """Draw lines beside the bars only, so that no text is crossed; the values once, below all."""
    ticks = round_ticks(scale.low, scale.high, most=5)
    digits = max(0, ticks.decimals - 2)
    for value in ticks.values:
        x = scale.at(value)
        for top in bars:
            sheet.line([x, x], [top - 4, top + BAR + 4], colour=theme.GRID, width=2, kind="grid", zorder=0.6)
        words = chart_text.percent(value, digits)
        half = text_width(words, TICK) / 2
        middle = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
        sheet.text(middle, bottom + 44, words, colour=theme.QUIET, align="center", kind="tick")


def _draw_stack(
    sheet: Sheet, stack: PositionStack, scale: AxisScale, top: float, colour: str, pale: float
) -> None:
    middle = top + HEAD / 2
    sheet.text_at(MARGIN, middle, stack.symbol, size=LABEL, colour=colour, bold=True, kind="symbol")
    total = stack.total or NOT_KNOWN
    sheet.text_at(WIDTH - MARGIN, middle, total, align="right", kind="total")
    _draw_bar(sheet, stack, scale, top + HEAD, colour, pale)
    if names := _fitting(stack.largest):
        sheet.text_at(MARGIN, top + HEAD + BAR + NAMES_HEIGHT / 2, names, colour=theme.QUIET, kind="names")


def _draw_bar(
    sheet: Sheet, stack: PositionStack, scale: AxisScale, top: float, colour: str, pale: float
) -> None:
    """Draw a fund's positions as one bar.

    pale : the ink of what is in this fund alone; full where there is no other to share with.
    """
    reached = 0.0
    for weight, shared in zip(stack.weights, stack.shared, strict=True):
        left, right = scale.at(reached), scale.at(reached + weight)
        seam = min(SEAM, (right - left) / 4)
        shade, kind = (1.0, "shared") if shared else (pale, "alone")
        sheet.box(left, top, right - left - seam, BAR, colour=colour, alpha=shade, kind=kind)
        reached += weight


def _fitting(names: tuple[str, ...]) -> str:
    """Join as many of the names as fit in one line; a single one that is too long is cut."""
    room = WIDTH - 2 * MARGIN
    for count in range(len(names), 0, -1):
        line = " · ".join(names[:count])
        if line_width(line, TICK) <= room:
            return line
    return _cut(names[0], room) if names else ""


def _cut(words: str, room: float) -> str:
    while line_width(f"{words}…", TICK) > room:
        words = words[:-1]
    return f"{words}…"
