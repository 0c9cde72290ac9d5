"""Charts of studies: one module a picture."""

from __future__ import annotations

from matplotlib.figure import Figure

from bot.render.charts.study import correlation, drawdowns, holdings, months, returns, rolling
from bot.render.section_chart_specs import (
    HoldingsChart,
    MonthsChart,
    RollingChart,
    UnderwaterChart,
    YearsChart,
)

__all__ = ["build", "correlation"]


Picture = YearsChart | MonthsChart | UnderwaterChart | RollingChart | HoldingsChart


def build(picture: Picture) -> Figure:
    """The picture as a figure; each line or bar of a fund has the fund's colour."""
    if isinstance(picture, YearsChart):
        return returns.build(picture)
    if isinstance(picture, MonthsChart):
        return months.build(picture)
    if isinstance(picture, UnderwaterChart):
        return drawdowns.build(picture)
    if isinstance(picture, HoldingsChart):
        return holdings.build(picture)
    return rolling.build(picture)
