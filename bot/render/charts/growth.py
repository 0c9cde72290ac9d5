"""Growth of 100 over the ratio of a pair or over drawdowns; and drawdowns alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import DateArray, FloatArray
from bot.render import chart_text, text
from bot.render.chart_specs import DoubtMark, GrowthChart, IndexMark, UnderwaterChart
from bot.render.charts.panels import (
    AIR,
    START,
    Axis,
    Panel,
    clip_style,
    day,
    days,
    draw_beyond,
    draw_dates,
    draw_doubts,
    draw_ends,
    draw_ground,
    draw_lines,
    fall_axis,
    growth_axis,
    last_known,
    mark_of,
    ratio_axis,
    spread_labels,
    time_scale,
    trusted_lines,
    values_beyond,
)
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import TEXT_ROOM, Sheet, framed_sheet, text_width, widest
from bot.render.charts.theme import FINE, INK, MARGIN, SHADE, TICK, WIDTH, Look
from bot.render.doubts import MARK

UPPER, LOWER = 224.0, 104.0
CAPTION, DATES, CHANGE = 84.0, 72.0, 44.0
LONG = 5 * 365
"""Days from which on equal factors are equal distances."""


def build_growth(picture: GrowthChart) -> Figure:
    """Draw lines labelled at their ends above; below the ratio of a pair, or dated drawdowns."""
    log = (picture.sessions[-1] - picture.sessions[0]).astype(int) >= LONG
    growth = growth_axis(trusted_lines(picture.growth, picture.sessions, picture.marks, START), log=log)
    ends = _end_labels(picture, 2 if growth.high - growth.low < 1 else 1)
    if picture.ratio is not None:
        return _build_ratio(picture, picture.ratio, growth, ends)
    falls = _falls(picture)
    under = fall_axis(falls.trusted)
    time = time_scale(picture.sessions, (*growth.names, *under.names), ends)
    worst = fall_labels(falls, time)
    sheet, panels = _frame(picture, (growth, under), time, labels_height(worst))
    _draw_growth(sheet, picture, panels[0], ends)
    draw_falls(sheet, falls, panels[1], worst)
    draw_doubts(sheet, panels, picture.marks)
    return sheet.figure


def _build_ratio(picture: GrowthChart, ratio: FloatArray, growth: Axis, ends: list[str]) -> Figure:
    one_row = [replace(mark, row=0) for mark in picture.marks]
    trusted = trusted_lines(ratio[None], picture.sessions, one_row, START)
    against = ratio_axis(picture.symbols, trusted)
    time = time_scale(picture.sessions, (*growth.names, *against.names), ends)
    sheet, panels = _frame(picture, (growth, against), time, 0.0)
    _draw_growth(sheet, picture, panels[0], ends)
    _draw_ratio(sheet, picture, ratio, panels[1])
    draw_doubts(sheet, panels, picture.marks)
    return sheet.figure


def _frame(
    picture: GrowthChart, axes: tuple[Axis, Axis], time: AxisScale, labels: float
) -> tuple[Sheet, tuple[Panel, Panel]]:
    """Place two panels over one time axis with the changes of index.  labels : height of those between"""
    rows = _change_rows(picture, time)
    body = UPPER + LOWER + 2 * CAPTION + labels + DATES + CHANGE * len(rows)
    sheet, top = framed_sheet(picture, body)
    upper = Panel.below(top + CAPTION, UPPER, axes[0], time)
    lower = Panel.below(upper.bottom + CAPTION, LOWER, axes[1], time)
    bottom = lower.bottom + labels + 20
    draw_dates(sheet, (upper, lower), picture.sessions, bottom)
    _draw_changes(sheet, rows, (upper, lower), bottom)
    return sheet, (upper, lower)


def _draw_ratio(sheet: Sheet, picture: GrowthChart, ratio: FloatArray, panel: Panel) -> None:
    """Draw the line, tinted in the colour of the fund that is ahead."""
    draw_ground(sheet, panel)
    level, xs = panel.value.at(START), panel.time(days(picture.sessions))
    ys = np.clip(panel.value(ratio), panel.top, panel.bottom)
    for look, side in zip(sheet.looks, (np.minimum, np.maximum), strict=False):
        sheet.area(xs, side(ys, level), level, colour=look.colour)
    black = [Look(INK, sheet.looks[0].marker, ())]
    cut = clip_style(sheet, panel, picture.marks)
    draw_lines(sheet, panel, picture.sessions, ratio[None], 4, black, **cut)
    mark = MARK if picture.marks else ""
    words = f"{chart_text.level(ratio[last_known(ratio)])}{mark}"
    draw_ends(sheet, panel, picture.sessions, ratio[None], [words], black)


def _change_rows(picture: GrowthChart, time: AxisScale) -> list[list[tuple[IndexMark, float]]]:
    """Place the words of each change under its day, in as few rows as keep them apart."""
    rows: list[list[tuple[IndexMark, float]]] = []
    ends: list[float] = []
    for change in sorted(picture.changes, key=lambda change: change.on):
        width = text_width(change.words, FINE)
        wanted = time.at(day(change.on)) - width / 2
        left = min(max(wanted, float(MARGIN)), WIDTH - MARGIN - width)
        row = next((at for at, end in enumerate(ends) if end + AIR <= left), len(rows))
        if row == len(rows):
            rows.append([])
            ends.append(0.0)
        rows[row].append((change, left))
        ends[row] = left + width
    return rows


def _draw_changes(
    sheet: Sheet,
    rows: list[list[tuple[IndexMark, float]]],
    panels: Sequence[Panel],
    bottom: float,
) -> None:
    """Draw a tick on the time axis for each change of index, a thin line through the panels, words."""
    for number, row in enumerate(rows):
        for change, left in row:
            x, colour = panels[0].time.at(day(change.on)), sheet.looks[change.row].colour
            for panel in panels:
                ys, style = [panel.top, panel.bottom], {"linestyle": (0, (6, 4)), "zorder": 2.6}
                sheet.line([x, x], ys, colour=colour, width=2, kind="change-line", **style)
            sheet.dot(x, bottom, colour=colour, size=26, marker=("^", 1.0), kind="change")
            baseline = bottom + DATES - 20 + CHANGE * (number + 1) - 12
            sheet.text(left, baseline, change.words, size=FINE, colour=colour, kind="change")


def _end_labels(picture: GrowthChart, decimals: int) -> list[str]:
    ends = [last_known(line) for line in picture.growth]
    values = [chart_text.level(line[at], decimals) for line, at in zip(picture.growth, ends, strict=True)]
    named = zip(picture.symbols, values, strict=True)
    return [f"{symbol} {value}{mark_of(picture.marks, row)}" for row, (symbol, value) in enumerate(named)]


def _draw_growth(sheet: Sheet, picture: GrowthChart, panel: Panel, ends: list[str]) -> None:
    draw_ground(sheet, panel)
    width = 5 if len(ends) < 4 else 4
    draw_lines(
        sheet, panel, picture.sessions, picture.growth, width, **clip_style(sheet, panel, picture.marks)
    )
    draw_ends(sheet, panel, picture.sessions, picture.growth, ends)
    for column, value in values_beyond(picture.growth, panel.axis):
        when: date = picture.sessions[column].item()
        words = f"{chart_text.level(value)}{MARK} on {text.day(when)}"
        draw_beyond(sheet, panel, panel.time.at(day(when)), words, above=value > panel.axis.high)


HEIGHT = 560.0


def build_underwater(picture: UnderwaterChart) -> Figure:
    """Draw curves from 0 down, named at their ends by the drawdown they are in now."""
    falls = _falls(picture)
    axis, ends = fall_axis(falls.trusted), _fall_labels(picture)
    time = time_scale(picture.sessions, axis.names, ends)
    worst = fall_labels(falls, time)
    sheet, top = framed_sheet(picture, CAPTION + HEIGHT + labels_height(worst) + DATES)
    panel = Panel.below(top + CAPTION, HEIGHT, axis, time)
    for first, last in picture.episodes:
        left, right = time.at(day(first)), time.at(day(last))
        sheet.box(left, panel.top, right - left, HEIGHT, colour=SHADE, zorder=0.4, kind="episode")
    draw_dates(sheet, (panel,), picture.sessions, panel.bottom + labels_height(worst) + 20)
    draw_falls(sheet, falls, panel, worst)
    draw_ends(sheet, panel, picture.sessions, picture.drawdowns, ends)
    draw_doubts(sheet, (panel,), picture.marks)
    return sheet.figure


def _fall_labels(picture: UnderwaterChart) -> list[str]:
    lines = zip(picture.symbols, picture.drawdowns, strict=True)
    return [
        f"{symbol} {chart_text.percent(line[last_known(line)])}{mark_of(picture.marks, row)}"
        for row, (symbol, line) in enumerate(lines)
    ]


ROW = 48.0


@dataclass(frozen=True, eq=False)
class Falls:
    """What is drawn; the fields are those of `UnderwaterChart`."""

    symbols: tuple[str, ...]
    sessions: DateArray
    drawdowns: FloatArray
    worst: tuple[tuple[date, float] | None, ...]
    marks: tuple[DoubtMark, ...] = ()

    @property
    def trusted(self) -> FloatArray:
        """What the axis is made for."""
        return trusted_lines(self.drawdowns, self.sessions, self.marks, 0.0, base=1.0)


def _falls(picture: GrowthChart | UnderwaterChart) -> Falls:
    assert picture.drawdowns is not None, "a chart without a ratio has drawdowns"
    return Falls(picture.symbols, picture.sessions, picture.drawdowns, picture.worst, picture.marks)


@dataclass(frozen=True)
class FallLabel:
    """The worst fall of a symbol in words, and where they stand under the panel."""

    words: str
    size: float
    row: int
    left: float


def fall_labels(falls: Falls, time: AxisScale) -> list[FallLabel]:
    """Place one or two under their lowest points; more would crowd there and stand in columns."""
    funds = zip(falls.symbols, falls.drawdowns, falls.worst, strict=True)
    words = [_fall_words(*fund, mark_of(falls.marks, row)) for row, fund in enumerate(funds)]
    if len(words) > 2:
        return _in_columns(words)
    wanted = [time.at(time.low if worst is None else day(worst[0])) for worst in falls.worst]
    widths = [text_width(line, TICK, bold=True) + AIR for line in words]
    centres = spread_labels(wanted, widths, time.at_low - AIR / 2, WIDTH - MARGIN + AIR / 2)
    places = zip(words, centres, widths, strict=True)
    return [FallLabel(line, TICK, 0, centre - (width - AIR) / 2) for line, centre, width in places]


def labels_height(labels: Sequence[FallLabel]) -> float:
    """Return the height of the labels, pixels."""
    return ROW * (1 + max(label.row for label in labels))


def draw_falls(sheet: Sheet, falls: Falls, panel: Panel, labels: Sequence[FallLabel]) -> None:
    """Draw the curves with their deepest points, and the labels below the panel."""
    draw_ground(sheet, panel)
    if len(labels) < 3:
        _draw_tints(sheet, falls, panel)
    width = 4 if len(labels) < 4 else 3
    draw_lines(sheet, panel, falls.sessions, falls.drawdowns, width, **clip_style(sheet, panel, falls.marks))
    _draw_troughs(sheet, falls, panel)
    for label, look in zip(labels, sheet.looks, strict=False):
        baseline = panel.bottom + ROW * (label.row + 1) + 6
        size, colour = label.size, look.colour
        sheet.text(label.left, baseline, label.words, size=size, colour=colour, bold=True, kind="fall")


def _in_columns(words: list[str]) -> list[FallLabel]:
    width = widest(words, FINE, bold=True) + AIR
    rows = ceil(len(words) / max(1, (TEXT_ROOM + AIR) // width))
    across = ceil(len(words) / rows)
    return [FallLabel(line, FINE, i // across, MARGIN + i % across * width) for i, line in enumerate(words)]


def _fall_words(symbol: str, line: FloatArray, worst: tuple[date, float] | None, mark: str) -> str:
    if worst is not None:
        return f"{symbol} {chart_text.fall(worst[1])}{mark} {text.day(worst[0])}"
    return f"{symbol} never fell" if np.isfinite(line).any() else f"{symbol} {chart_text.UNKNOWN}"


def _draw_troughs(sheet: Sheet, falls: Falls, panel: Panel) -> None:
    """Draw a dot at every deepest point, the first symbol's on top."""
    for worst, look in reversed(list(zip(falls.worst, sheet.looks, strict=False))):
        if worst is not None and worst[1] >= panel.axis.low:
            x, y = panel.time.at(day(worst[0])), panel.value.at(worst[1])
            sheet.dot(x, y, colour=look.colour, size=18, kind="trough")


def _draw_tints(sheet: Sheet, falls: Falls, panel: Panel) -> None:
    xs = panel.time(days(falls.sessions))
    for line, look in zip(falls.drawdowns, sheet.looks, strict=False):
        ys = np.minimum(panel.value(line), panel.bottom)
        sheet.area(xs, ys, panel.top, colour=look.colour)
