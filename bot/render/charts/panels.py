"""A panel with time across and values down: axis, lines, their names, marks of doubtful prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import floor, inf
from typing import Any

import numpy as np
from matplotlib.transforms import Bbox

from analytics.panel import DateArray, FloatArray
from bot.render import chart_text
from bot.render.chart_specs import DoubtMark
from bot.render.charts import theme
from bot.render.charts.scales import AxisScale, LogScale, Ticks, date_ticks, log_ticks, round_ticks
from bot.render.charts.sheet import DISC, TEXT_ROOM, Sheet, text_width, widest
from bot.render.charts.theme import FINE, LABEL, MARGIN, TICK, WIDTH, Look
from bot.render.doubts import MARK

START = 100.0
GROWTH_TICKS, RATIO_TICKS, FALL_TICKS, DATES = 4, 2, 3, 6
LEAST_RATIO = 2.0
"""Points of a ratio of 100 that its axis spans at least: less is not worth a picture."""
AIR = 44.0
"""Between labels in one row, and between a line's end and its label."""
MOST_DASHED = 2
"""Lines that dashes alone tell apart; more of them have shapes as well."""
SHAPES = 4
"""Shapes on a line."""


@dataclass(frozen=True)
class Axis:
    """What a panel spans from its lower to its upper edge, and the ticks between with their names.

    strong : the value that the lines start from, or are read against
    log : equal factors are equal distances
    """

    caption: str
    strong: float
    low: float
    high: float
    ticks: Ticks
    names: tuple[str, ...]
    log: bool = False


@dataclass(frozen=True)
class Panel:
    """An axis in its place on the sheet."""

    axis: Axis
    time: AxisScale
    value: AxisScale

    @classmethod
    def below(cls, top: float, height: float, axis: Axis, time: AxisScale) -> Panel:
        """Return a panel whose upper edge is at `top`."""
        scale = LogScale if axis.log else AxisScale
        return cls(axis, time, scale(axis.high, axis.low, top, top + height))

    @property
    def top(self) -> float:
        """Upper edge, pixels."""
        return self.value.at_low

    @property
    def bottom(self) -> float:
        """Lower edge, pixels."""
        return self.value.at_high


def growth_axis(growth: FloatArray, *, log: bool = False) -> Axis:
    """Make an axis from a round value below the lowest, or a near 0, to a little above the highest.

    log : equal factors are equal distances; it starts a little below the lowest value
    """
    known = np.append(growth[np.isfinite(growth)], START)
    low, high = float(known.min()), float(known.max())
    if log:
        return _log_axis(low, high)
    room = max(0.04 * (high - low), 0.02)
    grain = round_ticks(low - room, high + room, GROWTH_TICKS).step / 5
    bottom = 0.0 if low < 0.15 * high else grain * floor((low - room) / grain)
    ticks = round_ticks(bottom, high + room, GROWTH_TICKS)
    start = chart_text.exact(bottom, Ticks((), grain).decimals)
    names = tuple(chart_text.level(value, ticks.decimals) for value in ticks.values)
    return Axis(f"Value of 100, axis starts at {start}", START, bottom, high + room, ticks, names)


def _log_axis(low: float, high: float) -> Axis:
    room = max((high / low) ** 0.04, 1.0002)
    grain = round_ticks(low / room, high * room, GROWTH_TICKS).step / 5
    bottom = max(grain * floor(low / room / grain), low / room**2)
    ticks = log_ticks(bottom, high * room, GROWTH_TICKS)
    names = tuple(chart_text.level(value, ticks.decimals) for value in ticks.values)
    start = chart_text.exact(bottom, Ticks((), grain).decimals)
    caption = f"Value of 100, log scale, axis starts at {start}"
    return Axis(caption, START, bottom, high * room, ticks, names, log=True)


def ratio_axis(symbols: Sequence[str], ratio: FloatArray) -> Axis:
    """Make an axis around the ratio of two symbols, which starts at 100; it spans `LEAST_RATIO` at least."""
    known = np.append(ratio[np.isfinite(ratio)], START)
    low, high = float(known.min()), float(known.max())
    room = max(0.08 * (high - low), (LEAST_RATIO - (high - low)) / 2)
    grain = round_ticks(low - room, high + room, RATIO_TICKS).step / 5
    bottom = grain * floor((low - room) / grain)
    ticks = round_ticks(bottom, high + room, RATIO_TICKS)
    names = tuple(chart_text.level(value, ticks.decimals) for value in ticks.values)
    start = chart_text.exact(bottom, Ticks((), grain).decimals)
    return Axis(_ratio_caption(symbols, start), START, bottom, high + room, ticks, names)


def _ratio_caption(symbols: Sequence[str], start: str) -> str:
    """Say what the ratio is, in as many words as there is room for."""
    one, other = symbols
    pair = f"{one} against {other}"
    words = (
        f"{pair}, axis starts at {start}; above 100 {one} is ahead",
        f"{pair}, axis starts at {start}",
        f"{one} / {other}, axis from {start}",
    )
    return next((each for each in words if text_width(each, TICK) <= TEXT_ROOM), words[-1])


def fall_axis(drawdowns: FloatArray) -> Axis:
    """Make an axis from a little below the deepest fall up to 0; one percent where nothing fell by 0.01 %."""
    deepest = float(np.min(drawdowns[np.isfinite(drawdowns)], initial=0.0))
    low = 1.04 * deepest if deepest < -1e-4 else -0.01
    ticks = round_ticks(low, 0.0, FALL_TICKS)
    names = tuple(chart_text.percent(value, max(0, ticks.decimals - 2)) for value in ticks.values)
    return Axis("Drawdown", 0.0, low, 0.0, ticks, names)


def days(sessions: DateArray) -> FloatArray:
    """Return days since 1970, the unit of every time scale."""
    return sessions.astype("datetime64[D]").astype(np.float64)


def time_scale(sessions: DateArray, values: Sequence[str], ends: Sequence[str]) -> AxisScale:
    """Lay sessions between the names of an axis's values and what stands at the lines' ends."""
    first, last = days(sessions)[[0, -1]]
    left = MARGIN + widest(values, TICK) + 20
    right = WIDTH - MARGIN - widest(ends, LABEL, bold=True) - AIR
    return AxisScale(first, max(last, first + 1), left, right)


def day(when: date) -> float:
    """Return one date as `days` gives it."""
    return float(np.datetime64(when, "D").astype(np.int64))


def draw_ground(sheet: Sheet, panel: Panel) -> None:
    """Draw caption, level lines and their values; the line that everything starts from stands out."""
    axis, left, right = panel.axis, panel.time.at_low, panel.time.at_high
    sheet.text(MARGIN, panel.top - 32, axis.caption, colour=theme.QUIET, kind="caption")
    for value, name in zip(axis.ticks.values, axis.names, strict=True):
        y, colour = panel.value.at(value), theme.INK if value == axis.strong else theme.QUIET
        sheet.rule(left, right, y, colour=theme.GRID, kind="grid")
        sheet.text_at(left - 20, y, name, colour=colour, align="right", kind="value")
    sheet.rule(left, right, panel.value.at(axis.strong), colour=theme.RULE, width=3, kind="start")


def draw_dates(sheet: Sheet, panels: tuple[Panel, ...], sessions: DateArray, bottom: float) -> None:
    """Draw the time axis at `bottom`, and upright lines through every panel."""
    time = panels[0].time
    first, last = sessions[[0, -1]].astype("datetime64[D]").tolist()
    sheet.rule(time.at_low, time.at_high, bottom, colour=theme.RULE, kind="axis")
    for when, name in next((ticks for ticks in date_ticks(first, last, DATES) if _fits(ticks, time)), []):
        x = time.at(day(when))
        for panel in panels:
            sheet.line([x, x], [panel.top, panel.bottom], colour=theme.GRID, width=2, kind="grid")
        sheet.line([x, x], [bottom, bottom + 12], colour=theme.RULE, width=2, kind="axis")
        sheet.text(x, bottom + 48, name, colour=theme.QUIET, align="center", kind="date")


def _fits(ticks: list[tuple[date, str]], time: AxisScale) -> bool:
    """Return whether the names keep a letter's distance."""
    spans = [(time.at(day(when)), text_width(name, TICK) / 2 + TICK / 4) for when, name in ticks]
    return all(x + half <= after - next_half for (x, half), (after, next_half) in pairwise(spans))


def draw_lines(
    sheet: Sheet,
    panel: Panel,
    sessions: DateArray,
    values: FloatArray,
    width: float,
    looks: Sequence[Look] = (),
    **more: Any,
) -> None:
    """Draw one line a row, broken where a value is missing, the first on top of the others.

    looks : of the rows; those of the picture's symbols unless told
    """
    xs, looks = panel.time(days(sessions)), looks or sheet.looks
    marked = len(values) > MOST_DASHED
    for row in reversed(range(len(values))):
        ys, look = panel.value(values[row]), looks[row]
        style = {"zorder": 3, **dash_style(look), **more}
        sheet.line(xs, ys, colour=look.colour, width=width, kind="series", **style)
        for at in _marked_columns(ys, row, len(values)) if marked else ():
            x, y = float(xs[at]), float(ys[at])
            if panel.top <= y <= panel.bottom:
                sheet.dot(x, y, colour=look.colour, size=20, marker=look.marker, kind="marker")


def dash_style(look: Look) -> dict[str, Any]:
    """Make the style of a line that has gaps."""
    return {"linestyle": (0, look.dash), "dash_capstyle": "butt"} if look.dash else {}


def _marked_columns(line: FloatArray, row: int, rows: int) -> Sequence[int]:
    """Choose where a line has its shapes: seldom, and no two lines in the same place."""
    known = np.flatnonzero(np.isfinite(line))
    shares = (np.arange(SHAPES) + (row + 0.5) / rows) / SHAPES
    return np.unique(known[(shares * known.size).astype(int)]).tolist() if known.size >= line.size / 4 else ()


def last_known(line: FloatArray) -> int:
    """Return index of the last value that is known, that of the last session where none is."""
    known = np.flatnonzero(np.isfinite(line))
    return int(known[-1]) if known.size else line.size - 1


def draw_ends(
    sheet: Sheet,
    panel: Panel,
    sessions: DateArray,
    values: FloatArray,
    words: Sequence[str],
    looks: Sequence[Look] = (),
) -> None:
    """Write words beside the last known points, moved apart where they would touch and then led back."""
    points = [_end(sessions, line, panel) for line in values]
    middles = spread_labels(
        [y for _, y in points], [LABEL + 8.0] * len(points), panel.top - LABEL, panel.bottom
    )
    left = panel.time.at_high + AIR
    for (x, y), middle, label, look in zip(points, middles, words, looks or sheet.looks, strict=False):
        colour = look.colour
        sheet.text_at(left, middle, label, size=LABEL, colour=colour, bold=True, kind="end")
        if label.endswith(chart_text.UNKNOWN):
            continue
        inside = min(max(y, panel.top), panel.bottom)
        if abs(middle - inside) > 6 or x < panel.time.at_high:
            sheet.line([x, left - 6], [inside, middle], colour=colour, width=2, kind="leader")
        if y == inside:
            shape = look.marker if len(points) > MOST_DASHED else DISC
            sheet.dot(x, y, colour=colour, size=20, marker=shape, kind="end-dot")


def _end(sessions: DateArray, line: FloatArray, panel: Panel) -> tuple[float, float]:
    """Find where a line ends: at the foot of the panel where no value of it is known."""
    at = last_known(line)
    y = panel.bottom if np.isnan(line[at]) else panel.value.at(line[at])
    return panel.time.at(days(sessions)[at]), y


EDGE_ROOM = 0.07
"""Left free above and below, as a share of what is shown."""

SPIKE = 2.5
"""An axis is cut where the whole range is this many times what 96 % of the values, and the last, need."""


def extent(lines: FloatArray, *levels: float | None) -> tuple[float, float]:
    """Return the lower and upper edge of a panel that shows these lines and levels."""
    known = lines[np.isfinite(lines)]
    fixed = [level for level in levels if level is not None] + [float(v) for v in map(_last, lines) if v == v]
    low, high = float(np.min(known, initial=min(fixed))), float(np.max(known, initial=max(fixed)))
    if known.size:
        core = [*fixed, *np.percentile(known, [2, 98])]
        span = float(max(core) - min(core))
        if 0 < SPIKE * span < high - low:
            low, high = max(low, min(core) - span / 2), min(high, max(core) + span / 2)
    room = EDGE_ROOM * (high - low) or 0.05 * max(abs(low), abs(high)) or 0.01
    return float(low - room), float(high + room)


def values_beyond(lines: FloatArray, axis: Axis) -> list[tuple[int, float]]:
    """Find column and value of the highest and of the lowest value where they do not fit on the axis."""
    known = np.isfinite(lines)
    found = []
    if known.any():
        for pick, filler in ((np.argmax, -np.inf), (np.argmin, np.inf)):
            row, column = np.unravel_index(pick(np.where(known, lines, filler)), lines.shape)
            value = float(lines[row, column])
            if not axis.low <= value <= axis.high:
                found.append((int(column), value))
    return found


def clip_box(sheet: Sheet, panel: Panel) -> Bbox:
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


def spread_labels(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Place labels as near to `wanted` centres as possible (least squares), apart and within low..high.

    Where all of them together are longer than the room they keep their distances and run over `high`.
    """
    order = np.argsort(wanted, kind="stable")
    size = np.asarray(sizes, dtype=np.float64)[order]
    # Less the distances that neighbours must keep, "no overlap" reads "never falling".
    offset = np.concatenate([[0.0], np.cumsum((size[:-1] + size[1:]) / 2)])
    free = _isotonic(np.asarray(wanted, dtype=np.float64)[order] - offset)
    floor = low + size[0] / 2
    ceiling = max(floor, high - size[-1] / 2 - offset[-1])
    placed = np.empty(size.size)
    placed[order] = np.clip(free, floor, ceiling) + offset
    return [float(centre) for centre in placed]


def _isotonic(values: FloatArray) -> list[float]:
    """Fit the nearest sequence that never falls (isotonic regression): neighbours that fall share their
    mean.
    """
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            before, members = pools.pop()
            mean, count = (before * members + mean * count) / (members + count), members + count
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]


BELOW = 62.0
"""From the panel's upper edge, where what lies beyond it is told, to the mark."""
APART = 40.0
"""Pixels across within which one mark stands for several sessions."""
DOTS = (0, (1, 2))


def trusted_lines(
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


def clip_style(sheet: Sheet, panel: Panel, marks: Sequence[DoubtMark]) -> dict[str, Any]:
    """Make the style of lines that may leave their panel; none where no mark is grave."""
    return {"clip_box": clip_box(sheet, panel)} if any(mark.grave for mark in marks) else {}


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
    """Place a session; one before or after those of the panel stands at its edge."""
    return panel.time.at(min(max(when, panel.time.low), panel.time.high))
