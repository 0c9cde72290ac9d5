"""Best and worst sessions, skewness and kurtosis, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analytics import Sample, evaluate
from analytics.measures.examples import five, from_returns
from analytics.measures.resample import weekly
from analytics.measures.shape import best_day, kurtosis, skewness, worst_day
from tests.panels import sample
from tests.unit.analytics.discriminate import assert_is

MOVES = """
            AAA    GAP    ONE
2025-01-06  100    100    100
2025-01-07  104    104    -
2025-01-08  98.8   -      -
2025-01-09  103.74 93.6   -
2025-01-10  101    95     -
"""


def test_the_best_and_the_worst_day() -> None:
    # AAA: +4, -5, +5 and -2.64 %
    best, worst = best_day(sample(MOVES)), worst_day(sample(MOVES))
    assert_is(float(best[0]), 0.05, {"the first": 0.04, "of the level before last": 103.74 / 104 - 1})
    assert_is(float(worst[0]), -0.05, {"the last": 101 / 103.74 - 1, "over two days": 98.8 / 100 - 1})


def test_the_return_across_a_hole_is_one() -> None:
    # GAP: from 104 on the 7th to 93.6 on the 9th, -10 %; nobody knows how the two days shared it
    worst = float(worst_day(sample(MOVES))[1])
    assert_is(worst, -0.10, {"halved": math.sqrt(0.9) - 1, "left out": 95 / 93.6 - 1})


def test_one_price_has_no_day() -> None:
    numbers = evaluate(["best_day", "worst_day"], sample(MOVES))[2]
    assert {number.reason for number in numbers.values()} == {"fewer than two prices in the window"}


def test_days_stay_days_where_they_all_fall() -> None:
    assert float(best_day(from_returns([-0.02, -0.01]))[0]) == pytest.approx(-0.01)


def test_skewness() -> None:
    # mean 0.6 %; deviations 0.4, -2.6, 2.4, -0.6, 0.4 %: squares sum to 13.2, cubes to -3.84
    cubes, squares = -3.84, 13.2
    plain = (cubes / 5) / (squares / 5) ** 1.5
    corrected = 5 / (4 * 3) * cubes / (squares / 4) ** 1.5
    assert corrected == pytest.approx(plain * math.sqrt(20) / 3)
    mistakes = {
        "not corrected for bias": plain,
        "sample deviation alone": (cubes / 5) / (squares / 4) ** 1.5,
        "around zero": (1 - 8 + 27 + 1) / 5 / (15 / 5) ** 1.5,
        "log returns": float(skewness(logs())[0]),
    }
    assert_is(float(skewness(five())[0]), corrected, mistakes)


def test_kurtosis() -> None:
    # fourth powers of the deviations: 0.0256, 45.6976, 33.1776, 0.1296, 0.0256
    fourths, squares = 79.056, 13.2
    plain = (fourths / 5) / (squares / 5) ** 2 - 3
    corrected = 5 * 6 / (4 * 3 * 2) * fourths / (squares / 4) ** 2 - 3 * 16 / 6
    mistakes = {
        "not corrected for bias": plain,
        "three not taken off": corrected + 3,
        "sample deviation alone": (fourths / 5) / (squares / 4) ** 2 - 3,
        "log returns": float(kurtosis(logs())[0]),
    }
    assert_is(float(kurtosis(five())[0]), corrected, mistakes)


def logs() -> Sample:
    """What would be seen by someone who takes logarithms first."""
    return from_returns(np.log1p([0.01, -0.02, 0.03, 0.0, 0.01]).tolist())


def test_a_mirror_turns_the_skewness_and_leaves_the_kurtosis() -> None:
    returns = [0.01, -0.02, 0.03, 0.0, 0.011, -0.04]
    one, other = from_returns(returns), from_returns([-value for value in returns])
    assert float(skewness(one)[0]) == pytest.approx(-float(skewness(other)[0]))
    assert float(kurtosis(one)[0]) == pytest.approx(float(kurtosis(other)[0]))


@pytest.mark.parametrize(
    ("count", "skew", "tails"),
    [(2, "fewer than 3 returns", "fewer than 4 returns"), (3, None, "fewer than 4 returns"), (4, None, None)],
)
def test_they_need_as_many_returns_as_their_estimators(
    count: int, skew: str | None, tails: str | None
) -> None:
    numbers = evaluate(["skewness", "kurtosis"], from_returns([0.01, -0.02, 0.03, 0.0][:count]))[0]
    assert (numbers["skewness"].reason, numbers["kurtosis"].reason) == (skew, tails)


def test_as_few_as_asked_and_without_variation_there_is_none() -> None:
    short = replace(five(), minimum=15)
    assert evaluate(["skewness"], short)[0]["skewness"].reason == "fewer than 15 returns"
    still = from_returns([0.0] * 6)
    assert {number.reason for number in evaluate(["skewness", "kurtosis"], still)[0].values()} == {
        "the returns do not vary"
    }


def test_in_a_weekly_question_the_shape_is_that_of_weeks() -> None:
    held = from_returns((np.random.default_rng(4).standard_t(4, 300) * 0.01).tolist())
    weeks = weekly(held)
    returns = weeks.returns[0]
    scores = (returns - returns.mean()) / returns.std(ddof=1)
    count = returns.size
    expected = count / ((count - 1) * (count - 2)) * float((scores**3).sum())
    assert_is(float(skewness(weeks)[0]), expected, {"of days": float(skewness(held)[0])})
