"""A comparison as files: its table and its series as CSV, every figure in full precision."""

from __future__ import annotations

import calendar
import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.comparison import ABSOLUTE, RELATIVE, Comparison
from analytics.fund import Fact, FundProfile, SectorWeights
from analytics.liquidity import SESSIONS
from analytics.measures import MEASURES
from analytics.measures.number import Number
from analytics.months import MonthlyGrid
from analytics.notes import doubt_notes
from analytics.panel import Doubt
from analytics.returns import Period
from bot.render import text
from bot.render.doubts import clause, describe, warn
from bot.render.measures import OWN_RETURNS
from bot.render.message import Document
from bot.render.sections.comparison import comparison_heading
from bot.render.sections.convention import SAMPLE, convention
from bot.render.sections.doubtful import measure_doubts, period_doubts, traded_doubts
from bot.render.sections.months import MONTHS, years_of
from bot.render.sections.page import SectionAnswer, versus
from bot.render.values import (
    Values,
    fact_values,
    one_currency,
    priced_in,
    stated_in,
    traded_values,
    yield_kind,
)

ENCODING = "utf-8-sig"
FORMULA = ("=", "+", "-", "@")
LONGEST_NAME = 120
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def export_comparison(found: SectionAnswer) -> tuple[Document, ...]:
    """Render the table and the series, in this order."""
    comparison = found.comparison
    shown = versus(comparison.symbols)
    return (
        Document(_name(comparison, "table"), f"{shown}: table", csv_bytes(_table(comparison))),
        Document(_name(comparison, "series"), f"{shown}: growth and falls", csv_bytes(_series(comparison))),
    )


def export_months(found: SectionAnswer, grid: MonthlyGrid) -> Document:
    """Export returns by calendar month as far back as prices go: a line a year of each fund."""
    comparison = found.comparison
    content = csv_bytes(_months(comparison, grid))
    return Document(_name(comparison, "months"), f"{versus(comparison.symbols)}: months", content)


def export_message(found: SectionAnswer) -> str:
    """Return the words above the files, safe mrkdwn."""
    comparison = found.comparison
    count, sessions = len(figures(comparison)), len(comparison.sessions)
    words = (
        f"{comparison_heading(comparison)}, as CSV: {text.count(count)} figures, growth and falls on "
        f"{text.count(sessions)} sessions, and returns by calendar month. Fractions are written in full "
        f"(0.01 is {text.percent(0.01, 0)}); an empty cell is not known."
    )
    warnings = [text.escape(sentence) for sentence in warn(comparison.doubts, comparison.span.days)]
    lines = [*warnings, text.escape(words), f"`{text.escape(convention(comparison))}`"]
    return "\n".join([*lines, *([f"Asked by <@{found.asked_by}>"] if found.asked_by else [])])


def _table(comparison: Comparison) -> Iterable[Sequence[Value]]:
    """Yield a line a figure, which carries its own convention, so that it can be copied elsewhere by
    itself.
    """
    symbols = comparison.symbols
    pair = [f"{symbols[0]} - {symbols[-1]}"] if len(symbols) > 1 else []
    yield ["group", "measure", "unit", *symbols, *pair, *_BASIS]
    for figure in figures(comparison):
        gap = [figure.difference] if pair else []
        yield [figure.group, figure.measure, figure.unit, *figure.values, *gap, *_basis(figure)]


_BASIS = ("from", "to", "convention", "source", "as of", "why empty", "doubt")


def _basis(figure: Figure) -> list[Value]:
    days = (_day(figure.start), _day(figure.end))
    doubt = "; ".join(clause(note) for note in doubt_notes(figure.doubts))
    return [*days, figure.basis, figure.source, figure.as_of, figure.reason, doubt]


def _series(comparison: Comparison) -> Iterable[Sequence[Value]]:
    """Yield a line a session; the convention stands on the first one, for it is that of all.

    A price that looks wrong is told on its own session.
    """
    symbols = comparison.symbols
    growth = [f"{symbol} growth of 1" for symbol in symbols]
    falls = [f"{symbol} below its high, fraction" for symbol in symbols]
    yield ["date", *growth, *falls, "convention", "source", "doubt"]
    doubts = _by_session(comparison)
    said: tuple[str, ...] = (DAILY, price_source(comparison))
    days: list[date] = comparison.sessions.astype("datetime64[D]").tolist()
    for at, day in enumerate(days):
        values = [*comparison.growth[:, at].tolist(), *comparison.drawdown[:, at].tolist()]
        yield [_day(day), *values, *said, doubts.get(day, "")]
        said = ("", "")


def _months(comparison: Comparison, grid: MonthlyGrid) -> Iterable[Sequence[Value]]:
    """List January to December and what they come to; the convention stands on the first line."""
    yield [
        "fund",
        "year",
        *calendar.month_abbr[1:],
        "whole year",
        "last close",
        "convention",
        "source",
        "doubt",
    ]
    said: tuple[str, ...] = (MONTHS, price_source(comparison))
    for row in years_of(comparison, grid, grid.years):
        values = [None if math.isnan(value) else value for value in row.returns.tolist()]
        doubtful = [calendar.month_name[at + 1] for at in np.flatnonzero(row.doubtful[:-1]).tolist()]
        doubt = f"rests on a price that looks wrong: {text.join_words(doubtful)}" if doubtful else ""
        yield [row.symbol, row.year, *values, _day(row.end), *said, doubt]
        said = ("", "")


def _by_session(comparison: Comparison) -> dict[date, str]:
    """Return the doubts about the funds in words, by session."""
    found: dict[date, list[str]] = {}
    for doubt in comparison.doubts:
        if doubt.symbol in comparison.symbols:
            found.setdefault(doubt.session, []).append(describe(doubt))
    return {day: "; ".join(told) for day, told in found.items()}


def csv_bytes(rows: Iterable[Sequence[Value]]) -> bytes:
    """Write rows as a CSV file that spreadsheets open; no cell of it is a formula."""
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return page.getvalue().encode(ENCODING)


def _cell(value: Value) -> str:
    """Return a number so that it reads back as the same one, a text that no spreadsheet takes for a
    formula.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, int):
        return str(value)
    # A float of numpy would write its type as well.
    return repr(float(value)) if math.isfinite(value) else ""


def _harmless(words: str) -> str:
    shown = text.printable(words).replace(text.NBSP, " ")
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) else shown


def _name(comparison: Comparison, what: str) -> str:
    """Write "ISCB-SPSM_2025-01-16_2026-01-16_table.csv", of letters that every file system takes."""
    span = comparison.span
    funds = "-".join(_UNSAFE.sub("", symbol).strip(".-") or "fund" for symbol in comparison.symbols)
    return f"{funds[:LONGEST_NAME]}_{span.start.isoformat()}_{span.end.isoformat()}_{what}.csv"


def _day(when: date | None) -> str:
    return when.isoformat() if when else ""


Value = float | int | str | None
FACTS = (
    ("expense_ratio", "Expense ratio", "fraction"),
    ("dividend_yield", "Yield", "fraction"),
    ("assets", "Assets", ""),
    ("turnover", "Turnover", "fraction"),
    ("holdings_count", "Number of holdings", "count"),
)


NO_CURRENCY = ("each fund's currency", "currency not known")
"""Units of amounts that are not held against each other."""
DAILY = "daily closes, dividends reinvested"


@dataclass(frozen=True)
class Figure:
    """One measure of every fund.

    unit : "fraction" (0.01 = 1 %), "ratio", "count", "text" or a currency
    values : in the order of the symbols, None where not known
    basis : the convention it is computed by
    start, end : the base close and the last one of returns; None for what holds for a day
    as_of : the day or days that the figures hold for
    reason : why values are not known, where that was noted
    differs : False where the first less the last would mean nothing: texts, several currencies or kinds
    doubts : the prices that look wrong and that values rest on
    """

    group: str
    measure: str
    unit: str
    values: tuple[Value, ...]
    basis: str
    source: str
    as_of: str
    start: date | None = None
    end: date | None = None
    reason: str = ""
    differs: bool = True
    doubts: tuple[Doubt, ...] = ()

    @property
    def difference(self) -> float | None:
        """The first value less the last; None where one is not known or it would mean nothing."""
        first, last = self.values[0], self.values[-1]
        known = self.differs and len(self.values) > 1
        numbers = isinstance(first, int | float) and isinstance(last, int | float)
        return first - last if known and numbers else None  # type: ignore[operator]


def figures(comparison: Comparison) -> tuple[Figure, ...]:
    """Return all of them, group by group; one that is known of no fund is left out unless the reason was
    noted.
    """
    found = (
        *_names(comparison),
        *_measures(comparison),
        *_relative(comparison),
        *_periods(comparison, "Trailing returns", comparison.trailing),
        *_periods(comparison, "Calendar years", comparison.years),
        *_facts(comparison),
        *_traded_figures(comparison),
        *_tops(comparison),
        *_sectors(comparison),
    )
    return tuple(figure for figure in found if figure.reason or any(v is not None for v in figure.values))


def measure_basis(comparison: Comparison, name: str) -> str:
    """Return the convention of one measure: those of levels are daily in a weekly question too."""
    every = MEASURES[name].every
    if every:
        return OWN_RETURNS[every]
    if comparison.query.weekly and not MEASURES[name].periodic:
        return f"{DAILY} · {comparison.query.rate.label}"
    return convention(comparison)


def price_source(comparison: Comparison) -> str:
    """Return whose prices they are; simulated ones say so."""
    named = comparison.source
    return named if SAMPLE in named or not comparison.simulated else f"{SAMPLE}, {named}"


def _names(comparison: Comparison) -> Iterator[Figure]:
    profiles = [comparison.profiles.get(symbol) for symbol in comparison.symbols]
    for name, label in (
        ("name", "Name"),
        ("category", "Category"),
        ("currency", "Currency"),
        ("yield_kind", "Kind of yield"),
    ):
        values = tuple(getattr(profile, name) or None if profile else None for profile in profiles)
        day = comparison.span.end.isoformat()
        yield Figure("Fund", label, "text", values, "", price_source(comparison), day, differs=False)


def _measures(comparison: Comparison) -> Iterator[Figure]:
    for name in ABSOLUTE:
        numbers = [comparison.metrics[symbol][name] for symbol in comparison.symbols]
        yield _measure(comparison, "Return and risk", name, numbers)


def _relative(comparison: Comparison) -> Iterator[Figure]:
    if not comparison.relative:
        return
    for name in RELATIVE:
        rows = [comparison.relative.get(symbol) for symbol in comparison.symbols]
        numbers = [row[name] if row else None for row in rows]
        yield _measure(comparison, f"Against {comparison.query.against}", name, numbers)


def _measure(comparison: Comparison, group: str, name: str, numbers: Sequence[Number | None]) -> Figure:
    span = comparison.span
    return Figure(
        group,
        MEASURES[name].words.heading,
        MEASURES[name].unit.value,
        tuple(number.value if number else None for number in numbers),
        measure_basis(comparison, name),
        price_source(comparison),
        span.end.isoformat(),
        span.start,
        span.end,
        _reasons(comparison.symbols, numbers),
        doubts=measure_doubts(comparison, name),
    )


def _periods(comparison: Comparison, group: str, periods: Sequence[Period]) -> Iterator[Figure]:
    for period in periods:
        numbers = [period.returns[symbol] for symbol in comparison.symbols]
        yield Figure(
            group,
            f"{period.label}, not over" if period.partial else period.label,
            "fraction",
            tuple(number.value for number in numbers),
            f"total return, dividends reinvested, {'a year' if period.annualised else 'not annualised'}",
            price_source(comparison),
            period.end.isoformat(),
            period.start,
            period.end,
            _reasons(comparison.symbols, numbers),
            doubts=period_doubts(comparison, period),
        )


def _reasons(symbols: Sequence[str], numbers: Sequence[Number | None]) -> str:
    """Write "ISCB, SPSM: not annualised below one year"."""
    funds: dict[str, list[str]] = {}
    for symbol, number in zip(symbols, numbers, strict=True):
        if number and number.reason:
            funds.setdefault(number.reason, []).append(symbol)
    return "; ".join(f"{', '.join(named)}: {reason}" for reason, named in funds.items())


def _facts(comparison: Comparison) -> Iterator[Figure]:
    for name, label, unit in FACTS:
        held = {symbol: getattr(profile, name) for symbol, profile in _profiles(comparison).items()}
        stated = {symbol: fact for symbol, fact in held.items() if fact}
        values = tuple(fact_values(comparison, name))
        shown = unit or _money(stated_in(comparison), values)
        mixed = shown in NO_CURRENCY or (name == "dividend_yield" and yield_kind(comparison) is None)
        yield Figure(
            "Cost and size", label, shown, values, "as stated", *_sources_and_days(stated), differs=not mixed
        )


def _traded_figures(comparison: Comparison) -> Iterator[Figure]:
    values = traded_values(comparison)
    unit = _money(priced_in(comparison), values)
    yield Figure(
        "Cost and size",
        "Traded a day",
        unit,
        tuple(values),
        f"close times volume, average of {SESSIONS} sessions",
        price_source(comparison),
        comparison.span.end.isoformat(),
        differs=unit not in NO_CURRENCY,
        doubts=traded_doubts(comparison),
    )


def _tops(comparison: Comparison) -> Iterator[Figure]:
    parts = [comparison.concentration.get(symbol) for symbol in comparison.symbols]
    held = {symbol: profile.holdings for symbol, profile in _profiles(comparison).items()}
    stated = {symbol: fact for symbol, fact in held.items() if fact}
    values = tuple(part.top_ten if part else None for part in parts)
    basis = "sum of the ten largest long positions known"
    yield Figure("Holdings", "Ten largest", "fraction", values, basis, *_sources_and_days(stated))


def _sectors(comparison: Comparison) -> Iterator[Figure]:
    """Yield each taxonomy by itself: a difference only between two funds that share one."""
    by_taxonomy: dict[str, dict[str, Fact[SectorWeights]]] = {}
    for symbol, profile in _profiles(comparison).items():
        if profile.sectors:
            by_taxonomy.setdefault(profile.sectors.value.named, {})[symbol] = profile.sectors
    for taxonomy, stated in by_taxonomy.items():
        weights = {symbol: fact.value.weights for symbol, fact in stated.items()}
        for sector in dict.fromkeys(name for row in weights.values() for name in row):
            values = tuple(weights.get(symbol, {}).get(sector) for symbol in comparison.symbols)
            yield Figure("Sectors", sector, "fraction", values, taxonomy, *_sources_and_days(stated))


def _profiles(comparison: Comparison) -> Mapping[str, FundProfile]:
    return {name: comparison.profiles[name] for name in comparison.symbols if name in comparison.profiles}


def _money(currencies: Sequence[str | None], values: Values) -> str:
    told = [unit for unit, value in zip(currencies, values, strict=True) if value is not None]
    several, unknown = NO_CURRENCY
    return one_currency(currencies, values) or (several if all(told) else unknown)


def _sources_and_days(stated: Mapping[str, Fact[Any]]) -> tuple[str, str]:
    """Return who said it and for which day: once where all agree, else by fund."""
    days = {symbol: fact.as_of.isoformat() if fact.as_of else "" for symbol, fact in stated.items()}
    return _merge_equal({symbol: fact.source for symbol, fact in stated.items()}), _merge_equal(days)


def _merge_equal(said: Mapping[str, str]) -> str:
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    return "; ".join(f"{symbol}: {words or 'not stated'}" for symbol, words in said.items())
