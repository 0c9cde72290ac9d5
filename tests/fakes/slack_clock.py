"""Time that passes only while somebody sleeps, so that backoff is tested without waiting."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 16, 21, 15, tzinfo=UTC)


class SleptClock:
    """A clock with its own `sleep`; `slept` holds every wait in seconds."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        """16 Jan 2026, and what was slept since."""
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds slept so far."""
        return sum(self.slept)

    @property
    def trusted(self) -> bool:
        """It only goes on."""
        return True

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(seconds)
        await asyncio.sleep(0)
