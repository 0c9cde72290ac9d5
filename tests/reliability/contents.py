"""What a database holds, in names that two runs share: no ids, no times, no ts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.store import url_of
from bot.store.engine import Database
from bot.store.schema import DIGESTS, FLIPS, INCIDENTS, OUTBOX, RULES, STANDINGS, UNFINISHED


@dataclass(frozen=True)
class Standing:
    """How far a run is.  behind: rules that have not come to the session.  waiting: notices that are due."""

    behind: int
    waiting: int


@dataclass(frozen=True)
class Row:
    """A notice.  key: as in the message's metadata.  due: when it may be kept."""

    key: str
    state: str
    fault: str
    attempt: int
    ts: str | None
    due: datetime


class StoreContents:
    """A supervisor's eyes: reads, and never writes."""

    def __init__(self, address: str) -> None:
        self._database = Database(url_of(address))

    async def standing(self, now: datetime, session: date) -> Standing:
        """How far it is."""
        return await self._database.read(_standing, now, session)

    async def rows(self) -> list[Row]:
        """The outbox."""
        return await self._database.read(_rows)

    async def facts(self) -> dict[str, str]:
        """Where every rule stands, what happened, and what became of every notice and digest."""
        return await self._database.read(lambda connection: dict(_facts(connection)))

    async def cut_connections(self) -> int:
        """End every other connection to this PostgreSQL database, the way its administrator can; how many."""
        return await self._database.read(_cut)

    async def close(self) -> None:
        """Let go."""
        await self._database.close()


def _standing(connection: sa.Connection, now: datetime, session: date) -> Standing:
    same = sa.and_(
        RULES.c.team == STANDINGS.c.team,
        RULES.c.number == STANDINGS.c.number,
        RULES.c.version == STANDINGS.c.version,
    )
    late = sa.or_(STANDINGS.c.session.is_(None), STANDINGS.c.session < session)
    behind = sa.select(sa.func.count()).select_from(STANDINGS.join(RULES, same)).where(late)
    tried = sa.or_(OUTBOX.c.not_before <= now, OUTBOX.c.attempt > 0)
    waiting = sa.select(sa.func.count()).select_from(OUTBOX).where(UNFINISHED, tried)
    return Standing(connection.scalar(behind) or 0, connection.scalar(waiting) or 0)


def key_of(row: Any) -> str:
    """As `Promise.key`."""
    return f"{row.team}/{row.channel}/{row.session}/{row.kind}/{row.subject}"


def _rows(connection: sa.Connection) -> list[Row]:
    found = connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.id))
    return [Row(key_of(row), row.state, row.fault, row.attempt, row.ts, row.not_before) for row in found]


def _facts(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    for row in connection.execute(sa.select(STANDINGS)):
        at = row.position
        facts = f"{at.state} {at.before} {at.reading} {at.through} {dict(at.exchanges)}"
        yield f"standing {row.team}/R{row.number}v{row.version}", facts
    of_rule: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(FLIPS).order_by(FLIPS.c.id)):
        of_rule.setdefault(f"flips {row.team}/R{row.number}v{row.version}", []).append(str(row.flip))
    yield from ((name, "\n".join(flips)) for name, flips in of_rule.items())
    for row in connection.execute(sa.select(INCIDENTS)):
        name = f"incident {row.team}/R{row.number}v{row.version}/{row.fired}"
        yield name, f"over {row.recovered}, card {'posted' if row.ts else 'not posted'}"
    for row in connection.execute(sa.select(DIGESTS)):
        yield f"digest {row.team}/{row.channel}", f"on {row.on} {row.stopped}"
    for row in connection.execute(sa.select(OUTBOX)):
        yield f"promise {key_of(row)}", row.state


def _cut(connection: sa.Connection) -> int:
    others = "datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'supervisor'"
    counted = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}"
    return int(connection.exec_driver_sql(counted).scalar() or 0)
