"""Real prices and recorded answers, where this machine has them, served to the real yfinance on 127.0.0.1."""

from __future__ import annotations

import asyncio
import csv
import importlib.util
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.fund import Kind
from bot.clock import FixedClock
from bot.market.cache import CachedMarket
from bot.market.calendar import ExchangeCalendar
from bot.market.yahoo import YahooMarket

FRIDAY = date(2026, 1, 16)

pytestmark = pytest.mark.slow

PAIR = ["ISCB", "SPSM"]


@pytest.fixture
def server(market_dir: Path) -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("loopback_yahoo", market_dir / "loopback_yahoo.py")
    assert spec is not None
    assert spec.loader is not None
    loopback = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loopback)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the files of its answers open
        fake = loopback.FakeYahoo()
    with fake, loopback.patched_yfinance(fake):
        yield fake


@pytest.fixture
def real(server: Any, tmp_path: Path) -> Iterator[CachedMarket]:
    clock = FixedClock(datetime(2026, 1, 16, 22, 0, tzinfo=UTC))
    calendar = ExchangeCalendar()
    yahoo = YahooMarket(calendar, clock, tmp_path)
    yield CachedMarket(yahoo, calendar, clock, tmp_path / "cache")
    yahoo.close()


def adjusted_closes(folder: Path, symbol: str) -> dict[str, float]:
    with (folder / "prices_adjclose" / f"{symbol}.csv").open(newline="") as file:
        rows = [(row["Date"], row["Close"]) for row in csv.DictReader(file)]
    return {day: float(close) for day, close in rows if close and day <= str(FRIDAY)}


async def test_the_pair_is_the_file_to_the_last_digit(real: CachedMarket, market_dir: Path) -> None:
    history = await real.history(PAIR, FRIDAY)
    assert history.notes == ()
    for symbol, row in zip(PAIR, history.panel.total_return, strict=True):
        expected = adjusted_closes(market_dir, symbol)
        known = ~np.isnan(row)
        assert history.panel.sessions[known].astype(str).tolist() == list(expected)
        assert row[known].tolist() == list(expected.values())


async def test_the_published_one_year_returns(real: CachedMarket) -> None:
    """2025-01-16 to 2026-01-16: 16.13 % and 11.31 %."""
    panel = (await real.history(PAIR, FRIDAY)).panel
    base = int(np.searchsorted(panel.sessions, np.datetime64("2025-01-16")))
    returns = panel.total_return[:, -1] / panel.total_return[:, base] - 1
    assert returns == pytest.approx([0.1613, 0.1131], abs=5e-5)


async def test_a_cold_comparison_takes_eight_requests_and_a_warm_one_none(
    real: CachedMarket, server: Any
) -> None:
    """A cookie and a crumb; for each fund its time zone, its prices and its profile."""
    for requests in (8, 8):
        await asyncio.gather(real.history(PAIR, FRIDAY), real.profiles(PAIR))
        assert len(server.log) == requests


async def test_recorded_profiles_are_read(real: CachedMarket) -> None:
    found = await real.profiles([*PAIR, "VFINX"])
    assert found.notes == ()
    funds = found.by_symbol.values()
    assert [fund.kind for fund in funds] == [Kind.FUND] * 3
    facts = [(fund.expense_ratio, fund.dividend_yield, fund.assets) for fund in funds]
    assert [tuple(fact and fact.value for fact in row) for row in facts] == [
        (0.0004, 0.0138, 253_450_000),
        (0.0003, 0.0162, 13_080_000_000),
        (0.0014, 0.0105, 1_409_023_475_712),
    ]
    # Eleven of the shares, and what is none of them.
    assert [len(fund.sectors.value.weights) for fund in funds if fund.sectors] == [12, 12, 12]
    assert [len(fund.holdings.value) for fund in funds if fund.holdings] == [10, 10, 10]


async def test_twenty_years_of_dividends_agree_with_the_adjusted_closes(server: Any, tmp_path: Path) -> None:
    """Close, dividend and adjusted close of five funds to 2026-05-01: not one note."""
    calendar, clock = ExchangeCalendar(), FixedClock(datetime(2026, 5, 4, 12, 0, tzinfo=UTC))
    yahoo = YahooMarket(calendar, clock, tmp_path)
    try:
        history = await yahoo.history(["SPY", "IWM", "IJR", "TLT", "BIL"], date(2026, 5, 1))
    finally:
        yahoo.close()
    assert history.panel.as_of == date(2026, 5, 1)
    assert history.notes == ()
    assert not np.isnan(history.panel.volume[:4, -1000:]).any()


async def test_bills_rest_on_bond_holidays_without_a_word(real: CachedMarket) -> None:
    history = await real.history(["^IRX", "^TNX"], FRIDAY)
    assert history.notes == ()
    assert history.panel.sessions[0] == np.datetime64("1976-08-03")
    assert 50 < np.isnan(history.panel.close[0]).sum() < 120
