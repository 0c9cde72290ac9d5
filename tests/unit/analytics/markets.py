"""A made-up market of three funds on 560 weekdays, for comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analytics import PricePanel, Query, parse_window
from tests.panels import day, levels_of, panel_of, weekdays

if TYPE_CHECKING:
    from analytics.panel import FloatArray

SESSIONS = weekdays("2024-01-01", 560)
LAST = "2026-02-20"


def walk(seed: int, scale: float = 0.01) -> FloatArray:
    """560 levels from 100 on."""
    return levels_of(np.random.default_rng(seed).normal(0.0004, scale, SESSIONS.size - 1), 100.0)


def market(**gaps: tuple[int, ...]) -> PricePanel:
    """AAA, BBB, CCC on 560 weekdays, without prices at these columns."""
    rows = {"AAA": walk(1), "BBB": walk(2), "CCC": walk(3)}
    for symbol, columns in gaps.items():
        rows[symbol][list(columns)] = np.nan
    return panel_of(rows, SESSIONS)


def ask(*symbols: str, window: str = "1y", as_of: str = LAST, **parts: Any) -> Query:
    return Query(symbols, parse_window(window), day(as_of), **parts)


def with_bill(quotes: FloatArray) -> PricePanel:
    held = market()
    nan = np.full((1, SESSIONS.size), np.nan)
    return PricePanel(
        held.sessions,
        (*held.symbols, "^IRX"),
        np.vstack([held.total_return, nan]),
        np.vstack([held.close, quotes]),
        np.vstack([held.volume, nan]),
        held.source,
    )
