"""Years of a rule: when it would have fired, and what a longer confirmation would have changed."""

from __future__ import annotations

from matplotlib.figure import Figure

from bot.render.chart_specs import PastChart, Strip
from bot.render.charts import theme
from bot.render.charts.doubts import draw_doubts
from bot.render.charts.frame import framed
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import Sheet
from bot.render.charts.theme import MARGIN, TICK
from bot.render.charts.watch.shades import across, draw_spans
from bot.render.charts.watch.stack import CAPTION, draw_stack, stack

HEIGHTS = (320.0, 240.0, 200.0)
STRIP, BAR = 96.0, 26.0
AIR = 34.0


def build(picture: PastChart) -> Figure:
    """Panels with the spans shaded, and a strip for each setting beneath."""
    held = stack(picture.traces, picture.sessions, HEIGHTS)
    caption = CAPTION if picture.traces[0].caption else 0.0
    sheet, top = framed(picture, AIR + caption + held.whole + STRIP * len(picture.strips))
    panels = held.placed(top + AIR + caption)
    if picture.strips:
        draw_spans(sheet, panels, picture.strips[0].spans, firing=True)
    draw_stack(sheet, panels, held, picture.sessions)
    draw_doubts(sheet, panels, picture.marks)
    below = top + AIR + caption + held.whole
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
