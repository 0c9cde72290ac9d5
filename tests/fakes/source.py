"""A source of prices and profiles that does as it is told, for what stands before a source."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np

from analytics.fund import Approach, Fact, FundProfile, Holding, IndexChange, Kind, SectorWeights
from analytics.notes import Note, NoteKind
from bot.errors import Unavailable, UnknownSymbols
from bot.market import series
from bot.market.calendar import ExchangeCalendar
from bot.market.series import Series
from bot.ports import PriceHistory, Profiles

CALENDAR = ExchangeCalendar()


class ScriptedSource:
    """Prices 1, 2, 3, ... from 2025-12-01 on; counts the questions; fails and waits on order.

    newest : the last session it knows; None: all
    fails : what it raises, or what its profiles note, by symbol
    gate : where set, nothing is answered before it opens
    """

    source = "Scripted Source"
    simulated = False

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.newest: date | None = None
        self.fails: dict[str, Unavailable | UnknownSymbols] = {}
        self.holes: list[date] = []
        self.notes: list[Note] = []
        self.gate: asyncio.Event | None = None
        self.reached = asyncio.Event()
        self.expense = 0.0004

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        await self._receive(symbols)
        for symbol in symbols:
            if symbol in self.fails:
                raise self.fails[symbol]
        rows = [self._series(symbol, min(through, self.newest or through)) for symbol in symbols]
        panel = series.build_panel(rows, CALENDAR, through, source=self.source, simulated=self.simulated)
        return PriceHistory(panel, tuple(self.notes))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        await self._receive(f"profile {symbol}" for symbol in symbols)
        notes = [self._no_profile(symbol) for symbol in symbols if symbol in self.fails]
        return Profiles({symbol: self._profile(symbol) for symbol in symbols}, tuple(notes))

    async def _receive(self, asked: Iterable[str]) -> None:
        self.asked.update(asked)
        self.reached.set()
        if self.gate:
            await self.gate.wait()

    def _series(self, symbol: str, last: date) -> Series:
        sessions = CALENDAR.sessions(date(2025, 12, 1), last)
        levels = np.arange(1, sessions.size + 1, dtype=np.float64)
        levels[np.isin(sessions, np.array(self.holes, dtype="datetime64[D]"))] = np.nan
        return Series(symbol, sessions, levels, levels * 2, levels * 100, currency="EUR")

    def _profile(self, symbol: str) -> FundProfile:
        return FundProfile(symbol, Kind.FUND) if symbol in self.fails else profile(symbol, self.expense)

    def _no_profile(self, symbol: str) -> Note:
        failure = self.fails[symbol]
        cause = failure.cause if isinstance(failure, Unavailable) else "no such symbol"
        return Note(NoteKind.NO_PROFILE, symbol, {"cause": cause})


def profile(symbol: str, expense: float = 0.0004) -> FundProfile:
    """A profile with every field filled."""
    day = date(2026, 1, 16)
    return FundProfile(
        symbol=symbol,
        kind=Kind.FUND,
        name=f"{symbol} Fund",
        currency="EUR",
        category="Small Blend",
        exchange="Xetra",
        provider=Fact("A Family", "Scripted", day),
        index=Fact("Another Index", "Issuer", day),
        inception=Fact(date(2004, 6, 28), "Scripted", day),
        approach=Fact(Approach.INDEX, "Issuer", day),
        expense_ratio=Fact(expense, "Scripted", day),
        dividend_yield=Fact(0.0138, "Scripted", None),
        yield_kind="SEC 30-day",
        assets=Fact(253.45e6, "Scripted", day),
        holdings_count=Fact(1578, "Issuer", day),
        sectors=Fact(SectorWeights("GICS", {"Industrials": 0.6, "Energy": 0.4}), "Issuer", day),
        holdings=Fact((Holding("Alpha", 0.01, "AAA", "US000", None), Holding("Beta", 0.005)), "Issuer", day),
        index_changes=(IndexChange(date(2021, 3, 19), "Another Index"),),
    )


def new_york(day: str, hour: str) -> datetime:
    """A moment of January 2026 in New York, five hours behind UTC."""
    hours, _, minutes = hour.partition(":")
    midnight = datetime.fromisoformat(f"{day}T05:00:00").replace(tzinfo=UTC)
    return midnight + timedelta(hours=int(hours), minutes=int(minutes))
