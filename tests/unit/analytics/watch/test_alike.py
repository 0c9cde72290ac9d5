"""Two rules say the same, nearly the same, or something else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.returns import Rate
from analytics.watch.differences import Aspect, differences
from analytics.watch.operators import Op
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from analytics.window import Window

WEAK = Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0)
DEEP = Condition(Quantity("drawdown", "ISCB"), Op.BELOW, -0.2)
FEE = Condition(Quantity("expense_ratio", "SPSM"), Op.CHANGES, 0.0003)
CALM = Policy()

POLICIES = st.builds(Policy, st.integers(1, 9), st.none() | st.integers(1, 9))
CONDITIONS = st.builds(
    Condition,
    st.sampled_from([WEAK.quantity, DEEP.quantity, Quantity("beta", "ISCB", benchmark="SPY")]),
    st.sampled_from([Op.BELOW, Op.ABOVE, Op.AT_MOST]),
    st.sampled_from([-0.15, 0.0, 1.0, 2.5]),
)
RULES = st.lists(CONDITIONS, min_size=1, max_size=3).flatmap(
    lambda held: st.builds(
        Rule, st.just(tuple(held)), st.integers(1, len(held)), st.none() | st.sampled_from(["SPSM", "IWM"])
    )
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Rule((WEAK, DEEP), 2), Rule((DEEP, WEAK), 2)),
        (Rule((WEAK,)), Rule((replace(WEAK, recover=1.1),))),
        (Rule((DEEP,)), Rule((replace(DEEP, recover=-0.18),))),
        (Rule((FEE,)), Rule((replace(FEE, threshold=0.0005),))),
        (
            Rule((FEE,)),
            Rule((replace(FEE, quantity=replace(FEE.quantity, window=Window("3y"), rate=Rate(0.04))),)),
        ),
        (Rule((WEAK,)), Rule((replace(WEAK, quantity=replace(WEAK.quantity, benchmark="SPY")),))),
    ],
    ids=["order", "recovery", "recovery in percent", "what a change begins with", "facts", "no benchmark"],
)
def test_the_same_in_other_words(one: Rule, other: Rule) -> None:
    assert differences(one, CALM, other, Policy(5, 5)) == ()
    assert differences(other, Policy(5, 5), one, CALM) == ()


@pytest.mark.parametrize(
    ("other", "policy", "apart"),
    [
        (Rule((WEAK,)), Policy(3), [Aspect.CONFIRMATION]),
        (Rule((WEAK,)), Policy(5, 2), [Aspect.RECOVERY]),
        (Rule((WEAK,)), Policy(3, 5), [Aspect.CONFIRMATION]),
        (Rule((replace(WEAK, recover=1.2),)), CALM, [Aspect.RECOVERY_VALUE]),
        (Rule((WEAK,), then="SPSM"), CALM, [Aspect.TARGET]),
        (Rule((replace(WEAK, recover=1.2),), then="SPSM"), Policy(3, 2), list(Aspect)),
    ],
)
def test_nearly_the_same(other: Rule, policy: Policy, apart: list[Aspect]) -> None:
    assert differences(Rule((WEAK,)), CALM, other, policy) == tuple(apart)


@pytest.mark.parametrize(
    "other",
    [
        Rule((DEEP,)),
        Rule((WEAK, DEEP)),
        Rule((replace(WEAK, threshold=0.9),)),
        Rule((replace(WEAK, op=Op.AT_MOST),)),
        Rule((replace(WEAK, op=Op.CROSSES_BELOW),)),
        Rule((replace(WEAK, quantity=replace(WEAK.quantity, window=Window("3y"))),)),
        Rule((replace(WEAK, quantity=replace(WEAK.quantity, other="SPSM")),)),
        Rule((replace(WEAK, quantity=replace(WEAK.quantity, rate=Rate(0.04))),)),
    ],
)
def test_something_else(other: Rule) -> None:
    assert differences(Rule((WEAK,)), CALM, other, CALM) is None


def test_one_of_two_is_not_two_of_two() -> None:
    assert differences(Rule((WEAK, DEEP), 1), CALM, Rule((WEAK, DEEP), 2), CALM) is None


@settings(max_examples=80, deadline=None)
@given(RULES, POLICIES, RULES, POLICIES)
def test_each_is_like_itself_and_as_far_from_the_other_as_that_is_from_it(
    one: Rule, policy: Policy, other: Rule, others: Policy
) -> None:
    assert differences(one, policy, replace(one, conditions=one.conditions[::-1]), policy) == ()
    assert differences(one, policy, other, others) == differences(other, others, one, policy)
