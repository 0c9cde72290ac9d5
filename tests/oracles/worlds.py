"""Random worlds of funds and what moves them: weekdays with holes, yields that may fall below zero."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from hypothesis import strategies as st

from analytics import PricePanel
from analytics.evidence.regression import Estimate
from analytics.panel import FloatArray
from tests.oracles.slow_factors import Path
from tests.panels import SOURCE, levels_of, weekdays

FUNDS = ("AAA", "BBB", "CCC")
STYLES = ("SPY", "IWM", "IWN", "IWO", "XSMO", "IJR", "TLT")
NAMES = (*FUNDS, *STYLES, "^TNX")


@dataclass(frozen=True)
class World:
    """What hypothesis draws (and shrinks); the prices follow from it.

    gaps : share of the prices of each symbol that are missing
    hole : sessions that the first fund misses one after the other, in the middle
    late : sessions before the last fund begins
    """

    seed: int
    years: int
    scale: float
    gaps: float
    hole: int
    late: int

    @cached_property
    def panel(self) -> PricePanel:
        rng = np.random.default_rng(self.seed)
        days = weekdays("2019-01-02", 261 * self.years)
        market = rng.standard_t(4, days.size - 1) * 0.008 + 0.0004
        rows = [self._fund(rng, market) for _ in (*FUNDS, *STYLES[1:])]
        rows.insert(len(FUNDS), levels_of(market, 100.0))
        yields = 2.0 + np.append(0.0, np.cumsum(rng.normal(0, 0.06, days.size - 1)))
        close = np.vstack([*rows, yields])
        close[rng.random(close.shape) < self.gaps] = np.nan
        middle = days.size // 2
        close[0, middle : middle + self.hole] = np.nan
        close[2, : self.late] = np.nan
        levels = close.copy()
        levels[-1, ~(levels[-1] > 0)] = np.nan  # no return can be made of a yield at zero or below
        return PricePanel(days, NAMES, levels, close, np.full_like(close, np.nan), SOURCE)

    def path(self, symbol: str) -> Path:
        held = self.panel
        rows = held.close[held.row(symbol)].tolist()
        return {day: v for day, v in zip(held.sessions.tolist(), rows, strict=True) if v == v}

    def _fund(self, rng: np.random.Generator, market: FloatArray) -> FloatArray:
        own = rng.normal(0.0, self.scale, market.size)
        return levels_of(rng.uniform(0.2, 1.5) * market + own, rng.uniform(10, 200))


def worlds(years: int = 3) -> st.SearchStrategy[World]:
    return st.builds(
        World,
        seed=st.integers(0, 2**32 - 1),
        years=st.just(years),
        scale=st.sampled_from([0.0005, 0.005, 0.02]),
        gaps=st.sampled_from([0.0, 0.02, 0.1]),
        hole=st.sampled_from([0, 1, 7]),
        late=st.sampled_from([0, 40, 200]),
    )


def ends(estimate: Estimate) -> tuple[float, float]:
    """The ends of an interval that is there."""
    low, high = estimate.interval.low, estimate.interval.high
    assert low is not None
    assert high is not None
    return low, high
