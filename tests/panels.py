"""Small panels and samples, written as a table in the test.

            AAA     BBB
2026-01-12  100.0   50.0
2026-01-13  -       51.0      a dash is a missing session
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from analytics import PricePanel, Sample

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analytics.panel import DateArray, FloatArray

SOURCE = "by hand"


def panel(text: str, *, close: str | None = None, volume: str | None = None) -> PricePanel:
    """The table as total-return levels; `close` and `volume` are tables of the same shape.

    Without them the close equals the level and the volume is not known.
    """
    sessions, symbols, levels = read(text)
    closes = read(close)[2] if close else levels
    volumes = read(volume)[2] if volume else np.full_like(levels, np.nan)
    return PricePanel(sessions, symbols, levels, closes, volumes, SOURCE)


def sample(
    text: str, *, against: str | None = None, rate: FloatArray | float = 0.0, minimum: int = 2
) -> Sample:
    """The table as a sample; `against` names the column that is the benchmark and no row."""
    sessions, symbols, levels = read(text)
    rows = [row for row, symbol in enumerate(symbols) if symbol != against]
    benchmark = levels[symbols.index(against)] if against else None
    return Sample(levels[rows], sessions, rate, benchmark, minimum)


def read(text: str) -> tuple[DateArray, tuple[str, ...], FloatArray]:
    """Sessions, symbols and (N, T) numbers of a table."""
    head, *lines = [line.split() for line in text.strip().splitlines()]
    sessions = np.array([cells[0] for cells in lines], dtype="datetime64[D]")
    numbers = [[np.nan if cell == "-" else float(cell) for cell in cells[1:]] for cells in lines]
    return sessions, tuple(head), np.array(numbers, dtype=np.float64).T.copy()


def weekdays(first: str, count: int) -> DateArray:
    """So many weekdays from this day on."""
    return np.asarray(np.busday_offset(np.datetime64(first, "D"), np.arange(count), roll="forward"))


def levels_of(returns: ArrayLike, start: float = 1.0) -> FloatArray:
    """Levels (N, T + 1) or (T + 1,) that have these daily returns along the last axis."""
    steps = 1.0 + np.asarray(returns, dtype=np.float64)
    ones = np.ones((*steps.shape[:-1], 1))
    return np.asarray(start * np.concatenate([ones, np.cumprod(steps, axis=-1)], axis=-1))


def panel_of(levels: dict[str, FloatArray], sessions: DateArray) -> PricePanel:
    """A panel of rows by symbol; close equal to the level, volume not known."""
    rows = np.array(list(levels.values()), dtype=np.float64)
    return PricePanel(sessions, tuple(levels), rows, rows, np.full_like(rows, np.nan), SOURCE)


def day(text: str) -> date:
    """2026-01-16 as a date."""
    return date.fromisoformat(text)
