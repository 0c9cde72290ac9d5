"""Lines for the eye: straight across days without a price, open where nothing is known for long."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.panel import LONGEST_GAP
from bot.render.chart_specs import join_lines
from tests.panels import weekdays


def test_a_line_goes_straight_across_a_day_without_a_price() -> None:
    # Friday and Tuesday are known; Monday lies three of four days on the way.
    days = np.array(["2025-04-17", "2025-04-18", "2025-04-21", "2025-04-22"], dtype="datetime64[D]")
    found = join_lines(np.array([[1.0, 2.0, np.nan, 6.0]]), days)
    assert found.tolist() == [[1.0, 2.0, 5.0, 6.0]]


@pytest.mark.parametrize(("missing", "open_"), [(LONGEST_GAP, False), (LONGEST_GAP + 1, True)])
def test_what_is_not_known_for_long_stays_open(missing: int, open_: bool) -> None:
    line = np.ones((1, missing + 4))
    line[0, 2 : 2 + missing] = np.nan
    found = join_lines(line, weekdays("2025-01-06", line.size))
    assert bool(np.isnan(found).any()) is open_


def test_nothing_is_drawn_before_the_first_value_and_after_the_last_one() -> None:
    line = np.array([[np.nan, 1.0, np.nan, 3.0, np.nan], [np.nan] * 5])
    found = join_lines(line, weekdays("2025-01-06", 5))
    assert np.isnan(found).tolist() == [[True, False, False, False, True], [True] * 5]
    assert found[0, 2] == 2.0
    assert np.isnan(line[0, 2])
