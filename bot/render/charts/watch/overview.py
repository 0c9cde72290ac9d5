"""All rules of a channel in small: one cell each, the line, the threshold, the last value, the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from bot.render import text
from bot.render.chart_specs import Cell, OverviewChart
from bot.render.charts import theme
from bot.render.charts.edges import extent
from bot.render.charts.frame import ROOM, framed
from bot.render.charts.labels import spread
from bot.render.charts.panels import days
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import Sheet, text_width, widest, wrap
from bot.render.charts.theme import COLOURS, FINE, HOLLOW, LABEL, MARGIN, PHASES, TICK
from bot.render.charts.watch.trace import DASHES

BETWEEN = 70.0
"""Between the two columns."""

LINE, STATUS, SPARK, AIR = 44.0, 48.0, 120.0, 26.0
GUTTER, INDENT = 30.0, 40.0
MORE, DATES = 56.0, 52.0


@dataclass(frozen=True)
class Box:
    """A cell in its column: words broken to the column's width."""

    cell: Cell
    left: float
    right: float
    title: tuple[str, ...]
    status: tuple[str, ...]

    @property
    def height(self) -> float:
        """Pixels it needs."""
        return AIR + LINE * len(self.title) + STATUS * len(self.status) + SPARK + AIR


def build(picture: OverviewChart) -> Figure:
    """Two columns, one for a single rule; rows as high as their higher cell."""
    rows = _rows(picture.cells)
    tops = np.cumsum([0.0, *(max(box.height for box in row) for row in rows)]).tolist()
    sheet, top = framed(picture, tops[-1] + DATES + MORE * bool(picture.more) + AIR)
    gutter = _gutter(picture.cells)
    first, last = _dates(picture.cells)
    for row, (start, end) in zip(rows, pairwise(tops), strict=True):
        for box in row:
            time = AxisScale(first, last, box.left, box.right - gutter)
            _draw_cell(sheet, box, top + start, top + end, time)
    _draw_dates(sheet, rows, first, last, top + tops[-1] + 36, gutter)
    if picture.more:
        words = f"and {picture.more} more"
        sheet.text(MARGIN, top + tops[-1] + DATES + 40, words, size=TICK, bold=True, kind="more")
    return sheet.figure


def _rows(cells: Sequence[Cell]) -> list[list[Box]]:
    count = 1 if len(cells) == 1 else 2
    width = (ROOM - BETWEEN * (count - 1)) / count
    boxes = [
        _box(cell, MARGIN + (number % count) * (width + BETWEEN), width) for number, cell in enumerate(cells)
    ]
    return [boxes[at : at + count] for at in range(0, len(boxes), count)]


def _box(cell: Cell, left: float, width: float) -> Box:
    title = wrap(f"{cell.rule} {cell.quantity}", TICK, width, bold=True)
    status = wrap(cell.status, FINE, width - INDENT, bold=True)
    return Box(cell, left, left + width, tuple(title), tuple(status))


def _gutter(cells: Sequence[Cell]) -> float:
    values = widest([cell.value for cell in cells], LABEL, bold=True)
    return GUTTER + max(values, widest([cell.breach for cell in cells], FINE))


def _dates(cells: Sequence[Cell]) -> tuple[float, float]:
    spans = [days(cell.sessions)[[0, -1]] for cell in cells if cell.sessions.size]
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return float(first), float(max(last, first + 1))


def _draw_cell(sheet: Sheet, box: Box, top: float, bottom: float, time: AxisScale) -> None:
    colour, marker = PHASES[box.cell.phase]
    y = top + AIR + TICK / 2
    for number, line in enumerate(box.title):
        sheet.text_at(box.left, y + LINE * number, line, size=TICK, bold=True, kind="rule")
    y += LINE * len(box.title)
    hollow = box.cell.phase in HOLLOW
    sheet.dot(box.left + 14, y, colour=colour, size=24, marker=marker, hollow=hollow, kind="phase")
    for number, line in enumerate(box.status):
        middle = y + STATUS * number
        sheet.text_at(box.left + INDENT, middle, line, size=FINE, colour=colour, bold=True, kind="status")
    _draw_spark(sheet, box.cell, time, bottom - AIR - SPARK)
    sheet.rule(box.left, box.right, bottom, colour=theme.GRID, kind="rule")


def _draw_spark(sheet: Sheet, cell: Cell, time: AxisScale, top: float) -> None:
    """The line with its threshold; both named at the right, the value by the colour of the state."""
    low, high = extent(cell.line[None], cell.threshold)
    value = AxisScale(high, low, top, top + SPARK)
    xs, ys, threshold = time(days(cell.sessions)), value(cell.line), value.at(cell.threshold)
    window = Bbox.from_extents(time.at_low, sheet.height - top - SPARK, time.at_high + 4, sheet.height - top)
    style = {"drawstyle": "steps-post"} if cell.steps else {}
    sheet.line(xs, ys, colour=COLOURS[0], width=4, kind="series", clip_box=window, **style)
    level = [time.at_low, time.at_high]
    sheet.line(level, [threshold] * 2, colour=theme.ALARM, width=3, kind="threshold", linestyle=DASHES)
    known = np.flatnonzero(np.isfinite(ys))
    end = float(ys[known[-1]]) if known.size else top + SPARK / 2
    if known.size:
        colour = PHASES[cell.phase][0]
        sheet.dot(float(xs[known[-1]]), end, colour=colour, size=20, kind="end-dot")
    _draw_names(sheet, cell, time.at_high + GUTTER, (end, threshold), (top, top + SPARK))


def _draw_names(
    sheet: Sheet, cell: Cell, left: float, wanted: tuple[float, float], room: tuple[float, float]
) -> None:
    value, level = spread(wanted, (LABEL + 4.0, FINE + 8.0), room[0] - 10, room[1] + 10)
    colour, _ = PHASES[cell.phase]
    sheet.text_at(left, value, cell.value, size=LABEL, colour=colour, bold=True, kind="value")
    sheet.text_at(left, level, cell.breach, size=FINE, colour=theme.ALARM, kind="level")


def _draw_dates(
    sheet: Sheet, rows: Sequence[Sequence[Box]], first: float, last: float, baseline: float, gutter: float
) -> None:
    """The first and the last session under the last row's lines; in one where the lines are short."""
    start, end = (text.day(np.datetime64(int(day), "D").item()) for day in (first, last))
    look: dict[str, Any] = {"size": FINE, "colour": theme.QUIET, "kind": "date"}
    for box in rows[-1]:
        right = box.right - gutter
        if text_width(start, FINE) + text_width(end, FINE) + AIR > right - box.left:
            sheet.text(box.left, baseline, f"{start} to {end}", **look)
        else:
            sheet.text(box.left, baseline, start, **look)
            sheet.text(right, baseline, end, align="right", **look)
