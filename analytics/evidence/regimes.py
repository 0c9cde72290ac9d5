"""How funds did in months of one kind, yields or markets up or down, calm or not; and in market falls."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from analytics.evidence.closes import (
    HISTORY,
    YIELD,
    Ground,
    Provenance,
    lay,
    monthly_closes,
    pairs_of,
    with_differences,
)
from analytics.evidence.regression import Estimate, mean_estimate
from analytics.measures.drawdowns import Drawdown, drawdowns
from analytics.measures.number import Number
from analytics.measures.sample import PERIODS
from analytics.panel import BoolArray, DateArray, FloatArray, PricePanel
from analytics.query import MARKET, Query
from analytics.window import Window

SMALL = "IWM"
PROXIES = (MARKET, SMALL, YIELD)
"""Whose prices `regimes` needs beside the funds'."""

FEWEST_MONTHS = 12
"""Below so many months of a kind their mean is told without an interval."""

LARGE_MOVE = 20.0
"""Basis points in a month."""

ROUNDING = 1e-5
"""Share of a border by which a difference of quotes in single precision, such as 4.30 - 4.10, may miss it."""

BEFORE = 21
"""Sessions before a month whose volatility says how calm the market was."""

FALL = -0.10
"""A market fall is one at least so deep."""


@dataclass(frozen=True, eq=False)
class Signals:
    """What months are told apart by, each (M,), NaN where a proxy does not have the whole month.

    yields : change of the 10-year yield, basis points
    market, small : total returns of SPY and IWM, fraction
    volatility : annualised, of SPY's returns in the `BEFORE` sessions before the month began
    """

    yields: FloatArray
    market: FloatArray
    small: FloatArray
    volatility: FloatArray

    @property
    def terciles(self) -> tuple[float, float]:
        """The volatilities up to which the calmest, and from which the most turbulent third lies."""
        known = self.volatility[np.isfinite(self.volatility)]
        if not known.size:
            return math.nan, math.nan
        low, high = np.quantile(known, [1 / 3, 2 / 3]).tolist()
        return low, high


class RegimeKind(StrEnum):
    """Months of one kind; what they are told apart by is in `RULES`."""

    YIELD_UP = "yield up"
    YIELD_DOWN = "yield down"
    YIELD_MOVED = "yield moved"
    MARKET_UP = "market up"
    MARKET_DOWN = "market down"
    SMALL_AHEAD = "small ahead"
    SMALL_BEHIND = "small behind"
    CALM = "calm"
    MIDDLING = "middling"
    TURBULENT = "turbulent"


@dataclass(frozen=True)
class Rule:
    """What makes a month one of a kind.

    proxies : whose prices it needs
    holds : (M,) True for the months; False where a signal is not known
    """

    proxies: tuple[str, ...]
    holds: Callable[[Signals], BoolArray]


RULES: Mapping[RegimeKind, Rule] = {
    RegimeKind.YIELD_UP: Rule((YIELD,), lambda one: one.yields > 0),
    RegimeKind.YIELD_DOWN: Rule((YIELD,), lambda one: one.yields < 0),
    RegimeKind.YIELD_MOVED: Rule((YIELD,), lambda one: np.abs(one.yields) > LARGE_MOVE * (1 + ROUNDING)),
    RegimeKind.MARKET_UP: Rule((MARKET,), lambda one: one.market > 0),
    RegimeKind.MARKET_DOWN: Rule((MARKET,), lambda one: one.market < 0),
    RegimeKind.SMALL_AHEAD: Rule((SMALL, MARKET), lambda one: one.small > one.market),
    RegimeKind.SMALL_BEHIND: Rule((SMALL, MARKET), lambda one: one.small < one.market),
    RegimeKind.CALM: Rule((MARKET,), lambda one: one.volatility <= one.terciles[0]),
    RegimeKind.MIDDLING: Rule(
        (MARKET,),
        lambda one: (one.volatility > one.terciles[0]) & (one.volatility <= one.terciles[1]),
    ),
    RegimeKind.TURBULENT: Rule((MARKET,), lambda one: one.volatility > one.terciles[1]),
}


@dataclass(frozen=True, eq=False)
class Regime:
    """How funds did in the months of one kind.

    months : (n,) datetime64[M] which they are; none where `reason` says why
    funds, differences : mean return a month, fraction, of each fund, and of each but the last less the last
        (percentage points a month)
    """

    kind: RegimeKind
    months: DateArray
    funds: tuple[Estimate, ...]
    differences: tuple[Estimate, ...]
    reason: str | None = None


@dataclass(frozen=True)
class MarketFall:
    """A fall of the market, and what the funds did in it.

    market : depth, dates of peak, trough and recovery, of SPY's own closes
    end : the recovery, or the last session where the peak is not reached again
    down, up : by symbol, total return from peak to trough, and from trough to `end`, fraction
    """

    market: Drawdown
    end: date
    down: Mapping[str, Number]
    up: Mapping[str, Number]


@dataclass(frozen=True, eq=False)
class RegimeAnswer:
    """The funds of a question by kinds of months, and in the falls of the market.

    pairs : what the differences are of, the first less the second
    months, returns : (M,) datetime64[M] and (N, M) fraction: the whole months that all funds share
    signals : of the same months
    """

    query: Query
    pairs: tuple[tuple[str, str], ...]
    months: DateArray
    returns: FloatArray
    signals: Signals
    regimes: tuple[Regime, ...]
    falls: tuple[MarketFall, ...]
    provenance: Provenance

    def of(self, kind: RegimeKind) -> Regime:
        """Return the months of one kind."""
        return next(regime for regime in self.regimes if regime.kind is kind)


def regimes(panel: PricePanel, query: Query, history: Window = HISTORY) -> RegimeAnswer:
    """Tell the whole months of a window apart by what happened in them, and average the funds over each kind.

    Parameters
    ----------
    panel : holds the funds of the question and, as far as they are to be had, `PROXIES`
    history : window whose whole months are taken, up to the question's end

    Returns
    -------
    RegimeAnswer.  Means a month, fraction, with the interval mean +- 1.96 sd / sqrt(n), ddof 1, the months
    taken as independent; no interval below `FEWEST_MONTHS`, no mean without a month.  A month counts where
    the funds share a session in it and in the one before, so that its return is of this month alone; each
    proxy is told by its own closes.  A proxy that lacks leaves its kinds without months, and says why.  Falls
    are those of SPY that reach into the window, from their own peaks, be they before it.

    Raises
    ------
    NoCommonHistory
        The funds share fewer than two sessions in the window.
    ValueError
        The panel lacks one of the funds.

    References
    ----------
    docs/decisions/0049.

    Examples
    --------
    A fund that gains 2 % in the months in which the market rises, and loses 1 % in the others:

    >>> days = np.array(["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-30"],
    ...                 dtype="datetime64[D]")
    >>> fund = np.cumprod([1.0, 1.02, 0.99, 1.02, 0.99])
    >>> rows = np.vstack([fund, np.cumprod([1.0, 1.01, 0.98, 1.03, 0.88])])
    >>> held = PricePanel(days, ("AAA", "SPY"), rows, rows, np.full_like(rows, np.nan), "by hand",
    ...                   following=date(2025, 6, 2))
    >>> answer = regimes(held, Query(("AAA",), HISTORY, date(2025, 5, 30)))
    >>> kinds = RegimeKind.MARKET_UP, RegimeKind.MARKET_DOWN
    >>> [round(answer.of(kind).funds[0].value.value, 6) for kind in kinds]
    [0.02, -0.01]
    >>> answer.of(RegimeKind.YIELD_UP).reason
    'no prices of ^TNX'
    >>> fall, = answer.falls
    >>> round(fall.market.depth, 4), fall.market.peak.isoformat(), round(fall.down["AAA"].value, 4)
    (-0.12, '2025-04-30', -0.01)
    """
    ground = lay(panel, query, history)
    span = ground.span
    closes = monthly_closes(ground.history, query.symbols).within(span.start, span.end)
    alone = closes.follows[1:]
    months = closes.sessions[1:].astype("datetime64[M]")[alone]
    returns = closes.returns[:, alone]
    signals, falls = _signals(ground, months), _falls(ground)
    earliest = min((fall.market.peak for fall in falls), default=span.start)
    return RegimeAnswer(
        query=query,
        pairs=pairs_of(query),
        months=months,
        returns=returns,
        signals=signals,
        regimes=tuple(_regime(kind, ground, months, returns, signals) for kind in RegimeKind),
        falls=falls,
        provenance=ground.provenance((*query.symbols, *PROXIES), earliest),
    )


def _regime(
    kind: RegimeKind, ground: Ground, months: DateArray, returns: FloatArray, signals: Signals
) -> Regime:
    reasons = [reason for proxy in RULES[kind].proxies if (reason := ground.missing(proxy))]
    holds = RULES[kind].holds(signals) if not reasons else np.zeros(months.size, dtype=np.bool_)
    rows = with_differences(returns)[:, holds]
    means = tuple(
        Estimate.undefined(reasons[0]) if reasons else mean_estimate(row, FEWEST_MONTHS, "months")
        for row in rows
    )
    count = returns.shape[0]
    return Regime(kind, months[holds], means[:count], means[count:], reasons[0] if reasons else None)


def _signals(ground: Ground, months: DateArray) -> Signals:
    return Signals(
        yields=_of_proxy(ground, YIELD, months),
        market=_of_proxy(ground, MARKET, months),
        small=_of_proxy(ground, SMALL, months),
        volatility=_volatility_before(ground, months),
    )


def _of_proxy(ground: Ground, proxy: str, months: DateArray) -> FloatArray:
    """Return (M,) what a proxy did in each month, by its own closes; NaN where it lacks one."""
    out = np.full(months.size, np.nan)
    if ground.missing(proxy):
        return out
    closes = monthly_closes(ground.history, (proxy,))
    moved = closes.yield_changes() if proxy == YIELD else closes.returns[0]
    found = dict(zip(closes.sessions[1:].astype("datetime64[M]").tolist(), moved.tolist(), strict=True))
    alone = dict(zip(found, closes.follows[1:].tolist(), strict=True))
    return np.array(
        [found[month] if alone.get(month) else math.nan for month in months.tolist()], dtype=np.float64
    )


def _volatility_before(ground: Ground, months: DateArray) -> FloatArray:
    """Return (M,) annualised volatility of the market's last `BEFORE` returns before each month."""
    out = np.full(months.size, np.nan)
    if ground.missing(MARKET):
        return out
    levels, sessions = ground.priced(MARKET)
    returns = np.diff(levels) / levels[:-1]
    begins = np.searchsorted(sessions[1:], months.astype("datetime64[D]"))
    for column, begin in enumerate(begins.tolist()):
        if begin >= BEFORE:
            out[column] = returns[begin - BEFORE : begin].std(ddof=1) * math.sqrt(PERIODS)
    return out


def _falls(ground: Ground) -> tuple[MarketFall, ...]:
    """Find the falls of the market that reach into the span, the oldest first."""
    if ground.missing(MARKET):
        return ()
    levels, sessions = ground.priced(MARKET)
    kept = sessions <= np.datetime64(ground.span.end, "D")
    found = drawdowns(levels[kept], sessions[kept], most=sessions.size)
    start, end = ground.span.start, ground.span.end
    deep = [fall for fall in found if fall.depth <= FALL * (1 - ROUNDING) and (fall.recovery or end) > start]
    return tuple(_fall(ground, fall) for fall in sorted(deep, key=lambda fall: fall.peak))


def _fall(ground: Ground, fall: Drawdown) -> MarketFall:
    end = fall.recovery or ground.span.end
    symbols = ground.query.symbols
    return MarketFall(
        market=fall,
        end=end,
        down={symbol: _between(ground, symbol, fall.peak, fall.trough) for symbol in symbols},
        up={symbol: _between(ground, symbol, fall.trough, end) for symbol in symbols},
    )


def _between(ground: Ground, symbol: str, start: date, end: date) -> Number:
    """Return the total return of a fund between two sessions; no close of another day stands in."""
    levels = []
    for day in (start, end):
        level = ground.level(symbol, day)
        if not math.isfinite(level):
            return Number(None, f"no price of {symbol} on {day}")
        levels.append(level)
    return Number.of(levels[1] / levels[0] - 1.0)
