"""One workspace floods: how long the questions of two others wait, and the digest that falls due meanwhile.

Three workspaces of one organisation, whose token serves them all; signed requests, real processes.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations, count
from pathlib import Path

import sqlalchemy as sa

from bot.clock import SystemClock
from bot.jobs.postgres import postgres_queue
from bot.market.sample_funds import FUNDS
from bot.playground.model import BOT, TEAM, Channel
from bot.playground.storage import ANN, PORTFOLIO
from bot.playground.transport import AppAnswer, OverHttp
from bot.ports import Task
from bot.store import SqlStore, open_store
from bot.store.schema import QUESTIONS, UNANSWERED
from bot.use_cases.scheduler import DELIVER
from tests.contracts.stores import own_database, server
from tests.fakes.workspace import SIGNING_SECRET, command, everybody_sees
from tests.reliability.siege import digests, queue_digest, warm_up
from tests.scenario.fleet import Fleet, Process, fleet, until

FLOOD = "flood"
"""The name of this case."""
GROUP = "E0GROUP"
OTHERS = {"T0A": "C0A", "T0B": "C0B"}
"""Two workspaces, and where their people ask; the digest is of a channel of neither."""
FLOODING, CHANNELS = "T0C", ("C0C0", "C0C1", "C0C2", "C0C3")
USERS = 40
"""Who flood: more than it takes to reach every limit."""
EVERY = 0.05
"""Seconds between two of their questions."""
AHEAD = 3.0
"""Seconds of flood before the others ask."""
MORE = 5.0
"""Seconds that a question may wait longer than the longest of a quiet run."""
PATIENT = 120.0
"""Seconds that any answer may take."""

PAIRS = list(combinations(sorted(FUNDS), 2))


@dataclass
class Run:
    """What the others saw.  waits: seconds from typing to the answer.  late: of the digest, seconds."""

    waits: list[float] = field(default_factory=list)
    unanswered: int = 0
    late: float = float("inf")


@dataclass
class Flood:
    """What was seen.  asked, refused, lost: of those who flood; lost are also answers that came twice."""

    case: str
    quiet: Run = field(default_factory=Run)
    flooded: Run = field(default_factory=Run)
    asked: int = 0
    refused: int = 0
    lost: int = 0
    seconds: float = 0.0

    @property
    def more(self) -> float:
        """Seconds that the longest wait under the flood was longer than the longest of the quiet run."""
        return max(self.flooded.waits) - max(self.quiet.waits)

    @property
    def sound(self) -> bool:
        """Whether everybody was answered, and in time."""
        return self.lost + self.quiet.unanswered + self.flooded.unanswered == 0 and self.more <= MORE


async def flood(case: str, database: str, folder: Path, questions: int) -> Flood:
    """Two workspaces ask so many questions each, one after the other, first alone and then under a flood."""
    shared = database.startswith("postgresql")
    async with fleet(folder, database, hasty=False) as here:
        _let_in(here)
        if shared:
            await here.run("migrate")
            await here.start("worker")
        bot = await here.start("web" if shared else "all")
        await warm_up(here, bot)
        async with open_store(database) as store, _line(bot) as line:
            town, found = _Town(here, store, line), Flood(case)
            found.quiet = await town.ask_and_wait(questions)
            shutil.rmtree(folder / "home" / "cache" / "charts")  # or all would have been drawn
            began = SystemClock().monotonic()
            flooding = asyncio.create_task(town.flood(found))
            await asyncio.sleep(AHEAD)
            found.flooded = await town.ask_and_wait(questions)
            town.over.set()
            await flooding
            found.seconds = SystemClock().monotonic() - began
            await town.answered(FLOODING)
            found.lost = abs(found.asked - found.refused - town.answers(*CHANNELS))
            return found


async def everywhere(questions: int) -> list[Flood]:
    """A process that does all on SQLite, and where there is a PostgreSQL, a web process and a worker."""
    with tempfile.TemporaryDirectory(prefix="flood-") as folder:
        floods = [await flood("all, SQLite", f"sqlite:///{folder}/watchpoint.db", Path(folder), questions)]
    if server():
        with own_database() as address, tempfile.TemporaryDirectory(prefix="flood-") as folder:
            floods.append(await flood("web and worker, PostgreSQL", address, Path(folder), questions))
    return floods


def facts(found: Flood) -> list[dict[str, str]]:
    """The table: a line for each figure."""
    runs = {"quiet": found.quiet, "under the flood": found.flooded}
    told = {
        "seconds of flood": f"{found.seconds:.0f}",
        "asked by those who flood": str(found.asked),
        "refused, told so": str(found.refused),
        "answered": str(found.asked - found.refused - found.lost),
        "lost or doubled": str(found.lost),
        **{f"asked by the others, {name}": str(len(run.waits)) for name, run in runs.items()},
        **{f"unanswered, {name}": str(run.unanswered) for name, run in runs.items()},
        **{f"waited, {name}, median": f"{statistics.median(run.waits):.2f} s" for name, run in runs.items()},
        **{f"waited, {name}, at most": f"{max(run.waits):.2f} s" for name, run in runs.items()},
        **{f"digest, {name}, after it was due": f"{run.late:.1f} s" for name, run in runs.items()},
    }
    return [{"what": what, "how much": much} for what, much in told.items()]


@dataclass
class _Town:
    """All who ask."""

    here: Fleet
    store: SqlStore
    line: OverHttp
    numbers: Iterator[int] = field(default_factory=count)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask_and_wait(self, questions: int) -> Run:
        """Everybody but those who flood, and a digest that is due at once."""
        run = Run()
        asking = [
            self._ask_on(run, team, PAIRS[at * questions : (at + 1) * questions])
            for at, team in enumerate(OTHERS)
        ]
        await asyncio.gather(self._digest(run), *asking)
        return run

    async def flood(self, found: Flood) -> None:
        """Ask without waiting, until it is over."""
        pairs = list(reversed(PAIRS))
        async with asyncio.TaskGroup() as group:
            while not self.over.is_set():
                at = next(self.numbers)
                group.create_task(self._flood_once(found, at, pairs[at % (len(pairs) // 2)]))
                await asyncio.sleep(EVERY)

    async def answered(self, team: str) -> None:
        """Wait until nothing of a workspace is open."""
        open_ones = sa.select(sa.func.count()).where(UNANSWERED, QUESTIONS.c.team == team)

        async def none() -> bool:
            return not await self.store.database.read(lambda connection: connection.scalar(open_ones))

        await until(none, f"all of {team} are answered", PATIENT)

    def answers(self, *channels: str) -> int:
        """How many comparisons everybody sees there."""
        return sum(" vs " in post.text for each in channels for post in everybody_sees(self.here.slack, each))

    async def _ask_on(self, run: Run, team: str, pairs: Sequence[tuple[str, str]]) -> None:
        clock, before = SystemClock(), self.answers(OTHERS[team])
        for at, pair in enumerate(pairs):
            began = clock.monotonic()
            ack = await self._ask(team, OTHERS[team], f"U{team}{at % 2}", pair)
            assert ack == AppAnswer(200, None), ack
            await self.answered(team)
            run.waits.append(clock.monotonic() - began)
        run.unanswered += len(pairs) - (self.answers(OTHERS[team]) - before)

    async def _flood_once(self, found: Flood, at: int, pair: tuple[str, str]) -> None:
        person = f"U{FLOODING}{at % USERS}"
        ack = await self._ask(FLOODING, CHANNELS[at % len(CHANNELS)], person, pair)
        assert ack.status == 200
        found.asked += 1
        found.refused += ack.body is not None

    async def _ask(self, team: str, channel: str, user: str, pair: tuple[str, str]) -> AppAnswer:
        about = {"team_id": team, "user_id": user, "enterprise_id": GROUP, "is_enterprise_install": "true"}
        typed = command(self.here.slack, f"{pair[0]} {pair[1]} 3y", channel=channel)
        return await self.line.deliver(typed | about)

    async def _digest(self, run: Run) -> None:
        before, due = len(digests(self.here)), datetime.now(UTC)  # noqa: TID251
        await queue_digest(self.here, due, f"due{next(self.numbers)}")
        if self.here.database.startswith("postgresql"):  # else the sweep finds it, within 30 s
            queue = postgres_queue(self.here.database)
            await queue.enqueue([Task(DELIVER, f"{TEAM}/{PORTFOLIO}")])
            await queue.aclose()
        await until(lambda: len(digests(self.here)) > before, "the digest is posted", PATIENT)
        run.late = (datetime.now(UTC) - due).total_seconds()  # noqa: TID251


def _let_in(here: Fleet) -> None:
    """The app is in all workspaces of the organisation, and in every channel that is asked in."""
    here.slack.installed.organisation, here.slack.installed.everywhere = GROUP, True
    for channel in (*OTHERS.values(), *CHANNELS):
        here.slack.workspace.channels[channel] = Channel(channel, channel.lower(), "public", (ANN, BOT))


@asynccontextmanager
async def _line(bot: Process) -> AsyncIterator[OverHttp]:
    async with OverHttp.to(f"{bot.base}/slack/events", SIGNING_SECRET, SystemClock()) as line:
        yield line
