"""Which exchange a symbol is traded on, from what Yahoo says of it."""

from __future__ import annotations

import exchange_calendars
import pytest

from bot.language.words import SUFFIX_LETTERS
from bot.market import calendar
from bot.market.calendar import SUFFIXES, UNKNOWN, ExchangeCalendar, Listing, calendar_code, calendar_of

CALENDAR = ExchangeCalendar()


@pytest.mark.parametrize(
    ("symbol", "listing", "code"),
    [
        ("SPY", Listing("PCX", "America/New_York", "ETF"), "XNYS"),
        ("T", Listing("NYQ", "America/New_York", "EQUITY"), "XNYS"),  # a symbol is no suffix
        ("BRK-B", Listing("X", "America/New_York", "EQUITY"), "XNYS"),
        ("VUSA.L", Listing("X", "Europe/London", "ETF"), "XLON"),
        ("XIC.TO", Listing("", "America/Toronto", "ETF"), "XTSE"),
        ("SAP.F", Listing("FRA", "Europe/Berlin", "EQUITY"), "XFRA"),
        ("SAP.DE", Listing("GER", "Europe/Berlin", "EQUITY"), "XETR"),
        ("1306.T", Listing(), "XTKS"),
        ("2222.SR", Listing("SAU", "Asia/Riyadh", "EQUITY"), "XSAU"),
        ("^N225", Listing("OSA", "Asia/Tokyo", "INDEX"), "XTKS"),
        ("^FTSE", Listing("X", "Europe/London", "INDEX"), "XLON"),
        ("BTC-USD", Listing("CCC", "UTC", "CRYPTOCURRENCY"), "24/7"),
        ("BTC-USD", Listing("X", "America/New_York", "CRYPTOCURRENCY"), "24/7"),
        ("EURUSD=X", Listing("CCY", "Europe/London", "CURRENCY"), "24/5"),
        ("CL=F", Listing("NYM", "America/New_York", "FUTURE"), "CMES"),
        ("GP.DH", Listing("DSE", "Asia/Dhaka", "EQUITY"), None),
        ("ABC", Listing(), None),
    ],
)
def test_the_kind_says_most_then_suffix_name_and_zone(
    symbol: str, listing: Listing, code: str | None
) -> None:
    assert calendar_code(symbol, listing) == code


def test_every_calendar_of_the_table_is_one() -> None:
    codes = {*SUFFIXES.values(), *calendar._CODE_BY_NAME.values(), *calendar._CODE_BY_KIND.values()}
    assert codes <= set(exchange_calendars.get_calendar_names())


def test_no_suffix_and_no_name_stands_for_two_exchanges() -> None:
    rows = list(calendar._exchange_rows())
    for column in (1, 2):
        words = [word for row in rows for word in row[column]]
        assert len(words) == len(set(words))


def test_the_grammar_knows_the_suffixes_of_one_letter() -> None:
    assert {suffix for suffix in SUFFIXES if len(suffix) == 1} == SUFFIX_LETTERS


@pytest.mark.usefixtures("no_athens")
def test_what_nobody_knows_or_has_a_calendar_of_is_unknown() -> None:
    assert calendar_of("VUSA.L", Listing(), CALENDAR) == CALENDAR.of("XLON")
    assert calendar_of("GP.DH", Listing(), CALENDAR) == CALENDAR.of(UNKNOWN)
    assert calendar_of("OPAP.AT", Listing(), CALENDAR) == CALENDAR.of(UNKNOWN)
