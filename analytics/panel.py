"""Prices as the arithmetic sees them: symbols x sessions, gaps as NaN, nothing filled.

It knows what they are worth: which sessions each symbol's exchange held, and which prices look wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.errors import BadPanel
from analytics.mixes import anchored_levels, mix_of

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
DateArray = NDArray[np.datetime64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Exchange:
    """Where a symbol is traded, as far as the arithmetic needs it.

    code : ISO market identifier as exchange_calendars has it ("XNYS"), "24/7" for a market that never closes
    periods : sessions a year, by which its daily returns are annualised: 252, 365 where it never closes
    close : usual end of a session, hours after midnight UTC in winter; 24.0 is midnight
    """

    code: str
    periods: int = 252
    close: float = 21.0

    def closes_apart(self, other: Exchange) -> bool:
        """Tell whether a day's news reaches one of two exchanges on the next day of the other only."""
        hours = abs(self.close - other.close) % 24.0
        return min(hours, 24.0 - hours) > APART


APART = 2.0
"""Hours between the closes of two exchanges, from which on they see different news on one day."""

NEW_YORK = Exchange("XNYS")


class DoubtKind(StrEnum):
    """Why a price looks wrong, and what `Doubt.value` then is."""

    JUMP = "jump"  # a return beyond what the fund's own past makes plausible: that return
    UNIT = "unit"  # the level changes by about 100, pence for pounds: that return
    SPLIT = "split"  # a split among the events that the prices lack: that return
    DISTRIBUTION = (
        "distribution"  # the adjusted close lacks a distribution, or has it twice: adjusted less due
    )
    NEGATIVE = "negative"  # a price below zero, from which no return follows: that price


@dataclass(frozen=True)
class Doubt:
    """A price that looks wrong: a fact of the panel, which every answer made from it carries.

    session : the first session with the price in doubt, on whose evening the doubt is known
    value : fraction, 0.01 = 1 %, negative = loss; of a NEGATIVE price the price; see `DoubtKind`
    part : the component of a mix whose price it is; empty where it is the symbol's own
    cause : what another source tells, where that is why it is doubted; `value` is then this source's return
        less the other one's
    """

    kind: DoubtKind
    symbol: str
    session: date
    value: float
    part: str = ""
    cause: str = ""

    @property
    def fund(self) -> str:
        """Name the fund whose price it is: of a mix the one inside."""
        return self.part or self.symbol


@dataclass(frozen=True)
class Distribution:
    """What a symbol paid, by its source.

    session : the ex-day: who buys from that session on does not get it
    amount : a share, in the currency of its prices; None where it was told in another one
    """

    symbol: str
    session: date
    amount: float | None


LONGEST_GAP = 10
"""Sessions without a price that a return may lead across; after more, prices are another history."""


@dataclass(frozen=True)
class Break:
    """A gap too long to lead a return across: another fund under the same symbol, or one that was closed.

    last, first : sessions of the last price before it and of the first one after it
    sessions : those between them that the symbol's exchange held
    """

    symbol: str
    last: date
    first: date
    sessions: int


def doubts_within(
    doubts: Iterable[Doubt], symbols: Collection[str], start: date, end: date
) -> tuple[Doubt, ...]:
    """Pick the doubts of these symbols that touch a return between two closes.

    start, end : the base close, whose own doubt touches no return after it, and the last close
    """
    return tuple(doubt for doubt in doubts if doubt.symbol in symbols and start < doubt.session <= end)


@dataclass(frozen=True, eq=False)
class PricePanel:
    """Daily prices of N symbols on T sessions of their exchanges.

    Parameters
    ----------
    sessions : (T,) datetime64[D]
        Every session of any of the exchanges in the range, strictly increasing, with or without prices.
    symbols : tuple of N str
        In the order of the rows; no symbol twice.
    total_return : (N, T) float
        Close adjusted for splits and dividends (reinvested on the ex-date), in the quote currency.
        NaN where no price is known: before the inception, after the last one, or a missing session; and where
        a close is known from which no return can be made: below zero, or without an adjusted close.
    close : (N, T) float
        Unadjusted close (splits only), in the quote currency, NaN as above.  For an index of interest rates
        the quote in percent, which may be zero or negative; its `total_return` is NaN there.  A price of a
        future may be negative too.
    volume : (N, T) float
        Shares traded, NaN where not known.
    source : str
        As printed under every answer, e.g. "Yahoo Finance".
    simulated : bool
        True for made-up prices: every output says SAMPLE DATA.
    exchanges : tuple of N Exchange
        By row; given none, all are traded in New York.
    held : (N, T) bool
        True where the symbol's own exchange holds the session: only there can a price be missing.  None where
        all hold all of them.
    doubts : tuple of Doubt
        The prices in it that look wrong, whatever a question makes of them.
    currencies : tuple of N (str or None)
        What the prices of each row are in, by ISO code ("GBP", never pence); None where it is not known.
    following : date
        The next session that all of the exchanges hold, None where it is not known.
    distributions : tuple of Distribution
        As the source tells them; none where it tells of none, which does not say that there were none.
    components : mapping of str to (K, T) float
        By symbol of a mix (`analytics.mixes`), the levels of its components in order, NaN where not known.

    Raises
    ------
    BadPanel
        Sessions not increasing, shapes that differ, a total-return level that is zero or negative, a negative
        volume, anything infinite, or a symbol named twice.
    """

    sessions: DateArray
    symbols: tuple[str, ...]
    total_return: FloatArray
    close: FloatArray
    volume: FloatArray
    source: str
    simulated: bool = False
    exchanges: tuple[Exchange, ...] = ()
    held: BoolArray | None = None
    doubts: tuple[Doubt, ...] = ()
    following: date | None = None
    currencies: tuple[str | None, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    components: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_sessions(self.sessions)
        if len(set(self.symbols)) != len(self.symbols):
            raise BadPanel(f"a symbol is named twice in {', '.join(self.symbols)}")
        for name in ("total_return", "close", "volume"):
            # Single precision is widened: it loses the fourth digit of a ratio over ten years.
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
            _check_rows(name, getattr(self, name), self.symbols, self.sessions.size)
        if not self.exchanges:
            object.__setattr__(self, "exchanges", (NEW_YORK,) * len(self.symbols))
        if len(self.exchanges) != len(self.symbols):
            raise BadPanel(f"{len(self.exchanges)} exchanges for {len(self.symbols)} symbols")
        if not self.currencies:
            object.__setattr__(self, "currencies", (None,) * len(self.symbols))
        if len(self.currencies) != len(self.symbols):
            raise BadPanel(f"{len(self.currencies)} currencies for {len(self.symbols)} symbols")
        if self.held is not None and self.held.shape != (len(self.symbols), self.sessions.size):
            raise BadPanel(
                f"held has shape {self.held.shape}, expected {(len(self.symbols), self.sessions.size)}"
            )

    @property
    def as_of(self) -> date:
        """Last session of the panel; nothing in it is newer."""
        last: date = self.sessions[-1].astype(date)
        return last

    def row(self, symbol: str) -> int:
        """Return the row index of a symbol; ValueError where the panel does not hold it."""
        return self.symbols.index(symbol)

    def select(self, symbols: Sequence[str]) -> PricePanel:
        """Return the same sessions for these symbols, in this order."""
        rows = [self.row(symbol) for symbol in symbols]
        return replace(
            self,
            symbols=tuple(symbols),
            total_return=self.total_return[rows],
            close=self.close[rows],
            volume=self.volume[rows],
            exchanges=tuple(self.exchanges[row] for row in rows),
            held=None if self.held is None else self.held[rows],
            doubts=tuple(doubt for doubt in self.doubts if doubt.symbol in symbols),
            currencies=tuple(self.currencies[row] for row in rows),
            distributions=tuple(paid for paid in self.distributions if paid.symbol in symbols),
            components={symbol: parts for symbol, parts in self.components.items() if symbol in symbols},
        )

    def alone(self, symbol: str) -> PricePanel:
        """Return one symbol on the sessions that its own exchange holds."""
        own = self.select([symbol])
        if own.held is None:
            return own
        at = own.held[0]
        return replace(
            own,
            sessions=own.sessions[at],
            total_return=own.total_return[:, at],
            close=own.close[:, at],
            volume=own.volume[:, at],
            held=None,
            components={name: parts[:, at] for name, parts in own.components.items()},
        )

    def through(self, last: date) -> PricePanel:
        """Return the panel without any session after `last`: what was known on that evening."""
        stop = int(np.searchsorted(self.sessions, np.datetime64(last, "D"), side="right"))
        if stop == self.sessions.size:
            return self
        return replace(
            self,
            sessions=self.sessions[:stop],
            total_return=self.total_return[:, :stop],
            close=self.close[:, :stop],
            volume=self.volume[:, :stop],
            held=None if self.held is None else self.held[:, :stop],
            doubts=tuple(doubt for doubt in self.doubts if doubt.session <= last),
            following=self._next_shared(stop),
            distributions=tuple(paid for paid in self.distributions if paid.session <= last),
            components={symbol: parts[:, :stop] for symbol, parts in self.components.items()},
        )

    def anchored(self, first: int) -> PricePanel:
        """Return the panel with every mix set to its weights at the close of a column, as a window begins.

        Before that column its levels stay as they are; a mix without a level there is left as it is.
        """
        if not self.components:
            return self
        levels = self.total_return.copy()
        for symbol, parts in self.components.items():
            row = self.row(symbol)
            levels[row] = anchored_levels(mix_of(symbol), parts, self.sessions, levels[row], first)
        return replace(self, total_return=levels)

    def growth(self, first: int, last: int) -> FloatArray:
        """Return (N,) the growth from one column's close to another's; a mix begins anew at the first."""
        levels = self.anchored(first).total_return
        return np.asarray(levels[:, last] / levels[:, first])

    @property
    def missing(self) -> BoolArray:
        """(N, T) True where the symbol's exchange held a session of which no price is known."""
        unknown = np.isnan(self.close)
        return unknown if self.held is None else unknown & self.held

    @cached_property
    def breaks(self) -> tuple[Break, ...]:
        """The newest gap of more than `LONGEST_GAP` sessions of each symbol that has one."""
        known = np.isfinite(self.total_return) | np.isfinite(self.close)
        return tuple(found for row in _suspects(known) if (found := self._break(row, known[row])))

    def continuous(self) -> PricePanel:
        """Leave out the history before every break: no price before it belongs to the ones after it."""
        if not self.breaks:
            return self
        levels, closes, volume = self.total_return.copy(), self.close.copy(), self.volume.copy()
        for found in self.breaks:
            row, stop = (
                self.row(found.symbol),
                np.searchsorted(self.sessions, np.datetime64(found.first, "D")),
            )
            for array in (levels, closes, volume):
                array[row, :stop] = np.nan
        doubts = tuple(doubt for doubt in self.doubts if not self._left_out(doubt))
        return replace(self, total_return=levels, close=closes, volume=volume, doubts=doubts)

    def _left_out(self, doubt: Doubt) -> bool:
        """Tell whether a doubt is about a price before a break, or about the step across it."""
        return any(found.symbol == doubt.symbol and doubt.session <= found.first for found in self.breaks)

    def _break(self, row: int, known: BoolArray) -> Break | None:
        at = np.flatnonzero(known)
        held = np.ones(known.size, dtype=bool) if self.held is None else self.held[row]
        between = np.diff(np.cumsum(held)[at]) - 1
        wide = np.flatnonzero(between > LONGEST_GAP)
        if wide.size == 0:
            return None
        last, first = self.sessions[at[[wide[-1], wide[-1] + 1]]].tolist()
        return Break(self.symbols[row], last, first, int(between[wide[-1]]))

    def _next_shared(self, start: int) -> date | None:
        """Return the first session from column `start` on that all of the exchanges hold."""
        shared = np.arange(start, self.sessions.size)
        if self.held is not None:
            shared = shared[self.held[:, start:].all(axis=0)]
        return self.sessions[shared[0]].item() if shared.size else self.following

    @classmethod
    def from_frame(cls, adjusted: pd.DataFrame, *, source: str, simulated: bool = False) -> PricePanel:
        """Make a panel from one frame of adjusted closes (index: sessions, columns: symbols).

        The close is taken equal to the adjusted close and the volume as not known.
        """
        levels = np.ascontiguousarray(adjusted.to_numpy(dtype=np.float64).T)
        sessions = adjusted.index.to_numpy().astype("datetime64[D]")
        volume = np.full_like(levels, np.nan)
        names = tuple(str(name) for name in adjusted.columns)
        return cls(sessions, names, levels, levels, volume, source, simulated)


def spread_rows(rows: FloatArray, at: NDArray[np.intp], size: int) -> FloatArray:
    """Spread levels over a longer axis of sessions.

    Parameters
    ----------
    rows : (K, T)
    at : (T,) columns among the `size` ones that they go to

    Returns
    -------
    (K, size) NaN in all other columns.

    Examples
    --------
    >>> spread_rows(np.array([[1.0, 2.0]]), np.array([0, 2]), 3).tolist()
    [[1.0, nan, 2.0]]
    """
    wide = np.full((len(rows), size), np.nan)
    wide[:, at] = rows
    return wide


def _suspects(known: BoolArray) -> list[int]:
    """Return rows that miss enough between their first and their last price to hold a break."""
    first, last = known.argmax(axis=1), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    inside = last - first + 1 - np.count_nonzero(known, axis=1)
    suspects: list[int] = np.flatnonzero(known.any(axis=1) & (inside > LONGEST_GAP)).tolist()
    return suspects


def _check_sessions(sessions: DateArray) -> None:
    if sessions.dtype != np.dtype("datetime64[D]") or sessions.ndim != 1:
        raise BadPanel(f"sessions must be a vector of datetime64[D], not {sessions.dtype} {sessions.shape}")
    if sessions.size == 0:
        raise BadPanel("a panel needs at least one session")
    if not (np.diff(sessions) > np.timedelta64(0, "D")).all():
        raise BadPanel("sessions must be strictly increasing")


def _check_rows(name: str, array: FloatArray, symbols: tuple[str, ...], length: int) -> None:
    if array.shape != (len(symbols), length):
        raise BadPanel(f"{name} has shape {array.shape}, expected {(len(symbols), length)}")
    bad = np.isinf(array)
    if name == "total_return":
        bad |= array <= 0
    elif name == "volume":
        bad |= array < 0
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise BadPanel(f"{name} holds {array[row, column]} in column {column}", symbols[row])
