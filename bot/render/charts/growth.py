"""Growth of 100 and falls below the highest value so far, together or the falls alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import DateArray, FloatArray
from bot.render import chart_text, text
from bot.render.chart_specs import DoubtMark, GrowthChart, UnderwaterChart
from bot.render.charts.panels import (
    AIR,
    START,
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
    spread_labels,
    trusted_lines,
    values_beyond,
)
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import TEXT_ROOM, Sheet, framed_sheet, text_width, widest
from bot.render.charts.theme import COLOURS, FINE, LABEL, MARGIN, TICK, WIDTH
from bot.render.doubts import MARK

UPPER, LOWER = 400.0, 180.0
CAPTION, DATES = 96.0, 80.0


def build_growth(picture: GrowthChart) -> Figure:
    """Draw lines labelled at their ends above, falls from the peak below with the worst ones dated."""
    growth = growth_axis(trusted_lines(picture.growth, picture.sessions, picture.marks, START))
    falls = Falls(picture.symbols, picture.sessions, picture.drawdowns, picture.worst, picture.marks)
    under = fall_axis(falls.trusted)
    ends = _end_labels(picture, 2 if growth.high - growth.low < 1 else 1)
    time = _time_scale(picture, (*growth.names, *under.names), ends)
    worst = fall_labels(falls, time)
    sheet, top = framed_sheet(picture, UPPER + LOWER + 2 * CAPTION + labels_height(worst) + DATES)
    upper = Panel.below(top + CAPTION, UPPER, growth, time)
    lower = Panel.below(upper.bottom + CAPTION, LOWER, under, time)
    draw_dates(sheet, (upper, lower), picture.sessions, lower.bottom + labels_height(worst) + 20)
    _draw_growth(sheet, picture, upper, ends)
    draw_falls(sheet, falls, lower, worst)
    draw_doubts(sheet, (upper, lower), picture.marks)
    return sheet.figure


def _end_labels(picture: GrowthChart, decimals: int) -> list[str]:
    ends = [last_known(line) for line in picture.growth]
    values = [chart_text.level(line[at], decimals) for line, at in zip(picture.growth, ends, strict=True)]
    named = zip(picture.symbols, values, strict=True)
    return [f"{symbol} {value}{mark_of(picture.marks, row)}" for row, (symbol, value) in enumerate(named)]


def _time_scale(picture: GrowthChart, values: tuple[str, ...], ends: list[str]) -> AxisScale:
    first, last = days(picture.sessions)[[0, -1]]
    left = MARGIN + widest(values, TICK) + 20
    right = WIDTH - MARGIN - widest(ends, LABEL, bold=True) - AIR
    return AxisScale(first, max(last, first + 1), left, right)


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
    """Draw curves from 0 down, named at their ends by how far below the high they are now."""
    falls = Falls(picture.symbols, picture.sessions, picture.drawdowns, picture.worst, picture.marks)
    axis, ends = fall_axis(falls.trusted), _fall_labels(picture)
    first, last = days(picture.sessions)[[0, -1]]
    left = MARGIN + widest(axis.names, TICK) + 20
    right = WIDTH - MARGIN - widest(ends, LABEL, bold=True) - AIR
    time = AxisScale(first, max(last, first + 1), left, right)
    worst = fall_labels(falls, time)
    sheet, top = framed_sheet(picture, CAPTION + HEIGHT + labels_height(worst) + DATES)
    panel = Panel.below(top + CAPTION, HEIGHT, axis, time)
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
    """What is drawn; the fields are those of `GrowthPicture`."""

    symbols: tuple[str, ...]
    sessions: DateArray
    drawdowns: FloatArray
    worst: tuple[tuple[date, float] | None, ...]
    marks: tuple[DoubtMark, ...] = ()

    @property
    def trusted(self) -> FloatArray:
        """What the axis is made for."""
        return trusted_lines(self.drawdowns, self.sessions, self.marks, 0.0, base=1.0)


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
    for label, colour in zip(labels, COLOURS, strict=False):
        baseline = panel.bottom + ROW * (label.row + 1) + 6
        sheet.text(label.left, baseline, label.words, size=label.size, colour=colour, bold=True, kind="fall")


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
    for worst, colour in reversed(list(zip(falls.worst, COLOURS, strict=False))):
        if worst is not None and worst[1] >= panel.axis.low:
            x, y = panel.time.at(day(worst[0])), panel.value.at(worst[1])
            sheet.dot(x, y, colour=colour, size=18, kind="trough")


def _draw_tints(sheet: Sheet, falls: Falls, panel: Panel) -> None:
    xs = panel.time(days(falls.sessions))
    for line, colour in zip(falls.drawdowns, COLOURS, strict=False):
        ys = np.minimum(panel.value(line), panel.bottom)
        sheet.area(xs, ys, panel.top, colour=colour)
