"""Who has looked at the Home tab: whom the bot has said hello to, and whose Home is kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.store.batch_writer import BatchWriter
from bot.store.engine import Database
from bot.store.schema.columns import UtcMoment
from bot.store.schema.tables import VISITORS
from bot.store.writes import insert

_Key = tuple[str, str]
"""Team and user.  Rows are written in this order, so that two processes do not wait in a circle."""
_Visit = tuple[_Key, datetime]
_SEEN: sa.BindParameter[datetime] = sa.bindparam("seen", type_=UtcMoment)
# A bound name must not be that of a column that is set.
_MINE = sa.and_(VISITORS.c.team == sa.bindparam("its_team"), VISITORS.c.user == sa.bindparam("its_user"))

_AGAIN = sa.update(VISITORS).where(_MINE, VISITORS.c.last < _SEEN).values(last=_SEEN)


class SqlVisits:
    """Of all workspaces; a row is only ever reached by its workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes = BatchWriter(database, _note)

    async def visited(self, team: str, user: str, at: datetime) -> bool:
        """Somebody looks; True for the first time, also where several look at once."""
        return await self._writes.write(((team, user), at))

    async def since(self, team: str, moment: datetime) -> Sequence[str]:
        """Who has looked since, the latest first."""
        return await self._database.read(_since, team, moment)


def _note(connection: sa.Connection, visits: Sequence[_Visit]) -> list[bool]:
    fresh = insert(connection, VISITORS).on_conflict_do_nothing().returning(VISITORS.c.team, VISITORS.c.user)
    ordered = sorted(visits)
    # One row at a time: several of one person may have come together, and one of them is the first.
    made = {visit: _is_first(connection, fresh, visit) for visit in dict.fromkeys(ordered)}
    connection.execute(_AGAIN, [_mine(key) | {"seen": at} for key, at in ordered])
    return [made.pop(visit, False) for visit in visits]


def _is_first(connection: sa.Connection, fresh: sa.Insert, visit: _Visit) -> bool:
    (team, user), at = visit
    found = connection.execute(fresh, {"team": team, "user": user, "first": at, "last": at})
    return found.first() is not None


def _mine(key: _Key) -> dict[str, str]:
    return {"its_team": key[0], "its_user": key[1]}


def _since(connection: sa.Connection, team: str, moment: datetime) -> Sequence[str]:
    seen = sa.select(VISITORS.c.user).where(VISITORS.c.team == team, VISITORS.c.last >= moment)
    return list(connection.scalars(seen.order_by(VISITORS.c.last.desc(), VISITORS.c.user)))


def forget(connection: sa.Connection, before: datetime) -> int:
    """Remove those who have not looked since, of all workspaces; how many."""
    return connection.execute(sa.delete(VISITORS).where(VISITORS.c.last < before)).rowcount
