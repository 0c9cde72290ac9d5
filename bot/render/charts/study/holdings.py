"""The ten largest positions of each fund as one bar of ten parts, all on one scale from zero."""

from __future__ import annotations

from matplotlib.figure import Figure

from bot.render.charts import numbers, theme
from bot.render.charts.frame import framed
from bot.render.charts.scales import AxisScale, round_ticks
from bot.render.charts.sheet import Sheet, line_width, text_width
from bot.render.charts.theme import COLOURS, LABEL, MARGIN, TICK, WIDTH
from bot.render.section_chart_specs import HoldingsChart, PositionStack

KEY, HEAD, BAR, NAMES, GAP, AXIS = 74.0, 62.0, 66.0, 58.0, 34.0, 62.0
"""Heights: the key, a fund's name with its total, its bar, the names below, from fund to fund, the axis."""
LEAST = 380.0
"""Lowest body: the mark on simulated data needs it."""
CELL = 44.0
PALE = 0.28
"""How much ink a position has that no other fund is known to hold."""
SEAM = 4.0
"""Paper between two positions, less where a position is hardly wider."""
NOT_KNOWN = "positions not known"


def build(picture: HoldingsChart) -> Figure:
    """The key where funds are compared, then fund below fund, then the scale."""
    compared = sum(bool(stack.weights) for stack in picture.stacks) > 1
    heights = [_height(stack) for stack in picture.stacks]
    body = (KEY if compared else 0.0) + sum(heights) + AXIS
    sheet, top = framed(picture, max(LEAST, body))
    scale = _scale(picture)
    if compared:
        _draw_key(sheet, top + KEY / 2)
    first = top + (KEY if compared else 0.0) + max(LEAST - body, 0.0) / 2
    tops = [first + sum(heights[:row]) for row in range(len(heights))]
    bars = [at + HEAD for at, stack in zip(tops, picture.stacks, strict=True) if stack.weights]
    _draw_axis(sheet, scale, bars, first + sum(heights) - GAP / 2)
    for row, (at, stack) in enumerate(zip(tops, picture.stacks, strict=True)):
        _draw_stack(sheet, stack, scale, at, COLOURS[row], PALE if compared else 1.0)
    return sheet.figure


def _height(stack: PositionStack) -> float:
    """A fund without known positions needs its name only."""
    return HEAD + (BAR + NAMES if stack.weights else 0.0) + GAP


def _scale(picture: HoldingsChart) -> AxisScale:
    most = max((sum(stack.weights) for stack in picture.stacks), default=0.0) or 0.01
    return AxisScale(0.0, most, MARGIN, WIDTH - MARGIN)


def _draw_key(sheet: Sheet, middle: float) -> None:
    """In grey, for the two shades mean the same in every fund's colour."""
    left = float(MARGIN)
    for words, shade in (("also known in another fund", 1.0), ("in this fund alone, as far as known", PALE)):
        sheet.box(left, middle - CELL / 2, CELL, CELL, colour=theme.QUIET, alpha=shade, kind="key")
        sheet.text_at(left + CELL + 16, middle, words, colour=theme.QUIET, kind="key")
        left += CELL + 16 + line_width(words, TICK) + 48


def _draw_axis(sheet: Sheet, scale: AxisScale, bars: list[float], bottom: float) -> None:
    """Lines beside the bars only, so that no text is crossed; the values once, below all."""
    ticks = round_ticks(scale.low, scale.high, most=5)
    digits = max(0, ticks.decimals - 2)
    for value in ticks.values:
        x = scale.at(value)
        for top in bars:
            sheet.line([x, x], [top - 4, top + BAR + 4], colour=theme.GRID, width=2, kind="grid", zorder=0.6)
        words = numbers.percent(value, digits)
        half = text_width(words, TICK) / 2
        middle = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
        sheet.text(middle, bottom + 44, words, colour=theme.QUIET, align="center", kind="tick")


def _draw_stack(
    sheet: Sheet, stack: PositionStack, scale: AxisScale, top: float, colour: str, pale: float
) -> None:
    middle = top + HEAD / 2
    sheet.text_at(MARGIN, middle, stack.symbol, size=LABEL, colour=colour, bold=True, kind="symbol")
    total = stack.total or NOT_KNOWN
    sheet.text_at(WIDTH - MARGIN, middle, total, align="right", kind="total")
    _draw_bar(sheet, stack, scale, top + HEAD, colour, pale)
    if names := _fitting(stack.largest):
        sheet.text_at(MARGIN, top + HEAD + BAR + NAMES / 2, names, colour=theme.QUIET, kind="names")


def _draw_bar(
    sheet: Sheet, stack: PositionStack, scale: AxisScale, top: float, colour: str, pale: float
) -> None:
    """pale : the ink of what is in this fund alone; full where there is no other to share with."""
    reached = 0.0
    for weight, shared in zip(stack.weights, stack.shared, strict=True):
        left, right = scale.at(reached), scale.at(reached + weight)
        seam = min(SEAM, (right - left) / 4)
        shade, kind = (1.0, "shared") if shared else (pale, "alone")
        sheet.box(left, top, right - left - seam, BAR, colour=colour, alpha=shade, kind=kind)
        reached += weight


def _fitting(names: tuple[str, ...]) -> str:
    """As many of the names as fit in one line; a single one that is too long is cut."""
    room = WIDTH - 2 * MARGIN
    for count in range(len(names), 0, -1):
        line = " · ".join(names[:count])
        if line_width(line, TICK) <= room:
            return line
    return _cut(names[0], room) if names else ""


def _cut(words: str, room: float) -> str:
    while line_width(f"{words}…", TICK) > room:
        words = words[:-1]
    return f"{words}…"
