"""Ticks at round values and dates, few enough to be read."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from bot.render.charts.scales import AxisScale, LogScale, date_ticks, log_ticks, round_ticks


def test_a_scale_is_a_straight_line_that_keeps_gaps() -> None:
    scale = AxisScale(low=100, high=200, at_low=500, at_high=300)
    assert scale([100, 150, 200, 250]).tolist() == [500, 400, 300, 200]
    assert np.isnan(scale([np.nan])).all()
    assert scale.at(125) == 450


@pytest.mark.parametrize(
    ("low", "high", "expected", "decimals"),
    [
        (74, 118, [80, 90, 100, 110], 0),
        (76, 195, [100, 125, 150, 175], 0),
        (60, 455, [100, 200, 300, 400], 0),
        (0, 4100, [0, 1000, 2000, 3000, 4000], 0),
        (97.6, 106.6, [98, 100, 102, 104, 106], 0),
        (99.98, 100.34, [100, 100.1, 100.2, 100.3], 1),
        (99.99, 100.08, [100, 100.02, 100.04, 100.06, 100.08], 2),
        (99.95, 100.11, [99.95, 100, 100.05, 100.1], 2),
        (-0.25, 0, [-0.2, -0.1, 0], 1),
        (-0.031, 0, [-0.03, -0.02, -0.01, 0], 2),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[float], decimals: int) -> None:
    ticks = round_ticks(low, high, most=4 if high == 0 else 5)
    assert ticks.values == pytest.approx(expected)
    assert ticks.decimals == decimals


def test_ticks_are_neither_too_many_nor_too_few() -> None:
    chance = np.random.default_rng(5)
    for low, width in zip(chance.uniform(-500, 500, 500), 10 ** chance.uniform(-4, 4, 500), strict=True):
        ticks = round_ticks(low, low + width, most=5)
        assert 2 <= len(ticks.values) <= 5
        assert low - 1e-6 * width <= ticks.values[0] <= ticks.values[-1] <= low + width + 1e-6 * width


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2025-12-16", "2026-01-16", "22 Dec 2025, 29 Dec, 5 Jan 2026, 12 Jan"),
        ("2026-01-12", "2026-01-16", "12 Jan 2026, 13 Jan, 14 Jan, 15 Jan, 16 Jan"),
        ("2025-10-16", "2026-01-16", "27 Oct 2025, 10 Nov, 24 Nov, 8 Dec, 22 Dec, 5 Jan 2026"),
        ("2025-08-18", "2026-01-16", "Sep 2025, Oct 2025, Nov 2025, Dec 2025, Jan 2026"),
        ("2025-01-16", "2026-01-16", "Mar 2025, May 2025, Jul 2025, Sep 2025, Nov 2025, Jan 2026"),
        ("2024-07-16", "2026-01-16", "Oct 2024, Jan 2025, Apr 2025, Jul 2025, Oct 2025, Jan 2026"),
        ("2023-01-17", "2026-01-16", "Jul 2023, Jan 2024, Jul 2024, Jan 2025, Jul 2025, Jan 2026"),
        ("2021-01-15", "2026-01-16", "2022, 2023, 2024, 2025, 2026"),
        ("2016-01-15", "2026-01-16", "2018, 2020, 2022, 2024, 2026"),
        ("1999-06-01", "2026-01-16", "2000, 2005, 2010, 2015, 2020, 2025"),
        ("1871-01-01", "2026-01-16", "1875, 1900, 1925, 1950, 1975, 2000, 2025"),
    ],
)
def test_dates_suit_the_window(first: str, last: str, names: str) -> None:
    most = 7 if first < "1900" else 6
    finest = next(date_ticks(date.fromisoformat(first), date.fromisoformat(last), most))
    assert ", ".join(name.replace("\u00a0", " ") for _, name in finest) == names


def test_dates_come_in_ever_fewer_choices_and_lie_inside() -> None:
    first, last = date(2025, 1, 16), date(2026, 1, 16)
    choices = list(date_ticks(first, last, most=6))
    assert [len(choice) for choice in choices] == sorted((len(choice) for choice in choices), reverse=True)
    assert all(first <= when <= last for choice in choices for when, _ in choice)


def test_week_ticks_are_mondays() -> None:
    ticks = next(date_ticks(date(2025, 12, 16), date(2026, 1, 16), most=6))
    assert {when.weekday() for when, _ in ticks} == {0}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (74, 118, [80, 90, 100, 110]),
        (60, 455, [70, 100, 150, 200, 300]),
        (50, 300, [50, 70, 100, 150, 200, 300]),
        (9, 1300, [10, 30, 100, 300, 1000]),
        (1, 2e9, [1, 1e2, 1e4, 1e6, 1e8]),
    ],
)
def test_ticks_of_factors_are_round(low: float, high: float, expected: list[float]) -> None:
    ticks = log_ticks(low, high, most=6 if len(expected) == 6 else 5)
    assert ticks.values == pytest.approx(expected)
    assert ticks.decimals == 0


def test_equal_factors_are_equal_distances() -> None:
    scale = LogScale(low=50, high=200, at_low=500, at_high=300)
    assert scale([50, 100, 200]).tolist() == pytest.approx([500, 400, 300])
    assert np.isnan(scale([np.nan])).all()
