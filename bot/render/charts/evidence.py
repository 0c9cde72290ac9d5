"""Evidence: estimates as level bars with their intervals, and through time against zero."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from bot.render import text
from bot.render.charts import theme
from bot.render.charts.panels import AIR, Axis, Panel, days, draw_dates, draw_ends, draw_ground
from bot.render.charts.scales import AxisScale, Ticks, round_ticks
from bot.render.charts.sheet import (
    KEY_AIR,
    KEY_LINE,
    Key,
    Sheet,
    draw_keys,
    framed_sheet,
    place_keys,
    widest,
    wrap,
)
from bot.render.charts.theme import FINE, LABEL, MARGIN, TICK, WIDTH
from bot.render.evidence_specs import Bar, BarRow, BarsChart, SensitivityChart

NAMES_WIDTH = 440.0
"""Most that the names of rows take across; longer ones break."""
LANE, BAR = 54.0, 34.0
"""From bar to bar in one row, and how thick one is."""
ROW_AIR = 26.0
FOOT = 76.0
TICKS = 5
CAP = 11.0
"""Half of the line that ends an interval."""
RIM = 4.0
PALE = 0.4
"""How much ink a pale bar has."""
TICK_AIR = 24.0
"""Between the names of two values."""


@dataclass(frozen=True)
class _Grid:
    """Where rows and values stand."""

    tops: tuple[float, ...]
    bottom: float
    scale: AxisScale
    ticks: Ticks

    @property
    def zero(self) -> float:
        """Where a bar begins, pixels."""
        return self.scale.at(0.0)


def build_bars(picture: BarsChart) -> Figure:
    """Draw names at the left, bars from zero in the middle, values at the right edge."""
    names = _keys(picture)
    head = KEY_AIR / 2 + (KEY_LINE * (1 + names[-1].line) + KEY_AIR / 2 if names else 0.0)
    labels = [wrap(row.label, TICK, NAMES_WIDTH) for row in picture.rows]
    heights = [_height(row, lines) for row, lines in zip(picture.rows, labels, strict=True)]
    sheet, top = framed_sheet(picture, head + sum(heights) + FOOT)
    if names:
        draw_keys(sheet, names, top + KEY_AIR / 2)
    tops = [top + head + sum(heights[:at]) for at in range(len(heights))]
    grid = _grid(picture, labels, tuple(tops), tops[-1] + heights[-1] if tops else top + head)
    _draw_scale(sheet, picture, grid)
    if picture.waterfall:
        _lead_on(
            sheet, picture.rows, grid, [at + height / 2 for at, height in zip(tops, heights, strict=True)]
        )
    for row, lines, at, height in zip(picture.rows, labels, grid.tops, heights, strict=True):
        _draw_name(sheet, row, lines, at + height / 2)
        _draw_row(sheet, row, grid, at + height / 2)
        if row.ends_group:
            sheet.rule(MARGIN, WIDTH - MARGIN, at + height, colour=theme.GRID, width=3, kind="group")
    return sheet.figure


def _keys(picture: BarsChart) -> list[Key]:
    """Name the series where there are several; one alone is named by the title."""
    return place_keys(picture.symbols, WIDTH - 2 * MARGIN) if len(picture.symbols) > 1 else []


def _height(row: BarRow, lines: list[str]) -> float:
    named = TICK * 1.2 * len(lines) + (FINE * 1.3 if row.note else 0.0)
    return max(named, LANE * len(row.bars)) + ROW_AIR


def _grid(picture: BarsChart, labels: list[list[str]], tops: tuple[float, ...], bottom: float) -> _Grid:
    notes = [row.note for row in picture.rows]
    named = max(widest([line for lines in labels for line in lines], TICK), widest(notes, FINE))
    words = [bar.words for row in picture.rows for bar in row.bars]
    ends = [end for row in picture.rows for bar in row.bars for end in _ends(bar)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.03 * (high - low) or 0.01
    low, high = low - room * (low < 0), high + room * (high > 0 or low == 0)
    left, right = MARGIN + named + KEY_AIR, WIDTH - MARGIN - widest(words, TICK, bold=True) - KEY_AIR
    scale = AxisScale(low, high, left, right)
    return _Grid(tops, bottom, scale, _fitting_ticks(picture, scale))


def _fitting_ticks(picture: BarsChart, scale: AxisScale) -> Ticks:
    """Return as many values as can be named beside each other."""
    for most in range(TICKS, 1, -1):
        ticks = round_ticks(scale.low, scale.high, most)
        names = [_tick_words(picture, ticks, value) for value in ticks.values]
        places = [scale.at(value) for value in ticks.values]
        if all(after - before >= widest(names, TICK) + TICK_AIR for before, after in pairwise(places)):
            break
    return ticks


def _tick_words(picture: BarsChart, ticks: Ticks, value: float) -> str:
    write = text.points if picture.unit == "points" else text.signed_percent
    return "0" if value == 0 else write(value, max(0, ticks.decimals - 2))


def _ends(bar: Bar) -> Iterator[float]:
    return (end for end in (bar.base, bar.base + bar.value, bar.low, bar.high) if not math.isnan(end))


def _lead_on(sheet: Sheet, rows: Sequence[BarRow], grid: _Grid, middles: Sequence[float]) -> None:
    """Lead from where one bar ends to the next one, which begins there, or, the last one, ends there too."""
    for row, one, other in zip(rows, middles, middles[1:], strict=False):
        (bar,) = row.bars
        x = grid.scale.at(bar.base + bar.value)
        sheet.line([x, x], [one, other], colour=theme.QUIET, width=3, kind="lead", zorder=1.5)


def _draw_scale(sheet: Sheet, picture: BarsChart, grid: _Grid) -> None:
    for value in grid.ticks.values:
        x, strong = grid.scale.at(value), value == 0
        colour, width = (theme.RULE, 4) if strong else (theme.GRID, 2)
        first = grid.tops[0] if grid.tops else grid.bottom
        sheet.line([x, x], [first, grid.bottom], colour=colour, width=width, kind="grid", zorder=0.9)
        named = _tick_words(picture, grid.ticks, value)
        sheet.text(x, grid.bottom + 50, named, colour=theme.QUIET, align="center", kind="tick")


def _draw_name(sheet: Sheet, row: BarRow, lines: list[str], middle: float) -> None:
    pitch = TICK * 1.2
    note = FINE * 1.3 if row.note else 0.0
    first = middle - (pitch * (len(lines) - 1) + note) / 2
    for number, line in enumerate(lines):
        sheet.text_at(MARGIN, first + pitch * number, line, kind="label")
    if row.note:
        below = first + pitch * (len(lines) - 1) + note
        sheet.text_at(MARGIN, below, row.note, size=FINE, colour=theme.QUIET, kind="note")


def _draw_row(sheet: Sheet, row: BarRow, grid: _Grid, middle: float) -> None:
    for at, (bar, look) in enumerate(zip(row.bars, sheet.looks, strict=False)):
        y = middle + LANE * (at - (len(row.bars) - 1) / 2)
        if not math.isnan(bar.value):
            _draw_bar(sheet, bar, grid, y, look.colour)
        shade = theme.QUIET if math.isnan(bar.value) else theme.INK
        bold = bar.clear and not math.isnan(bar.value)
        sheet.text_at(WIDTH - MARGIN, y, bar.words, colour=shade, bold=bold, align="right", kind="value")


def _draw_bar(sheet: Sheet, bar: Bar, grid: _Grid, y: float, colour: str) -> None:
    """Draw a bar, hollow where its value cannot be told from zero, and the interval across it."""
    begin, end = grid.scale.at(bar.base), grid.scale.at(bar.base + bar.value)
    face = colour if bar.clear else theme.PAPER
    rim = {"edgecolor": colour, "linewidth": RIM, "zorder": 2.0}
    if bar.pale:
        sheet.box(begin, y - BAR / 2, end - begin, BAR, colour=theme.PAPER, kind="ground", zorder=1.9)
        rim = {"linewidth": 0.0, "alpha": PALE, "zorder": 2.0}
    sheet.box(begin, y - BAR / 2, end - begin, BAR, colour=face, kind="bar", **rim)
    if math.isnan(bar.low) or math.isnan(bar.high):
        return
    low, high = grid.scale.at(bar.low), grid.scale.at(bar.high)
    _draw_interval(sheet, low, high, y, theme.INK)
    if bar.clear:
        # On a full bar the interval is drawn in the colour of the paper.
        inner = max(low, min(grid.zero, end)), min(high, max(grid.zero, end))
        sheet.line([*inner], [y, y], colour=theme.PAPER, width=5, kind="interval", zorder=3.2)
        near = low if bar.value > 0 else high
        sheet.line([near, near], [y - CAP, y + CAP], colour=theme.PAPER, width=5, kind="interval", zorder=3.2)


def _draw_interval(sheet: Sheet, low: float, high: float, y: float, colour: str) -> None:
    look: dict[str, Any] = {"colour": colour, "width": 5, "kind": "interval", "zorder": 3.0}
    sheet.line([low, high], [y, y], solid_capstyle="butt", **look)
    for x in (low, high):
        sheet.line([x, x], [y - CAP, y + CAP], solid_capstyle="butt", **look)


HEIGHT, CAPTION, DATES = 640.0, 96.0, 80.0


def build_sensitivities(picture: SensitivityChart) -> Figure:
    """Draw a line a fund with a point for every window: full where it can be told from zero, else hollow."""
    axis = _value_axis(picture)
    words = [
        f"{symbol} {text.signed_percent(float(line[-1]), 2)}" if np.isfinite(line[-1]) else symbol
        for symbol, line in zip(picture.symbols, picture.values, strict=True)
    ]
    sheet, top = framed_sheet(picture, CAPTION + HEIGHT + DATES)
    first, last = days(picture.ends)[[0, -1]]
    left = MARGIN + widest(axis.names, TICK) + 20
    right = WIDTH - MARGIN - widest(words, LABEL, bold=True) - AIR
    panel = Panel.below(top + CAPTION, HEIGHT, axis, AxisScale(first, max(last, first + 1), left, right))
    draw_dates(sheet, (panel,), picture.ends, panel.bottom + 20)
    draw_ground(sheet, panel)
    draw_ends(sheet, panel, picture.ends, picture.values, words)
    # On top of the ends: the last point too is full or hollow.
    _draw_points(sheet, picture, panel)
    return sheet.figure


def _draw_points(sheet: Sheet, picture: SensitivityChart, panel: Panel) -> None:
    xs = panel.time(days(picture.ends))
    for row in reversed(range(len(picture.symbols))):
        ys, look = panel.value(picture.values[row]), sheet.looks[row]
        sheet.line(xs, ys, colour=look.colour, width=3, kind="series", zorder=2.5)
        for x, y, clear in zip(xs.tolist(), ys.tolist(), picture.clear[row].tolist(), strict=True):
            if math.isfinite(y):
                kind = "clear" if clear else "unclear"
                colour, marker = look.colour, look.marker
                sheet.dot(x, y, colour=colour, size=26, marker=marker, hollow=not clear, kind=kind)


def _value_axis(picture: SensitivityChart) -> Axis:
    known = np.append(picture.values[np.isfinite(picture.values)], 0.0)
    low, high = float(known.min()), float(known.max())
    room = 0.08 * (high - low) or 0.001
    low, high = low - room, high + room
    ticks = round_ticks(low, high, TICKS)
    digits = max(0, ticks.decimals - 2)
    names = tuple("0" if value == 0 else text.signed_percent(value, digits) for value in ticks.values)
    return Axis(picture.caption, 0.0, low, high, ticks, names)
