"""Every measure of risk, and of return for risk, with what is not defined and why."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from analytics.measures import MEASURES
from analytics.measures.registry import Every
from bot.render import text
from bot.render.measures import (
    ANNUALISED,
    LINES,
    MeasureLine,
    MeasureTable,
    brief_label,
    capital_label,
    gap_format,
    line_label,
    near_one_format,
    value_format,
)
from bot.render.message import Message
from bot.render.sections.convention import convention, frequency_words
from bot.render.sections.doubtful import (
    measure_columns,
    measure_doubts,
    without_doubtful_figures,
    without_doubtful_funds,
)
from bot.render.sections.page import (
    PAIR,
    RISK,
    SectionAnswer,
    TableLine,
    figure_row,
    figures_table,
    limit_sentences,
    measure_rows,
    section_message,
    undefined_measures,
    window_title,
)
from bot.render.sections.table import Row, footnotes
from bot.render.sections.values import (
    absolute_measure,
    are_alike,
    extremes,
    is_short,
    known_values,
    relative_measure,
)

TOLD = 3
"""Most funds of which every figure stands in the finding; of more the range is told."""

OWN, HELD = LINES[MeasureTable.RISK], LINES[MeasureTable.RISK_AGAINST]
DAILY = (
    "Falls, and what is divided by them, are from daily closes; captures and the monthly volatility are from "
    "monthly ones."
)


def risk_section(found: SectionAnswer) -> Message:
    """Write the whole answer."""
    comparison = found.comparison
    kept = without_doubtful_funds(without_doubtful_figures(comparison))
    return section_message(
        found,
        title=window_title(comparison, "risk"),
        finding=risk_finding(kept) if kept else (),
        foot=convention(comparison),
        lines=risk_lines(comparison),
        remarks=(
            *footnotes(
                undefined_measures(comparison, (*OWN, *_relative_lines(comparison))), comparison.symbols
            ),
            *limit_sentences(found, RISK, comparison.span.start),
            *([DAILY] if comparison.query.weekly else []),
        ),
        doubts=comparison.doubts,
    )


def risk_finding(comparison: Comparison) -> tuple[str, ...]:
    """Tell volatility and worst fall, return for risk, how it moves with the benchmark."""
    sentences = (
        _figure(comparison, "volatility", "Volatility") or _few_returns(comparison),
        _figure(comparison, "max_drawdown", "Worst fall"),
        "" if is_short(comparison) else _ratios(comparison),
        _against(comparison),
    )
    return tuple(sentence for sentence in sentences if sentence)


def risk_lines(comparison: Comparison) -> list[TableLine]:
    """Return each fund's own figures, then those against the benchmark."""
    symbols, against = comparison.symbols, comparison.query.against
    held = [symbol for symbol in symbols if symbol in comparison.relative]
    own = measure_rows(comparison, OWN)
    others = [_relative(comparison, line, held) for line in (_relative_lines(comparison) if held else ())]
    return [*figures_table("Risk", symbols, own), *figures_table(f"Against {against}", held, others)]


def _relative(comparison: Comparison, line: MeasureLine, held: Sequence[str]) -> Row:
    measure = line.measure
    values = [comparison.relative[symbol][measure].value for symbol in held]
    doubtful = {comparison.symbols[at] for at in measure_columns(comparison, measure)}
    weekly = comparison.apart and MEASURES[measure].every is None
    words = f"{line_label(line)}, weekly" if weekly else line_label(line)
    return figure_row(words, values, near_one_format(measure)).with_doubts(
        [at for at, symbol in enumerate(held) if symbol in doubtful],
        measure_doubts(comparison, measure),
    )


def _relative_lines(comparison: Comparison) -> tuple[MeasureLine, ...]:
    """Leave out measures of weekly returns where every figure is of them: they would stand there twice."""
    weekly = comparison.query.weekly or comparison.apart
    return tuple(line for line in HELD if not (weekly and MEASURES[line.measure].every is Every.WEEK))


def _figure(comparison: Comparison, measure: str, head: str) -> str:
    """Write "Volatility: ISCB *22.3 %*, SPSM *22.5 %*, much the same."."""
    values, symbols = absolute_measure(comparison, measure), comparison.symbols
    if not known_values(values):
        return ""
    write = value_format(measure)
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
    """Tell of a pair: much the same, or whose is larger by how much."""
    if len(symbols) != PAIR or len(both := known_values(values)) != PAIR:
        return ""
    if are_alike(measure, both):
        return ", much the same"
    size = gap_format(measure)(abs(both[0] - both[1])).lstrip("+")
    words = "deeper" if measure == "max_drawdown" else "higher"
    larger = symbols[0] if _size(measure, both[0]) > _size(measure, both[1]) else symbols[1]
    return f": {larger}'s is {size} {words}"


def _size(measure: str, value: float) -> float:
    return abs(value) if measure == "max_drawdown" else value


def _ratios(comparison: Comparison) -> str:
    told = (_figure(comparison, name, capital_label(brief_label(name))) for name in ("sharpe", "sortino"))
    return " ".join(part for part in told if part)


def _against(comparison: Comparison) -> str:
    """Tell beta, tracking error and correlation; of many funds the range of their tracking errors."""
    against, symbols = comparison.query.against, comparison.symbols
    errors = relative_measure(comparison, "tracking_error")
    if len(known_values(errors)) > TOLD and (ends := extremes(symbols, errors)):
        low, high = (f"{text.percent(value)} ({symbol})" for symbol, value in ends)
        return f"Against {against} the tracking error runs from {low} to {high} a year."
    clauses = [clause for symbol in symbols if (clause := _clause(comparison, symbol))]
    weekly = ", from weekly returns since the exchanges close hours apart" if comparison.apart else ""
    return f"Against {against}{weekly}: {'; '.join(clauses)}." if clauses else ""


def _clause(comparison: Comparison, symbol: str) -> str:
    numbers = comparison.relative.get(symbol, {})
    told = [
        f"{brief_label(name)} {near_one_format(name)(value)}{' a year' if name in ANNUALISED else ''}"
        for name in (line.measure for line in LINES[MeasureTable.COMPARED_AGAINST] if line.main)
        if numbers and (value := numbers[name].value) is not None
    ]
    return f"{symbol} has {text.join_words(told)}" if told else ""


def _few_returns(comparison: Comparison) -> str:
    count = comparison.returns
    returns = f"{text.count(count)} {frequency_words(comparison.periods)} return{'' if count == 1 else 's'}"
    return f"Volatility and the ratios are not defined on {returns}."
