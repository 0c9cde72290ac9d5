"""The `Store` port on SQLAlchemy: SQLite, or PostgreSQL where DATABASE_URL says so."""
