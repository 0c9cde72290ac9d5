"""A few places that many share: who waits is let in by turns, workspace by workspace."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count


class Turns:
    """Places for so many at once.

    Next is who waits in nobody's turn, ""; then of those with the fewest inside, whoever was let in last the
    longest ago.  Each one's own come in their order.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._inside: Counter[str] = Counter()
        self._last: dict[str, int] = {}
        self._numbers = count()

    @asynccontextmanager
    async def turn(self, whose: str) -> AsyncIterator[None]:
        """Have a place until the block ends."""
        place = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(whose, deque()).append(place)
        self._let_in()
        try:
            await place
            yield
        finally:
            self._leave(whose, place)

    def _leave(self, whose: str, place: asyncio.Future[None]) -> None:
        if place.cancelled():  # before it was let in
            with suppress(ValueError):
                self._waiting[whose].remove(place)
        else:
            self._free += 1
            self._inside[whose] -= 1
            self._let_in()
        if not self._inside.total() and not any(self._waiting.values()):
            self._waiting.clear()
            self._inside.clear()
            self._last.clear()

    def _let_in(self) -> None:
        while self._free and (waiting := [whose for whose, places in self._waiting.items() if places]):
            whose = min(waiting, key=self._order)
            place = self._waiting[whose].popleft()
            if place.cancelled():
                continue
            self._free -= 1
            self._inside[whose] += 1
            self._last[whose] = next(self._numbers)
            place.set_result(None)

    def _order(self, whose: str) -> tuple[bool, int, int]:
        return whose != "", self._inside[whose], self._last.get(whose, -1)
