"""One quantity against its threshold: band, dashed threshold, lines, labels at the right edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.panel import DateArray, FloatArray
from bot.render import text
from bot.render.chart_specs import Trace
from bot.render.charts import numbers, theme
from bot.render.charts.edges import beyond, cut, draw_beyond
from bot.render.charts.labels import spread
from bot.render.charts.panels import Panel, days
from bot.render.charts.sheet import Sheet, text_width, widest
from bot.render.charts.theme import COLOURS, FINE, LABEL, TICK
from bot.render.charts.watch.scale import written

AIR = 40.0
"""Between the last session and the labels."""

DASHES = (0, (4, 2.5))
DOTS = (0, (1, 2.5))


@dataclass(frozen=True)
class EdgeLabel:
    """Words at the right edge.  x, y : their point; stale : the day of a value that is not the last"""

    words: str
    x: float
    y: float
    size: float
    colour: str
    stale: str = ""
    dot: bool = False

    @property
    def height(self) -> float:
        """With the line below where there is one."""
        return self.size + 8 + (FINE + 6 if self.stale else 0)


def label_room(trace: Trace) -> float:
    """Pixels that the labels take across."""
    lines = widest(trace.ends, LABEL, bold=True)
    dates = text_width("88 Mmm 8888", FINE)
    return max(lines, widest((trace.breach,), TICK, bold=True), widest((trace.recovered,), FINE), dates)


def draw_levels(sheet: Sheet, panel: Panel, trace: Trace) -> None:
    """Ticks, the band between threshold and recovery value, and both levels."""
    left, right = panel.time.at_low, panel.time.at_high
    for value, name in zip(panel.axis.ticks.values, panel.axis.names, strict=True):
        y = panel.value.at(value)
        sheet.rule(left, right, y, colour=theme.GRID, kind="grid")
        sheet.text_at(left - 20, y, name, colour=theme.QUIET, align="right", kind="value")
    threshold = panel.value.at(trace.threshold)
    if trace.recovery is not None:
        recovery = panel.value.at(trace.recovery)
        look: dict[str, Any] = {"colour": theme.QUIET, "alpha": 0.16, "zorder": 0.7}
        sheet.box(left, threshold, right - left, recovery - threshold, kind="band", **look)
        _level(sheet, panel, recovery, theme.QUIET, 2.5, DOTS, "recovery")
    _level(sheet, panel, threshold, theme.ALARM, 4, DASHES, "threshold")


def draw_lines(sheet: Sheet, panel: Panel, trace: Trace, sessions: DateArray, width: float) -> None:
    """The lines, the rule's own on top, cut at the panel's edges; what is cut off is told."""
    xs = panel.time(days(sessions))
    window = cut(sheet, panel)
    style = {"drawstyle": "steps-post"} if trace.steps else {}
    for row in reversed(range(len(trace.lines))):
        ys, colour = panel.value(trace.lines[row]), COLOURS[row]
        sheet.line(xs, ys, colour=colour, width=width, kind="series", zorder=3, clip_box=window, **style)
        _draw_alone(sheet, xs, ys, colour)
    for column, value in beyond(trace.lines, panel.axis):
        words = f"{written(value, trace.tick)} on {text.day(sessions[column].item())}"
        draw_beyond(sheet, panel, float(xs[column]), words, above=value > panel.axis.high)


def draw_labels(sheet: Sheet, panel: Panel, trace: Trace, sessions: DateArray) -> None:
    """What stands at the right edge, moved apart where it would touch and then led back."""
    labels = [*_ends(panel, trace, sessions), *_levels(panel, trace)]
    wanted = [label.y for label in labels]
    middles = spread(wanted, [label.height for label in labels], panel.top - TICK, panel.bottom + 20)
    left = panel.time.at_high + AIR
    # The rule's own fund comes last, so that its dot lies on top.
    for label, middle in reversed(list(zip(labels, middles, strict=True))):
        _draw_label(sheet, label, left, middle)
        if not label.words.endswith(numbers.UNKNOWN) and (abs(middle - label.y) > 6 or label.stale):
            xs, ys = [label.x + (10 if label.dot else 3), left - 6], [label.y, _first(label, middle)]
            sheet.line(xs, ys, colour=label.colour, width=2, kind="leader")


def _level(
    sheet: Sheet, panel: Panel, y: float, colour: str, width: float, dashes: object, kind: str
) -> None:
    xs = [panel.time.at_low, panel.time.at_high]
    style = {"linestyle": dashes, "dash_capstyle": "butt", "zorder": 2.5}
    sheet.line(xs, [y, y], colour=colour, width=width, kind=kind, **style)


def _draw_alone(sheet: Sheet, xs: FloatArray, ys: FloatArray, colour: str) -> None:
    """A value between two gaps makes no line: it is a dot."""
    known = np.concatenate([[False], np.isfinite(ys), [False]])
    for at in np.flatnonzero(known[1:-1] & ~known[:-2] & ~known[2:]):
        sheet.dot(float(xs[at]), float(ys[at]), colour=colour, size=14, kind="alone")


def _ends(panel: Panel, trace: Trace, sessions: DateArray) -> list[EdgeLabel]:
    found = []
    for line, words, colour in zip(trace.lines, trace.ends, COLOURS, strict=False):
        known = np.flatnonzero(np.isfinite(line))
        if known.size:
            x, y = panel.time.at(days(sessions)[known[-1]]), panel.value.at(line[known[-1]])
            stale = "" if known[-1] == line.size - 1 else text.day(sessions[known[-1]].item())
            found.append(EdgeLabel(words, x, y, LABEL, colour, stale, dot=True))
        else:
            found.append(EdgeLabel(words, panel.time.at_high, panel.bottom, LABEL, colour))
    return found


def _levels(panel: Panel, trace: Trace) -> list[EdgeLabel]:
    right = panel.time.at_high
    found = [EdgeLabel(trace.breach, right, panel.value.at(trace.threshold), TICK, theme.ALARM)]
    if trace.recovery is not None:
        found.append(EdgeLabel(trace.recovered, right, panel.value.at(trace.recovery), FINE, theme.QUIET))
    return found


def _first(label: EdgeLabel, middle: float) -> float:
    """Middle of the first line of a label."""
    return middle - (FINE + 6) / 2 if label.stale else middle


def _draw_label(sheet: Sheet, label: EdgeLabel, left: float, middle: float) -> None:
    first = _first(label, middle)
    kind = "end" if label.size == LABEL else "level"
    bold = label.size > FINE
    sheet.text_at(left, first, label.words, size=label.size, colour=label.colour, bold=bold, kind=kind)
    if label.stale:
        below = first + (label.size + FINE) / 2 + 6
        sheet.text_at(left, below, label.stale, size=FINE, colour=label.colour, kind="stale")
    if label.dot:
        sheet.dot(label.x, label.y, colour=label.colour, size=18, kind="end-dot")
