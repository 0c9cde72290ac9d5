"""Moving windows against their slow twins, with prices that jump a thousandfold and back among them.

Beside 1e-9 of itself a number may stray by what rounding leaves in its own window: about 1e-16 of the largest
return in it, divided by the scatter in it.  Returns outside the window must not matter at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.measures.rolling import rolling_beta, rolling_correlation, rolling_sortino, rolling_volatility
from tests.examples import at_length
from tests.oracles import slow_rolling
from tests.oracles.plans import plain, plans

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.panel import FloatArray
    from tests.oracles.plans import Plan
    from tests.oracles.slow import Maybe

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
THOROUGH = settings(max_examples=at_length(150), deadline=None)
WINDOWS = st.sampled_from([1, 2, 5, 20, 100])
Jumps = list[tuple[int, float, str]]
JUMPS = st.lists(
    st.tuples(st.integers(0, 3), st.floats(0, 1), st.sampled_from(["spike", "leap", "ruin", "dip"])),
    max_size=4,
)
"""Which row (the fourth: the benchmark), where, and what happens there."""
SHAPES = {"spike": (999.0, 1 / 1000 - 1), "leap": (1e6 - 1,), "ruin": (-0.9999,), "dip": (1e-5 - 1, 1e5 - 1)}
DIGITS = 2e-14
YEAR = 252**0.5


def jumped(plan: Plan, jumps: Jumps) -> tuple[FloatArray, FloatArray]:
    """Returns of the funds and of the benchmark, with jumps put in."""
    held = plan.sample
    rows = np.vstack([held.returns, np.atleast_2d(held.against)])
    for row, place, shape in jumps:
        at = int(place * (rows.shape[1] - 1))
        moves = np.array(SHAPES[shape])[: rows.shape[1] - at]
        rows[-1 if row == 3 else row % held.levels.shape[0], at : at + moves.size] = moves
    return rows[:-1], rows[-1]


def check_sortino(plan: Plan, jumps: Jumps, window: int) -> None:
    returns, _ = jumped(plan, jumps)
    rate = np.nan_to_num(np.broadcast_to(plan.sample.rate, returns.shape[1]))
    found = rolling_sortino(returns, window, rate)
    for own, line in zip(returns - rate, found, strict=True):
        twin = slow_rolling.sortino(plain(own), window)
        slack = [YEAR * steepness(part, spread=rms(np.minimum(part, 0.0))) for part in cut(own, window)]
        assert_rolled(line, twin, slack)


def check_volatility(plan: Plan, jumps: Jumps, window: int) -> None:
    returns, _ = jumped(plan, jumps)
    for own, line in zip(returns, rolling_volatility(returns, window), strict=True):
        slack = [YEAR * np.abs(part).max(initial=0.0) for part in cut(own, window)]
        assert_rolled(line, slow_rolling.volatility(plain(own), window), slack)


def check_correlation(plan: Plan, jumps: Jumps, window: int) -> None:
    returns, market = jumped(plan, jumps)
    others = [steepness(part, part.std()) for part in cut(market, window)]
    for own, line in zip(returns, rolling_correlation(returns, market, window), strict=True):
        steep = [steepness(part, part.std()) for part in cut(own, window)]
        twin = slow_rolling.correlation(plain(own), plain(market), window)
        assert_rolled(line, twin, [sum(pair) for pair in zip(steep, others, strict=True)])


def check_beta(plan: Plan, jumps: Jumps, window: int) -> None:
    returns, market = jumped(plan, jumps)
    others = cut(market, window)
    for own, line in zip(returns, rolling_beta(returns, market, window), strict=True):
        twin = slow_rolling.beta(plain(own), plain(market), window)
        parts = zip(cut(own, window), others, strict=True)
        assert_rolled(line, twin, [beta_slack(part, other) for part, other in parts])


def beta_slack(own: FloatArray, other: FloatArray) -> float:
    spread = max(float(other.std()), 1e-12)
    return (steepness(own, spread) + own.std() / spread * steepness(other, spread)) if own.size else 0.0


def assert_rolled(fast: FloatArray, twin: list[Maybe], slack: list[float]) -> None:
    """Equal to 1e-9 and to a few units in the last place of the slack."""
    for value, expected, unit in zip(fast, twin, slack, strict=True):
        assert np.isnan(value) == (expected is None), (value, expected)
        if expected is not None:
            assert value == pytest.approx(expected, rel=1e-9, abs=DIGITS * unit)


def steepness(part: FloatArray, spread: float) -> float:
    """The largest return of a window in units of a spread."""
    return float(np.abs(part).max(initial=0.0) / max(spread, 1e-12))


def rms(part: FloatArray) -> float:
    return float(np.sqrt((part**2).mean())) if part.size else 0.0


def cut(row: FloatArray, window: int) -> list[FloatArray]:
    """The window that ends on each return, shorter at the beginning."""
    return [row[max(0, end - window) : end] for end in range(1, row.size + 1)]


CHECKS = [check_sortino, check_volatility, check_correlation, check_beta]


@pytest.mark.parametrize("check", CHECKS)
@given(plans(longest=60, most=3), JUMPS, WINDOWS)
@QUICK
def test_every_window_is_the_measure_of_its_own_returns(
    check: Callable[[Plan, Jumps, int], None], plan: Plan, jumps: Jumps, window: int
) -> None:
    check(plan, jumps, window)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
@given(plans(longest=300, most=6), JUMPS, WINDOWS)
@THOROUGH
def test_on_many_panels(
    check: Callable[[Plan, Jumps, int], None], plan: Plan, jumps: Jumps, window: int
) -> None:
    check(plan, jumps, window)
