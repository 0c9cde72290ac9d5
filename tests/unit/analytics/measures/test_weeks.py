"""Weekly returns: which week a close belongs to, the rate of a week, and what is annualised by 52."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analytics import MEASURES, Sample, evaluate
from analytics.measures.resample import weekly
from tests.panels import levels_of, weekdays
from tests.unit.analytics.discriminate import assert_is

PERIODIC = {
    "volatility",
    "downside_deviation",
    "cvar_95",
    "var_95",
    "skewness",
    "kurtosis",
    "sharpe",
    "sortino",
    "omega",
    "beta",
    "beta_up",
    "beta_down",
    "alpha",
    "tracking_error",
    "information_ratio",
    "correlation",
    "r_squared",
}


def days(first: str, last: str, *holidays: str) -> Sample:
    """Every weekday between two days but the holidays; levels count up by one per session."""
    count = int(np.busday_count(first, np.datetime64(last) + np.timedelta64(1, "D")))
    sessions = weekdays(first, count)
    sessions = sessions[~np.isin(sessions, np.array(holidays, dtype="datetime64[D]"))]
    levels = np.arange(1.0, sessions.size + 1)
    return Sample(levels[None, :].copy(), sessions, benchmark=levels.copy())


def ends(sample: Sample) -> list[str]:
    return [str(session) for session in sample.sessions]


def walk(sessions: int = 261, rate: float = 0.0) -> Sample:
    rng = np.random.default_rng(11)
    fund, market = levels_of(rng.normal(0.0005, 0.01, (2, sessions - 1)))
    return Sample(fund[None, :], weekdays("2025-01-03", sessions), rate, market, minimum=15)


def test_the_measures_of_returns_are_the_periodic_ones() -> None:
    assert {name for name, row in MEASURES.items() if row.periodic} == PERIODIC


def test_a_week_across_new_year_is_one_week() -> None:
    # Monday 29 Dec 2025 to Friday 2 Jan 2026: counting weeks by calendar year would end one on the 31st.
    found = weekly(days("2025-12-19", "2026-01-09", "2025-12-25", "2026-01-01"))
    assert ends(found) == ["2025-12-19", "2025-12-26", "2026-01-02", "2026-01-09"]


def test_a_year_with_53_weeks_is_no_exception() -> None:
    # ISO week 53 of 2020 ends on Friday, 1 January 2021, a holiday: its close is that of Thursday the 31st.
    found = weekly(days("2020-12-18", "2021-01-08", "2020-12-25", "2021-01-01"))
    assert ends(found) == ["2020-12-18", "2020-12-24", "2020-12-31", "2021-01-08"]


def test_a_holiday_on_friday_ends_the_week_on_thursday_and_costs_none() -> None:
    found = weekly(days("2025-04-11", "2025-04-25", "2025-04-18"))
    assert ends(found) == ["2025-04-11", "2025-04-17", "2025-04-25"]
    thursday_to_friday = found.levels[0, 2] / found.levels[0, 1] - 1.0
    assert_is(float(found.returns[0, 1]), thursday_to_friday, {"two weeks in one": 10.0})


def test_a_last_week_that_is_not_over_is_left_out() -> None:
    # To Wednesday the 22nd: calling it a week would add a return of three sessions.
    found = weekly(days("2025-01-03", "2025-01-22"))
    assert ends(found)[-1] == "2025-01-17"
    assert found.returns.shape == (1, 2)


def test_a_base_in_mid_week_waits_for_the_first_weekly_close() -> None:
    # From Wednesday the 8th, level 1: Friday the 10th, level 3, is the base.
    found = weekly(days("2025-01-08", "2025-01-24"))
    assert_is(
        float(found.returns[0, 0]), 8 / 3 - 1, {"from the base close": 8 / 1 - 1, "its stub": 3 / 1 - 1}
    )


def test_a_year_has_52_weekly_returns() -> None:
    for first, last, count in (
        ("2025-01-17", "2026-01-16", 52),  # Friday to Friday
        ("2025-01-15", "2026-01-15", 51),  # Wednesday to Thursday
        ("2025-01-16", "2026-01-16", 52),
    ):
        assert weekly(days(first, last)).returns.shape[1] == count


def test_a_missing_friday_is_served_by_thursday_and_the_return_across_a_missing_week_is_one() -> None:
    held = days("2025-01-03", "2025-02-07")
    assert held.benchmark is not None
    gone = np.isin(held.sessions, np.array(["2025-01-17"], dtype="datetime64[D]"))
    gone |= (held.sessions > np.datetime64("2025-01-19")) & (held.sessions < np.datetime64("2025-01-25"))
    held.levels[:, gone], held.benchmark[gone] = np.nan, np.nan
    found = weekly(held)
    assert found.levels[0, 2] == held.levels[0, held.sessions == np.datetime64("2025-01-16")]
    assert np.isfinite(found.returns[0]).tolist() == [True, True, False, True, True]
    assert found.returns[0, 3] == found.levels[0, 4] / found.levels[0, 2] - 1


def test_the_rate_of_a_week_is_the_sum_of_its_sessions() -> None:
    # One hundredth of a percent per session, and a week of four sessions before Good Friday.
    held = replace(days("2025-04-04", "2025-04-25", "2025-04-18"), rate=1e-4)
    assert np.asarray(weekly(held).rate) == pytest.approx([5e-4, 4e-4, 6e-4 - 1e-4])
    changing = replace(held, rate=np.arange(float(held.sessions.size - 1)))
    assert np.asarray(weekly(changing).rate).tolist() == [
        0.0 + 1 + 2 + 3 + 4,
        5.0 + 6 + 7 + 8,
        9.0 + 10 + 11 + 12 + 13,
    ]


def test_the_rate_before_the_base_and_after_the_last_week_is_left_out() -> None:
    # Base on Friday the 10th, the end on Wednesday the 22nd: nothing of their stubs.
    held = days("2025-01-08", "2025-01-22")
    rate = np.full(held.sessions.size - 1, 1.0)
    rate[:2], rate[-3:] = 100.0, 100.0
    assert np.asarray(weekly(replace(held, rate=rate)).rate).tolist() == [5.0]


def test_a_rate_that_is_not_known_leaves_what_needs_it_without_a_value() -> None:
    held = days("2025-01-03", "2025-01-31")
    rate = np.full(held.sessions.size - 1, 1e-4)
    rate[7] = np.nan  # in the second week
    found = weekly(replace(held, rate=rate))
    assert np.isfinite(np.asarray(found.rate)).tolist() == [True, False, True, True]
    (numbers,) = evaluate(["sharpe", "volatility"], found)
    assert numbers["sharpe"].reason == "the risk-free rate is not known on every session"
    assert numbers["volatility"].value is not None


def test_no_rate_stays_none_and_a_weekly_sample_stays_itself() -> None:
    found = weekly(walk())
    assert (found.rate, found.periods, found.minimum) == (0.0, 52, 15)
    assert weekly(found) is found


def test_weeks_are_annualised_by_52() -> None:
    found = weekly(walk())
    spread = float(np.std(found.returns[0], ddof=1))
    daily = float(np.std(walk().returns[0], ddof=1)) * math.sqrt(252)
    mistakes = {"by 252": spread * math.sqrt(252), "by 12": spread * math.sqrt(12), "daily": daily}
    assert_is(float(MEASURES["volatility"].compute(found)[0]), spread * math.sqrt(52), mistakes)


def test_the_tracking_error_of_weeks_is_that_of_the_weekly_measure() -> None:
    held = walk()
    pairs = [("tracking_error", "tracking_error_weekly"), ("correlation", "correlation_weekly")]
    for of_returns, of_weeks in pairs:
        once = float(MEASURES[of_weeks].compute(held)[0])
        daily = float(MEASURES[of_returns].compute(held)[0])
        assert_is(float(MEASURES[of_returns].compute(weekly(held))[0]), once, {"daily": daily})
        assert_is(float(MEASURES[of_weeks].compute(weekly(held))[0]), once, {"daily": daily})


def test_a_sample_without_a_complete_week_has_reasons_and_no_numbers() -> None:
    for held in (days("2025-01-06", "2025-01-08"), days("2025-01-06", "2025-01-15")):
        (numbers,) = evaluate(PERIODIC, weekly(replace(held, minimum=15)))
        assert {number.value for number in numbers.values()} == {None}
        assert numbers["sharpe"].reason == "fewer than 15 weekly returns"
        assert numbers["beta"].reason == "fewer than 15 weekly returns in common with the benchmark"
        assert numbers["cvar_95"].reason == "fewer than 15 weekly returns"


def test_reasons_name_the_weeks() -> None:
    (numbers,) = evaluate(["cvar_95"], weekly(walk(91)))
    assert numbers["cvar_95"].reason == "fewer than 20 weekly returns"
    still = Sample(np.ones((1, 200)), weekdays("2025-01-03", 200), minimum=15)
    assert evaluate(["sharpe"], weekly(still))[0]["sharpe"].reason == "the weekly returns do not vary"
    assert evaluate(["sharpe"], still)[0]["sharpe"].reason == "the returns do not vary"


def test_a_benchmark_that_begins_later_does_not_move_the_close_of_the_week() -> None:
    # The first week has no close of the benchmark: the week stays, without one.
    held = days("2025-01-06", "2025-01-24")
    assert held.benchmark is not None
    held.benchmark[:7] = np.nan
    found = weekly(held)
    assert ends(found) == ["2025-01-10", "2025-01-17", "2025-01-24"]
    assert np.isnan(found.against).tolist() == [True, False]
