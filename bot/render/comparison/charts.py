"""What the two charts of an answer show: a comparison's series with titles and alt texts that conclude."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from bot.render import text
from bot.render.chart_specs import ChartSpec, GrowthChart, SectorChart
from bot.render.comparison.convention import convention, sectors_convention
from bot.render.comparison.doubtful import trusted
from bot.render.comparison.values import dated_title
from bot.render.doubts import explain_marks, marks, warn
from bot.render.section_chart_specs import join_lines

ALT_SECTORS = 3


def pictures(comparison: Comparison) -> tuple[ChartSpec, ...]:
    """Growth of 100 with the falls; sector weights where they are known."""
    found = (growth_picture(comparison), sector_picture(comparison))
    return tuple(picture for picture in found if picture is not None)


def growth_picture(comparison: Comparison) -> GrowthChart:
    """Growth of 100 over the span, and how far below its high each fund was."""
    span = comparison.span
    names = " vs ".join(comparison.symbols)
    told = f"Total return, dividends reinvested, {text.day(span.start)} to {text.day(span.end)}"
    return GrowthChart(
        title=f"{names}: growth of 100",
        subtitle=explain_marks(told, comparison.doubts, comparison.symbols),
        footer=convention(comparison),
        alt=_growth_alt(comparison),
        symbols=comparison.symbols,
        sessions=comparison.sessions,
        growth=100.0 * join_lines(comparison.growth, comparison.sessions),
        drawdowns=join_lines(comparison.drawdown, comparison.sessions),
        worst=tuple(_worst(comparison, symbol) for symbol in comparison.symbols),
        marks=marks(comparison.doubts, comparison.symbols),
        simulated=comparison.simulated,
    )


def sector_picture(comparison: Comparison) -> SectorChart | None:
    """Sector weights side by side; None where no fund's weights are known."""
    sectors = comparison.sectors
    if sectors is None:
        return None
    weights = [
        [sectors.weights[symbol].get(name, np.nan) for name in sectors.sectors] for symbol in sectors.symbols
    ]
    active = [sectors.active.get(name, np.nan) for name in sectors.sectors]
    title = f"{' vs '.join(sectors.symbols)}: sector weights"
    return SectorChart(
        title=dated_title(title, sectors.facts.values(), comparison.span.end),
        subtitle=f"Weights by sector, {sectors.taxonomy}",
        footer=sectors_convention(comparison),
        alt=_sector_alt(comparison),
        symbols=sectors.symbols,
        sectors=sectors.sectors,
        weights=np.asarray(weights, dtype=np.float64),
        active=np.asarray(active, dtype=np.float64) if len(sectors.symbols) > 1 else None,
        simulated=comparison.simulated,
    )


def _worst(comparison: Comparison, symbol: str) -> tuple[date, float] | None:
    falls = comparison.falls[symbol]
    return (falls[0].trough, falls[0].depth) if falls else None


def _growth_alt(comparison: Comparison) -> str:
    """What is doubtful, then where the lines end that can be told of, and how deep they fell."""
    kept = trusted(comparison)
    about = [doubt for doubt in comparison.doubts if doubt.symbol in comparison.symbols]
    doubtful = " ".join(warn(about, comparison.span.days))
    told = [_sample(comparison).strip(), doubtful, _ends_alt(kept) if kept else ""]
    return " ".join(part for part in told if part)


def _ends_alt(comparison: Comparison) -> str:
    last = 100 * comparison.growth[:, -1]
    ends = [f"{symbol} {value:,.0f}" for symbol, value in zip(comparison.symbols, last, strict=True)]
    start, falls = text.day(comparison.span.start), _falls_alt(comparison)
    return f"Growth of 100 from {start}: {', '.join(ends)}; {falls}."


def _falls_alt(comparison: Comparison) -> str:
    worst = {symbol: falls[0] for symbol, falls in comparison.falls.items() if falls}
    if not worst:
        return "none of them fell"
    depths = [f"{symbol} {text.percent(fall.depth, 0)}" for symbol, fall in worst.items()]
    months = [text.month(fall.trough) for fall in worst.values()]
    if len(set(months)) == 1 and len(worst) > 1:
        return f"worst fall {', '.join(depths)}, {'both' if len(worst) == 2 else 'all'} in {months[0]}"
    dated = [f"{depth} in {month}" for depth, month in zip(depths, months, strict=True)]
    return f"worst fall {', '.join(dated)}"


def _sector_alt(comparison: Comparison) -> str:
    sectors = comparison.sectors
    if sectors is None:
        return ""
    unknown = text.listed([symbol for symbol in comparison.symbols if symbol not in sectors.symbols])
    rest = f" Not known for {unknown}." if unknown else ""
    if not sectors.active:
        first = sectors.symbols[0]
        names = [name for name in sectors.sectors if name in sectors.weights[first]][:ALT_SECTORS]
        tops = [f"{name} {text.percent(sectors.weights[first][name], 0)}" for name in names]
        return f"{_sample(comparison)}Largest sectors of {first}: {', '.join(tops)}.{rest}"
    pair = f"{sectors.symbols[0]} less {sectors.symbols[-1]}"
    words = f"Sector weights by {sectors.taxonomy}; largest gaps, {pair}: {_gaps(sectors.active)}."
    return f"{_sample(comparison)}{words}{rest}"


def _gaps(active: Mapping[str, float]) -> str:
    largest = sorted(active, key=lambda name: -abs(active[name]))[:ALT_SECTORS]
    told = [f"{name} {text.points(active[name])}" for name in largest if round(active[name], 3)]
    return ", ".join(told) or "none"


def _sample(comparison: Comparison) -> str:
    return "Sample data. " if comparison.simulated else ""
