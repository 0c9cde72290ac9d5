"""Months and calendar years inside a window, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import Sample, evaluate
from analytics.measures.examples import from_returns, months
from analytics.measures.growth import best_month, best_year, positive_months, worst_month, worst_year
from tests.panels import sample, weekdays
from tests.unit.analytics.discriminate import assert_is

# From mid December to mid June.  Month ends: 100, 104, 98.8, 98.8, 108.68; the stubs are +25 and -40 %.
HALF_A_YEAR = """
            AAA
2024-12-16  80
2024-12-31  100
2025-01-15  120
2025-01-31  104
2025-02-28  98.8
2025-03-31  98.8
2025-04-30  108.68
2025-05-15  64
"""


def test_the_best_and_the_worst_month() -> None:
    best, worst = best_month(sample(HALF_A_YEAR)), worst_month(sample(HALF_A_YEAR))
    assert_is(float(best[0]), 0.10, {"the stub before": 0.25, "within a month": 0.20, "January": 0.04})
    mistakes = {"the stub after": 64 / 108.68 - 1, "within a month": 104 / 120 - 1, "to mid month": -0.1}
    assert_is(float(worst[0]), -0.05, mistakes)


def test_the_share_of_months_that_rose() -> None:
    # January and April of four; March stood still
    mistakes = {"first stub counted": 3 / 5, "standing still counts": 3 / 4, "of those that moved": 2 / 3}
    assert_is(float(positive_months(sample(HALF_A_YEAR))[0]), 2 / 4, mistakes)


def test_two_months_are_too_few() -> None:
    (numbers,) = evaluate(["best_month", "worst_month", "positive_months"], months([0.01, -0.02]))
    assert {number.reason for number in numbers.values()} == {"fewer than 3 complete months in the window"}
    (numbers,) = evaluate(["best_month"], months([0.01, -0.02, 0.03]))
    assert numbers["best_month"].value == pytest.approx(0.03)


# Year ends: 100, 130, 91, 91; before the first and after the last a stub.
YEARS = """
            AAA   NEW
2021-06-30  40    -
2021-12-31  100   -
2022-06-30  200   -
2022-12-30  130   50
2023-12-29  91    60
2024-12-31  91    66
2025-06-30  182   70
"""


def test_the_best_and_the_worst_year() -> None:
    best, worst = best_year(sample(YEARS)), worst_year(sample(YEARS))
    stub = {"the stub before": 1.5, "the stub after": 1.0, "within a year": 1.0}
    assert_is(float(best[0]), 0.30, {**stub, "twelve months from June": 4.0})
    assert_is(float(worst[0]), -0.30, {"from the high": 91 / 200 - 1, "the last": 0.0, "over two": -0.09})


def test_a_fund_has_the_years_since_its_first_close_of_one() -> None:
    assert float(best_year(sample(YEARS))[1]) == pytest.approx(0.20)
    assert float(worst_year(sample(YEARS))[1]) == pytest.approx(0.10)


def test_a_year_is_one_from_last_close_to_last_close() -> None:
    days = weekdays("2022-12-30", 261)  # to Friday, 29 December 2023
    held = Sample(np.linspace(100.0, 110.0, 261)[None, :], days)
    assert str(days[-1]) == "2023-12-29"
    assert float(best_year(held)[0]) == float(worst_year(held)[0]) == pytest.approx(0.10)


@pytest.mark.parametrize("first", ["2023-01-02", "2023-06-30"])
def test_below_a_whole_calendar_year_there_is_none(first: str) -> None:
    # Without the last close of the year before, a year has no base.
    count = int(np.busday_count(first, "2024-05-01"))
    held = Sample(np.linspace(100.0, 110.0, count)[None, :], weekdays(first, count))
    (numbers,) = evaluate(["best_year", "worst_year"], held)
    assert {number.reason for number in numbers.values()} == {"no whole calendar year in the window"}


def test_a_window_of_days_has_neither() -> None:
    (numbers,) = evaluate(["best_month", "worst_year", "volatility_monthly"], from_returns([0.01, -0.01]))
    assert [number.value for number in numbers.values()] == [None, None, None]
