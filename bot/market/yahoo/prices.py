"""Yahoo's rows become a series on the exchange's sessions: units settled here, at the edge, and checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, cast

import numpy as np

from analytics.notes import INTEREST_RATES
from analytics.panel import DateArray, FloatArray
from bot.market import reference
from bot.market.checks import price_doubts
from bot.market.currency import settle_currency
from bot.market.events import Events, place_events
from bot.market.series import Series, on_sessions, sessions_of
from bot.market.yahoo.client import DIVIDEND_CURRENCY, Chart
from bot.ports import Calendar

if TYPE_CHECKING:
    import pandas as pd

PRICES = ["Adj Close", "Close", "Volume"]
EVENTS = ["Dividends", "Capital Gains", "Stock Splits"]
NOT_SHARES = frozenset({"FUTURE", "INDEX", "CURRENCY", "OPTION"})
"""Instruments whose volume, where there is one, times the price is no money."""


def read(chart: Chart, symbol: str, calendar: Calendar, end: date) -> Series:
    """Read a series no newer than the session `end`, with the doubts that its checks raise.

    Yahoo's last row may be a session under way, and whole sessions go missing for days: rows after `end`
    and on days without a session are dropped, sessions without a row are NaN.  A price of zero is none.

    calendar : of the symbol's own exchange
    """
    index = cast("pd.DatetimeIndex", chart.rows.index)
    days = index.tz_localize(None).to_numpy().astype("datetime64[D]")
    currency, unit = settle_currency(chart.listing.currency)
    sessions = sessions_of(calendar, days, end)
    values = chart.rows.reindex(columns=PRICES).to_numpy(dtype=np.float64).T
    values = np.where(np.isfinite(values), values, np.nan)
    adjusted, close, volume = on_sessions(sessions, days, values)
    close = np.where((close != 0) | (symbol in INTEREST_RATES), close, np.nan) / unit
    adjusted = close if reference.is_index(symbol) else adjusted / unit
    with np.errstate(invalid="ignore"):
        total_return = np.where((close > 0) & (adjusted > 0), adjusted, np.nan)
    traded = _volume(volume, close, chart.listing.kind)
    series = Series(symbol, sessions, total_return, close, traded, calendar.exchange, currency=currency)
    doubts = price_doubts(series, _events(chart.rows, days, sessions, currency, unit))
    return replace(series, doubts=doubts).trimmed()


def _events(
    frame: pd.DataFrame, days: DateArray, sessions: DateArray, currency: str | None, unit: float
) -> Events:
    """Distributions in the currency of the prices, and splits."""
    dividends, gains, splits = frame.reindex(columns=EVENTS).to_numpy(dtype=np.float64).T
    told = frame[DIVIDEND_CURRENCY].tolist() if DIVIDEND_CURRENCY in frame else [None] * days.size
    units = np.array([_worth(text, currency, unit) for text in told])
    paid = place_events(sessions, days, dividends * units)
    foreign = place_events(sessions, days, (np.isnan(units) & (dividends > 0)).astype(np.float64)) > 0
    factors = np.log(np.where(splits > 0, splits, 1.0))
    return Events(
        dividends=np.where(foreign, np.nan, paid),
        gains=place_events(sessions, days, gains / unit),
        splits=np.exp(place_events(sessions, days, factors)),
    )


def _worth(told: object, currency: str | None, unit: float) -> float:
    """What one of the units told is in the currency of the prices; NaN where it is another currency."""
    other, units = settle_currency(told)
    if other is None:
        return 1 / unit
    return 1 / units if other == currency else np.nan


def _volume(volume: FloatArray, close: FloatArray, instrument: object) -> FloatArray:
    """What is traded, so that its product with the close is money; Yahoo's volume of a coin is money already.

    Yahoo says 0 for all days of what has no volume.
    """
    if instrument in NOT_SHARES or not (volume > 0).any():
        return np.full_like(volume, np.nan)
    known_volume = np.where(volume >= 0, volume, np.nan)
    return known_volume / close if instrument == "CRYPTOCURRENCY" else known_volume
