"""What a rule may say, and where its breach ends."""

from __future__ import annotations

import math

import pytest

from analytics import MEASURES, WATCHABLE, Combine, Condition, Op, Quantity, Rate, Rule, parse_window
from analytics.errors import BadRule

SORTINO = Quantity("sortino", "ISCB")


@pytest.mark.parametrize(
    ("op", "threshold", "recovery"),
    [
        (Op.BELOW, 1.0, 1.1),
        (Op.AT_MOST, 1.0, 1.1),
        (Op.CROSSES_BELOW, 1.0, 1.1),
        (Op.ABOVE, 1.0, 0.9),
        (Op.AT_LEAST, 1.0, 0.9),
        (Op.CROSSES_ABOVE, 1.0, 0.9),
        (Op.BELOW, -0.15, -0.135),  # 10 % of the size, on the safe side: not -0.165
        (Op.ABOVE, -0.15, -0.165),
        (Op.BELOW, 0.0, 0.1),  # a tenth of nothing would be no band at all
        (Op.CROSSES_ABOVE, 0.0, -0.1),
    ],
)
def test_recovery_is_a_tenth_of_the_size_on_the_safe_side(op: Op, threshold: float, recovery: float) -> None:
    assert Condition(SORTINO, op, threshold).recovery == pytest.approx(recovery, abs=1e-12)


def test_a_recovery_value_of_ones_own() -> None:
    assert Condition(SORTINO, Op.BELOW, 1.0, recover=1.5).recovery == 1.5
    assert Condition(SORTINO, Op.BELOW, 1.0, recover=1.0).recovery == 1.0


@pytest.mark.parametrize(("op", "recover"), [(Op.BELOW, 0.9), (Op.ABOVE, 1.1), (Op.CROSSES_ABOVE, 1.01)])
def test_a_recovery_inside_the_breach_is_refused(op: Op, recover: float) -> None:
    with pytest.raises(BadRule, match=r"must recover (above|below) 1, not at"):
        Condition(SORTINO, op, 1.0, recover)


@pytest.mark.parametrize("threshold", [math.nan, math.inf, -math.inf, 1e309])
def test_thresholds_are_finite(threshold: float) -> None:
    with pytest.raises(BadRule, match="finite"):
        Condition(SORTINO, Op.BELOW, threshold)
    with pytest.raises(BadRule, match="finite"):
        Condition(SORTINO, Op.BELOW, 1.0, threshold)


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({"measure": "luck"}, "luck is not watched; what can be is .*total_return, .*sector_weight"),
        ({"other": "ISCB"}, "of ISCB is held against itself"),
        ({"window": parse_window("2024-01-02..2025-01-02")}, "never moves"),
        ({"window": parse_window("since regime")}, "depends on facts about the funds"),
        ({"measure": "beta"}, "needs a benchmark"),
        ({"measure": "assets", "other": "SPSM"}, "one fund at a time"),
        ({"measure": "sector_weight"}, "needs a sector"),
        ({"sector": "Technology"}, "has no sector"),
    ],
)
def test_quantities_that_can_never_be_read(parts: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadRule, match=complaint):
        Quantity(**({"measure": "sortino", "symbol": "ISCB"} | parts))  # type: ignore[arg-type]


def test_only_facts_change() -> None:
    cost = Condition(Quantity("expense_ratio", "SPSM"), Op.CHANGES, 0.0003)
    assert cost.recovery == 0.0003
    with pytest.raises(BadRule, match="only a fund's facts"):
        Condition(SORTINO, Op.CHANGES, 1.0)


def test_every_measure_can_be_watched() -> None:
    assert set(MEASURES) < set(WATCHABLE)
    for name, measure in MEASURES.items():
        quantity = Quantity(name, "ISCB", benchmark="SPY" if measure.relative else None)
        assert quantity.shared == (("ISCB", "SPY") if measure.relative else ("ISCB",))


def test_how_many_of_how_many() -> None:
    three = (Condition(SORTINO, Op.BELOW, 1.0),) * 3
    assert Rule(three, needed=3).needed == 3
    for needed in (0, 4):
        with pytest.raises(BadRule, match=f"1 to 3 of its 3 conditions, not {needed}"):
            Rule(three, needed=needed)
    with pytest.raises(BadRule):
        Rule(())


def test_a_crossing_stands_alone() -> None:
    crossing, level = Condition(SORTINO, Op.CROSSES_BELOW, 1.0), Condition(SORTINO, Op.BELOW, 0.5)
    assert Rule((crossing,)).crossing
    assert not Rule((level,)).crossing
    assert crossing.op.level is Op.BELOW
    with pytest.raises(BadRule, match="stands alone"):
        Rule((crossing, level))


def test_symbols_are_named_once_each_and_the_bill_where_it_is_the_rate() -> None:
    lead = Quantity("sharpe", "ISCB", other="SPSM", combine=Combine.RATIO, rate=Rate(None))
    cost = Quantity("expense_ratio", "IWM")
    rule = Rule((Condition(lead, Op.BELOW, 1.0), Condition(cost, Op.ABOVE, 0.002)), then="AVUV")
    assert rule.priced == ("ISCB", "SPSM", "^IRX", "AVUV")
    assert rule.profiled == ("IWM", "AVUV")
    assert rule.quantities[2] == Quantity("sharpe", "AVUV", rate=Rate(None))


def test_rules_that_say_the_same_are_equal() -> None:
    one, two = (Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),), then="SPSM") for _ in range(2))
    assert one == two
    assert len({one, two}) == 1
