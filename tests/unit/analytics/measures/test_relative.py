"""Everything that needs a benchmark, by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import Sample, evaluate
from analytics.measures.examples import FIVE, FIVE_BENCHMARK, five, from_returns
from analytics.measures.regression import alpha, beta, beta_down, beta_up
from analytics.measures.relative import (
    correlation,
    correlation_weekly,
    information_ratio,
    r_squared,
    tracking_error,
    tracking_error_weekly,
)
from tests.panels import levels_of, weekdays
from tests.unit.analytics.discriminate import assert_is

if TYPE_CHECKING:
    from analytics.panel import FloatArray

YEAR = math.sqrt(252)
DAILY = ("beta", "alpha", "tracking_error", "information_ratio", "correlation")
# FIVE        1, -2, 3,  0, 1 %: mean 0.6;  deviations  0.4, -2.6,  2.4, -0.6, 0.4; squares sum 13.2
# BENCHMARK   2, -1, 1, -1, 1 %: mean 0.4;  deviations  1.6, -1.4,  0.6, -1.4, 0.6; squares sum  7.2
# products of the deviations: 0.64 + 3.64 + 1.44 + 0.84 + 0.24 = 6.8
# active     -1, -1, 2,  1, 0 %: mean 0.2;  deviations -1.2, -1.2,  1.8,  0.8, -0.2; squares sum 6.8


def reasons(held: Sample, names: tuple[str, ...]) -> set[str | None]:
    numbers = evaluate(names, held)[0]
    assert all(number.value is None for number in numbers.values())
    return {number.reason for number in numbers.values()}


def test_beta() -> None:
    mistakes = {
        "the other way round": 6.8 / 13.2,
        "correlation": 6.8 / math.sqrt(13.2 * 7.2),
        "ddof 1 above, 0 below": (6.8 / 4) / (7.2 / 5),
        "line through the origin": (2 + 2 + 3 + 0 + 1) / (4 + 1 + 1 + 1 + 1),
        "ratio of the volatilities": math.sqrt(13.2 / 7.2),
    }
    assert_is(float(beta(five())[0]), 6.8 / 7.2, mistakes)


# Where INDEX rises, by 1, 2 and 3 %, BENT moves by 3, 3 and 6 %; where it falls, by 1, 2 and 6 %, it moves by
# 0, -2 and -1 %; where it stands still, by 50 %.
BENT = [0.03, 0.0, 0.03, -0.02, 0.06, -0.01, 0.5]
INDEX = [0.01, -0.01, 0.02, -0.02, 0.03, -0.06, 0.0]


def test_up_beta() -> None:
    # deviations of the index -1, 0, 1 and of the fund -1, -1, 2: 3 / 2
    mistakes = {
        "through the origin": (1 * 3 + 2 * 3 + 3 * 6) / (1 + 4 + 9),
        "beta": float(beta(from_returns(BENT, INDEX))[0]),
        "down": float(beta_down(from_returns(BENT, INDEX))[0]),
        "falls as zeros": float(beta(from_returns(BENT, np.maximum(INDEX, 0.0).tolist()))[0]),
        "standing still counts": float(np.polyfit([1, 2, 3, 0], [3, 3, 6, 50], 1)[0]),
        "where the fund rose": float(np.polyfit([1, 2, 3, 0], [3, 3, 6, 50], 1)[0]),
        "ratio of the means": 4 / 2,
    }
    assert_is(float(beta_up(from_returns(BENT, INDEX))[0]), 1.5, mistakes)


def test_down_beta() -> None:
    # mean of the index -3: deviations 2, 1, -3; mean of the fund -1: deviations 1, -1, 0: 1 / 14
    mistakes = {
        "through the origin": (0 + 2 * 2 + 6 * 1) / (1 + 4 + 36),
        "with its sign turned": -1 / 14,
        "below the mean of the index": float(np.polyfit([-1, -2, -6, 0], [0, -2, -1, 50], 1)[0]),
    }
    assert_is(float(beta_down(from_returns(BENT, INDEX))[0]), 1 / 14, mistakes)


def test_the_side_is_that_of_the_benchmark_itself_and_the_line_that_of_excess_returns() -> None:
    # A rate of 1.5 % on the first session alone: it rose by 1 % all the same, 0.5 % less than the rate.
    rate = np.array([0.015, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    held = from_returns(BENT, INDEX)
    charged = Sample(held.levels, held.sessions, rate, held.benchmark)
    expected = float(np.polyfit([-0.5, 2, 3], [1.5, 3, 6], 1)[0])
    assert_is(float(beta_up(charged)[0]), expected, {"plain returns": 1.5, "side of the excess": 3.0})


def test_the_betas_of_sides_need_sessions_that_differ() -> None:
    rising = [0.001 * day for day in range(1, 20)]
    short = from_returns(rising, rising)
    numbers = evaluate(
        ["beta_up", "beta_down"], Sample(short.levels, short.sessions, 0.0, short.benchmark, 15)
    )
    assert numbers[0]["beta_up"].value == pytest.approx(1.0)
    assert numbers[0]["beta_down"].reason == "fewer than 15 returns in which the benchmark fell"
    steady = evaluate(["beta_up"], from_returns([0.01, 0.02, 0.03], [0.01, 0.01, 0.01]))[0]["beta_up"]
    assert steady.reason == "the benchmark's returns do not vary where it rose"
    once = evaluate(["beta_down"], from_returns([0.01, 0.02, 0.03], [0.01, 0.02, -0.01]))[0]["beta_down"]
    assert once.reason == "fewer than 2 returns in which the benchmark fell"


def test_r_squared() -> None:
    mistakes = {"correlation": 6.8 / math.sqrt(13.2 * 7.2), "beta squared": (6.8 / 7.2) ** 2}
    found = float(r_squared(five())[0])
    assert_is(found, 6.8**2 / (13.2 * 7.2), mistakes)
    # The share of the fund's variance that is left over by the line of beta and alpha
    slope = 6.8 / 7.2
    left = [own - slope * other for own, other in zip(FIVE, FIVE_BENCHMARK, strict=True)]
    assert found == pytest.approx(1 - float(np.var(left)) / float(np.var(FIVE)))


def test_beta_is_one_of_excess_returns() -> None:
    # A rate that changes: fund's excess 0, -2, 3, 0, 0 %; benchmark's 1, -1, 1, -1, 0 % (mean 0)
    rate = np.array([0.01, 0.0, 0.0, 0.0, 0.01])
    held = five()
    charged = Sample(held.levels, held.sessions, rate, held.benchmark)
    expected = (0 * 1 + -2 * -1 + 3 * 1 + 0 + 0) / 4
    assert_is(float(beta(charged)[0]), expected, {"of plain returns": 6.8 / 7.2})
    # mean excess 0.2 % and 0: alpha = 0.2 % * 252
    assert_is(float(alpha(charged)[0]), 0.002 * 252, {"of plain returns": 0.56})


def test_alpha() -> None:
    daily = 0.006 - 6.8 / 7.2 * 0.004
    mistakes = {
        "per day": daily,
        "compounded": (1 + daily) ** 252 - 1,
        "without beta": 0.002 * 252,
        "times sqrt(252)": daily * YEAR,
    }
    assert_is(float(alpha(five())[0]), daily * 252, mistakes)


def test_tracking_error() -> None:
    mistakes = {
        "per day": math.sqrt(6.8e-4 / 4),
        "ddof 0": math.sqrt(6.8e-4 / 5) * YEAR,
        "mean not taken off": math.sqrt(7e-4 / 4) * YEAR,
        "difference of the volatilities": abs(math.sqrt(13.2e-4 / 4) - math.sqrt(7.2e-4 / 4)) * YEAR,
        "residual of beta": math.sqrt((13.2 - 6.8**2 / 7.2) * 1e-4 / 3) * YEAR,
    }
    assert_is(float(tracking_error(five())[0]), math.sqrt(6.8e-4 / 4) * YEAR, mistakes)


def test_information_ratio() -> None:
    per_day = 0.002 / math.sqrt(6.8e-4 / 4)
    mistakes = {
        "per day": per_day,
        "annual mean by the error per day": per_day * 252,
        "ddof 0": 0.002 / math.sqrt(6.8e-4 / 5) * YEAR,
        "difference of the Sharpe ratios": (0.006 / math.sqrt(3.3e-4) - 0.004 / math.sqrt(1.8e-4)) * YEAR,
    }
    assert_is(float(information_ratio(five())[0]), per_day * YEAR, mistakes)


def test_correlation() -> None:
    expected = 6.8 / math.sqrt(13.2 * 7.2)
    assert_is(float(correlation(five())[0]), expected, {"beta": 6.8 / 7.2, "squared": expected**2})


def test_correlation_stays_within_one() -> None:
    twice = from_returns(FIVE, FIVE)
    against = from_returns([-value for value in FIVE], FIVE)
    assert float(correlation(twice)[0]) == 1.0
    assert float(correlation(against)[0]) == -1.0


def test_the_returns_across_what_either_side_misses_are_one_for_both() -> None:
    # The fund misses level 3, the benchmark level 7: returns 2 and 3 are one, and 6 and 7.
    returns = (*FIVE, 0.02, 0.05, -0.01)
    fund, other = levels_of(returns), levels_of((*FIVE_BENCHMARK, 0.03, -0.02, -0.02))
    fund[2], other[6] = np.nan, np.nan
    held = Sample(fund[None, :], weekdays("2025-01-06", 9), benchmark=other)
    across = [(1 - 0.02) * (1 + 0.03) - 1, (1 + 0.02) * (1 + 0.05) - 1]
    theirs = [(1 - 0.01) * (1 + 0.01) - 1, (1 + 0.03) * (1 - 0.02) - 1]
    left = from_returns(
        [0.01, across[0], 0.0, 0.01, across[1], -0.01], [0.02, theirs[0], -0.01, 0.01, theirs[1], -0.02]
    )
    for function in (beta, alpha, tracking_error, information_ratio, correlation):
        assert float(function(held)[0]) == pytest.approx(float(function(left)[0]))


def ten_weeks(active: list[float]) -> Sample:
    """A benchmark that returns 1 % a week and a fund that strays by `active` a week, all on the Friday."""
    fridays = np.zeros(50)
    fridays[4::5] = 0.01
    fund = fridays.copy()
    fund[4::5] += active
    return Sample(levels_of(fund)[None, :], weekdays("2025-01-03", 51), benchmark=levels_of(fridays))


def test_tracking_error_by_week() -> None:
    # ten weeks, the fund alternately 1 % ahead and behind: sd = sqrt(10 / 9) %, mean 0
    expected = 0.01 * math.sqrt(10 / 9) * math.sqrt(52)
    mistakes = {
        "ddof 0": 0.01 * math.sqrt(52),
        "sqrt(252)": 0.01 * math.sqrt(10 / 9) * YEAR,
        "sqrt(12)": 0.01 * math.sqrt(10 / 9) * math.sqrt(12),
        "per week": 0.01 * math.sqrt(10 / 9),
        "daily": float(tracking_error(ten_weeks([0.01, -0.01] * 5))[0]),
    }
    assert_is(float(tracking_error_weekly(ten_weeks([0.01, -0.01] * 5))[0]), expected, mistakes)


def test_correlation_by_week() -> None:
    # The fund moves on Thursdays what the benchmark moves on Fridays: apart by day, together by week.
    moves = np.array([0.01, -0.02, 0.03, 0.01, -0.01, 0.02, -0.03, 0.01, 0.02, -0.01])
    fund, other = np.zeros(50), np.zeros(50)
    fund[3::5], other[4::5] = moves, moves
    held = Sample(levels_of(fund)[None, :], weekdays("2025-01-03", 51), benchmark=levels_of(other))
    assert float(correlation_weekly(held)[0]) == pytest.approx(1.0)
    assert float(correlation(held)[0]) < 0.1


def test_too_few_returns() -> None:
    short = five()
    held = Sample(short.levels, short.sessions, benchmark=short.benchmark, minimum=6)
    assert reasons(held, DAILY) == {"fewer than 6 returns in common with the benchmark"}


def test_a_benchmark_that_does_not_move() -> None:
    names = ("beta", "alpha", "correlation")
    assert reasons(from_returns(FIVE, [0.01] * 5), names) == {"the benchmark's returns do not vary"}


def test_a_fund_that_does_not_move() -> None:
    assert reasons(from_returns([0.01] * 5, FIVE), ("correlation",)) == {"the returns do not vary"}


def test_a_fund_that_is_its_benchmark() -> None:
    held = from_returns(FIVE, FIVE)
    assert reasons(held, ("information_ratio",)) == {"never differs from the benchmark"}
    numbers = evaluate(["tracking_error", "beta", "alpha"], held)[0]
    assert numbers["tracking_error"].value == 0.0
    assert numbers["beta"].value == pytest.approx(1.0)
    assert numbers["alpha"].value == pytest.approx(0.0, abs=1e-15)


def test_too_few_weeks() -> None:
    assert reasons(five(), ("tracking_error_weekly", "correlation_weekly")) == {
        "fewer than 8 weekly returns in common with the benchmark"
    }


def test_weeks_that_do_not_vary_have_no_correlation() -> None:
    # Daily returns vary, but every week brings the same: the quotient would be one of rounding errors.
    fund = from_returns((*FIVE,) * 12, (*FIVE_BENCHMARK,) * 12)
    assert reasons(fund, ("correlation_weekly",)) == {"the weekly returns do not vary"}
    assert reasons(ten_weeks([0.01, -0.01] * 5), ("correlation_weekly",)) == {
        "the benchmark's weekly returns do not vary"
    }


def with_gaps(benchmark: FloatArray) -> Sample:
    rng = np.random.default_rng(7)
    fund = levels_of(rng.normal(0, 0.01, 59))
    return Sample(fund[None, :], weekdays("2025-01-06", 60), benchmark=benchmark, minimum=15)


def test_returns_count_only_where_both_sides_have_them() -> None:
    # 59 returns of the fund, but two in common with the benchmark: a line through two points is no beta.
    sparse = np.full(60, np.nan)
    sparse[[10, 11, 40, 41]] = [1.0, 1.1, 1.0, 1.2]
    assert reasons(with_gaps(sparse), DAILY) == {"fewer than 15 returns in common with the benchmark"}


def test_a_side_must_vary_where_both_are_known() -> None:
    # The benchmark moves while the fund is missing, and stands still while the fund is known.
    held = with_gaps(np.concatenate([levels_of([0.02, -0.01] * 10), np.full(39, 1.2)]))
    held.levels[:, :21] = np.nan
    assert reasons(held, ("beta", "alpha", "correlation")) == {"the benchmark's returns do not vary"}
    # The other way round: the fund moves only while the benchmark is missing.
    fund = np.concatenate([levels_of([0.02, -0.01] * 10), np.full(39, 1.2)])
    other = levels_of(np.random.default_rng(7).normal(0, 0.01, 59))
    other[:21] = np.nan
    still = Sample(fund[None, :], weekdays("2025-01-06", 60), benchmark=other, minimum=15)
    assert reasons(still, ("correlation",)) == {"the returns do not vary"}


@pytest.mark.parametrize("name", [*DAILY, "tracking_error_weekly", "correlation_weekly", "capture_up"])
def test_a_benchmark_is_needed(name: str) -> None:
    with pytest.raises(ValueError, match="a relative measure needs a sample with a benchmark"):
        evaluate([name], from_returns(FIVE))
