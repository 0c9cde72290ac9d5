"""The answer to `/compare` as one Slack message: finding, table, charts, notes, convention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import inf

import numpy as np

from analytics.comparison import Comparison, gap_opened
from analytics.evidence.edge import WindowEvidence
from analytics.exposures import SectorComparison
from analytics.fund import is_mix
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt
from bot.render import chart_text, text
from bot.render.blocks import context, header, remarks_block, section, slots
from bot.render.chart_specs import ChartSpec, GrowthChart, IndexMark, SectorChart, join_lines
from bot.render.doubts import MARK, alt_text, explain_marks, legend, marks
from bot.render.message import Block, Message
from bot.render.notes import all_notes, index_changed_before, note_sentence
from bot.render.sections.convention import SAMPLE, convention, plain_convention, sectors_convention
from bot.render.sections.doubtful import (
    columns_of_doubts,
    period_doubts,
    without_doubtful_funds,
)
from bot.render.sections.finding import fee, finding, finding_in_figures, plain_finding, title
from bot.render.sections.fund_facts import fund_name_words
from bot.render.sections.page import (
    SectionAnswer,
    TableLine,
    figure_line,
    figures_table,
    note_sentences,
    section_message,
    table_block,
    table_head,
    window_title,
)
from bot.render.sections.table import (
    Group,
    Row,
    dash_notes,
    fact_dashes,
    footnotes,
    groups,
    measure_dashes,
    rate_rows,
    rates_title,
    risk_rows,
    span_return,
    trading_time,
)
from bot.render.values import (
    MOST_TALL,
    PAIR,
    Values,
    absolute_measure,
    are_alike,
    dated_title,
    fact_values,
    is_annual,
    is_span,
    known_values,
    profile_facts,
    yield_kind,
)

OTHERS = 3
"""Most other windows whose returns stand beside that of the question."""
NAMED = 3
"""Most funds whose index stands beside their name."""
NAME = 60
"""Characters of a name, where many stand in one line."""


def comparison_message(
    comparison: Comparison,
    notes: Sequence[Note] = (),
    asked_by: str | None = None,
    below: Sequence[Block] = (),
    evidence: WindowEvidence | None = None,
) -> Message:
    """Write the answer that fits one screen; the section `figures` has the whole table.

    notes : what the sources had to say, beside the comparison's own notes
    asked_by : Slack id of the person, named under the answer because Slack does not show the command
    below : blocks for what can be asked next
    evidence : what the window tells of the gap
    """
    sentences = finding(comparison, evidence)
    shown, rows = comparison_charts(comparison), headline_rows(comparison)
    blocks = [
        header(comparison_heading(comparison)),
        *_names(comparison, asked_by),
        section(text.escape("\n".join(sentences))),
        *slots(shown),
        *([headline_table(comparison, rows)] if rows else []),
        *remarks_block((*_table_notes(comparison, rows, notes), *_remarks(comparison, notes))),
        *below,
        context(f"_{text.escape(plain_convention(comparison, facts=_in_columns(comparison)))}_"),
    ]
    words = text.escape(f"{comparison_heading(comparison)}: {plain_finding(sentences)}")
    return Message(words, tuple(blocks), shown)


def comparison_heading(comparison: Comparison) -> str:
    """Return the title, which says where the data are simulated, and where returns are not daily."""
    weekly = ", weekly returns" if comparison.query.weekly else ""
    words = f"{title(comparison)}{weekly}"
    return f"{SAMPLE} · {words}" if comparison.simulated else words


def _names(comparison: Comparison, asked_by: str | None) -> list[Block]:
    """Name up to three funds with the indices they follow, of more the names alone; and who asked."""
    profiles = [comparison.profiles[each] for each in comparison.symbols if each in comparison.profiles]
    whole = len(comparison.symbols) <= NAMED
    known = [profile for profile in profiles if profile.name]
    names = [fund_name_words(each) if whole else text.one_line(each.name, NAME) for each in known]
    if len(known) < len(comparison.symbols):
        names = [f"{each.symbol}: {name}" for each, name in zip(known, names, strict=True)]
    told = [text.escape(" · ".join(names)), f"asked by <@{asked_by}>" if asked_by else ""]
    line = " · ".join(filter(None, told))
    return [context(text.capital(line) if not names else line)] if line else []


def headline_rows(comparison: Comparison) -> tuple[Row, ...]:
    """Return the rows of a first answer: return, other windows, risk, cost, and how fast it trades.

    Of more funds than stand in columns, those that are told of each: return, max drawdown, Sortino.
    """
    rows = [
        span_return(comparison),
        _other_returns(comparison),
        *(row for row in risk_rows(comparison) if row.main),
        *rate_rows(comparison)[:1],
        _fees_and_yields(comparison),
        trading_time(comparison),
    ]
    known = [row for row in rows if row and set(row.cells) != {text.NONE}]
    if len(comparison.symbols) > MOST_TALL:
        known = [row for row in known if row is rows[0] or row.label in _RANKED]
    return tuple(known)


def _in_columns(comparison: Comparison) -> bool:
    """Return whether the funds stand in columns, with their costs among the rows."""
    return len(comparison.symbols) <= MOST_TALL


def headline_table(comparison: Comparison, rows: Sequence[Row]) -> Block:
    """Set up to three funds in columns, of a pair with the gap; more lie down, the highest return first."""
    symbols = comparison.symbols
    if len(symbols) > MOST_TALL:
        return table_block(_ranked_lines(comparison, rows))
    gaps = len(symbols) == PAIR
    head = table_head("Figure", *symbols, *(["Gap"] if gaps else []))
    return table_block([head, *(figure_line(row, gaps=gaps) for row in rows)])


def _ranked_lines(comparison: Comparison, rows: Sequence[Row]) -> list[TableLine]:
    """Return a line a fund."""
    ends = [-inf if each is None else each for each in absolute_measure(comparison, "total_return")]
    doubts = tuple(doubt for row in rows for doubt in row.doubts)
    lines = [table_head("Fund", *(row.label for row in rows))]
    for at in sorted(range(len(ends)), key=lambda at: -ends[at]):
        bold = frozenset(column for column, row in enumerate(rows, 1) if row.marked == at)
        lines.append(TableLine((comparison.symbols[at], *(row.cells[at] for row in rows)), bold, doubts))
    return lines


_RANKED = frozenset({"Max drawdown", "Sortino"})


def _other_returns(comparison: Comparison) -> Row | None:
    """Return what they earned over a few other windows, in one row: "13.7 / 7.4 / 10.7 %"."""
    periods = [comparison.period(label) for label in ("1y", "3y", "5y", "10y")]
    found = [each for each in periods if each and not is_span(comparison, each)][:OTHERS]
    if not found:
        return None
    doubts = {each.label: period_doubts(comparison, each) for each in found}
    shaken = {label: columns_of_doubts(comparison, each) for label, each in doubts.items()}
    cells = tuple(
        _several_percents(
            [each.returns[symbol].value for each in found], [at in shaken[each.label] for each in found]
        )
        for at, symbol in enumerate(comparison.symbols)
    )
    years = " / ".join(each.label.removesuffix("y") for each in found)
    label = f"{years} year{'s, a year' * (years != '1')}"
    dashes = (dash for each in found for dash in measure_dashes(comparison.symbols, [*each.returns.values()]))
    told = tuple(dict.fromkeys(doubt for each in doubts.values() for doubt in each))
    return Row(label, cells, text.NONE, None, main=True, dashes=tuple(dashes), doubts=told)


def _several_percents(values: Values, shaken: Sequence[bool]) -> str:
    """Write percentages under one sign, each that rests on a doubt with its mark."""
    if set(values) == {None}:
        return text.NONE
    bare = [
        text.NONE if each is None else f"{text.percent(each).removesuffix(UNIT)}{MARK if doubted else ''}"
        for each, doubted in zip(values, shaken, strict=True)
    ]
    return f"{' / '.join(bare)}{UNIT}"


UNIT = f"{text.NBSP}%"


def _fees_and_yields(comparison: Comparison) -> Row:
    """Return expense ratio and yield in one row, with the day of facts that are later than the question."""
    fees, yields = fact_values(comparison, "expense_ratio"), fact_values(comparison, "dividend_yield")
    cells = tuple(_fee_and_yield(*pair) for pair in zip(fees, yields, strict=True))
    facts = [*profile_facts(comparison, "expense_ratio"), *profile_facts(comparison, "dividend_yield")]
    label = dated_title("Expense ratio · yield", facts, comparison.span.end)
    same = yield_kind(comparison) is not None
    gaps = (_basis_points(fees), _basis_points(yields) if same else None)
    return Row(
        label,
        cells,
        f"{' · '.join(gap or text.NONE for gap in gaps)}{text.NBSP}bp" if any(gaps) else text.NONE,
        None,
        main=True,
        dashes=(
            *fact_dashes(comparison, fees, "expense ratio"),
            *fact_dashes(comparison, yields, "yield"),
        ),
    )


def _fee_and_yield(charged: float | None, paid: float | None) -> str:
    if charged is None and paid is None:
        return text.NONE
    known = text.shown(charged, fee).removesuffix(UNIT)
    return f"{known} · {text.shown(paid, fee)}"


def _basis_points(values: Values) -> str | None:
    first, last = values[0], values[-1]
    if first is None or last is None:
        return None
    return text.basis_points(first - last).removesuffix(f"{text.NBSP}bp")


def _table_notes(comparison: Comparison, rows: Sequence[Row], notes: Sequence[Note]) -> tuple[str, ...]:
    """Explain the mark on doubtful figures, and tell why there are dashes in the rows."""
    explained = legend(doubt for row in rows for doubt in row.doubts)
    return (
        *([explained] if explained else []),
        *footnotes((dash for row in rows for dash in row.dashes), comparison.symbols, notes),
    )


def _remarks(comparison: Comparison, notes: Sequence[Note]) -> tuple[str, ...]:
    """Word the notes that touch the window asked; older changes of index are told with the other windows."""
    return tuple(
        note_sentence(note)
        for note in all_notes(comparison, notes)
        if not index_changed_before(note, comparison.span.start)
    )


def remark_sentences(comparison: Comparison, notes: Sequence[Note]) -> tuple[str, ...]:
    """Return all notes in words, the doubts about prices first, each once."""
    return tuple(note_sentence(note) for note in all_notes(comparison, notes))


ALT_SECTORS = 3
SECTOR_STEP = 0.005
"""Smallest gap between two weights that is told, fraction: sources round and differ by less."""
YEAR = 366


_STATED = ("expense_ratio", "dividend_yield", "assets", "holdings_count", "holdings", "sectors")


def figures_section(found: SectionAnswer) -> Message:
    """Write the whole answer: every figure of the comparison, what each rests on, and every remark."""
    comparison = found.comparison
    parts = groups(comparison)
    return section_message(
        found,
        title=window_title(comparison, "all figures"),
        finding=finding_in_figures(comparison),
        foot=convention(comparison),
        lines=figures_lines(comparison, parts),
        remarks=(
            *dash_notes(comparison, _rows_shown(comparison, parts), found.notes),
            *([f"{rates_title(comparison)}."] if comparison.rates else []),
            *_dated_facts(comparison),
            *note_sentences(found),
        ),
        doubts=comparison.doubts,
    )


def figures_lines(comparison: Comparison, parts: Sequence[Group]) -> list[TableLine]:
    """Set up to three funds in columns under one header; of more, the main figures of each group lie down."""
    symbols = comparison.symbols
    if len(symbols) > MOST_TALL:
        return [line for part in parts for line in figures_table(part.title, symbols, part.labelled.main)]
    return figures_table("Figure", symbols, [row for part in parts for row in part.labelled.rows])


def _rows_shown(comparison: Comparison, parts: Sequence[Group]) -> list[Row]:
    wide = len(comparison.symbols) > MOST_TALL
    return [row for part in parts for row in (part.main if wide else part.rows)]


def _dated_facts(comparison: Comparison) -> tuple[str, ...]:
    """Tell the day of fund facts that are later than the question: they stand under one header with it."""
    facts = [fact for name in _STATED for fact in profile_facts(comparison, name)]
    told = dated_title("Cost, size and sectors", facts, comparison.span.end)
    return () if told == "Cost, size and sectors" else (f"{told}.",)


def comparison_charts(comparison: Comparison) -> tuple[ChartSpec, ...]:
    """Chart growth of 100 over the span."""
    return (growth_chart(comparison),)


def growth_chart(comparison: Comparison) -> GrowthChart:
    """Chart growth of 100 over the span; of a pair the ratio, else how far below its high each fund was."""
    span, symbols = comparison.span, comparison.symbols
    told = f"Growth of 100, dividends reinvested, {text.day(span.start)} to {text.day(span.end)}"
    growth = 100.0 * join_lines(comparison.growth, comparison.sessions)
    pair = len(symbols) == PAIR
    said, doubts = _conclusion(comparison), _doubts_about_funds(comparison)
    return GrowthChart(
        title=said or f"{' vs '.join(symbols)}: growth of 100",
        subtitle=explain_marks(told, comparison.doubts, symbols),
        footer=convention(comparison),
        alt=alt_text(_growth_alt(comparison, said), doubts, simulated=comparison.simulated),
        symbols=symbols,
        sessions=comparison.sessions,
        growth=growth,
        ratio=100.0 * growth[0] / growth[1] if pair else None,
        drawdowns=None if pair else join_lines(comparison.drawdown, comparison.sessions),
        worst=() if pair else tuple(_worst(comparison, symbol) for symbol in symbols),
        marks=marks(comparison.doubts, symbols),
        changes=tuple(_index_marks(comparison)),
        simulated=comparison.simulated,
    )


def max_drawdown_words(comparison: Comparison) -> str:
    """Write "Max drawdown ISCB -23.4 %, SPSM -24.2 %"; of many the mildest and the deepest; "" of no fall."""
    worst = {symbol: falls[0].depth for symbol, falls in comparison.falls.items() if falls}
    told = [f"{symbol} {chart_text.fall(depth)}" for symbol, depth in worst.items()]
    if len(told) <= MOST_TALL:
        return f"Max drawdown {', '.join(told)}" if told else ""
    ranked = sorted(worst, key=lambda symbol: -worst[symbol])
    mild, deep = (f"{symbol} {chart_text.fall(worst[symbol])}" for symbol in (ranked[0], ranked[-1]))
    return f"Max drawdown from {mild} to {deep}"


def sector_chart(comparison: Comparison) -> SectorChart | None:
    """Chart sector weights, of a pair by their gaps; None where no fund's weights are known."""
    sectors = comparison.sectors
    if sectors is None:
        return None
    names, pair = _sector_order(sectors), len(sectors.symbols) == PAIR
    weights = [[sectors.weights[symbol].get(name, np.nan) for name in names] for symbol in sectors.symbols]
    active = [sectors.active.get(name, np.nan) for name in names]
    said = _sector_conclusion(sectors)
    return SectorChart(
        title=dated_title(said, sectors.facts.values(), comparison.span.end),
        subtitle=f"Weights by sector, {sectors.taxonomy}",
        footer=sectors_convention(comparison),
        alt=alt_text(_sector_alt(comparison, sectors, said), simulated=comparison.simulated),
        symbols=sectors.symbols,
        sectors=names,
        weights=np.asarray(weights, dtype=np.float64),
        active=np.asarray(active, dtype=np.float64) if pair else None,
        simulated=comparison.simulated,
    )


def _doubts_about_funds(comparison: Comparison) -> list[Doubt]:
    return [doubt for doubt in comparison.doubts if doubt.symbol in comparison.symbols]


def _conclusion(comparison: Comparison) -> str:
    """Say in a title who was ahead, and when that came about; "" where a doubt or unpaid income hides it."""
    unpaid = any(note.kind is NoteKind.INCOME_NOT_IN_PRICE for note in comparison.notes)
    annual = is_annual(comparison)
    returns = known_values(absolute_measure(comparison, "cagr" if annual else "total_return"))
    if unpaid or _doubts_about_funds(comparison) or len(returns) < len(comparison.symbols):
        return ""
    unit, told = " a year" if annual else "", [text.percent(value) for value in returns]
    pairs = list(zip(comparison.symbols, returns, strict=True))
    if len(pairs) == 1:
        fall = max_drawdown_words(comparison).replace(f" {pairs[0][0]}", "").replace("Max", "max")
        return f"{pairs[0][0]} returned {told[0]}{unit}{f', {fall}' if fall else ''}"
    low, high = min(pairs, key=lambda pair: pair[1]), max(pairs, key=lambda pair: pair[1])
    if len(pairs) > PAIR:
        words = f"highest return {high[0]} {text.percent(high[1])}, lowest {low[0]} {text.percent(low[1])}"
        return f"{words[0].upper()}{words[1:]}{unit}"
    if are_alike("cagr", returns):
        return f"{pairs[0][0]} and {pairs[1][0]} level"
    gap = text.points(high[1] - low[1]).lstrip("+")
    return f"{high[0]} {gap}{unit} ahead{_opened(comparison)}"


def _opened(comparison: Comparison) -> str:
    """Say when the gap of a pair opened, where one month or year made most of it."""
    span = comparison.span
    found = gap_opened(comparison.growth[0], comparison.growth[1], comparison.sessions)
    if found is None:
        return ""
    if found.first.month != found.last.month:
        return f"; the gap opened in {found.first.year}"
    once = span.days <= YEAR and not span.start.month == found.first.month == span.end.month
    month = text.month(found.first)
    return f"; the gap opened in {month.partition(' ')[0] if once else month}"


def _index_marks(comparison: Comparison) -> Iterator[IndexMark]:
    span = comparison.span
    for row, symbol in enumerate(comparison.symbols):
        profile = comparison.profiles.get(symbol)
        # Which fund of a mix it was that changed its index, a remark says.
        for change in profile.index_changes if profile and not is_mix(symbol) else ():
            if span.start < change.on <= span.end:
                yield IndexMark(row, change.on, f"{symbol}: new index {text.day(change.on)}")


def _worst(comparison: Comparison, symbol: str) -> tuple[date, float] | None:
    falls = comparison.falls[symbol]
    return (falls[0].trough, falls[0].depth) if falls else None


def _growth_alt(comparison: Comparison, said: str) -> Iterator[str]:
    """Yield the conclusion, where the lines end that can be told of, and how deep they fell."""
    kept = without_doubtful_funds(comparison)
    if said:
        yield f"{said}."
    if kept is None:
        yield "Growth of 100; no return can be relied on."
        return
    pairs = list(zip(kept.symbols, 100 * kept.growth[:, -1], strict=True))
    ends = [f"{symbol} {value:,.0f}" for symbol, value in pairs]
    if len(ends) > MOST_TALL:
        ranked = sorted(pairs, key=lambda pair: pair[1])
        (low, least), (high, most) = ranked[0], ranked[-1]
        ends = [f"from {least:,.0f} ({low}) to {most:,.0f} ({high})"]
    yield f"100 became {', '.join(ends)}."
    if len(kept.symbols) > 1 and (falls := max_drawdown_words(kept)):
        yield f"{falls}."


def _sector_order(sectors: SectorComparison) -> tuple[str, ...]:
    """Order the rows: of a pair from the largest gap to the smallest, else by the mean weight known."""

    def rank(name: str) -> float:
        known = [weights[name] for weights in sectors.weights.values() if name in weights]
        if len(sectors.symbols) == PAIR:
            return sectors.active.get(name, -np.inf)
        return sum(known) / len(known) if known else -np.inf

    return tuple(sorted(sectors.sectors, key=rank, reverse=True))


def _sector_conclusion(sectors: SectorComparison) -> str:
    """Say in a title where two differ most, what one has most of, or where more are widest apart."""
    symbols, weights = sectors.symbols, sectors.weights
    if len(symbols) == 1 or (len(symbols) == PAIR and not sectors.active):
        name, weight = max(weights[symbols[0]].items(), key=lambda item: item[1])
        return f"Largest sector of {symbols[0]}: {name} {text.percent(weight)}"
    if len(symbols) == PAIR:
        name, gap = max(sectors.active.items(), key=lambda item: abs(item[1]))
        if abs(gap) < SECTOR_STEP:
            return f"{symbols[0]} and {symbols[1]}: much the same sectors"
        side = "more" if gap > 0 else "less"
        return f"{symbols[0]} has {text.points(abs(gap)).lstrip('+')} {side} {name} than {symbols[1]}"
    shared = [name for name in sectors.sectors if all(name in weights[symbol] for symbol in symbols)]
    if not shared:
        return f"{' vs '.join(symbols)}: sector weights"
    ranked = {name: sorted(symbols, key=lambda symbol: weights[symbol][name]) for name in shared}
    name = max(shared, key=lambda name: weights[ranked[name][-1]][name] - weights[ranked[name][0]][name])
    most, least = (
        f"{symbol} {text.percent(weights[symbol][name])}" for symbol in ranked[name][:: -len(symbols) + 1]
    )
    return f"Widest apart in {name}: {most}, {least}"


def _sector_alt(comparison: Comparison, sectors: SectorComparison, said: str) -> Iterator[str]:
    yield f"{said}."
    missing = [symbol for symbol in comparison.symbols if symbol not in sectors.symbols]
    if missing:
        yield f"Not known for {text.join_words(missing)}."
    if len(sectors.symbols) == PAIR and (gaps := _gaps(sectors.active)):
        yield f"Largest gaps of {text.less(*sectors.symbols)}: {gaps}."


def _gaps(active: Mapping[str, float]) -> str:
    largest = sorted(active, key=lambda name: -abs(active[name]))[:ALT_SECTORS]
    return ", ".join(f"{name} {text.points(active[name])}" for name in largest if round(active[name], 3))
