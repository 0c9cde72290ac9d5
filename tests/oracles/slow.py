"""Slow twins of the measures: loop by loop over plain Python floats, written from the house conventions.

They share nothing with `analytics` but the numbers that go in; None where a measure has no value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

DAYS_A_YEAR = 365.25
SESSIONS_A_YEAR = 252
WEEKS_A_YEAR = 52

Maybe = float | None
Period = Callable[[date], tuple[int, ...]]


@dataclass(frozen=True)
class Series:
    """One fund: levels from the base close on (None where missing), their dates, rates, a benchmark.

    years: whole ones that the window counts as, None where its days tell how long it is.
    following: the session after the last one, None for the next weekday.
    """

    days: list[date]
    levels: list[Maybe]
    rates: list[Maybe]
    benchmark: list[Maybe]
    minimum: int = 2
    years: int | None = None
    following: date | None = None

    @property
    def returns(self) -> list[float]:
        """From one known level to the next: across a gap it is one return."""
        known = [level for level in self.levels if level is not None]
        return [after / before - 1.0 for before, after in pairwise(known)]

    @property
    def spans(self) -> list[Maybe]:
        """The rate of the sessions that each return spans, None where one of them is not known."""
        known = [at for at, level in enumerate(self.levels) if level is not None]
        rates = (self.rates[a:b] for a, b in pairwise(known))
        return [None if None in span else math.fsum(rate or 0.0 for rate in span) for span in rates]

    @property
    def rated(self) -> bool:
        return None not in self.spans

    @property
    def excess(self) -> list[float]:
        """Returns less the rate of the sessions that each spans."""
        return [value - (rate or 0.0) for value, rate in zip(self.returns, self.spans, strict=True)]

    @property
    def shared(self) -> tuple[Series, Series]:
        """Fund and benchmark, each without the sessions that one of them misses."""
        sides = zip(self.levels, self.benchmark, strict=True)
        both = [own is not None and other is not None for own, other in sides]
        own, other = (
            Series(self.days, [v if k else None for v, k in zip(side, both, strict=True)], self.rates, [])
            for side in (self.levels, self.benchmark)
        )
        return own, other

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """Excess returns of the fund and of the benchmark between sessions that both have."""
        own, other = self.shared
        return list(zip(own.excess, other.excess, strict=True))

    @property
    def active(self) -> list[float]:
        own, other = self.shared
        return [a - b for a, b in zip(own.returns, other.returns, strict=True)]


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def deviation(values: list[float]) -> float:
    """Sample standard deviation, ddof 1."""
    centre = mean(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1))


def product_moment(one: list[float], other: list[float]) -> float:
    """Mean product of the deviations."""
    centre, middle = mean(one), mean(other)
    return mean([(a - centre) * (b - middle) for a, b in zip(one, other, strict=True)])


def downside(excess: list[float]) -> float:
    """Root of the mean squared shortfall over ALL sessions."""
    return math.sqrt(mean([min(value, 0.0) ** 2 for value in excess]))


def total_return(series: Series) -> Maybe:
    first, last = series.levels[0], series.levels[-1]
    return None if first is None or last is None else last / first - 1.0


def cagr(series: Series) -> Maybe:
    days = (series.days[-1] - series.days[0]).days
    total = total_return(series)
    if total is None or (days < 365 and not series.years):
        return None
    return math.pow(1.0 + total, 1 / series.years if series.years else DAYS_A_YEAR / days) - 1.0


def volatility(series: Series) -> Maybe:
    return deviation(series.returns) * math.sqrt(SESSIONS_A_YEAR) if enough(series) else None


def downside_deviation(series: Series) -> Maybe:
    if not enough(series) or not series.rated:
        return None
    return downside(series.excess) * math.sqrt(SESSIONS_A_YEAR)


def fall_path(series: Series) -> list[float]:
    """Fraction below the highest level so far on every known session, the base close included."""
    high, path = 0.0, []
    for level in series.levels:
        if level is not None:
            high = max(high, level)
            path.append(level / high - 1.0)
    return path


def max_drawdown(series: Series) -> Maybe:
    return min(fall_path(series), default=None)


def ulcer(series: Series) -> Maybe:
    """Over the sessions after the first close."""
    after = fall_path(series)[1:]
    return math.sqrt(mean([value * value for value in after])) if after else None


def cvar_95(series: Series) -> Maybe:
    """Mean of the worst twentieth of the returns, the last of them by its fraction."""
    lowest = sorted(series.returns)
    if len(lowest) < 20 or not enough(series):
        return None
    share, total, taken = 0.05 * len(lowest), 0.0, 0.0
    for value in lowest:
        part = min(1.0, max(0.0, share - taken))
        total, taken = total + part * value, taken + 1.0
    return total / share


def var_95(series: Series) -> Maybe:
    """The highest of the lowest twentieth, the last return that the tail touches."""
    lowest = sorted(series.returns)
    if len(lowest) < 20 or not enough(series):
        return None
    taken = 0
    while 20 * taken < len(lowest):
        taken += 1
    return lowest[taken - 1]


def drawdown(series: Series) -> Maybe:
    return None if None in (series.levels[0], series.levels[-1]) else fall_path(series)[-1]


def time_under_water(series: Series) -> Maybe:
    after = fall_path(series)[1:]
    return sum(value < -1e-12 for value in after) / len(after) if after else None


def best_day(series: Series) -> Maybe:
    return max(series.returns, default=None)


def worst_day(series: Series) -> Maybe:
    return min(series.returns, default=None)


def skewness(series: Series) -> Maybe:
    """As Excel words it: by standard scores."""
    scores, count = standard_scores(series), len(series.returns)
    if scores is None or count < 3:
        return None
    return count / ((count - 1) * (count - 2)) * math.fsum(score**3 for score in scores)


def kurtosis(series: Series) -> Maybe:
    scores, n = standard_scores(series), len(series.returns)
    if scores is None or n < 4:
        return None
    fourths = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * math.fsum(score**4 for score in scores)
    return fourths - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def standard_scores(series: Series) -> list[float] | None:
    if not enough(series) or deviation(series.returns) <= 1e-12:
        return None
    centre, spread = mean(series.returns), deviation(series.returns)
    return [(value - centre) / spread for value in series.returns]


def volatility_monthly(series: Series) -> Maybe:
    months = monthly(series).returns
    return deviation(months) * math.sqrt(12) if len(months) >= 8 else None


def best_month(series: Series) -> Maybe:
    months = monthly(series).returns
    return max(months) if len(months) >= 3 else None


def worst_month(series: Series) -> Maybe:
    months = monthly(series).returns
    return min(months) if len(months) >= 3 else None


def positive_months(series: Series) -> Maybe:
    months = monthly(series).returns
    return sum(value > 0 for value in months) / len(months) if len(months) >= 3 else None


def best_year(series: Series) -> Maybe:
    return max(yearly(series).returns, default=None)


def worst_year(series: Series) -> Maybe:
    return min(yearly(series).returns, default=None)


def sharpe(series: Series) -> Maybe:
    excess = series.excess
    if not enough(series) or not series.rated or deviation(excess) <= 1e-12:
        return None
    return mean(excess) / deviation(excess) * math.sqrt(SESSIONS_A_YEAR)


def sortino(series: Series) -> Maybe:
    excess = series.excess
    if not enough(series) or not series.rated or downside(excess) <= 1e-9:
        return None
    return mean(excess) * SESSIONS_A_YEAR / (downside(excess) * math.sqrt(SESSIONS_A_YEAR))


def calmar(series: Series) -> Maybe:
    annual, fall = cagr(series), max_drawdown(series)
    return None if annual is None or fall is None or fall >= -1e-12 else annual / abs(fall)


def omega(series: Series) -> Maybe:
    excess = series.excess
    if not enough(series) or not series.rated or downside(excess) <= 1e-9:
        return None
    gains = math.fsum(max(value, 0.0) for value in excess)
    return gains / math.fsum(max(-value, 0.0) for value in excess)


def martin(series: Series) -> Maybe:
    annual, fall, depth = cagr(series), max_drawdown(series), ulcer(series)
    if annual is None or fall is None or fall >= -1e-12 or not depth or not series.rated:
        return None
    return (annual - mean([rate or 0.0 for rate in series.spans]) * SESSIONS_A_YEAR) / depth


def beta(series: Series) -> Maybe:
    own, other = columns(series)
    if not enough_pairs(series) or not series.shared[0].rated or deviation(other) <= 1e-12:
        return None
    return product_moment(own, other) / product_moment(other, other)


def beta_up(series: Series) -> Maybe:
    return beta_of_side(series, sign=1)


def beta_down(series: Series) -> Maybe:
    return beta_of_side(series, sign=-1)


def beta_of_side(series: Series, sign: int) -> Maybe:
    own, other = side(series, sign)
    if len(own) < max(series.minimum, 2) or not series.shared[0].rated or deviation(other) <= 1e-12:
        return None
    return product_moment(own, other) / product_moment(other, other)


def side(series: Series, sign: int) -> tuple[list[float], list[float]]:
    """The pairs of the returns in which the benchmark itself, not its excess, rose (1) or fell (-1)."""
    market = series.shared[1].returns
    pairs = [pair for pair, value in zip(series.pairs, market, strict=True) if value * sign > 0]
    return [own for own, _ in pairs], [other for _, other in pairs]


def alpha(series: Series) -> Maybe:
    own, other = columns(series)
    slope = beta(series)
    return None if slope is None else (mean(own) - slope * mean(other)) * SESSIONS_A_YEAR


def tracking_error(series: Series) -> Maybe:
    return deviation(series.active) * math.sqrt(SESSIONS_A_YEAR) if enough_pairs(series) else None


def information_ratio(series: Series) -> Maybe:
    if not enough_pairs(series) or deviation(series.active) <= 1e-12:
        return None
    return mean(series.active) * SESSIONS_A_YEAR / (deviation(series.active) * math.sqrt(SESSIONS_A_YEAR))


def correlation(series: Series) -> Maybe:
    return pearson(*columns(series)) if enough_pairs(series) and series.shared[0].rated else None


def r_squared(series: Series) -> Maybe:
    found = correlation(series)
    return None if found is None else found * found


def tracking_error_weekly(series: Series) -> Maybe:
    active = weekly(series).active
    return deviation(active) * math.sqrt(WEEKS_A_YEAR) if len(active) >= 8 else None


def correlation_weekly(series: Series) -> Maybe:
    weeks = weekly(series)
    return pearson(*columns(weeks)) if len(weeks.active) >= 8 else None


def capture_up(series: Series) -> Maybe:
    return capture(series, sign=1)


def capture_down(series: Series) -> Maybe:
    return capture(series, sign=-1)


def capture(series: Series, sign: int) -> Maybe:
    months = at_ends(series, lambda day: (day.year, day.month))
    pairs = [(own, other) for own, other in months.pairs if other * sign > 0]
    if len(pairs) < 3:
        return None
    return geometric_mean([own for own, _ in pairs]) / geometric_mean([other for _, other in pairs])


def geometric_mean(returns: list[float]) -> float:
    """By logarithms: a product of factors near one would lose the digits of small returns."""
    return math.expm1(mean([math.log1p(value) for value in returns]))


def pearson(own: list[float], other: list[float]) -> Maybe:
    if min(deviation(own), deviation(other)) <= 1e-12:
        return None
    spread = math.sqrt(product_moment(own, own) * product_moment(other, other))
    return max(-1.0, min(1.0, product_moment(own, other) / spread))


def enough(series: Series) -> bool:
    return len(series.returns) >= max(series.minimum, 2)


def enough_pairs(series: Series) -> bool:
    return len(series.pairs) >= max(series.minimum, 2)


def columns(series: Series) -> tuple[list[float], list[float]]:
    return [own for own, _ in series.pairs], [other for _, other in series.pairs]


def weekly(series: Series) -> Series:
    """Complete weeks: calendar weeks begin on Monday."""
    return at_ends(series, lambda day: tuple(day.isocalendar())[:2])


def monthly(series: Series) -> Series:
    """Complete calendar months of the fund alone, whatever the benchmark misses."""
    return at_ends(replace(series, benchmark=[]), lambda day: (day.year, day.month))


def yearly(series: Series) -> Series:
    return at_ends(replace(series, benchmark=[]), lambda day: (day.year,))


def at_ends(series: Series, period: Period) -> Series:
    """The last close that both have in every period that is over; a period without one stays, missing."""
    ends: list[int] = []
    for at, day in enumerate(series.days):
        last = series.following or next_weekday(day)
        following = series.days[at + 1] if at + 1 < len(series.days) else last
        if period(following) != period(day):
            ends.append(at)
    sides = series.shared if series.benchmark else (series, series)
    own, other = ([last_known(side, at, period) for at in ends] for side in sides)
    days = [series.days[at] for at in ends]
    return Series(days, own, [0.0] * max(len(days) - 1, 0), other)


def last_known(series: Series, end: int, period: Period) -> Maybe:
    for at in range(end, -1, -1):
        if period(series.days[at]) != period(series.days[end]):
            break
        if series.levels[at] is not None:
            return series.levels[at]
    return None


def next_weekday(day: date) -> date:
    following = day + timedelta(days=1)
    while following.weekday() >= 5:
        following += timedelta(days=1)
    return following


def ends_month(days: list[date], at: int) -> bool:
    """Whether the session after this one, on the list or the next weekday, is of another month."""
    following = days[at + 1] if at + 1 < len(days) else next_weekday(days[at])
    return following.month != days[at].month or following.year != days[at].year


def months_back(end: date, months: int, *, from_month_end: bool) -> date:
    """The day so many months earlier; from month end to month end."""
    year, month = end.year, end.month
    for _ in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    last = (date(year + (month == 12), month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, last if from_month_end else min(end.day, last))
