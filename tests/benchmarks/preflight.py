"""A pre-flight, its offers, and what an unchanged world makes of 3,000 rules in a night.

    python -m tests.benchmarks.preflight

Five years of random walks.  The plain way decides one world after the other by `decide`, on values computed
window by window by the measures themselves; it is timed on a few worlds and scaled up.  The physical limit is
one pass over the drawn returns in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import numpy as np

from analytics.panel import PricePanel
from analytics.watch.backtest import replay
from analytics.watch.noise import noise_of
from analytics.watch.offers import offers
from analytics.watch.operators import Op
from analytics.watch.preflight import Asked, preflight
from analytics.watch.readings import Readings, read
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.watch.worlds import PATHS, YEARS, Past, Worlds, draw_worlds
from tests.benchmarks.table import print_table
from tests.benchmarks.watching import rules

T = TypeVar("T")
SESSION = date(2026, 1, 16)
SYMBOLS, DISTINCT = 2000, 3000
SESSIONS = 1700
TWIN = 4
"""Worlds that the plain way decides."""
WEAK = Rule((Condition(Quantity("sortino", "S0"), Op.BELOW, 1.0),), then="S7")
TARGETS = {"pre-flight": 1.0, "offers": 3.0, "a night": 60.0}


def walks(symbols: int) -> PricePanel:
    """Make prices of so many funds that have a market in common."""
    rng = np.random.default_rng(52)
    days = np.busday_offset(np.datetime64(SESSION), np.arange(1 - SESSIONS, 1))
    market = rng.normal(0.0003, 0.009, SESSIONS)
    levels = 100 * np.exp(np.cumsum(market + rng.normal(0.0, 0.005, (symbols, SESSIONS)), axis=1))
    names = tuple(f"S{number}" for number in range(symbols))
    return PricePanel(days, names, levels, levels, np.full_like(levels, np.nan), "made up", simulated=True)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds of the faster of two runs, and what it gave."""
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), found


def plainly(past: Past) -> float:
    """Return the seconds that `PATHS` worlds take one after the other."""
    worlds = draw_worlds(past, 252, TWIN)
    days = np.busday_offset(np.datetime64("2001-01-01"), np.arange(worlds.sessions.shape[1] + 1))
    start = time.perf_counter()
    for path in range(TWIN):
        levels = np.vstack(
            [np.append(1.0, np.cumprod(1 + worlds.returns(symbol)[path])) for symbol in ("S0", "S7")]
        )
        panel = PricePanel(days, ("S0", "S7"), levels, levels, np.full_like(levels, np.nan), "drawn")
        readings: Readings = read([WEAK], panel, days[-YEARS * 252].item(), days[-1].item())
        replay(WEAK, readings, Policy())
    return (time.perf_counter() - start) / TWIN * PATHS


def fresh(asked: Asked) -> Worlds:
    """Return worlds in which no more was read than a pre-flight does, which is not timed."""
    worlds = preflight(asked).worlds
    assert worlds is not None, "five years of walks are enough"
    return worlds


def one_pass(past: Past) -> float:
    """Return the seconds of one sum over the returns of all worlds."""
    worlds = draw_worlds(past, 252)
    rows = [worlds.returns(symbol) for symbol in ("S0", "S7")]
    return timed(lambda: [row.sum() for row in rows])[0]


def main() -> None:
    """Measure all and print one table."""
    panel = walks(SYMBOLS)
    pair = panel.select(("S0", "S7"))
    readings = read([WEAK], pair, panel.sessions[300].item(), SESSION)
    asked = Asked(WEAK, Policy(), pair, readings, {})
    first, told = timed(lambda: preflight(asked))
    assert told.worlds is not None, "five years of walks are enough"
    past = told.worlds.past
    second, _ = timed(lambda: offers(WEAK, fresh(asked), 0.04))
    kept = [(rule, Policy()) for rule in rules(DISTINCT, SYMBOLS)]
    start = time.perf_counter()
    night = noise_of(kept, panel, {}, SESSION)
    third = time.perf_counter() - start
    slow, limit = plainly(past), one_pass(past)
    rows = {"pre-flight": (first, 1), "offers": (second, 3), "a night": (third, len(night) * 0.4)}
    print_table(
        "Is a rule worth having?",
        [
            {
                "what": name,
                "seconds": f"{seconds:.2f}",
                "target": f"{TARGETS[name]:.0f}",
                "plain way": f"{slow * times:,.0f}",
                "to it": f"{seconds / (slow * times):.4f}",
                "one pass": f"{limit * times * 1e3:,.1f} ms",
            }
            for name, (seconds, times) in rows.items()
        ],
        f"{DISTINCT:,} rules on {SYMBOLS:,} funds in a night, 200 worlds each; a pre-flight has {PATHS}. "
        f"The plain way is timed on {TWIN} worlds; offers are counted as three pre-flights.",
    )


if __name__ == "__main__":
    main()
