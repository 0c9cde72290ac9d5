"""Tables whose cells are coloured by value: returns by month, and correlations as a square."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, isnan
from typing import Any

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from analytics.panel import FloatArray
from bot.render import chart_text
from bot.render.chart_specs import MatrixChart, Months, MonthsChart, SectorChart
from bot.render.charts import theme
from bot.render.charts.sheet import (
    TEXT_ROOM,
    Align,
    Sheet,
    framed_sheet,
    line_width,
    text_width,
    widest,
    wrap,
)
from bot.render.charts.theme import COLOURS, FINE, LABEL, MARGIN, TICK, WIDTH
from bot.render.doubts import MARK

MONTHS = 12
MONTHS_AIR, NAME, HEADS, ROW = 30.0, 60.0, 52.0, 58.0
"""Above a table; its fund's name; the months' names; a year."""
YEARS, GAP, WHOLE = 110.0, 20.0, 130.0
"""Across: the years' names, the room before the whole years, those."""
CELL = (TEXT_ROOM - YEARS - GAP - WHOLE) / MONTHS
STRONGEST = 0.9
"""Share of the months that lie within the strongest colour: a crash would else leave all others pale."""


def build_months(picture: MonthsChart) -> Figure:
    """Draw the tables below one another, in one scale of colours."""
    named = len(picture.funds) > 1
    heights = [MONTHS_AIR + NAME * named + HEADS + ROW * len(fund.years) for fund in picture.funds]
    sheet, top = framed_sheet(picture, sum(heights) + MONTHS_AIR)
    shades = _shades(picture)
    for fund, height in zip(picture.funds, heights, strict=True):
        if named:
            sheet.text_at(
                MARGIN, top + MONTHS_AIR + NAME / 2, fund.symbol, size=LABEL, bold=True, kind="name"
            )
        _draw(sheet, fund, shades, top + MONTHS_AIR + NAME * named)
        top += height
    return sheet.figure


def _shades(picture: MonthsChart) -> Shades:
    """Choose shades as strong upwards as downwards, by the months that can be relied on."""
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
        words = _cell_text(value, mark, WHOLE if whole else CELL - 8)
        kind = "whole" if whole else "figure"
        sheet.text_at(
            x, y + ROW / 2, words, size=FINE, colour=ink(colour), bold=whole, align="center", kind=kind
        )


def _places() -> Iterator[float]:
    """Place the middles of the columns, the whole year's last."""
    left = MARGIN + YEARS
    yield from (left + CELL * (month + 0.5) for month in range(MONTHS))
    yield left + CELL * MONTHS + GAP + WHOLE / 2


def _cell_text(value: float, mark: str, room: float) -> str:
    """Write a return in percent with a decimal, else whole ones; the sign of percent stands in the subtitle.

    What cannot be relied on is its mark alone.
    """
    if isnan(value):
        return mark
    words = (f"{chart_text.percent(value, digits)[:-2]}{mark}" for digits in (1, 0))
    longest = next(words)
    return longest if text_width(longest, FINE) <= room else next(words)


CAPTION, LEGEND, MATRIX_AIR = 70.0, 110.0, 24.0
FIGURES = {2: 72.0, 3: 72.0, 4: 64.0, 5: 56.0}
STEPS = 24


def build_matrix(picture: MatrixChart) -> Figure:
    """Draw the square with its figures written in, and what the colours stand for."""
    count = len(picture.symbols)
    width = TEXT_ROOM / count
    height = min(190.0, max(110.0, width * 0.62))
    sheet, top = framed_sheet(picture, MATRIX_AIR + CAPTION + height * count + CAPTION + LEGEND)
    shades = shades_of(np.stack([picture.upper, picture.lower]))
    square = top + MATRIX_AIR + CAPTION
    bottom = square + height * count
    _words(sheet, WIDTH - MARGIN, square - 24, f"Above the names: {picture.above}", align="right")
    _words(sheet, MARGIN, bottom + 50, f"Below the names: {picture.below}")
    for (row, column), _ in np.ndenumerate(picture.upper):
        corner = (MARGIN + width * column, square + height * row)
        _cell(sheet, picture, shades, (row, column), corner, (width, height))
    _legend(sheet, shades, bottom + CAPTION + 20)
    return sheet.figure


def shades_of(values: FloatArray) -> Shades:
    """Choose shades from a tenth at or below the lowest value up to 1; from -1 where one is below 0."""
    off = values[:, ~np.eye(values.shape[1], dtype=bool)]
    lowest = float(np.min(off[np.isfinite(off)], initial=1.0))
    if lowest < 0:
        return Shades(-ceil(-lowest * 10 - 1e-9) / 10)
    return Shades(min(0.9, floor(lowest * 10 + 1e-9) / 10))


def _words(sheet: Sheet, x: float, y: float, words: str, align: Align = "left") -> None:
    sheet.text(x, y, words, colour=theme.QUIET, align=align, kind="caption")


def _cell(
    sheet: Sheet,
    picture: MatrixChart,
    shades: Shades,
    place: tuple[int, int],
    corner: tuple[float, float],
    size: tuple[float, float],
) -> None:
    (row, column), (x, y), (width, height) = place, corner, size
    if row == column:
        mark = MARK if picture.symbols[row] in picture.doubtful else ""
        _name(sheet, f"{picture.symbols[row]}{mark}", x + width / 2, y + height / 2, width - 16)
        return
    value = float((picture.upper if row < column else picture.lower)[row, column])
    colour = theme.PAPER if isnan(value) else shades(value)
    sheet.box(x + 3, y + 3, width - 6, height - 6, colour=colour, kind="cell")
    figure = FIGURES.get(len(picture.symbols), 48.0)
    written = theme.QUIET if isnan(value) else ink(colour)
    look: dict[str, Any] = {"colour": written, "align": "center", "kind": "figure"}
    sheet.text_at(x + width / 2, y + height / 2, chart_text.correlation(value), size=figure, **look)


def _name(sheet: Sheet, symbol: str, x: float, y: float, room: float, colour: str = theme.INK) -> None:
    """Draw a name on one line, else broken after a hyphen or a point."""
    size = next((size for size in (LABEL, TICK, FINE) if line_width(symbol, size, bold=True) <= room), FINE)
    lines = [symbol] if line_width(symbol, size, bold=True) <= room else _break_symbol(symbol)
    for number, line in enumerate(lines):
        middle = y + 1.2 * size * (number - (len(lines) - 1) / 2)
        sheet.text_at(x, middle, line, size=size, colour=colour, bold=True, align="center", kind="name")


def _break_symbol(symbol: str) -> Sequence[str]:
    at = max(symbol.find(mark) for mark in "-.=") + 1
    at = at if 0 < at < len(symbol) else (len(symbol) + 1) // 2
    return (symbol[:at], symbol[at:])


def _legend(sheet: Sheet, shades: Shades, top: float) -> None:
    """Draw a strip of the colours with the values at its ends, and 0 where it lies between."""
    left, width = MARGIN + 120.0, TEXT_ROOM - 240.0
    for step in range(STEPS):
        value = shades.low + (shades.high - shades.low) * (step + 0.5) / STEPS
        sheet.box(left + width * step / STEPS, top, width / STEPS + 1, 32, colour=shades(value), kind="strip")
    for value, x, align in ((shades.low, left - 16, "right"), (shades.high, left + width + 16, "left")):
        look: dict[str, Any] = {"size": FINE, "colour": theme.QUIET, "align": align, "kind": "scale"}
        sheet.text_at(x, top + 16, chart_text.exact(value, 1), **look)
    if shades.low < 0:
        zero = left + width * -shades.low / (shades.high - shades.low)
        sheet.text(zero, top + 66, "0", size=FINE, colour=theme.QUIET, align="center", kind="scale")


TABLE_HEADS = 96.0
SECTOR_WIDTH = 430.0
"""Most that sector names take across; longer ones break."""
ONE_LINE, TWO_LINES = 64.0, 76.0
"""Height of a row where every sector's name is on one line, and where one is not."""


def sector_pitch(sectors: Sequence[str]) -> float:
    """Return the height of the rows of these sectors."""
    return ONE_LINE if widest(sectors, TICK) <= SECTOR_WIDTH else TWO_LINES


def draw_sectors(sheet: Sheet, sectors: Sequence[str], top: float, pitch: float) -> None:
    """Name the rows at the left; `top` is the upper edge of the first one."""
    for row, sector in enumerate(sectors):
        lines = wrap(sector, TICK, SECTOR_WIDTH)
        first = top + pitch * (row + 0.5) - 0.5 * TICK * (len(lines) - 1)
        for number, line in enumerate(lines):
            sheet.text_at(MARGIN, first + TICK * number, line, kind="sector")


def build_sector_table(picture: SectorChart) -> Figure:
    """Draw a column a fund and a row a sector, each weight written on a shade of its size."""
    left = MARGIN + min(SECTOR_WIDTH, widest(picture.sectors, TICK)) + 24
    width = (WIDTH - MARGIN - left) / len(picture.symbols)
    pitch = sector_pitch(picture.sectors)
    sheet, top = framed_sheet(picture, TABLE_HEADS + pitch * len(picture.sectors) + 24)
    known = picture.weights[np.isfinite(picture.weights)]
    low, high = float(np.min(known, initial=0.0)), float(np.max(known, initial=0.01))
    # Weights below zero, of what was sold short, have a colour of their own.
    shades = Shades(low if low < 0 else 0.0, high)
    for fund, symbol in enumerate(picture.symbols):
        centre, colour = left + width * (fund + 0.5), sheet.looks[fund].colour
        _name(sheet, symbol, centre, top + 0.6 * TABLE_HEADS, width - 10, colour)
        for row, weight in enumerate(picture.weights[fund].tolist()):
            corner = (left + width * fund, top + TABLE_HEADS + pitch * row)
            _weight(sheet, weight, shades, corner, (width, pitch))
    draw_sectors(sheet, picture.sectors, top + TABLE_HEADS, pitch)
    return sheet.figure


def _weight(
    sheet: Sheet, weight: float, shades: Shades, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    colour = theme.PAPER if isnan(weight) else shades(weight)
    (x, y), (width, height) = corner, size
    sheet.box(x + 2, y + 2, width - 4, height - 4, colour=colour, kind="cell")
    written, words = theme.QUIET if isnan(weight) else ink(colour), chart_text.percent(weight)
    sheet.text_at(x + width / 2, y + height / 2, words, colour=written, align="center", kind="figure")


PALEST = 0.10
POSITIVE, NEGATIVE = COLOURS[0], COLOURS[1]


@dataclass(frozen=True)
class Shades:
    """Values to colours: one colour from pale to full, a second one below 0 only where values lie there."""

    low: float
    high: float = 1.0

    def __call__(self, value: float) -> str:
        """Return the colour of a value, as #rrggbb."""
        if self.low < 0:
            share, colour = abs(value) / max(-self.low, self.high), POSITIVE if value >= 0 else NEGATIVE
        else:
            share, colour = PALEST + (1 - PALEST) * (value - self.low) / (self.high - self.low), POSITIVE
        share = min(1.0, max(0.0, share))
        pairs = zip(to_rgb(theme.PAPER), to_rgb(colour), strict=True)
        red, green, blue = (paper + share * (full - paper) for paper, full in pairs)
        return str(to_hex((red, green, blue)))


BLACK = "#000000"


def ink(colour: str) -> str:
    """Choose paper or black, whichever stands out more: by 4.5 at least, on any colour."""
    return max(theme.PAPER, BLACK, key=lambda written: contrast(written, colour))


def contrast(one: str, other: str) -> float:
    """Return how much two colours differ in lightness, as WCAG defines it: 1 for none, 21 at most."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
