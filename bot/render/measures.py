"""Names, meanings and formulas of everything that is measured, as portfolio managers say them."""

from __future__ import annotations

from analytics.measures import PERIODS
from analytics.watch.rules import Quantity
from bot.render.text import NBSP

NAMES = {
    "total_return": "total return",
    "cagr": "annual return",
    "volatility": "volatility",
    "downside_deviation": "downside deviation",
    "max_drawdown": "maximum drawdown",
    "drawdown": "drawdown",
    "price_change": "price change",
    "ulcer": "Ulcer index",
    "cvar_95": f"expected shortfall (worst 5{NBSP}% of days)",
    "sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "calmar": "Calmar ratio",
    "omega": "Omega ratio",
    "martin": "Martin ratio",
    "beta": "beta",
    "alpha": "alpha",
    "tracking_error": "tracking error",
    "tracking_error_weekly": "weekly tracking error",
    "information_ratio": "information ratio",
    "correlation": "correlation",
    "correlation_weekly": "weekly correlation",
    "capture_up": "upside capture",
    "capture_down": "downside capture",
    "expense_ratio": "expense ratio",
    "assets": "assets",
    "sector_weight": "sector weight",
}

SHORT = {
    "total_return": "return",
    "cagr": "return a year",
    "max_drawdown": "max drawdown",
    "cvar_95": "CVaR 95",
    "sharpe": "Sharpe",
    "sortino": "Sortino",
    "calmar": "Calmar",
    "omega": "Omega",
    "martin": "Martin",
    "expense_ratio": "expense",
}
"""Shorter names for tables, where they differ."""

_YEARLY = f"√{PERIODS}"

FORMULAS = {
    "total_return": "the product of (1 + daily total return), less 1; dividends reinvested on the ex-date",
    "cagr": "(last / base)^(365.25 / calendar days) - 1",
    "volatility": f"standard deviation of daily returns × {_YEARLY}",
    "downside_deviation": f"√(mean over all sessions of min(return - rf, 0)²) × {_YEARLY}",
    "max_drawdown": "the lowest of value / highest value so far - 1 in the window",
    "drawdown": "value on the session / highest value in the window - 1",
    "price_change": "last close / base close - 1, without dividends",
    "ulcer": "√(mean of squared drawdowns)",
    "cvar_95": f"mean daily return on the worst 5{NBSP}% of days",
    "sharpe": f"mean(return - rf) / standard deviation(return - rf) × {_YEARLY}",
    "sortino": f"mean(return - rf) / √(mean over all sessions of min(return - rf, 0)²) × {_YEARLY}",
    "calmar": "annual return / size of the maximum drawdown, same window",
    "omega": "mean gain above rf / mean shortfall below it",
    "martin": "(annual return - rf) / Ulcer index",
    "beta": "slope of the fund's excess return on the benchmark's",
    "alpha": f"mean excess return not explained by beta × {PERIODS}",
    "tracking_error": f"standard deviation of (fund - benchmark) × {_YEARLY}",
    "tracking_error_weekly": "standard deviation of weekly (fund - benchmark) × √52",
    "information_ratio": "annual mean of (fund - benchmark) / tracking error",
    "correlation": "Pearson correlation of daily returns",
    "correlation_weekly": "Pearson correlation of weekly returns",
    "capture_up": "geometric mean of the fund / of the benchmark, over the benchmark's rising months",
    "capture_down": "geometric mean of the fund / of the benchmark, over the benchmark's falling months",
    "expense_ratio": "as the fund's profile gives it",
    "assets": "as the fund's profile gives them, in the fund's currency",
    "sector_weight": "as the fund's profile gives it, a share of net assets",
}

ANNUALISED = frozenset(
    {
        "volatility",
        "downside_deviation",
        "sharpe",
        "sortino",
        "martin",
        "alpha",
        "tracking_error",
        "information_ratio",
    }
)
"""What is scaled by the sessions of a year."""

RATED = frozenset({"downside_deviation", "sharpe", "sortino", "omega", "martin", "beta", "alpha"})
"""What a risk-free rate enters."""


def measure_name(quantity: Quantity) -> str:
    """ "Sortino ratio", "weight in Technology"."""
    return f"weight in {quantity.sector}" if quantity.sector else NAMES[quantity.measure]


def short_name(quantity: Quantity) -> str:
    """ "Sortino", "Technology"."""
    return quantity.sector or SHORT.get(quantity.measure) or NAMES[quantity.measure]
