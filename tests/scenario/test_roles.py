"""Web and workers as real processes on PostgreSQL, and both in one on SQLite: asked, stopped and killed."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from analytics.watch.operators import Op
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from bot.clock import SystemClock
from bot.playground.model import TEAM
from bot.playground.storage import ANN
from bot.ports.store import RuleDraft
from bot.store import open_store, url_of
from bot.store.schema import HEAD
from tests.contracts.stores import own_database
from tests.fakes.workspace import BOT_TOKEN, SIGNING_SECRET
from tests.scenario.fleet import Fleet, Process, fleet, until

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.asyncio(loop_scope="module")]

PASSWORD = "geheim-4711"
AT_REVISION = (0, f"The database is at revision {HEAD}.\n")
PROMPT = 1.5
"""Seconds; Slack allows three."""


@dataclass
class Town:
    """A web process and two workers.  migrated: what the two that migrated said."""

    fleet: Fleet
    web: Process
    one: Process
    other: Process
    migrated: list[tuple[int, str]]

    @property
    def all(self) -> list[Process]:
        return [self.web, self.one, self.other]

    async def start(self) -> None:
        """Everybody who was ended."""
        gone = [
            name for name in ("web", "one", "other") if getattr(self, name).running.returncode is not None
        ]
        roles = ["web" if name == "web" else "worker" for name in gone]
        for name, process in zip(gone, await asyncio.gather(*map(self.fleet.start, roles)), strict=True):
            setattr(self, name, process)

    async def ask(self, text: str, name: str = "/compare") -> None:
        """A question that is acknowledged empty."""
        assert await self.fleet.ask(self.web, text, name) == (200, None)

    async def has_delivered(self) -> bool:
        """Whether a worker has posted what was queued."""
        counted = [await worker.metrics() for worker in (self.one, self.other)]
        return sum(each["watchpoint_notices_total"] for each in counted) >= 1

    async def answered(self, *about: str) -> None:
        """Each of them once, and none is asked any more."""
        await until(lambda: all(self.fleet.answers(each) for each in about), f"{about} are answered")
        await self.fleet.all_done()
        assert [len(self.fleet.answers(each)) for each in about] == [1] * len(about)


def undecided() -> RuleDraft:
    """A rule that no session was decided for yet, as it is before a daily run; nobody is told of it."""
    rule = Rule((Condition(Quantity("sharpe", "IWM"), Op.BELOW, -9.0),))
    made = datetime(2026, 1, 5, 9, tzinfo=UTC)
    return RuleDraft("C0UNDECIDED", ANN, "IWM sharpe < -9", rule, Policy(), made, "Q1")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A new one, with a password in its address that must be seen nowhere."""
    with own_database() as address:
        yield url_of(address).set(password=PASSWORD).render_as_string(hide_password=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with fleet(tmp_path_factory.mktemp("town"), database) as here:
        migrated = await asyncio.gather(here.run("migrate"), here.run("migrate"))
        async with open_store(database) as store:
            await store.of(TEAM).add(undecided())
        web, one, other = await asyncio.gather(
            here.start("web", WATCHPOINT_LOG_LEVEL="DEBUG"),
            here.start("worker", WATCHPOINT_LOG_FORMAT="json"),
            here.start("worker", WATCHPOINT_LOG_LEVEL="DEBUG"),
        )
        yield Town(here, web, one, other, list(migrated))


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def nothing_goes_wrong_by_itself(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Faults are over, and everybody is there again, before the next test."""
    yield
    if "town" in request.fixturenames:
        here: Town = request.getfixturevalue("town")
        here.fleet.faults.off()
        here.fleet.faults.met.clear()
        for process in here.all:
            if process.running.returncode is None:
                process.signal(signal.SIGCONT)
        await here.start()


async def test_two_that_migrate_at_once_both_succeed(town: Town) -> None:
    assert town.migrated == [AT_REVISION, AT_REVISION]


async def test_what_the_web_process_takes_a_worker_answers(town: Town) -> None:
    await town.ask("ISCB SPSM 1y")
    await town.ask("ISCB sortino 1y < 1.0 for 5 sessions then SPSM", "/watch")
    await town.answered("ISCB vs SPSM", "R2")


async def test_the_web_process_has_neither_pandas_nor_matplotlib_in_it(town: Town) -> None:
    assert town.one.maps("pandas")
    assert not town.web.maps("pandas")
    assert not town.web.maps("matplotlib")


async def test_every_role_tells_how_it_is(town: Town) -> None:
    expected = {
        "web": ["store", "clock", "slack"],
        "one": ["store", "clock", "sweep", "run"],
        "other": ["store", "clock", "sweep", "run"],
    }
    for name, checks in expected.items():
        process: Process = getattr(town, name)
        assert (await process.get("/healthz"))[0] == 200
        status, body = await process.get("/readyz")
        told = json.loads(body)
        assert (status, told.pop("sources", None)) == (
            200,
            None if name == "web" else "SAMPLE DATA (simulated)",
        )
        assert told == {"status": "ok", "checks": dict.fromkeys(checks, "ok")}


async def test_every_role_has_its_metrics(town: Town) -> None:
    await town.ask("on 08:30 always", "/digest")
    await town.ask("now", "/digest")
    await until(town.has_delivered, "the digest is delivered")
    web, one, other = [await process.metrics() for process in town.all]
    acknowledged = web["watchpoint_acknowledgement_seconds_count"]
    assert acknowledged >= 2
    assert web["watchpoint_acknowledgement_seconds_sum"] < PROMPT * acknowledged
    assert all(each["watchpoint_questions_open"] == 0 for each in (web, one, other))
    assert all("watchpoint_lanes_due" in each for each in (web, one, other))
    assert all(each["watchpoint_clock_leaps_total"] == 0 for each in (web, one, other))
    assert "watchpoint_daily_run_sessions_behind" not in web
    ran = [each for each in (one, other) if "watchpoint_prices_age_seconds" in each]
    assert ran, "a session is run by one of the workers, or again by the other"
    for each in ran:
        assert each["watchpoint_daily_run_seconds_count"] >= 1
        assert each["watchpoint_daily_run_sessions_behind"] == each["watchpoint_prices_sessions_behind"] == 0
        assert each["watchpoint_prices_age_seconds"] > 0


async def test_without_a_worker_a_question_is_acknowledged_in_time_and_answered_later(town: Town) -> None:
    for worker in (town.one, town.other):
        worker.signal(signal.SIGSTOP)
    clock = SystemClock()
    began = clock.monotonic()
    await town.ask("IWM IJR 1y")
    assert clock.monotonic() - began < PROMPT
    assert (await town.web.metrics())["watchpoint_questions_open"] == 1
    for worker in (town.one, town.other):
        worker.signal(signal.SIGCONT)
    await town.answered("IWM vs IJR")


async def test_what_a_killed_worker_was_answering_the_other_one_answers(town: Town) -> None:
    town.other.signal(signal.SIGSTOP)
    town.fleet.faults.on("hang", "chat.postMessage")
    await town.ask("VB AVUV 1y")
    await town.fleet.met("chat.postMessage")
    await town.one.killed()
    town.other.signal(signal.SIGCONT)
    await town.answered("VB vs AVUV")


async def test_when_all_were_killed_nothing_that_was_asked_is_lost(town: Town) -> None:
    town.fleet.faults.on("hang", "chat.postMessage", times=2)
    await town.ask("SPY QQQ 1y")
    await town.ask("SPY TLT 1y")
    await town.fleet.met("chat.postMessage")
    await asyncio.gather(town.one.killed(), town.other.killed())
    town.fleet.faults.off()
    await town.ask("SPY IWM 1y")
    await town.web.killed()
    await town.start()
    await town.answered("SPY vs QQQ", "SPY vs TLT", "SPY vs IWM")


async def test_a_worker_that_is_told_to_stop_finishes_its_answer(town: Town) -> None:
    town.other.signal(signal.SIGSTOP)
    town.fleet.faults.on("429:1", "chat.postMessage")
    await town.ask("SPMD SPY 1y")
    await town.fleet.met("chat.postMessage")
    town.one.signal(signal.SIGTERM)
    assert await town.one.ended() == 0
    assert len(town.fleet.answers("SPMD vs SPY")) == 1
    town.other.signal(signal.SIGCONT)
    await town.answered("SPMD vs SPY")
    town.web.signal(signal.SIGTERM)
    assert await town.web.ended() == 0


@pytest.mark.parametrize("form", ["json", "text"])
async def test_the_log_has_the_reference_that_the_asker_was_told(town: Town, form: str) -> None:
    await town.one.killed()
    town.one = await town.fleet.start("worker", WATCHPOINT_LOG_FORMAT=form)
    town.other.signal(signal.SIGSTOP)
    before = len(town.fleet.told("Reference"))
    town.fleet.faults.on("500", "chat.postMessage")
    await town.ask("IJR SPSM 1y")
    await until(lambda: len(town.fleet.told("Reference")) > before, "the asker is told")
    town.other.signal(signal.SIGCONT)
    told = re.search(r"Reference (\w+)\.", town.fleet.told("Reference")[-1].text)
    assert told
    if form == "json":
        lines = [json.loads(line) for line in town.one.said.splitlines()]
        (line,) = [line for line in lines if line.get("reference") == told[1]]
        assert (line["level"], line["role"]) == ("WARNING", "worker")
        assert "Slack did not answer" in line["message"]
        assert "exception" not in line
    else:
        assert f"(reference {told[1]})" in town.one.said
    await town.fleet.all_done()


async def test_a_lost_database_ends_a_worker_and_makes_the_web_process_unready(town: Town) -> None:
    address = url_of(town.fleet.database)
    engine = sa.create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = address.database
    with engine.connect() as server:
        server.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        try:
            assert [await town.one.ended(), await town.other.ended()] == [3, 3]
            status, body = await town.web.get("/readyz")
            assert (status, json.loads(body)["checks"]["slack"]) == (503, "ok")
            assert json.loads(body)["checks"]["store"].startswith("The store cannot be used: ")
            assert (await town.web.get("/healthz"))[0] == 200
            refused = await town.fleet.ask(town.web, "ISCB SPSM 1m")
            assert "did not answer" in refused.body["text"]
        finally:
            server.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    engine.dispose()
    await town.start()
    await town.ask("IWM TLT 1y")
    await town.answered("IWM vs TLT")


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, town: Town) -> None:
    with own_database() as address:
        engine = sa.create_engine(url_of(address))
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
        engine.dispose()
        code, said = await town.fleet.run("migrate", DATABASE_URL=address)
    assert (code, f"has schema 9999, this version of Watchpoint knows {HEAD}" in said) == (2, True)


async def test_nothing_secret_is_in_any_log(town: Town) -> None:
    logs = {process.name: process.said for process in town.fleet.started}
    assert all(logs.values())
    for secret in (BOT_TOKEN, SIGNING_SECRET, PASSWORD, "/reply/", "xoxb-"):
        assert [name for name, said in logs.items() if secret in said] == []


async def test_all_in_one_process_what_it_was_answering_when_killed_is_answered_after_the_restart(
    tmp_path: Path,
) -> None:
    async with fleet(tmp_path, f"sqlite:///{tmp_path / 'watchpoint.db'}") as here:
        bot = await here.start("all")
        here.faults.on("hang", "chat.postMessage", times=2)
        for text in ("ISCB SPSM 1y", "SPY QQQ 1y", "IWM VB 1y"):
            assert await here.ask(bot, text) == (200, None)
        await here.met("chat.postMessage")
        await bot.killed()
        here.faults.off()
        bot = await here.start("all")
        about = ("ISCB vs SPSM", "SPY vs QQQ", "IWM vs VB")
        await until(lambda: all(here.answers(each) for each in about), "all are answered")
        await here.all_done()
        assert (await bot.get("/readyz"))[0] == 200
        bot.signal(signal.SIGTERM)
        assert await bot.ended() == 0
