"""A figure measured in pixels from its upper left corner; what the charts draw with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from analytics.panel import FloatArray
from bot.render.charts.theme import INK, PAPER, TICK, WIDTH, font

Align = Literal["left", "center", "right"]
Marker = tuple[str, float]
DISC: Marker = ("o", 1.0)

# At 72 dots an inch a point is a pixel.
DPI = 72
# Of DejaVu Sans, in sizes: height of capitals and digits; a space with the side bearings around it.
CAP_HEIGHT, SPACE = 0.729, 0.45


class Sheet:
    """A page WIDTH pixels wide; x goes right and y goes down.  `kind` names what is drawn, for inspection."""

    def __init__(self, height: float) -> None:
        self.height = round(height)
        size = (WIDTH / DPI, self.height / DPI)
        self.figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER, edgecolor=PAPER)
        self._down = Affine2D().scale(1, -1).translate(0, self.height)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TICK,
        colour: str = INK,
        bold: bool = False,
        align: Align = "left",
        kind: str = "text",
        **more: Any,
    ) -> None:
        """Words on the baseline `y`."""
        style = {"fontproperties": font(size, bold=bold), "color": colour, "ha": align, "va": "baseline"}
        self._add(Text(x, y, words, parse_math=False, **{**style, **more}), kind)

    def text_at(self, x: float, middle: float, words: str, *, size: float = TICK, **more: Any) -> None:
        """Words whose capitals and digits are centred on `middle`."""
        self.text(x, middle + size * CAP_HEIGHT / 2, words, size=size, **more)

    def line(self, xs: Any, ys: Any, *, colour: str, width: float, kind: str = "line", **more: Any) -> None:
        """A line through points; a NaN breaks it."""
        style = {"solid_joinstyle": "round", "solid_capstyle": "round"}
        self._add(Line2D(xs, ys, color=colour, linewidth=width, **{**style, **more}), kind)

    def rule(
        self, x0: float, x1: float, y: float, *, colour: str, width: float = 2, kind: str = "rule"
    ) -> None:
        """A level line, sharp to the pixel."""
        self.line([x0, x1], [y, y], colour=colour, width=width, kind=kind, solid_capstyle="butt")

    def area(self, xs: FloatArray, ys: FloatArray, base: float, *, colour: str, kind: str = "area") -> None:
        """A tint between a line and a level; nothing where the line has a gap."""
        upper = np.where(np.isnan(ys), base, ys)
        corners = np.column_stack([np.r_[xs[0], xs, xs[-1]], np.r_[base, upper, base]])
        self._add(Polygon(corners, facecolor=colour, alpha=0.13, linewidth=0, zorder=0.8), kind)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        colour: str,
        kind: str = "box",
        **more: Any,
    ) -> None:
        """A filled rectangle; a negative width goes to the left."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self._add(Polygon(corners, **{"facecolor": colour, "linewidth": 0, **more}), kind)

    def dot(
        self,
        x: float,
        y: float,
        *,
        colour: str,
        size: float,
        marker: Marker = DISC,
        hollow: bool = False,
        kind: str,
    ) -> None:
        """A marker with a rim in the colour of the paper, or a hollow one."""
        shape, scale = marker
        face, rim = (PAPER, colour) if hollow else (colour, PAPER)
        dot = Line2D([x], [y], linestyle="none", marker=shape, markersize=size * scale, zorder=4)
        dot.set(markerfacecolor=face, markeredgecolor=rim, markeredgewidth=2.5)
        self._add(dot, kind)

    def _add(self, artist: Artist, kind: str) -> None:
        artist.set_gid(kind)
        artist.set_transform(self._down)
        self.figure.add_artist(artist)


@lru_cache(maxsize=4096)
def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Pixels from the first to the last ink of one line of text."""
    width: float = _ruler().get_text_width_height_descent(words, font(size, bold=bold), False)[0]
    return width


def widest(words: Sequence[str], size: float, *, bold: bool = False) -> float:
    """Width of the longest of several texts, 0 for none."""
    return max((text_width(text, size, bold=bold) for text in words), default=0.0)


def line_width(words: str, size: float, *, bold: bool = False) -> float:
    """Width of a line from those of its words: words recur from picture to picture, lines do not."""
    parts = words.split(" ")
    return sum(text_width(part, size, bold=bold) for part in parts) + SPACE * size * (len(parts) - 1)


def wrap(words: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Lines that fit into `room`, broken between the parts of "part · part" where these fit, else at spaces.

    A single word wider than the room stays whole.
    """
    parts = words.split(" · ")
    if max(line_width(part, size, bold=bold) for part in parts) <= room:
        return _fill(parts, " · ", size, room, bold=bold)
    return _even(words.split(" "), size, room, bold=bold)


def _even(parts: Sequence[str], size: float, room: float, *, bold: bool) -> list[str]:
    """As few lines as fit, then the narrowest room that needs no more: no single word is left over."""
    narrow = _fill(parts, " ", size, room, bold=bold)
    lines = narrow
    while len(narrow) == len(lines) and room > size:
        lines, room = narrow, room - size
        narrow = _fill(parts, " ", size, room, bold=bold)
    return lines


def _fill(parts: Sequence[str], joint: str, size: float, room: float, *, bold: bool) -> list[str]:
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]}{joint}{part}"
        if line_width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


@cache
def _ruler() -> Any:
    renderer: Any = RendererAgg
    return renderer(1, 1, DPI)
