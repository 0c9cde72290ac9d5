"""What a move of the 10-year yield does to funds: with the market held still and without, and over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.evidence.closes import (
    FEWEST_WEEKS,
    HISTORY,
    YIELD,
    Closes,
    Ground,
    Provenance,
    lay,
    pairs_of,
    spans_to,
    weekly_closes,
    with_differences,
)
from analytics.evidence.regression import Estimate, Regression, regress, unfitted
from analytics.measures.number import Number
from analytics.panel import DateArray, FloatArray, PricePanel
from analytics.query import MARKET, Query
from analytics.window import Window, parse

PROXIES = (MARKET, YIELD)
"""What `rate_sensitivity` needs beside the funds; a benchmark that is asked for takes the market's place."""

STEP = 25.0
"""Basis points by which the yield is taken to rise: a usual step of a central bank."""

ROLLING = parse("3y")
QUARTER = 13
"""Weeks from one rolling value to the next."""

_MARKET, _YIELD = 1, 2
_YIELD_ALONE = 1


@dataclass(frozen=True, eq=False)
class RollingRates:
    """A sensitivity over the three years that end every quarter, the market held still.

    ends : (D,) datetime64[D], the oldest first
    values : (D,) fraction for `STEP`; t : (D,); both NaN where a window could not be computed
    """

    ends: DateArray
    values: FloatArray
    t: FloatArray


@dataclass(frozen=True, eq=False)
class RateSensitivity:
    """How far one fund, or the difference of two, moves when the yield rises by `STEP`.

    symbols : the fund; or two, the first less the second
    held : return for `STEP`, fraction, the market held still: 0.002 = 0.2 % up when the yield rises; of a
        difference percentage points
    alone : the same without the market: what rises in the yield came with, whatever the reason
    beta : to the market, the yield held still
    r_squared : share of the weekly moves that market and yield explain
    """

    symbols: tuple[str, ...]
    held: Estimate
    alone: Estimate
    beta: Estimate
    r_squared: Number
    rolling: RollingRates

    @property
    def duration(self) -> Number:
        """Years by which the price falls a per cent when the yield rises by one, as `held` has it.

        Of a bond fund the sensitivity is its duration: -d x 10,000, where d is the return for a basis point.
        It is empirical, against the 10-year yield, not the issuer's figure from its cash flows.
        """
        return _duration(self.held.value)


@dataclass(frozen=True, eq=False)
class RateAnswer:
    """The sensitivities of the funds of a question.

    market : what is held still
    funds : one each, in the order asked; differences : each but the last less the last
    weeks, lags : how many weekly returns, and over how many of them the errors allow for correlation
    """

    query: Query
    market: str
    funds: tuple[RateSensitivity, ...]
    differences: tuple[RateSensitivity, ...]
    weeks: int
    lags: int
    provenance: Provenance


def rate_sensitivity(panel: PricePanel, query: Query, history: Window = HISTORY) -> RateAnswer:
    """Estimate what a move of the 10-year yield does to the funds of a question, and to their differences.

    r = a + b MKT + d dy + e over whole weeks, dy the first difference of the yield in basis points: never its
    percent change, which has no meaning for a rate.  The errors are those of Newey and West.  Never daily:
    the yield is struck an hour before the funds close.

    Parameters
    ----------
    panel : holds the funds of the question and, as far as they are to be had, `PROXIES` and the benchmark
        asked for, which is then the market that is held still
    history : window that it is estimated over, up to the question's end; at least `FEWEST_WEEKS` weeks

    Returns
    -------
    RateAnswer.  Sensitivities are for `STEP` basis points, fraction, negative = the fund falls when the yield
    rises.  All on the weeks that funds and proxies share; the return across a missing week is known, and so
    is the yield's move across it, and counts as one.  No number, with its reason, below `FEWEST_WEEKS` weeks,
    where a proxy lacks, and of the market itself with the market held still.

    Raises
    ------
    NoCommonHistory
        The funds share fewer than two sessions in the window.
    ValueError
        The panel lacks one of the funds.

    References
    ----------
    docs/decisions/0049; Newey and West 1987, 1994.

    Examples
    --------
    A fund that loses 0.1 % for every basis point, whatever the market does: 120 weeks.

    >>> moves = np.tile([3.0, -1.0, -2.0, 4.0, -4.0], 24)
    >>> days = np.datetime64("2023-01-06") + 7 * np.arange(121)
    >>> market = np.cumprod(np.append(1.0, 1.0 + 0.01 * np.tile([1.0, 0.0, -1.0, 2.0, -1.0, 1.0], 20)))
    >>> bond = np.cumprod(np.append(1.0, 1.0 - 0.001 * moves))
    >>> quotes = np.append(4.0, 4.0 + np.cumsum(moves) / 100.0)
    >>> rows = np.vstack([bond, market, quotes])
    >>> held = PricePanel(days, ("BOND", "SPY", "^TNX"), rows, rows, np.full_like(rows, np.nan), "by hand")
    >>> answer = rate_sensitivity(held, Query(("BOND",), HISTORY, date(2025, 4, 25)))
    >>> answer.weeks, round(answer.funds[0].held.value.value, 6), round(answer.funds[0].duration.value, 6)
    (120, -0.025, 10.0)
    """
    ground = lay(panel, query, history)
    market = query.benchmark or MARKET
    proxies = [proxy for proxy in dict.fromkeys((market, YIELD)) if ground.absent(proxy) is None]
    back = ROLLING.base_target(ground.span.start, month_end=False) or ground.span.start
    closes = weekly_closes(ground.history, tuple(dict.fromkeys((*query.symbols, *proxies))))
    now = _fit(closes.within(ground.span.start, ground.span.end), ground, market)
    rolling = _roll(closes, ground, market)
    subjects = [*((symbol,) for symbol in query.symbols), *pairs_of(query)]
    rows = tuple(_row(symbols, row, now, rolling, market) for row, symbols in enumerate(subjects))
    count = len(query.symbols)
    return RateAnswer(
        query=query,
        market=market,
        funds=rows[:count],
        differences=rows[count:],
        weeks=now.count,
        lags=now.lags,
        provenance=ground.provenance((*query.symbols, market, YIELD), back),
    )


@dataclass(frozen=True, eq=False)
class _Fits:
    """Lines of funds and differences on the yield, with the market and without, over the same weeks."""

    held: Regression
    alone: Regression

    @property
    def count(self) -> int:
        """How many weekly returns they go through."""
        return self.alone.count

    @property
    def lags(self) -> int:
        """Over how many of them the errors allow for correlation."""
        return self.alone.lags


def _fit(closes: Closes, ground: Ground, market: str) -> _Fits:
    """Fit both lines to the weeks of some closes."""
    subjects = 2 * len(ground.query.symbols) - 1
    if reason := ground.absent(YIELD):
        return _Fits(unfitted(subjects, 2, reason), unfitted(subjects, 1, reason))
    returns = with_differences(closes.returns_of(ground.query.symbols))
    moves = closes.yield_changes()[None, :]
    alone = regress(returns, moves, fewest=FEWEST_WEEKS, periods="weeks")
    if reason := ground.absent(market):
        return _Fits(unfitted(subjects, 2, reason), alone)
    factors = np.vstack([closes.returns_of([market]), moves])
    return _Fits(regress(returns, factors, fewest=FEWEST_WEEKS, periods="weeks"), alone)


def _roll(closes: Closes, ground: Ground, market: str) -> tuple[DateArray, FloatArray, FloatArray]:
    """Return (D,) ends, and (N, D) sensitivities and their t, over the three years before each.

    The ends lie in the span, a quarter apart, the newest at the last whole week; what they look back on may
    lie before it, so that the series begins with the span where the funds are old enough.
    """
    inside = closes.within(ground.span.start, ground.span.end).sessions
    ends = inside[::-QUARTER][::-1]
    days: list[date] = ends.tolist()
    spans = spans_to(ground.history, closes.symbols, ROLLING, days)
    subjects = 2 * len(ground.query.symbols) - 1
    values, t = np.full((2, subjects, ends.size), np.nan)
    for column, (end, span) in enumerate(zip(days, spans, strict=True)):
        if span is None:
            continue
        found = _fit(closes.within(span.start, end), ground, market).held
        values[:, column] = found.coefficients[:, _YIELD] * STEP
        t[:, column] = found.coefficients[:, _YIELD] / found.errors[:, _YIELD]
    full = np.isfinite(values).any(axis=0)
    return ends[full], values[:, full], t[:, full]


def _row(
    symbols: Sequence[str],
    row: int,
    now: _Fits,
    rolling: tuple[DateArray, FloatArray, FloatArray],
    market: str,
) -> RateSensitivity:
    ends, values, t = rolling
    own = f"{market} is the market here" if tuple(symbols) == (market,) else None
    held, beta = (
        Estimate.undefined(own) if own else now.held.estimate(row, column, scale)
        for column, scale in ((_YIELD, STEP), (_MARKET, 1.0))
    )
    return RateSensitivity(
        symbols=tuple(symbols),
        held=held,
        alone=now.alone.estimate(row, _YIELD_ALONE, STEP),
        beta=beta,
        r_squared=now.held.explained(row),
        rolling=RollingRates(ends, values[row], t[row]),
    )


def _duration(sensitivity: Number) -> Number:
    """Return the years of a sensitivity to `STEP`: -d x 10,000, d the return for a basis point."""
    if sensitivity.value is None:
        return sensitivity
    return Number.of(-sensitivity.value / STEP * 10_000.0)
