"""The edge that a switch needs, against the years it is held, with what the data allow as a band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from bot.render import text
from bot.render.charts import theme
from bot.render.charts.scales import AxisScale, Ticks, round_ticks
from bot.render.charts.sheet import Sheet, framed_sheet, text_width, widest, wrap
from bot.render.charts.theme import COLOURS, LABEL, MARGIN, TICK, WIDTH
from bot.render.evidence_specs import NeededChart

AIR, HEIGHT, FOOT = 30.0, 620.0, 84.0
LINE = 46.0
KEY_GAP = 22.0
DOT = 30.0
ABOVE = 44.0
"""From a mark to the middle of its words, which stand below it where the edge is negative."""
CLEAR = 34.0
"""From an end of the band to the middle of words."""
RIM = 10.0
"""Of paper around words that stand on the band and its ends."""
ROOM = 0.10
"""Of the height, above and below what is shown."""


@dataclass(frozen=True)
class _Plot:
    """Where years and edges stand."""

    top: float
    bottom: float
    across: AxisScale
    up: AxisScale
    ticks: Ticks


def build_needed(picture: NeededChart) -> Figure:
    """Draw the band in words, then band, curve and marks over the years."""
    words = wrap(picture.band, LABEL, WIDTH - 2 * MARGIN - 70) if picture.band else []
    key = LINE * len(words) + (KEY_GAP if words else 0.0)
    sheet, top = framed_sheet(picture, AIR + key + HEIGHT + FOOT)
    for number, line in enumerate(words):
        middle = top + AIR + LINE * (number + 0.5)
        if number == 0:
            sheet.box(MARGIN, middle - 16, 48, 32, colour=COLOURS[0], alpha=0.16, kind="key")
        sheet.text_at(MARGIN + 66, middle, line, colour=theme.QUIET, size=LABEL, kind="key")
    plot = _plot(picture, top + AIR + key)
    _draw_band(sheet, picture, plot)
    _draw_axes(sheet, picture, plot)
    _draw_curve(sheet, picture, plot)
    return sheet.figure


def _plot(picture: NeededChart, top: float) -> _Plot:
    edges = [0.0, *(mark.edge for mark in picture.marks), *(picture.fits or ())]
    low, high = min(edges), max(edges)
    room = ROOM * (high - low) or 0.001
    low, high = low - room * (low < 0), high + room
    ticks = round_ticks(low, high, most=6)
    left = MARGIN + widest([_tick(value, ticks) for value in ticks.values], TICK) + 24
    bottom = top + HEIGHT
    across = AxisScale(0.0, float(picture.years[-1]), left, WIDTH - MARGIN - 60)
    return _Plot(top, bottom, across, AxisScale(low, high, bottom, top), ticks)


def _tick(value: float, ticks: Ticks) -> str:
    return text.points(value, max(0, ticks.decimals - 2))


def _draw_band(sheet: Sheet, picture: NeededChart, plot: _Plot) -> None:
    if picture.fits is None:
        return
    low, high = (plot.up.at(end) for end in picture.fits)
    left, right = plot.across.at_low, WIDTH - MARGIN
    sheet.box(left, high, right - left, low - high, colour=COLOURS[0], alpha=0.16, kind="band", zorder=0.7)
    for y in (low, high):
        sheet.rule(left, right, y, colour=COLOURS[0], width=4, kind="band end")


def _draw_axes(sheet: Sheet, picture: NeededChart, plot: _Plot) -> None:
    left, right = plot.across.at_low, WIDTH - MARGIN
    for value in plot.ticks.values:
        y = plot.up.at(value)
        strong = abs(value) < plot.ticks.step / 2
        look = {"colour": theme.INK, "width": 4} if strong else {"colour": theme.GRID, "width": 2}
        sheet.rule(left, right, y, kind="zero" if strong else "grid", **look)  # type: ignore[arg-type]
        words = _tick(value, plot.ticks)
        sheet.text_at(left - 24, y, words, colour=theme.QUIET, align="right", kind="tick")
    for year in range(1, int(picture.years[-1]) + 1):
        x = plot.across.at(year)
        sheet.line([x, x], [plot.bottom, plot.bottom + 12], colour=theme.RULE, width=3, kind="year")
        words = f"{year} year{'s' * (year > 1)}"
        x = min(x, WIDTH - MARGIN - text_width(words, TICK) / 2)
        sheet.text_at(x, plot.bottom + 44, words, colour=theme.QUIET, align="center", kind="tick")


def _draw_curve(sheet: Sheet, picture: NeededChart, plot: _Plot) -> None:
    """Draw the curve from where it enters the panel on, and name its values at the horizons."""
    inside = picture.needed <= plot.up.high
    ys = np.where(inside, plot.up(picture.needed), np.nan)
    sheet.line(plot.across(picture.years), ys, colour=COLOURS[1], width=8, kind="needed", zorder=3)
    for mark in picture.marks:
        x, y = plot.across.at(mark.years), plot.up.at(mark.edge)
        sheet.dot(x, y, colour=COLOURS[1], size=DOT, kind="mark")
        # To the right of its mark, where the curve has come down.
        left = min(x + 4, WIDTH - MARGIN - text_width(mark.words, LABEL, bold=True))
        rim = [withStroke(linewidth=RIM, foreground=theme.PAPER)]
        look = {"colour": COLOURS[1], "size": LABEL, "bold": True, "path_effects": rim, "zorder": 5}
        middle = _clear_of(picture, plot, y - ABOVE) if mark.edge >= 0 else y + ABOVE
        sheet.text_at(left, middle, mark.words, kind="mark words", **look)  # type: ignore[arg-type]


def _clear_of(picture: NeededChart, plot: _Plot, middle: float) -> float:
    """Return where words stand whose line would be that of an end of the band: above it."""
    ends = [plot.up.at(end) for end in picture.fits or ()]
    return min([middle, *(end - CLEAR for end in ends if abs(end - middle) < CLEAR)])
