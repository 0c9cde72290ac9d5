"""The `Jobs` port on pgqueuer: in memory beside SQLite, on PostgreSQL beside PostgreSQL."""
