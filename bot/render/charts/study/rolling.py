"""Rolling figures, one panel below the other, with the last value at the end of every line."""

from __future__ import annotations

from itertools import chain
from math import floor

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render.charts import numbers
from bot.render.charts.doubts import draw_doubts, mark_of
from bot.render.charts.frame import framed
from bot.render.charts.panels import (
    AIR,
    Axis,
    Panel,
    days,
    draw_dates,
    draw_ends,
    draw_ground,
    draw_lines,
    last_known,
)
from bot.render.charts.scales import Scale, Ticks, round_ticks
from bot.render.charts.sheet import Sheet, widest
from bot.render.charts.theme import COLOURS, LABEL, MARGIN, TICK, WIDTH
from bot.render.study_pictures import RollingPanel, RollingPicture

CAPTION, DATES, TICKS = 96.0, 80.0, 5
HEIGHTS = {1: 520.0, 2: 380.0}
NEAR_ZERO = 0.35
"""Of the highest value: an axis that would begin below this begins at 0."""


def build(picture: RollingPicture) -> Figure:
    """Every panel with an axis of its own, all on one time axis."""
    axes = [_axis(panel) for panel in picture.panels]
    ends = [_ends(picture, panel) for panel in picture.panels]
    time = _time(picture, [name for axis in axes for name in axis.names], list(chain(*ends)))
    height = HEIGHTS[min(2, len(axes))]
    sheet, top = framed(picture, (CAPTION + height) * len(axes) + DATES)
    panels = [
        Panel.below(top + CAPTION + row * (CAPTION + height), height, axis, time)
        for row, axis in enumerate(axes)
    ]
    draw_dates(sheet, tuple(panels), picture.sessions, panels[-1].bottom + 20)
    for panel, shown, words in zip(panels, picture.panels, ends, strict=True):
        _draw(sheet, picture, panel, shown, words)
    draw_doubts(sheet, panels, picture.marks)
    return sheet.figure


def _draw(sheet: Sheet, picture: RollingPicture, panel: Panel, shown: RollingPanel, words: list[str]) -> None:
    colours = [COLOURS[picture.symbols.index(symbol)] for symbol in shown.symbols]
    draw_ground(sheet, panel)
    width = 5 if len(words) < 4 else 4
    draw_lines(sheet, panel, picture.sessions, shown.lines, width=width, colours=colours)
    draw_ends(sheet, panel, picture.sessions, shown.lines, words, colours)


def _ends(picture: RollingPicture, panel: RollingPanel) -> list[str]:
    write = numbers.correlation if panel.kind == "share" else numbers.ratio
    return [
        f"{symbol} {write(float(line[last_known(line)]))}"
        f"{mark_of(picture.marks, picture.symbols.index(symbol))}"
        for symbol, line in zip(panel.symbols, panel.lines, strict=True)
    ]


def _time(picture: RollingPicture, names: list[str], ends: list[str]) -> Scale:
    first, last = days(picture.sessions)[[0, -1]]
    left = MARGIN + widest(names, TICK) + 20
    right = WIDTH - MARGIN - widest(ends, LABEL, bold=True) - AIR
    return Scale(first, max(last, first + 1), left, right)


def _axis(panel: RollingPanel) -> Axis:
    """From a round value below the lowest one, 0 where that is near; a share ends at 1."""
    low, high = _extent(panel.lines)
    room = max(0.06 * (high - low), 0.005)
    top = min(1.0, high + room) if panel.kind == "share" else high + room
    bottom = 0.0 if 0 <= low < NEAR_ZERO * high else low - room
    grain = round_ticks(bottom, top, TICKS).step / 2
    bottom = grain * floor(bottom / grain + 1e-9)
    ticks = round_ticks(bottom, top, TICKS)
    names = tuple(f"{value + 0.0:.{ticks.decimals}f}" for value in ticks.values)
    start = numbers.exact(bottom, Ticks((), grain).decimals)
    strong = 0.0 if bottom <= 0 <= top else bottom
    return Axis(f"{panel.caption}, axis starts at {start}", strong, bottom, top, ticks, names)


def _extent(lines: FloatArray) -> tuple[float, float]:
    known = lines[np.isfinite(lines)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
