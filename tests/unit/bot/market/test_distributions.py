"""Distributions against the adjusted close: each with its day, and all of a year together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.panel import DoubtKind, FloatArray
from tests.unit.bot.market.worlds import World, draws, world

QUARTERLY = world(draws(756), every=63, rate=0.008)
MONTHLY = world(draws(756, 0.001), every=21, rate=0.0009)


def one(amount: float, row: int = 200, count: int = 300) -> World:
    """A fund that pays once; the price falls by it."""
    plain = world(draws(count))
    paid = np.zeros(count + 1)
    paid[row] = amount * plain.close[row - 1]
    fallen = plain.close.copy()
    fallen[row:] *= 1 - amount
    return replace(plain, close=fallen, dividends=paid).readjusted(paid)


def in_price(paying: World) -> World:
    """With an adjusted close that is the close."""
    return replace(paying, adjusted=paying.close)


def reinvested_at_the_close(paying: World) -> World:
    """Adjusted by the other custom, (close + d) / previous."""
    growth = (paying.close[1:] + paying.dividends[1:]) / paying.close[:-1]
    return replace(paying, adjusted=paying.close[0] * np.append(1.0, np.cumprod(growth)))


@pytest.mark.parametrize("paying", [QUARTERLY, MONTHLY, one(0.4), one(0.001)])
def test_both_customs_pass(paying: World) -> None:
    assert paying.doubts == ()
    assert reinvested_at_the_close(paying).doubts == ()


def test_a_distribution_that_the_adjusted_close_lacks() -> None:
    """(97 + 5) / 100 - 97 / 100: five percent that the return told lacks, or 5 / 95 by Yahoo's custom."""
    (doubt,) = in_price(one(0.05)).doubts
    assert (doubt.kind, doubt.session) == (DoubtKind.DISTRIBUTION, QUARTERLY.sessions[200])
    assert doubt.value == pytest.approx(-0.05, abs=0.003)


def test_a_distribution_that_it_has_twice() -> None:
    paying = one(0.05)
    twice = paying.readjusted(2 * paying.dividends)
    (doubt,) = twice.doubts
    assert doubt.value == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize(("part", "found"), [(0.98, 0), (0.7, 1), (0.0, 1)])
def test_a_tenth_of_a_percent_is_the_limit_of_a_day(part: float, found: int) -> None:
    """Of a distribution of 4 %, 2 % are 8 bp and 30 % are 120 bp."""
    paying = one(0.04)
    assert len(paying.readjusted(part * paying.dividends).doubts) == found


def test_small_distributions_that_it_lacks_are_found_over_a_year() -> None:
    """Nine basis points a month: none is beyond ten, the second of a year is with the first."""
    lacking = in_price(MONTHLY)
    assert lacking.told == [("distribution", row) for row in range(42, 757, 21)]
    assert sum(doubt.value for doubt in lacking.doubts) == pytest.approx(-35 * 0.0009, rel=0.01)


def test_small_ones_that_it_lacks_for_half_a_year_only() -> None:
    """What lies more than a year back is over."""
    paid = MONTHLY.dividends.copy()
    paid[[210, 231]] = 0.0
    assert MONTHLY.readjusted(paid).told == [("distribution", 231)]
    paid = MONTHLY.dividends.copy()
    paid[[210, 672]] = 0.0
    assert MONTHLY.readjusted(paid).told == []


def test_every_quarter_of_ten_is_found_by_itself() -> None:
    assert in_price(QUARTERLY).told == [("distribution", row) for row in range(63, 757, 63)]


def test_prices_that_are_rounded_raise_no_doubt() -> None:
    """Closes to the cent, adjusted closes to a millionth, amounts to a hundredth of a cent."""
    close = np.round(QUARTERLY.close, 2)
    paid = np.round(QUARTERLY.dividends, 4)
    exact = replace(QUARTERLY, close=close, dividends=paid).readjusted(paid)
    assert replace(exact, adjusted=np.round(exact.adjusted, 6)).doubts == ()


def test_a_step_without_any_distribution_is_a_doubt() -> None:
    plain = world(draws(300))
    spoilt = plain.adjusted.copy()
    spoilt[:150] *= 0.97
    assert replace(plain, adjusted=spoilt).told == [("distribution", 150)]
    spoilt[140:150] = plain.adjusted[140:150]  # for a while right, then wrong: seen going and coming
    assert replace(plain, adjusted=spoilt).told == [("distribution", 140)]


@pytest.mark.parametrize("away", [-2, -1, 1, 2])
def test_an_ex_date_told_beside_its_step_is_right(away: int) -> None:
    paying = one(0.02)
    moved = np.roll(paying.dividends, away)
    assert replace(paying, dividends=moved).doubts == ()
    assert [kind for kind, _ in replace(in_price(paying), dividends=moved).told] == ["distribution"]


def test_an_ex_date_told_a_week_from_its_step_is_not() -> None:
    paying = one(0.02)
    moved = replace(paying, dividends=np.roll(paying.dividends, 5))
    assert moved.told == [("distribution", 200), ("distribution", 205)]


@pytest.mark.parametrize("lost", [(200,), (199, 200), (200, 201, 202), (198,), (201,)])
@pytest.mark.parametrize("amount", [0.01, 0.4])
def test_across_a_hole_it_counts_as_one_step(lost: tuple[int, ...], amount: float) -> None:
    assert one(amount).without(*lost).doubts == ()
    after = next(row for row in range(200, 210) if row not in lost)
    assert in_price(one(amount)).without(*lost).told[-1] == ("distribution", after)


def test_an_event_that_a_source_moves_before_a_hole_is_right() -> None:
    """yfinance puts the event of a day without a row on the row before it."""
    paying = one(0.02)
    moved = replace(paying, dividends=np.roll(paying.dividends, -1))
    assert moved.without(200).doubts == ()


def test_an_event_that_is_missing_with_its_row_is_no_fault_of_the_adjusted_close() -> None:
    paying = one(0.02)
    silent = replace(paying, dividends=np.zeros_like(paying.dividends))
    assert silent.without(200).doubts == ()
    assert silent.told == [("distribution", 200)]
    lost = silent.adjusted.copy()
    lost[200:] *= 0.98 * 0.98  # and a step down is none that a distribution makes
    assert replace(silent, adjusted=lost).without(200).told == [("distribution", 201)]


def test_before_the_first_price_and_across_the_end_of_a_history_nothing_is_due() -> None:
    lacking = in_price(one(0.05))
    assert lacking.without(*range(200)).doubts == ()
    assert lacking.without(*range(195, 206)).doubts == ()
    assert lacking.without(*range(196, 206)).told == [("distribution", 206)]


def test_a_distribution_of_all_there_was() -> None:
    close = np.append(np.full(50, 100.0), np.full(50, 1.0))
    paid = np.where(np.arange(100) == 50, 100.0, 0.0)
    spent = World(close, close, paid, np.zeros(100), np.ones(100))
    assert spent.told == [("unit", 50)]  # the adjusted close fell to a hundredth
    assert replace(spent, close=close / 2 + 25, adjusted=close / 2 + 25).told == [("distribution", 50)]


# ------------------------------------------------------------------ capital gains
def with_gains(income: float, gains: float, *, within: bool = False) -> World:
    """A December distribution of both on one day; the income told holds the gains or stands beside them."""
    paying = one(income + gains)
    base = paying.close[199]
    told = np.where(paying.dividends > 0, (income + gains if within else income) * base, 0.0)
    return replace(paying, dividends=told, gains=np.where(told > 0, gains * base, 0.0))


def test_capital_gains_are_paid_too() -> None:
    assert with_gains(0.02, 0.14).doubts == ()
    assert with_gains(0.14, 0.02).doubts == ()
    assert with_gains(0.02, 0.14, within=True).doubts == ()


def test_capital_gains_that_the_adjusted_close_lacks() -> None:
    paying = with_gains(0.02, 0.14)
    assert paying.readjusted(paying.dividends).told == [("distribution", 200)]


# ------------------------------------------------------------------ units and currencies
@pytest.mark.parametrize("scale", [100.0, 0.01])
@pytest.mark.parametrize("paying", [QUARTERLY, world(draws(300), every=126, rate=0.02)])
def test_amounts_told_in_the_other_unit_are_right(paying: World, scale: float) -> None:
    """Pence of a price in pounds, or pounds of a price in pence: the adjusted close is right."""
    assert replace(paying, dividends=paying.dividends * scale).doubts == ()


def test_amounts_told_now_in_one_unit_and_now_in_the_other() -> None:
    mixed = QUARTERLY.dividends.copy()
    mixed[:300] *= 100
    mixed[600:] /= 100
    assert replace(QUARTERLY, dividends=mixed).doubts == ()


def test_an_adjusted_close_that_took_pounds_for_pence_is_wrong() -> None:
    """Told 0.8 % a quarter, in the adjusted close 0.008 %: the year shows it."""
    little = QUARTERLY.readjusted(QUARTERLY.dividends / 100)
    assert little.told == [("distribution", row) for row in range(63, 757, 63)]


def test_an_adjusted_close_that_took_pence_for_pounds_is_wrong() -> None:
    """Told 0.8 % a quarter, in the adjusted close 80 %."""
    much = QUARTERLY.readjusted(QUARTERLY.dividends * 100)
    assert [row for _, row in much.told] == list(range(63, 757, 63))


def test_amounts_in_another_currency_are_not_held_against_the_price() -> None:
    abroad = replace(QUARTERLY, dividends=np.where(QUARTERLY.dividends > 0, np.nan, 0.0))
    assert abroad.doubts == ()


def test_an_amount_told_before_a_split_of_the_same_day_is_wrong() -> None:
    paying = one(0.0025)
    told = replace(paying, dividends=4 * paying.dividends).splitting(200, 4.0)
    assert told.told == [("distribution", 200)]


def test_what_explains_a_jump_comes_first() -> None:
    """An adjusted close that falls to a third while the close stands; a unit that changes in one of them."""
    spoilt = QUARTERLY.adjusted.copy()
    spoilt[400:] /= 3
    assert replace(QUARTERLY, adjusted=spoilt).told == [("distribution", 400)]
    spoilt[400:] *= 300
    assert replace(QUARTERLY, adjusted=spoilt).told == [("unit", 400)]


# ------------------------------------------------------------------ slow twin
def slow(paying: World) -> list[int]:
    """Rows that are off, event by event and year by year, on prices without holes."""
    close, adjusted, paid = paying.close, paying.adjusted, paying.dividends
    days, off = paying.sessions, [0.0]
    for row in range(1, close.size):
        told = adjusted[row] / adjusted[row - 1]
        due = [(close[row] + paid[row]) / close[row - 1], close[row] / (close[row - 1] - paid[row])]
        off.append(min((np.log(told / one) for one in due), key=abs))
    wrong = []
    for row in range(1, close.size):
        year = sum(off[i] for i in range(1, row + 1) if (days[row] - days[i]).days < 365)
        sizable = abs(off[row]) > max(1e-5, 0.1 * paid[row] / close[row - 1])
        if abs(off[row]) > 1e-3 or (abs(year) > 1e-3 and sizable):
            wrong.append(row)
    return wrong


@settings(deadline=None)
@given(
    seed=st.integers(0, 1000),
    rate=st.sampled_from([0.0003, 0.0009, 0.004, 0.02]),
    every=st.sampled_from([5, 21, 63]),
    contained=st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.0, 2.0]), min_size=1, max_size=7),
)
def test_as_found_event_by_event_and_year_by_year(
    seed: int, rate: float, every: int, contained: list[float]
) -> None:
    paying = world(draws(400, 0.01, seed), every=every, rate=rate)
    events = np.flatnonzero(paying.dividends)
    parts = np.zeros(paying.close.size)
    parts[events] = np.resize(contained, events.size)
    spoilt = paying.readjusted(parts * paying.dividends)
    assert [row for _, row in spoilt.told] == slow(spoilt)


@settings(deadline=None)
@given(seed=st.integers(0, 1000), volatility=st.sampled_from([0.0005, 0.01, 0.02]), every=st.integers(5, 130))
def test_a_right_adjustment_is_never_called_wrong(seed: int, volatility: float, every: int) -> None:
    rates: FloatArray = np.random.default_rng(seed).uniform(0.0001, 0.02, 1)
    paying = world(draws(500, volatility, seed), every=every, rate=float(rates[0]))
    holes = np.random.default_rng(seed).integers(1, 500, 20).tolist()
    for told in (paying, reinvested_at_the_close(paying)):
        assert [kind for kind, _ in told.told if kind == "distribution"] == []
        assert [kind for kind, _ in told.without(*holes).told if kind == "distribution"] == []
