"""What holds of the peers' measures on any series: their order, and what must not move them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import MEASURES, Sample, table
from tests.oracles.plans import Plan, plans
from tests.panels import levels_of, weekdays

QUICK = settings(max_examples=25, deadline=None, derandomize=True)
SEEDS = st.integers(0, 2**32 - 1)
CLOSE = 1e-12


def held(seed: int, count: int = 3, length: int = 600) -> Sample:
    """Funds that follow a benchmark, on weekdays from 2 January 2023 into 2025."""
    rng = np.random.default_rng(seed)
    market = rng.standard_t(4, length) * 0.007
    returns = market * rng.uniform(0.5, 1.5, (count, 1)) + rng.normal(0.0002, 0.004, (count, length))
    return Sample(levels_of(returns, 100.0), weekdays("2023-01-02", length + 1), benchmark=levels_of(market))


@given(plans(longest=120))
@QUICK
def test_the_measures_keep_their_order(plan: Plan) -> None:
    found = table(MEASURES, plan.sample)
    with np.errstate(invalid="ignore"):
        for low, high in (
            ("worst_day", "cvar_95"),
            ("cvar_95", "var_95"),
            ("var_95", "best_day"),
            ("worst_month", "best_month"),
            ("worst_year", "best_year"),
            ("max_drawdown", "drawdown"),
        ):
            assert not (found[low] > found[high] + CLOSE).any(), (low, high)
        for name in ("time_under_water", "positive_months", "r_squared"):
            assert not ((found[name] < 0) | (found[name] > 1)).any(), name
        assert not (found["drawdown"] > 0).any()
        both = np.isfinite(found["max_drawdown"]) & np.isfinite(found["time_under_water"])
        fell = found["max_drawdown"] < -CLOSE
        assert np.array_equal((found["time_under_water"] > 0)[both], fell[both])


@given(SEEDS, st.floats(0.2, 3.0), st.floats(-0.001, 0.001))
@QUICK
def test_what_is_geared_and_shifted(seed: int, factor: float, shift: float) -> None:
    plain = held(seed)
    moved = replace(plain, levels=levels_of(plain.returns * factor + shift))
    names = ("var_95", "best_day", "worst_day", "skewness", "kurtosis", "beta_up", "beta_down", "r_squared")
    before, after = table(names, plain), table(names, moved)
    for name in ("var_95", "best_day", "worst_day"):
        assert after[name] == pytest.approx(before[name] * factor + shift, rel=1e-9, abs=1e-12), name
    for name in ("skewness", "kurtosis", "r_squared"):
        assert after[name] == pytest.approx(before[name], rel=1e-7, abs=1e-9), name
    for name in ("beta_up", "beta_down"):
        assert after[name] == pytest.approx(before[name] * factor, rel=1e-9, abs=1e-12), name


@given(SEEDS, st.floats(-2.0, 2.0).filter(lambda slope: abs(slope) > 0.01))
@QUICK
def test_a_fund_on_a_line_has_that_line_on_both_sides(seed: int, slope: float) -> None:
    plain = held(seed, 1)
    line = replace(plain, levels=levels_of(slope * plain.against + 0.0003)[None, :])
    found = table(["beta", "beta_up", "beta_down", "r_squared"], line)
    for name in ("beta", "beta_up", "beta_down"):
        assert float(found[name][0]) == pytest.approx(slope, rel=1e-9), name
    assert float(found["r_squared"][0]) == pytest.approx(1.0, rel=1e-9)


@given(SEEDS, st.integers(1, 599))
@QUICK
def test_one_missing_session_moves_no_month_and_no_year_but_where_it_ends_one(seed: int, at: int) -> None:
    plain = held(seed)
    levels = plain.levels.copy()
    levels[:, at] = np.nan
    names = ["volatility_monthly", "best_month", "worst_month", "positive_months", "best_year", "worst_year"]
    before, after = table(names, plain), table(names, replace(plain, levels=levels))
    day, following = plain.sessions[at : at + 2].astype("datetime64[M]")
    if day == following:
        assert {name: column.tolist() for name, column in before.items()} == {
            name: column.tolist() for name, column in after.items()
        }
    # A missing month's end lends the close of the day before: one move goes into the month after.
    most = float(np.abs(plain.returns[:, at - 1]).max()) * 1.5
    for name in ("best_month", "worst_month", "best_year", "worst_year"):
        assert np.abs(after[name] - before[name]).max() <= most, name
