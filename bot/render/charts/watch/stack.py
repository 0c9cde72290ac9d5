"""Panels above each other on one time axis: one for each quantity of a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.panel import DateArray
from bot.render.chart_specs import Trace
from bot.render.charts import theme
from bot.render.charts.panels import Axis, Panel, days, draw_dates
from bot.render.charts.scales import AxisScale
from bot.render.charts.sheet import Sheet, widest
from bot.render.charts.theme import MARGIN, TICK, WIDTH
from bot.render.charts.watch.scale import axis_of
from bot.render.charts.watch.trace import AIR, draw_labels, draw_levels, draw_lines, label_room

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

    def placed(self, top: float) -> tuple[Panel, ...]:
        """Panels whose first has its upper edge at `top`."""
        found: list[Panel] = []
        for trace, axis in zip(self.traces, self.axes, strict=True):
            if found:
                top = found[-1].bottom + GAP + (CAPTION if trace.caption else 0)
            found.append(Panel.below(top, self.height, axis, self.time))
        return tuple(found)


def stack(traces: tuple[Trace, ...], sessions: DateArray, heights: Sequence[float]) -> PanelStack:
    """Traces with their axes; heights : of a panel where there are one, two, three and more of them.

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
    """Everything but the shades.  lift: by which the first caption stands higher, over what is there."""
    draw_dates(sheet, tuple(panels), sessions, panels[-1].bottom + 8)
    width = 5 if sessions.size < 700 else 3.5
    for panel, trace in zip(panels, held.traces, strict=True):
        if trace.caption:
            y = panel.top - 22 - (lift if panel is panels[0] else 0)
            sheet.text(MARGIN, y, trace.caption, size=TICK, colour=theme.INK, kind="caption")
        draw_levels(sheet, panel, trace)
        draw_lines(sheet, panel, trace, sessions, width)
        draw_labels(sheet, panel, trace, sessions)
