"""Alpha against several benchmarks: the measure's own value, with an interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import NoCommonHistory, Rate, compare
from analytics.evidence.alpha import alphas, benchmark_alphas, broad_market
from analytics.panel import Doubt, DoubtKind
from tests.panels import day
from tests.unit.analytics.evidence.worlds import ends
from tests.unit.analytics.markets import SESSIONS, ask, market


def test_every_fund_against_every_benchmark_but_itself() -> None:
    found = alphas(market(), ask("AAA", "BBB"), ("BBB", "CCC", "BBB"))
    assert [(one.symbol, one.benchmark) for one in found] == [("AAA", "BBB"), ("AAA", "CCC"), ("BBB", "CCC")]


@pytest.mark.parametrize("weekly", [False, True])
@pytest.mark.parametrize("rate", [Rate(), Rate(0.04)])
def test_the_value_is_the_one_that_compare_tells(weekly: bool, rate: Rate) -> None:
    held, query = market(AAA=(300, 400), CCC=(500,)), ask("AAA", "BBB", weekly=weekly, rate=rate)
    for found in alphas(held, query, ("BBB", "CCC")):
        told = compare(held, {}, replace(query, benchmark=found.benchmark))
        assert found.alpha.value == told.relative[found.symbol]["alpha"]
        middle = sum(ends(found.alpha)) / 2
        assert middle == pytest.approx(found.alpha.value.value, rel=1e-8)
        assert (found.start, found.end) == (told.span.start, told.span.end)


def test_a_hole_of_either_is_one_return_of_both() -> None:
    (whole,) = alphas(market(), ask("AAA"), ("CCC",))
    (holed,) = alphas(market(AAA=(400,), CCC=(450, 451)), ask("AAA"), ("CCC",))
    assert holed.returns == whole.returns - 3
    assert holed.lags == whole.lags == 4


def test_why_there_is_none() -> None:
    held, query = market(CCC=tuple(range(540))), ask("AAA")
    short, absent = alphas(held, replace(query, window=query.window), ("CCC", "GONE"))
    assert short.alpha.value.value is not None
    assert (short.start, short.returns) == (SESSIONS[540].item(), 19)
    assert absent.alpha.reason == absent.beta.reason == "no prices of GONE"
    assert (absent.start, absent.returns) == (None, 0)
    (few,) = alphas(market(CCC=tuple(range(550))), query, ("CCC",))
    assert few.alpha.reason == "fewer than 15 returns in common with the benchmark"
    assert few.alpha.interval.low is None
    (none,) = alphas(market(CCC=tuple(range(560))), query, ("CCC",))
    assert none.alpha.reason == "no prices of CCC in the window"
    with pytest.raises(NoCommonHistory):
        alphas(market(AAA=tuple(range(560))), query, ("CCC",))


def test_a_flat_benchmark() -> None:
    held = market()
    levels = held.total_return.copy()
    levels[2] = 7.0
    (found,) = alphas(replace(held, total_return=levels), ask("AAA"), ("CCC",))
    assert found.alpha.value.value is None
    assert found.alpha.reason == found.alpha.value.reason
    assert "benchmark" in (found.alpha.reason or "")


def test_against_its_own_twin_there_is_an_alpha_of_zero_and_no_error() -> None:
    held = market()
    levels = held.total_return.copy()
    levels[2] = 3.0 * levels[0]
    (found,) = alphas(replace(held, total_return=levels), ask("AAA"), ("CCC",))
    assert found.alpha.value.value == pytest.approx(0.0, abs=1e-12)
    assert found.alpha.interval.high is None
    assert found.alpha.reason == "made of the factors, with nothing left over"


def test_doubts_of_both_travel_along() -> None:
    doubts = tuple(
        Doubt(DoubtKind.JUMP, symbol, day(when), 0.4)
        for symbol, when in (("CCC", "2025-09-01"), ("BBB", "2025-09-01"), ("AAA", "2024-02-01"))
    )
    (found,) = alphas(replace(market(), doubts=doubts), ask("AAA"), ("CCC",))
    assert [doubt.symbol for doubt in found.doubts] == ["CCC"]
    assert np.isfinite(found.beta.value.value or np.nan)


def test_the_broad_market_is_the_one_that_explains_the_first_fund_most() -> None:
    held, query = market(), ask("AAA")
    found = broad_market(held, query, ("BBB", "CCC", "GONE"))
    assert found is not None
    told = {
        name: compare(held, {}, replace(query, benchmark=name)).relative["AAA"]["r_squared"]
        for name in ("BBB", "CCC")
    }
    assert {name: found.r_squared[name] for name in told} == told
    assert found.symbol == max(told, key=lambda name: told[name].value or 0.0)
    assert found.r_squared["GONE"].reason == "no prices of GONE"


def test_neither_the_fund_nor_its_benchmark_is_its_broad_market() -> None:
    assert broad_market(market(), ask("AAA", "BBB"), ("AAA", "BBB")) is None
    lone = broad_market(market(), ask("AAA", "BBB"), ("AAA", "BBB", "CCC"))
    assert lone is not None
    assert list(lone.r_squared) == ["CCC"]


def test_without_a_broad_market_the_other_fund_is_left() -> None:
    found = benchmark_alphas(market(), ask("AAA", "BBB"))
    assert found.broad is None
    assert [(one.symbol, one.benchmark) for one in found.alphas] == [("AAA", "BBB")]
    alone = benchmark_alphas(market(), ask("AAA"))
    assert alone.alphas == ()
