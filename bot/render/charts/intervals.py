"""Gaps between funds with what they may be: a bar from low to high for each window or pair, zero in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from bot.render import text
from bot.render.charts import theme
from bot.render.charts.scales import AxisScale, Ticks, round_ticks
from bot.render.charts.sheet import Sheet, framed_sheet, line_width, text_width, widest, wrap
from bot.render.charts.theme import COLOURS, FINE, LABEL, MARGIN, TICK, WIDTH
from bot.render.evidence_specs import EdgeBar, EdgeChart, EdgePanel

LABELS_WIDTH = 420.0
"""Most that the names of windows and funds take across; longer ones break."""
AIR = 36.0
SIDES, PITCH, AXIS, BETWEEN = 64.0, 84.0, 66.0, 30.0
"""Heights: the two sides of zero, a bar's row, the axis, from panel to panel."""
LINE, KEY, KEY_GAP = 50.0, 62.0, 26.0
BAR, BAND, DOT = 22.0, 62.0, 34.0
KEYS = (("bar", "gaps that fit"), ("dot", "the gap measured"), ("band", "too small for the window to show"))
CELL = 58.0


@dataclass(frozen=True)
class Layout:
    """Where things stand in one panel; the sides of both agree, so that one looks straight down."""

    left: float
    right: float
    top: float
    scale: AxisScale
    ticks: Ticks

    def middle(self, row: int) -> float:
        """Return the centre of a row."""
        return self.top + PITCH * (row + 0.5)


def build_edge(picture: EdgeChart) -> Figure:
    """Draw the key, then panel below panel: names at the left, bars, the gaps in words at the right."""
    captions = [wrap(panel.caption, LABEL, WIDTH - 2 * MARGIN, bold=True) for panel in picture.panels]
    heights = [
        LINE * len(lines) + SIDES + PITCH * len(panel.bars) + AXIS
        for lines, panel in zip(captions, picture.panels, strict=True)
    ]
    sheet, top = framed_sheet(picture, AIR + KEY + KEY_GAP + sum(heights) + BETWEEN * (len(heights) - 1))
    _draw_key(sheet, picture, top + AIR + KEY / 2)
    top += AIR + KEY + KEY_GAP
    for lines, panel, height in zip(captions, picture.panels, heights, strict=True):
        for number, line in enumerate(lines):
            middle = top + LINE * (number + 0.5)
            sheet.text_at(MARGIN, middle, line, size=LABEL, bold=True, kind="caption")
        _draw_panel(sheet, picture, panel, top + LINE * len(lines))
        top += height + BETWEEN
    return sheet.figure


def _draw_key(sheet: Sheet, picture: EdgeChart, middle: float) -> None:
    left = float(MARGIN)
    banded = any(bar.shows_from is not None for panel in picture.panels for bar in panel.bars)
    for kind, words in KEYS if banded else KEYS[:2]:
        if kind == "bar":
            sheet.box(left, middle - BAR / 2, CELL, BAR, colour=COLOURS[0], kind="key")
        elif kind == "dot":
            _draw_dot(sheet, left + CELL / 2, middle, kind="key")
        else:
            _draw_band(sheet, left, left + CELL, middle, 40.0, kind="key")
        sheet.text_at(left + CELL + 16, middle, words, colour=theme.QUIET, size=FINE, kind="key")
        left += CELL + 16 + line_width(words, FINE) + 44


def _draw_panel(sheet: Sheet, picture: EdgeChart, panel: EdgePanel, top: float) -> None:
    at = _layout(picture, panel, top + SIDES)
    bottom = at.top + PITCH * len(panel.bars)
    _draw_axis(sheet, panel, at, bottom)
    _draw_sides(sheet, picture, at, top + SIDES / 2)
    for row, bar in enumerate(panel.bars):
        _draw_bar(sheet, at, row, bar)


def _layout(picture: EdgeChart, panel: EdgePanel, top: float) -> Layout:
    bars = [bar for each in picture.panels for bar in each.bars]
    labels = min(LABELS_WIDTH, widest([bar.label for bar in bars], TICK))
    words = widest([bar.words for bar in bars], TICK, bold=True)
    left, right = MARGIN + labels + AIR, WIDTH - MARGIN - words - AIR
    low, high = _reach(panel)
    return Layout(left, right, top, AxisScale(low, high, left, right), round_ticks(low, high, most=6))


def _reach(panel: EdgePanel) -> tuple[float, float]:
    """Return the ends of the axis: all bars and bands, zero among them, and some air."""
    bands = [bar.shows_from for bar in panel.bars if bar.shows_from is not None]
    low = min([0.0, *(bar.low for bar in panel.bars), *(-band for band in bands)])
    high = max([0.0, *(bar.high for bar in panel.bars), *bands])
    air = 0.04 * (high - low) or 0.01
    return low - air, high + air


def _draw_axis(sheet: Sheet, panel: EdgePanel, at: Layout, bottom: float) -> None:
    digits = at.ticks.decimals
    for row in range(len(panel.bars) + 1):
        sheet.rule(MARGIN, WIDTH - MARGIN, at.top + PITCH * row, colour=theme.GRID, kind="grid")
    for value in at.ticks.values:
        x = at.scale.at(value)
        if abs(value) > at.ticks.step / 2:
            sheet.line([x, x], [at.top, bottom], colour=theme.GRID, width=2, kind="grid", zorder=0.6)
        words = (
            text.points(value, max(0, digits - 2))
            if panel.unit == "points"
            else text.signed_ratio(value, digits)
        )
        half = text_width(words, TICK) / 2
        middle = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
        sheet.text(middle, bottom + 46, words, colour=theme.QUIET, align="center", kind="tick")
    zero = at.scale.at(0.0)
    sheet.line([zero, zero], [at.top - 10, bottom + 10], colour=theme.INK, width=5, kind="zero", zorder=1.5)


def _draw_sides(sheet: Sheet, picture: EdgeChart, at: Layout, middle: float) -> None:
    """Say which side of zero is whose; a side too narrow for its words keeps to the edge of the panel."""
    zero = at.scale.at(0.0)
    behind, ahead = f"◄ {picture.behind}", f"{picture.ahead} ►"
    widths = text_width(behind, FINE), text_width(ahead, FINE)
    right = max(zero - 18, at.left + widths[0])
    left = min(zero + 18, WIDTH - MARGIN - widths[1])
    if right + 18 > left:
        right, left = min(right, left - 18), max(left, right + 18)
    look: dict[str, Any] = {"size": FINE, "colour": theme.QUIET, "kind": "side"}
    sheet.text_at(right, middle, behind, align="right", **look)
    sheet.text_at(left, middle, ahead, **look)


def _draw_bar(sheet: Sheet, at: Layout, row: int, bar: EdgeBar) -> None:
    middle = at.middle(row)
    lines = wrap(bar.label, TICK, LABELS_WIDTH)
    first = middle - 0.5 * TICK * (len(lines) - 1)
    for number, line in enumerate(lines):
        sheet.text_at(MARGIN, first + TICK * number, line, kind="label")
    if bar.shows_from is not None:
        low, high = at.scale.at(-bar.shows_from), at.scale.at(bar.shows_from)
        _draw_band(sheet, low, high, middle, BAND, kind="band")
    low, high = at.scale.at(bar.low), at.scale.at(bar.high)
    sheet.box(low, middle - BAR / 2, max(high - low, 4.0), BAR, colour=COLOURS[0], kind="bar", zorder=2)
    _draw_dot(sheet, at.scale.at(bar.gap), middle, kind="gap")
    sheet.text_at(WIDTH - MARGIN, middle, bar.words, bold=True, align="right", kind="words")


def _draw_dot(sheet: Sheet, x: float, y: float, *, kind: str) -> None:
    """Draw a point of paper in a dark rim: it is seen on the bar and beside it, in grey print too."""
    sheet.dot(x, y, colour=theme.INK, size=DOT, kind=kind)
    sheet.dot(x, y, colour=theme.PAPER, size=DOT - 14, kind=kind)


def _draw_band(sheet: Sheet, low: float, high: float, middle: float, height: float, *, kind: str) -> None:
    """Draw what is too small to show as a shade with ends."""
    sheet.box(low, middle - height / 2, high - low, height, colour=theme.GRID, kind=kind, zorder=0.9)
    for x in (low, high):
        ends = [middle - height / 2, middle + height / 2]
        sheet.line([x, x], ends, colour=theme.RULE, width=4, kind=f"{kind} end", zorder=1)
