"""Lines of a table that are measures over the window: what both studies of risk and of returns show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analytics.comparison import Comparison
from bot.render.comparison.dashes import Dash, measure_dashes
from bot.render.comparison.doubtful import measure_columns, measure_doubts
from bot.render.comparison.material import RULES
from bot.render.comparison.rows import Row
from bot.render.comparison.values import absolute, is_short, numbers
from bot.render.measures import brief
from bot.render.study.parts.layout import Show, row

STEADY = frozenset({"max_drawdown", "drawdown", "worst_day", "worst_month", "positive_months"})
"""What is no estimate: a few weeks tell it as well as a year."""


@dataclass(frozen=True)
class Figure:
    """A line of the table.  gap : writes a difference, None where it would mean nothing."""

    measure: str
    label: str
    show: Show
    gap: Show | None = None


def measure_rows(comparison: Comparison, figures: Iterable[Figure]) -> list[Row]:
    """Make a row of each fund's own measures; "{period}" in a label is the day or the week of its returns."""
    return [_row(comparison, figure, absolute(comparison, figure.measure)) for figure in figures]


def undefined(comparison: Comparison, figures: Iterable[Figure]) -> Iterator[Dash]:
    """Collect what is not defined, also where it is for no fund and has no line in the table."""
    for figure in figures:
        measure = figure.measure
        yield from measure_dashes(comparison.symbols, numbers(comparison, measure), brief(measure))


def _row(comparison: Comparison, figure: Figure, values: Sequence[float | None]) -> Row:
    # What is annualised from a few weeks is shown, but no difference of it is worth a mark.
    steady = figure.measure in STEADY or not is_short(comparison)
    rule = figure.measure if steady and figure.measure in RULES else None
    label = figure.label.format(period="week" if comparison.question.weekly else "day")
    shown = row(label, values, figure.show, figure.gap, rule)
    return shown.with_doubts(
        measure_columns(comparison, figure.measure), measure_doubts(comparison, figure.measure)
    )
