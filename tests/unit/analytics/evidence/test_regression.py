"""Lines by hand, and why there is none."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from analytics.evidence.regression import Estimate, mean_estimate, newey_west_lags, regress, unfitted
from analytics.measures.number import Number
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.evidence.worlds import ends

MARKET = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
FUND = np.array([1.1, 1.9, 3.2, 3.8, 5.0])
"""On the market: 0.09 + 0.97 m, with 0.04, -0.13, 0.20, -0.17, 0.06 left over."""
LEFT = np.array([0.04, -0.13, 0.20, -0.17, 0.06])


def test_a_line_by_hand() -> None:
    found = regress(FUND[None], MARKET[None], lags=1)
    assert found.coefficients[0].tolist() == pytest.approx([0.09, 0.97])
    assert found.r_squared[0] == pytest.approx(1 - (LEFT @ LEFT) / 9.5)
    # Sum of squares of the centred market 10; weight 1 - 1/2 for the one lag; 5 returns, 2 coefficients.
    scores = (MARKET - 3.0) * LEFT
    own, next_to = scores @ scores, scores[1:] @ scores[:-1]
    expected = math.sqrt((own + 0.5 * 2 * next_to) * 5 / 3) / 10
    assert_is(
        found.errors[0, 1].item(),
        expected,
        {
            "no correlation allowed for": math.sqrt(own * 5 / 3) / 10,
            "each lag once": math.sqrt((own + 0.5 * next_to) * 5 / 3) / 10,
            "without weights": math.sqrt(max(own + 2 * next_to, 0.0) * 5 / 3) / 10,
            "no factor for a small sample": expected * math.sqrt(3 / 5),
            "ordinary errors": math.sqrt(LEFT @ LEFT / 3 / 10),
        },
    )


def test_an_estimate_of_a_line_in_another_unit() -> None:
    found = regress(FUND[None], MARKET[None], lags=1)
    plain, less = found.estimate(0, 1), found.estimate(0, 1, -25.0)
    assert less.value.value == pytest.approx(-25 * 0.97)
    assert plain.t.value is not None
    assert less.t.value == pytest.approx(-plain.t.value)
    assert ends(less) == pytest.approx(tuple(-25 * end for end in reversed(ends(plain))))
    assert less.interval.level == 0.95
    assert less.interval.method == "normal, Newey-West errors"


@pytest.mark.parametrize(
    ("count", "lags"), [(1, 1), (15, 2), (28, 3), (59, 3), (99, 3), (100, 4), (251, 4), (261, 4), (1256, 7)]
)
def test_lags(count: int, lags: int) -> None:
    assert newey_west_lags(count) == lags


def test_too_few() -> None:
    short = regress(FUND[None, :4], MARKET[None, :4], fewest=5, periods="weeks")
    assert short.estimate(0, 1).reason == "fewer than 5 weeks"
    assert short.estimate(0, 1) == Estimate.undefined("fewer than 5 weeks")
    assert short.explained(0).reason == "fewer than 5 weeks"
    assert regress(FUND[None, :3], MARKET[None, :3]).estimate(0, 0).reason == "fewer than 4 returns"
    assert regress(np.empty((2, 0)), np.empty((3, 0))).estimate(1, 3).reason == "fewer than 6 returns"


@pytest.mark.parametrize(
    "factors",
    [
        np.vstack([MARKET, np.full(5, 4.5)]),
        np.vstack([MARKET, 2 * MARKET - 1]),
        np.vstack([MARKET, np.zeros(5)]),
    ],
    ids=["a yield that does not move", "a factor twice", "zeros"],
)
def test_factors_that_cannot_be_distinguishable(factors: np.ndarray) -> None:
    found = regress(FUND[None], factors)
    assert found.estimate(0, 1).reason == "factors that do not vary, or move as one"
    assert math.isnan(found.condition)


def test_a_fund_that_is_the_factor_has_a_line_and_no_error() -> None:
    found = regress(np.vstack([MARKET, 2 * MARKET + 1, FUND]), MARKET[None])
    for row, slope in ((0, 1.0), (1, 2.0)):
        one = found.estimate(row, 1)
        assert one.value.value == pytest.approx(slope)
        assert (one.t.value, one.interval.low) == (None, None)
        assert one.reason == one.t.reason == "made of the factors, with nothing left over"
        assert found.explained(row).value == pytest.approx(1.0)
    assert found.estimate(2, 1).reason is None


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_a_fund_that_does_not_vary(level: float) -> None:
    # Two share classes differ by the rounding of their prices, which is no movement.
    still = np.full(5, level) + 1e-16 * np.array([1, -1, 1, 1, -1])
    found = regress(still[None], MARKET[None])
    assert found.estimate(0, 1).reason == "the returns do not vary"
    assert found.explained(0).value is None


def test_units_of_factors_do_not_enter_the_condition() -> None:
    two = np.vstack([MARKET, [3.0, 1.0, 2.0, 5.0, 2.0]])
    found, other = (regress(FUND[None], two * scale) for scale in (1.0, np.array([[1e-6], [1e4]])))
    assert found.condition == pytest.approx(other.condition)
    lengths = np.linalg.norm(np.vstack([np.ones(5), two]), axis=1, keepdims=True)
    assert found.condition == pytest.approx(np.linalg.cond((np.vstack([np.ones(5), two]) / lengths).T))


@pytest.mark.parametrize(("t", "clear"), [(1.99, False), (2.0, True), (-2.5, True), (-1.0, False)])
def test_what_is_distinguishable_from_zero(t: float, clear: bool) -> None:
    assert Estimate.of(t, 1.0, "by hand").is_clear is clear
    assert not Estimate.undefined("no prices").is_clear


def test_a_mean_of_months() -> None:
    values = [0.01, 0.03, 0.02, 0.04] * 3
    found = mean_estimate(values, 12, "months")
    spread = math.sqrt(sum((value - 0.025) ** 2 for value in values) / 11)
    assert_is(
        ends(found)[1],
        0.025 + 1.959963984540054 * spread / math.sqrt(12),
        {"Student's t": 0.025 + 2.20098516 * spread / math.sqrt(12), "ddof 0": 0.025 + 1.96 * spread / 3.618},
    )
    assert found.interval.method == "normal, independent months"


def test_a_mean_of_few_months_has_no_interval() -> None:
    found = mean_estimate([0.01] * 6 + [0.03] * 5, 12, "months")
    assert found.value.value == pytest.approx(0.21 / 11)
    assert (found.interval.low, found.t.value, found.reason) == (None, None, "fewer than 12 months")
    assert mean_estimate([], 12, "months").value.reason == "no months"
    assert mean_estimate([0.01] * 12, 12, "months").reason == "the values do not vary"


def test_nothing_can_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Estimate.of(1.0, 1.0, "by hand").t = Number(2.0)  # type: ignore[misc]
    assert unfitted(1, 1, "no prices").estimate(0, 1).reason == "no prices"
