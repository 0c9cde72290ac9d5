"""One symbol's prices and events on its exchange's sessions, how series become a panel, and mixes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from analytics.fund import funds_of, is_mix
from analytics.holdings import mix_profile
from analytics.panel import (
    NEW_YORK,
    BoolArray,
    DateArray,
    Distribution,
    Doubt,
    Exchange,
    FloatArray,
    PricePanel,
)
from analytics.returns import priced_symbols, with_mixes
from bot.ports import Calendar, Examining, Finding, Funds, PriceHistory, Prices, Profiles

CLOSED = timedelta(days=30)
"""Longer than any exchange was ever closed in a row, and than several never are open on one day."""


@dataclass(frozen=True, eq=False)
class Series:
    """The whole known history of one symbol.

    Parameters
    ----------
    sessions : (T,) datetime64[D]
        Every session of its exchange from the first price to the last one; perhaps none.  Days of which it
        is not known whether they were sessions are some where they have a price.
    total_return, close, volume : (T,) float
        As in `PricePanel`, NaN where a session inside the life has no price.
    exchange : where it is traded
    doubts : the prices in it that look wrong
    currency : of its prices, None where the source does not tell it
    distributions : what it paid, by ex-day
    """

    symbol: str
    sessions: DateArray
    total_return: FloatArray
    close: FloatArray
    volume: FloatArray
    exchange: Exchange = NEW_YORK
    doubts: tuple[Doubt, ...] = ()
    currency: str | None = None
    distributions: tuple[Distribution, ...] = ()

    @property
    def last(self) -> date | None:
        """Session of the last price, None where there is none."""
        return None if self.sessions.size == 0 else self.sessions[-1].astype(date)

    def through(self, last: date) -> Series:
        """Return what was known on the evening of `last`: it ends with the last price on or before that
        day.
        """
        stop = int(np.searchsorted(self.sessions, np.datetime64(last, "D"), side="right"))
        return self if stop == self.sessions.size else self._cut(0, stop).trim()

    def trim(self) -> Series:
        """Cut off the sessions before the first price and after the last one.

        A close whose adjusted price is missing is kept, as the reason for it, but not at the end: there the
        adjusted price may still come.
        """
        ends = np.flatnonzero(np.isfinite(self.total_return) | (self.close <= 0))
        start = int(np.argmax(np.isfinite(self.close))) if ends.size else 0
        return self._cut(start, int(ends[-1]) + 1 if ends.size else 0)

    def _cut(self, start: int, stop: int) -> Series:
        part = slice(start, stop)
        sessions = self.sessions[part]
        return replace(
            self,
            sessions=sessions,
            total_return=self.total_return[part],
            close=self.close[part],
            volume=self.volume[part],
            doubts=tuple(doubt for doubt in self.doubts if np.datetime64(doubt.session, "D") in sessions),
            distributions=tuple(
                paid for paid in self.distributions if np.datetime64(paid.session, "D") in sessions
            ),
        )


def series_of_panel(panel: PricePanel, symbol: str) -> Series:
    """Return one row of a panel as a series."""
    row = panel.row(symbol)
    own = slice(None) if panel.held is None else panel.held[row]
    whole = Series(
        symbol,
        panel.sessions[own],
        panel.total_return[row, own],
        panel.close[row, own],
        panel.volume[row, own],
        panel.exchanges[row],
        tuple(doubt for doubt in panel.doubts if doubt.symbol == symbol),
        panel.currencies[row],
        tuple(paid for paid in panel.distributions if paid.symbol == symbol),
    )
    return whole.trim()


def on_sessions(target: DateArray, dates: DateArray, values: NDArray[np.float64]) -> FloatArray:
    """Return values of some days put on other sessions: NaN where a session has none; other days are dropped.

    target : (T,), dates : (D,), both strictly increasing; values : (..., D)  ->  (..., T)
    """
    out = np.full((*values.shape[:-1], target.size), np.nan)
    if target.size:
        at = np.minimum(np.searchsorted(target, dates), target.size - 1)
        kept = target[at] == dates
        out[..., at[kept]] = values[..., kept]
    return out


def sessions_of(calendar: Calendar, days: DateArray, end: date) -> DateArray:
    """Find the sessions of an exchange from the first of a symbol's days to `end`.

    days : (D,) datetime64[D] on which it has prices, strictly increasing.  Where the calendar does not know
    which days are sessions, those are.
    """
    if not days.size or (first := days[0].item()) > end:
        return days[:0]
    lowest, highest = calendar.bounds
    known = calendar.sessions(max(first, lowest), min(end, highest)) if lowest <= highest else days[:0]
    outside = (days < np.datetime64(lowest)) | (days > np.datetime64(highest))
    return np.union1d(known, days[outside & (days <= np.datetime64(end))])


def newest_session(calendar: Calendar, through: date, now: datetime | None = None) -> date:
    """Find the newest session on or before `through` whose prices have settled at `now` (None: all have)."""
    end = min(through, calendar.last_complete(now)) if now else through
    sessions = calendar.sessions(end - CLOSED, end)
    return sessions[-1].item() if sessions.size else end


def build_panel(
    series: Sequence[Series],
    calendar: Calendar,
    through: date,
    now: datetime | None = None,
    *,
    source: str,
    simulated: bool = False,
) -> PricePanel:
    """Put series side by side on every session of any of their exchanges, from the first price to `through`.

    calendar : leads to those of all exchanges
    now : moment by which a session must have settled at its exchange to count as held; None: all have

    Where none has a price by then, the panel is one empty session.
    """
    calendars = [calendar.of(one.exchange.code) for one in series]
    ends = [newest_session(own, through, now) for own in calendars]
    known = [one.through(end) for one, end in zip(series, ends, strict=True)]
    first = min((one.sessions[0].item() for one in known if one.sessions.size), default=max(ends))
    lines = [
        _sessions_held(one, own, first, end) for one, own, end in zip(known, calendars, ends, strict=True)
    ]
    sessions, held = _unite_sessions(lines)
    rows = [on_sessions(sessions, one.sessions, _stack_values(one)) for one in known]
    total_return, close, volume = np.stack(rows, axis=1)
    return PricePanel(
        sessions,
        tuple(one.symbol for one in series),
        total_return,
        close,
        volume,
        source,
        simulated,
        exchanges=tuple(one.exchange for one in series),
        held=held,
        doubts=tuple(doubt for one in known for doubt in one.doubts),
        following=_following(calendars, sessions[-1].item()),
        currencies=tuple(one.currency for one in series),
        distributions=tuple(paid for one in known for paid in one.distributions),
    )


def _stack_values(series: Series) -> FloatArray:
    return np.stack([series.total_return, series.close, series.volume])


def _sessions_held(series: Series, calendar: Calendar, first: date, end: date) -> DateArray:
    """Return the sessions of a symbol's exchange, where they are not known the symbol's own during its
    life.
    """
    whole = calendar.sessions(first, end)
    lowest, highest = calendar.bounds
    if series.last is None or lowest <= first <= end <= highest:
        return whole
    life = sessions_of(calendar, series.sessions, series.last)
    before, after = whole < series.sessions[0], whole > series.sessions[-1]
    return np.concatenate([whole[before], life, whole[after]])


def _unite_sessions(lines: Sequence[DateArray]) -> tuple[DateArray, BoolArray | None]:
    """Return all sessions of any line, and which of them each line holds: None where each holds all."""
    distinct: list[DateArray] = []
    which = [_index_of_line(distinct, line) for line in lines]
    if len(distinct) == 1:
        return distinct[0], None
    sessions = reduce(np.union1d, distinct)
    return sessions, np.stack([np.isin(sessions, line) for line in distinct])[which]


def _index_of_line(distinct: list[DateArray], line: DateArray) -> int:
    """Find a line among those seen so far; put it in where it is new."""
    for at, other in enumerate(distinct):
        if np.array_equal(line, other):
            return at
    distinct.append(line)
    return len(distinct) - 1


def _following(calendars: Sequence[Calendar], last: date) -> date | None:
    """Return the next session after `last` that all exchanges hold."""
    ahead = {own.exchange.code: own.sessions(last + timedelta(days=1), last + CLOSED) for own in calendars}
    shared = reduce(np.intersect1d, ahead.values())
    return shared[0].item() if shared.size else None


IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Events:
    """Distributions and splits, each on the first session on or after its day.

    dividends, gains : (T,) income and capital gains paid a share, in the currency of the prices; 0 where
        none, NaN where it was told in another currency, and cannot be held against a price
    splits : (T,) new shares for one old one, 4.0 for 4:1 and 0.1 for 1:10; 1 where none
    """

    dividends: FloatArray
    gains: FloatArray
    splits: FloatArray

    @property
    def paid(self) -> FloatArray:
        """Add up (T,) all that was paid a share."""
        return self.dividends + self.gains


def distributions_of(symbol: str, sessions: DateArray, events: Events) -> tuple[Distribution, ...]:
    """List what was paid, the oldest first; of what was told in another currency the day alone.

    >>> days = np.array(["2025-12-19", "2025-12-22"], dtype="datetime64[D]")
    >>> none = np.zeros(2)
    >>> distributions_of("SPSM", days, Events(np.array([0.0, 0.32]), none, none + 1.0))
    (Distribution(symbol='SPSM', session=datetime.date(2025, 12, 22), amount=0.32),)
    """
    paid = events.paid
    at = np.flatnonzero(np.isnan(paid) | (paid > 0))
    amounts = (None if np.isnan(paid[column]) else float(paid[column]) for column in at)
    days = sessions[at].tolist()
    return tuple(Distribution(symbol, day, amount) for day, amount in zip(days, amounts, strict=True))


def place_events(sessions: DateArray, days: DateArray, amounts: FloatArray) -> FloatArray:
    """Sum amounts by session; a day that is no session counts for the next one.

    Parameters
    ----------
    sessions : (T,), days : (D,), both increasing; amounts : (D,), NaN counts as 0

    Returns
    -------
    (T,) amounts; what comes after the last session is left out.

    Examples
    --------
    A fund goes ex on Friday 4 July, no session in New York:

    >>> days = np.array(["2025-07-03", "2025-07-04"], dtype="datetime64[D]")
    >>> sessions = np.array(["2025-07-03", "2025-07-07"], dtype="datetime64[D]")
    >>> place_events(sessions, days, np.array([0.0, 0.3])).tolist()
    [0.0, 0.3]
    """
    at = np.searchsorted(sessions, days)
    placed = np.bincount(at, np.nan_to_num(amounts), sessions.size + 1)
    return np.asarray(placed[: sessions.size], dtype=np.float64)


MINOR: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("GBp", "GBX", "GBx"), ("GBP", 100.0)),
    **dict.fromkeys(("ZAc", "ZAC", "ZAX"), ("ZAR", 100.0)),
    **dict.fromkeys(("ILA", "ILa", "ILX"), ("ILS", 100.0)),
    **dict.fromkeys(("USX", "USx", "USc"), ("USD", 100.0)),
    **dict.fromkeys(("KWF", "KWf"), ("KWD", 1000.0)),
}
"""What sources call a minor unit, the currency it is of, and how many make one of it.  "GBP" is pounds."""


def settle_currency(told: object) -> tuple[str | None, float]:
    """Read a currency as a source tells it.

    Returns
    -------
    The currency by ISO code and how many of the units told make one of it; None where it is not told.

    Examples
    --------
    >>> settle_currency("GBp"), settle_currency("GBP"), settle_currency(""), settle_currency(None)
    (('GBP', 100.0), ('GBP', 1.0), (None, 1.0), (None, 1.0))
    """
    text = told.strip() if isinstance(told, str) else ""
    if not text:
        return None, 1.0
    return MINOR.get(text, (text.upper(), 1.0))


class MixedMarket:
    """Both ports, for funds as the source gives them and for mixes of them."""

    def __init__(self, prices: Prices, funds: Funds) -> None:
        self._prices, self._funds = prices, funds

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says; what is noted or not known of a mix names its fund."""
        if not any(map(is_mix, symbols)):
            return await self._prices.history(symbols, through)
        found = await self._prices.history(priced_symbols(symbols), through)
        return PriceHistory(with_mixes(found.panel, tuple(dict.fromkeys(symbols))), found.notes)

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Get profiles as the port says, and beside that of a mix those of its funds."""
        mixes = [symbol for symbol in symbols if is_mix(symbol)]
        if not mixes:
            return await self._funds.profiles(symbols)
        found = await self._funds.profiles(
            list(dict.fromkeys(fund for symbol in symbols for fund in funds_of(symbol)))
        )
        mixed = {symbol: mix_profile(symbol, found.by_symbol) for symbol in mixes}
        return Profiles({**found.by_symbol, **mixed}, found.notes)


class ExaminedMixes(MixedMarket):
    """Both ports before a source that can be examined."""

    def __init__(self, prices: Prices, funds: Funds, examined: Examining) -> None:
        super().__init__(prices, funds)
        self._examined = examined

    async def examine(self) -> Sequence[Finding]:
        """Say of the source what it says of itself."""
        return await self._examined.examine()
