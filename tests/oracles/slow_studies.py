"""Slow twins of the studies: loops over plain Python floats and tickers."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.oracles import slow
from tests.oracles.slow import Maybe, Series, last_known, next_weekday

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

POWERS = {
    "volatility": 0.5,
    "downside_deviation": 0.5,
    "cvar_95": 0.0,
    "var_95": 0.0,
    "skewness": 0.0,
    "kurtosis": 0.0,
    "sharpe": 0.5,
    "sortino": 0.5,
    "omega": 0.0,
    "beta": 0.0,
    "beta_up": 0.0,
    "beta_down": 0.0,
    "alpha": 1.0,
    "tracking_error": 0.5,
    "information_ratio": 0.5,
    "correlation": 0.0,
    "r_squared": 0.0,
}
"""Measures of returns, by the power of the periods a year that annualises them."""
RELATIVE = {"beta", "correlation"}
"""Those of the rolled ones that are held against a benchmark."""


def measure_of_weeks(name: str, weeks: Series) -> Maybe:
    """The daily twin, which annualises by 252, put on 52."""
    value: Maybe = getattr(slow, name)(weeks)
    return None if value is None else value * (52 / 252) ** POWERS[name]


def by_week(series: Series, *, paired: bool = True) -> Series:
    """Complete weeks with their rates; the Friday of a session's week tells which week it is in."""
    ends = [at for at, day in enumerate(series.days) if friday(following(series, at)) != friday(day)]
    rates = [summed(series.rates[a:b]) for a, b in pairwise(ends)]
    own, other = series.shared
    if not paired:
        own = series
    levels, benchmark = ([last_known(side, at, friday) for at in ends] for side in (own, other))
    return Series([series.days[at] for at in ends], levels, rates, benchmark, series.minimum)


def friday(day: date) -> tuple[int, ...]:
    return ((day + timedelta(days=4 - day.weekday())).toordinal(),)


def following(series: Series, at: int) -> date:
    return series.days[at + 1] if at + 1 < len(series.days) else next_weekday(series.days[at])


def summed(rates: list[Maybe]) -> Maybe:
    known = [rate for rate in rates if rate is not None]
    return math.fsum(known) if len(known) == len(rates) else None


def rolled(name: str, series: Series, known: list[bool], months: int, at: int, *, weekly: bool) -> Maybe:
    """A measure over the window of so many months that ends on session `at`, between known sessions."""
    days = series.days
    target = slow.months_back(days[at], months, from_month_end=slow.ends_month(days, at))
    base = max((i for i in range(at) if known[i] and days[i] <= target), default=None)
    if base is None:
        return None
    window = Series(
        days[base : at + 1],
        series.levels[base : at + 1],
        series.rates[base:at],
        series.benchmark[base : at + 1],
        minimum=15,
    )
    if weekly:
        return measure_of_weeks(name, by_week(window, paired=name in RELATIVE))
    found: Maybe = getattr(slow, name)(window)
    return found


def correlated(rows: list[Series], *, weekly: bool) -> list[list[Maybe]]:
    """Every row against every other one, on the sessions that both of them have."""
    out: list[list[Maybe]] = []
    for own in rows:
        line = []
        for other in rows:
            pair = replace(own, benchmark=other.levels)
            line.append(slow.correlation_weekly(pair) if weekly else slow.correlation(pair))
        out.append(line)
    return out


def shared(lists: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Tickers that more than one fund holds, each with its weights."""
    tickers = {ticker for held in lists.values() for ticker in held}
    by_ticker = {name: {fund: held[name] for fund, held in lists.items() if name in held} for name in tickers}
    return {name: weights for name, weights in by_ticker.items() if len(weights) > 1}


def overlaps(lists: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, str, float]]:
    funds = list(lists)
    for at, one in enumerate(funds):
        for other in funds[at + 1 :]:
            both = set(lists[one]) & set(lists[other])
            yield one, other, math.fsum(min(lists[one][name], lists[other][name]) for name in both)


def monthly(days: list[date], levels: list[Maybe]) -> dict[tuple[int, int], float]:
    """Returns by year and month, where the month and the one before it have a close."""
    closes: dict[tuple[int, int], float] = {}
    for day, level in zip(days, levels, strict=True):
        if level is not None:
            closes[day.year, day.month] = level
    before = {(y, m): (y, m - 1) if m > 1 else (y - 1, 12) for y, m in closes}
    return {month: closes[month] / closes[before[month]] - 1.0 for month in closes if before[month] in closes}
