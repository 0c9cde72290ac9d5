"""What threads are about, who has looked at the Home tab, and the way from a message to its notice."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add both tables, and an index on the outbox."""
    op.create_table(
        "topics",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("topic", sa.JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team", "channel", "thread", name="pk_topics"),
    )
    op.create_index("ix_topics_at", "topics", ["at"])
    op.create_table(
        "visitors",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("first", MOMENT, nullable=False),
        sa.Column("last", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team", "user", name="pk_visitors"),
    )
    op.create_index("ix_ledger_ts", "ledger", ["team", "channel", "ts"])
