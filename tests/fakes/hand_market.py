"""A market of three funds whose prices can be worked out by hand, and jobs that are only remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analytics.fund import Fact, FundProfile, Kind
from analytics.panel import FloatArray, PricePanel
from bot.errors import Unavailable, UnknownSymbols
from bot.ports import Calendar, PriceHistory, Profiles, Task

FIRST = date(2025, 1, 2)
BEGUN = date(2025, 12, 1)


@dataclass
class HandMarket:
    """AAA is 100 until it loses a point a session in the last `falls` ones; BBB gains a point a session;
    CCC is 50 since December 2025.

    down: nothing is answered.  late: symbols that have no price on the newest session yet.
    expense: of every fund, a year; None where nobody knows.
    code: of the exchange on which all of them are traded, the calendar's own where it is empty.
    """

    calendar: Calendar
    falls: int = 20
    down: bool = False
    late: set[str] = field(default_factory=set)
    expense: float | None = 0.0003
    asked: int = 0
    code: str = ""

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        self.asked += 1
        if self.down:
            raise Unavailable("Hand Market", "no connection")
        unknown = [symbol for symbol in symbols if symbol not in {"AAA", "BBB", "CCC"}]
        if unknown:
            raise UnknownSymbols("Hand Market", {symbol: ["AAA"] for symbol in unknown})
        calendar = self.calendar.of(self.code) if self.code else self.calendar
        sessions = calendar.sessions(FIRST, through)
        levels = np.array([self._levels(symbol, sessions.size) for symbol in symbols])
        levels = levels.reshape(len(symbols), sessions.size)
        for row, symbol in enumerate(symbols):
            if symbol == "CCC":
                levels[row, sessions < np.datetime64(BEGUN)] = np.nan
            if symbol in self.late:
                levels[row, -1] = np.nan
        volume = np.full(levels.shape, 1000.0)
        panel = PricePanel(
            sessions,
            tuple(symbols),
            levels,
            levels,
            volume,
            "Hand Market",
            exchanges=(calendar.exchange,) * len(symbols),
            currencies=("USD",) * len(symbols),
        )
        return PriceHistory(panel)

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        expense = None if self.expense is None else Fact(self.expense, "Hand Market", None)
        return Profiles({symbol: FundProfile(symbol, Kind.FUND, expense_ratio=expense) for symbol in symbols})

    def _levels(self, symbol: str, count: int) -> FloatArray:
        levels: FloatArray = np.full(count, 50.0 if symbol == "CCC" else 100.0)
        if symbol == "BBB":
            levels += np.arange(count)
        if symbol == "AAA" and self.falls:
            levels[-self.falls :] -= np.arange(1, self.falls + 1)
        return levels


@dataclass
class RecordingJobs:
    """Remembers what was added; nobody works on it."""

    tasks: list[Task] = field(default_factory=list)

    async def enqueue(self, tasks: Sequence[Task]) -> None:
        self.tasks += tasks

    def on(self, kind: str, handler: Callable[[str], Awaitable[None]], at_once: int) -> None:
        raise NotImplementedError

    async def run(self, stop: asyncio.Event) -> None:
        raise NotImplementedError
