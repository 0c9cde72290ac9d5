"""Cells of tables in colours that follow their values, and what is written on them."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.colors import to_hex, to_rgb

from bot.render.charts import theme
from bot.render.charts.theme import COLOURS

PALEST = 0.10
POSITIVE, NEGATIVE = COLOURS[0], COLOURS[1]


@dataclass(frozen=True)
class Shades:
    """Values to colours: one colour from pale to full, a second one below 0 only where values lie there."""

    low: float
    high: float = 1.0

    def __call__(self, value: float) -> str:
        """Colour of a value, as #rrggbb."""
        if self.low < 0:
            share, colour = abs(value) / max(-self.low, self.high), POSITIVE if value >= 0 else NEGATIVE
        else:
            share, colour = PALEST + (1 - PALEST) * (value - self.low) / (self.high - self.low), POSITIVE
        share = min(1.0, max(0.0, share))
        pairs = zip(to_rgb(theme.PAPER), to_rgb(colour), strict=True)
        red, green, blue = (paper + share * (full - paper) for paper, full in pairs)
        return str(to_hex((red, green, blue)))


def ink(colour: str) -> str:
    """Paper on dark colours, ink on light ones."""
    red, green, blue = to_rgb(colour)
    return theme.PAPER if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else theme.INK
