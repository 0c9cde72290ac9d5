"""What a fund is made of, by the returns of funds that stand for styles; and what a gap is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.align import align
from analytics.evidence.closes import (
    FEWEST_WEEKS,
    HISTORY,
    Closes,
    Ground,
    Provenance,
    lay,
    pairs_of,
    weekly_closes,
    with_differences,
)
from analytics.evidence.regression import CONDITION, Estimate, Regression, regress, unfitted
from analytics.measures.number import Number
from analytics.measures.sample import WEEKS
from analytics.panel import FloatArray, PricePanel
from analytics.query import MARKET, Query
from analytics.window import Span, Window


@dataclass(frozen=True)
class Factor:
    """A style by the returns of exchange-traded funds: one, or one less another.

    name : as it is printed, "SIZE"
    long, short : their symbols; the return is that of `long`, less that of `short`
    """

    name: str
    long: str
    short: str | None = None

    @property
    def symbols(self) -> tuple[str, ...]:
        """The funds that it is made of."""
        return (self.long,) if self.short is None else (self.long, self.short)

    @property
    def formula(self) -> str:
        """As it is explained: "IWM - SPY"."""
        return " - ".join(self.symbols)


FACTORS = (
    Factor("MKT", MARKET),
    Factor("SIZE", "IWM", MARKET),
    Factor("VALUE", "IWN", "IWO"),
    Factor("MOMENTUM", "XSMO", "IJR"),
    Factor("TERM", "TLT"),
)

PROXIES = tuple(dict.fromkeys(symbol for factor in FACTORS for symbol in factor.symbols))
"""Whose prices `style` needs beside the funds'."""


@dataclass(frozen=True)
class Attribution:
    """What the return of a fund, or the gap of two, over the window of a question is made of.

    total : total return over the window, fraction; of two funds the first's less the second's
    parts : by factor, loading x the factor's total return over the window
    rest : what is left, so that parts and rest add up to the total
    reason : why there is none; the parts are empty then
    """

    total: Number
    parts: Mapping[str, float]
    rest: Number
    reason: str | None = None


@dataclass(frozen=True)
class StyleRow:
    """The style of one fund, or of the difference of two.

    symbols : the fund; or two, the first less the second
    alpha : weekly intercept x 52, fraction a year
    loadings : by factor, the return for one of the factor's, a plain number
    r_squared : share of the weekly moves that the factors explain
    """

    symbols: tuple[str, ...]
    alpha: Estimate
    loadings: Mapping[str, Estimate]
    r_squared: Number
    attribution: Attribution


@dataclass(frozen=True, eq=False)
class StyleAnswer:
    """The styles of the funds of a question.

    factors : those that were used; left_out : by name of the others, why
    funds : one each, in the order asked; differences : each but the last less the last
    condition : of the intercept and the factors, each scaled to length one; told from `CONDITION` on, where
        factors are so alike that a single loading says little; None where no line was drawn
    weeks, lags : how many weekly returns, and over how many of them the errors allow for correlation
    start, end : the base close and the last close of the window that the attributions are of
    """

    query: Query
    factors: tuple[Factor, ...]
    left_out: Mapping[str, str]
    funds: tuple[StyleRow, ...]
    differences: tuple[StyleRow, ...]
    condition: Number
    weeks: int
    lags: int
    start: date
    end: date
    provenance: Provenance

    @property
    def is_entangled(self) -> bool:
        """True where the factors are so alike that a single loading says little."""
        return self.condition.value is not None and self.condition.value > CONDITION


def style(panel: PricePanel, query: Query, history: Window = HISTORY) -> StyleAnswer:
    """Explain the funds of a question, and their differences, by `FACTORS`.

    One line with an intercept through the returns of whole weeks; its errors are those of Newey and West.
    The loadings are then held against what the factors returned over the question's own window, which says
    how much of a gap is style.

    Parameters
    ----------
    panel : holds every symbol of `query.priced` and, as far as they are to be had, `PROXIES`
    history : window that the loadings are estimated over, up to the question's end; at least `FEWEST_WEEKS`
        weeks

    Returns
    -------
    StyleAnswer.  A factor is left out, with its reason, where one of its funds has no prices, where these
    begin after the funds' own span, or end more than a week before it.  No number, with its reason, below
    `FEWEST_WEEKS` weeks; no errors of a fund that is made of the factors.  A factor's return over the window
    is that of `long` less that of `short`, each compounded; the total is the one that `compare` gives.

    Raises
    ------
    NoCommonHistory
        The funds share fewer than two sessions in one of the windows.
    ValueError
        The panel lacks one of the funds.

    References
    ----------
    Sharpe 1992, by least squares without bounds; Newey and West 1987; docs/decisions/0049.

    Examples
    --------
    A fund that moves half as much as the market and gains 0.01 % a week beside it:

    >>> days = np.datetime64("2023-01-06") + 7 * np.arange(121)
    >>> moves = 0.01 * np.tile([1.0, 0.0, -1.0, 2.0, -1.0, 1.0], 20)
    >>> own = 0.0001 + 1e-6 * np.tile([1.0, -1.0, 0.0, 1.0, -1.0], 24)
    >>> rows = np.cumprod(1.0 + np.pad([moves / 2 + own, moves], ((0, 0), (1, 0))), axis=1)
    >>> held = PricePanel(days, ("AAA", "SPY"), rows, rows, np.full_like(rows, np.nan), "by hand")
    >>> from analytics.window import parse
    >>> answer = style(held, Query(("AAA",), parse("1y"), date(2025, 4, 25)))
    >>> found = answer.funds[0]
    >>> round(found.loadings["MKT"].value.value, 4), round(found.alpha.value.value, 4), len(answer.left_out)
    (0.5, 0.0052, 4)
    >>> gap = found.attribution
    >>> round(gap.total.value, 4), round(gap.parts["MKT"], 4), round(gap.rest.value, 4)
    (0.0935, 0.0906, 0.003)
    """
    ground = lay(panel, query, history)
    left_out = {factor.name: why for factor in FACTORS if (why := _absent(ground, factor))}
    used = tuple(factor for factor in FACTORS if factor.name not in left_out)
    proxies = [symbol for factor in used for symbol in factor.symbols]
    closes = weekly_closes(ground.history, tuple(dict.fromkeys((*query.symbols, *proxies))))
    found = _fit(closes.within(ground.span.start, ground.span.end), query.symbols, used)
    asked = align(panel, query)
    window = asked.span
    # A mix begins with its weights at the base of the question's window, not at that of the evidence.
    moved = _over(replace(ground, history=asked.history), [*query.symbols, *proxies], window)
    subjects = [*((symbol,) for symbol in query.symbols), *pairs_of(query)]
    rows = tuple(_row(symbols, row, found, used, moved) for row, symbols in enumerate(subjects))
    count = len(query.symbols)
    return StyleAnswer(
        query=query,
        factors=used,
        left_out=left_out,
        funds=rows[:count],
        differences=rows[count:],
        condition=Number.of(found.condition, found.reasons[0]),
        weeks=found.count,
        lags=found.lags,
        start=window.start,
        end=window.end,
        provenance=ground.provenance((*query.symbols, *proxies), window.start),
    )


def _absent(ground: Ground, factor: Factor) -> str | None:
    """Say why a factor is left out; None where all of its funds are priced through the span."""
    return next((why for symbol in factor.symbols if (why := ground.absent(symbol))), None)


def _fit(closes: Closes, symbols: Sequence[str], factors: Sequence[Factor]) -> Regression:
    returns = with_differences(closes.returns_of(symbols))
    if not factors:
        return unfitted(returns.shape[0], 0, "no prices of any style", returns.shape[1])
    moves = np.vstack([_factor_returns(closes, factor) for factor in factors])
    return regress(returns, moves, fewest=FEWEST_WEEKS, periods="weeks")


def _factor_returns(closes: Closes, factor: Factor) -> FloatArray:
    sides = closes.returns_of(factor.symbols)
    return np.asarray(sides[0] - sides[1] if factor.short else sides[0])


def _over(ground: Ground, symbols: Sequence[str], window: Span) -> Mapping[str, float]:
    """Return total returns over a window by symbol; NaN where there is no price on its first or last day."""
    return {
        symbol: ground.level(symbol, window.end) / ground.level(symbol, window.start) - 1.0
        for symbol in dict.fromkeys(symbols)
    }


def _row(
    symbols: Sequence[str],
    row: int,
    found: Regression,
    factors: Sequence[Factor],
    moved: Mapping[str, float],
) -> StyleRow:
    loadings = {factor.name: found.estimate(row, at) for at, factor in enumerate(factors, 1)}
    return StyleRow(
        symbols=tuple(symbols),
        alpha=found.estimate(row, 0, WEEKS),
        loadings=loadings,
        r_squared=found.explained(row),
        attribution=_attribute(symbols, loadings, factors, moved),
    )


def _attribute(
    symbols: Sequence[str],
    loadings: Mapping[str, Estimate],
    factors: Sequence[Factor],
    moved: Mapping[str, float],
) -> Attribution:
    """Lay out the return of a fund, or the gap of two, by loading x return of the factor."""
    total = Number.of(_spread(symbols, moved), f"no prices of {' and '.join(symbols)} on its days")
    parts = {}
    for factor in factors:
        loading, move = loadings[factor.name].value, _spread(factor.symbols, moved)
        reason = loading.reason or (
            None if np.isfinite(move) else f"no price of {factor.formula} on its days"
        )
        if loading.value is None or reason:
            return Attribution(total, {}, Number(None, reason), reason)
        parts[factor.name] = loading.value * move
    if not parts:
        return Attribution(total, {}, Number(None, "no prices of any style"), "no prices of any style")
    rest = Number(None, total.reason) if total.value is None else Number(total.value - sum(parts.values()))
    return Attribution(total, parts, rest, total.reason)


def _spread(symbols: Sequence[str], moved: Mapping[str, float]) -> float:
    """Return the total return of one symbol, or of the first less that of the second."""
    return moved[symbols[0]] - (moved[symbols[1]] if len(symbols) > 1 else 0.0)
