"""Lets time pass in the playground: from session to session, with every post at its moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.clock import ShiftedClock
from bot.model import Digest
from bot.ports import Calendar, Store, WorkspaceRepository
from bot.schedule import find_settled, post_of
from bot.use_cases.replay import exchanges_of

AFTER = timedelta(minutes=1)
"""How long after a moment the clock stops: the bot looks twice a minute."""
AHEAD = timedelta(days=14)
"""No exchange is closed for longer."""
AGAIN = timedelta(hours=1)
"""How often the clock stops while prices are late."""


Post = tuple[Digest, frozenset[str]]
"""A channel's daily post, and the codes of the exchanges on which the symbols of its rules are traded."""


@dataclass(frozen=True)
class Around:
    """What the traveller passes by.

    posts: those of the workspace.  late: until when prices of the newest session are waited for, None where
    none are.  catch_up: has the bot do what is due now, and returns when it has.
    """

    calendar: Calendar
    posts: Callable[[], Awaitable[Sequence[Post]]]
    late: Callable[[], Awaitable[datetime | None]]
    catch_up: Callable[[], Awaitable[None]]


async def posts_of(repository: WorkspaceRepository) -> Sequence[Post]:
    """Read the daily posts of a workspace, and which exchanges their channels need."""
    rules = await repository.rules()
    return [
        (digest, exchanges_of(each for each in rules if each.watched.channel == digest.channel))
        for digest in await repository.digests()
    ]


async def late_until(
    store: Store, team: str, calendar: Calendar, now: datetime, patience: timedelta
) -> datetime | None:
    """Tell until when the prices of the newest session are waited for; None where it is decided.

    patience: how long after it has settled on all exchanges that are needed.
    """
    session = calendar.last_complete(now)
    waiting = await store.rules_behind([team], session)
    return find_settled(calendar, session, exchanges_of(waiting)).at + patience if waiting else None


@dataclass(frozen=True)
class TravelClock:
    """The `Clock` port on which a leap passes like other time: after a day a channel takes posts again."""

    clock: ShiftedClock

    def now(self) -> datetime:
        """Return the playground's moment."""
        return self.clock.now()

    def monotonic(self) -> float:
        """Return seconds that have passed, really or by leaps."""
        return self.clock.monotonic() + self.clock.moved

    @property
    def trusted(self) -> bool:
        """Tell what the clock says of itself."""
        return self.clock.trusted


@dataclass(frozen=True)
class Journey:
    """Time that is passing.  count: sessions in all; done: those that have passed."""

    count: int
    done: int = 0

    @property
    def now(self) -> int:
        """Which of them is passing, the first one being 1."""
        return min(self.done + 1, self.count)


class Travel:
    """Moves the clock forward, one journey at a time.

    around: asked for with each journey, for the bot may start later than the page.
    moved: called whenever it is later, and when a journey begins or ends.
    journey: the one that is under way.  passed: from when to when the last one led; None before any.
    """

    def __init__(
        self, clock: ShiftedClock, around: Callable[[], Around], moved: Callable[[], None] = lambda: None
    ) -> None:
        self.clock, self._around, self._moved = clock, around, moved
        self._one_at_a_time = asyncio.Lock()
        self.journey: Journey | None = None
        self.passed: tuple[datetime, datetime] | None = None
        self._hurried = False

    async def sessions(self, count: int) -> datetime:
        """Let `count` sessions end and their digests be posted; gives the moment it is then."""
        async with self._under_way(count):
            for done in range(count):
                self.journey = Journey(count, done)
                for stop in await self._stops():
                    await self._wait(stop)
                    await self._stop(stop)
                await self._wait()
            return self.clock.now()

    async def to(self, moment: datetime) -> datetime:
        """Let time pass until a moment; one that is over changes nothing."""
        async with self._under_way(1):
            while (stops := await self._stops())[0] < moment:
                await self._wait(stops[0])
                await self._stop(stops[0])
            await self._wait(moment)
            await self._stop(moment)
            return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        """Wait in the playground's time: while it is let pass or is hurried, these seconds pass at once."""
        if self.journey is None and not self._hurried:
            await asyncio.sleep(seconds)
            return
        self.clock.move(self.clock.now() + timedelta(seconds=seconds))
        await asyncio.sleep(0)

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Let nobody really wait for Slack's limits until the block ends."""
        self._hurried = True
        try:
            yield
        finally:
            self._hurried = False

    @asynccontextmanager
    async def _under_way(self, count: int) -> AsyncIterator[None]:
        async with self._one_at_a_time:
            self.journey, left = Journey(count), self.clock.now()
            self._moved()
            try:
                yield
            finally:
                self.journey, self.passed = None, (left, self.clock.now())
                self._moved()

    async def _wait(self, before: datetime | None = None) -> None:
        """Stop every hour while prices are late, up to the next moment that is stopped at anyway."""
        while (end := await self._around().late()) and (now := self.clock.now()) < end + AFTER:
            coming = min(now + AGAIN, end + AFTER)
            if before is not None and coming >= before:
                return
            await self._stop(coming)

    async def _stop(self, moment: datetime) -> None:
        self.clock.move(moment)
        self._moved()
        await self._around().catch_up()

    async def _stops(self) -> list[datetime]:
        """Return what lies ahead up to the last post about the next session that settles, the first one
        first.
        """
        now, around = self.clock.now(), self._around()
        last, coming = around.calendar.last_complete(now), _next(around.calendar, now)
        moments = {around.calendar.settles(coming)}
        for digest, codes in await around.posts():
            if digest.active:
                ends = [find_settled(around.calendar, session, codes).at for session in (last, coming)]
                moments.update(ends, (post_of(digest, end) for end in ends))
        return sorted(moment + AFTER for moment in moments if moment + AFTER > now)


def _next(calendar: Calendar, now: datetime) -> date:
    """Return the next session that settles."""
    today = now.date()
    sessions: list[date] = calendar.sessions(today, today + AHEAD).tolist()
    return next(session for session in sessions if calendar.settles(session) > now)
