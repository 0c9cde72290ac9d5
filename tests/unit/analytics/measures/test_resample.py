"""Weeks and months: complete ones only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics import MEASURES, Sample
from analytics.measures.resample import monthly, weekly, yearly
from tests.panels import levels_of, weekdays


def days(first: str, last: str) -> Sample:
    """Every weekday between two days; levels count up by one per day, fund and benchmark alike."""
    count = int(np.busday_count(first, np.datetime64(last) + np.timedelta64(1, "D")))
    levels = np.arange(1.0, count + 1)
    return Sample(levels[None, :].copy(), weekdays(first, count), benchmark=levels.copy())


def ends(sample: Sample) -> list[str]:
    return [str(session) for session in sample.sessions]


def without(held: Sample, *missing: str) -> Sample:
    """The sample without prices on these days, on both sides."""
    at = np.isin(held.sessions, np.array(missing, dtype="datetime64[D]"))
    assert held.benchmark is not None
    held.levels[:, at], held.benchmark[at] = np.nan, np.nan
    return held


def test_weeks_end_on_friday() -> None:
    # Thursday 2 Jan to Wednesday 22 Jan 2025: the last week is not over.
    assert ends(weekly(days("2025-01-02", "2025-01-22"))) == ["2025-01-03", "2025-01-10", "2025-01-17"]


def test_a_week_is_over_on_its_last_weekday() -> None:
    assert ends(weekly(days("2025-01-06", "2025-01-17")))[-1] == "2025-01-17"
    assert ends(weekly(days("2025-01-06", "2025-01-16")))[-1] == "2025-01-10"


def test_a_short_week_ends_on_its_last_session() -> None:
    # Good Friday 2025 is no session: the axis goes from Thursday 17 April to Monday 21 April.
    held = days("2025-04-07", "2025-04-25")
    open_days = held.sessions != np.datetime64("2025-04-18")
    short = Sample(held.levels[:, open_days], held.sessions[open_days], benchmark=held.levels[0, open_days])
    assert ends(weekly(short)) == ["2025-04-11", "2025-04-17", "2025-04-25"]


def test_months_end_on_their_last_session() -> None:
    # 31 May 2025 is a Saturday; June is not over on the 27th.
    assert ends(monthly(days("2025-03-31", "2025-06-27"))) == ["2025-03-31", "2025-04-30", "2025-05-30"]
    assert ends(monthly(days("2025-04-01", "2025-05-30"))) == ["2025-04-30", "2025-05-30"]


def test_years_end_on_their_last_session() -> None:
    # 31 December 2022 is a Saturday; 2024 is not over on the 30th.
    assert ends(yearly(days("2022-12-01", "2024-12-30"))) == ["2022-12-30", "2023-12-29"]
    assert ends(yearly(days("2023-12-29", "2024-12-31"))) == ["2023-12-29", "2024-12-31"]
    assert yearly(days("2023-12-29", "2024-12-31")).periods == 1
    assert yearly(days("2024-01-02", "2024-12-30")).levels.shape == (1, 0)


def test_a_holiday_ends_week_and_month_where_the_next_session_is_known() -> None:
    # Good Friday was the last weekday of March 2024.
    held = days("2024-01-31", "2024-03-28")
    assert ends(monthly(held)) == ["2024-01-31", "2024-02-29"]
    assert ends(weekly(held))[-1] == "2024-03-22"
    known = replace(held, following=date(2024, 4, 1))
    assert ends(monthly(known)) == ["2024-01-31", "2024-02-29", "2024-03-28"]
    assert ends(weekly(known))[-1] == "2024-03-28"
    # A session on the Friday, elsewhere, ends neither.
    open_elsewhere = replace(held, following=date(2024, 3, 29))
    assert ends(monthly(open_elsewhere)) == ends(monthly(held))
    assert ends(weekly(open_elsewhere)) == ends(weekly(held))


def test_where_the_last_close_is_missing_the_one_before_serves() -> None:
    held = without(days("2025-01-03", "2025-01-24"), "2025-01-17")
    found = weekly(held)
    assert ends(found) == ["2025-01-03", "2025-01-10", "2025-01-17", "2025-01-24"]
    assert found.levels[0].tolist() == [1.0, 6.0, 10.0, 16.0]  # Thursday's is the tenth


def test_the_return_across_a_week_without_any_price_is_one() -> None:
    # From Friday the 10th to Friday the 24th: known, and one return.
    week = [f"2025-01-{day}" for day in range(13, 18)]
    found = weekly(without(days("2025-01-03", "2025-01-31"), *week))
    assert np.isfinite(found.returns[0]).tolist() == [True, False, True, True]
    assert found.returns[0, 2] == 16 / 6 - 1
    assert found.count.tolist() == [3.0]


def test_the_return_across_a_month_without_any_price_is_one() -> None:
    february = [str(day) for day in weekdays("2025-02-03", 20)]
    found = monthly(without(days("2024-12-31", "2025-04-30"), *february))
    assert np.isfinite(found.returns[0]).tolist() == [True, False, True, True]


def test_a_gap_of_the_fund_alone_moves_its_own_close_and_where_they_are_compared_both() -> None:
    held = days("2025-01-03", "2025-01-31")
    held.levels[0, held.sessions == np.datetime64("2025-01-17")] = np.nan
    alone, shared = weekly(held), weekly(held.paired)
    assert alone.benchmark is not None
    assert shared.benchmark is not None
    assert alone.levels[0].tolist() == [1.0, 6.0, 10.0, 16.0, 21.0]
    assert alone.benchmark.tolist() == [1.0, 6.0, 11.0, 16.0, 21.0]
    assert shared.benchmark[0].tolist() == [1.0, 6.0, 10.0, 16.0, 21.0]


def test_returns_compound_from_close_to_close() -> None:
    # +1 % on each of five days: 1.01 ** 5 - 1 a week, not 5 %
    levels = levels_of([0.01] * 10)
    held = Sample(levels[None, :], weekdays("2025-01-03", 11), benchmark=levels)
    assert weekly(held).returns[0] == pytest.approx([1.01**5 - 1] * 2)


def test_no_period_is_over() -> None:
    found = weekly(days("2025-01-06", "2025-01-08"))
    assert found.levels.shape == (1, 0)


def test_each_symbol_has_its_own_close() -> None:
    held = days("2025-01-03", "2025-01-24")
    two = Sample(np.vstack([held.levels, held.levels * 2.0]), held.sessions)
    two.levels[1, two.sessions == np.datetime64("2025-01-17")] = np.nan
    found = weekly(two)
    assert found.levels.tolist() == [[1.0, 6.0, 11.0, 16.0], [2.0, 12.0, 20.0, 32.0]]
    assert found.benchmark is None


def test_a_relative_measure_needs_a_benchmark_all_the_same() -> None:
    held = days("2025-01-06", "2025-04-10")
    with pytest.raises(ValueError, match="needs a sample with a benchmark"):
        MEASURES["tracking_error_weekly"].compute(Sample(held.levels, held.sessions))
