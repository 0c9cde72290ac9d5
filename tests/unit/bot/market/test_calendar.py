"""The exchange calendar: holidays, half days, daylight saving, the quarter hour in which prices settle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bot.market.calendar import ExchangeCalendar

NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = ExchangeCalendar()


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("now", "session"),
    [
        ("2026-01-16T16:14:59", date(2026, 1, 15)),  # a second before prices settle
        ("2026-01-16T16:15:00", date(2026, 1, 16)),
        ("2026-01-16T23:59:59", date(2026, 1, 16)),
        ("2026-01-17T12:00:00", date(2026, 1, 16)),  # Saturday
        ("2026-01-18T12:00:00", date(2026, 1, 16)),  # Sunday
        ("2026-01-19T18:00:00", date(2026, 1, 16)),  # Martin Luther King day
        ("2026-01-20T09:29:00", date(2026, 1, 16)),  # before the bell
        ("2026-01-20T16:15:00", date(2026, 1, 20)),
        ("2026-11-27T13:14:59", date(2026, 11, 25)),  # the day after Thanksgiving closes at 13:00
        ("2026-11-27T13:15:00", date(2026, 11, 27)),
        ("2026-12-24T13:15:00", date(2026, 12, 24)),  # and so does Christmas Eve
        ("2026-12-25T16:15:00", date(2026, 12, 24)),
        ("2025-01-09T16:15:00", date(2025, 1, 8)),  # closed to mourn a president
    ],
)
def test_newest_settled_session(now: str, session: date) -> None:
    assert CALENDAR.last_complete(new_york(now)) == session


@pytest.mark.parametrize(
    ("settled", "session"),
    [
        (datetime(2026, 3, 6, 21, 15, tzinfo=UTC), date(2026, 3, 6)),  # Friday, winter time
        (datetime(2026, 3, 9, 20, 15, tzinfo=UTC), date(2026, 3, 9)),  # Monday, summer time
        (datetime(2026, 10, 30, 20, 15, tzinfo=UTC), date(2026, 10, 30)),  # Friday, summer time
        (datetime(2026, 11, 2, 21, 15, tzinfo=UTC), date(2026, 11, 2)),  # Monday, winter time
    ],
)
def test_the_hour_moves_with_daylight_saving(settled: datetime, session: date) -> None:
    assert CALENDAR.last_complete(settled) == session
    assert CALENDAR.last_complete(settled - timedelta(seconds=1)) < session


def test_any_zone_is_the_same_moment() -> None:
    moment = datetime(2026, 1, 17, 6, 14, 59, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (
        CALENDAR.last_complete(moment) == CALENDAR.last_complete(moment.astimezone(UTC)) == date(2026, 1, 15)
    )


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        CALENDAR.last_complete(datetime(2026, 1, 16, 17, 0))  # noqa: DTZ001


def test_a_moment_before_the_first_session_is_refused() -> None:
    with pytest.raises(ValueError, match="before the first session"):
        CALENDAR.last_complete(datetime(1950, 1, 3, 17, 0, tzinfo=UTC))


def test_sessions_of_a_week_with_a_holiday() -> None:
    week = CALENDAR.sessions(date(2026, 1, 17), date(2026, 1, 23))
    assert week.dtype == np.dtype("datetime64[D]")
    assert week.astype(str).tolist() == ["2026-01-20", "2026-01-21", "2026-01-22", "2026-01-23"]


def test_both_ends_are_included_and_an_empty_range_is_empty() -> None:
    assert CALENDAR.sessions(date(2026, 1, 16), date(2026, 1, 16)).size == 1
    assert CALENDAR.sessions(date(2026, 1, 17), date(2026, 1, 19)).size == 0
    assert CALENDAR.sessions(date(2026, 1, 20), date(2026, 1, 16)).size == 0


@pytest.mark.slow
def test_a_year_has_about_252_sessions_in_the_past_and_far_ahead() -> None:
    for year in (1970, 1987, 2004, 2026, 2041):
        assert 248 <= CALENDAR.sessions(date(year, 1, 1), date(year, 12, 31)).size <= 254


def test_the_closure_of_september_2001_is_known() -> None:
    fall = CALENDAR.sessions(date(2001, 9, 10), date(2001, 9, 17)).astype(str).tolist()
    assert fall == ["2001-09-10", "2001-09-17"]


@pytest.mark.slow
def test_years_later_the_calendar_still_knows_the_day() -> None:
    assert CALENDAR.last_complete(new_york("2040-01-03T17:00:00")) == date(2040, 1, 3)


def test_nobody_can_change_the_sessions_others_see() -> None:
    with pytest.raises(ValueError, match="read-only"):
        CALENDAR.sessions(date(2026, 1, 1), date(2026, 1, 31))[0] = np.datetime64("1999-01-01")
