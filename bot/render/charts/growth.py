"""Growth of 100 over the underwater panel, both on one time axis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render import text
from bot.render.charts import numbers
from bot.render.charts.frame import ROOM, framed
from bot.render.charts.labels import spread
from bot.render.charts.panels import (
    Panel,
    day,
    days,
    draw_dates,
    draw_ground,
    draw_lines,
    fall_axis,
    growth_axis,
)
from bot.render.charts.scales import Scale
from bot.render.charts.sheet import Sheet, text_width, widest
from bot.render.charts.theme import COLOURS, FINE, LABEL, MARGIN, TICK, WIDTH
from bot.render.pictures import GrowthPicture

UPPER, LOWER = 400.0, 180.0
CAPTION, ROW, DATES = 96.0, 48.0, 80.0
AIR = 44.0
"""Between labels in one row, and between a line's end and its label."""


@dataclass(frozen=True)
class FallLabel:
    """The worst fall of a symbol in words, and where they stand under the panel."""

    words: str
    size: float
    row: int
    left: float


def build(picture: GrowthPicture) -> Figure:
    """Lines labelled at their ends above, falls from the peak below with the worst ones dated."""
    growth, falls = growth_axis(picture.growth), fall_axis(picture.drawdowns)
    ends = _end_labels(picture, 2 if growth.high - growth.low < 1 else 1)
    time = _time_scale(picture, (*growth.names, *falls.names), ends)
    worst = _fall_labels(picture, time)
    rows = ROW * (1 + max(label.row for label in worst))
    sheet, top = framed(picture, UPPER + LOWER + 2 * CAPTION + rows + DATES)
    upper = Panel.below(top + CAPTION, UPPER, growth, time)
    lower = Panel.below(upper.bottom + CAPTION, LOWER, falls, time)
    draw_dates(sheet, (upper, lower), picture.sessions, lower.bottom + rows + 20)
    _draw_growth(sheet, picture, upper, ends)
    _draw_falls(sheet, picture, lower, worst)
    return sheet.figure


def _end_labels(picture: GrowthPicture, decimals: int) -> list[str]:
    ends = [_last_known(line) for line in picture.growth]
    values = [numbers.level(line[at], decimals) for line, at in zip(picture.growth, ends, strict=True)]
    return [f"{symbol} {value}" for symbol, value in zip(picture.symbols, values, strict=True)]


def _last_known(line: FloatArray) -> int:
    """Index of the last value that is known, that of the last session where none is."""
    known = np.flatnonzero(np.isfinite(line))
    return int(known[-1]) if known.size else line.size - 1


def _time_scale(picture: GrowthPicture, values: tuple[str, ...], ends: list[str]) -> Scale:
    first, last = days(picture.sessions)[[0, -1]]
    left = MARGIN + widest(values, TICK) + 20
    right = WIDTH - MARGIN - widest(ends, LABEL, bold=True) - AIR
    return Scale(first, max(last, first + 1), left, right)


def _fall_labels(picture: GrowthPicture, time: Scale) -> list[FallLabel]:
    """One or two stand under their lowest points; more would crowd there and stand in columns."""
    funds = zip(picture.symbols, picture.growth, picture.worst, strict=True)
    words = [_fall_words(*fund) for fund in funds]
    if len(words) > 2:
        return _in_columns(words)
    wanted = [time.at(time.low if worst is None else day(worst[0])) for worst in picture.worst]
    widths = [text_width(line, TICK, bold=True) + AIR for line in words]
    centres = spread(wanted, widths, time.at_low - AIR / 2, WIDTH - MARGIN + AIR / 2)
    places = zip(words, centres, widths, strict=True)
    return [FallLabel(line, TICK, 0, centre - (width - AIR) / 2) for line, centre, width in places]


def _in_columns(words: list[str]) -> list[FallLabel]:
    width = widest(words, FINE, bold=True) + AIR
    rows = ceil(len(words) / max(1, (ROOM + AIR) // width))
    across = ceil(len(words) / rows)
    return [FallLabel(line, FINE, i // across, MARGIN + i % across * width) for i, line in enumerate(words)]


def _fall_words(symbol: str, line: FloatArray, worst: tuple[date, float] | None) -> str:
    if worst is not None:
        return f"{symbol} {numbers.fall(worst[1])} {text.day(worst[0])}"
    return f"{symbol} never fell" if np.isfinite(line).any() else f"{symbol} {numbers.UNKNOWN}"


def _draw_growth(sheet: Sheet, picture: GrowthPicture, panel: Panel, ends: list[str]) -> None:
    draw_ground(sheet, panel)
    draw_lines(sheet, panel, picture.sessions, picture.growth, width=5 if len(ends) < 4 else 4)
    _draw_ends(sheet, picture, panel, ends)


def _draw_ends(sheet: Sheet, picture: GrowthPicture, panel: Panel, ends: list[str]) -> None:
    """Labels beside the last known points, moved apart where they would touch and then led back."""
    points = [_end(picture, line, panel) for line in picture.growth]
    middles = spread([y for _, y in points], [LABEL + 8.0] * len(points), panel.top - LABEL, panel.bottom)
    left = panel.time.at_high + AIR
    for (x, y), middle, words, colour in zip(points, middles, ends, COLOURS, strict=False):
        sheet.text_at(left, middle, words, size=LABEL, colour=colour, bold=True, kind="end")
        if words.endswith(numbers.UNKNOWN):
            continue
        if abs(middle - y) > 6 or x < panel.time.at_high:
            sheet.line([x, left - 6], [y, middle], colour=colour, width=2, kind="leader")
        sheet.dot(x, y, colour=colour, size=18, kind="end-dot")


def _end(picture: GrowthPicture, line: FloatArray, panel: Panel) -> tuple[float, float]:
    """Where a line ends: at the foot of the panel where no value of it is known."""
    at = _last_known(line)
    y = panel.bottom if np.isnan(line[at]) else panel.value.at(line[at])
    return panel.time.at(days(picture.sessions)[at]), y


def _draw_falls(sheet: Sheet, picture: GrowthPicture, panel: Panel, labels: list[FallLabel]) -> None:
    draw_ground(sheet, panel)
    if len(labels) < 3:
        _draw_tints(sheet, picture, panel)
    draw_lines(sheet, panel, picture.sessions, picture.drawdowns, width=4 if len(labels) < 4 else 3)
    _draw_troughs(sheet, picture, panel)
    for label, colour in zip(labels, COLOURS, strict=False):
        baseline = panel.bottom + ROW * (label.row + 1) + 6
        sheet.text(label.left, baseline, label.words, size=label.size, colour=colour, bold=True, kind="fall")


def _draw_troughs(sheet: Sheet, picture: GrowthPicture, panel: Panel) -> None:
    """A dot at every deepest point, the first symbol's on top."""
    for worst, colour in reversed(list(zip(picture.worst, COLOURS, strict=False))):
        if worst is not None:
            x, y = panel.time.at(day(worst[0])), panel.value.at(worst[1])
            sheet.dot(x, y, colour=colour, size=18, kind="trough")


def _draw_tints(sheet: Sheet, picture: GrowthPicture, panel: Panel) -> None:
    xs = panel.time(days(picture.sessions))
    for line, colour in zip(picture.drawdowns, COLOURS, strict=False):
        sheet.area(xs, panel.value(line), panel.top, colour=colour)
