"""The `Outbox` port: notices, delivered one after the other in each channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from bot.model import (
    ChannelKey,
    NewNotice,
    Notice,
    NoticeKind,
    RuleReport,
    RuleStatus,
    alert_for,
    stop_notices,
)
from bot.store import rows
from bot.store.engine import Database
from bot.store.rows import LONGEST_LEASE, add_notices, lease_is_over, lock_workspaces, of_version
from bot.store.schema import DIGESTS, INCIDENTS, OUTBOX, RULES, UNFINISHED

_ACTIVE = RuleStatus.ACTIVE.value


class SqlOutbox:
    """All workspaces' notices; a row of one of them is only ever reached by its channel or its claim."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_channels(self, now: datetime, most: int = 1000) -> Sequence[ChannelKey]:
        """List the channels where `claim` would find something now."""
        of_channel = (OUTBOX.c.team, OUTBOX.c.channel)
        oldest = sa.select(sa.func.min(OUTBOX.c.id)).where(_in_turn(now)).group_by(*of_channel)
        due = sa.select(*of_channel).where(OUTBOX.c.id.in_(oldest), _may_be_tried(now))
        return await self._database.all(due.order_by(OUTBOX.c.id).limit(most), lambda row: ChannelKey(*row))

    async def claim(
        self, channel_key: ChannelKey, now: datetime, lease: timedelta, holder: str
    ) -> Notice | None:
        """Claim the notice of the channel whose turn it is, if it may be tried now.

        In one statement; on PostgreSQL the second of two asks again whether the row may be tried.
        """
        here = sa.select(OUTBOX.c.id).where(_of_channel(channel_key), _in_turn(now))
        oldest = here.order_by(OUTBOX.c.id).limit(1).scalar_subquery()
        first = sa.func.coalesce(OUTBOX.c.first_tried, sa.bindparam("now", now, OUTBOX.c.lease.type))
        claimed = {
            "state": "sending",
            "attempt": OUTBOX.c.attempt + 1,
            # Still sending: the attempt before ended without an answer.
            "doubtful": sa.or_(OUTBOX.c.doubtful, OUTBOX.c.state == "sending"),
            "first_tried": first,
            "lease": now + lease,
            "holder": holder,
        }
        mine = sa.update(OUTBOX).where(OUTBOX.c.id == oldest, _may_be_tried(now)).values(claimed)

        def claim(connection: sa.Connection) -> Notice | None:
            return rows.one_record(rows.claimed_notice, connection.execute(mine.returning(OUTBOX)))

        return await self._database.write(claim)

    async def holds(self, notice: Notice, now: datetime) -> bool:
        """Return whether the claim is still the holder's."""
        mine = sa.select(OUTBOX.c.id).where(_still_claimed(notice), OUTBOX.c.lease > now)
        return await self._database.scalar(mine) is not None

    async def mark_sent(self, notice: Notice, ts: str | None, picture: str | None = None) -> None:
        """Mark a notice as arrived, even if somebody else has claimed it, who will find it finished."""
        mine = sa.update(OUTBOX).where(_row(notice), OUTBOX.c.state != "sent")

        def mark(connection: sa.Connection) -> None:
            lock_workspaces(connection, [notice.new.team])
            arrived = connection.execute(mine.values(state="sent", ts=ts, fault="")).rowcount
            if arrived and ts and isinstance(notice.new.content, RuleReport):
                _note_card(connection, notice.new.kind, notice.new.content, {"ts": ts, "picture": picture})

        await self._database.write(mark)

    async def put_back(self, notice: Notice, not_before: datetime, fault: str) -> None:
        """Put a notice back, due again; nothing where somebody else has claimed it meanwhile."""
        values = {"state": "due", "not_before": not_before, "fault": fault, "lease": None, "holder": None}
        await self._database.execute(sa.update(OUTBOX).where(_still_claimed(notice)).values(values))

    async def drop(self, notice: Notice, fault: str) -> None:
        """Give up a notice that will never arrive; nothing where somebody else has claimed it meanwhile."""
        values = {"state": "dropped", "fault": fault}
        await self._database.execute(sa.update(OUTBOX).where(_still_claimed(notice)).values(values))

    async def stop(self, notice: Notice, fault: str, now: datetime) -> None:
        """Close the notice's channel; nothing where somebody else has claimed the notice meanwhile."""
        new = notice.new
        # The row stays among the channel's unfinished ones: what it would have told is told with the others.
        mine = sa.update(OUTBOX).where(_still_claimed(notice)).values(state="due")

        def stop(connection: sa.Connection) -> None:
            lock_workspaces(connection, [new.team])
            if connection.execute(mine).rowcount:
                _close_channel(connection, ChannelKey(new.team, new.channel), new.session, fault, now)

        await self._database.write(stop)

    async def close(self, channel_key: ChannelKey, session: date, fault: str, now: datetime) -> None:
        """Close the channel, whoever found that out."""
        await self._database.write(_close_channel, channel_key, session, fault, now)

    async def forget(self, before: date, most: int) -> int:
        """Remove finished notices of sessions before, the oldest first, but for what is still read."""
        old = sa.select(OUTBOX.c.id).where(OUTBOX.c.session < before, ~UNFINISHED, ~_is_read())
        oldest = old.order_by(OUTBOX.c.id).limit(most)
        return await self._database.execute(sa.delete(OUTBOX).where(OUTBOX.c.id.in_(oldest)))


def _may_be_tried(now: datetime) -> sa.ColumnElement[bool]:
    due = sa.and_(OUTBOX.c.state == "due", OUTBOX.c.not_before <= now)
    over = lease_is_over(OUTBOX.c.lease, now, now + LONGEST_LEASE)
    return sa.or_(due, sa.and_(OUTBOX.c.state == "sending", over))


def _of_channel(channel_key: ChannelKey) -> sa.ColumnElement[bool]:
    return sa.and_(OUTBOX.c.team == channel_key.team, OUTBOX.c.channel == channel_key.channel, UNFINISHED)


def _in_turn(now: datetime) -> sa.ColumnElement[bool]:
    """Return what may hold up its channel: it is due, or was tried before."""
    return sa.and_(UNFINISHED, sa.or_(OUTBOX.c.not_before <= now, OUTBOX.c.attempt > 0))


def _row(notice: Notice) -> sa.ColumnElement[bool]:
    return sa.and_(OUTBOX.c.id == notice.id, OUTBOX.c.team == notice.new.team)


def _still_claimed(notice: Notice) -> sa.ColumnElement[bool]:
    """Return the row, as long as this very claim is the newest one and nothing has come of it."""
    same = (OUTBOX.c.state == "sending", OUTBOX.c.holder == notice.holder)
    return sa.and_(_row(notice), *same, OUTBOX.c.attempt == notice.attempt)


def _note_card(
    connection: sa.Connection, kind: NoticeKind, report: RuleReport, card: dict[str, str | None]
) -> None:
    """Note where the card of an incident is, and which file it shows."""
    which = {
        NoticeKind.CARD: INCIDENTS.c.fired == report.state.fired,
        NoticeKind.UPDATE: INCIDENTS.c.ts == card["ts"],
    }
    if kind in which:
        mine = of_version(INCIDENTS, report.watched.team, report.watched.number, report.watched.version)
        connection.execute(sa.update(INCIDENTS).where(mine, which[kind]).values(card))


def _close_channel(
    connection: sa.Connection, channel_key: ChannelKey, session: date, fault: str, now: datetime
) -> None:
    lock_workspaces(connection, [channel_key.team])
    unsent = sa.select(OUTBOX).where(_of_channel(channel_key)).order_by(OUTBOX.c.id)
    lost = [rows.notice_of_row(row) for row in connection.execute(unsent)]
    connection.execute(sa.update(OUTBOX).where(_of_channel(channel_key)).values(state="dropped", fault=fault))
    here = (DIGESTS.c.team == channel_key.team, DIGESTS.c.channel == channel_key.channel)
    row = connection.execute(
        sa.select(DIGESTS).where(*here, DIGESTS.c.on, DIGESTS.c.stopped == "")
    ).one_or_none()
    if row:
        connection.execute(sa.update(DIGESTS).where(*here).values(stopped=fault))
        watching = (
            RULES.c.team == channel_key.team,
            RULES.c.channel == channel_key.channel,
            RULES.c.status == _ACTIVE,
        )
        owners = connection.scalars(sa.select(RULES.c.owner).where(*watching).order_by(RULES.c.number))
        add_notices(connection, stop_notices(channel_key, [row.owner, *owners], session, fault, now))
    add_notices(connection, [alert for new in lost if (alert := alert_for(new, now))])
    for new in reversed(lost):  # the oldest last: what it had not told yet is to be told again
        _take_back_followed(connection, new)


def _take_back_followed(connection: sa.Connection, lost: NewNotice) -> None:
    """Note that a thread was not told what followed its incident, where that was lost."""
    report = lost.content
    if not isinstance(report, RuleReport) or not report.followed or lost.kind is not NoticeKind.REPLY:
        return
    watched, incident = report.watched, report.incidents[0]
    mine = of_version(INCIDENTS, watched.team, watched.number, watched.version)
    again = sa.update(INCIDENTS).where(mine, INCIDENTS.c.fired == incident.fired)
    connection.execute(again.values(told=incident.told))


def _is_read() -> sa.ColumnElement[bool]:
    """Return whether a finished notice is still read, however old it is.

    A channel's newest post says since when it has heard nothing; the card of an open incident is rewritten,
    and people ask in its thread; what is unfinished goes under the post of its session.
    """
    other = OUTBOX.alias()
    same = sa.and_(other.c.team == OUTBOX.c.team, other.c.channel == OUTBOX.c.channel)
    posted = sa.and_(OUTBOX.c.kind == NoticeKind.DIGEST.value, OUTBOX.c.state == "sent")
    newer = sa.exists().where(
        same, other.c.session > OUTBOX.c.session, other.c.kind == OUTBOX.c.kind, other.c.state == "sent"
    )
    card = sa.exists().where(
        INCIDENTS.c.team == OUTBOX.c.team, INCIDENTS.c.ts == OUTBOX.c.ts, INCIDENTS.c.recovered.is_(None)
    )
    waiting = sa.exists().where(
        same, other.c.session == OUTBOX.c.session, other.c.state.in_(["due", "sending"])
    )
    return sa.or_(sa.and_(posted, ~newer), card, waiting)
