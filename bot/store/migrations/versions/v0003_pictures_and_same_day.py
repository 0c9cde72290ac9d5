"""The file that a card shows, and daily posts that wait for the session of the same day."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a column to the incidents and one to the digests."""
    op.add_column("incidents", sa.Column("picture", sa.Text))
    same_day = sa.Column("same_day", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("digests", same_day)
