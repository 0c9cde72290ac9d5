"""Jumps, changes of unit and splits left out: found where they are, and nowhere else."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.panel import Doubt, DoubtKind, FloatArray
from bot.market import checks
from tests.unit.bot.market.worlds import World, draws, world

CALM = world(draws(300))


def spoilt_return(row: int, value: float, volatility: float = 0.01, count: int = 300) -> World:
    """A fund with one return of this size."""
    returns = draws(count, volatility)
    returns[row - 1] = value
    return world(returns)


def test_a_quiet_fund_raises_no_doubt() -> None:
    assert CALM.doubts == ()


@pytest.mark.parametrize("value", [-0.2501, -0.74, 0.2501, 9.0])
def test_a_jump_out_of_calm_is_a_doubt_of_its_own_day(value: float) -> None:
    (doubt,) = spoilt_return(200, value).doubts
    assert (doubt.kind, doubt.symbol, doubt.session) == (DoubtKind.JUMP, "ISCB", CALM.sessions[200])
    assert doubt.value == pytest.approx(value)


@pytest.mark.parametrize("value", [-0.2499, 0.2499, -0.15])
def test_a_quarter_is_not_beyond_a_quarter(value: float) -> None:
    assert spoilt_return(200, value).doubts == ()


def test_a_jump_across_a_hole_and_a_holiday_counts_from_the_last_known_close() -> None:
    jumped = CALM.scaled(200, None, 0.6)
    assert jumped.without(200).told == [("jump", 201)]
    assert jumped.without(198, 199).told == [("jump", 200)]
    assert jumped.without(*range(200, 210)).told == [("jump", 210)]


def test_across_the_end_of_a_history_nothing_is_a_return() -> None:
    assert CALM.scaled(200, None, 0.6).without(*range(195, 206)).told == []


def test_a_crash_within_a_crash_is_plausible() -> None:
    """A fund at three times the market: three weeks of 10 % days, then -33 % on the sixteenth."""
    returns = draws(120, 0.02)
    returns[100:115] = [-0.11, 0.08, -0.14, 0.10, -0.09, 0.12, -0.10, -0.05] * 1 + [
        *(-0.20, 0.15, -0.13, -0.24, 0.23, -0.10, 0.08)
    ]
    returns[115] = -0.33
    assert world(returns).doubts == ()
    assert world(np.append(draws(115, 0.02), returns[115])).told == [("jump", 116)]  # out of calm it is not


def test_the_third_widest_move_of_the_last_month_is_the_measure() -> None:
    """Moves of 12, 11 and 10 % and else 1 %: three times 10 % (log) is the limit, e^0.3 - 1 = 35 %."""
    past = np.full(40, 0.01)
    past[[25, 30, 35]] = np.expm1([0.12, 0.11, 0.10])
    assert world(np.append(past, np.expm1(0.299))).doubts == ()
    assert world(np.append(past, np.expm1(0.301))).told == [("jump", 41)]
    past[25] = 0.01  # two wide moves prove nothing: they may be one error and its undoing
    assert world(np.append(past, np.expm1(0.299))).told == [("jump", 41)]


def test_wide_moves_of_more_than_a_month_ago_are_past() -> None:
    past = np.full(60, 0.01)
    past[:39] = 0.12
    assert world(np.append(past, -0.30)).told == [("jump", 61)]


def test_a_fund_without_a_past_is_judged_by_the_quarter_alone() -> None:
    assert world(np.array([0.2, -0.2, 0.2, 0.3])).told == [("jump", 4)]


def test_across_a_hole_a_fund_may_move_further() -> None:
    """Moves of 11 % a day: over four sessions twice as far, 3 x 2 x log(1.11) = 0.63, e^-0.63 - 1 = -47 %."""
    past = np.where(np.arange(40) % 2, 0.11, 1 / 1.11 - 1)
    fell = world(np.append(past, [0.0, 0.0, 0.0, -0.45])).without(41, 42, 43)
    assert fell.doubts == ()
    assert world(np.append(past, [0.0, 0.0, 0.0, -0.48])).without(41, 42, 43).told == [("jump", 44)]


@pytest.mark.parametrize("factor", [1.45, 0.7, 10.0])
@pytest.mark.parametrize("days", [1, 2, 5])
def test_a_jump_that_comes_back_is_a_doubt_on_both_days(factor: float, days: int) -> None:
    """x1.45 and back is +45 and -31 %; x0.7 and back is -30 and +43 %."""
    assert CALM.scaled(200, 200 + days, factor).told == [("jump", 200), ("jump", 200 + days)]


def test_what_comes_back_by_less_than_a_quarter_is_the_same_error() -> None:
    """x1.3 and back: +30 %, then -23 %, which alone would pass."""
    assert CALM.scaled(200, 202, 1.3).told == [("jump", 200), ("jump", 202)]


def test_a_fall_that_stays_is_one_doubt_and_what_follows_is_none() -> None:
    returns = draws(300)
    returns[199:206] = [-0.3, 0.1, -0.08, 0.05, 0.12, -0.06, 0.04]
    assert world(returns).told == [("jump", 200)]


@pytest.mark.parametrize("factor", [0.01, 100.0])
@pytest.mark.parametrize("stop", [202, None])
def test_a_change_of_unit(factor: float, stop: int | None) -> None:
    told = CALM.scaled(200, stop, factor).told
    assert told == [("unit", 200), *([("unit", 202)] if stop else [])]


def test_a_change_of_unit_across_a_hole_keeps_its_size() -> None:
    (doubt,) = CALM.scaled(200, None, 0.01).without(199, 200).doubts
    assert (doubt.kind, doubt.session) == (DoubtKind.UNIT, CALM.sessions[201])
    assert doubt.value == pytest.approx(0.01 * CALM.close[201] / CALM.close[198] - 1)


@pytest.mark.parametrize(("factor", "kind"), [(76, "unit"), (132, "unit"), (73, "jump"), (138, "jump")])
def test_about_a_hundred_is_within_a_third(factor: float, kind: str) -> None:
    flat = world(np.zeros(50))
    assert flat.scaled(30, None, factor).told == [(kind, 30)]


def test_a_unit_that_changes_all_the_time_is_seen_every_time() -> None:
    """Changes of unit are no past by which a fund is judged."""
    mixed = CALM
    for row in range(200, 220, 2):
        mixed = mixed.scaled(row, row + 1, 100.0)
    assert mixed.told == [("unit", row) for row in range(200, 220)]
    assert mixed.scaled(221, None, 0.6).told == [*mixed.told, ("jump", 221)]


def test_a_unit_that_changes_in_the_unadjusted_close_alone() -> None:
    spoilt = CALM.close.copy()
    spoilt[200:] *= 100
    assert replace(CALM, close=spoilt).told == [("unit", 200)]


@pytest.mark.parametrize(
    ("factor", "drop"), [(1.25, 0.8), (2.0, 0.5), (4.0, 0.25), (0.1, 10.0), (0.01, 100.0)]
)
@pytest.mark.parametrize("away", [-2, -1, 0, 1, 2])
def test_a_split_that_the_prices_lack(factor: float, drop: float, away: int) -> None:
    """5:4 is -20 % on its day; 1:10 is +900 %; the events may name a day or two beside it."""
    lacking = CALM.scaled(200, None, drop).splitting(200 + away, factor)
    (doubt,) = lacking.doubts
    assert (doubt.kind, doubt.session) == (DoubtKind.SPLIT, CALM.sessions[200])
    assert doubt.value == pytest.approx(drop * CALM.close[200] / CALM.close[199] - 1)


@pytest.mark.parametrize(("factor", "jump"), [(1.25, 1.25), (4.0, 4.0), (0.1, 0.1)])
def test_a_split_that_the_prices_have_twice(factor: float, jump: float) -> None:
    assert CALM.scaled(200, None, jump).splitting(200, factor).told == [("split", 200)]


@pytest.mark.parametrize("factor", [1.02, 1.25, 2.0, 4.0, 10.0, 0.1, 1 / 190])
def test_a_split_that_the_prices_have_is_no_doubt(factor: float) -> None:
    assert CALM.splitting(200, factor).doubts == ()


def test_a_split_across_a_hole() -> None:
    lacking = CALM.scaled(200, None, 0.5).splitting(200, 2.0)
    assert lacking.without(200).told == [("split", 201)]
    assert lacking.without(199, 200, 201).told == [("split", 202)]


def test_a_split_taken_in_a_day_late_is_seen_going_and_coming() -> None:
    """One row of the new price stands among old ones."""
    assert CALM.scaled(200, 201, 4.0).splitting(201, 4.0).told == [("split", 200), ("split", 201)]


def test_a_fall_near_a_split_factor_without_an_event_is_a_jump() -> None:
    assert CALM.scaled(200, None, 0.5).told == [("jump", 200)]
    assert CALM.scaled(200, None, 0.5).splitting(150, 2.0).told == [("jump", 200)]
    assert CALM.scaled(200, None, 0.8).told == []  # -20 % may well be


def test_a_jump_beside_a_split_of_another_size_is_a_jump() -> None:
    assert CALM.scaled(200, None, 0.3).splitting(200, 1.25).told == [("jump", 200)]


def test_a_split_left_out_of_the_unadjusted_close_alone() -> None:
    spoilt = CALM.close.copy()
    spoilt[200:] /= 4
    assert replace(CALM, close=spoilt).splitting(200, 4.0).told == [("split", 200)]


def test_a_fall_by_what_is_paid_is_none() -> None:
    """A special dividend of 40 % beside a split that is in the prices."""
    paid = np.zeros(301)
    paid[200] = 0.4 * CALM.close[199]
    fallen = CALM.close.copy()
    fallen[200:] *= 0.6
    paying = replace(CALM, close=fallen, dividends=paid).readjusted(paid)
    assert paying.splitting(150, 4.0).doubts == ()


def test_a_price_below_zero_is_a_price_of_which_no_return_can_be_made() -> None:
    close = CALM.close.copy()
    close[200] = -37.63
    spoilt = replace(CALM, symbol="CL=F", close=close, adjusted=np.where(close > 0, CALM.adjusted, np.nan))
    assert spoilt.doubts == (Doubt(DoubtKind.NEGATIVE, "CL=F", CALM.sessions[200], -37.63),)


def test_indices_may_move_by_anything_but_a_hundred() -> None:
    wild = CALM.scaled(200, 210, 100.0).scaled(250, None, 2.2)
    assert replace(wild, symbol="^VIX").told == [("unit", 200), ("unit", 210)]


def quotes(*percent: float) -> World:
    """The bill, quoted so from the second session on."""
    close = np.array([percent[0], *percent])
    return replace(world(np.zeros(close.size - 1)), symbol="^IRX", close=close, adjusted=close)


@pytest.mark.parametrize("path", [(0.01, 0.05, 0.0, -0.02, 2.9), (17.1, 14.2, 17.1), (4.2, 3.0, 0.5)])
def test_a_rate_may_move_by_any_multiple_and_by_less_than_three_points(path: tuple[float, ...]) -> None:
    """The widest move of the bill since 1976 was 1.34 points, on 4 May 1981."""
    assert quotes(*path).doubts == ()


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ((4.2, 420.0, 4.2), [99.0, -0.99]),  # hundredths of a point for points
        ((4.2, 0.042), [-0.99]),
        ((4.2, 42.0), [9.0]),  # as ^TNX once was quoted
        ((4.2, 0.0, 4.2), [-1.0, 419.0]),  # a bad zero; of nothing a hundredth of a point
        ((5.0, math.nan, 8.5), [0.7]),
    ],
)
def test_a_quote_in_another_unit_is_a_jump_of_a_rate(path: tuple[float, ...], values: list[float]) -> None:
    doubts = quotes(*path).doubts
    assert {each.kind for each in doubts} == {DoubtKind.JUMP}
    assert [each.value for each in doubts] == pytest.approx(values)


def test_an_empty_and_a_single_price_pass() -> None:
    assert world(np.array([])).doubts == ()
    assert CALM.without(*range(301)).doubts == ()


# ------------------------------------------------------------------ slow twin
def slow(world: World) -> list[int]:
    """Rows of jumps and changes of unit, one price after the other, as the module describes them."""
    prices: list[float] = world.series.total_return.tolist()
    known = [row for row, price in enumerate(prices) if price == price]
    moves: list[tuple[int, float, int]] = []  # row, log change, sessions
    for before, row in pairwise(known):
        if row - before <= 11:
            moves.append((row, math.log(prices[row] / prices[before]), row - before))
    unit = {row for row, change, _ in moves if 75 < math.exp(abs(change)) < 400 / 3}
    found = set(unit)
    for at, (row, change, sessions) in enumerate(moves):
        past = [abs(c) / math.sqrt(n) for r, c, n in moves[max(at - 21, 0) : at] if r not in unit]
        third = sorted(past, reverse=True)[2] if len(past) >= 5 else 0.0
        if abs(math.exp(change) - 1) > 0.25 and abs(change) > 3 * third * math.sqrt(sessions):
            found.add(row)
    for at, (row, change, _) in enumerate(moves):
        if row not in found:
            continue
        level = change
        for later, other, _ in moves[at + 1 : at + 6]:
            level += other
            if abs(level) < abs(change) / 4 and other * change < 0 and abs(other) > abs(change) / 2:
                found.add(later)
                break
    return sorted(found)


@given(
    seed=st.integers(0, 10_000),
    volatility=st.sampled_from([0.005, 0.02, 0.06, 0.12]),
    factors=st.lists(st.sampled_from([0.01, 0.3, 0.7, 1.3, 2.0, 100.0]), max_size=4),
    lost=st.lists(st.integers(0, 119), max_size=30),
)
def test_as_found_one_price_after_the_other(
    seed: int, volatility: float, factors: list[float], lost: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    spoilt = world(np.expm1(draws(119, volatility, seed)))
    for factor in factors:
        start = int(rng.integers(1, 119))
        spoilt = spoilt.scaled(start, start + int(rng.integers(1, 40)), factor)
    spoilt = spoilt.without(*lost)
    rows = sorted({row for _, row in spoilt.told})
    assert rows == slow(spoilt)


@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.01, 0.5, 3.0]), cut=st.integers(40, 119))
def test_nothing_looks_ahead(seed: int, factor: float, cut: int) -> None:
    """What is known on an evening is doubted as it is in the end."""
    spoilt = world(np.expm1(draws(119, 0.03, seed))).scaled(60, 63, factor)
    evening = spoilt.sessions[cut - 1]
    known = World(
        *(getattr(spoilt, name)[:cut] for name in ("close", "adjusted", "dividends", "gains", "splits"))
    )
    assert known.doubts == tuple(doubt for doubt in spoilt.doubts if doubt.session <= evening)


# ------------------------------------------------------------------ how often it is wrong
def garch(seed: int, leverage: float, funds: int, count: int) -> FloatArray:
    """(funds, count) returns of markets whose volatility clusters, at a multiple."""
    returns, variance = np.empty((funds, count)), np.full(funds, 1e-4)
    shocks = np.random.default_rng(seed).standard_t(6, (funds, count)) / math.sqrt(1.5)
    for i in range(count):
        returns[:, i] = np.sqrt(variance) * shocks[:, i]
        variance = 2e-6 + 0.1 * returns[:, i] ** 2 + 0.88 * variance
    return np.maximum(leverage * np.expm1(returns), -0.9)


@pytest.mark.slow
@pytest.mark.parametrize(("leverage", "most"), [(1.0, 0.002), (2.0, 0.02), (-3.0, 0.06), (3.0, 0.06)])
def test_false_alarms_of_funds_whose_volatility_clusters(leverage: float, most: float) -> None:
    """A thousand funds of four years: less than one false alarm in 500, 50 and 17 years of a fund."""
    found = sum(len(world(returns).doubts) for returns in garch(11, leverage, 1000, 1008))
    assert found / 4000 < most


def test_false_alarms_of_ordinary_funds() -> None:
    """Volatilities of 8 to 64 % a year: none in 1600 years."""
    rng = np.random.default_rng(12)
    paths = (world(np.expm1(rng.normal(0, sd, 1008))) for sd in (0.005, 0.01, 0.02, 0.04) for _ in range(100))
    assert sum(len(path.doubts) for path in paths) == 0


@pytest.mark.parametrize("volatility", [0.01, 0.03, 0.06])
def test_what_is_wrong_is_found(volatility: float) -> None:
    """A price halved, doubled, a tenth or ten times: in a wild fund still nearly every time."""
    rng = np.random.default_rng(13)
    found = 0
    for factor in (0.5, 2.0, 0.1, 10.0) * 50:
        path = world(np.expm1(rng.normal(0, volatility, 120)))
        found += ("jump", 100) in path.scaled(100, None, factor).told
    assert found >= 195


def test_the_constants_are_those_of_the_docstrings() -> None:
    assert (checks.JUMP, checks.PAST_SESSIONS, checks.WIDEST_RANK, checks.JUMP_BEYOND) == (0.25, 21, 3, 3.0)


def test_doubts_come_in_order_and_once_a_session() -> None:
    spoilt = CALM.scaled(100, 101, 100.0).scaled(200, None, 0.5).splitting(200, 2.0)
    doubts = checks.price_doubts(spoilt.series, spoilt.events)
    assert [doubt.session for doubt in doubts] == [CALM.sessions[row] for row in (100, 101, 200)]
    assert all(type(doubt.session) is date for doubt in doubts)
