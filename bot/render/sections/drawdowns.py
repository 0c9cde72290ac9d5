"""The deepest falls of each fund: how deep, from when to when, and whether it came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from analytics.measures.drawdowns import Drawdown
from analytics.panel import Doubt
from bot.render import chart_text, text
from bot.render.chart_specs import UnderwaterChart, join_lines
from bot.render.doubts import explain_marks, marks, warn
from bot.render.message import Message
from bot.render.sections.convention import source_words, window_words
from bot.render.sections.doubtful import without_doubtful_funds
from bot.render.sections.finding import plain_finding
from bot.render.sections.page import (
    MOST_TALL,
    WINDOW,
    SectionAnswer,
    TableLine,
    limit_sentences,
    section_message,
    table_head,
    versus,
    window_title,
)

NEAR = 0.0005
"""Below the high by less, a fund is said to be at it."""


def drawdowns_section(found: SectionAnswer) -> Message:
    """Write the whole answer; falls are daily whatever returns the question is of."""
    comparison = found.comparison
    kept = without_doubtful_funds(comparison)
    return section_message(
        found,
        title=window_title(comparison, "drawdowns"),
        finding=drawdowns_finding(kept) if kept else (),
        foot=drawdowns_foot(comparison),
        lines=drawdowns_lines(comparison),
        pictures=(_chart(comparison, kept),),
        remarks=limit_sentences(found, WINDOW, comparison.span.start),
        doubts=_doubts(comparison, *comparison.symbols),
    )


def drawdowns_finding(comparison: Comparison) -> tuple[str, ...]:
    """Tell the worst fall of each, of many funds the deepest and the mildest; how far below the high
    they are.
    """
    worst = {symbol: falls[0] for symbol, falls in comparison.falls.items() if falls}
    calm = [symbol for symbol in comparison.symbols if symbol not in worst]
    never = (
        f"{text.join_words(calm)} never fell below the value at the start or a later high." if calm else ""
    )
    sentences = (*_worst(worst, comparison.span.end), never, _current_falls(comparison))
    return tuple(sentence for sentence in sentences if sentence)


def drawdowns_foot(comparison: Comparison) -> str:
    """Write what every number rests on."""
    query, span = comparison.query, comparison.span
    return " · ".join(
        (
            "daily closes, total return",
            "falls from the highest value since the first close",
            window_words(query, span),
            source_words(comparison.source, span),
        )
    )


def drawdowns_lines(comparison: Comparison) -> list[TableLine]:
    """Return a line a fall: the funds in their order, the deepest first."""
    falls = [(symbol, fall) for symbol in comparison.symbols for fall in comparison.falls[symbol]]
    if not falls:
        return []
    shown = [_line(*fall).with_doubts(_doubts(comparison, fall[0]), last=1) for fall in falls]
    return [table_head("Fund", "Fall", "High to low", "Recovered"), *shown]


def _doubts(comparison: Comparison, *symbols: str) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in comparison.doubts if doubt.symbol in symbols)


def _line(symbol: str, fall: Drawdown) -> TableLine:
    days = fall.days_up
    recovered = "not recovered" if fall.recovery is None else f"{text.day(fall.recovery)}, {_days(days or 0)}"
    down = f"{text.day(fall.peak)} to {text.day(fall.trough)}, {_days(fall.days_down)}"
    return TableLine((symbol, chart_text.fall(fall.depth), down, recovered))


def _days(count: int) -> str:
    return f"{text.count(count)}{text.NBSP}day{'' if count == 1 else 's'}"


def _worst(worst: dict[str, Drawdown], end: date) -> Sequence[str]:
    if len(worst) <= MOST_TALL:
        return [f"{symbol}'s worst fall was {_fall_words(fall, end)}." for symbol, fall in worst.items()]
    ranked = sorted(worst.items(), key=lambda item: item[1].depth)
    (deep, deepest), (mild, mildest) = ranked[0], ranked[-1]
    return [
        f"Of the worst falls {deep}'s was the deepest: {_fall_words(deepest, end)}.",
        f"{mild}'s was the mildest: {_fall_words(mildest, end)}.",
    ]


def _fall_words(fall: Drawdown, end: date) -> str:
    after = "not recovered" if fall.recovery is None else f"recovered on {text.day(fall.recovery)}"
    until = f" by {text.day(end)}" if fall.recovery is None else ""
    span = f"from {text.day(fall.peak)} to {text.day(fall.trough)}"
    return f"*{chart_text.fall(fall.depth)}* {span}, {after}{until}"


def _current_falls(comparison: Comparison) -> str:
    last = dict(zip(comparison.symbols, comparison.drawdown[:, -1], strict=True))
    below = {symbol: float(value) for symbol, value in last.items() if value < -NEAR}
    day = text.day(comparison.span.end)
    if not below:
        known = any(np.isfinite(value) for value in last.values())
        who = comparison.symbols[0] if len(last) == 1 else "all of them"
        verb = "is at its high" if len(last) == 1 else "are at their highs"
        return f"On {day} {who} {verb}." if known else ""
    told = [f"{symbol} {text.percent(-value)}" for symbol, value in below.items()]
    rest = [symbol for symbol in last if symbol not in below]
    high = f", {text.join_words(rest)} at the high" if rest else ""
    return f"Below the high on {day}: {', '.join(told)}{high}."


def _chart(comparison: Comparison, kept: Comparison | None) -> UnderwaterChart:
    """Make the chart.  kept : the funds that can be told of."""
    span, falls = comparison.span, comparison.falls
    sample = "Sample data. " if comparison.simulated else ""
    doubtful = warn(_doubts(comparison, *comparison.symbols), span.days)
    said = plain_finding((*doubtful, *(drawdowns_finding(kept) if kept else ())))
    shown = f"{text.day(span.start)} to {text.day(span.end)}, total return; the worst falls are dated"
    return UnderwaterChart(
        title=f"{versus(comparison.symbols)}: drawdowns",
        subtitle=explain_marks(shown, comparison.doubts, comparison.symbols),
        footer=drawdowns_foot(comparison),
        alt=f"{sample}Falls below the high. {said}",
        symbols=comparison.symbols,
        sessions=comparison.sessions,
        drawdowns=join_lines(comparison.drawdown, comparison.sessions),
        worst=tuple(_point(falls[symbol]) for symbol in comparison.symbols),
        marks=marks(comparison.doubts, comparison.symbols),
        simulated=comparison.simulated,
    )


def _point(falls: Sequence[Drawdown]) -> tuple[date, float] | None:
    return (falls[0].trough, falls[0].depth) if falls else None
