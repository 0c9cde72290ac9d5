"""Every measure of risk, and of return for risk, with what is not defined and why."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.comparison import Comparison
from bot.render import text
from bot.render.comparison.convention import convention, frequency
from bot.render.comparison.dashes import footnotes
from bot.render.comparison.doubtful import certain, measure_columns, measure_doubts, trusted
from bot.render.comparison.material import alike
from bot.render.comparison.rows import Row
from bot.render.comparison.values import absolute, extremes, is_short, known, relative
from bot.render.message import Message
from bot.render.study.found import Found
from bot.render.study.page import Line, page
from bot.render.study.parts.layout import PAIR, Show, laid, row
from bot.render.study.parts.measured import Figure, measure_rows, undefined
from bot.render.study.parts.priced import RISK, limits, titled

TOLD = 3
"""Most funds of which every figure stands in the finding; of more the range is told."""

OWN = (
    Figure("volatility", "Volatility, a year", text.percent, text.points),
    Figure("volatility_monthly", "Volatility, monthly", text.percent, text.points),
    Figure("downside_deviation", "Downside deviation, a year", text.percent, text.points),
    Figure("max_drawdown", "Max drawdown", text.percent, text.points),
    Figure("drawdown", "Current drawdown", text.percent, text.points),
    Figure("time_under_water", "Time under water", text.percent, text.points),
    Figure("ulcer", "Ulcer index", text.percent, text.points),
    Figure("var_95", "VaR 95, a {period}", text.percent, text.points),
    Figure("cvar_95", "CVaR 95, a {period}", text.percent, text.points),
    Figure("skewness", "Skewness", text.ratio, text.signed_ratio),
    Figure("kurtosis", "Excess kurtosis", text.ratio, text.signed_ratio),
    Figure("sharpe", "Sharpe", text.ratio, text.signed_ratio),
    Figure("sortino", "Sortino", text.ratio, text.signed_ratio),
    Figure("omega", "Omega", text.ratio, text.signed_ratio),
    Figure("calmar", "Calmar", text.ratio, text.signed_ratio),
    Figure("martin", "Martin", text.ratio, text.signed_ratio),
)
HELD = (
    Figure("beta", "Beta", text.ratio),
    Figure("r_squared", "R²", text.correlation),
    Figure("alpha", "Alpha, a year", text.percent),
    Figure("tracking_error", "Tracking error, a year", text.percent),
    Figure("tracking_error_weekly", "Tracking error, weekly", text.percent),
    Figure("information_ratio", "Information ratio", text.ratio),
    Figure("correlation", "Correlation", text.correlation),
    Figure("correlation_weekly", "Correlation, weekly", text.correlation),
    Figure("capture_up", "Upside capture", text.ratio),
    Figure("capture_down", "Downside capture", text.ratio),
)
TWICE = frozenset({"tracking_error_weekly", "correlation_weekly"})
"""Left out where every figure is weekly: they would stand there twice."""
DAILY = (
    "Falls, and what is divided by them, are from daily closes; captures and the monthly volatility are from "
    "monthly ones."
)


def risk(found: Found) -> Message:
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
        _figure(comparison, "volatility", "Volatility", text.percent, text.points) or _few(comparison),
        _figure(comparison, "max_drawdown", "Worst fall", text.percent, text.points),
        "" if is_short(comparison) else _ratios(comparison),
        _against(comparison),
    )
    return tuple(sentence for sentence in sentences if sentence)


def lines(comparison: Comparison) -> list[Line]:
    """Each fund's own figures, then those against the benchmark."""
    symbols, against = comparison.symbols, comparison.question.against
    held = [symbol for symbol in symbols if symbol in comparison.relative]
    own = measure_rows(comparison, OWN)
    others = [_relative(comparison, figure, held) for figure in (_held(comparison) if held else ())]
    return [*laid("Risk", symbols, own), *laid(f"Against {against}", held, others)]


def _relative(comparison: Comparison, figure: Figure, held: Sequence[str]) -> Row:
    values = [comparison.relative[symbol][figure.measure].value for symbol in held]
    doubtful = {comparison.symbols[at] for at in measure_columns(comparison, figure.measure)}
    captures = figure.measure.startswith("capture")
    label = f"{figure.label}, weekly" if comparison.apart and not captures else figure.label
    return row(label, values, figure.show).with_doubts(
        [at for at, symbol in enumerate(held) if symbol in doubtful],
        measure_doubts(comparison, figure.measure),
    )


def _held(comparison: Comparison) -> tuple[Figure, ...]:
    weekly = comparison.question.weekly or comparison.apart
    return tuple(figure for figure in HELD if not (weekly and figure.measure in TWICE))


def _figure(comparison: Comparison, measure: str, label: str, show: Show, gap: Show) -> str:
    """ "Volatility: ISCB *22.3 %*, SPSM *22.5 %*, much the same."."""
    values, symbols = absolute(comparison, measure), comparison.symbols
    if not known(values):
        return ""
    if len(symbols) > TOLD and (ends := extremes(symbols, values)):
        low, high = reversed(ends) if measure == "max_drawdown" else ends
        return f"{label}: from *{show(low[1])}* ({low[0]}) to *{show(high[1])}* ({high[0]})."
    told = [
        f"{symbol} *{show(value)}*"
        for symbol, value in zip(symbols, values, strict=True)
        if value is not None
    ]
    return f"{label}: {', '.join(told)}{_verdict(symbols, measure, values, gap)}."


def _verdict(symbols: Sequence[str], measure: str, values: Sequence[float | None], gap: Show) -> str:
    """Of a pair: much the same, or whose is larger by how much."""
    if len(symbols) != PAIR or len(both := known(values)) != PAIR:
        return ""
    if alike(measure, both):
        return ", much the same"
    size = gap(abs(both[0] - both[1])).lstrip("+")
    words = "deeper" if measure == "max_drawdown" else "higher"
    larger = symbols[0] if _size(measure, both[0]) > _size(measure, both[1]) else symbols[1]
    return f": {larger}'s is {size} {words}"


def _size(measure: str, value: float) -> float:
    return abs(value) if measure == "max_drawdown" else value


def _ratios(comparison: Comparison) -> str:
    sharpe = _figure(comparison, "sharpe", "Sharpe", text.ratio, text.signed_ratio)
    sortino = _figure(comparison, "sortino", "Sortino", text.ratio, text.signed_ratio)
    return " ".join(part for part in (sharpe, sortino) if part)


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
    kinds = (
        ("beta", "beta", text.ratio, ""),
        ("tracking_error", "tracking error", text.percent, " a year"),
        ("correlation", "correlation", text.correlation, ""),
    )
    told = [
        f"{words} {show(value)}{unit}"
        for name, words, show, unit in kinds
        if numbers and (value := numbers[name].value) is not None
    ]
    return f"{symbol} has {text.listed(told)}" if told else ""


def _few(comparison: Comparison) -> str:
    count = comparison.returns
    returns = f"{text.count(count)} {frequency(comparison.periods)} return{'' if count == 1 else 's'}"
    return f"Volatility and the ratios are not defined on {returns}."
