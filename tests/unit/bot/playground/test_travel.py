"""Time passes moment by moment: nothing that was due on the way is left out, and nothing comes early."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.clock import ShiftedClock, SystemClock
from bot.market.calendar import ExchangeCalendar
from bot.model import Digest
from bot.playground.time_travel import Around, Journey, Post, Travel, TravelClock

START = datetime(2026, 1, 23, 12, 0, tzinfo=UTC)
NEW_YORK = Digest("T", "C", "U", time(8, 30), "America/New_York")
SOON = timedelta(seconds=30)
WAITED = timedelta(hours=6)


class Stops:
    """Notes the moments at which the bot was asked to catch up."""

    def __init__(self, *digests: Digest, codes: frozenset[str] = frozenset()) -> None:
        self.codes = codes
        self.clock = ShiftedClock(SystemClock(), START)
        self.digests, self.moments = digests, list[datetime]()
        self.journeys = list[Journey | None]()
        self.late_for = timedelta()
        self.travel = Travel(self.clock, self.around, self.look)

    def around(self) -> Around:
        return Around(ExchangeCalendar(), self.kept, self.late, self.note)

    async def kept(self) -> Sequence[Post]:
        return [(digest, self.codes) for digest in self.digests]

    async def late(self) -> datetime | None:
        """For six hours after the close prices are waited for, unless they have come."""
        now, calendar = self.clock.now(), ExchangeCalendar()
        settled = calendar.settles(calendar.last_complete(now))
        return settled + WAITED if now < settled + min(self.late_for, WAITED) else None

    async def note(self) -> None:
        self.moments.append(self.clock.now())

    def look(self) -> None:
        self.journeys.append(self.travel.journey)

    def hours(self) -> list[str]:
        return [f"{moment:%a %d %b %H:%M}" for moment in self.moments]


async def test_a_session_passes_with_the_posts_about_it() -> None:
    stops = Stops(NEW_YORK)
    end = await stops.travel.sessions(1)
    # 22 January's post at 13:30 UTC, the close of the 23rd, and Monday morning's post about it.
    assert stops.hours() == ["Fri 23 Jan 13:31", "Fri 23 Jan 21:16", "Mon 26 Jan 13:31"]
    assert timedelta() <= end - stops.moments[-1] < SOON


async def test_the_clock_stops_for_the_last_exchange_that_a_channel_needs() -> None:
    stops = Stops(NEW_YORK, codes=frozenset({"XLON", "24/7"}))
    await stops.travel.sessions(1)
    # Thursday's coins were told of in Friday's post; Friday settles at midnight.
    assert stops.hours() == ["Fri 23 Jan 13:31", "Fri 23 Jan 21:16", "Sat 24 Jan 00:16", "Mon 26 Jan 13:31"]


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


async def test_while_prices_are_late_the_clock_stops_every_hour() -> None:
    stops = Stops()
    stops.late_for = timedelta(hours=2, minutes=30)
    await stops.travel.sessions(2)
    after = ["21:16", "22:16", "23:16"]
    assert stops.hours() == [
        *(f"Fri 23 Jan {hour}" for hour in after),
        "Sat 24 Jan 00:16",
        *(f"Mon 26 Jan {hour}" for hour in after),
        "Tue 27 Jan 00:16",
    ]


async def test_prices_that_do_not_come_are_waited_for_no_longer_than_the_bot_does() -> None:
    stops = Stops(NEW_YORK)
    stops.late_for = timedelta(days=9)
    await stops.travel.to(datetime(2026, 1, 24, 12, 0, tzinfo=UTC))
    assert stops.hours()[0:2] == ["Fri 23 Jan 13:31", "Fri 23 Jan 21:16"]
    assert stops.hours()[-2:] == ["Sat 24 Jan 03:16", "Sat 24 Jan 12:00"]
    assert len(stops.moments) == 9


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


async def test_how_far_it_has_got_is_told_on_the_way() -> None:
    stops = Stops(NEW_YORK)
    assert stops.travel.journey is None
    await stops.travel.sessions(2)
    first, second = Journey(2, 0), Journey(2, 1)
    assert (first.now, second.now) == (1, 2)
    # It begins; 22 January's post, the close and the post of the 23rd; the same of the 26th; it ends.
    assert stops.journeys == [first, first, first, first, second, second, None]


async def test_a_journey_that_fails_is_over() -> None:
    stops = Stops()

    async def broken() -> None:
        raise OSError

    stops.note = broken  # type: ignore[method-assign]
    with pytest.raises(OSError):
        await stops.travel.sessions(5)
    assert stops.travel.journey is stops.journeys[-1] is None


async def test_journeys_follow_each_other() -> None:
    stops = Stops()
    await asyncio.gather(stops.travel.sessions(1), stops.travel.sessions(1))
    assert stops.hours() == ["Fri 23 Jan 21:16", "Mon 26 Jan 21:16"]


async def test_slacks_limits_are_waited_for_in_the_time_that_passes() -> None:
    stops = Stops()
    waited = list[timedelta]()

    async def note() -> None:
        before = stops.clock.now()
        await stops.travel.sleep(20.0)
        waited.append(stops.clock.now() - before)

    stops.note = note  # type: ignore[method-assign]
    began = stops.clock.monotonic()
    await stops.travel.sessions(3)
    assert len(waited) == 3
    assert all(timedelta(seconds=20) <= each < timedelta(seconds=21) for each in waited)
    assert stops.clock.monotonic() - began < 20


async def test_while_no_time_is_let_pass_they_are_really_waited_for() -> None:
    stops = Stops()
    began, moment = stops.clock.monotonic(), stops.clock.now()
    await stops.travel.sleep(0.05)
    assert stops.clock.monotonic() - began > 0.04
    assert stops.clock.now() - moment < SOON
    assert stops.clock.moved == 0


async def test_after_a_day_that_was_let_pass_a_channel_has_had_a_day() -> None:
    stops = Stops()
    passing = TravelClock(stops.clock)
    began, really = passing.monotonic(), stops.clock.monotonic()
    await stops.travel.to(START + timedelta(hours=2))
    assert 7190 < passing.monotonic() - began < 7230
    assert stops.clock.monotonic() - really < 30
    assert passing.now() - stops.clock.now() < SOON
