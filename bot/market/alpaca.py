"""The Prices port on Alpaca's daily bars of the consolidated tape: many symbols a request, since 2016."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from analytics.panel import NEW_YORK, DateArray, FloatArray
from bot.errors import Unavailable, UnknownSymbols
from bot.market import reference, series
from bot.market.checks import level_doubts
from bot.market.keyed import (
    KeyedClient,
    KeyedHost,
    NothingKnown,
    Price,
    RequestBudget,
    Shares,
    profiles_without_facts,
)
from bot.market.series import Events, Series, on_sessions, sessions_of
from bot.ports import Calendar, Clock, PriceHistory, Profiles

SOURCE = "Alpaca"
MINUTE = 60.0
UNKNOWN = frozenset({400, 404})
"""One symbol that Alpaca finds impossible makes a bad request of all that stand beside it."""
BEGINS = "2016-01-01"
"""Alpaca has no bars before."""
DELAY = timedelta(minutes=16)
"""The free plan refuses a question that reaches into the last 15 minutes."""
TOGETHER = 0.02
"""Seconds for which a question waits for others, to go with them in one request."""
MOST_TOGETHER = 100
MOST_PAGES = 200
PAGE = 10_000

SYMBOL = re.compile(r"[A-Z]{1,5}(-[A-Z])?")
ZONE = ZoneInfo("America/New_York")

Adjustment = Literal["all", "split"]


class AlpacaBar(BaseModel):
    """One session: t is its midnight in New York, c its close, v the shares traded."""

    t: AwareDatetime
    c: Price
    v: Shares


class AlpacaPage(BaseModel):
    """One page of bars by symbol; a symbol that Alpaca does not know is absent."""

    bars: dict[str, list[AlpacaBar]] | None
    next_page_token: str | None = Field(max_length=4096)


PAGES: TypeAdapter[AlpacaPage] = TypeAdapter(AlpacaPage)
Bars = dict[str, list[AlpacaBar]]


class AlpacaMarket:
    """Prices from Alpaca, asked anew each time: put a cache before it.

    Who asks at the same moment is answered by the same requests.

    minutely : requests that the plan allows.  url : with the scheme, for tests a loopback one
    """

    source = SOURCE

    def __init__(
        self, calendar: Calendar, clock: Clock, key: str, secret: str, minutely: int, url: str
    ) -> None:
        self._calendar, self._clock = calendar, clock
        headers = {"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": secret}
        host = KeyedHost(SOURCE, url, headers, "WATCHPOINT_ALPACA_KEY and WATCHPOINT_ALPACA_SECRET", UNKNOWN)
        self._client = KeyedClient(host, RequestBudget(minutely, MINUTE, clock.monotonic))
        self._waiting: dict[str, None] = {}
        self._batch: asyncio.Task[tuple[Bars, Bars]] | None = None

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says; of what is not listed in New York none are known."""
        wanted, now = list(dict.fromkeys(symbols)), self._clock.now()
        own = self._calendar.of(NEW_YORK.code)
        end = series.newest_session(own, through, now)
        names = {symbol: symbol.replace("-", ".") for symbol in wanted if SYMBOL.fullmatch(symbol)}
        adjusted, plain = await self._together(list(names.values())) if names else ({}, {})
        unknown = [
            name for name in wanted if not adjusted.get(names.get(name, "")) or names[name] not in plain
        ]
        if unknown:
            raise UnknownSymbols(SOURCE, reference.suggest_symbols(unknown))
        rows = [
            series_of_alpaca(symbol, adjusted[name], plain[name], own, end) for symbol, name in names.items()
        ]
        return PriceHistory(series.build_panel(rows, self._calendar, through, now, source=SOURCE))

    async def _together(self, names: Sequence[str]) -> tuple[Bars, Bars]:
        """Get adjusted and plain bars of these symbols with those that others ask for at this moment."""
        if self._batch is None or len(self._waiting) + len(names) > MOST_TOGETHER:
            self._waiting = {}
            self._batch = asyncio.ensure_future(self._ask_soon(self._waiting))
        self._waiting.update(dict.fromkeys(names))
        return await asyncio.shield(self._batch)

    async def _ask_soon(self, waiting: Mapping[str, None]) -> tuple[Bars, Bars]:
        await asyncio.sleep(TOGETHER)
        if self._waiting is waiting:
            self._batch = None  # who comes now is too late for it
        asked = sorted(waiting)
        adjusted, plain = await asyncio.gather(self._bars(asked, "all"), self._bars(asked, "split"))
        return adjusted, plain

    async def _bars(self, names: Sequence[str], adjustment: Adjustment) -> Bars:
        end = self._clock.now() - DELAY
        query = {
            "symbols": ",".join(names),
            "timeframe": "1Day",
            "start": BEGINS,
            "end": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "adjustment": adjustment,
            "feed": "sip",
            "limit": str(PAGE),
        }
        symbol = names[0] if len(names) == 1 else None
        found: Bars = {}
        for _ in range(MOST_PAGES):
            try:
                page = await self._client.get("/v2/stocks/bars", query, PAGES, symbol)
            except NothingKnown:
                return await self._one_by_one(names, adjustment) if len(names) > 1 else {}
            for name, bars in (page.bars or {}).items():
                found.setdefault(name, []).extend(bars)
            if not page.next_page_token:
                return found
            query["page_token"] = page.next_page_token
        raise Unavailable(SOURCE, "an unreadable answer", symbol=symbol, detail="its pages do not end")

    async def _one_by_one(self, names: Sequence[str], adjustment: Adjustment) -> Bars:
        each = await asyncio.gather(*(self._bars([name], adjustment) for name in names))
        return {name: bars for found in each for name, bars in found.items()}

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Return what is known without a source: Alpaca is asked for prices alone."""
        return profiles_without_facts(symbols, SOURCE, self._clock.now().date())


def series_of_alpaca(
    symbol: str, adjusted: Sequence[AlpacaBar], plain: Sequence[AlpacaBar], calendar: Calendar, end: date
) -> Series:
    """Read a series no newer than the session `end`, with doubts about its levels.

    adjusted, plain : bars adjusted for all, and for splits alone.  Distributions and splits are not told, so
    that those in the adjusted closes cannot be held against any.

    Raises Unavailable where the days do not increase.
    """
    days, told = _values(symbol, adjusted)
    plain_days, plain_told = _values(symbol, plain)
    sessions = sessions_of(calendar, days, end)
    (total, _), (close, volume) = (
        on_sessions(sessions, days, told),
        on_sessions(sessions, plain_days, plain_told),
    )
    whole = (close > 0) & (total > 0)
    close, total = np.where(whole, close, np.nan), np.where(whole, total, np.nan)
    found = Series(symbol, sessions, total, close, volume, calendar.exchange, currency="USD")
    none = np.zeros(sessions.size)
    return replace(found, doubts=level_doubts(found, Events(none, none, none + 1.0))).trim()


def _values(symbol: str, bars: Sequence[AlpacaBar]) -> tuple[DateArray, FloatArray]:
    """Return (D,) days and (2, D) closes and volumes."""
    days = np.array([_session(bar.t) for bar in bars], dtype="datetime64[D]")
    if (np.diff(days) <= np.timedelta64(0, "D")).any():
        raise Unavailable(SOURCE, "an unreadable answer", symbol=symbol, detail="its days do not increase")
    return days, np.array([[bar.c, bar.v] for bar in bars]).T


def _session(stamp: datetime) -> date:
    return stamp.astimezone(ZONE).date()
