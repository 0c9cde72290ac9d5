"""Lines of a table that are measures over the window: what both studies of risk and of returns show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analytics.comparison import Comparison
from bot.render.comparison.dashes import Dash, measure_dashes
from bot.render.comparison.doubtful import measure_columns, measure_doubts
from bot.render.comparison.material import rule_of
from bot.render.comparison.rows import Row
from bot.render.comparison.values import absolute, is_short, numbers
from bot.render.measures import MeasureLine, brief, label, show, show_gap
from bot.render.study.parts.layout import row


def measure_rows(comparison: Comparison, lines: Iterable[MeasureLine]) -> list[Row]:
    """Make a row of each fund's own measures; "{period}" in a label is the day or the week of its returns."""
    return [_row(comparison, line, absolute(comparison, line.measure)) for line in lines]


def undefined(comparison: Comparison, lines: Iterable[MeasureLine]) -> Iterator[Dash]:
    """Collect what is not defined, also where it is for no fund and has no line in the table."""
    for line in lines:
        measure = line.measure
        yield from measure_dashes(comparison.symbols, numbers(comparison, measure), brief(measure))


def _row(comparison: Comparison, line: MeasureLine, values: Sequence[float | None]) -> Row:
    measure, rule = line.measure, rule_of(line.measure, short=is_short(comparison))
    words = label(line).format(period="week" if comparison.question.weekly else "day")
    shown = row(words, values, show(measure), show_gap(measure), rule)
    return shown.with_doubts(measure_columns(comparison, measure), measure_doubts(comparison, measure))
