"""Sector weights side by side: bars for one or two funds, dots for more, the active weight at the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from bot.render.chart_specs import SectorChart
from bot.render.charts import numbers, theme
from bot.render.charts.frame import framed
from bot.render.charts.keys import AIR, LINE, SQUARE, draw_keys, keys
from bot.render.charts.scales import AxisScale, Ticks, round_ticks
from bot.render.charts.sheet import Sheet, text_width, widest, wrap
from bot.render.charts.theme import COLOURS, FINE, LABEL, MARGIN, MARKERS, TICK, WIDTH

NAMES, GAPS = 430.0, 330.0
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
        """Centre of a row."""
        return self.top + self.pitch * (row + 0.5)


def build(picture: SectorChart) -> Figure:
    """Names at the left, weights in the middle, active weights at the right."""
    bars = len(picture.symbols) <= MOST_BARS
    heading = _heading(picture)
    names = keys(picture.symbols, WIDTH - 2 * MARGIN - widest(heading, TICK, bold=True) - 2 * AIR)
    lines = max(1 + names[-1].line, len(heading))
    pitch = PITCH[len(picture.symbols) - 1]
    rows = pitch * len(picture.sectors)
    sheet, top = framed(picture, AIR + LINE * lines + rows + (0 if bars else FOOT) + AIR / 2)
    grid = _grid(picture, top + AIR + LINE * lines, pitch, heading)
    draw_keys(sheet, names, top + AIR, [SQUARE] * MOST_BARS if bars else MARKERS)
    _draw_rows(sheet, picture, grid)
    (_draw_bars if bars else _draw_dots)(sheet, picture, grid)
    _draw_active(sheet, picture, grid, heading)
    return sheet.figure


def _heading(picture: SectorChart) -> list[str]:
    """Of the active weights, in lines; nothing where there is nothing to compare."""
    if picture.active is None:
        return []
    return wrap(f"{picture.symbols[0]} {numbers.MINUS} {picture.symbols[-1]}", TICK, GAPS, bold=True)


def _grid(picture: SectorChart, top: float, pitch: float, heading: list[str]) -> Grid:
    known = picture.weights[np.isfinite(picture.weights)]
    low, high = float(np.min(known, initial=0.0)), float(np.max(known, initial=0.01))
    bars = len(picture.symbols) <= MOST_BARS
    holes = not bars and bool(np.isnan(picture.weights).any())
    left = MARGIN + min(NAMES, widest(picture.sectors, TICK)) + AIR + (UNKNOWN if holes else 0)
    right = WIDTH - MARGIN - (_active_width(picture, heading) + 2 * AIR if heading else 0)
    right -= 14 + text_width(numbers.percent(0.888), FINE) if bars else AIR
    scale = AxisScale(low, high, left, right)
    return Grid(top, pitch, len(picture.sectors), scale, round_ticks(low, high, most=4))


def _active_width(picture: SectorChart, heading: list[str]) -> float:
    return max(widest(heading, TICK, bold=True), widest(_active(picture), TICK))


def _active(picture: SectorChart) -> list[str]:
    return [] if picture.active is None else [numbers.points(float(gap)) for gap in picture.active]


def _draw_rows(sheet: Sheet, picture: SectorChart, grid: Grid) -> None:
    for row, sector in enumerate(picture.sectors):
        sheet.rule(MARGIN, WIDTH - MARGIN, grid.top + grid.pitch * row, colour=theme.GRID, kind="grid")
        lines = wrap(sector, TICK, NAMES)
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
        colour, words = theme.QUIET if np.isnan(weight) else COLOURS[i], numbers.percent(weight)
        sheet.text_at(max(zero, end) + 14, middle, words, size=FINE, colour=colour, kind="weight")
    sheet.line([zero, zero], [grid.top, grid.bottom], colour=theme.RULE, width=3, kind="start")


def _draw_dots(sheet: Sheet, picture: SectorChart, grid: Grid) -> None:
    """Each fund keeps a lane of its own in every row, so that equal weights do not hide each other."""
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
        _draw_tick(sheet, grid, grid.unknown, numbers.UNKNOWN)


def _draw_scale(sheet: Sheet, grid: Grid) -> None:
    digits = max(0, grid.ticks.decimals - 2)
    for value in grid.ticks.values:
        x = grid.weight.at(value)
        sheet.line([x, x], [grid.top, grid.bottom], colour=theme.GRID, width=2, kind="grid")
        _draw_tick(sheet, grid, x, numbers.percent(value, digits))


def _draw_tick(sheet: Sheet, grid: Grid, x: float, name: str) -> None:
    sheet.text(x, grid.bottom + 46, name, colour=theme.QUIET, align="center", kind="tick")


def _draw_active(sheet: Sheet, picture: SectorChart, grid: Grid, heading: list[str]) -> None:
    right = WIDTH - MARGIN
    for number, line in enumerate(heading):
        middle = grid.top - LINE * (len(heading) - number) + LABEL / 2
        sheet.text_at(right, middle, line, bold=True, align="right", kind="heading")
    for row, words in enumerate(_active(picture)):
        sheet.text_at(right, grid.middle(row), words, align="right", kind="active")
