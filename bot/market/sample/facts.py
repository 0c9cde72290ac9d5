"""Facts about the sample market's funds: published ones with their day, simulated ones that say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.fund import Fact, FundProfile, Holding, Kind, SectorWeights
from analytics.notes import Note, NoteKind
from bot.market import reference
from bot.market.sample.tables import CURRENCY

PUBLISHED = "published"
SIMULATED = "simulated"
DAY = date(2026, 1, 16)
"""The day all facts hold for; the published ones are those of January 2026."""

SECTORS = (
    "Basic Materials",
    "Communication Services",
    "Consumer Cyclical",
    "Consumer Defensive",
    "Energy",
    "Financial Services",
    "Healthcare",
    "Industrials",
    "Real Estate",
    "Technology",
    "Utilities",
)


@dataclass(frozen=True)
class _Facts:
    """The plain figures of a fund.

    expense, dividend : fraction a year; assets : million USD; count : holdings;
    published : names of the fields that are published, the others are simulated
    """

    category: str
    expense: float
    dividend: float
    assets: float
    count: int
    published: frozenset[str] = frozenset({"expense"})


_ALL = frozenset({"expense", "dividend", "assets", "count"})

FACTS = {
    "ISCB": _Facts("Small Blend", 0.0004, 0.0138, 253.45, 1578, _ALL),
    "SPSM": _Facts("Small Blend", 0.0003, 0.0162, 13_080, 607, _ALL),
    "IWM": _Facts("Small Blend", 0.0019, 0.0097, 75_000, 1960),
    "IJR": _Facts("Small Blend", 0.0006, 0.0134, 90_000, 635),
    "VB": _Facts("Small Blend", 0.0005, 0.0124, 70_000, 1330),
    "AVUV": _Facts("Small Value", 0.0025, 0.0142, 21_000, 770),
    "SPMD": _Facts("Mid-Cap Blend", 0.0003, 0.0126, 15_000, 402),
    "SPY": _Facts("Large Blend", 0.000945, 0.0114, 700_000, 503),
    "QQQ": _Facts("Large Growth", 0.002, 0.0044, 400_000, 101, frozenset()),
    "TLT": _Facts("Long Government", 0.0015, 0.0449, 48_000, 45),
    "BIL": _Facts("Ultrashort Bond", 0.001356, 0.0395, 44_000, 22),
}

# Percent of net assets, in the order of SECTORS: these funds hold shares and nothing else.
WEIGHTS = {
    "ISCB": (4.6, 2.7, 12.6, 3.4, 4.4, 17.0, 13.9, 19.0, 6.8, 13.1, 2.5),
    "SPSM": (5.0, 3.0, 14.1, 3.7, 4.9, 18.0, 11.4, 14.7, 8.0, 15.0, 2.2),
    "IWM": (4.3, 2.6, 10.2, 2.9, 5.0, 17.6, 17.5, 16.4, 6.2, 14.2, 3.1),
    "IJR": (5.0, 3.0, 14.1, 3.7, 4.9, 18.0, 11.4, 14.7, 8.0, 15.0, 2.2),
    "VB": (4.9, 3.0, 12.7, 3.6, 4.6, 14.4, 11.9, 21.3, 7.0, 14.1, 2.5),
    "AVUV": (6.1, 2.9, 18.4, 4.8, 14.6, 27.0, 3.9, 15.3, 0.8, 5.9, 0.3),
    "SPMD": (5.3, 1.6, 12.9, 4.9, 4.9, 16.8, 9.4, 22.8, 6.9, 11.4, 3.1),
    "SPY": (1.7, 10.7, 10.4, 4.9, 2.8, 12.9, 9.8, 7.6, 1.8, 35.1, 2.3),
    "QQQ": (1.0, 16.4, 13.1, 4.5, 0.5, 0.3, 4.9, 3.1, 0.2, 54.6, 1.4),
}
SECTORS_SOURCE = {
    "ISCB": "published for 3 sectors, the rest simulated",
    "SPSM": "published for 2 sectors, the rest simulated",
}

# Top ten by the number of a made-up company, the largest weight in percent, and the ratio of one to the next.
HOLDINGS = {
    "ISCB": ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 0.46, 0.97),
    "SPSM": ((3, 11, 12, 5, 13, 8, 14, 15, 10, 16), 0.78, 0.96),
    "IWM": ((2, 1, 17, 4, 18, 6, 19, 7, 20, 9), 0.72, 0.94),
    "IJR": ((3, 11, 12, 5, 13, 8, 14, 15, 10, 16), 0.77, 0.96),
    "VB": ((21, 22, 23, 24, 1, 25, 2, 26, 4, 27), 0.63, 0.97),
    "AVUV": ((12, 28, 5, 29, 30, 13, 31, 15, 32, 33), 1.02, 0.97),
    "SPMD": ((34, 35, 36, 37, 21, 38, 22, 39, 40, 23), 0.86, 0.96),
    "SPY": ((101, 102, 103, 104, 105, 106, 107, 108, 109, 110), 7.4, 0.82),
    "QQQ": ((101, 103, 102, 104, 106, 105, 107, 111, 112, 113), 9.1, 0.85),
}

INDEX_NAMES = {"^TNX": "10-year Treasury yield", "^IRX": "13-week Treasury bill yield"}


def profile_of(symbol: str) -> tuple[FundProfile, tuple[Note, ...]]:
    """What is known of a symbol, and why it is nothing where it is no fund or not simulated."""
    if symbol in FACTS:
        return _fund(symbol, FACTS[symbol]), ()
    if reference.is_index(symbol):
        profile = FundProfile(symbol, Kind.INDEX, INDEX_NAMES.get(symbol, ""))
        return profile, (Note(NoteKind.NOT_A_FUND, symbol, {"kind": Kind.INDEX.value}),)
    cause = "it is not among the simulated funds"
    return FundProfile(symbol, Kind.OTHER), (Note(NoteKind.NO_PROFILE, symbol, {"cause": cause}),)


def _fund(symbol: str, facts: _Facts) -> FundProfile:
    def source(field: str) -> str:
        return PUBLISHED if field in facts.published else SIMULATED

    return FundProfile(
        symbol=symbol,
        kind=Kind.FUND,
        name=reference.NAMES[symbol],
        currency=CURRENCY,
        category=facts.category,
        expense_ratio=Fact(facts.expense, source("expense"), DAY),
        dividend_yield=Fact(facts.dividend, source("dividend"), DAY),
        yield_kind="trailing 12 months",
        assets=Fact(facts.assets * 1e6, source("assets"), DAY),
        holdings_count=Fact(facts.count, source("count"), DAY),
        sectors=_sectors(symbol),
        holdings=_holdings(symbol),
        index_changes=reference.INDEX_CHANGES.get(symbol, ()),
    )


def _sectors(symbol: str) -> Fact[SectorWeights] | None:
    if symbol not in WEIGHTS:
        return None
    weights = {name: percent / 100 for name, percent in zip(SECTORS, WEIGHTS[symbol], strict=True)}
    return Fact(SectorWeights(reference.MORNINGSTAR, weights), SECTORS_SOURCE.get(symbol, SIMULATED), DAY)


def _holdings(symbol: str) -> Fact[tuple[Holding, ...]] | None:
    if symbol not in HOLDINGS:
        return None
    companies, largest, ratio = HOLDINGS[symbol]
    held = tuple(_holding(company, largest / 100 * ratio**rank) for rank, company in enumerate(companies))
    return Fact(held, SIMULATED, DAY)


def _holding(company: int, weight: float) -> Holding:
    """A made-up company: country code ZZ is nobody's, so its number can be no real security."""
    return Holding(f"Sample Holding {company}", weight, isin=f"ZZSAMPLE{company:04d}")
