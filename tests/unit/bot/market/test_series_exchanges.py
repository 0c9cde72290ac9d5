"""Series of several exchanges side by side: whose sessions the columns are, and who holds which of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.panel import Doubt, DoubtKind
from bot.market.calendar import UNKNOWN, ExchangeCalendar
from bot.market.series import Series, build_panel, newest_session, series_of_panel, sessions_of

CALENDAR = ExchangeCalendar()
FRIDAY, MONDAY = date(2026, 1, 16), date(2026, 1, 19)
CODES = ("XNYS", "XLON", "XTKS", "XSAU", "24/7", UNKNOWN)
NOON = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)


def series(symbol: str, code: str, first: date, last: date) -> Series:
    """Prices 1, 2, 3, ... on all sessions of an exchange."""
    own = CALENDAR.of(code)
    days = own.sessions(first, last)
    levels = np.arange(1.0, days.size + 1)
    return Series(symbol, days, levels, levels, levels * 100, own.exchange)


def days(*texts: str) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return np.array(texts, dtype="datetime64[D]")


def test_weekends_and_holidays_are_columns_that_only_a_coin_holds() -> None:
    rows = [series("FUND", "XNYS", FRIDAY, date(2026, 1, 20)), series("COIN", "24/7", FRIDAY, MONDAY)]
    both = build_panel(rows, CALENDAR, date(2026, 1, 20), source="test")
    assert both.sessions.astype(str).tolist() == [f"2026-01-{day}" for day in (16, 17, 18, 19, 20)]
    assert both.held is not None
    assert both.held.tolist() == [[True, False, False, False, True], [True] * 5]
    assert both.missing.tolist() == [[False] * 5, [False, False, False, False, True]]
    assert [exchange.code for exchange in both.exchanges] == ["XNYS", "24/7"]
    assert [exchange.periods for exchange in both.exchanges] == [252, 365]


def test_funds_of_one_exchange_hold_every_column() -> None:
    rows = [series("A.L", "XLON", FRIDAY, MONDAY), series("B.L", "XLON", MONDAY, MONDAY)]
    both = build_panel(rows, CALENDAR, MONDAY, source="test")
    assert both.held is None
    assert both.sessions.astype(str).tolist() == ["2026-01-16", "2026-01-19"]  # Monday is open in London


@pytest.mark.parametrize(
    ("codes", "last", "following"),
    [
        (("XNYS",), FRIDAY, date(2026, 1, 20)),  # Monday is a holiday
        (("XLON",), FRIDAY, MONDAY),
        (("XLON", "XNYS"), FRIDAY, date(2026, 1, 20)),
        (("24/7",), FRIDAY, date(2026, 1, 17)),
        (("24/7", "XSAU"), date(2026, 1, 17), date(2026, 1, 18)),  # Riyadh opens on Sunday
        (("XSHG", "XNYS"), date(2026, 2, 13), date(2026, 2, 24)),  # the Chinese New Year
    ],
)
def test_the_next_session_is_one_that_all_hold(codes: tuple[str, ...], last: date, following: date) -> None:
    rows = [series(code, code, last - timedelta(days=9), last) for code in codes]
    assert build_panel(rows, CALENDAR, last, source="test").following == following


def test_an_exchange_that_has_not_closed_does_not_hold_the_day_yet() -> None:
    """On Tuesday at noon UTC: Tokyo is over, London is open, New York has not opened."""
    today = date(2026, 1, 20)
    rows = [series(code, code, FRIDAY, today) for code in ("XTKS", "XLON", "XNYS")]
    both = build_panel(rows, CALENDAR, today, NOON, source="test")
    assert both.sessions.astype(str).tolist() == ["2026-01-16", "2026-01-19", "2026-01-20"]
    assert both.held is not None
    assert both.held.tolist() == [[True, True, True], [True, True, False], [True, False, False]]
    assert np.isnan(both.total_return[:, 2]).tolist() == [False, True, True]  # bars under way are dropped
    assert not both.missing.any()


def test_where_no_calendar_knows_the_days_with_prices_are_the_sessions() -> None:
    tokyo = CALENDAR.of("XTKS")
    # Of 1996 nobody knows the holidays; 3 January 1997 was one, whatever a source says.
    told = days("1996-12-27", "1996-12-31", "1997-01-03", "1997-01-06")
    found = sessions_of(tokyo, told, date(1997, 1, 7))
    assert found.astype(str).tolist() == ["1996-12-27", "1996-12-31", "1997-01-06", "1997-01-07"]
    unknown = CALENDAR.of(UNKNOWN)
    assert sessions_of(unknown, told, date(1997, 1, 3)).tolist() == told[:3].tolist()
    assert sessions_of(unknown, told, date(1990, 1, 1)).size == 0
    assert sessions_of(tokyo, days(), date(1997, 1, 3)).size == 0


def test_a_symbol_of_an_unknown_exchange_has_no_holes_and_is_late_by_new_york() -> None:
    told = days("2026-01-11", "2026-01-14", "2026-01-15")  # a Sunday, and no Monday or Tuesday
    levels = np.array([1.0, 2.0, 3.0])
    row = Series("GP.DH", told, levels, levels, levels, CALENDAR.of(UNKNOWN).exchange)
    held = build_panel([row], CALENDAR, FRIDAY, source="test")
    assert held.sessions.astype(str).tolist() == ["2026-01-11", "2026-01-14", "2026-01-15", "2026-01-16"]
    assert held.missing.tolist() == [[False, False, False, True]]


@given(
    st.lists(
        st.tuples(st.sampled_from(CODES), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=5
    ),
    st.integers(0, 60),
)
@settings(max_examples=60, deadline=None)
def test_columns_are_the_sessions_of_any_exchange(plans: list[tuple[str, int, int]], ends: int) -> None:
    """Against a twin that looks at one day after the other."""
    start = date(2020, 12, 1)  # a month before Riyadh is known
    rows = [
        series(str(at), code, start + timedelta(days=first), start + timedelta(days=first + length))
        for at, (code, first, length) in enumerate(plans)
    ]
    last = start + timedelta(days=ends)
    made = build_panel(rows, CALENDAR, last, source="test")
    known = [dict(zip(row.sessions.tolist(), row.close.tolist(), strict=True)) for row in rows]
    begins = min((day for prices in known for day in prices if day <= last), default=None)
    if begins is None:
        assert made.sessions.size == 1
        assert np.isnan(made.close).all()
        return
    columns = {}
    for count in range((last - begins).days + 1):
        day = begins + timedelta(days=count)
        holds = [_holds(row, day, last) for row in rows]
        if any(holds):
            columns[day] = holds
    assert made.sessions.tolist() == list(columns)
    held = np.ones(made.close.shape, dtype=bool) if made.held is None else made.held
    assert held.T.tolist() == list(columns.values())
    for row, prices in zip(made.close, known, strict=True):
        assert row.tolist() == pytest.approx([prices.get(day, np.nan) for day in columns], nan_ok=True)


def _holds(row: Series, day: date, last: date) -> bool:
    """Whether the exchange of a row holds a day, one day at a time."""
    own, priced = CALENDAR.of(row.exchange.code), [each for each in row.sessions.tolist() if each <= last]
    first, end = own.bounds
    if first <= day <= end or not priced or not priced[0] <= day <= priced[-1]:
        return bool(own.sessions(day, day).size)
    return day in priced


def test_doubts_stay_with_their_sessions() -> None:
    whole = series("COIN", "24/7", FRIDAY, MONDAY)
    doubts = tuple(Doubt(DoubtKind.JUMP, "COIN", date(2026, 1, day), 0.5) for day in (17, 19))
    doubted = Series(
        "COIN", whole.sessions, whole.total_return, whole.close, whole.volume, whole.exchange, doubts
    )
    assert doubted.through(date(2026, 1, 18)).doubts == doubts[:1]
    assert doubted.through(FRIDAY).doubts == ()
    made = build_panel([doubted, series("FUND", "XNYS", FRIDAY, FRIDAY)], CALENDAR, MONDAY, source="test")
    assert made.doubts == doubts
    back = series_of_panel(made, "COIN")
    assert (back.doubts, back.exchange) == (doubts, whole.exchange)
    assert back.sessions.tolist() == whole.sessions.tolist()
    fund = series_of_panel(made, "FUND")
    assert (fund.doubts, fund.sessions.tolist()) == ((), [FRIDAY])  # no weekend is a hole of it


@pytest.mark.parametrize(
    ("code", "through", "expected"),
    [
        ("XNYS", date(2026, 1, 20), FRIDAY),  # neither Tuesday, not opened yet, nor the holiday
        ("XNYS", date(2026, 1, 18), FRIDAY),
        ("XLON", date(2026, 1, 20), MONDAY),
        ("XTKS", date(2026, 1, 20), date(2026, 1, 20)),
        ("24/7", date(2026, 1, 20), MONDAY),
        ("24/7", date(2026, 1, 18), date(2026, 1, 18)),
    ],
)
def test_the_newest_session_that_has_settled(code: str, through: date, expected: date) -> None:
    assert newest_session(CALENDAR.of(code), through, NOON) == expected


def test_without_a_moment_every_session_has_settled() -> None:
    assert newest_session(CALENDAR, date(2026, 1, 20)) == date(2026, 1, 20)
