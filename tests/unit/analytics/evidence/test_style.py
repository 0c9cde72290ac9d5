"""Loadings that are known, what is left out and why, and the gap of a window in parts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analytics import compare, parse_window
from analytics.evidence.style import FACTORS, PROXIES, style
from analytics.returns import with_mixes
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.evidence.worlds import BOND, FRIDAYS, MARKET, SMALL, ask, moves, weekly_world

VALUE, GROWTH, MOMENTUM, CORE = (moves(seed) for seed in (11, 12, 13, 14))
STYLES = {"IWN": VALUE, "IWO": GROWTH, "XSMO": MOMENTUM, "IJR": CORE}
ONE = (
    0.0004
    + 1.1 * MARKET
    + 0.8 * (SMALL - MARKET)
    - 0.2 * (VALUE - GROWTH)
    + 0.1 * (MOMENTUM - CORE)
    + 0.05 * BOND
    + moves(15, 1e-7)
)
TWO = 0.0002 + 0.9 * MARKET + 0.9 * (SMALL - MARKET) + moves(16, 1e-7)
WORLD = weekly_world(ONE=ONE, TWO=TWO, **STYLES)


def test_loadings_that_are_known() -> None:
    answer = style(WORLD, ask("ONE", "TWO"))
    assert answer.factors == FACTORS
    assert answer.left_out == {}
    one, (gap,) = answer.funds[0], answer.differences
    found = {name: round(each.value.value or 0.0, 4) for name, each in one.loadings.items()}
    assert found == {"MKT": 1.1, "SIZE": 0.8, "VALUE": -0.2, "MOMENTUM": 0.1, "TERM": 0.05}
    assert_is(round(one.alpha.value.value or 0.0, 4), 0.0728, {"a week": 0.0014, "x 252": 0.3528})
    assert {name: round(each.value.value or 0.0, 3) for name, each in gap.loadings.items()} == {
        "MKT": 0.2,
        "SIZE": -0.1,
        "VALUE": -0.2,
        "MOMENTUM": 0.1,
        "TERM": 0.05,
    }
    assert gap.symbols == ("ONE", "TWO")
    assert (answer.weeks, answer.lags) == (157, 4)
    assert one.r_squared.value == pytest.approx(1.0)


def test_the_gap_of_the_window_in_parts() -> None:
    query = ask("ONE", "TWO")
    answer, told = style(WORLD, query), compare(WORLD, {}, query)
    gap = answer.differences[0].attribution
    one, two = (told.metrics[symbol]["total_return"].value for symbol in ("ONE", "TWO"))
    assert one is not None
    assert two is not None
    assert gap.total.value == pytest.approx(one - two, rel=1e-12)
    assert gap.rest.value is not None
    assert math.fsum([*gap.parts.values(), gap.rest.value]) == pytest.approx(gap.total.value, rel=1e-14)
    first = np.searchsorted(FRIDAYS, np.datetime64(answer.start))
    small, market = (
        WORLD.total_return[WORLD.row(each), -1] / WORLD.total_return[WORLD.row(each), first] - 1
        for each in ("IWM", "SPY")
    )
    assert_is(
        gap.parts["SIZE"],
        (answer.differences[0].loadings["SIZE"].value.value or 0.0) * (small - market),
        {"added up week by week": -0.1 * (SMALL - MARKET)[first:].sum(), "of the small alone": -0.1 * small},
    )


def test_a_mix_is_taken_apart_from_the_weights_that_the_window_begins_with() -> None:
    """Its levels over the five years of the evidence are not those of the question's one year."""
    mix = "50%ONE+50%TWO:never"
    query = ask(mix, "SPY")
    mixed = with_mixes(WORLD, (mix, *WORLD.symbols))
    told = compare(mixed, {}, query).metrics[mix]["total_return"].value
    assert style(mixed, query).funds[0].attribution.total.value == pytest.approx(told, rel=1e-12)


def test_proxies_that_lack_are_left_out_and_named() -> None:
    levels = WORLD.total_return.copy()
    levels[WORLD.row("XSMO"), :3] = np.nan
    held = replace(WORLD, total_return=levels).select([name for name in WORLD.symbols if name != "IWN"])
    answer = style(held, ask("ONE", "TWO"))
    assert answer.left_out == {
        "VALUE": "no prices of IWN",
        "MOMENTUM": f"prices of XSMO begin {FRIDAYS[3]}",
    }
    assert [factor.name for factor in answer.factors] == ["MKT", "SIZE", "TERM"]
    assert answer.funds[1].loadings["SIZE"].value.value == pytest.approx(0.9, abs=1e-3)
    assert list(answer.funds[1].attribution.parts) == ["MKT", "SIZE", "TERM"]


def test_without_any_proxy() -> None:
    answer = style(WORLD.select(["ONE", "TWO"]), ask("ONE", "TWO"))
    one = answer.funds[0]
    assert (answer.factors, one.loadings) == ((), {})
    assert one.alpha.reason == one.attribution.reason == "no prices of any style"
    assert one.attribution.total.value is not None
    assert answer.condition.reason == "no prices of any style"
    assert not answer.is_entangled


def test_too_few_weeks() -> None:
    answer = style(WORLD, ask("ONE"), parse_window("1y"))
    one = answer.funds[0]
    assert one.alpha.reason == one.loadings["MKT"].reason == "fewer than 104 weeks"
    assert (one.attribution.parts, one.attribution.reason) == ({}, "fewer than 104 weeks")
    assert one.attribution.rest.value is None
    assert answer.differences == ()


def test_factors_that_are_alike_are_said_to_be() -> None:
    assert not style(WORLD, ask("ONE")).is_entangled
    alike = weekly_world(ONE=ONE, **(STYLES | {"IWN": GROWTH + SMALL - MARKET + moves(17, 1e-4)}))
    answer = style(alike, ask("ONE"))
    assert answer.is_entangled
    assert answer.condition.value is not None
    assert answer.condition.value > 30


def test_a_fund_that_is_a_proxy_is_made_of_the_factors() -> None:
    answer = style(WORLD, ask("ONE", "IWM"))
    small = answer.funds[1]
    assert {name: round(each.value.value or 0.0, 6) for name, each in small.loadings.items()} == {
        "MKT": 1.0,
        "SIZE": 1.0,
        "VALUE": 0.0,
        "MOMENTUM": 0.0,
        "TERM": 0.0,
    }
    assert small.loadings["MKT"].reason == "made of the factors, with nothing left over"
    assert small.attribution.rest.value == pytest.approx(0.0, abs=1e-12)


def test_a_proxy_without_a_price_on_the_windows_first_day() -> None:
    levels = WORLD.total_return.copy()
    start = style(WORLD, ask("ONE")).start
    levels[WORLD.row("TLT"), np.searchsorted(FRIDAYS, np.datetime64(start))] = np.nan
    gap = style(replace(WORLD, total_return=levels), ask("ONE")).funds[0].attribution
    assert gap.reason == "no price of TLT on its days"
    assert gap.total.value is not None


def test_names() -> None:
    assert [f"{factor.name} {factor.formula}" for factor in FACTORS] == [
        "MKT SPY",
        "SIZE IWM - SPY",
        "VALUE IWN - IWO",
        "MOMENTUM XSMO - IJR",
        "TERM TLT",
    ]
    assert PROXIES == ("SPY", "IWM", "IWN", "IWO", "XSMO", "IJR", "TLT")
