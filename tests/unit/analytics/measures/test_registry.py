"""The table of measures: names, units, reasons, blocks."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import MEASURES, Number, Sample, evaluate, table
from analytics.measures import Unit
from analytics.measures.examples import five, from_returns
from analytics.measures.sample import BLOCK
from tests.panels import levels_of, weekdays

ROWS = BLOCK // 31
"""Rows of 31 levels that make a block."""

FRACTIONS = {
    *("total_return", "cagr", "volatility", "volatility_monthly", "downside_deviation", "max_drawdown"),
    *("drawdown", "time_under_water", "ulcer", "cvar_95", "var_95", "best_day", "worst_day", "best_month"),
    *("worst_month", "positive_months", "best_year", "worst_year"),
}
RATIOS = {"sharpe", "sortino", "calmar", "omega", "martin", "skewness", "kurtosis"}
RELATIVE_FRACTIONS = {"alpha", "tracking_error", "tracking_error_weekly"}
RELATIVE_RATIOS = {
    *("beta", "beta_up", "beta_down", "information_ratio", "correlation", "correlation_weekly", "r_squared"),
    *("capture_up", "capture_down"),
}


def test_every_measure_with_its_unit() -> None:
    assert {
        name for name, row in MEASURES.items() if row.unit is Unit.FRACTION
    } == FRACTIONS | RELATIVE_FRACTIONS
    fractions = {name for name, row in MEASURES.items() if row.unit is Unit.FRACTION}
    relative = {name for name, row in MEASURES.items() if row.relative}
    assert fractions == FRACTIONS | RELATIVE_FRACTIONS
    assert relative == RELATIVE_FRACTIONS | RELATIVE_RATIOS
    assert set(MEASURES) == fractions | relative | RATIOS
    assert all(row.name == name for name, row in MEASURES.items())


def test_a_table_is_the_same_as_its_functions() -> None:
    rng = np.random.default_rng(5)
    many = Sample(levels_of(rng.normal(0, 0.01, (ROWS + 2, 30))), weekdays("2025-01-06", 31))
    found = table(["sharpe", "omega"], many)
    assert list(found) == ["sharpe", "omega"]
    assert found["sharpe"] == pytest.approx(MEASURES["sharpe"].compute(many), rel=1e-12)
    assert found["omega"].shape == (ROWS + 2,)


def test_a_name_that_is_no_measure() -> None:
    with pytest.raises(KeyError, match="treynor"):
        table(["treynor"], five())


def test_numbers_never_hold_nan() -> None:
    (numbers,) = evaluate(MEASURES, five())
    for number in numbers.values():
        assert (number.value is None) is (number.reason is not None)


def test_the_reason_names_the_minimum_in_force() -> None:
    held = from_returns([0.01, -0.01])
    (numbers,) = evaluate(["sharpe"], Sample(held.levels, held.sessions, minimum=15))
    assert numbers["sharpe"] == Number(None, "fewer than 15 returns")


def test_reasons_belong_to_their_rows() -> None:
    rising, mixed = levels_of([[0.01, 0.02, 0.01], [0.01, -0.02, 0.01]])
    numbers = evaluate(["sortino"], Sample(np.vstack([rising, mixed]), weekdays("2025-01-06", 4)))
    assert numbers[0]["sortino"].reason == "no return below the target"
    assert numbers[1]["sortino"].value == pytest.approx(0.0, abs=1e-12)


def test_no_warning_where_a_quotient_has_no_value() -> None:
    # Warnings are errors here: rows without prices and without variation must pass quietly.
    rows = np.vstack([np.ones(31), np.full(31, np.nan), levels_of([0.01] * 30)])
    held = Sample(rows, weekdays("2025-01-06", 31), benchmark=np.ones(31))
    for numbers in evaluate(MEASURES, held):
        assert numbers["sharpe"].value is None
        assert numbers["beta"].value is None
