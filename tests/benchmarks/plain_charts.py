"""The charts as one would write them first: a Figure with axes, ticks, annotations and savefig.

The same lines, labels, texts and pixels as ours, with pieces of matplotlib as they come.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analytics.panel import FloatArray
from bot.render.chart_specs import ChartSpec, GrowthChart, SectorChart
from bot.render.charts import build
from bot.render.charts.theme import COLOURS, GRID, MARK, PAPER, QUIET, RULE

DPI = 100
# Loosely typed in matplotlib.
LOCATOR: Any = dates.AutoDateLocator
FORMATTER: Any = dates.ConciseDateFormatter


def plain(picture: ChartSpec) -> bytes:
    """The picture as a PNG of as many pixels as ours."""
    if isinstance(picture, GrowthChart):
        return growth(picture)
    if isinstance(picture, SectorChart):
        return sectors(picture)
    raise TypeError(f"no plain way of drawing a {type(picture).__name__}")


def growth(picture: GrowthChart) -> bytes:
    """Growth over the ratio of two, or over falls, on one time axis."""
    figure = _page(picture)
    upper = figure.add_axes((0.11, 0.45, 0.66, 0.35))
    lower = figure.add_axes((0.11, 0.2, 0.66, 0.15), sharex=upper)
    for number in range(len(picture.symbols)):
        _line(upper, picture, number)
        if picture.drawdowns is not None:
            _fall(lower, picture, number, picture.drawdowns[number])
            _fall_label(figure, picture, number)
    if picture.ratio is not None:
        _ratio(lower, picture, picture.ratio)
    upper.axhline(100, color=RULE, linewidth=2)
    upper.set_title("Value of 100, axis starts where the data are", loc="left", fontsize=25)
    lower.set_title("Drawdown" if picture.ratio is None else "Ratio", loc="left", fontsize=25)
    _axes(upper, 5)
    _axes(lower, 3)
    if picture.ratio is None:
        lower.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    locator = LOCATOR(maxticks=6)
    lower.xaxis.set_major_locator(locator)
    lower.xaxis.set_major_formatter(FORMATTER(locator))
    upper.tick_params(labelbottom=False)
    return _saved(figure)


def _line(axes: Axes, picture: GrowthChart, number: int) -> None:
    days, line, colour = picture.sessions, picture.growth[number], COLOURS[number]
    axes.plot(days, line, color=colour, linewidth=3.6)
    axes.plot(days[-1:], line[-1:], "o", color=colour, markersize=13)
    axes.annotate(
        f"{picture.symbols[number]} {line[-1]:.1f}",
        (days[-1], line[-1]),
        xytext=(32, 0),
        textcoords="offset points",
        color=colour,
        fontsize=29,
        fontweight="bold",
        va="center",
        annotation_clip=False,
    )


def _ratio(axes: Axes, picture: GrowthChart, line: FloatArray) -> None:
    days = picture.sessions
    axes.plot(days, line, color="black", linewidth=2.9)
    axes.axhline(100, color=RULE, linewidth=2)
    for colour, side in zip(COLOURS, (line > 100, line < 100), strict=False):
        axes.fill_between(days, line, 100, where=side.tolist(), color=colour, alpha=0.13)
    axes.plot(days[-1:], line[-1:], "o", color="black", markersize=13)
    axes.annotate(
        f"{line[-1]:.1f}",
        (days[-1], line[-1]),
        xytext=(32, 0),
        textcoords="offset points",
        fontsize=29,
        fontweight="bold",
        va="center",
        annotation_clip=False,
    )


def _fall(axes: Axes, picture: GrowthChart, number: int, line: FloatArray) -> None:
    days, colour = picture.sessions, COLOURS[number]
    axes.plot(days, line, color=colour, linewidth=2.9)
    if len(picture.symbols) < 3:
        axes.fill_between(days, line, 0, color=colour, alpha=0.13)
    deepest = int(np.argmin(line))
    axes.plot(days[deepest : deepest + 1], line[deepest : deepest + 1], "o", color=colour, markersize=13)


def _fall_label(figure: Figure, picture: GrowthChart, number: int) -> None:
    worst, symbol = picture.worst[number], picture.symbols[number]
    words = f"{symbol} {worst[1]:.1%} {worst[0]:%d %b %Y}" if worst else f"{symbol} never fell"
    x, y = 0.04 + 0.31 * (number % 3), 0.145 - 0.03 * (number // 3)
    figure.text(x, y, words, color=COLOURS[number], fontsize=22, fontweight="bold")


def _axes(axes: Axes, most: int) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(most))
    axes.grid(color=GRID)
    axes.tick_params(labelsize=25, length=0)
    axes.spines[["top", "left", "right"]].set_visible(False)


def sectors(picture: SectorChart) -> bytes:
    """Horizontal bars of weights, or of the gaps of two beside their weights."""
    figure = _page(picture)
    axes = figure.add_axes((0.3, 0.1, 0.45, 0.7))
    if picture.active is None:
        for number in range(len(picture.symbols)):
            _bars(figure, axes, picture, number)
    else:
        colours = [COLOURS[int(gap < 0)] for gap in picture.active]
        bars = axes.barh(np.arange(picture.active.size), picture.active, 0.6, color=colours)
        axes.bar_label(bars, [f"{100 * gap:+.1f} pp" for gap in picture.active], fontsize=22, padding=8)
    for row in range(len(picture.sectors)):
        axes.axhline(row - 0.5, color=GRID)
        if picture.active is not None:
            for right, weight in zip((1.25, 1.4), picture.weights[:, row], strict=True):
                across = axes.get_yaxis_transform()
                axes.text(right, row, f"{weight:.1%}", transform=across, fontsize=25, ha="right")
    axes.set_yticks(range(len(picture.sectors)), picture.sectors, fontsize=25)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines[["top", "bottom", "right"]].set_visible(False)
    return _saved(figure)


def _bars(figure: Figure, axes: Axes, picture: SectorChart, number: int) -> None:
    weights, colour = picture.weights[number], COLOURS[number]
    rows = np.arange(weights.size) + 0.38 * (number - (len(picture.symbols) - 1) / 2)
    bars = axes.barh(rows, weights, 0.36, color=colour)
    axes.bar_label(bars, [f"{weight:.1%}" for weight in weights], color=colour, fontsize=22, padding=8)
    name = picture.symbols[number]
    figure.text(0.04 + 0.12 * number, 0.82, name, color=colour, fontsize=29, fontweight="bold")


def _page(picture: ChartSpec) -> Figure:
    ours: Any = build(picture).bbox
    figure = Figure(figsize=(ours.width / DPI, ours.height / DPI), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    figure.text(0.04, 0.93, picture.title, fontsize=40, fontweight="bold")
    figure.text(0.04, 0.88, picture.subtitle, fontsize=27, color=QUIET)
    half = picture.footer.find(" · ", len(picture.footer) // 2)
    footer = f"{picture.footer[:half]}\n{picture.footer[half:]}"
    figure.text(0.04, 0.02, footer, fontsize=22, color=QUIET)
    if picture.simulated:
        figure.text(0.5, 0.5, "SAMPLE DATA", fontsize=120, color=MARK, rotation=16, ha="center")
    return figure


def _saved(figure: Figure) -> bytes:
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
