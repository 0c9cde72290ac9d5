"""The sample market with the faults of a real source: gaps, corrections, silence, symbols that end."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from analytics.panel import FloatArray, PricePanel
from bot.errors import Unavailable, UnknownSymbols
from bot.market.sample import SampleMarket
from bot.ports import Calendar, Clock, PriceHistory, Profiles


@dataclass(frozen=True)
class Weather:
    """What is wrong with the data.

    unknown: by symbol, the first session after which the source has never heard of it
    late: (symbol, session, hours after it has settled that its price comes in); a price that takes too long
        comes with the next session
    restated: by session, what its prices are multiplied by until the next session corrects them
    silent: the share of questions that the source does not answer, by chance from `seed`
    """

    unknown: Mapping[str, date] = field(default_factory=dict)
    late: tuple[tuple[str, date, float], ...] = ()
    restated: Mapping[date, float] = field(default_factory=dict)
    silent: float = 0.0
    seed: int = 0


class WeatheredMarket:
    """The ports Prices and Funds on the sample market, in a weather."""

    def __init__(self, market: SampleMarket, calendar: Calendar, clock: Clock, weather: Weather) -> None:
        self._market, self._calendar, self._clock, self._weather = market, calendar, clock, weather
        self._chance = random.Random(weather.seed)

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """As the port says."""
        weather = self._weather
        if self._chance.random() < weather.silent:
            raise Unavailable(self._market.source, "no answer (injected)")
        gone = [name for name in symbols if name in weather.unknown and through >= weather.unknown[name]]
        if gone:
            raise UnknownSymbols(self._market.source, {name: [] for name in gone})
        found = await self._market.history(symbols, through)
        return replace(found, panel=self._spoilt(found.panel, through))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """As the port says."""
        return await self._market.profiles(symbols)

    def _spoilt(self, panel: PricePanel, through: date) -> PricePanel:
        levels, closes = panel.total_return.copy(), panel.close.copy()
        factor = self._weather.restated.get(through)
        if factor and panel.as_of == through:
            levels[:, -1] *= factor
            closes[:, -1] *= factor
        for row in self._missing(panel, through):
            _blank((levels, closes), row)
        return replace(panel, total_return=levels, close=closes)

    def _missing(self, panel: PricePanel, through: date) -> Iterator[int]:
        for symbol, session, hours in self._weather.late:
            comes = self._calendar.settles(session) + timedelta(hours=hours)
            if session == through == panel.as_of and symbol in panel.symbols and self._clock.now() < comes:
                yield panel.symbols.index(symbol)


def _blank(arrays: Sequence[FloatArray], row: int) -> None:
    for array in arrays:
        array[row, -1] = np.nan
