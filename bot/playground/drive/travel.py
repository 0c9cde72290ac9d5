"""Lets time pass in the playground: from session to session, with every post at its moment.

    travel = Travel(clock, lambda: Around(calendar, digests, catch_up))
    await travel.sessions(5)

The clock stops at every moment at which the bot has something to do (a session has settled, a digest is due)
until it has done it, so that a month of sessions goes by as it would have.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import ShiftedClock
from bot.ports import Calendar
from bot.records import Digest
from bot.schedule import post_at

AFTER = timedelta(minutes=1)
"""How long after a moment the clock stops: the bot looks twice a minute."""
AHEAD = timedelta(days=14)
"""No exchange is closed for longer."""


@dataclass(frozen=True)
class Around:
    """What the traveller passes by.

    digests: those of the workspace.  catch_up: has the bot do what is due now, and returns when it has.
    """

    calendar: Calendar
    digests: Callable[[], Awaitable[Sequence[Digest]]]
    catch_up: Callable[[], Awaitable[None]]


class Travel:
    """Moves the clock forward, one journey at a time.

    around: asked for with each journey, for the bot may start later than the page.
    """

    def __init__(self, clock: ShiftedClock, around: Callable[[], Around]) -> None:
        self.clock, self._around = clock, around
        self._under_way = asyncio.Lock()

    async def sessions(self, count: int) -> datetime:
        """Let `count` sessions end and their digests be posted; gives the moment it is then."""
        async with self._under_way:
            for _ in range(count):
                for stop in await self._stops():
                    await self._stop(stop)
            return self.clock.now()

    async def to(self, moment: datetime) -> datetime:
        """Let time pass until a moment; one that is over changes nothing."""
        async with self._under_way:
            while (stops := await self._stops())[0] < moment:
                await self._stop(stops[0])
            await self._stop(moment)
            return self.clock.now()

    async def _stop(self, moment: datetime) -> None:
        self.clock.move(moment)
        await self._around().catch_up()

    async def _stops(self) -> list[datetime]:
        """What lies ahead up to the last post about the next session that settles, the first one first."""
        now, around = self.clock.now(), self._around()
        last = around.calendar.settles(around.calendar.last_complete(now))
        settled = _next(around.calendar, now)
        digests = [digest for digest in await around.digests() if digest.active]
        posts = [post_at(end, digest.at, digest.zone) for end in (last, settled) for digest in digests]
        return sorted({moment + AFTER for moment in (settled, *posts) if moment + AFTER > now})


def _next(calendar: Calendar, now: datetime) -> datetime:
    """When the next session settles."""
    today = now.date()
    sessions = calendar.sessions(today, today + AHEAD).tolist()
    return min(moment for moment in map(calendar.settles, sessions) if moment > now)
