"""A process that does not work says so, in words that somebody can act on."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.market.calendar import ExchangeCalendar
from bot.telemetry import health as module
from bot.telemetry.health import GRACE, DailyRunCheck, Health, SchedulerCheck, store_check

CALENDAR = ExchangeCalendar()
FRIDAY = date(2026, 1, 16)
SETTLED = CALENDAR.settles(FRIDAY)
"""21:15 UTC."""
DEADLINE = timedelta(hours=6)
SHORT = timedelta(seconds=1)


async def well() -> str:
    return ""


async def ill() -> str:
    return "The disk is full."


async def hangs() -> str:
    await asyncio.Event().wait()
    return ""


async def breaks() -> str:
    raise ConnectionError("postgresql://bot:hunter2@db/watchpoint")


class TestHealth:
    async def test_ready_when_all_is_well(self) -> None:
        report = await Health({"store": well, "slack": well}).ready()
        assert (report.ok, report.checks, report.faults) == (True, ("store", "slack"), {})

    async def test_without_checks_it_is_ready(self) -> None:
        assert (await Health({}).ready()).ok

    async def test_each_fault_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "PATIENCE", 0.01)
        report = await Health({"a": well, "b": ill, "c": hangs, "d": breaks}).ready()
        assert not report.ok
        assert report.faults == {
            "b": "The disk is full.",
            "c": "The check took more than 0 s.",
            "d": "The check failed: ConnectionError.",
        }


class TestStore:
    async def test_one_that_answers(self) -> None:
        async def teams() -> list[str]:
            return []

        assert await store_check(teams)() == ""

    async def test_one_that_does_not_is_told_without_its_password(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "PATIENCE", 0.01)
        assert await store_check(breaks)() == "The store cannot be reached (ConnectionError)."
        assert await store_check(hangs)() == "The store cannot be reached (TimeoutError)."


class TestSweeps:
    async def test_the_last_one_may_be_five_minutes_old(self) -> None:
        clock = FixedClock(SETTLED)
        ticks = SchedulerCheck(clock)
        clock.set(SETTLED + timedelta(minutes=5))
        assert await ticks.look() == ""
        clock.set(SETTLED + timedelta(minutes=12))
        assert await ticks.look() == "The last sweep ended 12 minutes ago; 5 minutes are allowed."
        ticks.note_sweep()
        assert await ticks.look() == ""


class Rules:
    """How many rules have not come to a session."""

    def __init__(self, **late: int) -> None:
        self.late, self.asked = late, list[date]()

    async def undecided(self, session: date) -> int:
        self.asked.append(session)
        return self.late.get(session.strftime("d%d"), 0)


def runs(now: datetime, rules: Rules) -> DailyRunCheck:
    return DailyRunCheck(FixedClock(now), CALENDAR, DEADLINE, rules.undecided)


class TestRuns:
    async def test_until_the_deadline_the_session_before_counts(self) -> None:
        rules = Rules(d16=12)
        assert await runs(SETTLED + DEADLINE + GRACE - SHORT, rules).look() == ""
        assert rules.asked == [date(2026, 1, 15)]

    async def test_after_it_a_rule_that_did_not_come_to_the_session_is_a_fault(self) -> None:
        words = await runs(SETTLED + DEADLINE + GRACE, Rules(d16=12)).look()
        assert words == "12 rules have not come to the session of 2026-01-16, which settled 6 hours ago."

    async def test_one_alone(self) -> None:
        words = await runs(SETTLED + timedelta(days=3), Rules(d16=1)).look()
        assert words == "One rule has not come to the session of 2026-01-16, which settled 3 days ago."

    async def test_when_all_have_come_it_is_well_however_long_ago(self) -> None:
        rules = Rules()
        assert await runs(datetime(2026, 1, 20, 14, tzinfo=UTC), rules).look() == ""
        assert rules.asked == [FRIDAY]
