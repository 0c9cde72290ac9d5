"""What was decided about an incident, and of how many sessions its thread was told what followed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add a column to what people did and one to the incidents."""
    op.add_column("deeds", sa.Column("decided", sa.Text))
    told = sa.Column("told", sa.Integer, nullable=False, server_default=sa.text("0"))
    op.add_column("incidents", told)
    # What is over already is not told of all at once; what is open is, from its next horizon on.
    op.execute("UPDATE incidents SET told = 250 WHERE recovered IS NOT NULL")
