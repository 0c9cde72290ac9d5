"""The test of two Sharpe ratios, what would show, and how sure one of them is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics import Sample
from analytics.evidence.significance import (
    adjust_holm,
    chance_above,
    p_value,
    probabilistic_sharpe,
    sharpe_error,
    years_to_show,
)
from tests.panels import levels_of, weekdays


def test_p_values_are_two_sided() -> None:
    assert p_value(0.0, 1.0) == pytest.approx(1.0)
    assert p_value(1.959964, 1.0) == pytest.approx(0.05, abs=1e-6)
    assert p_value(-2.575829, 1.0) == pytest.approx(0.01, abs=1e-6)


def test_holm_by_hand() -> None:
    assert adjust_holm([]) == ()
    assert adjust_holm([0.2]) == (0.2,)
    assert adjust_holm([0.6, 0.01, 0.02]) == pytest.approx((0.6, 0.03, 0.04))
    # The second smallest is never less than the smallest, and nothing exceeds 1.
    assert adjust_holm([0.02, 0.021, 0.9, 0.8]) == pytest.approx((0.08, 0.08, 1.0, 1.0))
    told, untold = adjust_holm([0.04, math.nan])
    assert told == 0.04
    assert math.isnan(untold)


def test_years_for_a_stated_gap() -> None:
    # A gap of 2.80 standard errors shows in the window itself; half of it in four times as long.
    assert years_to_show(0.28, 0.1, 3.0) == pytest.approx(3.0)
    assert years_to_show(0.14, 0.1, 3.0) == pytest.approx(12.0)


def test_funds_that_do_not_vary_have_no_standard_error() -> None:
    moving = np.random.default_rng(1).normal(0.0, 0.01, (1, 200))
    assert np.isnan(sharpe_error(np.full((1, 200), 0.001), moving)).all()
    assert np.isnan(sharpe_error(np.zeros((1, 200)), np.zeros((1, 200)))).all()


def test_one_pair_without_a_standard_error_costs_the_others_none() -> None:
    one, other = np.random.default_rng(1).normal(0.0004, 0.01, (2, 2, 200))
    alone = sharpe_error(one[:1], other[:1])
    one[1] = 0.001
    found = sharpe_error(one, other)
    assert found[0] == pytest.approx(alone[0], rel=1e-12)
    assert np.isnan(found[1])


def test_twins_have_next_to_none() -> None:
    one = np.random.default_rng(1).normal(0.0004, 0.01, (1, 400))
    noise = np.random.default_rng(2).normal(0.0, 1e-9, (1, 400))
    assert 0.0 < sharpe_error(one, one + noise)[0] < 1e-7


def test_neighbours_count() -> None:
    # Two days of every three are alike: the mean is known as if there were fewer of them.
    rng = np.random.default_rng(4)
    alone = rng.normal(0.0, 0.01, (2, 1, 3000))
    smooth = (alone + np.roll(alone, 1, axis=2) + np.roll(alone, 2, axis=2)) / math.sqrt(3.0)
    assert sharpe_error(*smooth)[0] > 1.4 * sharpe_error(*alone)[0]


def test_the_hedge_fund_of_the_paper() -> None:
    # Bailey and Lopez de Prado 2012: 24 months, a yearly Sharpe ratio of 1.59.
    assert chance_above(0.0, 0.458, 24, skew=0.0, kurtosis=3.0) == pytest.approx(0.982, abs=5e-4)
    assert chance_above(0.0, 0.458, 24, skew=-2.448, kurtosis=10.164) == pytest.approx(0.913, abs=5e-4)


def test_how_sure_a_sharpe_ratio_is_by_hand() -> None:
    # +1, -2, +3, 0, +1 %: mean 0.6 %, sd 1.8166 %, ratio 0.33029; skew -0.17904, kurtosis 2.26859
    held = Sample(levels_of([[0.01, -0.02, 0.03, 0.0, 0.01]]), weekdays("2025-01-06", 6))
    ratio = 0.6 / math.sqrt(13.2 / 4)
    skew, kurtosis = -0.768 / 2.64**1.5, 15.8112 / 2.64**2
    scatter = math.sqrt(1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2)
    expected = 0.5 * (1 + math.erf(ratio * 2 / scatter / math.sqrt(2)))
    assert probabilistic_sharpe(held)[0] == pytest.approx(expected, abs=1e-6)
    half = probabilistic_sharpe(held, ratio * math.sqrt(252))
    assert half[0] == pytest.approx(0.5, abs=1e-5)


def test_what_does_not_vary_is_not_sure() -> None:
    still = Sample(levels_of(np.zeros((1, 9))), weekdays("2025-01-06", 10))
    assert np.isnan(probabilistic_sharpe(still)).all()
