"""Yahoo's modules become a profile: units settled here, at the edge, and every figure with source and day."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from analytics.fund import Fact, FundProfile, Holding, Kind, SectorWeights
from analytics.notes import Note, NoteKind
from bot.market import known
from bot.market.currency import settle_currency
from bot.market.gates import sectors_fault
from bot.market.yahoo.client import SOURCE

T = TypeVar("T")

KINDS = {"ETF": Kind.FUND, "MUTUALFUND": Kind.FUND, "EQUITY": Kind.STOCK, "INDEX": Kind.INDEX}

TAXONOMY = "Morningstar, equity sleeve"
"""Yahoo's sectors are Morningstar's eleven, and weigh the equities of a fund, not its net assets."""

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
        return _other(modules, symbol, kind, fetched), (not_a_fund(symbol, kind),)
    sectors, notes = _sectors(modules, symbol)
    detail, statistics = _module(modules, "summaryDetail"), _module(modules, "defaultKeyStatistics")
    fees = _module(_module(modules, "fundProfile"), "feesExpensesInvestment")
    paid = _fraction(detail, "yield")
    profile = FundProfile(
        symbol=symbol,
        kind=kind,
        name=_name(modules),
        currency=settle_currency(detail.get("currency"))[0],
        category=_module(modules, "fundProfile").get("categoryName") or statistics.get("category"),
        expense_ratio=_fact(_fraction(fees, "netExpRatio", "annualReportExpenseRatio"), fetched),
        dividend_yield=_fact(paid, fetched),
        yield_kind=None if paid is None else "trailing 12 months",
        assets=_fact(_number(detail, "totalAssets") or _number(statistics, "totalAssets"), fetched),
        sectors=_fact(sectors, fetched),
        holdings=_fact(_holdings(modules), fetched),
        index_changes=known.INDEX_CHANGES.get(symbol, ()),
    )
    return profile, notes


def without_facts(symbol: str) -> FundProfile:
    """What is known of a symbol that Yahoo told nothing of: an index, or a question that failed."""
    kind = Kind.INDEX if known.is_index(symbol) else Kind.FUND
    changes = known.INDEX_CHANGES.get(symbol, ())
    return FundProfile(symbol, kind, name=known.NAMES.get(symbol, ""), index_changes=changes)


def not_a_fund(symbol: str, kind: Kind) -> Note:
    """The note that explains why a profile holds no fund facts."""
    return Note(NoteKind.NOT_A_FUND, symbol, {"kind": kind.value})


def _other(modules: Mapping[str, Any], symbol: str, kind: Kind, fetched: date) -> FundProfile:
    detail = _module(modules, "summaryDetail")
    paid = _fraction(detail, "trailingAnnualDividendYield")
    return FundProfile(
        symbol=symbol,
        kind=kind,
        name=_name(modules),
        currency=settle_currency(detail.get("currency"))[0],
        dividend_yield=_fact(paid, fetched),
        yield_kind=None if paid is None else "trailing 12 months",
    )


def _sectors(modules: Mapping[str, Any], symbol: str) -> tuple[SectorWeights | None, tuple[Note, ...]]:
    """The sectors, or why they were refused; a fund without equities has none and needs no word."""
    found = _module(modules, "topHoldings").get("sectorWeightings") or []
    weights = {SECTORS.get(key, key): float(weight) for entry in found for key, weight in entry.items()}
    if not any(weights.values()):
        return None, ()
    if fault := sectors_fault(weights):
        return None, (Note(NoteKind.SECTORS_REFUSED, symbol, {"cause": fault}),)
    return SectorWeights(TAXONOMY, weights), ()


def _holdings(modules: Mapping[str, Any]) -> tuple[Holding, ...] | None:
    found: Iterable[Mapping[str, Any]] = _module(modules, "topHoldings").get("holdings") or []
    held = [
        Holding(_text(item, "holdingName"), weight, item.get("symbol") or None)
        for item in found
        if (weight := _fraction(item, "holdingPercent"))
    ]
    return tuple(sorted(held, key=lambda holding: -holding.weight)) or None


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


def _number(module: Mapping[str, Any], key: str) -> float | None:
    """A positive amount; None for what is absent, zero or not a number."""
    value = module.get(key)
    usable = isinstance(value, int | float) and math.isfinite(value) and value > 0
    return float(value) if usable else None  # type: ignore[arg-type]


def _fraction(module: Mapping[str, Any], *keys: str) -> float | None:
    """The first of these that lies between 0 and 1; a percentage above 1 gives itself away and is refused."""
    for key in keys:
        value = module.get(key)
        if isinstance(value, int | float) and 0 <= value <= 1:
            return float(value)
    return None
