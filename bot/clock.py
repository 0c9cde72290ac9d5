"""The only reader of the clock: everything else takes the time as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The `Clock` port on the machine's clock."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back, for waiting and measuring."""
        return time.monotonic()


class FixedClock:
    """A clock that stands still: a replay of a past moment, and every test."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since 1970 of that moment."""
        return self._now.timestamp()

    def set(self, now: datetime) -> None:
        """Move it."""
        self._now = now
