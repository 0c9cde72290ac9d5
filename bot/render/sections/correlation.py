"""How closely every two funds move together, by days and by weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import isfinite

import numpy as np

from analytics.align import MINIMUM_RETURNS
from analytics.correlations import CorrelationMatrix
from analytics.measures.registry import FEWEST, Every
from analytics.notes import NoteKind
from analytics.panel import Doubt
from bot.render import text
from bot.render.chart_specs import MatrixChart
from bot.render.doubts import alt_text, explain_marks, is_grave
from bot.render.message import Message
from bot.render.sections.convention import rate_words, source_words, window_words
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
from bot.render.values import PAIR

KINDS = WINDOW | {NoteKind.RATE_GAP}
CLOSE = 0.02
"""Daily and weekly correlations that differ by less are told as much the same."""


@dataclass(frozen=True)
class Pair:
    """Two funds and their correlations, None where one is not known."""

    symbols: tuple[str, str]
    daily: float | None
    weekly: float | None

    @property
    def names(self) -> str:
        """ "ISCB and SPSM"."""
        return " and ".join(self.symbols)

    @property
    def gap(self) -> float | None:
        """Weekly less daily, None where one is not known."""
        return None if self.daily is None or self.weekly is None else self.weekly - self.daily


def correlation_section(found: SectionAnswer, correlated: CorrelationMatrix) -> Message:
    """Write the whole answer; from three funds on with a picture."""
    doubts = tuple(doubt for doubt in found.comparison.doubts if doubt.symbol in correlated.symbols)
    kept = _without_doubtful_symbols(correlated, doubts)
    said = correlation_finding(kept, apart=found.comparison.apart) if kept else ()
    picture = _chart(correlated, doubts, said)
    return section_message(
        found,
        title=window_title(found.comparison, "correlation"),
        finding=said,
        foot=correlation_foot(correlated),
        lines=correlation_lines(correlated, doubts),
        pictures=(picture,) if picture else (),
        remarks=(*limit_sentences(found, KINDS, correlated.span.start), *_missing_reasons(correlated)),
        doubts=doubts,
    )


def _without_doubtful_symbols(
    correlated: CorrelationMatrix, doubts: Sequence[Doubt]
) -> CorrelationMatrix | None:
    """Drop the symbols of which nothing can be relied on; None where that leaves no two of several."""
    grave = {doubt.symbol for doubt in doubts if is_grave(doubt)}
    rows = [at for at, symbol in enumerate(correlated.symbols) if symbol not in grave]
    if grave and len(rows) < PAIR:
        return None
    square = np.ix_(rows, rows)
    return replace(
        correlated,
        symbols=tuple(correlated.symbols[at] for at in rows),
        daily=correlated.daily[square],
        weekly=correlated.weekly[square],
    )


def correlation_finding(correlated: CorrelationMatrix, *, apart: bool = False) -> tuple[str, ...]:
    """Tell of a pair both figures and how they differ; of more the closest and the loosest two, by days.

    apart : the exchanges close hours apart, so that by days they seem to move less together than they do
    """
    found = fund_pairs(correlated)
    daily = [pair for pair in found if pair.daily is not None]
    if not found:
        return ("A correlation is one of two funds: name another to hold it against, e.g. vs SPY.",)
    if apart:
        return _by_weeks(correlated, found)
    if not daily:
        return (f"No correlation is known on {text.count(correlated.returns)} daily returns.",)
    if len(found) == 1:
        return (_both(daily[0]),)
    return (_ends({pair: pair.daily for pair in daily if pair.daily is not None}, "days"), _widest(daily))


def _by_weeks(correlated: CorrelationMatrix, found: Sequence[Pair]) -> tuple[str, ...]:
    """Tell weekly figures of funds that close hours apart, and why the daily ones are none to tell of."""
    mislead = "since the exchanges close hours apart"
    weekly = {pair: pair.weekly for pair in found if pair.weekly is not None}
    if not weekly:
        return (
            f"No correlation is known on {text.count(correlated.weeks)} weekly returns; daily ones mislead, "
            f"{mislead}.",
        )
    if len(found) > 1:
        return (_ends(weekly, "weeks"), f"By days they seem lower than they are, {mislead}.")
    ((pair, value),) = weekly.items()
    daily = f"; the daily one ({text.correlation(pair.daily)}) misleads" if pair.daily is not None else ""
    return (f"{pair.names}: weekly correlation *{text.correlation(value)}*{daily}, {mislead}.",)


def correlation_foot(correlated: CorrelationMatrix) -> str:
    """Write what every number rests on."""
    query, span = correlated.query, correlated.span
    counts = f"{correlated.returns:,} daily and {correlated.weeks:,} weekly returns"
    return " · ".join(
        (
            "total return, daily and weekly",
            rate_words(query),
            f"{window_words(query, span)} ({counts})",
            source_words(correlated.source, span),
        )
    )


def correlation_lines(correlated: CorrelationMatrix, doubts: Sequence[Doubt] = ()) -> list[TableLine]:
    """Return a line a pair, the closest first; nothing where nothing is known.  doubts : about any of the
    symbols
    """
    found = [pair for pair in fund_pairs(correlated) if pair.daily is not None or pair.weekly is not None]
    ranked = sorted(found, key=lambda pair: -(pair.daily if pair.daily is not None else -1.0))
    if not ranked:
        return []
    about = {pair: tuple(each for each in doubts if each.symbol in pair.symbols) for pair in ranked}
    shown = [_line(pair).with_doubts(about[pair]) for pair in ranked]
    return [table_head("Funds", "Daily", "Weekly", "Weekly - daily"), *shown]


def fund_pairs(correlated: CorrelationMatrix) -> tuple[Pair, ...]:
    """Return every two of the symbols, in their order."""
    return tuple(
        Pair(
            (one, other),
            _finite(correlated.between(one, other)),
            _finite(correlated.between(one, other, weekly=True)),
        )
        for one, other in combinations(correlated.symbols, PAIR)
    )


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _line(pair: Pair) -> TableLine:
    cells = [text.shown(each, text.correlation) for each in (pair.daily, pair.weekly)]
    gap = text.shown(pair.gap, text.signed_ratio)
    return TableLine((pair.names, *cells, gap))


def _both(pair: Pair) -> str:
    daily = f"{pair.names}: daily correlation *{text.correlation(pair.daily or 0.0)}*"
    if pair.weekly is None or pair.gap is None:
        return f"{daily}; the weekly one is not known."
    weekly = f"{daily}, weekly *{text.correlation(pair.weekly)}*"
    if abs(pair.gap) < CLOSE:
        return f"{weekly}: much the same by days and by weeks."
    size = text.ratio(abs(pair.gap))
    return f"{weekly}: by weeks they move {_many_finding(pair.gap)} closely together, by {size}."


def _many_finding(gap: float) -> str:
    return "more" if gap > 0 else "less"


def _ends(values: Mapping[Pair, float], by: str) -> str:
    """Return the closest and the loosest two, by "days" or by "weeks"."""
    ranked = sorted(values, key=lambda pair: values[pair])
    low, high = ranked[0], ranked[-1]
    if values[high] - values[low] < CLOSE:
        ends = dict.fromkeys(text.correlation(values[pair]) for pair in (low, high))
        return f"By {by} all pairs are much the same (*{'* to *'.join(ends)}*)."
    closest = f"{high.names} move closest together (*{text.correlation(values[high])}*)"
    return f"By {by} {closest}, {low.names} least (*{text.correlation(values[low])}*)."


def _widest(daily: Sequence[Pair]) -> str:
    """Return the pair whose weekly figure differs most from the daily one."""
    both = [pair for pair in daily if pair.gap is not None]
    if not both:
        return "By weeks none of the correlations is known."
    pair = max(both, key=lambda each: abs(each.gap or 0.0))
    gap = pair.gap or 0.0
    if abs(gap) < CLOSE:
        return f"By weeks every correlation is within {text.ratio(CLOSE)} of the daily one."
    figures = f"{text.correlation(pair.weekly or 0.0)} against {text.correlation(pair.daily or 0.0)}"
    return f"Weekly and daily differ most for {pair.names} ({figures})."


def _missing_reasons(correlated: CorrelationMatrix) -> tuple[str, ...]:
    """Return why figures are missing: too few returns, or prices that do not vary."""
    missing = [pair for pair in fund_pairs(correlated) if pair.daily is None or pair.weekly is None]
    if not missing:
        return ()
    some = len(missing) < len(fund_pairs(correlated))
    told = text.join_words([pair.names for pair in missing]) if some else "All pairs"
    weeks = FEWEST[Every.WEEK]
    need = f"a daily correlation needs {MINIMUM_RETURNS} returns, a weekly one {weeks} complete weeks"
    return (f"{told}: {need}, and both need prices that vary.",)


def _chart(correlated: CorrelationMatrix, doubts: Sequence[Doubt], said: Sequence[str]) -> MatrixChart | None:
    """Make the chart.  doubts : about any of the symbols; said : the finding."""
    if len(correlated.symbols) <= PAIR or not correlation_lines(correlated):
        return None
    span = correlated.span
    doubtful = {doubt.symbol for doubt in doubts}
    shown = f"Total return, {text.day(span.start)} to {text.day(span.end)}"
    return MatrixChart(
        title=f"{versus(correlated.symbols)}: correlation",
        subtitle=explain_marks(shown, doubts, correlated.symbols),
        footer=correlation_foot(correlated),
        alt=alt_text(said, doubts, simulated=correlated.simulated),
        symbols=correlated.symbols,
        upper=correlated.daily,
        lower=correlated.weekly,
        above="daily",
        below="weekly",
        doubtful=tuple(symbol for symbol in correlated.symbols if symbol in doubtful),
        simulated=correlated.simulated,
    )
