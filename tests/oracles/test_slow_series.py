"""Falls, trailing returns and years against their slow twins, on random panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import Period, calendar_years, drawdowns, episodes, trailing_returns
from tests.examples import at_length
from tests.oracles import slow_series
from tests.oracles.plans import plain, plans

if TYPE_CHECKING:
    from datetime import date

    from tests.oracles.plans import Plan
    from tests.oracles.slow_series import Stretch

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
THOROUGH = settings(max_examples=at_length(150), deadline=None)


def check_falls(plan: Plan, most: int) -> None:
    held = plan.sample
    days: list[date] = held.sessions.tolist()
    for levels in held.levels:
        found = drawdowns(levels, held.sessions, most)
        twins = slow_series.drawdowns(plain(levels), days, most)
        facts = [(fall.peak, fall.trough, fall.recovery) for fall in found]
        assert facts == [(fall.peak, fall.trough, fall.recovery) for fall in twins]
        assert [fall.depth for fall in found] == pytest.approx([fall.depth for fall in twins], rel=1e-9)


def check_episodes(plan: Plan, most: int) -> None:
    held = plan.sample
    days: list[date] = held.sessions.tolist()
    found = episodes(held.levels, held.sessions, most)
    twins = slow_series.episodes([plain(levels) for levels in held.levels], days, most)
    assert [(each.start, each.end) for each in found] == [(each.start, each.end) for each in twins]
    for each, twin in zip(found, twins, strict=True):
        for fall, expected in zip(each.falls, twin.falls, strict=True):
            assert (fall is None) == (expected is None)
            if fall and expected:
                assert fall.depth == pytest.approx(expected.depth, rel=1e-9)
                dates = (expected.peak, expected.trough, expected.recovery)
                assert (fall.peak, fall.trough, fall.recovery) == dates


@given(plans(), st.integers(1, 6))
@QUICK
def test_episodes(plan: Plan, most: int) -> None:
    check_episodes(plan, most)


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
@given(plans(longest=300, most=10), st.integers(1, 6), st.integers(0, 300))
@THOROUGH
def test_all_on_many_panels(plan: Plan, most: int, last: int) -> None:
    check_falls(plan, most)
    check_episodes(plan, most)
    check_stretches(plan, last)
