"""The answer to `/compare` as one Slack message: finding, table, charts, notes, convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import inf

import numpy as np

from analytics.comparison import Comparison
from analytics.evidence.edge import WindowEvidence
from analytics.notes import Note
from bot.render import text
from bot.render.blocks import context, header, remarks_block, section, slots
from bot.render.chart_specs import ChartSpec, GrowthChart, SectorChart, join_lines
from bot.render.doubts import explain_marks, legend, marks, warn
from bot.render.message import Block, Message
from bot.render.notes import all_notes, index_changed_before, note_sentence
from bot.render.sections.convention import SAMPLE, convention, plain_convention, sectors_convention
from bot.render.sections.doubtful import (
    columns_of_doubts,
    period_doubts,
    without_doubtful_funds,
)
from bot.render.sections.finding import fee, finding, plain_finding, title
from bot.render.sections.page import (
    MOST_TALL,
    PAIR,
    TableLine,
    figure_line,
    table_block,
    table_head,
)
from bot.render.sections.table import (
    Row,
    fact_dashes,
    footnotes,
    measure_dashes,
    rate_rows,
    risk_rows,
    span_return,
    trading_time,
)
from bot.render.sections.values import (
    Values,
    absolute_measure,
    dated_title,
    fact_values,
    is_span,
    profile_facts,
    yield_kind,
)

OTHERS = 3
"""Most other windows whose returns stand beside that of the question."""
NAMED = 3
"""Most funds whose index stands beside their name."""


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
        *_names(comparison),
        section(text.escape("\n".join(sentences))),
        *slots(shown),
        *([headline_table(comparison, rows)] if rows else []),
        *remarks_block((*_table_notes(comparison, rows, notes), *_remarks(comparison, notes))),
        *below,
        context(_footer(comparison, asked_by)),
    ]
    words = text.escape(f"{comparison_heading(comparison)}: {plain_finding(sentences)}")
    return Message(words, tuple(blocks), shown)


def comparison_heading(comparison: Comparison) -> str:
    """Return the title, which says where the data are simulated, and where returns are not daily."""
    weekly = ", weekly returns" if comparison.query.weekly else ""
    words = f"{title(comparison)}{weekly}"
    return f"{SAMPLE} · {words}" if comparison.simulated else words


def _names(comparison: Comparison) -> list[Block]:
    """Name the funds; none of whom the source tells no name."""
    profiles = [comparison.profiles[each] for each in comparison.symbols if each in comparison.profiles]
    names = [text.escape(profile.name) for profile in profiles if profile.name]
    return [context(" · ".join(names))] if names else []


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
    cells = tuple(
        _several_percents([each.returns[one].value for each in found]) for one in comparison.symbols
    )
    years = " / ".join(each.label.removesuffix("y") for each in found)
    one = years == "1"
    row = Row(f"{years} year{'s, a year' * (not one)}", cells, text.NONE, None, main=True)
    doubts = tuple(dict.fromkeys(doubt for each in found for doubt in period_doubts(comparison, each)))
    dashes = tuple(
        dash for each in found for dash in measure_dashes(comparison.symbols, list(each.returns.values()))
    )
    return replace(row, dashes=dashes).with_doubts(columns_of_doubts(comparison, doubts), doubts)


def _several_percents(values: Values) -> str:
    if set(values) == {None}:
        return text.NONE
    bare = [text.NONE if each is None else text.percent(each).removesuffix(UNIT) for each in values]
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
    known = text.NONE if charged is None else fee(charged).removesuffix(UNIT)
    return f"{known} · {text.NONE if paid is None else fee(paid)}"


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


def _footer(comparison: Comparison, asked_by: str | None) -> str:
    line = f"_{text.escape(plain_convention(comparison))}_"
    return f"{line}\nAsked by <@{asked_by}>" if asked_by else line


ALT_SECTORS = 3


def comparison_charts(comparison: Comparison) -> tuple[ChartSpec, ...]:
    """Chart growth of 100 over the span."""
    return (growth_chart(comparison),)


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
