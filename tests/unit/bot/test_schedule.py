"""When a channel hears of a session: change days of clocks, half days, holidays, weekends, far zones."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.market.calendar import ExchangeCalendar
from bot.model import SAME_DAY_WAIT, Digest
from bot.schedule import Settled, find_settled, newest_session, next_post, post_at, post_of

CALENDAR = ExchangeCalendar()
NEW_YORK, LONDON, AUCKLAND = "America/New_York", "Europe/London", "Pacific/Auckland"
LORD_HOWE, CAIRO = "Australia/Lord_Howe", "Africa/Cairo"


def told(session: str, at: str, zone: str) -> str:
    """When a channel hears of a session, in UTC."""
    settled = CALENDAR.settles(date.fromisoformat(session))
    return f"{post_at(settled, time.fromisoformat(at), zone):%a %Y-%m-%d %H:%M}"


def after(settled: str, at: str, zone: str) -> str:
    """The same of any moment."""
    moment = datetime.fromisoformat(settled).replace(tzinfo=UTC)
    return f"{post_at(moment, time.fromisoformat(at), zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("session", "at", "zone", "expected"),
    [
        ("2026-01-13", "08:30", NEW_YORK, "Wed 2026-01-14 13:30"),
        ("2026-01-16", "08:30", NEW_YORK, "Mon 2026-01-19 13:30"),  # on Martin Luther King Day: people choose
        ("2026-01-16", "08:30", LONDON, "Mon 2026-01-19 08:30"),
        ("2026-01-16", "20:00", NEW_YORK, "Sat 2026-01-17 01:00"),  # Friday evening there
        ("2026-01-15", "23:30", "Asia/Tokyo", "Fri 2026-01-16 14:30"),
        ("2026-01-16", "08:30", "Asia/Tokyo", "Sun 2026-01-18 23:30"),  # Monday morning there
        # The change days of 2026, in three zones: the local hour stays, the hour in UTC moves.
        ("2026-03-05", "08:30", NEW_YORK, "Fri 2026-03-06 13:30"),
        ("2026-03-06", "08:30", NEW_YORK, "Mon 2026-03-09 12:30"),  # 8 March
        ("2026-10-29", "08:30", NEW_YORK, "Fri 2026-10-30 12:30"),
        ("2026-10-30", "08:30", NEW_YORK, "Mon 2026-11-02 13:30"),  # 1 November
        ("2026-03-26", "08:30", LONDON, "Fri 2026-03-27 08:30"),
        ("2026-03-27", "08:30", LONDON, "Mon 2026-03-30 07:30"),  # 29 March
        ("2026-10-22", "08:30", LONDON, "Fri 2026-10-23 07:30"),
        ("2026-10-23", "08:30", LONDON, "Mon 2026-10-26 08:30"),  # 25 October
        ("2026-04-02", "11:00", AUCKLAND, "Thu 2026-04-02 22:00"),
        ("2026-04-06", "11:00", AUCKLAND, "Mon 2026-04-06 23:00"),  # 5 April
        ("2026-09-24", "11:00", AUCKLAND, "Thu 2026-09-24 23:00"),
        ("2026-09-25", "11:00", AUCKLAND, "Sun 2026-09-27 22:00"),  # 27 September
        # Half days end at 18:00 UTC, so that their post may come on the same afternoon.
        ("2026-11-25", "15:00", NEW_YORK, "Thu 2026-11-26 20:00"),  # Thanksgiving itself is a Thursday
        ("2026-11-27", "13:15", NEW_YORK, "Fri 2026-11-27 18:15"),
        ("2026-11-27", "13:14", NEW_YORK, "Mon 2026-11-30 18:14"),
        ("2026-11-27", "08:30", NEW_YORK, "Mon 2026-11-30 13:30"),
        ("2026-12-24", "14:00", NEW_YORK, "Thu 2026-12-24 19:00"),
        ("2026-12-24", "08:30", NEW_YORK, "Fri 2026-12-25 13:30"),
    ],
)
def test_the_hour_in_the_channels_zone(session: str, at: str, zone: str, expected: str) -> None:
    assert told(session, at, zone) == expected


def test_a_moment_before_or_after_the_settling() -> None:
    assert told("2026-01-13", "16:15", NEW_YORK) == "Tue 2026-01-13 21:15"
    assert told("2026-01-13", "16:14", NEW_YORK) == "Wed 2026-01-14 21:14"
    assert after("2026-01-13 21:15", "16:15", NEW_YORK) == "2026-01-13 21:15"
    assert after("2026-01-13 21:15:01", "16:15", NEW_YORK) == "2026-01-14 21:15"


@pytest.mark.parametrize(
    ("settled", "at", "zone", "expected"),
    [
        (
            "2026-04-23 12:00",
            "00:30",
            CAIRO,
            "2026-04-23 22:00",
        ),  # a Friday on which 00:00 to 01:00 is skipped
        ("2026-04-23 12:00", "00:00", CAIRO, "2026-04-23 22:00"),
        ("2026-04-23 12:00", "01:00", CAIRO, "2026-04-23 22:00"),
        ("2026-04-23 12:00", "01:30", CAIRO, "2026-04-23 22:30"),
        ("2026-10-29 12:00", "23:30", CAIRO, "2026-10-29 20:30"),  # comes twice: the first
        ("2026-10-29 20:45", "23:30", CAIRO, "2026-10-30 21:30"),  # the second one is not a post of its own
    ],
)
def test_a_local_time_that_is_skipped_or_comes_twice(settled: str, at: str, zone: str, expected: str) -> None:
    assert after(settled, at, zone) == expected


@pytest.mark.slow
@pytest.mark.parametrize("zone", [NEW_YORK, LORD_HOWE, CAIRO])
def test_skipped_times_go_on_where_the_clocks_do(zone: str) -> None:
    """Every day of 2026: the local time is the one asked for, or the first after a gap."""
    local = ZoneInfo(zone)
    moved = 0
    for step in range(365):
        settled = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=step)
        for at in (time(0, 0), time(0, 30), time(2, 10), time(2, 30), time(3, 15)):
            shown = post_at(settled, at, zone).astimezone(local)
            assert shown.weekday() < 5
            if shown.time() != at:
                moved += 1
                before = (shown.astimezone(UTC) - timedelta(minutes=1)).astimezone(local)
                skipped = shown.replace(tzinfo=None) - before.replace(tzinfo=None)
                assert skipped > timedelta(minutes=1)
                assert shown.time() > at
    assert (moved > 0) == (zone == CAIRO)  # elsewhere the clocks change at the weekend


ZONES = [
    NEW_YORK,
    LONDON,
    "Asia/Kolkata",
    "Asia/Tokyo",
    LORD_HOWE,
    AUCKLAND,
    "Pacific/Kiritimati",
    "Etc/GMT+12",
]
TIMES = [time(0, 0), time(2, 30), time(8, 30), time(11, 0), time(16, 15), time(23, 59)]


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_every_session_of_five_years_has_its_moment(zone: str) -> None:
    sessions: list[date] = CALENDAR.sessions(date(2024, 1, 1), date(2028, 12, 31)).tolist()
    settled = [CALENDAR.settles(session) for session in sessions]
    local = ZoneInfo(zone)
    for at in TIMES:
        moments = [post_at(each, at, zone) for each in settled]
        assert all(moment >= each for moment, each in zip(moments, settled, strict=True))
        assert all(moment - each <= timedelta(days=4) for moment, each in zip(moments, settled, strict=True))
        assert all(moment.astimezone(local).weekday() < 5 for moment in moments)
        assert moments == sorted(moments)
        assert max(Counter(moments).values()) <= 2
        if at == time(8, 30) and zone in {NEW_YORK, LONDON, "Asia/Kolkata", "Asia/Tokyo", LORD_HOWE}:
            assert len(set(moments)) == len(sessions)


@pytest.mark.parametrize(
    ("first", "second", "at", "zone"),
    [
        ("2026-01-15", "2026-01-16", "08:30", AUCKLAND),  # Thursday settles there on Friday at 10:15
        ("2026-12-23", "2026-12-24", "14:00", NEW_YORK),  # the half day settles at 13:15
    ],
)
def test_sessions_that_meet(first: str, second: str, at: str, zone: str) -> None:
    assert told(first, at, zone) == told(second, at, zone)


def digest(at: str = "08:30", zone: str = NEW_YORK, **more: object) -> Digest:
    return Digest("T1", "C1", "U1", time.fromisoformat(at), zone, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-14 13:29:59", "2026-01-14 13:30"),
        ("2026-01-14 13:30", "2026-01-15 13:30"),
        ("2026-01-16 13:30", "2026-01-19 13:30"),
        ("2026-01-19 13:30", "2026-01-21 13:30"),  # the holiday's own session does not exist
        ("2026-11-26 13:30", "2026-11-30 13:30"),
    ],
)
def test_the_next_post(now: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = next_post(CALENDAR, moment, digest())
    assert found
    assert f"{found.at:%Y-%m-%d %H:%M}" == expected


def test_no_next_post_while_nothing_is_told() -> None:
    now = datetime(2026, 1, 14, tzinfo=UTC)
    assert next_post(CALENDAR, now, digest(on=False)) is None
    assert next_post(CALENDAR, now, digest(stopped="not_in_channel")) is None


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("home", "session", "codes", "at", "code"),
    [
        ("XNYS", "2026-11-27", "", "2026-11-27 18:15", "XNYS"),  # a half day
        ("XNYS", "2026-01-16", "XLON XTKS", "2026-01-16 21:15", "XNYS"),
        ("XNYS", "2026-07-02", "XLON", "2026-07-02 20:15", "XNYS"),
        ("XNYS", "2026-01-16", "24/7", "2026-01-17 00:15", "24/7"),
        ("XLON", "2026-01-16", "XNYS", "2026-01-16 21:15", "XNYS"),
        ("XTKS", "2026-01-16", "XNYS XLON", "2026-01-16 21:15", "XNYS"),
        # Where an exchange rests on the day, its session before it has long settled.
        ("XTKS", "2026-01-19", "XNYS XLON", "2026-01-19 16:45", "XLON"),
        ("XLON", "2026-11-26", "XNYS", "2026-11-26 16:45", "XLON"),  # Thanksgiving
        ("XLON", "2026-11-27", "XNYS", "2026-11-27 18:15", "XNYS"),  # and the half day after it
        ("XNYS", "2025-04-21", "XLON", "2025-04-21 20:15", "XNYS"),  # Easter Monday
    ],
)
def test_a_day_settles_on_the_last_exchange_that_is_needed(
    home: str, session: str, codes: str, at: str, code: str
) -> None:
    found = find_settled(ExchangeCalendar(home), date.fromisoformat(session), codes.split())
    assert found == Settled(utc(at), code)


@pytest.mark.parametrize(
    ("at", "zone", "codes", "expected", "session"),
    [
        ("08:30", LONDON, "XLON", "2026-01-15 08:30", 14),
        ("08:30", LONDON, "XLON 24/7", "2026-01-15 08:30", 14),
        ("18:00", NEW_YORK, "XLON", "2026-01-14 23:00", 14),
        ("18:00", NEW_YORK, "XLON 24/7", "2026-01-14 23:00", 13),  # a coin's day ends at seven in the evening
        ("00:30", LONDON, "24/7", "2026-01-15 00:30", 14),
        ("00:00", LONDON, "24/7", "2026-01-15 00:00", 13),
    ],
)
def test_the_next_post_comes_after_the_last_exchange(
    at: str, zone: str, codes: str, expected: str, session: int
) -> None:
    found = next_post(CALENDAR, utc("2026-01-14 21:16"), digest(at, zone), codes.split())
    assert found
    assert (found.at, found.session) == (utc(expected), date(2026, 1, session))
    assert found.at >= found.settled.at


@pytest.mark.parametrize(
    ("session", "at", "zone", "expected"),
    [
        ("2026-01-20", "16:00", NEW_YORK, "2026-01-20 21:15"),  # at the close: when it has settled
        ("2026-01-20", "16:15", NEW_YORK, "2026-01-20 21:15"),
        ("2026-01-20", "16:16", NEW_YORK, "2026-01-20 21:16"),
        ("2026-01-20", "13:15", NEW_YORK, "2026-01-20 21:15"),  # three hours before
        ("2026-01-20", "13:14", NEW_YORK, "2026-01-21 18:14"),  # a minute more: the day after, at its time
        ("2026-01-20", "08:30", NEW_YORK, "2026-01-21 13:30"),
        ("2026-01-16", "16:00", NEW_YORK, "2026-01-16 21:15"),  # a Friday
        ("2026-11-27", "16:00", NEW_YORK, "2026-11-27 21:00"),  # a half day: not before its time
        ("2026-11-27", "13:00", NEW_YORK, "2026-11-27 18:15"),
        ("2026-03-09", "16:00", NEW_YORK, "2026-03-09 20:15"),  # the clocks went forward on the 8th
        ("2026-03-10", "20:00", LONDON, "2026-03-10 20:15"),  # London's have not yet
        ("2026-03-31", "21:00", LONDON, "2026-03-31 20:15"),
        ("2026-01-16", "05:00", "Asia/Tokyo", "2026-01-18 20:00"),  # Friday settles on Saturday morning there
        ("2026-01-15", "05:00", "Asia/Tokyo", "2026-01-15 21:15"),
        ("2026-01-16", "23:00", "Europe/Helsinki", "2026-01-16 21:15"),
    ],
)
def test_a_post_that_waits_for_the_session_of_its_own_day(
    session: str, at: str, zone: str, expected: str
) -> None:
    moment = post_of(digest(at, zone, same_day=True), CALENDAR.settles(date.fromisoformat(session)))
    assert f"{moment:%Y-%m-%d %H:%M}" == expected


def test_it_waits_for_the_last_exchange_that_it_needs() -> None:
    """A day settles in New York at 21:15 (London time), for a coin at 00:15: the post of Friday waits."""
    friday = date(2026, 1, 16)
    for codes, expected in (("XLON", "21:15"), ("XLON XNYS", "21:15"), ("24/7", "00:15")):
        end = find_settled(CALENDAR, friday, codes.split())
        assert f"{post_of(digest('21:30', LONDON, same_day=True), end.at):%H:%M}" == (
            "00:15" if codes == "24/7" else "21:30"
        )
        assert f"{end.at:%H:%M}" == expected


def test_what_could_be_told_sooner_is_offered() -> None:
    found = next_post(CALENDAR, utc("2026-01-20 22:00"), digest("16:00"))
    assert found
    # Of Tuesday on Wednesday; on Tuesday itself it would have come a quarter of an hour after its time.
    assert (found.session, found.at, found.sooner) == (
        date(2026, 1, 20),
        utc("2026-01-21 21:00"),
        utc("2026-01-20 21:15"),
    )
    for each in (digest("08:30"), digest("16:15"), digest("16:00", same_day=True), digest("13:00")):
        due = next_post(CALENDAR, utc("2026-01-20 12:00"), each)
        assert due
        assert due.sooner is None
    waited = next_post(CALENDAR, utc("2026-01-20 12:00"), digest("16:00", same_day=True))
    assert waited
    assert (waited.session, waited.at) == (date(2026, 1, 20), utc("2026-01-20 21:15"))


@given(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from([NEW_YORK, LONDON, LORD_HOWE, CAIRO, AUCKLAND, "Asia/Tokyo", "Etc/GMT+12"]),
    st.sampled_from(["", "XLON", "XTKS XLON", "24/7"]),
    st.integers(0, 1100),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_post_that_waits_tells_every_session_once_in_order_and_never_too_soon(
    at: time, zone: str, codes: str, first: int
) -> None:
    start = date(2024, 1, 1) + timedelta(days=first)
    sessions: list[date] = CALENDAR.sessions(start, start + timedelta(days=20)).tolist()
    ends = [find_settled(CALENDAR, session, codes.split()).at for session in sessions]
    waiting, plain = Digest("T", "C", "U", at, zone, same_day=True), Digest("T", "C", "U", at, zone)
    moments, ordinary = [post_of(waiting, end) for end in ends], [post_of(plain, end) for end in ends]
    assert moments == sorted(moments)
    assert max(Counter(moments).values()) <= 2
    for end, moment, usual in zip(ends, moments, ordinary, strict=True):
        assert end <= moment <= usual
        if moment != usual:  # it has waited: a post of a weekday there, for no longer than it may
            assert moment == end
            before = post_at(end - SAME_DAY_WAIT, at, zone)
            assert before <= end
            assert before.astimezone(ZoneInfo(zone)).weekday() < 5


def test_two_sessions_that_meet_in_one_post_are_told_as_the_newer() -> None:
    found = next_post(CALENDAR, utc("2026-12-23 21:16"), digest("14:00"))
    assert found
    assert (found.at, found.session) == (utc("2026-12-24 19:00"), date(2026, 12, 24))


@pytest.mark.parametrize(
    ("code", "through", "now", "expected"),
    [
        ("XNYS", "2026-01-16", "2026-01-16 21:14", "2026-01-15"),
        ("XNYS", "2026-01-16", "2026-01-16 21:15", "2026-01-16"),
        ("XNYS", "2026-01-18", "2026-02-01 00:00", "2026-01-16"),  # a Sunday
        ("24/7", "2026-01-18", "2026-02-01 00:00", "2026-01-18"),
        ("XLON", "2025-04-21", "2025-04-21 21:15", "2025-04-17"),
    ],
)
def test_the_newest_session_of_an_exchange(code: str, through: str, now: str, expected: str) -> None:
    found = newest_session(CALENDAR.of(code), date.fromisoformat(through), utc(now))
    assert found == date.fromisoformat(expected)


def test_a_zone_that_does_not_exist() -> None:
    with pytest.raises(ZoneInfoNotFoundError, match="Mars/Olympus"):
        post_at(datetime(2026, 1, 13, tzinfo=UTC), time(8), "Mars/Olympus")
