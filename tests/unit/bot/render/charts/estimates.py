"""Charts of estimates to look at: bars with intervals, and sensitivities through time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.panel import FloatArray
from bot.render.evidence_specs import Bar, BarRow, BarsChart, SensitivityChart

VALUES = np.array([0.012, -0.034, 0.001, 0.021])
LABELS = ("Yield moved > 20 bp", "After a turbulent month", "MOMENTUM", "Return")


def bars_picture(
    symbols: tuple[str, ...] = ("ISCB",),
    values: FloatArray = VALUES,
    half: float = 0.015,
    *,
    simulated: bool = False,
) -> BarsChart:
    """Four rows with a bar for each symbol; half : of the interval, NaN for none."""
    rows = tuple(
        BarRow(label, "31 months", tuple(_bar(value, half) for _ in symbols), ends_group=at == 1)
        for at, (label, value) in enumerate(zip(LABELS, values.tolist(), strict=True))
    )
    return BarsChart(
        title="ISCB - SPSM: -0.38 pp a month when IWM was ahead of SPY",
        subtitle="Mean a month · line: 95 % interval · full: distinguishable from zero; hollow: not",
        footer="monthly total return · 2021-01-15..2026-01-16 (59 months) · source by hand",
        alt="Bars.",
        symbols=symbols,
        rows=rows,
        simulated=simulated,
    )


STEPS = (0.006, 0.0055, 0.003, 0.0016, -0.0029, -0.0048, -0.0096, 0.0021, 0.0225)
"""Of a gap that values of half a point would have to be named for, if there were room."""


def waterfall_picture(steps: tuple[float, ...] = STEPS, *, simulated: bool = False) -> BarsChart:
    """A bar that begins where the one before it ended, and their sum."""
    rows, reached = [], 0.0
    for at, value in enumerate(steps):
        bar = Bar(value, np.nan, np.nan, f"{100 * value:+.1f} pp", base=reached, pale=value < 0)
        rows.append(BarRow(f"Communication Services {at}", "allocation +0.1 pp, selection -0.2 pp", (bar,)))
        reached += value
    total = Bar(reached, np.nan, np.nan, f"{100 * reached:+.1f} pp")
    return replace(
        bars_picture(("IWM - ISCB",), simulated=simulated),
        rows=(*rows, BarRow("Gap", "their sum", (total,))),
        waterfall=True,
    )


def _bar(value: float, half: float) -> Bar:
    words = "n/a" if value != value else f"{100 * value:+.2f} pp"
    return Bar(value, value - half, value + half, words, clear=abs(value) > half)


def sensitivities_picture(
    symbols: tuple[str, ...] = ("ISCB", "SPSM"), *, gaps: bool = False, simulated: bool = False
) -> SensitivityChart:
    """A line for each symbol over 21 quarters, some points of each distinguishable from zero."""
    ends = np.datetime64("2021-01-15", "D") + 91 * np.arange(21)
    shifts = 0.004 * np.arange(len(symbols))[:, None]
    values = 0.01 * np.sin(np.arange(21) / 4)[None, :] - shifts
    if gaps:
        values[0, :6] = np.nan
    return SensitivityChart(
        title="ISCB, SPSM: over the last 3 years no effect of yields distinguishable from zero",
        subtitle="3 years to each quarter, SPY held still · full: distinguishable from zero; hollow: not",
        footer="weekly total return · 2021-01-15..2026-01-16 (261 weeks) · source by hand",
        alt="Lines.",
        symbols=symbols,
        caption="Return for +25 bp in the 10-year yield",
        ends=ends,
        values=values,
        clear=np.abs(values) > 0.006,
        simulated=simulated,
    )
