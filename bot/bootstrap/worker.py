"""What works: answers to questions, the daily run, the delivery, and the sweep that finds what is due."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.bootstrap.memory import is_shared
from bot.bootstrap.outside import Outside
from bot.bootstrap.sources import desk, painting
from bot.bootstrap.tenancy import serving_own
from bot.bootstrap.watching import Watching
from bot.commands import COMPARE, DIGEST, SECTORS, WATCH
from bot.config import Changers, Settings
from bot.jobs.queue import TaskQueue
from bot.jobs.shift import Shift
from bot.ports import QUESTION, Clock, Meter
from bot.records import Question
from bot.store import SqlStore
from bot.use_cases.answering import Answer, Answering
from bot.use_cases.compare import Desk
from bot.use_cases.daily import DailyRun
from bot.use_cases.deliver import Delivery
from bot.use_cases.digest import DigestAnswers
from bot.use_cases.home.answers import HOME, HomeAnswers
from bot.use_cases.home.doors import EVENTS, GONE, JOINED, OPENED, UNARCHIVED
from bot.use_cases.presses.answers import PressAnswers
from bot.use_cases.sweep import DELIVER, REOPEN, RUN, Sweep, Work
from bot.use_cases.talk.answers import TalkAnswers
from bot.use_cases.talk.doors import ASK
from bot.use_cases.watch.answers import WatchAnswers
from bot.use_cases.watch.hearing import close_for_good, look_again, reopening
from bot.use_cases.watch.parts import Parts

log = logging.getLogger(__name__)

ROUND, LOOK = 30.0, 3.0
"""Seconds between two sweeps; between two looks for questions that nobody works on."""
ROUNDS = 50
"""A run, its deliveries and what they lead to take three."""
QUESTIONS, LANES, RUNS, TABS = 16, 50, 1, 4
"""How many of each are worked on at once, over all workers; a lane mostly waits for its channel's turn."""


@dataclass(frozen=True)
class Worker:
    """The working half.  every: seconds between two sweeps; look: between two looks for free questions."""

    sweep: Sweep
    watching: Watching
    every: float = ROUND
    look: float = LOOK

    async def sweep_on(self) -> None:
        """Find what is due, again and again, until cancelled."""
        while True:
            try:
                await self.sweep.tick()
                self.watching.sweeps.swept()
            except Exception:
                log.exception("A sweep failed; the next one is in %.0f s", self.every)
            await asyncio.sleep(self.every)

    async def look_on(self) -> None:
        """Find the questions that nobody works on, again and again, until cancelled."""
        while True:
            try:
                await self.sweep.questions()
            except Exception as fault:
                log.warning("Questions could not be looked for; again in %.0f s: %r", self.look, fault)
            await asyncio.sleep(self.look)

    async def catch_up(self, shift: Shift) -> None:
        """Have all that is due now done: for who moves the clock."""
        for _ in range(ROUNDS):
            await shift.quiet()
            if not await self.sweep.tick():
                return
        log.warning("There is still something to do after %d rounds", ROUNDS)


@asynccontextmanager
async def working(
    settings: Settings,
    clock: Clock,
    store: SqlStore,
    jobs: TaskQueue,
    out: Outside,
    watching: Watching,
    painters: int,
) -> AsyncIterator[Worker]:
    """Everybody who works, given to the jobs, until the block ends; painters: processes that draw."""
    async with desk(settings, clock) as sources, painting(settings, painters) as painter:
        watching.look_after_runs(settings, clock, sources.calendar, store)
        everyone = settings.changers is Changers.EVERYONE
        patience = timedelta(hours=settings.data_deadline)
        parts = Parts(
            sources,
            store,
            out.messenger,
            painter,
            out.people,
            out.rooms,
            jobs,
            watching.metrics,
            everyone,
            patience=patience,
        )
        homes = HomeAnswers(parts, out.homes)
        own = partial(serving_own, out.installation, out.messenger)
        answering = Answering(
            store.inbox,
            out.messenger.tell,
            {name: own(answer) for name, answer in answers(parts, homes).items()},
            clock,
            parts.repeats.stands,
            unasked=EVENTS,
        )
        delivery = Delivery(store, out.publisher, painter, sources, watching.metrics, holder())
        daily = daily_run(settings, store, sources, watching.metrics)
        work = Work(daily, delivery, sources.calendar, clock, homes.changed)
        jobs.on(QUESTION, answering.work, QUESTIONS)
        jobs.on(DELIVER, work.deliver, LANES)
        jobs.on(RUN, work.run, RUNS)
        jobs.on(REOPEN, partial(look_again, parts), RUNS)
        jobs.on(HOME, homes.work, TABS)
        remembered = timedelta(days=settings.thread_days)
        worker = Worker(Sweep(store, jobs, sources.calendar, clock, remembered), watching)
        await free_questions(settings, store)
        looking = [asyncio.create_task(each) for each in (worker.sweep_on(), worker.look_on())]
        try:
            yield worker
        finally:
            for each in looking:
                each.cancel()
            await asyncio.gather(*looking, return_exceptions=True)


async def free_questions(settings: Settings, store: SqlStore) -> None:
    """Let what the last process worked on be taken at once, where no other one can be at work: on SQLite.

    Who works on the same file nevertheless finds at its next renewal that it was overtaken.
    """
    if not is_shared(settings) and (count := await store.inbox.free()):
        log.info("%d questions that were being worked on are taken again", count)


def daily_run(settings: Settings, store: SqlStore, sources: Desk, meter: Meter) -> DailyRun:
    """The run of a session."""
    return DailyRun(store, sources, meter, timedelta(hours=settings.data_deadline))


def answers(parts: Parts, homes: HomeAnswers) -> Mapping[str, Answer]:
    """Who answers what, by `Question.handler`; after what may change rules, Home is shown anew."""
    presses = PressAnswers(parts)
    changing: dict[str, Answer] = {
        WATCH.name: WatchAnswers(parts).answer,
        DIGEST.name: DigestAnswers(parts).answer,
        **{name: partial(presses.answer, name) for name in presses.answered},
    }
    talk = TalkAnswers(parts)
    asked: dict[str, Answer] = {
        COMPARE.name: talk.compare,
        SECTORS.name: talk.sectors,
        ASK: talk.ask,
        **{name: homes.refreshing(answer) for name, answer in changing.items()},
        UNARCHIVED: nothing_more,
    }
    return {
        **{name: reopening(parts, answer) for name, answer in asked.items()},
        OPENED: homes.opened,
        JOINED: homes.joined,
        GONE: homes.refreshing(partial(close_for_good, parts)),
    }


async def nothing_more(question: Question) -> None:
    """That a channel is open again is only a reason to look whether it takes posts."""


def holder() -> str:
    """The name of this process among all that deliver."""
    return f"{socket.gethostname()}:{os.getpid()}"
