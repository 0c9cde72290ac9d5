"""What funds cost to hold and to trade, in percent and on an amount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from analytics.comparison import Comparison
from analytics.fund import Fact
from analytics.measures.liquidity import PARTICIPATION, SESSIONS
from analytics.notes import NoteKind
from analytics.panel import Doubt
from bot.render import text
from bot.render.comparison.cost import fee, field_cost, pair_cost
from bot.render.comparison.dashes import Dash, fact_dashes, footnotes
from bot.render.comparison.doubtful import certain, columns, traded_doubts
from bot.render.comparison.material import best
from bot.render.comparison.rows import Row, days
from bot.render.comparison.values import (
    Values,
    extremes,
    facts,
    known,
    one_currency,
    priced_in,
    stated_in,
    traded,
    yield_kind,
)
from bot.render.doubts import summarise
from bot.render.message import Message
from bot.render.study.found import SectionAnswer
from bot.render.study.page import UPRIGHT, TableLine, head, page, told
from bot.render.study.parts.facts import asked, dated, later, opening, refusals, titled, unknown
from bot.render.study.parts.orders import Order, small

REASONS = frozenset({NoteKind.NO_PROFILE, NoteKind.NOT_A_FUND})
SPREADS = (
    "Bid-ask spreads are not known from this source; days to trade counts trading on exchange, not units "
    "created or redeemed with the issuer."
)
WHAT = "Expense ratios, yields and assets"
NAMES = {"expense_ratio": "expense ratio", "dividend_yield": "yield", "assets": "assets"}


def cost(found: SectionAnswer, amount: float | None = None) -> Message:
    """The whole answer.  amount : held or traded, in the currency of the funds; None for TICKET."""
    comparison = found.comparison
    order, doubts = Order.of(comparison, amount), traded_doubts(comparison)
    feeless = [symbol for symbol, rate in zip(comparison.symbols, order.fees, strict=True) if rate is None]
    stated = _stated(comparison)
    return page(
        found,
        title=titled(comparison, "cost", stated),
        finding=finding(Order.of(certain(comparison), amount)),
        foot=foot(comparison),
        lines=lines(order),
        remarks=(
            *footnotes(_dashes(comparison), comparison.symbols, found.notes),
            *told(found, {NoteKind.STALE}),
            *unknown(found, feeless, "expense ratio", REASONS),
            *refusals(found, "yield"),
            *told(found, {NoteKind.CURRENCIES_DIFFER, NoteKind.CURRENCY_UNKNOWN}),
            *later(comparison, stated, WHAT),
            *([SPREADS] if any(order.waits) else []),
        ),
        doubts=doubts,
        warnings=_warnings(doubts),
    )


def _warnings(doubts: Sequence[Doubt]) -> tuple[str, ...]:
    """Of each fund whose value traded rests on a price that looks wrong."""
    by_fund: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        by_fund.setdefault(doubt.symbol, []).append(doubt)
    return tuple(
        f"{summarise(found)}: its value traded and what follows from it are left out."
        for found in by_fund.values()
    )


def finding(order: Order) -> tuple[str, ...]:
    """What it costs to hold, the fee in money, what an order means for the fund, what is not known."""
    sentences = (
        *opening(order.comparison, _stated(order.comparison), WHAT),
        _compared(order),
        _paid(order),
        _waits(order),
        _shares(order),
        _missing(order),
    )
    return tuple(sentence for sentence in sentences if sentence)


def foot(comparison: Comparison) -> str:
    """Source and day of each kind of fact, and over which sessions the value traded is an average."""
    by_source: dict[str, list[str]] = {}
    for name, words in NAMES.items():
        if held := _facts(comparison, name):
            by_source.setdefault(dated(held), []).append(words)
    parts = [f"{', '.join(kinds)} · {source}" for source, kinds in by_source.items()]
    if any(traded(comparison)):
        parts.append(f"traded a day: close times volume, {SESSIONS} sessions · {asked(comparison)}")
    return " · ".join(parts) or asked(comparison)


def lines(order: Order) -> list[TableLine]:
    """A figure a line for up to three funds, a fund a line for more; what is not known of any is left out."""
    known = [row for row in _rows(order) if set(row.cells) != {text.NONE}]
    if not known:
        return []
    return (_lying if _many(order) else _upright)(known, order.comparison.symbols)


def _facts(comparison: Comparison, name: str) -> dict[str, Fact[Any]]:
    profiles = [comparison.profiles[symbol] for symbol in comparison.symbols if symbol in comparison.profiles]
    held = {profile.symbol: getattr(profile, name) for profile in profiles}
    return {symbol: fact for symbol, fact in held.items() if fact}


def _dashes(comparison: Comparison) -> tuple[Dash, ...]:
    """Of the yield, where one is known; the finding names what else is not."""
    incomes = facts(comparison, "dividend_yield")
    return fact_dashes(comparison, incomes, "yield") if known(incomes) else ()


def _stated(comparison: Comparison) -> list[Fact[Any]]:
    return [fact for name in NAMES for fact in _facts(comparison, name).values()]


def _compared(order: Order) -> str:
    count = len(order.comparison.symbols)
    if count == 1:
        return _alone(order)
    return pair_cost(order.comparison, facts) if count == 2 else field_cost(order.comparison, facts)


def _alone(order: Order) -> str:
    (symbol,), (rate,), (size,), (day,) = order.comparison.symbols, order.fees, order.sizes, order.traded
    (income,), kind = facts(order.comparison, "dividend_yield"), yield_kind(order.comparison)
    clauses = (
        "" if rate is None else f"costs {fee(rate)} a year",
        "" if income is None else f"yields {fee(income)}{f' ({kind})' if kind else ''}",
        "" if size is None else f"has assets of {order.stated(size, symbol)}",
        "" if day is None else f"trades {order.money(day, symbol)} a day",
    )
    said = [clause for clause in clauses if clause]
    return f"{symbol} {text.listed(said)}." if said else ""


def _paid(order: Order) -> str:
    """The fee in money; more than fit in columns from the lowest to the highest."""
    if _many(order):
        found = extremes(order.comparison.symbols, order.paid) if order.unit is not None else None
        return f"A year's fee on {order.words} runs {_run(found, order.money)}." if found else ""
    rates = dict(zip(order.comparison.symbols, order.fees, strict=True))

    def show(amount: float, symbol: str) -> str:
        rate = rates[symbol]
        return f"{order.money(amount, symbol)}{f' ({fee(rate)})' if rate is not None else ''}"

    told = _each(order, order.paid, show)
    return f"A year's fee on {order.words}: {told}." if told else ""


def _waits(order: Order) -> str:
    head = f"Days to trade {order.words} at {text.percent(PARTICIPATION, 0)} of the value traded"
    if _many(order):
        found = extremes(order.comparison.symbols, order.waits)
        return f"{head} run {_run(found, _wait)}." if found else ""
    told = _each(order, order.waits, lambda wait, symbol: f"*{_wait(wait, symbol)}*")
    return f"{head}: {told}." if told else ""


def _shares(order: Order) -> str:
    told = "" if _many(order) else _each(order, order.shares, lambda share, _: _spoken(_part(share)))
    return f"{order.words[:1].upper()}{order.words[1:]} as part of the assets: {told}." if told else ""


def _many(order: Order) -> bool:
    return len(order.comparison.symbols) > UPRIGHT


def _run(found: tuple[tuple[str, float], tuple[str, float]], show: Callable[[float, str], str]) -> str:
    (low, least), (high, most) = found
    return f"from {show(least, low)} ({low}) to {show(most, high)} ({high})"


def _wait(wait: float, _: str) -> str:
    return _spoken(days(wait))


def _spoken(shown: str) -> str:
    return shown.replace("<", "under ")


def _part(share: float) -> str:
    return f"<{text.percent(0.001)}" if share < 0.0005 else text.percent(share)


def _each(order: Order, values: Values, show: Callable[[float, str], str]) -> str:
    """Every known value after its symbol: "ISCB 2.1 and SPSM 3.8"."""
    pairs = zip(order.comparison.symbols, values, strict=True)
    return text.listed([f"{symbol} {show(value, symbol)}" for symbol, value in pairs if value is not None])


def _missing(order: Order) -> str:
    """Which figures are not known of whom."""
    symbols = order.comparison.symbols
    kinds = {"fee": order.fees, "size": order.sizes, "value traded": order.traded}
    absent = {
        kind: [symbol for symbol, value in zip(symbols, values, strict=True) if value is None]
        for kind, values in kinds.items()
    }
    if all(len(missing) == len(symbols) for missing in absent.values()):
        return (
            f"Neither fee, size nor trading of {text.listed(symbols, 'or')} is known."
            if len(symbols) > 1
            else f"Fee, size and trading of {symbols[0]} are not known."
        )
    by_fund: dict[str, list[str]] = {}
    for kind, missing in absent.items():
        if missing:
            by_fund.setdefault(text.listed(missing), []).append(kind)
    clauses = [f"{text.listed(kinds)} of {funds}" for funds, kinds in by_fund.items()]
    return f"Not known: {'; '.join(clauses)}." if clauses else ""


def _rows(order: Order) -> tuple[Row, ...]:
    comparison, kind = order.comparison, yield_kind(order.comparison)
    incomes = facts(comparison, "dividend_yield")
    doubts = traded_doubts(comparison)
    shaken = columns(comparison, doubts)
    share = text.percent(PARTICIPATION, 0)
    named = "Yield, kinds differ" if kind is None else f"Yield, {kind}" if kind else "Yield"
    return (
        _row("Expense ratio", order.fees, fee, text.basis_points, "expense_ratio"),
        _amounts(order, f"Fee on {order.words}, a year", "", order.paid, gap=True),
        _row(named, incomes, fee, text.basis_points, "dividend_yield")
        if kind is not None
        else _row(named, incomes, fee),
        _amounts(order, "Assets", "", order.sizes, "assets"),
        *([] if _many(order) else [_row(f"{order.words} as part of the assets", order.shares, _part)]),
        _amounts(order, "Traded a day", f", {SESSIONS} sessions", order.traded, "traded").with_doubts(
            shaken, doubts
        ),
        _row(f"Days to trade {order.words} at {share} of it", order.waits, days).with_doubts(shaken, doubts),
    )


def _row(
    label: str,
    values: Values,
    show: Callable[[float], str],
    gap: Callable[[float], str] | None = None,
    rule: str | None = None,
) -> Row:
    cells = tuple(text.NONE if value is None else show(value) for value in values)
    first, last = values[0], values[-1]
    differ = text.NONE if gap is None or first is None or last is None else gap(first - last)
    return Row(label, cells, differ, best(rule, values) if rule else None, main=True)


def _amounts(
    order: Order, label: str, rest: str, values: Values, rule: str | None = None, *, gap: bool = False
) -> Row:
    """Amounts in several currencies, or one not known, name theirs, and are not held against each other."""
    assets = rule == "assets"
    currencies = stated_in(order.comparison) if assets else priced_in(order.comparison)
    if unit := one_currency(currencies, values):
        comma = f", {unit}" if rule else ""
        return _row(f"{label}{comma}{rest}", values, small, _signed if gap else None, rule)
    show = order.stated if assets else order.money
    pairs = zip(order.comparison.symbols, values, strict=True)
    cells = [text.NONE if value is None else show(value, symbol) for symbol, value in pairs]
    return Row(f"{label}{rest}", tuple(cells), text.NONE, None, main=True)


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else ''}{small(amount)}"


def _upright(rows: Sequence[Row], symbols: Sequence[str]) -> list[TableLine]:
    pair = len(symbols) == 2
    heads = head("Cost and trading", *symbols, *([text.less(symbols[0], symbols[1])] if pair else []))
    return [heads, *(_line(row, row.label, *row.cells, *([row.difference] if pair else [])) for row in rows)]


def _line(row: Row, *cells: str) -> TableLine:
    return TableLine(cells, frozenset() if row.marked is None else frozenset({row.marked + 1}), row.doubts)


def _lying(rows: Sequence[Row], symbols: Sequence[str]) -> list[TableLine]:
    """Three figures beside each other, then the next three."""
    found = []
    for start in range(0, len(rows), UPRIGHT):
        group = rows[start : start + UPRIGHT]
        found.append(head("Fund", *(row.label for row in group)))
        for at, symbol in enumerate(symbols):
            bold = frozenset(place + 1 for place, row in enumerate(group) if row.marked == at)
            doubts = tuple(doubt for row in group for doubt in row.doubts)
            found.append(TableLine((symbol, *(row.cells[at] for row in group)), bold, doubts))
    return found
