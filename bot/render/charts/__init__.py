"""Draws pictures: `draw` turns the frozen data of `bot.render.chart_specs` into PNG bytes.

Every picture is built on a figure of its own; kept between two of them are the widths of texts and a wiped
page of pixels, so that the same picture gives the same bytes whatever was drawn before.  The modules below:

    theme     colours, sizes, fonts; the settings of matplotlib that are not the user's
    scales    values and dates to pixels; which ticks to name
    labels    labels that do not touch
    keys      the names of funds above a chart
    sheet     a figure measured in pixels from the upper left corner
    frame     title, subtitle, footer and the mark on simulated data
    edges     edges that a few values far out do not move, and what lies beyond them
    doubts    prices that look wrong, and axes that they do not stretch
    falls     curves below the highest value so far, the deepest points dated
    growth    growth of 100 over the underwater panel
    sectors   sector weights side by side
    study     studies of funds: years, months, falls, rolling figures, correlations, holdings
    watch     rules: one against its threshold, its past, all of a channel
    png       a figure to bytes

matplotlib is imported with the first picture, not with this package.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from bot.render.chart_specs import (
    ChartSpec,
    GrowthChart,
    OverviewChart,
    PastChart,
    SectorChart,
    WatchChart,
)
from bot.render.section_chart_specs import MatrixChart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = "2"
"""Part of every cache key: raise it whenever a change in this package changes a picture."""


_ONE_AT_A_TIME = Lock()


def draw(picture: ChartSpec) -> bytes:
    """The picture as a PNG: RGB, 1600 pixels wide, no metadata; the same bytes for the same picture.

    Threads wait for each other: the settings of matplotlib belong to the process.
    """
    from bot.render.charts.png import encode
    from bot.render.charts.theme import own_settings

    with _ONE_AT_A_TIME, own_settings():
        return encode(build(picture))


def build(picture: ChartSpec) -> Figure:
    """The picture as a figure that can be looked into; one pixel is one point.

    Raises ValueError for no symbol or more than there are colours, and for a rule without a quantity.
    """
    from bot.render.charts import growth, sectors, study, theme
    from bot.render.charts.watch import overview, past, rule

    if isinstance(picture, WatchChart):
        return rule.build(picture)
    if isinstance(picture, PastChart):
        return past.build(picture)
    if isinstance(picture, OverviewChart):
        return overview.build(picture)
    if isinstance(picture, MatrixChart):
        return study.correlation.build(picture)
    if not 1 <= len(picture.symbols) <= len(theme.COLOURS):
        given = ", ".join(picture.symbols) or "none"
        raise ValueError(f"a chart shows 1 to {len(theme.COLOURS)} symbols; given: {given}")
    if isinstance(picture, GrowthChart):
        return growth.build(picture)
    return sectors.build(picture) if isinstance(picture, SectorChart) else study.build(picture)
