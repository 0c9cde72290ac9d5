"""The studies against their slow twins, and what must not matter to them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import (
    MEASURES,
    CorrelationMatrix,
    Fact,
    FundProfile,
    Holding,
    Kind,
    NoCommonHistory,
    PricePanel,
    Query,
    Rate,
    correlate,
    holdings,
    parse_window,
    roll_measures,
    table,
)
from analytics.measures.resample import weekly
from analytics.returns import ZERO
from tests.examples import at_length
from tests.oracles import slow_studies
from tests.oracles.plans import plain, plans, series
from tests.oracles.slow import Series
from tests.oracles.tolerance import slack
from tests.panels import levels_of, panel_of, weekdays

if TYPE_CHECKING:
    from analytics.panel import FloatArray
    from tests.oracles.plans import Plan
    from tests.oracles.slow import Maybe

QUICK = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
THOROUGH = settings(max_examples=at_length(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32 - 1)


def check_weeks(plan: Plan) -> None:
    held = plan.sample
    relative = [name for name in slow_studies.POWERS if MEASURES[name].relative]
    own = [name for name in slow_studies.POWERS if name not in relative]
    found = table(own, weekly(held)) | table(relative, weekly(held.paired))
    for row in range(held.levels.shape[0]):
        for name in found:
            weeks = slow_studies.by_week(series(held, row), paired=name in relative)
            twin, fast = slow_studies.measure_of_weeks(name, weeks), float(found[name][row])
            assert math.isnan(fast) is (twin is None), (name, fast, twin)
            if twin is not None:
                assert fast == pytest.approx(twin, rel=1e-9, abs=slack(name, weeks)), name


def test_every_periodic_measure_has_a_power() -> None:
    assert set(slow_studies.POWERS) == {name for name, row in MEASURES.items() if row.periodic}


@given(plans(longest=150))
@QUICK
def test_measures_of_weeks(plan: Plan) -> None:
    check_weeks(plan)


def asked(held: PricePanel, window: str = "max", *, rate: Rate = ZERO, weeks: bool = False) -> Query:
    last: date = held.sessions[-1].astype(date)
    return Query(held.symbols, parse_window(window), last, rate=rate, weekly=weeks)


def everything(held: PricePanel) -> CorrelationMatrix | None:
    try:
        return correlate(held, asked(held))
    except NoCommonHistory:
        return None


def check_correlations(plan: Plan) -> None:
    found = everything(plan.panel)
    if found is None:
        return
    held, span = plan.panel, found.span.columns
    days, nothing = held.sessions[span].tolist(), [0.0] * (held.sessions[span].size - 1)
    empty: list[Maybe] = [None] * len(days)
    # The next session of the panel tells whether the week of the last one is over.
    later = held.sessions[found.span.last + 1 :]
    after = later[0].item() if later.size else None
    rows = [
        Series(days, plain(row[span]), list(nothing), empty, minimum=15, following=after)
        for row in held.total_return
    ]
    for matrix, by_weeks in ((found.daily, False), (found.weekly, True)):
        twins = slow_studies.correlated(rows, weekly=by_weeks)
        for at, line in enumerate(twins):
            for other, twin in enumerate(line):
                assert_related(
                    float(matrix[at, other]), twin, replace(rows[at], benchmark=rows[other].levels)
                )


def assert_related(fast: float, twin: Maybe, pair: Series) -> None:
    assert math.isnan(fast) is (twin is None), (fast, twin)
    if twin is not None:
        most = max(slack("correlation", pair), slack("correlation_weekly", pair))
        assert fast == pytest.approx(twin, rel=1e-9, abs=most)


@given(plans(longest=120, most=4))
@QUICK
def test_correlations(plan: Plan) -> None:
    check_correlations(plan)


@pytest.mark.slow
@given(plans(longest=400, most=6))
@THOROUGH
def test_weeks_and_correlations_on_many_panels(plan: Plan) -> None:
    check_weeks(plan)
    check_correlations(plan)


@given(plans(longest=120, most=4))
@QUICK
def test_a_matrix_is_symmetric_with_ones_on_its_diagonal(plan: Plan) -> None:
    found = everything(plan.panel)
    for matrix in (found.daily, found.weekly) if found else ():
        assert np.array_equal(matrix, matrix.T, equal_nan=True)
        own = np.diagonal(matrix)
        assert set(own[np.isfinite(own)].tolist()) <= {1.0}
        assert np.isnan(matrix[np.isnan(own)]).all()
        assert (np.abs(matrix[np.isfinite(matrix)]) <= 1.0).all()


def made_up(seed: int, sessions: int = 120, gaps: float = 0.0) -> PricePanel:
    """Three funds with something in common."""
    rng = np.random.default_rng(seed)
    moves = rng.normal(0.0004, 0.01, (3, sessions - 1)) + rng.normal(0.0, 0.008, sessions - 1)
    rows = levels_of(moves, 100.0)
    rows[rng.random(rows.shape) < gaps] = np.nan
    return panel_of(dict(zip(("AAA", "BBB", "CCC"), rows, strict=True)), weekdays("2023-06-01", sessions))


@given(SEEDS, st.lists(st.floats(1e-3, 1e5), min_size=3, max_size=3))
@QUICK
def test_the_unit_of_prices_does_not_matter(seed: int, factors: list[float]) -> None:
    held = made_up(seed)
    scaled = replace(held, total_return=held.total_return * np.array(factors)[:, None])
    one, other = everything(held), everything(scaled)
    assert one is not None
    assert other is not None
    assert other.daily == pytest.approx(one.daily, abs=1e-9)
    assert other.weekly == pytest.approx(one.weekly, abs=1e-9)


@given(SEEDS, st.permutations(["AAA", "BBB", "CCC"]))
@QUICK
def test_the_order_of_the_funds_does_not_matter(seed: int, order: list[str]) -> None:
    held = made_up(seed)
    one, other = everything(held), everything(held.select(order))
    assert one is not None
    assert other is not None
    for first in order:
        for second in order:
            assert other.between(first, second) == pytest.approx(one.between(first, second), rel=1e-12)


MONTHS = {"sortino": 12, "volatility": 12, "correlation": 6, "beta": 12}


@pytest.mark.parametrize("gaps", [0.0, 0.004])
@pytest.mark.parametrize("rate", [Rate(), Rate(0.03)], ids=["rf 0", "rf 3"])
@pytest.mark.parametrize("weeks", [False, True], ids=["daily", "weekly"])
def test_moving_windows(gaps: float, rate: Rate, *, weeks: bool) -> None:
    held = made_up(8, 420, gaps)
    known: list[bool] = (np.isfinite(held.total_return).sum(axis=0) == 3).tolist()
    query = replace(asked(held, "6m", rate=rate, weeks=weeks), benchmark=held.symbols[-1])
    found = roll_measures(held, query)
    days = held.sessions.tolist()
    ends = [at for at in range(found.span.first, found.span.last + 1) if known[at]]
    if weeks:
        fridays = [slow_studies.friday(days[at]) for at in ends]
        ends = [
            at for at, one, after in zip(ends, fridays, [*fridays[1:], None], strict=True) if one != after
        ]
    assert found.sessions.tolist() == [days[at] for at in ends]
    assert set(found.figures) == set(MONTHS)
    some = slice(len(ends) % 7, None, 7)
    for name, months in MONTHS.items():
        for row in range(3):
            own = past(held, row, rate)
            twins = [
                slow_studies.rolled(name, own, known, months, at, weekly=weeks)
                if row < 2 or name not in slow_studies.RELATIVE
                else None
                for at in ends[some]
            ]
            assert twins[-1] is not None or row == 2
            assert_line(found.figures[name][row, some], twins)


def past(held: PricePanel, row: int, rate: Rate) -> Series:
    days = held.sessions.tolist()
    rates: list[Maybe] = [(rate.annual or 0.0) / 252] * (len(days) - 1)
    return Series(days, plain(held.total_return[row]), rates, plain(held.total_return[2]))


def assert_line(fast: FloatArray, twins: list[Maybe]) -> None:
    assert np.isnan(fast).tolist() == [twin is None for twin in twins]
    known = [twin for twin in twins if twin is not None]
    assert fast[np.isfinite(fast)] == pytest.approx(known, rel=1e-9, abs=1e-12)


TICKERS = st.dictionaries(st.sampled_from("QRSTUVWXYZ"), st.floats(0.001, 0.2), max_size=8)


@given(st.dictionaries(st.sampled_from("ABCD"), TICKERS, max_size=4))
@QUICK
def test_positions(lists: dict[str, dict[str, float]]) -> None:
    found = holdings({name: fund(name, held) for name, held in lists.items()}, list(lists))
    listed = {name: held for name, held in lists.items() if held}
    assert found.missing == tuple(name for name in lists if not lists[name])
    assert {each.symbol: each.weights for each in found.shared} == slow_studies.shared(listed)
    twins = {(one, other): weight for one, other, weight in slow_studies.overlaps(listed)}
    assert set(found.overlaps) == set(twins)
    for pair, weight in twins.items():
        assert found.overlaps[pair].weight == pytest.approx(weight, abs=1e-12)
    for name, held in listed.items():
        largest = [each.weight for each in found.top[name]]
        assert largest == sorted(held.values(), reverse=True)


def fund(symbol: str, held: dict[str, float]) -> FundProfile:
    positions = tuple(Holding(f"{name} Inc", weight, symbol=name) for name, weight in held.items())
    return FundProfile(symbol, Kind.FUND, holdings=Fact(positions, "issuer"))
