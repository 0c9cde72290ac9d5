"""Prices as the arithmetic sees them: symbols x sessions, gaps as NaN, nothing filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.errors import BadPanel

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
DateArray = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class PricePanel:
    """Daily prices of N symbols on T sessions of one exchange calendar.

    Parameters
    ----------
    sessions : (T,) datetime64[D]
        Every session of the calendar in the range, strictly increasing, whether or not prices arrived.
    symbols : tuple of N str
        In the order of the rows; no symbol twice.
    total_return : (N, T) float
        Close adjusted for splits and dividends (reinvested on the ex-date), in the quote currency.
        NaN where no price is known: before the inception, after the last one, or a missing session.
    close : (N, T) float
        Unadjusted close (splits only), in the quote currency, NaN as above.  For an index of interest rates
        the quote in percent, which may be zero or negative; its `total_return` is NaN there.
    volume : (N, T) float
        Shares traded, NaN where not known.
    source : str
        As printed under every answer, e.g. "Yahoo Finance".
    simulated : bool
        True for made-up prices: every output says SAMPLE DATA.

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

    def __post_init__(self) -> None:
        _check_sessions(self.sessions)
        if len(set(self.symbols)) != len(self.symbols):
            raise BadPanel(f"a symbol is named twice in {', '.join(self.symbols)}")
        for name in ("total_return", "close", "volume"):
            _check_rows(name, getattr(self, name), self.symbols, self.sessions.size)

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
        return self._like(tuple(symbols), rows, slice(None))

    def through(self, last: date) -> PricePanel:
        """The panel without any session after `last`: what was known on that evening."""
        stop = int(np.searchsorted(self.sessions, np.datetime64(last, "D"), side="right"))
        return self._like(self.symbols, slice(None), slice(stop))

    def _like(self, symbols: tuple[str, ...], rows: Any, columns: slice) -> PricePanel:
        return PricePanel(
            self.sessions[columns],
            symbols,
            self.total_return[rows][:, columns],
            self.close[rows][:, columns],
            self.volume[rows][:, columns],
            self.source,
            self.simulated,
        )

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
