"""Time that all processes of a run share: it runs fast, and the supervisor moves it on.

A lease of two minutes, a sweep every half minute and Slack's limits keep their proportions to each other: at
40 times the speed the lease lasts 3 s, the sweep comes every 0.75 s.
"""

from __future__ import annotations

import asyncio
import mmap
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import SteadyClock, SystemClock

_BASE = SystemClock()
_SHIFT = struct.Struct("d")
_SHIFTS = 2 * _SHIFT.size
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reckoning:
    """How time is told.

    origin: monotonic second of this machine at `start`.
    file: seconds moved since, and seconds by which the workers' clocks are wrong.
    """

    start: datetime
    origin: float
    speed: float
    file: Path

    @classmethod
    def begun(cls, start: datetime, speed: float, file: Path) -> Reckoning:
        """From now on."""
        file.write_bytes(_SHIFT.pack(0.0) * 2)
        return cls(start, _BASE.monotonic(), speed, file)


class FastClock:
    """The `Clock` port on a reckoning, the same in every process."""

    def __init__(self, reckoning: Reckoning) -> None:
        self._reckoning = reckoning
        with reckoning.file.open("r+b") as file:
            self._shift = mmap.mmap(file.fileno(), _SHIFTS)

    @property
    def speed(self) -> float:
        """Seconds that pass in one."""
        return self._reckoning.speed

    def now(self) -> datetime:
        """This moment."""
        (shift,) = _SHIFT.unpack_from(self._shift)
        return self._reckoning.start + timedelta(seconds=self.monotonic() + shift)

    def monotonic(self) -> float:
        """Seconds of this time that have passed, without the moves."""
        return (_BASE.monotonic() - self._reckoning.origin) * self._reckoning.speed

    @property
    def trusted(self) -> bool:
        """It is the time."""
        return True

    @property
    def wrong(self) -> timedelta:
        """By how much the workers' clocks are ahead."""
        (seconds,) = _SHIFT.unpack_from(self._shift, _SHIFT.size)
        return timedelta(seconds=seconds)

    def set_wrong(self, by: timedelta) -> None:
        """Make the workers' clocks leap."""
        _SHIFT.pack_into(self._shift, _SHIFT.size, by.total_seconds())

    async def sleep(self, seconds: float) -> None:
        """Wait, at this speed."""
        await asyncio.sleep(seconds / self._reckoning.speed)

    def move(self, to: datetime) -> None:
        """Go on from a later moment, in every process."""
        ahead = (to - self.now()).total_seconds()
        (shift,) = _SHIFT.unpack_from(self._shift)
        _SHIFT.pack_into(self._shift, 0, shift + max(ahead, 0.0))

    def close(self) -> None:
        """Let go of the file."""
        self._shift.close()


class WorkersClock(SteadyClock):
    """The bot's own clock on a machine whose clock the supervisor makes leap."""

    def __init__(self, time: FastClock) -> None:
        super().__init__(lambda: time.now() + time.wrong, lambda: (time.now() - _EPOCH).total_seconds())
        self._time = time

    def monotonic(self) -> float:
        """Seconds of this time that have passed, without the moves."""
        return self._time.monotonic()


def real() -> float:
    """Monotonic seconds of this machine, the same in every process."""
    return _BASE.monotonic()
