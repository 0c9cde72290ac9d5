"""When a difference is worth a mark: each rule at its edge, and what is never marked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.values import RULES, are_alike, best_column

# measure, better, worse by exactly the step, worse by a little less
EDGES = [
    ("total_return", 0.1600, 0.1550, 0.15501),
    ("cagr", 0.0740, 0.0690, 0.06901),
    ("volatility", 0.2200, 0.2250, 0.22499),
    ("volatility_monthly", 0.2200, 0.2250, 0.22499),
    ("max_drawdown", -0.2340, -0.2440, -0.24399),
    ("drawdown", -0.0340, -0.0440, -0.04399),
    ("time_under_water", 0.800, 0.850, 0.8499),
    ("var_95", -0.0180, -0.0190, -0.01899),
    ("worst_day", -0.0400, -0.0450, -0.04499),
    ("worst_month", -0.0800, -0.0900, -0.08999),
    ("worst_year", -0.1500, -0.1600, -0.15999),
    ("positive_months", 0.60, 0.55, 0.5501),
    ("sharpe", 0.78, 0.68, 0.681),
    ("sortino", 1.18, 1.03, 1.031),
    ("calmar", 0.69, 0.59, 0.591),
    ("expense_ratio", 0.0003, 0.0004, 0.00039),
    ("dividend_yield", 0.0162, 0.0152, 0.01521),
    ("fund_yield", 0.0162, 0.0156, 0.01575),
    ("assets", 2e9, 1e9, 1.01e9),
    ("traded", 50e6, 25e6, 25.1e6),
]


def test_every_rule_has_its_edge_here() -> None:
    assert sorted(name for name, *_ in EDGES) == sorted(RULES)


@pytest.mark.parametrize(("name", "better", "at_step", "within"), EDGES)
def test_marks_from_the_step_on(name: str, better: float, at_step: float, within: float) -> None:
    assert best_column(name, [better, at_step]) == 0
    assert best_column(name, [at_step, better]) == 1
    assert best_column(name, [better, within]) is None
    assert best_column(name, [within, better]) is None
    assert not are_alike(name, [better, at_step])
    assert are_alike(name, [better, within])


def test_one_basis_point_of_cost_counts_although_binary_falls_short_of_it() -> None:
    assert 0.0009 - 0.0008 < 0.0001
    assert best_column("expense_ratio", [0.0009, 0.0008]) == 1
    assert best_column("expense_ratio", [0.0004, 0.0003]) == 1


@pytest.mark.parametrize("name", RULES)
def test_a_missing_value_might_be_better(name: str) -> None:
    assert best_column(name, [1.0, None]) is None
    assert best_column(name, [0.5, None, 0.1]) is None
    assert best_column(name, [None, None]) is None
    assert best_column(name, [1.0]) is None
    assert best_column(name, []) is None


@pytest.mark.parametrize("name", ["beta", "correlation", "tracking_error", "information_ratio", "holdings"])
def test_what_is_neither_good_nor_bad_has_no_rule(name: str) -> None:
    assert best_column(name, [0.1, 0.9]) is None


@pytest.mark.parametrize("name", RULES)
def test_equal_values_are_not_marked(name: str) -> None:
    assert best_column(name, [0.0, 0.0]) is None
    assert best_column(name, [0.25, 0.25]) is None
    assert are_alike(name, [0.25, 0.25])


def test_of_several_only_one_that_beats_every_other_is_marked() -> None:
    assert best_column("total_return", [0.10, 0.12, 0.05]) == 1
    assert best_column("total_return", [0.12, 0.118, 0.05]) is None
    assert best_column("volatility", [0.22, 0.15, 0.2]) == 1
    assert best_column("max_drawdown", [-0.30, -0.10, -0.20]) == 1


def test_nothing_traded_is_less_than_something() -> None:
    assert best_column("traded", [0.0, 25e6]) == 1


@st.composite
def rows(draw: st.DrawFn) -> tuple[str, list[float]]:
    """A rule and values; amounts are never negative."""
    name = draw(st.sampled_from(sorted(RULES)))
    lowest = -5.0 if RULES[name].factor is None else 0.0
    number = st.floats(lowest, 5.0).map(lambda value: round(value, 6))
    return name, draw(st.lists(number, min_size=2, max_size=6))


@pytest.mark.slow
@given(rows(), st.data())
@settings(max_examples=40)
def test_the_mark_moves_with_the_fund(row: tuple[str, list[float]], data: st.DataObject) -> None:
    name, values = row
    order = data.draw(st.permutations(range(len(values))))
    marked, moved = best_column(name, values), best_column(name, [values[index] for index in order])
    assert moved == (None if marked is None else order.index(marked))


@pytest.mark.slow
@given(rows())
@settings(max_examples=40)
def test_what_is_marked_is_the_best_and_no_two_are_alike(row: tuple[str, list[float]]) -> None:
    name, values = row
    marked = best_column(name, values)
    if marked is not None:
        ranked = sorted(values, reverse=RULES[name].higher)
        assert values[marked] == ranked[0]
        assert not are_alike(name, values)
        assert next(pairwise(ranked))[0] != ranked[1]
