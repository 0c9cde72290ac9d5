"""The line under every answer: a number without its window and convention is a defect."""

from __future__ import annotations

from analytics.comparison import Comparison
from analytics.measures import PERIODS
from bot.render import text

SAMPLE = "SAMPLE DATA"


def convention(comparison: Comparison) -> str:
    """daily total return · 252 · rf 0 · 1y = 2025-01-16..2026-01-16 (251 returns) · source …, as of …"""
    span = comparison.span
    return " · ".join(
        (
            f"daily total return · {PERIODS} · {_held_together(comparison.question.rate.label)}",
            f"{_window(comparison)} ({comparison.returns:,} returns)",
            f"source {comparison.source}, as of {span.end.isoformat()}",
        )
    )


def _held_together(label: str) -> str:
    return label.replace(" %", f"{text.NBSP}%")


def _window(comparison: Comparison) -> str:
    """1y = 2025-01-16..2026-01-16; a window that the data cut short is not equal to its dates."""
    span, label = comparison.span, comparison.question.window.label
    dates = f"{span.start.isoformat()}..{span.end.isoformat()}"
    if label == dates:
        return dates
    return f"{label} = {dates}" if span.full else f"{label} cut short to {dates}"


def sectors_convention(comparison: Comparison) -> str:
    """Taxonomy, and for which day each fund's weights hold."""
    sectors = comparison.sectors
    if sectors is None:
        return ""
    days = [
        f"{symbol} {fact.source}{f', {fact.as_of.isoformat()}' if fact.as_of else ''}"
        for symbol, fact in sectors.facts.items()
    ]
    return f"{sectors.taxonomy} · {' · '.join(days)}"
