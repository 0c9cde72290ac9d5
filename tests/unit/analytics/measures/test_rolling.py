"""Measures over a moving window: the same numbers as on each window alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.measures.examples import FIVE, FIVE_BENCHMARK, from_returns
from analytics.measures.ratios import sortino
from analytics.measures.relative import correlation
from analytics.measures.rolling import CELLS, rolling_correlation, rolling_sortino

RNG = np.random.default_rng(11)
RETURNS = RNG.normal(0.0005, 0.01, (3, 60))
MARKET = RNG.normal(0.0005, 0.01, 60)


def test_each_window_is_the_measure_of_that_window() -> None:
    rolled, moved = rolling_sortino(RETURNS, 20), rolling_correlation(RETURNS, MARKET, 20)
    assert np.isnan(rolled[:, :19]).all()
    assert np.isnan(moved[:, :19]).all()
    for end in (20, 37, 60):
        window = slice(end - 20, end)
        held = from_returns(list(RETURNS[1, window]), list(MARKET[window]))
        assert rolled[1, end - 1] == pytest.approx(float(sortino(held)[0]), rel=1e-9)
        assert moved[1, end - 1] == pytest.approx(float(correlation(held)[0]), rel=1e-9)


def test_hand_worked_windows_of_three() -> None:
    # 1, -2, 3: mean 2/3 %, sqrt(4/3) %; -2, 3, 0: mean 1/3 %; 3, 0, 1: never below zero
    rolled = rolling_sortino(np.array([FIVE]), 3)[0]
    year = math.sqrt(252)
    assert rolled[2] == pytest.approx((2 / 3) / math.sqrt(4 / 3) * year)
    assert rolled[3] == pytest.approx((1 / 3) / math.sqrt(4 / 3) * year)
    assert np.isnan(rolled[4])


def test_the_target_is_taken_off_day_by_day() -> None:
    rate = np.array([0.0, 0.0, 0.0, 0.01, 0.02])
    rolled = rolling_sortino(np.array([FIVE]), 3, rate)[0]
    # 3, -1, -1: mean 1/3 %, sqrt(2/3) %
    assert rolled[4] == pytest.approx((1 / 3) / math.sqrt(2 / 3) * math.sqrt(252))


def test_a_missing_return_empties_every_window_that_holds_it() -> None:
    gap, market = RETURNS.copy(), MARKET.copy()
    gap[0, 30], market[45] = np.nan, np.nan
    rolled, moved = rolling_sortino(gap, 10), rolling_correlation(gap, market, 10)
    assert np.flatnonzero(np.isnan(rolled[0, 9:])).tolist() == list(range(21, 31))
    assert np.isfinite(rolled[1, 9:]).all()
    assert np.flatnonzero(np.isnan(moved[1, 9:])).tolist() == list(range(36, 46))


def test_a_window_longer_than_the_data() -> None:
    assert np.isnan(rolling_sortino(RETURNS, 61)).all()
    assert np.isnan(rolling_correlation(RETURNS, MARKET, 61)).all()
    assert np.isnan(rolling_correlation(RETURNS, MARKET, 100)).all()


def test_one_return_has_no_correlation() -> None:
    assert np.isnan(rolling_correlation(RETURNS, MARKET, 1)).all()


def test_a_crash_that_has_left_the_window_leaves_no_trace() -> None:
    # After -90 % come sessions without any loss: there is no downside, and no tiny rest of one.
    calm = np.concatenate([[-0.9], RNG.normal(0, 0.03, 200), np.abs(RNG.normal(0, 1e-4, 60))])
    rolled = rolling_sortino(calm[None, :], 50)[0]
    assert np.isnan(rolled[-10:]).all()
    # And with ordinary losses afterwards the ratio is that of the window.
    after = np.concatenate([[-0.9], MARKET])
    held = from_returns(list(MARKET[-50:]))
    assert rolling_sortino(after[None, :], 50)[0, -1] == pytest.approx(float(sortino(held)[0]), rel=1e-9)


@pytest.mark.parametrize("still", [0.0, 1e-4])
def test_a_side_that_stands_still_has_no_correlation(still: float) -> None:
    # A halted fund: 300 lively sessions, then none that differs from the one before.
    rng = np.random.default_rng(1)
    halted = np.concatenate([rng.normal(0, 0.02, 300), np.full(80, still)])
    lively = rng.normal(0, 0.01, 380)
    for fund, market in ((halted, lively), (lively, halted)):
        moved = rolling_correlation(fund[None, :], market, 50)[0]
        assert np.isfinite(moved[49 : 300 + 49]).all()
        assert np.isnan(moved[300 + 49 :]).all()


def test_correlation_stays_within_one() -> None:
    moved = rolling_correlation(np.vstack([MARKET, -MARKET]), MARKET, 20)
    assert np.nanmax(np.abs(moved)) <= 1.0
    assert moved[:, -1] == pytest.approx([1.0, -1.0])


def test_hand_worked_correlation() -> None:
    # 3, 0, 1 against 1, -1, 1: deviations 5/3, -4/3, -1/3 and 2/3, -4/3, 2/3
    moved = rolling_correlation(np.array([FIVE]), np.array(FIVE_BENCHMARK), 3)[0]
    product, own, other = (10 + 16 - 2) / 9, (25 + 16 + 1) / 9, (4 + 16 + 4) / 9
    assert moved[4] == pytest.approx(product / math.sqrt(own * other))


def test_blocks_of_rows_do_not_show() -> None:
    rows = CELLS // 40
    many = RNG.normal(0.0005, 0.01, (rows + 1, 40))
    alone = rolling_sortino(many[rows:], 10)
    assert np.array_equal(rolling_sortino(many, 10)[rows:], alone, equal_nan=True)
