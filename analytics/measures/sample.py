"""What a window holds for N symbols: the one thing that every measure takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.panel import BoolArray, DateArray, FloatArray

PERIODS = 252
"""Sessions a year, by which everything daily is annualised."""

WEEKS = 52
"""Weeks a year, by which everything weekly is annualised."""

MONTHS = 12
"""Months a year, by which everything monthly is annualised."""

YEARS = 1
"""Calendar years a year: what is yearly is not annualised."""

DAYS_A_YEAR = 365.25

ONE_IN = 20
"""The tail is one return in so many."""

BLOCK = 120_000
"""Cells computed at once: few enough to stay near the processor (1 MB), enough to spread a call's cost."""

HEAP = 2_000_000
"""Cells of the array that teaches the allocator to keep what blocks of this size free: see `row_blocks`."""

QUICK = 256
"""Most numbers of a row that are sorted sooner than the lowest are found: NumPy has a way of its own."""

PARTS = ONE_IN // 2
"""A longer row is cut into so many to find its lowest: each part has twice as many numbers as the tail."""

Rows = slice | NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Sample:
    """Total-return levels of N symbols on one span, with what they are held against.

    Measures are computed on samples without gaps: `parts` splits one that has some.

    Parameters
    ----------
    levels : (N, T + 1) positive, the base close first; NaN is a missing session, never filled.  The return
        across a gap is known and counts as one, in the first session after it
    sessions : (T + 1,) datetime64[D], all of one calendar
    rate : (T,), (N, T) or scalar, risk-free rate and minimum acceptable return per session, fraction
    benchmark : (T + 1,) or (N, T + 1) levels of the benchmark, None where no relative measure is wanted
    minimum : fewest returns on which a risk measure is computed
    periods : returns a year, by which measures are annualised: 252 for days (365 where a market never
        closes), 52 for weeks, 12 for months, 1 for calendar years
    years : length of the span where it is a whole number of years, None where calendar days tell it
    full : False where the first or the last session of the span has no price
    following : the next session after the last one, which tells whether a week or a month is over; None: the
        next weekday, or the next day where a market never closes

    What several measures need is computed once and kept: the properties below.
    """

    levels: FloatArray
    sessions: DateArray
    rate: FloatArray | float = 0.0
    benchmark: FloatArray | None = None
    minimum: int = 2
    periods: int = PERIODS
    years: float | None = None
    full: bool = True
    following: date | None = None

    def __post_init__(self) -> None:
        # Single precision loses the fourth digit of a ratio over ten years; and where the numbers of a row do
        # not lie side by side NumPy adds them in another order, which moves the last digit.
        object.__setattr__(self, "levels", np.ascontiguousarray(self.levels, dtype=np.float64))
        if self.benchmark is not None:
            object.__setattr__(self, "benchmark", np.ascontiguousarray(self.benchmark, dtype=np.float64))

    @cached_property
    def tested(self) -> dict[object, tuple[BoolArray, bool]]:
        """(N,) and whether it is True anywhere, by condition of no value: see `registry.Undefined`."""
        return {}

    @cached_property
    def days(self) -> int:
        """Calendar days from the base close to the last one."""
        return int((self.sessions[-1] - self.sessions[0]).astype(int))

    @property
    def length(self) -> int:
        """T, the number of returns where nothing is missing."""
        return max(int(self.levels.shape[1]) - 1, 0)

    @cached_property
    def gaps(self) -> BoolArray:
        """(N,) True where a level is missing."""
        # A sum is NaN where one of its terms is: one reading of the levels, and no array of their size.
        return np.asarray(np.isnan(self.levels.sum(axis=1)))

    @cached_property
    def count(self) -> FloatArray:
        """(N,) number of returns, one across each gap."""
        known = np.count_nonzero(np.isfinite(self.levels), axis=1)
        return np.asarray(np.maximum(known - 1.0, 0.0))

    @cached_property
    def returns(self) -> FloatArray:
        """(N, T) simple returns since the last known level, fraction; NaN where the session is missing."""
        before = (_latest(self.levels) if self.gaps.any() else self.levels)[:, :-1]
        later: FloatArray = self.levels[:, 1:] / before
        later -= 1.0
        return later

    @cached_property
    def excess(self) -> FloatArray:
        """(N, T) returns less the risk-free rate."""
        return self.returns if np.ndim(self.rate) == 0 and self.rate == 0.0 else self.returns - self.rate

    @cached_property
    def total_excess(self) -> FloatArray:
        """(N,) sum of the excess returns, fraction."""
        return np.asarray(self.excess.sum(axis=1))

    @cached_property
    def mean_excess(self) -> FloatArray:
        """(N,) mean excess return per session, fraction."""
        return np.asarray(self.total_excess / self.length)

    @cached_property
    def mean_rate(self) -> FloatArray:
        """(1,) or (N,) mean rate per return, fraction."""
        return self.mean(np.atleast_2d(self.rate))

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
        return np.asarray(np.minimum(self.excess, 0.0))

    @cached_property
    def downside(self) -> FloatArray:
        """(N,) root of the mean squared shortfall over ALL sessions, per session, fraction."""
        return np.sqrt(self.mean_square(self.shortfall))

    @cached_property
    def tail(self) -> FloatArray:
        """(N, K) the lowest returns in order: one in twenty, rounded up, and one more where there is one."""
        return _lowest(self.returns, tail_size(self.length) + 1)

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
    def annual(self) -> FloatArray:
        """(N,) constant rate a year that leads from the first to the last level, fraction."""
        exponent = 1.0 / self.years if self.years else DAYS_A_YEAR / max(self.days, 1)
        return np.asarray((self.levels[:, -1] / self.levels[:, 0]) ** exponent - 1.0)

    @cached_property
    def ulcer(self) -> FloatArray:
        """(N,) root of the mean squared drawdown over the sessions after the base close, fraction."""
        return np.sqrt(self.mean_square(self.drawdown[:, 1:]))

    @cached_property
    def against(self) -> FloatArray:
        """(T,) or (N, T) simple returns of the benchmark; ValueError where the sample has none."""
        if self.benchmark is None:
            raise ValueError("a relative measure needs a sample with a benchmark")
        found = Sample(np.atleast_2d(self.benchmark), self.sessions).returns
        return found[0] if self.benchmark.ndim == 1 else found

    @cached_property
    def active(self) -> FloatArray:
        """(N, T) returns less the benchmark's."""
        return self.returns - self.against

    @cached_property
    def mean_active(self) -> FloatArray:
        """(N,) mean active return per session, fraction."""
        return self.mean(self.active)

    @cached_property
    def sd_active(self) -> FloatArray:
        """(N,) sample standard deviation (ddof 1) of the active returns per session."""
        return self.sd(self.active)

    @cached_property
    def excess_against(self) -> FloatArray:
        """(1, T) or (N, T) returns of the benchmark less the risk-free rate."""
        free = np.ndim(self.rate) == 0 and self.rate == 0.0
        return np.atleast_2d(self.against if free else self.against - self.rate)

    @cached_property
    def mean_against(self) -> FloatArray:
        """(1,) or (N,) mean excess return of the benchmark per session, fraction."""
        return self.mean(self.excess_against)

    @cached_property
    def around_against(self) -> FloatArray:
        """(1, T) or (N, T) excess returns of the benchmark less their mean."""
        return np.asarray(self.excess_against - self.mean_against[:, None])

    @cached_property
    def variance_against(self) -> FloatArray:
        """(1,) or (N,) mean square of `around_against`: the variance with ddof 0."""
        return self.mean_square(self.around_against)

    @cached_property
    def product_against(self) -> FloatArray:
        """(N,) mean product of `around_against` and the funds' excess returns: the covariance with ddof 0."""
        return self.mean_product(self.around_against, self.excess)

    @cached_property
    def slope(self) -> FloatArray:
        """(N,) slope of the least-squares line of the funds' excess returns on the benchmark's."""
        return np.asarray(self.product_against / self.variance_against)

    def on_side(self, *, up: bool) -> BoolArray:
        """Return (N, T) True for the returns in which the benchmark rose, or fell."""
        against = np.broadcast_to(self.against, self.returns.shape)
        return np.asarray(against > 0 if up else against < 0)

    def mean(self, rows: FloatArray) -> FloatArray:
        """Return (N,) mean of each row."""
        return np.asarray(rows.sum(axis=1) / rows.shape[1])

    def mean_product(self, rows: FloatArray, others: FloatArray) -> FloatArray:
        """Return (N,) mean of the products, without a copy of them."""
        return np.asarray(np.vecdot(rows, others) / rows.shape[1])

    def mean_square(self, rows: FloatArray) -> FloatArray:
        """Return (N,) mean of the squares of each row."""
        return self.mean_product(rows, rows)

    def sd(self, rows: FloatArray, mean: FloatArray | None = None) -> FloatArray:
        """Return (N,) sample standard deviation, ddof 1, of each row."""
        centre = self.mean(rows) if mean is None else mean
        return np.sqrt(self.to_unbiased(self.mean_square(rows - centre[:, None])))

    def a_year(self, spread: FloatArray) -> FloatArray:
        """Return (N,) a spread per return, or a ratio of one, on a yearly scale."""
        return np.asarray(spread * math.sqrt(self.periods))

    def to_unbiased(self, moment: FloatArray) -> FloatArray:
        """Return (N,) a mean square or product around the mean with ddof 1 in place of 0; NaN below two
        returns.
        """
        count = self.length
        return moment * (count / (count - 1.0)) if count > 1 else np.full(moment.shape, np.nan)

    @cached_property
    def aligned(self) -> bool:
        """True where the benchmark, or the lack of one, costs no fund a session of its own."""
        return self.benchmark is None or not np.isnan(self.benchmark.sum())

    @cached_property
    def paired(self) -> Sample:
        """The sample on the sessions that fund and benchmark share: what one misses, the other loses too."""
        if self.benchmark is None or (self.aligned and not self.gaps.any()):
            return self
        theirs = np.broadcast_to(self.benchmark, self.levels.shape)
        known = np.isfinite(self.levels) & np.isfinite(theirs)
        return replace(
            self, levels=np.where(known, self.levels, np.nan), benchmark=np.where(known, theirs, np.nan)
        )

    def parts(self) -> Iterator[tuple[Rows, Sample]]:
        """Split into samples without gaps: which rows each holds, and the sample.

        Rows with as many known levels are laid under one another, those sessions left out that a row misses;
        in blocks whose intermediates stay in the processor's cache.  A benchmark is taken on the sessions
        of the row.  A row gives the same part whatever stands beside it.
        """
        whole, broken = np.flatnonzero(~self.gaps), np.flatnonzero(self.gaps)
        yield from ((rows, self._rows(rows)) for rows in _runs(whole, self.levels.shape[1]))
        if broken.size == 0:
            return
        key = np.concatenate(
            [_likeness(np.isfinite(self.levels[rows])) for rows in _runs(broken, self.levels.shape[1])]
        )
        for each in np.unique(key):
            alike = broken[key == each]
            for block in row_blocks((alike.size, max(int(each) // 2, 1))):
                yield alike[block], self._compact(alike[block], full=bool(each % 2))

    def _rows(self, rows: Rows) -> Sample:
        benchmark = self.benchmark
        return replace(
            self,
            levels=self.levels[rows],
            rate=self.rate[rows] if isinstance(self.rate, np.ndarray) and self.rate.ndim == 2 else self.rate,
            benchmark=benchmark[rows] if benchmark is not None and benchmark.ndim == 2 else benchmark,
        )

    def _compact(self, rows: NDArray[np.intp], *, full: bool) -> Sample:
        """Keep these rows without what they miss; a row that misses all keeps one missing level.

        The sessions are the first row's: the others' differ only where no measure looks, between the ends.
        """
        levels = self.levels[rows]
        known = np.isfinite(levels)
        if not known.any():
            known[:, 0] = True
        shape = rows.size, -1
        benchmark = self.benchmark
        if benchmark is not None:
            benchmark = np.broadcast_to(benchmark if benchmark.ndim == 1 else benchmark[rows], known.shape)
            benchmark = benchmark[known].reshape(shape)
        return replace(
            self,
            levels=levels[known].reshape(shape),
            sessions=self.sessions[known[0]],
            rate=self._rates(known) if np.ndim(self.rate) or self.rate else 0.0,
            benchmark=benchmark,
            full=full,
        )

    def _rates(self, known: BoolArray) -> FloatArray:
        """Return (N, K - 1) the rate from each of the K known columns to the next: that of every session
        between.
        """
        columns = np.nonzero(known)[1].reshape(known.shape[0], -1)
        steps = np.diff(columns, axis=1)
        if np.ndim(self.rate) == 0:
            return np.asarray(self.rate * steps)
        rate = np.asarray(self.rate)
        unknown = np.isnan(rate)
        spanned = np.where(
            steps == 1, rate[columns[:, 1:] - 1], _sums_between(np.where(unknown, 0.0, rate), columns)
        )
        return np.where(_sums_between(unknown, columns) > 0, np.nan, spanned)


def _likeness(known: BoolArray) -> NDArray[np.intp]:
    """Return (N,) a number that rows share which know as many of their levels, and both ends or not."""
    return np.asarray(2 * np.count_nonzero(known, axis=1) + (known[:, 0] & known[:, -1]))


def _runs(rows: NDArray[np.intp], length: int) -> Iterator[Rows]:
    """Yield rows in blocks; where they follow one another as a slice, which copies nothing."""
    for block in row_blocks((rows.size, length)):
        chosen = rows[block]
        first, last = int(chosen[0]), int(chosen[-1])
        yield slice(first, last + 1) if last - first + 1 == chosen.size else chosen


def _sums_between(values: FloatArray | BoolArray, columns: NDArray[np.intp]) -> FloatArray:
    """Return (N, K - 1) sums of the values (T,) between neighbouring columns (N, K) of T + 1."""
    return np.asarray(np.diff(np.append(0.0, np.cumsum(values))[columns], axis=1))


def _latest(levels: FloatArray) -> FloatArray:
    """Return (N, T) the last known level up to each session, NaN before the first."""
    at = np.maximum.accumulate(np.where(np.isfinite(levels), np.arange(levels.shape[1]), 0), axis=1)
    return np.take_along_axis(levels, at, axis=1)


def tail_size(count: int) -> int:
    """Give how many of so many returns the tail holds, the last one perhaps in part.

    >>> tail_size(251), tail_size(140)
    (13, 7)
    """
    # Not 0.05 n: that is a hair above 7 for 140 returns.
    return math.ceil(count / ONE_IN)


def _lowest(rows: FloatArray, most: int) -> FloatArray:
    """Return (N, most) the lowest numbers of each row, in order; all of them where there are fewer."""
    return np.sort(_candidates(rows, most) if rows.shape[1] > QUICK else rows, axis=1)[:, :most]


def _candidates(rows: FloatArray, most: int) -> FloatArray:
    """Return (N, K) the few numbers of each row that may be among its lowest, the rest infinite.

    A row is cut into parts, and the least is taken of their first numbers, of their second ones, and so on.
    The number at place `most` of these is a bound: at least so many of the row do not exceed it.
    """
    width = rows.shape[1] // PARTS
    least = rows[:, : PARTS * width].reshape(-1, PARTS, width).min(axis=1)
    bound = np.partition(least, most - 1, axis=1)[:, most - 1]
    # Not <=, so that what is no number is kept; it comes last.
    few = ~(rows > bound[:, None])
    count = np.count_nonzero(few, axis=1)
    found = np.full((rows.shape[0], count.max()), np.inf)
    found[np.arange(found.shape[1]) < count[:, None]] = rows[few]
    return found


def row_blocks(shape: tuple[int, ...], cells: int = BLOCK) -> Iterator[slice]:
    """Yield rows of an (N, T) array in blocks of at most so many cells, at least one row each.

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
