"""A rule that fires can end: its recovery value is one that the quantity comes to, whatever the rule."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import MEASURES, WATCHABLE, Combine, Condition, Op, Quantity
from analytics.measures import Bounds
from analytics.watch.rules import FACTS, can_meet, can_miss, derive_recovery, reach

CORRELATION = Quantity("correlation", "ISCB", benchmark="SPSM")
LEVELS = [op for op in Op if op is not Op.CHANGES]
PAIRS = (None, *Combine)
NEAR = st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0]).flatmap(
    lambda end: st.sampled_from([-1e-6, -1e-3, 0.0, 1e-3, 1e-6]).map(lambda step: end + step)
)
THRESHOLDS = NEAR | st.floats(-3.0, 3.0) | st.floats(-1e6, 1e6)


@given(THRESHOLDS)
@settings(max_examples=60, deadline=None)
def test_of_every_measure_what_can_fire_can_end(threshold: float) -> None:
    for measure, pair, op in itertools.product(WATCHABLE, PAIRS, LEVELS):
        bounds = reach(measure, pair=pair)
        if can_meet(op, threshold, bounds) and can_miss(op, threshold, bounds):
            recovery = derive_recovery(op, threshold, measure, pair=pair)
            assert bounds.low <= recovery <= bounds.high, (measure, pair, op, threshold)
            band = recovery - threshold if op.falling else threshold - recovery
            end = bounds.high if op.falling else bounds.low
            bandless = threshold == end or (threshold == 0 and measure in FACTS)
            assert band == 0 if bandless else band >= 0, (measure, pair, op, threshold)
            if not bandless and abs(threshold - end) > 1e-9 and not 0 < abs(threshold) < 1e-9:
                assert band > 0, (measure, pair, op, threshold)


@pytest.mark.parametrize(
    ("op", "threshold", "recovery"),
    [
        (Op.BELOW, 0.98, 0.982),
        (Op.BELOW, 0.5, 0.55),
        (Op.BELOW, -0.5, -0.45),
        (Op.ABOVE, 0.9, 0.81),
        (Op.ABOVE, -0.99, -0.991),
        (Op.BELOW, 0.0, 0.01),
    ],
)
def test_of_a_correlation_it_never_goes_past_a_tenth_of_the_way(
    op: Op, threshold: float, recovery: float
) -> None:
    assert Condition(CORRELATION, op, threshold).recovery == pytest.approx(recovery)


@pytest.mark.parametrize(
    ("quantity", "op", "threshold", "recovery"),
    [
        (Quantity("sector_weight", "ISCB", sector="Technology"), Op.BELOW, 0.95, 0.955),
        (Quantity("drawdown", "ISCB"), Op.BELOW, -0.15, -0.135),
        (Quantity("drawdown", "ISCB"), Op.ABOVE, -0.95, -0.955),
        (Quantity("volatility", "ISCB"), Op.ABOVE, 0.2, 0.18),
        (Quantity("total_return", "ISCB"), Op.ABOVE, 0.0, -0.005),
        (Quantity("total_return", "ISCB", other="SPSM"), Op.BELOW, 0.0, 0.005),
        (Quantity("cvar_95", "ISCB", other="SPSM"), Op.BELOW, 0.0, 0.001),
        (Quantity("positive_months", "ISCB", other="SPSM"), Op.BELOW, 0.98, 0.982),
        (Quantity("correlation", "ISCB", other="IWM", benchmark="SPY"), Op.BELOW, 1.9, 1.91),
        (Quantity("volatility", "ISCB", other="SPSM", combine=Combine.RATIO), Op.ABOVE, 1.2, 1.08),
        (Quantity("expense_ratio", "ISCB"), Op.AT_MOST, 0.0, 0.0),
    ],
)
def test_of_other_measures(quantity: Quantity, op: Op, threshold: float, recovery: float) -> None:
    assert Condition(quantity, op, threshold).recovery == pytest.approx(recovery)


@pytest.mark.parametrize("recover", [1.0, 1.078, 1.2])
def test_a_value_kept_before_it_was_refused_is_not_in_force(recover: float) -> None:
    assert Condition(CORRELATION, Op.BELOW, 0.98, recover).recovery == pytest.approx(0.982)


def test_a_rule_kept_with_a_threshold_out_of_reach_has_a_recovery_value_still() -> None:
    pair = Quantity("correlation", "ISCB", other="IWM", benchmark="SPY")
    assert Condition(pair, Op.BELOW, 3.0).recovery == 3.0


@pytest.mark.parametrize(
    ("op", "threshold", "bounds", "meets", "misses"),
    [
        (Op.BELOW, 1.0, Bounds(-1.0, 1.0), True, False),
        (Op.ABOVE, 1.0, Bounds(-1.0, 1.0), False, True),
        (Op.AT_LEAST, 1.0, Bounds(-1.0, 1.0), False, True),
        (Op.AT_LEAST, 1.0, Bounds(-1.0, 1.0, high_taken=True), True, True),
        (Op.BELOW, 1.0, Bounds(-1.0, 1.0, high_taken=True), True, True),
        (Op.AT_MOST, 1.0, Bounds(-1.0, 1.0, high_taken=True), True, False),
        (Op.CROSSES_BELOW, -1.0, Bounds(-1.0, 1.0), False, True),
        (Op.BELOW, 7.0, Bounds(), True, True),
    ],
)
def test_what_can_be_met_and_missed(
    op: Op, threshold: float, bounds: Bounds, meets: bool, misses: bool
) -> None:
    assert (can_meet(op, threshold, bounds), can_miss(op, threshold, bounds)) == (meets, misses)


def test_what_is_watched_of_a_measure_is_its_row() -> None:
    assert all(WATCHABLE[name] is measure for name, measure in MEASURES.items())
    assert all(row.name == name for name, row in WATCHABLE.items())
