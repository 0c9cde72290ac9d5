"""The simulated market: the published figures it must show, the same price for ever, a market's manners."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest

from analytics.panel import DateArray, FloatArray
from bot.market.calendar import ExchangeCalendar
from bot.market.sample import _draws, simulate
from bot.market.sample_funds import FIRST, FUNDS, LAST_MILESTONE, MILESTONES, RATES, SYMBOLS
from bot.market.series import Series

Market = Mapping[str, Series]


@pytest.fixture(scope="module")
def sessions() -> DateArray:
    return ExchangeCalendar().sessions(FIRST, date(2026, 11, 20))


@pytest.fixture(scope="module")
def market(sessions: DateArray) -> Market:
    return simulate(sessions)


def window(series: Series, base: str, end: str) -> tuple[DateArray, FloatArray]:
    """Sessions and levels from the last one on or before `base` to the last one on or before `end`."""
    first, last = np.searchsorted(series.sessions, np.array([base, end], "datetime64[D]"), side="right")
    return series.sessions[first - 1 : last], series.total_return[first - 1 : last]


def returns(series: Series, base: str, end: str) -> FloatArray:
    _, levels = window(series, base, end)
    ratios: FloatArray = levels[1:] / levels[:-1]
    return ratios - 1


def growth(series: Series, base: str, end: str) -> float:
    _, levels = window(series, base, end)
    return float(levels[-1] / levels[0] - 1)


def annualised(series: Series, base: str, end: str) -> float:
    days, _ = window(series, base, end)
    years = (days[-1] - days[0]).astype(int) / 365.25
    return float((1 + growth(series, base, end)) ** (1 / years) - 1)


def worst_fall(series: Series, base: str, end: str) -> tuple[float, str]:
    days, levels = window(series, base, end)
    fall = levels / np.maximum.accumulate(levels) - 1
    return float(fall.min()), str(days[fall.argmin()])


def tracking_error(market: Market, one: str, other: str, base: str, end: str) -> float:
    active = returns(market[one], base, end) - returns(market[other], base, end)
    return float(active.std(ddof=1) * np.sqrt(252))


YEAR = ("2025-01-16", "2026-01-16")


@pytest.mark.parametrize(
    ("symbol", "base", "end", "published"),
    [
        ("ISCB", "2025-01-16", "2026-01-16", 0.1613),
        ("SPSM", "2025-01-16", "2026-01-16", 0.1131),
        ("ISCB", "2025-01-09", "2026-01-09", 0.1745),
        ("SPSM", "2025-01-09", "2026-01-09", 0.1122),
        ("ISCB", "2025-03-11", "2026-03-11", 0.2303),
        ("SPSM", "2025-03-11", "2026-03-11", 0.2078),
    ],
)
def test_a_years_total_return_is_the_published_one(
    market: Market, symbol: str, base: str, end: str, published: float
) -> None:
    assert growth(market[symbol], base, end) == pytest.approx(published, abs=2e-5)


@pytest.mark.parametrize(
    ("symbol", "base", "published"),
    [
        ("ISCB", "2023-01-16", 0.137),
        ("ISCB", "2021-01-16", 0.074),
        ("ISCB", "2016-01-16", 0.107),
        ("SPSM", "2023-01-16", 0.101),
        ("SPSM", "2021-01-16", 0.070),
        ("SPSM", "2016-01-16", 0.116),
    ],
)
def test_longer_windows_return_what_is_published(
    market: Market, symbol: str, base: str, published: float
) -> None:
    assert annualised(market[symbol], base, "2026-01-16") == pytest.approx(published, abs=2e-5)


@pytest.mark.parametrize(
    ("symbol", "volatility", "sharpe", "sortino", "fall"),
    [("ISCB", 0.223, 0.784, 1.182, -0.2341), ("SPSM", 0.225, 0.590, 0.874, -0.2420)],
)
def test_risk_of_the_year_is_close_to_the_published_one(
    market: Market, symbol: str, volatility: float, sharpe: float, sortino: float, fall: float
) -> None:
    daily = returns(market[symbol], *YEAR)
    downside = np.sqrt(np.mean(np.minimum(daily, 0) ** 2))
    assert daily.size == 251
    assert daily.std(ddof=1) * np.sqrt(252) == pytest.approx(volatility, abs=5e-4)
    assert daily.mean() / daily.std(ddof=1) * np.sqrt(252) == pytest.approx(sharpe, abs=0.002)
    assert daily.mean() / downside * np.sqrt(252) == pytest.approx(sortino, abs=0.004)
    depth, trough = worst_fall(market[symbol], *YEAR)
    assert depth == pytest.approx(fall, abs=2e-4)
    assert trough == "2025-04-08"


def test_the_pair_moves_together_as_published(market: Market) -> None:
    pair = np.corrcoef(returns(market["ISCB"], *YEAR), returns(market["SPSM"], *YEAR))[0, 1]
    assert pair == pytest.approx(0.98, abs=0.005)
    assert tracking_error(market, "ISCB", "SPSM", *YEAR) == pytest.approx(0.047, abs=5e-4)


@pytest.mark.parametrize(("symbol", "published"), [("ISCB", -0.2994), ("SPSM", -0.2794)])
def test_worst_fall_of_five_years_is_the_published_one(market: Market, symbol: str, published: float) -> None:
    assert worst_fall(market[symbol], "2021-03-11", "2026-03-11")[0] == pytest.approx(published, abs=2e-4)


@pytest.mark.parametrize("symbol", ["ISCB", "SPSM", "IWM", "IJR", "SPY"])
def test_the_well_known_falls_are_there(market: Market, symbol: str) -> None:
    spring, trough = worst_fall(market[symbol], "2020-01-02", "2020-12-31")
    bear, _ = worst_fall(market[symbol], "2021-11-01", "2022-12-30")
    assert -0.48 < spring < -0.32
    assert trough == "2020-03-23"
    assert -0.35 < bear < -0.20


def test_every_milestone_is_a_session_and_is_met(market: Market, sessions: DateArray) -> None:
    days = np.array([row[0] for row in MILESTONES], dtype="datetime64[D]")
    assert np.isin(days, sessions).all()
    for column, symbol in enumerate(("SPY", "ISCB", "SPSM"), start=1):
        levels = market[symbol].total_return[np.searchsorted(sessions, days)]
        given = np.array([float(row[column]) for row in MILESTONES])
        np.testing.assert_allclose(levels / levels[0], given / given[0], rtol=1e-9)


def test_yields_pass_through_their_table_and_stay_positive(market: Market, sessions: DateArray) -> None:
    days = np.array([row[0] for row in RATES], dtype="datetime64[D]")
    assert np.isin(days, sessions).all()
    at = np.searchsorted(sessions, days)
    np.testing.assert_allclose(market["^TNX"].close[at], [row[1] for row in RATES])
    np.testing.assert_allclose(market["^IRX"].close[at], [row[2] for row in RATES])


@pytest.mark.slow
def test_a_date_keeps_its_price_as_the_market_goes_on(market: Market) -> None:
    later = simulate(ExchangeCalendar().sessions(FIRST, date(2034, 6, 30)))
    early = simulate(ExchangeCalendar().sessions(FIRST, LAST_MILESTONE))
    for symbol in SYMBOLS:
        for short, long in ((early[symbol], market[symbol]), (market[symbol], later[symbol])):
            head = slice(short.sessions.size)
            np.testing.assert_array_equal(short.sessions, long.sessions[head])
            np.testing.assert_array_equal(short.total_return, long.total_return[head])
            np.testing.assert_array_equal(short.close, long.close[head])
            np.testing.assert_array_equal(short.volume, long.volume[head])


def test_draws_depend_on_the_series_and_the_date_only(sessions: DateArray) -> None:
    whole, part = _draws("size", sessions), _draws("size", sessions[700:900:7])
    np.testing.assert_array_equal(whole[700:900:7], part)
    assert abs(np.corrcoef(whole[:, 0], _draws("value", sessions)[:, 0])[0, 1]) < 0.06
    assert abs(np.corrcoef(whole[:, 0], whole[:, 1])[0, 1]) < 0.06
    assert np.unique(whole[:, 0]).size == sessions.size


def test_prices_are_the_same_on_every_machine(market: Market) -> None:
    """Pinned: other draws (a new seed, another generator) must be a decision, not an accident."""
    pinned = {"ISCB": 71.687531, "SPY": 761.411612, "AVUV": 118.435432, "TLT": 90.4942, "^IRX": 3.573722}
    found = {symbol: round(float(market[symbol].close[-1]), 6) for symbol in pinned}
    assert found == pytest.approx(pinned, abs=2e-6)


@pytest.mark.slow
def test_another_process_finds_the_same_prices(market: Market) -> None:
    script = (
        "from datetime import date\n"
        "from bot.market.calendar import ExchangeCalendar\n"
        "from bot.market.sample import simulate\n"
        "from bot.market.sample_funds import FIRST\n"
        "market = simulate(ExchangeCalendar().sessions(FIRST, date(2026, 11, 20)))\n"
        "print(*(market[name].close.tobytes().hex()[-64:] for name in sorted(market)))\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.split() == [market[name].close.tobytes().hex()[-64:] for name in sorted(market)]


@pytest.mark.parametrize("symbol", FUNDS)
def test_close_and_dividends_make_the_total_return(market: Market, symbol: str) -> None:
    series = market[symbol]
    total = series.total_return[1:] / series.total_return[:-1]
    price = series.close[1:] / series.close[:-1]
    paid = total - price
    months = series.sessions[1:].astype("datetime64[M]").astype(int) % 12 + 1
    ex_dates = paid > 1e-9
    assert series.total_return[0] == series.close[0]
    assert (paid > -1e-12).all()
    assert (total > 0.8).all()
    if FUNDS[symbol].payout is None:
        assert set(months[ex_dates]) == set(range(1, 13))
    else:
        assert set(months[ex_dates]) == {3, 6, 9, 12}
        assert ex_dates.sum() == pytest.approx(4 * series.sessions.size / 252, abs=2)


@pytest.mark.parametrize(("symbol", "published"), [("ISCB", 0.0138), ("SPSM", 0.0162)])
def test_dividends_of_the_year_are_the_published_yield(market: Market, symbol: str, published: float) -> None:
    series = market[symbol]
    first, last = np.searchsorted(series.sessions, np.array(YEAR, "datetime64[D]"))
    ratio = series.total_return[1:] / series.total_return[:-1]
    paid = (ratio * series.close[:-1] - series.close[1:])[first:last]
    assert paid.sum() / series.close[last] == pytest.approx(published, abs=5e-5)


def test_bills_hold_their_price_and_earn_their_yield(market: Market) -> None:
    bills = market["BIL"]
    assert np.ptp(bills.close) / bills.close.mean() < 0.03
    _, levels = window(bills, *YEAR)
    _, rate = window(market["^IRX"], *YEAR)
    assert levels[-1] / levels[0] - 1 == pytest.approx(rate.mean() / 100 - 0.0014, abs=1e-3)
    assert returns(bills, "2015-01-02", "2026-11-20").std() * np.sqrt(252) < 0.005


def test_long_bonds_move_against_the_ten_year_yield(market: Market) -> None:
    daily = returns(market["TLT"], "2015-01-02", "2026-11-20")
    assert np.corrcoef(daily, np.diff(market["^TNX"].close))[0, 1] < -0.95
    assert worst_fall(market["TLT"], "2020-01-02", "2024-01-02")[0] == pytest.approx(-0.45, abs=0.08)


def test_funds_on_one_index_stay_together(market: Market) -> None:
    assert tracking_error(market, "IJR", "SPSM", *YEAR) < 0.005
    assert 0.01 < tracking_error(market, "IWM", "ISCB", *YEAR) < 0.06
    assert tracking_error(market, "SPY", "ISCB", *YEAR) > 0.06


def test_turbulence_clusters(market: Market) -> None:
    size = np.abs(returns(market["SPY"], "2015-01-02", "2026-11-20"))
    assert np.corrcoef(size[:-5], size[5:])[0, 1] > 0.15


@pytest.mark.parametrize(
    ("symbol", "low", "high"),
    [("ISCB", 0.5e6, 1e6), ("SPSM", 80e6, 160e6), ("SPY", 30e9, 60e9), ("BIL", 0.5e9, 1.5e9)],
)
def test_trading_volume_is_plausible(market: Market, symbol: str, low: float, high: float) -> None:
    series = market[symbol]
    assert low < np.mean((series.volume * series.close)[-252:]) < high
    np.testing.assert_array_equal(series.volume, np.round(series.volume))
    assert series.volume.min() > 0


def test_later_years_stay_a_market() -> None:
    """A dozen years on: no jump beyond belief, yields well above zero, nothing dead or soaring."""
    market = simulate(ExchangeCalendar().sessions(FIRST, date(2039, 12, 30)))
    for symbol in FUNDS:
        daily = np.diff(market[symbol].total_return) / market[symbol].total_return[:-1]
        assert np.abs(daily).max() < 0.14
        assert 0.5 < market[symbol].close[-1] / FUNDS[symbol].price < 20
    for symbol in ("^TNX", "^IRX"):
        later = market[symbol].close[-3000:]
        assert later.min() > 1
        assert later.max() < 9
        assert np.isnan(market[symbol].volume).all()


def test_each_fund_begins_when_it_began(market: Market) -> None:
    begun = {symbol: market[symbol].sessions[0].astype(date) for symbol in SYMBOLS}
    assert begun.pop("AVUV") == date(2019, 9, 24)
    assert set(begun.values()) == {FIRST}
