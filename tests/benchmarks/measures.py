"""Twelve measures for 2,000 symbols x 2,520 sessions, side by side in one run.

    python -m tests.benchmarks.measures

The twelve are measures that empyrical offers itself; what it lacks (ulcer, tracking error) would be our own
code under its name.  Seconds of processor time (nobody here uses two cores), so that neighbours on the
machine count less.  Ratios carry over to other machines, seconds do not.  Libraries that take one symbol at a
time are run on some of them and scaled up; the table says on how many.  empyrical is given a pandas Series
per symbol, as its documentation does (the target is against that), and once more bare arrays, which spare it
the alignment.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.measures import Sample, table
from analytics.measures.rolling import rolling_sortino
from tests.benchmarks import measures_elsewhere as elsewhere
from tests.benchmarks.table import print_table
from tests.panels import levels_of, weekdays

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.panel import FloatArray

SYMBOLS, SESSIONS = 2000, 2520
NAMES = (
    "total_return",
    "cagr",
    "volatility",
    "sharpe",
    "sortino",
    "max_drawdown",
    "calmar",
    "omega",
    "downside_deviation",
    "cvar_95",
    "beta",
    "alpha",
)
LEAST = {"empyrical": 50.0, "quantstats": 1000.0}
HOLES = "the same with holes in every fund"
MOST = {HOLES: 1.5}
MOST_MEMORY = 2.0


@dataclass(frozen=True)
class Contender:
    """A way to do it: `run` takes so many symbols and its seconds are scaled to all of them."""

    name: str
    run: Callable[[int], object]
    symbols: int = SYMBOLS
    repeat: int = 5


@dataclass(frozen=True)
class Result:
    """seconds : for all symbols; memory : peak of extra memory in panels, None where only some were run"""

    name: str
    seconds: float
    memory: float | None
    symbols: int

    def row(self, ours: Result) -> dict[str, str]:
        return {
            "": self.name,
            "seconds": f"{self.seconds:.3f}",
            "times ours": f"{self.seconds / ours.seconds:,.2f}",
            "extra memory (panels)": "" if self.memory is None else f"{self.memory:.2f}",
            "run on": f"{self.symbols:,} symbols",
        }


def made_up(symbols: int = SYMBOLS, sessions: int = SESSIONS) -> Sample:
    """Ten years of made-up funds that follow a made-up benchmark."""
    rng = np.random.default_rng(1)
    market = rng.normal(0.0004, 0.01, sessions)
    returns = market + rng.normal(0.0, 0.008, (symbols, sessions))
    return Sample(
        levels_of(returns, 100.0), weekdays("2015-01-05", sessions + 1), benchmark=levels_of(market)
    )


def measured(contender: Contender, panel: int) -> Result:
    """Least processor time of a few runs, then the memory of one more."""
    times = []
    for _ in range(contender.repeat):
        gc.collect()
        start = time.process_time()
        contender.run(contender.symbols)
        times.append(time.process_time() - start)
    seconds = min(times) * SYMBOLS / contender.symbols
    memory = peak(contender) / panel if contender.symbols == SYMBOLS else None
    return Result(contender.name, seconds, memory, contender.symbols)


def peak(contender: Contender) -> int:
    """Bytes at the highest point of a run, above those before it."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    contender.run(contender.symbols)
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest - before


def ours(held: Sample, _: int) -> object:
    # A sample keeps what it has computed, so each run takes a new one.
    return table(NAMES, Sample(held.levels, held.sessions, benchmark=held.benchmark))


def with_holes(held: Sample) -> Sample:
    """The same, where every fund misses one to five sessions of its own."""
    rng = np.random.default_rng(2)
    levels = held.levels.copy()
    missing = rng.integers(1, levels.shape[1] - 1, (levels.shape[0], 5))
    for row, days in enumerate(missing):
        levels[row, days[: 1 + row % 5]] = np.nan
    return Sample(levels, held.sessions, benchmark=held.benchmark)


def contenders(held: Sample) -> tuple[list[Contender], list[str]]:
    """Who takes part, and who cannot and why."""
    found = [
        Contender("analytics.measures.table", partial(ours, held)),
        Contender(HOLES, partial(ours, with_holes(held))),
        Contender("pandas, whole frame", partial(elsewhere.with_pandas, held)),
        Contender("empyrical, a Series each", partial(elsewhere.with_empyrical, held), 60),
        Contender("empyrical's arrays", partial(elsewhere.with_empyrical_arrays, held), 100),
    ]
    absent = []
    if find_spec("quantstats"):
        found.append(Contender("quantstats, a Series each", partial(elsewhere.with_quantstats, held), 8, 1))
    else:
        absent.append("quantstats left out: not installed (pip install watchpoint[benchmark])")
    found.append(Contender("physical limit: one read of the panel", lambda _: held.levels.sum()))
    return found, absent


def compare_measures() -> list[str]:
    """Print the table; returns what missed its target."""
    held = made_up()
    elsewhere.check(held, table(NAMES, held))
    entries, absent = contenders(held)
    results = [measured(entry, held.levels.nbytes) for entry in entries]
    size = f"{held.levels.nbytes / 1e6:.0f} MB"
    print_table(
        f"{len(NAMES)} measures, {SYMBOLS:,} symbols x {SESSIONS:,} sessions (panel {size})",
        [result.row(results[0]) for result in results],
        "; ".join(["a run on fewer symbols is scaled to all of them", *absent]),
    )
    return misses(results)


def misses(results: list[Result]) -> list[str]:
    first = results[0]
    ratios = {result.name.partition(",")[0]: result.seconds / first.seconds for result in results}
    slow = [
        f"{ratios[name]:,.0f} x {name}, target {least:,.0f}"
        for name, least in LEAST.items()
        if name in ratios and ratios[name] < least
    ]
    slow += [
        f"{ratios[name]:.2f} x for {name}, target at most {most}"
        for name, most in MOST.items()
        if ratios[name] > most
    ]
    heavy = first.memory is not None and first.memory > MOST_MEMORY
    return [*slow, *([f"extra memory {first.memory:.2f} panels, target {MOST_MEMORY}"] if heavy else [])]


def compare_rolling() -> None:
    """Print the table of the moving Sortino ratio over 252 sessions."""
    returns = made_up().returns
    frame = pd.DataFrame(np.ascontiguousarray(returns.T))
    entries = [
        Contender("analytics.rolling.rolling_sortino", lambda _: rolling_sortino(returns)),
        Contender("pandas, one rolling mean", lambda _: frame.rolling(252).mean()),
        Contender("pandas, the ratio by rolling means", lambda _: elsewhere.rolling_with_pandas(frame)),
        Contender("pandas, rolling.apply", partial(rolling_apply, frame), 4, 1),
    ]
    results = [measured(entry, returns.nbytes) for entry in entries]
    rows = [result.row(results[0]) for result in results]
    print_table(f"Sortino over 252 sessions, {SYMBOLS:,} symbols x {SESSIONS:,} sessions", rows)


def rolling_apply(frame: pd.DataFrame, symbols: int) -> object:
    return frame.iloc[:, :symbols].rolling(252).apply(one_sortino, raw=True)


def one_sortino(window: FloatArray) -> float:
    short = np.minimum(window, 0.0)
    return float(window.mean() / np.sqrt((short * short).mean()) * np.sqrt(252))


if __name__ == "__main__":
    missed = compare_measures()
    compare_rolling()
    print("Targets missed: " + "; ".join(missed) if missed else "All targets met.")
