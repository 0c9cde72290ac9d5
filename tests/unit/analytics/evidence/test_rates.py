"""Sensitivities to the yield: of funds whose lines are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import parse_window
from analytics.evidence.rates import PROXIES, rate_sensitivity
from analytics.measures.number import Number
from tests.panels import day
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.evidence.worlds import FRIDAYS, MARKET, YIELD, ask, moves, weekly_world

NOISE, OTHER = moves(5, 1e-9), moves(6, 1e-9)
STOCK = 0.0005 + 1.2 * MARKET - 0.0002 * YIELD + NOISE
BOND = 0.0001 - 0.0015 * YIELD + OTHER
WORLD = weekly_world(STOCK=STOCK, BOND=BOND)


def test_for_25_basis_points_with_the_market_held_still() -> None:
    answer = rate_sensitivity(WORLD, ask("STOCK", "BOND"))
    stock, bond = answer.funds
    assert (answer.market, answer.weeks, answer.lags) == ("SPY", 157, 4)
    assert answer.provenance.start == FRIDAYS[0].item()
    value = stock.held.value.value
    assert value is not None
    assert value == pytest.approx(-0.005, rel=1e-5)
    alone = stock.alone.value.value
    assert alone is not None
    assert abs(alone + 0.005) > 1e-4, "without the market the number is another one"
    assert stock.beta.value.value == pytest.approx(1.2, rel=1e-5)
    assert bond.beta.value.value == pytest.approx(0.0, abs=1e-6)
    assert stock.symbols == ("STOCK",)
    assert stock.r_squared.value == pytest.approx(1.0)
    assert stock.held.is_clear


def test_the_duration_of_a_bond_fund() -> None:
    bond = rate_sensitivity(WORLD, ask("BOND")).funds[0]
    duration = bond.duration.value
    assert duration is not None
    assert round(duration, 4) == 15.0
    assert_is(round(duration, 6), 15.0, {"the sensitivity itself": 0.0375, "for one per cent": 0.15})


def test_the_difference_is_the_first_less_the_second() -> None:
    answer = rate_sensitivity(WORLD, ask("STOCK", "BOND"))
    (gap,) = answer.differences
    assert gap.symbols == ("STOCK", "BOND")
    assert gap.held.value.value == pytest.approx(-0.005 + 0.0375, rel=1e-4)
    assert gap.beta.value.value == pytest.approx(1.2, rel=1e-5)
    three = rate_sensitivity(WORLD, ask("STOCK", "TLT", "BOND"))
    assert [each.symbols for each in three.differences] == [("STOCK", "BOND"), ("TLT", "BOND")]
    assert rate_sensitivity(WORLD, ask("STOCK")).differences == ()


def test_the_benchmark_asked_for_is_the_market() -> None:
    answer = rate_sensitivity(WORLD, ask("STOCK", benchmark="IWM"))
    plain = rate_sensitivity(WORLD, ask("STOCK"))
    assert answer.market == "IWM"
    assert answer.funds[0].alone == plain.funds[0].alone
    assert answer.funds[0].beta.value != plain.funds[0].beta.value


def test_the_market_itself_has_only_the_number_without_it() -> None:
    answer = rate_sensitivity(WORLD, ask("STOCK", "SPY"))
    market = answer.funds[1]
    assert market.held.reason == market.beta.reason == "SPY is the market here"
    assert market.duration == Number(None, "SPY is the market here")
    assert market.alone.value.value is not None
    # Less the market is less what yields do to it with it held still, which is nothing.
    assert answer.differences[0].held.value.value == pytest.approx(-0.005, rel=1e-5)


def test_a_fund_less_itself_does_not_vary() -> None:
    answer = rate_sensitivity(weekly_world(ONE=STOCK, TWIN=STOCK), ask("ONE", "TWIN"))
    assert answer.differences[0].held.reason == "the returns do not vary"
    assert answer.differences[0].held.t.value is None


@pytest.mark.parametrize("absent", ["SPY", "^TNX"])
def test_without_a_proxy(absent: str) -> None:
    held = WORLD.select([symbol for symbol in WORLD.symbols if symbol != absent])
    fund = rate_sensitivity(held, ask("STOCK", "BOND")).funds[0]
    assert fund.held.reason == f"no prices of {absent}"
    assert fund.rolling.ends.size == 0
    if absent == "SPY":
        assert fund.alone.value.value is not None
    else:
        assert fund.alone.reason == "no prices of ^TNX"


def test_two_years_of_weeks_are_the_fewest() -> None:
    enough = rate_sensitivity(WORLD, ask("STOCK"), parse_window(f"{FRIDAYS[53]}..{FRIDAYS[157]}"))
    assert (enough.weeks, enough.funds[0].held.reason) == (104, None)
    few = rate_sensitivity(WORLD, ask("STOCK"), parse_window(f"{FRIDAYS[54]}..{FRIDAYS[157]}"))
    assert (few.weeks, few.funds[0].held.reason) == (103, "fewer than 104 weeks")
    assert few.funds[0].alone.reason == "fewer than 104 weeks"
    assert few.funds[0].r_squared.reason == "fewer than 104 weeks"


def test_a_yield_that_stands_still_has_no_effect_to_estimate() -> None:
    still = replace(WORLD, close=np.where(np.arange(6)[:, None] == WORLD.row("^TNX"), 4.0, WORLD.close))
    fund = rate_sensitivity(still, ask("STOCK")).funds[0]
    assert fund.held.reason == fund.alone.reason == "factors that do not vary, or move as one"


def test_what_comes_after_the_day_is_not_known() -> None:
    early = FRIDAYS[140].item()
    cut = rate_sensitivity(WORLD.through(early), ask("STOCK", as_of=str(early)))
    later = rate_sensitivity(WORLD, ask("STOCK", as_of=str(early)))
    assert cut.funds[0].held == later.funds[0].held
    assert later.provenance.end == early
    assert later.funds[0].rolling.ends.tolist() == cut.funds[0].rolling.ends.tolist()


def test_a_fund_with_a_hole_keeps_the_return_across_it() -> None:
    levels = WORLD.total_return.copy()
    levels[0, [50, 51, 90]] = np.nan
    holed = rate_sensitivity(replace(WORLD, total_return=levels), ask("STOCK"))
    assert holed.weeks == 157 - 3
    assert holed.funds[0].held.value.value == pytest.approx(-0.005, rel=0.02)
    assert holed.funds[0].beta.value.value == pytest.approx(1.2, rel=0.02)


def test_rolling_values_end_a_quarter_apart_at_the_last_whole_week() -> None:
    # Friday the 6th of January 2023 is the base of the only three years that end in 2026.
    rolling = rate_sensitivity(WORLD, ask("STOCK")).funds[0].rolling
    assert [str(end) for end in rolling.ends] == [LAST_FRIDAY := "2026-01-09"]
    assert rolling.values[0] == pytest.approx(-0.005, rel=1e-4)
    assert np.datetime64(LAST_FRIDAY) - FRIDAYS[0] == np.timedelta64(1099, "D")


def test_proxies() -> None:
    assert PROXIES == ("SPY", "^TNX")
    assert rate_sensitivity(WORLD, ask("STOCK")).provenance.end == day("2026-01-09")
