"""Every measure of risk, and of return for risk, with what is not defined and why."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from analytics.measures import MEASURES
from analytics.measures.registry import Every
from bot.render import text
from bot.render.comparison.convention import convention, frequency
from bot.render.comparison.dashes import footnotes
from bot.render.comparison.doubtful import certain, measure_columns, measure_doubts, trusted
from bot.render.comparison.material import alike
from bot.render.comparison.rows import Row
from bot.render.comparison.values import absolute, extremes, is_short, known, relative
from bot.render.measures import (
    ANNUALISED,
    LINES,
    MeasureLine,
    MeasureTable,
    brief,
    capital,
    label,
    show,
    show_gap,
    show_near_one,
)
from bot.render.message import Message
from bot.render.study.found import SectionAnswer
from bot.render.study.page import TableLine, page
from bot.render.study.parts.layout import PAIR, laid, row
from bot.render.study.parts.measured import measure_rows, undefined
from bot.render.study.parts.priced import RISK, limits, titled

TOLD = 3
"""Most funds of which every figure stands in the finding; of more the range is told."""

OWN, HELD = LINES[MeasureTable.RISK], LINES[MeasureTable.RISK_AGAINST]
DAILY = (
    "Falls, and what is divided by them, are from daily closes; captures and the monthly volatility are from "
    "monthly ones."
)


def risk(found: SectionAnswer) -> Message:
    """The whole answer."""
    comparison = found.comparison
    kept = trusted(certain(comparison))
    return page(
        found,
        title=titled(comparison, "risk"),
        finding=finding(kept) if kept else (),
        foot=convention(comparison),
        lines=lines(comparison),
        remarks=(
            *footnotes(undefined(comparison, (*OWN, *_held(comparison))), comparison.symbols),
            *limits(found, RISK, comparison.span.start),
            *([DAILY] if comparison.question.weekly else []),
        ),
        doubts=comparison.doubts,
    )


def finding(comparison: Comparison) -> tuple[str, ...]:
    """Volatility and worst fall, return for risk, how it moves with the benchmark."""
    sentences = (
        _figure(comparison, "volatility", "Volatility") or _few(comparison),
        _figure(comparison, "max_drawdown", "Worst fall"),
        "" if is_short(comparison) else _ratios(comparison),
        _against(comparison),
    )
    return tuple(sentence for sentence in sentences if sentence)


def lines(comparison: Comparison) -> list[TableLine]:
    """Each fund's own figures, then those against the benchmark."""
    symbols, against = comparison.symbols, comparison.question.against
    held = [symbol for symbol in symbols if symbol in comparison.relative]
    own = measure_rows(comparison, OWN)
    others = [_relative(comparison, line, held) for line in (_held(comparison) if held else ())]
    return [*laid("Risk", symbols, own), *laid(f"Against {against}", held, others)]


def _relative(comparison: Comparison, line: MeasureLine, held: Sequence[str]) -> Row:
    measure = line.measure
    values = [comparison.relative[symbol][measure].value for symbol in held]
    doubtful = {comparison.symbols[at] for at in measure_columns(comparison, measure)}
    weekly = comparison.apart and MEASURES[measure].every is None
    words = f"{label(line)}, weekly" if weekly else label(line)
    return row(words, values, show_near_one(measure)).with_doubts(
        [at for at, symbol in enumerate(held) if symbol in doubtful],
        measure_doubts(comparison, measure),
    )


def _held(comparison: Comparison) -> tuple[MeasureLine, ...]:
    """Leave out measures of weekly returns where every figure is of them: they would stand there twice."""
    weekly = comparison.question.weekly or comparison.apart
    return tuple(line for line in HELD if not (weekly and MEASURES[line.measure].every is Every.WEEK))


def _figure(comparison: Comparison, measure: str, head: str) -> str:
    """ "Volatility: ISCB *22.3 %*, SPSM *22.5 %*, much the same."."""
    values, symbols = absolute(comparison, measure), comparison.symbols
    if not known(values):
        return ""
    write = show(measure)
    if len(symbols) > TOLD and (ends := extremes(symbols, values)):
        low, high = reversed(ends) if measure == "max_drawdown" else ends
        return f"{head}: from *{write(low[1])}* ({low[0]}) to *{write(high[1])}* ({high[0]})."
    told = [
        f"{symbol} *{write(value)}*"
        for symbol, value in zip(symbols, values, strict=True)
        if value is not None
    ]
    return f"{head}: {', '.join(told)}{_verdict(symbols, measure, values)}."


def _verdict(symbols: Sequence[str], measure: str, values: Sequence[float | None]) -> str:
    """Of a pair: much the same, or whose is larger by how much."""
    if len(symbols) != PAIR or len(both := known(values)) != PAIR:
        return ""
    if alike(measure, both):
        return ", much the same"
    size = show_gap(measure)(abs(both[0] - both[1])).lstrip("+")
    words = "deeper" if measure == "max_drawdown" else "higher"
    larger = symbols[0] if _size(measure, both[0]) > _size(measure, both[1]) else symbols[1]
    return f": {larger}'s is {size} {words}"


def _size(measure: str, value: float) -> float:
    return abs(value) if measure == "max_drawdown" else value


def _ratios(comparison: Comparison) -> str:
    told = (_figure(comparison, name, capital(brief(name))) for name in ("sharpe", "sortino"))
    return " ".join(part for part in told if part)


def _against(comparison: Comparison) -> str:
    """Beta, tracking error and correlation; of many funds the range of their tracking errors."""
    against, symbols = comparison.question.against, comparison.symbols
    errors = relative(comparison, "tracking_error")
    if len(known(errors)) > TOLD and (ends := extremes(symbols, errors)):
        low, high = (f"{text.percent(value)} ({symbol})" for symbol, value in ends)
        return f"Against {against} the tracking error runs from {low} to {high} a year."
    clauses = [clause for symbol in symbols if (clause := _clause(comparison, symbol))]
    weekly = ", from weekly returns since the exchanges close hours apart" if comparison.apart else ""
    return f"Against {against}{weekly}: {'; '.join(clauses)}." if clauses else ""


def _clause(comparison: Comparison, symbol: str) -> str:
    numbers = comparison.relative.get(symbol, {})
    told = [
        f"{brief(name)} {show_near_one(name)(value)}{' a year' if name in ANNUALISED else ''}"
        for name in (line.measure for line in LINES[MeasureTable.COMPARED_AGAINST] if line.main)
        if numbers and (value := numbers[name].value) is not None
    ]
    return f"{symbol} has {text.listed(told)}" if told else ""


def _few(comparison: Comparison) -> str:
    count = comparison.returns
    returns = f"{text.count(count)} {frequency(comparison.periods)} return{'' if count == 1 else 's'}"
    return f"Volatility and the ratios are not defined on {returns}."
