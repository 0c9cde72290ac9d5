"""Quantities against their thresholds: axes, bands, lines, labels, and shades of when a rule fired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.panel import DateArray, FloatArray
from bot.render import chart_text, text
from bot.render.chart_specs import Span, Tick, Trace
from bot.render.charts import theme
from bot.render.charts.panels import (
    Axis,
    Panel,
    clip_box,
    dash_style,
    day,
    days,
    draw_beyond,
    draw_dates,
    extent,
    spread_labels,
    values_beyond,
)
from bot.render.charts.scales import AxisScale, Ticks, round_ticks
from bot.render.charts.sheet import TEXT_ROOM, Sheet, text_width, widest
from bot.render.charts.theme import COLOURS, FINE, LABEL, MARGIN, TICK, WIDTH

CAPTION, GAP, DATES = 56.0, 34.0, 84.0


@dataclass(frozen=True)
class PanelStack:
    """Axes on one time scale, not yet placed.  heights : of one panel"""

    traces: tuple[Trace, ...]
    axes: tuple[Axis, ...]
    time: AxisScale
    height: float

    @property
    def whole(self) -> float:
        """Pixels from the upper edge of the first panel to below the dates."""
        captions = sum(CAPTION for trace in self.traces[1:] if trace.caption)
        return self.height * len(self.traces) + GAP * (len(self.traces) - 1) + captions + DATES

    def place_panels(self, top: float) -> tuple[Panel, ...]:
        """Place the panels, the first with its upper edge at `top`."""
        found: list[Panel] = []
        for trace, axis in zip(self.traces, self.axes, strict=True):
            if found:
                top = found[-1].bottom + GAP + (CAPTION if trace.caption else 0)
            found.append(Panel.below(top, self.height, axis, self.time))
        return tuple(found)


def stack(traces: tuple[Trace, ...], sessions: DateArray, heights: Sequence[float]) -> PanelStack:
    """Stack traces with their axes; heights : of a panel where there are one, two, three and more of them.

    Raises ValueError for no trace.
    """
    if not traces:
        raise ValueError("a chart of a rule shows one quantity or more; given: none")
    height = heights[min(len(traces), len(heights)) - 1]
    axes = tuple(axis_of(trace, 5 if height > 300 else 4) for trace in traces)
    left = MARGIN + max(widest(axis.names, TICK) for axis in axes) + 20
    right = WIDTH - MARGIN - AIR - max(label_room(trace) for trace in traces)
    first, last = days(sessions)[[0, -1]]
    return PanelStack(traces, axes, AxisScale(first, max(last, first + 1), left, right), height)


def draw_stack(
    sheet: Sheet, panels: Sequence[Panel], held: PanelStack, sessions: DateArray, lift: float = 0.0
) -> None:
    """Draw everything but the shades.  lift: by which the first caption stands higher, over what is there."""
    draw_dates(sheet, tuple(panels), sessions, panels[-1].bottom + 8)
    width = 5 if sessions.size < 700 else 3.5
    for panel, trace in zip(panels, held.traces, strict=True):
        if trace.caption:
            y = panel.top - 22 - (lift if panel is panels[0] else 0)
            sheet.text(MARGIN, y, trace.caption, size=TICK, colour=theme.INK, kind="caption")
        draw_levels(sheet, panel, trace)
        draw_lines(sheet, panel, trace, sessions, width)
        draw_labels(sheet, panel, trace, sessions)


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
    """Return pixels that the labels take across."""
    lines = widest(trace.ends, LABEL, bold=True)
    dates = text_width("88 Mmm 8888", FINE)
    return max(lines, widest((trace.breach,), TICK, bold=True), widest((trace.recovered,), FINE), dates)


def draw_levels(sheet: Sheet, panel: Panel, trace: Trace) -> None:
    """Draw ticks, the band between threshold and recovery value, and both levels."""
    left, right = panel.time.at_low, panel.time.at_high
    for value, name in zip(panel.axis.ticks.values, panel.axis.names, strict=True):
        y = panel.value.at(value)
        sheet.rule(left, right, y, colour=theme.GRID, kind="grid")
        sheet.text_at(left - 20, y, name, colour=theme.QUIET, align="right", kind="value")
    threshold = panel.value.at(trace.threshold)
    if trace.usual is not None:
        low, high = (panel.value.at(value) for value in trace.usual)
        look: dict[str, Any] = {"colour": COLOURS[0], "alpha": USUAL_TINT, "zorder": 0.5}
        sheet.box(left, high, right - left, low - high, kind="usual", **look)
    if trace.recovery is not None:
        recovery = panel.value.at(trace.recovery)
        look = {"colour": theme.QUIET, "alpha": 0.16, "zorder": 0.7}
        sheet.box(left, threshold, right - left, recovery - threshold, kind="band", **look)
        _level(sheet, panel, recovery, theme.QUIET, 2.5, DOTS, "recovery")
    _level(sheet, panel, threshold, theme.ALARM, 4, DASHES, "threshold")


def draw_lines(sheet: Sheet, panel: Panel, trace: Trace, sessions: DateArray, width: float) -> None:
    """Draw the lines, the rule's own on top, cut at the panel's edges; what is cut off is told."""
    xs = panel.time(days(sessions))
    window = clip_box(sheet, panel)
    style = {"drawstyle": "steps-post"} if trace.steps else {}
    for row in reversed(range(len(trace.lines))):
        ys, look = panel.value(trace.lines[row]), sheet.looks[row]
        more = {"zorder": 3, "clip_box": window, **style, **dash_style(look)}
        sheet.line(xs, ys, colour=look.colour, width=width, kind="series", **more)
        _draw_dot(sheet, xs, ys, look.colour)
    for column, value in values_beyond(trace.lines, panel.axis):
        words = f"{format_value(value, trace.tick)} on {text.day(sessions[column].item())}"
        draw_beyond(sheet, panel, float(xs[column]), words, above=value > panel.axis.high)


def draw_labels(sheet: Sheet, panel: Panel, trace: Trace, sessions: DateArray) -> None:
    """Label what ends at the right edge, moved apart where it would touch and then led back."""
    labels = [*_ends(panel, trace, sessions), *_levels(panel, trace)]
    wanted = [label.y for label in labels]
    middles = spread_labels(wanted, [label.height for label in labels], panel.top - TICK, panel.bottom + 20)
    left = panel.time.at_high + AIR
    # The rule's own fund comes last, so that its dot lies on top.
    for label, middle in reversed(list(zip(labels, middles, strict=True))):
        _draw_label(sheet, label, left, middle)
        if not label.words.endswith(chart_text.UNKNOWN) and (abs(middle - label.y) > 6 or label.stale):
            xs, ys = [label.x + (10 if label.dot else 3), left - 6], [label.y, _first_line(label, middle)]
            sheet.line(xs, ys, colour=label.colour, width=2, kind="leader")


def _level(
    sheet: Sheet, panel: Panel, y: float, colour: str, width: float, dashes: object, kind: str
) -> None:
    xs = [panel.time.at_low, panel.time.at_high]
    style = {"linestyle": dashes, "dash_capstyle": "butt", "zorder": 2.5}
    sheet.line(xs, [y, y], colour=colour, width=width, kind=kind, **style)


def _draw_dot(sheet: Sheet, xs: FloatArray, ys: FloatArray, colour: str) -> None:
    """Draw a dot for a value between two gaps, which makes no line."""
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


def _first_line(label: EdgeLabel, middle: float) -> float:
    """Return the middle of the first line of a label."""
    return middle - (FINE + 6) / 2 if label.stale else middle


def _draw_label(sheet: Sheet, label: EdgeLabel, left: float, middle: float) -> None:
    first = _first_line(label, middle)
    kind = "end" if label.size == LABEL else "level"
    bold = label.size > FINE
    sheet.text_at(left, first, label.words, size=label.size, colour=label.colour, bold=bold, kind=kind)
    if label.stale:
        below = first + (label.size + FINE) / 2 + 6
        sheet.text_at(left, below, label.stale, size=FINE, colour=label.colour, kind="stale")
    if label.dot:
        sheet.dot(label.x, label.y, colour=label.colour, size=18, kind="end-dot")


TICKS = 5
_MONEY = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def axis_of(trace: Trace, most: int = TICKS) -> Axis:
    """Make an axis from below the lowest to above the highest of values, threshold and recovery value.

    A few values far from all others are left out, so that one bad month does not flatten the years; what is
    left out is to be marked, see `edges.beyond`.
    """
    low, high = extent(trace.lines, trace.threshold, trace.recovery, *(trace.usual or ()))
    ticks = round_ticks(low, high, most)
    return Axis(trace.caption, trace.threshold, low, high, ticks, tick_names(ticks, trace.tick))


def tick_names(ticks: Ticks, tick: Tick) -> tuple[str, ...]:
    """Return the ticks' values as the axis names them."""
    if tick == "money":
        return _amounts(ticks)
    if tick == "ratio":
        return tuple(text.ratio(value, ticks.decimals) for value in ticks.values)
    show = chart_text.percent if tick == "percent" else text.points
    return tuple(show(value, max(0, ticks.decimals - 2)) for value in ticks.values)


def format_value(value: float, tick: Tick) -> str:
    """Return one value with the digits that an answer gives it."""
    if tick == "money":
        return text.money(value)
    if tick == "ratio":
        return text.ratio(value)
    return text.percent(value) if tick == "percent" else text.points(value)


def _amounts(ticks: Ticks) -> tuple[str, ...]:
    """Return all in the unit of the largest: 0.5 bn, 1.0 bn."""
    largest = max(map(abs, ticks.values), default=0.0)
    size, unit = next((pair for pair in _MONEY if largest >= pair[0]), _MONEY[-1])
    digits = Ticks((), ticks.step / size).decimals
    return tuple(f"{text.ratio(value / size, digits)}{text.NBSP}{unit}".strip() for value in ticks.values)


BAR = 12.0
THIN = 5.0
LEAST = 8.0
"""Pixels across that a single session takes, to be seen on a phone."""

KEY_ROW, SWATCH = 46.0, 40.0
FIRING_TINT, PENDING_TINT, USUAL_TINT = 0.17, 0.07, 0.13


def draw_spans(sheet: Sheet, panels: Sequence[Panel], spans: Sequence[Span], *, firing: bool) -> None:
    """Tint spans through all panels; a bar over the first: thick where it fired, thin where pending."""
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
    """Return the left edge and width of a span, wide enough to be seen."""
    left, right = (time.at(day(when)) for when in span)
    return left, max(right - left, LEAST)


def draw_dates_fired(sheet: Sheet, panel: Panel, spans: Sequence[Span], first: date) -> None:
    """Write "triggered 2 Feb 2026" over each bar, the newest first; what would touch another is left out.

    A rule that fires from the first session on had fired before: no day is known.
    """
    taken: list[tuple[float, float]] = []
    for span in reversed([span for span in spans if span[0] > first]):
        words = f"triggered {text.day(span[0])}"
        wide = text_width(words, FINE)
        left = min(across(span, panel.time)[0], WIDTH - MARGIN - wide)
        if all(left + wide + 24 < start or left > end + 24 for start, end in taken):
            baseline = panel.top - BAR - 12
            sheet.text(left, baseline, words, size=FINE, colour=theme.ALARM, kind="fired")
            taken.append((left, left + wide))


def key_rows(items: Sequence[tuple[str, str]]) -> list[list[tuple[str, str, float]]]:
    """Place kind, words and left edge of each item of the key, in rows."""
    rows: list[list[tuple[str, str, float]]] = []
    left = 0.0
    for kind, words in items:
        wide = SWATCH + 14 + text_width(words, FINE)
        if not rows or left + wide > TEXT_ROOM:
            rows.append([])
            left = 0.0
        rows[-1].append((kind, words, MARGIN + left))
        left += wide + 48
    return rows


def draw_key(sheet: Sheet, rows: Sequence[Sequence[tuple[str, str, float]]], top: float) -> None:
    """Draw what the shades mean."""
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
