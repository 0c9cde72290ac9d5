"""Made-up pictures of rules: what readings would hand to the charts, without readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.render.chart_specs import Cell, OverviewChart, PastChart, Strip, Trace, WatchChart
from tests.pictures import FOOTER, sessions

if TYPE_CHECKING:
    from analytics.panel import FloatArray

SPANS = ((date(2025, 3, 3), date(2025, 4, 22)), (date(2025, 12, 30), date(2026, 1, 16)))
PENDING = ((date(2025, 2, 24), date(2025, 3, 3)), (date(2025, 12, 22), date(2025, 12, 30)))


def wave(rows: int, count: int, low: float = 0.4, high: float = 1.8) -> FloatArray:
    """Lines that swing between two values, each a little lower than the one before."""
    swing = (low + high) / 2 + (high - low) / 2 * np.sin(np.linspace(0, 9, count))
    lines: FloatArray = swing - 0.1 * (high - low) * np.arange(rows)[:, None]
    return lines


def trace(lines: FloatArray | None = None, **more: Any) -> Trace:
    """A ratio of two funds' lines below 1.00, recovery at 1.10."""
    lines = wave(2, 504) if lines is None else lines
    given: dict[str, Any] = {
        "caption": "",
        "ends": ("ISCB\u00a00.94", "SPSM\u00a00.87")[: len(lines)],
        "tick": "ratio",
        "threshold": 1.0,
        "breach": "below 1.00",
        "recovery": 1.1,
        "recovered": "recovery 1.10",
    }
    return Trace(lines=lines, **{**given, **more})


def rule_picture(*traces: Trace, **more: Any) -> WatchChart:
    """R7 firing since 30 December, two years of sessions."""
    shown = traces or (trace(),)
    given: dict[str, Any] = {
        "title": "R7: ISCB Sortino 1y",
        "subtitle": "Trailing 1y at each session since 16 Jan 2024 · fires after 5 in breach",
        "footer": FOOTER,
        "alt": "R7.",
        "phase": "firing",
        "status": "Firing since 30 Dec 2025 (12 sessions) · ISCB\u00a00.94, below 1.00 · SPSM\u00a00.87",
        "sessions": sessions(shown[0].lines.shape[1]),
        "firing": SPANS,
        "pending": PENDING,
    }
    return WatchChart(traces=shown, **{**given, **more})


def past_picture(*traces: Trace, **more: Any) -> PastChart:
    """Five years of R7 with a second strip for a longer confirmation."""
    shown = traces or (trace(wave(2, 1260)),)
    given: dict[str, Any] = {
        "title": "R7: ISCB Sortino 1y would have fired twice",
        "subtitle": "Trailing 1y at each session since 16 Jan 2021 · fires after 5 in breach",
        "footer": FOOTER,
        "alt": "R7.",
        "sessions": sessions(shown[0].lines.shape[1]),
        "strips": (
            Strip("Confirmed for 5 sessions: twice, 47 sessions in all", SPANS),
            Strip("Confirmed for 20 sessions: once, 22 sessions in all", SPANS[:1]),
        ),
    }
    return PastChart(traces=shown, **{**given, **more})


def cell(number: int, **more: Any) -> Cell:
    """A year of one rule."""
    given: dict[str, Any] = {
        "rule": f"R{number}",
        "quantity": "ISCB Sortino 1y",
        "phase": "firing",
        "status": "firing, 12 sessions",
        "sessions": sessions(252),
        "line": wave(1, 252)[0],
        "threshold": 1.0,
        "value": "0.94",
        "breach": "below 1.00",
    }
    return Cell(**{**given, **more})


def overview(*cells: Cell, **more: Any) -> OverviewChart:
    """An overview of these cells."""
    picture = OverviewChart(
        title=f"{len(cells)} rules on 16 Jan 2026",
        subtitle="Solid: the value at each session of the year before · dashed: the threshold",
        footer=FOOTER,
        alt="Rules.",
        cells=cells,
    )
    return replace(picture, **more)
