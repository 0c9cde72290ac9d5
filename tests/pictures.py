"""Made-up pictures: what a comparison would hand to the charts, without a comparison."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bot.render.chart_specs import GrowthChart, IndexMark, SectorChart

if TYPE_CHECKING:
    from analytics.panel import DateArray, FloatArray

SYMBOLS = ("ISCB", "SPSM", "IWM", "AVUV", "IJR", "DFAS")
FOOTER = (
    "daily total return · 252 · rf 0 · 1y = 2025-01-16..2026-01-16 (251 returns) · "
    "source Yahoo Finance, as of 2026-01-16"
)
SECTORS = (
    "Financial Services",
    "Industrials",
    "Technology",
    "Consumer Cyclical",
    "Healthcare",
    "Real Estate",
    "Basic Materials",
    "Energy",
    "Communication Services",
    "Consumer Defensive",
    "Utilities",
)


def sessions(count: int, last: str = "2026-01-16") -> DateArray:
    """Weekdays up to `last`."""
    days = np.datetime64(last) - np.arange(2 * count + 10, -1, -1)
    weekdays: DateArray = days[np.is_busday(days)][-count:]
    return weekdays


def walk(rows: int, count: int, *, seed: int = 7, drift: float = 0.0004, size: float = 0.01) -> FloatArray:
    """Growth of 100 of several funds that move together."""
    chance = np.random.default_rng(seed)
    steps = drift + size * chance.standard_normal(count) + 0.3 * size * chance.standard_normal((rows, count))
    steps[:, 0] = 0.0
    growth: FloatArray = 100 * np.exp(np.cumsum(steps, axis=1))
    return growth


def growth_picture(
    growth: FloatArray | None = None,
    *,
    symbols: tuple[str, ...] = SYMBOLS[:2],
    days: DateArray | None = None,
    simulated: bool = False,
    title: str | None = None,
    changes: tuple[IndexMark, ...] = (),
    falls: bool = False,
) -> GrowthChart:
    """A picture of these values (a year of a random walk by default).

    Below, the ratio of two or the falls of others, and of two as well where `falls` are asked for.
    """
    growth = walk(len(symbols), 252) if growth is None else growth
    days = sessions(growth.shape[1]) if days is None else days
    drawdowns = growth / np.fmax.accumulate(growth, axis=1) - 1
    pair = len(symbols) == 2 and not falls
    return GrowthChart(
        title=title or f"{' vs '.join(symbols)}: growth of 100",
        subtitle="Total return, dividends reinvested, 16 Jan 2025 to 16 Jan 2026",
        footer=FOOTER,
        alt="Growth of 100.",
        symbols=symbols,
        sessions=days,
        growth=growth,
        ratio=100 * growth[0] / growth[1] if pair else None,
        drawdowns=None if pair else drawdowns,
        worst=() if pair else tuple(_worst(days, row) for row in drawdowns),
        changes=changes,
        simulated=simulated,
    )


def _worst(days: DateArray, falls: FloatArray) -> tuple[date, float] | None:
    known = np.where(np.isnan(falls), 0.0, falls)
    at = int(np.argmin(known))
    return (days[at].item(), float(known[at])) if known[at] < 0 else None


def sector_picture(
    weights: FloatArray | None = None,
    *,
    symbols: tuple[str, ...] = SYMBOLS[:2],
    sectors: tuple[str, ...] = SECTORS,
    simulated: bool = False,
) -> SectorChart:
    """A picture of these weights; made up where none are given, the largest first."""
    if weights is None:
        parts = np.random.default_rng(3).dirichlet(np.full(len(sectors), 4.0), len(symbols))
        weights = -np.sort(-parts, axis=1)
    pair = len(symbols) == 2
    return SectorChart(
        title=f"{' vs '.join(symbols)}: sector weights",
        subtitle="Weights by sector, Morningstar",
        footer="Morningstar · " + " · ".join(f"{symbol} Yahoo Finance, 2026-01-16" for symbol in symbols),
        alt="Sector weights.",
        symbols=symbols,
        sectors=sectors,
        weights=weights,
        active=weights[0] - weights[-1] if pair else None,
        simulated=simulated,
    )
