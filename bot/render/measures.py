"""Names, meanings and formulas of everything that is measured, as portfolio managers say them."""

from __future__ import annotations

from analytics.measures import MEASURES, PERIODS
from analytics.measures.sample import WEEKS
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
    "total_return": "last close / first close - 1, the product of (1 + daily return); dividends reinvested",
    "cagr": "(last close / first close)^(1 / years) - 1; whole years where the window counts them, "
    "else calendar days / 365.25",
    "volatility": f"standard deviation of daily returns × {_YEARLY}",
    "downside_deviation": f"√(mean over all sessions of min(return - rf, 0)²) × {_YEARLY}",
    "max_drawdown": "the lowest of value / highest value so far - 1 in the window, low / high - 1",
    "drawdown": "value on the session / highest value in the window - 1",
    "price_change": "last close / base close - 1, without dividends",
    "ulcer": "√(sum of the squared distances below the high / sessions)",
    "cvar_95": f"mean daily return on the worst 5{NBSP}% of days",
    "sharpe": f"mean(return - rf) / standard deviation(return - rf) × {_YEARLY}",
    "sortino": f"mean(return - rf) / √(mean over all sessions of min(return - rf, 0)²) × {_YEARLY}",
    "calmar": "annual return / size of the maximum drawdown, same window",
    "omega": "sum of the gains above rf / sum of the shortfalls below it",
    "martin": "(annual return - rf) / Ulcer index",
    "beta": "slope of the fund's excess return on the benchmark's: covariance / variance of the benchmark",
    "alpha": f"(mean excess return - beta × mean excess return of the benchmark) × {PERIODS}",
    "tracking_error": f"standard deviation of (fund - benchmark) × {_YEARLY}",
    "tracking_error_weekly": "standard deviation of weekly (fund - benchmark) × √52",
    "information_ratio": "annual mean of (fund - benchmark) / tracking error",
    "correlation": "covariance / (standard deviation × the benchmark's) of daily returns (Pearson)",
    "correlation_weekly": "covariance / (standard deviation × the benchmark's) of weekly returns (Pearson)",
    "capture_up": "geometric mean of the fund / of the benchmark, over the benchmark's rising months",
    "capture_down": "geometric mean of the fund / of the benchmark, over the benchmark's falling months",
    "expense_ratio": "as the fund's profile gives it",
    "assets": "as the fund's profile gives them, in the fund's currency",
    "sector_weight": "as the fund's profile gives it, a share of net assets",
}

MEANINGS = {
    "total_return": "what one unit put in at the first close has gained or lost, dividends reinvested",
    "cagr": "the constant yearly rate that leads from the first close to the last one",
    "volatility": "how much returns scatter around their mean, on a yearly scale",
    "downside_deviation": "how far returns fall short of the target, on a yearly scale",
    "max_drawdown": "the deepest fall below an earlier high",
    "ulcer": "how deep and for how long a fund was below its high",
    "cvar_95": "the mean return of the worst twentieth",
    "sharpe": "return above the rate for each unit of scatter",
    "sortino": "return above the target for each unit of shortfall below it",
    "calmar": "yearly return for the deepest fall",
    "omega": "all gains above the target for all shortfalls below it",
    "martin": "yearly return above the rate for depth and length of the falls",
    "beta": "how much a fund moves when the benchmark moves by one",
    "alpha": "the yearly return that the moves of the benchmark do not explain",
    "tracking_error": "how far a fund strays from the benchmark in a year",
    "tracking_error_weekly": "how far a fund strays from the benchmark in a year, seen by weeks",
    "information_ratio": "return ahead of the benchmark for each unit of straying from it",
    "correlation": "how closely a fund and the benchmark move together, from -1 to 1",
    "correlation_weekly": "how closely a fund and the benchmark move together by weeks, from -1 to 1",
    "capture_up": "the share of the benchmark's rises that a fund took part in",
    "capture_down": "the share of the benchmark's falls that a fund took part in",
}
"""What each measure of `analytics.MEASURES` tells."""

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


_BY_WEEKS = (
    (_YEARLY, f"√{WEEKS}"),
    (f"× {PERIODS}", f"× {WEEKS}"),
    ("daily", "weekly"),
    ("sessions", "weeks"),
    ("days", "weeks"),
)


def named(measure: str, *, weekly: bool = False) -> str:
    """ "Sortino ratio"; of the worst days, or of the worst weeks."""
    return NAMES[measure].replace("days", "weeks") if weekly else NAMES[measure]


def formula(measure: str, *, weekly: bool = False) -> str:
    """In words; `weekly` counts only for measures of returns, the others have a period of their own."""
    words = FORMULAS[measure]
    if weekly and MEASURES[measure].periodic:
        for day, week in _BY_WEEKS:
            words = words.replace(day, week)
    return words


def measure_name(quantity: Quantity) -> str:
    """ "Sortino ratio", "weight in Technology"."""
    return f"weight in {quantity.sector}" if quantity.sector else NAMES[quantity.measure]


def short_name(quantity: Quantity) -> str:
    """ "Sortino", "Technology"."""
    return quantity.sector or brief(quantity.measure)


def brief(measure: str) -> str:
    """ "Sortino", "weekly correlation"."""
    return SHORT.get(measure) or NAMES[measure]
