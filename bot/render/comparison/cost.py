"""What it costs to hold and to trade: the last sentence of the finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analytics.comparison import Comparison
from bot.render import text

Facts = Sequence[float | None]


def pair_cost(comparison: Comparison) -> str:
    """The first fund seen from the second: fee, income, size, liquidity; "" where nothing is known."""
    fees, yields = facts(comparison, "expense_ratio"), facts(comparison, "dividend_yield")
    sizes, traded = facts(comparison, "assets"), _traded(comparison)
    clauses = (
        _gap("costs", "as much", fees),
        _gap("yields", "as much", yields),
        _times("is", "larger", "smaller", sizes),
        _times("trades", "more a day", "less a day", traded),
    )
    said = [clause for clause in clauses if clause]
    return f"{comparison.symbols[0]} {text.listed(said)}." if said else ""


def field_cost(comparison: Comparison) -> str:
    """From the lowest to the highest of three and more funds; "" where nothing is known."""
    clauses = (
        _range("expense ratios", facts(comparison, "expense_ratio"), comparison, _fee),
        _range("yields", facts(comparison, "dividend_yield"), comparison, _fee),
        _range("assets in USD", facts(comparison, "assets"), comparison, text.money),
        _range("value traded a day in USD", _traded(comparison), comparison, text.money),
    )
    said = "; ".join(clause for clause in clauses if clause)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def facts(comparison: Comparison, name: str) -> list[float | None]:
    """A fact of the profiles by name, in the order of the symbols; None where it is not known."""
    profiles = [comparison.profiles.get(symbol) for symbol in comparison.symbols]
    return [fact.value if profile and (fact := getattr(profile, name)) else None for profile in profiles]


def extremes(symbols: Sequence[str], values: Facts) -> tuple[tuple[str, float], tuple[str, float]] | None:
    """The lowest and the highest known value with their symbols; None below two known ones."""
    known = [(symbol, value) for symbol, value in zip(symbols, values, strict=True) if value is not None]
    if len(known) < 2:
        return None
    ranked = sorted(known, key=lambda pair: pair[1])
    return ranked[0], ranked[-1]


def _traded(comparison: Comparison) -> list[float | None]:
    return [comparison.traded[symbol].value for symbol in comparison.symbols]


def _gap(verb: str, level: str, values: Facts) -> str:
    one, other = values
    if one is None or other is None:
        return ""
    steps = round((one - other) * 1e4)
    if steps == 0:
        return f"{verb} {level} ({_fee(one)})"
    return f"{verb} {abs(steps)}{text.NBSP}bp {'more' if steps > 0 else 'less'}"


def _times(verb: str, more: str, less: str, values: Facts) -> str:
    one, other = values
    if not one or not other:
        return ""
    pair = f"({text.money(one)} against {text.money(other)}{text.NBSP}USD)"
    if max(one, other) < 1.1 * min(one, other):
        return f"{verb} much the same {'size' if verb == 'is' else 'value a day'} {pair}"
    return f"{verb} {text.times(max(one, other), min(one, other))} {more if one > other else less} {pair}"


def _range(what: str, values: Facts, comparison: Comparison, show: Callable[[float], str]) -> str:
    found = extremes(comparison.symbols, values)
    if found is None:
        return ""
    (low, least), (high, most) = found
    return f"{what} run from {show(least)} ({low}) to {show(most)} ({high})"


def _fee(fraction: float) -> str:
    return text.percent(fraction, 2)
