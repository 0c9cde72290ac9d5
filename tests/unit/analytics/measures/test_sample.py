"""What a window holds: gaps, counts, parts without gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import MEASURES, Sample
from analytics.measures.sample import BLOCK, QUICK, row_blocks, tail_size
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


def test_a_return_leads_across_what_is_missing() -> None:
    nan = np.nan
    expected = [[0.1, nan, 0.1, 110 / 121 - 1], [nan, 0.2, -0.25, 1.0]]
    assert held().returns == pytest.approx(np.array(expected), nan_ok=True)
    assert held().against == pytest.approx(np.array([0.02, nan, 53 / 51 - 1, 1 / 53]), nan_ok=True)


def test_counts() -> None:
    assert held().count.tolist() == [3.0, 3.0]
    assert Sample(levels_of(np.zeros((2, 7))), weekdays("2025-01-06", 8)).count.tolist() == [7.0, 7.0]


def test_what_one_side_misses_the_other_loses_too() -> None:
    found = held().paired
    assert found.benchmark is not None
    assert found.levels == pytest.approx(
        np.array([[100, 110, np.nan, 121, 110], [np.nan, 10, np.nan, 9, 18]]), nan_ok=True
    )
    assert np.isnan(found.benchmark).tolist() == np.isnan(found.levels).tolist()
    whole = Sample(levels_of(np.zeros((2, 3))), weekdays("2025-01-06", 4), benchmark=np.ones(4))
    assert whole.paired is whole


def test_parts_hold_every_row_once_and_nothing_that_is_missing() -> None:
    parts = {int(np.arange(2)[rows][0]): part for rows, part in held().parts()}
    assert [part.levels.tolist() for _, part in sorted(parts.items())] == [
        [[100.0, 110.0, 121.0, 110.0]],
        [[10.0, 12.0, 9.0, 18.0]],
    ]
    assert (parts[0].full, parts[1].full) == (True, False)


def test_the_rate_of_a_return_across_a_gap_is_that_of_its_sessions() -> None:
    table = "AAA\n2025-01-06 100\n2025-01-07 -\n2025-01-08 -\n2025-01-09 110\n2025-01-10 110"
    for rate, expected in ((0.001, [0.003, 0.001]), (np.array([0.1, 0.2, 0.4, 0.8]), [0.7, 0.8])):
        ((_, part),) = sample(table, rate=rate).parts()
        assert np.asarray(part.rate)[0] == pytest.approx(expected)
    ((_, free),) = sample(table).parts()
    assert free.rate == 0.0


def test_a_row_without_any_price_is_a_part_without_returns() -> None:
    ((rows, part),) = Sample(np.full((3, 5), np.nan), weekdays("2025-01-06", 5)).parts()
    assert np.arange(3)[rows].tolist() == [0, 1, 2]
    assert (part.levels.shape, part.length, part.full) == ((3, 1), 0, False)


def test_single_precision_is_widened() -> None:
    assert Sample(np.ones((1, 3), dtype=np.float32), weekdays("2025-01-06", 3)).levels.dtype == np.float64


def test_drawdown_skips_what_is_missing() -> None:
    expected = [[0.0, 0.0, np.nan, 0.0, 110 / 121 - 1], [np.nan, 0.0, 0.0, -0.25, 0.0]]
    assert held().drawdown == pytest.approx(np.array(expected), nan_ok=True)
    assert held().deepest == pytest.approx([110 / 121 - 1, -0.25])


def test_days_are_calendar_days() -> None:
    assert held().days == 4


@pytest.mark.parametrize("name", MEASURES)
def test_a_row_gives_the_same_digits_alone_and_among_others(name: str) -> None:
    rng = np.random.default_rng(3)
    levels = levels_of(rng.normal(0, 0.01, (40, 300)))
    levels[:, 1:-1][rng.random((40, 299)) < 0.02] = np.nan
    levels[::3] = levels_of(rng.normal(0, 0.01, (14, 300)))
    many = Sample(levels, weekdays("2025-01-06", 301), 0.0001, levels_of(rng.normal(0, 0.01, 300)))
    found = MEASURES[name].compute(many)
    for row in range(40):
        alone = MEASURES[name].compute(replace(many, levels=levels[row : row + 1]))
        assert np.array_equal(alone, found[row : row + 1], equal_nan=True)


def test_one_return_has_no_deviation() -> None:
    assert np.isnan(Sample(np.array([[1.0, 1.1]]), weekdays("2025-01-06", 2)).sd_excess).all()


STEP = BLOCK // 3
"""Rows of three levels that make a block."""


@pytest.mark.parametrize("count", [1, STEP - 1, STEP, STEP + 1, 2 * STEP + 3])
def test_blocks_hold_every_row_once(count: int) -> None:
    levels = np.arange(1.0, 3 * count + 1).reshape(count, 3)
    blocks = [part for _, part in Sample(levels, weekdays("2025-01-06", 3), minimum=7).parts()]
    assert np.array_equal(np.vstack([block.levels for block in blocks]), levels)
    assert all(block.levels.size <= BLOCK and block.minimum == 7 for block in blocks)
    assert len(blocks) == -(-count // STEP)


def test_a_row_longer_than_a_block_is_one() -> None:
    assert list(row_blocks((2, BLOCK + 1))) == [slice(0, 1), slice(1, 2)]
    assert list(row_blocks((0, 10))) == []


@pytest.mark.parametrize("length", [1, 19, 20, QUICK, QUICK + 1, 299, 1001, 2520])
def test_the_tail_is_the_beginning_of_all_returns_in_order(length: int) -> None:
    returns = np.random.default_rng(length).normal(0.0, 0.01, (7, length))
    returns[1] = 0.01
    returns[2] = returns[2].round(2)
    returns[3:5] = np.sort(returns[3:5])
    returns[4] = returns[4, ::-1]
    held = Sample(levels_of(returns), weekdays("2025-01-06", length + 1))
    size = min(tail_size(length) + 1, length)
    assert np.array_equal(held.tail, np.sort(held.returns, axis=1)[:, :size])


def test_what_is_no_return_is_not_in_the_tail() -> None:
    levels = levels_of(np.random.default_rng(0).normal(0.0, 0.01, (2, 2 * QUICK)))
    levels[0, 10:] = 0.0
    with np.errstate(invalid="ignore"):
        held = Sample(levels, weekdays("2025-01-06", 2 * QUICK + 1))
        lowest = np.sort(held.returns, axis=1)[:, : held.tail.shape[1]]
    assert held.tail[0, 0] == -1.0
    assert np.array_equal(held.tail, lowest, equal_nan=True)
