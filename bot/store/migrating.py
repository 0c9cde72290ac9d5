"""Which schema a database has, and how it comes to the newest one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.errors import UserError
from bot.store.address import file_of, place_of, url_of
from bot.store.engine import Database
from bot.store.schema.tables import METADATA

HEAD = "0004"
"""The newest revision: that of the last file in `migrations/versions`."""

FOLDER = Path(__file__).with_name("migrations")

_LOCK = 0x57415443
"""Of those that migrate the same PostgreSQL database at the same time, one does."""


def migrate(given: str) -> str:
    """Bring the database to the newest schema; gives its revision.  Any number may do so at once.

    Raises UserError where it was made by a newer version, Unavailable where it does not answer.
    """
    url = url_of(given)
    if file := file_of(url):
        make_folder(file)
    database = Database(url)
    try:
        return database.transact(True, upgrade)
    finally:
        database.close_now()


def make_folder(file: Path) -> None:
    """The folder of a SQLite file; UserError where it cannot be made."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UserError(
            f"The folder {file.parent} cannot be made: {fault.strerror}. Choose another."
        ) from None


def revision(connection: sa.Connection) -> str | None:
    """The revision of a database, None of an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def upgrade(connection: sa.Connection) -> str:
    """Bring it to the newest schema inside the transaction of `connection`."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    found = known_revision(connection)
    if found != HEAD:
        _alembic(connection)
    return HEAD


def known_revision(connection: sa.Connection) -> str | None:
    """The revision of a database that is ours, or empty.

    Raises UserError where a newer version made it, or another application, whose tables are left alone.
    """
    found, url = revision(connection), connection.engine.url
    there, ours = (
        set(sa.inspect(connection).get_table_names()),
        {each.name for each in METADATA.sorted_tables},
    )
    # On a server a schema may be shared; a file is one application's.
    others = there if file_of(url) else there & ours
    if found is not None and found > HEAD and len(found) == len(HEAD) and found.isdecimal():
        raise UserError(newer(url, found))
    if (found is None and others) or (found is not None and (found > HEAD or not there & ours)):
        raise UserError(f"{place_of(url)} belongs to another application. Name a database of its own.")
    return found


def _alembic(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    # Built here and not read from a file: what lies in the working directory is none of our business.
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newer(url: sa.URL, found: str) -> str:
    """The complaint about a database of a newer version."""
    return (
        f"{place_of(url)} has schema {found}, this version of Watchpoint knows {HEAD}. Install the version "
        "that made it, or a newer one."
    )


def behind(url: sa.URL, found: str | None) -> str:
    """The complaint about a database that somebody has to migrate."""
    has = f"has schema {found}" if found else "is empty"
    return f"{place_of(url)} {has}, this version of Watchpoint needs {HEAD}. Run `watchpoint migrate` first."
