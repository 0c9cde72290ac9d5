"""What an unchanged world makes of rules is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add a table."""
    version = ["team", "number", "version"]
    op.create_table(
        "noise",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("session", sa.Date, nullable=False),
        sa.Column("alarms", sa.Float),
        sa.Column("open", sa.Float),
        sa.Column("paths", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(*version, name="pk_noise"),
        sa.ForeignKeyConstraint(version, [f"versions.{name}" for name in version], name="fk_noise_versions"),
    )
