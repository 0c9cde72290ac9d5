"""Questions whose worker is killed between the acknowledgement and the note that they are answered.

A round: five questions, each of another kind, are put into the inbox as who acknowledges them does; their
worker is killed at a drawn moment of a step of one of them, sometimes the next one, too; all are waited for.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from analytics.query import Query as Comparing
from analytics.window import parse
from bot.commands import COMPARE, WATCH
from bot.jobs.postgres import install, postgres_queue
from bot.jobs.queue import TaskQueue
from bot.market.calendar import ExchangeCalendar
from bot.model import Request, SectionQuery, ThreadContext
from bot.playground.model import BOT, TEAM, PostedMessage
from bot.playground.storage import ANN
from bot.playground.workspace import files_in
from bot.ports import Task
from bot.slack.messenger import ANSWER_EVENT
from bot.store import SqlStore, migrate, open_store
from bot.store.schema import QUESTIONS as ROWS
from bot.store.schema import RULES
from bot.use_cases.threads import ASK
from tests.contracts.stores import own_database
from tests.reliability.clock import FastClock, Reckoning, real
from tests.reliability.crew import Crew
from tests.reliability.journal import BEGUN, NOTED, read
from tests.reliability.market import Weather
from tests.reliability.trial import ANSWERS, PATIENT
from tests.reliability.worker import Orders
from tests.reliability.workspace import Side, side

QUESTIONS = "questions"
SPEED = 4.0
"""A lease of 20 s lasts 5 s, and what a process has to compute counts four times."""
CHANNELS = ("C01", "C02", "C03")
STEPS = {"take": 0.06, "fetch": 0.05, "draw": 0.12, "upload": 0.12, "post": 0.08, "note": 0.06}
"""Where a worker is killed, and real seconds from the step's beginning within which that is."""
LINGER = 0.02
"""Real seconds that a worker stands at either end of a step that is over too soon for a kill to find it."""
AGAIN = 0.2
"""Share of the kills after which the next worker is killed, too."""
LOOK = 0.002
FIRST = date(2026, 1, 20)


@dataclass(frozen=True)
class Answered:
    """What became of a question.

    at: moments of the messages that answer it.  waited: seconds from the last start of a worker before the
    first of them, None where no worker was killed before it.
    """

    kind: str
    id: str
    at: tuple[datetime, ...]
    waited: float | None
    remembered: bool


@dataclass(frozen=True)
class Result:
    """What is known after a run.

    cuts: the steps that the kills cut off.  rules: how many were kept.  stuck: rounds that did not end.
    """

    database: str
    history: bool
    answered: Sequence[Answered]
    cuts: Sequence[tuple[str, ...]]
    rules: int
    possibly: int
    found: int
    stuck: int
    seconds: float

    @property
    def lost(self) -> list[Answered]:
        """Those that nobody was answered."""
        return [each for each in self.answered if not each.at]

    @property
    def doubled(self) -> list[Answered]:
        """Those that were answered more than once."""
        return [each for each in self.answered if len(each.at) > 1]

    @property
    def forgotten(self) -> list[Answered]:
        """Those of whose answer it is not kept what it is about."""
        return [each for each in self.answered if not each.remembered]

    @property
    def longest(self) -> float:
        """Seconds from the start of a worker to the answer."""
        return max((each.waited for each in self.answered if each.waited is not None), default=0.0)

    @property
    def sound(self) -> bool:
        """Whether everything was answered, and once where that can be looked for."""
        watched = sum(each.kind == "watch" for each in self.answered)
        once = not self.history or not self.doubled
        whole = not (self.lost or self.forgotten or self.stuck) and self.rules == watched
        return once and whole and len(self.doubled) <= self.possibly


async def tried(database: str, kills: int, *, history: bool, seed: int = 1, speed: float = SPEED) -> Result:
    """Ask and kill until there were so many kills.  database: "sqlite" or "postgres"."""
    with tempfile.TemporaryDirectory(prefix="questions-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if database == "sqlite":
            return await _run(f"sqlite:///{folder / 'watchpoint.db'}", folder, kills, history, seed, speed)
        with own_database() as address:
            return await _run(address, folder, kills, history, seed, speed)


async def _run(address: str, folder: Path, kills: int, history: bool, seed: int, speed: float) -> Result:
    await asyncio.to_thread(migrate, address)
    start = ExchangeCalendar().settles(FIRST) + timedelta(hours=1)
    reckoning = Reckoning.begun(start, speed, folder / "clock")
    clock = FastClock(reckoning)
    there = side(clock, CHANNELS, history=history)
    there.slack.faults.slow(*ANSWERS, seed)
    async with open_store(address) as store, _queue(address) as queue, there.slack.running() as slack:
        orders = Orders("", folder, address, slack.api_url, reckoning, Weather(), linger=LINGER)
        crew = Crew(orders, 1)
        trial = _Trial(clock, store, queue, there, crew, random.Random(seed))
        try:
            crew.start()
            return await trial.run(kills, address.partition(":")[0].partition("+")[0], history)
        finally:
            crew.dismiss()
            clock.close()


@asynccontextmanager
async def _queue(address: str) -> AsyncIterator[TaskQueue | None]:
    """Of who acknowledges; None beside SQLite, where that is the worker's own."""
    if not address.startswith("postgres"):
        yield None
        return
    await install(address)
    queue = postgres_queue(address)
    try:
        yield queue
    finally:
        await queue.aclose()


@dataclass
class _Trial:
    clock: FastClock
    store: SqlStore
    queue: TaskQueue | None
    side: Side
    crew: Crew
    chance: random.Random
    asked: list[tuple[str, Request]] = field(default_factory=list)
    starts: list[datetime] = field(default_factory=list)
    stuck: int = 0

    async def run(self, kills: int, database: str, history: bool) -> Result:
        began, steps = real(), list(STEPS)
        while len(self.crew.kills) < kills and not self.stuck:
            self.chance.shuffle(steps)
            for step in steps:
                if len(self.crew.kills) < kills and not self.stuck:
                    await self._round(step)
        answered = [await self._answered(kind, request) for kind, request in self.asked]
        lines = [line for lines in self.crew.journals().values() for line in lines]
        noted = [(line.step, line.word) for line in lines if line.mark == NOTED]
        return Result(
            database,
            history,
            answered,
            [end.steps for end in self.crew.kills],
            await self._count(RULES),
            noted.count(("notice", "possibly repeated")),
            sum(step == "found" for step, _ in noted),
            self.stuck,
            real() - began,
        )

    async def _round(self, step: str) -> None:
        before = len(self._lines())
        for kind, make in KINDS.items():
            await self._ask(kind, make)
        killed = await self._kill_at(step, before)
        if killed and self.chance.random() < AGAIN:
            await self._kill_at(self.chance.choice(list(STEPS)), 0)
        began = real()
        while await self._count(ROWS, ~ROWS.c.done):
            self._mend()
            if real() - began > PATIENT:
                self.stuck += 1
                return
            await asyncio.sleep(5 * LOOK)

    async def _ask(self, kind: str, make: Callable[[_Trial, str, str], Request]) -> None:
        number = len(self.asked)
        request = make(self, f"{kind}.{number}", CHANNELS[number % len(CHANNELS)])
        if kind == "follow":
            about = Comparing(("ISCB", "SPSM"), parse("1y"), FIRST)
            repository = self.store.of(TEAM)
            await repository.remember(
                request.channel, request.thread or "", ThreadContext(about), self.clock.now()
            )
        self.asked.append((kind, request))
        await self.store.inbox.put(request)
        if self.queue:
            await self.queue.enqueue([Task.to_answer(TEAM, request.id)])

    async def _kill_at(self, step: str, before: int) -> bool:
        """At a drawn moment after the step has begun; False where all was over before."""
        began = real()
        while real() - began < PATIENT:
            if any(line.mark == BEGUN and line.step == step for line in self._lines()[before:]):
                await asyncio.sleep(self.chance.uniform(0.0, STEPS[step]))
                self.crew.kill(0)
                self.starts.append(self.clock.now())
                return True
            self._mend()
            if not await self._count(ROWS, ~ROWS.c.done):
                return False
            await asyncio.sleep(LOOK)
        return False

    def _mend(self) -> None:
        ended = len(self.crew.ended)
        self.crew.mend()
        if len(self.crew.ended) > ended:
            self.starts.append(self.clock.now())

    def _lines(self) -> Sequence[Any]:
        """Of the worker that is there now."""
        return read(self.crew.orders.folder / f"{self.crew.names[-1]}.journal")

    async def _count(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        count = sa.select(sa.func.count()).select_from(table).where(*where)
        return await self.store.database.read(lambda connection: connection.scalar(count) or 0)

    async def _answered(self, kind: str, request: Request) -> Answered:
        found = [message for message in self._said(request.channel) if _answers(message, kind, request)]
        at = tuple(datetime.fromtimestamp(float(message.ts), UTC) for message in found)
        last = max((start for start in self.starts if at and request.asked <= start < at[0]), default=None)
        waited = (at[0] - last).total_seconds() if last else None
        return Answered(kind, request.id, at, waited, kind == "watch" or await self._kept(request, found))

    async def _kept(self, request: Request, found: Sequence[PostedMessage]) -> bool:
        """Whether it is known what the thread is about; of an answer that came twice, one of its threads."""
        threads = [request.thread] if request.thread else [message.ts for message in found]
        repository = self.store.of(TEAM)
        return any([await repository.recall(request.channel, thread) for thread in threads])

    def _said(self, channel: str) -> Iterator[PostedMessage]:
        said = self.side.space.messages(channel)
        return (message for message in said if message.user == BOT and not message.ephemeral_for)

    def reply_url(self, channel: str) -> str:
        return self.side.slack.replies.new(ANN, channel)

    def mentioned(self, channel: str, words: str) -> str:
        """The ts of what a person says."""
        return self.side.space.say(channel, ANN, f"<@{BOT}> {words}").ts


def _answers(message: PostedMessage, kind: str, request: Request) -> bool:
    """Whether a message answers a question: by its key, or as files in a thread that nobody else asks in."""
    if kind == "csv":
        shared = set(message.files) - set(files_in(message.blocks))
        return bool(shared) and message.thread_ts == request.thread
    metadata = message.metadata or {}
    key = (metadata.get("event_payload") or {}).get("key")
    return metadata.get("event_type") == ANSWER_EVENT and key == request.id


def _command(trial: _Trial, id_: str, channel: str, name: str, text: str) -> Request:
    now = trial.clock.now()
    return Request(id_, name, text, TEAM, channel, ANN, now, reply_url=trial.reply_url(channel))


def _said(trial: _Trial, id_: str, channel: str, words: str) -> Request:
    thread = trial.mentioned(channel, words)
    return Request(id_, ASK, SectionQuery(words).value, TEAM, channel, ANN, trial.clock.now(), thread)


def _watch(trial: _Trial, id_: str, channel: str) -> Request:
    """Each time another rule: the same would be offered and not kept."""
    text = f"ISCB sortino < {0.1 + len(trial.asked) / 1000:.3f} for 2 sessions"
    return _command(trial, id_, channel, WATCH.name, text)


KINDS: dict[str, Callable[[_Trial, str, str], Request]] = {
    "compare": lambda trial, id_, channel: _command(trial, id_, channel, COMPARE.name, "ISCB SPSM 1y"),
    "follow": lambda trial, id_, channel: _said(trial, id_, channel, "sectors"),
    "watch": _watch,
    "mention": lambda trial, id_, channel: _said(trial, id_, channel, "compare IWM IJR 6m"),
    "csv": lambda trial, id_, channel: _said(trial, id_, channel, "csv ISCB SPSM 1y"),
}
