"""Every measure against its slow twin, on random panels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from analytics import MEASURES, evaluate, table
from tests.examples import at_length
from tests.oracles import slow
from tests.oracles.plans import plans, series
from tests.oracles.tolerance import RELATIVE, slack

if TYPE_CHECKING:
    from tests.oracles.plans import Plan

QUIET = [HealthCheck.too_slow]


def check(plan: Plan) -> None:
    held = plan.sample
    found = table(MEASURES, held)
    for row in range(held.levels.shape[0]):
        twin = series(held, row)
        for name, column in found.items():
            assert_twins(name, float(column[row]), twin)


def assert_twins(name: str, fast: float, twin: slow.Series) -> None:
    expected = getattr(slow, name)(twin)
    assert math.isnan(fast) is (expected is None), (name, fast, expected)
    if expected is not None:
        assert fast == pytest.approx(expected, rel=RELATIVE, abs=slack(name, twin)), name


@given(plans())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=QUIET)
def test_measures(plan: Plan) -> None:
    check(plan)


@pytest.mark.slow
@given(plans(longest=600, most=20))
@settings(max_examples=at_length(150), deadline=None, suppress_health_check=QUIET)
def test_measures_on_many_panels(plan: Plan) -> None:
    check(plan)


def test_every_measure_has_a_twin() -> None:
    assert [name for name in MEASURES if not callable(getattr(slow, name, None))] == []


@given(plans(longest=40, most=3))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_number_or_a_reason(plan: Plan) -> None:
    for numbers in evaluate(MEASURES, plan.sample):
        for name, number in numbers.items():
            assert (number.value is None) is (number.reason is not None)
            assert number.reason != "not defined on these data", name
