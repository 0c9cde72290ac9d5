"""One run: time is moved from moment to moment, somebody is killed, and all that is due is waited for."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.errors import Unavailable
from bot.jobs.postgres import install
from bot.store import migrate, open_store
from tests.reliability.clock import FastClock, Reckoning, real
from tests.reliability.contents import Row, StoreContents
from tests.reliability.crew import Crew, End
from tests.reliability.journal import FAILED, NOTED, Line
from tests.reliability.market import Weather
from tests.reliability.scenario import Moment, Scenario
from tests.reliability.worker import Orders
from tests.reliability.workspace import Posted, Side, side

SPEED = 40.0
PATIENT = 90.0
"""Real seconds that a moment may take until all that is due is done; far more than any retry."""
LOOK = 0.01
ANSWERS = (0.005, 0.05)
"""Real seconds between Slack's post and its answer."""

WRONG = (60.0, 30.0, 90.0)
"""Seconds for which a clock has leapt: before something falls due, then until a worker is killed, then on."""

BAD_DAY = {
    "429:2": 0.05,
    "500": 0.04,
    "500_after": 0.04,
    "drop_connection": 0.03,
    "drop_connection_before": 0.02,
    "hang": 0.02,
    "hang_after": 0.02,
    "invalid_blocks": 0.02,
    "garbled_after": 0.01,
}
"""Shares of Slack's calls that go wrong, a quarter in all."""
STORM = {"429:1": 0.75}
WEATHERS: Sequence[Mapping[str, float]] = ({}, BAD_DAY, BAD_DAY, STORM)
"""What a moment's faults are drawn from."""


@dataclass(frozen=True)
class Plan:
    """How a run is disturbed.

    slack: Slack's faults.  halt: where the first worker stops itself for longer than its lease.
    disturb: done in the middle of every busy moment, beside the kills.
    leaps: by how much the workers' clocks leap for three minutes, in turn, one at every moment.
    """

    address: str
    folder: Path
    scenario: Scenario = field(default_factory=Scenario)
    weather: Weather | None = None
    replicas: int = 1
    kills: int = 0
    history: bool = True
    slack: bool = False
    halt: str = ""
    disturb: Callable[[StoreContents], Awaitable[str]] | None = None
    leaps: Sequence[timedelta] = ()
    seed: int = 1
    speed: float = SPEED


@dataclass(frozen=True)
class Finished:
    """What is known after a run.

    texts: the words of the message that the outbox names, by key.
    rewritten: all words that a message got after its first ones, by its key.
    leapt: how often a worker noticed that its clock was wrong.
    stuck: moments at which something that was due did not get done.  lengths: of the moments, real seconds
    from the first step to the last.
    """

    rows: Sequence[Row]
    facts: dict[str, str]
    arrived: dict[str, list[Posted]]
    texts: dict[str, str]
    rewritten: Mapping[str, Set[str]]
    journals: dict[str, Sequence[Line]]
    kills: Sequence[End]
    ended: Sequence[End]
    stuck: Sequence[str]
    lengths: Sequence[float]
    disturbances: Sequence[str]
    leapt: int
    faults: int
    seconds: float

    def noted(self, step: str) -> int:
        """How often something was noted in the journals."""
        return sum(line.mark == NOTED and line.step == step for line in self._lines())

    @property
    def repeated(self) -> list[Line]:
        """What was logged as possibly repeated."""
        return [line for line in self._lines() if line.step == "notice" and line.word == "possibly repeated"]

    def failed(self, step: str) -> int:
        """How often a step ended with a fault."""
        return sum(line.mark == FAILED and line.step == step for line in self._lines())

    def _lines(self) -> Iterator[Line]:
        for lines in self.journals.values():
            yield from lines

    @property
    def duration(self) -> list[float]:
        """Of the moments at which anything was done."""
        return [length for length in self.lengths if length]


async def run(plan: Plan, like: Sequence[float] = ()) -> Finished:
    """From an empty database to the end of the last session.

    like: the lengths of an undisturbed run's moments, within which kills are drawn.
    """
    await _set_up(plan)
    reckoning = Reckoning.begun(plan.scenario.start, plan.speed, plan.folder / "clock")
    clock, contents = FastClock(reckoning), StoreContents(_named(plan.address))
    slack_side = side(clock, plan.scenario.channels, history=plan.history)
    slack_side.slack.faults.slow(*ANSWERS, plan.seed)
    weather = plan.weather or plan.scenario.weather
    async with slack_side.running() as slack:
        orders = Orders("", plan.folder, plan.address, slack.api_url, reckoning, weather, plan.halt)
        crew = Crew(orders, plan.replicas)
        trial = _Trial(plan, clock, contents, slack_side, crew, like)
        try:
            crew.start()
            return await trial.run()
        finally:
            crew.dismiss()
            await contents.close()
            clock.close()


def _named(address: str) -> str:
    """With a name by which the supervisor spares its own connections."""
    if not address.startswith("postgres"):
        return address
    return f"{address}{'&' if '?' in address else '?'}application_name=supervisor"


async def _set_up(plan: Plan) -> None:
    await asyncio.to_thread(migrate, plan.address)
    if plan.address.startswith("postgres"):
        await install(plan.address)
    async with open_store(plan.address) as store:
        await plan.scenario.written(store)


@dataclass
class _Trial:
    plan: Plan
    clock: FastClock
    contents: StoreContents
    side: Side
    crew: Crew
    like: Sequence[float]
    stuck: list[str] = field(default_factory=list)
    lengths: list[float] = field(default_factory=list)
    disturbances: list[str] = field(default_factory=list)

    async def run(self) -> Finished:
        self.chance, began = random.Random(self.plan.seed), real()
        for number, moment in enumerate(self.plan.scenario.moments()):
            self._weather(moment)
            usual = self.like[number] if self.like else 0.0
            kills, disturb = self._kills(number), self.chance.uniform(0.0, usual)
            self.lengths.append(await self._moment(moment, kills, disturb))
        return await self._finished(real() - began)

    def _weather(self, moment: Moment) -> None:
        if moment.evening and moment.session in self.plan.scenario.closed:
            self.side.close(self.plan.scenario.closed[moment.session])
        if self.plan.slack:
            shares = self.chance.choice(WEATHERS)
            self.side.slack.faults.at_random(shares, self.chance.randrange(2**32))

    def _kills(self, number: int) -> list[float]:
        """Seconds from the first step of this moment, or of the worker who follows, to each kill in it."""
        left = self.plan.kills - len(self.crew.kills)
        busy = sum(length > 0 for length in self.like[number:])
        if left <= 0 or not self.like[number]:
            return []
        share = left / busy
        count = int(share) + (self.chance.random() < share % 1)
        return [self.chance.uniform(0.0, self.like[number]) for _ in range(count)]

    async def _moment(self, moment: Moment, kills: list[float], disturb_at: float) -> float:
        """Real seconds from the first step to the last."""
        self.crew.stirred()
        leaping = await self._leap()
        moved = real()
        self.clock.move(moment.at)
        began = last = 0.0
        disturb = self.plan.disturb
        while not (leaping.done() and await self._quiet(moment, moved)):
            if self.crew.stirred():
                began, last = began or real(), real()
            if kills and began and real() - began >= kills[0] and (at_work := self.crew.at_work()):
                self.crew.kill(self.chance.choice(at_work))
                kills, began = kills[1:], 0.0
            if disturb and began and real() - began >= disturb_at:
                self.disturbances.append(await disturb(self.contents))
                disturb = None
            self.crew.mend()
            if real() - moved > PATIENT:
                self.stuck.append(f"{moment.at:%Y-%m-%d %H:%M} {await self._standing(moment)}")
                break
            await self._halted()
            await asyncio.sleep(LOOK)
        return last - began if began else 0.0

    async def _leap(self) -> asyncio.Task[None]:
        """Something falls due while the clocks are wrong; one worker starts by a wrong one."""
        if not self.plan.leaps:
            return asyncio.create_task(asyncio.sleep(0.0))
        number, (before, *after) = len(self.disturbances), WRONG
        by = self.plan.leaps[number % len(self.plan.leaps)]
        self.disturbances.append(f"the clock leapt by {by}")
        self.clock.set_wrong(by)
        # At the very first moment they would decide the session before the first one, as nobody else does.
        await self.clock.sleep(before if number else 0.0)
        return asyncio.create_task(self._leap_back(after))

    async def _leap_back(self, waits: Sequence[float]) -> None:
        for number, seconds in enumerate(waits):
            await self.clock.sleep(seconds)
            if not number:
                self.crew.kill(self.chance.randrange(self.plan.replicas))
        self.clock.set_wrong(timedelta())

    async def _standing(self, moment: Moment) -> object:
        return await self.contents.standing(self.clock.now(), moment.session)

    async def _quiet(self, moment: Moment, moved: float) -> bool:
        try:
            found = await self.contents.standing(self.clock.now(), moment.session)
        except Unavailable:  # the supervisor's own connection is cut, too
            return False
        if found.waiting:
            return False
        return not found.behind or (moment.waits and self.crew.ran(moved))

    async def _halted(self) -> None:
        """A worker that stopped itself goes on when another one has done its work."""
        if not self.plan.halt or self.disturbances or not self.crew.halted(0):
            return
        began, rows = real(), await self.contents.rows()
        while any(row.state == "sending" for row in rows) and real() - began < PATIENT:
            await asyncio.sleep(LOOK)
            rows = await self.contents.rows()
        self.disturbances.append(f"stopped for {real() - began:.1f} s")
        self.crew.signal(0, signal.SIGCONT)
        await asyncio.sleep(1.0)

    async def _finished(self, seconds: float) -> Finished:
        self.crew.dismiss()
        space, calls = self.side.space, self.side.slack.calls
        rows, texts = await self.contents.rows(), space.texts()
        return Finished(
            rows=rows,
            facts=await self.contents.facts(),
            arrived=space.arrived,
            texts={row.key: texts.get(row.ts, "") for row in rows if row.ts},
            rewritten=space.rewritten,
            journals=dict(self.crew.journals()),
            kills=tuple(self.crew.kills),
            ended=tuple(self.crew.ended),
            stuck=tuple(self.stuck),
            lengths=tuple(self.lengths),
            disturbances=tuple(self.disturbances),
            leapt=self.crew.logged("it is not followed"),
            faults=sum(call.error is not None for call in calls),
            seconds=seconds,
        )
