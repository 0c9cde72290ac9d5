"""Random panels: gaps, constants, crashes, tiny and huge returns, one symbol to many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from analytics import PricePanel, Sample
from analytics.panel import DateArray, FloatArray
from tests.oracles.slow import Maybe, Series
from tests.panels import levels_of, panel_of

SHAPES = ("walk", "flat", "constant", "crash", "leap", "rising", "stale", "late", "early")
RATES = ("zero", "fixed", "changing", "partly known")


@dataclass(frozen=True)
class Plan:
    """What hypothesis draws (and shrinks); the numbers follow from it."""

    seed: int
    shapes: tuple[str, ...]
    benchmark: str
    length: int
    scale: float
    gaps: float
    stride: int
    rate: str
    minimum: int

    @property
    def sample(self) -> Sample:
        rng = np.random.default_rng(self.seed)
        days = sessions(rng, self.length, self.stride)
        rows = np.array([path(rng, shape, self) for shape in self.shapes])
        return Sample(rows, days, rates(rng, self), path(rng, self.benchmark, self), self.minimum)

    @property
    def panel(self) -> PricePanel:
        held = self.sample
        return panel_of({f"S{at}": row for at, row in enumerate(held.levels)}, held.sessions)


def plans(longest: int = 80, most: int = 5) -> st.SearchStrategy[Plan]:
    return st.builds(
        Plan,
        seed=st.integers(0, 2**32 - 1),
        shapes=st.lists(st.sampled_from(SHAPES), min_size=1, max_size=most).map(tuple),
        benchmark=st.sampled_from(SHAPES),
        length=st.integers(2, longest),
        scale=st.sampled_from([1e-6, 1e-4, 0.01, 0.05]),
        gaps=st.sampled_from([0.0, 0.02, 0.3]),
        stride=st.sampled_from([1, 5, 25]),
        rate=st.sampled_from(RATES),
        minimum=st.sampled_from([2, 15]),
    )


def sessions(rng: np.random.Generator, length: int, stride: int) -> DateArray:
    """Weekdays in disorderly steps of 1 to `stride`: a few weeks, or several years."""
    steps = rng.integers(1, stride + 1, length)
    first = np.datetime64("2019-01-01") + rng.integers(0, 400)
    return np.asarray(np.busday_offset(first, np.cumsum(steps), roll="forward"))


def path(rng: np.random.Generator, shape: str, plan: Plan) -> FloatArray:
    """Levels of one symbol, NaN where missing."""
    returns = rng.normal(0.0003, plan.scale, plan.length - 1)
    at = int(rng.integers(0, returns.size))
    if shape == "rising":
        returns = np.abs(returns)
    elif shape in {"flat", "constant"}:
        returns[:] = 0.0 if shape == "flat" else plan.scale
    elif shape in {"crash", "leap"}:
        returns[at] = -0.95 if shape == "crash" else 9.0
    elif shape == "stale":
        returns[at:] = 0.0
    levels = levels_of(returns, float(rng.uniform(1.0, 500.0)))
    levels[rng.random(levels.size) < plan.gaps] = np.nan
    if shape == "late":
        levels[: at + 1] = np.nan
    elif shape == "early":
        levels[at + 1 :] = np.nan
    return levels


def rates(rng: np.random.Generator, plan: Plan) -> FloatArray | float:
    if plan.rate == "zero":
        return 0.0
    if plan.rate == "fixed":
        return 0.04 / 252
    changing = rng.uniform(0.0, 0.05, plan.length - 1) / 252
    if plan.rate == "partly known":
        changing[: int(rng.integers(0, plan.length))] = np.nan
    return changing


def series(held: Sample, row: int) -> Series:
    """One row of a sample for the slow twins."""
    spread = np.broadcast_to(held.rate, held.sessions.size - 1)
    benchmark = held.benchmark if held.benchmark is not None else np.full(held.sessions.size, np.nan)
    return Series(
        held.sessions.tolist(), plain(held.levels[row]), plain(spread), plain(benchmark), held.minimum
    )


def plain(values: FloatArray) -> list[Maybe]:
    """Python floats, None for NaN."""
    return [None if value != value else value for value in values.tolist()]
