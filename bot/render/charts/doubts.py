"""Prices that look wrong: a dotted line through the panels with a mark, and axes they do not stretch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

import numpy as np

from analytics.panel import DateArray, FloatArray
from bot.render.charts import theme
from bot.render.charts.edges import cut, extent
from bot.render.charts.panels import Panel, day
from bot.render.charts.sheet import Sheet
from bot.render.doubts import MARK
from bot.render.section_chart_specs import DoubtMark

BELOW = 62.0
"""From the panel's upper edge, where what lies beyond it is told, to the mark."""
APART = 40.0
"""Pixels across within which one mark stands for several sessions."""
DOTS = (0, (1, 2))


def trusted(
    lines: FloatArray, sessions: DateArray, marks: Iterable[DoubtMark], start: float, base: float = 0.0
) -> FloatArray:
    """Find the values that an axis is made for: a line without those from its first grave mark on.

    After its last one it counts again where it has come back to between half and twice of what it was.  Where
    every line has a grave mark, all values but the few farthest out.

    Parameters
    ----------
    lines : (N, T) by fund, NaN where not known
    start : the value that every line starts from
    base : what makes a value a level above 0: 1 for falls below a high
    """
    grave: dict[int, list[int]] = {}
    for mark in marks:
        if mark.grave and mark.session:
            column = int(np.searchsorted(sessions, np.datetime64(mark.session, "D")))
            grave.setdefault(mark.row, []).append(column)
    if len(grave) == len(lines):
        low, high = extent(lines, start)
        return np.where((lines >= low) & (lines <= high), lines, np.nan)
    shown = lines.copy()
    for row, columns in grave.items():
        first, last = min(columns), max(columns)
        shown[row, first : last if _came_back(lines[row] + base, first, last) else None] = np.nan
    return shown


def _came_back(levels: FloatArray, first: int, last: int) -> bool:
    before, after = levels[:first], levels[last:]
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    return bool(before.size and after.size and 0.5 < after[0] / before[-1] < 2)


def clipped(sheet: Sheet, panel: Panel, marks: Sequence[DoubtMark]) -> dict[str, Any]:
    """Make the style of lines that may leave their panel; none where no mark is grave."""
    return {"clip_box": cut(sheet, panel)} if any(mark.grave for mark in marks) else {}


def mark_of(marks: Iterable[DoubtMark], row: int) -> str:
    """Give the mark behind a fund's figure, "" where no price of it looks wrong."""
    return MARK if any(mark.row == row for mark in marks) else ""


def draw_doubts(sheet: Sheet, panels: Sequence[Panel], marks: Iterable[DoubtMark]) -> None:
    """Draw a line through the panels at every doubtful session, with the mark that the subtitle explains."""
    taken = -inf
    for session in sorted({mark.session for mark in marks if mark.session}):
        x = _across(panels[0], day(session))
        for panel in panels:
            look = {"linestyle": DOTS, "dash_capstyle": "butt", "zorder": 2.7}
            sheet.line([x, x], [panel.top, panel.bottom], colour=theme.ALARM, width=3.5, kind="doubt", **look)
        if x > taken:
            y, taken = panels[0].top + BELOW, x + APART
            sheet.box(x + 4, y - 22, 28, 44, colour=theme.PAPER, alpha=0.9, zorder=3.6, kind="doubt-ground")
            sheet.text_at(x + 8, y, MARK, colour=theme.ALARM, bold=True, kind="doubt-mark", zorder=4.5)


def _across(panel: Panel, when: float) -> float:
    """A session before or after those of the panel stands at its edge."""
    return panel.time.at(min(max(when, panel.time.low), panel.time.high))
