"""Every figure of a comparison in full precision, with its convention, source and day, for export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.comparison import ABSOLUTE, RELATIVE, Comparison
from analytics.fund import Fact, FundProfile, SectorWeights
from analytics.measures import MEASURES
from analytics.measures.liquidity import SESSIONS
from analytics.number import Number
from analytics.panel import Doubt
from analytics.returns import Period
from bot.render.comparison.convention import SAMPLE, convention
from bot.render.comparison.doubtful import measure_doubts, period_doubts, traded_doubts
from bot.render.comparison.values import (
    Values,
    facts,
    one_currency,
    priced_in,
    stated_in,
    traded,
    yield_kind,
)
from bot.render.measures import OWN_RETURNS

Value = float | int | str | None
FACTS = (
    ("expense_ratio", "Expense ratio", "fraction"),
    ("dividend_yield", "Yield", "fraction"),
    ("assets", "Assets", ""),
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
    """All of them, group by group; one that is known of no fund is left out unless the reason was noted."""
    found = (
        *_names(comparison),
        *_measures(comparison),
        *_relative(comparison),
        *_periods(comparison, "Trailing returns", comparison.trailing),
        *_periods(comparison, "Calendar years", comparison.years),
        *_facts(comparison),
        *_traded(comparison),
        *_tops(comparison),
        *_sectors(comparison),
    )
    return tuple(figure for figure in found if figure.reason or any(v is not None for v in figure.values))


def basis(comparison: Comparison, name: str) -> str:
    """The convention of one measure: those of levels are daily in a weekly question too."""
    every = MEASURES[name].every
    if every:
        return OWN_RETURNS[every]
    if comparison.question.weekly and not MEASURES[name].periodic:
        return f"{DAILY} · {comparison.question.rate.label}"
    return convention(comparison)


def source(comparison: Comparison) -> str:
    """Whose prices they are; simulated ones say so."""
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
        yield Figure("Fund", label, "text", values, "", source(comparison), day, differs=False)


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
        yield _measure(comparison, f"Against {comparison.question.against}", name, numbers)


def _measure(comparison: Comparison, group: str, name: str, numbers: Sequence[Number | None]) -> Figure:
    span = comparison.span
    return Figure(
        group,
        MEASURES[name].words.heading,
        MEASURES[name].unit.value,
        tuple(number.value if number else None for number in numbers),
        basis(comparison, name),
        source(comparison),
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
            source(comparison),
            period.end.isoformat(),
            period.start,
            period.end,
            _reasons(comparison.symbols, numbers),
            doubts=period_doubts(comparison, period),
        )


def _reasons(symbols: Sequence[str], numbers: Sequence[Number | None]) -> str:
    """ "ISCB, SPSM: not annualised below one year"."""
    funds: dict[str, list[str]] = {}
    for symbol, number in zip(symbols, numbers, strict=True):
        if number and number.reason:
            funds.setdefault(number.reason, []).append(symbol)
    return "; ".join(f"{', '.join(named)}: {reason}" for reason, named in funds.items())


def _facts(comparison: Comparison) -> Iterator[Figure]:
    for name, label, unit in FACTS:
        held = {symbol: getattr(profile, name) for symbol, profile in _profiles(comparison).items()}
        stated = {symbol: fact for symbol, fact in held.items() if fact}
        values = tuple(facts(comparison, name))
        shown = unit or _money(stated_in(comparison), values)
        mixed = shown in NO_CURRENCY or (name == "dividend_yield" and yield_kind(comparison) is None)
        yield Figure("Cost and size", label, shown, values, "as stated", *_said(stated), differs=not mixed)


def _traded(comparison: Comparison) -> Iterator[Figure]:
    values = traded(comparison)
    unit = _money(priced_in(comparison), values)
    yield Figure(
        "Cost and size",
        "Traded a day",
        unit,
        tuple(values),
        f"close times volume, average of {SESSIONS} sessions",
        source(comparison),
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
    yield Figure("Holdings", "Ten largest", "fraction", values, basis, *_said(stated))


def _sectors(comparison: Comparison) -> Iterator[Figure]:
    """Each taxonomy by itself: a difference only between two funds that share one."""
    by_taxonomy: dict[str, dict[str, Fact[SectorWeights]]] = {}
    for symbol, profile in _profiles(comparison).items():
        if profile.sectors:
            by_taxonomy.setdefault(profile.sectors.value.named, {})[symbol] = profile.sectors
    for taxonomy, stated in by_taxonomy.items():
        weights = {symbol: fact.value.weights for symbol, fact in stated.items()}
        for sector in dict.fromkeys(name for row in weights.values() for name in row):
            values = tuple(weights.get(symbol, {}).get(sector) for symbol in comparison.symbols)
            yield Figure("Sectors", sector, "fraction", values, taxonomy, *_said(stated))


def _profiles(comparison: Comparison) -> Mapping[str, FundProfile]:
    return {name: comparison.profiles[name] for name in comparison.symbols if name in comparison.profiles}


def _money(currencies: Sequence[str | None], values: Values) -> str:
    told = [unit for unit, value in zip(currencies, values, strict=True) if value is not None]
    several, unknown = NO_CURRENCY
    return one_currency(currencies, values) or (several if all(told) else unknown)


def _said(stated: Mapping[str, Fact[Any]]) -> tuple[str, str]:
    """Who said it and for which day: once where all agree, else by fund."""
    days = {symbol: fact.as_of.isoformat() if fact.as_of else "" for symbol, fact in stated.items()}
    return _once({symbol: fact.source for symbol, fact in stated.items()}), _once(days)


def _once(said: Mapping[str, str]) -> str:
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    return "; ".join(f"{symbol}: {words or 'not stated'}" for symbol, words in said.items())
