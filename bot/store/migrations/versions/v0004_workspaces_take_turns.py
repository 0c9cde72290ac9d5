"""When a workspace was last served is found without reading all that it has asked."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add an index to the questions."""
    op.create_index("ix_questions_served", "questions", ["team", "lease"])
