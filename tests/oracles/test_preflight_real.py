"""What an unchanged world makes of ISCB and SPSM, beside the figures that a prototype gave before.

The prototype drew 500 worlds of its own, so that the two are held together by three standard errors of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from pathlib import Path

import pandas as pd
import pytest

from analytics import Condition, Op, Policy, PricePanel, Quantity, Rule
from analytics.watch.many_paths import run
from analytics.watch.offers import offers
from analytics.watch.preflight import Seen, Unchanged, draw_for, read_breaches, seen, unchanged
from analytics.watch.worlds import Past, own_level, past_of
from tests.panels import day

SORTINO = Quantity("sortino", "ISCB")
GAP = Quantity("sortino", "ISCB", other="SPSM")
RETURNS = Quantity("total_return", "ISCB", other="SPSM")
PATHS = 500


def rule(quantity: Quantity, threshold: float, recover: float | None = None) -> Rule:
    then = None if quantity.other else "SPSM"
    return Rule((Condition(quantity, Op.BELOW, threshold, recover),), then=then)


@pytest.fixture(scope="module")
def past(market_dir: Path) -> Past:
    closes = {}
    for symbol in ("ISCB", "SPSM"):
        path = market_dir / "prices_adjclose" / f"{symbol}.csv"
        if not path.is_file():
            pytest.skip(f"the prices of {symbol} are not at hand: prices_adjclose/{path.name}")
        closes[symbol] = pd.read_csv(path, index_col=0, parse_dates=True)["Close"]
    panel = PricePanel.from_frame(pd.DataFrame(closes), source="csv")
    return past_of(("ISCB", "SPSM"), panel, day("2021-03-19"), day("2026-01-16"))


@dataclass(frozen=True)
class Found:
    unchanged: Unchanged
    seen: Seen


def figures_of(past: Past, asked: Rule, policy: Policy) -> Found:
    worlds = draw_for(asked, past, PATHS)
    told, course = unchanged(asked, policy, worlds)
    lost = run(read_breaches(asked, worlds.losing("ISCB", 0.04)), policy)
    return Found(told, seen(course, lost, 0.04, worlds.before))


def near(value: float | None, other: float, error: float | None, rounding: float = 0.005) -> bool:
    """Within three standard errors of both drawings, and what the table was rounded by."""
    assert value is not None
    assert error is not None
    return abs(value - other) <= 3 * hypot(error, error) + rounding


def error_of(share: float) -> float:
    return float((share * (1 - share) / PATHS) ** 0.5)


def test_the_rule_that_all_began_with(past: Past) -> None:
    told = figures_of(past, rule(SORTINO, 1.0), Policy(5)).unchanged
    assert near(told.alarms, 0.99, told.alarms_error)
    assert near(told.open, 0.66, told.open_error)
    assert near(told.target_too, 0.87, told.target_error)
    assert not told.within_budget


def test_the_funds_own_level_comes_first(past: Past) -> None:
    assert own_level(SORTINO, past) == pytest.approx(0.51, abs=0.005)


@pytest.mark.parametrize(
    ("asked", "one", "chance"),
    [
        (rule(SORTINO, -0.85), 0.38, 0.34),
        (rule(GAP, -0.25), 0.61, 0.32),
        (rule(RETURNS, -0.04), 0.59, 0.29),
    ],
)
def test_how_often_a_loss_of_four_points_is_seen_within_a_year(
    past: Past, asked: Rule, one: float, chance: float
) -> None:
    told = figures_of(past, asked, Policy(5)).seen
    assert near(told.one, one, error_of(told.one))
    assert near(told.chance_one, chance, error_of(told.chance_one))


@pytest.mark.parametrize(
    ("asked", "alarms", "share"),
    [(rule(GAP, -0.25, -0.125), 0.38, 0.18), (rule(RETURNS, -0.04, -0.02), 0.31, 0.18)],
)
def test_differences_that_recover_half_of_the_way(
    past: Past, asked: Rule, alarms: float, share: float
) -> None:
    # A tenth of the way, as rules recover where nothing is typed, they fire more often and for less long.
    told = figures_of(past, asked, Policy(5)).unchanged
    assert near(told.alarms, alarms, told.alarms_error)
    assert near(told.open, share, told.open_error)


def test_the_offers(past: Past) -> None:
    asked = rule(SORTINO, 1.0)
    made = offers(asked, draw_for(asked, past, PATHS), 0.04)
    found = {each.rule.conditions[0].quantity: each for each in made}
    assert found[SORTINO].rule.conditions[0].threshold == pytest.approx(-0.85, abs=0.051)
    assert found[RETURNS].rule.conditions[0].threshold == pytest.approx(-0.04, abs=0.0051)
    assert found[GAP].rule.conditions[0].threshold == pytest.approx(-0.25, abs=0.051)
    assert list(found)[-1] == SORTINO  # the level of one fund sees least beyond chance
