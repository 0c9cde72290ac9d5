"""SampleMarket as a port: never tomorrow, the same whenever asked, and honest about being made up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.panel import PricePanel
from bot.clock import FixedClock
from bot.errors import UnknownSymbols
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import SampleMarket
from bot.market.sample_funds import SYMBOLS

CALENDAR = ExchangeCalendar()
FRIDAY = date(2026, 1, 16)


def market_at(*moment: int) -> SampleMarket:
    return SampleMarket(CALENDAR, FixedClock(datetime(*moment, tzinfo=UTC)))  # type: ignore[arg-type,misc]


def panel_of(market: SampleMarket, symbols: Sequence[str], through: date) -> PricePanel:
    return asyncio.run(market.history(symbols, through)).panel


def assert_same(one: PricePanel, other: PricePanel) -> None:
    np.testing.assert_array_equal(one.sessions, other.sessions)
    np.testing.assert_array_equal(one.total_return, other.total_return)
    np.testing.assert_array_equal(one.close, other.close)
    np.testing.assert_array_equal(one.volume, other.volume)


MARKET = market_at(2026, 11, 22, 12)


@pytest.fixture(scope="module")
def whole() -> PricePanel:
    return panel_of(MARKET, SYMBOLS, date(2026, 11, 20))


def test_says_that_it_is_made_up() -> None:
    history = asyncio.run(MARKET.history(["ISCB"], FRIDAY))
    assert history.panel.simulated
    assert history.panel.source == "SAMPLE DATA (simulated)" == MARKET.source
    assert history.notes == ()


def test_rows_are_in_the_order_asked_each_symbol_once() -> None:
    panel = panel_of(MARKET, ["SPY", "^IRX", "ISCB", "SPY"], FRIDAY)
    assert panel.symbols == ("SPY", "^IRX", "ISCB")
    assert panel.close[:, -1].tolist() == pytest.approx([691.0, 3.6, 67.5])
    np.testing.assert_array_equal(panel.close[2], panel_of(MARKET, ["ISCB"], FRIDAY).close[0])


def test_sessions_are_the_exchanges_from_the_first_price_on() -> None:
    panel = panel_of(MARKET, ["ISCB", "AVUV"], FRIDAY)
    np.testing.assert_array_equal(panel.sessions, CALENDAR.sessions(date(2015, 1, 2), FRIDAY))
    born = int(np.searchsorted(panel.sessions, np.datetime64("2019-09-24")))
    assert np.isnan(panel.total_return[1, :born]).all()
    assert not np.isnan(panel.total_return[1, born:]).any()
    assert not np.isnan(panel.total_return[0]).any()
    assert panel_of(MARKET, ["AVUV"], FRIDAY).sessions[0] == np.datetime64("2019-09-24")


def test_the_funds_are_new_yorks_whatever_calendar_the_workspace_has() -> None:
    clock = FixedClock(datetime(2026, 1, 20, 12, tzinfo=UTC))
    other = SampleMarket(ExchangeCalendar("XTKS"), clock)
    assert_same(panel_of(other, ["ISCB"], FRIDAY), panel_of(MARKET, ["ISCB"], FRIDAY))
    assert panel_of(other, ["ISCB"], date(2026, 1, 20)).as_of == FRIDAY  # Tuesday is over in Tokyo


def test_ten_years_are_full_for_a_while_back_as_well() -> None:
    assert panel_of(MARKET, ["ISCB", "SPSM"], date(2025, 3, 3)).sessions[0] == np.datetime64("2015-01-02")


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    through=st.dates(date(2015, 1, 2), date(2027, 12, 31)),
    asked=st.sets(st.sampled_from(SYMBOLS), min_size=1),
)
def test_a_date_has_one_price_whatever_is_asked(whole: PricePanel, through: date, asked: set[str]) -> None:
    panel = panel_of(MARKET, sorted(asked), through)
    assert panel.as_of <= min(through, date(2026, 11, 20))
    start = int(np.searchsorted(whole.sessions, panel.sessions[0]))
    expected = whole.select(sorted(asked)).total_return[:, start : start + panel.sessions.size]
    np.testing.assert_array_equal(panel.total_return, expected)


@pytest.mark.slow
@pytest.mark.parametrize("year", [2027, 2031])
def test_prices_of_the_past_do_not_depend_on_the_clock(year: int) -> None:
    then, later = market_at(2026, 1, 20, 12), market_at(year, 1, 20, 12)
    assert_same(panel_of(then, SYMBOLS, FRIDAY), panel_of(later, SYMBOLS, FRIDAY))


@pytest.mark.slow
def test_the_market_goes_on() -> None:
    panel = panel_of(market_at(2031, 1, 20, 12), ["ISCB", "SPSM"], date(2031, 1, 20))
    assert panel.as_of == date(2031, 1, 17)
    assert not np.isnan(panel.total_return[:, -1200:]).any()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "newest"),
    [
        ((2026, 1, 16, 21, 14), date(2026, 1, 15)),  # 16:14 in New York: not settled
        ((2026, 1, 16, 21, 16), FRIDAY),
        ((2024, 7, 3, 17, 20), date(2024, 7, 3)),  # half day, and before the last milestone
        ((2020, 3, 21, 12), date(2020, 3, 20)),
    ],
)
def test_never_tomorrows_price(moment: tuple[int, ...], newest: date) -> None:
    market = market_at(*moment)
    for through in (newest + timedelta(days=1), date(2030, 1, 1)):
        assert panel_of(market, ["ISCB", "^TNX"], through).as_of == newest


def test_a_new_session_appears_when_it_has_settled() -> None:
    clock = FixedClock(datetime(2026, 4, 1, 12, tzinfo=UTC))
    market = SampleMarket(CALENDAR, clock)
    before = panel_of(market, ["SPSM"], date(2026, 4, 30))
    clock.set(datetime(2026, 4, 1, 22, tzinfo=UTC))
    after = panel_of(market, ["SPSM"], date(2026, 4, 30))
    assert (before.as_of, after.as_of) == (date(2026, 3, 31), date(2026, 4, 1))
    assert_same(before, after.through(before.as_of))


def test_a_day_before_all_prices_gives_an_empty_session() -> None:
    panel = panel_of(MARKET, ["AVUV"], date(2018, 6, 1))
    assert panel.as_of == date(2018, 6, 1)
    assert np.isnan(panel.total_return).all()


def test_a_panel_can_be_written_on_without_harm() -> None:
    first = panel_of(MARKET, ["ISCB"], FRIDAY)
    kept = first.close.copy()
    first.close[:] = 1.0
    np.testing.assert_array_equal(panel_of(MARKET, ["ISCB"], FRIDAY).close, kept)


def test_unknown_symbols_are_all_named_with_what_there_is() -> None:
    with pytest.raises(UnknownSymbols) as caught:
        panel_of(MARKET, ["SPSN", "ISCB", "VTI"], FRIDAY)
    near, far = caught.value.complaints
    assert caught.value.nearest == {"SPSN": ["SPSM"], "VTI": []}
    assert near.startswith("SPSN: SAMPLE DATA (simulated), which knows only ISCB, SPSM, IWM, ")
    assert near.endswith("Did you mean SPSM?")
    assert far.startswith("VTI: ")
    assert all(symbol in far for symbol in SYMBOLS)


@pytest.mark.parametrize("slip", ["IWC", "SPDM", "AVUS", "TLH"])
def test_only_simulated_symbols_are_suggested(slip: str) -> None:
    with pytest.raises(UnknownSymbols) as caught:
        panel_of(MARKET, [slip], FRIDAY)
    assert set(caught.value.nearest[slip]) <= set(SYMBOLS)


def test_profiles_come_for_every_symbol_once() -> None:
    profiles = asyncio.run(MARKET.profiles(["SPSM", "^TNX", "SPSM", "NOPE"]))
    assert list(profiles.by_symbol) == ["SPSM", "^TNX", "NOPE"]
    assert [note.symbol for note in profiles.notes] == ["^TNX", "NOPE"]
