"""What must not matter, and what must move a number by a known amount."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import MEASURES, Sample, table
from analytics.measures.rolling import (
    CELLS,
    rolling_beta,
    rolling_correlation,
    rolling_sortino,
    rolling_volatility,
)
from analytics.measures.sample import BLOCK
from tests.panels import levels_of, weekdays

if TYPE_CHECKING:
    from analytics.panel import FloatArray

QUICK = settings(max_examples=15, deadline=None, derandomize=True)
SEEDS = st.integers(0, 2**32 - 1)
LENGTH = 420
ROWS = BLOCK // (LENGTH + 1)
"""Rows that make a block."""
COUNTS = [1, ROWS - 1, ROWS, ROWS + 1]


def many(seed: int, count: int, gaps: float = 0.0, length: int = LENGTH) -> Sample:
    """Funds that follow a benchmark and have moves of their own, on 420 weekdays."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0004, 0.01, length)
    returns = market * rng.uniform(0.5, 1.5, (count, 1)) + rng.normal(0.0, 0.005, (count, length))
    levels = levels_of(returns, 100.0)
    levels[:, 1:-1][rng.random((count, length - 1)) < gaps] = np.nan
    return Sample(levels, weekdays("2024-01-02", length + 1), 0.03 / 252, levels_of(market))


def assert_tables(one: dict[str, FloatArray], other: dict[str, FloatArray], digits: float = 1e-11) -> None:
    for name, column in one.items():
        assert column == pytest.approx(other[name], rel=digits, abs=digits, nan_ok=True), name


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("gaps", [0.0, 0.03])
def test_all_at_once_is_one_by_one(count: int, gaps: float) -> None:
    # One row with gaps makes its whole block take the masked path: the last digits may differ, no more.
    held = many(count, count, gaps)
    single = [table(MEASURES, replace(held, levels=held.levels[row : row + 1])) for row in range(count)]
    alone = {name: np.concatenate([found[name] for found in single]) for name in MEASURES}
    assert_tables(table(MEASURES, held), alone)


MOVING = {
    "sortino": lambda held: rolling_sortino(held.returns, 20),
    "volatility": lambda held: rolling_volatility(held.returns, 20),
    "correlation": lambda held: rolling_correlation(held.returns, held.against, 20),
    "beta": lambda held: rolling_beta(held.returns, held.against, 20),
}


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("gaps", [0.0, 0.0005])
@pytest.mark.parametrize("count", [100, *(CELLS // LENGTH + step for step in (-1, 0, 1))])
def test_moving_windows_all_at_once_are_one_by_one(count: int, gaps: float, name: str) -> None:
    held = many(count, count, gaps)
    held.levels[::7, 200:] *= 1000.0
    single = [MOVING[name](replace(held, levels=held.levels[row : row + 1])) for row in range(count)]
    assert np.array_equal(MOVING[name](held), np.concatenate(single), equal_nan=True)
    columns = replace(held, levels=np.asfortranarray(held.levels))
    assert np.array_equal(MOVING[name](columns), np.concatenate(single), equal_nan=True)


@given(SEEDS, st.sampled_from([0.0, 0.03]))
@QUICK
def test_the_order_of_rows_does_not_matter(seed: int, gaps: float) -> None:
    held = many(seed, ROWS + 3, gaps)
    order = np.random.default_rng(seed).permutation(ROWS + 3)
    turned = table(MEASURES, replace(held, levels=held.levels[order]))
    assert_tables(turned, {name: column[order] for name, column in table(MEASURES, held).items()})


@given(SEEDS, st.floats(1e-4, 1e6), st.floats(1e-4, 1e6))
@QUICK
def test_the_unit_of_prices_does_not_matter(seed: int, fund: float, market: float) -> None:
    # Splits, pence for pounds.  A factor rounds each level anew: nine digits remain.
    held = many(seed, 3, 0.03)
    assert held.benchmark is not None
    scaled = replace(held, levels=held.levels * fund, benchmark=held.benchmark * market)
    assert_tables(table(MEASURES, scaled), table(MEASURES, held), digits=1e-9)


@given(SEEDS)
@QUICK
def test_a_power_of_two_changes_no_digit(seed: int) -> None:
    held = many(seed, 3, 0.03)
    doubled = replace(held, levels=held.levels * 2.0)
    for name, column in table(MEASURES, doubled).items():
        assert np.array_equal(column, table([name], held)[name], equal_nan=True), name


@given(SEEDS, st.floats(-0.001, 0.001))
@QUICK
def test_a_steady_extra_return_is_alpha_and_no_risk(seed: int, extra: float) -> None:
    held = many(seed, 3)
    more = replace(held, levels=levels_of(held.returns + extra))
    names = ["beta", "alpha", "tracking_error", "volatility", "correlation"]
    before, after = table(names, held), table(names, more)
    assert after["alpha"] == pytest.approx(before["alpha"] + 252 * extra, abs=1e-9)
    for name in ("beta", "tracking_error", "volatility", "correlation"):
        assert after[name] == pytest.approx(before[name], rel=1e-9)


@given(SEEDS, st.floats(0.1, 3.0))
@QUICK
def test_leverage_moves_risk_in_proportion(seed: int, factor: float) -> None:
    held = replace(many(seed, 3), rate=0.0)
    geared = replace(held, levels=levels_of(held.returns * factor))
    names = ["volatility", "downside_deviation", "cvar_95", "beta", "alpha", "sharpe", "sortino", "omega"]
    before, after = table(names, held), table(names, geared)
    for name in ("volatility", "downside_deviation", "cvar_95", "beta", "alpha"):
        assert after[name] == pytest.approx(before[name] * factor, rel=1e-9, abs=1e-12)
    for name in ("sharpe", "sortino", "omega"):
        assert after[name] == pytest.approx(before[name], rel=1e-9, abs=1e-10)


@given(SEEDS)
@QUICK
def test_the_benchmark_against_itself(seed: int) -> None:
    held = many(seed, 1)
    assert held.benchmark is not None
    itself = table(MEASURES, replace(held, levels=held.benchmark[None, :]))
    for name in ("beta", "correlation", "correlation_weekly", "capture_up", "capture_down"):
        assert float(itself[name][0]) == pytest.approx(1.0, rel=1e-12)
    assert float(itself["tracking_error"][0]) == float(itself["tracking_error_weekly"][0]) == 0.0
    assert np.isnan(itself["information_ratio"][0])


@given(SEEDS)
@QUICK
def test_a_session_that_all_miss_loses_one_return_and_no_level(seed: int) -> None:
    held = many(seed, 2, length=60)
    gap = held.levels.copy()
    gap[:, 30] = np.nan
    found = replace(held, levels=gap)
    assert found.count.tolist() == [59.0, 59.0]
    assert table(["total_return"], found)["total_return"] == pytest.approx(
        table(["total_return"], held)["total_return"], rel=1e-12
    )
