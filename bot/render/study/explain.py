"""How one measure comes about: what it tells, its formula, the numbers that went in, the result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import floor, log10

from analytics.comparison import Comparison
from analytics.measures import MEASURES
from analytics.measures.steps import Step, StepUnit
from analytics.notes import NoteKind
from analytics.number import Number
from analytics.studies.workings import Working
from bot.render import text
from bot.render.comparison.convention import annual, frequency, rate, source, window
from bot.render.comparison.doubtful import measure_columns, measure_doubts
from bot.render.comparison.rows import Row
from bot.render.doubts import is_grave
from bot.render.measures import ANNUALISED, RATED, SCALED, brief, capital, formula, named, show_near_one
from bot.render.message import Message
from bot.render.study.found import SectionAnswer
from bot.render.study.page import TableLine, page
from bot.render.study.parts.layout import laid
from bot.render.study.parts.priced import WINDOW, limits, titled

DIGITS = 4
"""Significant digits of a step: more than of the result, so that it can be worked out again."""


def explain(found: SectionAnswer, working: Working) -> Message:
    """The whole answer; with more than three funds the steps lie down."""
    name = brief(working.measure)
    doubts = measure_doubts(found.comparison, working.measure)
    return page(
        found,
        title=titled(found.comparison, name),
        finding=finding(_trusted(found.comparison, working)),
        foot=foot(working),
        lines=lines(working, found.comparison),
        remarks=(*limits(found, _kinds(working), working.span.start), *_undefined(working)),
        doubts=doubts,
    )


def _trusted(comparison: Comparison, working: Working) -> Working:
    """Without the results that cannot be relied on."""
    grave = replace(comparison, doubts=tuple(doubt for doubt in comparison.doubts if is_grave(doubt)))
    ruined = {comparison.symbols[at] for at in measure_columns(grave, working.measure)}
    results = {symbol: number for symbol, number in working.results.items() if symbol not in ruined}
    return replace(working, results=results)


def finding(working: Working) -> tuple[str, ...]:
    """What it tells, the formula, the result of each fund."""
    weekly = working.question.weekly
    name = named(working.measure, weekly=weekly)
    against = f" Held against {working.benchmark}." if working.benchmark else ""
    words = formula(working.measure, weekly=weekly)
    return (
        f"{capital(name)}: {MEASURES[working.measure].words.meaning}.{against}",
        f"Formula: {words}.",
        *([_results(working)] if working.results or _lacks_benchmark(working) else []),
    )


def _lacks_benchmark(working: Working) -> bool:
    return MEASURES[working.measure].relative and working.benchmark is None


def foot(working: Working) -> str:
    """What every number rests on; a rate only where one enters."""
    question, span = working.question, working.span
    return " · ".join(
        (
            _returns(working),
            *([rate(question)] if working.measure in RATED else []),
            *([f"benchmark {working.benchmark}"] if working.benchmark else []),
            window(question, span),
            source(working.source, span),
        )
    )


def _returns(working: Working) -> str:
    """Which returns, by how many of them a year they are annualised."""
    shown = f" · {annual(working.periods_by)}" if working.measure in SCALED and working.periods_by else ""
    return f"{frequency(working.periods)} total return{shown}"


def lines(working: Working, comparison: Comparison) -> list[TableLine]:
    """A step a line with each fund's number, the result last.

    comparison : that has the doubts which the results rest on
    """
    symbols = tuple(working.results)
    if not symbols:
        return []
    steps = dict.fromkeys((step.name, step.unit) for held in working.steps.values() for step in held)
    rows = [_row(working, name, unit) for name, unit in steps]
    results = tuple(_shown(working, number) for number in working.results.values())
    doubtful = {comparison.symbols[at] for at in measure_columns(comparison, working.measure)}
    result = Row("Result", results, text.NONE, None, main=True).with_doubts(
        [at for at, symbol in enumerate(symbols) if symbol in doubtful],
        measure_doubts(comparison, working.measure),
    )
    return laid("Step", symbols, [*rows, result])


def _kinds(working: Working) -> frozenset[NoteKind]:
    shown = any(number.value is not None for number in working.results.values())
    few = {NoteKind.FEW_RETURNS} if shown and working.measure in ANNUALISED else set()
    gaps = {NoteKind.RATE_GAP} if working.measure in RATED else set()
    return WINDOW | few | gaps


def _row(working: Working, name: str, unit: StepUnit) -> Row:
    found = [_step(held, name, unit) for held in working.steps.values()]
    cells = tuple(text.NONE if step is None else told(step) for step in found)
    return Row(f"{name[:1].upper()}{name[1:]}", cells, text.NONE, None, main=True)


def _step(steps: tuple[Step, ...], name: str, unit: StepUnit) -> Step | None:
    return next((step for step in steps if (step.name, step.unit) == (name, unit)), None)


def told(step: Step) -> str:
    """A step's number with its unit, in as many digits as the arithmetic needs."""
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
    """Decimals that leave DIGITS significant ones, two at least."""
    return max(2, min(8, DIGITS - 1 - floor(log10(abs(value))))) if value else 2


def _results(working: Working) -> str:
    """Every fund's number; where none has one, what is missing."""
    if not working.results:
        return "It holds a fund against a benchmark: name one, e.g. vs SPY."
    known = {symbol: number for symbol, number in working.results.items() if number.value is not None}
    if not known:
        return "It is not defined here."
    shown = [f"{symbol} *{_shown(working, number)}*" for symbol, number in known.items()]
    rest = [symbol for symbol in working.results if symbol not in known]
    dash = f"; not defined for {text.listed(rest)}" if rest else ""
    return f"Result: {', '.join(shown)}{dash}."


def _shown(working: Working, number: Number) -> str:
    if number.value is None:
        return text.NONE
    return show_near_one(working.measure)(number.value)


def _undefined(working: Working) -> tuple[str, ...]:
    """Each reason once, with the funds it holds for."""
    reasons: dict[str, list[str]] = {}
    for symbol, number in working.results.items():
        if number.reason:
            reasons.setdefault(number.reason, []).append(symbol)
    return tuple(f"{text.listed(symbols)}: {reason}." for reason, symbols in reasons.items())
