"""What it costs to hold and to trade: the last sentence of the finding."""

from __future__ import annotations

from collections.abc import Callable

from analytics.comparison import Comparison
from bot.render import text
from bot.render.comparison.values import (
    Values,
    current_facts,
    extremes,
    known,
    one_currency,
    priced_in,
    stated_in,
    traded,
    yield_kind,
)

Read = Callable[[Comparison, str], Values]
"""Reads a fact of all funds by name."""


def pair_cost(comparison: Comparison, facts: Read = current_facts) -> str:
    """The first fund seen from the second: fee, income, size, liquidity; "" where nothing is known.

    Amounts in two currencies, or in one that is not known, and yields of two kinds are not held against each
    other.

    facts : where the words name the day of the facts, those of a later day than the span may be read too
    """
    fees, yields = facts(comparison, "expense_ratio"), facts(comparison, "dividend_yield")
    sizes, turnover = facts(comparison, "assets"), traded(comparison)
    clauses = (
        _gap("costs", fees),
        _gap("yields", yields) if yield_kind(comparison) is not None else "",
        _times("is", "larger", "smaller", sizes, one_currency(stated_in(comparison), sizes)),
        _times("trades", "more a day", "less a day", turnover, one_currency(priced_in(comparison), turnover)),
    )
    said = [clause for clause in clauses if clause]
    return f"{comparison.symbols[0]} {text.listed(said)}." if said else ""


def field_cost(comparison: Comparison, facts: Read = current_facts) -> str:
    """From the lowest to the highest of three and more funds; "" where nothing is known.

    facts : as in `pair_cost`
    """
    fees, yields = facts(comparison, "expense_ratio"), facts(comparison, "dividend_yield")
    clauses = [_range("expense ratios", fees, comparison, fee)]
    if yield_kind(comparison) is not None:
        clauses.append(_range("yields", yields, comparison, fee))
    for what, values, units in (
        ("assets", facts(comparison, "assets"), stated_in(comparison)),
        ("amounts traded a day", traded(comparison), priced_in(comparison)),
    ):
        if unit := one_currency(units, values):
            clauses.append(_range(what, values, comparison, _money_in(unit)))
    said = "; ".join(clause for clause in clauses if clause)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def fee(fraction: float) -> str:
    """0.0004 -> "0.04 %": expense ratios and yields, to the basis point."""
    return text.percent(fraction, 2)


def _gap(verb: str, values: Values) -> str:
    one, other = values
    if one is None or other is None:
        return ""
    steps = round((one - other) * 1e4)
    if steps == 0:
        return f"{verb} as much ({fee(one)})"
    return f"{verb} {abs(steps):,}{text.NBSP}bp {'more' if steps > 0 else 'less'}"


def _times(verb: str, more: str, less: str, values: Values, unit: str | None) -> str:
    one, other = values
    if not one or not other or unit is None:
        return ""
    pair = f"({text.money(one)} against {_money_in(unit)(other)})"
    if max(one, other) < 1.1 * min(one, other):
        return f"{verb} much the same {'size' if verb == 'is' else 'value a day'} {pair}"
    return f"{verb} {text.times(max(one, other), min(one, other))} {more if one > other else less} {pair}"


def _range(what: str, values: Values, comparison: Comparison, show: Callable[[float], str]) -> str:
    found = extremes(comparison.symbols, values)
    if found is None:
        return ""
    (low, least), (high, most) = found
    where = "" if len(known(values)) == len(values) else ", where known,"
    if show(least) == show(most):
        return f"{what}{where} are all {show(least)}"
    return f"{what}{where} run from {show(least)} ({low}) to {show(most)} ({high})"


def _money_in(unit: str) -> Callable[[float], str]:
    return lambda amount: f"{text.money(amount)}{text.NBSP}{unit}"
