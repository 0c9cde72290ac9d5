"""The grid of months against its slow twin, pandas, the calendar years and the measures of months."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from analytics import MonthlyGrid, NoCommonHistory, Query, compare, monthly_grid, parse_window
from tests.oracles import slow_studies
from tests.oracles.plans import Plan, plain, plans
from tests.panels import levels_of, panel_of, weekdays

if TYPE_CHECKING:
    from analytics import PricePanel

QUICK = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def grid(held: PricePanel, window: str = "max") -> MonthlyGrid | None:
    last: date = held.sessions[-1].astype(date)
    try:
        return monthly_grid(held, Query(held.symbols, parse_window(window), last))
    except NoCommonHistory:
        return None


@given(plans(longest=300))
@QUICK
def test_months(plan: Plan) -> None:
    held = plan.panel
    found = grid(held)
    if found is None:
        return
    end = compare(held, {}, Query(held.symbols, parse_window("max"), held.as_of)).span.last
    days = held.sessions[: end + 1].tolist()
    for row, levels in enumerate(held.continuous().total_return[:, : end + 1]):
        twin = slow_studies.monthly(days, plain(levels))
        own = {
            (month.year, month.month): float(value)
            for month, value in zip(found.months.tolist(), found.returns[row], strict=True)
            if not math.isnan(value)
        }
        assert own == pytest.approx(twin, rel=1e-12, abs=1e-15)


def five_years(seed: int) -> PricePanel:
    days = weekdays("2020-12-31", 1310)
    moves = np.random.default_rng(seed).normal(0.0004, 0.01, (2, days.size - 1))
    levels = levels_of(moves, 100.0)
    levels[:, 1:-1][np.random.default_rng(seed + 1).random((2, days.size - 2)) < 0.01] = np.nan
    levels[1, :500] = np.nan
    return panel_of({"AAA": levels[0], "BBB": levels[1]}, days)


@pytest.mark.parametrize("seed", range(4))
def test_pandas_has_the_same_months(seed: int) -> None:
    held = five_years(seed)
    found = grid(held)
    assert found is not None
    for row, levels in enumerate(held.total_return):
        prices = pd.Series(levels, index=pd.DatetimeIndex(held.sessions))
        theirs = prices.resample("ME").last().pct_change(fill_method=None)
        months = theirs.index.to_numpy().astype("datetime64[M]")
        shown = theirs.to_numpy()[np.searchsorted(months, found.months)]
        assert found.returns[row] == pytest.approx(shown, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("seed", range(4))
def test_months_come_to_the_calendar_year(seed: int) -> None:
    held = five_years(seed)
    found = grid(held)
    assert found is not None
    shown = compare(held, {}, Query(held.symbols, parse_window("1y"), held.as_of))
    assert [year.label for year in shown.years] == ["2021", "2022", "2023", "2024", "2025", "2026"][
        : len(shown.years)
    ]
    for year in shown.years:
        _, whole = found.year(int(year.label))
        for row, symbol in enumerate(held.symbols):
            value = year.returns[symbol].value
            if value is not None:
                assert float(whole[row]) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_measures_of_months_are_those_of_the_grid(seed: int) -> None:
    held = five_years(seed)
    found = grid(held, "max")
    assert found is not None
    shown = compare(held, {}, Query(("AAA",), parse_window("max"), held.as_of)).metrics["AAA"]
    months = found.returns[0][: -1 if found.partial else None]
    assert shown["best_month"].value == pytest.approx(float(months.max()))
    assert shown["worst_month"].value == pytest.approx(float(months.min()))
    assert shown["positive_months"].value == pytest.approx(float((months > 0).mean()))
    expected = float(months.std(ddof=1)) * math.sqrt(12)
    assert shown["volatility_monthly"].value == pytest.approx(expected)
