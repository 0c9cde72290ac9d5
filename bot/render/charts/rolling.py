"""Rolling figures, one panel below the other, with the last value at the end of every line."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from math import floor

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render import chart_text, text
from bot.render.chart_specs import PanelKind, RollingChart, RollingPanel
from bot.render.charts.panels import (
    Axis,
    Panel,
    clip_style,
    draw_dates,
    draw_doubts,
    draw_ends,
    draw_ground,
    draw_lines,
    last_known,
    mark_of,
    time_scale,
)
from bot.render.charts.scales import Ticks, round_ticks
from bot.render.charts.sheet import Sheet, framed_sheet

CAPTION, DATES, TICKS = 96.0, 80.0, 5
HEIGHTS = {1: 520.0, 2: 380.0, 3: 300.0}
GAP = 30.0
"""Between the foot of a panel and the caption of the next one."""
WRITE: dict[PanelKind, Callable[[float], str]] = {
    "level": chart_text.ratio,
    "percent": chart_text.percent,
    "share": chart_text.correlation,
}
NEAR_ZERO = 0.35
"""Of the highest value: an axis that would begin below this begins at 0."""


def build_rolling(picture: RollingChart) -> Figure:
    """Draw every panel with an axis of its own, all on one time axis."""
    axes = [_axis(panel, _trusted_lines(picture, panel)) for panel in picture.panels]
    ends = [_ends(picture, panel) for panel in picture.panels]
    time = time_scale(picture.sessions, [name for axis in axes for name in axis.names], list(chain(*ends)))
    height = HEIGHTS[min(3, len(axes))]
    pitch = CAPTION + height + GAP
    sheet, top = framed_sheet(picture, pitch * len(axes) - GAP + DATES)
    panels = [Panel.below(top + CAPTION + row * pitch, height, axis, time) for row, axis in enumerate(axes)]
    draw_dates(sheet, tuple(panels), picture.sessions, panels[-1].bottom + 20)
    for panel, shown, words in zip(panels, picture.panels, ends, strict=True):
        _draw(sheet, picture, panel, shown, words)
    draw_doubts(sheet, panels, picture.marks)
    return sheet.figure


def _draw(sheet: Sheet, picture: RollingChart, panel: Panel, shown: RollingPanel, words: list[str]) -> None:
    looks = [sheet.looks[picture.symbols.index(symbol)] for symbol in shown.symbols]
    draw_ground(sheet, panel)
    width = 5 if len(words) < 4 else 4
    cut = clip_style(sheet, panel, picture.marks)
    draw_lines(sheet, panel, picture.sessions, shown.lines, width=width, looks=looks, **cut)
    draw_ends(sheet, panel, picture.sessions, shown.lines, words, looks)


def _ends(picture: RollingChart, panel: RollingPanel) -> list[str]:
    write = WRITE[panel.kind]
    return [
        f"{symbol} {write(float(line[last_known(line)]))}"
        f"{mark_of(picture.marks, picture.symbols.index(symbol))}"
        for symbol, line in zip(panel.symbols, panel.lines, strict=True)
    ]


def _trusted_lines(picture: RollingChart, panel: RollingPanel) -> FloatArray:
    """Return the lines that an axis is made for: those without a grave mark, where there are any."""
    grave = {picture.symbols[mark.row] for mark in picture.marks if mark.grave}
    rows = [row for row, symbol in enumerate(panel.symbols) if symbol not in grave]
    return panel.lines[rows] if rows else panel.lines


def _axis(panel: RollingPanel, lines: FloatArray) -> Axis:
    """Make an axis from a round value below the lowest one, 0 where that is near; a share ends at 1.

    It holds the reference, which stands out, and spans what the panel asks for at least.
    """
    low, high = _extent(panel, lines)
    room = max(0.06 * (high - low), 0.005)
    top = min(1.0, high + room) if panel.kind == "share" else high + room
    bottom = 0.0 if 0 <= low < NEAR_ZERO * high else low - room
    grain = round_ticks(bottom, top, TICKS).step / 2
    bottom = grain * floor(bottom / grain + 1e-9)
    ticks = round_ticks(bottom, top, TICKS)
    names = tuple(_tick(panel, value, ticks.decimals) for value in ticks.values)
    start = _start(panel, bottom, Ticks((), grain).decimals)
    strong = 0.0 if bottom <= 0 <= top else bottom
    line = "" if panel.reference is None else f", line at {_start(panel, panel.reference, 2)}"
    strong = strong if panel.reference is None else panel.reference
    return Axis(f"{panel.caption}{line}, axis starts at {start}", strong, bottom, top, ticks, names)


def _tick(panel: RollingPanel, value: float, decimals: int) -> str:
    if panel.kind == "percent":
        return chart_text.percent(value, max(0, decimals - 2))
    return f"{value + 0.0:.{decimals}f}"


def _start(panel: RollingPanel, value: float, decimals: int) -> str:
    if panel.kind == "percent":
        return f"{chart_text.exact(100 * value, max(0, decimals - 2))}{text.NBSP}%"
    return chart_text.exact(value, decimals)


def _extent(panel: RollingPanel, lines: FloatArray) -> tuple[float, float]:
    """Return the lowest and the highest value shown, no nearer to each other than the panel asks for."""
    known = lines[np.isfinite(lines)]
    known = known if panel.reference is None else np.append(known, panel.reference)
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    wanting = max(0.0, panel.least - (high - low))
    above = min(wanting / 2, max(0.0, 1.0 - high)) if panel.kind == "share" else wanting / 2
    below = wanting - above
    # What is never below zero is not shown with room there.
    if low >= 0 and low < below:
        above, below = above + below - low, low
    return low - below, high + above
