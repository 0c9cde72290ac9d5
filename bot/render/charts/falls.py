"""Falls below the highest value so far: the curves, and the deepest point of each in words and dated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np

from analytics.panel import DateArray, FloatArray
from bot.render import text
from bot.render.charts import numbers
from bot.render.charts.doubts import clipped, mark_of, trusted
from bot.render.charts.frame import ROOM
from bot.render.charts.labels import spread
from bot.render.charts.panels import AIR, Panel, day, days, draw_ground, draw_lines
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import Sheet, text_width, widest
from bot.render.charts.theme import COLOURS, FINE, MARGIN, TICK, WIDTH
from bot.render.section_chart_specs import DoubtMark

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
        return trusted(self.drawdowns, self.sessions, self.marks, 0.0, base=1.0)


@dataclass(frozen=True)
class FallLabel:
    """The worst fall of a symbol in words, and where they stand under the panel."""

    words: str
    size: float
    row: int
    left: float


def fall_labels(falls: Falls, time: AxisScale) -> list[FallLabel]:
    """One or two stand under their lowest points; more would crowd there and stand in columns."""
    funds = zip(falls.symbols, falls.drawdowns, falls.worst, strict=True)
    words = [_fall_words(*fund, mark_of(falls.marks, row)) for row, fund in enumerate(funds)]
    if len(words) > 2:
        return _in_columns(words)
    wanted = [time.at(time.low if worst is None else day(worst[0])) for worst in falls.worst]
    widths = [text_width(line, TICK, bold=True) + AIR for line in words]
    centres = spread(wanted, widths, time.at_low - AIR / 2, WIDTH - MARGIN + AIR / 2)
    places = zip(words, centres, widths, strict=True)
    return [FallLabel(line, TICK, 0, centre - (width - AIR) / 2) for line, centre, width in places]


def room(labels: Sequence[FallLabel]) -> float:
    """Height of the labels, pixels."""
    return ROW * (1 + max(label.row for label in labels))


def draw_falls(sheet: Sheet, falls: Falls, panel: Panel, labels: Sequence[FallLabel]) -> None:
    """The curves with their deepest points, and the labels below the panel."""
    draw_ground(sheet, panel)
    if len(labels) < 3:
        _draw_tints(sheet, falls, panel)
    width = 4 if len(labels) < 4 else 3
    draw_lines(sheet, panel, falls.sessions, falls.drawdowns, width, **clipped(sheet, panel, falls.marks))
    _draw_troughs(sheet, falls, panel)
    for label, colour in zip(labels, COLOURS, strict=False):
        baseline = panel.bottom + ROW * (label.row + 1) + 6
        sheet.text(label.left, baseline, label.words, size=label.size, colour=colour, bold=True, kind="fall")


def _in_columns(words: list[str]) -> list[FallLabel]:
    width = widest(words, FINE, bold=True) + AIR
    rows = ceil(len(words) / max(1, (ROOM + AIR) // width))
    across = ceil(len(words) / rows)
    return [FallLabel(line, FINE, i // across, MARGIN + i % across * width) for i, line in enumerate(words)]


def _fall_words(symbol: str, line: FloatArray, worst: tuple[date, float] | None, mark: str) -> str:
    if worst is not None:
        return f"{symbol} {numbers.fall(worst[1])}{mark} {text.day(worst[0])}"
    return f"{symbol} never fell" if np.isfinite(line).any() else f"{symbol} {numbers.UNKNOWN}"


def _draw_troughs(sheet: Sheet, falls: Falls, panel: Panel) -> None:
    """A dot at every deepest point, the first symbol's on top."""
    for worst, colour in reversed(list(zip(falls.worst, COLOURS, strict=False))):
        if worst is not None and worst[1] >= panel.axis.low:
            x, y = panel.time.at(day(worst[0])), panel.value.at(worst[1])
            sheet.dot(x, y, colour=colour, size=18, kind="trough")


def _draw_tints(sheet: Sheet, falls: Falls, panel: Panel) -> None:
    xs = panel.time(days(falls.sessions))
    for line, colour in zip(falls.drawdowns, COLOURS, strict=False):
        ys = np.minimum(panel.value(line), panel.bottom)
        sheet.area(xs, ys, panel.top, colour=colour)
