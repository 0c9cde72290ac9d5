"""Returns by calendar year: a group of bars a year, one bar a fund, all from the line of no return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render import chart_text, text
from bot.render.chart_specs import YearsChart
from bot.render.charts import theme
from bot.render.charts.scales import AxisScale, Ticks, round_ticks
from bot.render.charts.sheet import (
    KEY_AIR,
    KEY_LINE,
    TEXT_ROOM,
    Sheet,
    draw_keys,
    framed_sheet,
    place_keys,
    widest,
    wrap,
)
from bot.render.charts.theme import FINE, MARGIN, TICK, WIDTH

HEIGHT = 560.0
TICKS, WIDEST = 6, 150.0
SHARE = 0.86
"""Of the room of a year that its bars take."""
LEGEND = "○ not priced for all of the year"
Writing = Callable[[float], str]


@dataclass(frozen=True)
class Years:
    """Where things stand: the years side by side from `left`, a bar of each fund in every one."""

    value: AxisScale
    ticks: Ticks
    left: float
    pitch: float
    bar: float
    count: int

    def middle(self, year: int) -> float:
        """Return the centre of a year, pixels from the left."""
        return self.left + self.pitch * (year + 0.5)

    def start(self, year: int, fund: int) -> float:
        """Return the left edge of a bar."""
        return self.middle(year) + self.bar * (fund - self.count / 2)


def build_years(picture: YearsChart) -> Figure:
    """Draw names of the funds above, the years below; figures at the bars where there is room for them."""
    names = place_keys(picture.symbols, TEXT_ROOM)
    above = KEY_AIR + KEY_LINE * (1 + names[-1].line) + (KEY_LINE if _holes(picture) else 0.0) + KEY_AIR
    axis = _axis(picture.returns)
    years = _years(picture, axis, 0.0)
    labels = [wrap(name, FINE if " " in name else TICK, years.pitch - 8) for name in picture.years]
    below = 40 + 1.2 * TICK * max(len(lines) for lines in labels)
    sheet, top = framed_sheet(picture, above + HEIGHT + below)
    years = _years(picture, axis, top + above)
    draw_keys(sheet, names, top + KEY_AIR)
    if _holes(picture):
        legend = f"{LEGEND}{_left_out(picture)}"
        sheet.text(MARGIN, top + above - KEY_AIR - 8, legend, size=FINE, colour=theme.QUIET, kind="legend")
    _draw_ground(sheet, years)
    _draw_bars(sheet, picture, years)
    _draw_years(sheet, labels, years)
    return sheet.figure


def _holes(picture: YearsChart) -> bool:
    return bool(np.isnan(picture.returns).any())


def _left_out(picture: YearsChart) -> str:
    named = text.join_words(picture.left_out, "or")
    return f", or a price of {named} in it looks wrong" if named else ""


def _axis(returns: FloatArray) -> tuple[float, float]:
    """Return the lowest and highest value with room for figures at the bars; 0 always lies between them."""
    known = np.append(returns[np.isfinite(returns)], 0.0)
    low, high = float(known.min()), float(known.max())
    room = max(0.09 * (high - low), 0.001)
    return (low - room if low < 0 else 0.0), (high + room if high > 0 else 0.0)


def _years(picture: YearsChart, axis: tuple[float, float], top: float) -> Years:
    low, high = axis if axis[0] < axis[1] else (0.0, 0.01)
    ticks = round_ticks(low, high, TICKS)
    left = MARGIN + widest(_names(ticks), TICK) + 30
    pitch = (WIDTH - MARGIN - left) / len(picture.years)
    count = len(picture.symbols)
    bar = min(WIDEST, SHARE * pitch / count)
    return Years(AxisScale(high, low, top, top + HEIGHT), ticks, left, pitch, bar, count)


def _names(ticks: Ticks) -> list[str]:
    return [chart_text.percent(value, max(0, ticks.decimals - 2)) for value in ticks.values]


def _draw_ground(sheet: Sheet, years: Years) -> None:
    for value, name in zip(years.ticks.values, _names(years.ticks), strict=True):
        y, colour = years.value.at(value), theme.QUIET if value else theme.INK
        sheet.rule(years.left, WIDTH - MARGIN, y, colour=theme.GRID, kind="grid")
        sheet.text_at(years.left - 20, y, name, colour=colour, align="right", kind="value")


def _draw_bars(sheet: Sheet, picture: YearsChart, years: Years) -> None:
    zero, write = years.value.at(0.0), _writing(picture.returns, years.bar)
    for (fund, year), value in np.ndenumerate(picture.returns):
        left, colour = years.start(year, fund), sheet.looks[fund].colour
        centre = left + years.bar / 2
        if np.isnan(value):
            sheet.dot(centre, zero, colour=colour, size=min(22, years.bar), hollow=True, kind="unknown")
            continue
        end = years.value.at(value)
        sheet.box(left + 1, zero, years.bar - 2, end - zero, colour=colour, kind="bar", zorder=2.5)
        if write:
            middle = end + (-24 if value >= 0 else 24)
            sheet.text_at(centre, middle, write(value), size=FINE, colour=colour, align="center", kind="bar")
    sheet.rule(years.left, WIDTH - MARGIN, zero, colour=theme.RULE, width=3, kind="start")


def _writing(returns: FloatArray, bar: float) -> Writing | None:
    """Choose percent with a decimal, else whole ones, whatever fits over a bar; None: no figures there."""
    known = [float(value) for value in returns[np.isfinite(returns)]]
    ways: Sequence[Writing] = (
        chart_text.percent,
        lambda value: chart_text.percent(value)[:-2],
        lambda value: chart_text.percent(value, 0)[:-2],
    )
    fits = (way for way in ways if widest([way(value) for value in known], FINE) <= bar - 6)
    return next(fits, None)


def _draw_years(sheet: Sheet, labels: Sequence[Sequence[str]], years: Years) -> None:
    for year, lines in enumerate(labels):
        size = FINE if len(lines) > 1 else TICK
        for number, line in enumerate(lines):
            baseline = years.value.at_high + 46 + 1.2 * TICK * number
            sheet.text(
                years.middle(year), baseline, line, size=size, colour=theme.QUIET, align="center", kind="year"
            )
