"""The sample market's funds: traits, milestones and yields, and the facts of their profiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.fund import Fact, FundProfile, Holding, Kind, SectorWeights
from analytics.notes import Note, NoteKind
from analytics.panel import DateArray
from bot.market import reference

FIRST = date(2015, 1, 2)
CURRENCY = "USD"

# Levels of SPY, ISCB and SPSM with dividends (16 January 2026 = 100) and the market's volatility on the way
# there, percent a year.  ISCB and SPSM meet the published returns over 1, 3, 5 and 10 years to 2026-01-16 and
# over 1 year to 2026-01-09 and 2026-03-11, and the published worst falls; the rows of 2025 are tuned to the
# published volatility and Sortino ratios as well.  The others are the well-known highs and lows, rounded.
MILESTONES: tuple[tuple[str, float, float, float, float], ...] = (
    ("2015-01-02", 24.4, 41.3, 38.8, 12),
    ("2015-06-23", 25.5, 44.0, 41.6, 11),
    ("2016-01-15", 22.8, 36.1716, 33.3540, 17),
    ("2016-02-11", 22.2, 34.2, 31.4, 22),
    ("2016-12-30", 27.7, 44.9, 45.4, 13),
    ("2017-12-29", 33.7, 51.1, 52.4, 7),
    ("2018-08-31", 37.3, 58.5, 60.0, 12),
    ("2018-12-24", 30.4, 43.6, 44.3, 19),
    ("2020-02-19", 44.6, 59.3, 59.5, 12),
    ("2020-03-23", 29.5, 34.9, 34.6, 60),
    ("2020-06-08", 42.9, 53.0, 53.0, 32),
    ("2021-01-15", 50.4, 69.9736, 71.2875, 18),
    ("2021-11-08", 63.9, 82.5, 86.5, 13),
    ("2021-12-31", 64.6, 78.9, 83.2, 15),
    ("2022-09-30", 49.5, 59.27, 64.0, 22),
    ("2022-12-30", 53.0, 63.8, 70.6, 22),
    ("2023-01-13", 55.1, 67.9552, 74.8636, 21),
    ("2023-07-31", 64.2, 73.2, 79.2, 13),
    ("2023-10-27", 57.8, 61.2, 66.8, 13),
    ("2023-12-29", 66.8, 75.6, 79.0, 12),
    ("2024-11-25", 85.3, 92.6, 95.73, 12),
    ("2025-01-08", 84.2, 84.6318, 88.2935, 13),
    ("2025-01-16", 84.5, 86.1104, 89.8392, 13),
    ("2025-01-30", 86.4, 88.0, 91.0, 12.1),
    ("2025-03-11", 79.4, 77.9, 80.0, 15),
    ("2025-04-02", 81.0, 78.65, 80.53, 19.2),
    ("2025-04-08", 71.3, 67.3992, 68.9780, 30.4),
    ("2025-04-09", 78.0, 73.37, 74.44, 30),
    ("2025-07-31", 90.7, 85.1, 83.8, 16.1),
    ("2025-11-20", 94.2, 88.2, 86.6, 12.2),
    ("2026-01-09", 100.2, 99.4, 98.2, 10),
    ("2026-01-16", 100.0, 100.0, 100.0, 12),
    ("2026-03-11", 98.0, 95.8404, 96.6240, 14),
)
# 10-year and 13-week Treasury yields in percent, rounded.
RATES: tuple[tuple[str, float, float], ...] = (
    ("2015-01-02", 2.1, 0.03),
    ("2015-12-16", 2.3, 0.25),
    ("2016-07-08", 1.4, 0.3),
    ("2016-12-15", 2.6, 0.5),
    ("2017-09-07", 2.1, 1.0),
    ("2018-11-08", 3.2, 2.3),
    ("2019-09-03", 1.5, 1.9),
    ("2020-02-19", 1.6, 1.5),
    ("2020-03-09", 0.6, 0.4),
    ("2020-03-25", 0.8, 0.05),
    ("2020-08-04", 0.5, 0.1),
    ("2021-03-31", 1.7, 0.03),
    ("2021-12-20", 1.4, 0.05),
    ("2022-03-16", 2.2, 0.4),
    ("2022-06-14", 3.5, 1.7),
    ("2022-10-24", 4.2, 3.9),
    ("2023-05-04", 3.4, 5.1),
    ("2023-10-19", 5.0, 5.3),
    ("2023-12-27", 3.8, 5.2),
    ("2024-04-25", 4.7, 5.2),
    ("2024-09-16", 3.6, 4.8),
    ("2025-01-14", 4.8, 4.2),
    ("2025-01-17", 4.6, 4.2),
    ("2025-04-04", 4.0, 4.2),
    ("2025-05-21", 4.6, 4.2),
    ("2025-10-22", 4.0, 3.8),
    ("2026-01-16", 4.2, 3.6),
)


@dataclass(frozen=True)
class Traits:
    """What makes a simulated fund.

    Attributes
    ----------
    loads : exposure to the market, size and value factors
    own : its own volatility as a multiple of the market's
    price : close on 2026-01-16, USD
    payout : dividends, fraction of the price a year; None: the interest that its bonds earn
    shares : traded on an ordinary day
    drift : added return, fraction a year
    duration : of its bonds, in years; 0 for bills, None where it holds none
    first : its first session
    twin : a fund on the same index, whose own noise it shares
    """

    loads: tuple[float, float, float]
    own: float
    price: float
    payout: float | None
    shares: float
    drift: float = 0.0
    duration: float | None = None
    first: date = FIRST
    twin: str | None = None


FUNDS = {
    "ISCB": Traits((1.0, 0.9, 0.2), 0.124, 67.5, 0.01562, 10_500),
    "SPSM": Traits((1.0, 1.0, 0.6), 0.14, 50.0, 0.01842, 2_400_000),
    "IWM": Traits((1.05, 1.05, 0.1), 0.08, 266.0, 0.011, 33_000_000),
    "IJR": Traits((1.0, 1.0, 0.6), 0.015, 127.0, 0.0153, 5_500_000, drift=-0.0003, twin="SPSM"),
    "VB": Traits((1.0, 0.75, 0.1), 0.06, 273.0, 0.014, 800_000),
    "AVUV": Traits((1.0, 1.0, 1.1), 0.15, 108.0, 0.016, 900_000, first=date(2019, 9, 24)),
    "SPMD": Traits((1.0, 0.7, 0.4), 0.09, 60.5, 0.014, 2_000_000),
    "SPY": Traits((1.0, 0.0, 0.0), 0.0, 691.0, 0.0125, 72_000_000),
    "QQQ": Traits((1.15, -0.1, -0.3), 0.2, 621.0, 0.005, 48_000_000, drift=0.02),
    "IWN": Traits((1.0, 1.02, 0.75), 0.07, 191.0, 0.0165, 1_300_000),
    "IWO": Traits((1.1, 1.08, -0.5), 0.09, 340.0, 0.006, 550_000),
    "XSMO": Traits((1.0, 0.95, 0.5), 0.3, 77.0, 0.007, 150_000, drift=0.012),
    "TLT": Traits((0.0, 0.0, 0.0), 0.06, 87.5, None, 38_000_000, duration=15.0),
    "IEF": Traits((0.0, 0.0, 0.0), 0.025, 96.5, None, 8_000_000, duration=7.3),
    "BIL": Traits((0.0, 0.0, 0.0), 0.0, 91.5, None, 8_500_000, drift=-0.0014, duration=0.0),
}
INDICES = ("^TNX", "^IRX")
SYMBOLS = (*FUNDS, *INDICES)

MILESTONE_DAYS: DateArray = np.array([row[0] for row in MILESTONES], dtype="datetime64[D]")
LAST_MILESTONE: date = MILESTONE_DAYS[-1].astype(date)
PRICED_ON = np.datetime64("2026-01-16", "D")
PINNED = ("SPY", "ISCB", "SPSM")


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
    bonds : the part in them, fraction of net assets; None where it is not told
    inception, exchange : published
    """

    category: str
    expense: float
    dividend: float
    assets: float
    count: int
    inception: date
    exchange: str = "NYSE Arca"
    published: frozenset[str] = frozenset({"expense"})
    bonds: float | None = None


_EVERY_FACT = frozenset({"expense", "dividend", "assets", "count"})

FACTS = {
    "ISCB": _Facts("Small Blend", 0.0004, 0.0138, 253.45, 1578, date(2004, 6, 28), published=_EVERY_FACT),
    "SPSM": _Facts("Small Blend", 0.0003, 0.0162, 13_080, 607, date(2013, 7, 8), published=_EVERY_FACT),
    "IWM": _Facts("Small Blend", 0.0019, 0.0097, 75_000, 1960, date(2000, 5, 22)),
    "IJR": _Facts("Small Blend", 0.0006, 0.0134, 90_000, 635, date(2000, 5, 22)),
    "VB": _Facts("Small Blend", 0.0005, 0.0124, 70_000, 1330, date(2004, 1, 26)),
    "AVUV": _Facts("Small Value", 0.0025, 0.0142, 21_000, 770, date(2019, 9, 24)),
    "SPMD": _Facts("Mid-Cap Blend", 0.0003, 0.0126, 15_000, 402, date(2005, 11, 8)),
    "SPY": _Facts("Large Blend", 0.000945, 0.0114, 700_000, 503, date(1993, 1, 22)),
    "QQQ": _Facts(
        "Large Growth",
        0.002,
        0.0044,
        400_000,
        101,
        date(1999, 3, 10),
        published=frozenset(),
        exchange="Nasdaq",
    ),
    "IWN": _Facts("Small Value", 0.0024, 0.0146, 12_000, 1420, date(2000, 7, 24)),
    "IWO": _Facts("Small Growth", 0.0024, 0.0051, 13_000, 1100, date(2000, 7, 24)),
    "XSMO": _Facts("Small Growth", 0.0036, 0.0060, 2_000, 119, date(2005, 3, 3), published=frozenset()),
    "TLT": _Facts(
        "Long Government", 0.0015, 0.0449, 48_000, 45, date(2002, 7, 22), exchange="Nasdaq", bonds=0.993
    ),
    "IEF": _Facts(
        "Intermediate Government",
        0.0015,
        0.0401,
        38_000,
        14,
        date(2002, 7, 22),
        exchange="Nasdaq",
        bonds=0.994,
    ),
    "BIL": _Facts("Ultrashort Bond", 0.001356, 0.0395, 44_000, 22, date(2007, 5, 25)),
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
    "IWN": (4.8, 2.9, 10.9, 2.2, 7.6, 26.6, 9.6, 12.5, 10.0, 7.2, 5.7),
    "IWO": (4.1, 2.3, 9.5, 3.5, 2.7, 9.0, 24.9, 20.4, 1.9, 20.9, 0.8),
    "XSMO": (4.9, 2.6, 11.8, 2.9, 2.1, 21.8, 12.4, 22.3, 4.6, 13.4, 1.2),
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
    "IWN": ((6, 19, 9, 41, 42, 43, 44, 45, 46, 47), 0.61, 0.97),
    "IWO": ((2, 1, 17, 4, 18, 7, 20, 48, 49, 50), 1.31, 0.94),
    "XSMO": ((11, 5, 51, 13, 52, 14, 53, 54, 55, 56), 2.3, 0.95),
    "SPY": ((101, 102, 103, 104, 105, 106, 107, 108, 109, 110), 7.4, 0.82),
    "QQQ": ((101, 103, 102, 104, 106, 105, 107, 111, 112, 113), 9.1, 0.85),
}

# A year's turnover in percent.
TURNOVER = {
    "ISCB": 31,
    "SPSM": 24,
    "IWM": 17,
    "IJR": 20,
    "VB": 12,
    "AVUV": 7,
    "SPMD": 20,
    "IWN": 28,
    "IWO": 33,
    "XSMO": 96,
    "SPY": 2,
    "QQQ": 8,
    "TLT": 38,
    "IEF": 61,
}

INDEX_NAMES = {"^TNX": "10-year Treasury yield", "^IRX": "13-week Treasury bill yield"}


def profile_of(symbol: str) -> tuple[FundProfile, tuple[Note, ...]]:
    """Return what is known of a symbol, and why it is nothing where it is no fund or not simulated."""
    if symbol in PROFILES:
        return PROFILES[symbol], ()
    if reference.is_index(symbol):
        profile = FundProfile(symbol, Kind.INDEX, INDEX_NAMES.get(symbol, ""))
        return profile, (Note(NoteKind.NOT_A_FUND, symbol, {"kind": Kind.INDEX.value}),)
    cause = "it is not among the simulated funds"
    return FundProfile(symbol, Kind.OTHER), (Note(NoteKind.NO_PROFILE, symbol, {"cause": cause}),)


def _fund_profile(symbol: str, facts: _Facts) -> FundProfile:
    def source(field: str) -> str:
        return PUBLISHED if field in facts.published else SIMULATED

    profile = FundProfile(
        symbol=symbol,
        kind=Kind.FUND,
        currency=CURRENCY,
        exchange=facts.exchange,
        inception=Fact(facts.inception, PUBLISHED, DAY),
        category=facts.category,
        expense_ratio=Fact(facts.expense, source("expense"), DAY),
        dividend_yield=Fact(facts.dividend, source("dividend"), DAY),
        yield_kind="trailing 12 months",
        assets=Fact(facts.assets * 1e6, source("assets"), DAY),
        holdings_count=Fact(facts.count, source("count"), DAY),
        turnover=Fact(TURNOVER[symbol] / 100, SIMULATED, DAY) if symbol in TURNOVER else None,
        bonds=None if facts.bonds is None else Fact(facts.bonds, SIMULATED, DAY),
        sectors=_sectors(symbol),
        holdings=_holdings(symbol),
    )
    return reference.complete_profile(profile, DAY)


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
    """Return a made-up company: country code ZZ is nobody's, so its number can be no real security."""
    return Holding(f"Sample Holding {company}", weight, isin=f"ZZSAMPLE{company:04d}")


PROFILES = {symbol: _fund_profile(symbol, facts) for symbol, facts in FACTS.items()}
