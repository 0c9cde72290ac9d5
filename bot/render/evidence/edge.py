"""Is the gap real?  The whole answer: what each window can tell of it, in words, as bars and as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain

from analytics.evidence.edge import Edge
from analytics.evidence.gaps import ALPHA, WORTH_SHARPE, EdgeRow, Verdict
from analytics.evidence.intervals import BLOCK, LEVEL, RESAMPLES, WEEKLY_BLOCK, Gap
from analytics.evidence.significance import POWER
from analytics.measures.number import Interval, Number
from analytics.notes import NoteKind
from analytics.window import REGIME
from bot.render import text
from bot.render.evidence.edge_finding import EdgeView, between, edge_chart, edge_finding, join_windows
from bot.render.limits import HEADER_TEXT
from bot.render.message import Message
from bot.render.sections.convention import SAMPLE, rate_words, source_words
from bot.render.sections.page import (
    RISK,
    SectionAnswer,
    TableLine,
    limit_sentences,
    section_message,
    table_head,
    window_title,
)

SHORT_VERDICTS = {Verdict.UNKNOWN: "cannot be known"}
"""As the table has them, whose lines name the window."""
NEARLY_SURE, LEAST_CHANCE = 0.995, 0.01
"""Beyond these two digits would say what is not so."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def edge_section(found: SectionAnswer, edge: Edge) -> Message:
    """Write the whole answer.

    edge : of the usual windows, and of the question's where it is none of them
    """
    view = EdgeView(found.comparison, edge)
    picture = edge_chart(view, edge_foot(view))
    return section_message(
        found,
        title=edge_title(view),
        finding=edge_finding(view),
        foot=edge_foot(view),
        lines=edge_lines(view),
        pictures=(picture,) if picture else (),
        remarks=(
            *_dash_reasons(view),
            *_method(view),
            *limit_sentences(found, RISK - {NoteKind.FEW_RETURNS}),
        ),
        doubts=view.all_doubts,
    )


def edge_title(view: EdgeView) -> str:
    """Write "ISCB vs SPSM · is the gap real? · to 16 Jan 2026"; of several pairs with their window."""
    if len(view.edge.pairs) != 1:
        return window_title(view.comparison, "is the gap real?")
    whole = f"{' vs '.join(view.edge.pairs[0])} · is the gap real?"
    dated = f"{whole} · to {text.day(view.comparison.span.end)}"
    return dated if len(f"{SAMPLE} · {dated}") <= HEADER_TEXT else whole


def edge_foot(view: EdgeView) -> str:
    """Write what every number rests on."""
    edge, comparison = view.edge, view.comparison
    weekly = edge.query.weekly or comparison.apart
    ratios = ", ratios from weekly returns" if weekly else ""
    spans = [row.span for row in view.shown if row.span]
    labels = (row.window.label for row in view.shown if row.span)
    since = f"since {edge.regime[1].on}" if edge.regime else REGIME
    windows = ", ".join(dict.fromkeys(since if label == REGIME else label for label in labels))
    dates = f"{spans[0].start}..{spans[0].end}" if len(set(spans)) == 1 else ""
    first = (dates if windows == dates else f"{windows} = {dates}") if dates else f"windows {windows}"
    return " · ".join(
        (
            f"daily total return{ratios}",
            rate_words(edge.query),
            *([first] if windows else []),
            source_words(edge.source, comparison.span),
        )
    )


Cells = Callable[[EdgeRow], tuple[str, ...]]


def edge_lines(view: EdgeView) -> list[TableLine]:
    """Return groups of lines with their own heads: verdict, return, Sharpe ratio, and what is not tested."""
    rows = [row for row in view.shown if not view.is_left_out(row)]
    if not rows:
        return []
    first = "Window" if len(view.edge.pairs) == 1 else f"{view.edge.pairs[0][0]} against"
    chance = "p (Holm)" if len(view.edge.pairs) > 1 else "p"
    years = f"Years for {text.ratio(WORTH_SHARPE, 1)}"
    a_year = "a year" if any(row.annualised for row in rows) else "total"
    return [
        table_head(first, "Verdict", chance, years),
        *(_line(view, row, _verdict_cells) for row in view.shown),
        table_head(f"Return, {a_year}", "Gap", "Between", "Shows from"),
        *(_line(view, row, _return_cells) for row in rows),
        table_head("Sharpe ratio", "Gap", "Between", "Shows from"),
        *(_line(view, row, _sharpe_cells) for row in rows),
        *_untested(view, rows),
        *_sure_lines(view, rows),
    ]


def _line(view: EdgeView, row: EdgeRow, cells: Cells) -> TableLine:
    name = view.return_name(row) if cells is _return_cells else view.name(row)
    if view.is_left_out(row):
        return TableLine((text.capital(name), text.NONE, text.NONE, text.NONE))
    return TableLine((text.capital(name), *cells(row))).with_doubts(view.doubts(row))


def _verdict_cells(row: EdgeRow) -> tuple[str, ...]:
    verdict = row.judgement.verdict
    chance, years = text.shown(row.adjusted.value, chance_words), text.shown(row.years.value, _whole_years)
    return (SHORT_VERDICTS.get(verdict, str(verdict)), chance, years)


def _whole_years(years: float) -> str:
    return text.count(round(years)) if years >= 1.0 else f"under{text.NBSP}1"


def chance_words(p: float) -> str:
    """Write a p value: 0.28, and never 0.00."""
    return text.ratio(p) if p >= LEAST_CHANCE else f"under{text.NBSP}0.01"


def _return_cells(row: EdgeRow) -> tuple[str, ...]:
    shows = text.shown(row.return_shows_from.value, lambda value: text.points(value).lstrip("+"))
    return (*_gap_cells(row.growth, text.points), shows)


def _sharpe_cells(row: EdgeRow) -> tuple[str, ...]:
    return (*_gap_cells(row.sharpe, text.signed_ratio), text.shown(row.shows_from.value, text.ratio))


def _gap_cells(gap: Gap, write: Callable[[float], str]) -> tuple[str, str]:
    return text.shown(gap.value.value, write), between(gap.interval, write)


def _untested(view: EdgeView, rows: Sequence[EdgeRow]) -> Iterator[TableLine]:
    """Yield Sortino ratios and deepest falls: of a pair over the window of the question."""
    measures: tuple[tuple[str, Callable[[EdgeRow], Gap], Callable[[float], str]], ...] = (
        ("Sortino ratio", lambda row: row.sortino, text.signed_ratio),
        ("Max drawdown", lambda row: row.max_drawdown, text.points),
    )
    if len(view.edge.pairs) == 1:
        asked = [row for row in view.asked if row in rows] or [rows[0]]
        yield table_head(f"Not tested, {view.window(asked[0])}", "Gap", "Between")
        for name, gap, write in measures:
            cells = (name, *_gap_cells(gap(asked[0]), write))
            yield TableLine(cells).with_doubts(view.doubts(asked[0]))
        return
    for name, gap, write in measures:
        yield table_head(f"{name}, not tested", "Gap", "Between")
        for row in rows:
            yield TableLine((row.pair[1], *_gap_cells(gap(row), write))).with_doubts(view.doubts(row))


def _sure_lines(view: EdgeView, rows: Sequence[EdgeRow]) -> list[TableLine]:
    """Return how sure it is that each fund's Sharpe ratio lies above 0; nothing where none is known."""
    tested = [row for row in rows if any(each.value is not None for each in row.sure)]
    if not tested:
        return []
    head = "Sharpe above 0, how sure"
    if len(view.edge.pairs) == 1:
        lines = [_sure_line(view, row) for row in tested]
        return [table_head(head, *view.edge.pairs[0], "Returns"), *lines]
    by_fund = dict(chain.from_iterable(zip(row.pair, row.sure, strict=True) for row in tested))
    about = [doubt for row in tested for doubt in view.doubts(row)]
    return [
        table_head(head, "Sure"),
        *(
            TableLine((symbol, text.shown(sure.value, _sureness))).with_doubts(
                [doubt for doubt in about if doubt.symbol == symbol]
            )
            for symbol, sure in by_fund.items()
        ),
    ]


def _sure_line(view: EdgeView, row: EdgeRow) -> TableLine:
    """Return a window's line; how many returns there are rests on no price."""
    cells = (text.capital(view.window(row)), *(text.shown(each.value, _sureness) for each in row.sure))
    return TableLine((*cells, text.count(row.returns))).with_doubts(view.doubts(row), last=len(row.sure))


def _sureness(share: float) -> str:
    if share > NEARLY_SURE:
        return f"over{text.NBSP}99{text.NBSP}%"
    return text.percent(share, 0)


def _dash_reasons(view: EdgeView) -> Iterator[str]:
    """Yield why lines, or parts of them, are dashes, each reason once."""
    reasons: dict[str, list[str]] = {}
    for row in view.shown:
        if words := "; ".join(_reasons_of(view, row)):
            reasons.setdefault(_dated(words), []).append(view.name(row))
    for words, names in reasons.items():
        yield f"{text.capital(join_windows(names))}: {words}."


def _reasons_of(view: EdgeView, row: EdgeRow) -> Sequence[str]:
    if row.span is None:
        return (row.judgement.reason,)
    if view.is_left_out(row):
        return ("no return across a price that looks wrong",)
    numbers = (row.growth.value, row.sharpe.value, row.sortino.value, row.adjusted, row.return_shows_from)
    found: tuple[Number | Interval, ...] = (*numbers, row.sharpe.interval, row.sortino.interval)
    return tuple(dict.fromkeys(each.reason for each in found if each.reason))


def _dated(words: str) -> str:
    """Write the dates in a sentence as people read them."""
    return _ISO.sub(lambda day: text.day(date.fromisoformat(day[0])), words)


def _method(view: EdgeView) -> Iterator[str]:
    """Yield how the figures come about, and which change of index a window begins with."""
    rows = [row for row in view.shown if not view.is_left_out(row)]
    if rows:
        one = view.edge.pairs[0][0]
        yield f"Above 0 {one} is ahead: its ratio is higher, its max drawdown less deep."
        yield between_words(weekly=view.edge.query.weekly or view.comparison.apart)
    if any(row.p.value is not None for row in rows):
        several = f"; for {len(rows)} pairs together (Holm)" if len(view.edge.pairs) > 1 else ""
        yield (
            f"p: how often chance alone makes such a gap in Sharpe ratio (Ledoit-Wolf){several}; "
            f"it is the one test here, met below {text.ratio(ALPHA)}."
        )
        yield (
            f"Shows from: what such a window shows in 8 of 10 cases ({text.ratio(POWER)} standard errors); "
            f"years for {text.ratio(WORTH_SHARPE, 1)}: how long it has to be for a gap of that size. "
            "More: explain edge."
        )
    if view.edge.regime and view.edge.pairs:
        symbol, change = view.edge.regime
        yield (
            f"Since {text.day(change.on)}: that day {symbol} turned to its index of today, {change.to}, the "
            "last of them to do so."
        )
    elif len(view.edge.pairs) == 1:
        names, end = " or ".join(view.edge.pairs[0]), text.day(view.comparison.span.end)
        yield f"No change of index of {names} is known up to {end}: no window begins with one."


def between_words(*, weekly: bool) -> str:
    """Say how an interval comes about."""
    weeks = f", {WEEKLY_BLOCK} weeks for ratios of weekly returns" if weekly else ""
    return (
        f"Between: {text.percent(LEVEL, 0)} of {text.count(RESAMPLES)} drawings of the same sessions lie "
        f"there, taken in blocks of {BLOCK} sessions on average{weeks} (stationary bootstrap)."
    )
