"""A comparison on the command line: in the terminal as in Slack, or as one JSON object."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from html import unescape
from itertools import pairwise
from typing import Any

import numpy as np
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.console import Group as Stack
from rich.table import Table
from rich.text import Text

from analytics.comparison import Comparison
from analytics.evidence.edge import WindowEvidence
from analytics.fund import Fact, FundProfile
from analytics.measures.drawdowns import Drawdown
from analytics.measures.number import Number
from analytics.notes import Note
from analytics.panel import Doubt
from analytics.returns import Period
from bot.errors import BotError, NothingPriced, Unavailable, Unclear, UnknownSymbols, UserError
from bot.render.doubts import describe, legend
from bot.render.message import Block, Message, labelled
from bot.render.notes import all_notes, note_sentence
from bot.render.sections.comparison import comparison_heading, remark_sentences
from bot.render.sections.convention import frequency_words, whole_convention
from bot.render.sections.doubtful import period_doubts
from bot.render.sections.finding import finding, plain_finding, title
from bot.render.sections.table import Group, Row, dash_notes, groups
from bot.render.text import NBSP

DEEP, DEEPER = 2, 4
"""Columns that the name of a row, and what is left of it, stand in from its group's."""
BETWEEN = 2
"""Columns between a fund's and the one before."""


def render_terminal(
    comparison: Comparison, notes: Sequence[Note] = (), evidence: WindowEvidence | None = None
) -> RenderableType:
    """Render everything but the pictures, for rich to print."""
    rows = [row for group in groups(comparison) for row in group.rows]
    explained = legend(doubt for row in rows for doubt in row.doubts)
    parts: tuple[RenderableType, ...] = (
        Prose(comparison_heading(comparison), style="bold"),
        Text(),
        *(Prose(sentence) for sentence in finding(comparison, evidence)),
        Text(),
        Figures(comparison),
        *(Prose(words) for words in [explained] if words),
        *(Prose(note, style="dim") for note in dash_notes(comparison, rows, notes)),
        Text(),
        *(Prose(remark, style="italic") for remark in remark_sentences(comparison, notes)),
        Prose(whole_convention(comparison), style="dim"),
    )
    return Stack(*labelled(parts))


def render_message(message: Message) -> RenderableType:
    """Render a section as the terminal shows it: of pictures what they tell, and no buttons."""
    return Stack(*(part for block in message.blocks for part in _render_block(block)))


def _render_block(block: Block) -> Iterator[RenderableType]:
    match block["type"]:
        case "header":
            yield from (Prose(block["text"]["text"], style="bold"), Text())
        case "section":
            yield from (Prose(_read(line)) for line in block["text"]["text"].splitlines())
            yield Text()
        case "image":
            yield from (Prose(f"[{_read(block['alt_text'])}]", style="dim"), Text())
        case "table":
            yield from (MessageTable(block), Text())
        case "context":
            words = "\n".join(element["text"] for element in block["elements"] if "text" in element)
            yield from (Prose(_read(line), style="dim") for line in words.splitlines())


def _read(words: str) -> str:
    """Return mrkdwn as it is read, but for *bold*: without its marks of code and of a slanted line."""
    slanted = len(words) > 1 and words[0] == words[-1] == "_"
    return unescape(words[1:-1] if slanted else words).replace("`", "")


@dataclass(frozen=True)
class MessageTable:
    """The table of a message, no wider than the console: what has no room on its line goes on below."""

    block: Block

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give one table whose columns are as wide as their words need, and wider where there is room."""
        rows = [[_cell_words(cell) for cell in row] for row in self.block["rows"]]
        bold = [[_is_bold(cell) for cell in row] for row in self.block["rows"]]
        for row, heads in zip(rows, bold, strict=True):
            row[0] = row[0] if heads[0] else " " * DEEP + row[0]
        columns = list(zip(*rows, strict=True))
        room = options.max_width - BETWEEN * (len(columns) - 1)
        widths = _fit_columns([_widths_of(column) for column in columns], room)
        table = Table(box=None, show_header=False, pad_edge=False)
        for side, width in zip(self.block["column_settings"], widths, strict=True):
            table.add_column(justify=side["align"], width=width, no_wrap=True)
        for row, heads in zip(rows, bold, strict=True):
            table.add_row(
                *(
                    Text("\n".join(_wrapped(words, width)), style="bold" if head else "")
                    for words, width, head in zip(row, widths, heads, strict=True)
                )
            )
        yield table


def _widths_of(column: Sequence[str]) -> tuple[int, int]:
    """Return the width that the longest word of a column takes, and the one that all of it does."""
    words = (
        len(word) + (DEEPER if cell.startswith(" ") else 0) for cell in column for word in cell.split(" ")
    )
    return max(words), max(map(len, column))


def _fit_columns(widths: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Share out the room: the narrowest column is widened first; where words have none they are parted."""
    found = [min(least, max(1, room // len(widths))) for least, _ in widths]
    found = found if sum(least for least, _ in widths) > room else [least for least, _ in widths]
    while sum(found) < room:
        short = [at for at, (_, most) in enumerate(widths) if found[at] < most]
        if not short:
            break
        found[min(short, key=lambda at: found[at])] += 1
    return found


def _wrapped(words: str, width: int) -> list[str]:
    """Break a cell at spaces; the name of a row goes on deeper than it begins, as no row's."""
    deeper = " " * DEEPER if words.startswith(" ") else ""
    return textwrap.wrap(words, width, subsequent_indent=deeper, break_on_hyphens=False)


def _is_bold(cell: Block) -> bool:
    return str(cell["type"]) == "rich_text"


def _cell_words(cell: Block) -> str:
    if not _is_bold(cell):
        return str(cell["text"])
    return "".join(str(part["text"]) for section in cell["elements"] for part in section["elements"])


@dataclass(frozen=True)
class Prose:
    """A sentence that wraps at spaces only: rich would part a number from its unit at a no-break space."""

    sentence: str
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield lines that fit the console, Slack's *bold* as bold."""
        for line in textwrap.wrap(self.sentence, options.max_width, break_on_hyphens=False):
            shown = Text(style=self.style, no_wrap=True, overflow="ignore")
            for index, part in enumerate(line.split("*")):
                shown.append(part, style="bold" if index % 2 else "")
            yield shown


@dataclass(frozen=True)
class RowLabel:
    """The name of a row: where the console is too narrow for it, what is left stands deeper, as no row's."""

    words: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give lines that fit the column."""
        width = max(options.max_width, DEEPER + 1)
        for line in textwrap.wrap(
            self.words, width, initial_indent=" " * DEEP, subsequent_indent=" " * DEEPER
        ):
            yield Text(line, no_wrap=True, overflow="ignore")


@dataclass(frozen=True)
class Figures:
    """The table; funds that the console has no room for stand in another one below."""

    comparison: Comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give as few tables as it takes, each with about as many funds."""
        found, heads = groups(self.comparison), _heads(self.comparison)
        rows = [_cells(row, len(heads)) for group in found for row in group.rows]
        widths = [max(map(len, column)) + BETWEEN for column in zip(heads, *rows, strict=True)]
        labels = [row.label for group in found for row in group.rows]
        words = [word for name in [*labels, *(group.title for group in found)] for word in name.split(" ")]
        least, most = DEEPER + max(map(len, words)), DEEP + max(map(len, labels))
        for number, columns in enumerate(_share_columns(widths, options.max_width - least)):
            taken = sum(widths[at] for at in columns)
            first = max(least, min(most, options.max_width - taken))
            table = _table(found, heads, columns, first)
            yield from [Text()] if number else []
            yield from console.render(table, options.update(width=max(options.max_width, first + taken)))


def _share_columns(widths: Sequence[int], room: int) -> Iterator[range]:
    """Yield columns side by side, as many as there is room for, and one at least; shared out evenly."""
    count = next(
        parts
        for parts in range(1, len(widths) + 1)
        if parts == len(widths)
        or all(sum(widths[at] for at in part) <= room for part in _split_columns(widths, parts))
    )
    yield from _split_columns(widths, count)


def _split_columns(widths: Sequence[int], count: int) -> list[range]:
    bounds = [len(widths) * part // count for part in range(count + 1)]
    return [range(first, last) for first, last in pairwise(bounds)]


def _heads(comparison: Comparison) -> list[str]:
    symbols = comparison.symbols
    return [*symbols, *([f"{symbols[0]} - {symbols[1]}"] if len(symbols) == 2 else [])]


def _cells(row: Row, count: int) -> list[str]:
    """Return the cells of a row; of a pair the difference too."""
    return [*row.cells, row.difference][:count]


def _table(found: Sequence[Group], heads: Sequence[str], columns: Sequence[int], first: int) -> Table:
    """Return some of the columns.  first: width of that of the labels."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", width=first)
    for at in columns:
        table.add_column(heads[at], justify="right", no_wrap=True)
    for group in found:
        table.add_row(Text(group.title, style="bold"))
        for row in group.rows:
            cells = _cells(row, len(heads))
            shown = [Text(cells[at], style="bold" if at == row.marked else "") for at in columns]
            table.add_row(RowLabel(row.label), *shown)
    return table


Json = dict[str, Any]


def comparison_json(
    comparison: Comparison, notes: Sequence[Note] = (), evidence: WindowEvidence | None = None
) -> Json:
    """Build the object that `watchpoint compare --json` prints.

    Every null among the numbers (`metrics` to `traded_per_day`) has its reason at the same path under
    `reasons`.  `currencies` are those of prices and of `traded_per_day`; profiles have their own.  `doubts`
    are the prices in the window that look wrong; the other windows (`periods`) name the funds that have one
    inside as `doubtful`.  `evidence` has the gap of the window with its intervals, null of one fund; `rates`
    what a move of the 10-year yield does, null without a bond fund.
    """
    numbers = {
        "metrics": comparison.metrics,
        "relative": comparison.relative,
        "trailing": {period.label: period.returns for period in comparison.trailing},
        "calendar_years": {period.label: period.returns for period in comparison.years},
        "traded_per_day": comparison.traded,
    }
    return {
        "symbols": list(comparison.symbols),
        "title": title(comparison),
        "finding": plain_finding(finding(comparison, evidence)),
        "evidence": result_json(evidence),
        "rate_sensitivity": result_json(comparison.rates),
        "span": _span(comparison),
        "conventions": _conventions(comparison),
        **{name: _values(tree) for name, tree in numbers.items()},
        "reasons": _drop_empty({name: _reasons(tree) for name, tree in numbers.items()}),
        "periods": {
            period.label: _period(comparison, period) for period in (*comparison.trailing, *comparison.years)
        },
        "drawdowns": {symbol: [_fall(fall) for fall in falls] for symbol, falls in comparison.falls.items()},
        "profiles": {symbol: _profile(profile) for symbol, profile in comparison.profiles.items()},
        "sectors": _sectors(comparison),
        "concentration": {symbol: vars(found) for symbol, found in comparison.concentration.items()},
        "currencies": {symbol: comparison.currencies.get(symbol) for symbol in comparison.symbols},
        "overlap": vars(comparison.overlap) if comparison.overlap else None,
        "doubts": [_doubt(doubt) for doubt in comparison.doubts],
        "notes": [_note(note) for note in all_notes(comparison, notes)],
        "source": {"name": comparison.source, "simulated": comparison.simulated},
    }


def result_json(value: object) -> Any:
    """Write any result of `analytics` as JSON can hold it: fields by name, dates as ISO, no NaN."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: result_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): result_json(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return [result_json(each) for each in value.tolist()]
    if isinstance(value, list | tuple | set | frozenset):
        return [result_json(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)


def error_json(given: str, fault: BotError | str, meant: Sequence[str], exit_code: int) -> Json:
    """Build the object that `--json` prints where there is no answer.

    given: what was typed after `watchpoint`.  fault: a text where it is none of ours.
    meant: commands that can be run in its place.
    """
    complaints = list(fault.complaints) if isinstance(fault, UserError) else [str(fault)]
    return {
        "error": {
            "given": given,
            "kind": next((kind for of, kind in _KINDS.items() if isinstance(fault, of)), "usage"),
            "complaints": [complaint.replace(NBSP, " ") for complaint in complaints],
            "read": list(fault.read) if isinstance(fault, Unclear) else [],
            "meant": list(meant),
            "nearest": result_json(fault.nearest) if isinstance(fault, UnknownSymbols) else {},
            "do": _what_to_do(fault, meant),
            "exit_code": exit_code,
        }
    }


_KINDS: Mapping[type[BotError], str] = {
    Unclear: "unclear",
    UnknownSymbols: "unknown symbols",
    NothingPriced: "nothing priced",
    UserError: "refused",
    Unavailable: "unavailable",
    BotError: "fault",
}


def _what_to_do(fault: BotError | str, meant: Sequence[str]) -> str:
    if isinstance(fault, Unavailable):
        return fault.advice
    if meant:
        return f"Run one of `meant`, like: {meant[0]}"
    if isinstance(fault, UnknownSymbols):
        return "Ask with one of `nearest`, or check the ticker with your data provider."
    if isinstance(fault, NothingPriced):
        return "Ask over a later window, over `max`, or without the young funds."
    return "See: watchpoint COMMAND --help"


def _span(comparison: Comparison) -> Json:
    span = comparison.span
    return {
        "window": comparison.query.window.label,
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
        "returns": comparison.returns,
        "full": span.full,
    }


def _conventions(comparison: Comparison) -> Json:
    rate = comparison.query.rate
    return {
        "text": whole_convention(comparison),
        "returns": f"simple {frequency_words(comparison.periods)} total returns",
        "periods_a_year": comparison.periods,
        "rf": "13-week T-bill" if rate.annual is None else rate.annual,
        "benchmark": comparison.query.against,
        "units": "fractions, 0.01 = 1 %, negative = loss",
    }


def _values(tree: Any) -> Any:
    if isinstance(tree, Number):
        return tree.value
    return {key: _values(branch) for key, branch in tree.items()}


def _reasons(tree: Any) -> Any:
    if isinstance(tree, Number):
        return tree.reason
    return {key: _reasons(branch) for key, branch in tree.items()}


def _drop_empty(tree: Any) -> Any:
    """Drop the branches that hold no reason."""
    if not isinstance(tree, Mapping):
        return tree
    kept = {key: _drop_empty(branch) for key, branch in tree.items()}
    return {key: branch for key, branch in kept.items() if branch}


def _period(comparison: Comparison, period: Period) -> Json:
    doubted = {doubt.symbol for doubt in period_doubts(comparison, period)}
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "annualised": period.annualised,
        "partial": period.partial,
        "doubtful": [symbol for symbol in comparison.symbols if symbol in doubted],
    }


def _fall(fall: Drawdown) -> Json:
    return {
        "depth": fall.depth,
        "peak": fall.peak.isoformat(),
        "trough": fall.trough.isoformat(),
        "recovery": fall.recovery.isoformat() if fall.recovery else None,
    }


def _profile(profile: FundProfile) -> Json:
    return {
        "name": profile.name,
        "kind": profile.kind.value,
        "currency": profile.currency,
        "category": profile.category,
        "exchange": profile.exchange,
        "provider": _fact(profile.provider),
        "index": _fact(profile.index),
        "inception": _fact(profile.inception),
        "approach": _fact(profile.approach),
        "expense_ratio": _fact(profile.expense_ratio),
        "dividend_yield": _fact(profile.dividend_yield),
        "yield_kind": profile.yield_kind,
        "assets": _fact(profile.assets),
        "turnover": _fact(profile.turnover),
        "holdings_count": _fact(profile.holdings_count),
        "holdings": _fact(profile.holdings),
        "index_changes": [{"on": change.on.isoformat(), "to": change.to} for change in profile.index_changes],
    }


def _fact(fact: Fact[Any] | None) -> Json | None:
    if fact is None:
        return None
    return {
        "value": result_json(fact.value),
        "source": fact.source,
        "as_of": fact.as_of.isoformat() if fact.as_of else None,
    }


def _sectors(comparison: Comparison) -> Json | None:
    sectors = comparison.sectors
    if sectors is None:
        return None
    return {
        "taxonomy": sectors.taxonomy,
        "of": sectors.of.value,
        "weights": {symbol: dict(weights) for symbol, weights in sectors.weights.items()},
        "active": dict(sectors.active),
        "as_of": {
            symbol: fact.as_of.isoformat() if fact.as_of else None for symbol, fact in sectors.facts.items()
        },
    }


def _doubt(doubt: Doubt) -> Json:
    return {
        "symbol": doubt.symbol,
        "kind": doubt.kind.value,
        "session": doubt.session.isoformat(),
        "value": doubt.value,
        "text": describe(doubt),
    }


def _note(note: Note) -> Json:
    facts = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in note.facts.items()
    }
    return {"kind": note.kind.value, "symbol": note.symbol, "text": note_sentence(note), "facts": facts}
