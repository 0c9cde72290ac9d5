"""The `Inbox` port: questions, from the acknowledgement to the answer.

Putting is on the way to every acknowledgement: statements are made once, and what comes together is written
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.model import NO_LIMITS, Asker, Crowded, Request, RequestLimits
from bot.store import rows
from bot.store.engine import BatchWriter, Database
from bot.store.rows import LONGEST_LEASE, insert_or, lease_is_over
from bot.store.schema import QUESTIONS, UNANSWERED, UtcMoment

_Key = tuple[str, str]
"""Team and id.  Rows are written in this order, so that two processes do not wait in a circle."""
_Put = tuple[Request, RequestLimits]
_Claim = tuple[datetime, datetime]
"""When a question is wanted, and until when it is to be the claimant's."""
_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcMoment)
_FAR: sa.BindParameter[datetime] = sa.bindparam("far", type_=UtcMoment)
_FREE = sa.and_(UNANSWERED, sa.or_(QUESTIONS.c.lease.is_(None), lease_is_over(QUESTIONS.c.lease, _NOW, _FAR)))
# A bound name must not be that of a column that is set.
_MINE = sa.and_(QUESTIONS.c.team == sa.bindparam("its_team"), QUESTIONS.c.id == sa.bindparam("its_id"))


def _turn() -> sa.Select[Any]:
    """Return the key of the question whose turn it is; on PostgreSQL passing over one that another is
    claiming.
    """
    its, c = QUESTIONS.alias("its"), QUESTIONS.c
    busy = sa.case((_FREE, 0), else_=1).label("busy")
    # Read first, by themselves: SQLite would count along an index of all that was ever asked.
    all_open = sa.select(c.team, c.id, c.user, busy).where(UNANSWERED)
    waiting = all_open.cte("waiting").prefix_with("MATERIALIZED")
    w, worked_on = waiting.c, sa.func.sum(waiting.c.busy)
    # What is done keeps its lease; one of a clock that was ahead would put the workspace behind for long.
    last = sa.select(sa.func.max(its.c.lease)).where(its.c.team == w.team, its.c.lease <= _FAR)
    served = sa.select(w.team, last.scalar_subquery().label("last")).group_by(w.team).cte("served")
    of_team = worked_on.over(partition_by=w.team).label("of_team")
    of_user = worked_on.over(partition_by=[w.team, w.user]).label("of_user")
    places = sa.select(w.team, w.id, of_team, of_user).subquery("places")
    p = places.c
    return (
        sa.select(c.team, c.id)
        .join_from(places, served, p.team == served.c.team)
        .join(QUESTIONS, sa.and_(p.team == c.team, p.id == c.id))
        .where(_FREE)
        .order_by(p.of_team, served.c.last.asc().nulls_first(), p.of_user, c.asked, c.team, c.id)
        .limit(1)
        .with_for_update(of=QUESTIONS, skip_locked=True)
    )


_CLAIM = (
    sa.update(QUESTIONS)
    .where(sa.tuple_(QUESTIONS.c.team, QUESTIONS.c.id) == _turn().scalar_subquery(), _FREE)
    .values(attempt=QUESTIONS.c.attempt + 1, lease=sa.bindparam("until", type_=UtcMoment))
    .returning(QUESTIONS)
)
_ASKER = (QUESTIONS.c.team, QUESTIONS.c.channel, QUESTIONS.c.user, QUESTIONS.c.handler)
_COUNTS = (
    sa.select(*_ASKER, sa.func.count().label("open"))
    .where(UNANSWERED, QUESTIONS.c.team.in_(sa.bindparam("teams", expanding=True)))
    .group_by(*_ASKER)
)
_KNOWN = sa.select(QUESTIONS.c.team, QUESTIONS.c.id).where(
    sa.tuple_(QUESTIONS.c.team, QUESTIONS.c.id).in_(sa.bindparam("keys", expanding=True))
)
_DONE = sa.update(QUESTIONS).where(_MINE).values(done=True)
_PUT_BACK = sa.update(QUESTIONS).where(_MINE).values(lease=None)
# A question that was taken again has another attempt.
_RENEW = (
    sa.update(QUESTIONS)
    .where(_MINE, UNANSWERED, QUESTIONS.c.attempt == sa.bindparam("its_attempt"))
    .values(lease=sa.bindparam("until", type_=UtcMoment))
)
_FREED = sa.update(QUESTIONS).where(UNANSWERED, QUESTIONS.c.lease.is_not(None)).values(lease=None)
_OPEN = sa.select(QUESTIONS.c.team, QUESTIONS.c.id).where(_FREE).order_by(QUESTIONS.c.asked)


class SqlInbox:
    """All workspaces' questions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._puts = BatchWriter(database, _put)
        self._claims = BatchWriter(database, _claim)
        self._done = BatchWriter(database, _note_done)

    async def put(self, request: Request, limits: RequestLimits = NO_LIMITS) -> bool | Crowded:
        """Keep it, where that may be."""
        return await self._puts.write((request, limits))

    async def claim(self, now: datetime, lease: timedelta) -> Request | None:
        """Claim the one whose turn it is, to work on it."""
        return await self._claims.write((now, now + lease))

    async def renew(self, request: Request, now: datetime, lease: timedelta) -> bool:
        """Hold on to it; False where somebody else has taken it."""
        mine = _key_values(_key(request)) | {"its_attempt": request.attempt, "until": now + lease}
        return await self._database.execute(_RENEW, mine) == 1

    async def free(self) -> int:
        """Let all that is worked on be taken at once."""
        return await self._database.execute(_FREED)

    async def mark_done(self, team: str, id_: str) -> None:
        """Mark a request as answered."""
        await self._done.write((team, id_))

    async def put_back(self, team: str, id_: str) -> None:
        """Put a request back, to be taken at once."""
        await self._database.execute(_PUT_BACK, _key_values((team, id_)))

    async def open(self, now: datetime, most: int = 1000) -> Sequence[tuple[str, str]]:
        """Return those that nobody works on."""
        found = _OPEN.limit(most).params(_lease_values(now))
        return await self._database.all(found, lambda row: (row.team, row.id))

    async def forget(self, before: datetime) -> int:
        """Remove done ones."""
        done = (QUESTIONS.c.done, QUESTIONS.c.asked < before)
        return await self._database.execute(sa.delete(QUESTIONS).where(*done))


def _key_values(key: _Key) -> dict[str, Any]:
    return {"its_team": key[0], "its_id": key[1]}


def _lease_values(now: datetime) -> dict[str, Any]:
    return {"now": now, "far": now + LONGEST_LEASE}


def _key(request: Request) -> _Key:
    return request.team, request.id


def _put(connection: sa.Connection, puts: Sequence[_Put]) -> list[bool | Crowded]:
    refused = _refuse_over_limit(connection, puts)
    fresh = (
        insert_or(connection, QUESTIONS).on_conflict_do_nothing().returning(QUESTIONS.c.team, QUESTIONS.c.id)
    )
    admitted = [request for request, _ in puts if _key(request) not in refused]
    values = [rows.request_values(request) for request in sorted(admitted, key=_key)]
    kept = {(row.team, row.id) for row in connection.execute(fresh, values)} if values else set()
    if refused:  # what is delivered again is no new question
        for row in connection.execute(_KNOWN, {"keys": list(refused)}):
            del refused[row.team, row.id]
    return [refused.get(_key(request)) or _take_out(kept, _key(request)) for request, _ in puts]


def _refuse_over_limit(connection: sa.Connection, puts: Sequence[_Put]) -> dict[_Key, Crowded]:
    """Refuse those that meet a limit: each counts what is open, and those before it."""
    bound = {_key(request): (request, limits) for request, limits in puts if limits.bind(request.handler)}
    refused: dict[_Key, Crowded] = {}
    if not bound:
        return refused
    teams = sorted({team for team, _ in bound})
    counted = [
        (Asker(row.team, row.channel, row.user, row.handler), row.open)
        for row in connection.execute(_COUNTS, {"teams": teams})
    ]
    for key, (request, limits) in bound.items():
        asker = Asker.of(request)
        if met := limits.find_exceeded(asker, counted):
            refused[key] = met
        else:
            counted.append((asker, 1))
    return refused


def _take_out(kept: set[_Key], key: _Key) -> bool:
    """Take a key out of those kept: of several with the same one only the first was kept."""
    if key not in kept:
        return False
    kept.remove(key)
    return True


def _claim(connection: sa.Connection, claims: Sequence[_Claim]) -> list[Request | None]:
    """Claim questions one after the other: each counts what those before it have been given."""
    found = (connection.execute(_CLAIM, _lease_values(now) | {"until": until}) for now, until in claims)
    return [rows.one_record(rows.request_of_row, each) for each in found]


def _note_done(connection: sa.Connection, keys: Sequence[_Key]) -> list[None]:
    connection.execute(_DONE, [_key_values(key) for key in sorted(keys)])
    return [None] * len(keys)
