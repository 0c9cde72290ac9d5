"""An axis that holds the threshold, and numbers in the quantity's unit."""

from __future__ import annotations

import numpy as np

from analytics.panel import FloatArray
from bot.render import text
from bot.render.charts import numbers
from bot.render.charts.panels import Axis
from bot.render.charts.scales import Ticks, round_ticks
from bot.render.pictures import Tick, Trace

TICKS = 5
ROOM = 0.07
"""Left free above and below, as a share of what is shown."""

SPIKE = 2.5
"""An axis is cut where the whole range is this many times what 96 % of the values, and the last, need."""

_MONEY = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def axis_of(trace: Trace, most: int = TICKS) -> Axis:
    """From below the lowest to above the highest of the values, the threshold and the recovery value.

    A few values far from all others are left out, so that one bad month does not flatten the years; what is
    left out is to be marked, see `beyond`.
    """
    low, high = extent(trace.lines, trace.threshold, trace.recovery)
    ticks = round_ticks(low, high, most)
    return Axis(trace.caption, trace.threshold, low, high, ticks, names(ticks, trace.tick))


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


def names(ticks: Ticks, tick: Tick) -> tuple[str, ...]:
    """The ticks' values as the axis names them."""
    if tick == "money":
        return _amounts(ticks)
    if tick == "ratio":
        return tuple(text.ratio(value, ticks.decimals) for value in ticks.values)
    show = numbers.percent if tick == "percent" else text.points
    return tuple(show(value, max(0, ticks.decimals - 2)) for value in ticks.values)


def written(value: float, tick: Tick) -> str:
    """One value with the digits that an answer gives it."""
    if tick == "money":
        return text.money(value)
    if tick == "ratio":
        return text.ratio(value)
    return text.percent(value) if tick == "percent" else text.points(value)


def _amounts(ticks: Ticks) -> tuple[str, ...]:
    """All in the unit of the largest: 0.5 bn, 1.0 bn."""
    largest = max(map(abs, ticks.values), default=0.0)
    size, unit = next((pair for pair in _MONEY if largest >= pair[0]), _MONEY[-1])
    digits = Ticks((), ticks.step / size).decimals
    return tuple(f"{text.ratio(value / size, digits)}{text.NBSP}{unit}".strip() for value in ticks.values)


def _last(line: FloatArray) -> float:
    known = line[np.isfinite(line)]
    return float(known[-1]) if known.size else float("nan")
