"""Slow twins of what a gap is held against: loop by loop over plain Python floats, from the papers' formulas.

They share nothing with `analytics` but the numbers that go in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

TINY = 1e-12


@dataclass(frozen=True)
class Measures:
    """Of one fund on one path; None where a ratio has no value."""

    growth: float
    sharpe: float | None
    sortino: float | None
    max_drawdown: float
    calmar: float | None


def measures(returns: list[float], rates: list[float], exponent: float, periods: int) -> Measures:
    """exponent: turns the growth of the path into that of a year."""
    count = len(returns)
    level, high, deepest = 1.0, 1.0, 0.0
    for each in returns:
        level *= 1.0 + each
        high = max(high, level)
        deepest = min(deepest, level / high - 1.0)
    growth = level**exponent - 1.0
    excess = [each - rate for each, rate in zip(returns, rates, strict=True)]
    mean = math.fsum(excess) / count
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in excess) / (count - 1)) if count > 1 else 0.0
    short = math.sqrt(math.fsum(min(each, 0.0) ** 2 for each in excess) / count)
    return Measures(
        growth,
        mean / spread * math.sqrt(periods) if spread > TINY else None,
        mean / short * math.sqrt(periods) if short > 1e-9 else None,
        deepest,
        growth / -deepest if deepest < -TINY else None,
    )


def sharpe_error(one: list[float], other: list[float]) -> float:
    """The standard error of Ledoit and Wolf, matrix and all."""
    count = len(one)
    means = [math.fsum(each) / count for each in (one, other)]
    squares = [math.fsum(value**2 for value in each) / count for each in (one, other)]
    rows = [
        [a - means[0], b - means[1], a * a - squares[0], b * b - squares[1]]
        for a, b in zip(one, other, strict=True)
    ]
    cubes = [(square - mean * mean) ** 1.5 for square, mean in zip(squares, means, strict=True)]
    gradient = [
        squares[0] / cubes[0],
        -squares[1] / cubes[1],
        -0.5 * means[0] / cubes[0],
        0.5 * means[1] / cubes[1],
    ]
    width = bandwidth(rows)
    total = gamma(rows, 0)
    lag = 1
    while lag < width and lag < count:
        part, weight = gamma(rows, lag), parzen(lag / width)
        total = [[total[i][j] + weight * (part[i][j] + part[j][i]) for j in range(4)] for i in range(4)]
        lag += 1
    factor = count / (count - 4)
    variance = math.fsum(gradient[i] * factor * total[i][j] * gradient[j] for i in range(4) for j in range(4))
    return math.sqrt(variance / count)


def gamma(rows: list[list[float]], lag: int) -> list[list[float]]:
    count = len(rows)
    return [
        [math.fsum(rows[t][i] * rows[t - lag][j] for t in range(lag, count)) / count for j in range(4)]
        for i in range(4)
    ]


def parzen(at: float) -> float:
    if at <= 0.5:
        return 1.0 - 6.0 * at**2 + 6.0 * at**3
    return 2.0 * (1.0 - at) ** 3 if at <= 1.0 else 0.0


def bandwidth(rows: list[list[float]]) -> float:
    above = below = 0.0
    for column in range(4):
        series = [row[column] for row in rows]
        before, after = series[:-1], series[1:]
        mean, later = math.fsum(before) / len(before), math.fsum(after) / len(after)
        slope = math.fsum((x - mean) * (y - later) for x, y in zip(before, after, strict=True)) / math.fsum(
            (x - mean) ** 2 for x in before
        )
        left = math.fsum(((y - later) - slope * (x - mean)) ** 2 for x, y in pairwise(series)) / len(before)
        above += 4.0 * slope**2 * left**2 / (1.0 - slope) ** 8
        below += left**2 / (1.0 - slope) ** 4
    return float(2.6614 * (above / below * len(rows)) ** 0.2)


def quantile(values: list[float], share: float) -> float:
    """Between neighbours in proportion."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    return ordered[low] + (at - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def holm(values: list[float]) -> list[float]:
    """The smallest level at which each would be rejected, step by step."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    found = [0.0] * len(values)
    for step, at in enumerate(order):
        before = found[order[step - 1]] if step else 0.0
        found[at] = min(1.0, max(before, (len(values) - step) * values[at]))
    return found
