"""ffn as an outside oracle: the same number, or the difference by formula.

Importing it takes about a second (it loads pyplot), so these tests are slow ones.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics import Sample, drawdowns
from tests.oracles.outside import SESSIONS, Library, Pair, quietly_import

pytestmark = pytest.mark.slow
PAIRS = [Pair(seed) for seed in range(4)]
YEAR = math.sqrt(252)
SPREAD = math.sqrt((SESSIONS + 1) / SESSIONS)
"""They count the base close among the sessions of the Ulcer index, where the fall is zero by definition."""


@pytest.fixture(scope="module")
def theirs() -> Library:
    return quietly_import("ffn")


@pytest.fixture(params=PAIRS, ids=lambda pair: f"seed {pair.seed}")
def pair(request: pytest.FixtureRequest) -> Pair:
    assert isinstance(request.param, Pair)
    return request.param


def test_the_same_definition(theirs: Library, pair: Pair) -> None:
    same = {
        "total_return": theirs.calc_total_return(pair.prices),
        "cagr": theirs.calc_cagr(pair.prices),
        "max_drawdown": theirs.calc_max_drawdown(pair.prices),
        "calmar": theirs.calc_calmar_ratio(pair.prices),
        "sharpe": theirs.calc_sharpe(pair.returns, nperiods=252),
        "sortino": theirs.calc_sortino_ratio(pair.returns, nperiods=252),
    }
    for name, value in same.items():
        assert pair.ours(name) == pytest.approx(float(value), rel=1e-9), name


def test_their_rate_is_taken_apart_by_compounding(theirs: Library, pair: Pair) -> None:
    # 1.03 ** (1 / 252) - 1 a day there, 0.03 / 252 here
    daily = 1.03 ** (1 / 252) - 1
    for name, function in (("sharpe", theirs.calc_sharpe), ("sortino", theirs.calc_sortino_ratio)):
        value = float(function(pair.returns, rf=0.03, nperiods=252))
        assert pair.ours(name, 0.03 / 252) != pytest.approx(value, rel=1e-4)
        assert pair.ours(name, daily) == pytest.approx(value, rel=1e-9)


def test_their_ulcer_is_in_percent_and_counts_the_base(theirs: Library, pair: Pair) -> None:
    value = float(theirs.core.to_ulcer_index(pair.prices))
    assert value / 100 * SPREAD == pytest.approx(pair.ours("ulcer"), rel=1e-9)
    ratio = float(theirs.core.to_ulcer_performance_index(pair.prices))
    assert ratio / SPREAD == pytest.approx(pair.ours("martin"), rel=1e-9)


def test_their_information_ratio_is_one_per_day(theirs: Library, pair: Pair) -> None:
    value = float(theirs.calc_information_ratio(pair.returns, pair.factor))
    assert value * YEAR == pytest.approx(pair.ours("information_ratio"), rel=1e-9)


def test_their_falls_start_on_the_first_day_down_and_ours_at_the_high(theirs: Library, pair: Pair) -> None:
    held: Sample = pair.sample
    found = drawdowns(held.levels[0], held.sessions, most=1000)
    table = theirs.drawdown_details(theirs.to_drawdown_series(pair.prices))
    rows = sorted(zip(table["drawdown"], table["Start"], table["End"], strict=True))
    assert len(found) == len(rows) > 5
    for fall, (depth, start, end) in zip(found, rows, strict=True):
        down = held.sessions[np.searchsorted(held.sessions, np.datetime64(fall.peak)) + 1]
        assert fall.depth == pytest.approx(float(depth), rel=1e-9)
        assert down == np.datetime64(start, "D")
        last = fall.recovery or held.sessions[-1].astype(object)
        assert end.date() == last
