"""What the fake Yahoo knows: made-up histories, the same every time, in the shapes Yahoo sends."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from bot.market.calendar import ExchangeCalendar

FIRST, LAST = date(2024, 1, 2), date(2026, 1, 20)

Row = dict[str, Any]


@dataclass
class Listing:
    """One symbol: rows of day, close, adjclose, volume (None where Yahoo has a hole), events, modules.

    splits : new shares and old ones by day
    currency : of the prices; dividend_currency : of the dividends, where Yahoo tells it
    zone : of its exchange.  A bar has the stamp of `opens` there.
    """

    symbol: str
    kind: str
    rows: list[Row]
    dividends: dict[date, float]
    modules: dict[str, Any]
    splits: dict[date, tuple[int, int]] = field(default_factory=dict)
    currency: str | None = "USD"
    dividend_currency: str | None = None
    zone: str = "America/New_York"
    opens: time = time(9, 30)

    def row(self, day: date) -> Row:
        return next(row for row in self.rows if row["day"] == day)

    def forget(self, *days: date) -> None:
        """Leave sessions out, as Yahoo does for days at a time."""
        self.rows = [row for row in self.rows if row["day"] not in days]

    def through(self, last: date) -> None:
        """Know nothing newer."""
        self.rows = [row for row in self.rows if row["day"] <= last]


def listing(
    symbol: str, kind: str = "ETF", first: date = FIRST, last: date = LAST, exchange: str = "XNYS"
) -> Listing:
    """A made-up history with a dividend every 63 sessions, adjusted as Yahoo does.

    exchange : whose sessions it has; where that is not New York, set `zone` and `opens`
    """
    days = [day.astype(date) for day in ExchangeCalendar(exchange).sessions(first, last)]
    draws = np.random.default_rng(zlib.crc32(symbol.encode())).normal(0.0004, 0.011, len(days))
    close = 50 * np.exp(np.cumsum(draws))
    quarters = () if kind == "INDEX" else range(62, len(days), 63)
    dividends = {days[i]: round(close[i] * 0.004, 4) for i in quarters}
    kept = np.array(
        [1 - dividends.get(day, 0) / before for day, before in zip(days[1:], close, strict=False)]
    )
    adjusted = close * np.append(np.cumprod(kept[::-1])[::-1], 1)
    rows = [
        {"day": day, "close": float(c), "adjclose": float(a), "volume": 0 if kind == "INDEX" else 100_000 + i}
        for i, (day, c, a) in enumerate(zip(days, close, adjusted, strict=True))
    ]
    return Listing(symbol, kind, rows, dividends, _modules(symbol, kind))


def _modules(symbol: str, kind: str) -> dict[str, Any]:
    modules: dict[str, Any] = {
        "quoteType": {"quoteType": kind, "longName": f"{symbol} Growth &amp; Income", "symbol": symbol},
        "summaryDetail": {"currency": "USD", "trailingAnnualDividendYield": 0.0061, "marketCap": 7},
    }
    if kind == "ETF":
        fees = {"annualReportExpenseRatio": 0.0004, "annualHoldingsTurnover": 0.31, "totalNetAssets": 253.45}
        weights = {"technology": 0.30, "industrials": 0.25, "financial_services": 0.25, "realestate": 0.20}
        held = [("BBB", "Beta Corp", 0.0081), ("AAA", "Alpha Inc", 0.009), ("", "Gamma Trust", 0.004)]
        modules["summaryDetail"] |= {"yield": 0.0138, "totalAssets": 253_450_000, "bid": 1.0, "ask": 900.0}
        modules["quoteType"] |= {"exchange": "PCX", "firstTradeDateEpochUtc": 921_076_200}
        modules["defaultKeyStatistics"] = {"fundFamily": "iShares", "fundInceptionDate": 1_088_380_800}
        modules["fundProfile"] = {
            "family": "iShares",
            "categoryName": "Small Blend",
            "feesExpensesInvestment": fees,
        }
        modules["topHoldings"] = {
            "holdings": [{"symbol": s, "holdingName": n, "holdingPercent": w} for s, n, w in held],
            "sectorWeightings": [{name: weight} for name, weight in weights.items()],
            "equityHoldings": {"priceToEarnings": 0.0571},
            "stockPosition": 0.98,
            "cashPosition": 0.02,
        }
    return modules


def chart(listed: Listing, *, newest: bool, events: bool) -> dict[str, Any]:
    """All rows, or the newest, in the shape of /v8/finance/chart."""
    rows = listed.rows[-1:] if newest else listed.rows
    prices = [row["close"] for row in rows]
    quote = dict.fromkeys(("open", "high", "low", "close"), prices) | {"volume": [r["volume"] for r in rows]}
    answer: dict[str, Any] = {
        "meta": _meta(listed),
        "timestamp": [_stamp(listed, row["day"]) for row in rows],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": [row["adjclose"] for row in rows]}]},
    }
    if events:
        answer["events"] = _events(listed)
    return answer


def _events(listed: Listing) -> dict[str, Any]:
    told = {"currency": listed.dividend_currency} if listed.dividend_currency else {}
    paid = {_stamp(listed, day): {"amount": amount, **told} for day, amount in listed.dividends.items()}
    parts = {
        _stamp(listed, day): {"numerator": new, "denominator": old, "splitRatio": f"{new}:{old}"}
        for day, (new, old) in listed.splits.items()
    }
    kinds = {"dividends": paid, "splits": parts}
    return {
        kind: {str(stamp): {**event, "date": stamp} for stamp, event in found.items()}
        for kind, found in kinds.items()
        if found
    }


def _meta(listed: Listing) -> dict[str, Any]:
    start = _stamp(listed, listed.rows[-1]["day"])
    session = {"start": start, "end": start + 23_400, "timezone": "EST", "gmtoffset": -18_000}
    return {
        "currency": listed.currency,
        "symbol": listed.symbol,
        "instrumentType": listed.kind,
        "exchangeTimezoneName": listed.zone,
        "regularMarketTime": start,
        "firstTradeDate": _stamp(listed, listed.rows[0]["day"]),
        "currentTradingPeriod": dict.fromkeys(("pre", "regular", "post"), session),
        "validRanges": ["1d", "max"],
        "priceHint": 2,
    }


def _stamp(listed: Listing, day: date) -> int:
    return int(datetime.combine(day, listed.opens, ZoneInfo(listed.zone)).timestamp())
