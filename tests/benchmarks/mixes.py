"""A mix of ten funds over ten years, by every rebalancing rule, beside a loop over sessions and pandas.

    python -m tests.benchmarks.mixes

Milliseconds of processor time, the best of many runs.  The limit below it is one multiplication of the same
prices with the weights, which no rule can do without.  Target: 5 ms for the row of a mix on a panel, with its
close, its held sessions and its parts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from analytics.mixes import Component, Mix, Rebalancing, mix_levels
from analytics.panel import BoolArray, FloatArray, PricePanel
from analytics.returns import with_mixes
from tests.benchmarks.table import print_table
from tests.panels import levels_of, weekdays

FUNDS, SESSIONS, RUNS = 10, 2520, 30
TARGET = 5.0


def by_sessions(parts: FloatArray, weights: FloatArray, resets: BoolArray) -> float:
    """Follow the holdings session by session, as a spreadsheet does."""
    held, level = list(weights), 1.0
    for at in range(1, parts.shape[1]):
        held = [each * parts[row, at] / parts[row, at - 1] for row, each in enumerate(held)]
        level = sum(held)
        if resets[at]:
            held = [weight * level for weight in weights]
    return level


def by_periods(prices: pd.DataFrame, weights: FloatArray, unit: str) -> float:
    """Chain the growth of each period, grouped by pandas: the end alone, without the sessions between."""
    returns = prices.pct_change().iloc[1:]
    growth = (1 + returns).groupby(pd.DatetimeIndex(returns.index).to_period(unit)).prod()
    return float(np.prod(growth.to_numpy() @ weights))


def milliseconds(run: Callable[[], object], runs: int = RUNS) -> float:
    """Return the best of several runs."""
    taken = []
    for _ in range(runs):
        began = time.process_time()
        run()
        taken.append(time.process_time() - began)
    return 1e3 * min(taken)


def main() -> int:
    """Print the table; 1 where the target is missed."""
    moves = np.random.default_rng(7).normal(0.0003, 0.01, (FUNDS, SESSIONS - 1))
    parts, days = levels_of(moves), weekdays("2016-01-04", SESSIONS)
    weights = np.full(FUNDS, 1.0 / FUNDS)
    names = tuple(f"F{at}" for at in range(FUNDS))
    panel = PricePanel(days, names, parts, parts, np.full_like(parts, np.nan), "simulated")
    prices = pd.DataFrame(parts.T, index=pd.DatetimeIndex(days))
    limit = milliseconds(lambda: weights @ parts)
    rows = []
    worst = 0.0
    for rule in Rebalancing:
        symbol = Mix(tuple(Component(name, 100.0 / FUNDS) for name in names), rule).symbol
        resets = rule.resets(days)
        levels = milliseconds(partial(mix_levels, parts, weights, resets))
        row = milliseconds(partial(with_mixes, panel, [symbol]))
        slow = milliseconds(partial(by_sessions, parts, weights, resets), 3)
        worst = max(worst, row)
        rows.append(
            {
                "rebalanced": rule.value,
                "levels, ms": f"{levels:.2f}",
                "row of a panel, ms": f"{row:.2f}",
                "loop over sessions, ms": f"{slow:.1f}",
                "loop / levels": f"{slow / levels:.0f}",
            }
        )
    grouped = milliseconds(lambda: by_periods(prices, weights, "Q"), 5)
    note = (
        f"pandas, quarters, the end alone: {grouped:.1f} ms; one multiplication: {limit:.3f} ms; "
        f"target for a row: {TARGET:.0f} ms, the slowest: {worst:.2f} ms"
    )
    print_table(f"A mix of {FUNDS} funds over {SESSIONS:,} sessions", rows, note)
    return int(worst > TARGET)


if __name__ == "__main__":
    raise SystemExit(main())
