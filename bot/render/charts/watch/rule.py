"""One rule: where it stands, its quantity against the threshold, and when it fired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from matplotlib.figure import Figure

from bot.render import text
from bot.render.chart_specs import WatchChart
from bot.render.charts import theme
from bot.render.charts.doubts import draw_doubts
from bot.render.charts.frame import ROOM, framed
from bot.render.charts.panels import Panel, day
from bot.render.charts.sheet import Sheet, wrap
from bot.render.charts.theme import HOLLOW, LABEL, MARGIN, PHASES
from bot.render.charts.watch.shades import (
    KEY_ROW,
    draw_dates_fired,
    draw_key,
    draw_spans,
    key_rows,
)
from bot.render.charts.watch.stack import CAPTION, draw_stack, stack

HEIGHTS = (430.0, 290.0, 230.0)
STATUS, INDENT = 54.0, 46.0
FIRED, UNFIRED = 70.0, 30.0
"""Over the panels: with the dates on which it fired, without."""

AIR = 18.0


def build(picture: WatchChart) -> Figure:
    """The status first, then the panels with the shades through all of them."""
    held = stack(picture.traces, picture.sessions, HEIGHTS)
    status = wrap(picture.status, LABEL, ROOM - INDENT, bold=True)
    keys = key_rows(_key(picture))
    dates = FIRED if picture.firing else UNFIRED
    head = AIR + STATUS * len(status) + KEY_ROW * len(keys) + dates
    caption = CAPTION - 10 if picture.traces[0].caption else 0.0
    sheet, top = framed(picture, head + caption + held.whole)
    panels = held.placed(top + head + caption)
    draw_status(sheet, status, picture.phase, top + AIR)
    draw_key(sheet, keys, top + AIR + STATUS * len(status))
    draw_spans(sheet, panels, picture.pending, firing=False)
    draw_spans(sheet, panels, picture.firing, firing=True)
    draw_dates_fired(sheet, panels[0], picture.firing, picture.sessions[0].item())
    _draw_made(sheet, panels, picture.made)
    draw_stack(sheet, panels, held, picture.sessions, lift=dates - UNFIRED)
    draw_doubts(sheet, panels, picture.marks)
    return sheet.figure


def draw_status(sheet: Sheet, lines: Sequence[str], phase: str, top: float) -> None:
    """Where the rule stands: a shape and words."""
    colour, marker = PHASES[phase]
    middle = top + LABEL / 2 + 4
    shape: dict[str, Any] = {"size": 30, "marker": marker, "hollow": phase in HOLLOW}
    sheet.dot(MARGIN + 16, middle, colour=colour, kind="phase", **shape)
    for number, line in enumerate(lines):
        y = middle + STATUS * number
        sheet.text_at(MARGIN + INDENT, y, line, size=LABEL, colour=colour, bold=True, kind="status")


def _key(picture: WatchChart) -> list[tuple[str, str]]:
    items = []
    if picture.firing:
        items.append(("firing", "firing"))
    if picture.pending:
        items.append(("pending", "being confirmed"))
    if picture.made is not None:
        items.append(("made", f"set {text.day(picture.made)}; before: as it would have fired"))
    return items


def _draw_made(sheet: Sheet, panels: Sequence[Panel], made: date | None) -> None:
    if made is None:
        return
    for panel in panels:
        x = panel.time.at(min(day(made), panel.time.high))
        sheet.line([x, x], [panel.top, panel.bottom], colour=theme.INK, width=3, kind="made", zorder=2.6)
