"""Labels make room for each other and move no further than they must."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from bot.render.charts.panels import spread_labels


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread_labels([50, 150, 100], [20, 20, 20], 0, 200) == [50, 150, 100]


def test_two_that_touch_give_way_by_the_same_amount() -> None:
    assert spread_labels([100, 104], [20, 20], 0, 200) == [92, 112]


def test_the_order_asked_is_the_order_returned() -> None:
    assert spread_labels([104, 100], [20, 20], 0, 200) == [112, 92]


def test_equal_wishes_keep_their_order() -> None:
    assert spread_labels([100, 100, 100], [20, 20, 20], 0, 200) == [80, 100, 120]


def test_wide_labels_need_more_than_narrow_ones() -> None:
    first, second = spread_labels([100, 100], [40, 100], 0, 400)
    assert second - first == 70
    assert (first - 100) ** 2 == (second - 100) ** 2


def test_the_edges_hold() -> None:
    assert spread_labels([-50, 0], [20, 20], 0, 200) == [10, 30]
    assert spread_labels([195, 220], [20, 20], 0, 200) == [170, 190]


def test_more_than_the_room_holds_runs_over_the_high_end_without_overlap() -> None:
    assert spread_labels([5, 5, 5], [20, 20, 20], 0, 40) == [10, 30, 50]


@pytest.mark.parametrize("seed", range(12))
def test_no_other_arrangement_is_nearer(seed: int) -> None:
    chance = np.random.default_rng(seed)
    wanted, sizes = chance.uniform(0, 300, 5).tolist(), chance.uniform(10, 50, 5).tolist()
    placed = np.array(spread_labels(wanted, sizes, 0, 300))
    order = np.argsort(wanted)
    assert _fits(placed[order], np.array(sizes)[order])
    best = np.sum((placed - wanted) ** 2)
    for _ in range(150):
        other = placed + chance.normal(0, chance.uniform(0.1, 20), 5)
        if _fits(other[order], np.array(sizes)[order]):
            assert np.sum((other - wanted) ** 2) >= best - 1e-9


def _fits(centres: np.ndarray, sizes: np.ndarray) -> bool:
    spans = [(c - s / 2, c + s / 2) for c, s in zip(centres, sizes, strict=True)]
    inside = spans[0][0] >= -1e-9 and spans[-1][1] <= 300 + 1e-9
    return inside and all(b[0] >= a[1] - 1e-9 for a, b in pairwise(spans))
