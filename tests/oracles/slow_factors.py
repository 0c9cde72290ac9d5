"""Slow twins of what moves a fund: loops over plain Python numbers, the lines by exact fractions.

They share nothing with `analytics` but the prices that go in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

Maybe = float | None
Path = dict[date, float]
"""Known prices by day."""


@dataclass(frozen=True)
class Line:
    """Intercept first; errors after Newey and West."""

    coefficients: list[float]
    errors: list[float]
    r_squared: float


def line(own: Sequence[float], factors: Sequence[Sequence[float]], lags: int) -> Line:
    """Least squares by the normal equations, solved in fractions; then the sandwich, term by term."""
    design = [[1.0, *row] for row in zip(*factors, strict=True)]
    count, width = len(own), len(design[0])
    exact = [[Fraction(cell) for cell in row] for row in design]
    gram = [[sum((row[i] * row[j] for row in exact), Fraction()) for j in range(width)] for i in range(width)]
    moment = [
        sum((row[i] * Fraction(y) for row, y in zip(exact, own, strict=True)), Fraction())
        for i in range(width)
    ]
    solved = _solve(gram, [[cell] for cell in moment])
    coefficients = [row[0] for row in solved]
    left = [
        float(Fraction(y) - sum((c * x for c, x in zip(coefficients, row, strict=True)), Fraction()))
        for row, y in zip(exact, own, strict=True)
    ]
    scores = [[cell * e for cell in row] for row, e in zip(design, left, strict=True)]
    meat = [[_bartlett(scores, i, j, lags) for j in range(width)] for i in range(width)]
    identity = [[Fraction(int(i == j)) for j in range(width)] for i in range(width)]
    bread = [[float(cell) for cell in row] for row in _solve(gram, identity)]
    errors = []
    for k in range(width):
        terms = [bread[k][i] * meat[i][j] * bread[j][k] for i in range(width) for j in range(width)]
        errors.append(math.sqrt(max(math.fsum(terms), 0.0) * count / (count - width)))
    mean = math.fsum(own) / count
    total = math.fsum((y - mean) ** 2 for y in own)
    return Line([float(c) for c in coefficients], errors, 1 - math.fsum(e * e for e in left) / total)


def _bartlett(scores: list[list[float]], i: int, j: int, lags: int) -> float:
    count = len(scores)
    terms = [scores[t][i] * scores[t][j] for t in range(count)]
    for lag in range(1, min(lags, count - 1) + 1):
        weight = 1 - lag / (lags + 1)
        for t in range(lag, count):
            terms.append(weight * scores[t][i] * scores[t - lag][j])
            terms.append(weight * scores[t - lag][i] * scores[t][j])
    return math.fsum(terms)


def _solve(matrix: list[list[Fraction]], right: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss and Jordan."""
    rows = [[*one, *other] for one, other in zip(matrix, right, strict=True)]
    width = len(matrix)
    for k in range(width):
        pivot = next(at for at in range(k, width) if rows[at][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [cell / rows[k][k] for cell in rows[k]]
        for at in range(width):
            if at != k:
                rows[at] = [a - rows[at][k] * b for a, b in zip(rows[at], rows[k], strict=True)]
    return [row[width:] for row in rows]


def lags_of(count: int) -> int:
    return int(4 * (count / 100) ** (2 / 9))


def week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def month(day: date) -> tuple[int, int]:
    return day.year, day.month


def period_ends(
    paths: Sequence[Path], days: Sequence[date], number: Callable[[date], tuple[int, int]]
) -> list[tuple[tuple[int, int], date]]:
    """Each whole period that has a day with a price of all, and the last such day.  days: weekdays"""
    later = days[-1] + timedelta(days=1)
    while later.weekday() > 4:
        later += timedelta(days=1)
    last: dict[tuple[int, int], date] = {}
    for day in days:
        if all(day in path for path in paths) and number(day) != number(later):
            last[number(day)] = day
    return list(last.items())


def changes(path: Path, ends: Sequence[date]) -> list[float]:
    return [path[b] / path[a] - 1 for a, b in pairwise(ends)]


def steps(path: Path, ends: Sequence[date]) -> list[float]:
    """A yield's moves in basis points."""
    return [(path[b] - path[a]) * 100 for a, b in pairwise(ends)]


def by_month(path: Path, days: Sequence[date], *, in_points: bool = False) -> dict[tuple[int, int], float]:
    """What one series did in each month that has a close before it in the month before."""
    found = {}
    for (before, a), (after, b) in pairwise(period_ends([path], days, month)):
        if 12 * after[0] + after[1] - 12 * before[0] - before[1] == 1:
            found[after] = (path[b] - path[a]) * 100 if in_points else path[b] / path[a] - 1
    return found


def shared_months(paths: Sequence[Path], days: Sequence[date]) -> dict[tuple[int, int], list[float]]:
    """The months that all have, with the return of each."""
    found = {}
    for (before, a), (after, b) in pairwise(period_ends(paths, days, month)):
        if 12 * after[0] + after[1] - 12 * before[0] - before[1] == 1:
            found[after] = [path[b] / path[a] - 1 for path in paths]
    return found


def mean_and_half(values: Sequence[float]) -> tuple[Maybe, Maybe]:
    """The mean, and half of its interval; below a year of months there is none."""
    if not values:
        return None, None
    mean = math.fsum(values) / len(values)
    if len(values) < 12:
        return mean, None
    spread = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, 1.959963984540054 * math.sqrt(spread / len(values))


def volatility_before(path: Path, first: date) -> Maybe:
    """Of the last 21 returns before a day."""
    known = sorted(day for day in path if day < first)[-22:]
    if len(known) < 22:
        return None
    moves = changes(path, known)
    mean = math.fsum(moves) / 21
    return math.sqrt(math.fsum((move - mean) ** 2 for move in moves) / 20 * 252)


def thirds(values: Sequence[float]) -> tuple[float, float]:
    """Where a third and two thirds lie, between neighbours in proportion."""
    ranked = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ranked) - 1)
        low = int(place)
        high = min(low + 1, len(ranked) - 1)
        return ranked[low] + (place - low) * (ranked[high] - ranked[low])

    return at(1 / 3), at(2 / 3)
