"""Measures that peers have, against pandas, scipy, empyrical and ffn: the same number, or why another."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from analytics import Sample
from tests.oracles.outside import RATE, Pair, quietly_import
from tests.panels import levels_of, weekdays

PAIRS = [Pair(seed) for seed in range(4)]
NAMED = [pytest.param(pair, id=f"seed {pair.seed}") for pair in PAIRS]
slow = pytest.mark.slow


class Years(Pair):
    """From the last close of 2020 to that of 2024, so that no month and no year is cut."""

    @cached_property
    def sample(self) -> Sample:
        days = weekdays("2020-12-31", int(np.busday_count("2020-12-31", "2025-01-01")))
        moves = np.random.default_rng(self.seed).normal(0.0004, 0.01, days.size - 1)
        return Sample(levels_of(moves, 50.0)[None, :], days, benchmark=levels_of(moves))


YEARS = [pytest.param(Years(seed), id=f"seed {seed}") for seed in range(4)]


@pytest.mark.parametrize("pair", NAMED)
def test_pandas_has_the_same_estimators(pair: Pair) -> None:
    r, p = pair.returns, pair.prices
    same: dict[str, Any] = {
        "skewness": r.skew(),
        "kurtosis": r.kurt(),
        "best_day": r.max(),
        "worst_day": r.min(),
        "drawdown": p.iloc[-1] / p.max() - 1,
        "time_under_water": (p < p.cummax()).iloc[1:].mean(),
        "r_squared": r.corr(pair.factor) ** 2,
    }
    for name, value in same.items():
        assert pair.ours(name) == pytest.approx(float(value), rel=1e-9), name


@pytest.mark.parametrize("pair", NAMED)
def test_value_at_risk_is_the_lower_quantile_of_numpy(pair: Pair) -> None:
    # 5 % of 431 returns are 21.55: the 22nd, where interpolating libraries give a number up to the 23rd.
    r = pair.returns
    assert pair.ours("var_95") == np.quantile(r, 0.05, method="inverted_cdf") == sorted(r)[21]
    assert pair.ours("var_95") <= r.quantile(0.05) <= sorted(r)[22]


@pytest.mark.parametrize("pair", YEARS)
def test_months_and_years_of_pandas(pair: Years) -> None:
    months = pair.prices.resample("ME").last().pct_change().dropna()
    years = pair.prices.resample("YE").last().pct_change().dropna()
    assert (len(months), len(years)) == (48, 4)
    same = {
        "volatility_monthly": months.std() * math.sqrt(12),
        "best_month": months.max(),
        "worst_month": months.min(),
        "positive_months": (months > 0).mean(),
        "best_year": years.max(),
        "worst_year": years.min(),
    }
    for name, value in same.items():
        assert pair.ours(name) == pytest.approx(float(value), rel=1e-9), name


@slow
@pytest.mark.parametrize("pair", NAMED)
def test_scipy_corrects_for_bias_only_where_asked(pair: Pair) -> None:
    theirs, r = quietly_import("scipy.stats"), pair.returns.to_numpy()
    for name, function in (("skewness", theirs.skew), ("kurtosis", theirs.kurtosis)):
        assert pair.ours(name) == pytest.approx(float(function(r, bias=False)), rel=1e-9)
        assert pair.ours(name) != pytest.approx(float(function(r)), rel=1e-4)


@slow
@pytest.mark.parametrize("pair", NAMED)
@pytest.mark.parametrize("rate", [0.0, RATE])
def test_empyrical_has_the_same_betas_of_sides(pair: Pair, rate: float) -> None:
    theirs, r, b = quietly_import("empyrical"), pair.returns, pair.factor
    for name, function in (("beta_up", theirs.up_alpha_beta), ("beta_down", theirs.down_alpha_beta)):
        assert pair.ours(name, rate) == pytest.approx(float(function(r, b, risk_free=rate)[1]), rel=1e-9)
        assert pair.ours(name, rate) != pytest.approx(pair.ours("beta", rate), rel=1e-4)


@slow
@pytest.mark.parametrize("pair", NAMED)
def test_empyrical_interpolates_its_value_at_risk(pair: Pair) -> None:
    r = pair.returns
    value = float(quietly_import("empyrical").value_at_risk(r))
    low, high = sorted(r)[21:23]
    assert pair.ours("var_95") != pytest.approx(value, rel=1e-4)
    # At place 0.05 * (431 - 1) = 21.5 from 0 on: half way from ours to the next one
    assert pair.ours("var_95") == low
    assert value == pytest.approx((low + high) / 2, rel=1e-9)


@slow
@pytest.mark.filterwarnings("ignore")  # of their pandas, which will change
@pytest.mark.parametrize("pair", YEARS)
def test_ffn_has_the_same_months_and_years(pair: Years) -> None:
    found = quietly_import("ffn").PerformanceStats(pair.prices)
    same = {
        "volatility_monthly": found.monthly_vol,
        "best_day": found.best_day,
        "worst_day": found.worst_day,
        "best_month": found.best_month,
        "worst_month": found.worst_month,
        "best_year": found.best_year,
        "worst_year": found.worst_year,
        "skewness": found.daily_skew,
        "kurtosis": found.daily_kurt,
    }
    for name, value in same.items():
        assert pair.ours(name) == pytest.approx(float(value), rel=1e-9), name
