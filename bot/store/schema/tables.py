"""The tables.  Every one carries the workspace (`team`) in a key, and every question of a Book names it."""

from __future__ import annotations

import functools
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.store.schema import content
from bot.store.schema.columns import Json, UtcMoment, Words

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


def _json(adapter: TypeAdapter[Any]) -> Json:
    return Json(functools.partial(content.dump, adapter), adapter.validate_json)


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
    _col("rule", _json(content.RULE)),
    _col("policy", _json(content.POLICY)),
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
    _col("position", _json(content.POSITION)),
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
    _col("flip", Json(content.dump_flip, content.load_flip)),
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
    _col("content", Json(content.dump_content, content.load_content)),
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
    _col("extra", _json(content.EXTRA)),
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
    _col("topic", _json(content.TOPIC)),
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
