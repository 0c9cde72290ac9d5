"""Time, sessions, prices, fund facts, charts; and what `watchpoint doctor` finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from analytics.fund import FundProfile
    from analytics.holdings import HoldingsList
    from analytics.notes import Note
    from analytics.panel import DateArray, Exchange, PricePanel
    from analytics.switch import QuotedSpread
    from bot.render.chart_specs import ChartSpec


class Clock(Protocol):
    """The time, as an argument that can be replaced."""

    def now(self) -> datetime:
        """Return this moment, with a zone."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    @property
    def trusted(self) -> bool:
        """Tell whether the moment is surely this one: of a clock that may have been set wrong it is not."""
        ...


class Calendar(Protocol):
    """The trading sessions of one exchange; that of the workspace leads to those of all others."""

    @property
    def exchange(self) -> Exchange:
        """Give its code, the sessions of a year and the usual hour at which they end."""
        ...

    @property
    def bounds(self) -> tuple[date, date]:
        """Give the first and the last day of which it is known whether they are sessions.

        Outside of them every weekday counts as one: a holiday there cannot be told from a missing price.
        """
        ...

    def of(self, code: str) -> Calendar:
        """Give the calendar of another exchange by its code ("XLON"; "24/7" where every day is a session).

        "unknown" is New York's, with bounds that no day lies within.
        Raises LookupError where the sessions of that exchange are not known.
        """
        ...

    def last_complete(self, now: datetime) -> date:
        """Return the newest session whose prices have settled at `now` (15 minutes after its close)."""
        ...

    def sessions(self, first: date, last: date) -> DateArray:
        """Return all sessions from `first` to `last`, both included, as datetime64[D]."""
        ...

    def early_closes(self, first: date, last: date) -> DateArray:
        """Return the sessions from `first` to `last` that end before the usual hour."""
        ...

    def settles(self, session: date) -> datetime:
        """Return the moment (UTC) at which the prices of a session have settled; ValueError for no
        session.
        """
        ...


@dataclass(frozen=True)
class PriceHistory:
    """Prices with what must be said about them (missing sessions, stale, suspicious)."""

    panel: PricePanel
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Profiles:
    """Fund facts by symbol; a fact that cannot be had is None, with a note."""

    by_symbol: Mapping[str, FundProfile]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Rebalance:
    """A change of the index that a fund follows.  day: it holds from the close of this day on."""

    symbol: str
    index: str
    day: date


class Prices(Protocol):
    """Daily prices."""

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Give all known prices of the symbols up to and including the day `through`, never later.

        Rows in the order asked.  The sessions are all those of any of the symbols' exchanges from the first
        price of any symbol on, as far as they have settled; what is missing is NaN and noted.
        Raises UnknownSymbols (naming every one of them) or Unavailable.
        """
        ...


class Funds(Protocol):
    """Fund facts."""

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Return a profile for every symbol; never raises for a fact that cannot be had."""
        ...


class Quotes(Protocol):
    """Bid and ask of this moment."""

    async def spreads(self, symbols: Sequence[str]) -> Mapping[str, QuotedSpread]:
        """Return the spreads of what trades right now, by symbol.

        Those of a market that is closed, and what cannot be had, are absent; never raises for them.
        """
        ...


class WholeLists(Protocol):
    """Whole lists of what funds hold, of the days that there are files of."""

    async def lists(self, profiles: Mapping[str, FundProfile]) -> Mapping[str, tuple[HoldingsList, ...]]:
        """Return lists by symbol, the oldest first; a fund without one is absent.

        profiles: of the funds asked about: a file may name its fund without a symbol.
        Never raises for a file that cannot be used.
        """
        ...

    async def examine(self) -> Sequence[Finding]:
        """Say of each file what it is, of which day, and what is wrong with it."""
        ...


class ChartRenderer(Protocol):
    """Draws pictures away from the event loop and remembers them by content."""

    async def draw(self, pictures: Sequence[ChartSpec], turn: str = "") -> Mapping[str, bytes]:
        """Draw PNG bytes by `ChartSpec.name`.

        turn: the workspace that asked; those that ask take turns, and what nobody asked goes before.
        """
        ...


class Level(StrEnum):
    """How much a finding of `watchpoint doctor` matters."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; advice: what to do, empty where nothing is to be done."""

    level: Level
    what: str
    advice: str = ""


@runtime_checkable
class Examining(Protocol):
    """A source that can say more of itself than whether it answers."""

    async def examine(self) -> Sequence[Finding]:
        """Say how it reads what it is given."""
        ...
