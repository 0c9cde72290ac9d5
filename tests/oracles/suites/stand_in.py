"""empyrical's functions by their names and arguments, computed by our measures.

`STAND_INS` says which measure stands in for which function, a line each.  What a function takes and we do not
have (another cutoff, a starting value) is `NotHere`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics import MEASURES, Sample
from analytics.panel import FloatArray
from tests.panels import levels_of, weekdays

PERIODS = {"daily": 252, "weekly": 52, "monthly": 12, "quarterly": 4, "yearly": 1}
UNDEFINED: set[str] = set()
"""Reasons of the numbers that were undefined, since somebody last emptied it."""
PANDAS = (pd.Series, pd.DataFrame)
Theirs = Callable[..., Any]


class NotHere(Exception):
    """A function, or an argument of one, that no measure answers."""


def one(measure: str, rate: str = "", *, labelled: bool = True) -> Theirs:
    """Stand in for f(returns, ...): `rate` is the argument that is taken off every return."""

    def stand_in(returns: Any, *args: Any, **kwargs: Any) -> Any:
        order = [rate, "period", "annualization"] if rate else ["period", "annualization"]
        given = _given(order, args, kwargs)
        values = columns(measure, returns, rate=given.get(rate, 0.0), periods=_periods(given))
        return _shaped(values, returns, given.get("out"), labelled=labelled)

    return stand_in


def pair(measure: str, periods: int | None = None, *, labelled: bool = True) -> Theirs:
    """Stand in for f(returns, factor_returns, ...).  periods : whatever period they name"""

    def stand_in(returns: Any, factor: Any, *args: Any, **kwargs: Any) -> Any:
        given = _given(["risk_free", "period", "annualization"], args, kwargs)
        own, other = _aligned(returns, factor)
        values = columns(measure, own, other, given.get("risk_free", 0.0), periods or _periods(given))
        return _shaped(values, returns, given.get("out"), labelled=labelled)

    return stand_in


def _alpha_beta(returns: Any, factor: Any, *args: Any, **kwargs: Any) -> Any:
    given = _given(["risk_free", "period", "annualization"], args, kwargs)
    parts = {name: value for name, value in given.items() if name != "out"}
    return np.array([STAND_INS[name](returns, factor, **parts) for name in ("alpha", "beta")]).T


def _omega(
    returns: Any, risk_free: Any = 0.0, required_return: float = 0.0, annualization: int = 252
) -> float:
    # They take the target a year and turn it into one a session by compounding.
    if required_return <= -1 and annualization != 1:
        return np.nan
    target = required_return if annualization == 1 else (1 + required_return) ** (1 / annualization) - 1
    return float(columns("omega", returns, rate=risk_free + target)[0])


def _final(returns: Any, starting_value: float = 0) -> Any:
    if starting_value:
        raise NotHere("cum_returns_final from a starting value")
    return _shaped(columns("total_return", returns), returns)


def _tail(measure: str) -> Theirs:
    def stand_in(returns: Any, cutoff: float = 0.05) -> float:
        if cutoff != 0.05:
            raise NotHere(f"a tail of {cutoff}")
        return float(columns(measure, np.asarray(returns, dtype=float))[0])

    return stand_in


STAND_INS: dict[str, Theirs] = {
    "cum_returns_final": _final,
    "annual_return": one("cagr"),
    "cagr": one("cagr"),
    "annual_volatility": one("volatility"),
    "max_drawdown": one("max_drawdown"),
    "calmar_ratio": one("calmar"),
    "sharpe_ratio": one("sharpe", "risk_free", labelled=False),
    "sortino_ratio": one("sortino", "required_return"),
    "downside_risk": one("downside_deviation", "required_return"),
    "omega_ratio": _omega,
    "conditional_value_at_risk": _tail("cvar_95"),
    "beta": pair("beta"),
    "beta_aligned": pair("beta"),
    "alpha": pair("alpha"),
    "alpha_aligned": pair("alpha"),
    "alpha_beta": _alpha_beta,
    "alpha_beta_aligned": _alpha_beta,
    # Theirs is one per period, ours a year's: of one period a year they are the same number.
    "excess_sharpe": pair("information_ratio", periods=1, labelled=False),
    # Ours is one of months, so every return is taken for a month's.
    "up_capture": pair("capture_up", periods=12),
    "down_capture": pair("capture_down", periods=12),
}


def columns(
    measure: str, returns: Any, factor: Any = None, rate: Any = 0.0, periods: int = 252
) -> FloatArray:
    """(N,) a measure of every column of returns."""
    own = np.asarray(returns, dtype=np.float64)
    held = own[:, None] if own.ndim == 1 else own
    charged = np.broadcast_to(_rates(rate, returns, held), held.shape)
    market = None if factor is None else _columns_of(factor, held)
    found = []
    for at in range(held.shape[1]):
        other = None if market is None else market[:, at]
        found.append(_value(measure, held[:, at], other, charged[:, at], periods))
    return np.array(found)


def _value(measure: str, own: FloatArray, market: FloatArray | None, rate: FloatArray, periods: int) -> float:
    known = np.isfinite(own) & np.isfinite(rate)
    if market is not None:
        known &= np.isfinite(market)
    own, rate = own[known], rate[known]
    years = own.size / periods
    sample = Sample(
        levels_of(own)[None, :],
        weekdays("2000-01-03", own.size + 1),
        rate,
        None if market is None else levels_of(market[known]),
        periods=periods,
        years=years if years >= 1 else None,
    )
    value = float(MEASURES[measure].compute(sample)[0])
    if np.isnan(value):
        UNDEFINED.add(MEASURES[measure].reasons(sample)[0] or "")
    return value


def _columns_of(factor: Any, held: FloatArray) -> FloatArray:
    market = np.asarray(factor, dtype=np.float64)
    return np.broadcast_to(market[:, None] if market.ndim == 1 else market, held.shape)


def _rates(rate: Any, returns: Any, held: FloatArray) -> FloatArray:
    if isinstance(rate, pd.Series) and isinstance(returns, PANDAS):
        rate = rate.reindex(returns.index)
    rates = np.asarray(rate, dtype=np.float64)
    return rates[:, None] if np.ndim(returns) == 1 and rates.ndim == 1 else rates


def _aligned(returns: Any, factor: Any) -> tuple[Any, Any]:
    """By label where both have them."""
    if isinstance(factor, pd.DataFrame) and factor.shape[1] == 1 and np.ndim(returns) == 1:
        factor = factor.iloc[:, 0]
    if len(returns) == 0 or np.ndim(factor) == 0:
        return returns, np.full(len(returns), factor if np.ndim(factor) == 0 else np.nan)
    labelled = isinstance(returns, PANDAS) and isinstance(factor, PANDAS)
    if not labelled or returns.index.equals(factor.index):
        return returns, factor
    shared = returns.index.intersection(factor.index)
    return returns.loc[shared], factor.loc[shared]


def _given(order: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    given = {**dict(zip(order, args, strict=False)), **kwargs}
    if unknown := given.keys() - {*order, "out"}:
        raise NotHere(f"the argument {', '.join(sorted(unknown))}")
    return given


def _periods(given: dict[str, Any]) -> int:
    annualization: int | None = given.get("annualization")
    return PERIODS[given.get("period", "daily")] if annualization is None else annualization


def _shaped(values: FloatArray, returns: Any, out: Any = None, *, labelled: bool = True) -> Any:
    """A float of one series; of several an array, or a series with their labels; or what was handed in."""
    if out is not None:
        out[...] = values if np.ndim(out) else values[0]
        return out
    if np.ndim(returns) == 1:
        return float(values[0])
    if labelled and isinstance(returns, pd.DataFrame):
        return pd.Series(values, index=returns.columns)
    return values
