"""Figures that others published, reproduced from the prices of the day to the digits they stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from analytics import Comparison, PricePanel, Query, compare, parse_window, roll_measures
from analytics.returns import bill_rate
from bot.market.calendar import ExchangeCalendar
from tests.panels import day

if TYPE_CHECKING:
    from pathlib import Path

FUNDS = ("ISCB", "SPSM")
JANUARY = "2026-01-16"


@pytest.fixture(scope="module")
def real(market_dir: Path) -> PricePanel:
    """ISCB and SPSM on every session of the New York exchange, gaps left as gaps."""
    folder = market_dir / "prices_adjclose"
    frames = [pd.read_csv(folder / f"{name}.csv", index_col=0, parse_dates=True) for name in FUNDS]
    frame = pd.concat(frames, axis=1, keys=FUNDS).droplevel(1, axis=1).sort_index()
    sessions = ExchangeCalendar().sessions(frame.index[0].date(), frame.index[-1].date())
    return PricePanel.from_frame(frame.reindex(pd.DatetimeIndex(sessions)), source="csv")


def over(real: PricePanel, window: str, as_of: str = JANUARY) -> Comparison:
    return compare(real, {}, Query(FUNDS, parse_window(window), day(as_of)))


def both(found: Comparison, name: str) -> tuple[float, float]:
    values = [found.metrics[symbol][name].value for symbol in FUNDS]
    assert values[0] is not None
    assert values[1] is not None
    return values[0], values[1]


def percent(found: Comparison, name: str, digits: int) -> list[float]:
    return [round(value * 100, digits) for value in both(found, name)]


def test_no_session_is_missing_since_both_exist(real: PricePanel) -> None:
    begun = np.searchsorted(real.sessions, np.datetime64("2013-07-09"))
    assert np.isfinite(real.total_return[:, begun:]).all()


@pytest.mark.parametrize(
    ("as_of", "ours", "published"),
    [("2026-01-09", [17.45, 11.22], [17.46, 11.2]), ("2026-03-11", [23.03, 20.78], [23.03, 20.76])],
)
def test_a_year_of_total_return(
    real: PricePanel, as_of: str, ours: list[float], published: list[float]
) -> None:
    found = percent(over(real, "1y", as_of), "total_return", 2)
    assert found == ours
    assert found == pytest.approx(published, abs=0.021)


def test_the_next_close_as_base_is_another_year(real: PricePanel) -> None:
    # 9 January 2025 was a day of mourning: the base is the 8th, and 19.6 % is what the 10th would give.
    found = over(real, "1y", "2026-01-09")
    assert found.span.start == day("2025-01-08")
    levels = real.total_return[0]
    wrong = levels[found.span.last] / levels[found.span.first + 1] - 1
    assert round(100 * wrong, 1) == 19.6
    assert percent(found, "total_return", 1) == [17.4, 11.2]


def test_sortino_over_the_year_to_16_january(real: PricePanel) -> None:
    found = over(real, "1y")
    assert (found.span.start, found.returns) == (day("2025-01-16"), 251)
    assert [round(value, 3) for value in both(found, "sortino")] == [1.182, 0.874]
    assert [round(value, 2) for value in both(found, "sortino")] == [1.18, 0.87]


def test_the_rolling_study_ends_with_the_same_sortino(real: PricePanel) -> None:
    # Over 252 returns in place of the calendar's 251 it was 1.19 beside the 1.18 of the comparison.
    moved = roll_measures(real, Query(FUNDS, parse_window("1y"), day(JANUARY)))
    assert tuple(moved.figures["sortino"][:, -1]) == both(over(real, "1y"), "sortino")
    assert moved.figures["sortino"][:, -1].round(2).tolist() == [1.18, 0.87]


def test_deepest_fall_over_five_years_to_11_march(real: PricePanel) -> None:
    found = percent(over(real, "5y", "2026-03-11"), "max_drawdown", 2)
    assert found == [-29.94, -27.94]
    assert found == pytest.approx([-29.93, -27.95], abs=0.011)


def test_the_exact_figures_of_the_year_to_16_january(real: PricePanel) -> None:
    found = over(real, "1y")
    assert percent(found, "total_return", 2) == [16.13, 11.31]
    assert percent(found, "volatility", 1) == [22.3, 22.5]
    assert [round(value, 3) for value in both(found, "sharpe")] == [0.784, 0.590]
    assert percent(found, "max_drawdown", 2) == [-23.41, -24.20]
    assert [round(value, 2) for value in both(found, "calmar")] == [0.69, 0.47]


def test_the_published_calmar_is_a_mixed_form(real: PricePanel) -> None:
    # The return of 252 sessions over the deepest fall of three years: 0.637 and 0.421, not 0.69 and 0.47.
    year, three = over(real, "1y"), over(real, "3y")
    levels = real.total_return[:, : year.span.last + 1]
    mixed = (levels[:, -1] / levels[:, -253] - 1) / np.abs(both(three, "max_drawdown"))
    assert [round(float(value), 3) for value in mixed] == [0.637, 0.421]
    assert [round(float(value), 2) for value in mixed] == [0.64, 0.42]
    assert np.abs(mixed - both(year, "calmar")).min() > 0.04


def test_figures_of_the_answer(real: PricePanel) -> None:
    found = over(real, "1y")
    annual = {}
    for label in ("3y", "5y", "10y"):
        period = found.period(label)
        assert period is not None
        assert period.annualised
        annual[label] = [round(100 * (number.value or 0.0), 1) for number in period.returns.values()]
    # By calendar days ISCB would have 13.7 and 10.7: the bases lie some days before the day.
    assert annual == {"3y": [13.8, 10.1], "5y": [7.4, 7.0], "10y": [10.8, 11.6]}
    relative = {name: number.value or 0.0 for name, number in found.relative["ISCB"].items()}
    assert round(relative["beta"], 2) == 0.97
    assert round(100 * relative["tracking_error"], 1) == 4.7
    assert round(relative["information_ratio"], 2) == 0.89
    assert round(relative["correlation"], 2) == 0.98


def test_worst_falls_of_the_year_were_in_april(real: PricePanel) -> None:
    found = over(real, "1y")
    for symbol in FUNDS:
        assert found.falls[symbol][0].trough == day("2025-04-08")
    growth = [round(100 * float(value)) for value in found.growth[:, -1]]
    assert growth == [116, 111]


def test_the_window_decides_who_leads(real: PricePanel) -> None:
    five, ten = over(real, "5y"), over(real, "10y")
    ours, theirs = both(five, "calmar")
    assert ours < theirs
    ours, theirs = both(five, "sortino")
    assert ours > theirs
    for name in ("cagr", "sharpe", "sortino", "calmar"):
        ours, theirs = both(ten, name)
        assert ours < theirs, name


@pytest.mark.parametrize("year", [2024, 2025])
def test_the_bill_rate_is_what_a_bill_fund_earned(market_dir: Path, year: int) -> None:
    # BIL keeps 0.1356 % a year and rolls bills of one to three months: within a fifth of a point.
    folder = market_dir / "prices_adjclose"
    fund, quotes = (pd.read_csv(folder / f"{name}.csv", index_col=0)["Close"] for name in ("BIL", "^IRX"))
    levels = fund.loc[: f"{year}-12-31"].iloc[-len(fund.loc[f"{year}-01-01" : f"{year}-12-31"]) - 1 :]
    rates, carried = bill_rate(quotes.reindex(levels.index).to_numpy())
    assert not carried.any()
    earned = float(levels.iloc[-1] / levels.iloc[0] - 1)
    assert float(np.prod(1 + rates) - 1) == pytest.approx(earned + 0.001356, abs=0.002)
