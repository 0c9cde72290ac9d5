"""Small Tiingo and Alpaca on 127.0.0.1, in the forms that they document, with the fake Yahoo's made-up world.

with FakeTiingo() as tiingo:
    TiingoMarket(calendar, clock, KEY, 50, tiingo.url)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from tests.fakes.yahoo import FakeYahoo, send
from tests.fakes.yahoo_listings import Listing

KEY, SECRET = "key-0123456789abcdef", "secret-fedcba9876543210"
NEW_YORK = ZoneInfo("America/New_York")


@dataclass
class FakeVendor(FakeYahoo):
    """What both have in common."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def later_shares(self, listed: Listing, day: date) -> float:
        """Today's shares for one of a day."""
        shares = 1.0
        for on, (new, old) in listed.splits.items():
            shares *= new / old if on > day else 1.0
        return shares


@dataclass
class FakeTiingo(FakeVendor):
    """Daily prices: raw as they were on their day, and adjusted."""

    def _answer(self, handler: BaseHTTPRequestHandler, asked: str) -> None:
        url = urlsplit(f"//{asked}")
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        if handler.headers.get("Authorization") != f"Token {KEY}":
            send(handler, 401, {"detail": "Invalid token."})
            return
        _, _, _, ticker, last = url.path.split("/")
        listed = self.listings.get(unquote(ticker))
        if listed is None or listed.kind == "INDEX" or last != "prices":
            send(handler, 404, {"detail": f"Error: Ticker '{ticker}' not found"})
            return
        start = date.fromisoformat(query["startDate"])
        send(handler, 200, [self._bar(listed, row) for row in listed.rows if row["day"] >= start])

    def _bar(self, listed: Listing, row: dict[str, Any]) -> dict[str, Any]:
        day, shares = row["day"], self.later_shares(listed, row["day"])
        new, old = listed.splits.get(day, (1, 1))
        raw, adjusted = row["close"] * shares, row["adjclose"]
        return {
            "date": f"{day}T00:00:00.000Z",
            **dict.fromkeys(("close", "high", "low", "open"), raw),
            "volume": row["volume"] / shares,
            **dict.fromkeys(("adjClose", "adjHigh", "adjLow", "adjOpen"), adjusted),
            "adjVolume": row["volume"],
            "divCash": listed.dividends.get(day, 0.0) * shares,
            "splitFactor": new / old,
        }


@dataclass
class FakeAlpaca(FakeVendor):
    """Daily bars, by symbol and then by day, page by page.  page: bars on one."""

    page: int = 10_000

    def _answer(self, handler: BaseHTTPRequestHandler, asked: str) -> None:
        url = urlsplit(f"//{asked}")
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        given = handler.headers.get("APCA-API-KEY-ID"), handler.headers.get("APCA-API-SECRET-KEY")
        if given != (KEY, SECRET):
            send(handler, 403, {"message": "forbidden."})
            return
        names = query["symbols"].split(",")
        if any(not name.replace(".", "").isalpha() for name in names):
            send(handler, 400, {"message": f"invalid symbol: {names[0]}"})
            return
        bars = [
            (name, self._bar(row, query["adjustment"]))
            for name in sorted(names)
            if (listed := self.listings.get(name.replace(".", "-"))) and listed.kind != "INDEX"
            for row in listed.rows
            if row["day"].isoformat() <= query["end"][:10]
        ]
        at = int(query.get("page_token", "0"))
        most = min(self.page, int(query["limit"]))
        shown: dict[str, list[dict[str, Any]]] = {}
        for name, bar in bars[at : at + most]:
            shown.setdefault(name, []).append(bar)
        after = str(at + most) if at + most < len(bars) else None
        send(handler, 200, {"bars": shown, "next_page_token": after})

    def _bar(self, row: dict[str, Any], adjustment: str) -> dict[str, Any]:
        midnight = datetime.combine(row["day"], time(), NEW_YORK).astimezone(ZoneInfo("UTC"))
        price = row["adjclose"] if adjustment == "all" else row["close"]
        return {
            "t": f"{midnight:%Y-%m-%dT%H:%M:%SZ}",
            **dict.fromkeys(("o", "h", "l", "c", "vw"), price),
            "v": row["volume"],
            "n": 12,
        }
