"""Charts of rules: one against its threshold, its past years, all of a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from bot.render import text
from bot.render.chart_specs import Cell, OverviewChart, PastChart, Strip, WatchChart
from bot.render.charts import theme
from bot.render.charts.panels import Panel, day, days, draw_doubts, extent, spread_labels
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import TEXT_ROOM, Sheet, framed_sheet, text_width, widest, wrap
from bot.render.charts.theme import COLOURS, FINE, HOLLOW, LABEL, MARGIN, PHASES, TICK
from bot.render.charts.thresholds import (
    CAPTION,
    DASHES,
    KEY_ROW,
    across,
    draw_dates_fired,
    draw_key,
    draw_spans,
    draw_stack,
    key_rows,
    stack,
)

RULE_HEIGHTS = (430.0, 290.0, 230.0)
RULE_STATUS, RULE_INDENT = 54.0, 46.0
FIRED, UNFIRED = 70.0, 30.0
"""Over the panels: with the dates on which it fired, without."""

RULE_AIR = 18.0


def build_rule(picture: WatchChart) -> Figure:
    """Draw the status first, then the panels with the shades through all of them."""
    held = stack(picture.traces, picture.sessions, RULE_HEIGHTS)
    status = wrap(picture.status, LABEL, TEXT_ROOM - RULE_INDENT, bold=True)
    keys = key_rows(_key(picture))
    dates = FIRED if picture.firing else UNFIRED
    head = RULE_AIR + RULE_STATUS * len(status) + KEY_ROW * len(keys) + dates
    caption = CAPTION - 10 if picture.traces[0].caption else 0.0
    sheet, top = framed_sheet(picture, head + caption + held.whole)
    panels = held.place_panels(top + head + caption)
    draw_status(sheet, status, picture.phase, top + RULE_AIR)
    draw_key(sheet, keys, top + RULE_AIR + RULE_STATUS * len(status))
    draw_spans(sheet, panels, picture.pending, firing=False)
    draw_spans(sheet, panels, picture.firing, firing=True)
    draw_dates_fired(sheet, panels[0], picture.firing, picture.sessions[0].item())
    _draw_made(sheet, panels, picture.made)
    draw_stack(sheet, panels, held, picture.sessions, lift=dates - UNFIRED)
    draw_doubts(sheet, panels, picture.marks)
    return sheet.figure


def draw_status(sheet: Sheet, lines: Sequence[str], phase: str, top: float) -> None:
    """Draw where the rule stands: a shape and words."""
    colour, marker = PHASES[phase]
    middle = top + LABEL / 2 + 4
    shape: dict[str, Any] = {"size": 30, "marker": marker, "hollow": phase in HOLLOW}
    sheet.dot(MARGIN + 16, middle, colour=colour, kind="phase", **shape)
    for number, line in enumerate(lines):
        y = middle + RULE_STATUS * number
        sheet.text_at(MARGIN + RULE_INDENT, y, line, size=LABEL, colour=colour, bold=True, kind="status")


def _key(picture: WatchChart) -> list[tuple[str, str]]:
    items = []
    if picture.firing:
        items.append(("firing", "triggered"))
    if picture.pending:
        items.append(("pending", "waiting"))
    if picture.made is not None:
        items.append(("made", f"set {text.day(picture.made)}; before: as it would have triggered"))
    return items


def _draw_made(sheet: Sheet, panels: Sequence[Panel], made: date | None) -> None:
    if made is None:
        return
    for panel in panels:
        x = panel.time.at(min(day(made), panel.time.high))
        sheet.line([x, x], [panel.top, panel.bottom], colour=theme.INK, width=3, kind="made", zorder=2.6)


PAST_HEIGHTS = (320.0, 240.0, 200.0)
STRIP, BAR = 96.0, 26.0
PAST_AIR = 34.0


def build_past(picture: PastChart) -> Figure:
    """Draw panels with the spans shaded, and a strip for each setting beneath."""
    held = stack(picture.traces, picture.sessions, PAST_HEIGHTS)
    caption = CAPTION if picture.traces[0].caption else 0.0
    sheet, top = framed_sheet(picture, PAST_AIR + caption + held.whole + STRIP * len(picture.strips))
    panels = held.place_panels(top + PAST_AIR + caption)
    if picture.strips:
        draw_spans(sheet, panels, picture.strips[0].spans, firing=True)
    draw_stack(sheet, panels, held, picture.sessions)
    draw_doubts(sheet, panels, picture.marks)
    below = top + PAST_AIR + caption + held.whole
    for number, strip in enumerate(picture.strips):
        _draw_strip(sheet, strip, held.time, below + STRIP * number)
    return sheet.figure


def _draw_strip(sheet: Sheet, strip: Strip, time: AxisScale, top: float) -> None:
    sheet.text(MARGIN, top + 40, strip.words, size=TICK, bold=True, kind="strip")
    left, y = time.at_low, top + 56
    sheet.box(left, y, time.at_high - left, BAR, colour=theme.GRID, kind="strip-ground")
    for span in strip.spans:
        start, width = across(span, time)
        sheet.box(start, y, width, BAR, colour=theme.ALARM, kind="strip-bar")


BETWEEN = 70.0
"""Between the two columns."""

LINE, CELL_STATUS, SPARK, CELL_AIR = 44.0, 48.0, 120.0, 26.0
GUTTER, CELL_INDENT = 30.0, 40.0
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
        return CELL_AIR + LINE * len(self.title) + CELL_STATUS * len(self.status) + SPARK + CELL_AIR


def build_overview(picture: OverviewChart) -> Figure:
    """Draw two columns, one for a single rule; rows as high as their higher cell."""
    rows = _rows(picture.cells)
    tops = np.cumsum([0.0, *(max(box.height for box in row) for row in rows)]).tolist()
    sheet, top = framed_sheet(picture, tops[-1] + DATES + MORE * bool(picture.more) + CELL_AIR)
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
    width = (TEXT_ROOM - BETWEEN * (count - 1)) / count
    boxes = [
        _box(cell, MARGIN + (number % count) * (width + BETWEEN), width) for number, cell in enumerate(cells)
    ]
    return [boxes[at : at + count] for at in range(0, len(boxes), count)]


def _box(cell: Cell, left: float, width: float) -> Box:
    title = wrap(f"{cell.rule} {cell.quantity}", TICK, width, bold=True)
    status = wrap(cell.status, FINE, width - CELL_INDENT, bold=True)
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
    y = top + CELL_AIR + TICK / 2
    for number, line in enumerate(box.title):
        sheet.text_at(box.left, y + LINE * number, line, size=TICK, bold=True, kind="rule")
    y += LINE * len(box.title)
    hollow = box.cell.phase in HOLLOW
    sheet.dot(box.left + 14, y, colour=colour, size=24, marker=marker, hollow=hollow, kind="phase")
    for number, line in enumerate(box.status):
        middle = y + CELL_STATUS * number
        sheet.text_at(
            box.left + CELL_INDENT, middle, line, size=FINE, colour=colour, bold=True, kind="status"
        )
    _draw_spark(sheet, box.cell, time, bottom - CELL_AIR - SPARK)
    sheet.rule(box.left, box.right, bottom, colour=theme.GRID, kind="rule")


def _draw_spark(sheet: Sheet, cell: Cell, time: AxisScale, top: float) -> None:
    """Draw the line with its threshold; both named at the right, the value by the colour of the state."""
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
    value, level = spread_labels(wanted, (LABEL + 4.0, FINE + 8.0), room[0] - 10, room[1] + 10)
    colour, _ = PHASES[cell.phase]
    sheet.text_at(left, value, cell.value, size=LABEL, colour=colour, bold=True, kind="value")
    sheet.text_at(left, level, cell.breach, size=FINE, colour=theme.ALARM, kind="level")


def _draw_dates(
    sheet: Sheet, rows: Sequence[Sequence[Box]], first: float, last: float, baseline: float, gutter: float
) -> None:
    """Date the first and the last session under the last row's lines; in one where the lines are short."""
    start, end = (text.day(np.datetime64(int(day), "D").item()) for day in (first, last))
    look: dict[str, Any] = {"size": FINE, "colour": theme.QUIET, "kind": "date"}
    for box in rows[-1]:
        right = box.right - gutter
        if text_width(start, FINE) + text_width(end, FINE) + CELL_AIR > right - box.left:
            sheet.text(box.left, baseline, f"{start} to {end}", **look)
        else:
            sheet.text(box.left, baseline, start, **look)
            sheet.text(right, baseline, end, align="right", **look)
