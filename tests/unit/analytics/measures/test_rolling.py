"""Measures over a moving window: the same numbers as on each window alone."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analytics.measures.examples import FIVE, FIVE_BENCHMARK, from_returns
from analytics.measures.ratios import sortino
from analytics.measures.regression import beta
from analytics.measures.relative import correlation
from analytics.measures.risk import volatility
from analytics.measures.rolling import (
    CELLS,
    rolling_beta,
    rolling_correlation,
    rolling_sortino,
    rolling_volatility,
)

if TYPE_CHECKING:
    from analytics.panel import FloatArray

RNG = np.random.default_rng(11)
RETURNS = RNG.normal(0.0005, 0.01, (3, 60))
MARKET = RNG.normal(0.0005, 0.01, 60)


def test_each_window_is_the_measure_of_that_window() -> None:
    for measure, rolled in (
        (sortino, rolling_sortino(RETURNS, 20)),
        (volatility, rolling_volatility(RETURNS, 20)),
        (correlation, rolling_correlation(RETURNS, MARKET, 20)),
        (beta, rolling_beta(RETURNS, MARKET, 20)),
    ):
        assert np.isnan(rolled[:, :19]).all()
        for end in (20, 37, 60):
            window = slice(end - 20, end)
            held = from_returns(list(RETURNS[1, window]), list(MARKET[window]))
            assert rolled[1, end - 1] == pytest.approx(float(measure(held)[0]), rel=1e-9)


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
    for rolled in (rolling_sortino(gap, 10), rolling_volatility(gap, 10)):
        assert np.flatnonzero(np.isnan(rolled[0, 9:])).tolist() == list(range(21, 31))
        assert np.isfinite(rolled[1, 9:]).all()
    for moved in (rolling_correlation(gap, market, 10), rolling_beta(gap, market, 10)):
        assert np.flatnonzero(np.isnan(moved[1, 9:])).tolist() == list(range(36, 46))


def test_a_window_longer_than_the_data() -> None:
    for length in (61, 100):
        for rolled in (rolling_sortino(RETURNS, length), rolling_volatility(RETURNS, length)):
            assert rolled.shape == RETURNS.shape
            assert np.isnan(rolled).all()
        assert np.isnan(rolling_correlation(RETURNS, MARKET, length)).all()
        assert np.isnan(rolling_beta(RETURNS, MARKET, length)).all()


def test_one_return_does_not_vary() -> None:
    assert np.isnan(rolling_volatility(RETURNS, 1)).all()
    assert np.isnan(rolling_correlation(RETURNS, MARKET, 1)).all()
    assert np.isnan(rolling_beta(RETURNS, MARKET, 1)).all()


def test_a_crash_that_has_left_the_window_leaves_no_trace() -> None:
    # After -90 % come sessions without any loss: there is no downside, and no tiny rest of one.
    calm = np.concatenate([[-0.9], RNG.normal(0, 0.03, 200), np.abs(RNG.normal(0, 1e-4, 60))])
    rolled = rolling_sortino(calm[None, :], 50)[0]
    assert np.isnan(rolled[-10:]).all()
    # And with ordinary losses afterwards the ratio is that of the window.
    after = np.concatenate([[-0.9], MARKET])
    held = from_returns(list(MARKET[-50:]))
    assert rolling_sortino(after[None, :], 50)[0, -1] == pytest.approx(float(sortino(held)[0]), rel=1e-9)


JUMPS = {"x 1000 and back": (999.0, 1 / 1000 - 1), "-99.99 %": (-0.9999,), "x 1e9": (1e9 - 1,)}


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("length", [126, 252])
def test_a_jump_that_has_left_the_window_leaves_no_trace(jump: str, length: int) -> None:
    # Ten years of two funds, one with a jump in the fourth: before it, and once it has left the window, every
    # number is the one without it.
    rng = np.random.default_rng(3)
    market = rng.normal(0.0004, 0.01, 2520)
    calm = (market * 0.9 + rng.normal(0.0, 0.004, 2520))[None, :]
    wild, moves = calm.copy(), JUMPS[jump]
    wild[0, 1000 : 1000 + len(moves)] = moves
    outside = np.r_[length - 1 : 1000, 1000 + len(moves) + length - 1 : 2520]
    parts: list[tuple[FloatArray, FloatArray]] = [
        (rolling_sortino(wild, length), rolling_sortino(calm, length)),
        (rolling_volatility(wild, length), rolling_volatility(calm, length)),
    ]
    for pair in (rolling_correlation, rolling_beta):
        parts.append((pair(wild, market, length), pair(calm, market, length)))
        parts.append((pair(market[None, :], wild[0], length), pair(market[None, :], calm[0], length)))
    for found, expected in parts:
        assert found[0, outside] == pytest.approx(expected[0, outside], rel=1e-11)


def test_returns_far_from_zero_that_hardly_vary() -> None:
    # A money market fund: 0.02 % a day, give or take a millionth of it; once at another rate altogether.
    rng = np.random.default_rng(4)
    fund = 2e-4 + rng.normal(0.0, 2e-10, 300)
    fund[:200] += 5.0
    for end in (260, 300):
        part = [float(value) for value in fund[end - 50 : end]]
        found = rolling_volatility(fund[None, :], 50)[0, end - 1]
        assert found == pytest.approx(statistics.stdev(part) * math.sqrt(252), rel=1e-9)


def test_single_precision_is_widened() -> None:
    # Single precision itself keeps seven digits of a return; nothing more is lost on the way.
    narrow: FloatArray = RETURNS.astype(np.float32)
    wide = narrow.astype(np.float64)
    for measure in (rolling_sortino, rolling_volatility):
        assert measure(narrow, 20).dtype == np.float64
        assert np.array_equal(measure(narrow, 20), measure(wide, 20), equal_nan=True)


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
    assert np.isnan(rolling_beta(lively[None, :], halted, 50)[0, 300 + 49 :]).all()
    assert rolling_beta(halted[None, :], lively, 50)[0, 300 + 49 :] == pytest.approx(0.0, abs=1e-12)
    assert rolling_volatility(halted[None, :], 50)[0, 300 + 49 :] == pytest.approx(0.0, abs=1e-15)


def test_correlation_stays_within_one() -> None:
    moved = rolling_correlation(np.vstack([MARKET, -MARKET]), MARKET, 20)
    assert np.nanmax(np.abs(moved)) <= 1.0
    assert moved[:, -1] == pytest.approx([1.0, -1.0])


def test_hand_worked_correlation() -> None:
    # 3, 0, 1 against 1, -1, 1: deviations 5/3, -4/3, -1/3 and 2/3, -4/3, 2/3
    moved = rolling_correlation(np.array([FIVE]), np.array(FIVE_BENCHMARK), 3)[0]
    product, own, other = (10 + 16 - 2) / 9, (25 + 16 + 1) / 9, (4 + 16 + 4) / 9
    assert moved[4] == pytest.approx(product / math.sqrt(own * other))


def test_hand_worked_beta_and_volatility() -> None:
    # As above: the slope is the product by the benchmark's square, ddof 1 makes 42/9 three halves of itself.
    slope = rolling_beta(np.array([FIVE]), np.array(FIVE_BENCHMARK), 3)[0]
    assert slope[4] == pytest.approx(((10 + 16 - 2) / 9) / ((4 + 16 + 4) / 9))
    spread = rolling_volatility(np.array([FIVE]), 3)[0]
    assert spread[4] == pytest.approx(0.01 * math.sqrt((25 + 16 + 1) / 9 / 2) * math.sqrt(252))
    assert rolling_volatility(np.array([FIVE]), 3, 52)[0, 4] == pytest.approx(spread[4] * math.sqrt(52 / 252))


def test_blocks_of_rows_do_not_show() -> None:
    rows = CELLS // 40
    many = RNG.normal(0.0005, 0.01, (rows + 1, 40))
    alone = rolling_sortino(many[rows:], 10)
    assert np.array_equal(rolling_sortino(many, 10)[rows:], alone, equal_nan=True)
