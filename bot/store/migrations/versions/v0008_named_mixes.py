"""Mixes of funds that workspaces have named, every version of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add a table of named mixes."""
    names = ("team", "name")
    op.create_table(
        "portfolios",
        *(sa.Column(name, sa.Text, nullable=False) for name in names),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("symbol", "owner", "author")),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint(*names, "version", name="pk_portfolios"),
    )
