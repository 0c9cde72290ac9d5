"""Intervals of the gap between two funds, 2,000 resamples, side by side in one run.

    python -m tests.benchmarks.evidence

Seconds of processor time (nobody here uses two cores).  Five statistics of both funds: growth, Sharpe ratio,
Sortino ratio, deepest fall, Calmar ratio.  arch draws the same resamples and calls a function on each, as its
documentation does; the function is NumPy's whole-array form.  The plain loop adds in Python floats and is run
on some resamples and scaled up.  Before anything is timed, the three agree on their intervals.
"""

from __future__ import annotations

import gc
import math
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from analytics import Query, Sample, parse_window
from analytics.evidence.edge import find_edge
from analytics.evidence.intervals import BLOCK, RESAMPLES, annual_exponent, resample
from analytics.evidence.significance import sharpe_error
from tests.benchmarks.table import print_table
from tests.oracles import slow_evidence as slow
from tests.oracles.outside import quietly_import
from tests.panels import levels_of, panel_of, weekdays

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.panel import FloatArray, PricePanel

COUNT = 2000
YEARS = {3: 754, 10: 2515}
MOST_SECONDS = {3: 0.5, 10: 1.5}
LEAST = {"arch": 4.0, "plain": 30.0}
MOST_REPORT = 3.0


@dataclass(frozen=True)
class Contender:
    """A way to do it: `run` takes so many resamples, whose seconds are scaled to all of them."""

    name: str
    run: Callable[[int], object]
    count: int = COUNT
    repeat: int = 3


def pair(length: int, years: int | None = None) -> Sample:
    """Two made-up funds that move together."""
    rng = np.random.default_rng(1)
    returns = rng.normal(0.0004, 0.012, length) + rng.normal(0.0, 0.003, (2, length))
    return Sample(levels_of(returns), weekdays("2015-01-05", length + 1), years=years)


def whole_arrays(exponent: float, drawn: FloatArray) -> FloatArray:
    """Five statistics of both funds of one resample (T, 2)."""
    mean, spread = drawn.mean(axis=0), drawn.std(axis=0, ddof=1)
    logs = np.concatenate([np.zeros((1, 2)), np.cumsum(np.log1p(drawn), axis=0)])
    deepest = np.expm1((logs - np.maximum.accumulate(logs, axis=0)).min(axis=0))
    short = np.sqrt((np.minimum(drawn, 0.0) ** 2).mean(axis=0))
    growth = np.expm1(exponent * logs[-1])
    year = math.sqrt(252)
    return np.concatenate([growth, mean / spread * year, mean / short * year, deepest, growth / -deepest])


def with_arch(held: Sample, count: int) -> FloatArray:
    drawer = quietly_import("arch.bootstrap").StationaryBootstrap(BLOCK, held.returns.T, seed=1)
    return np.asarray(drawer.apply(partial(whole_arrays, annual_exponent(held)), count))


def plain_loop(held: Sample, count: int) -> FloatArray:
    rng = np.random.default_rng(1)
    rows, exponent = held.returns.tolist(), annual_exponent(held)
    length, found = held.length, []
    for _ in range(count):
        begin, start = (rng.random(length) < 1.0 / BLOCK).tolist(), rng.integers(length, size=length).tolist()
        at, drawn = 0, []
        for session in range(length):
            at = start[session] if begin[session] or not session else (at + 1) % length
            drawn.append(at)
        each = [slow.measures([row[at] for at in drawn], [0.0] * length, exponent, 252) for row in rows]
        found.append([[one.growth, one.sharpe, one.sortino, one.max_drawdown, one.calmar] for one in each])
    return np.swapaxes(np.array(found, dtype=np.float64), 1, 2).reshape(count, -1)


def ours(held: Sample, count: int) -> FloatArray:
    # A sample keeps what it has computed, so each run takes a new one.
    fresh = Sample(held.levels, held.sessions, years=held.years)
    found = resample(fresh, [1], count=count)
    return np.concatenate([found.growth, found.sharpe, found.sortino, found.max_drawdown, found.calmar]).T


def seconds(contender: Contender) -> float:
    """Least processor time of a few runs, for all resamples."""
    times = []
    for _ in range(contender.repeat):
        gc.collect()
        start = time.process_time()
        contender.run(contender.count)
        times.append(time.process_time() - start)
    return min(times) * COUNT / contender.count


def check(held: Sample) -> None:
    """The three mean the same: the scatter of each gap within what 400 resamples can tell (about 4 %)."""
    scatter = [
        np.std(run(held, count)[:, 0::2] - run(held, count)[:, 1::2], axis=0)
        for run, count in ((ours, COUNT), (with_arch, COUNT), (plain_loop, 400))
    ]
    assert np.allclose(scatter[0], scatter[1], rtol=0.12), scatter
    assert np.allclose(scatter[0], scatter[2], rtol=0.2), scatter


def compare_bootstraps(years: int) -> list[str]:
    """Print the table of one window; returns what missed its target."""
    held = pair(YEARS[years], years)
    log = np.log1p(held.returns)
    at = np.random.default_rng(1).integers(held.length, size=(COUNT, held.length))
    contenders = [
        Contender("analytics.evidence.intervals.resample", partial(ours, held)),
        Contender("arch, a function each", partial(with_arch, held), 500, 2),
        Contender("plain loop", partial(plain_loop, held), 20, 1),
        Contender(
            "physical limit: the drawn returns read once",
            lambda _: log[0].take(at).sum() + log[1].take(at).sum(),
        ),
    ]
    taken = {each.name: seconds(each) for each in contenders}
    first = taken[contenders[0].name]
    rows = [
        {
            "": each.name,
            "seconds": f"{taken[each.name]:.3f}",
            "times ours": f"{taken[each.name] / first:,.2f}",
            "run on": f"{each.count:,} resamples",
        }
        for each in contenders
    ]
    print_table(
        f"{COUNT:,} resamples of {held.length:,} sessions, 2 funds, 5 statistics",
        rows,
        f"an answer draws {RESAMPLES:,}, in {first * RESAMPLES / COUNT:.2f} s",
    )
    missed = (
        [f"{first:.2f} s for {years} years, target {MOST_SECONDS[years]}"]
        if first > MOST_SECONDS[years]
        else []
    )
    slow_ones = {name.partition(",")[0].partition(" ")[0]: taken[name] / first for name in taken}
    return missed + [
        f"{slow_ones[name]:,.0f} x {name}, target {least:,.0f}"
        for name, least in LEAST.items()
        if slow_ones[name] < least
    ]


def report(panel: PricePanel, query: Query, _: int) -> object:
    return find_edge(panel, {}, query)


def time_report() -> list[str]:
    """Print what a whole report takes: five windows, of one pair and of five."""
    rng = np.random.default_rng(1)
    market = rng.normal(0.0004, 0.012, 2700)
    rows = levels_of(market + rng.normal(0.0, 0.003, (6, 2700)))
    panel = panel_of({f"F{at}": row for at, row in enumerate(rows)}, weekdays("2015-01-05", 2701))
    table = []
    for count in (2, 6):
        query = Query(panel.symbols[:count], parse_window("1y"), panel.as_of)
        taken = seconds(Contender("", partial(report, panel, query)))
        table.append({"": f"find_edge, {count - 1} pair{'s' * (count > 2)}", "seconds": f"{taken:.3f}"})
    one, other = rng.normal(0.0004, 0.012, (2, 500, 754))
    tests = seconds(Contender("", lambda _: sharpe_error(one, other)))
    table.append({"": "sharpe_error, 500 pairs x 754 sessions", "seconds": f"{tests:.3f}"})
    print_table(f"A report: five windows, {RESAMPLES:,} resamples each", table)
    one_pair = float(table[0]["seconds"])
    return [f"{one_pair:.2f} s for a report, target {MOST_REPORT}"] if one_pair > MOST_REPORT else []


if __name__ == "__main__":
    check(pair(YEARS[3], 3))
    missed = [each for years in YEARS for each in compare_bootstraps(years)] + time_report()
    print("Targets missed: " + "; ".join(missed) if missed else "All targets met.")
