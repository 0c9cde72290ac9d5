"""All figures of a comparison: the whole table under one header, with its full convention."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from bot.render.message import Message
from bot.render.sections.convention import convention
from bot.render.sections.finding import finding_in_figures
from bot.render.sections.page import (
    MOST_TALL,
    SectionAnswer,
    TableLine,
    figures_table,
    note_sentences,
    section_message,
    window_title,
)
from bot.render.sections.table import Group, Row, dash_notes, groups, rates_title
from bot.render.sections.values import dated_title, profile_facts

FACTS = ("expense_ratio", "dividend_yield", "assets", "holdings_count", "holdings", "sectors")


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
    facts = [fact for name in FACTS for fact in profile_facts(comparison, name)]
    told = dated_title("Cost, size and sectors", facts, comparison.span.end)
    return () if told == "Cost, size and sectors" else (f"{told}.",)
