"""Axes of rules: nothing left out but a few values far off, numbers in the quantity's unit."""

from __future__ import annotations

import numpy as np
import pytest

from bot.render.charts.panels import extent, values_beyond
from bot.render.charts.scales import round_ticks
from bot.render.charts.thresholds import axis_of, format_value, tick_names
from tests.unit.bot.render.charts.rules import trace, wave

NAN = np.nan


def test_an_axis_holds_lines_and_levels_with_a_little_room() -> None:
    low, high = extent(np.array([[0.5, 1.5]]), 1.0, 2.5)
    assert (low, high) == pytest.approx((0.5 - 0.14, 2.5 + 0.14))


def test_an_axis_without_values_holds_the_levels() -> None:
    low, high = extent(np.array([[NAN, NAN]]), 1.0, None)
    assert low < 1.0 < high


@pytest.mark.parametrize("level", [0.0, 0.0003, 13e9, -0.2])
def test_one_value_only_has_an_axis_around_it(level: float) -> None:
    low, high = extent(np.full((1, 5), level), level)
    assert low < level < high
    assert high - low <= max(0.11 * abs(level), 0.03)


def test_a_few_values_far_off_are_left_out_and_reported() -> None:
    lines = wave(1, 500, 0.0, 2.0)
    lines[0, 100], lines[0, 200] = 40.0, -50.0
    axis = axis_of(trace(lines))
    assert -1.5 < axis.low < 0 < 2 < axis.high < 3.5
    assert values_beyond(lines, axis) == [(100, 40.0), (200, -50.0)]


def test_a_range_that_the_last_value_needs_is_shown_whole() -> None:
    lines = wave(1, 500, 0.0, 2.0)
    lines[0, 100] = lines[0, -1] = 40.0
    axis = axis_of(trace(lines))
    assert axis.high > 40
    assert values_beyond(lines, axis) == []


def test_ticks_are_named_in_the_unit() -> None:
    assert tick_names(round_ticks(0, 1, 3), "ratio") == ("0.0", "0.5", "1.0")
    assert tick_names(round_ticks(-0.2, 0, 3), "percent") == ("-20\u00a0%", "-10\u00a0%", "0\u00a0%")
    assert tick_names(round_ticks(-0.05, 0.05, 3), "points") == ("-5\u00a0pp", "0\u00a0pp", "+5\u00a0pp")
    assert tick_names(round_ticks(0.5e9, 1.5e9, 3), "money") == ("0.5\u00a0bn", "1.0\u00a0bn", "1.5\u00a0bn")
    assert tick_names(round_ticks(250.1e6, 250.3e6, 3), "money") == (
        "250.1\u00a0M",
        "250.2\u00a0M",
        "250.3\u00a0M",
    )


def test_one_value_is_written_as_an_answer_writes_it() -> None:
    values = [format_value(0.123, tick) for tick in ("ratio", "percent", "points")]
    assert values == ["0.12", "12.3\u00a0%", "+12.3\u00a0pp"]
    assert format_value(13.08e9, "money") == "13.1\u00a0bn"
