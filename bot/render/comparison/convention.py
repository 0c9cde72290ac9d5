"""The line under every answer: a number without its window and convention is a defect."""

from __future__ import annotations

from analytics.comparison import Comparison
from analytics.measures import PERIODS

SAMPLE = "SAMPLE DATA"


def convention(comparison: Comparison) -> str:
    """daily total return · 252 · rf 0 · 1y = 2025-01-16..2026-01-16 (251 returns) · source …, as of …"""
    span, label = comparison.span, comparison.question.window.label
    return " · ".join(
        (
            f"daily total return · {PERIODS} · {comparison.question.rate.label}",
            f"{label} = {span.start.isoformat()}..{span.end.isoformat()} ({comparison.returns} returns)",
            f"source {comparison.source}, as of {span.end.isoformat()}",
        )
    )


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
