"""The tick: what there is to do now, found in the store and the calendar; what a job lost is found again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.ports import Calendar, Clock, Jobs, Store, Task
from bot.use_cases.daily_run import DailyRun, NightlyNoise
from bot.use_cases.deliver import Delivery

log = logging.getLogger(__name__)

RUN, DELIVER, REOPEN, WEIGH = "run", "deliver", "reopen", "weigh"
"""Kinds of tasks; their keys: a session, "team/channel", a day, a session."""

AFTER = timedelta(hours=2)
"""How long after a session has settled its rules are weighed: what is to be told goes first."""

AGAIN = 180.0
"""Seconds after which a session is run again: for late prices, open exchanges, and rules that came in."""

MOST = 500
"""Lanes, and questions, that one tick hands out: the rest is found by the next one."""

AT_ONCE = 500
"""Notices that are forgotten in one transaction: nobody else may write on SQLite meanwhile."""

FORGOTTEN = timedelta(days=7)
"""Answered questions are kept for so long, so that Slack's second delivery of one is known."""


@dataclass(frozen=True)
class LastRun:
    """What was last asked for.  at: seconds since the epoch."""

    session: date
    at: float


def run_is_due(last: LastRun | None, session: date, at: float) -> bool:
    """Tell whether to run: a new session at once, the same again after a while or a jump of the clock."""
    return last is None or last.session != session or not 0 <= at - last.at < AGAIN


class Scheduler:
    """Enqueues what is due, and forgets once a day; one in every process that works.

    remembered: for how long it is known what a thread is about, and what was posted.
    """

    def __init__(
        self, store: Store, jobs: Jobs, calendar: Calendar, clock: Clock, remembered: timedelta
    ) -> None:
        self._store, self._jobs, self._calendar, self._clock = store, jobs, calendar, clock
        self._remembered = remembered
        self._asked: LastRun | None = None
        self._forgot: date | None = None
        self._reopened: date | None = None
        self._weighed: date | None = None

    async def tick(self) -> int:
        """Do one round, to be called every half a minute, and return how many tasks it found."""
        now = self._clock.now()
        tasks = [
            *self._run(now),
            *await self._due_channels(now),
            *await self._questions(now),
            *self._reopen(now),
            *self._weigh(now),
        ]
        if tasks:
            await self._jobs.enqueue(tasks)
        if self._clock.trusted:  # else what is new may look old
            await self._forget(now)
        return len(tasks)

    async def questions(self) -> int:
        """Hand out the questions that nobody works on, to be asked every few seconds; how many there are."""
        tasks = await self._questions(self._clock.now())
        if tasks:
            await self._jobs.enqueue(tasks)
        return len(tasks)

    def _run(self, now: datetime) -> list[Task]:
        session, at = self._calendar.last_complete(now), now.timestamp()
        if not run_is_due(self._asked, session, at):
            return []
        self._asked = LastRun(session, at)
        return [Task(RUN, session.isoformat())]

    def _reopen(self, now: datetime) -> list[Task]:
        """Look at closed channels again once a day: of an invitation Slack may have told nothing."""
        if self._reopened == now.date():
            return []
        self._reopened = now.date()
        return [Task(REOPEN, now.date().isoformat())]

    def _weigh(self, now: datetime) -> list[Task]:
        """Have rules weighed once a session, when all is told that it brought."""
        session = self._calendar.last_complete(now)
        if self._weighed == session or now < self._calendar.settles(session) + AFTER:
            return []
        self._weighed = session
        return [Task(WEIGH, session.isoformat())]

    async def _due_channels(self, now: datetime) -> list[Task]:
        channel_keys = await self._store.outbox.due_channels(now, MOST)
        return [Task(DELIVER, f"{channel_key.team}/{channel_key.channel}") for channel_key in channel_keys]

    async def _questions(self, now: datetime) -> list[Task]:
        return [Task.to_answer(team, id_) for team, id_ in await self._store.inbox.open(now, MOST)]

    async def _forget(self, now: datetime) -> None:
        if self._forgot == now.date():
            return
        self._forgot = now.date()
        count = await self._store.inbox.forget(now - FORGOTTEN)
        log.info("%d answered questions are forgotten", count)
        count = await self._store.forget_topics(now - self._remembered)
        log.info("What %d threads were about is forgotten", count)
        log.info("%d finished notices are forgotten", await self._forget_notices(now))

    async def _forget_notices(self, now: datetime) -> int:
        """Forget those of posts whose threads are not remembered any more, in many short transactions."""
        before, count = (now - self._remembered).date(), 0
        while more := await self._store.outbox.forget(before, AT_ONCE):
            count += more
        return count


class TaskHandlers:
    """What is done about a task of each kind.  changed: told of a workspace whose rules a run has decided."""

    def __init__(
        self,
        daily: DailyRun,
        noise: NightlyNoise,
        delivery: Delivery,
        calendar: Calendar,
        clock: Clock,
        changed: Callable[[str], Awaitable[None]],
    ) -> None:
        self._daily, self._delivery, self._calendar, self._clock = daily, delivery, calendar, clock
        self._noise = noise
        self._changed = changed

    async def run(self, key: str) -> None:
        """Decide a session, if it is the newest one: of an older one the newest run takes care."""
        now = self._clock.now()
        session = date.fromisoformat(key)
        if session != self._calendar.last_complete(now):
            log.info("The run of %s was for another time", session)
            return
        report = await self._daily.run(session, now)
        if report.decided or not report.complete:
            log.info(
                "Run of %s: %d channels decided, %d wait for prices, %d were taken meanwhile, %d failed; "
                "%d rules on %d symbols in %.1f s",
                session,
                *map(len, (report.decided, report.waiting, report.lost, report.failed)),
                report.rules,
                report.symbols,
                report.seconds,
            )
        for team in dict.fromkeys(channel_key.team for channel_key in report.decided):
            await self._changed(team)

    async def weigh(self, key: str) -> None:
        """Weigh the rules on a session, if it is the newest one."""
        session = date.fromisoformat(key)
        if session == self._calendar.last_complete(self._clock.now()):
            log.info("%d rules are weighed on %s", await self._noise.run(session), session)

    async def deliver(self, key: str) -> None:
        """Deliver the notices of a channel."""
        team, _, channel = key.partition("/")
        await self._delivery.deliver_channel(team, channel)
