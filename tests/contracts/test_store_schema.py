"""How a database comes to its schema, and what is said where it has another one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import Unavailable, UserError
from bot.ports.memory import Book, Inbox, Ledger, Store
from bot.store import HEAD, SqlStore, migrate, opened, url_of
from bot.store.engine import Database
from bot.store.migrating import FOLDER
from bot.store.schema.tables import METADATA
from tests.contracts.stores import digest, draft, own_database


@pytest.fixture
def empty() -> Iterator[str]:
    """The address of a PostgreSQL database without a table."""
    with own_database() as address:
        yield address


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


async def test_a_new_file_is_made_with_its_folder(tmp_path: Path) -> None:
    # A percent sign has a meaning in alembic's settings, and none here.
    file = tmp_path / "100%" / "deep" / "new.db"
    async with opened(f"sqlite:///{file}") as store:
        assert (await store.of("T1").add(draft())).watched.number == 1
    async with opened(f"sqlite:///{file}") as store:
        assert len(await store.of("T1").rules()) == 1


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"file.* cannot be made"):
        async with opened(f"sqlite:///{tmp_path}/file/new.db"):
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
        async with opened(address):
            pass
    run(address, f"UPDATE alembic_version SET version_num = '{HEAD}'")


async def test_postgresql_is_migrated_by_the_one_who_says_so(empty: str) -> None:
    secret = url_of(empty).set(username="postgres", password="s3cret").render_as_string(hide_password=False)
    with pytest.raises(UserError, match="watchpoint migrate") as caught:
        async with opened(secret):
            pass
    assert "is empty" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_any_number_may_migrate_at_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(migrate, [empty] * 4)) == [HEAD] * 4


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
async def test_a_server_that_does_not_answer_is_unavailable(host: str) -> None:
    with pytest.raises(Unavailable, match="PostgreSQL at") as caught:
        async with opened(f"postgres://anna:s3cret@{host}/rules"):
            pass
    assert "s3cret" not in str(caught.value)
    assert "anna" not in str(caught.value)


async def test_connections_that_were_cut_are_made_again(postgresql: str) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    async with opened(postgresql) as store:
        await store.of("T1").keep(digest())
        run(postgresql, f"{cut} AND pid <> pg_backend_pid()")
        assert await store.of("T1").digests() == [digest()]
        await store.of("T1").keep(digest())


def test_a_store_is_what_the_port_says(tmp_path: Path) -> None:
    """Checked by mypy, and for names that are there at all."""
    store: Store = SqlStore(Database(url_of(f"sqlite:///{tmp_path}/rules.db")))
    parts = ((store, Store), (store.of("T1"), Book), (store.ledger, Ledger), (store.inbox, Inbox))
    for part, port in parts:
        names = {name for name in vars(port) if not name.startswith("_")}
        assert names
        assert names <= set(dir(part))
