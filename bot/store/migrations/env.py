"""What alembic runs: the revisions, on the connection that `bot.store.schema` hands over."""

from alembic import context

from bot.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
