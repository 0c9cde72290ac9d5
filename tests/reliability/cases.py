"""What is tried: each case is a disturbance, on a database, with or without the scope to read histories."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from tests.contracts.stores import own_database
from tests.reliability.clock import real
from tests.reliability.cluster import Cluster, own_cluster
from tests.reliability.contents import StoreContents
from tests.reliability.market import Weather
from tests.reliability.scenario import CHANNELS, Scenario
from tests.reliability.trial import SPEED, Finished, Plan, run
from tests.reliability.verdict import Verdict, judge
from tests.reliability.worker import AFTER_ANSWER, AFTER_CHECK, BEFORE_CHECK

KILLS, SLACK, DATA, CLOSING = "kills", "slack", "data", "closed"
CONNECTIONS, CRASH, DISK, LEAP = "connections", "crash", "disk", "leap"
PAUSES = {"pause-before": BEFORE_CHECK, "pause-between": AFTER_CHECK, "pause-after": AFTER_ANSWER}
EVERY = (KILLS, CLOSING, SLACK, DATA, CONNECTIONS, CRASH, DISK, LEAP, *PAUSES)
ON_POSTGRES = (CONNECTIONS, CRASH, *PAUSES)
"""Those that take PostgreSQL, for its connections or for two replicas."""

LEAPS = (timedelta(days=10, hours=8), timedelta(hours=-1), timedelta(days=-10))
"""Of the case "leap": by how much the workers' clocks go wrong, in turn.

The first one, in the evening, leads to a time at which a session's prices are not waited for any more.
"""

WEATHER = Weather(
    unknown={"VB": date(2026, 1, 29)},
    late=(("IWM", date(2026, 1, 23), 3.0), ("QQQ", date(2026, 1, 27), 12.0), ("SPY", date(2026, 1, 30), 1.0)),
    restated={date(2026, 1, 22): 1.02, date(2026, 1, 28): 0.98},
)
"""Of the case "data": a symbol ends, prices come late or not before the deadline, sessions are corrected."""
CLOSED = {date(2026, 1, 26): "-C05", date(2026, 1, 28): "C08"}
"""Of the case "slack": a channel is archived, and the bot is removed from another one.

In the case "closed" the first channel is archived from the first evening on, and workers are killed.
"""


@dataclass(frozen=True)
class Case:
    """One line of the table.  sessions, channels: how many of the scenario's, 0 for all."""

    what: str
    database: str
    history: bool
    kills: int = 0
    sessions: int = 0
    channels: int = 0
    seed: int = 1
    speed: float = SPEED

    @property
    def scenario(self) -> Scenario:
        """What is watched meanwhile, disturbed or not."""
        whole = Scenario()
        days = whole.sessions
        last = days[min(self.sessions or len(days), len(days)) - 1]
        closed = CLOSED if self.what == SLACK else {}
        if self.what == CLOSING:
            closed = {whole.first: f"-{CHANNELS[0]}"}
        weather = WEATHER if self.what == DATA else Weather()
        # Every zone and every team is among the first few of this order.
        channels = sorted(CHANNELS, key=lambda channel: CHANNELS.index(channel) * 5 % 12)
        return Scenario(whole.first, last, weather, closed, tuple(channels[: self.channels or None]))


@dataclass(frozen=True)
class Outcome:
    """What came of a case: one pass, or several until it had its kills."""

    case: Case
    passes: Sequence[tuple[Finished, Verdict]]

    def total(self, count: Callable[[Finished, Verdict], int]) -> int:
        """Summed over the passes."""
        return sum(count(finished, verdict) for finished, verdict in self.passes)

    @property
    def kills(self) -> int:
        """How many there were."""
        return self.total(lambda finished, _: len(finished.kills))


class Trials:
    """Runs cases, and each scenario once without any disturbance."""

    def __init__(self) -> None:
        self._quiet: dict[str, Finished] = {}

    async def quiet(self, case: Case) -> Finished:
        """The undisturbed run of the same scenario: one worker, SQLite."""
        scenario = case.scenario
        name = repr(scenario)
        if name not in self._quiet:
            with _folder() as folder:
                plan = Plan(f"sqlite:///{folder / 'watchpoint.db'}", folder, scenario, speed=case.speed)
                self._quiet[name] = await run(plan)
        return self._quiet[name]

    async def run(self, case: Case) -> Outcome:
        """Pass after pass until the case has its kills."""
        quiet = await self.quiet(case)
        outcome = Outcome(case, ())
        while not outcome.passes or outcome.kills < case.kills:
            rest = replace(case, kills=case.kills - outcome.kills, seed=case.seed + len(outcome.passes))
            finished = await self._once(rest, quiet)
            # Whether a picture or a table could be shown is Slack's doing on a bad day, words or not.
            verdict = judge(quiet, finished, words=case.what != SLACK)
            outcome = Outcome(case, (*outcome.passes, (finished, verdict)))
        return outcome

    async def _once(self, case: Case, quiet: Finished) -> Finished:
        with _folder() as folder:
            async with _database(case, folder) as (address, disturb):
                return await run(_plan(case, address, folder, disturb), quiet.lengths)


Disturb = Callable[[StoreContents], Awaitable[str]]


def _plan(case: Case, address: str, folder: Path, disturb: Disturb | None) -> Plan:
    weather = replace(WEATHER, silent=0.3, seed=case.seed) if case.what == DATA else None
    return Plan(
        address,
        folder,
        case.scenario,
        weather,
        replicas=1 if case.database == "sqlite" else 2,
        kills=case.kills,
        history=case.history,
        slack=case.what == SLACK,
        halt=PAUSES.get(case.what, ""),
        disturb=disturb,
        leaps=LEAPS if case.what == LEAP else (),
        seed=case.seed,
        speed=case.speed,
    )


async def _cut(contents: StoreContents) -> str:
    return f"{await contents.cut_connections()} connections"


class _Filled:
    """The disk is full for half of a lease."""

    def __init__(self, disk: Path, speed: float) -> None:
        self._ballast, self._seconds = disk / "ballast", 60.0 / speed

    async def __call__(self, contents: StoreContents) -> str:
        await asyncio.to_thread(_fill, self._ballast)
        began = real()
        await asyncio.sleep(self._seconds)
        self._ballast.unlink()
        return f"full for {real() - began:.1f} s"


def _fill(ballast: Path) -> None:
    """To the last byte."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError as fault:
                if fault.errno != errno.ENOSPC:
                    raise


@asynccontextmanager
async def _database(case: Case, folder: Path) -> AsyncIterator[tuple[str, Disturb | None]]:
    """Its address, and how it is disturbed."""
    if case.what == CRASH:
        with own_cluster() as cluster:
            yield cluster.address, partial(_crash, cluster)
    elif case.database == "postgres":
        with own_database() as address:
            yield address, _cut if case.what == CONNECTIONS else None
    elif case.what == DISK:
        with small_disk(folder / "disk") as disk:
            yield f"sqlite:///{disk / 'watchpoint.db'}", _Filled(disk, case.speed)
    else:
        yield f"sqlite:///{folder / 'watchpoint.db'}", None


async def _crash(cluster: Cluster, contents: StoreContents) -> str:
    began = real()
    await asyncio.to_thread(cluster.crash)
    return f"back after {real() - began:.1f} s"


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """One of 24 MB in memory, which only root can make."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def can_mount() -> bool:
    """Whether a small disk can be made here."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="reliability-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
