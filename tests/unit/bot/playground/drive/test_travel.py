"""Time passes moment by moment: nothing that was due on the way is left out, and nothing comes early."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from bot.clock import ShiftedClock, SystemClock
from bot.market.calendar import ExchangeCalendar
from bot.playground.drive.travel import Around, Travel
from bot.records import Digest

START = datetime(2026, 1, 23, 12, 0, tzinfo=UTC)
NEW_YORK = Digest("T", "C", "U", time(8, 30), "America/New_York")
SOON = timedelta(seconds=30)


class Stops:
    """Notes the moments at which the bot was asked to catch up."""

    def __init__(self, *digests: Digest) -> None:
        self.clock = ShiftedClock(SystemClock(), START)
        self.digests, self.moments = digests, list[datetime]()
        self.travel = Travel(self.clock, lambda: Around(ExchangeCalendar(), self.kept, self.note))

    async def kept(self) -> Sequence[Digest]:
        return self.digests

    async def note(self) -> None:
        self.moments.append(self.clock.now())

    def hours(self) -> list[str]:
        return [f"{moment:%a %d %b %H:%M}" for moment in self.moments]


async def test_a_session_passes_with_the_posts_about_it() -> None:
    stops = Stops(NEW_YORK)
    end = await stops.travel.sessions(1)
    # 22 January's post at 13:30 UTC, the close of the 23rd, and Monday morning's post about it.
    assert stops.hours() == ["Fri 23 Jan 13:31", "Fri 23 Jan 21:16", "Mon 26 Jan 13:31"]
    assert timedelta() <= end - stops.moments[-1] < SOON


async def test_every_channel_has_its_own_moment() -> None:
    tokyo = Digest("T", "D", "U", time(8, 30), "Asia/Tokyo")
    stops = Stops(NEW_YORK, tokyo)
    await stops.travel.sessions(1)
    assert stops.hours() == [
        "Fri 23 Jan 13:31",
        "Fri 23 Jan 21:16",
        "Sun 25 Jan 23:31",
        "Mon 26 Jan 13:31",
    ]


async def test_without_a_digest_there_is_the_close() -> None:
    stops = Stops()
    await stops.travel.sessions(3)
    assert stops.hours() == ["Fri 23 Jan 21:16", "Mon 26 Jan 21:16", "Tue 27 Jan 21:16"]


async def test_one_that_is_switched_off_or_was_stopped_has_no_moment() -> None:
    off = Digest("T", "C", "U", time(8, 30), "America/New_York", on=False)
    stopped = Digest("T", "D", "U", time(8, 30), "America/New_York", stopped="is_archived")
    stops = Stops(off, stopped)
    await stops.travel.sessions(1)
    assert stops.hours() == ["Fri 23 Jan 21:16"]


async def test_to_a_moment_with_everything_on_the_way() -> None:
    stops = Stops(NEW_YORK)
    end = await stops.travel.to(datetime(2026, 1, 27, 12, 0, tzinfo=UTC))
    assert stops.hours() == [
        "Fri 23 Jan 13:31",
        "Fri 23 Jan 21:16",
        "Mon 26 Jan 13:31",
        "Mon 26 Jan 21:16",
        "Tue 27 Jan 12:00",
    ]
    assert end - datetime(2026, 1, 27, 12, 0, tzinfo=UTC) < SOON


async def test_time_does_not_go_back() -> None:
    stops = Stops()
    await stops.travel.to(START - timedelta(days=3))
    assert stops.clock.now() - START < SOON
