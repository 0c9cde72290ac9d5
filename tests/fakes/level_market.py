"""A market where a test says what a session's close is; everything else was 100 since 2024."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analytics.fund import Fact, FundProfile, Kind
from analytics.panel import Doubt, PricePanel
from bot.errors import Unavailable, UnknownSymbols
from bot.ports import Calendar, Clock, PriceHistory, Profiles

FIRST = date(2024, 6, 3)
SOURCE = "Level Market"


@dataclass
class LevelMarket:
    """Any symbol has prices, but those named in `unknown`; counts how often each was asked for.

    levels: close by (symbol, session); NaN where there is none.
    fails: what a question that names the symbol raises.
    exchanges: codes of the exchanges of symbols that are not traded on the calendar's own.
    doubts: prices that look wrong.  source: its name.  clock: by which a session has settled; None: all have.
    """

    calendar: Calendar
    levels: dict[tuple[str, date], float] = field(default_factory=dict)
    fails: dict[str, Unavailable] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    down: Unavailable | None = None
    expense: float = 0.0003
    calls: list[tuple[str, ...]] = field(default_factory=list)
    exchanges: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    clock: Clock | None = None
    source: str = SOURCE

    @property
    def asked(self) -> Counter[str]:
        """How often each symbol was asked for."""
        return Counter(symbol for call in self.calls for symbol in call)

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        self.calls.append(tuple(symbols))
        await asyncio.sleep(0)
        if self.down:
            raise self.down
        if strange := [symbol for symbol in symbols if symbol in self.unknown]:
            raise UnknownSymbols(SOURCE, {symbol: ["AAA"] for symbol in strange})
        for symbol in symbols:
            if symbol in self.fails:
                raise self.fails[symbol]
        return PriceHistory(self._panel(symbols, through))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        self.calls.append(tuple(f"profile {symbol}" for symbol in symbols))
        expense = Fact(self.expense, SOURCE)
        return Profiles({name: FundProfile(name, Kind.FUND, expense_ratio=expense) for name in symbols})

    def _panel(self, symbols: Sequence[str], through: date) -> PricePanel:
        own = [
            self.calendar.of(self.exchanges.get(symbol, self.calendar.exchange.code)) for symbol in symbols
        ]
        lines = [each.sessions(FIRST, self._settled(each, through)) for each in own]
        sessions = np.unique(np.concatenate(lines))
        held = np.array([np.isin(sessions, line) for line in lines])
        closes = np.where(held, 100.0, np.nan)
        days = {session: column for column, session in enumerate(sessions.tolist())}
        for (symbol, session), level in self.levels.items():
            if symbol in symbols and session in days:
                closes[list(symbols).index(symbol), days[session]] = level
        return PricePanel(
            sessions,
            tuple(symbols),
            closes,
            closes,
            np.full(closes.shape, np.nan),
            self.source,
            exchanges=tuple(each.exchange for each in own),
            held=held,
            doubts=tuple(
                doubt for doubt in self.doubts if doubt.symbol in symbols and doubt.session <= through
            ),
        )

    def _settled(self, calendar: Calendar, through: date) -> date:
        return min(through, calendar.last_complete(self.clock.now())) if self.clock else through
