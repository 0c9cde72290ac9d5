"""Draws pictures: `draw` turns the frozen data of `bot.render.chart_specs` into PNG bytes.

Every picture is built on a figure of its own; kept between two of them are the widths of texts and a wiped
page of pixels, so that the same picture gives the same bytes whatever was drawn before.  The modules below:

    theme        colours, sizes, fonts; the settings of matplotlib that are not the user's
    scales       values and dates to pixels; which ticks to name
    sheet        a figure measured in pixels from the upper left corner, its frame, its PNG bytes
    panels       a panel with time across: axis, lines, labels that do not touch, marks of doubtful prices
    growth       growth of 100 over the ratio of a pair, or over drawdowns
    exposures    sector weights, their gaps, and largest positions side by side
    returns      calendar years
    intervals    gaps with what they may be, and what would show
    rolling      rolling figures
    heatmaps     months, correlations, sectors of several funds
    switch       the edge that a switch needs, by the years it is held
    evidence     estimates as bars with intervals, and through time
    thresholds   quantities against their thresholds
    rules        rules: one against its threshold, its past, all of a channel

matplotlib is imported with the first picture, not with this package.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.render.chart_specs import (
    ChartSpec,
    GrowthChart,
    HoldingsChart,
    MatrixChart,
    MonthsChart,
    OverviewChart,
    PastChart,
    RollingChart,
    SectorChart,
    UnderwaterChart,
    WatchChart,
    YearsChart,
)
from bot.render.evidence_specs import BarsChart, EdgeChart, NeededChart, SensitivityChart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = "4"
"""Part of every cache key: raise it whenever a change in this package changes a picture."""


_ONE_AT_A_TIME = Lock()


def draw(picture: ChartSpec) -> bytes:
    """Draw the picture as a PNG: RGB, 1600 pixels wide, no metadata; the same bytes for the same picture.

    Threads wait for each other: the settings of matplotlib belong to the process.
    """
    from bot.render.charts.sheet import encode
    from bot.render.charts.theme import own_settings

    with _ONE_AT_A_TIME, own_settings():
        return encode(build(picture))


def build(picture: ChartSpec) -> Figure:
    """Draw the picture as a figure that can be looked into; one pixel is one point.

    Raises ValueError for no symbol or more than there are colours, and for a rule without a quantity.
    """
    from bot.render.charts import (
        evidence,
        exposures,
        growth,
        heatmaps,
        intervals,
        returns,
        rolling,
        rules,
        switch,
        theme,
    )

    if isinstance(picture, WatchChart):
        return rules.build_rule(picture)
    if isinstance(picture, PastChart):
        return rules.build_past(picture)
    if isinstance(picture, OverviewChart):
        return rules.build_overview(picture)
    if isinstance(picture, MatrixChart):
        return heatmaps.build_matrix(picture)
    if not 1 <= len(picture.symbols) <= len(theme.COLOURS):
        given = ", ".join(picture.symbols) or "none"
        raise ValueError(f"a chart shows 1 to {len(theme.COLOURS)} symbols; given: {given}")
    builders: dict[type, Callable[[Any], Figure]] = {
        GrowthChart: growth.build_growth,
        SectorChart: exposures.build_sectors,
        YearsChart: returns.build_years,
        MonthsChart: heatmaps.build_months,
        UnderwaterChart: growth.build_underwater,
        HoldingsChart: exposures.build_holdings,
        EdgeChart: intervals.build_edge,
        RollingChart: rolling.build_rolling,
        BarsChart: evidence.build_bars,
        SensitivityChart: evidence.build_sensitivities,
        NeededChart: switch.build_needed,
    }
    return builders[type(picture)](picture)
