"""Returns by calendar month: a table a fund, a row a year, the colour of a cell as strong as its month."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from math import isnan

import numpy as np
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render.charts import numbers, theme
from bot.render.charts.frame import ROOM, framed
from bot.render.charts.sheet import Sheet, text_width
from bot.render.charts.study.shades import Shades, ink
from bot.render.charts.theme import FINE, LABEL, MARGIN
from bot.render.doubts import MARK
from bot.render.section_chart_specs import Months, MonthsChart

MONTHS = 12
AIR, NAME, HEADS, ROW = 30.0, 60.0, 52.0, 58.0
"""Above a table; its fund's name; the months' names; a year."""
YEARS, GAP, WHOLE = 110.0, 20.0, 130.0
"""Across: the years' names, the room before the whole years, those."""
CELL = (ROOM - YEARS - GAP - WHOLE) / MONTHS
STRONGEST = 0.9
"""Share of the months that lie within the strongest colour: a crash would else leave all others pale."""


def build(picture: MonthsChart) -> Figure:
    """The tables below one another, in one scale of colours."""
    named = len(picture.funds) > 1
    heights = [AIR + NAME * named + HEADS + ROW * len(fund.years) for fund in picture.funds]
    sheet, top = framed(picture, sum(heights) + AIR)
    shades = _shades(picture)
    for fund, height in zip(picture.funds, heights, strict=True):
        if named:
            sheet.text_at(MARGIN, top + AIR + NAME / 2, fund.symbol, size=LABEL, bold=True, kind="name")
        _draw(sheet, fund, shades, top + AIR + NAME * named)
        top += height
    return sheet.figure


def _shades(picture: MonthsChart) -> Shades:
    """As strong upwards as downwards, by the months that can be relied on."""
    months = [fund.returns[:, :MONTHS][~fund.doubtful[:, :MONTHS]] for fund in picture.funds]
    sizes = np.abs(np.concatenate(months))
    known = sizes[np.isfinite(sizes)]
    most = max(float(np.quantile(known, STRONGEST)) if known.size else 0.0, 0.001)
    return Shades(-most, most)


def _draw(sheet: Sheet, fund: Months, shades: Shades, top: float) -> None:
    heads = top + HEADS / 2
    for month, x in enumerate(_places()):
        word = calendar.month_abbr[month + 1] if month < MONTHS else "Year"
        sheet.text_at(x, heads, word, size=FINE, colour=theme.QUIET, align="center", kind="head")
    for row, year in enumerate(reversed(fund.years)):
        at = len(fund.years) - 1 - row
        y = top + HEADS + ROW * row
        sheet.text_at(MARGIN, y + ROW / 2, year, size=FINE, colour=theme.QUIET, kind="year")
        _draw_year(sheet, fund.returns[at], fund.doubtful[at].tolist(), shades, y)


def _draw_year(sheet: Sheet, returns: FloatArray, doubtful: list[bool], shades: Shades, y: float) -> None:
    for month, (x, value) in enumerate(zip(_places(), returns.tolist(), strict=True)):
        whole, mark = month == MONTHS, MARK if doubtful[month] else ""
        if isnan(value) and not mark:
            continue
        colour = theme.PAPER if whole or mark else shades(value)
        if not whole and not mark:
            sheet.box(x - CELL / 2 + 2, y + 2, CELL - 4, ROW - 4, colour=colour, kind="cell")
        words = _written(value, mark, WHOLE if whole else CELL - 8)
        kind = "whole" if whole else "figure"
        sheet.text_at(
            x, y + ROW / 2, words, size=FINE, colour=ink(colour), bold=whole, align="center", kind=kind
        )


def _places() -> Iterator[float]:
    """Middles of the columns, the whole year's last."""
    left = MARGIN + YEARS
    yield from (left + CELL * (month + 0.5) for month in range(MONTHS))
    yield left + CELL * MONTHS + GAP + WHOLE / 2


def _written(value: float, mark: str, room: float) -> str:
    """In percent with a decimal, else whole ones; the sign of percent stands in the subtitle.

    What cannot be relied on is its mark alone.
    """
    if isnan(value):
        return mark
    words = (f"{numbers.percent(value, digits)[:-2]}{mark}" for digits in (1, 0))
    longest = next(words)
    return longest if text_width(longest, FINE) <= room else next(words)
