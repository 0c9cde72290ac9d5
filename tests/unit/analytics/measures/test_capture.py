"""Rises and falls by complete months, by hand."""

from __future__ import annotations

import pytest

from analytics import evaluate
from analytics.measures.regression import capture_down, capture_up
from tests.panels import sample
from tests.unit.analytics.discriminate import assert_is

# Levels on month ends only.  Benchmark: +2, +4, -1, +3, -2, -3 %; fund: +3, +2, -2, +6, -1, -4 %.
MONTHS = """
            FUND              INDEX
2024-12-31  1.0               1.0
2025-01-31  1.03              1.02
2025-02-28  1.0506            1.0608
2025-03-31  1.029588          1.050192
2025-04-30  1.09136328        1.08169776
2025-05-30  1.0804496472      1.0600638048
2025-06-30  1.037231661312    1.028261890656
"""


def test_capture_of_the_rises() -> None:
    # rises in January, February, April: fund 3, 2, 6 %, benchmark 2, 4, 3 %
    fund, index = (1.03 * 1.02 * 1.06) ** (1 / 3) - 1, (1.02 * 1.04 * 1.03) ** (1 / 3) - 1
    mistakes = {
        "arithmetic means": 11 / 9,
        "compounded, not meaned": (1.03 * 1.02 * 1.06 - 1) / (1.02 * 1.04 * 1.03 - 1),
        "months in which the fund rose": fund / ((1.02 * 1.04 * 1.03) ** (1 / 3)),
        "over all six months": 1.0372316613 / 1.0282618906,
        "down": ((0.98 * 0.99 * 0.96) ** (1 / 3) - 1) / ((0.99 * 0.98 * 0.97) ** (1 / 3) - 1),
    }
    assert_is(float(capture_up(sample(MONTHS, against="INDEX"))[0]), fund / index, mistakes)


def test_capture_of_the_falls() -> None:
    # falls in March, May, June: fund -2, -1, -4 %, benchmark -1, -2, -3 %
    fund, index = (0.98 * 0.99 * 0.96) ** (1 / 3) - 1, (0.99 * 0.98 * 0.97) ** (1 / 3) - 1
    mistakes = {
        "arithmetic means": 7 / 6,
        "compounded, not meaned": (0.98 * 0.99 * 0.96 - 1) / (0.99 * 0.98 * 0.97 - 1),
    }
    assert_is(float(capture_down(sample(MONTHS, against="INDEX"))[0]), fund / index, mistakes)


def test_a_month_that_is_not_over_does_not_count() -> None:
    # Without its last line June is missing: two falls are left.
    shorter = "\n".join(MONTHS.strip().splitlines()[:-1]) + "\n2025-06-20 1.0 0.9"
    number = evaluate(["capture_down"], sample(shorter, against="INDEX"))[0]["capture_down"]
    assert number.reason == "fewer than 3 complete months in which the benchmark fell"


def test_the_return_across_a_month_that_the_fund_misses_is_one_for_both() -> None:
    # Without February's close, February and March are one return, of the fund and of what it is held against.
    gap = MONTHS.replace("1.0506            ", "-                 ")
    left = "\n".join(line for line in MONTHS.splitlines() if "1.0506 " not in line)
    for name in ("capture_up", "capture_down"):
        assert evaluate([name], sample(gap, against="INDEX")) == evaluate(
            [name], sample(left, against="INDEX")
        )


def test_months_in_which_the_benchmark_stands_still_belong_to_neither_side() -> None:
    still = MONTHS + "2025-07-31  1.2               1.028261890656"
    both = sample(still, against="INDEX")
    before = sample(MONTHS, against="INDEX")
    assert capture_up(both)[0] == pytest.approx(capture_up(before)[0])
    assert capture_down(both)[0] == pytest.approx(capture_down(before)[0])
