"""The frame of every section: title, finding, charts, one table, remarks, convention."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.comparison import Comparison
from analytics.notes import INTEREST_RATES, Note, NoteKind, doubt_notes
from analytics.panel import Doubt
from bot.render import text
from bot.render.blocks import cell, context, header, remarks_block, section, slots, table_of_cells
from bot.render.chart_specs import ChartSpec
from bot.render.doubts import MARK, legend, remark, warn
from bot.render.limits import HEADER_TEXT
from bot.render.measures import MeasureLine, Show, brief_label, gap_format, line_label, value_format
from bot.render.message import Block, Message
from bot.render.notes import all_notes, index_changed_before, note_sentence
from bot.render.sections.convention import BEGINS, SAMPLE, mixes_words
from bot.render.sections.doubtful import measure_columns, measure_doubts
from bot.render.sections.finding import plain_finding, title
from bot.render.sections.table import Dash, Row, measure_dashes
from bot.render.values import (
    COLUMNS,
    MOST_TALL,
    PAIR,
    Values,
    absolute_measure,
    best_column,
    is_short,
    numbers,
    rule_of,
)


@dataclass(frozen=True)
class TableLine:
    """One line of a table, plain texts.

    bold : the columns that are set in bold, counted from 0
    doubts : what the cells with the mark of a doubt rest on
    """

    cells: tuple[str, ...]
    bold: frozenset[int] = frozenset()
    doubts: tuple[Doubt, ...] = ()

    def with_doubts(self, doubts: Sequence[Doubt], last: int = COLUMNS) -> TableLine:
        """Mark the figures of a line after its name, up to the column `last`; nothing without doubts."""
        if not doubts:
            return self
        cells = tuple(
            f"{cell}{MARK}" if 0 < at <= last and cell != text.NONE else cell
            for at, cell in enumerate(self.cells)
        )
        return TableLine(cells, doubts=tuple(doubts))


def table_head(*cells: str) -> TableLine:
    """Return a line of headings: where a new group begins its own, repeated headings stay in sight on a
    phone.
    """
    return TableLine(cells, frozenset(range(len(cells))))


def table_block(lines: Sequence[TableLine], left: int = 1) -> Block:
    """Return a table block; a cell without text, and one that a shorter line lacks, is a dash.

    left : how many columns are flush left; the others hold numbers
    """
    width = max(len(line.cells) for line in lines)
    return table_of_cells([_row(line, width) for line in lines], range(left))


def section_message(
    found: SectionAnswer,
    *,
    title: str,
    finding: Sequence[str],
    foot: str,
    lines: Sequence[TableLine] = (),
    left: int = 1,
    pictures: Sequence[ChartSpec] = (),
    remarks: Sequence[str] = (),
    doubts: Sequence[Doubt] = (),
    warnings: Sequence[str] | None = None,
    begins: str = BEGINS,
) -> Message:
    """Write the whole answer.  All texts are plain: they are escaped here; in `finding` *bold* is Slack's.

    title : where the data are simulated, this is said before it
    finding : two to four sentences that stand alone; with the title they are the notification
    foot : the convention of every number above, e.g. window, dates, rate and source
    lines : the table, none where there is nothing to show; `left` as in `table`
    remarks : what limits the figures, see `told`
    doubts : prices in the study's own window that look wrong: each is remarked upon
    warnings : what they mean, before the finding; by default what `doubts.warn` says
    begins : when a mix of funds begins with its weights, told behind the foot where there is one
    """
    mixes = mixes_words(found.comparison.query.funds, begins)
    named = f"{SAMPLE} · {title}" if found.comparison.simulated else title
    said = (*(_warnings(found, doubts) if warnings is None else warnings), *finding)
    explained = legend(doubt for line in lines for doubt in line.doubts)
    blocks = [
        header(named),
        section(text.escape("\n".join(said))),
        *slots(pictures),
        *([table_block(lines, left)] if lines else []),
        *([context(text.escape(explained))] if explained else []),
        *remarks_block([*map(remark, doubt_notes(doubts)), *remarks]),
        context(_footer(" · ".join(filter(None, (foot, mixes))), found.asked_by)),
    ]
    return Message(text.escape(f"{named}: {plain_finding(said)}"), tuple(blocks), tuple(pictures))


def _warnings(found: SectionAnswer, doubts: Sequence[Doubt]) -> tuple[str, ...]:
    """Warn of doubts; where some are older than the window asked, the years count from the first on."""
    span = found.comparison.span
    first = min([span.start, *(doubt.session for doubt in doubts)])
    return warn(doubts, (span.end - first).days)


def note_sentences(found: SectionAnswer, kinds: Collection[NoteKind] | None = None) -> tuple[str, ...]:
    """Return all remarks in words, or those of some kinds: the sources' first, each once."""
    notes = all_notes(found.comparison, found.notes)
    return tuple(note_sentence(note) for note in notes if kinds is None or note.kind in kinds)


def versus(symbols: Sequence[str]) -> str:
    """Write "ISCB vs SPSM"."""
    return " vs ".join(symbols)


def _footer(foot: str, asked_by: str | None) -> str:
    line = f"`{text.escape(foot)}`"
    return f"{line}\nAsked by <@{asked_by}>" if asked_by else line


def _row(line: TableLine, width: int) -> list[Block]:
    padded = [*line.cells, *[text.NONE] * (width - len(line.cells))]
    return [cell(shown, bold=at in line.bold) for at, shown in enumerate(padded)]


@dataclass(frozen=True, eq=False)
class SectionAnswer:
    """A comparison with what its sources had to say.

    asked_by: Slack id of the person, named under the answer; None in the terminal.
    """

    comparison: Comparison
    notes: tuple[Note, ...] = ()
    asked_by: str | None = None


PRICES = frozenset(
    {
        NoteKind.OTHER_SOURCE,
        NoteKind.STALE,
        NoteKind.ENDS_EARLY,
        NoteKind.ENDED,
        NoteKind.SESSIONS_UNKNOWN,
        NoteKind.MISSING_SESSIONS,
        NoteKind.NO_ADJUSTED_PRICE,
        NoteKind.STANDS_STILL,
        NoteKind.HISTORY_CUT,
        NoteKind.INDEX_CHANGED,
        NoteKind.INTEREST_RATE,
        NoteKind.PRICE_INDEX,
        NoteKind.INCOME_NOT_IN_PRICE,
        NoteKind.CURRENCIES_DIFFER,
        NoteKind.REFERENCE_CURRENCY,
    }
)
"""What limits any figure of prices; doubts about them are remarked upon by `page`."""
WINDOW = PRICES | {NoteKind.SHORTENED}
"""And what limits figures over the window asked."""
RISK = WINDOW | {NoteKind.FEW_RETURNS, NoteKind.RATE_GAP, NoteKind.CLOSES_APART}
"""And what limits figures that are annualised, hold returns against a rate or funds against each other."""


def window_title(comparison: Comparison, what: str) -> str:
    """Write "ISCB vs SPSM · risk · 1 year to 16 Jan 2026"; without the window where it does not fit."""
    names, _, window = title(comparison).partition(" · ")
    whole = f"{names} · {what} · {window}"
    return whole if len(f"{SAMPLE} · {whole}") <= HEADER_TEXT else f"{names} · {what}"


def limit_sentences(
    found: SectionAnswer, kinds: Collection[NoteKind], since: date | None = None
) -> tuple[str, ...]:
    """Word remarks of these kinds.

    since : a change of index on or before this day does not touch the figures
    """
    notes = all_notes(found.comparison, found.notes)
    return tuple(
        note_sentence(note)
        for note in notes
        if _rate_sentence(note) in kinds and not index_changed_before(note, since)
    )


def _rate_sentence(note: Note) -> NoteKind:
    """Sort a note by the sentence it makes: that an interest rate is no fund is told with the rate, once."""
    rate = note.kind is NoteKind.NOT_A_FUND and note.symbol in INTEREST_RATES
    return NoteKind.INTEREST_RATE if rate else note.kind


def figure_row(
    label: str, values: Values, show: Show, gap: Show | None = None, rule: str | None = None
) -> Row:
    """Return one figure of every fund.

    gap : writes the difference of the first and the last fund, None where it means nothing
    rule : of `material.RULES`, by which the better one is set in bold
    """
    cells = tuple(text.shown(value, show) for value in values)
    first, last = values[0], values[-1]
    difference = text.NONE if gap is None or first is None or last is None else gap(first - last)
    return Row(label, cells, difference, best_column(rule, values) if rule else None, main=True)


def figures_table(title: str, symbols: Sequence[str], rows: Sequence[Row]) -> list[TableLine]:
    """Return rows under one heading; rows without any figure are left out, and the heading with them."""
    kept = [each for each in rows if set(each.cells) != {text.NONE}]
    if not kept:
        return []
    if len(symbols) > MOST_TALL:
        return _wide_figures(symbols, kept)
    gaps = len(symbols) == PAIR and any(each.difference != text.NONE for each in kept)
    heading = table_head(title, *symbols, *([text.less(symbols[0], symbols[1])] if gaps else []))
    return [heading, *(figure_line(each, gaps=gaps) for each in kept)]


def figure_line(of: Row, *, gaps: bool) -> TableLine:
    """Return a row as a line of a table.  gaps : its difference stands in a column of its own"""
    bold = frozenset() if of.marked is None else frozenset({of.marked + 1})
    return TableLine((of.label, *of.cells, *([of.difference] if gaps else [])), bold, of.doubts)


def _wide_figures(symbols: Sequence[str], rows: Sequence[Row]) -> list[TableLine]:
    """Return one line a fund, three figures across; then the next three."""
    lines = []
    for at in range(0, len(rows), MOST_TALL):
        part = rows[at : at + MOST_TALL]
        doubts = tuple(doubt for each in part for doubt in each.doubts)
        lines.append(table_head("Fund", *(each.label for each in part)))
        for fund, symbol in enumerate(symbols):
            bold = frozenset(column + 1 for column, each in enumerate(part) if each.marked == fund)
            lines.append(TableLine((symbol, *(each.cells[fund] for each in part)), bold, doubts))
    return lines


def measure_rows(comparison: Comparison, lines: Iterable[MeasureLine]) -> list[Row]:
    """Make a row of each fund's own measures; "{period}" in a label is the day or the week of its returns."""
    return [_measure_row(comparison, line, absolute_measure(comparison, line.measure)) for line in lines]


def undefined_measures(comparison: Comparison, lines: Iterable[MeasureLine]) -> Iterator[Dash]:
    """Collect what is not defined, also where it is for no fund and has no line in the table."""
    for line in lines:
        measure = line.measure
        yield from measure_dashes(comparison.symbols, numbers(comparison, measure), brief_label(measure))


def _measure_row(comparison: Comparison, line: MeasureLine, values: Sequence[float | None]) -> Row:
    measure, rule = line.measure, rule_of(line.measure, short=is_short(comparison))
    words = line_label(line).format(period="week" if comparison.query.weekly else "day")
    shown = figure_row(words, values, value_format(measure), gap_format(measure), rule)
    return shown.with_doubts(measure_columns(comparison, measure), measure_doubts(comparison, measure))
