"""What has become of a rule's funds since it fired, held against a twin that walks through the days."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import Combine, Condition, Op, Quantity, Rule, parse_window, since_fired
from tests.oracles import slow_watch
from tests.oracles.plans import plain
from tests.panels import day, panel
from tests.unit.analytics.watch.test_sessions import DAYS, MARKETS, rule, world

if TYPE_CHECKING:
    from datetime import date

TABLE = """
            AAA     BBB     CCC
2026-01-21  99.0    50.0    10.0
2026-01-22  100.0   50.0    -
2026-01-23  99.0    51.0    10.0
2026-01-26  98.8    50.2    10.5
2026-01-27  50.0    99.0    99.0
"""
FIRED, NOW = day("2026-01-22"), day("2026-01-26")


def of(*conditions: Quantity, then: str | None = None) -> Rule:
    return Rule(tuple(Condition(each, Op.BELOW, 0.0) for each in conditions), then=then)


def told(asked: Rule) -> list[tuple[str, float | None]]:
    found = since_fired(asked, panel(TABLE), FIRED, NOW)
    assert found is not None
    return [(fund, None if value is None else round(value, 6)) for fund, value in found.returns]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (of(Quantity("sortino", "AAA")), [("AAA", -0.012)]),
        (of(Quantity("sortino", "AAA"), then="BBB"), [("AAA", -0.012), ("BBB", 0.004)]),
        (of(Quantity("sharpe", "AAA", other="BBB")), [("AAA", -0.012), ("BBB", 0.004)]),
        (of(Quantity("sharpe", "BBB", "AAA", Combine.RATIO), then="AAA"), [("BBB", 0.004), ("AAA", -0.012)]),
        # A benchmark is only read against; a price that is missing on its own session is not made up for.
        (of(Quantity("beta", "AAA", benchmark="BBB")), [("AAA", -0.012)]),
        (of(Quantity("sortino", "AAA"), then="CCC"), [("AAA", -0.012), ("CCC", None)]),
        (of(Quantity("sortino", "AAA"), then="DDD"), [("AAA", -0.012), ("DDD", None)]),
        (of(Quantity("sortino", "AAA"), Quantity("calmar", "AAA"), then="AAA"), [("AAA", -0.012)]),
        (of(Quantity("sortino", "AAA"), then="^TNX"), [("AAA", -0.012)]),
    ],
)
def test_the_funds_of_a_rule(asked: Rule, expected: list[tuple[str, float | None]]) -> None:
    assert told(asked) == expected


def test_nothing_has_changed_on_the_session_on_which_it_fired() -> None:
    found = since_fired(of(Quantity("sortino", "AAA")), panel(TABLE), FIRED, FIRED)
    assert found is not None
    assert (found.sessions, found.returns) == (1, (("AAA", 0.0),))


def test_what_a_panel_does_not_hold_is_not_told() -> None:
    held, asked = panel(TABLE), of(Quantity("sortino", "AAA"))
    assert since_fired(asked, held, day("2026-01-24"), NOW) is None
    assert since_fired(asked, held, FIRED, day("2026-01-28")) is None
    assert since_fired(of(Quantity("sortino", "ZZZ")), held, FIRED, NOW) is None
    assert since_fired(of(Quantity("expense_ratio", "AAA")), held, FIRED, NOW) is None


def test_later_sessions_change_nothing() -> None:
    asked = of(Quantity("sortino", "AAA"), then="BBB")
    whole = panel(TABLE)
    assert since_fired(asked, whole, FIRED, NOW) == since_fired(asked, whole.through(NOW), FIRED, NOW)
    window = of(Quantity("sortino", "AAA", window=parse_window("5y")), then="BBB")
    assert since_fired(window, whole, FIRED, NOW) == since_fired(asked, whole, FIRED, NOW)


@given(
    st.sampled_from(list(MARKETS)),
    st.sampled_from(list(MARKETS)),
    st.integers(300, DAYS.size - 1),
    st.integers(0, 40),
    st.lists(st.integers(280, DAYS.size - 1), max_size=6),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_twin_says_the_same_on_every_exchange(
    symbol: str, then: str, first: int, length: int, gaps: list[int]
) -> None:
    held = world(**{symbol: tuple(str(DAYS[at]) for at in gaps)})
    assert held.held is not None
    own = held.held[held.row(symbol)]
    at = next((column for column in range(first, DAYS.size) if own[column]), None)
    if at is None:
        return
    last = next(column for column in range(min(at + length, DAYS.size - 1), -1, -1) if own[column])
    days: list[date] = DAYS.tolist()
    found = since_fired(replace(rule(symbol=symbol), then=then), held, days[at], days[last])
    assert found is not None
    for fund in dict.fromkeys([symbol, then]):
        row = held.row(fund)
        levels = plain(held.total_return[row])
        count, value = slow_watch.since(days, levels, held.held[row].tolist(), days[at], days[last])
        told_ = dict(found.returns)[fund]
        assert (told_ is None) == (value is None)
        assert value is None or told_ == pytest.approx(value, rel=1e-12, abs=1e-15)
        assert fund != symbol or found.sessions == count
