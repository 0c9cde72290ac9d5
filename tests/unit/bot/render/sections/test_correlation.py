"""Correlations: two numbers of a pair, a matrix and a line a pair of more, what is missing and why."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.correlations import CorrelationMatrix
from bot.render.chart_specs import MatrixChart
from bot.render.message import Message
from bot.render.sections.correlation import correlation_finding, correlation_lines, correlation_section
from tests.snapshot import Snapshot
from tests.unit.bot.render.sections.prices import (
    MOODS,
    assert_sound,
    correlations_of,
    found,
    plain,
    read,
    row,
    rows,
)

NAN = np.nan


@cache
def told(mood: str) -> Message:
    return correlation_section(found(mood), correlations_of(mood))


def pair(daily: float, weekly: float) -> CorrelationMatrix:
    """Two funds with these correlations."""
    return replace(correlations_of("full"), daily=_matrix(daily), weekly=_matrix(weekly))


def three(daily: tuple[float, float, float], weekly: tuple[float, float, float]) -> CorrelationMatrix:
    """A and B, A and C, B and C."""
    matrices = [np.array([[1, x, y], [x, 1, z], [y, z, 1]]) for x, y, z in (daily, weekly)]
    return replace(correlations_of("full"), symbols=("A", "B", "C"), daily=matrices[0], weekly=matrices[1])


def _matrix(value: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[1.0, value], [value, 1.0]])


def said(of: CorrelationMatrix) -> str:
    return plain(" ".join(correlation_finding(of)))


@pytest.mark.parametrize("mood", MOODS)
def test_reads_well(mood: str, snapshot: Snapshot) -> None:
    snapshot(f"study_correlation_{mood}", read(told(mood)))


@pytest.mark.parametrize("mood", MOODS)
def test_it_can_be_delivered(mood: str) -> None:
    assert_sound(told(mood))


def test_a_pair_is_two_numbers_and_how_they_differ() -> None:
    assert said(pair(0.90, 0.95)) == (
        "ISCB and SPSM: daily correlation *0.90*, weekly *0.95*: "
        "by weeks they move more closely together, by 0.05."
    )
    assert "less closely together, by 0.10" in said(pair(0.90, 0.80))
    assert said(pair(0.90, 0.91)).endswith("much the same by days and by weeks.")


def test_a_weekly_figure_that_is_missing_is_said() -> None:
    of = pair(0.90, NAN)
    assert said(of) == "ISCB and SPSM: daily correlation *0.90*; the weekly one is not known."
    message = correlation_section(found("full"), of)
    assert row(message, "ISCB and SPSM") == ["0.90", "–", "–"]
    assert "a weekly one 8 complete weeks" in read(message)


def test_of_three_the_closest_the_loosest_and_the_widest_gap() -> None:
    words = said(three((0.9, 0.2, -0.4), (0.9, 0.5, -0.4)))
    assert words == (
        "By days A and B move closest together (*0.90*), B and C least (*-0.40*). "
        "Weekly and daily differ most for A and C (0.50 against 0.20)."
    )


def test_of_three_that_are_alike_no_pair_is_singled_out() -> None:
    words = said(three((0.97, 0.971, 0.969), (0.97, 0.975, 0.98)))
    assert words == (
        "By days all pairs are much the same (*0.97*). "
        "By weeks every correlation is within 0.02 of the daily one."
    )


def test_lines_are_the_closest_first() -> None:
    cells = [line.cells for line in correlation_lines(three((0.2, 0.9, NAN), (0.3, 0.8, 0.1)))]
    assert [first for first, *_ in cells] == ["Funds", "A and C", "A and B", "B and C"]
    assert [plain(cell) for cell in cells[1]] == ["A and C", "0.90", "0.80", "-0.10"]
    assert [plain(cell) for cell in cells[3]] == ["B and C", "–", "0.10", "–"]


def test_a_pair_without_a_figure_is_named_among_others() -> None:
    message = correlation_section(found("full"), three((0.2, 0.9, NAN), (0.3, 0.8, NAN)))
    assert "B and C: a daily correlation needs 15 returns" in plain(read(message))


def test_both_counts_of_returns_are_in_the_foot() -> None:
    assert "(261 daily and 52 weekly returns)" in plain(read(told("full")))


def test_a_benchmark_outside_is_one_more_fund() -> None:
    named = {first for first, *_ in rows(told("outside"))[1:]}
    assert named == {"ISCB and SPSM", "ISCB and SPY", "SPSM and SPY"}
    (picture,) = told("outside").pictures
    assert picture.symbols == ("ISCB", "SPSM", "SPY")  # type: ignore[union-attr]


def test_days_stand_above_and_weeks_below_in_the_picture() -> None:
    (picture,) = told("too_long").pictures
    assert isinstance(picture, MatrixChart)
    of = correlations_of("too_long")
    assert np.array_equal(picture.upper, of.daily)
    assert np.array_equal(picture.lower, of.weekly)
    assert (picture.above, picture.below) == ("daily", "weekly")


def test_a_pair_has_no_picture() -> None:
    assert told("full").pictures == ()
    assert told("flat").pictures == ()


def test_one_fund_is_told_what_to_name() -> None:
    assert "A correlation is one of two funds" in told("one").text
    assert rows(told("one")) == []


def test_six_funds_have_a_line_for_each_of_fifteen_pairs() -> None:
    assert len(rows(told("too_long"))) == 16
