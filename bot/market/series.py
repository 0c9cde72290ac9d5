"""One symbol's prices on the exchange's sessions, and how several of them become a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from analytics.panel import DateArray, FloatArray, PricePanel
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
    """

    symbol: str
    sessions: DateArray
    total_return: FloatArray
    close: FloatArray
    volume: FloatArray

    @property
    def last(self) -> date | None:
        """Session of the last price, None where there is none."""
        return None if self.sessions.size == 0 else self.sessions[-1].astype(date)

    def through(self, last: date) -> Series:
        """What was known on the evening of `last`: it ends with the last price on or before that day."""
        stop = int(np.searchsorted(self.sessions, np.datetime64(last, "D"), side="right"))
        return self if stop == self.sessions.size else self._cut(0, stop).trimmed()

    def trimmed(self) -> Series:
        """Without the sessions before the first price and after the last one."""
        priced = np.flatnonzero(~np.isnan(self.total_return))
        return self._cut(priced[0], priced[-1] + 1) if priced.size else self._cut(0, 0)

    def _cut(self, start: int, stop: int) -> Series:
        part = slice(start, stop)
        return Series(
            self.symbol,
            self.sessions[part],
            self.total_return[part],
            self.close[part],
            self.volume[part],
        )


def of_panel(panel: PricePanel, symbol: str) -> Series:
    """One row of a panel as a series."""
    row = panel.row(symbol)
    whole = Series(symbol, panel.sessions, panel.total_return[row], panel.close[row], panel.volume[row])
    return whole.trimmed()


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
    return PricePanel(sessions, symbols, total_return, close, volume, source, simulated)


def _values(series: Series) -> FloatArray:
    return np.stack([series.total_return, series.close, series.volume])


def _newest(calendar: Calendar, through: date) -> DateArray:
    return calendar.sessions(through - timedelta(days=14), through)[-1:]
