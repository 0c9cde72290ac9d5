"""Types of columns that are the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcMoment(sa.TypeDecorator[datetime]):
    """A moment in UTC; ValueError for a time without a zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To UTC; without the zone where the database keeps none, so that texts compare as moments do."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; a moment is kept in UTC")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """From the database, which may answer in a zone of its own."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(sa.TypeDecorator[str]):
    """Text that somebody wrote: what no database takes (NUL, half of a surrogate pair) is replaced."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """As near to what was written as can be kept."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.encode("utf-8", "replace").decode().replace("\0", "")


class Json(sa.TypeDecorator[Any]):
    """A record as JSON, kept letter by letter (PostgreSQL: json, not jsonb, which would rewrite numbers)."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, dump: Callable[[Any], str], load: Callable[[str | bytes], Any]) -> None:
        super().__init__()
        self.dump, self.load = dump, load

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str:
        """The engine passes JSON text on as it is."""
        return self.dump(value)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> Any:
        """The engine hands JSON text over as it is."""
        return self.load(value)
