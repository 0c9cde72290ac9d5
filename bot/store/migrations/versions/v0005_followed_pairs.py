"""Pairs that channels follow; on which days a quiet daily post comes, and which session it has come to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a table of followed pairs and three columns to the digests."""
    names = ("team", "channel", "pair")
    op.create_table(
        "follows",
        *(sa.Column(name, sa.Text, nullable=False) for name in names),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("first", "second", "against", "owner")),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*names, name="pk_follows"),
    )
    op.add_column("digests", sa.Column("days", sa.Text, nullable=False, server_default=""))
    op.add_column("digests", sa.Column("reached", sa.Date))
    chosen = sa.Column("chosen", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("digests", chosen)
