"""Every measure of risk, and of return for risk, with what is not defined and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.comparison import Comparison
from analytics.evidence.alpha import BenchmarkAlphas
from analytics.measures import MEASURES
from analytics.measures.registry import Every
from bot.render import text
from bot.render.doubts import is_grave
from bot.render.estimates import value_words, with_range
from bot.render.measures import (
    ANNUALISED,
    LINES,
    MeasureLine,
    MeasureTable,
    brief_label,
    larger_words,
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
from bot.render.values import (
    absolute_measure,
    extremes,
    is_short,
    known_values,
    relative_measure,
)

TOLD = 3
"""Most funds of which every figure stands in the finding; of more the range is told."""

NO_ALPHAS = BenchmarkAlphas()
OWN, HELD = LINES[MeasureTable.RISK], LINES[MeasureTable.RISK_AGAINST]
DAILY = (
    "Falls, and what is divided by them, are from daily closes; captures and the monthly volatility are from "
    "monthly ones."
)


def risk_section(found: SectionAnswer, held: BenchmarkAlphas = NO_ALPHAS) -> Message:
    """Write the whole answer.  held : the alphas against two benchmarks, with their intervals"""
    comparison = found.comparison
    kept = without_doubtful_funds(without_doubtful_figures(comparison))
    return section_message(
        found,
        title=window_title(comparison, "risk"),
        finding=(*risk_finding(kept), *_clear_alphas(comparison, held)) if kept else (),
        foot=convention(comparison),
        lines=[*risk_lines(comparison), *_alpha_lines(comparison, held)],
        remarks=(
            *footnotes(
                undefined_measures(comparison, (*OWN, *_relative_lines(comparison))), comparison.symbols
            ),
            *_alpha_notes(comparison, held),
            *limit_sentences(found, RISK, comparison.span.start),
            *([DAILY] if comparison.query.weekly else []),
        ),
        doubts=tuple(dict.fromkeys((*comparison.doubts, *(d for one in held.alphas for d in one.doubts)))),
    )


def _alpha_lines(comparison: Comparison, held: BenchmarkAlphas) -> list[TableLine]:
    """Return a line a benchmark: the alpha of each fund, and what else fits."""
    rows = [_alpha_row(comparison, held, benchmark) for benchmark in _benchmarks(held)]
    return figures_table("Alpha, a year, ± 95 %", comparison.symbols, rows)


def _benchmarks(held: BenchmarkAlphas) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.benchmark for each in held.alphas))


def _alpha_row(comparison: Comparison, held: BenchmarkAlphas, benchmark: str) -> Row:
    found = {each.symbol: each for each in held.alphas if each.benchmark == benchmark}
    cells = tuple(
        with_range(found[symbol].alpha, text.signed_percent) if symbol in found else text.NONE
        for symbol in comparison.symbols
    )
    doubts = tuple(doubt for each in found.values() for doubt in each.doubts)
    columns = [at for at, symbol in enumerate(comparison.symbols) if symbol in found and found[symbol].doubts]
    row = Row(f"Alpha against {benchmark}", cells, text.NONE, None, main=True)
    return row.with_doubts(columns, tuple(dict.fromkeys(doubts)))


def _clear_alphas(comparison: Comparison, held: BenchmarkAlphas) -> tuple[str, ...]:
    """Tell which alphas can be told from zero; nothing below a year, nor across a grave doubt."""
    if is_short(comparison):
        return ()
    told = [
        f"{each.symbol} {value_words(each.alpha, text.signed_percent, bold=True)} against {each.benchmark}"
        for each in held.alphas
        if each.alpha.is_clear and not any(is_grave(doubt) for doubt in each.doubts)
    ]
    return (f"Alphas a year distinguishable from zero: {', '.join(told)}.",) if told else ()


def _alpha_notes(comparison: Comparison, held: BenchmarkAlphas) -> Iterator[str]:
    """Say how the intervals came about, and why this broad market was taken."""
    lags = sorted({each.lags for each in held.alphas if each.alpha.reason is None})
    if lags:
        over = " or ".join(str(lag) for lag in lags)
        kind = frequency_words(comparison.periods)
        yield f"The intervals of alpha allow for correlation over {over} {kind} returns (Newey and West)."
    if held.broad is None:
        return
    known = {symbol: n.value for symbol, n in held.broad.r_squared.items() if n.value is not None}
    taken = held.broad.symbol
    if others := [f"{symbol} {text.ratio(value)}" for symbol, value in known.items() if symbol != taken]:
        explained = f"R² {text.ratio(known[taken])} against {', '.join(others)}"
        yield f"{taken} is the broad market here: it explains {comparison.symbols[0]} most ({explained})."


def risk_finding(comparison: Comparison) -> tuple[str, ...]:
    """Tell volatility and max drawdown, return for risk, how it moves with the benchmark."""
    sentences = (
        _figure(comparison, "volatility", "Volatility") or _few_returns(comparison),
        _figure(comparison, "max_drawdown", "Max drawdown"),
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
    return f"{head}: {', '.join(told)}{larger_words(symbols, measure, values)}."


def _ratios(comparison: Comparison) -> str:
    told = (_figure(comparison, name, text.capital(brief_label(name))) for name in ("sharpe", "sortino"))
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
