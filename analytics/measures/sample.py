"""What a window holds for N symbols: the one thing that every measure takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.panel import DateArray, FloatArray

BoolArray = NDArray[np.bool_]

PERIODS = 252
"""Sessions a year, by which everything daily is annualised."""

WEEKS = 52
"""Weeks a year, by which everything weekly is annualised."""

BLOCK = 120_000
"""Cells computed at once: few enough to stay near the processor (1 MB), enough to spread a call's cost."""

HEAP = 2_000_000
"""Cells of the array that teaches the allocator to keep what blocks of this size free: see `row_blocks`."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Total-return levels of N symbols on one span, with what they are held against.

    Parameters
    ----------
    levels : (N, T + 1) positive, the base close first; NaN is a missing session, never filled
    sessions : (T + 1,) datetime64[D]
    rate : (T,) or scalar, risk-free rate and minimum acceptable return per session, fraction
    benchmark : (T + 1,) levels of the benchmark, None where no relative measure is wanted
    minimum : fewest returns on which a risk measure is computed
    periods : returns a year, by which measures are annualised: 252 for days, 52 for weeks

    What several measures need is computed once and kept: the properties below.
    """

    levels: FloatArray
    sessions: DateArray
    rate: FloatArray | float = 0.0
    benchmark: FloatArray | None = None
    minimum: int = 2
    periods: int = PERIODS

    @cached_property
    def tested(self) -> dict[object, tuple[BoolArray, bool]]:
        """(N,) and whether it is True anywhere, by condition of no value: see `registry.Undefined`."""
        return {}

    @cached_property
    def days(self) -> int:
        """Calendar days from the base close to the last one."""
        return int((self.sessions[-1] - self.sessions[0]).astype(int))

    @cached_property
    def returns(self) -> FloatArray:
        """(N, T) simple returns, fraction; NaN where either of the two sessions is missing."""
        later: FloatArray = self.levels[:, 1:] / self.levels[:, :-1]
        later -= 1.0
        return later

    @cached_property
    def excess(self) -> FloatArray:
        """(N, T) returns less the risk-free rate."""
        return self.returns if np.ndim(self.rate) == 0 and self.rate == 0.0 else self.returns - self.rate

    @cached_property
    def complete(self) -> bool:
        """True where there are returns and nothing is missing: the arithmetic then needs no masks."""
        parts = (self.levels, self.rate, 0.0 if self.benchmark is None else self.benchmark)
        return self.levels.shape[1] > 1 and not any(np.isnan(part).any() for part in parts)

    @cached_property
    def count(self) -> FloatArray:
        """(N,) number of returns."""
        if self.complete:
            return np.full(self.levels.shape[0], float(self.returns.shape[1]))
        counted: FloatArray = np.isfinite(self.excess).sum(axis=1).astype(np.float64)
        return counted

    @cached_property
    def mean_excess(self) -> FloatArray:
        """(N,) mean excess return per session, fraction."""
        return self.mean(self.excess)

    @cached_property
    def sd_excess(self) -> FloatArray:
        """(N,) sample standard deviation (ddof 1) of the excess returns per session."""
        return self.sd(self.excess, self.mean_excess)

    @cached_property
    def sd_returns(self) -> FloatArray:
        """(N,) sample standard deviation (ddof 1) of the returns per session."""
        return self.sd_excess if self.excess is self.returns else self.sd(self.returns)

    @cached_property
    def shortfall(self) -> FloatArray:
        """(N, T) min(excess, 0)."""
        # A row of zeros takes NumPy's fast path, which the number 0 does not: a quarter of the time.
        below: FloatArray = np.minimum(self.excess, np.zeros(self.excess.shape[1]))
        return below

    @cached_property
    def downside(self) -> FloatArray:
        """(N,) root of the mean squared shortfall over ALL sessions, per session, fraction."""
        return np.sqrt(self.mean_square(self.shortfall))

    @cached_property
    def drawdown(self) -> FloatArray:
        """(N, T + 1) fraction below the highest level so far, base close included; 0 or negative."""
        below: FloatArray = self.levels / np.fmax.accumulate(self.levels, axis=1)
        below -= 1.0
        return below

    @cached_property
    def deepest(self) -> FloatArray:
        """(N,) the lowest point of `drawdown`."""
        return np.asarray(np.fmin.reduce(self.drawdown, axis=1))

    @cached_property
    def against(self) -> FloatArray:
        """(T,) simple returns of the benchmark; ValueError where the sample has none."""
        if self.benchmark is None:
            raise ValueError("a relative measure needs a sample with a benchmark")
        return np.asarray(self.benchmark[1:] / self.benchmark[:-1] - 1.0)

    @cached_property
    def active(self) -> FloatArray:
        """(N, T) returns less the benchmark's."""
        return self.returns - self.against

    @cached_property
    def pairs(self) -> tuple[FloatArray, FloatArray]:
        """Excess returns of the benchmark, and of the funds (N, T); NaN in both where either is missing.

        Where nothing is missing the benchmark's are one row (1, T) for all.
        """
        theirs = (self.against - self.rate)[None, :]
        if self.complete:
            return theirs, self.excess
        known = np.isfinite(theirs) & np.isfinite(self.excess)
        return np.where(known, theirs, np.nan), np.where(known, self.excess, np.nan)

    @cached_property
    def pair_count(self) -> FloatArray:
        """(N,) number of returns that fund and benchmark have in common."""
        if self.complete:
            return self.count
        counted: FloatArray = np.isfinite(self.pairs[0]).sum(axis=1).astype(np.float64)
        return counted

    @cached_property
    def slope(self) -> FloatArray:
        """(N,) slope of the least-squares line of the funds' excess returns on the benchmark's."""
        x, y = self.pairs
        dx = x - self.mean(x)[:, None]
        return np.asarray(self.mean_product(dx, y) / self.mean_product(dx, dx))

    def mean(self, rows: FloatArray) -> FloatArray:
        """(N,) mean over what is known in each row."""
        if self.complete:
            return np.asarray(rows.sum(axis=1) / rows.shape[1])
        return known_mean(rows)

    def mean_product(self, rows: FloatArray, others: FloatArray) -> FloatArray:
        """(N,) mean of the products over what is known in both, without a copy of them where possible."""
        if self.complete:
            return np.asarray(np.vecdot(rows, others) / rows.shape[1])
        return known_mean(rows * others)

    def mean_square(self, rows: FloatArray) -> FloatArray:
        """(N,) mean of the squares over what is known in each row."""
        return self.mean_product(rows, rows)

    def sd(self, rows: FloatArray, mean: FloatArray | None = None) -> FloatArray:
        """(N,) sample standard deviation, ddof 1, over what is known in each row."""
        centre = self.mean(rows) if mean is None else mean
        around = self.mean_square(rows - centre[:, None])
        count = rows.shape[1] if self.complete else np.isfinite(rows).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.sqrt(around * np.divide(count, np.subtract(count, 1.0))))

    def blocks(self) -> Iterator[Sample]:
        """The sample in blocks of rows, so that intermediates stay in the processor's cache."""
        for rows in row_blocks(self.levels.shape):
            yield replace(self, levels=self.levels[rows])


def row_blocks(shape: tuple[int, ...], cells: int = BLOCK) -> Iterator[slice]:
    """Rows of an (N, T) array in blocks of at most so many cells, at least one row each.

    Examples
    --------
    48 symbols x 10 years, 478 symbols x 1 year at once:

    >>> [block.stop for block in row_blocks((100, 2500))], [block.stop for block in row_blocks((500, 251))]
    ([48, 96, 100], [478, 500])
    """
    count, length = shape
    step = max(1, cells // max(length, 1))
    if count > step:
        # glibc hands freed arrays above a threshold back to the system and faults every page in again, which
        # takes as long as the arithmetic.  Freeing one larger array, never touched, raises the threshold.
        np.empty(HEAP)
    for start in range(0, count, step):
        yield slice(start, min(start + step, count))


def known_mean(rows: FloatArray) -> FloatArray:
    """Mean over what is known in each row.

    Parameters
    ----------
    rows : (N, T), NaN where missing

    Returns
    -------
    (N,) in the unit of the rows, NaN where nothing is known.

    Examples
    --------
    >>> known_mean(np.array([[1.0, np.nan, 2.0], [np.nan, np.nan, np.nan]])).tolist()
    [1.5, nan]
    """
    count = np.isfinite(rows).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.nansum(rows, axis=1) / count)
