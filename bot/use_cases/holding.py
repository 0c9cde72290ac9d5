"""While a question is worked on it stays its worker's: the lease is short, and renewed again and again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.model import Request
from bot.ports import Clock, Inbox

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
"""How long nobody else takes a question of whose worker nothing is heard: so long it waits after a kill."""
RENEWAL = 5.0
"""Seconds between two renewals: three of them may fail."""


class Overtaken(Exception):
    """Another worker has the question: its lease had ended before it could be renewed."""


class Holding:
    """Holds questions for one worker.  sleep: waits between two renewals, in seconds of the clock."""

    def __init__(
        self, inbox: Inbox, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._inbox, self._clock, self._sleep = inbox, clock, sleep

    async def claim(self) -> Request | None:
        """The question whose turn it is, to work on it; None where none waits."""
        return await self._inbox.claim(self._clock.now(), LEASE)

    @asynccontextmanager
    async def held(self, question: Request) -> AsyncIterator[None]:
        """Renew the lease until the block ends.

        Raises Overtaken, by cutting the block off, where another worker has the question.
        """
        working = asyncio.current_task()
        assert working
        overtaken = False

        async def renew_on() -> None:
            nonlocal overtaken
            while await self._renewed(question):
                pass
            overtaken = True
            working.cancel()

        renewing = asyncio.create_task(renew_on())
        try:
            yield
        except asyncio.CancelledError:
            if overtaken and working.uncancel() == 0:
                raise Overtaken from None
            raise
        finally:
            renewing.cancel()

    async def _renewed(self, question: Request) -> bool:
        """False where another has it.  A store that does not answer gives it to nobody else, either."""
        await self._sleep(RENEWAL)
        try:
            return await self._inbox.renew(question, self._clock.now(), LEASE)
        except Exception as fault:
            log.warning("The lease of %s is not renewed: %r", question.id, fault)
            return True
