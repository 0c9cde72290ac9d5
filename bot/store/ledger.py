"""The `Ledger` port: promises, kept one after the other in each lane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.records import Kind, Lane, Promise, Status, Story, alert_of, farewells
from bot.store.engine import Database
from bot.store.schema import rows
from bot.store.schema.tables import DIGESTS, INCIDENTS, LEDGER, RULES, UNFINISHED
from bot.store.writes import LONGEST_LEASE, hold, is_over, of_version, promise

_ACTIVE = Status.ACTIVE.value


class SqlLedger:
    """All workspaces' promises; a row of one of them is only ever reached by its lane or its claim."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lanes(self, now: datetime, most: int = 1000) -> Sequence[Lane]:
        """Where `claim` would find something now."""
        return await self._database.read(_lanes, now, most)

    async def claim(self, lane: Lane, now: datetime, lease: timedelta, holder: str) -> Promise | None:
        """The promise of the lane whose turn it is, if it may be tried now."""
        return await self._database.write(_claim, lane, now, now + lease, holder)

    async def holds(self, promise: Promise, now: datetime) -> bool:
        """Whether the claim is still the holder's."""
        return await self._database.read(_holds, promise, now)

    async def sent(self, promise: Promise, ts: str | None, picture: str | None = None) -> None:
        """It arrived: also where somebody else has claimed it meanwhile, who will find it finished."""
        await self._database.write(_sent, promise, ts, picture)

    async def put_back(self, promise: Promise, not_before: datetime, fault: str) -> None:
        """Due again; nothing where somebody else has claimed it meanwhile."""
        values = {"state": "due", "not_before": not_before, "fault": fault, "lease": None, "holder": None}
        await self._database.write(_settle, promise, values)

    async def drop(self, promise: Promise, fault: str) -> None:
        """It will never arrive; nothing where somebody else has claimed it meanwhile."""
        await self._database.write(_settle, promise, {"state": "dropped", "fault": fault})

    async def stop(self, promise: Promise, fault: str, now: datetime) -> None:
        """The lane is closed; nothing where somebody else has claimed the promise meanwhile."""
        await self._database.write(_stop, promise, fault, now)

    async def close(self, lane: Lane, session: date, fault: str, now: datetime) -> None:
        """The lane is closed, whoever found that out."""
        await self._database.write(_close, lane, session, fault, now)

    async def forget(self, before: date, most: int) -> int:
        """Remove finished promises of sessions before, the oldest first, but for what is still read."""
        return await self._database.write(_forget, before, most)


def _may_be_tried(now: datetime) -> sa.ColumnElement[bool]:
    due = sa.and_(LEDGER.c.state == "due", LEDGER.c.not_before <= now)
    over = is_over(LEDGER.c.lease, now, now + LONGEST_LEASE)
    return sa.or_(due, sa.and_(LEDGER.c.state == "sending", over))


def _of_lane(lane: Lane) -> sa.ColumnElement[bool]:
    return sa.and_(LEDGER.c.team == lane.team, LEDGER.c.channel == lane.channel, UNFINISHED)


def _in_turn(now: datetime) -> sa.ColumnElement[bool]:
    """What may hold up its lane: it is due, or was tried before."""
    return sa.and_(UNFINISHED, sa.or_(LEDGER.c.not_before <= now, LEDGER.c.attempt > 0))


def _lanes(connection: sa.Connection, now: datetime, most: int) -> Sequence[Lane]:
    of_lane = (LEDGER.c.team, LEDGER.c.channel)
    oldest = sa.select(sa.func.min(LEDGER.c.id)).where(_in_turn(now)).group_by(*of_lane)
    due = sa.select(LEDGER.c.team, LEDGER.c.channel).where(LEDGER.c.id.in_(oldest), _may_be_tried(now))
    return [Lane(*row) for row in connection.execute(due.order_by(LEDGER.c.id).limit(most))]


def _claim(
    connection: sa.Connection, lane: Lane, now: datetime, until: datetime, holder: str
) -> Promise | None:
    """One statement; on PostgreSQL the second of two that want a row asks again whether it may be tried."""
    here = sa.select(LEDGER.c.id).where(_of_lane(lane), _in_turn(now))
    oldest = here.order_by(LEDGER.c.id).limit(1).scalar_subquery()
    claimed = {
        "state": "sending",
        "attempt": LEDGER.c.attempt + 1,
        # Still sending: the attempt before ended without an answer.
        "doubtful": sa.or_(LEDGER.c.doubtful, LEDGER.c.state == "sending"),
        "first_tried": sa.func.coalesce(LEDGER.c.first_tried, sa.bindparam("now", now, LEDGER.c.lease.type)),
        "lease": until,
        "holder": holder,
    }
    statement = sa.update(LEDGER).where(LEDGER.c.id == oldest, _may_be_tried(now)).values(claimed)
    return rows.one(rows.promise, connection.execute(statement.returning(LEDGER)))


def _row(promise: Promise) -> sa.ColumnElement[bool]:
    return sa.and_(LEDGER.c.id == promise.id, LEDGER.c.team == promise.new.team)


def _claimed(promise: Promise) -> sa.ColumnElement[bool]:
    """The row, as long as this very claim is the newest one and nothing has come of it."""
    same = (LEDGER.c.state == "sending", LEDGER.c.holder == promise.holder)
    return sa.and_(_row(promise), *same, LEDGER.c.attempt == promise.attempt)


def _holds(connection: sa.Connection, promise: Promise, now: datetime) -> bool:
    mine = sa.select(LEDGER.c.id).where(_claimed(promise), LEDGER.c.lease > now)
    return connection.execute(mine).first() is not None


def _settle(connection: sa.Connection, promise: Promise, values: dict[str, Any]) -> bool:
    return bool(connection.execute(sa.update(LEDGER).where(_claimed(promise)).values(values)).rowcount)


def _sent(connection: sa.Connection, promise: Promise, ts: str | None, picture: str | None) -> None:
    hold(connection, [promise.new.team])
    mine = sa.update(LEDGER).where(_row(promise), LEDGER.c.state != "sent")
    arrived = connection.execute(mine.values(state="sent", ts=ts, fault="")).rowcount
    if arrived and ts and isinstance(promise.new.content, Story):
        _carded(connection, promise.new.kind, promise.new.content, {"ts": ts, "picture": picture})


def _carded(connection: sa.Connection, kind: Kind, story: Story, card: dict[str, str | None]) -> None:
    """Note where the card of an incident is, and which file it shows."""
    which = {Kind.CARD: INCIDENTS.c.fired == story.state.fired, Kind.UPDATE: INCIDENTS.c.ts == card["ts"]}
    if kind in which:
        mine = of_version(INCIDENTS, story.watched.team, story.watched.number, story.watched.version)
        connection.execute(sa.update(INCIDENTS).where(mine, which[kind]).values(card))


def _stop(connection: sa.Connection, stopped: Promise, fault: str, now: datetime) -> None:
    new = stopped.new
    hold(connection, [new.team])
    # The row stays among the lane's unfinished ones: what it would have told is told with the others.
    if _settle(connection, stopped, {"state": "due"}):
        _close(connection, Lane(new.team, new.channel), new.session, fault, now)


def _close(connection: sa.Connection, lane: Lane, session: date, fault: str, now: datetime) -> None:
    hold(connection, [lane.team])
    unsent = sa.select(LEDGER).where(_of_lane(lane)).order_by(LEDGER.c.id)
    lost = [rows.new_promise(row) for row in connection.execute(unsent)]
    connection.execute(sa.update(LEDGER).where(_of_lane(lane)).values(state="dropped", fault=fault))
    here = (DIGESTS.c.team == lane.team, DIGESTS.c.channel == lane.channel)
    row = connection.execute(
        sa.select(DIGESTS).where(*here, DIGESTS.c.on, DIGESTS.c.stopped == "")
    ).one_or_none()
    if row:
        connection.execute(sa.update(DIGESTS).where(*here).values(stopped=fault))
        watching = (RULES.c.team == lane.team, RULES.c.channel == lane.channel, RULES.c.status == _ACTIVE)
        owners = connection.scalars(sa.select(RULES.c.owner).where(*watching).order_by(RULES.c.number))
        promise(connection, farewells(lane, [row.owner, *owners], session, fault, now))
    promise(connection, [alert for new in lost if (alert := alert_of(new, now))])


def _forget(connection: sa.Connection, before: date, most: int) -> int:
    old = sa.select(LEDGER.c.id).where(LEDGER.c.session < before, ~UNFINISHED, ~_is_read())
    oldest = old.order_by(LEDGER.c.id).limit(most)
    return connection.execute(sa.delete(LEDGER).where(LEDGER.c.id.in_(oldest))).rowcount


def _is_read() -> sa.ColumnElement[bool]:
    """Whether a finished promise is still read, however old it is.

    A channel's newest post says since when it has heard nothing; the card of an open incident is rewritten,
    and people ask in its thread; what is unfinished goes under the post of its session.
    """
    other = LEDGER.alias()
    same = sa.and_(other.c.team == LEDGER.c.team, other.c.channel == LEDGER.c.channel)
    posted = sa.and_(LEDGER.c.kind == Kind.DIGEST.value, LEDGER.c.state == "sent")
    newer = sa.exists().where(
        same, other.c.session > LEDGER.c.session, other.c.kind == LEDGER.c.kind, other.c.state == "sent"
    )
    card = sa.exists().where(
        INCIDENTS.c.team == LEDGER.c.team, INCIDENTS.c.ts == LEDGER.c.ts, INCIDENTS.c.recovered.is_(None)
    )
    waiting = sa.exists().where(
        same, other.c.session == LEDGER.c.session, other.c.state.in_(["due", "sending"])
    )
    return sa.or_(sa.and_(posted, ~newer), card, waiting)
