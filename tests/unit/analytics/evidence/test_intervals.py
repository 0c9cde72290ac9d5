"""The stationary bootstrap: what is drawn, what comes of it, and what is not defined."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics import Number, Sample
from analytics.evidence.intervals import (
    CHUNK,
    Resampled,
    annual_exponent,
    block_of,
    find_gap,
    resample,
    seed_of,
)
from analytics.measures.number import Interval
from analytics.measures.resample import weekly
from tests.panels import levels_of, weekdays


def sample(seed: int = 1, length: int = 300, years: float | None = None) -> Sample:
    returns = np.random.default_rng(seed).normal(0.0004, 0.01, (2, length))
    return Sample(levels_of(returns), weekdays("2024-01-02", length + 1), years=years)


def test_an_interval_is_defined_or_says_why() -> None:
    made = Interval.of(-0.5, 0.25, level=0.95, method="by hand")
    assert (made.low, made.high, made.reason) == (-0.5, 0.25, None)
    assert made.within(0.5)
    assert not made.within(0.4)
    assert made.excludes(0.26)
    assert not made.excludes(0.25)
    none = Interval.of(np.nan, 0.25, level=0.95, method="by hand", reason="too short")
    assert (none.low, none.high, none.reason) == (None, None, "too short")
    assert not none.within(9.0)
    assert not none.excludes(9.0)
    assert Interval.of(0.0, np.inf, level=0.95, method="").reason == "not defined on these data"


def test_seeds_depend_on_the_span_alone_and_on_no_run() -> None:
    assert seed_of(date(2023, 1, 13), date(2026, 1, 16)) == (738533, 739632)
    found = resample(sample(), (1, 2), count=40)
    # Of this generator and these draws, on every machine and in every process.
    assert found.sharpe[0, :3] == pytest.approx([-1.323980, -1.380342, -2.283005], abs=1e-6)
    again = resample(sample(), (1, 2), count=40)
    assert np.array_equal(found.growth, again.growth)
    other = resample(sample(), (1, 3), count=40)
    assert not np.array_equal(found.growth, other.growth)


def test_more_resamples_begin_with_the_same_ones() -> None:
    few, many = (resample(sample(), [7], count=count) for count in (CHUNK, 3 * CHUNK + 5))
    assert np.array_equal(few.max_drawdown, many.max_drawdown[:, :CHUNK])
    assert many.sortino.shape == (2, 3 * CHUNK + 5)


def test_a_fund_is_drawn_alike_whoever_stands_beside_it() -> None:
    held = sample()
    alone = resample(replace(held, levels=held.levels[1:]), [7], count=20)
    assert np.array_equal(alone.calmar[0], resample(held, [7], count=20).calmar[1])


@pytest.mark.parametrize(
    ("length", "years", "power"), [(300, None, 365.25 / 420), (252, 1.0, 1.0), (60, None, 1.0)]
)
def test_growth_is_a_years_from_one_year_on(length: int, years: float | None, power: float) -> None:
    held = sample(length=length, years=years)
    assert annual_exponent(held) == pytest.approx(power)
    constant = replace(held, levels=levels_of(np.full((1, length), 0.001)))
    growth = resample(constant, [1], count=2).growth
    assert growth == pytest.approx(1.001 ** (length * power) - 1.0)


def test_what_has_no_value_is_not_made_up() -> None:
    rising = Sample(levels_of(np.full((1, 30), 0.001)), weekdays("2024-01-02", 31))
    found = resample(rising, [1], count=5)
    assert np.isnan(found.sharpe).all()
    assert np.isnan(found.sortino).all()
    assert np.isnan(found.calmar).all()
    assert (found.max_drawdown == 0.0).all()
    nothing = resample(Sample(np.ones((2, 1)), weekdays("2024-01-02", 1)), [1], count=5)
    assert isinstance(nothing, Resampled)
    assert np.isnan(nothing.growth).all()
    one = resample(Sample(np.array([[1.0, 1.1]]), weekdays("2024-01-02", 2)), [1], count=3)
    assert one.growth == pytest.approx(np.full((1, 3), 0.1))
    assert np.isnan(one.sharpe).all()


def test_a_rate_is_taken_from_the_ratios_and_not_from_growth() -> None:
    held = sample()
    charged = resample(replace(held, rate=0.0004), [1], count=20)
    free = resample(held, [1], count=20)
    assert np.array_equal(charged.growth, free.growth)
    assert (charged.sharpe < free.sharpe).all()
    assert (charged.sortino < free.sortino).all()


def test_weeks_are_drawn_in_blocks_of_two() -> None:
    assert (block_of(sample()), block_of(weekly(sample()))) == (10, 2)


def test_a_gap_without_a_value_or_a_resample_has_no_interval() -> None:
    rows = np.arange(5.0)
    told = find_gap(Number(None, "fewer than 15 returns"), rows, rows, method="by hand")
    assert told.interval.reason == told.error.reason == told.ahead.reason == "fewer than 15 returns"
    holed = find_gap(Number(0.5), rows, np.array([0.0, 1.0, np.nan, 1.0, 2.0]), method="by hand")
    assert holed.value.value == 0.5
    assert holed.interval.reason == "not defined on every resample"
