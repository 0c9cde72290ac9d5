"""How one measure comes about: what it tells, its formula, the numbers that went in, the result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import floor, log10

from analytics.comparison import Comparison
from analytics.explain import Explanation
from analytics.measures import MEASURES
from analytics.measures.number import Number
from analytics.measures.steps import Step, StepUnit
from analytics.notes import NoteKind
from bot.render import text
from bot.render.doubts import is_grave
from bot.render.measures import (
    ANNUALISED,
    RATED,
    SCALED,
    brief_label,
    formula,
    measure_label,
    near_one_format,
)
from bot.render.message import Message
from bot.render.sections.convention import (
    frequency_words,
    periods_words,
    rate_words,
    source_words,
    window_words,
)
from bot.render.sections.doubtful import measure_columns, measure_doubts
from bot.render.sections.page import (
    WINDOW,
    SectionAnswer,
    TableLine,
    figures_table,
    limit_sentences,
    section_message,
    window_title,
)
from bot.render.sections.table import Row
from bot.render.values import MOST_TALL

DIGITS = 4
"""Significant digits of a step: more than of the result, so that it can be worked out again."""


def explain_section(found: SectionAnswer, working: Explanation) -> Message:
    """Write the whole answer; with more than three funds the steps lie down."""
    name = brief_label(working.measure)
    doubts = measure_doubts(found.comparison, working.measure)
    return section_message(
        found,
        title=window_title(found.comparison, name),
        finding=explain_finding(_without_doubtful_results(found.comparison, working)),
        foot=explain_foot(working),
        lines=explain_lines(working, found.comparison),
        remarks=(
            *limit_sentences(found, _note_kinds(working), working.span.start),
            *_undefined_reasons(working),
        ),
        doubts=doubts,
    )


def _without_doubtful_results(comparison: Comparison, working: Explanation) -> Explanation:
    """Drop the results that cannot be relied on."""
    grave = replace(comparison, doubts=tuple(doubt for doubt in comparison.doubts if is_grave(doubt)))
    ruined = {comparison.symbols[at] for at in measure_columns(grave, working.measure)}
    results = {symbol: number for symbol, number in working.results.items() if symbol not in ruined}
    return replace(working, results=results)


def explain_finding(working: Explanation) -> tuple[str, ...]:
    """Tell what it tells, the formula, the result of each fund."""
    weekly = working.query.weekly
    name = measure_label(working.measure, weekly=weekly)
    against = f" Held against {working.benchmark}." if working.benchmark else ""
    words = formula(working.measure, weekly=weekly)
    return (
        f"{text.capital(name)}: {MEASURES[working.measure].words.meaning}.{against}",
        f"Formula: {words}.",
        *([_results(working)] if working.results or _lacks_benchmark(working) else []),
    )


def _lacks_benchmark(working: Explanation) -> bool:
    return MEASURES[working.measure].relative and working.benchmark is None


def explain_foot(working: Explanation) -> str:
    """Write what every number rests on; a rate only where one enters."""
    query, span = working.query, working.span
    return " · ".join(
        (
            _returns(working),
            *([rate_words(query)] if working.measure in RATED else []),
            *([f"benchmark {working.benchmark}"] if working.benchmark else []),
            window_words(query, span),
            source_words(working.source, span),
        )
    )


def _returns(working: Explanation) -> str:
    """Return which returns, by how many of them a year they are annualised."""
    shown = (
        f" · {periods_words(working.periods_by)}" if working.measure in SCALED and working.periods_by else ""
    )
    return f"{frequency_words(working.periods)} total return{shown}"


def explain_lines(working: Explanation, comparison: Comparison) -> list[TableLine]:
    """Return a step a line with each fund's number, the result last.

    comparison : that has the doubts which the results rest on
    """
    symbols = tuple(working.results)
    if not symbols:
        return []
    steps = dict.fromkeys((step.name, step.unit) for held in working.steps.values() for step in held)
    rows = [_row(working, name, unit) for name, unit in steps]
    results = tuple(_result_words(working, number) for number in working.results.values())
    doubtful = {comparison.symbols[at] for at in measure_columns(comparison, working.measure)}
    result = Row("Result", results, text.NONE, None, main=True).with_doubts(
        [at for at, symbol in enumerate(symbols) if symbol in doubtful],
        measure_doubts(comparison, working.measure),
    )
    told = [*rows, result]
    over = len(told) % MOST_TALL
    if len(symbols) > MOST_TALL and 0 < over < len(told):  # the last three reach back, so that none is empty
        told = [*told[:-over], *told[-MOST_TALL:]]
    return figures_table("Step", symbols, told)


def _note_kinds(working: Explanation) -> frozenset[NoteKind]:
    shown = any(number.value is not None for number in working.results.values())
    few = {NoteKind.FEW_RETURNS} if shown and working.measure in ANNUALISED else set()
    gaps = {NoteKind.RATE_GAP} if working.measure in RATED else set()
    return WINDOW | few | gaps


def _row(working: Explanation, name: str, unit: StepUnit) -> Row:
    found = [_step(held, name, unit) for held in working.steps.values()]
    cells = tuple(text.shown(step, step_value) for step in found)
    return Row(f"{name[:1].upper()}{name[1:]}", cells, text.NONE, None, main=True)


def _step(steps: tuple[Step, ...], name: str, unit: StepUnit) -> Step | None:
    return next((step for step in steps if (step.name, step.unit) == (name, unit)), None)


def step_value(step: Step) -> str:
    """Return a step's number with its unit, in as many digits as the arithmetic needs."""
    value = step.value
    if isinstance(value, date):
        return text.day(value)
    if step.unit is StepUnit.FRACTION:
        return text.percent(value, _digits(100 * value))
    if step.unit is StepUnit.SQUARE:
        return f"{value:.{DIGITS}g}"
    if step.unit is StepUnit.COUNT:
        return text.count(int(value)) if float(value).is_integer() else text.ratio(value)
    return text.ratio(value, DIGITS if step.unit is StepUnit.RATIO else 2)


def _digits(value: float) -> int:
    """Count the decimals that leave DIGITS significant ones, two at least."""
    return max(2, min(8, DIGITS - 1 - floor(log10(abs(value))))) if value else 2


def _results(working: Explanation) -> str:
    """Return every fund's number; where none has one, what is missing."""
    if not working.results:
        return "It holds a fund against a benchmark: name one, e.g. vs SPY."
    known = {symbol: number for symbol, number in working.results.items() if number.value is not None}
    if not known:
        return "It is not defined here."
    shown = [f"{symbol} *{_result_words(working, number)}*" for symbol, number in known.items()]
    rest = [symbol for symbol in working.results if symbol not in known]
    dash = f"; not defined for {text.join_words(rest)}" if rest else ""
    return f"Result: {', '.join(shown)}{dash}."


def _result_words(working: Explanation, number: Number) -> str:
    if number.value is None:
        return text.NONE
    return near_one_format(working.measure)(number.value)


def _undefined_reasons(working: Explanation) -> tuple[str, ...]:
    """Return each reason once, with the funds it holds for."""
    reasons: dict[str, list[str]] = {}
    for symbol, number in working.results.items():
        if number.reason:
            reasons.setdefault(number.reason, []).append(symbol)
    return tuple(f"{text.join_words(symbols)}: {reason}." for reason, symbols in reasons.items())
