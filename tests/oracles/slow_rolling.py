"""Slow twins of the moving windows: each window cut out and computed on its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracles.slow import SESSIONS_A_YEAR, Maybe, deviation, downside, mean, pearson, product_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Pairs = list[tuple[float, float]]


def sortino(excess: list[Maybe], window: int) -> list[Maybe]:
    def of(part: list[float]) -> Maybe:
        low = downside(part)
        return mean(part) / low * math.sqrt(SESSIONS_A_YEAR) if low > 1e-9 else None

    return [of(part) if part else None for part in full(excess, window)]


def volatility(returns: list[Maybe], window: int) -> list[Maybe]:
    parts = full(returns, window)
    return [deviation(part) * math.sqrt(SESSIONS_A_YEAR) if len(part) > 1 else None for part in parts]


def correlation(returns: list[Maybe], benchmark: list[Maybe], window: int) -> list[Maybe]:
    return paired(returns, benchmark, window, pearson)


def beta(returns: list[Maybe], benchmark: list[Maybe], window: int) -> list[Maybe]:
    def slope(own: list[float], other: list[float]) -> Maybe:
        if deviation(other) <= 1e-12:
            return None
        return product_moment(own, other) / product_moment(other, other)

    return paired(returns, benchmark, window, slope)


def paired(
    returns: list[Maybe],
    benchmark: list[Maybe],
    window: int,
    measure: Callable[[list[float], list[float]], Maybe],
) -> list[Maybe]:
    out: list[Maybe] = []
    both = [None if a is None or b is None else (a, b) for a, b in zip(returns, benchmark, strict=True)]
    for end in range(1, len(both) + 1):
        pairs = [pair for pair in both[max(0, end - window) : end] if pair is not None]
        usable = len(pairs) == window > 1
        out.append(measure([a for a, _ in pairs], [b for _, b in pairs]) if usable else None)
    return out


def full(returns: list[Maybe], window: int) -> Iterator[list[float]]:
    """The window that ends on each return, empty where it is not full or one of its returns is missing."""
    for end in range(1, len(returns) + 1):
        known = [value for value in returns[max(0, end - window) : end] if value is not None]
        yield known if len(known) == window else []
