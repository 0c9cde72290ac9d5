"""Every two funds: the same numbers as in a comparison, symmetric, with gaps for all."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import NoCommonHistory, PricePanel, Query, Rate, compare, correlate
from tests.panels import panel_of
from tests.unit.analytics.discriminate import assert_is
from tests.unit.analytics.markets import SESSIONS, ask, market, walk, with_bill


def test_every_pair_is_the_number_of_the_comparison() -> None:
    found = correlate(market(), ask("AAA", "BBB", "CCC"))
    assert found.symbols == ("AAA", "BBB", "CCC")
    for one, other in (("AAA", "BBB"), ("AAA", "CCC"), ("BBB", "CCC")):
        shown = compare(market(), {}, ask("AAA", "BBB", "CCC", benchmark=other)).relative[one]
        weekly = shown["correlation_weekly"].value
        assert found.between(one, other) == pytest.approx(shown["correlation"].value, rel=1e-12)
        assert found.between(one, other, weekly=True) == pytest.approx(weekly, rel=1e-12)
        assert found.between(one, other) == found.between(other, one)


def test_daily_and_weekly_are_not_confused() -> None:
    found = correlate(market(), ask("AAA", "BBB"))
    span = slice(found.span.first, found.span.last + 1)
    one, other = walk(1)[span], walk(2)[span]
    daily = float(np.corrcoef(one[1:] / one[:-1], other[1:] / other[:-1])[0, 1])
    levels = float(np.corrcoef(one, other)[0, 1])
    fridays = np.is_busday(SESSIONS[span], weekmask="Fri")
    mine, theirs = (row[fridays][1:] / row[fridays][:-1] for row in (one, other))
    weekly = float(np.corrcoef(mine, theirs)[0, 1])
    assert_is(found.between("AAA", "BBB"), daily, {"of levels": levels, "weekly": weekly})
    assert_is(found.between("AAA", "BBB", weekly=True), weekly, {"daily": daily})
    assert (found.returns, found.weeks) == (261, 52)


def test_a_benchmark_that_is_none_of_the_funds_comes_last() -> None:
    found = correlate(market(), ask("AAA", "BBB", benchmark="CCC"))
    assert found.symbols == ("AAA", "BBB", "CCC")
    assert correlate(market(), ask("AAA", "BBB", benchmark="AAA")).symbols == ("AAA", "BBB")
    assert correlate(market(), ask("AAA")).daily.tolist() == [[1.0]]


def test_the_bill_is_no_fund() -> None:
    held = with_bill(np.full(SESSIONS.size, 3.6))
    assert correlate(held, ask("AAA", "BBB", rate=Rate(None))).symbols == ("AAA", "BBB")


def test_a_gap_of_one_costs_the_others_nothing() -> None:
    gap = market(CCC=(500,))
    found = correlate(gap, ask("AAA", "BBB", "CCC"))
    assert found.returns == 260
    assert found.between("AAA", "BBB") == correlate(gap, ask("AAA", "BBB")).between("AAA", "BBB")


def test_the_question_being_weekly_changes_nothing() -> None:
    one, other = (correlate(market(), ask("AAA", "BBB", weekly=on)) for on in (False, True))
    assert np.array_equal(one.daily, other.daily)
    assert np.array_equal(one.weekly, other.weekly)
    assert (one.returns, one.weeks) == (other.returns, other.weeks)


@pytest.mark.parametrize(
    ("window", "daily", "weekly"),
    [
        ("since 2026-01-30", True, False),
        ("since 2026-01-29", True, False),
        ("since 2026-02-02", False, False),
    ],
)
def test_too_few_returns(window: str, daily: bool, weekly: bool) -> None:
    found = correlate(market(), ask("AAA", "BBB", window=window))
    assert np.isfinite(found.daily).all() == daily
    assert np.isfinite(found.weekly).all() == weekly
    assert found.daily.shape == found.weekly.shape == (2, 2)


def test_eight_weeks_are_enough() -> None:
    # From Friday, 26 December: eight weekly returns to 20 February; from the 29th on there are seven.
    found = correlate(market(), ask("AAA", "BBB", window="since 2025-12-26"))
    assert found.weeks == 8
    assert np.isfinite(found.weekly).all()
    fewer = correlate(market(), ask("AAA", "BBB", window="since 2025-12-29"))
    assert fewer.weeks == 7
    assert np.isnan(fewer.weekly).all()


def still() -> PricePanel:
    return panel_of({"AAA": walk(1), "SSS": np.full(SESSIONS.size, 7.0), "BBB": walk(2)}, SESSIONS)


def test_a_fund_that_does_not_move_has_no_correlation_not_even_with_itself() -> None:
    found = correlate(still(), ask("AAA", "SSS", "BBB"))
    for matrix in (found.daily, found.weekly):
        assert np.isnan(matrix[1]).all()
        assert np.isnan(matrix[:, 1]).all()
        assert np.isfinite(matrix[[0, 0, 2], [0, 2, 2]]).all()


def test_no_common_history() -> None:
    query: Query = ask("AAA", "BBB", window="since 2030-01-01")
    with pytest.raises(NoCommonHistory):
        correlate(market(), query)
