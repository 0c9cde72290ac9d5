"""The table of an answer as neutral rows; `table` and `terminal` lay them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.comparison import Comparison
from analytics.measures.liquidity import PARTICIPATION, SESSIONS, days_to_trade
from bot.render import text
from bot.render.comparison.cost import facts
from bot.render.comparison.material import best

SECTORS = 3
TICKET = 25e6
"""The order, in USD, whose trading time the table shows."""

Format = Callable[[float], str]
Values = Sequence[float | None]


@dataclass(frozen=True)
class Row:
    """One line: a label, a cell per fund, the difference of the first and the last.

    marked : index of the fund whose value is better by a material difference, None for none
    main : True for a figure that stays where there is room for few
    """

    label: str
    cells: tuple[str, ...]
    difference: str
    marked: int | None
    main: bool


@dataclass(frozen=True)
class Group:
    """Rows that belong together."""

    title: str
    rows: tuple[Row, ...]

    @property
    def main(self) -> tuple[Row, ...]:
        """The figures that stay where there is room for few."""
        return tuple(row for row in self.rows if row.main)


def groups(comparison: Comparison) -> tuple[Group, ...]:
    """The whole table; a row or group without any number is left out."""
    found = (
        Group("Return", _kept(_returns(comparison))),
        Group("Risk", _kept(_risk(comparison))),
        Group(f"Against {comparison.question.against}", _kept(_relative(comparison))),
        Group("Cost and size", _kept(_fund(comparison))),
        Group("Largest sectors", _kept(_sectors(comparison))),
    )
    return tuple(group for group in found if group.rows)


def _kept(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if set(row.cells) != {text.NONE})


def _returns(comparison: Comparison) -> list[Row]:
    label = comparison.question.window.label
    total = _values(comparison, "total_return")
    rows = [_row(f"Total return, {label}", total, text.percent, text.points, "total_return")]
    if comparison.span.days > 366:
        annual = _values(comparison, "cagr")
        rows.append(_row(f"A year, {label}", annual, text.percent, text.points, "annual_return"))
    for name in ("1y", "3y", "5y", "10y"):
        period = comparison.period(name)
        if period and name != label:
            values = [period.returns[symbol].value for symbol in comparison.symbols]
            title = "Total return, 1y" if name == "1y" else f"A year, {name}"
            rows.append(_row(title, values, text.percent, text.points, "annual_return"))
    return rows


def _risk(comparison: Comparison) -> list[Row]:
    kinds = (
        ("volatility", "Volatility", text.percent, text.points, True),
        ("max_drawdown", "Max drawdown", text.percent, text.points, True),
        ("sharpe", "Sharpe", text.ratio, text.signed_ratio, False),
        ("sortino", "Sortino", text.ratio, text.signed_ratio, True),
        ("calmar", "Calmar", text.ratio, text.signed_ratio, False),
    )
    return [
        _row(label, _values(comparison, name), show, gap, name, main=main)
        for name, label, show, gap, main in kinds
    ]


def _relative(comparison: Comparison) -> list[Row]:
    kinds: tuple[tuple[str, str, Format, bool], ...] = (
        ("beta", "Beta", text.ratio, True),
        ("tracking_error", "Tracking error", text.percent, True),
        ("information_ratio", "Information ratio", text.ratio, False),
        ("correlation", "Correlation", text.ratio, True),
    )
    return [
        _row(label, [_against(comparison, symbol, name) for symbol in comparison.symbols], show, main=main)
        for name, label, show, main in kinds
    ]


def _fund(comparison: Comparison) -> list[Row]:
    fees, yields = facts(comparison, "expense_ratio"), facts(comparison, "dividend_yield")
    assets, counts = facts(comparison, "assets"), facts(comparison, "holdings_count")
    found = [comparison.concentration.get(symbol) for symbol in comparison.symbols]
    tops = [part.top_ten if part else None for part in found]
    traded = [comparison.traded[symbol].value for symbol in comparison.symbols]
    days = [float(days_to_trade(TICKET, np.array(value))) if value else None for value in traded]
    share = text.percent(PARTICIPATION, 0)
    return [
        _row("Expense ratio", fees, _fee, text.basis_points, "expense_ratio"),
        _row(_yield_label(comparison), yields, _fee, text.basis_points, "dividend_yield"),
        _row("Assets, USD", assets, text.money, rule="assets"),
        _row(f"Traded a day, USD, {SESSIONS} sessions", traded, text.money, rule="traded", main=False),
        _row(f"Days to trade {text.money(TICKET)} at {share}", days, _days, main=False),
        _row("Holdings", counts, lambda number: text.count(int(number)), main=False),
        _row("Ten largest", tops, text.percent, text.points, main=False),
    ]


def _sectors(comparison: Comparison) -> list[Row]:
    sectors = comparison.sectors
    if sectors is None:
        return []
    return [
        _row(
            name,
            [sectors.weights.get(symbol, {}).get(name) for symbol in comparison.symbols],
            text.percent,
            text.points,
        )
        for name in sectors.sectors[:SECTORS]
    ]


def _yield_label(comparison: Comparison) -> str:
    kinds = {profile.yield_kind for profile in comparison.profiles.values() if profile.yield_kind}
    return f"Yield, {kinds.pop()}" if len(kinds) == 1 else "Yield"


def _values(comparison: Comparison, name: str) -> list[float | None]:
    return [comparison.metrics[symbol][name].value for symbol in comparison.symbols]


def _against(comparison: Comparison, symbol: str, name: str) -> float | None:
    numbers = comparison.relative.get(symbol)
    return numbers[name].value if numbers else None


def _row(
    label: str,
    values: Values,
    show: Format,
    gap: Format | None = None,
    rule: str | None = None,
    *,
    main: bool = True,
) -> Row:
    cells = tuple(text.NONE if value is None else show(value) for value in values)
    marked = best(rule, values) if rule else None
    return Row(label, cells, _difference(values, gap), marked, main)


def _difference(values: Values, gap: Format | None) -> str:
    first, last = values[0], values[-1]
    if gap is None or first is None or last is None:
        return text.NONE
    return gap(first - last)


def _fee(fraction: float) -> str:
    return text.percent(fraction, 2)


def _days(number: float) -> str:
    return f"{number:,.1f}" if number < 99.95 else f"{number:,.0f}"
