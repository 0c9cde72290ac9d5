"""The tick: a new session at once, what is due, and clocks that jump."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from analytics import Policy
from analytics.query import Query as Comparing
from analytics.window import parse
from bot.model import ChannelKey, NewNotice, NoticeKind, Request, ThreadContext
from bot.ports import QUESTION, Task
from bot.use_cases import scheduler
from bot.use_cases.daily_run import NightlyNoise
from bot.use_cases.scheduler import (
    AGAIN,
    DELIVER,
    FORGOTTEN,
    REOPEN,
    RUN,
    WEIGH,
    LastRun,
    Scheduler,
    TaskHandlers,
    run_is_due,
)
from tests.fakes.hand_market import RecordingJobs
from tests.integration.use_cases.office import CALENDAR, HERE, SESSIONS, TEAM, office

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.use_cases.office import Office


FRIDAY, MONDAY = SESSIONS[0], SESSIONS[1]
REMEMBERED = timedelta(days=30)
OPEN = "2026-01-05 15:00"


def work_of(here: Office, changed: list[str] | None = None) -> TaskHandlers:
    """What is done about tasks; changed: the workspaces whose rules a run has decided."""

    async def tell(team: str) -> None:
        if changed is not None:
            changed.append(team)

    noise = NightlyNoise(here.store, here.desk)
    return TaskHandlers(here.daily, noise, here.delivery, CALENDAR, here.clock, tell)


class Ticking:
    """A sweep with the tasks of its last tick, and workers that do them on request."""

    def __init__(self, here: Office) -> None:
        self.here, self.jobs = here, RecordingJobs()
        self.scheduler = Scheduler(here.store, self.jobs, CALENDAR, here.clock, REMEMBERED)
        self.changed: list[str] = []
        self.looks: list[str] = []
        self.weighed: list[str] = []
        self.work = work_of(here, self.changed)

    async def at(self, moment: str | datetime) -> list[Task]:
        """The tasks of a tick at this moment, but for what is done once a day."""
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC) if isinstance(moment, str) else moment
        self.here.clock.set(now)
        self.jobs.tasks.clear()
        await self.scheduler.tick()
        self.looks += [task.key for task in self.jobs.tasks if task.kind == REOPEN]
        self.weighed += [task.key for task in self.jobs.tasks if task.kind == WEIGH]
        return [task for task in self.jobs.tasks if task.kind not in {REOPEN, WEIGH}]

    async def done_at(self, moment: str | datetime) -> list[str]:
        """The same, done; their kinds."""
        tasks = await self.at(moment)
        for task in tasks:
            await {RUN: self.work.run, DELIVER: self.work.deliver}[task.kind](task.key)
        return [task.kind for task in tasks]


def run(session: date) -> Task:
    return Task(RUN, session.isoformat())


@pytest.mark.parametrize(
    ("last", "at", "due"),
    [
        (None, 0.0, True),
        (LastRun(FRIDAY, 1000.0), 1001.0, True),  # another session
        (LastRun(MONDAY, 1000.0), 1001.0, False),
        (LastRun(MONDAY, 1000.0), 1000.0 + AGAIN - 1, False),
        (LastRun(MONDAY, 1000.0), 1000.0 + AGAIN, True),
        (LastRun(MONDAY, 1000.0), 999.0, True),  # the clock went back
    ],
)
def test_when_a_session_is_run_again(last: LastRun | None, at: float, due: bool) -> None:
    assert run_is_due(last, MONDAY, at) is due


async def test_rules_are_weighed_once_a_session_when_all_is_told(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        ticking = Ticking(here)
        settled = CALENDAR.settles(FRIDAY)
        for moment in (settled, settled + scheduler.AFTER, settled + 2 * scheduler.AFTER):
            await ticking.at(moment)
        assert ticking.weighed == [FRIDAY.isoformat()]
        await ticking.at(CALENDAR.settles(MONDAY) + scheduler.AFTER)
        assert ticking.weighed == [FRIDAY.isoformat(), MONDAY.isoformat()]
        # A process that begins anew weighs what is not weighed yet, and nothing of another time.
        await ticking.work.weigh(FRIDAY.isoformat())
        assert await here.store.of(TEAM).noise() == {}


async def test_a_session_is_run_when_it_has_settled_and_again_after_a_while(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        ticking = Ticking(here)
        assert await ticking.at(OPEN) == [run(FRIDAY)]
        assert await ticking.at("2026-01-05 15:00:30") == []
        assert await ticking.at("2026-01-05 15:03") == [run(FRIDAY)]
        await ticking.at("2026-01-05 21:14:30")
        assert await ticking.at("2026-01-05 21:14:59") == []
        assert await ticking.at("2026-01-05 21:15") == [run(MONDAY)]
        assert await ticking.at("2026-01-05 21:15:30") == []


@pytest.mark.slow
async def test_channels_and_questions_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "MOST", 2)
    async with office(tmp_path) as here:
        for channel in ("C1", "C2", "C3"):
            await here.rule(policy=Policy(1), channel=channel)
            await here.digest(channel=channel)
        here.write("b")
        await here.evening(FRIDAY)
        asked = [Request(f"q{n}", "/watch", "list", TEAM, HERE, "U1", here.clock.now()) for n in range(3)]
        for request in asked:
            await here.store.inbox.put(request)
        ticking = Ticking(here)
        tasks = await ticking.at(here.due(FRIDAY))
        assert tasks == [
            run(FRIDAY),
            Task(DELIVER, "T1/C1"),
            Task(DELIVER, "T1/C2"),
            Task(QUESTION, "T1/q0"),
            Task(QUESTION, "T1/q1"),
        ]


async def test_questions_that_nobody_works_on_are_handed_out_by_themselves(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        ticking = Ticking(here)
        assert await ticking.scheduler.questions() == 0
        for name in ("q1", "q2"):
            await here.store.inbox.put(Request(name, "/watch", "list", TEAM, HERE, "U1", here.clock.now()))
        await here.store.inbox.claim(here.clock.now(), timedelta(seconds=20))
        assert await ticking.scheduler.questions() == 1
        assert ticking.jobs.tasks == [Task(QUESTION, "T1/q2")]


async def test_closed_channels_are_looked_at_once_a_day(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        ticking = Ticking(here)
        for moment in ("2026-01-05 23:58", "2026-01-05 23:59", "2026-01-06 00:00", "2026-01-06 12:00"):
            await ticking.at(moment)
        assert ticking.looks == ["2026-01-05", "2026-01-06"]


async def test_answered_questions_are_forgotten_once_a_day(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        asked = Request("q1", "/watch", "list", TEAM, HERE, "U1", here.clock.now())
        await here.store.inbox.put(asked)
        await here.store.inbox.mark_done(TEAM, "q1")
        ticking = Ticking(here)
        await ticking.at(asked.asked + FORGOTTEN - timedelta(hours=1))
        assert not await here.store.inbox.put(asked)
        await ticking.at(asked.asked + FORGOTTEN + timedelta(hours=1))  # the same day: not looked at again
        assert not await here.store.inbox.put(asked)
        await ticking.at(asked.asked + FORGOTTEN + timedelta(days=1))
        assert await here.store.inbox.put(asked)


async def test_what_threads_are_about_is_forgotten_once_a_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with office(tmp_path) as here:
        context = ThreadContext(Comparing(("ISCB", "SPSM"), parse("3y"), FRIDAY))
        repository, first = here.store.of(TEAM), datetime(2026, 1, 5, 15, tzinfo=UTC)
        later = first + timedelta(hours=1)
        await repository.remember(HERE, "1.0", context, first)
        await repository.remember(HERE, "2.0", context, later)
        ticking = Ticking(here)

        async def known() -> list[bool]:
            return [await repository.recall(HERE, thread) is not None for thread in ("1.0", "2.0")]

        await ticking.at(first + REMEMBERED)  # to the second: not older than that
        assert await known() == [True, True]
        await ticking.at(later + REMEMBERED + timedelta(hours=1))  # the same day: not looked at again
        assert await known() == [True, True]
        assert "What 0 threads were about is forgotten" in caplog.text
        caplog.clear()
        await Ticking(here).at(later + REMEMBERED)  # another process, which has not looked today
        assert await known() == [False, True]
        assert "What 1 threads were about is forgotten" in caplog.text
        await ticking.at(first + REMEMBERED + timedelta(days=1))
        assert await known() == [False, False]


async def test_old_notices_are_forgotten_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduler, "AT_ONCE", 2)
    caplog.set_level("INFO")
    async with office(tmp_path) as here:
        days = [FRIDAY - timedelta(days=back) for back in (40, 39, 38, 37, 36, 0)]
        made = [NewNotice(TEAM, HERE, day, NoticeKind.DIGEST, "", "words", here.clock.now()) for day in days]
        await here.store.of(TEAM).add_notices(made)
        while found := await here.store.outbox.claim(
            ChannelKey(TEAM, HERE), here.clock.now(), REMEMBERED, "me"
        ):
            await here.store.outbox.mark_sent(found, "1.0")
        await Ticking(here).at(datetime.combine(FRIDAY, time(12), UTC))
        known = [await here.store.of(TEAM).delivered_ts(HERE, day, NoticeKind.DIGEST) for day in days]
    assert known == [None] * 5 + ["1.0"]
    assert "5 finished notices are forgotten" in caplog.text


@pytest.mark.slow
async def test_ticks_carry_a_channel_through_its_days(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        ticking = Ticking(here)
        await here.rule(policy=Policy(2, 2))
        await here.digest()
        here.write("b b b o o")
        for hour in range(24 * 9):
            await ticking.done_at(datetime(2026, 1, 2, 15, 30, tzinfo=UTC) + timedelta(hours=hour))
        assert here.posts() == [
            "01-02 DIGEST",
            "01-05 CARD R1v1 x3",  # after each session up to its end
            "01-05 DIGEST",
            "01-07 REPLY R1v1 in thread",
            "01-07 DIGEST",
            "01-08 REPLY R1v1 in thread",
            "01-08 DIGEST",
        ]


@pytest.mark.slow
async def test_a_clock_that_jumps_doubles_and_loses_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        ticking = Ticking(here)
        await here.rule(policy=Policy(2, 2))
        await here.digest()
        here.write("o b b b o o")
        for moment in (
            "2026-01-02 22:00",
            "2026-01-06 22:00",  # forward over a session
            "2026-01-05 22:00",  # back before its end
            "2026-01-01 03:00",  # back before everything
            "2026-01-07 13:29",
            "2026-01-07 13:30",  # half past eight: Tuesday's post
            "2026-01-07 09:00",  # back again
            "2026-01-07 13:31",
            "2026-01-09 22:00",  # forward over the recovery
            "2026-01-12 13:30",
            "2026-01-12 13:30",
        ):
            await ticking.done_at(moment)
        assert here.posts() == [
            "01-06 CARD R1v1 x1",
            "01-06 DIGEST",
            "01-09 REPLY R1v1 in thread",
            "01-09 DIGEST",
        ]
        assert await here.flips() == [
            "01-05 ok>pending",
            "01-06 pending>firing",
            "01-08 firing>recovering",
            "01-09 recovering>ok",
        ]


async def test_a_run_that_decides_tells_of_the_workspace_once(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule()
        await here.rule(channel="C2")
        await here.rule(team="T2")
        ticking = Ticking(here)
        here.clock.set(CALENDAR.settles(FRIDAY))
        await ticking.work.run(FRIDAY.isoformat())
        assert sorted(ticking.changed) == ["T1", "T2"]
        await ticking.work.run(FRIDAY.isoformat())
        assert sorted(ticking.changed) == ["T1", "T2"], "nothing new is decided the second time"


async def test_a_task_for_a_session_that_is_not_the_newest_does_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.rule()
        work = work_of(here)
        here.clock.set(CALENDAR.settles(MONDAY))
        await work.run(FRIDAY.isoformat())
        assert here.market.calls == []
        await work.run(MONDAY.isoformat())
        assert (await here.kept()).rule_state.state.session == MONDAY


@pytest.mark.slow
async def test_a_run_that_left_something_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with office(tmp_path) as here:
        await here.rule()
        here.write("-")
        work = work_of(here)
        here.clock.set(CALENDAR.settles(FRIDAY))
        await work.run(FRIDAY.isoformat())
        assert "Run of 2026-01-02: 0 channels decided, 1 wait for prices" in caplog.text


async def test_by_a_clock_that_may_have_leapt_nothing_is_forgotten(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        answered = Request("q1", "/watch", "list", TEAM, HERE, "U1", here.clock.now())
        await here.store.inbox.put(answered)
        await here.store.inbox.mark_done(TEAM, "q1")
        ticking = Ticking(here)
        here.clock.believed = False
        await ticking.at(here.clock.now() + timedelta(days=10))
        assert not await here.store.inbox.put(answered)
        here.clock.believed = True
        await ticking.at(here.clock.now())
        assert await here.store.inbox.put(answered)
