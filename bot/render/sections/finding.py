"""The finding: who was ahead and at what risk, can chance explain it, does it hold elsewhere, its cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analytics.comparison import Comparison
from analytics.evidence.edge import WindowEvidence
from analytics.evidence.rates import STEP, RateSensitivity
from analytics.notes import NoteKind
from analytics.panel import Doubt, DoubtKind
from analytics.returns import BILL_SYMBOL
from bot.render import doubts, text
from bot.render.estimates import UNCLEAR, percent, value_words
from bot.render.notes import note_sentence
from bot.render.sections.doubtful import select_funds, without_doubtful_figures, without_doubtful_funds
from bot.render.values import (
    MOST_TALL,
    PAIR,
    RULES,
    Values,
    absolute_measure,
    are_alike,
    current_facts,
    extremes,
    is_annual,
    is_short,
    is_span,
    known_values,
    one_currency,
    priced_in,
    span_dates,
    stated_in,
    traded_values,
    yield_kind,
)
from bot.render.verdict import chance_sentences

OTHERS = ("1y", "3y", "5y", "10y")
UNKNOWN = ""
"""Who was ahead, where a price that looks wrong hides it."""


def title(comparison: Comparison) -> str:
    """Write "ISCB vs SPSM · 1 year to 16 Jan 2026"; a history cut short says since when it is priced.

    A calendar period that is over needs no day: "ISCB vs SPSM · Q3 2025".
    """
    names, window, span = " vs ".join(comparison.symbols), comparison.query.window, comparison.span
    if window.label == "max" or (window.start and not window.is_period):
        return f"{names} · {span_dates(comparison)}"
    end = f"{' to ' if window.months or window.is_period else ', '}{text.day(span.end)}"
    end = "" if span.is_over else end
    short = "" if span.full else f", priced from {text.day(span.start)}"
    return f"{names} · {window.words}{end}{short}"


def finding(comparison: Comparison, evidence: WindowEvidence | None = None) -> tuple[str, ...]:
    """Tell a paragraph for each of the five questions, in their order; what has no numbers is left out.

    One fund alone is held against nothing: what it returned, and at what risk.  A doubt about a price comes
    first; what rests on it is told under a condition, or not at all.  Likewise of a fund whose income is not
    in its price: its return is none that it earned.
    """
    sure = without_doubtful_figures(comparison)
    unpaid = [note for note in comparison.notes if note.kind is NoteKind.INCOME_NOT_IN_PRICE]
    earning = tuple(each for each in comparison.symbols if each not in {note.symbol for note in unpaid})
    told = () if unpaid else chance_sentences(comparison, evidence)
    sentences = (
        *(note_sentence(note) for note in unpaid),
        *(doubts.warn(_unconditional(comparison), comparison.span.days)),
        *(_performance(select_funds(sure, earning) if unpaid else sure, told) if earning else ()),
        _rates(comparison),
        " ".join(filter(None, (_closeness(sure) if earning and not unpaid else "", _cost(sure)))),
    )
    return tuple(words for words in sentences if words)


def finding_in_figures(comparison: Comparison) -> tuple[str, ...]:
    """Tell who was ahead, and whether the order holds over the other windows, for the whole table."""
    sure = without_doubtful_figures(comparison)
    kept = without_doubtful_funds(sure)
    others = _other_windows(sure, kept) if len(sure.symbols) > 1 else ""
    cost = field_cost(sure) if len(sure.symbols) > MOST_TALL else ""
    return tuple(words for words in (_return(kept) if kept else "", others, cost) if words)


def _performance(sure: Comparison, chance: Sequence[str]) -> tuple[str, ...]:
    kept, count = without_doubtful_funds(sure), len(sure.symbols)
    return (
        _return(kept) if kept else "",
        " ".join(chance),
        *_other_doubts(sure),
        _other_windows(sure, kept) if count > 1 and not chance else "",
    )


def _rates(comparison: Comparison) -> str:
    """Tell what a move of the 10-year yield did to the bond funds, as an empirical duration too.

    Nothing of a fund with a price that looks wrong in the years it is estimated from, which reach back
    before the window.
    """
    found = comparison.rates
    doubted = {doubt.symbol for doubt in found.provenance.doubts} if found else set()
    if found is None or doubted - set(comparison.symbols):
        return ""
    told = [
        f"{row.symbols[0]} {value_words(row.held, percent, bold=True)}, {_duration(row)}"
        for row in found.funds
        if row.symbols[0] in comparison.bond_funds
        and row.symbols[0] not in doubted
        and row.held.value.value is not None
    ]
    span = f"from {text.day(found.provenance.start)} on, {found.market} held still"
    move = f"+{STEP:.0f}{text.NBSP}bp in the 10-year yield"
    return f"For {move}, {span}: {'; '.join(told)}." if told else ""


def _duration(row: RateSensitivity) -> str:
    """Write "an empirical duration of 15.0 years", where there is a sensitivity to tell of."""
    if row.held.t.value is not None and not row.held.is_clear:
        return UNCLEAR
    return f"an empirical duration of {text.ratio(row.duration.value or 0.0, 1)}{text.NBSP}years"


def _cost(sure: Comparison) -> str:
    """Tell what is held against what in cost; of more funds than stand in columns, `figures` tells it."""
    if not PAIR <= len(sure.symbols) <= MOST_TALL:
        return ""
    return pair_cost(sure) if len(sure.symbols) == PAIR else field_cost(sure)


def plain_finding(sentences: Sequence[str]) -> str:
    """Return the finding without marks, for notifications and screen readers."""
    return " ".join(sentences).replace("*", "")


def _unconditional(comparison: Comparison) -> list[Doubt]:
    """Return the doubts about the funds that no condition in the next sentence can tell of."""
    grave = {doubt.symbol for doubt in comparison.doubts if doubts.is_grave(doubt)}
    return [
        doubt
        for doubt in comparison.doubts
        if doubt.symbol in comparison.symbols
        and (doubt.symbol in grave or doubt.kind is DoubtKind.DISTRIBUTION)
    ]


def _other_doubts(comparison: Comparison) -> tuple[str, ...]:
    """Return what is doubtful about a benchmark or a bill that is none of the funds."""
    others: dict[str, list[Doubt]] = {}
    for doubt in comparison.doubts:
        if doubt.symbol not in comparison.symbols:
            others.setdefault(doubt.symbol, []).append(doubt)
    return tuple(
        f"{doubts.summarise(found)}: "
        f"{'ratios over the bill' if symbol == BILL_SYMBOL else f'what is held against {symbol}'} "
        "cannot be relied on."
        for symbol, found in others.items()
    )


def _return(comparison: Comparison) -> str:
    """Return who was ahead and at what risk, of funds that can be told of; under a condition where one is
    needed.
    """
    jumps = [doubt for doubt in comparison.doubts if doubt.symbol in comparison.symbols]
    if_right = doubts.condition([doubt for doubt in jumps if doubt.kind is DoubtKind.JUMP])
    priced = "as priced" if any(doubt.kind is DoubtKind.DISTRIBUTION for doubt in jumps) else ""
    conditions = ", and ".join(filter(None, (priced, if_right)))
    head = f"{text.capital(conditions)}, " if conditions else ""
    count = len(comparison.symbols)
    if count == 1:
        return f"{head}{_one_return(comparison)}"
    return f"{head}{_pair_return(comparison)}" if count == PAIR else _field_return(comparison, head)


def _main_returns(comparison: Comparison) -> list[float]:
    """Collect the returns over the span, every one of them known: annual above a year."""
    return known_values(absolute_measure(comparison, "cagr" if is_annual(comparison) else "total_return"))


def _unit(comparison: Comparison) -> str:
    return " a year" if is_annual(comparison) else ""


def _one_return(comparison: Comparison) -> str:
    (symbol,), (earned,) = comparison.symbols, _main_returns(comparison)
    volatility, fall = (
        known_values(absolute_measure(comparison, name)) for name in ("volatility", "max_drawdown")
    )
    risk = [
        *[f"at a volatility of {text.percent(value)}" for value in volatility],
        *[f"a max drawdown of {text.percent(value)}" for value in fall],
    ]
    head = f"{symbol} returned *{text.percent(earned)}*{_unit(comparison)}"
    ratios = [] if is_short(comparison) else known_values(absolute_measure(comparison, "sortino"))
    return f"{head}{_join_clauses(risk)}{''.join(f'; Sortino *{text.ratio(value)}*' for value in ratios)}."


def _pair_return(comparison: Comparison) -> str:
    one, other = comparison.symbols
    returns, unit = _main_returns(comparison), _unit(comparison)
    head = f"{one} returned *{text.percent(returns[0])}*{unit}, {other} *{text.percent(returns[1])}*"
    return f"{head}: {_pair_place(comparison, returns)}{_pair_risk(comparison)}{_pair_sortino(comparison)}."


def _pair_place(comparison: Comparison, returns: Sequence[float]) -> str:
    one = comparison.symbols[0]
    if not are_alike("cagr", returns):
        gap = text.points(abs(returns[0] - returns[1])).lstrip("+")
        return f"{one} was {gap}{_unit(comparison)} {'ahead' if returns[0] > returns[1] else 'behind'},"
    risks = [known_values(absolute_measure(comparison, name)) for name in ("volatility", "max_drawdown")]
    same = are_alike("volatility", risks[0] or [0.0]) and are_alike("max_drawdown", risks[1] or [0.0])
    return "the two were level," if same else f"the two were level, {one}"


def _pair_sortino(comparison: Comparison) -> str:
    """Tell a pair's Sortino; below a year it says more of the weeks than of the funds: the table has it."""
    ratios = known_values(absolute_measure(comparison, "sortino"))
    if len(ratios) < 2 or is_short(comparison):
        return ""
    return f"; Sortino *{text.ratio(ratios[0])}* and *{text.ratio(ratios[1])}*"


def _join_clauses(clauses: Sequence[str]) -> str:
    said = [clause for clause in clauses if clause]
    return f" {' and '.join(said)}" if said else ""


def _pair_risk(comparison: Comparison) -> str:
    """Write "at lower volatility (…) and much the same max drawdown (…)": what differs comes first."""
    alike, apart = [], []
    for name, label in (("volatility", "volatility"), ("max_drawdown", "max drawdown")):
        values = known_values(absolute_measure(comparison, name))
        if len(values) < PAIR:
            continue
        one, other = (text.percent(value) for value in values)
        if are_alike(name, values):
            alike.append(f"{label} ({one} and {other})")
        else:
            apart.append(f"{_side(name, values)} {label} ({one} against {other})")
    told = [text.join_words(apart), f"much the same {text.join_words(alike)}" if alike else ""]
    clauses = [clause for clause in told if clause]
    return f" at {' and '.join(clauses)}" if clauses else ""


def _side(name: str, values: Sequence[float]) -> str:
    """Tell how the first of two stands to the other: a drawdown is negative, the deeper one the lower."""
    if name == "max_drawdown":
        return "a deeper" if values[0] < values[1] else "a milder"
    return "higher" if values[0] > values[1] else "lower"


def _field_return(comparison: Comparison, head: str = "") -> str:
    """Tell the highest return and the next, the lowest, and the ranges of risk; the table has them all."""
    returns, symbols, unit = _main_returns(comparison), comparison.symbols, _unit(comparison)
    order = sorted(range(len(returns)), key=lambda index: -returns[index])
    first, second, *_, last = ((symbols[index], f"*{text.percent(returns[index])}*") for index in order)
    if RULES["cagr"].differs(returns[order[0]], returns[order[1]]):
        gap = text.points(returns[order[0]] - returns[order[1]]).lstrip("+")
        place = f"{first[0]} returned {first[1]}{unit}, {gap} more than {second[0]} ({second[1]})"
    else:
        place = f"{first[0]} and {second[0]} are level, with {first[1]} and {second[1]}{unit}"
    least = f"{last[0]} returned least, {last[1]}"
    return " ".join(filter(None, (f"{head}{place}; {least}.", _field_risk(comparison))))


def _field_risk(comparison: Comparison) -> str:
    """Write from which Sortino, volatility and max drawdown to which the funds run, with their names."""
    shown = (
        *([] if is_short(comparison) else [("sortino", "Sortino", text.ratio)]),
        ("volatility", "volatility", text.percent),
        ("max_drawdown", "max drawdown", text.percent),
    )
    clauses: list[str] = []
    for name, label, show in shown:
        found = extremes(comparison.symbols, absolute_measure(comparison, name))
        if found is None or (name == "sortino" and None in absolute_measure(comparison, name)):
            continue
        (low, least), (high, most) = sorted(found, key=lambda end: abs(end[1]))
        verb = "" if clauses else " runs"
        clauses.append(f"{label}{verb} from {show(least)} ({low}) to {show(most)} ({high})")
    return f"{text.capital(', '.join(clauses))}." if clauses else ""


def _other_windows(sure: Comparison, kept: Comparison | None) -> str:
    """Return whether the order over the span holds over the other windows.

    kept : the funds whose order over the span is known; where that is none, each window stands for itself
    """
    known_order = kept is not None and len(kept.symbols) > 1
    comparison = kept if kept is not None and known_order else sure
    ahead = _leader(comparison.symbols, _main_returns(comparison)) if known_order else UNKNOWN
    by_leader: dict[str | None, list[str]] = {}
    for label in OTHERS:
        period = comparison.period(label)
        if period is None or is_span(comparison, period):
            continue
        values = known_values([period.returns[symbol].value for symbol in comparison.symbols])
        if len(values) == len(comparison.symbols):
            by_leader.setdefault(_leader(comparison.symbols, values), []).append(label)
    ordered = sorted(by_leader, key=lambda leader: leader != ahead)
    clauses = [_clause(comparison, leader, by_leader[leader], also=leader == ahead) for leader in ordered]
    return f"{text.capital('; '.join(clauses))}." if clauses else ""


def _leader(symbols: Sequence[str], values: Sequence[float]) -> str | None:
    """Return the symbol ahead by a material difference, None where the first two are level."""
    ranked = sorted(zip(values, symbols, strict=True), reverse=True)
    level = not RULES["cagr"].differs(ranked[0][0], ranked[1][0])
    return None if level else ranked[0][1]


def _clause(comparison: Comparison, leader: str | None, labels: Sequence[str], *, also: bool) -> str:
    windows = f"over {_years(labels)}"
    if leader is None:
        who = "they were" if len(comparison.symbols) == 2 else "the first two were"
        return f"{windows} {who} {'also ' if also else ''}level{_figures(comparison, labels, None)}"
    if also:
        return f"{leader} was also ahead {windows}"
    return f"{windows} {leader} was ahead{_figures(comparison, labels, leader)}"


def _figures(comparison: Comparison, labels: Sequence[str], leader: str | None) -> str:
    """Return the figures of a single window of two funds, the leader's first; of more, the table has them."""
    period = comparison.period(labels[0])
    if len(labels) > 1 or len(comparison.symbols) > 2 or period is None:
        return ""
    unit = " a year" if period.annualised and labels[0] != "1y" else ""
    order = sorted(comparison.symbols, key=lambda symbol: symbol != leader)
    values = [text.percent(period.returns[symbol].value or 0.0) for symbol in order]
    return f" ({(' against ' if leader else ' and ').join(values)}{unit})"


def _years(labels: Sequence[str]) -> str:
    """Join years: ["3y", "5y"] -> "3 and 5 years"."""
    numbers = text.join_words([label.removesuffix("y") for label in labels])
    return f"{numbers} year" if numbers == "1" else f"{numbers} years"


def _closeness(comparison: Comparison) -> str:
    """Tell how closely two move: with each other, or each with a benchmark outside the pair."""
    if len(comparison.symbols) != PAIR:
        return ""
    against = comparison.query.against
    told = [
        (symbol, numbers)
        for symbol in comparison.symbols
        if (numbers := _closeness_figures(comparison, symbol))
    ]
    if not told:
        return ""
    weekly = ", from weekly returns since their exchanges close hours apart" if comparison.apart else ""
    if against in comparison.symbols:
        ((_, (correlation, error)),) = told
        return f"Correlation {text.correlation(correlation)}, tracking error {text.percent(error)}{weekly}."
    clauses = [
        f"{symbol} {text.correlation(correlation)} and {text.percent(error)}"
        for symbol, (correlation, error) in told
    ]
    return f"Correlation with {against} and tracking error against it{weekly}: {', '.join(clauses)}."


def _closeness_figures(comparison: Comparison, symbol: str) -> tuple[float, float] | None:
    """Return the correlation with the benchmark and tracking error; None where one of them is not defined."""
    numbers = comparison.relative.get(symbol, {})
    values = known_values([numbers[name].value for name in ("correlation", "tracking_error") if numbers])
    return (values[0], values[1]) if len(values) == 2 else None


Read = Callable[[Comparison, str], Values]
"""Reads a fact of all funds by name."""


def pair_cost(comparison: Comparison, facts: Read = current_facts) -> str:
    """Return the first fund seen from the second: fee, income, size, liquidity; "" where nothing is known.

    Amounts in two currencies, or in one that is not known, and yields of two kinds are not held against each
    other.

    facts : where the words name the day of the facts, those of a later day than the span may be read too
    """
    fees, yields = facts(comparison, "expense_ratio"), facts(comparison, "dividend_yield")
    sizes, turnover = facts(comparison, "assets"), traded_values(comparison)
    held = (
        _gap("costs", fees),
        _gap("yields", yields) if yield_kind(comparison) is not None else "",
    )
    traded = (
        _amounts("has", "", sizes, one_currency(stated_in(comparison), sizes)),
        _amounts("trades", " a day", turnover, one_currency(priced_in(comparison), turnover)),
    )
    said = [text.join_words(clauses) for each in (held, traded) if (clauses := [c for c in each if c])]
    if not said:
        return ""
    return f"{comparison.symbols[0]} {'; it '.join(said)}."


def field_cost(comparison: Comparison, facts: Read = current_facts) -> str:
    """Tell costs from the lowest to the highest of three and more funds; "" where nothing is known.

    facts : as in `pair_cost`
    """
    fees, yields = facts(comparison, "expense_ratio"), facts(comparison, "dividend_yield")
    clauses = [_range("expense ratios", fees, comparison, fee)]
    if yield_kind(comparison) is not None:
        clauses.append(_range("yields", yields, comparison, fee))
    for what, values, units in (
        ("assets", facts(comparison, "assets"), stated_in(comparison)),
        ("amounts traded a day", traded_values(comparison), priced_in(comparison)),
    ):
        if unit := one_currency(units, values):
            clauses.append(_range(what, values, comparison, _money_in(unit)))
    said = "; ".join(clause for clause in clauses if clause)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def fee(fraction: float) -> str:
    """Write a fee: 0.0004 -> "0.04 %": expense ratios and yields, to the basis point."""
    return text.percent(fraction, 2)


def cost_words(fraction: float) -> str:
    """Write a cost in basis points: 0.00664 -> "66 bp", 0.00075 -> "7.5 bp"; a gain is negative."""
    points = fraction * 1e4
    shown = text.ratio(points, 1 if abs(points) < 9.95 else 0)
    return f"{shown.removesuffix('.0')}{text.NBSP}bp"


def _gap(verb: str, values: Values) -> str:
    one, other = values
    if one is None or other is None:
        return ""
    steps = round((one - other) * 1e4)
    if steps == 0:
        return f"{verb} as much ({fee(one)})"
    return f"{verb} {abs(steps):,}{text.NBSP}bp {'more' if steps > 0 else 'less'}"


def _amounts(verb: str, rate: str, values: Values, unit: str | None) -> str:
    """Write "has 253 M USD against 13.1 bn", "trades 662 k USD a day against 123 M"."""
    one, other = values
    if not one or not other or unit is None:
        return ""
    return f"{verb} {_money_in(unit)(one)}{rate} against {text.money(other)}"


def _range(what: str, values: Values, comparison: Comparison, show: Callable[[float], str]) -> str:
    found = extremes(comparison.symbols, values)
    if found is None:
        return ""
    (low, least), (high, most) = found
    where = "" if len(known_values(values)) == len(values) else ", where known,"
    if show(least) == show(most):
        return f"{what}{where} are all {show(least)}"
    return f"{what}{where} run from {show(least)} ({low}) to {show(most)} ({high})"


def _money_in(unit: str) -> Callable[[float], str]:
    return lambda amount: f"{text.money(amount)}{text.NBSP}{unit}"
