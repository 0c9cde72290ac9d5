"""How the charts look: one place for colours, sizes and fonts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties

WIDTH = 1600
MARGIN = 60

PAPER = "#fcfbf9"
INK = "#1d2730"
QUIET = "#5c6770"
GRID = "#dcdfe1"
RULE = "#8b949b"
SHADE = "#efeeea"
MARK = "#e9e6e0"
ALARM = "#b3261e"

# Each reads as text on PAPER (contrast above 4.5), no two look alike to eyes that see fewer colours, and the
# first two differ in grey print.
COLOURS = ("#00497a", "#c04e1f", "#218065", "#7938be", "#4a3600", "#4f0427")
# Shapes with the sizes that make them look alike; neighbours hide little of each other.
MARKERS = (("o", 1.0), ("s", 0.9), ("D", 0.85), ("v", 1.1), ("^", 1.1), ("P", 1.15))
# On and off, in widths of the line; what is drawn with them is told apart without colours.
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (4.5, 1.5),
    (1.3, 1.1),
    (7, 1.3, 1.3, 1.3),
    (9, 2.5),
    (3, 1, 1, 1, 1, 1),
)
# Where a rule stands: always with its words, and with a shape of its own beside the colour.
PHASES = {
    "firing": (ALARM, ("o", 1.0)),
    "recovering": ("#0061c3", ("^", 1.1)),
    "pending": ("#9a5200", ("D", 0.85)),
    "ok": (QUIET, ("o", 0.85)),
    "no data": (QUIET, ("X", 1.1)),
    "in doubt": ("#9a5200", ("P", 1.15)),
    "error": (ALARM, ("X", 1.1)),
}
HOLLOW = frozenset({"ok"})


@dataclass(frozen=True)
class Look:
    """How one fund is drawn, in every picture of a thread.

    marker : shape, and the size that makes it look like the others
    dash : on and off in widths of the line, empty for a line without gaps
    """

    colour: str
    marker: tuple[str, float]
    dash: tuple[float, ...]


LOOKS = tuple(Look(*parts) for parts in zip(COLOURS, MARKERS, DASHES, strict=True))

# Pixels at 1600 wide; a phone shows a quarter of it.
TITLES = (56, 50, 46, 42)
SUBTITLE, LABEL, TICK, FINE = 38, 40, 34, 30


@contextmanager
def own_settings() -> Iterator[None]:
    """Use matplotlib's own defaults while drawing, whatever matplotlibrc or the caller's rcParams say.

    Letters are not hinted: they are large, often scaled down, and drawn in five sixths of the time.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams["text.hinting"] = "no_hinting"
        yield


@cache
def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the DejaVu Sans that comes with matplotlib (never the system's), `size` in pixels."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", name)
    return FontProperties(fname=str(path), size=size)
