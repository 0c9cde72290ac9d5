"""What a window holds: masks, counts, blocks."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import Sample
from analytics.measures.sample import BLOCK, known_mean, row_blocks
from tests.panels import levels_of, sample, weekdays

TABLE = """
            AAA  BBB  INDEX
2025-01-06  100  -    50
2025-01-07  110  10   51
2025-01-08  -    12   -
2025-01-09  121  9    53
2025-01-10  110  18   54
"""


def held() -> Sample:
    return sample(TABLE, against="INDEX")


def test_a_return_needs_two_consecutive_sessions() -> None:
    nan = np.nan
    expected = [[0.1, nan, nan, 110 / 121 - 1], [nan, 0.2, -0.25, 1.0]]
    assert held().returns == pytest.approx(np.array(expected), nan_ok=True)
    assert held().against == pytest.approx(np.array([0.02, nan, nan, 1 / 53]), nan_ok=True)
    assert held().active[1] == pytest.approx(np.array([nan, nan, nan, 1 - 1 / 53]), nan_ok=True)


def test_counts() -> None:
    assert held().count.tolist() == [2.0, 3.0]
    assert Sample(levels_of(np.zeros((2, 7))), weekdays("2025-01-06", 8)).count.tolist() == [7.0, 7.0]


def test_a_return_without_a_rate_is_no_excess_return() -> None:
    rate = np.array([np.nan, 0.0, 0.0, 0.01])
    charged = sample(TABLE, against="INDEX", rate=rate)
    assert charged.count.tolist() == [1.0, 3.0]
    expected = np.array([np.nan, np.nan, np.nan, 110 / 121 - 1.01])
    assert charged.excess[0] == pytest.approx(expected, nan_ok=True)


def test_complete_only_where_nothing_at_all_is_missing() -> None:
    levels, sessions = levels_of(np.zeros((2, 3))), weekdays("2025-01-06", 4)
    gap = np.array([1.0, np.nan, 1.0, 1.0])
    assert Sample(levels, sessions).complete
    assert not Sample(np.vstack([levels, gap]), sessions).complete
    assert not Sample(levels, sessions, benchmark=gap).complete
    assert not Sample(levels, sessions, rate=np.array([np.nan, 0.0, 0.0])).complete


def test_drawdown_skips_what_is_missing() -> None:
    expected = [[0.0, 0.0, np.nan, 0.0, 110 / 121 - 1], [np.nan, 0.0, 0.0, -0.25, 0.0]]
    assert held().drawdown == pytest.approx(np.array(expected), nan_ok=True)
    assert held().deepest == pytest.approx([110 / 121 - 1, -0.25])


def test_days_are_calendar_days() -> None:
    assert held().days == 4


def test_masked_and_plain_arithmetic_agree() -> None:
    # The same numbers with and without a row that forces the masks.
    rng = np.random.default_rng(3)
    levels, sessions = levels_of(rng.normal(0, 0.01, (3, 40))), weekdays("2025-01-06", 41)
    gap = levels[:1].copy()
    gap[0, 5] = np.nan
    plain, masked = Sample(levels, sessions), Sample(np.vstack([levels, gap]), sessions)
    for name in ("mean_excess", "sd_excess", "sd_returns", "downside", "deepest", "count"):
        assert getattr(masked, name)[:3] == pytest.approx(getattr(plain, name), rel=1e-12)


def test_mean_of_nothing_is_not_a_number() -> None:
    rows = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])
    assert known_mean(rows) == pytest.approx(np.array([2.0, np.nan]), nan_ok=True)


def test_one_return_has_no_deviation() -> None:
    assert np.isnan(Sample(np.array([[1.0, 1.1]]), weekdays("2025-01-06", 2)).sd_excess).all()


STEP = BLOCK // 3
"""Rows of three levels that make a block."""


@pytest.mark.parametrize("count", [1, STEP - 1, STEP, STEP + 1, 2 * STEP + 3])
def test_blocks_hold_every_row_once(count: int) -> None:
    levels = np.arange(1.0, 3 * count + 1).reshape(count, 3)
    blocks = list(Sample(levels, weekdays("2025-01-06", 3), minimum=7).blocks())
    assert np.array_equal(np.vstack([block.levels for block in blocks]), levels)
    assert all(block.levels.size <= BLOCK and block.minimum == 7 for block in blocks)
    assert len(blocks) == -(-count // STEP)


def test_a_row_longer_than_a_block_is_one() -> None:
    assert list(row_blocks((2, BLOCK + 1))) == [slice(0, 1), slice(1, 2)]
    assert list(row_blocks((0, 10))) == []
