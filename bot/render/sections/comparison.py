"""The answer to `/compare` as one Slack message: finding, table, charts, notes, convention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from analytics.comparison import Comparison, gap_opened
from analytics.evidence.edge import WindowEvidence
from analytics.exposures import SectorComparison
from analytics.notes import Note, NoteKind
from analytics.panel import Doubt
from bot.render import chart_text, text
from bot.render.blocks import cell, context, header, remarks_block, section, slots, table_of_cells
from bot.render.chart_specs import ChartSpec, GrowthChart, IndexMark, SectorChart, join_lines
from bot.render.doubts import alt_text, explain_marks, legend, marks
from bot.render.message import Block, Message
from bot.render.sections.convention import SAMPLE, convention, sectors_convention
from bot.render.sections.doubtful import without_doubtful_funds
from bot.render.sections.finding import finding, plain_finding, title
from bot.render.sections.notes import all_notes, note_sentence
from bot.render.sections.table import Group, Row, dash_notes, groups
from bot.render.sections.values import absolute_measure, are_alike, dated_title, is_annual, known_values


def comparison_message(
    comparison: Comparison,
    notes: Sequence[Note] = (),
    asked_by: str | None = None,
    below: Sequence[Block] = (),
    evidence: WindowEvidence | None = None,
) -> Message:
    """Write the whole answer.

    notes : what the sources had to say, beside the comparison's own notes
    asked_by : Slack id of the person, named under the answer because Slack does not show the command
    below : blocks that end the message, what can be asked next
    evidence : what the window tells of the gap
    """
    sentences = finding(comparison, evidence)
    shown = comparison_charts(comparison)
    blocks = [
        header(comparison_heading(comparison)),
        section(text.escape("\n".join(sentences))),
        table_block(comparison),
        *remarks_block(table_notes(comparison, notes)),
        *slots(shown),
        *remarks_block(remark_sentences(comparison, notes)),
        context(_footer(comparison, asked_by)),
        *below,
    ]
    words = text.escape(f"{comparison_heading(comparison)}: {plain_finding(sentences)}")
    return Message(words, tuple(blocks), shown)


def comparison_heading(comparison: Comparison) -> str:
    """Return the title, which says where the data are simulated, and where returns are not daily."""
    weekly = ", weekly returns" if comparison.query.weekly else ""
    words = f"{title(comparison)}{weekly}"
    return f"{SAMPLE} · {words}" if comparison.simulated else words


def remark_sentences(comparison: Comparison, notes: Sequence[Note]) -> tuple[str, ...]:
    """Return all notes in words, the doubts about prices first, each once."""
    return tuple(note_sentence(note) for note in all_notes(comparison, notes))


def _footer(comparison: Comparison, asked_by: str | None) -> str:
    line = f"`{text.escape(convention(comparison))}`"
    return f"{line}\nAsked by <@{asked_by}>" if asked_by else line


COLUMNS = 4


def table_block(comparison: Comparison) -> Block:
    """Set two or three funds in columns; more stand in rows, with the three main figures of each
    group.
    """
    found = groups(comparison)
    symbols = comparison.symbols
    rows = _tall_table(found, symbols) if len(symbols) < COLUMNS else _wide_table(found, symbols)
    return table_of_cells(rows)


def table_notes(comparison: Comparison, notes: Sequence[Note]) -> tuple[str, ...]:
    """Explain the mark on doubtful figures, and tell why there are dashes in the table, see `dash_notes`."""
    shown = [row for group in groups(comparison) for row in _rows_shown(group, comparison.symbols)]
    explained = legend(doubt for row in shown for doubt in row.doubts)
    return (*([explained] if explained else []), *dash_notes(comparison, shown, notes))


def _rows_shown(group: Group, symbols: Sequence[str]) -> tuple[Row, ...]:
    return group.rows if len(symbols) < COLUMNS else group.main[: COLUMNS - 1]


def _tall_table(found: Sequence[Group], symbols: Sequence[str]) -> list[list[Block]]:
    """Return a line a figure; each group repeats the symbols, so that they stay in sight on a phone."""
    pair = len(symbols) == 2
    heads = [*symbols, text.less(symbols[0], symbols[1])] if pair else list(symbols)
    lines = []
    for group in found:
        lines.append([cell(group.title, bold=True), *(cell(head, bold=True) for head in heads)])
        lines += [
            [cell(row.label), *_cells(row), *([cell(row.difference)] if pair else [])] for row in group.rows
        ]
    return lines


def _wide_table(found: Sequence[Group], symbols: Sequence[str]) -> list[list[Block]]:
    """Return a line a fund, the main figures of a group side by side."""
    lines = []
    for group in found:
        main = _rows_shown(group, symbols)
        heads = [cell(row.label, bold=True) for row in main] + [cell("–")] * (COLUMNS - 1 - len(main))
        lines.append([cell(group.title, bold=True), *heads])
        for index, symbol in enumerate(symbols):
            cells = [_cells(row)[index] for row in main] + [cell("–")] * (COLUMNS - 1 - len(main))
            lines.append([cell(symbol), *cells])
    return lines


def _cells(row: Row) -> list[Block]:
    return [cell(shown, bold=index == row.marked) for index, shown in enumerate(row.cells)]


ALT_SECTORS = 3
SECTOR_STEP = 0.005
"""Smallest gap between two weights that is told, fraction: sources round and differ by less."""
PAIR = 2
YEAR = 366


def comparison_charts(comparison: Comparison) -> tuple[ChartSpec, ...]:
    """Chart growth of 100; sector weights where they are known, but not beside a bond fund."""
    found = (growth_chart(comparison), None if comparison.bond_funds else sector_chart(comparison))
    return tuple(picture for picture in found if picture is not None)


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
    if len(told) < COLUMNS:
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
        for change in profile.index_changes if profile else ():
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
    if len(ends) >= COLUMNS:
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
