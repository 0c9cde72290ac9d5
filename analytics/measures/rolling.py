"""Measures of the last so many returns, at every session of many series at once, by moving sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from analytics.measures.sample import BLOCK, PERIODS, row_blocks
from analytics.panel import BoolArray, FloatArray

CELLS = BLOCK // 2
"""Moving sums hold more intermediates at once than other measures, so their blocks are smaller."""

FLOOR = 1e-9
"""A downside deviation below this is no shortfall, as in the table of measures."""

STILL = 1e-12
"""Returns whose standard deviation is not above this do not vary, as in the table of measures."""

CONDITION = 1e3
"""How many times its variance the mean square of a window may be; beyond, too many digits cancel."""


def rolling_sortino(
    returns: FloatArray, sessions: int = 252, rate: FloatArray | float = 0.0, periods: int = PERIODS
) -> FloatArray:
    """Compute the Sortino ratio of the last `sessions` returns, at every session.

    Parameters
    ----------
    returns : (N, T) simple returns per session, fraction; NaN where missing
    sessions : length of the window; every one of its returns must be known
    rate : (T,) or scalar, minimum acceptable return per session
    periods : returns a year, 52 where they are weekly

    Returns
    -------
    (N, T) ratio, annualised as `ratios.sortino`; NaN until the window is full, where a return in it is
    missing, and where no return in it is below the target.

    References
    ----------
    As `ratios.sortino`.

    Examples
    --------
    >>> five = np.array([[0.01, -0.02, 0.03, 0.0, 0.01]])
    >>> rolling_sortino(five, sessions=5).round(6).tolist()
    [[nan, nan, nan, nan, 10.648944]]
    """

    def ratio(rows: FloatArray, _: slice) -> FloatArray:
        filled, full = _known_windows(rows - rate, sessions)
        below = np.minimum(filled, 0.0)
        below *= below
        downside = np.sqrt(_sums(below, sessions) / sessions)
        mean = _sums(filled, sessions)
        mean *= math.sqrt(periods) / sessions
        return _divide_where(full & (downside > FLOOR), mean, downside)

    return _by_blocks(ratio, returns, sessions)


def rolling_volatility(returns: FloatArray, sessions: int = 252, periods: int = PERIODS) -> FloatArray:
    """Compute the volatility of the last `sessions` returns, at every session.

    Parameters
    ----------
    returns : (N, T) simple returns per session, fraction; NaN where missing
    sessions : length of the window; every one of its returns must be known
    periods : returns a year, 52 where they are weekly

    Returns
    -------
    (N, T) fraction a year, 0 or positive, annualised as `risk.volatility`; NaN until the window is full,
    where a return in it is missing, and for windows of less than two returns.

    References
    ----------
    As `risk.volatility`, ddof 1.

    Examples
    --------
    >>> five = np.array([[0.01, -0.02, 0.03, 0.0, 0.01]])
    >>> rolling_volatility(five, sessions=5).round(6).tolist()
    [[nan, nan, nan, nan, 0.288375]]
    """

    if sessions < 2:
        return np.full(returns.shape, np.nan)

    def volatility(rows: FloatArray, _: slice) -> FloatArray:
        filled, full = _known_windows(rows, sessions)
        spread = np.sqrt(_Side(filled, sessions).variance)
        spread *= math.sqrt(periods * sessions / (sessions - 1))
        return np.where(full, spread, np.nan)

    return _by_blocks(volatility, returns, sessions)


def rolling_correlation(returns: FloatArray, benchmark: FloatArray, sessions: int = 252) -> FloatArray:
    """Compute the Pearson correlation with the benchmark over the last `sessions` returns, at every session.

    Parameters
    ----------
    returns : (N, T) simple returns per session, fraction; NaN where missing
    benchmark : (T,), (1, T) or, of each row its own, (N, T) likewise
    sessions : length of the window; every one of its returns must be known on both sides

    Returns
    -------
    (N, T) from -1 to 1; NaN until the window is full, where a return in it is missing, and where a side
    does not vary.

    References
    ----------
    As `relative.correlation`.

    Examples
    --------
    >>> a, b = np.array([[0.01, -0.02, 0.03, 0.0, 0.01]]), np.array([0.02, -0.01, 0.01, -0.01, 0.01])
    >>> rolling_correlation(a, b, sessions=5).round(6).tolist()
    [[nan, nan, nan, nan, 0.697518]]
    """

    def correlation(rows: FloatArray, at: slice) -> FloatArray:
        market, fund, full = _sides(_rows_of(benchmark, at), rows, sessions)
        spread = np.sqrt(market.variance * fund.variance)
        found = _divide_where(full & market.varies & fund.varies, _covariance(market, fund), spread)
        return np.clip(found, -1.0, 1.0, out=found)

    return _by_blocks(correlation, returns, sessions)


def rolling_beta(returns: FloatArray, benchmark: FloatArray, sessions: int = 252) -> FloatArray:
    """Compute the slope on the benchmark over the last `sessions` returns, at every session.

    Parameters
    ----------
    returns : (N, T) simple returns per session, fraction, less the risk-free rate; NaN where missing
    benchmark : (T,), (1, T) or, of each row its own, (N, T) likewise
    sessions : length of the window; every one of its returns must be known on both sides

    Returns
    -------
    (N, T) ratio; NaN until the window is full, where a return in it is missing, and where the benchmark
    does not vary.

    References
    ----------
    As `relative.beta`.

    Examples
    --------
    >>> a, b = np.array([[0.01, -0.02, 0.03, 0.0, 0.01]]), np.array([0.02, -0.01, 0.01, -0.01, 0.01])
    >>> rolling_beta(a, b, sessions=5).round(6).tolist()
    [[nan, nan, nan, nan, 0.944444]]
    """

    def beta(rows: FloatArray, at: slice) -> FloatArray:
        market, fund, full = _sides(_rows_of(benchmark, at), rows, sessions)
        return _divide_where(full & market.varies, _covariance(market, fund), market.variance)

    return _by_blocks(beta, returns, sessions)


def _rows_of(benchmark: FloatArray, at: slice) -> FloatArray:
    """Return the benchmark of a block of rows: one of all, or of each its own."""
    own = benchmark.ndim > 1 and benchmark.shape[0] > 1
    return np.ascontiguousarray(benchmark[at]) if own else benchmark


_OfRows = Callable[[FloatArray, slice], FloatArray]
"""Of (n, T) rows, which are those of a slice, gives (n, T - sessions + 1)."""


def _by_blocks(measure: _OfRows, returns: FloatArray, sessions: int) -> FloatArray:
    """Take (N, T) a measure of rows, in blocks that fit a core's cache."""
    out = np.empty(returns.shape)
    out[:, : sessions - 1] = np.nan
    if returns.shape[1] >= sessions:
        for rows in row_blocks(returns.shape, CELLS):
            # In one layout and width whatever comes in: a row is then the same number alone and in a panel.
            out[rows, sessions - 1 :] = measure(np.ascontiguousarray(returns[rows], dtype=np.float64), rows)
    return out


def _known_windows(rows: FloatArray, sessions: int) -> tuple[FloatArray, BoolArray]:
    """Return the rows with 0 where missing, and (n, W) or one for all: True where all of a window is
    known.
    """
    known = np.isfinite(rows)
    windows = rows.shape[0], rows.shape[1] - sessions + 1
    if known.all():
        return rows, np.ones((1, 1), dtype=bool)
    missing = np.zeros((rows.shape[0], rows.shape[1] + 1), dtype=np.int64)
    np.cumsum(~known, axis=1, out=missing[:, 1:])
    return np.where(known, rows, 0.0), missing[:, sessions:] == missing[:, : windows[1]]


def _sums(rows: FloatArray, length: int) -> FloatArray:
    """Return (n, T - length + 1) sums of each run of `length` columns.

    Columns are cut into blocks of that length.  A run is the end of a block and the beginning of the next
    one, so that two running sums inside blocks, one from either end, give every run by one addition.

    References
    ----------
    van Herk 1992; Gil and Werman 1993 (there of maxima).
    """
    count, width = rows.shape
    blocks = np.empty((count, -(-width // length), length))
    blocks.reshape(count, -1)[:, :width] = rows
    blocks.reshape(count, -1)[:, width:] = 0.0
    ends = np.empty_like(blocks)
    np.cumsum(blocks[:, :, ::-1], axis=2, out=ends[:, :, ::-1])
    np.cumsum(blocks, axis=2, out=blocks)
    # A run that is a whole block has no beginning of a next one.
    blocks[:, :, -1] = 0.0
    found: FloatArray = ends.reshape(count, -1)[:, : width - length + 1]
    found += blocks.reshape(count, -1)[:, length - 1 : width]
    return found


@dataclass(frozen=True, eq=False)
class _Side:
    """The returns of one side in windows.  rows : (n, T), 0 where missing; length : returns in a window"""

    rows: FloatArray
    length: int

    @cached_property
    def centred(self) -> FloatArray:
        """(n, T) less a middle value, which keeps what is squared small.

        The median of the means of whole stretches: one that holds a jump does not move it.
        """
        count = self.rows.shape[1] // self.length
        stretches = self.rows[:, : count * self.length].reshape(-1, count, self.length)
        middle: FloatArray = np.median(stretches.mean(axis=2), axis=1, keepdims=True)
        return self.rows - middle

    @cached_property
    def mean(self) -> FloatArray:
        """(n, W) mean of each window's centred returns."""
        return np.asarray(_sums(self.centred, self.length) / self.length)

    @cached_property
    def _moments(self) -> tuple[FloatArray, BoolArray]:
        square = _sums(self.centred * self.centred, self.length) / self.length
        variance = square - self.mean * self.mean
        return variance, variance * CONDITION < square

    @property
    def ill_conditioned(self) -> BoolArray:
        """(n, W) True where the window's returns are far from the middle value and close to one another."""
        return self._moments[1]

    @cached_property
    def variance(self) -> FloatArray:
        """(n, W) mean square around each window's own mean."""
        return _recompute(self._moments[0], self.ill_conditioned, self, self)

    @property
    def varies(self) -> BoolArray:
        """(n, W) True where the standard deviation (ddof 1) is one."""
        return self.variance * self.length > STILL**2 * (self.length - 1)


def _sides(benchmark: FloatArray, rows: FloatArray, sessions: int) -> tuple[_Side, _Side, BoolArray]:
    """Take benchmark and funds where both are known; (n, W) or one for all: True where all of a window is."""
    market = np.atleast_2d(np.asarray(benchmark, dtype=np.float64))
    known = np.isfinite(rows) & np.isfinite(market)
    if known.all():
        # One row for all of the funds.
        return _Side(market, sessions), _Side(rows, sessions), _known_windows(rows, sessions)[1]
    filled, full = _known_windows(np.where(known, rows, np.nan), sessions)
    return _Side(np.where(known, market, 0.0), sessions), _Side(filled, sessions), full


def _covariance(market: _Side, fund: _Side) -> FloatArray:
    """Return (n, W) mean product around the two means of each window."""
    product = _sums(market.centred * fund.centred, fund.length) / fund.length
    product -= market.mean * fund.mean
    return _recompute(product, market.ill_conditioned | fund.ill_conditioned, market, fund)


def _recompute(values: FloatArray, ill_conditioned: BoolArray, one: _Side, other: _Side) -> FloatArray:
    """Recompute the values of ill-conditioned windows from the deviations around the window's own means."""
    row, column = np.nonzero(ill_conditioned)
    for block in row_blocks((row.size, one.length), CELLS):
        around = []
        for side in (one, other):
            windows = sliding_window_view(side.rows, side.length, axis=1)
            own = windows[row[block] if side.rows.shape[0] > 1 else 0, column[block]]
            around.append(own - own.mean(axis=1, keepdims=True))
        values[row[block], column[block]] = np.vecdot(around[0], around[1]) / one.length
    return values


def _divide_where(usable: NDArray[np.bool_], value: FloatArray, divisor: FloatArray) -> FloatArray:
    """Return the quotient, NaN where it is not usable."""
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(value, divisor, out=value)
    np.copyto(value, np.nan, where=~usable)
    return value
