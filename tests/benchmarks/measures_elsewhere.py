"""The twelve measures as pandas and other people's libraries do them, for the benchmark.

All of them start from price levels, as ours does.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from tests.oracles.outside import Library, quietly_import

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.measures import Sample
    from analytics.panel import FloatArray

YEAR = 252**0.5
Returns = Any
"""A Series or an array."""


def with_pandas(held: Sample, symbols: int) -> dict[str, pd.Series[float]]:
    """Whole-frame expressions, as a practised user writes them."""
    days = pd.DatetimeIndex(held.sessions)
    levels = pd.DataFrame(held.levels[:symbols].T, index=days)
    market = pd.Series(held.benchmark, index=days).pct_change().iloc[1:]
    returns = levels.pct_change().iloc[1:]
    total = levels.iloc[-1] / levels.iloc[0] - 1
    annual = (1 + total) ** (365.25 / (days[-1] - days[0]).days) - 1
    falls = levels / levels.cummax() - 1
    beta = returns.apply(lambda column: column.cov(market)) / market.var()
    downside = (returns.clip(upper=0) ** 2).mean() ** 0.5
    return {
        "total_return": total,
        "cagr": annual,
        "volatility": returns.std() * YEAR,
        "sharpe": returns.mean() / returns.std() * YEAR,
        "sortino": returns.mean() / downside * YEAR,
        "max_drawdown": falls.min(),
        "calmar": annual / -falls.min(),
        "omega": returns.clip(lower=0).sum() / -returns.clip(upper=0).sum(),
        "downside_deviation": downside * YEAR,
        "cvar_95": returns.where(returns <= returns.quantile(0.05)).mean(),
        "beta": beta,
        "alpha": (returns.mean() - beta * market.mean()) * 252,
    }


def rolling_with_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    short = frame.clip(upper=0) ** 2
    return frame.rolling(252).mean() / short.rolling(252).mean() ** 0.5 * YEAR


def with_empyrical(held: Sample, symbols: int) -> list[dict[str, float]]:
    """A Series per symbol, as its documentation does."""
    theirs = quietly_import("empyrical")
    days = pd.DatetimeIndex(held.sessions)
    market = theirs.simple_returns(pd.Series(held.benchmark, index=days))
    prices = (pd.Series(row, index=days) for row in held.levels[:symbols])
    return [_empyrical(theirs, theirs.simple_returns(row), market) for row in prices]


def with_empyrical_arrays(held: Sample, symbols: int) -> list[dict[str, float]]:
    """Bare arrays: nothing to align."""
    theirs = quietly_import("empyrical")
    return [_empyrical(theirs, theirs.simple_returns(row), held.against) for row in held.levels[:symbols]]


def _empyrical(theirs: Library, returns: Returns, market: Returns) -> dict[str, float]:
    return {
        "total_return": theirs.cum_returns_final(returns),
        "cagr": theirs.cagr(returns),
        "volatility": theirs.annual_volatility(returns),
        "sharpe": theirs.sharpe_ratio(returns),
        "sortino": theirs.sortino_ratio(returns),
        "max_drawdown": theirs.max_drawdown(returns),
        "calmar": theirs.calmar_ratio(returns),
        "omega": theirs.omega_ratio(returns),
        "downside_deviation": theirs.downside_risk(returns),
        "cvar_95": theirs.conditional_value_at_risk(returns),
        "beta": theirs.beta(returns, market),
        "alpha": theirs.alpha(returns, market),
    }


def with_quantstats(held: Sample, symbols: int) -> list[dict[str, float]]:
    theirs = quietly_import("quantstats.stats")
    days = pd.DatetimeIndex(held.sessions)
    market = pd.Series(held.benchmark, index=days).pct_change().iloc[1:]
    prices = (pd.Series(row, index=days) for row in held.levels[:symbols])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [_quantstats(theirs, row.pct_change().iloc[1:], market) for row in prices]


def _quantstats(theirs: Library, returns: pd.Series[float], market: pd.Series[float]) -> dict[str, float]:
    return {
        "total_return": theirs.comp(returns),
        "cagr": theirs.cagr(returns),
        "volatility": theirs.volatility(returns),
        "sharpe": theirs.sharpe(returns),
        "sortino": theirs.sortino(returns),
        "max_drawdown": theirs.max_drawdown(returns),
        "calmar": theirs.calmar(returns),
        "omega": theirs.omega(returns),
        "downside_deviation": theirs.volatility(returns.clip(upper=0)),
        "cvar_95": theirs.cvar(returns),
        "beta": theirs.greeks(returns, market)["beta"],
        "alpha": theirs.greeks(returns, market)["alpha"],
    }


SAME = ("total_return", "volatility", "sharpe", "sortino", "max_drawdown", "omega", "beta")
"""What all of them define alike: the contenders must be doing the same work."""


def check(held: Sample, ours: Mapping[str, FloatArray]) -> None:
    """The first three symbols agree wherever the definitions do."""
    frames = with_pandas(held, 3)
    singles = with_empyrical(held, 3)
    for name in SAME:
        expected = pytest.approx(ours[name][:3], rel=1e-9)
        assert frames[name].to_numpy() == expected, name
        assert np.array([row[name] for row in singles]) == expected, name
