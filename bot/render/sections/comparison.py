"""The answer to `/compare` as one Slack message: finding, table, charts, notes, convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from analytics.evidence.edge import WindowEvidence
from analytics.notes import Note
from bot.render import text
from bot.render.blocks import cell, context, header, remarks_block, section, slots, table_of_cells
from bot.render.chart_specs import ChartSpec, GrowthChart, SectorChart, join_lines
from bot.render.doubts import explain_marks, legend, marks, warn
from bot.render.message import Block, Message
from bot.render.sections.convention import SAMPLE, convention, sectors_convention
from bot.render.sections.doubtful import without_doubtful_funds
from bot.render.sections.finding import finding, plain_finding, title
from bot.render.sections.notes import all_notes, note_sentence
from bot.render.sections.table import Group, Row, dash_notes, groups
from bot.render.sections.values import dated_title


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


def comparison_charts(comparison: Comparison) -> tuple[ChartSpec, ...]:
    """Chart growth of 100 with the falls; sector weights where they are known, but not beside a bond fund."""
    found = (growth_chart(comparison), None if comparison.bond_funds else sector_chart(comparison))
    return tuple(picture for picture in found if picture is not None)


def growth_chart(comparison: Comparison) -> GrowthChart:
    """Chart growth of 100 over the span, and how far below its high each fund was."""
    span = comparison.span
    names = " vs ".join(comparison.symbols)
    told = f"Total return, dividends reinvested, {text.day(span.start)} to {text.day(span.end)}"
    return GrowthChart(
        title=f"{names}: growth of 100",
        subtitle=explain_marks(told, comparison.doubts, comparison.symbols),
        footer=convention(comparison),
        alt=_growth_alt(comparison),
        symbols=comparison.symbols,
        sessions=comparison.sessions,
        growth=100.0 * join_lines(comparison.growth, comparison.sessions),
        drawdowns=join_lines(comparison.drawdown, comparison.sessions),
        worst=tuple(_worst(comparison, symbol) for symbol in comparison.symbols),
        marks=marks(comparison.doubts, comparison.symbols),
        simulated=comparison.simulated,
    )


def sector_chart(comparison: Comparison) -> SectorChart | None:
    """Chart sector weights side by side; None where no fund's weights are known."""
    sectors = comparison.sectors
    if sectors is None:
        return None
    weights = [
        [sectors.weights[symbol].get(name, np.nan) for name in sectors.sectors] for symbol in sectors.symbols
    ]
    active = [sectors.active.get(name, np.nan) for name in sectors.sectors]
    title = f"{' vs '.join(sectors.symbols)}: sector weights"
    return SectorChart(
        title=dated_title(title, sectors.facts.values(), comparison.span.end),
        subtitle=f"Weights by sector, {sectors.taxonomy}",
        footer=sectors_convention(comparison),
        alt=_sector_alt(comparison),
        symbols=sectors.symbols,
        sectors=sectors.sectors,
        weights=np.asarray(weights, dtype=np.float64),
        active=np.asarray(active, dtype=np.float64) if len(sectors.symbols) > 1 else None,
        simulated=comparison.simulated,
    )


def _worst(comparison: Comparison, symbol: str) -> tuple[date, float] | None:
    falls = comparison.falls[symbol]
    return (falls[0].trough, falls[0].depth) if falls else None


def _growth_alt(comparison: Comparison) -> str:
    """Return what is doubtful, then where the lines end that can be told of, and how deep they fell."""
    kept = without_doubtful_funds(comparison)
    about = [doubt for doubt in comparison.doubts if doubt.symbol in comparison.symbols]
    doubtful = " ".join(warn(about, comparison.span.days))
    told = [_sample(comparison).strip(), doubtful, _ends_alt(kept) if kept else ""]
    return " ".join(part for part in told if part)


def _ends_alt(comparison: Comparison) -> str:
    last = 100 * comparison.growth[:, -1]
    ends = [f"{symbol} {value:,.0f}" for symbol, value in zip(comparison.symbols, last, strict=True)]
    start, falls = text.day(comparison.span.start), _falls_alt(comparison)
    return f"Growth of 100 from {start}: {', '.join(ends)}; {falls}."


def _falls_alt(comparison: Comparison) -> str:
    worst = {symbol: falls[0] for symbol, falls in comparison.falls.items() if falls}
    if not worst:
        return "none of them fell"
    depths = [f"{symbol} {text.percent(fall.depth, 0)}" for symbol, fall in worst.items()]
    months = [text.month(fall.trough) for fall in worst.values()]
    if len(set(months)) == 1 and len(worst) > 1:
        return f"worst fall {', '.join(depths)}, {'both' if len(worst) == 2 else 'all'} in {months[0]}"
    dated = [f"{depth} in {month}" for depth, month in zip(depths, months, strict=True)]
    return f"worst fall {', '.join(dated)}"


def _sector_alt(comparison: Comparison) -> str:
    sectors = comparison.sectors
    if sectors is None:
        return ""
    unknown = text.join_words([symbol for symbol in comparison.symbols if symbol not in sectors.symbols])
    rest = f" Not known for {unknown}." if unknown else ""
    if not sectors.active:
        first = sectors.symbols[0]
        names = [name for name in sectors.sectors if name in sectors.weights[first]][:ALT_SECTORS]
        tops = [f"{name} {text.percent(sectors.weights[first][name], 0)}" for name in names]
        return f"{_sample(comparison)}Largest sectors of {first}: {', '.join(tops)}.{rest}"
    pair = f"{sectors.symbols[0]} less {sectors.symbols[-1]}"
    words = f"Sector weights by {sectors.taxonomy}; largest gaps, {pair}: {_gaps(sectors.active)}."
    return f"{_sample(comparison)}{words}{rest}"


def _gaps(active: Mapping[str, float]) -> str:
    largest = sorted(active, key=lambda name: -abs(active[name]))[:ALT_SECTORS]
    told = [f"{name} {text.points(active[name])}" for name in largest if round(active[name], 3)]
    return ", ".join(told) or "none"


def _sample(comparison: Comparison) -> str:
    return "Sample data. " if comparison.simulated else ""
