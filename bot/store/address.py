"""Where the database is, and whether there is room for it.  No password ever leaves this page."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

from bot.errors import Unavailable, UserError
from bot.store.errors import FULL

LEAST_ROOM = 1_000_000
"""Bytes; a transaction takes some thousands."""
LONGEST = 7
"""Digits of a wait: SQLite counts milliseconds in 32 bits."""
_POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
_ENCODED = "In a user or a password write %40 for @, %3A for :, %2F for / and %25 for %."
_FORMS = "Give DATABASE_URL as postgresql://user@host/name or sqlite:///folder/file.db."


def url_of(given: str) -> sa.URL:
    """Return the address of a database: postgres://, postgresql://, postgresql+psycopg:// or sqlite:///path.

    Raises UserError for anything else; what was given is not repeated but for its scheme.
    """
    try:
        url = sa.make_url(given.strip())
    except (sa.exc.ArgumentError, ValueError):
        raise UserError(f"The address of the database cannot be read. {_FORMS} {_ENCODED}") from None
    if url.drivername in _POSTGRESQL:
        return _postgresql(url)
    if url.drivername == "sqlite":
        return _sqlite(url)
    raise UserError(f"The address of the database begins with {url.drivername}://. {_FORMS}")


def _postgresql(url: sa.URL) -> sa.URL:
    if "@" in (url.host or ""):
        raise UserError(f"The address of the database has more than one @. {_ENCODED}")
    if not url.database:
        raise UserError(f"The address of the database names none on the server. {_FORMS}")
    from psycopg.pq import Conninfo

    _require_known(url, frozenset(each.keyword.decode() for each in Conninfo.get_defaults()))
    return url.set(drivername="postgresql+psycopg")


def _sqlite(url: sa.URL) -> sa.URL:
    if url.host or not url.database or url.database == ":memory:":
        raise UserError(f"The address of the database names no file: it takes three slashes. {_FORMS}")
    _require_known(url, frozenset({"timeout"}))
    return url.set(drivername="sqlite+pysqlite", database=str(Path(url.database).expanduser().absolute()))


def _require_known(url: sa.URL, known: frozenset[str]) -> None:
    """Raise UserError that names the options that no driver takes; their values may be secrets."""
    unknown = sorted(set(url.query) - known)
    if unknown:
        names = ", ".join(unknown)
        raise UserError(f"The address of the database has options that are not known: {names}. {_FORMS}")
    for name in ("connect_timeout", "timeout"):
        wait = url.query.get(name, "0")
        if not (isinstance(wait, str) and wait.isascii() and wait.isdecimal() and len(wait) < LONGEST):
            raise UserError(f"The address of the database has a {name} that is no number of seconds.")


def file_of(url: sa.URL) -> Path | None:
    """Return the file of a SQLite database, None on PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def place_of(url: sa.URL) -> str:
    """Return the database as it is named in messages: the file, or host and name without user and
    password.
    """
    file = file_of(url)
    return f"the database {file}" if file else f"PostgreSQL at {url.host or 'localhost'}/{url.database}"


def require_room(url: sa.URL) -> None:
    """Raise Unavailable where a SQLite file has no room to grow: little still fits into its journal."""
    file = file_of(url)
    if file is not None and shutil.disk_usage(file.parent).free < LEAST_ROOM:
        raise Unavailable("The database", FULL, detail=place_of(url))


def room(given: str) -> int | None:
    """Count the free bytes where a SQLite file is or will be; None on PostgreSQL, whose disk is elsewhere.

    On a full disk SQLite cannot even delete: warn early.
    """
    file = file_of(url_of(given))
    if file is None:
        return None
    folder = next(folder for folder in file.parents if folder.is_dir())
    return shutil.disk_usage(folder).free
