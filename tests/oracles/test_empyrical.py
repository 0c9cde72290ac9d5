"""empyrical-reloaded as an outside oracle: the same number, or the difference by formula.

Importing it takes more than a second, so these tests are slow ones.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.measures.resample import monthly
from analytics.measures.rolling import rolling_beta, rolling_correlation, rolling_sortino, rolling_volatility
from tests.oracles.outside import RATE, SESSIONS, Library, Pair, quietly_import

pytestmark = pytest.mark.slow
PAIRS = [Pair(seed) for seed in range(4)]
YEAR = math.sqrt(252)


@pytest.fixture(scope="module")
def theirs() -> Library:
    return quietly_import("empyrical")


@pytest.fixture(params=PAIRS, ids=lambda pair: f"seed {pair.seed}")
def pair(request: pytest.FixtureRequest) -> Pair:
    assert isinstance(request.param, Pair)
    return request.param


def test_the_same_definition(theirs: Library, pair: Pair) -> None:
    r, b = pair.returns, pair.factor
    same = {
        "total_return": theirs.cum_returns_final(r),
        "volatility": theirs.annual_volatility(r),
        "sharpe": theirs.sharpe_ratio(r),
        "sortino": theirs.sortino_ratio(r),
        "downside_deviation": theirs.downside_risk(r),
        "max_drawdown": theirs.max_drawdown(r),
        "omega": theirs.omega_ratio(r),
        "beta": theirs.beta(r, b),
        "tracking_error": theirs.annual_volatility(r - b),
    }
    for name, value in same.items():
        assert pair.ours(name) == pytest.approx(float(value), rel=1e-9), name


def test_the_same_definition_with_a_rate(theirs: Library, pair: Pair) -> None:
    r, b = pair.returns, pair.factor
    same = {
        "sharpe": theirs.sharpe_ratio(r, risk_free=RATE),
        "sortino": theirs.sortino_ratio(r, required_return=RATE),
        "downside_deviation": theirs.downside_risk(r, required_return=RATE),
        "omega": theirs.omega_ratio(r, risk_free=RATE),
        "beta": theirs.beta(r, b, risk_free=RATE),
    }
    for name, value in same.items():
        assert pair.ours(name, RATE) == pytest.approx(float(value), rel=1e-9), name


def test_a_drawdown_on_the_first_day_counts(theirs: Library) -> None:
    returns = np.array([-0.10, 0.05, 0.02])
    assert theirs.max_drawdown(returns) == pytest.approx(-0.10)


def test_their_annual_return_counts_returns_and_ours_days(theirs: Library, pair: Pair) -> None:
    # (V1 / V0) ** (252 / n) - 1 there, (V1 / V0) ** (365.25 / days) - 1 here
    cagr, value = pair.ours("cagr"), float(theirs.cagr(pair.returns))
    assert cagr != pytest.approx(value, rel=1e-3)
    years = pair.sample.days / 365.25
    assert (1 + cagr) ** (years * 252 / SESSIONS) - 1 == pytest.approx(value, rel=1e-9)


def test_their_calmar_differs_by_that_alone(theirs: Library, pair: Pair) -> None:
    value = float(theirs.calmar_ratio(pair.returns))
    assert pair.ours("calmar") != pytest.approx(value, rel=1e-3)
    share = float(theirs.cagr(pair.returns)) / pair.ours("cagr")
    assert pair.ours("calmar") * share == pytest.approx(value, rel=1e-9)


def test_their_alpha_is_compounded_and_ours_summed(theirs: Library, pair: Pair) -> None:
    value = float(theirs.alpha(pair.returns, pair.factor, risk_free=RATE))
    alpha = pair.ours("alpha", RATE)
    assert alpha != pytest.approx(value, rel=1e-3)
    assert (1 + alpha / 252) ** 252 - 1 == pytest.approx(value, rel=1e-9)


def test_their_tail_is_a_whole_number_of_days(theirs: Library, pair: Pair) -> None:
    # k = 0.05 * 431 = 21.55: they take the mean of 22 days, we count the 22nd by 0.55
    value, tail = float(theirs.conditional_value_at_risk(pair.returns)), 0.05 * SESSIONS
    whole = math.ceil(tail)
    last = sorted(pair.returns)[whole - 1]
    assert pair.ours("cvar_95") != pytest.approx(value, rel=1e-4)
    assert (value * whole - (whole - tail) * last) / tail == pytest.approx(pair.ours("cvar_95"), rel=1e-9)


def test_their_information_ratio_is_one_per_day(theirs: Library, pair: Pair) -> None:
    value = float(theirs.excess_sharpe(pair.returns, pair.factor))
    assert value * YEAR == pytest.approx(pair.ours("information_ratio"), rel=1e-9)


def test_moving_windows(theirs: Library, pair: Pair) -> None:
    r, b = pair.returns, pair.factor
    one, market, length = pair.sample.returns, pair.sample.against, 60
    same = [
        (rolling_sortino(one, length), theirs.roll_sortino_ratio(r, window=length)),
        (rolling_volatility(one, length), theirs.roll_annual_volatility(r, window=length)),
        (rolling_beta(one, market, length), theirs.roll_beta(r, b, window=length)),
        (rolling_correlation(one, market, length), r.rolling(length).corr(b).dropna()),
    ]
    for ours, others in same:
        assert ours[0, length - 1 :] == pytest.approx(np.asarray(others), rel=1e-9)


@pytest.mark.parametrize("side", ["up", "down"])
def test_their_capture_is_daily_and_annualised(theirs: Library, pair: Pair, side: str) -> None:
    # Over days, with compounded annual rates, there; over months, with geometric means, here.  Fed with our
    # months as if they were years, so that nothing is annualised, theirs is ours.
    function = getattr(theirs, f"{side}_capture")
    ours, daily = pair.ours(f"capture_{side}"), float(function(pair.returns, pair.factor))
    assert ours != pytest.approx(daily, rel=1e-3)
    months = monthly(pair.sample)
    assert float(function(months.returns[0], months.against, period="yearly")) == pytest.approx(
        ours, rel=1e-9
    )
