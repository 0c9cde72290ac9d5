"""A figure measured in pixels from its upper left corner, what frames a chart on it, and its PNG bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
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
from bot.render.chart_specs import ChartSpec
from bot.render.charts import theme
from bot.render.charts.theme import (
    FINE,
    INK,
    LABEL,
    LOOKS,
    MARGIN,
    MARKERS,
    PAPER,
    SUBTITLE,
    TICK,
    TITLES,
    WIDTH,
    Look,
    font,
)

Align = Literal["left", "center", "right"]
Marker = tuple[str, float]
DISC: Marker = ("o", 1.0)

# At 72 dots an inch a point is a pixel.
DPI = 72
# Of DejaVu Sans, in sizes: height of capitals and digits; a space with the side bearings around it.
CAP_HEIGHT, SPACE = 0.729, 0.45


class Sheet:
    """A page WIDTH pixels wide; x goes right and y goes down.  `kind` names what is drawn, for inspection.

    looks : of the picture's symbols, in their order
    """

    def __init__(self, height: float, looks: Sequence[Look] = LOOKS) -> None:
        self.height, self.looks = round(height), looks
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
        """Write words on the baseline `y`."""
        style = {"fontproperties": font(size, bold=bold), "color": colour, "ha": align, "va": "baseline"}
        self._add(Text(x, y, words, parse_math=False, **{**style, **more}), kind)

    def text_at(self, x: float, middle: float, words: str, *, size: float = TICK, **more: Any) -> None:
        """Write words whose capitals and digits are centred on `middle`."""
        self.text(x, middle + size * CAP_HEIGHT / 2, words, size=size, **more)

    def line(self, xs: Any, ys: Any, *, colour: str, width: float, kind: str = "line", **more: Any) -> None:
        """Draw a line through points; a NaN breaks it."""
        style = {"solid_joinstyle": "round", "solid_capstyle": "round"}
        self._add(Line2D(xs, ys, color=colour, linewidth=width, **{**style, **more}), kind)

    def rule(
        self, x0: float, x1: float, y: float, *, colour: str, width: float = 2, kind: str = "rule"
    ) -> None:
        """Draw a level line, sharp to the pixel."""
        self.line([x0, x1], [y, y], colour=colour, width=width, kind=kind, solid_capstyle="butt")

    def area(self, xs: FloatArray, ys: FloatArray, base: float, *, colour: str, kind: str = "area") -> None:
        """Tint the area between a line and a level; nothing where the line has a gap."""
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
        """Draw a filled rectangle; a negative width goes to the left."""
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
        """Draw a marker with a rim in the colour of the paper, or a hollow one."""
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
    """Return pixels from the first to the last ink of one line of text."""
    width: float = _ruler().get_text_width_height_descent(words, font(size, bold=bold), False)[0]
    return width


def widest(words: Sequence[str], size: float, *, bold: bool = False) -> float:
    """Return width of the longest of several texts, 0 for none."""
    return max((text_width(text, size, bold=bold) for text in words), default=0.0)


def line_width(words: str, size: float, *, bold: bool = False) -> float:
    """Sum up a line's width from those of its words: words recur from picture to picture, lines do not."""
    parts = words.split(" ")
    return sum(text_width(part, size, bold=bold) for part in parts) + SPACE * size * (len(parts) - 1)


def wrap(words: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return lines that fit into `room`, broken between the parts of "part · part" where these fit, else
    at spaces.

    A single word wider than the room stays whole.
    """
    parts = words.split(" · ")
    if max(line_width(part, size, bold=bold) for part in parts) <= room:
        return _fill(parts, " · ", size, room, bold=bold)
    return _even(words.split(" "), size, room, bold=bold)


def _even(parts: Sequence[str], size: float, room: float, *, bold: bool) -> list[str]:
    """Break words into as few lines as fit, in the narrowest room: no single word is left over."""
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


SAMPLE = "SAMPLE DATA"
TEXT_ROOM = WIDTH - 2 * MARGIN
TAG = 250
LEADING = 1.28
"""From baseline to baseline, in sizes."""


def framed_sheet(picture: ChartSpec, body: float) -> tuple[Sheet, float]:
    """Return a sheet high enough for `body` pixels of chart, and the y where they begin."""
    size, title = _headline(picture.title, TEXT_ROOM - (TAG + 40) * picture.simulated)
    subtitle = wrap(picture.subtitle, SUBTITLE, TEXT_ROOM)
    footer = wrap(picture.footer, FINE, TEXT_ROOM)
    below_title = MARGIN - 14 + LEADING * size * len(title)
    top = below_title + LEADING * SUBTITLE * len(subtitle)
    bottom = top + body
    height = bottom + 20 + LEADING * FINE * len(footer) + MARGIN - 20
    sheet = Sheet(height, [LOOKS[slot] for slot in getattr(picture, "slots", ())] or LOOKS)
    if picture.simulated:
        _mark(sheet, (top + bottom) / 2)
    _paragraph(sheet, title, MARGIN - 14, size, theme.INK, "title")
    _paragraph(sheet, subtitle, below_title, SUBTITLE, theme.QUIET, "subtitle")
    _paragraph(sheet, footer, bottom + 20, FINE, theme.QUIET, "footer")
    sheet.rule(MARGIN, WIDTH - MARGIN, bottom + 12, colour=theme.GRID)
    return sheet, top


def _headline(title: str, room: float) -> tuple[float, list[str]]:
    """Return the largest size that needs one line, else the smallest on several."""
    size = next((size for size in TITLES if line_width(title, size, bold=True) <= room), TITLES[-1])
    return size, wrap(title, size, room, bold=True)


def _paragraph(sheet: Sheet, lines: list[str], top: float, size: float, colour: str, kind: str) -> None:
    for number, line in enumerate(lines):
        baseline = top + size * (1 + LEADING * number)
        sheet.text(MARGIN, baseline, line, size=size, colour=colour, bold=kind == "title", kind=kind)


def _mark(sheet: Sheet, middle: float) -> None:
    """Mark it twice: behind the chart, where cropping keeps it, and in a corner, where nothing hides it."""
    look = {"bold": True, "align": "center"}
    tilt = {"rotation": 16, "rotation_mode": "anchor", "zorder": 0.5}
    sheet.text_at(WIDTH / 2, middle, SAMPLE, size=170, colour=theme.MARK, kind="watermark", **look, **tilt)
    sheet.box(WIDTH - MARGIN - TAG, MARGIN - 8, TAG, 56, colour=theme.ALARM, kind="tag")
    sheet.text_at(
        WIDTH - MARGIN - TAG / 2, MARGIN + 20, SAMPLE, size=FINE, colour=theme.PAPER, kind="tag", **look
    )


KEY_AIR, KEY_LINE = 32.0, 50.0
SQUARE = MARKERS[1]


@dataclass(frozen=True)
class Key:
    """The name of a fund above the chart."""

    symbol: str
    line: int
    left: float


def place_keys(symbols: Sequence[str], room: float) -> list[Key]:
    """Place each name: side by side within `room` pixels, then in the next line."""
    placed, line, left = [], 0, 0.0
    for symbol in symbols:
        width = 44 + line_width(symbol, LABEL, bold=True)
        if left and left + width > room:
            line, left = line + 1, 0.0
        placed.append(Key(symbol, line, MARGIN + left))
        left += width + 2 * KEY_AIR
    return placed


def draw_keys(sheet: Sheet, placed: Sequence[Key], top: float) -> None:
    """Mark and name in the colour of each fund."""
    for key, look in zip(placed, sheet.looks, strict=False):
        middle, colour = top + KEY_LINE * key.line + LABEL / 2, look.colour
        sheet.dot(key.left + 14, middle, colour=colour, size=30, marker=SQUARE, kind="key")
        sheet.text_at(key.left + 44, middle, key.symbol, size=LABEL, colour=colour, bold=True, kind="key")


# Charts are flat colour: rows left unfiltered at level 3 take 0.45 of the time of Pillow's adaptive filters
# at the same level and come out a sixth smaller; level 6 saves a tenth more in two and a half times the time.
LEVEL = 3
UNFILTERED = 0
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode(figure: Figure) -> bytes:
    """Encode as RGB, 8 bits a channel, no metadata: the bytes depend on the drawing alone."""
    # Inches times dots an inch can come out a hair below a whole pixel, which would be cut.
    across, down = (round(length) for length in figure.bbox.size)
    renderer = _pixel_renderer(across, down, figure.dpi)
    renderer.clear()
    figure.draw(renderer)
    rgb = np.asarray(renderer.buffer_rgba())[:, :, :3]
    height, width, channels = rgb.shape
    rows = np.full((height, 1 + width * channels), UNFILTERED, dtype=np.uint8)
    rows[:, 1:] = rgb.reshape(height, width * channels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows.tobytes(), LEVEL))
        + _chunk(b"IEND", b"")
    )


@lru_cache(maxsize=2)
def _pixel_renderer(width: int, height: int, dpi: float) -> Any:
    """Keep a renderer from chart to chart, with its 8 MB of pixels and the widths of texts it has measured.

    One for each figure would pile up: figures are rings of references that wait for the garbage collector.
    """
    renderer: Any = RendererAgg
    return renderer(width, height, dpi)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
