"""The two roles: web takes commands, presses and forms; worker answers, runs the day, delivers.


The web role imports neither pandas nor matplotlib.
"""

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
from typing import TYPE_CHECKING

from bot.bootstrap.monitoring import Monitoring
from bot.bootstrap.slack import SlackClients, only_own_workspace, secret_text
from bot.bootstrap.sources import open_market, open_renderer, similar_symbols
from bot.bootstrap.storage import is_shared
from bot.commands import COMPARE, DIGEST, FOLLOW, PORTFOLIO, SECTORS, UNFOLLOW, WATCH
from bot.config import Changers, Settings
from bot.jobs.queue import TaskQueue
from bot.jobs.worker import Worker
from bot.market.reference import NAMES
from bot.model import Request, RequestLimits
from bot.ports import QUESTION, ChartRenderer, Clock, Handler, Metrics, Routes
from bot.render import ids
from bot.slack.intake import Intake
from bot.store import SqlStore
from bot.use_cases import forms, home
from bot.use_cases.buttons import ButtonAnswers
from bot.use_cases.buttons import button_handlers as pressed
from bot.use_cases.channels import close_deleted_channel, reopen_channels, with_reopening
from bot.use_cases.compare import CompareHandler, FundAnswers, SectorsHandler
from bot.use_cases.daily_run import DailyRun, NightlyNoise
from bot.use_cases.deliver import Delivery
from bot.use_cases.digest import DigestAnswers, DigestHandler, FollowAnswers, FollowHandler
from bot.use_cases.gather import MarketData
from bot.use_cases.home import EVENTS, GONE, HOME, JOINED, MESSAGES, OPENED, UNARCHIVED, HomeAnswers
from bot.use_cases.inbox import Answer, RequestWorker
from bot.use_cases.portfolios.answers import PortfolioAnswers, PortfolioHandler
from bot.use_cases.rules import WatchAnswers, WatchHandler
from bot.use_cases.scheduler import DELIVER, REOPEN, RUN, WEIGH, Scheduler, TaskHandlers
from bot.use_cases.services import Services
from bot.use_cases.threads import ASK, EnglishReader, FollowUpHandler, MentionHandler

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp


FORMS = (ids.ACK_FORM, ids.EDIT_FORM)


def slack_app(
    settings: Settings, clock: Clock, intake: Intake, out: SlackClients, metrics: Metrics
) -> AsyncApp:
    """Build the Bolt app with a listener for everything that people can ask."""
    from bot.slack.app import build_app

    return build_app(
        client=out.client,
        signing_secret=secret_text(settings.slack_signing_secret) or None,
        handlers=routes(clock, metrics),
        intake=intake,
        users=out.users,
        clock=clock,
        metrics=metrics,
        installation=out.installation,
    )


def request_limits(settings: Settings) -> RequestLimits:
    """Return how much may be asked at once."""
    return RequestLimits(
        settings.questions_per_person,
        settings.questions_per_channel,
        settings.questions_per_workspace,
        home.EVENTS,
    )


def english_reader(metrics: Metrics | None) -> EnglishReader:
    """Make the reader of what is said in other words than the grammar's.  metrics: None counts nothing."""
    if metrics is None:
        return EnglishReader(similar_symbols, NAMES)
    return EnglishReader(similar_symbols, NAMES, metrics.count_understood)


def routes(clock: Clock, metrics: Metrics | None = None) -> Routes:
    """Return who takes what.  metrics: count what is not understood."""
    reader = english_reader(metrics)
    commands: dict[str, Handler] = {
        COMPARE.name: CompareHandler(clock, reader),
        WATCH.name: WatchHandler(clock, similar_symbols),
        FOLLOW.name: FollowHandler(FOLLOW, similar_symbols),
        UNFOLLOW.name: FollowHandler(UNFOLLOW, similar_symbols),
        DIGEST.name: DigestHandler(similar_symbols),
        PORTFOLIO.name: PortfolioHandler(similar_symbols),
        SECTORS.name: SectorsHandler(clock, reader),
    }
    said = MentionHandler(clock, commands, reader)
    ruled, formed = pressed(clock), forms.form_handlers(clock, NAMES)
    return Routes(
        commands,
        said=said,
        home=home.opened_handler(),
        joined=home.joined_handler(),
        unarchived=home.unarchived_handler(),
        gone=home.deleted_handler(),
        presses={
            **{name: handler for name, handler in ruled.items() if name not in FORMS},
            ids.ASK: FollowUpHandler(clock, said),
            ids.UNFOLLOW: commands[UNFOLLOW.name],
            **formed.presses,
            **home.home_buttons(commands[COMPARE.name], ruled),
        },
        forms={**{name: ruled[name] for name in FORMS}, **formed.forms},
        shortcuts=formed.shortcuts,
    )


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
    watching: Monitoring
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
async def start_worker(
    settings: Settings,
    clock: Clock,
    store: SqlStore,
    jobs: TaskQueue,
    out: SlackClients,
    watching: Monitoring,
    renderers: int,
) -> AsyncIterator[WorkingRole]:
    """Start everybody who works, given to the jobs, until the block ends; renderers: processes that draw."""
    async with open_market(settings, clock) as sources, open_renderer(settings, renderers) as renderer:
        watching.watch_runs(settings, clock, sources.calendar, store)
        watching.watch_sources(list(sources.sources))
        services = _services(settings, store, jobs, out, sources, renderer, watching.metrics)
        home_tabs = HomeAnswers(services, out.home_tabs, out.publisher.link)
        own = partial(only_own_workspace, out.installation, out.messenger)
        answering = RequestWorker(
            store.inbox,
            out.messenger.tell,
            {name: own(answer) for name, answer in answers_by_handler(services, home_tabs).items()},
            clock,
            services.repeats.is_answered,
            unasked=EVENTS,
        )
        delivery = Delivery(store, out.publisher, renderer, sources, watching.metrics, worker_name())
        daily = daily_run(settings, store, sources, watching.metrics)
        noise = NightlyNoise(store, sources)
        work = TaskHandlers(daily, noise, delivery, sources.calendar, clock, home_tabs.refresh_quietly)
        jobs.on(QUESTION, answering.work, QUESTIONS)
        jobs.on(DELIVER, work.deliver, CHANNELS)
        jobs.on(RUN, work.run, RUNS)
        jobs.on(WEIGH, work.weigh, RUNS)
        jobs.on(REOPEN, partial(reopen_channels, services), RUNS)
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
    out: SlackClients,
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
    """Make the run of a session."""
    return DailyRun(store, sources, metrics, timedelta(hours=settings.data_deadline))


def answers_by_handler(services: Services, home_tabs: HomeAnswers) -> Mapping[str, Answer]:
    """Return who answers what, by `Request.handler`; after what may change rules, Home is shown anew."""
    presses, follows = ButtonAnswers(services), FollowAnswers(services)
    changing: dict[str, Answer] = {
        WATCH.name: WatchAnswers(services).answer,
        DIGEST.name: DigestAnswers(services).answer,
        FOLLOW.name: follows.follow,
        UNFOLLOW.name: follows.unfollow,
        **{name: partial(presses.answer, name) for name in presses.answered},
    }
    talk = FundAnswers(services, english_reader(services.metrics))
    asked: dict[str, Answer] = {
        COMPARE.name: talk.compare,
        SECTORS.name: talk.sectors,
        ASK: talk.ask,
        PORTFOLIO.name: PortfolioAnswers(services).answer,
        **{name: home_tabs.with_refresh(answer) for name, answer in changing.items()},
        UNARCHIVED: do_nothing,
    }
    return {
        **{name: with_reopening(services, answer) for name, answer in asked.items()},
        OPENED: home_tabs.show_opened,
        MESSAGES: home_tabs.greet_person,
        JOINED: home_tabs.greet_channel,
        ids.TRIED: home_tabs.try_in_form,
        GONE: home_tabs.with_refresh(partial(close_deleted_channel, services)),
    }


async def do_nothing(request: Request) -> None:
    """Do nothing: that a channel is open again is only a reason to look whether it takes posts."""


def worker_name() -> str:
    """Return the name of this process among all that deliver."""
    return f"{socket.gethostname()}:{os.getpid()}"
