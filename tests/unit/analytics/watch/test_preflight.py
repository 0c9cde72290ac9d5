"""Is a rule worth having: figures by hand, on made worlds, and of many rules at once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics import (
    Condition,
    FundProfile,
    IndexChange,
    Kind,
    Op,
    Policy,
    Quantity,
    Rule,
    parse_window,
    read,
)
from analytics.watch import worlds
from analytics.watch.many_paths import Course
from analytics.watch.noise import Noise, noise_of
from analytics.watch.offers import CONFIRMATIONS, offers
from analytics.watch.preflight import (
    Asked,
    draw_for,
    figures,
    history_of,
    losing_fund,
    loss_of,
    preflight,
    record,
    seen,
    unchanged,
    waits_for_better,
)
from analytics.watch.rules import PRICED
from analytics.watch.worlds import draw_worlds, past_of
from tests.panels import day, levels_of, panel_of, weekdays

RNG = np.random.default_rng(61)
LENGTH = 1300
MARKET = RNG.normal(0.0003, 0.011, LENGTH)
PANEL = panel_of(
    {
        symbol: levels_of(MARKET + RNG.normal(drift, 0.003, LENGTH), 50.0)
        for symbol, drift in {"AAA": 0.0, "BBB": 0.0001, "CCC": 0.0}.items()
    },
    weekdays("2021-01-04", LENGTH + 1),
)
FIRST, LAST = PANEL.sessions[0].item(), PANEL.as_of
WEAK = Rule((Condition(Quantity("sortino", "AAA"), Op.BELOW, 1.0),), then="BBB")
CHANGE = IndexChange(date(2021, 6, 1), "Index B")
PROFILES = {"AAA": FundProfile("AAA", Kind.FUND, index_changes=(CHANGE,))}


def rows(*texts: str) -> np.ndarray:
    """(P, S) of a text a path, 1 where True."""
    return np.array([[letter == "1" for letter in text] for text in texts])


def course_of(*texts: str) -> Course:
    """What is open on the sessions of each path, from a firing on until it has recovered."""
    steps = np.diff(rows(*texts).astype(int), axis=1, prepend=0, append=0)
    path, first = np.nonzero(steps > 0)
    return Course((len(texts), len(texts[0])), path, first, np.nonzero(steps < 0)[1])


def test_figures_by_hand() -> None:
    course = course_of("0110011110", "0000000000")
    found = figures(course, 2.0, too := rows("0100000000", "1111111111"))
    assert (found.paths, found.alarms) == (2, 0.5)
    assert found.open == pytest.approx(0.3)
    assert found.target_too == 0.5
    assert found.alarms_error == pytest.approx(0.5)  # sd of 1 and 0, over the root of two
    assert not found.within_budget  # open for 30 %
    assert replace(found, open=0.2).within_budget
    nothing = figures(course_of("0000000000", "0000000000"), 2.0, too)
    assert (nothing.alarms, nothing.open, nothing.target_too) == (0.0, 0.0, None)


def test_how_soon_it_is_seen_by_hand() -> None:
    # A year has three sessions; the loss begins after the first one.
    losing = course_of("100100000", "000001000", "010000001", "000000000")
    chance = course_of("100000000", "000001000", "000000001", "001000000")
    found = seen(chance, losing, 0.04, 3)
    assert (found.one, found.chance_one) == (0.5, 0.25)
    assert found.more_than_chance == 0.25
    # After 1, 3 and 6 sessions and never: the middle one is 4.5 of the 3 of a year.
    assert found.months == pytest.approx(4.5 * 12 / 3)
    assert seen(chance, course_of(*["000000000"] * 4), 0.04, 3).months is None


def test_the_past_by_hand() -> None:
    days = weekdays("2025-01-01", 60)
    falling = np.where(np.arange(59) % 2, -0.03, 0.01)
    rising = np.where(np.arange(59) < 40, falling, 0.01)
    panel = panel_of({"AAA": levels_of(falling), "BBB": levels_of(rising)}, days)
    rule = Rule(
        (Condition(Quantity("total_return", "AAA", window=parse_window("1m")), Op.BELOW, 0.0),), then="BBB"
    )
    readings = read([rule], panel, days[0].item(), days[-1].item())
    found = record(rule, Policy(2), readings, panel)
    assert found is not None
    values, theirs = (readings.series(each) for each in rule.quantities)
    met = values < 0
    assert found.start == days[np.isfinite(values).argmax()].item()
    assert found.target_too == pytest.approx((theirs[met] < 0).mean())
    assert found.fired == (days[np.flatnonzero(met)[1]].item(),)
    known = np.isfinite(values).sum()
    assert found.open == pytest.approx((known - 1) / known)
    assert [each.sessions for each in found.followed] == [20, 60, 120, 250]
    alone = record(replace(rule, then=None), Policy(2), readings, panel)
    assert alone is not None
    assert (alone.target_too, alone.followed) == (None, ())


def test_since_the_funds_are_what_they_are() -> None:
    assert history_of(WEAK, PROFILES, LAST) == (CHANGE.on, ("AAA", CHANGE))
    assert history_of(WEAK, {}, day("2026-01-16")) == (day("2021-01-16"), None)


def test_before_a_rule_is_kept() -> None:
    readings = read([WEAK], PANEL, FIRST, LAST)
    found = preflight(Asked(WEAK, Policy(), PANEL, readings, PROFILES), 100)
    assert (found.start, found.end, found.regime) == (CHANGE.on, LAST, ("AAA", CHANGE))
    assert found.unchanged is not None
    assert found.record is not None
    assert found.seen is not None
    assert found.own is not None
    assert found.noisy == (not found.unchanged.within_budget)
    assert found.seen.loss == loss_of(WEAK) == 0.04
    assert found == preflight(Asked(WEAK, Policy(), PANEL, readings, PROFILES), 100)


def test_what_an_unchanged_world_says_nothing_of() -> None:
    fee = Rule((Condition(Quantity("expense_ratio", "AAA"), Op.ABOVE, 0.001),))
    found = preflight(Asked(fee, Policy(1), PANEL, read([fee], PANEL, FIRST, LAST), {}))
    assert (found.record, found.unchanged, found.seen, found.noisy) == (None, None, None, False)
    assert found.why_not == "a fact of a fund has no distribution"
    late = {"AAA": FundProfile("AAA", Kind.FUND, index_changes=(IndexChange(date(2025, 6, 2), "Index C"),))}
    young = preflight(Asked(WEAK, Policy(), PANEL, read([WEAK], PANEL, FIRST, LAST), late))
    assert young.why_not is not None
    assert young.why_not == "it has less than 2 years of prices to draw from"
    assert young.record is not None


def test_a_rule_that_waits_for_a_better_figure_sees_the_loss_of_the_other_fund() -> None:
    """AAA ahead of BBB by 3 points: that AAA falls behind is not what is watched for, nor is it offered."""
    gap = Quantity("total_return", "AAA", other="BBB")
    ahead = Rule((Condition(gap, Op.ABOVE, 0.03),))
    found = preflight(Asked(ahead, Policy(), PANEL, read([ahead], PANEL, FIRST, LAST), {}), 100)
    assert losing_fund(ahead) == "BBB"
    assert found.seen is not None
    assert found.worlds is not None
    assert found.seen.one > found.seen.chance_one
    offered = offers(ahead, found.worlds, 0.04)
    assert offered
    assert {each.rule.conditions[0].op for each in offered} == {Op.ABOVE}


def test_of_one_funds_better_figure_no_loss_is_told_but_the_gaps_that_would_show_one() -> None:
    strong = Rule((replace(WEAK.conditions[0], op=Op.ABOVE),), then="BBB")
    found = preflight(Asked(strong, Policy(), PANEL, read([strong], PANEL, FIRST, LAST), {}), 100)
    assert found.seen is None
    assert found.worlds is not None
    offered = [each.rule for each in offers(strong, found.worlds, 0.04)]
    assert offered
    assert {(rule.conditions[0].op, losing_fund(rule)) for rule in offered} == {(Op.ABOVE, "BBB")}


def test_two_of_three_is_simulated_as_one_condition() -> None:
    weak = WEAK.conditions[0]
    deep = Condition(Quantity("drawdown", "AAA"), Op.BELOW, -0.1)
    past = past_of(("AAA", "BBB"), PANEL, FIRST, LAST)
    both, any_of = (Rule((weak, deep), needed=count, then="BBB") for count in (2, 1))
    worlds = draw_for(both, past, 60)
    strict, loose = (unchanged(rule, Policy(), worlds)[0] for rule in (both, any_of))
    single = [unchanged(Rule((each,)), Policy(), worlds)[0].open for each in (weak, deep)]
    assert strict.open <= min(single) + 0.02
    assert loose.open >= max(single) - 0.02
    assert strict.target_too is not None


def test_offers_keep_the_budget() -> None:
    past = past_of(("AAA", "BBB"), PANEL, FIRST, LAST)
    found = offers(WEAK, draw_for(WEAK, past, 100), 0.04)
    assert 1 <= len(found) <= 3
    edges = [each.seen.more_than_chance for each in found]
    assert edges == sorted(edges, reverse=True)
    for each in found:
        condition = each.rule.conditions[0]
        assert each.unchanged.within_budget
        assert each.policy.confirm in CONFIRMATIONS
        step = 0.005 if condition.quantity.measure == "total_return" else 0.05
        assert condition.threshold / step == pytest.approx(round(condition.threshold / step))
        # One step nearer it is out of the budget: the threshold is the tightest.
        nearer = replace(each.rule, conditions=(replace(condition, threshold=condition.threshold + step),))
        again = unchanged(nearer, each.policy, draw_worlds(past, 252, 100))[0]
        assert not again.within_budget


def test_offers_of_a_rule_that_rises_and_of_one_fund() -> None:
    past = past_of(("AAA",), PANEL, FIRST, LAST)
    loud = Rule((Condition(Quantity("volatility", "AAA"), Op.ABOVE, 0.1),))
    (found,) = offers(loud, draw_for(loud, past, 60), 0.04)
    condition = found.rule.conditions[0]
    assert condition.op is Op.ABOVE
    assert condition.threshold > 0.1
    assert found.unchanged.within_budget


def test_a_fund_is_not_held_against_its_own_benchmark() -> None:
    past = past_of(("AAA", "BBB"), PANEL, FIRST, LAST)
    lead = Quantity("information_ratio", "AAA", benchmark="BBB")
    rule = Rule((Condition(lead, Op.BELOW, 0.0),), then="BBB")
    found = offers(rule, draw_for(rule, past, 20), 0.04)
    # The figure of BBB against itself says nothing: the condition as asked and the returns are left.
    assert {each.rule.conditions[0].quantity.measure for each in found} <= {
        "information_ratio",
        "total_return",
    }
    assert all(
        each.rule.conditions[0].quantity.against is None or not each.rule.conditions[0].quantity.other
        for each in found
    )


def test_many_rules_at_once_are_what_each_is_alone() -> None:
    gap = Rule((Condition(Quantity("sharpe", "AAA", other="BBB"), Op.BELOW, 0.0),))
    ends = Rule(
        (Condition(Quantity("total_return", "CCC", window=parse_window("3m")), Op.CROSSES_BELOW, -0.05),)
    )
    fee = Rule((Condition(Quantity("expense_ratio", "AAA"), Op.ABOVE, 0.001),))
    nobody = Rule((Condition(Quantity("sortino", "XXX"), Op.BELOW, 1.0),))
    kept = [
        (WEAK, Policy()),
        (WEAK, Policy(20)),
        (gap, Policy(3, 7)),
        (ends, Policy(1)),
        (fee, Policy()),
        (nobody, Policy()),
        (WEAK, Policy()),
    ]
    found = noise_of(kept, PANEL, {}, LAST, paths=40)
    assert found[fee, Policy()] == "a fact of a fund has no distribution"
    assert found[nobody, Policy()] == "no prices of XXX at all"
    assert len(found) == 6
    for rule, policy in kept[:4]:
        symbols = tuple(sorted({"AAA", "BBB"} if rule is not ends else {"CCC"}))
        past = past_of(symbols, PANEL, history_of(rule, {}, LAST)[0], LAST)
        alone = unchanged(rule, policy, draw_worlds(past, 252 if rule is not ends else 63, 40))[0]
        told = found[rule, policy]
        assert isinstance(told, Noise)
        assert told.paths == 40
        assert told.alarms == pytest.approx(alone.alarms)
        assert told.open == pytest.approx(alone.open)


@pytest.mark.parametrize(
    ("measure", "window"), list(zip(PRICED, itertools.cycle(["1m", "18m", "ytd"]), strict=False))
)
def test_a_rule_about_any_measure_is_weighed(
    measure: str, window: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "YEARS", 2)
    monkeypatch.setattr(worlds, "FEWEST_PATHS", 2)
    against = "CCC" if getattr(PRICED[measure], "relative", False) else None
    quantity = Quantity(measure, "AAA", window=parse_window(window), benchmark=against)
    rule = Rule((Condition(quantity, Op.ABOVE, 0.1),), then="BBB")
    found = preflight(Asked(rule, Policy(), PANEL, read([rule], PANEL, date(2025, 11, 3), LAST), {}), 2)
    assert found.unchanged is not None
    assert (found.seen is None) == waits_for_better(rule.conditions[0])
    assert 0.0 <= found.unchanged.open <= 1.0
    assert found.unchanged.paths == 2
