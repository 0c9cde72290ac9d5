"""A panel with time across and values down: its axis, its ground, its lines and the names at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import floor
from typing import Any

import numpy as np

from analytics.panel import DateArray, FloatArray
from bot.render.charts import numbers, theme
from bot.render.charts.labels import spread
from bot.render.charts.scales import AxisScale, Ticks, date_ticks, round_ticks
from bot.render.charts.sheet import Sheet, text_width
from bot.render.charts.theme import COLOURS, LABEL, MARGIN, TICK

START = 100.0
GROWTH_TICKS, FALL_TICKS, DATES = 5, 4, 6
AIR = 44.0
"""Between labels in one row, and between a line's end and its label."""


@dataclass(frozen=True)
class Axis:
    """What a panel spans from its lower to its upper edge, and the ticks between with their names.

    strong : the value that the lines start from
    """

    caption: str
    strong: float
    low: float
    high: float
    ticks: Ticks
    names: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """An axis in its place on the sheet."""

    axis: Axis
    time: AxisScale
    value: AxisScale

    @classmethod
    def below(cls, top: float, height: float, axis: Axis, time: AxisScale) -> Panel:
        """A panel whose upper edge is at `top`."""
        return cls(axis, time, AxisScale(axis.high, axis.low, top, top + height))

    @property
    def top(self) -> float:
        """Upper edge, pixels."""
        return self.value.at_low

    @property
    def bottom(self) -> float:
        """Lower edge, pixels."""
        return self.value.at_high


def growth_axis(growth: FloatArray) -> Axis:
    """From a round value below the lowest, or from 0 where that is near, to a little above the highest."""
    known = np.append(growth[np.isfinite(growth)], START)
    low, high = float(known.min()), float(known.max())
    room = max(0.04 * (high - low), 0.02)
    grain = round_ticks(low - room, high + room, GROWTH_TICKS).step / 5
    bottom = 0.0 if low < 0.15 * high else grain * floor((low - room) / grain)
    ticks = round_ticks(bottom, high + room, GROWTH_TICKS)
    start = numbers.exact(bottom, Ticks((), grain).decimals)
    names = tuple(numbers.level(value, ticks.decimals) for value in ticks.values)
    return Axis(f"Value of 100, axis starts at {start}", START, bottom, high + room, ticks, names)


def fall_axis(drawdowns: FloatArray) -> Axis:
    """From a little below the deepest fall up to 0; one percent where nothing fell by a basis point."""
    deepest = float(np.min(drawdowns[np.isfinite(drawdowns)], initial=0.0))
    low = 1.04 * deepest if deepest < -1e-4 else -0.01
    ticks = round_ticks(low, 0.0, FALL_TICKS)
    names = tuple(numbers.percent(value, max(0, ticks.decimals - 2)) for value in ticks.values)
    return Axis("Below the highest value so far", 0.0, low, 0.0, ticks, names)


def days(sessions: DateArray) -> FloatArray:
    """Days since 1970, the unit of every time scale."""
    return sessions.astype("datetime64[D]").astype(np.float64)


def day(when: date) -> float:
    """One date as `days` gives it."""
    return float(np.datetime64(when, "D").astype(np.int64))


def draw_ground(sheet: Sheet, panel: Panel) -> None:
    """Caption, level lines and their values; the line that everything starts from stands out."""
    axis, left, right = panel.axis, panel.time.at_low, panel.time.at_high
    sheet.text(MARGIN, panel.top - 38, axis.caption, colour=theme.QUIET, kind="caption")
    for value, name in zip(axis.ticks.values, axis.names, strict=True):
        y, colour = panel.value.at(value), theme.INK if value == axis.strong else theme.QUIET
        sheet.rule(left, right, y, colour=theme.GRID, kind="grid")
        sheet.text_at(left - 20, y, name, colour=colour, align="right", kind="value")
    sheet.rule(left, right, panel.value.at(axis.strong), colour=theme.RULE, width=3, kind="start")


def draw_dates(sheet: Sheet, panels: tuple[Panel, ...], sessions: DateArray, bottom: float) -> None:
    """The time axis at `bottom`, and upright lines through every panel."""
    time = panels[0].time
    first, last = sessions[[0, -1]].astype("datetime64[D]").tolist()
    sheet.rule(time.at_low, time.at_high, bottom, colour=theme.RULE, kind="axis")
    for when, name in next((ticks for ticks in date_ticks(first, last, DATES) if _fits(ticks, time)), []):
        x = time.at(day(when))
        for panel in panels:
            sheet.line([x, x], [panel.top, panel.bottom], colour=theme.GRID, width=2, kind="grid")
        sheet.line([x, x], [bottom, bottom + 12], colour=theme.RULE, width=2, kind="axis")
        sheet.text(x, bottom + 48, name, colour=theme.QUIET, align="center", kind="date")


def _fits(ticks: list[tuple[date, str]], time: AxisScale) -> bool:
    """Whether the names keep a letter's distance."""
    spans = [(time.at(day(when)), text_width(name, TICK) / 2 + TICK / 4) for when, name in ticks]
    return all(x + half <= after - next_half for (x, half), (after, next_half) in pairwise(spans))


def draw_lines(
    sheet: Sheet,
    panel: Panel,
    sessions: DateArray,
    values: FloatArray,
    width: float,
    colours: Sequence[str] = COLOURS,
    **more: Any,
) -> None:
    """One line a row, broken where a value is missing, the first on top of the others."""
    xs = panel.time(days(sessions))
    for row in reversed(range(len(values))):
        ys = panel.value(values[row])
        sheet.line(xs, ys, colour=colours[row], width=width, kind="series", zorder=3, **more)


def last_known(line: FloatArray) -> int:
    """Index of the last value that is known, that of the last session where none is."""
    known = np.flatnonzero(np.isfinite(line))
    return int(known[-1]) if known.size else line.size - 1


def draw_ends(
    sheet: Sheet,
    panel: Panel,
    sessions: DateArray,
    values: FloatArray,
    words: Sequence[str],
    colours: Sequence[str] = COLOURS,
) -> None:
    """Words beside the last known points, moved apart where they would touch and then led back."""
    points = [_end(sessions, line, panel) for line in values]
    middles = spread([y for _, y in points], [LABEL + 8.0] * len(points), panel.top - LABEL, panel.bottom)
    left = panel.time.at_high + AIR
    for (x, y), middle, label, colour in zip(points, middles, words, colours, strict=False):
        sheet.text_at(left, middle, label, size=LABEL, colour=colour, bold=True, kind="end")
        if label.endswith(numbers.UNKNOWN):
            continue
        inside = min(max(y, panel.top), panel.bottom)
        if abs(middle - inside) > 6 or x < panel.time.at_high:
            sheet.line([x, left - 6], [inside, middle], colour=colour, width=2, kind="leader")
        if y == inside:
            sheet.dot(x, y, colour=colour, size=18, kind="end-dot")


def _end(sessions: DateArray, line: FloatArray, panel: Panel) -> tuple[float, float]:
    """Where a line ends: at the foot of the panel where no value of it is known."""
    at = last_known(line)
    y = panel.bottom if np.isnan(line[at]) else panel.value.at(line[at])
    return panel.time.at(days(sessions)[at]), y
