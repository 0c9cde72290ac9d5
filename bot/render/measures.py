"""Names, meanings and formulas of everything that is measured, as portfolio managers say them."""

from __future__ import annotations

from collections.abc import Collection

from analytics.measures import MEASURES, PERIODS
from analytics.measures.registry import Every
from analytics.measures.sample import WEEKS
from analytics.watch.rules import Quantity
from bot.render.text import NBSP

NAMES = {
    "total_return": "total return",
    "cagr": "annual return",
    "best_month": "best month",
    "worst_month": "worst month",
    "positive_months": "share of positive months",
    "best_year": "best calendar year",
    "worst_year": "worst calendar year",
    "volatility": "volatility",
    "volatility_monthly": "monthly volatility",
    "downside_deviation": "downside deviation",
    "max_drawdown": "maximum drawdown",
    "drawdown": "drawdown",
    "time_under_water": "time under water",
    "price_change": "price change",
    "ulcer": "Ulcer index",
    "cvar_95": f"expected shortfall (worst 5{NBSP}% of days)",
    "var_95": f"value at risk (95{NBSP}%)",
    "best_day": "best day",
    "worst_day": "worst day",
    "skewness": "skewness",
    "kurtosis": "excess kurtosis",
    "sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "calmar": "Calmar ratio",
    "omega": "Omega ratio",
    "martin": "Martin ratio",
    "beta": "beta",
    "beta_up": "up beta",
    "beta_down": "down beta",
    "alpha": "alpha",
    "tracking_error": "tracking error",
    "tracking_error_weekly": "weekly tracking error",
    "information_ratio": "information ratio",
    "correlation": "correlation",
    "r_squared": "R²",
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
    "var_95": "VaR 95",
    "positive_months": "positive months",
    "best_year": "best year",
    "worst_year": "worst year",
    "kurtosis": "kurtosis",
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
    "volatility_monthly": "standard deviation of monthly returns × √12, complete calendar months",
    "best_month": "the highest of last close / last close of the month before - 1, complete months",
    "worst_month": "the lowest of last close / last close of the month before - 1, complete months",
    "positive_months": "months with a return above 0 / complete calendar months",
    "best_year": "the highest of last close / last close of the year before - 1, whole calendar years",
    "worst_year": "the lowest of last close / last close of the year before - 1, whole calendar years",
    "downside_deviation": f"√(mean over all sessions of min(return - rf, 0)²) × {_YEARLY}",
    "max_drawdown": "the lowest of value / highest value so far - 1 in the window, low / high - 1",
    "drawdown": "last value / highest value in the window - 1",
    "time_under_water": "sessions that close below an earlier high / sessions after the first close",
    "price_change": "last close / base close - 1, without dividends",
    "ulcer": "√(sum of the squared distances below the high / sessions)",
    "cvar_95": f"mean daily return on the worst 5{NBSP}% of days",
    "var_95": f"of n daily returns the one at place n × 5{NBSP}%, rounded up, from the lowest; historical",
    "best_day": "the highest of close / close of the session before - 1",
    "worst_day": "the lowest of close / close of the session before - 1",
    "skewness": "n / ((n - 1)(n - 2)) × sum of ((return - mean) / standard deviation)³ of n daily returns",
    "kurtosis": "n (n + 1) / ((n - 1)(n - 2)(n - 3)) × sum of ((return - mean) / standard deviation)⁴ - "
    "3 (n - 1)² / ((n - 2)(n - 3)) of n daily returns",
    "sharpe": f"mean(return - rf) / standard deviation(return - rf) × {_YEARLY}",
    "sortino": f"mean(return - rf) / √(mean over all sessions of min(return - rf, 0)²) × {_YEARLY}",
    "calmar": "annual return / size of the maximum drawdown, same window",
    "omega": "sum of the gains above rf / sum of the shortfalls below it",
    "martin": "(annual return - rf) / Ulcer index",
    "beta": "slope of the fund's excess return on the benchmark's: covariance / variance of the benchmark",
    "beta_up": "covariance / variance of the benchmark, of the daily excess returns in which it rose",
    "beta_down": "covariance / variance of the benchmark, of the daily excess returns in which it fell",
    "alpha": f"(mean excess return - beta × mean excess return of the benchmark) × {PERIODS}",
    "tracking_error": f"standard deviation of (fund - benchmark) × {_YEARLY}",
    "tracking_error_weekly": "standard deviation of weekly (fund - benchmark) × √52",
    "information_ratio": "annual mean of (fund - benchmark) / tracking error",
    "correlation": "covariance / (standard deviation × the benchmark's) of daily returns (Pearson)",
    "r_squared": "(covariance / (standard deviation × the benchmark's) of daily excess returns)²",
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
    "volatility_monthly": "how much monthly returns scatter around their mean, on a yearly scale",
    "best_month": "the highest return of a calendar month",
    "worst_month": "the lowest return of a calendar month",
    "positive_months": "how many of the calendar months ended higher than they began",
    "best_year": "the highest return of a whole calendar year",
    "worst_year": "the lowest return of a whole calendar year",
    "downside_deviation": "how far returns fall short of the target, on a yearly scale",
    "max_drawdown": "the deepest fall below an earlier high",
    "drawdown": "how far the last close lies below the highest one in the window",
    "time_under_water": "the share of sessions that a fund spent below an earlier high",
    "ulcer": "how deep and for how long a fund was below its high",
    "cvar_95": "the mean return of the worst twentieth",
    "var_95": "the return at which the worst twentieth begins",
    "best_day": "the highest return from one close to the next",
    "worst_day": "the lowest return from one close to the next",
    "skewness": "which tail of the returns is the longer one: below 0 that of the losses",
    "kurtosis": "how much heavier the tails of the returns are than those of a normal distribution (0)",
    "sharpe": "return above the rate for each unit of scatter",
    "sortino": "return above the target for each unit of shortfall below it",
    "calmar": "yearly return for the deepest fall",
    "omega": "all gains above the target for all shortfalls below it",
    "martin": "yearly return above the rate for depth and length of the falls",
    "beta": "how much a fund moves when the benchmark moves by one",
    "beta_up": "how much a fund moves with the benchmark where that rises",
    "beta_down": "how much a fund moves with the benchmark where that falls",
    "alpha": "the yearly return that the moves of the benchmark do not explain",
    "tracking_error": "how far a fund strays from the benchmark in a year",
    "tracking_error_weekly": "how far a fund strays from the benchmark in a year, seen by weeks",
    "information_ratio": "return ahead of the benchmark for each unit of straying from it",
    "correlation": "how closely a fund and the benchmark move together, from -1 to 1",
    "r_squared": "the share of a fund's variance that its beta explains",
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

SCALED = ANNUALISED | {"tracking_error_weekly", "volatility_monthly"}
"""And what by the weeks or months of one."""

OWN_RETURNS = {
    Every.WEEK: "weekly total return",
    Every.MONTH: "monthly total return",
    Every.YEAR: "total return by calendar year",
}
"""What a measure with returns of its own is taken from, whatever the question says."""

RATED = frozenset(
    {
        *("downside_deviation", "sharpe", "sortino", "omega", "martin"),
        *("beta", "beta_up", "beta_down", "r_squared", "alpha"),
    }
)
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


def returns_of(measures: Collection[str]) -> list[str]:
    """Name the returns that watched measures are taken from, the daily ones first; none for closes alone."""
    every = [
        MEASURES[name].every if name in MEASURES else None for name in measures if name != "price_change"
    ]
    daily = ["daily total return"] if None in every else []
    return [*daily, *(words for each, words in OWN_RETURNS.items() if each in every)]


def measure_name(quantity: Quantity) -> str:
    """ "Sortino ratio", "weight in Technology"."""
    return f"weight in {quantity.sector}" if quantity.sector else NAMES[quantity.measure]


def short_name(quantity: Quantity) -> str:
    """ "Sortino", "Technology"."""
    return quantity.sector or brief(quantity.measure)


def brief(measure: str) -> str:
    """ "Sortino", "weekly correlation"."""
    return SHORT.get(measure) or NAMES[measure]
