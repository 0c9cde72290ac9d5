"""What is picked for which settings, and that everything that can be asked has somebody who answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from bot.bootstrap import roles, serving, sources, storage
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.config import Role, Settings, load
from bot.errors import Unavailable, UserError
from bot.jobs.postgres import _PostgresBackend
from bot.jobs.queue import STALE, _MemoryBackend
from bot.model import Request
from bot.ports import Level
from bot.render import ids
from bot.store import SqlStore
from bot.use_cases import inbox
from bot.use_cases.home import HomeAnswers
from bot.use_cases.services import Services
from tests.contracts.stores import draft

CLOCK = SystemClock()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As they are where nothing is set."""
    for name in ("DATABASE_URL", "WATCHPOINT_TRANSPORT", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return load(home=tmp_path, data="sample")


def on(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(url)})


@pytest.mark.parametrize(
    ("transport", "role", "needed"),
    [
        ("socket", Role.ALL, {"slack_bot_token", "slack_app_token"}),
        ("socket", Role.WEB, {"slack_bot_token", "slack_app_token"}),
        ("http", Role.ALL, {"slack_bot_token", "slack_signing_secret"}),
        ("http", Role.WEB, {"slack_bot_token", "slack_signing_secret"}),
        ("socket", Role.WORKER, {"slack_bot_token"}),
        ("http", Role.WORKER, {"slack_bot_token"}),
    ],
)
def test_a_role_needs_what_it_uses(transport: str, role: Role, needed: set[str], tmp_path: Path) -> None:
    assert set(serving.required_settings(load(home=tmp_path, transport=transport), role)) == needed


class TestMemory:
    @pytest.mark.slow
    async def test_without_an_address_all_is_kept_in_the_home_folder(self, settings: Settings) -> None:
        assert storage.database_address(settings) == f"sqlite:///{settings.home / 'watchpoint.db'}"
        assert not storage.is_shared(settings)
        async with storage.store_of(settings) as store, storage.jobs_of(settings) as jobs:
            assert await store.teams() == []
            assert isinstance(jobs._keeper, _MemoryBackend)
        assert (settings.home / "watchpoint.db").is_file()

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    async def test_jobs_go_with_the_database(self, settings: Settings, scheme: str) -> None:
        there = on(settings, f"{scheme}://bot@127.0.0.1:9/watchpoint")
        assert storage.is_shared(there)
        storage.require_shared(there, Role.WEB)
        async with storage.jobs_of(there) as jobs:
            assert isinstance(jobs._keeper, _PostgresBackend)

    def test_an_address_of_no_kind_is_refused_without_being_repeated(self, settings: Settings) -> None:
        with pytest.raises(UserError, match="begins with mysql") as caught:
            storage.require_shared(on(settings, "mysql://bot:hunter2@db/x"), Role.WORKER)
        assert "hunter2" not in str(caught.value)


class TestDoctor:
    async def test_a_database_that_answers(self, settings: Settings) -> None:
        async with storage.store_of(settings) as store:
            await store.of("T1").add(draft())
        finding = await serving._examine_store(settings)
        assert (finding.level, finding.what) == (
            Level.OK,
            "The database (SQLite) answers; 1 workspace has rules or digests.",
        )

    async def test_one_that_does_not(self, settings: Settings) -> None:
        finding = await serving._examine_store(on(settings, "postgresql://bot:hunter2@127.0.0.1:9/x"))
        assert finding.level is Level.FAULT
        assert finding.what.startswith("The database cannot be used: The database did not answer: it cannot")
        assert "(PostgreSQL at 127.0.0.1/x: " in finding.what
        assert "hunter2" not in finding.what

    async def test_a_disk_that_is_nearly_full(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(serving, "room", lambda _: 150_000_000)
        finding = await serving._examine_store(settings)
        assert (finding.level, finding.what) == (
            Level.FAULT,
            "150 MB are left on the disk of the database.",
        )


class TestCalendar:
    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("XNYC", "WATCHPOINT_CALENDAR: exchange_calendars knows no exchange 'XNYC'. It takes codes like"),
            ("ASEX", "exchange_calendars has no sessions of 'ASEX' that can be used."),
        ],
    )
    @pytest.mark.usefixtures("no_athens")
    async def test_one_that_cannot_be_had(self, settings: Settings, code: str, told: str) -> None:
        with pytest.raises(UserError, match=told):
            await sources.calendar(settings.model_copy(update={"calendar": code}), CLOCK)

    @pytest.mark.parametrize("code", ["XTKS", "XSAU", "XTAE", "24/7"])
    async def test_one_that_begins_late_or_never_rests(self, settings: Settings, code: str) -> None:
        found = await sources.calendar(settings.model_copy(update={"calendar": code}), CLOCK)
        assert found.exchange.code == code


class TestQuestions:
    """What the last process worked on."""

    LEASE = timedelta(seconds=20)

    async def held(self, store: SqlStore) -> Request:
        await store.inbox.put(Request("q1", "/compare", "A B", "T1", "C1", "U1", CLOCK.now()))
        found = await store.inbox.claim(CLOCK.now(), self.LEASE)
        assert found is not None
        return found

    async def test_on_sqlite_it_is_free_at_once(
        self, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        async with storage.store_of(settings) as store:
            first = await self.held(store)
            await roles.free_questions(settings, store)
            again = await store.inbox.claim(CLOCK.now(), self.LEASE)
            assert again is not None
            assert again.attempt == 2
            # Somebody who works on the same file after all finds out.
            assert not await store.inbox.renew(first, CLOCK.now(), self.LEASE)
        assert "1 questions that were being worked on are taken again" in caplog.text

    async def test_on_postgresql_others_may_be_at_work(self, settings: Settings) -> None:
        async with storage.store_of(settings) as store:
            await self.held(store)
            await roles.free_questions(on(settings, "postgresql://bot@127.0.0.1:9/watchpoint"), store)
            assert await store.inbox.claim(CLOCK.now(), self.LEASE) is None

    async def test_they_are_looked_for_again_and_again_whatever_fails(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        looks, enough = 0, asyncio.Event()

        class Failing:
            async def questions(self) -> int:
                nonlocal looks
                looks += 1
                if looks == 3:
                    enough.set()
                raise Unavailable("The database", "it is locked")

        looking = roles.WorkingRole(cast(Any, Failing()), cast(Any, _Anything()), look=0.0)
        task = asyncio.create_task(looking.look_on())
        await enough.wait()
        task.cancel()
        assert "Questions could not be looked for; again in 0 s" in caplog.text

    def test_the_lease_and_a_look_leave_time_to_answer_within_half_a_minute(self) -> None:
        assert inbox.LEASE.total_seconds() + roles.LOOK <= 25
        assert STALE * 4 / 3 <= 25, "until then the tasks of a killed worker let nobody begin"
        assert inbox.LEASE.total_seconds() > 3 * inbox.RENEWAL


def test_everything_that_can_be_asked_has_somebody_who_answers() -> None:
    anything = cast(Any, _Anything())
    answers = roles.answers_by_handler(cast(Services, anything), HomeAnswers(anything, anything, anything))
    handlers = roles.routes(CLOCK)
    presses = [name for name in handlers.presses if name.startswith("watch.")]
    opens_a_form = {"watch.ack", "watch.edit"}
    changes_a_form = {ids.TRY}
    asked = (
        {
            *handlers.commands,
            *presses,
            *roles.FORMS,
            "ask",
            "home",
            "messages",
            "joined",
            "unarchived",
            "gone",
            ids.TRIED,
        }
        - opens_a_form
        - changes_a_form
    )
    assert asked == set(answers)


def test_every_id_of_a_conversation_has_a_door() -> None:
    handlers = roles.routes(CLOCK)
    named = {value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
    named -= {ids.DECIDED, ids.REASON, ids.RULE_TEXT}  # fields of forms
    named -= {ids.TRIED}  # what is kept where a field of a form has changed
    assert named <= {*handlers.presses, *handlers.forms, *handlers.shortcuts}
    assert set(handlers.commands) == {command.name for command in COMMANDS}


class _Anything:
    """Parts that nobody uses."""

    def __getattr__(self, name: str) -> Any:
        return None
