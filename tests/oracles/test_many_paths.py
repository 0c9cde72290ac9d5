"""The vectorised machine against `decide`, session by session, on 100,000 decisions of every kind of rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from analytics import Condition, Decision, Op, Policy, Quantity, Reading, Readings, Rule, incidents, replay
from analytics.watch.backtest import play
from analytics.watch.many_paths import breaches, combine, run
from tests.panels import weekdays

QUANTITIES = [Quantity(name, "AAA") for name in ("sortino", "sharpe", "calmar")]
LEVELS = [op for op in Op if op.has_threshold]
POLICIES = [Policy(1), Policy(5), Policy(3, 1), Policy(1, 4), Policy(2, 7), Policy(20)]
SESSIONS, PATHS = 300, 4


def wandering(seed: int, conditions: int) -> np.ndarray:
    """(N, S, P) values that cross 1.0 often, stand on it now and then, and are missing here and there."""
    rng = np.random.default_rng(seed)
    steps = rng.choice([-0.2, -0.1, 0.0, 0.1, 0.2], size=(conditions, SESSIONS, PATHS))
    values = 1.0 + np.clip(np.cumsum(steps, axis=1) * 0.5, -0.8, 0.8)
    values[rng.random(values.shape) < 0.03] = np.nan
    return np.round(values, 2)


def decided(rule: Rule, values: np.ndarray, policy: Policy) -> list[Decision]:
    reasons = np.where(np.isnan(values), "no price", "").astype(object)
    rows = {condition.quantity: at for at, condition in enumerate(rule.conditions)}
    return replay(rule, Readings(weekdays("2025-01-01", SESSIONS), values, reasons, rows, {}), policy)


def rules() -> list[Rule]:
    alone = [Rule((Condition(QUANTITIES[0], op, 1.0, recover),)) for op in LEVELS for recover in (None, 1.0)]
    low, high = Condition(QUANTITIES[0], Op.BELOW, 1.0), Condition(QUANTITIES[1], Op.AT_LEAST, 1.1)
    third = Condition(QUANTITIES[2], Op.AT_MOST, 0.9, 1.2)
    several = [Rule((low, high), needed=count) for count in (1, 2)]
    return [*alone, *several, *(Rule((low, high, third), needed=count) for count in (1, 2, 3))]


def test_it_decides_as_decide_does() -> None:
    count = 0
    for number, (rule, policy) in enumerate(product(rules(), POLICIES)):
        values = wandering(number, len(rule.conditions))
        parts = [
            breaches(each, row.T, each.threshold, each.recovery)
            for each, row in zip(rule.conditions, values, strict=True)
        ]
        course = run(combine(parts, rule.needed), policy, crossing=rule.crossing)
        for path in range(PATHS):
            plain = decided(rule, values[:, :, path], policy)
            assert course.open[path].tolist() == [each.state.open for each in plain], (rule, policy)
            starts = [each.state.open and each.state.fired == each.session for each in plain]
            fired = course.first[course.path == path].tolist()
            assert fired == np.flatnonzero(starts).tolist(), (rule, policy)
            count += len(plain)
    assert count >= 100_000
    assert len({op for rule in rules() for op in (rule.conditions[0].op,)}) == 6


def test_years_are_played_as_decide_replays_them() -> None:
    fact = Condition(Quantity("expense_ratio", "AAA"), Op.CHANGES, 1.0)
    either = Rule((Condition(QUANTITIES[0], Op.BELOW, 1.0), fact), needed=1)
    for number, (rule, policy) in enumerate(product([*rules(), either, Rule((fact,))], POLICIES[1:4])):
        rule = replace(rule, then=None if fact in rule.conditions else "BBB")
        values = wandering(number, len(rule.quantities))[:, :, 0]
        reasons = np.where(np.isnan(values), "no price", "").astype(object)
        rows = {quantity: at for at, quantity in enumerate(rule.quantities)}
        held = np.random.default_rng(number).random(values.shape) < 0.99
        readings = Readings(weekdays("2025-01-01", SESSIONS), values, reasons, rows, {}, held)
        found, plain = play(rule, readings, policy), replay(rule, readings, policy)
        said = [reading for _, reading in readings.every(rule)]
        assert found.incidents == incidents(plain), (rule, policy)
        known = [each.session for each, read in zip(plain, said, strict=True) if read.met is not None]
        assert list(found.known_sessions) == known
        assert found.decided_open == sum(each.state.open for each in plain if each.state.trouble is None)
        assert found.target_too == target_too(rule, said)


def target_too(rule: Rule, said: list[Reading]) -> float | None:
    """One session after the other: whether the fund to look at met the rule as well."""
    told = []
    for reading in said:
        parts = reading.parts or (reading,)
        met = [
            None if part.then is None else each.op.region.is_met(part.then, each.threshold)
            for part, each in zip(parts, rule.conditions, strict=True)
        ]
        certain = met.count(True) >= rule.needed or met.count(True) + met.count(None) < rule.needed
        if rule.then and reading.met and certain:
            told.append(met.count(True) >= rule.needed)
    return sum(told) / len(told) if told else None


def test_each_path_may_have_a_policy_and_a_threshold_of_its_own() -> None:
    weak = Condition(QUANTITIES[0], Op.BELOW, 1.0)
    values = wandering(1, 1)[0]
    confirm, recovery = (np.array(each, dtype=np.int16) for each in ([1, 2, 3, 4], [4, 3, 2, 1]))
    thresholds = np.array([[1.0], [0.9], [1.1], [0.7]])
    together = run(breaches(weak, values.T, thresholds, thresholds + 0.1), (confirm, recovery))
    for path in range(PATHS):
        level = float(thresholds[path, 0])
        said = breaches(weak, values[:, path][None, :], level, level + 0.1)
        alone = run(said, Policy(int(confirm[path]), int(recovery[path])))
        assert alone.open[0].tolist() == together.open[path].tolist()
        assert alone.fires_after(10)[0] == together.fires_after(10)[path]
        assert together.part(path, path + 1).open.tolist() == alone.open.tolist()
        assert (alone.alarms[0], alone.share[0]) == (together.alarms[path], together.share[path])
        assert alone.share[0] == alone.open.mean()


@pytest.mark.parametrize("empty", [np.nan, 2.0])
def test_a_rule_that_never_fires(empty: float) -> None:
    weak = Condition(QUANTITIES[0], Op.BELOW, 1.0)
    course = run(breaches(weak, np.full((2, 5), empty), 1.0, 1.1), Policy())
    assert course.fires_after(2).tolist() == [3, 3]
    assert not course.open.any()
