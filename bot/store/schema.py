"""The tables, their column types, and how a database comes to the newest schema.

Every table carries the workspace (`team`) in a key, and every query of a workspace repository names it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from analytics.watch.rules import Rule
from analytics.watch.states import Policy
from bot.errors import UserError
from bot.model import ThreadContext
from bot.store.address import file_of, place_of, url_of
from bot.store.engine import Database
from bot.store.record_json import Json, Position, dump_content, dump_flip, json_of, load_content, load_flip


class UtcMoment(sa.TypeDecorator[datetime]):
    """A moment in UTC; ValueError for a time without a zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Convert to UTC; without a zone where the database keeps none, so texts compare as moments do."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; a moment is kept in UTC")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Convert to UTC from what the database answers, which may be in a zone of its own."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(sa.TypeDecorator[str]):
    """Text that somebody wrote: what no database takes (NUL, half of a surrogate pair) is replaced."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Replace what cannot be kept, as near to what was written as can be."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.encode("utf-8", "replace").decode().replace("\0", "")


METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the key is an INTEGER.
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _col(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def _of_rule() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["team", "number"], ["rules.team", "rules.number"])


def _of_version() -> sa.ForeignKeyConstraint:
    names = ("team", "number", "version")
    return sa.ForeignKeyConstraint(names, [f"versions.{name}" for name in names])


WORKSPACES = sa.Table(
    "workspaces",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    # The newest number of a rule.  Who changes anything of a workspace holds this row until the end.
    _col("last_number", sa.Integer),
)

RULES = sa.Table(
    "rules",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("number", sa.Integer, primary_key=True, autoincrement=False),
    _col("channel", sa.Text),  # that of the newest version
    _col("owner", sa.Text),
    _col("version", sa.Integer),  # the newest
    _col("status", sa.Text),
    sa.Index(None, "team", "channel"),
)

VERSIONS = sa.Table(
    "versions",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("number", sa.Integer, primary_key=True, autoincrement=False),
    _col("version", sa.Integer, primary_key=True, autoincrement=False),
    _col("channel", sa.Text),
    _col("author", sa.Text),
    _col("text", Words),
    _col("rule", json_of(Rule)),
    _col("policy", json_of(Policy)),
    _col("made", UtcMoment),
    _col("asked", sa.Text),
    sa.UniqueConstraint("team", "asked"),
    _of_rule(),
)

STANDINGS = sa.Table(
    "standings",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("number", sa.Integer, primary_key=True, autoincrement=False),
    _col("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("session", sa.Date),  # that it has come to, None before the first
    _col("position", json_of(Position)),
    _col("revision", sa.Integer),
    _of_version(),
)

FLIPS = sa.Table(
    "flips",
    METADATA,
    _col("id", _ID, primary_key=True),
    _col("team", sa.Text),
    _col("number", sa.Integer),
    _col("version", sa.Integer),
    _col("flip", Json(dump_flip, load_flip)),
    sa.UniqueConstraint("team", "number", "id"),
    _of_version(),
)

DEEDS = sa.Table(
    "deeds",
    METADATA,
    _col("id", _ID, primary_key=True),
    _col("team", sa.Text),
    _col("number", sa.Integer),
    _col("user", sa.Text),
    _col("act", sa.Text),
    _col("at", UtcMoment),
    _col("detail", Words),
    sa.Column("decided", sa.Text),  # of an acknowledgement, None where it was not said
    sa.UniqueConstraint("team", "number", "id"),
    _of_rule(),
)

INCIDENTS = sa.Table(
    "incidents",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("number", sa.Integer, primary_key=True, autoincrement=False),
    _col("version", sa.Integer, primary_key=True, autoincrement=False),
    _col("fired", sa.Date, primary_key=True),
    sa.Column("recovered", sa.Date),
    sa.Column("ts", sa.Text),
    sa.Column("picture", sa.Text),
    # Sessions after which its thread was told what followed, the longest; 0 before the first.
    _col("told", sa.Integer, server_default=sa.text("0")),
    _of_version(),
)

NOISE = sa.Table(
    "noise",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("number", sa.Integer, primary_key=True, autoincrement=False),
    _col("version", sa.Integer, primary_key=True, autoincrement=False),
    _col("session", sa.Date),
    sa.Column("alarms", sa.Float),  # None, and so the next two, for what the reason says
    sa.Column("open", sa.Float),
    sa.Column("paths", sa.Integer),
    _col("reason", Words),
    _of_version(),
)

DIGESTS = sa.Table(
    "digests",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("channel", sa.Text, primary_key=True),
    _col("owner", sa.Text),
    _col("at", sa.Time),
    _col("zone", sa.Text),
    _col("mode", sa.Text),
    _col("on", sa.Boolean),
    _col("stopped", Words),
    _col("same_day", sa.Boolean, server_default=sa.false()),
    _col("days", sa.Text, server_default=""),  # weekdays: "0 4"
    sa.Column("reached", sa.Date),
    _col("chosen", sa.Boolean, server_default=sa.false()),
)

PORTFOLIOS = sa.Table(
    "portfolios",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("name", sa.Text, primary_key=True),
    _col("version", sa.Integer, primary_key=True, autoincrement=False),
    _col("symbol", sa.Text),  # all of the mix, in one word
    _col("owner", sa.Text),
    _col("author", sa.Text),
    _col("made", UtcMoment),
    sa.Column("retired", UtcMoment),  # when the name was given up, None while it holds
)

FOLLOWS = sa.Table(
    "follows",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("channel", sa.Text, primary_key=True),
    _col("pair", sa.Text, primary_key=True),  # the same for both orders
    _col("first", sa.Text),
    _col("second", sa.Text),
    _col("against", sa.Text),
    _col("owner", sa.Text),
    _col("made", UtcMoment),
)

OUTBOX = sa.Table(
    "ledger",
    METADATA,
    _col("id", _ID, primary_key=True),
    _col("team", sa.Text),
    _col("channel", sa.Text),
    _col("session", sa.Date),
    _col("kind", sa.Text),
    _col("subject", sa.Text),
    _col("content", Json(dump_content, load_content)),
    _col("state", sa.Text),  # due, sending, sent, dropped
    _col("not_before", UtcMoment),
    _col("attempt", sa.Integer),  # 0 where nobody has tried
    _col("doubtful", sa.Boolean),  # an attempt before the present one ended without an answer
    sa.Column("first_tried", UtcMoment),
    sa.Column("lease", UtcMoment),
    sa.Column("holder", sa.Text),
    sa.Column("ts", sa.Text),
    _col("fault", Words),
    sa.UniqueConstraint("team", "channel", "session", "kind", "subject"),
    sqlite_autoincrement=True,
)

UNFINISHED = OUTBOX.c.state.in_([sa.literal_column("'due'"), sa.literal_column("'sending'")])
"""A notice still to be delivered; in words and not in parameters, so that the index below serves it."""

sa.Index(
    "ix_ledger_unfinished",
    OUTBOX.c.team,
    OUTBOX.c.channel,
    OUTBOX.c.id,
    sqlite_where=UNFINISHED,
    postgresql_where=UNFINISHED,
)

# Where the message is that carried a notice.
sa.Index("ix_ledger_ts", OUTBOX.c.team, OUTBOX.c.channel, OUTBOX.c.ts)

QUESTIONS = sa.Table(
    "questions",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("id", sa.Text, primary_key=True),
    _col("handler", sa.Text),
    _col("text", Words),
    _col("channel", sa.Text),
    _col("user", sa.Text),
    _col("asked", UtcMoment),
    sa.Column("thread", sa.Text),
    sa.Column("reply_url", sa.Text),
    _col("extra", json_of(dict[str, Any])),
    _col("attempt", sa.Integer),
    sa.Column("lease", UtcMoment),
    _col("done", sa.Boolean),
)

UNANSWERED = sa.text("NOT questions.done")
"""An open question; in words, for SQLite knows its index below by these alone."""

sa.Index(
    "ix_questions_open",
    QUESTIONS.c.asked,
    sqlite_where=UNANSWERED,
    postgresql_where=UNANSWERED,
)

# When a workspace was last served.
sa.Index("ix_questions_served", QUESTIONS.c.team, QUESTIONS.c.lease)

TOPICS = sa.Table(
    "topics",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("channel", Words, primary_key=True),
    _col("thread", Words, primary_key=True),  # empty for what is said to the bot alone, outside threads
    _col("topic", json_of(ThreadContext)),
    _col("at", UtcMoment),
    sa.Index(None, "at"),
)

VISITORS = sa.Table(
    "visitors",
    METADATA,
    _col("team", sa.Text, primary_key=True),
    _col("user", Words, primary_key=True),
    _col("first", UtcMoment),
    _col("last", UtcMoment),
)


HEAD = "0008"
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
    """Make the folder of a SQLite file; UserError where it cannot be made."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UserError(
            f"The folder {file.parent} cannot be made: {fault.strerror}. Choose another."
        ) from None


def read_revision(connection: sa.Connection) -> str | None:
    """Read the revision of a database, None of an empty one."""
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
    """Read the revision of a database that is ours, or empty.

    Raises UserError where a newer version made it, or another application, whose tables are left alone.
    """
    found, url = read_revision(connection), connection.engine.url
    there, ours = (
        set(sa.inspect(connection).get_table_names()),
        {each.name for each in METADATA.sorted_tables},
    )
    # On a server a schema may be shared; a file is one application's.
    others = there if file_of(url) else there & ours
    if found is not None and found > HEAD and len(found) == len(HEAD) and found.isdecimal():
        raise UserError(newer_complaint(url, found))
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


def newer_complaint(url: sa.URL, found: str) -> str:
    """Return the complaint about a database of a newer version."""
    return (
        f"{place_of(url)} has schema {found}, this version of Watchpoint knows {HEAD}. Install the version "
        "that made it, or a newer one."
    )


def behind_complaint(url: sa.URL, found: str | None) -> str:
    """Return the complaint about a database that somebody has to migrate."""
    has = f"has schema {found}" if found else "is empty"
    return f"{place_of(url)} {has}, this version of Watchpoint needs {HEAD}. Run `watchpoint migrate` first."
