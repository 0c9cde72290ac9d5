"""How far below its highest value each fund was, over the whole span, with the worst falls dated."""

from __future__ import annotations

from matplotlib.figure import Figure

from bot.render.charts import numbers
from bot.render.charts.doubts import draw_doubts, mark_of
from bot.render.charts.falls import Falls, draw_falls, fall_labels, room
from bot.render.charts.frame import framed
from bot.render.charts.panels import AIR, Panel, days, draw_dates, draw_ends, fall_axis, last_known
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import widest
from bot.render.charts.theme import LABEL, MARGIN, TICK, WIDTH
from bot.render.section_chart_specs import UnderwaterChart

HEIGHT = 560.0
CAPTION, DATES = 96.0, 80.0


def build(picture: UnderwaterChart) -> Figure:
    """Curves from 0 down, named at their ends by how far below the high they are now."""
    falls = Falls(picture.symbols, picture.sessions, picture.drawdowns, picture.worst, picture.marks)
    axis, ends = fall_axis(falls.trusted), _ends(picture)
    first, last = days(picture.sessions)[[0, -1]]
    left = MARGIN + widest(axis.names, TICK) + 20
    right = WIDTH - MARGIN - widest(ends, LABEL, bold=True) - AIR
    time = AxisScale(first, max(last, first + 1), left, right)
    worst = fall_labels(falls, time)
    sheet, top = framed(picture, CAPTION + HEIGHT + room(worst) + DATES)
    panel = Panel.below(top + CAPTION, HEIGHT, axis, time)
    draw_dates(sheet, (panel,), picture.sessions, panel.bottom + room(worst) + 20)
    draw_falls(sheet, falls, panel, worst)
    draw_ends(sheet, panel, picture.sessions, picture.drawdowns, ends)
    draw_doubts(sheet, (panel,), picture.marks)
    return sheet.figure


def _ends(picture: UnderwaterChart) -> list[str]:
    lines = zip(picture.symbols, picture.drawdowns, strict=True)
    return [
        f"{symbol} {numbers.percent(line[last_known(line)])}{mark_of(picture.marks, row)}"
        for row, (symbol, line) in enumerate(lines)
    ]
