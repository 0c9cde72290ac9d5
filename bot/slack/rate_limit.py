"""The rate limit of each channel: Slack takes one message a second, and short bursts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from math import inf
from typing import TypeVar

from bot.ports import Clock
from bot.slack.errors import FaultKind, SlackFault

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
Sleep = Callable[[float], Awaitable[None]]

INTERVAL = 1.0
BURST = 3
LONGEST_WAIT = 60.0
"""Seconds that one call waits at most because Slack said so, all its waits together."""
PAUSES = (1.0, 3.0)
"""Seconds before trying again where Slack could not be reached at all."""
REMEMBERED = 1000


class Retries:
    """Counts what one call has waited."""

    def __init__(self) -> None:
        self._waited, self._pauses = 0.0, iter(PAUSES)

    def next_wait(self, fault: SlackFault) -> float | None:
        """Return seconds until the same call may be made again; None: never, or a minute was not enough."""
        if fault.kind is FaultKind.RATE:
            wait = fault.retry_after
        else:
            wait = next(self._pauses, None) if fault.kind is FaultKind.BUSY else None
        if wait is None or self._waited + wait > LONGEST_WAIT:
            return None
        log.warning("Slack: %s. Trying again in %.0f s", fault.cause, wait)
        self._waited += wait
        return wait


class RateLimit:
    """Spaces the calls to each channel and waits as long as Slack says where it refuses one as too many."""

    def __init__(self, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._clock, self._sleep = clock, sleep
        self._due: dict[str, float] = {}

    async def send(self, channel: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Make the call in its turn; repeat it where Slack says that it did nothing and what to wait for.

        Raises what the call raises, and the last SlackFault where a minute was not enough.
        """
        retries = Retries()
        while True:
            await self.turn(channel)
            try:
                return await call()
            except SlackFault as fault:
                wait = retries.next_wait(fault)
                if wait is None:
                    raise
                self.hold(channel, wait)

    async def turn(self, channel: str, longest: float = inf) -> None:
        """Wait for the channel's next turn.

        Raises SlackFault of kind BUSY at once where that would last over `longest` seconds.
        """
        now = self._clock.monotonic()
        due = max(self._due.get(channel, now), now)
        wait = due - (BURST - 1) * INTERVAL - now
        if wait > longest:
            raise SlackFault(
                FaultKind.BUSY, "", "others are to be posted in the channel first", retry_after=wait
            )
        self._forget(now)
        self._due[channel] = due + INTERVAL
        if wait > 0:
            await self._sleep(wait)

    def hold(self, channel: str, seconds: float) -> None:
        """Let nothing go to the channel for so long."""
        held = self._clock.monotonic() + seconds + (BURST - 1) * INTERVAL
        self._due[channel] = max(self._due.get(channel, held), held)

    def _forget(self, now: float) -> None:
        if len(self._due) > REMEMBERED:
            self._due = {channel: due for channel, due in self._due.items() if due > now}
