"""What funds cost to hold and to trade, in percent and on an amount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.comparison import Comparison
from analytics.fund import Fact, Kind
from analytics.liquidity import PARTICIPATION, SESSIONS, days_to_trade
from analytics.notes import NoteKind
from analytics.panel import Doubt
from bot.render import text
from bot.render.doubts import summarise
from bot.render.message import Message
from bot.render.sections.doubtful import columns_of_doubts, traded_doubts, without_doubtful_figures
from bot.render.sections.finding import cost_words, fee, field_cost, pair_cost
from bot.render.sections.fund_facts import (
    facts_by_symbol,
    facts_opening,
    facts_title,
    later_facts_note,
    refusals,
    source_asked,
    sources_foot,
    unknown_fact_notes,
)
from bot.render.sections.page import SectionAnswer, TableLine, note_sentences, section_message, table_head
from bot.render.sections.table import TICKET, Dash, Row, fact_dashes, footnotes
from bot.render.values import (
    MOST_TALL,
    Values,
    best_column,
    extremes,
    fact_values,
    is_in_kind,
    known_values,
    one_currency,
    priced_in,
    stated_in,
    traded_values,
    trading_days,
    yield_kind,
)

REASONS = frozenset({NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND})
SPREADS = (
    "Bid-ask spreads are not known from this source; what an order costs with those that are typed: switch "
    "size=100k spread=3bp."
)
ISSUER = (
    "In kind: more than 5 days' volume is not traded on exchange; units are created or redeemed with the "
    "issuer for the basket."
)
IMPACT = (
    "Impact: what an order moves its own price by, daily volatility × √(order / value traded a day); told up "
    "to one day's volume."
)
WHAT = "Expense ratios, yields and assets"
NAMES = {"expense_ratio": "expense ratio", "dividend_yield": "yield", "assets": "assets"}


def cost_section(found: SectionAnswer, amount: float | None = None, impacts: Values = ()) -> Message:
    """Write the whole answer.

    amount : held or traded, in the currency of the funds; None for TICKET
    impacts : what the order does to the price of each fund, one way, as a fraction; none where not asked
    """
    comparison = found.comparison
    order = replace(Order.of(comparison, amount), impacts=impacts)
    doubts = traded_doubts(comparison)
    feeless = [symbol for symbol, rate in zip(comparison.symbols, order.fees, strict=True) if rate is None]
    stated = _known_facts(comparison)
    return section_message(
        found,
        title=facts_title(comparison, "cost", stated),
        finding=cost_finding(Order.of(without_doubtful_figures(comparison), amount)),
        foot=cost_foot(comparison),
        lines=cost_lines(order),
        remarks=(
            *footnotes(_dashes(comparison), comparison.symbols, found.notes),
            *note_sentences(found, {NoteKind.STALE, NoteKind.FACTS_DIFFER}),
            *unknown_fact_notes(found, feeless, "expense ratio", REASONS),
            *refusals(found, "yield"),
            *note_sentences(found, {NoteKind.CURRENCIES_DIFFER, NoteKind.CURRENCY_UNKNOWN}),
            *later_facts_note(comparison, stated, WHAT),
            *([ISSUER] if any(map(is_in_kind, known_values(order.waits))) else []),
            *([IMPACT] if known_values(impacts) and not _has_many(order) else []),
            *([SPREADS] if any(order.waits) else []),
        ),
        doubts=doubts,
        warnings=_warnings(doubts),
    )


def _warnings(doubts: Sequence[Doubt]) -> tuple[str, ...]:
    """Warn of each fund whose value traded rests on a price that looks wrong."""
    by_fund: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        by_fund.setdefault(doubt.symbol, []).append(doubt)
    return tuple(
        f"{summarise(found)}: its value traded and what follows from it are left out."
        for found in by_fund.values()
    )


def cost_finding(order: Order) -> tuple[str, ...]:
    """Tell what it costs to hold, the fee in money, what an order means for the fund, what is not known."""
    sentences = (
        *facts_opening(order.comparison, _known_facts(order.comparison), WHAT),
        _compare_costs(order),
        _fee_sentence(order),
        _waits_sentence(order),
        _shares(order),
        _missing(order),
    )
    return tuple(sentence for sentence in sentences if sentence)


def cost_foot(comparison: Comparison) -> str:
    """Write source and day of each kind of fact, and over which sessions the value traded is an average."""
    parts = list(filter(None, [sources_foot(comparison.profiles, comparison.symbols, NAMES)]))
    if any(traded_values(comparison)):
        parts.append(f"traded a day: close times volume, {SESSIONS} sessions · {source_asked(comparison)}")
    return " · ".join(parts) or source_asked(comparison)


def cost_lines(order: Order) -> list[TableLine]:
    """Return a figure a line for up to three funds, a fund a line for more; what is not known of any is
    left out.
    """
    known = [row for row in _rows(order) if set(row.cells) != {text.NONE}]
    if not known:
        return []
    return (_wide_table if _has_many(order) else _tall_table)(known, order.comparison.symbols)


def _dashes(comparison: Comparison) -> tuple[Dash, ...]:
    """Explain the dashes of the yield, where one is known; the finding names what else is not."""
    incomes = fact_values(comparison, "dividend_yield")
    return fact_dashes(comparison, incomes, "yield") if known_values(incomes) else ()


def _known_facts(comparison: Comparison) -> list[Fact[Any]]:
    return [fact for name in NAMES for fact in facts_by_symbol(comparison.profiles, name).values()]


def _compare_costs(order: Order) -> str:
    count = len(order.comparison.symbols)
    if count == 1:
        return _single_cost(order)
    return (
        pair_cost(order.comparison, fact_values) if count == 2 else field_cost(order.comparison, fact_values)
    )


def _single_cost(order: Order) -> str:
    (symbol,), (rate,), (size,), (day,) = order.comparison.symbols, order.fees, order.sizes, order.traded
    (income,), kind = fact_values(order.comparison, "dividend_yield"), yield_kind(order.comparison)
    clauses = (
        "" if rate is None else f"costs {fee(rate)} a year",
        "" if income is None else f"yields {fee(income)}{f' ({kind})' if kind else ''}",
        "" if size is None else f"has assets of {order.show_profile_amount(size, symbol)}",
        "" if day is None else f"trades {order.money(day, symbol)} a day",
    )
    said = [clause for clause in clauses if clause]
    return f"{symbol} {text.join_words(said)}." if said else ""


def _fee_sentence(order: Order) -> str:
    """Return the fee in money; more than fit in columns from the lowest to the highest."""
    if _has_many(order):
        found = extremes(order.comparison.symbols, order.paid) if order.unit is not None else None
        return f"A year's fee on {order.words} runs {_range_words(found, order.money)}." if found else ""
    rates = dict(zip(order.comparison.symbols, order.fees, strict=True))

    def show(amount: float, symbol: str) -> str:
        rate = rates[symbol]
        return f"{order.money(amount, symbol)}{f' ({fee(rate)})' if rate is not None else ''}"

    told = _each_value(order, order.paid, show)
    return f"A year's fee on {order.words}: {told}{_fee_gap_words(order)}." if told else ""


def _fee_gap_words(order: Order) -> str:
    """Write of a pair, behind its fees, what the second costs more or less a year, where that can be seen."""
    match order.paid:
        case [float(one), float(other)] if order.unit and money_words(one) != money_words(other):
            way = "less" if other < one else "more"
            return f", {order.money(abs(other - one), order.comparison.symbols[1])} {way}"
    return ""


def _waits_sentence(order: Order) -> str:
    head = f"Days to trade {order.words} at {text.percent(PARTICIPATION, 0)} of the value traded"
    if _has_many(order):
        found = extremes(order.comparison.symbols, order.waits)
        return f"{head} run {_range_words(found, _wait_words)}." if found else ""
    told = _each_value(order, order.waits, lambda wait, symbol: f"*{_wait_words(wait, symbol)}*")
    return f"{head}: {told}." if told else ""


def _shares(order: Order) -> str:
    told = (
        ""
        if _has_many(order)
        else _each_value(order, order.shares, lambda share, _: _spoken_amount(_share_words(share)))
    )
    return f"{order.words[:1].upper()}{order.words[1:]} as part of the assets: {told}." if told else ""


def _has_many(order: Order) -> bool:
    return len(order.comparison.symbols) > MOST_TALL


def _range_words(
    found: tuple[tuple[str, float], tuple[str, float]], show: Callable[[float, str], str]
) -> str:
    (low, least), (high, most) = found
    return f"from {show(least, low)} ({low}) to {show(most, high)} ({high})"


def _wait_words(wait: float, _: str) -> str:
    return _spoken_amount(trading_days(wait))


def _spoken_amount(shown: str) -> str:
    return shown.replace("<", "under ")


def _share_words(share: float) -> str:
    return f"<{text.percent(0.001)}" if share < 0.0005 else text.percent(share)


def _each_value(order: Order, values: Values, show: Callable[[float, str], str]) -> str:
    """Return every known value after its symbol: "ISCB 2.1 and SPSM 3.8"."""
    pairs = zip(order.comparison.symbols, values, strict=True)
    return text.join_words(
        [f"{symbol} {show(value, symbol)}" for symbol, value in pairs if value is not None]
    )


def _missing(order: Order) -> str:
    """Return which figures are not known of whom."""
    symbols = order.comparison.symbols
    kinds = {"fee": order.fees, "size": order.sizes, "value traded": order.traded}
    absent = {
        kind: [symbol for symbol, value in zip(symbols, values, strict=True) if value is None]
        for kind, values in kinds.items()
    }
    if all(len(missing) == len(symbols) for missing in absent.values()):
        return (
            f"Neither fee, size nor trading of {text.join_words(symbols, 'or')} is known."
            if len(symbols) > 1
            else f"Fee, size and trading of {symbols[0]} are not known."
        )
    by_fund: dict[str, list[str]] = {}
    for kind, missing in absent.items():
        if missing:
            by_fund.setdefault(text.join_words(missing), []).append(kind)
    clauses = [f"{text.join_words(kinds)} of {funds}" for funds, kinds in by_fund.items()]
    return f"Not known: {'; '.join(clauses)}." if clauses else ""


def _rows(order: Order) -> tuple[Row, ...]:
    comparison, kind = order.comparison, yield_kind(order.comparison)
    incomes = fact_values(comparison, "dividend_yield")
    doubts = traded_doubts(comparison)
    shaken = columns_of_doubts(comparison, doubts)
    share = text.percent(PARTICIPATION, 0)
    named = "Yield, kinds differ" if kind is None else f"Yield, {kind}" if kind else "Yield"
    return (
        _row("Expense ratio", order.fees, fee, text.basis_points, "expense_ratio"),
        _amounts(order, f"Fee on {order.words}, a year", "", order.paid, gap=True),
        _row(named, incomes, fee, text.basis_points, "dividend_yield")
        if kind is not None
        else _row(named, incomes, fee),
        _amounts(order, "Assets", "", order.sizes, "assets"),
        *(
            []
            if _has_many(order)
            else [_row(f"{order.words} as part of the assets", order.shares, _share_words)]
        ),
        _amounts(order, "Traded a day", f", {SESSIONS} sessions", order.traded, "traded").with_doubts(
            shaken, doubts
        ),
        _row(f"Days to trade {order.words} at {share} of it", order.waits, trading_days).with_doubts(
            shaken, doubts
        ),
        *(
            [_row(f"Impact of {order.words}, one way", order.impacts, cost_words)]
            if order.impacts and not _has_many(order)
            else []
        ),
    )


def _row(
    label: str,
    values: Values,
    show: Callable[[float], str],
    gap: Callable[[float], str] | None = None,
    rule: str | None = None,
) -> Row:
    cells = tuple(text.shown(value, show) for value in values)
    first, last = values[0], values[-1]
    differ = text.NONE if gap is None or first is None or last is None else gap(first - last)
    return Row(label, cells, differ, best_column(rule, values) if rule else None, main=True)


def _amounts(
    order: Order, label: str, rest: str, values: Values, rule: str | None = None, *, gap: bool = False
) -> Row:
    """Return amounts in several currencies, or one not known, name theirs, and are not held against each
    other.
    """
    assets = rule == "assets"
    currencies = stated_in(order.comparison) if assets else priced_in(order.comparison)
    if unit := one_currency(currencies, values):
        comma = f", {unit}" if rule else ""
        return _row(f"{label}{comma}{rest}", values, money_words, _signed_money if gap else None, rule)
    show = order.show_profile_amount if assets else order.money
    pairs = zip(order.comparison.symbols, values, strict=True)
    cells = [text.NONE if value is None else show(value, symbol) for symbol, value in pairs]
    return Row(f"{label}{rest}", tuple(cells), text.NONE, None, main=True)


def _signed_money(amount: float) -> str:
    return f"{'+' if amount > 0 else ''}{money_words(amount)}"


def _tall_table(rows: Sequence[Row], symbols: Sequence[str]) -> list[TableLine]:
    pair = len(symbols) == 2
    heads = table_head("Cost and trading", *symbols, *([text.less(symbols[0], symbols[1])] if pair else []))
    return [heads, *(_line(row, row.label, *row.cells, *([row.difference] if pair else [])) for row in rows)]


def _line(row: Row, *cells: str) -> TableLine:
    return TableLine(cells, frozenset() if row.marked is None else frozenset({row.marked + 1}), row.doubts)


def _wide_table(rows: Sequence[Row], symbols: Sequence[str]) -> list[TableLine]:
    """Return three figures beside each other, then the next three."""
    found = []
    for start in range(0, len(rows), MOST_TALL):
        group = rows[start : start + MOST_TALL]
        found.append(table_head("Fund", *(row.label for row in group)))
        for at, symbol in enumerate(symbols):
            bold = frozenset(place + 1 for place, row in enumerate(group) if row.marked == at)
            doubts = tuple(doubt for row in group for doubt in row.doubts)
            found.append(TableLine((symbol, *(row.cells[at] for row in group)), bold, doubts))
    return found


@dataclass(frozen=True)
class Order:
    """An amount held or traded in each of the funds, and what is known of them.

    unit : the currency of all prices, None where the funds have several or it is not known
    fees, sizes, traded : fraction a year, assets, value traded a day; None where not known
    impacts : what the order does to the price, one way, fraction; empty where it was not worked out
    """

    comparison: Comparison
    amount: float
    unit: str | None
    fees: Values
    sizes: Values
    traded: Values
    impacts: Values = ()

    @classmethod
    def of(cls, comparison: Comparison, amount: float | None) -> Order:
        """Return the amount asked, else the one that every comparison shows."""
        values = (
            fact_values(comparison, "expense_ratio"),
            fact_values(comparison, "assets"),
            traded_values(comparison),
        )
        funds = [
            None if profile and profile.kind is Kind.INDEX else 1.0
            for profile in map(comparison.profiles.get, comparison.symbols)
        ]
        return cls(comparison, amount or TICKET, one_currency(priced_in(comparison), funds), *values)

    @property
    def words(self) -> str:
        """ "25 M USD"; where funds have no currency in common, "25 M of its own currency"."""
        own = f"{text.NBSP}{self.unit}" if self.unit else " of its own currency"
        return f"{text.money(self.amount)}{own}"

    @property
    def paid(self) -> list[float | None]:
        """The fee on the amount, a year."""
        return [None if rate is None else rate * self.amount for rate in self.fees]

    @property
    def shares(self) -> list[float | None]:
        """The amount as a fraction of the assets, where both are known to be in one currency."""
        units = zip(self.sizes, priced_in(self.comparison), stated_in(self.comparison), strict=True)
        return [self.amount / size if size and paid and paid == held else None for size, paid, held in units]

    @property
    def waits(self) -> list[float | None]:
        """Days to trade the amount at PARTICIPATION of the value traded."""
        return [float(days_to_trade(self.amount, np.array(day))) if day else None for day in self.traded]

    def money(self, amount: float, symbol: str) -> str:
        """Show an amount traded, with the currency of the fund's prices where it is known."""
        return _with_currency(amount, priced_in(self.comparison)[self.comparison.symbols.index(symbol)])

    def show_profile_amount(self, amount: float, symbol: str) -> str:
        """Show an amount of the fund's profile, with its currency where that is known."""
        return _with_currency(amount, stated_in(self.comparison)[self.comparison.symbols.index(symbol)])


def money_words(amount: float) -> str:
    """Write money, with cents where it is a few units: 9876 -> "9.9 k", 0.4 -> "0.40"."""
    return f"{amount:.2f}" if 0 < abs(amount) < 9.995 else text.money(amount)


def _with_currency(amount: float, unit: str | None) -> str:
    return f"{money_words(amount)}{text.NBSP}{unit}" if unit else money_words(amount)
