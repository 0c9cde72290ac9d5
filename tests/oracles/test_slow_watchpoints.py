"""Watchpoints against their slow twins: every measure on moving windows, every decision, a real year."""

from __future__ import annotations

import dataclasses
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import (
    MEASURES,
    Condition,
    Decision,
    Op,
    Policy,
    PricePanel,
    Quantity,
    Reading,
    Readings,
    Rule,
    Sample,
    State,
    decide,
    incidents,
    parse_window,
    read,
    replay,
)
from analytics.measures.ratios import sortino
from tests.examples import at_length
from tests.oracles import slow_watch
from tests.oracles.plans import plain, plans
from tests.oracles.slow import ends_month
from tests.oracles.slow_watch import Patience
from tests.oracles.tolerance import slack
from tests.panels import day, levels_of, panel_of, weekdays

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from analytics.panel import BoolArray
    from tests.oracles.plans import Plan

QUICK = settings(max_examples=25, deadline=None, derandomize=True)
WINDOWS = st.sampled_from(["1m", "3m", "6m", "1y", "18m", "mtd", "ytd", "max"])
NAMES = st.sampled_from([*MEASURES])
SWINGS = st.lists(st.sampled_from([None, 0.8, 0.8, 1.05, 1.3, 1.3]), min_size=8, max_size=25)
SNOOZES = st.dictionaries(st.integers(0, 12), st.integers(1, 15), min_size=1)
"""By the number of a session, for how many to come."""
MAYBES = st.lists(st.none() | st.sampled_from([0.8, 0.9999, 1.0, 1.05, 1.1, 1.3]), max_size=60)


def check_windows(plan: Plan, name: str, window: str) -> None:
    panel = plan.panel
    days: list[date] = panel.sessions.tolist()
    relative = name in MEASURES and MEASURES[name].relative
    benchmark = panel.symbols[0] if relative else None
    rules = [
        below(Quantity(name, symbol, window=parse_window(window), benchmark=benchmark))
        for symbol in panel.symbols
    ]
    found = read(rules, panel, days[0], days[-1])
    other = plain(panel.total_return[0]) if relative else None
    for rule, levels in zip(rules, panel.total_return, strict=True):
        own = plain(levels)
        for at, fast in enumerate(found.series(rule.conditions[0].quantity)):
            twin = slow_watch.value(name, days, own, other, window, at)
            assert (twin is None) == np.isnan(fast), (name, window, days[at], fast, twin)
            if twin is not None:
                held = slow_watch.series(days, own, other, window, at)
                assert held is not None
                near = max(slack(name, held), 1e-14)
                assert fast == pytest.approx(twin, rel=1e-9, abs=near)
                bounds = MEASURES[name].bounds
                assert bounds.low - near <= fast <= bounds.high + near, (name, window, days[at])


def below(quantity: Quantity, threshold: float = 1.0) -> Rule:
    return Rule((Condition(quantity, Op.BELOW, threshold),))


@given(plans(longest=45, most=3), NAMES, WINDOWS)
@QUICK
def test_every_measure_on_the_window_of_every_session(plan: Plan, name: str, window: str) -> None:
    check_windows(plan, name, window)


@pytest.mark.slow
@given(plans(longest=150, most=4), NAMES, WINDOWS)
@settings(max_examples=at_length(300), deadline=None)
def test_every_measure_on_many_panels(plan: Plan, name: str, window: str) -> None:
    check_windows(plan, name, window)


def by_hand(values: list[float | None]) -> Readings:
    """Readings of one quantity that has these values."""
    row = np.array([[np.nan if value is None else value for value in values]])
    reasons = np.where(np.isnan(row), "no price", "")
    return Readings(weekdays("2025-01-01", row.size), row, reasons, {SORTINO: 0}, {})


SORTINO = Quantity("sortino", "AAA")


def told(decisions: list[Decision]) -> list[tuple[str, str | None]]:
    return [(each.state.phase.value, each.notice.value if each.notice else None) for each in decisions]


@given(MAYBES, st.integers(1, 6), st.integers(1, 6), st.booleans())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_a_replay_is_the_straight_line_twins_story(
    values: list[float | None], confirm: int, recovery: int, crossing: bool
) -> None:
    rule = Rule((Condition(SORTINO, Op.CROSSES_BELOW if crossing else Op.BELOW, 1.0),))
    expected = slow_watch.story(values, Patience(1.0, 1.1, confirm, recovery, crossing))
    assert told(replay(rule, by_hand(values), Policy(confirm, recovery))) == expected


THREE = ("sortino", "sharpe", "calmar")
SESSIONS = st.lists(st.tuples(*[st.none() | st.sampled_from([0.8, 1.0, 1.05, 1.1, 1.3])] * 3), max_size=40)


@given(SESSIONS, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_several_conditions_are_decided_as_in_their_twin(
    sessions: list[tuple[float | None, ...]], needed: int, confirm: int, recovery: int
) -> None:
    quantities = [Quantity(name, "AAA") for name in THREE]
    rule = Rule(tuple(Condition(each, Op.BELOW, 1.0, 1.1) for each in quantities), needed)
    rows = np.array(sessions, dtype=float).reshape(-1, len(THREE)).T
    reasons = np.where(np.isnan(rows), "no price", "")
    places = {quantity: row for row, quantity in enumerate(quantities)}
    readings = Readings(weekdays("2025-01-01", rows.shape[1]), rows, reasons, places, {})
    phases = [each.state.phase.value for each in replay(rule, readings, Policy(confirm, recovery))]
    assert phases == slow_watch.story_of_several(sessions, needed, Patience(1.0, 1.1, confirm, recovery))


@given(plans(longest=30, most=3), st.floats(0.2, 5.0))
@QUICK
def test_a_price_is_the_close_of_its_session_and_a_rate_a_hundredth(plan: Plan, factor: float) -> None:
    panel = plan.panel
    days: list[date] = panel.sessions.tolist()
    panel = dataclasses.replace(panel, close=panel.total_return * factor)
    prices, rates = (
        [Quantity(name, symbol) for symbol in panel.symbols] for name in ("price", "interest_rate")
    )
    found = read([below(each) for each in (*prices, *rates)], panel, days[0], days[-1])
    for row, (price, rate) in enumerate(zip(prices, rates, strict=True)):
        closes = plain(panel.close[row])
        expected = [slow_watch.last_close(closes, at) for at in range(len(days))]
        told = [None if np.isnan(value) else value for value in found.series(price).tolist()]
        assert told == expected
        hundredths = [None if value is None else pytest.approx(value / 100) for value in expected]
        assert [None if np.isnan(value) else value for value in found.series(rate).tolist()] == hundredths


@given(SWINGS, st.integers(1, 2), st.integers(1, 2), SNOOZES)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_snooze_ends_with_its_incident_as_in_the_straight_line_twin(
    values: list[float | None], confirm: int, recovery: int, snoozes: dict[int, int]
) -> None:
    state, decisions, rule = State(), [], below(SORTINO)
    readings = by_hand(values)
    days: list[date] = weekdays("2025-01-01", len(values) + 15).tolist()
    for at, reading in enumerate(reading for _, reading in readings.every(rule)):
        decisions.append(decide(state, reading, Policy(confirm, recovery), days[at]))
        state = decisions[-1].state
        if at in snoozes and state.open:
            state = state.snooze(days[at + snoozes[at]])
    assert told(decisions) == slow_watch.story(values, Patience(1.0, 1.1, confirm, recovery), snoozes)


@pytest.fixture(scope="module")
def iscb(market_dir: Path) -> PricePanel:
    frame = pd.read_csv(market_dir / "prices_adjclose" / "ISCB.csv", index_col=0, parse_dates=True)
    return PricePanel.from_frame(frame.set_axis(["ISCB"], axis=1).loc["2023-06":], source="csv")


YEAR = (day("2025-01-17"), day("2026-01-16"))
RULE = below(Quantity("sortino", "ISCB"))


def test_a_real_year_session_by_session(iscb: PricePanel) -> None:
    days: list[date] = iscb.sessions.tolist()
    levels = plain(iscb.total_return[0])
    columns = [at for at, each in enumerate(days) if YEAR[0] <= each <= YEAR[1]]
    state, decisions, values = State(), [], []
    for at in columns:
        reading = read([RULE], iscb.through(days[at]), days[at], days[at]).at(RULE, days[at])
        decisions.append(decide(state, reading, Policy(5), days[at]))
        state = decisions[-1].state
        values.append(reading.value)
    twins = [slow_watch.value("sortino", days, levels, None, "1y", at) for at in columns]
    assert values == pytest.approx(twins, rel=1e-9)
    assert told(decisions) == slow_watch.story(twins, Patience(1.0, 1.1, 5, 5))
    assert [(f"{each.session}", each.notice.value) for each in decisions if each.notice] == [
        ("2025-02-28", "fired"),
        ("2025-09-11", "recovered"),
        ("2025-09-25", "fired"),
        ("2026-01-12", "recovered"),
    ]
    assert (len(values), round(values[-1] or 0.0, 3)) == (251, 1.182)
    assert state == replay(RULE, read([RULE], iscb, *YEAR), Policy(5))[-1].state


def test_each_value_is_the_measure_on_its_own_window(iscb: PricePanel) -> None:
    days: list[date] = iscb.sessions.tolist()
    found = read([RULE], iscb, *YEAR)
    series = found.series(RULE.conditions[0].quantity)
    for session, fast in zip(found.sessions.tolist(), series, strict=True):
        last = int(np.searchsorted(iscb.sessions, np.datetime64(session)))
        asked = session.replace(year=session.year - 1)
        if ends_month(days, last):
            asked = (pd.Timestamp(asked) + pd.offsets.MonthEnd(0)).date()
        base = np.searchsorted(iscb.sessions, np.datetime64(asked), side="right") - 1
        span = slice(int(base), last + 1)
        own = Sample(iscb.total_return[:, span], iscb.sessions[span])
        assert fast == pytest.approx(float(sortino(own)[0]), rel=1e-9)
        assert 249 <= last - base <= 252


DAILY = 0.21 / 252**0.5
PATHS, BEFORE, THREE_YEARS = 200, 262, 756


def drift(target: float) -> float:
    """Mean daily return of normal returns, 21 % volatility, whose true Sortino ratio is the target."""
    low, high = 0.0, 0.01
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if true_sortino(middle) < target else (low, middle)
    return low


def true_sortino(mean: float) -> float:
    normal, z = NormalDist(), mean / DAILY
    square = (mean**2 + DAILY**2) * normal.cdf(-z) - mean * DAILY * normal.pdf(z)
    return float(mean / square**0.5 * 252**0.5)


def simulated() -> tuple[list[Rule], Readings]:
    """Readings over three years of funds whose edge never changes."""
    days = weekdays("2020-01-01", 1100)
    days = days[np.arange(days.size) % 29 != 28][: BEFORE + THREE_YEARS]  # nine holidays a year
    returns = np.random.default_rng(20).normal(drift(1.3), DAILY, (PATHS, days.size - 1))
    panel = panel_of({f"P{at}": levels for at, levels in enumerate(levels_of(returns))}, days)
    rules = [below(Quantity("sortino", symbol)) for symbol in panel.symbols]
    return rules, read(rules, panel, days[BEFORE].item(), days[-1].item())


@pytest.mark.slow
def test_ten_sessions_and_a_recovery_band_cut_ten_alerts_to_two() -> None:
    rules, found = simulated()
    under = found.values < 1.0
    assert np.isfinite(found.values).all()
    assert under.mean() == pytest.approx(0.41, abs=0.04)
    assert crossings(under) == pytest.approx(9.7, abs=1.2)
    naive = [
        Rule((Condition(rule.conditions[0].quantity, Op.CROSSES_BELOW, 1.0, 1.0),)) for rule in rules[:20]
    ]
    assert fired(naive, found, Policy(1)) == crossings(under[:20])
    assert fired(rules, found, Policy(10)) == pytest.approx(2.0, abs=0.4)


def crossings(under: BoolArray) -> float:
    return float((under[:, 1:] & ~under[:, :-1]).sum() / under.shape[0])


def fired(rules: list[Rule], found: Readings, policy: Policy) -> float:
    return sum(len(incidents(replay(rule, found, policy))) for rule in rules) / len(rules)


def test_a_reading_without_data_is_what_the_twin_calls_none() -> None:
    reading = by_hand([None]).at(below(SORTINO), day("2025-01-01"))
    assert reading == Reading(None, None, None, "no price")
