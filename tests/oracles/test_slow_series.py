"""Moving windows, falls, trailing returns and years against their slow twins, on random panels.

Moving windows subtract sums over the whole history, so what a crash or a leap leaves in them (about 1e-16
of its size, and of its square) stays in every later window.  Beside 1e-9 of itself each ratio may therefore
stray by that much, divided by the scatter in its window; ordinary returns never come near it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import Period, calendar_years, drawdowns, trailing_returns
from analytics.measures.rolling import rolling_correlation, rolling_sortino
from tests.oracles import slow_series
from tests.oracles.plans import plain, plans

if TYPE_CHECKING:
    from datetime import date

    from analytics.panel import FloatArray
    from tests.oracles.plans import Plan
    from tests.oracles.slow_series import Stretch

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
THOROUGH = settings(max_examples=150, deadline=None)
WINDOWS = st.sampled_from([1, 2, 5, 20, 100])
DIGITS = 2e-15
YEAR = 252**0.5


def assert_rolled(fast: float, twin: float | None, slack: float) -> None:
    if slack > 0.1:
        return  # the window moves less than the rounding of what came before it
    assert np.isnan(fast) == (twin is None), (fast, twin, slack)
    if twin is not None:
        assert fast == pytest.approx(twin, rel=1e-9, abs=slack)


def check_sortino(plan: Plan, window: int) -> None:
    held = plan.sample
    rate = np.nan_to_num(np.broadcast_to(held.rate, held.sessions.size - 1))
    found = rolling_sortino(held.returns, window, rate)
    for row, returns in enumerate(held.returns):
        twin = slow_series.rolling_sortino(plain(returns), rate.tolist(), window)
        for at, expected in enumerate(twin):
            part = (returns - rate)[max(0, at + 1 - window) : at + 1]
            assert_rolled(found[row, at], expected, sortino_slack(part, returns - rate))


def sortino_slack(part: FloatArray, whole: FloatArray) -> float:
    square = float(np.nanmean(np.minimum(part, 0.0) ** 2)) if np.isfinite(part).any() else 0.0
    if square == 0.0:
        return 0.0
    lost = DIGITS / part.size * float(np.nansum(np.abs(whole)))
    lost_square = DIGITS / part.size * float(np.nansum(np.minimum(whole, 0.0) ** 2))
    return float(YEAR / square**0.5 * (lost + abs(float(np.nanmean(part))) * lost_square / square))


def check_correlation(plan: Plan, window: int) -> None:
    held = plan.sample
    found = rolling_correlation(held.returns, held.against, window)
    for row, returns in enumerate(held.returns):
        twin = slow_series.rolling_correlation(plain(returns), plain(held.against), window)
        for at, expected in enumerate(twin):
            span = slice(max(0, at + 1 - window), at + 1)
            parts = (returns[span], returns), (held.against[span], held.against)
            slack = 0.0 if expected is None else sum(variance_slack(*part) for part in parts)
            assert_rolled(found[row, at], expected, slack)


def variance_slack(part: FloatArray, whole: FloatArray) -> float:
    """Share of a window's variance that rounding may be."""
    around = whole - np.nanmean(whole)
    off = abs(float(np.mean(part - np.nanmean(whole))))
    size = float(np.nansum(around**2)) + off * float(np.nansum(np.abs(around)))
    return float(DIGITS / part.size * size / part.var())


@given(plans(longest=60, most=3), WINDOWS)
@QUICK
def test_rolling_sortino(plan: Plan, window: int) -> None:
    check_sortino(plan, window)


@given(plans(longest=60, most=3), WINDOWS)
@QUICK
def test_rolling_correlation(plan: Plan, window: int) -> None:
    check_correlation(plan, window)


def check_falls(plan: Plan, most: int) -> None:
    held = plan.sample
    days: list[date] = held.sessions.tolist()
    for levels in held.levels:
        found = drawdowns(levels, held.sessions, most)
        twins = slow_series.drawdowns(plain(levels), days, most)
        facts = [(fall.peak, fall.trough, fall.recovery) for fall in found]
        assert facts == [(fall.peak, fall.trough, fall.recovery) for fall in twins]
        assert [fall.depth for fall in found] == pytest.approx([fall.depth for fall in twins], rel=1e-9)


@given(plans(), st.integers(1, 6))
@QUICK
def test_drawdowns(plan: Plan, most: int) -> None:
    check_falls(plan, most)


def check_stretches(plan: Plan, last: int) -> None:
    held = plan.panel
    days: list[date] = held.sessions.tolist()
    end = days[min(last, len(days) - 1)]
    rows = [plain(row) for row in held.total_return]
    for fast, twin in (
        (trailing_returns(held, end), slow_series.trailing_returns(rows, days, end)),
        (calendar_years(held, end), slow_series.calendar_years(rows, days, end)),
    ):
        assert [frame(found) for found in fast] == [frame(found) for found in twin]
        for found, expected in zip(fast, twin, strict=True):
            pairs = zip(found.returns.values(), expected.returns, strict=True)
            for number, value in pairs:
                assert number.value == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-14))


def frame(found: Period | Stretch) -> tuple[str, date, date, bool, bool]:
    return (found.label, found.start, found.end, found.annualised, found.partial)


@given(plans(longest=150), st.integers(0, 150))
@QUICK
def test_trailing_returns_and_years(plan: Plan, last: int) -> None:
    check_stretches(plan, last)


@pytest.mark.slow
@given(plans(longest=300, most=10), WINDOWS, st.integers(1, 6), st.integers(0, 300))
@THOROUGH
def test_all_on_many_panels(plan: Plan, window: int, most: int, last: int) -> None:
    check_sortino(plan, window)
    check_correlation(plan, window)
    check_falls(plan, most)
    check_stretches(plan, last)
