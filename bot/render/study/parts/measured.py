"""Lines of a table that are measures over the window: what both studies of risk and of returns show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analytics.comparison import Comparison
from bot.render.comparison.dashes import Dash, measure_dashes
from bot.render.comparison.doubtful import measure_columns, measure_doubts
from bot.render.comparison.material import rule_of
from bot.render.comparison.rows import Row
from bot.render.comparison.values import absolute, is_short, numbers
from bot.render.measures import Place, brief, label, show, show_gap
from bot.render.study.parts.layout import row


def measure_rows(comparison: Comparison, places: Iterable[Place]) -> list[Row]:
    """Make a row of each fund's own measures; "{period}" in a label is the day or the week of its returns."""
    return [_row(comparison, place, absolute(comparison, place.measure)) for place in places]


def undefined(comparison: Comparison, places: Iterable[Place]) -> Iterator[Dash]:
    """Collect what is not defined, also where it is for no fund and has no line in the table."""
    for place in places:
        measure = place.measure
        yield from measure_dashes(comparison.symbols, numbers(comparison, measure), brief(measure))


def _row(comparison: Comparison, place: Place, values: Sequence[float | None]) -> Row:
    measure, rule = place.measure, rule_of(place.measure, short=is_short(comparison))
    words = label(place).format(period="week" if comparison.question.weekly else "day")
    shown = row(words, values, show(measure), show_gap(measure), rule)
    return shown.with_doubts(measure_columns(comparison, measure), measure_doubts(comparison, measure))
