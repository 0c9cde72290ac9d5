"""The Prices port on Tiingo's end-of-day prices: raw and adjusted closes, distributions, splits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

import numpy as np
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter

from analytics.panel import NEW_YORK, FloatArray
from bot.errors import Unavailable, UnknownSymbols
from bot.market import reference, series
from bot.market.calendar import FIRST
from bot.market.checks import price_doubts
from bot.market.keyed import (
    KeyedClient,
    KeyedHost,
    NothingKnown,
    Price,
    RequestBudget,
    Shares,
    profiles_without_facts,
)
from bot.market.series import Events, Series, distributions_of, on_sessions, sessions_of
from bot.ports import Calendar, Clock, PriceHistory, Profiles

SOURCE = "Tiingo"
HOUR = 3600.0
CORRECTED = timedelta(hours=3, minutes=45)
"""After a session has settled (16:15 in New York) its prices may be corrected for so long."""

SYMBOL = re.compile(r"[A-Z]{1,6}(-[A-Z])?")
"""Funds and stocks listed in the United States, mutual funds, share classes like BRK-B."""


def _day(value: object) -> object:
    """Take the date of a stamp at midnight UTC, "2026-01-16T00:00:00.000Z"."""
    return value[:10] if isinstance(value, str) else value


class TiingoBar(BaseModel):
    """One session as Tiingo tells it: prices a share as it traded, and adjusted for all that came later."""

    date: Annotated[date, BeforeValidator(_day)]
    close: Price
    adj_close: Price = Field(alias="adjClose")
    adj_volume: Shares = Field(alias="adjVolume")
    paid: Price = Field(alias="divCash")
    split: Annotated[Price, Field(gt=0)] = Field(alias="splitFactor")


BARS: TypeAdapter[list[TiingoBar]] = TypeAdapter(list[TiingoBar])


class TiingoMarket:
    """Prices from Tiingo, one request a symbol, asked anew each time: put a cache before it.

    hourly : requests that the plan allows.  url : with the scheme, for tests a loopback one
    """

    source = SOURCE

    def __init__(self, calendar: Calendar, clock: Clock, token: str, hourly: int, url: str) -> None:
        self._calendar, self._clock = calendar, clock
        host = KeyedHost(SOURCE, url, {"Authorization": f"Token {token}"}, "WATCHPOINT_TIINGO_TOKEN")
        self._client = KeyedClient(host, RequestBudget(hourly, HOUR, clock.monotonic))

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says; of what is not listed in New York none are known."""
        wanted, now = list(dict.fromkeys(symbols)), self._clock.now()
        own = self._calendar.of(NEW_YORK.code)
        end = series.newest_session(own, through, now)
        asked = [symbol for symbol in wanted if SYMBOL.fullmatch(symbol)]
        answers = dict(zip(asked, await asyncio.gather(*map(self._bars, asked)), strict=True))
        unknown = [symbol for symbol in wanted if not answers.get(symbol)]
        if unknown:
            raise UnknownSymbols(SOURCE, reference.suggest_symbols(unknown))
        rows = [series_of_bars(symbol, answers[symbol], own, end) for symbol in wanted]
        return PriceHistory(series.build_panel(rows, self._calendar, through, now, source=SOURCE))

    async def _bars(self, symbol: str) -> list[TiingoBar]:
        """Get all sessions of a symbol, none where Tiingo does not know it."""
        query = {"startDate": FIRST, "resampleFreq": "daily", "format": "json"}
        try:
            return await self._client.get(f"/tiingo/daily/{symbol}/prices", query, BARS, symbol)
        except NothingKnown:
            return []

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Return what is known without a source: Tiingo is asked for prices alone."""
        return profiles_without_facts(symbols, SOURCE, self._clock.now().date())


def series_of_bars(symbol: str, bars: Sequence[TiingoBar], calendar: Calendar, end: date) -> Series:
    """Read a series no newer than the session `end`, with the doubts that its checks raise.

    Closes and distributions are told as they were on their day: they are brought to today's shares by the
    splits that came later.  Rows after `end` and on days without a session are dropped.

    Raises Unavailable where the days do not increase.
    """
    days = np.array([bar.date for bar in bars], dtype="datetime64[D]")
    if (np.diff(days) <= np.timedelta64(0, "D")).any():
        raise Unavailable(SOURCE, "an unreadable answer", symbol=symbol, detail="its days do not increase")
    told = np.array([[bar.close, bar.adj_close, bar.adj_volume, bar.paid, bar.split] for bar in bars]).T
    since = shares_since(told[4])
    values = np.stack([told[0] / since, told[1], told[2], told[3] / since, told[4]])
    sessions = sessions_of(calendar, days, end)
    close, total, volume, paid, splits = on_sessions(sessions, days, values)
    whole = np.isfinite(close) & (close > 0) & (total > 0)
    close, total = np.where(whole, close, np.nan), np.where(whole, total, np.nan)
    events = Events(np.nan_to_num(paid), np.zeros(sessions.size), np.where(splits > 0, splits, 1.0))
    found = Series(symbol, sessions, total, close, volume, calendar.exchange, currency="USD")
    given = distributions_of(symbol, sessions, events)
    return replace(found, doubts=price_doubts(found, events), distributions=given).trim()


def shares_since(splits: FloatArray) -> FloatArray:
    """Count today's shares for one of each day, from the splits of the days after it.

    >>> shares_since(np.array([1.0, 1.0, 4.0, 1.0])).tolist()
    [4.0, 4.0, 1.0, 1.0]
    """
    later = np.append(splits[1:], 1.0)
    since: FloatArray = np.cumprod(later[::-1])[::-1]
    return since
