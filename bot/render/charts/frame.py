"""What every chart has around it: title, subtitle, footer and the mark on simulated data."""

from __future__ import annotations

from bot.render.chart_specs import ChartSpec
from bot.render.charts import theme
from bot.render.charts.sheet import Sheet, line_width, wrap
from bot.render.charts.theme import FINE, MARGIN, SUBTITLE, TITLES, WIDTH

SAMPLE = "SAMPLE DATA"
ROOM = WIDTH - 2 * MARGIN
TAG = 300
LEADING = 1.28
"""From baseline to baseline, in sizes."""


def framed(picture: ChartSpec, body: float) -> tuple[Sheet, float]:
    """A sheet high enough for `body` pixels of chart, and the y where they begin."""
    size, title = _headline(picture.title, ROOM - (TAG + 40) * picture.simulated)
    subtitle = wrap(picture.subtitle, SUBTITLE, ROOM)
    footer = wrap(picture.footer, FINE, ROOM)
    below_title = MARGIN - 14 + LEADING * size * len(title)
    top = below_title + LEADING * SUBTITLE * len(subtitle)
    bottom = top + body
    sheet = Sheet(bottom + 20 + LEADING * FINE * len(footer) + MARGIN - 20)
    if picture.simulated:
        _mark(sheet, (top + bottom) / 2)
    _paragraph(sheet, title, MARGIN - 14, size, theme.INK, "title")
    _paragraph(sheet, subtitle, below_title, SUBTITLE, theme.QUIET, "subtitle")
    _paragraph(sheet, footer, bottom + 20, FINE, theme.QUIET, "footer")
    sheet.rule(MARGIN, WIDTH - MARGIN, bottom + 12, colour=theme.GRID)
    return sheet, top


def _headline(title: str, room: float) -> tuple[float, list[str]]:
    """The largest size that needs one line, else the smallest on several."""
    size = next((size for size in TITLES if line_width(title, size, bold=True) <= room), TITLES[-1])
    return size, wrap(title, size, room, bold=True)


def _paragraph(sheet: Sheet, lines: list[str], top: float, size: float, colour: str, kind: str) -> None:
    for number, line in enumerate(lines):
        baseline = top + size * (1 + LEADING * number)
        sheet.text(MARGIN, baseline, line, size=size, colour=colour, bold=kind == "title", kind=kind)


def _mark(sheet: Sheet, middle: float) -> None:
    """Said twice: behind the chart, where cropping keeps it, and in a corner, where nothing hides it."""
    look = {"bold": True, "align": "center"}
    tilt = {"rotation": 16, "rotation_mode": "anchor", "zorder": 0.5}
    sheet.text_at(WIDTH / 2, middle, SAMPLE, size=170, colour=theme.MARK, kind="watermark", **look, **tilt)
    sheet.box(WIDTH - MARGIN - TAG, MARGIN - 8, TAG, 56, colour=theme.ALARM, kind="tag")
    sheet.text_at(
        WIDTH - MARGIN - TAG / 2, MARGIN + 20, SAMPLE, size=FINE, colour=theme.PAPER, kind="tag", **look
    )
