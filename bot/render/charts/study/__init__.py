"""Charts of studies: one module a picture."""

from __future__ import annotations

from matplotlib.figure import Figure

from bot.render.charts.study import correlation, drawdowns, holdings, months, returns, rolling
from bot.render.study_pictures import (
    HoldingsPicture,
    MonthsPicture,
    RollingPicture,
    UnderwaterPicture,
    YearsPicture,
)

__all__ = ["build", "correlation"]


Picture = YearsPicture | MonthsPicture | UnderwaterPicture | RollingPicture | HoldingsPicture


def build(picture: Picture) -> Figure:
    """The picture as a figure; each line or bar of a fund has the fund's colour."""
    if isinstance(picture, YearsPicture):
        return returns.build(picture)
    if isinstance(picture, MonthsPicture):
        return months.build(picture)
    if isinstance(picture, UnderwaterPicture):
        return drawdowns.build(picture)
    if isinstance(picture, HoldingsPicture):
        return holdings.build(picture)
    return rolling.build(picture)
