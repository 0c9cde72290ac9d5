"""The clock is held against Slack's: at the start, after a leap, once an hour; and what is seen of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from bot.bootstrap import monitoring, serving, sources
from bot.bootstrap.monitoring import (
    FRESH,
    Monitoring,
    Timekeeper,
    examine_clock,
    keep_time,
    keep_time_by_slack,
)
from bot.clock import FixedClock, SteadyClock, SystemClock
from bot.config import Role, Settings, load
from bot.errors import UserError
from bot.ports import Level
from bot.slack.client import server_time, slack_client
from bot.store import open_store
from tests.fakes.asgi import get
from tests.fakes.workspace import BOT_TOKEN, loopback

NOW = datetime(2026, 1, 20, 21, 16, 7, tzinfo=UTC)


class Machine(SteadyClock):
    """Its clock is `wrong` by so much; `seconds` have passed."""

    def __init__(self) -> None:
        self.wrong, self.seconds = timedelta(), 0.0
        super().__init__(lambda: self.time + self.wrong, lambda: self.seconds)

    @property
    def time(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Other:
    """Another clock, right or silent."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.silent, self.asked = machine, False, 0

    async def ask(self) -> datetime | None:
        self.asked += 1
        return None if self.silent else self.machine.time


async def test_the_other_clock_is_asked_at_the_start_after_a_leap_and_once_an_hour() -> None:
    machine = Machine()
    other = Other(machine)
    keeper = Timekeeper(machine, other.ask)
    asked = []
    for seconds, wrong in ((0, 0), (30, 0), (60, 10), (90, 10), (120, 0), (150, 0), (FRESH + 61, 0)):
        machine.seconds, machine.wrong = float(seconds), timedelta(days=wrong)
        await keeper.look()
        asked.append(other.asked)
    assert asked == [1, 1, 2, 2, 2, 2, 3]


async def test_until_it_answers_it_is_asked_at_every_look(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    other = Other(machine)
    keeper, other.silent = Timekeeper(machine, other.ask), True
    machine.wrong = timedelta(days=10)
    for _ in range(3):
        await keeper.look()
    assert (other.asked, machine.trusted, machine.now()) == (3, False, machine.time)
    assert caplog.text.count("clock leapt ahead by 10 days at 2026-01-20 21:16 UTC; it is not followed") == 1
    other.silent = False
    await keeper.look()
    assert machine.trusted


async def test_work_begins_when_the_time_is_known_or_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    async with keep_time(machine, Other(machine).ask):
        assert machine.trusted
    monkeypatch.setattr(monitoring, "FIRST", 0.01)
    machine, told = Machine(), asyncio.Event()

    async def slow() -> datetime:
        try:
            await asyncio.Event().wait()
        finally:
            told.set()
        raise AssertionError("nobody waits so long")

    async with keep_time(machine, slow):
        assert not machine.trusted
        assert told.is_set()


async def test_a_look_that_fails_is_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    machine, calls, again = Machine(), 0, asyncio.Event()

    async def breaks() -> datetime:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("torn")
        if calls == 3:
            again.set()
        return machine.time

    async with keep_time(machine, breaks, every=0.001):
        machine.wrong = timedelta(days=10)
        await again.wait()
    assert "The clock could not be compared" in caplog.text


async def test_a_clock_that_cannot_leap_is_left_alone() -> None:
    async def never() -> datetime:
        raise AssertionError("nobody needs it")

    async with keep_time(FixedClock(NOW), never):
        pass


@pytest.mark.parametrize("token", [BOT_TOKEN, "xoxb-revoked"])
async def test_slack_tells_the_time_also_to_those_whom_it_refuses(token: str) -> None:
    async with loopback(FixedClock(NOW)) as slack, slack_client(token, slack.api_url) as client:
        assert await server_time(client) == NOW


@pytest.mark.parametrize("fault", ["drop_connection", "garbled_after"])
async def test_a_slack_that_does_not_answer_tells_no_time(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with loopback(FixedClock(NOW)) as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        slack.faults.on(fault, "auth.test")
        with caplog.at_level(logging.WARNING):
            found = await server_time(client)
    assert found in (None, NOW)
    assert found or "Slack does not tell the time" in caplog.text


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Date": "Tue, 20 Jan 2026 21:16:07 GMT"}, NOW),
        ({"Date": "Tue, 20 Jan 2026 21:16:07 -0000"}, NOW),
        ({"Date": "Tue, 20 Jan 2026 16:16:07 -0500"}, NOW),
        ({"Date": "yesterday"}, None),
        ({}, None),
    ],
)
async def test_whatever_a_proxy_makes_of_the_date(headers: dict[str, str], told: datetime | None) -> None:
    client = AsyncMock()
    client.auth_test.return_value.headers = headers
    assert await server_time(client) == told


async def figures(watching: Monitoring, path: str) -> tuple[int, str]:
    page = await get(watching.site(load(data="sample", port=0)).pages[path], path)
    return page.status, page.body


async def test_a_leap_is_seen_until_it_is_over(tmp_path: Path) -> None:
    machine = Machine()
    machine.settle(machine.time)
    async with open_store(f"sqlite:///{tmp_path / 'watchpoint.db'}") as store:
        watching = Monitoring.of(Role.WORKER, machine, None, store)
        assert (await figures(watching, "/readyz"))[0] == 200
        seen = []
        for wrong in (timedelta(days=10), timedelta(), timedelta(hours=-1, minutes=-30)):
            machine.wrong = wrong
            seen.append(await figures(watching, "/readyz"))
            page = (await figures(watching, "/metrics"))[1]
            assert f"watchpoint_clock_ahead_seconds {wrong.total_seconds()}" in page
        assert "watchpoint_clock_leaps_total 2.0" in page
    assert [status for status, _ in seen] == [503, 200, 503]
    assert "The clock leapt ahead by 10 days at 2026-01-20 21:16 UTC" in seen[0][1]
    assert "The clock leapt back by 90 minutes at 2026-01-20 21:16 UTC" in seen[2][1]


@contextmanager
def running_by(wrong: timedelta) -> Iterator[None]:
    """Commands that begin meanwhile run on a machine whose clock is wrong by so much."""

    def steady() -> SteadyClock:
        return SteadyClock(lambda: SystemClock().now() + wrong)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "SteadyClock", steady)
        yield


def settings_of(home: Path, api_url: str, **more: object) -> Settings:
    return load(
        home=home, data="sample", DATABASE_URL=f"sqlite:///{home}/w.db", SLACK_API_URL=api_url, **more
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (timedelta(), "ok The clock of this machine agrees with Slack's within a minute."),
        (timedelta(days=10), "fault The clock of this machine is ahead of Slack's by 10 days."),
        (-timedelta(hours=3), "fault The clock of this machine is behind Slack's by 3 hours."),
    ],
)
async def test_doctor_says_by_how_much_the_clock_is_wrong(
    tmp_path: Path, wrong: timedelta, words: str
) -> None:
    async with loopback() as slack:
        with running_by(wrong):
            for token in (BOT_TOKEN, None):  # a refusal tells the time, too
                told = settings_of(tmp_path, slack.api_url, SLACK_BOT_TOKEN=token)
                found = await serving.doctor(told)
                assert words in [f"{each.level.value} {each.what}" for each in found]
                prices = next(each.what for each in found if each.what.startswith("Prices"))
                assert f"newest session {await newest(told)}" in prices


async def newest(settings: Settings) -> date:
    calendar = await sources.calendar(settings, SystemClock())
    return calendar.last_complete(SystemClock().now())


@pytest.mark.slow
async def test_a_session_that_has_not_been_is_not_decided_on_a_machine_that_is_ahead(tmp_path: Path) -> None:
    """By that machine's clock it settled days ago, and its prices were waited for long enough."""
    async with loopback() as slack:
        settings = settings_of(tmp_path, slack.api_url)
        calendar = await sources.calendar(settings, SystemClock())
        last = await newest(settings)
        coming = calendar.sessions(last + timedelta(days=1), last + timedelta(days=9)).tolist()[1]
        with running_by(timedelta(days=12)), pytest.raises(UserError, match="is not complete"):
            await serving.run_digest(settings, coming, dry=False)
        report = await serving.run_digest(settings, last, dry=True)
        assert report.session == last


async def test_while_slack_does_not_tell_the_time_the_commands_do_not_trust_the_clock(tmp_path: Path) -> None:
    clock = SteadyClock()
    async with keep_time_by_slack(clock, settings_of(tmp_path, "http://127.0.0.1:9/")):
        assert not clock.trusted
        assert examine_clock(clock).level is Level.NOTE
