"""Rules with their standings and history, digests, the outbox and the questions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

UNFINISHED = sa.text("state IN ('due', 'sending')")
MOMENT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make every table."""
    _rules()
    _standings()
    _history()
    _channels()
    _questions()


def _rules() -> None:
    op.create_table(
        "workspaces",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("last_number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("team", name="pk_workspaces"),
    )
    op.create_table(
        "rules",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team", "number", name="pk_rules"),
    )
    op.create_index("ix_rules_team_channel", "rules", ["team", "channel"])
    op.create_table(
        "versions",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("rule", sa.JSON, nullable=False),
        sa.Column("policy", sa.JSON, nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team", "number", "version", name="pk_versions"),
        sa.UniqueConstraint("team", "asked", name="uq_versions_team_asked"),
        _of_rule("versions"),
    )


def _of_rule(table: str) -> sa.ForeignKeyConstraint:
    names = ["team", "number"]
    return sa.ForeignKeyConstraint(names, [f"rules.{name}" for name in names], name=f"fk_{table}_rules")


def _of_version(table: str) -> sa.ForeignKeyConstraint:
    names = ["team", "number", "version"]
    return sa.ForeignKeyConstraint(names, [f"versions.{name}" for name in names], name=f"fk_{table}_versions")


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("session", sa.Date),
        sa.Column("position", sa.JSON, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("team", "number", "version", name="pk_standings"),
        _of_version("standings"),
    )
    op.create_table(
        "incidents",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("fired", sa.Date, nullable=False),
        sa.Column("recovered", sa.Date),
        sa.Column("ts", sa.Text),
        sa.PrimaryKeyConstraint("team", "number", "version", "fired", name="pk_incidents"),
        _of_version("incidents"),
    )


def _history() -> None:
    op.create_table(
        "flips",
        sa.Column("id", ID, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("flip", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_flips"),
        sa.UniqueConstraint("team", "number", "id", name="uq_flips_team_number_id"),
        _of_version("flips"),
    )
    op.create_table(
        "deeds",
        sa.Column("id", ID, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deeds"),
        sa.UniqueConstraint("team", "number", "id", name="uq_deeds_team_number_id"),
        _of_rule("deeds"),
    )


def _channels() -> None:
    op.create_table(
        "digests",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("at", sa.Time, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("on", sa.Boolean, nullable=False),
        sa.Column("stopped", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team", "channel", name="pk_digests"),
    )
    op.create_table(
        "ledger",
        sa.Column("id", ID, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("session", sa.Date, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Boolean, nullable=False),
        sa.Column("first_tried", MOMENT),
        sa.Column("lease", MOMENT),
        sa.Column("holder", sa.Text),
        sa.Column("ts", sa.Text),
        sa.Column("fault", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint(
            "team",
            "channel",
            "session",
            "kind",
            "subject",
            name="uq_ledger_team_channel_session_kind_subject",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_ledger_unfinished",
        "ledger",
        ["team", "channel", "id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("handler", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("asked", MOMENT, nullable=False),
        sa.Column("thread", sa.Text),
        sa.Column("reply_url", sa.Text),
        sa.Column("extra", sa.JSON, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("lease", MOMENT),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("team", "id", name="pk_questions"),
    )
    op.create_index(
        "ix_questions_open",
        "questions",
        ["asked"],
        sqlite_where=sa.text("NOT done"),
        postgresql_where=sa.text("NOT done"),
    )
