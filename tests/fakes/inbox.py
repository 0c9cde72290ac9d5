"""An inbox in memory: the fake beside the real ones, held to the same contract suite."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import Unavailable
from bot.model import NO_LIMITS, Asker, Crowded, Request, RequestLimits
from bot.store.rows import LONGEST_LEASE

Key = tuple[str, str]


@dataclass
class MemoryInbox:
    """Remembers questions.  down: it does not answer; slow: not before this is set."""

    down: bool = False
    slow: asyncio.Event | None = None
    kept: dict[Key, Request] = field(default_factory=dict)
    over: set[Key] = field(default_factory=set)
    _leases: dict[Key, datetime] = field(default_factory=dict)
    _attempts: dict[Key, int] = field(default_factory=dict)

    async def put(self, request: Request, limits: RequestLimits = NO_LIMITS) -> bool | Crowded:
        await self._answer()
        key = (request.team, request.id)
        if key in self.kept:
            return False
        others = [(Asker.of(other), 1) for key, other in self.kept.items() if key not in self.over]
        if limits.bind(request.handler) and (met := limits.find_exceeded(Asker.of(request), others)):
            return met
        self.kept[key] = request
        return True

    async def claim(self, now: datetime, lease: timedelta) -> Request | None:
        await self._answer()
        free = [key for key in self.kept if self._is_free(key, now)]
        if not free:
            return None
        key = min(free, key=lambda key: self._turn(self.kept[key], now))
        self._leases[key] = now + lease
        self._attempts[key] = self._attempts.get(key, 0) + 1
        return replace(self.kept[key], attempt=self._attempts[key])

    async def renew(self, request: Request, now: datetime, lease: timedelta) -> bool:
        await self._answer()
        key = (request.team, request.id)
        if key in self.over or self._attempts.get(key) != request.attempt:
            return False
        self._leases[key] = now + lease
        return True

    async def free(self) -> int:
        await self._answer()
        held = [key for key in self._leases if key not in self.over]
        for key in held:
            del self._leases[key]
        return len(held)

    async def mark_done(self, team: str, id_: str) -> None:
        await self._answer()
        self.over.add((team, id_))

    async def put_back(self, team: str, id_: str) -> None:
        await self._answer()
        self._leases.pop((team, id_), None)

    async def open(self, now: datetime, most: int = 1000) -> Sequence[Key]:
        await self._answer()
        free = [key for key in self.kept if self._is_free(key, now)]
        return sorted(free, key=lambda key: self.kept[key].asked)[:most]

    async def forget(self, before: datetime) -> int:
        await self._answer()
        old = [key for key in self.over if key in self.kept and self.kept[key].asked < before]
        for key in old:
            del self.kept[key]
        return len(old)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.slow:
            await self.slow.wait()
        if self.down:
            raise Unavailable("The database", "it is locked")

    def _turn(self, request: Request, now: datetime) -> tuple[int, float, int, datetime, str]:
        """Its place in the order in which questions are claimed."""
        team = [other for other in self.kept.values() if other.team == request.team]
        leases = [self._leases.get((other.team, other.id)) for other in team]
        served = [each.timestamp() for each in leases if each and each <= now + LONGEST_LEASE]
        taken = [other.user for other in team if self._is_worked_on((other.team, other.id), now)]
        of_user = taken.count(request.user)
        return len(taken), max(served, default=0.0), of_user, request.asked, request.id

    def _is_worked_on(self, key: Key, now: datetime) -> bool:
        return key not in self.over and not self._is_free(key, now)

    def _is_free(self, key: Key, now: datetime) -> bool:
        return (
            key in self.kept
            and key not in self.over
            and not now < self._leases.get(key, now) <= now + LONGEST_LEASE
        )
