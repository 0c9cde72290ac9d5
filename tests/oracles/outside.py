"""The same fund and benchmark for us and for other people's libraries."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics import MEASURES, Sample
from tests.panels import levels_of, weekdays

if TYPE_CHECKING:
    from types import ModuleType

RATE = 0.03 / 252
SESSIONS = 431
"""Not a multiple of twenty: a tail of 5 % is no whole number of days."""


def quietly_import(name: str) -> ModuleType:
    """Other libraries warn while they are imported; that is theirs to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


@dataclass(frozen=True)
class Pair:
    """A fund that follows a benchmark with moves of its own, as a sample and as pandas."""

    seed: int

    @cached_property
    def sample(self) -> Sample:
        rng = np.random.default_rng(self.seed)
        market = rng.normal(0.0004, 0.01, SESSIONS)
        fund = 0.9 * market + rng.normal(0.0010, 0.004, SESSIONS)
        days = weekdays("2024-01-02", SESSIONS + 1)
        return Sample(levels_of(fund, 50.0)[None, :], days, benchmark=levels_of(market))

    def ours(self, name: str, rate: float = 0.0) -> float:
        held = self.sample
        charged = Sample(held.levels, held.sessions, rate, held.benchmark)
        return float(MEASURES[name].compute(charged)[0])

    @property
    def prices(self) -> pd.Series[float]:
        return pd.Series(self.sample.levels[0], index=pd.DatetimeIndex(self.sample.sessions))

    @property
    def market(self) -> pd.Series[float]:
        assert self.sample.benchmark is not None
        return pd.Series(self.sample.benchmark, index=pd.DatetimeIndex(self.sample.sessions))

    @property
    def returns(self) -> pd.Series[float]:
        return pd.Series(self.sample.returns[0], index=self.prices.index[1:])

    @property
    def factor(self) -> pd.Series[float]:
        return pd.Series(self.sample.against, index=self.prices.index[1:])


Library = Any
