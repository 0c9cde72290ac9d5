"""A simulated market, the same every time: the Prices and Funds ports without any source."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

import numpy as np

from analytics.panel import NEW_YORK, DateArray, FloatArray
from bot.errors import UnknownSymbols
from bot.market import reference, series
from bot.market.sample_funds import (
    CURRENCY,
    FIRST,
    FUNDS,
    INDICES,
    LAST_MILESTONE,
    MILESTONE_DAYS,
    MILESTONES,
    PINNED,
    PRICED_ON,
    RATES,
    SYMBOLS,
    Traits,
    profile_of,
)
from bot.market.series import Events, Series, distributions_of
from bot.ports import Calendar, Clock, PriceHistory, Profiles

SAMPLE_SOURCE = "SAMPLE DATA (simulated)"


class SampleMarket:
    """About a dozen made-up funds of New York that look like the real ones, from 2015 to the clock's last
    session.

    A date has the same price whenever it is asked for, and the market goes on for ever.  Their facts are the
    published ones where a fact says so, and simulated otherwise.
    """

    source = SAMPLE_SOURCE

    def __init__(self, calendar: Calendar, clock: Clock) -> None:
        self._calendar, self._clock = calendar.of(NEW_YORK.code), clock
        self._until: date | None = None
        self._market: Mapping[str, Series] = {}

    async def history(self, symbols: Sequence[str], through: date) -> PriceHistory:
        """Get prices as the port says; raises UnknownSymbols with the list of those that are simulated."""
        _refuse_unknown(symbols)
        now = self._clock.now()
        market = self._simulate_once(self._calendar.last_complete(now))
        rows = [market[symbol] for symbol in dict.fromkeys(symbols)]
        return PriceHistory(
            series.build_panel(rows, self._calendar, through, now, source=SAMPLE_SOURCE, simulated=True)
        )

    async def profiles(self, symbols: Sequence[str]) -> Profiles:
        """Get profiles as the port says; facts carry a source, "published" or "simulated", and a day."""
        answers = [profile_of(symbol) for symbol in dict.fromkeys(symbols)]
        notes = tuple(note for _, found in answers for note in found)
        return Profiles({profile.symbol: profile for profile, _ in answers}, notes)

    def _simulate_once(self, settled: date) -> Mapping[str, Series]:
        """Return every series through the last settled session or beyond it; made once a session."""
        until = max(settled, LAST_MILESTONE)
        if until != self._until:
            self._market = simulate(self._calendar.sessions(FIRST, until))
            self._until = until
        return self._market


def _refuse_unknown(symbols: Sequence[str]) -> None:
    unknown = [symbol for symbol in dict.fromkeys(symbols) if symbol not in SYMBOLS]
    if unknown:
        nearest = {
            symbol: [like for like in reference.similar_symbols(symbol) if like in SYMBOLS]
            for symbol in unknown
        }
        raise UnknownSymbols(f"{SAMPLE_SOURCE}, which knows only {', '.join(SYMBOLS)},", nearest)


SEED = 1395
SESSIONS_A_YEAR = 252
SLOPE = 0.06
"""Of the yields of long bonds: percent a year for a year of duration."""
LATER_VOLATILITY = 15.0
"""Of the market after the last milestone, percent a year."""


@dataclass(frozen=True)
class _MarketPath:
    """What moves every fund.

    volatility : (T,) of the market a day, fraction; factors : (3, T) log levels of market, size and value;
    ten_year, bill : (T,) yields in percent
    """

    sessions: DateArray
    volatility: FloatArray
    factors: FloatArray
    ten_year: FloatArray
    bill: FloatArray


def simulate(sessions: DateArray) -> Mapping[str, Series]:
    """Model the whole sample market by symbol, each series from the first session of its fund on.

    sessions : all those of the exchange from FIRST to LAST_MILESTONE or any later day.
    Prices in USD, yields in percent and without volume.
    """
    world = _market_path(sessions)
    funds = {name: _fund_series(name, world) for name in FUNDS}
    unknown = np.full(sessions.size, np.nan)
    yields = zip(INDICES, (world.ten_year, world.bill), strict=True)
    return funds | {
        name: Series(name, sessions, level, level, unknown, currency=CURRENCY) for name, level in yields
    }


def _market_path(sessions: DateArray) -> _MarketPath:
    shock, unrest = _draws("market", sessions).T
    volatility = _volatility(sessions, shock, unrest)
    return _MarketPath(sessions, volatility, _factors(sessions, volatility, shock), *_yields(sessions))


def _volatility(sessions: DateArray, shock: FloatArray, unrest: FloatArray) -> FloatArray:
    """Model the market's volatility a day, fraction: it clusters and rises after a fall."""
    surprise = 0.8 * unrest - 0.6 * np.concatenate([[0.0], shock[:-1]])
    usual = np.array([row[4] for row in MILESTONES[1:]] + [LATER_VOLATILITY]) / 100 / np.sqrt(SESSIONS_A_YEAR)
    period = np.searchsorted(MILESTONE_DAYS[1:], sessions)
    volatility: FloatArray = usual[period] * np.exp(0.09 * _autoregression(surprise, 0.95))
    return volatility


def _factors(sessions: DateArray, volatility: FloatArray, shock: FloatArray) -> FloatArray:
    """Model log levels of market, size and value, (3, T), so that the pinned funds meet milestones."""
    market = np.cumsum(volatility * shock + 0.07 / SESSIONS_A_YEAR)
    size = np.cumsum(0.52 * volatility * _draws("size", sessions)[:, 0])
    value = np.cumsum(0.38 * volatility * _draws("value", sessions)[:, 0] + 0.01 / SESSIONS_A_YEAR)
    loads = np.array([FUNDS[name].loads for name in PINNED])
    targets = np.linalg.solve(loads, np.log([row[1:4] for row in MILESTONES]).T)
    pairs = zip((market, size, value), targets, strict=True)
    return np.stack([_bridge(path, target, sessions, MILESTONE_DAYS) for path, target in pairs])


def _yields(sessions: DateArray) -> tuple[FloatArray, FloatArray]:
    """Simulate 10-year and 13-week yields in percent: squares, never negative, that return to their level."""
    days = np.array([row[0] for row in RATES], dtype="datetime64[D]")
    ten_year, bill = np.sqrt([row[1:] for row in RATES]).T
    shock, policy = _draws("rates", sessions).T
    free = _autoregression(0.015 * shock, 0.999)
    steered = _autoregression(0.003 * shock + 0.004 * policy, 0.999)
    return _bridge(free, ten_year, sessions, days) ** 2, _bridge(steered, bill, sessions, days) ** 2


def _growth(name: str, world: _MarketPath) -> FloatArray:
    """Model daily log total return of a fund, (T,); 0 on the first session."""
    traits = FUNDS[name]
    path = _own_path(name, world)
    if traits.twin is not None:
        path = path + _own_path(traits.twin, world)
    # Not a matrix product: its last digits may depend on the length, and a date must keep its price.
    for load, factor in zip(traits.loads, world.factors, strict=True):
        path = path + load * factor
    return np.diff(path, prepend=path[0]) + _interest(traits, world)


def _own_path(name: str, world: _MarketPath) -> FloatArray:
    """Model the log level of what a fund does alone, (T,); 0 on the milestones where its level is given."""
    traits = FUNDS[name]
    noise = traits.own * world.volatility * _draws(name, world.sessions)[:, 0]
    path: FloatArray = np.cumsum(noise + traits.drift / SESSIONS_A_YEAR)
    if name not in PINNED:
        return path
    return _bridge(path, np.zeros(len(MILESTONES)), world.sessions, MILESTONE_DAYS)


def _interest(traits: Traits, world: _MarketPath) -> FloatArray:
    """Return daily log return of a fund's bonds, (T,): the yield it earns, less duration x rise, plus
    convexity.
    """
    if traits.duration is None:
        return np.zeros(world.sessions.size)
    nights = np.diff(world.sessions, prepend=world.sessions[0]).astype(np.float64)
    rise = np.diff(world.ten_year, prepend=world.ten_year[0]) / 100
    bend = 0.6 * traits.duration**2 * rise**2
    return _bond_yield(traits, world) * nights / 365 - traits.duration * rise + bend


def _bond_yield(traits: Traits, world: _MarketPath) -> FloatArray:
    """Yield of a fund's bonds, fraction a year: those longer than ten-year ones pay a little more."""
    if not traits.duration:
        return world.bill / 100
    return (world.ten_year + SLOPE * (traits.duration - 10.0)) / 100


def _payout(traits: Traits, world: _MarketPath) -> FloatArray:
    """Pay dividends, fractions of the close before, on ex-dates: interest monthly, other income quarterly."""
    months = world.sessions.astype("datetime64[M]")
    month = months.astype(int) % 12 + 1
    if traits.payout is None:
        return np.where(np.diff(month, prepend=month[0]) != 0, _bond_yield(traits, world) / 12, 0.0)
    late = (world.sessions - months).astype(int) >= 19
    ex_date = late & ~np.concatenate([[True], late[:-1]]) & (month % 3 == 0)
    return np.where(ex_date, traits.payout * np.where(month == 12, 0.4, 0.2), 0.0)


def _fund_series(name: str, world: _MarketPath) -> Series:
    """Simulate a fund from its first session on, where close and total-return level are equal.

    (close + dividend) / previous close is the ratio of the total-return levels.
    """
    traits = FUNDS[name]
    growth = _growth(name, world)
    payout = _payout(traits, world)
    close = np.exp(np.cumsum(np.log(np.exp(growth) - payout)))
    close *= traits.price / close[np.searchsorted(world.sessions, PRICED_ON)]
    total_return = np.exp(np.cumsum(growth))
    begin = int(np.searchsorted(world.sessions, np.datetime64(traits.first, "D")))
    total_return *= close[begin] / total_return[begin]
    life, volume = slice(begin, None), _volume(name, world)
    rows = world.sessions[life], total_return[life], close[life], volume[life]
    none = np.zeros(payout.size)
    paid = distributions_of(name, world.sessions, Events(payout * np.roll(close, 1), none, none))
    return Series(
        name,
        *rows,
        currency=CURRENCY,
        distributions=tuple(each for each in paid if each.session > traits.first),
    )


def _volume(name: str, world: _MarketPath) -> FloatArray:
    """Simulate shares traded, (T,): more in unquiet times."""
    unrest = np.log(world.volatility * np.sqrt(SESSIONS_A_YEAR) / 0.14)
    noise = 0.3 * _draws(name, world.sessions)[:, 1]
    shares: FloatArray = np.round(FUNDS[name].shares * np.exp(noise + 0.5 * unrest))
    return shares


def _bridge(path: FloatArray, targets: FloatArray, sessions: DateArray, days: DateArray) -> FloatArray:
    """Bend the path to pass through the targets on those days; after the last one it keeps its own steps."""
    at = np.searchsorted(sessions, days)
    bent: FloatArray = path + np.interp(np.arange(path.size), at, targets - path[at])
    return bent


def _autoregression(shocks: FloatArray, memory: float) -> FloatArray:
    """Make a first-order autoregression: each level is memory x the one before + the shock."""
    steps = accumulate(shocks.tolist(), lambda level, shock: memory * level + shock)
    return np.fromiter(steps, dtype=np.float64, count=shocks.size)


def _draws(name: str, sessions: DateArray) -> FloatArray:
    """Draw two standard normal draws a session, (T, 2), that depend on the series and the date only."""
    year = sessions.astype("datetime64[Y]")
    offset = year.astype(int) - (FIRST.year - 1970)
    day = (sessions - year).astype(int)
    blocks = [_year_of_draws(name, FIRST.year + step) for step in range(int(offset[-1]) + 1)]
    draws: FloatArray = np.stack(blocks)[offset, day]
    return draws


def _year_of_draws(name: str, year: int) -> FloatArray:
    # RandomState is frozen: the same numbers with every version of numpy, which Generator does not notice.
    key = np.array([SEED << 32 | zlib.crc32(name.encode()), year], dtype=np.uint64)
    return np.random.RandomState(np.random.Philox(key=key)).standard_normal((366, 2))
