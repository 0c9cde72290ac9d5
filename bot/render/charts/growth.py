"""Growth of 100 over the underwater panel, both on one time axis."""

from __future__ import annotations

from datetime import date

from matplotlib.figure import Figure

from bot.render import text
from bot.render.chart_specs import GrowthChart
from bot.render.charts import numbers
from bot.render.charts.doubts import clipped, draw_doubts, mark_of, trusted
from bot.render.charts.edges import beyond, draw_beyond
from bot.render.charts.falls import Falls, draw_falls, fall_labels, room
from bot.render.charts.frame import framed
from bot.render.charts.panels import (
    AIR,
    START,
    Panel,
    day,
    days,
    draw_dates,
    draw_ends,
    draw_ground,
    draw_lines,
    fall_axis,
    growth_axis,
    last_known,
)
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import Sheet, widest
from bot.render.charts.theme import LABEL, MARGIN, TICK, WIDTH
from bot.render.doubts import MARK

UPPER, LOWER = 400.0, 180.0
CAPTION, DATES = 96.0, 80.0


def build(picture: GrowthChart) -> Figure:
    """Lines labelled at their ends above, falls from the peak below with the worst ones dated."""
    growth = growth_axis(trusted(picture.growth, picture.sessions, picture.marks, START))
    falls = Falls(picture.symbols, picture.sessions, picture.drawdowns, picture.worst, picture.marks)
    under = fall_axis(falls.trusted)
    ends = _end_labels(picture, 2 if growth.high - growth.low < 1 else 1)
    time = _time_scale(picture, (*growth.names, *under.names), ends)
    worst = fall_labels(falls, time)
    sheet, top = framed(picture, UPPER + LOWER + 2 * CAPTION + room(worst) + DATES)
    upper = Panel.below(top + CAPTION, UPPER, growth, time)
    lower = Panel.below(upper.bottom + CAPTION, LOWER, under, time)
    draw_dates(sheet, (upper, lower), picture.sessions, lower.bottom + room(worst) + 20)
    _draw_growth(sheet, picture, upper, ends)
    draw_falls(sheet, falls, lower, worst)
    draw_doubts(sheet, (upper, lower), picture.marks)
    return sheet.figure


def _end_labels(picture: GrowthChart, decimals: int) -> list[str]:
    ends = [last_known(line) for line in picture.growth]
    values = [numbers.level(line[at], decimals) for line, at in zip(picture.growth, ends, strict=True)]
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
    draw_lines(sheet, panel, picture.sessions, picture.growth, width, **clipped(sheet, panel, picture.marks))
    draw_ends(sheet, panel, picture.sessions, picture.growth, ends)
    for column, value in beyond(picture.growth, panel.axis):
        when: date = picture.sessions[column].item()
        words = f"{numbers.level(value)}{MARK} on {text.day(when)}"
        draw_beyond(sheet, panel, panel.time.at(day(when)), words, above=value > panel.axis.high)
