"""What every writing transaction has in common: who goes first, and rows that may be there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.model import AuditEntry, NewNotice
from bot.store.schema.rows import notice_values
from bot.store.schema.tables import DEEDS, INCIDENTS, OUTBOX, STANDINGS, WORKSPACES

Values = Mapping[str, Any]

LONGEST_LEASE = timedelta(hours=1)
"""Far more than anybody is given: one that ends later was given by a clock that was ahead, and has ended."""


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases write alike."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(table)


def hold(connection: sa.Connection, teams: Iterable[str]) -> None:
    """Change these workspaces one transaction after the other, on SQLite all of them.

    So a revision that was read stays what it is until the end, and notices get their ids in the order in
    which they become visible.  Rows are locked in the order of names, so that nobody waits in a circle.
    """
    if connection.dialect.name != "postgresql":
        return
    names = sorted(set(teams))
    rows = sa.select(WORKSPACES.c.team).where(WORKSPACES.c.team.in_(names)).order_by(WORKSPACES.c.team)
    if len(connection.execute(rows.with_for_update()).all()) < len(names):
        fresh = [{"team": team, "last_number": 0} for team in names]
        connection.execute(insert(connection, WORKSPACES).on_conflict_do_nothing(), fresh)
        connection.execute(rows.with_for_update())


def is_over(lease: sa.Column[datetime], now: Any, far: Any) -> sa.ColumnElement[bool]:
    """Whether a lease has ended.  now: a moment.  far: `LONGEST_LEASE` later."""
    return sa.or_(lease <= now, lease > far)


def add_notices(connection: sa.Connection, notices: Sequence[NewNotice]) -> int:
    """Rows of the outbox, in this order; what is there already is left alone.  How many were new."""
    statement = insert(connection, OUTBOX).on_conflict_do_nothing().returning(OUTBOX.c.id)
    made = [connection.scalar(statement, notice_values(new)) for new in notices]
    return len(made) - made.count(None)


def note(connection: sa.Connection, team: str, number: int, deed: AuditEntry) -> None:
    """What a person did."""
    values = {"user": deed.user, "act": deed.act.value, "at": deed.at, "detail": deed.detail}
    connection.execute(sa.insert(DEEDS).values(team=team, number=number, **values))


def of_version(table: sa.Table, team: str, number: int, version: int) -> sa.ColumnElement[bool]:
    """Its rows in one of the tables."""
    return sa.and_(table.c.team == team, table.c.number == number, table.c.version == version)


def close_incident(connection: sa.Connection, team: str, number: int, version: int) -> None:
    """A person ended it: over on the session that the rule had come to."""
    session = (
        sa.select(STANDINGS.c.session).where(of_version(STANDINGS, team, number, version)).scalar_subquery()
    )
    mine = of_version(INCIDENTS, team, number, version)
    over = sa.func.coalesce(session, INCIDENTS.c.fired)
    connection.execute(
        sa.update(INCIDENTS).where(mine, INCIDENTS.c.recovered.is_(None)).values(recovered=over)
    )
