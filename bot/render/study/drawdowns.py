"""The deepest falls of each fund: how deep, from when to when, and whether it came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from analytics.measures.drawdowns import Drawdown
from analytics.panel import Doubt
from bot.render import text
from bot.render.charts import numbers
from bot.render.comparison.convention import source, window
from bot.render.comparison.doubtful import trusted
from bot.render.comparison.finding import plain
from bot.render.doubts import explain_marks, marks, warn
from bot.render.message import Message
from bot.render.section_chart_specs import UnderwaterChart, join_lines
from bot.render.study.found import SectionAnswer
from bot.render.study.page import UPRIGHT, TableLine, head, names, page
from bot.render.study.parts.priced import WINDOW, limits, titled

NEAR = 0.0005
"""Below the high by less, a fund is said to be at it."""


def drawdowns(found: SectionAnswer) -> Message:
    """The whole answer; falls are daily whatever returns the question is of."""
    comparison = found.comparison
    kept = trusted(comparison)
    return page(
        found,
        title=titled(comparison, "drawdowns"),
        finding=finding(kept) if kept else (),
        foot=foot(comparison),
        lines=lines(comparison),
        pictures=(_picture(comparison, kept),),
        remarks=limits(found, WINDOW, comparison.span.start),
        doubts=_doubts(comparison, *comparison.symbols),
    )


def finding(comparison: Comparison) -> tuple[str, ...]:
    """The worst fall of each, of many funds the deepest and the mildest; how far below the high they are."""
    worst = {symbol: falls[0] for symbol, falls in comparison.falls.items() if falls}
    calm = [symbol for symbol in comparison.symbols if symbol not in worst]
    never = f"{text.listed(calm)} never fell below the value at the start or a later high." if calm else ""
    sentences = (*_worst(worst, comparison.span.end), never, _now(comparison))
    return tuple(sentence for sentence in sentences if sentence)


def foot(comparison: Comparison) -> str:
    """What every number rests on."""
    question, span = comparison.question, comparison.span
    return " · ".join(
        (
            "daily closes, total return",
            "falls from the highest value since the first close",
            window(question, span),
            source(comparison.source, span),
        )
    )


def lines(comparison: Comparison) -> list[TableLine]:
    """A line a fall: the funds in their order, the deepest first."""
    falls = [(symbol, fall) for symbol in comparison.symbols for fall in comparison.falls[symbol]]
    if not falls:
        return []
    shown = [_line(*fall).with_doubts(_doubts(comparison, fall[0]), last=1) for fall in falls]
    return [head("Fund", "Fall", "High to low", "Recovered"), *shown]


def _doubts(comparison: Comparison, *symbols: str) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in comparison.doubts if doubt.symbol in symbols)


def _line(symbol: str, fall: Drawdown) -> TableLine:
    days = fall.days_up
    recovered = "not recovered" if fall.recovery is None else f"{text.day(fall.recovery)}, {_days(days or 0)}"
    down = f"{text.day(fall.peak)} to {text.day(fall.trough)}, {_days(fall.days_down)}"
    return TableLine((symbol, numbers.fall(fall.depth), down, recovered))


def _days(count: int) -> str:
    return f"{text.count(count)}{text.NBSP}day{'' if count == 1 else 's'}"


def _worst(worst: dict[str, Drawdown], end: date) -> Sequence[str]:
    if len(worst) <= UPRIGHT:
        return [f"{symbol}'s worst fall was {_told(fall, end)}." for symbol, fall in worst.items()]
    ranked = sorted(worst.items(), key=lambda item: item[1].depth)
    (deep, deepest), (mild, mildest) = ranked[0], ranked[-1]
    return [
        f"Of the worst falls {deep}'s was the deepest: {_told(deepest, end)}.",
        f"{mild}'s was the mildest: {_told(mildest, end)}.",
    ]


def _told(fall: Drawdown, end: date) -> str:
    after = "not recovered" if fall.recovery is None else f"recovered on {text.day(fall.recovery)}"
    until = f" by {text.day(end)}" if fall.recovery is None else ""
    return (
        f"*{numbers.fall(fall.depth)}* from {text.day(fall.peak)} to {text.day(fall.trough)}, {after}{until}"
    )


def _now(comparison: Comparison) -> str:
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
    high = f", {text.listed(rest)} at the high" if rest else ""
    return f"Below the high on {day}: {', '.join(told)}{high}."


def _picture(comparison: Comparison, kept: Comparison | None) -> UnderwaterChart:
    """kept : the funds that can be told of."""
    span, falls = comparison.span, comparison.falls
    sample = "Sample data. " if comparison.simulated else ""
    doubtful = warn(_doubts(comparison, *comparison.symbols), span.days)
    said = plain((*doubtful, *(finding(kept) if kept else ())))
    shown = f"{text.day(span.start)} to {text.day(span.end)}, total return; the worst falls are dated"
    return UnderwaterChart(
        title=f"{names(comparison.symbols)}: drawdowns",
        subtitle=explain_marks(shown, comparison.doubts, comparison.symbols),
        footer=foot(comparison),
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
