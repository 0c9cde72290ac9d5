"""When a rule fired: tints through the panels, bars above them, dates over the bars, and the key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.render import text
from bot.render.chart_specs import Span
from bot.render.charts import theme
from bot.render.charts.frame import ROOM
from bot.render.charts.panels import Panel, day
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import Sheet, text_width
from bot.render.charts.theme import FINE, MARGIN, WIDTH

BAR = 12.0
THIN = 5.0
LEAST = 8.0
"""Pixels across that a single session takes, to be seen on a phone."""

KEY_ROW, SWATCH = 46.0, 40.0
FIRING_TINT, PENDING_TINT = 0.17, 0.07


def draw_spans(sheet: Sheet, panels: Sequence[Panel], spans: Sequence[Span], *, firing: bool) -> None:
    """Tints through all panels; a bar over the first: thick where it fired, thin where it was pending."""
    tint, bar = (FIRING_TINT, BAR) if firing else (PENDING_TINT, THIN)
    kind = "firing" if firing else "pending"
    for span in spans:
        left, width = across(span, panels[0].time)
        for panel in panels:
            height = panel.bottom - panel.top
            look: dict[str, Any] = {"colour": theme.ALARM, "alpha": tint, "zorder": 0.6}
            sheet.box(left, panel.top, width, height, kind=kind, **look)
        sheet.box(left, panels[0].top - bar, width, bar, colour=theme.ALARM, kind=f"{kind}-bar")


def across(span: Span, time: AxisScale) -> tuple[float, float]:
    """Left edge and width of a span, wide enough to be seen."""
    left, right = (time.at(day(when)) for when in span)
    return left, max(right - left, LEAST)


def draw_dates_fired(sheet: Sheet, panel: Panel, spans: Sequence[Span], first: date) -> None:
    """ "fired 2 Feb 2026" over each bar, the newest first; what would touch another is left out.

    A rule that fires from the first session on had fired before: no day is known.
    """
    taken: list[tuple[float, float]] = []
    for span in reversed([span for span in spans if span[0] > first]):
        words = f"fired {text.day(span[0])}"
        wide = text_width(words, FINE)
        left = min(across(span, panel.time)[0], WIDTH - MARGIN - wide)
        if all(left + wide + 24 < start or left > end + 24 for start, end in taken):
            baseline = panel.top - BAR - 12
            sheet.text(left, baseline, words, size=FINE, colour=theme.ALARM, kind="fired")
            taken.append((left, left + wide))


def key_rows(items: Sequence[tuple[str, str]]) -> list[list[tuple[str, str, float]]]:
    """Kind, words and left edge of each item of the key, in rows."""
    rows: list[list[tuple[str, str, float]]] = []
    left = 0.0
    for kind, words in items:
        wide = SWATCH + 14 + text_width(words, FINE)
        if not rows or left + wide > ROOM:
            rows.append([])
            left = 0.0
        rows[-1].append((kind, words, MARGIN + left))
        left += wide + 48
    return rows


def draw_key(sheet: Sheet, rows: Sequence[Sequence[tuple[str, str, float]]], top: float) -> None:
    """What the shades mean."""
    for number, row in enumerate(rows):
        middle = top + KEY_ROW * (number + 0.5)
        for kind, words, left in row:
            _draw_swatch(sheet, kind, left, middle)
            place = left + SWATCH + 14
            sheet.text_at(place, middle, words, size=FINE, colour=theme.QUIET, kind="key")


def _draw_swatch(sheet: Sheet, kind: str, left: float, middle: float) -> None:
    if kind == "made":
        x = left + SWATCH / 2
        sheet.line([x, x], [middle - 18, middle + 18], colour=theme.INK, width=3, kind="swatch")
        return
    if kind == "band":
        sheet.box(left, middle - 15, SWATCH, 30, colour=theme.QUIET, alpha=0.16, kind="swatch")
        return
    tint, bar = (FIRING_TINT, BAR) if kind == "firing" else (PENDING_TINT, THIN)
    sheet.box(left, middle - 15, SWATCH, 30, colour=theme.ALARM, alpha=tint, kind="swatch")
    sheet.box(left, middle - 15, SWATCH, bar, colour=theme.ALARM, kind="swatch")
