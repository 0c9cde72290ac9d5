"""What it costs to hold and to trade, in the words a portfolio manager would use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analytics.comparison import Comparison
from analytics.fund import Fact
from analytics.measures.number import Number
from bot.render import text
from bot.render.sections.finding import field_cost, finding, pair_cost
from bot.render.values import fact_values
from tests.unit.bot.render.sections.worlds import comparison, world


def with_facts(found: Comparison, name: str, *values: Any) -> Comparison:
    """The comparison with these facts of its funds, None for one that is not known."""
    facts: list[Any] = [None if value is None else Fact(value, "by hand") for value in values]
    profiles = {
        symbol: replace(found.profiles[symbol], **{name: fact})
        for symbol, fact in zip(found.symbols, facts, strict=True)
    }
    return replace(found, profiles=profiles)


def with_traded(found: Comparison, *values: float | None) -> Comparison:
    numbers = {
        symbol: Number(value, None if value is not None else "volume not known")
        for symbol, value in zip(found.symbols, values, strict=True)
    }
    return replace(found, traded=numbers)


def pair(found: Comparison) -> str:
    return pair_cost(found).replace(text.NBSP, " ")


def field(found: Comparison) -> str:
    return field_cost(found).replace(text.NBSP, " ")


def test_fee_income_size_and_trading_in_one_sentence() -> None:
    assert pair(with_traded(world("pair"), 662e3, 123e6)) == (
        "ISCB costs 1 bp more and yields 24 bp less; it has 253 M USD against 13.1 bn and trades 662 k USD a "
        "day against 123 M."
    )


@pytest.mark.parametrize(
    ("fees", "words"),
    [
        ((0.0004, 0.0003), "costs 1 bp more"),
        ((0.0003, 0.0004), "costs 1 bp less"),
        ((0.0004, 0.0004), "costs as much (0.04 %)"),
        ((0.00042, 0.0004), "costs as much (0.04 %)"),
        ((0.0, 0.0), "costs as much (0.00 %)"),
        ((0.15, 0.0), "costs 1,500 bp more"),
    ],
)
def test_fees_differ_in_basis_points(fees: tuple[float, float], words: str) -> None:
    assert f" {words} and yields" in pair(with_facts(world("pair"), "expense_ratio", *fees))


@pytest.mark.parametrize(
    ("assets", "words"),
    [
        ((2e9, 1e9), "it has 2 bn USD against 1 bn and trades"),
        ((1e9, 2e9), "it has 1 bn USD against 2 bn and trades"),
        ((1e9, 1e9), "it has 1 bn USD against 1 bn and trades"),
        ((0.0, 1e9), "yields 24 bp less; it trades"),
    ],
)
def test_sizes_stand_beside_each_other(assets: tuple[float, float], words: str) -> None:
    assert words in pair(with_facts(world("pair"), "assets", *assets))


@pytest.mark.parametrize("name", ["expense_ratio", "dividend_yield", "assets"])
def test_a_fact_that_one_fund_lacks_is_not_compared(name: str) -> None:
    word = {"expense_ratio": "costs", "dividend_yield": "yields", "assets": "it has"}[name]
    assert word in pair(world("pair"))
    assert word not in pair(with_facts(world("pair"), name, 0.01, None))
    assert word not in pair(with_facts(world("pair"), name, None, 0.01))


@pytest.mark.parametrize("traded", [(None, 1e6), (1e6, None), (0.0, 1e6), (0.0, 0.0)])
def test_trading_that_is_not_known_or_nothing_is_not_compared(traded: tuple[float | None, float]) -> None:
    assert "trades" not in pair(with_traded(world("pair"), *traded))


def test_nothing_known_is_nothing_said() -> None:
    assert pair_cost(world("partial")) == ""
    assert field_cost(world("bare")) == ""


def test_euros_are_called_euros() -> None:
    assert "it has 253 M EUR against 13.1 bn" in pair(world("in_euros"))
    assert "USD" not in pair(world("in_euros"))


def test_amounts_in_two_currencies_are_not_held_against_each_other() -> None:
    assert pair(world("two_currencies")) == "VWCE.DE costs 5 bp less and yields 31 bp more."


def test_without_profiles_the_prices_tell_the_currency() -> None:
    assert pair(world("flat")) == "ISCB trades 100 M USD a day against 50 M."


def test_amounts_in_a_currency_that_nobody_tells_are_not_held_against_any() -> None:
    assert pair(world("unknown_currency")) == "ISCB costs 1 bp more and yields 24 bp less."
    assert field(world("unknown_currency")) == (
        "Expense ratios run from 0.03 % (SPSM) to 0.04 % (ISCB); "
        "yields run from 1.38 % (ISCB) to 1.62 % (SPSM)."
    )


def test_yields_of_two_kinds_are_not_held_against_each_other() -> None:
    assert "yields" not in pair(world("two_taxonomies"))


def test_of_many_the_range_is_told() -> None:
    found = with_traded(world("three"), 117e6, 66e6, 32.5e6)
    assert field(found) == (
        "Expense ratios run from 0.03 % (SPSM) to 0.09 % (SPY); "
        "yields run from 1.07 % (SPY) to 1.62 % (SPSM); "
        "assets run from 253 M USD (ISCB) to 712 bn USD (SPY); "
        "amounts traded a day run from 32.5 M USD (SPY) to 117 M USD (ISCB)."
    )


def test_of_many_an_unknown_one_is_not_passed_over() -> None:
    found = with_facts(world("three"), "expense_ratio", 0.0004, 0.0003, None)
    assert field(found).startswith("Expense ratios, where known, run from 0.03 % (SPSM) to 0.04 % (ISCB);")


def test_of_many_all_the_same() -> None:
    found = with_facts(world("three"), "expense_ratio", 0.0004, 0.0004, 0.0004)
    assert field(found).startswith("Expense ratios are all 0.04 %;")


def test_an_index_does_not_trade() -> None:
    # Its volume is that of its members.
    assert world("rate_index").traded["^TNX"].value is not None
    assert "^TNX" not in field(world("rate_index"))


def test_facts_of_another_time_are_no_part_of_a_finding() -> None:
    """What is traded is known for then; fee, yield and assets are those of January 2026."""
    then = comparison(as_of=date(2025, 9, 30))
    assert pair(then).startswith("ISCB trades")
    assert pair_cost(then, fact_values).startswith("ISCB costs 1")
    assert not any("costs" in sentence or "yields" in sentence for sentence in finding(then))
    several = comparison("ISCB", "SPSM", "SPY", as_of=date(2025, 9, 30))
    assert field(several).startswith("Amounts traded a day run")
    assert field_cost(several, fact_values).startswith("Expense ratios run")


def test_facts_of_the_same_week_stand_in_it() -> None:
    assert "costs 1 bp more" in pair(comparison(as_of=date(2026, 1, 8)))
    assert "costs" not in pair(comparison(as_of=date(2026, 1, 7)))
