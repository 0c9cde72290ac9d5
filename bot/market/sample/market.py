"""The Prices and Funds ports on a simulated market: nothing to set up or ask, and the same every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from analytics.panel import NEW_YORK
from bot.errors import UnknownSymbols
from bot.market import reference, series
from bot.market.sample.facts import profile_of
from bot.market.sample.path import simulate
from bot.market.sample.tables import FIRST, LAST_MILESTONE, SYMBOLS
from bot.market.series import Series
from bot.ports import Calendar, Clock, PriceHistory, Profiles

SOURCE = "SAMPLE DATA (simulated)"


class SampleMarket:
    """About a dozen made-up funds of New York that look like the real ones, from 2015 to the clock's last
    session.

    A date has the same price whenever it is asked for, and the market goes on for ever.  Their facts are the
    published ones where a fact says so, and simulated otherwise.
    """

    source = SOURCE

    def __init__(self, calendar: Calendar, clock: Clock) -> None:
        self._calendar, self._clock = calendar.of(NEW_YORK.code), clock
        self._until: date | None = None
        self._market: Mapping[str, Series] = {}

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """As the port says; raises UnknownSymbols with the list of those that are simulated."""
        _refuse_unknown(symbols)
        now = self._clock.now()
        market = self._simulated(self._calendar.last_complete(now))
        rows = [market[symbol] for symbol in dict.fromkeys(symbols)]
        return PriceHistory(series.panel(rows, self._calendar, through, now, source=SOURCE, simulated=True))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """As the port says; the facts carry their source, "published" or "simulated", and their day."""
        answers = [profile_of(symbol) for symbol in dict.fromkeys(symbols)]
        notes = tuple(note for _, found in answers for note in found)
        return Profiles({profile.symbol: profile for profile, _ in answers}, notes)

    def _simulated(self, settled: date) -> Mapping[str, Series]:
        """Every series through the last settled session or beyond it; made once a session."""
        until = max(settled, LAST_MILESTONE)
        if until != self._until:
            self._market = simulate(self._calendar.sessions(FIRST, until))
            self._until = until
        return self._market


def _refuse_unknown(symbols: Sequence[str]) -> None:
    unknown = [symbol for symbol in dict.fromkeys(symbols) if symbol not in SYMBOLS]
    if unknown:
        nearest = {
            symbol: [like for like in reference.nearest(symbol) if like in SYMBOLS] for symbol in unknown
        }
        raise UnknownSymbols(f"{SOURCE}, which knows only {', '.join(SYMBOLS)},", nearest)
