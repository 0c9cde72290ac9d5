"""How a number came about: every measure from its own steps, with a calculator."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics import MEASURES, Explanation, Rate, Step, StepUnit, compare, explain
from analytics.measures.registry import Every
from tests.panels import day, panel, panel_of
from tests.unit.analytics.markets import SESSIONS, ask, market, walk, with_bill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics import PricePanel, Query


Steps = dict[str, float]

SCALED = "mean excess return a year"

CALCULATOR: Mapping[str, Callable[[Steps], float]] = {
    "total_return": lambda s: s["last close"] / s["first close"] - 1,
    "cagr": lambda s: annual(s),
    "volatility": lambda s: s["standard deviation"] * math.sqrt(s["periods"]),
    "volatility_monthly": lambda s: s["standard deviation"] * math.sqrt(s["periods"]),
    "downside_deviation": lambda s: shortfall(s) * math.sqrt(s["periods"]),
    "sharpe": lambda s: (
        s["mean excess return"] / s["standard deviation of the excess"] * math.sqrt(s["periods"])
    ),
    "sortino": lambda s: s[SCALED] / s["downside deviation a year"],
    "omega": lambda s: s["sum of the gains above the target"] / s["sum of the shortfalls below it"],
    "cvar_95": lambda s: s["sum of the returns in the tail"] / s["returns in the tail"],
    "var_95": lambda s: s["return at that place"],
    "best_day": lambda s: s["close"] / s["close before"] - 1,
    "worst_day": lambda s: s["close"] / s["close before"] - 1,
    "best_month": lambda s: s["close"] / s["close before"] - 1,
    "worst_month": lambda s: s["close"] / s["close before"] - 1,
    "best_year": lambda s: s["close"] / s["close before"] - 1,
    "worst_year": lambda s: s["close"] / s["close before"] - 1,
    "positive_months": lambda s: s["months that rose"] / s["complete months"],
    "skewness": lambda s: cubes(s["returns"]) * s["sum of the cubes of (return - mean) / deviation"],
    "kurtosis": lambda s: fourths(s["returns"], s["sum of the fourth powers of (return - mean) / deviation"]),
    "max_drawdown": lambda s: s["low"] / s["high"] - 1,
    "drawdown": lambda s: s["last close"] / s["high"] - 1,
    "time_under_water": lambda s: s["sessions below an earlier high"] / s["sessions"],
    "ulcer": lambda s: depth(s),
    "calmar": lambda s: annual(s) / -(s["low"] / s["high"] - 1),
    "martin": lambda s: (annual(s) - s["rate a year"]) / depth(s),
    "beta": lambda s: slope(s),
    "beta_up": lambda s: side(s),
    "beta_down": lambda s: side(s),
    "alpha": lambda s: (
        (s["mean excess return"] - slope(s) * s["mean excess return of the benchmark"]) * s["periods"]
    ),
    "tracking_error": lambda s: strays(s),
    "tracking_error_weekly": lambda s: strays(s),
    "information_ratio": lambda s: s["mean active return"] * s["periods"] / strays(s),
    "correlation": lambda s: together(s),
    "r_squared": lambda s: together(s) * s["correlation"],
    "correlation_weekly": lambda s: together(s),
    "capture_up": lambda s: s["mean return a month in them"] / s["that of the benchmark"],
    "capture_down": lambda s: s["mean return a month in them"] / s["that of the benchmark"],
}


def annual(s: Steps) -> float:
    power = 1 / s["years"] if "years" in s else s["days a year"] / s["calendar days"]
    return float((s["last close"] / s["first close"]) ** power - 1)


def cubes(n: float) -> float:
    return n / ((n - 1) * (n - 2))


def fourths(n: float, total: float) -> float:
    both = (n - 2) * (n - 3)
    return n * (n + 1) / (both * (n - 1)) * total - 3 * (n - 1) ** 2 / both


def side(s: Steps) -> float:
    return s["covariance with the benchmark in them"] / s["variance of the benchmark in them"]


def shortfall(s: Steps) -> float:
    return math.sqrt(s["sum of their squared shortfalls"] / s["returns"])


def depth(s: Steps) -> float:
    return math.sqrt(s["sum of the squared distances below the high"] / s["sessions"])


def slope(s: Steps) -> float:
    return s["covariance with the benchmark"] / s["variance of the benchmark"]


def strays(s: Steps) -> float:
    return s["standard deviation of the active return"] * math.sqrt(s["periods"])


def together(s: Steps) -> float:
    spread = s["standard deviation"] * s["standard deviation of the benchmark"]
    return s["covariance with the benchmark"] / spread


def read(steps: tuple[Step, ...]) -> Steps:
    """Numbers by name, without the length of the period that a name ends with."""
    names = dict.fromkeys(("sessions a year", "weeks a year", "months a year"), "periods")
    return {
        names.get(step.name, re.sub(" a (day|week|month)$", "", step.name)): step.value
        for step in steps
        if not isinstance(step.value, date)
    }


def assert_worked(held: PricePanel, query: Query, measure: str) -> None:
    found, shown = explain(held, query, measure), compare(held, {}, query)
    group = shown.relative if MEASURES[measure].relative else shown.metrics
    assert list(found.results) == list(found.steps) == list(group)
    for symbol, number in found.results.items():
        assert number == group[symbol][measure]
        assert number.value == pytest.approx(CALCULATOR[measure](read(found.steps[symbol])), rel=1e-9)


def test_every_measure_has_its_steps_and_its_sum() -> None:
    assert {name for name, row in MEASURES.items() if row.steps} == set(CALCULATOR) == set(MEASURES)


@pytest.mark.parametrize("weekly", [False, True], ids=["daily", "weekly"])
@pytest.mark.parametrize("rate", [Rate(), Rate(0.03), Rate(None)], ids=["rf 0", "rf 3", "bill"])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_steps_lead_to_the_value(measure: str, rate: Rate, *, weekly: bool) -> None:
    held = with_bill(WAVES)
    assert_worked(held, ask("AAA", "CCC", "BBB", window=window(measure), rate=rate, weekly=weekly), measure)


def window(measure: str) -> str:
    """A year up to February holds no whole calendar year."""
    return "max" if MEASURES[measure].every is Every.YEAR else "1y"


WAVES = 3.6 + 0.5 * np.sin(np.arange(560) / 20)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_steps_lead_to_the_value_where_sessions_are_missing(measure: str) -> None:
    assert_worked(market(BBB=(470, 471, 500)), ask("AAA", "CCC", "BBB", window=window(measure)), measure)


def test_the_numbers_of_a_sortino_ratio() -> None:
    found = explain(market(), ask("AAA", "BBB"), "sortino")
    assert [(step.name, step.unit) for step in found.steps["AAA"]] == [
        ("returns", StepUnit.COUNT),
        ("mean return a day", StepUnit.FRACTION),
        ("mean excess return a day", StepUnit.FRACTION),
        ("sessions a year", StepUnit.COUNT),
        ("mean excess return a year", StepUnit.FRACTION),
        ("returns below the target", StepUnit.COUNT),
        ("sum of their squared shortfalls", StepUnit.SQUARE),
        ("downside deviation a day", StepUnit.FRACTION),
        ("downside deviation a year", StepUnit.FRACTION),
    ]
    assert (found.returns, found.periods, found.rate, found.benchmark) == (261, 252, "rf 0", None)
    assert (found.span.start, found.source, found.simulated) == (day("2025-02-20"), "by hand", False)


def test_the_numbers_of_a_weekly_one() -> None:
    found = explain(market(), ask("AAA", "BBB", weekly=True), "sortino")
    names = [step.name for step in found.steps["AAA"]]
    assert names[:4] == ["returns", "mean return a week", "mean excess return a week", "weeks a year"]
    assert found.steps["AAA"][0].value == found.returns == 52
    assert found.periods == 52


def test_levels_stay_daily_where_the_question_is_weekly() -> None:
    daily, weekly = (explain(market(), ask("AAA", weekly=on), "calmar") for on in (False, True))
    assert weekly.steps == daily.steps
    assert (weekly.returns, weekly.periods) == (261, 252)


def test_high_and_low_with_their_days() -> None:
    # Deepest: from 110 on the 13th to 88 on the 15th; the fall from 100 to 95 before is smaller.
    held = panel(FALLS)
    found = explain(held, ask("AAA", window="max", as_of="2026-01-16"), "max_drawdown")
    assert [(step.name, step.value) for step in found.steps["AAA"]] == [
        ("date of the high", day("2026-01-13")),
        ("high", 110.0),
        ("date of the low", day("2026-01-15")),
        ("low", 88.0),
    ]


FALLS = """AAA
2026-01-09  100
2026-01-12   95
2026-01-13  110
2026-01-14   99
2026-01-15   88
2026-01-16   93"""


def test_the_tail_has_a_part_of_a_return() -> None:
    found = explain(market(), ask("AAA"), "cvar_95")
    steps = read(found.steps["AAA"])
    assert steps["returns"] == 261
    assert steps["returns in the tail"] == pytest.approx(13.05)
    assert steps["lowest return"] < steps["sum of the returns in the tail"] / 13.05


def test_a_relative_measure_leaves_the_benchmark_out() -> None:
    found = explain(market(), ask("AAA", "BBB", benchmark="AAA"), "beta")
    assert (list(found.results), found.benchmark) == (["BBB"], "AAA")
    outside = explain(market(), ask("AAA", "BBB", benchmark="CCC"), "beta")
    assert (list(outside.results), outside.benchmark) == (["AAA", "BBB"], "CCC")


def test_without_a_benchmark_there_is_nothing_to_work_out() -> None:
    found = explain(market(), ask("AAA"), "beta")
    assert (found.results, found.steps, found.benchmark) == ({}, {}, None)


def test_an_undefined_number_keeps_its_reason_and_the_steps_that_are_known() -> None:
    short: Explanation = explain(market(), ask("AAA", "BBB", window="since 2026-02-05"), "sortino")
    assert short.results["AAA"].reason == "fewer than 15 returns"
    assert read(short.steps["AAA"])["returns"] == 11
    young = explain(market(), ask("AAA", window="3m"), "calmar")
    assert young.results["AAA"].reason == "not annualised below one year"
    assert "return a year" not in read(young.steps["AAA"])
    rising = explain(panel(RISING), ask("AAA", window="max", as_of="2026-01-14"), "max_drawdown")
    assert (rising.results["AAA"].value, rising.steps["AAA"]) == (0.0, ())


RISING = "AAA\n2026-01-12  98\n2026-01-13  99\n2026-01-14  100"


def test_a_single_week_leaves_no_step_undefined() -> None:
    for measure in MEASURES:
        found = explain(market(), ask("AAA", "BBB", window="since 2026-02-16", weekly=True), measure)
        for steps in found.steps.values():
            assert all(isinstance(step.value, date) or math.isfinite(step.value) for step in steps)


@pytest.mark.parametrize("weekly", [False, True], ids=["daily", "weekly"])
@pytest.mark.parametrize("measure", MEASURES)
def test_funds_that_do_not_move_are_worked_out_as_far_as_it_goes(measure: str, *, weekly: bool) -> None:
    still = np.full(SESSIONS.size, 7.0)
    held = panel_of({"AAA": walk(1), "SSS": still, "TTT": still}, SESSIONS)
    query = ask("AAA", "SSS", "TTT", weekly=weekly)
    found, shown = explain(held, query, measure), compare(held, {}, query)
    group = shown.relative if MEASURES[measure].relative else shown.metrics
    assert found.results == {symbol: numbers[measure] for symbol, numbers in group.items()}
    for steps in found.steps.values():
        assert all(isinstance(step.value, date) or math.isfinite(step.value) for step in steps)


def test_a_name_that_is_no_measure() -> None:
    with pytest.raises(KeyError, match="treynor"):
        explain(market(), ask("AAA"), "treynor")
