"""Published returns from month end to month end, and falls, each with the window rule that gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from analytics import Comparison, PricePanel, Query, compare, parse_window
from bot.market.calendar import ExchangeCalendar
from tests.panels import day

if TYPE_CHECKING:
    from pathlib import Path

ADJUSTED, UNADJUSTED = "prices_adjclose", "prices_ohlc_div"


def priced(market_dir: Path, symbol: str, folder: str) -> PricePanel:
    """One fund on every session of New York; skips where its prices are not at hand."""
    path = market_dir / folder / f"{symbol}.csv"
    if not path.is_file():
        pytest.skip(f"the prices of {symbol} are not at hand: {folder}/{path.name}")
    closes = pd.read_csv(path, index_col=0, parse_dates=True)[["Close"]].set_axis([symbol], axis=1)
    sessions = ExchangeCalendar().sessions(closes.index[0].date(), closes.index[-1].date())
    return PricePanel.from_frame(closes.reindex(pd.DatetimeIndex(sessions)), source="csv")


def over(panel: PricePanel, window: str, as_of: str) -> Comparison:
    return compare(panel, {}, Query(panel.symbols, parse_window(window), day(as_of)))


def percent(found: Comparison, measure: str, digits: int) -> float:
    (numbers,) = found.metrics.values()
    value = numbers[measure].value
    assert value is not None
    return round(100 * value, digits)


def return_of(found: Comparison) -> str:
    """The measure that is published for its window."""
    return "cagr" if (found.span.years or 0) >= 1 else "total_return"


@pytest.mark.parametrize(("window", "published"), [("1m", -1.54), ("1y", 37.39), ("10y", 13.65)])
def test_gold_to_the_end_of_may(market_dir: Path, window: str, published: float) -> None:
    # Counted back by the day of the month, from Friday the 29th, the month is -0.07 %.
    found = over(priced(market_dir, "GLD", ADJUSTED), window, "2026-05-31")
    assert found.span.end == day("2026-05-29")
    assert percent(found, return_of(found), 2) == pytest.approx(published, abs=0.011)


@pytest.mark.parametrize(
    ("window", "base", "published"),
    [
        ("1y", "2024-11-29", -4.5),
        ("2y", "2023-11-30", 12.1),
        ("3y", "2022-11-30", 5.9),
        ("5y", "2020-11-30", 7.3),
    ],
)
def test_small_caps_by_price_to_the_end_of_november(
    market_dir: Path, window: str, base: str, published: float
) -> None:
    found = over(priced(market_dir, "IJR", UNADJUSTED), window, "2025-11-30")
    assert (found.span.start, found.span.end) == (day(base), day("2025-11-28"))
    assert percent(found, "cagr", 1) == published


def test_small_caps_with_dividends_to_the_end_of_november(market_dir: Path) -> None:
    # Counted back by the day of the month, from Friday the 28th, and by calendar days they are 8.4 % a year.
    found = over(priced(market_dir, "IJR", ADJUSTED), "5y", "2025-11-30")
    assert percent(found, "cagr", 1) == 8.9
    panel = priced(market_dir, "IJR", ADJUSTED)
    base = panel.sessions.tolist().index(day("2020-11-27"))
    by_days = panel.total_return[0, found.span.last] / panel.total_return[0, base]
    assert round(100 * (by_days ** (365.25 / 1827) - 1), 1) == 8.4


def test_three_years_are_a_third_root(market_dir: Path) -> None:
    # Of which month end the published 25.02 % are is not recorded; by calendar days it would be 24.98 %.
    panel = priced(market_dir, "QQQ", ADJUSTED)
    ends = pd.date_range("2025-06-30", "2026-07-31", freq="ME")
    rates = [percent(over(panel, "3y", end.date().isoformat()), "cagr", 2) for end in ends]
    assert min(abs(rate - 25.02) for rate in rates) < 0.011


@pytest.mark.parametrize(
    ("symbol", "published"),
    [("IWM", -31.91), ("SPY", -24.50), ("QQQ", -35.12), ("VOO", -24.53), ("VB", -28.16)],
)
def test_deepest_falls_of_five_years_to_11_march(market_dir: Path, symbol: str, published: float) -> None:
    found = over(priced(market_dir, symbol, ADJUSTED), "5y", "2026-03-11")
    assert percent(found, "max_drawdown", 2) == pytest.approx(published, abs=0.021)


@pytest.mark.parametrize(("symbol", "ours", "published"), [("SPY", 15.52, 15.49), ("IWM", 22.90, 22.92)])
def test_a_published_total_return_was_the_price_alone(
    market_dir: Path, symbol: str, ours: float, published: float
) -> None:
    found = over(priced(market_dir, symbol, UNADJUSTED), "1y", "2026-03-02")
    assert percent(found, "total_return", 2) == ours
    assert ours == pytest.approx(published, abs=0.031)
    total = over(priced(market_dir, symbol, ADJUSTED), "1y", "2026-03-02")
    assert percent(total, "total_return", 2) > published + 0.9


@pytest.mark.parametrize("symbol", ["SPY", "IWM", "ISCB", "TLT"])
@pytest.mark.parametrize("year", range(2015, 2026))
def test_a_year_is_one_number_however_it_is_asked(market_dir: Path, symbol: str, year: int) -> None:
    """1y and ytd to the year's end, the year, its dates, and the row of the year are the same return."""
    panel = priced(market_dir, symbol, ADJUSTED)
    asked = {
        window: over(panel, window, as_of)
        for window, as_of in (
            ("1y", f"{year}-12-31"),
            ("ytd", f"{year}-12-31"),
            ("12m", f"{year}-12-31"),
            (f"{year}", "2026-07-31"),
            (f"{year - 1}-12-31..{year}-12-31", "2026-07-31"),
            (f"{year}-01-01..{year}-12-31", "2026-07-31"),
        )
    }
    own = pd.Series(panel.total_return[0], pd.DatetimeIndex(panel.sessions))
    closes = own.groupby(own.index.to_series().dt.year).last()
    expected = round(100 * float(closes[year] / closes[year - 1] - 1), 6)
    for window, found in asked.items():
        assert found.span.years == 1, window
        assert percent(found, "total_return", 6) == expected, window
        assert percent(found, "cagr", 6) == pytest.approx(expected, abs=1e-5), window
        assert found.metrics[symbol]["calmar"].value is not None
        row = next(each for each in found.years if each.label == str(year))
        assert row.returns[symbol].value == pytest.approx(expected / 100, abs=1e-7)
