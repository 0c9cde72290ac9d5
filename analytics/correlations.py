"""How closely every two of several funds move together."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.align import align
from analytics.measures.relative import correlation, correlation_weekly
from analytics.measures.resample import weekly
from analytics.measures.sample import Sample
from analytics.panel import FloatArray, PricePanel
from analytics.query import Query
from analytics.window import Span


@dataclass(frozen=True, eq=False)
class CorrelationMatrix:
    """Correlations of every fund with every other one.

    symbols : those of the question, then a benchmark that is none of them
    daily, weekly : (M, M) from -1 to 1, symmetric, 1 on the diagonal; NaN where the returns are too few or do
        not vary (then on the diagonal too)
    returns, weeks : fewest daily and weekly returns that two of them share in the span
    """

    query: Query
    symbols: tuple[str, ...]
    daily: FloatArray
    weekly: FloatArray
    returns: int
    weeks: int
    span: Span
    source: str
    simulated: bool

    def between(self, one: str, other: str, *, weekly: bool = False) -> float:
        """Return the correlation of two of the symbols, NaN where it is not known."""
        matrix = self.weekly if weekly else self.daily
        return float(matrix[self.symbols.index(one), self.symbols.index(other)])


def correlate(panel: PricePanel, query: Query) -> CorrelationMatrix:
    """Correlate all funds of a question over its span, by days and by weeks.

    Each is the number that `compare` shows as `correlation` and `correlation_weekly` for the same two funds:
    daily ones of the excess returns, from 15 returns on; weekly ones from eight complete weeks on.  Both are
    given whether or not the question is weekly.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`; sessions after `query.as_of` are ignored

    Returns
    -------
    Correlated.  Each pair is taken on the sessions that both of them have.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.

    References
    ----------
    METRICS: correlation, Pearson daily and weekly.

    Examples
    --------
    Two funds that move against each other; ten Fridays bound nine weekly returns:

    >>> from datetime import date
    >>> from analytics.window import parse
    >>> days = np.busday_offset(np.datetime64("2025-01-03"), np.arange(46))
    >>> moves = np.random.default_rng(1).normal(0, 0.0001, 45)
    >>> levels = np.cumprod(np.insert(1 + np.array([moves, -moves]), 0, 1.0, axis=1), axis=1)
    >>> held = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> found = correlate(held, Query(("AAA", "BBB"), parse("max"), date(2025, 3, 7)))
    >>> found.daily.round(6).tolist(), found.weeks
    ([[1.0, -1.0], [-1.0, 1.0]], 9)
    """
    found = align(panel, query)
    symbols = found.funds.symbols
    pairs = {(one, other): found.pair(one, other) for one in symbols for other in symbols}
    return CorrelationMatrix(
        query=query,
        symbols=symbols,
        daily=_matrix(correlation, pairs),
        weekly=_matrix(correlation_weekly, pairs),
        returns=min(int(pair.paired.count[0]) for pair in pairs.values()),
        weeks=min(int(weekly(pair.paired).count[0]) for pair in pairs.values()),
        span=found.span,
        source=panel.source,
        simulated=panel.simulated,
    )


def _matrix(measure: Callable[[Sample], FloatArray], pairs: Mapping[tuple[str, str], Sample]) -> FloatArray:
    size = math.isqrt(len(pairs))
    above = np.triu(np.concatenate([measure(pair) for pair in pairs.values()]).reshape(size, size))
    # Rounding may leave the last digit different below the diagonal, and short of 1 on it.
    own = np.where(np.isfinite(np.diagonal(above)), 1.0, np.nan)
    return np.asarray(np.triu(above, 1) + np.triu(above, 1).T + np.diag(own))
