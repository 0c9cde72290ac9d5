"""What a daily post tells besides its rules: dates that are declared, and never a guessed one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.panel import Distribution, Exchange, PricePanel
from bot.market import reference
from bot.market.calendar import ExchangeCalendar
from bot.model import DateKind, Digest, DigestMode, KnownDate
from bot.ports import Prices
from bot.render.rules.pairs import dates_line
from bot.schedule import DEFAULT_POST_TIME, closed_weekdays, comes_without_news, ended_periods
from bot.use_cases.daily.content import AHEAD, channel_dates, dates_to_tell, known_dates
from bot.use_cases.gather import Gathered, MarketData

CALENDAR = ExchangeCalendar()


def market() -> MarketData:
    nobody: Prices = None  # type: ignore[assignment]
    return MarketData(nobody, nobody, CALENDAR, nobody, rebalances=reference.rebalances)  # type: ignore[arg-type]


def gathered(session: date, *symbols: str, code: str = "XNYS", **more: object) -> Gathered:
    days = np.array([session - timedelta(days=1), session], dtype="datetime64[D]")
    flat = np.ones((len(symbols), 2))
    panel = PricePanel(days, symbols, flat, flat, flat, "by hand", currencies=("USD",) * len(symbols))
    panel = replace(panel, exchanges=(Exchange(code),) * len(symbols))
    codes = dict.fromkeys(symbols, code)
    found = Gathered(session, panel, {}, {}, frozenset(), {}, codes, {})
    return replace(found, **more)  # type: ignore[arg-type]


def told(found: Gathered) -> list[str]:
    known = channel_dates(known_dates(found, market(), found.through), found.panel.symbols, found.exchanges)
    return [line.replace("\xa0", " ") for line in dates_line(known, found.through)]


def test_holidays_and_half_days_ahead() -> None:
    assert told(gathered(date(2026, 1, 15), "AAA")) == ["*Dates*: New York is closed on Mon 19 Jan 2026."]
    assert told(gathered(date(2026, 11, 24), "AAA")) == [
        "*Dates*: New York is closed on Thu 26 Nov 2026; New York closes early on Fri 27 Nov 2026."
    ]
    assert told(gathered(date(2026, 1, 20), "AAA")) == []


def test_each_exchange_by_its_own_calendar() -> None:
    assert told(gathered(date(2026, 1, 15), "AAA", code="XLON")) == []
    assert told(gathered(date(2026, 5, 1), "AAA", code="XLON")) == [
        "*Dates*: London is closed on Mon 4 May 2026."
    ]
    assert told(gathered(date(2026, 1, 15), "AAA", code="24/7")) == []
    assert told(gathered(date(2026, 1, 15), "AAA", code="unknown")) == [], "of no day it is known"


def test_rebalances_of_the_funds_as_far_as_they_are_sourced() -> None:
    assert told(gathered(date(2026, 3, 16), "SPSM", "IJR", "ISCB")) == [
        "*Dates*: S&amp;P SmallCap 600 (SPSM and IJR) changes its members after the close of Fri 20 Mar 2026."
    ]
    assert told(gathered(date(2026, 3, 12), "SPSM")) == [], "more than a week ahead"
    assert told(gathered(date(2026, 3, 16), "AAA", "ISCB")) == []
    assert "after the close of Fri 26 Jun 2026" in told(gathered(date(2026, 6, 22), "IWM"))[0]


def test_a_friday_without_a_session_leads_to_the_one_before() -> None:
    """19 June 2026 is a holiday in New York."""
    (line,) = told(gathered(date(2026, 6, 15), "SPSM"))
    assert "S&amp;P SmallCap 600 (SPSM) changes its members after the close of Thu 18 Jun 2026" in line
    assert "New York is closed on Fri 19 Jun 2026" in line


def test_what_was_paid_and_what_is_announced_tells_the_source() -> None:
    found = gathered(date(2025, 12, 18), "SPSM", "ISCB", announced={"ISCB": date(2025, 12, 19)})
    paid = Distribution("SPSM", date(2025, 12, 18), 0.3215)
    older = Distribution("ISCB", date(2025, 9, 18), 0.2)
    found = replace(found, panel=replace(found.panel, distributions=(older, paid)))
    (line,) = told(found)
    assert "SPSM was ex-dividend on Thu 18 Dec 2025 (0.3215 USD a share)" in line
    assert "ISCB goes ex-dividend on Fri 19 Dec 2025, as announced" in line
    assert told(replace(found, announced={"ISCB": date(2025, 9, 18)}))[0].count("ISCB") == 0


def test_a_date_is_told_when_it_comes_into_sight_and_when_it_is_there() -> None:
    friday = KnownDate(DateKind.REBALANCE, date(2026, 3, 20), ("SPSM",), "S&P SmallCap 600")
    days = [date(2026, 3, day) for day in (11, 12, 13, 16, 17, 18, 19, 20)]
    mornings = [
        session
        for told, session, following in zip(days, days[1:], days[2:], strict=False)
        if friday.day <= session + AHEAD and dates_to_tell([friday], told, following)
    ]
    assert mornings == [date(2026, 3, 13), date(2026, 3, 19)]


def test_a_holiday_is_told_before_it_and_a_missed_post_is_made_up_for() -> None:
    monday = KnownDate(DateKind.CLOSED, date(2026, 1, 19), (), "XNYS")
    assert dates_to_tell([monday], date(2026, 1, 15), date(2026, 1, 20)) == (monday,)
    assert dates_to_tell([monday], date(2026, 1, 13), date(2026, 1, 15)) == ()
    assert dates_to_tell([monday], date(2026, 1, 9), date(2026, 1, 15)) == (monday,), "a post did not come"
    assert dates_to_tell([monday], None, date(2026, 1, 15)) == (monday,), "a channel that hears on news"


def test_many_dates_are_counted() -> None:
    many = [KnownDate(DateKind.ANNOUNCED, date(2026, 1, 20), (f"A{at}",)) for at in range(9)]
    assert dates_line(many, date(2026, 1, 16))[0].endswith("; 3 more.")


def test_table_names_who_says_so() -> None:
    assert all(days.source and days.months and 1 <= days.week <= 4 for days in reference.REBALANCED.values())
    fridays = [change.day for change in reference.rebalances("QQQ", date(2026, 1, 1), date(2026, 12, 31))]
    assert fridays == [date(2026, month, day) for month, day in ((3, 20), (6, 19), (9, 18), (12, 18))]


def test_a_week_or_month_that_nobody_was_told_of_is_told_late() -> None:
    ended = ended_periods(CALENDAR, date(2026, 1, 29), date(2026, 2, 3))
    assert {period.value: day for period, day in ended.items()} == {
        "week": date(2026, 1, 30),
        "month": date(2026, 1, 30),
    }
    assert ended_periods(CALENDAR, date(2026, 1, 30), date(2026, 2, 3)) == {}


@pytest.mark.parametrize(
    ("mode", "days", "due", "comes"),
    [
        (DigestMode.ALWAYS, (), datetime(2026, 1, 20, 13, tzinfo=UTC), True),
        (DigestMode.QUIET, (), datetime(2026, 1, 19, 13, tzinfo=UTC), False),
        (DigestMode.QUIET, (0,), datetime(2026, 1, 19, 13, tzinfo=UTC), True),
        (DigestMode.QUIET, (0,), datetime(2026, 1, 20, 13, tzinfo=UTC), False),
        # Monday morning in Auckland is Sunday evening in UTC.
        (DigestMode.QUIET, (0,), datetime(2026, 1, 18, 19, 30, tzinfo=UTC), True),
    ],
)
def test_a_quiet_channel_hears_on_its_days(
    mode: DigestMode, days: tuple[int, ...], due: datetime, comes: bool
) -> None:
    zone = "Pacific/Auckland" if due.hour == 19 else "America/New_York"
    assert (
        comes_without_news(Digest("T1", "C1", "U1", DEFAULT_POST_TIME, zone, mode, days=days), due) is comes
    )


def test_weekdays_on_which_an_exchange_rests() -> None:
    assert closed_weekdays(CALENDAR, date(2026, 12, 21), date(2027, 1, 1)) == [
        date(2026, 12, 25),
        date(2027, 1, 1),
    ]
