"""Made-up pictures of studies: what a study would hand to the charts, without a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.render.chart_specs import (
    MatrixChart,
    Months,
    MonthsChart,
    RollingChart,
    RollingPanel,
    UnderwaterChart,
    YearsChart,
)
from bot.render.evidence_specs import EdgeBar, EdgeChart, EdgePanel
from tests.pictures import FOOTER, SYMBOLS, growth_picture, sessions, walk

if TYPE_CHECKING:
    from analytics.panel import FloatArray


YEARS = (*(str(year) for year in range(2017, 2026)), "2026 to 16 Jan")


def _around(symbols: tuple[str, ...], what: str) -> dict[str, Any]:
    return {
        "title": f"{' vs '.join(symbols)}: {what}",
        "subtitle": "Total return, 16 Jan 2025 to 16 Jan 2026",
        "footer": FOOTER,
        "alt": "A picture.",
        "symbols": symbols,
    }


def years_picture(
    returns: FloatArray | None = None,
    *,
    symbols: tuple[str, ...] = SYMBOLS[:2],
    years: tuple[str, ...] = YEARS,
    **more: Any,
) -> YearsChart:
    """Ten years of returns between -30 % and 30 % by default."""
    if returns is None:
        swing = 0.28 * np.sin(np.arange(len(years)) * 1.7)
        returns = swing + 0.02 * np.arange(len(symbols))[:, None]
    return YearsChart(**{**_around(symbols, "calendar years"), "years": years, "returns": returns, **more})


def fund_months(symbol: str, years: int = 10, **more: Any) -> Months:
    """A fund that has all months up to January of the last year."""
    returns = 0.09 * np.sin(np.arange(13 * years) * 1.3 + len(symbol)).reshape(years, 13)
    returns[-1, 1:12] = np.nan
    names = tuple(str(year) for year in range(2027 - years, 2027))
    return Months(**{"symbol": symbol, "years": names, "returns": returns, **_sure(years), **more})


def _sure(years: int) -> dict[str, Any]:
    return {"doubtful": np.zeros((years, 13), dtype=np.bool_)}


def months_picture(
    *funds: Months, symbols: tuple[str, ...] = SYMBOLS[:2], years: int = 10, **more: Any
) -> MonthsChart:
    """Ten years of months between -9 % and 9 % by default."""
    around = _around(symbols, "calendar months")
    around.pop("symbols")
    held = funds or tuple(fund_months(symbol, years) for symbol in symbols)
    return MonthsChart(**{**around, "funds": held, **more})


def underwater_picture(
    growth: FloatArray | None = None, *, symbols: tuple[str, ...] = SYMBOLS[:2], **more: Any
) -> UnderwaterChart:
    """The falls of a year of a random walk by default."""
    growth = walk(len(symbols), 252) if growth is None else growth
    of = growth_picture(growth, symbols=symbols, falls=True)
    parts = {"sessions": of.sessions, "drawdowns": of.drawdowns, "worst": of.worst}
    return UnderwaterChart(**{**_around(symbols, "drawdowns"), **parts, **more})


def lines(rows: int, count: int, low: float, high: float) -> FloatArray:
    """Lines that swing between two values, each a little lower than the one before."""
    swing = (low + high) / 2 + (high - low) / 2 * np.sin(np.linspace(0, 9, count))
    found: FloatArray = swing - 0.08 * (high - low) * np.arange(rows)[:, None]
    return found


def rolling_picture(
    sortino: FloatArray | None = None,
    correlation: FloatArray | None = None,
    *,
    symbols: tuple[str, ...] = SYMBOLS[:2],
    **more: Any,
) -> RollingChart:
    """A year of ratios of all funds, and correlations of all but the last, which is the benchmark."""
    sortino = lines(len(symbols), 252, -0.5, 2.0) if sortino is None else sortino
    panels = [RollingPanel("Sortino over 1 year", symbols[: len(sortino)], sortino)]
    if correlation is None and len(symbols) > 1:
        correlation = lines(len(symbols) - 1, sortino.shape[1], 0.95, 0.99)
    if correlation is not None:
        caption = f"Correlation with {symbols[-1]} over 6 months"
        panels.append(RollingPanel(caption, symbols[: len(correlation)], correlation, "share"))
    parts = {"sessions": sessions(sortino.shape[1]), "panels": tuple(panels)}
    return RollingChart(**{**_around(symbols, "rolling"), **parts, **more})


def square(count: int, low: float, high: float) -> FloatArray:
    """A symmetric matrix between two values with ones on its diagonal."""
    at = np.arange(count * count).reshape(count, count)
    found = np.asarray(low + (high - low) * ((at + at.T) % 97) / 96.0, dtype=np.float64)
    np.fill_diagonal(found, 1.0)
    return found


def matrix_picture(
    upper: FloatArray | None = None,
    lower: FloatArray | None = None,
    *,
    symbols: tuple[str, ...] = SYMBOLS[:3],
    **more: Any,
) -> MatrixChart:
    """Correlations between 0.7 and 0.99 by default."""
    parts = {
        "upper": square(len(symbols), 0.7, 0.99) if upper is None else upper,
        "lower": square(len(symbols), 0.72, 0.98) if lower is None else lower,
        "above": "daily",
        "below": "weekly",
    }
    return MatrixChart(**{**_around(symbols, "correlation"), **parts, **more})


WINDOWS = ("1 year", "3 years", "5 years", "10 years", "Since 19 Mar 2021")


def edge_bars(count: int = 5, *, scale: float = 1.0, names: tuple[str, ...] = WINDOWS) -> tuple[EdgeBar, ...]:
    """Bars that shrink from window to window; every second gap is below zero."""
    made = []
    for at, name in enumerate(names[:count]):
        gap, half = scale * (0.05 - 0.02 * at), scale * 0.1 / (1 + at)
        made.append(
            EdgeBar(name, gap, gap - half, gap + half, f"{100 * gap:+.1f} pp", scale * 0.11 / (1 + at))
        )
    return tuple(made)


def edge_picture(*panels: EdgePanel, **more: Any) -> EdgeChart:
    """Gaps in return and in Sharpe ratio over five windows by default."""
    held = panels or (
        EdgePanel("Gap in return a year", edge_bars(), "points"),
        EdgePanel("Gap in Sharpe ratio", edge_bars(scale=4.0), "ratio"),
    )
    around = {**_around(SYMBOLS[:2], "a gap cannot be known from one year"), "panels": held}
    return EdgeChart(**{**around, "behind": "ISCB behind", "ahead": "ISCB ahead", **more})
