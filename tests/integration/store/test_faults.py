"""A database that cannot be used says why in one sentence: without its place, but for who runs the bot."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from analytics import Condition, Op, Policy, Quantity, Rule
from bot.cli import NO_ANSWER, NOT_UNDERSTOOD, main
from bot.errors import Unavailable, UserError
from bot.model import Digest
from bot.ports import RuleDraft
from bot.store import address as address_module
from bot.store import migrate, open_store, url_of
from bot.store.errors import DAMAGED, FULL, MISREAD, READ_ONLY, REFUSED, UNOPENED
from bot.telemetry.health import store_check
from tests.contracts.stores import own_database, server
from tests.reliability.cases import can_mount, small_disk

SECRET = "hunter2"
RULE = Rule((Condition(Quantity("price_change", "ISCB"), Op.BELOW, 9.0, 10.0),))


async def _made(file: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        await store.probe()


def header(file: Path) -> None:
    file.write_bytes(b"\xff" * 100 + file.read_bytes()[100:])


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def pages(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))


def text(file: Path) -> None:
    file.write_text("not a database, but a text of some length that nobody takes for one\n" * 10)


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def of_another(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()


def of_another_with_revisions(file: Path) -> None:
    of_another(file)
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")
    other.close()


def of_another_with_other_revisions(file: Path) -> None:
    of_another_with_revisions(file)
    with sqlite3.connect(file) as other:
        other.execute("UPDATE alembic_version SET version_num = 'ae1027a6acf'")
    other.close()


DAMAGES: dict[Callable[[Path], None], tuple[str, int]] = {
    header: (DAMAGED, NO_ANSWER),
    cut: (DAMAGED, NO_ANSWER),
    pages: (DAMAGED, NO_ANSWER),
    text: (DAMAGED, NO_ANSWER),
    folder: (UNOPENED, NO_ANSWER),
    of_another: ("belongs to another application", NOT_UNDERSTOOD),
    of_another_with_revisions: ("belongs to another application", NOT_UNDERSTOOD),
    of_another_with_other_revisions: ("belongs to another application", NOT_UNDERSTOOD),
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_is_told_in_one_sentence(
    damage: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "rules.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("WATCHPOINT_DATA", "sample")
    monkeypatch.setenv("WATCHPOINT_HOME", str(tmp_path))
    assert main(["migrate"]) == 0
    damage(file)
    capsys.readouterr()
    words, code = DAMAGES[damage]
    assert main(["run-digest", "--session", "2026-01-16", "--dry-run"]) == code
    said = capsys.readouterr().err
    assert words in said
    assert str(file) in said
    assert len(said.strip().splitlines()) == 1


async def test_tables_of_another_application_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "rules.db"
    file.touch()
    of_another(file)
    with pytest.raises(UserError, match="another application"):
        await _made(file)
    with sqlite3.connect(file) as other:
        tables = other.execute("SELECT name FROM sqlite_master").fetchall()
    other.close()
    assert tables == [("recipes",)]


async def test_a_journal_that_is_missing_costs_what_was_in_it_and_no_more(tmp_path: Path) -> None:
    file, copy = tmp_path / "rules.db", tmp_path / "copy.db"
    async with open_store(f"sqlite:///{file}") as store:
        await store.probe()
        shutil.copy(file, copy)  # without its -wal
    await _made(copy)


async def ready(file: Path, spoil: Callable[[], None]) -> str:
    """What `/readyz` says of the store, once it was spoilt."""
    async with open_store(f"sqlite:///{file}") as store:
        look = store_check(store.probe)
        assert await look() == ""
        spoil()
        return await look()


async def test_a_full_disk_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shrink() -> None:
        monkeypatch.setattr(address_module, "LEAST_ROOM", 10**18)

    assert await ready(tmp_path / "rules.db", shrink) == f"The store cannot be used: {FULL}."


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason="a small disk can only be made by root")
async def test_a_disk_that_is_filled_to_the_last_byte_is_not_ready_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk") as place:
        async with open_store(f"sqlite:///{place}/rules.db") as store:
            look = store_check(store.probe)
            assert await look() == ""
            fill(place / "filler")
            assert await look() == f"The store cannot be used: {FULL}."
            monkeypatch.setattr(address_module, "LEAST_ROOM", 0)  # then the database itself must say so
            assert await look() == f"The store cannot be used: {FULL}."
            (place / "filler").unlink()
            assert await look() == ""


def fill(file: Path) -> None:
    """To the last byte of its disk."""
    written = os.open(file, os.O_CREAT | os.O_WRONLY)
    try:
        with suppress(OSError):
            while os.write(written, bytes(4096)):
                pass
    finally:
        os.close(written)


async def test_a_file_that_cannot_be_written_to_is_not_ready(tmp_path: Path) -> None:
    file = tmp_path / "rules.db"
    await _made(file)
    async with open_store(f"sqlite:///{file}") as store:
        with store.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.commit()
        said = await store_check(store.probe)()
    assert said == f"The store cannot be used: {READ_ONLY}."


async def test_a_file_that_is_damaged_meanwhile_is_not_ready(tmp_path: Path) -> None:
    file = tmp_path / "rules.db"
    await _made(file)  # and closed: nothing of it is in a journal any more
    async with open_store(f"sqlite:///{file}") as store:
        store.database.engine.dispose()
        pages(file)
        said = await store_check(store.probe)()
    assert said == f"The store cannot be used: {DAMAGED}."


def spoil(file: Path, whole: bytes, chance: random.Random) -> None:
    """The file as it was but for 20 bytes, and no journal beside it."""
    for each in file.parent.iterdir():
        each.unlink()
    spoilt = bytearray(whole)
    for _ in range(20):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    file.write_bytes(spoilt)


async def _looked_at(file: Path) -> str:
    """What who runs the bot is told of the file; empty where all can be read."""
    try:
        async with open_store(f"sqlite:///{file}") as store:
            await store.probe()
            await store.of("T1").rules()
            await store.of("T1").digests()
    except Unavailable as fault:
        return fault.in_full
    except UserError as fault:
        return str(fault)
    return ""


async def test_whatever_bytes_are_others_a_fault_is_told_as_one_of_the_database(tmp_path: Path) -> None:
    """What SQLite itself does not notice the reader does: a rule that is none, a text that is no text."""
    file, chance = tmp_path / "rules.db", random.Random(1)
    migrate(f"sqlite:///{file}")
    made = datetime(2026, 1, 5, tzinfo=UTC)
    async with open_store(f"sqlite:///{file}") as store:
        for number in range(20):
            asked = RuleDraft(f"C{number}", "U1", SECRET, RULE, Policy(1, 1), made, f"q{number}")
            await store.of("T1").add(asked)
            await store.of("T1").save_digest(Digest("T1", f"C{number}", "U1", time(8, 30), "Europe/London"))
    whole, told = file.read_bytes(), []
    for _ in range(100):
        spoil(file, whole, chance)
        told.append(await _looked_at(file))
    assert not any(SECRET in each for each in told)
    assert len([each for each in told if each]) > 80


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (f"postgresql://bot:{SECRET}@x@127.0.0.1/rules", "more than one @"),
        (f"postgresql://bot:@{SECRET}@127.0.0.1/rules", "more than one @"),
        (f"postgresql://bot:{SECRET}@127.0.0.1:x/rules", "write %40 for @"),
        (f"postgresql://bot:{SECRET}@127.0.0.1/rules?colour=red", "not known: colour"),
        (f"postgresql://bot:{SECRET}@127.0.0.1/rules?connect_timeout={SECRET}", "no number of seconds"),
        (f"sqlite:///{SECRET}.db?colour=red", "not known: colour"),
        (f"sqlite:///{SECRET}.db?timeout=abc", "a timeout that is no number of seconds"),
        (f"sqlite:///{SECRET}.db?timeout=-1", "a timeout that is no number of seconds"),
        (f"sqlite:///{SECRET}.db?timeout=99999999999", "a timeout that is no number of seconds"),
        (f"sqlite:///{SECRET}.db?timeout=1&timeout=2", "a timeout that is no number of seconds"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_a_part_of_it(given: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        url_of(given)
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "127" not in str(caught.value)


def test_a_password_is_what_it_was_however_it_is_written() -> None:
    meant = {"a%40b%25c%2Fd": "a@b%c/d", "a%zzb": "a%zzb", "a/b:c": "a/b:c", "%": "%"}
    for typed, password in meant.items():
        url = url_of(f"postgresql://bot:{typed}@h/rules")
        assert (url.password, url.host, url.database) == (password, "h", "rules")
        assert url_of(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"port": 9}, "it cannot be reached"),
        ({"host": "no.such.host.invalid"}, "it cannot be reached"),
        ({"database": "no_such_database"}, "it has no database of that name"),
        ({"username": "no_such_user"}, REFUSED),
        ({"port": 99999}, MISREAD),
        ({"query": {"sslmode": "banana"}}, MISREAD),
        ({"query": {"target_session_attrs": "banana"}}, MISREAD),
        ({"query": {"keepalives_idle": "banana"}}, MISREAD),
        ({"query": {"service": "banana"}}, MISREAD),
    ],
    ids=str,
)
async def test_a_server_that_is_not_there_is_told_without_its_place(
    changes: dict[str, object], words: str
) -> None:
    given = server()
    if given is None:
        pytest.skip("no PostgreSQL: TEST_DATABASE_URL is not set")
    url = url_of(given).set(password=SECRET, **changes)  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as caught:
        async with open_store(url.render_as_string(hide_password=False)):
            pass
    fault = caught.value
    assert words in str(fault)
    assert not any(str(part) in str(fault) for part in (url.host, url.port, url.database, url.username))
    assert str(url.host) in fault.in_full
    assert SECRET not in fault.in_full
    assert "\n" not in fault.in_full


async def test_a_server_that_takes_no_writes_is_not_ready() -> None:
    with own_database() as given:
        migrate(given)
        async with open_store(given) as store:
            name = store.database.url.database
            assert await store_check(store.probe)() == ""
            with store.database.engine.begin() as connection:
                connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
            store.database.engine.dispose()
            assert await store_check(store.probe)() == f"The store cannot be used: {READ_ONLY}."
