"""How a database comes to its schema, and what is said where it has another one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import Unavailable, UserError
from bot.model import DigestContent, RuleIncident, RuleReport
from bot.ports.store import Inbox, Outbox, Store, WorkspaceRepository
from bot.store import HEAD, SqlStore, migrate, open_store, url_of
from bot.store.engine import Database
from bot.store.schema import FOLDER, METADATA
from tests.contracts.stores import FRIDAY, KINDS, NOW, THURSDAY, digest, draft, own_database, topic

FIRST = Path(__file__).with_name("schema_0001.sql")


@pytest.fixture
def empty() -> Iterator[str]:
    """The address of a PostgreSQL database without a table."""
    with own_database() as address:
        yield address


@pytest.fixture(params=KINDS)
def first(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of the first version, in use."""
    sqlite = request.param == "sqlite"
    address = f"sqlite:///{tmp_path}/first.db" if sqlite else str(request.getfixturevalue("empty"))
    engine = sa.create_engine(url_of(address), poolclass=sa.NullPool)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        if not sqlite:
            connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        for statement in FIRST.read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    return address


ADDED = {"picture", "same_day", "days", "reached", "chosen", "decided", "told"}
"""Columns that tables of the first version have got since."""


def contents(address: str) -> dict[str, list[str]]:
    """Every row of every table, as the database has it, without the columns that were added."""
    engine = sa.create_engine(url_of(address), poolclass=sa.NullPool)
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        rows = {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names}
    return {name: sorted(map(_first_columns, found)) for name, found in rows.items()}


def _first_columns(row: sa.Row[Any]) -> str:
    return repr({name: value for name, value in row._mapping.items() if name not in ADDED})


def run(address: str, statement: str) -> None:
    engine = sa.create_engine(url_of(address), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_the_tables_are_those_of_the_revisions(address: str) -> None:
    engine = sa.create_engine(url_of(address), poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_every_table_has_the_workspace_in_a_key() -> None:
    for table in METADATA.sorted_tables:
        keys = [table.primary_key, *table.constraints]
        unique = [key for key in keys if isinstance(key, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
        assert any("team" in key.columns for key in unique), table.name


def test_the_newest_revision_is_the_one_that_is_asked_for() -> None:
    assert ScriptDirectory(str(FOLDER)).get_current_head() == HEAD


def test_migrating_again_changes_nothing(address: str) -> None:
    assert migrate(address) == migrate(address) == HEAD


async def test_a_database_of_the_first_version_loses_nothing(first: str) -> None:
    before = contents(first)
    assert all(before.values())
    assert migrate(first) == HEAD
    after = contents(first)
    new: dict[str, list[str]] = {"topics": [], "visitors": [], "follows": [], "noise": [], "portfolios": []}
    added = {**new, "alembic_version": after["alembic_version"]}
    assert after == before | added
    async with open_store(first) as store:
        repository = store.of("T1")
        assert [stored.watched.name for stored in await repository.rules()] == ["R1", "R2"]
        assert (await repository.history(1)).transitions[0].session == THURSDAY
        assert await repository.digests() == [digest()]
        assert await repository.incident(1, 1) == RuleIncident(1, THURSDAY, ts="1.0")
        told = (
            await repository.content_of_message("C1", "1.0"),
            await repository.content_of_message("C1", "2.0"),
        )
        assert [type(each) for each in told] == [RuleReport, DigestContent]
        await repository.remember("C1", "1.0", topic(), NOW)
        assert await repository.recall("C1", "1.0") == topic()
        assert (await repository.add(draft("q9"))).watched.number == 3
        assert await store.inbox.open(NOW) == [("T1", "q1")]
        assert list(await store.unsent(["T1"], FRIDAY)) == []


def test_a_migration_that_fails_leaves_everything_as_it_was(first: str) -> None:
    run(first, "CREATE TABLE visitors (team text)")  # which is in the way
    before = contents(first)
    with pytest.raises((sa.exc.ProgrammingError, Unavailable)) as caught:
        migrate(first)
    assert "visitors" in getattr(caught.value, "in_full", str(caught.value))
    assert contents(first) == before
    run(first, "DROP TABLE visitors")
    assert migrate(first) == HEAD


async def test_a_new_file_is_made_with_its_folder(tmp_path: Path) -> None:
    # A percent sign has a meaning in alembic's settings, and none here.
    file = tmp_path / "100%" / "deep" / "new.db"
    async with open_store(f"sqlite:///{file}") as store:
        assert (await store.of("T1").add(draft())).watched.number == 1
    async with open_store(f"sqlite:///{file}") as store:
        assert len(await store.of("T1").rules()) == 1


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"file.* cannot be made"):
        async with open_store(f"sqlite:///{tmp_path}/file/new.db"):
            pass


async def test_settings_in_the_working_directory_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = nowhere\n")
    monkeypatch.chdir(tmp_path)
    assert migrate("sqlite:///here.db") == HEAD
    assert (tmp_path / "here.db").is_file()


async def test_a_database_of_a_newer_version_is_left_alone(address: str) -> None:
    run(address, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UserError, match="9999"):
        migrate(address)
    with pytest.raises(UserError, match="9999"):
        async with open_store(address):
            pass
    run(address, f"UPDATE alembic_version SET version_num = '{HEAD}'")


async def test_postgresql_is_migrated_by_the_one_who_says_so(empty: str) -> None:
    secret = url_of(empty).set(username="postgres", password="s3cret").render_as_string(hide_password=False)
    with pytest.raises(UserError, match="watchpoint migrate") as caught:
        async with open_store(secret):
            pass
    assert "is empty" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_any_number_may_migrate_at_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(migrate, [empty] * 4)) == [HEAD] * 4


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
async def test_a_server_that_does_not_answer_is_unavailable(host: str) -> None:
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        async with open_store(f"postgres://anna:s3cret@{host}/rules"):
            pass
    assert host not in str(caught.value)
    assert "PostgreSQL at" in caught.value.in_full
    assert "s3cret" not in caught.value.in_full
    assert "anna" not in caught.value.in_full


async def test_connections_that_were_cut_are_made_again(postgresql: str) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    async with open_store(postgresql) as store:
        await store.of("T1").save_digest(digest())
        run(postgresql, f"{cut} AND pid <> pg_backend_pid()")
        assert await store.of("T1").digests() == [digest()]
        await store.of("T1").save_digest(digest())


def test_a_store_is_what_the_port_says(tmp_path: Path) -> None:
    """Checked by mypy, and for names that are there at all."""
    store: Store = SqlStore(Database(url_of(f"sqlite:///{tmp_path}/rules.db")))
    parts = (
        (store, Store),
        (store.of("T1"), WorkspaceRepository),
        (store.outbox, Outbox),
        (store.inbox, Inbox),
    )
    for part, port in parts:
        names = {name for name in vars(port) if not name.startswith("_")}
        assert names
        assert names <= set(dir(part))
