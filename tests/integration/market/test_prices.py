"""Prices through the real yfinance: whole sessions, nothing newer than asked, holes said and never filled."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import numpy as np
import pytest

from analytics.notes import NoteKind
from analytics.panel import Doubt, DoubtKind
from bot.clock import FixedClock
from bot.errors import UnknownSymbols
from bot.market.calendar import ExchangeCalendar
from bot.market.yahoo import YahooMarket
from tests.fakes.yahoo import FakeYahoo
from tests.fakes.yahoo_listings import Listing, listing
from tests.integration.market.conftest import FRIDAY

pytestmark = pytest.mark.slow  # tens of milliseconds each, in yfinance


async def test_closes_and_volumes_arrive_untouched(market: YahooMarket, yahoo: FakeYahoo) -> None:
    panel = (await market.history(["SPSM", "ISCB"], FRIDAY)).panel
    rows = [row for row in yahoo.listings["ISCB"].rows if row["day"] <= FRIDAY]
    assert panel.symbols == ("SPSM", "ISCB")
    assert panel.close[1].tolist() == [row["close"] for row in rows]
    assert panel.total_return[1].tolist() == [row["adjclose"] for row in rows]
    assert panel.volume[1].tolist() == [row["volume"] for row in rows]
    assert panel.source == "Yahoo Finance"
    assert not panel.simulated


async def test_dividends_are_in_the_adjusted_close_only(market: YahooMarket) -> None:
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    assert panel.total_return[0, 0] < panel.close[0, 0] * 0.98  # eight dividends of 0.4 %
    assert panel.total_return[0, -1] == panel.close[0, -1]


async def test_the_sessions_are_those_of_the_exchange(market: YahooMarket) -> None:
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    assert np.array_equal(panel.sessions, ExchangeCalendar().sessions(date(2024, 1, 2), FRIDAY))


async def test_a_session_under_way_is_left_out(market: YahooMarket, clock: FixedClock) -> None:
    tuesday = date(2026, 1, 20)
    clock.set(datetime(2026, 1, 20, 21, 14, 59, tzinfo=UTC))  # 16:14:59 in New York
    assert (await market.history(["ISCB"], tuesday)).panel.as_of == FRIDAY
    clock.set(datetime(2026, 1, 20, 21, 15, tzinfo=UTC))
    assert (await market.history(["ISCB"], tuesday)).panel.as_of == tuesday


async def test_nothing_is_newer_than_asked(market: YahooMarket) -> None:
    panel = (await market.history(["ISCB", "SPSM"], date(2025, 6, 30))).panel
    assert panel.as_of == date(2025, 6, 30)
    assert not np.isnan(panel.total_return[:, -1]).any()


async def test_a_weekend_ends_with_the_friday_before(market: YahooMarket) -> None:
    assert (await market.history(["ISCB"], date(2026, 1, 18))).panel.as_of == FRIDAY


async def test_missing_sessions_are_nan(market: YahooMarket, yahoo: FakeYahoo) -> None:
    holes = [date(2025, 7, 24), date(2025, 7, 28)]
    yahoo.listings["ISCB"].forget(*holes)
    history = await market.history(["ISCB", "SPSM"], FRIDAY)
    row = history.panel.total_return[0]
    assert history.panel.sessions[np.isnan(row)].astype(date).tolist() == holes
    assert np.isnan(history.panel.close[0]).sum() == 2
    assert history.panel.missing.sum() == 2  # and what is asked about them says so


async def test_a_null_close_with_a_volume_is_a_missing_session(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.listings["ISCB"].row(date(2025, 8, 28)).update(close=None, adjclose=None)
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    assert panel.sessions[panel.missing[0]].tolist() == [date(2025, 8, 28)]


async def test_before_its_first_price_nothing_is_missing(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.listings["NEW"] = listing("NEW", first=date(2025, 3, 3))
    history = await market.history(["NEW", "ISCB"], FRIDAY)
    assert history.notes == ()
    assert history.panel.sessions[0] == np.datetime64("2024-01-02")
    first = int(np.searchsorted(history.panel.sessions, np.datetime64("2025-03-03")))
    assert np.isnan(history.panel.total_return[0, :first]).all()
    assert not np.isnan(history.panel.total_return[0, first:]).any()


async def test_a_newest_session_that_has_not_come_yet_is_nan(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.listings["ISCB"].through(date(2026, 1, 15))
    history = await market.history(["ISCB", "SPSM"], FRIDAY)
    assert history.panel.as_of == FRIDAY
    assert np.isnan(history.panel.total_return[0, -1])
    assert history.notes == ()  # the comparison says where the common sessions end


async def test_before_all_prices_the_panel_is_one_empty_session(market: YahooMarket) -> None:
    panel = (await market.history(["ISCB"], date(2001, 9, 14))).panel
    assert panel.as_of == date(2001, 9, 10)
    assert np.isnan(panel.total_return).all()


async def test_a_price_that_looks_wrong_is_a_doubt_of_the_panel(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    row = yahoo.listings["ISCB"].row(date(2025, 8, 28))
    row.update(close=row["close"] * 10, adjclose=row["adjclose"] * 10)
    history = await market.history(["ISCB", "SPSM"], FRIDAY)
    assert [(doubt.kind, doubt.symbol, doubt.session) for doubt in history.panel.doubts] == [
        (DoubtKind.JUMP, "ISCB", date(2025, 8, 28)),
        (DoubtKind.JUMP, "ISCB", date(2025, 8, 29)),
    ]
    assert history.panel.doubts[0].value == pytest.approx(9, rel=0.02)
    assert history.notes == ()
    assert (await market.history(["ISCB"], date(2025, 8, 27))).panel.doubts == ()


async def test_a_dividend_that_was_not_adjusted_for_is_a_doubt(market: YahooMarket, yahoo: FakeYahoo) -> None:
    listed = yahoo.listings["ISCB"]
    ex_date = min(listed.dividends)
    for row in listed.rows:
        if row["day"] < ex_date:
            row["adjclose"] /= 1 - 0.004  # as if the first dividend had been forgotten
    (doubt,) = (await market.history(["ISCB"], FRIDAY)).panel.doubts
    assert (doubt.kind, doubt.session) == (DoubtKind.DISTRIBUTION, ex_date)
    assert doubt.value == pytest.approx(-0.004, rel=0.1)


async def test_a_split_among_the_events_that_the_prices_lack_is_a_doubt(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    listed, day = yahoo.listings["ISCB"], date(2025, 8, 28)
    listed.splits[day] = (5, 4)
    assert (await market.history(["ISCB"], FRIDAY)).panel.doubts == ()
    for row in listed.rows:
        if row["day"] >= day:
            row.update(close=row["close"] * 0.8, adjclose=row["adjclose"] * 0.8)
    listed.dividends = {on: paid * (0.8 if on >= day else 1) for on, paid in listed.dividends.items()}
    (doubt,) = (await market.history(["ISCB"], FRIDAY)).panel.doubts
    assert (doubt.kind, doubt.session) == (DoubtKind.SPLIT, day)
    assert doubt.value == pytest.approx(-0.2, abs=0.03)


async def test_an_event_on_a_day_that_is_no_session_counts_for_the_next_one(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    """A row and a dividend on Independence Day: the adjusted close is right."""
    listed, day = yahoo.listings["ISCB"], date(2025, 7, 4)
    amount = round(listed.row(date(2025, 7, 3))["close"] * 0.01, 4)
    kept = 1 - amount / listed.row(date(2025, 7, 3))["close"]
    for row in listed.rows:
        row["adjclose"] *= kept if row["day"] < day else 1.0
    listed.dividends[day] = amount
    listed.rows.append({**listed.row(date(2025, 7, 3)), "day": day})
    listed.rows.sort(key=lambda row: row["day"])
    assert (await market.history(["ISCB"], FRIDAY)).panel.doubts == ()
    del listed.dividends[day]
    assert len((await market.history(["ISCB"], FRIDAY)).panel.doubts) == 1


async def test_prices_in_pence_are_told_in_pounds(market: YahooMarket, yahoo: FakeYahoo) -> None:
    listed = yahoo.listings["ISCB"]
    pounds = (await market.history(["ISCB"], FRIDAY)).panel
    listed.currency = "GBp"
    for row in listed.rows:
        row.update(close=row["close"] * 100, adjclose=row["adjclose"] * 100)
    listed.dividends = {day: amount * 100 for day, amount in listed.dividends.items()}
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    assert panel.currencies == ("GBP",)
    assert panel.doubts == ()
    for name in ("close", "total_return", "volume"):
        np.testing.assert_allclose(getattr(panel, name), getattr(pounds, name), rtol=1e-12)


@pytest.mark.parametrize(
    ("told", "currency"), [("USD", "USD"), ("ZAc", "ZAR"), ("ILA", "ILS"), (None, None), ("", None)]
)
async def test_the_currency_of_prices_is_what_the_chart_tells(
    market: YahooMarket, yahoo: FakeYahoo, told: str | None, currency: str | None
) -> None:
    yahoo.listings["ISCB"].currency = told
    assert (await market.history(["ISCB"], FRIDAY)).panel.currencies == (currency,)


@pytest.mark.parametrize(("told", "doubts"), [("GBP", 0), ("EUR", 0), ("GBp", 8)])
async def test_dividends_in_another_currency_or_unit_than_the_price(
    market: YahooMarket, yahoo: FakeYahoo, told: str, doubts: int
) -> None:
    """Prices in pence, dividends in pounds as Yahoo says itself; said to be pence they would be too few."""
    listed = yahoo.listings["ISCB"]
    listed.currency, listed.dividend_currency = "GBp", told
    for row in listed.rows:
        row.update(close=row["close"] * 100, adjclose=row["adjclose"] * 100)
    listed.dividends = {day: amount * 1.27 for day, amount in listed.dividends.items()}
    if told == "GBP":
        listed.dividends = {day: amount / 1.27 for day, amount in listed.dividends.items()}
    assert len((await market.history(["ISCB"], FRIDAY)).panel.doubts) == doubts


async def test_a_coins_volume_is_money_already(market: YahooMarket, yahoo: FakeYahoo) -> None:
    listed = yahoo.listings["ISCB"]
    listed.kind = "CRYPTOCURRENCY"
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    told = [row["volume"] for row in listed.rows if row["day"] <= FRIDAY]
    money = panel.volume[0] * panel.close[0]
    np.testing.assert_allclose(money[np.isfinite(money)], told)


@pytest.mark.parametrize("kind", ["FUTURE", "INDEX", "CURRENCY"])
async def test_what_is_not_traded_in_shares_has_no_volume(
    market: YahooMarket, yahoo: FakeYahoo, kind: str
) -> None:
    yahoo.listings["ISCB"].kind = kind
    assert np.isnan((await market.history(["ISCB"], FRIDAY)).panel.volume).all()


async def test_a_price_below_zero_is_kept_and_doubted(market: YahooMarket, yahoo: FakeYahoo) -> None:
    day = date(2025, 8, 28)
    yahoo.listings["ISCB"].row(day).update(close=-37.63, adjclose=-37.63)
    history = await market.history(["ISCB"], FRIDAY)
    panel, at = history.panel, int(np.searchsorted(history.panel.sessions, np.datetime64(day)))
    assert panel.doubts == (Doubt(DoubtKind.NEGATIVE, "ISCB", day, -37.63),)
    assert (panel.close[0, at], np.isnan(panel.total_return[0, at])) == (-37.63, True)
    assert history.notes == ()
    newest = (await market.history(["ISCB"], day)).panel  # on that evening, too
    assert (newest.close[0, -1], newest.doubts) == (-37.63, panel.doubts)


@pytest.mark.parametrize("spoilt", [None, -2.5, 0.0, float("inf")])
async def test_a_close_without_an_adjusted_one_is_kept(
    market: YahooMarket, yahoo: FakeYahoo, spoilt: float | None
) -> None:
    days = [date(2025, 8, 27), date(2025, 8, 28)]
    for day in days:
        yahoo.listings["ISCB"].row(day).update(adjclose=spoilt)
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    assert panel.sessions[np.isnan(panel.total_return[0])].tolist() == days
    assert not panel.missing.any()
    assert panel.doubts == ()


async def test_a_history_that_begins_without_adjusted_closes_is_kept(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    listed = yahoo.listings["ISCB"]
    for row in listed.rows[:300]:
        row["adjclose"] = -row["adjclose"]
    panel = (await market.history(["ISCB"], FRIDAY)).panel
    assert panel.sessions[0] == np.datetime64(listed.rows[0]["day"])
    assert np.flatnonzero(np.isfinite(panel.total_return[0]))[0] == 300


async def test_an_adjusted_close_that_is_still_to_come_is_no_end_of_the_prices(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    yahoo.listings["ISCB"].row(FRIDAY).update(adjclose=None)
    history = await market.history(["ISCB"], FRIDAY)
    assert np.isnan(history.panel.total_return[0, -1])
    assert history.notes == ()  # the comparison says where the common sessions end


async def test_an_index_has_no_dividends_and_no_volume(market: YahooMarket, yahoo: FakeYahoo) -> None:
    yahoo.listings["^IRX"].row(date(2025, 8, 28)).update(adjclose=1.0)  # junk that no index needs
    history = await market.history(["^IRX"], FRIDAY)
    assert np.array_equal(history.panel.total_return, history.panel.close)
    assert np.isnan(history.panel.volume).all()


async def test_a_rate_at_or_below_zero_is_a_quote_and_no_level(market: YahooMarket, yahoo: FakeYahoo) -> None:
    below, zero = date(2025, 3, 19), date(2025, 3, 20)
    for day, level in ((below, -0.028), (zero, 0.0)):
        yahoo.listings["^IRX"].row(day).update(close=level, adjclose=level)
    history = await market.history(["^IRX"], FRIDAY)
    panel = history.panel
    at = np.searchsorted(panel.sessions, np.array([below, zero], dtype="datetime64[D]"))
    assert panel.close[0, at[0]] == pytest.approx(-0.028)
    # yfinance drops a row of zeros; the rate of the evening before then serves.
    assert np.isnan(panel.close[0, at[1]])
    assert np.isnan(panel.total_return[0, at]).all()
    assert history.notes == ()  # a rate's gaps are said where the rate is used


async def test_a_stock_is_welcome(market: YahooMarket) -> None:
    assert (await market.history(["AAPL"], FRIDAY)).notes == ()


def abroad(symbol: str, exchange: str, zone: str, kind: str = "ETF", *, opens: int = 9) -> Listing:
    found = listing(symbol, kind, exchange=exchange)
    found.zone, found.opens = zone, time(opens)
    return found


async def test_each_symbol_has_the_sessions_of_its_own_exchange(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    """A suffix, a zone, a kind of instrument: in Sydney a bar has the stamp of the evening before in UTC."""
    for listed in (
        abroad("VUSA.L", "XLON", "Europe/London", opens=8),
        abroad("VAS.AX", "XASX", "Australia/Sydney", opens=10),
        abroad("^N225", "XTKS", "Asia/Tokyo", "INDEX"),
        abroad("BTC-USD", "24/7", "UTC", "CRYPTOCURRENCY", opens=0),
    ):
        yahoo.listings[listed.symbol] = listed
    symbols = ["VUSA.L", "VAS.AX", "^N225", "BTC-USD", "ISCB"]
    history = await market.history(symbols, date(2026, 1, 20))
    panel = history.panel
    assert [exchange.code for exchange in panel.exchanges] == ["XLON", "XASX", "XTKS", "24/7", "XNYS"]
    assert history.notes == ()
    assert panel.as_of == date(2026, 1, 20)  # 14:00 UTC: Sydney and Tokyo are over, the others are not
    assert not panel.missing.any()
    for symbol, row in zip(symbols, panel.close, strict=True):
        told = {entry["day"]: entry["close"] for entry in yahoo.listings[symbol].rows}
        priced = ~np.isnan(row)
        assert row[priced].tolist() == [told[day] for day in panel.sessions[priced].tolist()]
    last = {
        symbol: panel.sessions[~np.isnan(row)][-1].item()
        for symbol, row in zip(symbols, panel.close, strict=True)
    }
    monday, tuesday = date(2026, 1, 19), date(2026, 1, 20)
    assert last == {
        "VUSA.L": monday,
        "VAS.AX": tuesday,
        "^N225": tuesday,
        "BTC-USD": monday,
        "ISCB": FRIDAY,
    }


async def test_a_hole_in_london_is_one_and_its_holidays_are_none(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    listed = yahoo.listings["VUSA.L"] = abroad("VUSA.L", "XLON", "Europe/London", opens=8)
    listed.forget(date(2025, 7, 4))  # open in London, a holiday in New York
    panel = (await market.history(["VUSA.L", "ISCB"], FRIDAY)).panel
    assert panel.sessions[panel.missing[0]].tolist() == [date(2025, 7, 4)]
    assert not panel.missing[1].any()


async def test_where_nobody_knows_the_exchange_no_day_is_missing_and_it_is_said(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    listed = yahoo.listings["GP.DH"] = abroad("GP.DH", "XSAU", "Asia/Dhaka")  # Sunday to Thursday
    listed.forget(date(2025, 7, 6))
    history = await market.history(["GP.DH"], FRIDAY)
    assert [(note.kind, note.symbol) for note in history.notes] == [(NoteKind.SESSIONS_UNKNOWN, "GP.DH")]
    days = [row["day"] for row in listed.rows if row["day"] <= FRIDAY]
    assert history.panel.sessions[~np.isnan(history.panel.close[0])].tolist() == days


async def test_every_unknown_symbol_is_named_at_once(market: YahooMarket) -> None:
    """yfinance asks `.info` for the first two and says "no timezone found" for the others."""
    with pytest.raises(UnknownSymbols) as caught:
        await market.history(["SPSN", "ISCB", "ISBC", "XXXXXX", "TLTT"], FRIDAY)
    nearest = {"SPSN": ("SPSM",), "ISBC": ("ISCB",), "XXXXXX": (), "TLTT": ("TLT",)}
    assert dict(caught.value.nearest) == nearest
    assert "Did you mean SPSM?" in str(caught.value)


@pytest.mark.parametrize("symbol", ["../v1/test", "A?B", "A B", "", "a", "US4642886158", "A" * 40, "ISCB\n"])
async def test_what_cannot_be_a_symbol_never_reaches_yahoo(
    market: YahooMarket, yahoo: FakeYahoo, symbol: str
) -> None:
    with pytest.raises(UnknownSymbols):
        await market.history([symbol], FRIDAY)
    assert yahoo.log == []


async def test_two_funds_cost_six_requests(market: YahooMarket, yahoo: FakeYahoo) -> None:
    """A cookie and a crumb for the process; a time zone and the rows for each symbol."""
    await market.history(["ISCB", "SPSM"], FRIDAY)
    assert [yahoo.requests(where) for where in ("fc.yahoo", "getcrumb", "chart/", "")] == [1, 1, 4, 6]


async def test_the_whole_history_is_asked_for_without_an_end_in_the_past(
    market: YahooMarket, yahoo: FakeYahoo
) -> None:
    """An `end` in the past would go through a cache of yfinance that keeps errors."""
    await market.history(["ISCB"], date(2025, 6, 30))
    assert yahoo.requests(r"chart/ISCB\?.*period1=1\d{5}&") == 1
    yahoo.listings["ISCB"].forget(date(2025, 6, 30))
    assert len((await market.history(["ISCB"], date(2025, 6, 30))).notes) == 0
    assert yahoo.requests(r"chart/ISCB\?.*period1") == 2
