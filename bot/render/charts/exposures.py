"""What funds hold: sector weights side by side, and the ten largest positions as bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from bot.render import chart_text
from bot.render.chart_specs import HoldingsChart, PositionStack, SectorChart
from bot.render.charts import theme
from bot.render.charts.scales import AxisScale, Ticks, round_ticks
from bot.render.charts.sheet import (
    KEY_AIR,
    KEY_LINE,
    SQUARE,
    Sheet,
    draw_keys,
    framed_sheet,
    line_width,
    place_keys,
    text_width,
    widest,
    wrap,
)
from bot.render.charts.theme import COLOURS, FINE, LABEL, MARGIN, MARKERS, TICK, WIDTH

NAMES_WIDTH, GAPS_WIDTH = 430.0, 330.0
"""Most that sector names and the heading of the active weights take across; longer ones break."""
FOOT = 60.0
MOST_BARS = 2
PITCH = (62.0, 76.0, 76.0, 80.0, 88.0, 96.0)
"""Height of a row by the number of funds."""
UNKNOWN = 110.0
"""From the scale of the dots to those whose weight is not known."""


@dataclass(frozen=True)
class Grid:
    """Where things stand: one row a sector, weights across, active weights at the right edge."""

    top: float
    pitch: float
    rows: int
    weight: AxisScale
    ticks: Ticks

    @property
    def bottom(self) -> float:
        """Lower edge of the last row."""
        return self.top + self.pitch * self.rows

    @property
    def unknown(self) -> float:
        """Where a fund stands whose weight is not known: left of the scale."""
        return self.weight.at_low - UNKNOWN

    def middle(self, row: int) -> float:
        """Return the centre of a row."""
        return self.top + self.pitch * (row + 0.5)


def build_sectors(picture: SectorChart) -> Figure:
    """Draw names at the left, weights in the middle, active weights at the right."""
    bars = len(picture.symbols) <= MOST_BARS
    heading = _heading(picture)
    names = place_keys(picture.symbols, WIDTH - 2 * MARGIN - widest(heading, TICK, bold=True) - 2 * KEY_AIR)
    lines = max(1 + names[-1].line, len(heading))
    pitch = PITCH[len(picture.symbols) - 1]
    rows = pitch * len(picture.sectors)
    sheet, top = framed_sheet(
        picture, KEY_AIR + KEY_LINE * lines + rows + (0 if bars else FOOT) + KEY_AIR / 2
    )
    grid = _grid(picture, top + KEY_AIR + KEY_LINE * lines, pitch, heading)
    draw_keys(sheet, names, top + KEY_AIR, [SQUARE] * MOST_BARS if bars else MARKERS)
    _draw_rows(sheet, picture, grid)
    (_draw_bars if bars else _draw_dots)(sheet, picture, grid)
    _draw_active(sheet, picture, grid, heading)
    return sheet.figure


def _heading(picture: SectorChart) -> list[str]:
    """Head the active weights, in lines; nothing where there is nothing to compare."""
    if picture.active is None:
        return []
    return wrap(f"{picture.symbols[0]} {chart_text.MINUS} {picture.symbols[-1]}", TICK, GAPS_WIDTH, bold=True)


def _grid(picture: SectorChart, top: float, pitch: float, heading: list[str]) -> Grid:
    known = picture.weights[np.isfinite(picture.weights)]
    low, high = float(np.min(known, initial=0.0)), float(np.max(known, initial=0.01))
    bars = len(picture.symbols) <= MOST_BARS
    holes = not bars and bool(np.isnan(picture.weights).any())
    left = MARGIN + min(NAMES_WIDTH, widest(picture.sectors, TICK)) + KEY_AIR + (UNKNOWN if holes else 0)
    right = WIDTH - MARGIN - (_active_width(picture, heading) + 2 * KEY_AIR if heading else 0)
    right -= 14 + text_width(chart_text.percent(0.888), FINE) if bars else KEY_AIR
    scale = AxisScale(low, high, left, right)
    return Grid(top, pitch, len(picture.sectors), scale, round_ticks(low, high, most=4))


def _active_width(picture: SectorChart, heading: list[str]) -> float:
    return max(widest(heading, TICK, bold=True), widest(_active(picture), TICK))


def _active(picture: SectorChart) -> list[str]:
    return [] if picture.active is None else [chart_text.points(float(gap)) for gap in picture.active]


def _draw_rows(sheet: Sheet, picture: SectorChart, grid: Grid) -> None:
    for row, sector in enumerate(picture.sectors):
        sheet.rule(MARGIN, WIDTH - MARGIN, grid.top + grid.pitch * row, colour=theme.GRID, kind="grid")
        lines = wrap(sector, TICK, NAMES_WIDTH)
        first = grid.middle(row) - 0.5 * TICK * (len(lines) - 1)
        for number, line in enumerate(lines):
            sheet.text_at(MARGIN, first + TICK * number, line, kind="sector")


def _draw_bars(sheet: Sheet, picture: SectorChart, grid: Grid) -> None:
    count, zero = len(picture.symbols), grid.weight.at(0.0)
    height = 36.0 if count == 1 else 28.0
    for (i, row), weight in np.ndenumerate(picture.weights):
        middle = grid.middle(row) + (height + 4) * (i - (count - 1) / 2)
        end = zero if np.isnan(weight) else grid.weight.at(weight)
        sheet.box(zero, middle - height / 2, end - zero, height, colour=COLOURS[i], kind="bar")
        colour, words = theme.QUIET if np.isnan(weight) else COLOURS[i], chart_text.percent(weight)
        sheet.text_at(max(zero, end) + 14, middle, words, size=FINE, colour=colour, kind="weight")
    sheet.line([zero, zero], [grid.top, grid.bottom], colour=theme.RULE, width=3, kind="start")


def _draw_dots(sheet: Sheet, picture: SectorChart, grid: Grid) -> None:
    """Draw dots, each fund in its own lane of every row, so that equal weights do not hide each other."""
    _draw_scale(sheet, grid)
    count = len(picture.symbols)
    channel_key, size = (grid.pitch - 16) / count, 22 if count < 5 else 18
    for (i, row), weight in np.ndenumerate(picture.weights):
        x, y = grid.weight.at(weight), grid.middle(row) + channel_key * (i - (count - 1) / 2)
        look: dict[str, Any] = {"colour": COLOURS[i], "size": size, "marker": MARKERS[i]}
        if np.isnan(weight):
            sheet.dot(grid.unknown, y, hollow=True, kind="unknown", **look)
        else:
            sheet.dot(x, y, kind="dot", **look)
    if np.isnan(picture.weights).any():
        _draw_tick(sheet, grid, grid.unknown, chart_text.UNKNOWN)


def _draw_scale(sheet: Sheet, grid: Grid) -> None:
    digits = max(0, grid.ticks.decimals - 2)
    for value in grid.ticks.values:
        x = grid.weight.at(value)
        sheet.line([x, x], [grid.top, grid.bottom], colour=theme.GRID, width=2, kind="grid")
        _draw_tick(sheet, grid, x, chart_text.percent(value, digits))


def _draw_tick(sheet: Sheet, grid: Grid, x: float, name: str) -> None:
    sheet.text(x, grid.bottom + 46, name, colour=theme.QUIET, align="center", kind="tick")


def _draw_active(sheet: Sheet, picture: SectorChart, grid: Grid, heading: list[str]) -> None:
    right = WIDTH - MARGIN
    for number, line in enumerate(heading):
        middle = grid.top - KEY_LINE * (len(heading) - number) + LABEL / 2
        sheet.text_at(right, middle, line, bold=True, align="right", kind="heading")
    for row, words in enumerate(_active(picture)):
        sheet.text_at(right, grid.middle(row), words, align="right", kind="active")


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
        _draw_stack(sheet, stack, scale, at, COLOURS[row], PALE if compared else 1.0)
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
