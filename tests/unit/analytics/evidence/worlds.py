"""Three years of weekly closes whose lines are known: funds made of a market, a yield and styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analytics import PricePanel, Query, parse_window
from tests.panels import SOURCE, day, levels_of

if TYPE_CHECKING:
    from analytics.evidence.regression import Estimate
    from analytics.panel import FloatArray

COUNT = 157
FRIDAYS = np.datetime64("2023-01-06") + 7 * np.arange(COUNT + 1)
LAST = "2026-01-09"


def moves(seed: int, scale: float = 0.02) -> FloatArray:
    return np.random.default_rng(seed).normal(0.001, scale, COUNT)


MARKET, SMALL, BOND = moves(1), moves(2), moves(3, 0.01)
YIELD = 10.0 * moves(4, 1.0)
"""Basis points."""


def weekly_world(**funds: FloatArray) -> PricePanel:
    """Funds by their weekly returns, beside SPY, IWM and TLT by theirs, and the yield by its moves."""
    returns = {**funds, "SPY": MARKET, "IWM": SMALL, "TLT": BOND}
    rows = {symbol: levels_of(each, 100.0) for symbol, each in returns.items()}
    quotes = np.append(4.0, 4.0 + np.cumsum(YIELD) / 100.0)
    levels = np.vstack([*rows.values(), quotes])
    held = np.full_like(levels, np.nan)
    return PricePanel(FRIDAYS, (*rows, "^TNX"), np.where(levels > 0, levels, np.nan), levels, held, SOURCE)


def ask(*symbols: str, window: str = "1y", as_of: str = LAST, **parts: Any) -> Query:
    return Query(symbols, parse_window(window), day(as_of), **parts)


def ends(estimate: Estimate) -> tuple[float, float]:
    """The ends of an interval that is there."""
    low, high = estimate.interval.low, estimate.interval.high
    assert low is not None
    assert high is not None
    return low, high
