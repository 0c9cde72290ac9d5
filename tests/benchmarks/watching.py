"""A daily run for 10,000 watched rules of 1,000 workspaces: 3,000 distinct ones on 2,000 symbols, ten years.

    python -m tests.benchmarks.watching [postgresql+psycopg://…]

Each size runs in a process of its own.  The source is asked in the first run of a size (and counts); the run
that is timed finds ten years of prices in the cache on disk, as a bot does that was restarted.  "read and
decide" is everything after the prices are in memory: reading every distinct rule, deciding every watched one,
and keeping states, changes and notices in the database.  The slow twin reads one rule after the other with
the same library, on some of the rules, scaled up; the physical limit is one pass over the prices in memory.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from pathlib import Path

import numpy as np

from analytics.panel import PricePanel
from analytics.watch.operators import Op
from analytics.watch.readings import read
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.window import Window
from bot.clock import FixedClock, SystemClock
from bot.market import series
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.market.series import Series
from bot.model import Digest, NoticeKind, SessionResult
from bot.ports import PriceHistory, RuleDraft
from bot.store import SqlStore, open_store
from bot.use_cases.daily_run import DailyRun
from bot.use_cases.gather import MarketData
from tests.benchmarks.table import print_table
from tests.fakes.metrics import QuietMetrics
from tests.fakes.source import ScriptedSource

SESSION, BEFORE = date(2026, 1, 16), date(2026, 1, 15)
EVENING = timedelta(hours=1)
SIZES = (1, 2, 4)
WATCHED, DISTINCT, SYMBOLS, TEAMS, CHANNELS = 2500, 750, 500, 250, 625
"""Of the smallest size; the others are multiples."""
YEARS = 10
TWIN = 60
"""Distinct rules that the slow twin reads."""
TARGET_SECONDS, TARGET_MEGABYTES = 5.0, 600


class Walks(ScriptedSource):
    """Ten years of random walks, the same for a symbol whenever it is asked for."""

    def _series(self, symbol: str, last: date) -> Series:
        sessions = ExchangeCalendar().sessions(date(last.year - YEARS, last.month, last.day), last)
        random = np.random.default_rng(int(symbol[1:]))
        levels = 100 * np.exp(np.cumsum(random.normal(0.0004, 0.011, sessions.size)))
        return Series(symbol, sessions, levels, levels, np.full(sessions.size, 1e6))

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        await self._receive(symbols)
        rows = [self._series(symbol, through) for symbol in symbols]
        return PriceHistory(
            series.build_panel(rows, ExchangeCalendar(), through, source=self.source, simulated=True)
        )


def rules(distinct: int, symbols: int) -> list[Rule]:
    """Distinct rules of six kinds, spread over the symbols."""
    kinds = (
        (Quantity("sortino", "A"), Op.BELOW, 1.0),
        (Quantity("sharpe", "A", window=Window("3y")), Op.BELOW, 0.5),
        (Quantity("drawdown", "A"), Op.BELOW, -0.15),
        (Quantity("volatility", "A", window=Window("6m")), Op.ABOVE, 0.2),
        (Quantity("total_return", "A", window=Window("3m")), Op.CROSSES_BELOW, -0.05),
        (Quantity("sharpe", "A", other="B"), Op.BELOW, 0.0),
    )
    made = []
    for number in range(distinct):
        quantity, op, threshold = kinds[number % len(kinds)]
        symbol, next_one = f"S{number % symbols}", f"S{(number + 7) % symbols}"
        own = replace(quantity, symbol=symbol, other=quantity.other and next_one)
        made.append(Rule((Condition(own, op, threshold + 0.001 * (number // symbols)),), then=next_one))
    return made


@dataclass(frozen=True)
class Stand:
    """A store and a cache, at a moment."""

    store: SqlStore
    source: Walks
    run: DailyRun
    clock: FixedClock
    market: CachedMarket


@asynccontextmanager
async def stand(url: str, home: Path, session: date) -> AsyncIterator[Stand]:
    """After a session has settled."""
    calendar = ExchangeCalendar()
    clock = _Running(calendar.settles(session) + EVENING)
    source = Walks()
    market = CachedMarket(source, calendar, clock, home)
    async with open_store(url) as store:
        run = DailyRun(store, MarketData(market, market, calendar, clock), QuietMetrics(), timedelta(hours=6))
        yield Stand(store, source, run, clock, market)


class _Running(FixedClock):
    """Stands still as the date goes; seconds pass, so that a run can be timed."""

    def monotonic(self) -> float:
        return SystemClock().monotonic()


async def fill(here: Stand, size: int) -> None:
    """Every workspace writes its rules; the first run fetches and decides them on the day before."""
    distinct = rules(DISTINCT * size, SYMBOLS * size)
    made = datetime(2026, 1, 15, 12, tzinfo=UTC)
    places = [(f"T{n % (TEAMS * size)}", f"C{n}") for n in range(CHANNELS * size)]
    spread = itertools.cycle(places)
    turns = asyncio.Semaphore(8)

    async def add(number: int, team: str, channel: str) -> None:
        rule = distinct[number % len(distinct)]
        draft = RuleDraft(channel, "U", f"rule {number}", rule, Policy(), made, f"q{number}")
        async with turns:
            await here.store.of(team).add(draft)

    await asyncio.gather(*(add(n, *next(spread)) for n in range(WATCHED * size)))
    report = await here.run.run(BEFORE, here.clock.now())
    # Only now, so that nothing of the day before is left to be told.
    await _subscribe(here.store, places)
    print(json.dumps({"fetched": sum(here.source.asked.values()), "symbols": report.symbols}))


async def _subscribe(store: SqlStore, places: Sequence[tuple[str, str]]) -> None:
    for team, channel in places:
        await store.of(team).save_digest(Digest(team, channel, "U", hour(8, 30), "America/New_York"))


async def warm(here: Stand, size: int) -> None:
    """The source is asked for the next session."""
    await here.market.history(_symbols(size), SESSION)
    print(json.dumps({"fetched": sum(here.source.asked.values())}))


async def timed(here: Stand, size: int) -> None:
    """The run of the next session, from a cache that holds it already."""
    prices, commit = _Timed(here.market.history), _Counted(here.store.commit)
    here.market.history = prices  # type: ignore[method-assign]
    here.store.commit = commit  # type: ignore[method-assign]
    report = await here.run.run(SESSION, here.clock.now())
    found = {
        "fetched": sum(here.source.asked.values()),
        "load": prices.seconds,
        "rest": report.seconds - prices.seconds,
        "decided": len(report.decided),
        "watched": commit.standings,
        "rules": report.rules,
        "symbols": report.symbols,
        "news": commit.news,
        "digests": commit.digests,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    panel = (await prices(_symbols(size), SESSION)).panel
    found["twin"] = _twin(panel, rules(DISTINCT * size, SYMBOLS * size))
    found["pass"] = _one_pass(panel)
    print(json.dumps(found))


class _Timed:
    """Prices, with the seconds that they took."""

    def __init__(self, inner: Callable[[Sequence[str], date], Awaitable[PriceHistory]]) -> None:
        self._inner, self.seconds = inner, 0.0

    async def __call__(self, symbols: Sequence[str], through: date) -> PriceHistory:
        start = time.perf_counter()
        found = await self._inner(symbols, through)
        self.seconds += time.perf_counter() - start
        return found


class _Counted:
    """What is kept: standings, channels with a change, channels that will get a digest."""

    def __init__(
        self, inner: Callable[[Sequence[SessionResult]], Awaitable[Sequence[SessionResult]]]
    ) -> None:
        self._inner = inner
        self.standings = self.news = self.digests = 0

    async def __call__(self, outcomes: Sequence[SessionResult]) -> Sequence[SessionResult]:
        for outcome in outcomes:
            self.standings += len(outcome.standings)
            self.news += bool(outcome.flips)
            self.digests += sum(notice.kind is NoticeKind.DIGEST for notice in outcome.notices)
        return await self._inner(outcomes)


def _symbols(size: int) -> list[str]:
    return [f"S{number}" for number in range(SYMBOLS * size)]


def _twin(panel: PricePanel, every: Sequence[Rule]) -> float:
    """One rule after the other; seconds for all of them."""
    some = every[:: max(1, len(every) // TWIN)]
    start = time.perf_counter()
    for rule in some:
        read([rule], panel, SESSION, SESSION)
    return (time.perf_counter() - start) / len(some) * len(every)


def _one_pass(panel: PricePanel) -> float:
    start = time.perf_counter()
    np.nansum(panel.total_return)
    return time.perf_counter() - start


def measured(url: str, size: int) -> dict[str, float]:
    """One size, in processes of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        address = url or f"sqlite:///{home / 'watchpoint.db'}"
        arguments = (address, str(home / "cache"), str(size))
        first = _asked("fill", *arguments)
        next_one = _asked("warm", *arguments)
        again = _asked("timed", *arguments)
    return {**again, "first": first["fetched"], "next": next_one["fetched"]}


def _asked(what: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.watching", what, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main(url: str = "") -> None:
    """Measure every size and print one table."""
    found = {size: measured(url, size) for size in SIZES}
    smallest = found[SIZES[0]]
    print_table(
        "A daily run from prices in the cache",
        [_row(size, each, smallest) for size, each in found.items()],
        "Fetches are of the first run, of the first after a session, and of the timed one. "
        f"Targets at 4x: read and decide at most {TARGET_SECONDS:.0f} s, {TARGET_MEGABYTES} MB. "
        f"The slow twin reads {TWIN} rules one by one, scaled up; one pass is a sum over all prices.",
    )


def _row(size: int, found: dict[str, float], smallest: dict[str, float]) -> dict[str, str]:
    return {
        "size": f"{size}x",
        "watched": f"{found['watched']:,.0f}",
        "rules": f"{found['rules']:,.0f}",
        "symbols": f"{found['symbols']:,.0f}",
        "fetches": f"{found['first']:,.0f} {found['next']:,.0f} {found['fetched']:,.0f}",
        "load": f"{found['load']:.2f} s",
        "decide": f"{found['rest']:.2f} s",
        "to 1x": f"{found['rest'] / smallest['rest']:.2f}",
        "twin": f"{found['twin']:.1f} s",
        "pass": f"{found['pass'] * 1e3:.0f} ms",
        "digests": f"{found['digests']:,.0f} of {found['news']:,.0f}",
        "MB": f"{found['megabytes']:,.0f}",
    }


async def _part(name: str, url: str, home: Path, size: int) -> None:
    session = BEFORE if name == "fill" else SESSION
    async with stand(url, home, session) as here:
        await {"fill": fill, "warm": warm, "timed": timed}[name](here, size)


if __name__ == "__main__":
    if len(sys.argv) == 5:
        asyncio.run(_part(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
    else:
        main(*sys.argv[1:])
