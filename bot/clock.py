"""The only reader of the clock: everything else takes the time as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


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


class ShiftedClock:
    """A clock that runs as another does, at another time of it: a playground in the past or the future."""

    def __init__(self, base: SystemClock, start: datetime | None = None) -> None:
        self._base = base
        self._shift = timedelta() if start is None else start - base.now()
        self._moved = timedelta()

    def now(self) -> datetime:
        """The moment it was started or moved to, and what has passed since."""
        return self._base.now() + self._shift

    def monotonic(self) -> float:
        """Seconds that have really passed: waiting is not shortened by a move."""
        return self._base.monotonic()

    @property
    def moved(self) -> float:
        """Seconds by which it was moved since it was started."""
        return self._moved.total_seconds()

    def move(self, to: datetime) -> None:
        """Go on from a later moment; an earlier one changes nothing, for time does not go back."""
        leap = max(to - self.now(), timedelta())
        self._shift += leap
        self._moved += leap
