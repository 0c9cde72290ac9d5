"""The table of an answer as neutral rows; `table` and `terminal` lay them out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.comparison import Comparison
from analytics.measures.liquidity import PARTICIPATION, SESSIONS, days_to_trade
from analytics.panel import Doubt
from bot.render import text
from bot.render.comparison.cost import fee
from bot.render.comparison.doubtful import (
    columns,
    measure_columns,
    measure_doubts,
    period_doubts,
    traded_doubts,
)
from bot.render.comparison.material import best
from bot.render.comparison.values import (
    Values,
    absolute,
    facts,
    is_annual,
    is_short,
    one_currency,
    priced_in,
    relative,
    span_label,
    stated_in,
    traded,
    yield_kind,
)
from bot.render.doubts import MARK

SECTORS = 3
TICKET = 25e6
"""The order, in the currency of the funds, whose trading time the table shows."""

Format = Callable[[float], str]


@dataclass(frozen=True)
class Row:
    """One line: a label, a cell per fund, the difference of the first and the last.

    marked : index of the fund whose value is better by a material difference, None for none
    main : True for a figure that stays where there is room for few
    doubts : what the cells with the mark of a doubt rest on
    """

    label: str
    cells: tuple[str, ...]
    difference: str
    marked: int | None
    main: bool
    doubts: tuple[Doubt, ...] = ()

    def with_doubts(self, columns: Collection[int], doubts: Sequence[Doubt]) -> Row:
        """Mark the figures that rest on doubts, and their difference; beside them nothing is better."""
        shaken = {at for at in columns if self.cells[at] != text.NONE}
        if not shaken:
            return self
        cells = tuple(f"{cell}{MARK}" if at in shaken else cell for at, cell in enumerate(self.cells))
        ends = shaken & {0, len(self.cells) - 1} and self.difference != text.NONE
        difference = f"{self.difference}{MARK}" if ends else self.difference
        return replace(self, cells=cells, difference=difference, marked=None, doubts=tuple(doubts))


@dataclass(frozen=True)
class Group:
    """Rows that belong together."""

    title: str
    rows: tuple[Row, ...]

    @property
    def main(self) -> tuple[Row, ...]:
        """The figures that stay where there is room for few; all of them where no main one is known."""
        return tuple(row for row in self.rows if row.main) or self.rows


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
    label, judged = span_label(comparison), absolute(comparison, "total_return")
    annual = absolute(comparison, "cagr")
    if is_annual(comparison):
        # Half a point between two totals of ten years is nothing; between annual rates it counts.
        judged = annual
    marked = best("annual_return", judged)
    total = _row(f"Total return, {label}", absolute(comparison, "total_return"), text.percent, text.points)
    rows = [measured(comparison, "total_return", replace(total, marked=marked))]
    if is_annual(comparison):
        row = _row(f"A year, {label}", annual, text.percent, text.points, "annual_return")
        rows.append(measured(comparison, "cagr", row))
    for name in ("1y", "3y", "5y", "10y"):
        period = comparison.period(name)
        if period and name != label:
            values = [period.returns[symbol].value for symbol in comparison.symbols]
            title = f"{'A year' if period.annualised else 'Total return'}, {name}"
            row = _row(title, values, text.percent, text.points, "annual_return")
            rows.append(_behind(comparison, period_doubts(comparison, period), row))
    return rows


def measured(comparison: Comparison, measure: str, row: Row) -> Row:
    """Mark the figures of a measure over the window that rest on doubts."""
    return row.with_doubts(measure_columns(comparison, measure), measure_doubts(comparison, measure))


def _behind(comparison: Comparison, doubts: Sequence[Doubt], row: Row) -> Row:
    return row.with_doubts(columns(comparison, doubts), doubts)


def _risk(comparison: Comparison) -> list[Row]:
    kinds = (
        ("volatility", "Volatility", text.percent, text.points, True),
        ("max_drawdown", "Max drawdown", text.percent, text.points, True),
        ("sharpe", "Sharpe", text.ratio, text.signed_ratio, False),
        ("sortino", "Sortino", text.ratio, text.signed_ratio, True),
        ("calmar", "Calmar", text.ratio, text.signed_ratio, False),
    )
    # What is annualised from a few weeks is shown, but no difference of it is worth a mark.
    steady = {"max_drawdown"} if is_short(comparison) else {name for name, *_ in kinds}
    return [
        measured(
            comparison,
            name,
            _row(label, absolute(comparison, name), show, gap, name if name in steady else None, main=main),
        )
        for name, label, show, gap, main in kinds
    ]


def _relative(comparison: Comparison) -> list[Row]:
    kinds: tuple[tuple[str, str, Format, bool], ...] = (
        ("beta", "Beta", text.ratio, True),
        ("tracking_error", "Tracking error", text.percent, True),
        ("information_ratio", "Information ratio", text.ratio, False),
        ("correlation", "Correlation", text.ratio, True),
    )
    weekly = ", weekly" if comparison.apart else ""
    return [
        measured(comparison, name, _row(f"{label}{weekly}", relative(comparison, name), show, main=main))
        for name, label, show, main in kinds
    ]


def _fund(comparison: Comparison) -> list[Row]:
    fees, counts = facts(comparison, "expense_ratio"), facts(comparison, "holdings_count")
    found = [comparison.concentration.get(symbol) for symbol in comparison.symbols]
    tops = [part.top_ten if part else None for part in found]
    return [
        _row("Expense ratio", fees, fee, text.basis_points, "expense_ratio"),
        _yields(comparison),
        *_amounts(comparison),
        _row("Holdings", counts, lambda number: text.count(int(number)), main=False),
        _row("Ten largest", tops, text.percent, text.points, main=False),
    ]


def _yields(comparison: Comparison) -> Row:
    """Yields of two kinds stand side by side, but are not held against each other."""
    kind, values = yield_kind(comparison), facts(comparison, "dividend_yield")
    if kind is None:
        return _row("Yield, kinds differ", values, fee)
    return _row(f"Yield, {kind}" if kind else "Yield", values, fee, text.basis_points, "dividend_yield")


def _amounts(comparison: Comparison) -> list[Row]:
    """Assets and trading; in several currencies, or one not known, they are not held against each other."""
    turnover, shaky = traded(comparison), traded_doubts(comparison)
    sessions = f", {SESSIONS} sessions"
    rows = [
        _amount("Assets", "", facts(comparison, "assets"), stated_in(comparison), "assets"),
        _behind(
            comparison, shaky, _amount("Traded a day", sessions, turnover, priced_in(comparison), "traded")
        ),
    ]
    if unit := one_currency(priced_in(comparison), turnover):
        waits = [float(days_to_trade(TICKET, np.array(value))) if value else None for value in turnover]
        share = text.percent(PARTICIPATION, 0)
        order = f"Days to trade {text.money(TICKET)}{text.NBSP}{unit} at {share} of volume"
        rows.append(_behind(comparison, shaky, _row(order, waits, days, main=False)))
    return rows


def _amount(label: str, rest: str, values: Values, currencies: Sequence[str | None], rule: str) -> Row:
    """Amounts under the currency that they share, else each with its own."""
    main = rule == "assets"
    if unit := one_currency(currencies, values):
        return _row(f"{label}, {unit}{rest}", values, text.money, rule=rule, main=main)
    cells = tuple(
        text.NONE if value is None else f"{text.money(value)}{text.NBSP}{unit or ''}".rstrip()
        for value, unit in zip(values, currencies, strict=True)
    )
    return Row(f"{label}{rest}", cells, text.NONE, None, main=main)


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


def days(number: float) -> str:
    """Days to trade: 2.14 -> "2.1", 0.01 -> "<0.1", 812.4 -> "812"."""
    if number < 0.05:
        return "<0.1"
    return f"{number:,.1f}" if number < 99.95 else f"{number:,.0f}"
