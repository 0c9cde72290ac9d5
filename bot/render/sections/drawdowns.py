"""When funds fell: the deepest episodes, and each fund's fall in them with its dates and recovery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from analytics.comparison import Comparison
from analytics.measures.drawdowns import Drawdown, Episode
from analytics.panel import Doubt
from bot.render import chart_text, text
from bot.render.chart_specs import UnderwaterChart, join_lines
from bot.render.doubts import alt_text, explain_marks, marks
from bot.render.measures import larger_words
from bot.render.message import Message
from bot.render.sections.comparison import max_drawdown_words
from bot.render.sections.convention import source_words, window_words
from bot.render.sections.doubtful import without_doubtful_funds
from bot.render.sections.page import (
    WINDOW,
    SectionAnswer,
    TableLine,
    limit_sentences,
    section_message,
    table_head,
    versus,
    window_title,
)
from bot.render.values import MOST_TALL

NEAR = 0.0005
"""A smaller drawdown is none: a fund in it is said to be at its high."""
MOST_EPISODES, FEWEST_EPISODES = 5, 3
"""Episodes shown of up to three funds, and of more."""


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
    """Tell the two deepest episodes, a max drawdown that is in none of them, the drawdowns of today."""
    shown = _shown(comparison)
    calm = [symbol for symbol in comparison.symbols if not comparison.falls[symbol]]
    sentences = (
        f"Deepest: {_episode_sentence(comparison, shown[0])}" if shown else "",
        f"Then {_episode_sentence(comparison, shown[1])}" if len(shown) > 1 else "",
        _max_drawdowns(comparison),
        f"{text.join_words(calm)} never fell below the value at the start or a later high." if calm else "",
        _current_drawdowns(comparison),
    )
    return tuple(sentence for sentence in sentences if sentence)


def drawdowns_foot(comparison: Comparison) -> str:
    """Write what every number rests on."""
    query, span = comparison.query, comparison.span
    return " · ".join(
        (
            "daily closes, total return",
            "falls from the highest close before them",
            window_words(query, span),
            source_words(comparison.source, span),
        )
    )


def drawdowns_lines(comparison: Comparison) -> list[TableLine]:
    """Return a group of lines an episode, the deepest first, a line a fund; then the max drawdowns that are
    in none of them.
    """
    lines = []
    for episode in _shown(comparison):
        lines.append(table_head(_months(episode.start, episode.end), "Fall", "High to low", "Recovered"))
        lines += [
            _line(comparison, symbol, fall)
            for symbol, fall in zip(comparison.symbols, episode.falls, strict=True)
        ]
    others = _falls_between_episodes(comparison)
    if others:
        lines.append(table_head("Max drawdown", "Fall", "High to low", "Recovered"))
        lines += [_line(comparison, symbol, fall) for symbol, fall in others.items()]
    return lines


def _shown(comparison: Comparison) -> tuple[Episode, ...]:
    most = MOST_EPISODES if len(comparison.symbols) <= MOST_TALL else FEWEST_EPISODES
    return comparison.episodes[:most]


def _falls_between_episodes(comparison: Comparison) -> dict[str, Drawdown]:
    """Find the max drawdowns that are in no episode shown: the longest ones may have been parted."""
    found = {}
    for row, symbol in enumerate(comparison.symbols):
        told = [fall.depth for episode in _shown(comparison) if (fall := episode.falls[row])]
        deepest = comparison.falls[symbol]
        if deepest and min(told, default=0.0) - deepest[0].depth >= NEAR:
            found[symbol] = deepest[0]
    return found


def _doubts(comparison: Comparison, *symbols: str) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in comparison.doubts if doubt.symbol in symbols)


def _line(comparison: Comparison, symbol: str, fall: Drawdown | None) -> TableLine:
    if fall is None:
        return TableLine((symbol, "no fall"))
    cells = (symbol, chart_text.fall(fall.depth), _days(fall.peak, fall.trough), _recovered(fall))
    return TableLine(cells).with_doubts(_doubts(comparison, symbol), last=1)


def _recovered(fall: Drawdown) -> str:
    return "not yet" if fall.recovery is None else text.day(fall.recovery)


def _days(first: date, last: date) -> str:
    """Write "21 Jan to 8 Apr 2025": the year once where it is the same."""
    start = chart_text.day(first).replace(" ", text.NBSP) if first.year == last.year else text.day(first)
    return f"{start} to {text.day(last)}"


def _months(first: date, last: date) -> str:
    """Write "Jan to Apr 2025", "Nov 2021 to Sep 2022" or "Apr 2025"."""
    start, end = chart_text.month(first), chart_text.month(last)
    if start == end:
        return end
    return f"{start.partition(' ')[0] if first.year == last.year else start} to {end}"


def _episode_sentence(comparison: Comparison, episode: Episode) -> str:
    """Write an episode with the fall of each fund, of many the deepest and the mildest."""
    pairs = zip(comparison.symbols, episode.falls, strict=True)
    falls = {symbol: fall for symbol, fall in pairs if fall}
    months = _months(episode.start, episode.end)
    if len(falls) > MOST_TALL:
        ranked = sorted(falls, key=lambda symbol: falls[symbol].depth)
        told = [f"{symbol} *{chart_text.fall(falls[symbol].depth)}*" for symbol in (ranked[0], ranked[-1])]
        return f"{months}, from {told[0]} to {told[1]}."
    told = [f"{symbol} *{chart_text.fall(fall.depth)}* ({_after(fall)})" for symbol, fall in falls.items()]
    depths = [fall.depth if fall else None for fall in episode.falls]
    return f"{months}, {text.join_words(told)}{larger_words(comparison.symbols, 'max_drawdown', depths)}."


def _after(fall: Drawdown) -> str:
    return "not recovered" if fall.recovery is None else f"recovered {text.day(fall.recovery)}"


def _max_drawdowns(comparison: Comparison) -> str:
    others = _falls_between_episodes(comparison)
    told = [
        f"{symbol} *{chart_text.fall(fall.depth)}* from {_days(fall.peak, fall.trough)}"
        for symbol, fall in others.items()
    ]
    return f"Max drawdown: {', '.join(told)}." if told else ""


def _current_drawdowns(comparison: Comparison) -> str:
    last = dict(zip(comparison.symbols, comparison.drawdown[:, -1], strict=True))
    below = {symbol: float(value) for symbol, value in last.items() if value < -NEAR}
    day = text.day(comparison.span.end)
    if not below:
        known = any(np.isfinite(value) for value in last.values())
        who = comparison.symbols[0] if len(last) == 1 else "all of them"
        verb = "is at its high" if len(last) == 1 else "are at their highs"
        return f"On {day} {who} {verb}." if known else ""
    told = [f"{symbol} {text.percent(value)}" for symbol, value in below.items()]
    rest = [symbol for symbol in last if symbol not in below]
    high = f", {text.join_words(rest)} at the high" if rest else ""
    return f"Drawdown on {day}: {', '.join(told)}{high}."


def _chart(comparison: Comparison, kept: Comparison | None) -> UnderwaterChart:
    """Make the chart.  kept : the funds that can be told of."""
    span, falls, episodes = comparison.span, comparison.falls, _shown(comparison)
    shaded = "; shaded: the episodes of the table" if episodes else ""
    shown = f"Total return, {text.day(span.start)} to {text.day(span.end)}{shaded}"
    said = max_drawdown_words(kept) if kept else ""
    doubts = _doubts(comparison, *comparison.symbols)
    return UnderwaterChart(
        title=said if said and not doubts else f"{versus(comparison.symbols)}: drawdowns",
        subtitle=explain_marks(shown, comparison.doubts, comparison.symbols),
        footer=drawdowns_foot(comparison),
        alt=alt_text(_alt(kept, said) if kept else (), doubts, simulated=comparison.simulated),
        symbols=comparison.symbols,
        sessions=comparison.sessions,
        drawdowns=join_lines(comparison.drawdown, comparison.sessions),
        worst=tuple(_point(falls[symbol]) for symbol in comparison.symbols),
        episodes=tuple((episode.start, episode.end) for episode in episodes),
        marks=marks(comparison.doubts, comparison.symbols),
        simulated=comparison.simulated,
    )


def _alt(comparison: Comparison, said: str) -> Iterator[str]:
    yield f"{said}." if said else f"{text.join_words(comparison.symbols)} never fell."
    if episodes := _shown(comparison):
        yield f"Deepest episode: {_months(episodes[0].start, episodes[0].end)}."


def _point(falls: Sequence[Drawdown]) -> tuple[date, float] | None:
    return (falls[0].trough, falls[0].depth) if falls else None
