"""Edges of a panel that a few values far out do not move, and what lies beyond them."""

from __future__ import annotations

import numpy as np
from matplotlib.transforms import Bbox

from analytics.panel import FloatArray
from bot.render.charts import theme
from bot.render.charts.panels import Axis, Panel
from bot.render.charts.sheet import Sheet, text_width
from bot.render.charts.theme import FINE

ROOM = 0.07
"""Left free above and below, as a share of what is shown."""

SPIKE = 2.5
"""An axis is cut where the whole range is this many times what 96 % of the values, and the last, need."""


def extent(lines: FloatArray, *levels: float | None) -> tuple[float, float]:
    """Lower and upper edge of a panel that shows these lines and levels."""
    known = lines[np.isfinite(lines)]
    fixed = [level for level in levels if level is not None] + [float(v) for v in map(_last, lines) if v == v]
    low, high = float(np.min(known, initial=min(fixed))), float(np.max(known, initial=max(fixed)))
    if known.size:
        core = [*fixed, *np.percentile(known, [2, 98])]
        span = float(max(core) - min(core))
        if 0 < SPIKE * span < high - low:
            low, high = max(low, min(core) - span / 2), min(high, max(core) + span / 2)
    room = ROOM * (high - low) or 0.05 * max(abs(low), abs(high)) or 0.01
    return float(low - room), float(high + room)


def beyond(lines: FloatArray, axis: Axis) -> list[tuple[int, float]]:
    """Column and value of the highest and of the lowest value where they do not fit on the axis."""
    known = np.isfinite(lines)
    found = []
    if known.any():
        for pick, filler in ((np.argmax, -np.inf), (np.argmin, np.inf)):
            row, column = np.unravel_index(pick(np.where(known, lines, filler)), lines.shape)
            value = float(lines[row, column])
            if not axis.low <= value <= axis.high:
                found.append((int(column), value))
    return found


def cut(sheet: Sheet, panel: Panel) -> Bbox:
    """Give the box at whose edges lines are cut off."""
    left, right = panel.time.at_low - 8, panel.time.at_high + 8
    return Bbox.from_extents(left, sheet.height - panel.bottom, right, sheet.height - panel.top)


def draw_beyond(sheet: Sheet, panel: Panel, x: float, words: str, *, above: bool) -> None:
    """Draw a triangle at the edge that a line crosses, with the value farthest out in words."""
    wide = text_width(words, FINE) + 16
    y = panel.top + 20 if above else panel.bottom - 20
    left = x + 16 if x + 16 + wide < panel.time.at_high else x - 16 - wide
    sheet.box(left, y - 20, wide, 40, colour=theme.PAPER, alpha=0.85, zorder=3.5, kind="beyond")
    sheet.dot(x, y, colour=theme.INK, size=20, marker=("^" if above else "v", 1.0), kind="beyond")
    sheet.text_at(left + 8, y, words, size=FINE, kind="beyond", zorder=4)


def _last(line: FloatArray) -> float:
    known = line[np.isfinite(line)]
    return float(known[-1]) if known.size else float("nan")
