"""Yahoo's rows become a series on the exchange's sessions, checked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

import numpy as np

from analytics.notes import INTEREST_RATES, Note
from analytics.panel import FloatArray
from bot.market import known
from bot.market.gates import adjustment_mismatches, suspicious_returns
from bot.market.series import Series, on_sessions, sessions_of
from bot.ports import Calendar

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["Adj Close", "Close", "Volume", "Dividends", "Capital Gains"]


def read(frame: pd.DataFrame, symbol: str, calendar: Calendar, end: date) -> tuple[Series, tuple[Note, ...]]:
    """A series no newer than the session `end`, and what its checks found.

    calendar : of the symbol's own exchange
    Yahoo's last row may be a session under way, and whole sessions go missing for days: rows after `end`
    and on days without a session are dropped, sessions without a row are NaN.
    """
    days = cast("pd.DatetimeIndex", frame.index).tz_localize(None).to_numpy().astype("datetime64[D]")
    values = frame.reindex(columns=COLUMNS).to_numpy(dtype=np.float64).T
    sessions = sessions_of(calendar, days, end)
    adjusted, close, volume, dividends, gains = on_sessions(sessions, days, values)
    if known.is_index(symbol):
        adjusted = close
    # A rate may be quoted at zero and below; as a level it has no return there.
    quoted = np.isfinite(close) if symbol in INTEREST_RATES else (close > 0) & (adjusted > 0)
    total_return = np.where(quoted & (adjusted > 0), adjusted, np.nan)
    close = np.where(quoted, close, np.nan)
    series = Series(symbol, sessions, total_return, close, _volume(volume), calendar.exchange)
    paid = np.nan_to_num(dividends) + np.nan_to_num(gains)
    return series.trimmed(), suspicious_returns(series) + adjustment_mismatches(series, paid)


def _volume(volume: FloatArray) -> FloatArray:
    """Shares traded; Yahoo says 0 for all days of what has no volume, such as an index."""
    return np.where((volume > 0).any() & (volume >= 0), volume, np.nan)
