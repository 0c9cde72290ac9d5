"""One symbol's prices on the exchange's sessions, and how several of them become a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from analytics.panel import DateArray, Doubt, FloatArray, PricePanel
from bot.ports import Calendar


@dataclass(frozen=True, eq=False)
class Series:
    """The whole known history of one symbol.

    Parameters
    ----------
    sessions : (T,) datetime64[D]
        Every session of the exchange from the first price to the last one; perhaps none.
    total_return, close, volume : (T,) float
        As in `PricePanel`, NaN where a session inside the life has no price.
    doubts : tuple of Doubt
        The prices in it that look wrong, in order.
    currency : str
        Of its prices, None where the source does not tell it.
    """

    symbol: str
    sessions: DateArray
    total_return: FloatArray
    close: FloatArray
    volume: FloatArray
    doubts: tuple[Doubt, ...] = ()
    currency: str | None = None

    @property
    def last(self) -> date | None:
        """Session of the last price, None where there is none."""
        return None if self.sessions.size == 0 else self.sessions[-1].astype(date)

    def through(self, last: date) -> Series:
        """What was known on the evening of `last`: it ends with the last price on or before that day."""
        stop = int(np.searchsorted(self.sessions, np.datetime64(last, "D"), side="right"))
        return self if stop == self.sessions.size else self._cut(0, stop).trimmed()

    def trimmed(self) -> Series:
        """Without the sessions before the first price and after the last one.

        A close whose adjusted price is missing is kept, as the reason for it, but not at the end: there the
        adjusted price may still come.
        """
        ends = np.flatnonzero(np.isfinite(self.total_return) | (self.close <= 0))
        start = int(np.argmax(np.isfinite(self.close))) if ends.size else 0
        return self._cut(start, int(ends[-1]) + 1 if ends.size else 0)

    def _cut(self, start: int, stop: int) -> Series:
        part = slice(start, stop)
        last = self.sessions[stop - 1].astype(date) if stop else date.min
        return replace(
            self,
            sessions=self.sessions[part],
            total_return=self.total_return[part],
            close=self.close[part],
            volume=self.volume[part],
            doubts=tuple(doubt for doubt in self.doubts if doubt.session <= last),
        )


def of_panel(panel: PricePanel, symbol: str) -> Series:
    """One row of a panel as a series."""
    row = panel.row(symbol)
    levels = panel.total_return[row], panel.close[row], panel.volume[row]
    doubts = tuple(doubt for doubt in panel.doubts if doubt.symbol == symbol)
    return Series(symbol, panel.sessions, *levels, doubts, panel.currencies[row]).trimmed()


def on_sessions(target: DateArray, dates: DateArray, values: NDArray[np.float64]) -> FloatArray:
    """Values of some days put on other sessions: NaN where a session has none; other days are dropped.

    target : (T,), dates : (D,), both strictly increasing; values : (..., D)  ->  (..., T)
    """
    out = np.full((*values.shape[:-1], target.size), np.nan)
    if target.size:
        at = np.minimum(np.searchsorted(target, dates), target.size - 1)
        kept = target[at] == dates
        out[..., at[kept]] = values[..., kept]
    return out


def panel(
    series: Sequence[Series], calendar: Calendar, through: date, *, source: str, simulated: bool = False
) -> PricePanel:
    """Series side by side on every session of the exchange from the first price of any of them to `through`.

    Where none has a price by then, the panel is one empty session.
    """
    known = [one.through(through) for one in series]
    first = min((one.sessions[0].astype(date) for one in known if one.sessions.size), default=None)
    sessions = calendar.sessions(first, through) if first else _newest(calendar, through)
    rows = [on_sessions(sessions, one.sessions, _values(one)) for one in known]
    total_return, close, volume = np.stack(rows, axis=1)
    symbols = tuple(one.symbol for one in series)
    return PricePanel(
        sessions,
        symbols,
        total_return,
        close,
        volume,
        source,
        simulated,
        doubts=tuple(doubt for one in known for doubt in one.doubts),
        currencies=tuple(one.currency for one in series),
    )


def _values(series: Series) -> FloatArray:
    return np.stack([series.total_return, series.close, series.volume])


def _newest(calendar: Calendar, through: date) -> DateArray:
    return calendar.sessions(through - timedelta(days=14), through)[-1:]
