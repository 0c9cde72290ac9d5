"""A cache on disk before a slow source: asked once a session, and answering when the source is silent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from analytics.notes import OVER, Note, NoteKind
from analytics.panel import Exchange
from bot.errors import Unavailable, UnknownSymbols
from bot.market import series
from bot.market.disk_store import PRICES, PROFILES, DiskStore, PriceEntry, ProfileEntry
from bot.ports import Calendar, Clock, Funds, PriceHistory, Prices, Profiles

T = TypeVar("T")
Failure = Unavailable | UnknownSymbols

LATE = timedelta(minutes=15)
"""How long to wait before asking again for a session that has settled but had not arrived."""

ONCE_MORE = timedelta(hours=1)
"""How long prices that may still be corrected are taken for what they are."""

PROFILE_AGE = timedelta(days=1)
REST = timedelta(minutes=1)
"""How long a source that failed is left alone while there is something else to show."""

PROFILE_REST = timedelta(minutes=5)


class CacheableSource(Prices, Funds, Protocol):
    """What can be cached: both ports, with the name under which its answers are kept."""

    @property
    def source(self) -> str:
        """As printed under every answer."""
        ...


@dataclass(frozen=True)
class Held:
    """What there is to show of a symbol's prices, and why it is not newer."""

    entry: PriceEntry
    failure: Failure | None = None


class CachedMarket:
    """Both ports, from disk as long as nothing newer can be had.

    Prices are fresh until the next session of the symbol's own exchange settles, profiles for a day; only
    what is not fresh is asked for, and once however many ask.  Where the source is silent, what is there is
    shown, with a note of its age.

    home : folder for the files; each source has a folder of its own in there.
    corrected : how long after a session has settled the source may still correct its prices.
    """

    def __init__(
        self,
        inner: CacheableSource,
        calendar: Calendar,
        clock: Clock,
        home: Path,
        corrected: timedelta = timedelta(),
    ) -> None:
        self._inner, self._calendar, self._clock, self._corrected = inner, calendar, clock, corrected
        folder = home / re.sub(r"\W+", "-", inner.source.lower())
        self._prices = DiskStore(folder, "prices", PRICES)
        self._profiles = DiskStore(folder, "profile", PROFILES)
        self._calendars: dict[str, Calendar] = {}
        self._flights: dict[tuple[str, str], asyncio.Task[Any]] = {}
        self._failed: dict[str, tuple[datetime, Failure]] = {}
        self._without: dict[str, ProfileEntry] = {}

    @property
    def source(self) -> str:
        """As printed under every answer."""
        return self._inner.source

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says; where the source was silent the panel ends with the last price."""
        found = await asyncio.gather(*(self._price(symbol, through) for symbol in dict.fromkeys(symbols)))
        held, now = _held_or_raise(found), self._clock.now()
        end = _end_of_data(held, through)
        first, rows = held[0].entry, [one.entry.series for one in held]
        panel = series.build_panel(
            rows, self._calendar, end, now, source=first.source, simulated=first.simulated
        )
        return PriceHistory(panel, tuple(note for one in held for note in self._notes(one, panel.as_of)))

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Get profiles as the port says; an older one, with a note of its age, is better than none."""
        found = await asyncio.gather(*(self._profile(symbol) for symbol in dict.fromkeys(symbols)))
        by_symbol = {entry.profile.symbol: entry.profile for entry in found}
        return Profiles(by_symbol, tuple(note for entry in found for note in entry.notes))

    async def _price(self, symbol: str, through: date) -> Held | Failure:
        entry = await _look_up(self._prices, symbol)
        if entry is None:
            return await self._ask_source(symbol)
        own = await self._own(entry.series.exchange)
        entry = self._prices.get_remembered(symbol) or entry  # an answer may have come meanwhile
        if self._fresh(entry, own, through):
            return Held(entry)
        failure = self._resting(symbol)
        if failure is None:
            answer = await self._ask_source(symbol)
            if isinstance(answer, Held):
                return answer
            failure = answer
            self._failed[symbol] = self._clock.now() + _rest(failure), failure
        return Held(entry, failure)

    async def _own(self, exchange: Exchange) -> Calendar:
        """Return the calendar of a symbol's exchange; the first time it may take seconds to make."""
        own = self._calendars.get(exchange.code)
        if own is None:
            own = self._calendars[exchange.code] = await asyncio.to_thread(self._calendar.of, exchange.code)
        return own

    def _fresh(self, entry: PriceEntry, own: Calendar, through: date) -> bool:
        """Return whether asking again could not bring anything new up to a day.

        own : the symbol's calendar
        """
        now = self._clock.now()
        end = series.newest_session(own, through, now)
        if entry.fetched > now or own.last_complete(entry.fetched) < end:
            return False  # a clock that was ahead once must not keep new prices away until it comes true
        last = entry.series.last
        if last and last >= end:
            final = own.last_complete(entry.fetched - self._corrected) >= end
            return final or now - entry.fetched < ONCE_MORE
        if last and last < end - OVER:
            return True
        return now - entry.fetched < LATE

    def _resting(self, symbol: str) -> Failure | None:
        """Return the failure after which the source is still left alone about this symbol."""
        now = self._clock.now()
        until, failure = self._failed.get(symbol, (now, None))
        return failure if now < until else None

    async def _ask_source(self, symbol: str) -> Held | Failure:
        try:
            return Held(await self._once("prices", symbol, self._fetch_prices))
        except (Unavailable, UnknownSymbols) as failure:
            return failure

    async def _fetch_prices(self, symbol: str) -> PriceEntry:
        now = self._clock.now()
        history = await self._inner.history([symbol], now.astimezone(UTC).date())
        panel = history.panel
        row = series.series_of_panel(panel, symbol)
        settled = series.newest_session(await self._own(row.exchange), panel.as_of, now)
        entry = PriceEntry(row.through(settled), history.notes, panel.source, panel.simulated, now)
        await asyncio.to_thread(self._prices.write, symbol, entry)
        return entry

    def _notes(self, held: Held, end: date) -> Iterator[Note]:
        """Yield what must be said of one symbol's prices up to `end`; nothing that was not known by then."""
        entry = held.entry
        yield from (note for note in entry.notes if _newest_date(note) <= end)
        if held.failure:
            yield self._stale(entry.series.symbol, entry.fetched, _cause(held.failure))

    async def _profile(self, symbol: str) -> ProfileEntry:
        entry = await _look_up(self._profiles, symbol)
        if entry and not entry.outdated and timedelta() <= self._age(entry) < PROFILE_AGE:
            return entry
        fetched = self._without.get(symbol)
        if not (fetched and self._age(fetched) < PROFILE_REST):
            fetched = await self._once("profile", symbol, self._fetch_profile)
        cause = _no_profile(fetched.notes)
        if entry is None or cause is None:
            return fetched
        stale = self._stale(symbol, entry.fetched, cause)
        return ProfileEntry(entry.profile, (*entry.notes, stale), entry.fetched)

    async def _fetch_profile(self, symbol: str) -> ProfileEntry:
        now = self._clock.now()
        found = await self._inner.profiles([symbol])
        entry = ProfileEntry(found.by_symbol[symbol], found.notes, now)
        if _no_profile(entry.notes) is None:
            await asyncio.to_thread(self._profiles.write, symbol, entry)
        else:
            recent = {name: one for name, one in self._without.items() if self._age(one) < PROFILE_REST}
            self._without = {**recent, symbol: entry}
        return entry

    def _age(self, entry: ProfileEntry) -> timedelta:
        return self._clock.now() - entry.fetched

    def _stale(self, symbol: str, fetched: datetime, cause: str) -> Note:
        age = (self._clock.now() - fetched).total_seconds()
        return Note(NoteKind.STALE, symbol, {"age_seconds": age, "cause": cause})

    async def _once(self, kind: str, symbol: str, work: Callable[[str], Awaitable[T]]) -> T:
        """Do the work once for all who ask meanwhile; it goes on when one of them gives up."""
        key = (kind, symbol)
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.ensure_future(work(symbol))
            flight.add_done_callback(lambda _: self._flights.pop(key))
        result: T = await asyncio.shield(flight)
        return result


async def _look_up(disk_store: DiskStore[T], symbol: str) -> T | None:
    value = disk_store.get_remembered(symbol)
    if value is not None:
        return value
    value = await asyncio.to_thread(disk_store.read, symbol)
    return disk_store.get_remembered(symbol) or value  # it may have been written since the disk was looked at


def _held_or_raise(found: Sequence[Held | Failure]) -> list[Held]:
    """Return all that can be shown; raises UnknownSymbols that names every one, else the first
    Unavailable.
    """
    unknown = [one for one in found if isinstance(one, UnknownSymbols)]
    if unknown:
        nearest = {symbol: like for one in unknown for symbol, like in one.nearest.items()}
        ended = frozenset[str]().union(*(one.ended for one in unknown))
        raise UnknownSymbols(unknown[0].source, nearest, ended)
    for one in found:
        if isinstance(one, Unavailable):
            raise one
    return [one for one in found if isinstance(one, Held)]


def _end_of_data(held: Sequence[Held], end: date) -> date:
    """Return the session up to which there are prices, where a source was silent; else `end`."""
    if not any(one.failure for one in held):
        return end
    lasts = [one.entry.series.last for one in held if one.entry.series.last]
    return min(end, max(lasts, default=end))


def _rest(failure: Failure) -> timedelta:
    told = failure.retry_after if isinstance(failure, Unavailable) else None
    return timedelta(seconds=told) if told else REST


def _cause(failure: Failure) -> str:
    return failure.cause if isinstance(failure, Unavailable) else "it does not know the symbol any more"


def _newest_date(note: Note) -> date:
    return max((fact for fact in note.facts.values() if isinstance(fact, date)), default=date.min)


def _no_profile(notes: Sequence[Note]) -> str | None:
    """Return why a profile could not be had; None where it could."""
    return next((str(note.facts["cause"]) for note in notes if note.kind is NoteKind.NO_PROFILE), None)
