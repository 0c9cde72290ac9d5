"""Scatter, falls and tails, by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import evaluate
from analytics.measures.examples import five, from_returns, months
from analytics.measures.risk import (
    downside_deviation,
    drawdown,
    max_drawdown,
    time_under_water,
    ulcer,
    volatility,
    volatility_monthly,
)
from analytics.measures.sample import tail_size
from analytics.measures.shape import cvar_95, var_95
from tests.panels import levels_of, sample
from tests.unit.analytics.discriminate import assert_is

if TYPE_CHECKING:
    from datetime import date

YEAR = math.sqrt(252)
SIX = [0.02, -0.01, 0.01, -0.03, 0.02, 0.01]

FALLS = """
            FIRST  LATER  NEVER  NONE
2025-01-06  100    100    100    -
2025-01-07  90     110    100    -
2025-01-08  95     -      101    -
2025-01-09  101    99     102    -
2025-01-10  99     105    102    -
"""


def test_volatility() -> None:
    # mean 0.6 %; deviations 0.4, -2.6, 2.4, -0.6, 0.4 %; squares sum to 13.2e-4; / 4 = 3.3e-4
    mistakes = {
        "ddof 0": math.sqrt(13.2e-4 / 5) * YEAR,
        "per day": math.sqrt(3.3e-4),
        "365 days": math.sqrt(3.3e-4 * 365),
        "log returns": float(np.std(np.log1p([0.01, -0.02, 0.03, 0.0, 0.01]), ddof=1)) * YEAR,
        "around zero": math.sqrt(15e-4 / 4) * YEAR,
    }
    assert_is(float(volatility(five())[0]), math.sqrt(3.3e-4) * YEAR, mistakes)


def test_downside_deviation_counts_every_session() -> None:
    # below 0: -1 % and -3 %; squares sum to 10e-4, over SIX sessions
    mistakes = {
        "losses only": math.sqrt(10e-4 / 2) * YEAR,
        "sd of the losses": math.sqrt(2e-4) * YEAR,
        "ddof 1": math.sqrt(10e-4 / 5) * YEAR,
        "per day": math.sqrt(10e-4 / 6),
    }
    assert_is(float(downside_deviation(from_returns(SIX))[0]), math.sqrt(10e-4 / 6) * YEAR, mistakes)


def test_downside_deviation_is_zero_where_nothing_falls_short() -> None:
    assert evaluate(["downside_deviation"], from_returns([0.01, 0.0]))[0]["downside_deviation"].value == 0.0


def test_a_first_day_of_minus_ten_is_a_drawdown_of_ten() -> None:
    first, later, never, _ = max_drawdown(sample(FALLS))
    assert_is(float(first), -0.10, {"base close left out": 99 / 101 - 1, "from first to last": -0.01})
    # LATER: the high of 110 stands before the missing session; 99 / 110 - 1
    assert_is(float(later), -0.10, {"from the base close": -0.01, "over the last two": 0.0})
    assert never == 0.0


def test_no_prices_no_drawdown() -> None:
    numbers = evaluate(["max_drawdown"], sample(FALLS))
    assert numbers[3]["max_drawdown"].reason == "no prices in the window"


def test_ulcer() -> None:
    # FIRST: 0 (base), -10 %, -5 %, 0, 99/101 - 1; mean square over the FOUR sessions after the base
    squares = 0.10**2 + 0.05**2 + (99 / 101 - 1) ** 2
    mistakes = {
        "base close counted": math.sqrt(squares / 5),
        "mean of the falls": (0.10 + 0.05 + (1 - 99 / 101)) / 4,
        "in percent": math.sqrt(squares / 4) * 100,
        "sessions under water only": math.sqrt(squares / 3),
    }
    assert_is(float(ulcer(sample(FALLS))[0]), math.sqrt(squares / 4), mistakes)


def test_ulcer_leaves_missing_sessions_out() -> None:
    # LATER: 0, missing, 99/110 - 1, 105/110 - 1 over three known sessions
    squares = (99 / 110 - 1) ** 2 + (105 / 110 - 1) ** 2
    filled = math.sqrt(squares / 4)
    assert_is(float(ulcer(sample(FALLS))[1]), math.sqrt(squares / 3), {"gap filled": filled})


def test_cvar_of_a_whole_tail() -> None:
    # 40 returns: k = 2; the two lowest are -4 % and -2 %
    returns = [0.01] * 19 + [-0.04] + [0.01] * 19 + [-0.02]
    normal = float(np.mean(returns) - np.std(returns, ddof=1) * 2.062713)
    mistakes = {
        "lowest only": -0.04,
        "value at risk": float(np.quantile(returns, 0.05)),
        "normal approximation": normal,
        "annualised": -0.03 * YEAR,
    }
    assert_is(float(cvar_95(from_returns(returns))[0]), -0.03, mistakes)


def test_cvar_takes_part_of_a_day() -> None:
    # 30 returns: k = 1.5; (-4 % + 0.5 * -2 %) / 1.5 = -3.3333 %
    returns = [-0.04, -0.02] + [0.01] * 28
    mistakes = {"k rounded down": -0.04, "k rounded up": -0.03, "not divided by k": -0.025}
    assert_is(float(cvar_95(from_returns(returns))[0]), -0.05 / 1.5, mistakes)


def test_cvar_counts_known_returns_only() -> None:
    # 41 levels with the last missing: 39 returns known, k = 1.95
    levels = levels_of([-0.04, -0.02] + [0.01] * 38)
    levels[-1] = np.nan
    held = from_returns([0.0] * 40)
    gap = type(held)(levels[None, :], held.sessions)
    expected = (-0.04 + 0.95 * -0.02) / 1.95
    assert_is(float(cvar_95(gap)[0]), expected, {"k of all sessions": -0.03})


def test_cvar_does_not_depend_on_what_is_known_of_the_rate() -> None:
    # The tail is one of returns: a session without a rate is no reason to leave its return out of the count.
    returns = [-0.04, -0.02] + [0.01] * 38
    rate = np.zeros(40)
    rate[30:] = np.nan
    held = from_returns(returns)
    without = type(held)(held.levels, held.sessions, rate)
    assert_is(float(cvar_95(without)[0]), -0.03, {"k of the sessions with a rate": (-0.04 - 0.01) / 1.5})


@pytest.mark.parametrize(("count", "defined"), [(19, False), (20, True)])
def test_cvar_needs_a_tail_of_a_day(count: int, defined: bool) -> None:
    number = evaluate(["cvar_95"], from_returns([0.01] * (count - 1) + [-0.05]))[0]["cvar_95"]
    assert number.value == (pytest.approx(-0.05) if defined else None)
    assert number.reason == (None if defined else "fewer than 20 returns")


def test_scatter_needs_as_many_returns_as_asked() -> None:
    short = from_returns([0.01, -0.01, 0.02])
    asked = type(short)(short.levels, short.sessions, minimum=4)
    for name in ("volatility", "downside_deviation", "cvar_95"):
        assert evaluate([name], asked)[0][name].reason == "fewer than 4 returns"


def test_the_current_drawdown_is_the_last_one() -> None:
    first, later, never, _ = drawdown(sample(FALLS))
    assert_is(float(first), 99 / 101 - 1, {"deepest": -0.10, "from the base close": -0.01})
    assert_is(float(later), 105 / 110 - 1, {"from the last level": 105 / 99 - 1, "from the base": 0.05})
    assert never == 0.0


def test_the_current_drawdown_needs_the_price_it_is_of() -> None:
    numbers = evaluate(["drawdown", "max_drawdown"], sample(f"{FALLS}2025-01-13  90     -      103    -"))
    assert numbers[0]["drawdown"].value == pytest.approx(90 / 101 - 1)
    assert numbers[1]["drawdown"].reason == "no price at the start or the end of the window"
    assert numbers[1]["max_drawdown"].value == pytest.approx(99 / 110 - 1)


def test_time_under_water_is_a_share_of_the_sessions_after_the_base() -> None:
    # FIRST: below 100 on the 7th and 8th, at a new high on the 9th, below it on the 10th: three of four
    first, later, never, _ = time_under_water(sample(FALLS))
    mistakes = {"base close counted": 3 / 5, "since the last high": 1 / 4, "not back to the high": 2 / 4}
    assert_is(float(first), 3 / 4, mistakes)
    # LATER: a high on the 7th, the 8th missing, then two of three known sessions below it
    assert_is(float(later), 2 / 3, {"missing counted as above": 2 / 4, "missing counted as below": 3 / 4})
    assert never == 0.0
    assert evaluate(["time_under_water"], sample(FALLS))[3]["time_under_water"].reason == (
        "fewer than two prices in the window"
    )


def test_back_at_the_high_is_not_under_water() -> None:
    assert float(time_under_water(from_returns([0.0, -0.5, 1.0, 0.0]))[0]) == 1 / 4


def test_the_volatility_of_months() -> None:
    # +1, -1 % by turns: mean 0, squares sum to ten times 1e-4, / 9, by 12 months a year
    held = months([0.01, -0.01] * 5)
    mistakes = {
        "ddof 0": math.sqrt(1e-4 * 12),
        "by 252": math.sqrt(1e-3 / 9 * 252),
        "per month": math.sqrt(1e-3 / 9),
        "as if each close were a day": float(volatility(held)[0]),
    }
    assert_is(float(volatility_monthly(held)[0]), math.sqrt(1e-3 / 9 * 12), mistakes)


def test_the_volatility_of_months_takes_complete_ones_alone() -> None:
    # From the middle of January to the middle of December: February to November are ten whole months.
    rng = np.random.default_rng(3)
    held = from_returns(rng.normal(0, 0.01, 240).tolist())
    ends = [float(held.levels[0, at]) for at in month_ends(held.sessions.tolist())]
    returns = [after / before - 1 for before, after in pairwise(ends)]
    assert len(returns) == 10
    first = ends[0] / float(held.levels[0, 0]) - 1
    last = float(held.levels[0, -1]) / ends[-1] - 1
    mistakes = {
        "the stubs are months": float(np.std([first, *returns, last], ddof=1)) * math.sqrt(12),
        "by days": float(volatility(held)[0]),
    }
    expected = float(np.std(returns, ddof=1)) * math.sqrt(12)
    assert_is(float(volatility_monthly(held)[0]), expected, mistakes)


def month_ends(days: list[date]) -> list[int]:
    """Where the next session is of another month."""
    return [at for at, (day, after) in enumerate(pairwise(days)) if day.month != after.month]


@pytest.mark.parametrize(("count", "reason"), [(7, "fewer than 8 monthly returns"), (8, None)])
def test_the_volatility_of_months_needs_eight(count: int, reason: str | None) -> None:
    returns = [0.01 * (-1) ** at for at in range(count)]
    assert evaluate(["volatility_monthly"], months(returns))[0]["volatility_monthly"].reason == reason


def test_value_at_risk_is_the_last_return_of_the_tail() -> None:
    # 40 returns: k = 2; the two lowest are -4 % and -2 %, the third -1 %
    returns = [0.01] * 18 + [-0.04, -0.01] + [0.01] * 19 + [-0.02]
    mistakes = {
        "interpolated": float(np.quantile(returns, 0.05)),
        "the next one": -0.01,
        "the lowest": -0.04,
        "expected shortfall": -0.03,
        "normal approximation": float(np.mean(returns) - 1.644854 * np.std(returns, ddof=1)),
        "a positive loss": 0.02,
        "annualised": -0.02 * YEAR,
    }
    assert_is(float(var_95(from_returns(returns))[0]), -0.02, mistakes)


def test_value_at_risk_of_a_tail_with_a_part() -> None:
    # 30 returns: k = 1.5, so that the second lowest is the one in which the tail ends
    returns = [-0.04, -0.02] + [0.01] * 28
    assert_is(float(var_95(from_returns(returns))[0]), -0.02, {"k rounded down": -0.04, "the third": 0.01})


@pytest.mark.parametrize("tail", range(1, 60))
def test_the_place_of_value_at_risk_is_exact(tail: int) -> None:
    # 0.05 * 140 is 7.000000000000001: rounded up it would be the eighth.
    assert tail_size(20 * tail) == tail
    assert tail_size(20 * tail + 1) == tail + 1
    assert tail_size(20 * tail + 19) == tail + 1


@pytest.mark.parametrize(("count", "defined"), [(19, False), (20, True)])
def test_value_at_risk_needs_a_tail_of_a_day(count: int, defined: bool) -> None:
    number = evaluate(["var_95"], from_returns([0.01] * (count - 1) + [-0.05]))[0]["var_95"]
    assert number.value == (pytest.approx(-0.05) if defined else None)
    assert number.reason == (None if defined else "fewer than 20 returns")
