"""Addresses of databases: what is understood, and that no password is ever repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import UserError
from bot.store import room, url_of
from bot.store.address import file_of, place_of


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_by_all_its_names(scheme: str) -> None:
    url = url_of(f" {scheme}://anna:s3cret@db.example:5433/rules?sslmode=require\n")
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.database, url.password) == ("db.example", 5433, "rules", "s3cret")
    assert dict(url.query) == {"sslmode": "require"}
    assert place_of(url) == "PostgreSQL at db.example/rules"
    assert file_of(url) is None


def test_a_file_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert file_of(url_of("sqlite:///rules.db")) == tmp_path / "rules.db"
    assert file_of(url_of(f"sqlite:///{tmp_path}/a/rules.db")) == tmp_path / "a" / "rules.db"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert file_of(url_of("sqlite:///~/rules.db")) == tmp_path / "rules.db"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("mysql://anna:s3cret@db.example/rules", "mysql://"),
        ("postgresql+asyncpg://anna:s3cret@db.example/rules", r"postgresql\+asyncpg://"),
        ("s3cret", "cannot be read"),
        ("postgres://anna:s3cret@db.example:port/rules", "cannot be read"),
        ("postgres://anna:s3cret@db.example", "names none"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite://s3cret/rules.db", "names no file"),
        ("", "cannot be read"),
    ],
)
def test_what_is_not_understood_is_not_repeated(given: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        url_of(given)
    assert "s3cret" not in str(caught.value)
    assert "postgresql://user@host/name" in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_room_is_that_of_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    found = room(f"sqlite:///{tmp_path}/not/yet/rules.db")
    assert found is not None
    assert found > 0
    assert room("postgres://db.example/rules") is None
