"""Yahoo's modules become a profile: units settled here, at the edge, and every figure with source and day."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from analytics.fund import Basis, Fact, FundProfile, Holding, Kind, SectorWeights
from analytics.notes import Note, NoteKind
from bot.market import reference
from bot.market.checks import is_plausible, refusal, sectors_fault
from bot.market.currency import settle_currency
from bot.market.yahoo.client import SOURCE

T = TypeVar("T")

KINDS = {
    "ETF": Kind.FUND,
    "MUTUALFUND": Kind.FUND,
    "MONEYMARKET": Kind.FUND,
    "EQUITY": Kind.STOCK,
    "INDEX": Kind.INDEX,
}

REST = "Bonds, cash and other"
"""The part of a fund that is not in shares, among its sectors: with it they are weights of the whole fund."""
POSITIONS = ("stock", "bond", "cash", "preferred", "convertible", "other")
"""What Yahoo parts a fund's assets into."""

SECTORS = {
    "basic_materials": "Basic Materials",
    "communication_services": "Communication Services",
    "consumer_cyclical": "Consumer Cyclical",
    "consumer_defensive": "Consumer Defensive",
    "energy": "Energy",
    "financial_services": "Financial Services",
    "healthcare": "Healthcare",
    "industrials": "Industrials",
    "realestate": "Real Estate",
    "technology": "Technology",
    "utilities": "Utilities",
}


def read(modules: Mapping[str, Any], symbol: str, fetched: date) -> tuple[FundProfile, tuple[Note, ...]]:
    """The profile of a symbol from the modules of one quoteSummary, and what must be said of it.

    Everything is a fraction here.  Not read, because they are wrong for funds: market value, shares
    outstanding and the net assets of `fundProfile`.
    """
    kind = KINDS.get(modules["quoteType"]["quoteType"], Kind.OTHER)
    if kind is not Kind.FUND:
        return _other(modules, symbol, kind, fetched)
    sectors, held = _sectors(modules, symbol), _holdings(modules, symbol)
    detail, statistics = _module(modules, "summaryDetail"), _module(modules, "defaultKeyStatistics")
    fees = _module(_module(modules, "fundProfile"), "feesExpensesInvestment")
    cost = _plausible(fees, symbol, "expense ratio", "netExpRatio", "annualReportExpenseRatio")
    paid = _plausible(detail, symbol, "yield", "yield")
    profile = FundProfile(
        symbol=symbol,
        kind=kind,
        name=_name(modules),
        currency=settle_currency(detail.get("currency"))[0],
        category=_module(modules, "fundProfile").get("categoryName") or statistics.get("category"),
        expense_ratio=_fact(cost.value, fetched),
        dividend_yield=_fact(paid.value, fetched),
        yield_kind=None if paid.value is None else "trailing 12 months",
        assets=_fact(_number(detail, "totalAssets") or _number(statistics, "totalAssets"), fetched),
        sectors=_fact(sectors.value, fetched),
        holdings=_fact(held.value, fetched),
        index_changes=reference.INDEX_CHANGES.get(symbol, ()),
    )
    return profile, (*cost.notes, *paid.notes, *sectors.notes, *held.notes)


def without_facts(symbol: str) -> FundProfile:
    """What is known of a symbol that Yahoo told nothing of: an index, or a question that failed."""
    kind = Kind.INDEX if reference.is_index(symbol) else Kind.FUND
    changes = reference.INDEX_CHANGES.get(symbol, ())
    return FundProfile(symbol, kind, name=reference.NAMES.get(symbol, ""), index_changes=changes)


def not_a_fund(symbol: str, kind: Kind) -> Note:
    """The note that explains why a profile holds no fund facts."""
    return Note(NoteKind.NOT_A_FUND, symbol, {"kind": kind.value})


@dataclass(frozen=True)
class CheckedValue(Generic[T]):
    """A value that may be believed, None where there is none, and why it was refused."""

    value: T | None
    notes: tuple[Note, ...] = ()


def _other(
    modules: Mapping[str, Any], symbol: str, kind: Kind, fetched: date
) -> tuple[FundProfile, tuple[Note, ...]]:
    detail = _module(modules, "summaryDetail")
    paid = _plausible(detail, symbol, "yield", "trailingAnnualDividendYield")
    profile = FundProfile(
        symbol=symbol,
        kind=kind,
        name=_name(modules),
        currency=settle_currency(detail.get("currency"))[0],
        dividend_yield=_fact(paid.value, fetched),
        yield_kind=None if paid.value is None else "trailing 12 months",
    )
    return profile, (not_a_fund(symbol, kind), *paid.notes)


def _sectors(modules: Mapping[str, Any], symbol: str) -> CheckedValue[SectorWeights]:
    """The sectors of the whole fund, or why they were refused; Yahoo tells those of its shares alone.

    A fund without shares has none and needs no word.
    """
    listed = _module(modules, "topHoldings")
    entries = listed.get("sectorWeightings") or []
    weights = {SECTORS.get(key, key): float(weight) for entry in entries for key, weight in entry.items()}
    if not any(weights.values()):
        return CheckedValue(None)
    if fault := sectors_fault(weights):
        return CheckedValue(None, (Note(NoteKind.SECTORS_REFUSED, symbol, {"cause": fault}),))
    if not any(_finite_number(listed, f"{name}Position") for name in POSITIONS):
        return CheckedValue(SectorWeights(reference.MORNINGSTAR, weights, Basis.SHARES))
    part = _plausible(listed, symbol, "part in shares", "stockPosition")
    if part.value is None:
        return CheckedValue(SectorWeights(reference.MORNINGSTAR, weights, Basis.SHARES), part.notes)
    whole = {sector: weight * part.value for sector, weight in weights.items()}
    return CheckedValue(
        SectorWeights(reference.MORNINGSTAR, {**whole, REST: 1.0 - part.value}) if part.value else None
    )


def _holdings(modules: Mapping[str, Any], symbol: str) -> CheckedValue[tuple[Holding, ...]]:
    """The positions, the largest first whether long or short; none where one of them cannot be."""
    found: Iterable[Mapping[str, Any]] = _module(modules, "topHoldings").get("holdings") or []
    held = [
        Holding(_text(item, "holdingName"), weight, item.get("symbol") or None)
        for item in found
        if (weight := _finite_number(item, "holdingPercent"))
    ]
    for holding in held:
        if not is_plausible("position", holding.weight):
            return CheckedValue(None, (refusal(symbol, "position", holding.weight),))
    return CheckedValue(tuple(sorted(held, key=lambda holding: -abs(holding.weight))) or None)


def _name(modules: Mapping[str, Any]) -> str:
    kind = _module(modules, "quoteType")
    return _text(kind, "longName") or _text(kind, "shortName")


def _fact(value: T | None, fetched: date) -> Fact[T] | None:
    return None if value is None else Fact(value, SOURCE, fetched)


def _module(modules: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = modules.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(module: Mapping[str, Any], key: str) -> str:
    return html.unescape(module.get(key) or "").strip()


def _finite_number(module: Mapping[str, Any], key: str) -> float | None:
    """A number as it is told; None for what is absent or no number."""
    value = module.get(key)
    usable = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if usable else None  # type: ignore[arg-type]


def _number(module: Mapping[str, Any], key: str) -> float | None:
    """A positive amount; None for what is absent, zero or not a number."""
    value = _finite_number(module, key)
    return value if value is not None and value > 0 else None


def _plausible(module: Mapping[str, Any], symbol: str, fact: str, *keys: str) -> CheckedValue[float]:
    """The first of these that may be believed; where none may, the first one is refused with a word."""
    told = [value for key in keys if (value := _finite_number(module, key)) is not None]
    good = [value for value in told if is_plausible(fact, value)]
    if good or not told:
        return CheckedValue(good[0] if good else None)
    return CheckedValue(None, (refusal(symbol, fact, told[0]),))
