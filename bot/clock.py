"""The only reader of the clock: everything else takes the time as an argument."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(seconds=60)
"""A clock that is set by less is followed: half of the shortest time that anything is held for."""


class SystemClock:
    """The `Clock` port on the machine's clock."""

    def now(self) -> datetime:
        """Return this moment, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back, for waiting and measuring."""
        return time.monotonic()

    @property
    def trusted(self) -> bool:
        """True: there is nothing to compare it with."""
        return True


@dataclass(frozen=True)
class Leap:
    """A machine's clock that was set.

    by: how far it is ahead of the time that has passed; negative where it is behind.
    at: when it was noticed, by the time that has passed.
    """

    by: timedelta
    at: datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _elapsed_seconds() -> float:
    """Return seconds that pass, also while the machine is suspended, and that nobody can set.

    `time.monotonic` stands still in a suspended Linux, and a laptop that wakes up has not leapt.  Where there
    is nothing else it looks as if it had, until another clock is asked.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SteadyClock:
    """The machine's clock while it agrees with the time that passes; where it leaps, time goes on as before.

    A clock that does not say is believed: `settle` compares it with another machine's, and decides who is
    right after a leap.  Until it was compared once it is not trusted.

    wall: the machine's clock.  elapsed: seconds that nobody can set.
    """

    def __init__(
        self, wall: Callable[[], datetime] = _utc_now, elapsed: Callable[[], float] = _elapsed_seconds
    ) -> None:
        self._wall, self._elapsed = wall, elapsed
        self._origin = wall() - timedelta(seconds=elapsed())
        self.trusted = False
        self.leap: Leap | None = None
        self.leaps = 0
        self._explained = True

    def now(self) -> datetime:
        """Return this moment, in UTC."""
        since = timedelta(seconds=self._elapsed())
        wall, reckoned = self._wall(), self._origin + since
        by = wall - reckoned
        if abs(by) <= TOLERANCE:
            self._origin, self.leap, self._explained = wall - since, None, True
            return wall
        if self.leap is None or abs(by - self.leap.by) > TOLERANCE:
            self.leap, self._explained = Leap(by, reckoned), False
            self.leaps += 1
        return reckoned

    def monotonic(self) -> float:
        """Return seconds that never go back, for waiting and measuring."""
        return time.monotonic()

    @property
    def ahead(self) -> timedelta:
        """How far the machine's clock is ahead of the time that is gone by."""
        return self._wall() - self.now()

    @property
    def settled(self) -> bool:
        """Whether another clock has been heard since the last leap, and at all."""
        self.now()
        return self.trusted and self._explained

    def settle(self, told: datetime) -> None:
        """Go by the clock of this machine that agrees with another machine's; where none does, by that one.

        told: what the other one shows now, with a zone.
        """
        reckoned, since = self.now(), timedelta(seconds=self._elapsed())
        if abs(self._wall() - told) <= TOLERANCE:
            self._origin = self._wall() - since
        elif abs(reckoned - told) > TOLERANCE:
            self._origin = told - since
        self.trusted = True
        self.now()
        self._explained = True


class FixedClock:
    """A clock that stands still: a replay of a past moment, and every test."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds since 1970 of that moment."""
        return self._now.timestamp()

    @property
    def trusted(self) -> bool:
        """True: it cannot leap."""
        return True

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
        """Return the moment it was started or moved to, and what has passed since."""
        return self._base.now() + self._shift

    def monotonic(self) -> float:
        """Return seconds that have really passed: waiting is not shortened by a move."""
        return self._base.monotonic()

    @property
    def trusted(self) -> bool:
        """True: whoever moves it means it."""
        return True

    @property
    def moved(self) -> float:
        """Seconds by which it was moved since it was started."""
        return self._moved.total_seconds()

    def move(self, to: datetime) -> None:
        """Go on from a later moment; an earlier one changes nothing, for time does not go back."""
        leap = max(to - self.now(), timedelta())
        self._shift += leap
        self._moved += leap
