"""An axis that holds the threshold, and numbers in the quantity's unit."""

from __future__ import annotations

from bot.render import text
from bot.render.chart_specs import Tick, Trace
from bot.render.charts import numbers
from bot.render.charts.edges import extent
from bot.render.charts.panels import Axis
from bot.render.charts.scales import Ticks, round_ticks

TICKS = 5
_MONEY = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def axis_of(trace: Trace, most: int = TICKS) -> Axis:
    """From below the lowest to above the highest of the values, the threshold and the recovery value.

    A few values far from all others are left out, so that one bad month does not flatten the years; what is
    left out is to be marked, see `edges.beyond`.
    """
    low, high = extent(trace.lines, trace.threshold, trace.recovery)
    ticks = round_ticks(low, high, most)
    return Axis(trace.caption, trace.threshold, low, high, ticks, names(ticks, trace.tick))


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
