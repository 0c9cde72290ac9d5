"""The exchange calendar: holidays, half days, daylight saving, the quarter hour in which prices settle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.panel import Exchange
from bot.market.calendar import UNKNOWN, ExchangeCalendar, Listing, NoCalendar, calendar_code

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


def told(code: str, first: date, last: date) -> list[str]:
    return [str(day) for day in CALENDAR.of(code).sessions(first, last)]


def weekdays(first: date, last: date, closed: set[str]) -> list[str]:
    """Monday to Friday by plain arithmetic, without the days named."""
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [day.isoformat() for day in days if day.weekday() < 5 and day.isoformat() not in closed]


class TestOtherExchanges:
    YEAR = (date(2025, 1, 1), date(2025, 12, 31))

    @pytest.mark.parametrize(
        ("code", "closed"),
        [
            # As the exchanges have published them.
            (
                "XLON",
                "2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26",
            ),
            (
                "XTSE",
                "2025-01-01 2025-02-17 2025-04-18 2025-05-19 2025-07-01 2025-08-04 2025-09-01 2025-10-13 "
                "2025-12-25 2025-12-26",
            ),
            (
                "XTKS",
                "2025-01-01 2025-01-02 2025-01-03 2025-01-13 2025-02-11 2025-02-24 2025-03-20 2025-04-29 "
                "2025-05-05 2025-05-06 2025-07-21 2025-08-11 2025-09-15 2025-09-23 2025-10-13 2025-11-03 "
                "2025-11-24 2025-12-31",
            ),
        ],
    )
    def test_a_year_of_sessions(self, code: str, closed: str) -> None:
        assert told(code, *self.YEAR) == weekdays(*self.YEAR, set(closed.split()))

    def test_a_market_that_never_closes_has_every_day_and_ends_it_at_midnight(self) -> None:
        always = CALENDAR.of("24/7")
        assert told("24/7", date(2026, 1, 16), date(2026, 1, 19)) == [
            f"2026-01-{day}" for day in (16, 17, 18, 19)
        ]
        assert always.settles(date(2026, 1, 17)) == datetime(2026, 1, 18, 0, 15, tzinfo=UTC)
        moment = datetime(2026, 1, 18, 0, 15, tzinfo=UTC)
        assert always.last_complete(moment) == date(2026, 1, 17)
        assert always.last_complete(moment - timedelta(seconds=1)) == date(2026, 1, 16)
        assert (always.exchange.code, always.exchange.periods, always.exchange.close) == ("24/7", 365, 24.0)

    @pytest.mark.parametrize(
        ("code", "close"),
        # Bells in winter: 16:00 in New York and Toronto, 16:30 in London, 17:30 in Frankfurt, 15:30 in Tokyo.
        [("XNYS", 21.0), ("XTSE", 21.0), ("XLON", 16.5), ("XETR", 16.5), ("XTKS", 6.5), ("XSAU", 12.0)],
    )
    def test_the_usual_end_of_a_session_in_winter(self, code: str, close: float) -> None:
        assert CALENDAR.of(code).exchange == Exchange(code, 252, close)

    def test_riyadh_trades_on_sundays_and_not_on_fridays(self) -> None:
        week = told("XSAU", date(2026, 1, 9), date(2026, 1, 17))
        assert week == [f"2026-01-{day}" for day in (11, 12, 13, 14, 15)]

    def test_tel_aviv_traded_on_sundays_until_2026_and_trades_on_fridays_since(self) -> None:
        """As https://www.tase.co.il/en/content/about/tradingdays_change has it; the Friday ends at 13:50."""
        days = told("XTAE", date(2026, 1, 1), date(2026, 1, 13))
        assert days == [f"2026-01-{day:02}" for day in (1, 4, 5, 6, 7, 8, 9, 12, 13)]
        israel = CALENDAR.of("XTAE")
        assert israel.settles(date(2026, 1, 4)) == datetime(2026, 1, 4, 13, 55, tzinfo=UTC)
        assert israel.settles(date(2026, 1, 9)) == datetime(2026, 1, 9, 12, 5, tzinfo=UTC)

    def test_mumbai_is_open_on_the_saturday_of_a_budget(self) -> None:
        assert told("XBOM", date(2025, 1, 31), date(2025, 2, 3)) == ["2025-01-31", "2025-02-01", "2025-02-03"]

    def test_futures_settle_when_new_york_is_open_and_later_than_it(self) -> None:
        futures = CALENDAR.of("CMES")
        assert told("CMES", date(2026, 1, 16), date(2026, 1, 20)) == ["2026-01-16", "2026-01-20"]
        assert futures.settles(date(2026, 1, 16)) == datetime(2026, 1, 16, 23, 15, tzinfo=UTC)

    def test_any_calendar_leads_to_any_other(self) -> None:
        assert CALENDAR.of("XLON").of("XNYS") == CALENDAR
        assert CALENDAR.of("XNYS") == CALENDAR

    @pytest.mark.parametrize("code", ["XNYC", "", "ASEX"])
    @pytest.mark.usefixtures("no_athens")
    def test_one_that_cannot_be_had_is_said(self, code: str) -> None:
        with pytest.raises(NoCalendar, match="It takes codes like XNYS"):
            CALENDAR.of(code)


class TestBounds:
    @pytest.mark.parametrize(
        ("code", "first"),
        [
            ("XNYS", date(1970, 1, 2)),
            ("XTKS", date(1997, 1, 1)),
            ("XBOM", date(1997, 1, 1)),
            ("XSAU", date(2021, 1, 1)),
        ],
    )
    def test_a_calendar_is_known_from_a_day_on(self, code: str, first: date) -> None:
        assert CALENDAR.of(code).bounds[0] == first

    def test_before_it_every_weekday_of_the_exchange_is_a_session(self) -> None:
        assert told("XTKS", date(1996, 12, 27), date(1997, 1, 7)) == [
            *("1996-12-27", "1996-12-30", "1996-12-31"),
            *("1997-01-06", "1997-01-07"),  # from 1997 on the holidays are known
        ]
        before = told("XSAU", date(2020, 12, 24), date(2020, 12, 30))
        assert before == ["2020-12-24", "2020-12-27", "2020-12-28", "2020-12-29", "2020-12-30"]
        assert CALENDAR.of("XTKS").last_complete(datetime(1990, 5, 6, tzinfo=UTC)) == date(1990, 5, 4)

    def test_after_its_end_too_at_the_usual_hour(self) -> None:
        shanghai = CALENDAR.of("XSHG")
        end = shanghai.bounds[1]
        ahead = shanghai.sessions(end + timedelta(days=1), end + timedelta(days=14))
        assert ahead.size == 10
        first: date = ahead[0].item()
        assert shanghai.settles(first) == datetime(*first.timetuple()[:3], 7, 15, tzinfo=UTC)

    def test_of_an_unknown_exchange_no_day_is_known(self) -> None:
        unknown = CALENDAR.of(UNKNOWN)
        first, last = unknown.bounds
        assert first > last
        moment = datetime(2026, 1, 16, 21, 15, tzinfo=UTC)
        assert unknown.last_complete(moment) == CALENDAR.last_complete(moment)
        assert unknown.exchange == Exchange(UNKNOWN, 252, 21.0)
        assert unknown.of(UNKNOWN) == unknown
        assert unknown.of("XNYS") == CALENDAR


@pytest.mark.parametrize(
    ("symbol", "closed"),
    [("OPAP.AT", ("2026-02-23", "2026-04-10", "2026-04-13")), ("TLV.RO", ("2026-04-10", "2026-04-13"))],
)
def test_the_orthodox_easter_is_kept_in_athens_and_bucharest(symbol: str, closed: tuple[str, ...]) -> None:
    """It is a week after the western one in 2026; Athens rests on Clean Monday as well."""
    code = calendar_code(symbol, Listing())
    assert code
    own = ExchangeCalendar().of(code)
    held = own.sessions(date(2026, 2, 1), date(2026, 4, 30)).astype(str).tolist()
    assert not set(closed) & set(held)
    assert {"2026-02-20", "2026-04-09", "2026-04-14"} <= set(held)
