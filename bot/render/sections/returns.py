"""Returns over the usual windows and by calendar year: who was ahead how often, best and worst years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analytics.comparison import Comparison
from analytics.months import MonthlyGrid
from analytics.panel import Doubt, doubts_within
from analytics.returns import Period
from analytics.window import Window
from bot.render import chart_text, text
from bot.render.chart_specs import YearsChart
from bot.render.doubts import alt_text, is_grave
from bot.render.measures import LINES, MeasureTable
from bot.render.message import Message
from bot.render.sections.convention import source_words, window_words
from bot.render.sections.doubtful import (
    columns_of_doubts,
    period_doubts,
    without_doubtful_figures,
    without_doubtful_funds,
)
from bot.render.sections.months import months_chart
from bot.render.sections.page import (
    PRICES,
    SectionAnswer,
    TableLine,
    figure_row,
    figures_table,
    limit_sentences,
    measure_rows,
    section_message,
    undefined_measures,
    versus,
)
from bot.render.sections.table import Dash, Row, footnotes, measure_dashes
from bot.render.values import MOST_TALL, PAIR, Values, best_column, known_values, span_dates

YEARS = 10
"""Most full calendar years told, the last ones; the one that is not over stands beside them."""
LONG = ("10y", "5y", "3y")
"""The longest window that all funds fill is told beside the last year."""
RULE = "cagr"
EXTREMES = LINES[MeasureTable.RETURNS]
"""Over the window asked, of complete months; its best and worst years stand among the calendar years."""


def returns_section(found: SectionAnswer, grid: MonthlyGrid | None = None) -> Message:
    """Write the whole answer; a window that a fund does not fill is a dash, and the remarks say why.

    grid : the months, where they are to be drawn as well
    """
    comparison = found.comparison
    kept = _without_doubtful(comparison)
    pictures = (_chart(comparison, kept), months_chart(comparison, grid) if grid else None)
    return section_message(
        found,
        title=f"{versus(comparison.symbols)} · returns to {text.day(comparison.span.end)}",
        finding=returns_finding(kept) if kept else (),
        foot=returns_foot(comparison),
        lines=returns_lines(comparison),
        pictures=tuple(picture for picture in pictures if picture),
        remarks=(*footnotes(returns_dashes(comparison), comparison.symbols), *limit_sentences(found, PRICES)),
        doubts=_doubts(comparison),
    )


def returns_finding(comparison: Comparison) -> tuple[str, ...]:
    """Tell the latest windows, in how many full years who was ahead, the highest and the lowest years."""
    sentences = (_windows(comparison), _ahead(comparison), _range(comparison))
    return tuple(sentence for sentence in sentences if sentence)


def _doubts(comparison: Comparison) -> tuple[Doubt, ...]:
    """Return those that a window, a year or the days and months of the table rest on."""
    shown = [*comparison.trailing, *_years(comparison)]
    first = min([comparison.span.start, *(period.start for period in shown)])
    return doubts_within(comparison.all_doubts, comparison.symbols, first, comparison.span.end)


def _without_doubtful(comparison: Comparison) -> Comparison | None:
    """Return what can be told of: not a fund whose last year cannot, nor a window that rests on a grave
    doubt.
    """
    year = comparison.period("1y") or comparison.period("max")
    latest = period_doubts(comparison, year) if year else comparison.doubts
    return without_doubtful_funds(without_doubtful_figures(comparison, only_grave=True), latest)


def returns_foot(comparison: Comparison) -> str:
    """Write what every number rests on."""
    days = f"days and months {window_words(comparison.query, comparison.span)}"
    closes = "months and years from last close to last close"
    return f"total return · above 1 year a year · {days} · {closes} · {_source(comparison)}"


def _source(comparison: Comparison) -> str:
    return source_words(comparison.source, comparison.span)


def returns_lines(comparison: Comparison) -> list[TableLine]:
    """List windows, days and months of the one asked, then calendar years, the latest first."""
    symbols = comparison.symbols
    windows = [_row(comparison, _label(period), period) for period in comparison.trailing]
    years = [_row(comparison, year_label(period), period) for period in reversed(_years(comparison))]
    end = text.day(comparison.span.end)
    return [
        *figures_table(f"Return to {end}", symbols, windows),
        *figures_table(span_dates(comparison), symbols, measure_rows(comparison, EXTREMES)),
        *figures_table("Calendar year", symbols, years),
    ]


def returns_dashes(comparison: Comparison) -> Iterator[Dash]:
    """Collect the windows and years that a fund does not fill, and what its months are too few for."""
    for period in (*comparison.trailing, *_years(comparison)):
        yield from measure_dashes(comparison.symbols, [period.returns[name] for name in comparison.symbols])
    yield from undefined_measures(comparison, EXTREMES)


def year_label(period: Period) -> str:
    """Write "2025"; a year that is not over says up to when."""
    return f"{period.label} to {chart_text.day(period.end)}" if period.partial else period.label


def _row(comparison: Comparison, label: str, period: Period) -> Row:
    doubts = period_doubts(comparison, period)
    shown = figure_row(label, _values(comparison, period), text.percent, text.points, RULE)
    return shown.with_doubts(columns_of_doubts(comparison, doubts), doubts)


def _values(comparison: Comparison, period: Period) -> Values:
    return [period.returns[symbol].value for symbol in comparison.symbols]


def _label(period: Period) -> str:
    if period.label == "max":
        words = f"Since {text.day(period.start)}"
    else:
        words = Window(period.label).words
        words = f"{words[:1].upper()}{words[1:]}"
    return f"{words}, a year" if period.annualised else words


def _years(comparison: Comparison) -> tuple[Period, ...]:
    full = sum(not year.partial for year in comparison.years)
    return comparison.years[max(full - YEARS, 0) :]


def _full_years(comparison: Comparison) -> list[Period]:
    """Return the years that are over and that all funds have in full."""
    count = len(comparison.symbols)
    years = [year for year in _years(comparison) if not year.partial]
    return [year for year in years if len(known_values(_values(comparison, year))) == count]


def _windows(comparison: Comparison) -> str:
    """Return the last year, and the longest window that all of them fill."""
    longest = [period for label in LONG if (period := _filled_window(comparison, label))][:1]
    periods = [*filter(None, [_filled_window(comparison, "1y")]), *longest]
    # A fund younger than a year has the return since its first close, and that alone.
    periods = periods or [*filter(None, [_filled_window(comparison, "max")])]
    if not periods:
        return "No return over any of the usual windows is known of all of them."
    told = [(period, known_values(_values(comparison, period))) for period in periods]
    if len(comparison.symbols) == 1:
        clauses = [f"*{text.percent(values[0])}*{_unit(period)} {_words(period)}" for period, values in told]
        return f"{comparison.symbols[0]} returned {text.join_words(clauses)}."
    clauses = [
        f"{_words(period)} {_ranked_values(comparison, values)}{_unit(period)}" for period, values in told
    ]
    return f"Total return, highest first: {'; '.join(clauses)}."


def _filled_window(comparison: Comparison, label: str) -> Period | None:
    """Return the window, where every fund has all of it."""
    period = comparison.period(label)
    return period if period and None not in _values(comparison, period) else None


def _unit(period: Period) -> str:
    return " a year" if period.annualised else ""


def _words(period: Period) -> str:
    if period.label == "max":
        return f"since {text.day(period.start)}"
    return f"over {Window(period.label).words}"


def _ranked_values(comparison: Comparison, values: Sequence[float]) -> str:
    order = sorted(zip(comparison.symbols, values, strict=True), key=lambda pair: -pair[1])
    return text.join_words([f"{symbol} *{text.percent(value)}*" for symbol, value in order])


def _ahead(comparison: Comparison) -> str:
    """Tell in how many of the full years each was ahead by a material difference."""
    symbols, years = comparison.symbols, _full_years(comparison)
    if not years:
        return "No full calendar year is known of all of them." if len(symbols) > 1 else ""
    if len(symbols) == 1:
        rose = sum(value > 0 for year in years for value in known_values(_values(comparison, year)))
        span = _span(years) if len(years) > 1 else f"1 full calendar year ({years[0].label})"
        return f"{symbols[0]} rose in *{rose}* of {span}."
    leaders = [best_column(RULE, _values(comparison, year)) for year in years]
    if len(years) == 1:
        who = f"{_two(symbols)} were level" if leaders[0] is None else f"{symbols[leaders[0]]} was ahead"
        return f"In {years[0].label}, the only full calendar year, {who}."
    return f"Of {_span(years)}, {_count_leads(symbols, leaders)}."


def _span(years: Sequence[Period]) -> str:
    first, last = years[0].label, years[-1].label
    return f"{len(years)} full calendar years ({first} to {last})"


def _count_leads(symbols: Sequence[str], leaders: Sequence[int | None]) -> str:
    """Write "ISCB was ahead in *5* and SPSM in *3*; in 1 the two were level"."""
    counts = {name: leaders.count(at) for at, name in enumerate(symbols) if at in leaders}
    first, *others = sorted(counts, key=lambda name: -counts[name]) or [""]
    told = [f"{first} was ahead in *{counts[first]}*"] if first else []
    told += [f"{name} in *{counts[name]}*" for name in others]
    level = f"in {leaders.count(None)} {_two(symbols)} were level"
    return "; ".join([*([text.join_words(told)] if told else []), *([level] if None in leaders else [])])


def _two(symbols: Sequence[str]) -> str:
    return "the two" if len(symbols) == PAIR else "the first two"


def _range(comparison: Comparison) -> str:
    """Tell up to three funds' highest and lowest years, of more the two of them all."""
    years = _full_years(comparison)
    if len(years) < 2:
        return ""
    told = [
        (value, symbol, year.label)
        for year in years
        for symbol, value in zip(comparison.symbols, known_values(_values(comparison, year)), strict=True)
    ]
    if len(comparison.symbols) > MOST_TALL:
        highest, lowest = (
            f"{of} {year} ({text.percent(value)})" for value, of, year in (max(told), min(told))
        )
        return f"The highest of these years: {highest}; the lowest: {lowest}."
    ranges = []
    for symbol in comparison.symbols:
        own = [(value, year) for value, of, year in told if of == symbol]
        ends = [f"{year} ({text.percent(value)})" for value, year in (max(own), min(own))]
        ranges.append(f"{symbol} {' and '.join(ends)}")
    return f"Highest and lowest year: {'; '.join(ranges)}."


def _chart(comparison: Comparison, kept: Comparison | None) -> YearsChart | None:
    """Make the chart without the bars that cannot be relied on; kept : what can be told of."""
    years, sure = _years(comparison), without_doubtful_figures(comparison, only_grave=True)
    values = [[np.nan if value is None else value for value in _values(sure, year)] for year in _years(sure)]
    if not years:
        return None
    said = (_ahead(kept), _range(kept)) if kept else ()
    doubts = [doubt for year in years for doubt in period_doubts(comparison, year)]
    ruined = {doubt.symbol for doubt in doubts if is_grave(doubt)}
    return YearsChart(
        title=f"{versus(comparison.symbols)}: calendar years",
        subtitle=f"Total return, dividends reinvested, to {text.day(comparison.span.end)}",
        footer=f"total return · years from last close to last close · {_source(comparison)}",
        alt=alt_text((*said, "Returns by calendar year."), doubts, simulated=comparison.simulated),
        symbols=comparison.symbols,
        years=tuple(year_label(year) for year in years),
        returns=np.array(values, dtype=np.float64).T,
        left_out=tuple(symbol for symbol in comparison.symbols if symbol in ruined),
        simulated=comparison.simulated,
    )
