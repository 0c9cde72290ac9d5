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
from bot.jobs.worker import Worker
from bot.model import Request
from bot.ports import QUESTION, ChartRenderer, Clock, Metrics
from bot.store import SqlStore
from bot.use_cases.answering import Answer, Answering
from bot.use_cases.buttons.answers import ButtonAnswers
from bot.use_cases.compare import MarketData
from bot.use_cases.daily import DailyRun
from bot.use_cases.deliver import Delivery
from bot.use_cases.digest import DigestAnswers
from bot.use_cases.home.answers import HOME, HomeAnswers
from bot.use_cases.home.handlers import EVENTS, GONE, JOINED, OPENED, UNARCHIVED
from bot.use_cases.scheduler import DELIVER, REOPEN, RUN, Scheduler, TaskHandlers
from bot.use_cases.threads.answers import ThreadAnswers
from bot.use_cases.threads.handlers import ASK
from bot.use_cases.watch.answers import WatchAnswers
from bot.use_cases.watch.hearing import close_for_good, look_again, reopening
from bot.use_cases.watch.services import Services

log = logging.getLogger(__name__)

ROUND, LOOK = 30.0, 3.0
"""Seconds between two sweeps; between two looks for questions that nobody works on."""
ROUNDS = 50
"""A run, its deliveries and what they lead to take three."""
QUESTIONS, CHANNELS, RUNS, TABS = 16, 50, 1, 4
"""How many of each are worked on at once, over all workers; a channel mostly waits for its turn."""


@dataclass(frozen=True)
class WorkingRole:
    """The working half.  every: seconds between two sweeps; look: between two looks for free questions."""

    scheduler: Scheduler
    watching: Watching
    every: float = ROUND
    look: float = LOOK

    async def sweep_on(self) -> None:
        """Find what is due, again and again, until cancelled."""
        while True:
            try:
                await self.scheduler.tick()
                self.watching.ticks.note_sweep()
            except Exception:
                log.exception("A sweep failed; the next one is in %.0f s", self.every)
            await asyncio.sleep(self.every)

    async def look_on(self) -> None:
        """Find the questions that nobody works on, again and again, until cancelled."""
        while True:
            try:
                await self.scheduler.questions()
            except Exception as fault:
                log.warning("Questions could not be looked for; again in %.0f s: %r", self.look, fault)
            await asyncio.sleep(self.look)

    async def catch_up(self, shift: Worker) -> None:
        """Have all that is due now done: for who moves the clock."""
        for _ in range(ROUNDS):
            await shift.quiet()
            if not await self.scheduler.tick():
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
    renderers: int,
) -> AsyncIterator[WorkingRole]:
    """Everybody who works, given to the jobs, until the block ends; renderers: processes that draw."""
    async with desk(settings, clock) as sources, painting(settings, renderers) as renderer:
        watching.look_after_runs(settings, clock, sources.calendar, store)
        parts = _services(settings, store, jobs, out, sources, renderer, watching.metrics)
        home_tabs = HomeAnswers(parts, out.home_tabs)
        own = partial(serving_own, out.installation, out.messenger)
        answering = Answering(
            store.inbox,
            out.messenger.tell,
            {name: own(answer) for name, answer in answers(parts, home_tabs).items()},
            clock,
            parts.repeats.stands,
            unasked=EVENTS,
        )
        delivery = Delivery(store, out.publisher, renderer, sources, watching.metrics, holder())
        daily = daily_run(settings, store, sources, watching.metrics)
        work = TaskHandlers(daily, delivery, sources.calendar, clock, home_tabs.changed)
        jobs.on(QUESTION, answering.work, QUESTIONS)
        jobs.on(DELIVER, work.deliver, CHANNELS)
        jobs.on(RUN, work.run, RUNS)
        jobs.on(REOPEN, partial(look_again, parts), RUNS)
        jobs.on(HOME, home_tabs.work, TABS)
        remembered = timedelta(days=settings.thread_days)
        worker = WorkingRole(Scheduler(store, jobs, sources.calendar, clock, remembered), watching)
        await free_questions(settings, store)
        looking = [asyncio.create_task(each) for each in (worker.sweep_on(), worker.look_on())]
        try:
            yield worker
        finally:
            for each in looking:
                each.cancel()
            await asyncio.gather(*looking, return_exceptions=True)


def _services(
    settings: Settings,
    store: SqlStore,
    jobs: TaskQueue,
    out: Outside,
    sources: MarketData,
    renderer: ChartRenderer,
    metrics: Metrics,
) -> Services:
    """Put together what all answers are made with."""
    return Services(
        sources,
        store,
        out.messenger,
        renderer,
        out.users,
        out.channels,
        jobs,
        metrics,
        settings.changers is Changers.EVERYONE,
        patience=timedelta(hours=settings.data_deadline),
    )


async def free_questions(settings: Settings, store: SqlStore) -> None:
    """Let what the last process worked on be taken at once, where no other one can be at work: on SQLite.

    Who works on the same file nevertheless finds at its next renewal that it was overtaken.
    """
    if not is_shared(settings) and (count := await store.inbox.free()):
        log.info("%d questions that were being worked on are taken again", count)


def daily_run(settings: Settings, store: SqlStore, sources: MarketData, metrics: Metrics) -> DailyRun:
    """The run of a session."""
    return DailyRun(store, sources, metrics, timedelta(hours=settings.data_deadline))


def answers(parts: Services, home_tabs: HomeAnswers) -> Mapping[str, Answer]:
    """Who answers what, by `Request.handler`; after what may change rules, Home is shown anew."""
    presses = ButtonAnswers(parts)
    changing: dict[str, Answer] = {
        WATCH.name: WatchAnswers(parts).answer,
        DIGEST.name: DigestAnswers(parts).answer,
        **{name: partial(presses.answer, name) for name in presses.answered},
    }
    talk = ThreadAnswers(parts)
    asked: dict[str, Answer] = {
        COMPARE.name: talk.compare,
        SECTORS.name: talk.sectors,
        ASK: talk.ask,
        **{name: home_tabs.refreshing(answer) for name, answer in changing.items()},
        UNARCHIVED: nothing_more,
    }
    return {
        **{name: reopening(parts, answer) for name, answer in asked.items()},
        OPENED: home_tabs.opened,
        JOINED: home_tabs.joined,
        GONE: home_tabs.refreshing(partial(close_for_good, parts)),
    }


async def nothing_more(question: Request) -> None:
    """That a channel is open again is only a reason to look whether it takes posts."""


def holder() -> str:
    """The name of this process among all that deliver."""
    return f"{socket.gethostname()}:{os.getpid()}"
