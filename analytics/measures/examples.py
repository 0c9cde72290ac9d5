"""Small samples for the docstrings' examples; every example is run by the tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.measures.sample import Sample
from analytics.panel import FloatArray

FIVE = (0.01, -0.02, 0.03, 0.0, 0.01)
FIVE_BENCHMARK = (0.02, -0.01, 0.01, -0.01, 0.01)


def from_returns(returns: Sequence[float], benchmark: Sequence[float] | None = None) -> Sample:
    """Return one symbol with these daily returns from Monday, 6 January 2025 on, weekdays only."""
    sessions = np.busday_offset(np.datetime64("2025-01-06"), np.arange(len(returns) + 1))
    against = None if benchmark is None else _levels(benchmark)
    return Sample(_levels(returns)[None, :], sessions, benchmark=against)


def five() -> Sample:
    """Sample +1, -2, +3, 0, +1 % on five days, held against +2, -1, +1, -1, +1 %."""
    return from_returns(FIVE, FIVE_BENCHMARK)


def path(levels: Sequence[float], days: int) -> Sample:
    """Return one symbol with these levels, spread evenly over so many calendar days."""
    offsets = np.linspace(0, days, len(levels)).astype(int)
    sessions = (np.datetime64("2021-01-04") + offsets).astype("datetime64[D]")
    return Sample(np.asarray([levels], dtype=np.float64), sessions)


def months(returns: Sequence[float]) -> Sample:
    """Return one symbol with these monthly returns from 31 December 2021 on, a session at the end of each
    month.
    """
    firsts = np.datetime64("2022-01", "M") + np.arange(len(returns) + 1)
    sessions = np.busday_offset(firsts.astype("datetime64[D]"), -1, roll="forward")
    return Sample(_levels(returns)[None, :], sessions)


def _levels(returns: Sequence[float]) -> FloatArray:
    return np.concatenate([[1.0], np.cumprod(1.0 + np.asarray(returns, dtype=np.float64))])
