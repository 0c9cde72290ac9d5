"""Prices as the arithmetic sees them: symbols x sessions, gaps as NaN, nothing filled.

It knows what they are worth: which sessions each symbol's exchange held, and which prices look wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.errors import BadPanel

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


NEW_YORK = Exchange("XNYS")


class DoubtKind(StrEnum):
    """Why a price looks wrong, and what `Doubt.value` then is."""

    JUMP = "jump"  # a return beyond what the fund's own past makes plausible: that return
    UNIT = "unit"  # the level changes by about 100, pence for pounds: that return
    SPLIT = "split"  # a split among the events that the prices lack: that return
    DISTRIBUTION = (
        "distribution"  # the adjusted close lacks a distribution, or has it twice: adjusted less due
    )
    NEGATIVE = "negative"  # a price below zero, from which no return can be made: that price


@dataclass(frozen=True)
class Doubt:
    """A price that looks wrong: a fact of the panel, which every answer made from it carries.

    session : the first session with the price in doubt, on whose evening the doubt is known
    value : fraction, 0.01 = 1 %, negative = loss; of a NEGATIVE price the price; see `DoubtKind`
    """

    kind: DoubtKind
    symbol: str
    session: date
    value: float


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

    def __post_init__(self) -> None:
        _check_sessions(self.sessions)
        if len(set(self.symbols)) != len(self.symbols):
            raise BadPanel(f"a symbol is named twice in {', '.join(self.symbols)}")
        for name in ("total_return", "close", "volume"):
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
        """Row index of a symbol; ValueError where the panel does not hold it."""
        return self.symbols.index(symbol)

    def select(self, symbols: Sequence[str]) -> PricePanel:
        """The same sessions for these symbols, in this order."""
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
        )

    def through(self, last: date) -> PricePanel:
        """The panel without any session after `last`: what was known on that evening."""
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
        )

    @property
    def missing(self) -> BoolArray:
        """(N, T) True where the symbol's exchange held a session of which no price is known."""
        unknown = np.isnan(self.close)
        return unknown if self.held is None else unknown & self.held

    def _next_shared(self, start: int) -> date | None:
        """The first session from column `start` on that all of the exchanges hold."""
        shared = np.arange(start, self.sessions.size)
        if self.held is not None:
            shared = shared[self.held[:, start:].all(axis=0)]
        return self.sessions[shared[0]].item() if shared.size else self.following

    @classmethod
    def from_frame(cls, adjusted: pd.DataFrame, *, source: str, simulated: bool = False) -> PricePanel:
        """A panel from one frame of adjusted closes (index: sessions, columns: symbols).

        The close is taken equal to the adjusted close and the volume as not known.
        """
        levels = np.ascontiguousarray(adjusted.to_numpy(dtype=np.float64).T)
        sessions = adjusted.index.to_numpy().astype("datetime64[D]")
        volume = np.full_like(levels, np.nan)
        names = tuple(str(name) for name in adjusted.columns)
        return cls(sessions, names, levels, levels, volume, source, simulated)


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
