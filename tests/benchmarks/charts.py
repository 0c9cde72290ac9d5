"""How long a chart takes, side by side: the plain way with matplotlib, ours, and two processes.

    python -m tests.benchmarks.charts

All take turns in one run, so that a busy machine slows them alike: ratios carry over to other machines,
milliseconds do not.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from bot.clock import SystemClock
from bot.drawing import InlineChartRenderer, PoolChartRenderer
from bot.render.chart_specs import ChartSpec
from bot.render.charts import draw
from tests.benchmarks.plain_charts import plain
from tests.pictures import SYMBOLS, growth_picture, sector_picture, walk
from tests.unit.bot.render.charts.rules import cell, overview, past_picture, rule_picture, trace

ROUNDS = 15
RULES: dict[str, ChartSpec] = {
    "growth, 2 funds, 1 year": growth_picture(),
    "rule, 2 years": rule_picture(),
    "rule, 3 conditions": rule_picture(*[trace(caption="ISCB Sortino 1y")] * 3),
    "past, 5 years": past_picture(),
    "overview, 5 rules": overview(*map(cell, range(5))),
    "overview, 12 rules": overview(*map(cell, range(12))),
}
clock = SystemClock().monotonic

PICTURES: dict[str, ChartSpec] = {
    "growth, 2 funds, 1 year": growth_picture(),
    "growth, 2 funds, 10 years": growth_picture(walk(2, 2520)),
    "growth, 6 funds, 10 years": growth_picture(walk(6, 2520), symbols=SYMBOLS),
    "sectors, 2 funds": sector_picture(),
}


def measure(picture: ChartSpec) -> tuple[float, float, int, int]:
    """Milliseconds of the plain way and of ours, taking turns, and the sizes of their files."""
    sizes = len(plain(picture)), len(draw(picture))
    times = [(_timed(lambda: plain(picture)), _timed(lambda: draw(picture))) for _ in range(ROUNDS)]
    theirs, ours = (median(column) for column in zip(*times, strict=True))
    return theirs, ours, *sizes


def measure_rules() -> dict[str, float]:
    """Milliseconds of the charts of rules, beside a chart of growth, taking turns."""
    for picture in RULES.values():
        draw(picture)
    turns = [[_timed(partial(draw, picture)) for picture in RULES.values()] for _ in range(ROUNDS)]
    return dict(zip(RULES, map(median, zip(*turns, strict=True)), strict=True))


def _timed(work: Callable[[], object]) -> float:
    start = clock()
    work()
    return 1000 * (clock() - start)


async def measure_renderers(count: int = 24) -> tuple[float, float]:
    """Milliseconds a chart in this process and in a pool of two, `count` different ones at once."""
    pictures = [_numbered(seed) for seed in range(count)]
    with tempfile.TemporaryDirectory() as home:
        pool = PoolChartRenderer(Path(home, "pool"), workers=2)
        await pool.start()
        try:
            alone = await _per_chart(InlineChartRenderer(Path(home, "inline")), pictures)
            return alone, await _per_chart(pool, pictures)
        finally:
            await pool.aclose()


def _numbered(seed: int) -> ChartSpec:
    return replace(growth_picture(walk(2, 252, seed=seed)), name=f"growth {seed}")


async def _per_chart(
    renderer: InlineChartRenderer | PoolChartRenderer, pictures: Sequence[ChartSpec]
) -> float:
    start = clock()
    await renderer.draw(pictures)
    return 1000 * (clock() - start) / len(pictures)


def main() -> None:
    """Print the tables."""
    say = sys.stdout.write
    say(f"{'ms a chart, median of ' + str(ROUNDS):28}{'plain':>7}{'ours':>7}{'ratio':>7}")
    say(f"{'plain kB':>10}{'kB':>6}\n")
    for name, picture in PICTURES.items():
        slow, fast, big, small = measure(picture)
        say(f"{name:28}{slow:7.0f}{fast:7.0f}{fast / slow:7.2f}{big / 1000:10.0f}{small / 1000:6.0f}\n")
    times = measure_rules()
    growth = next(iter(times.values()))
    say(f"\n{'rules, beside growth':28}{'ms':>7}{'ratio':>7}\n")
    for name, took in times.items():
        say(f"{name:28}{took:7.0f}{took / growth:7.2f}\n")
    alone, pooled = asyncio.run(measure_renderers())
    say(f"\n{'24 at once, not yet kept':28}{'inline':>7}{'pool':>7}{'ratio':>7}\n")
    say(f"{'growth, 2 funds, 1 year':28}{alone:7.0f}{pooled:7.0f}{pooled / alone:7.2f}\n")


if __name__ == "__main__":
    main()
