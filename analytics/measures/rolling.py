"""Measures over a window that moves with the sessions, for thousands of symbols at once.

Running sums: each step adds the newest session and drops the oldest one.
"""

from __future__ import annotations

import math

import numpy as np

from analytics.measures.sample import BLOCK, PERIODS, row_blocks
from analytics.panel import BoolArray, FloatArray

CELLS = BLOCK // 2
"""Running sums hold more intermediates at once than other measures, so their blocks are smaller."""

FLOOR = 1e-9
"""A downside deviation below this is rounding left over by the running sums, not a shortfall."""

STILL = 1e-12
"""Returns that differ by less do not differ."""


def rolling_sortino(
    returns: FloatArray, sessions: int = 252, rate: FloatArray | float = 0.0, periods: int = PERIODS
) -> FloatArray:
    """The Sortino ratio of the last `sessions` returns, at every session.

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
    As `ratios.sortino`.  The running sum of squares is clamped at 0: after a crash has left the window,
    cancellation would otherwise leave a tiny downside deviation and an absurd ratio.

    Examples
    --------
    >>> five = np.array([[0.01, -0.02, 0.03, 0.0, 0.01]])
    >>> rolling_sortino(five, sessions=5).round(6).tolist()
    [[nan, nan, nan, nan, 10.648944]]
    """
    out = np.full(returns.shape, np.nan)
    for rows in row_blocks(returns.shape, CELLS):
        excess = returns[rows] - rate
        out[rows, sessions - 1 :] = _sortino(excess, sessions, periods)
    return out


def rolling_correlation(returns: FloatArray, benchmark: FloatArray, sessions: int = 252) -> FloatArray:
    """Pearson correlation with the benchmark over the last `sessions` returns, at every session.

    Parameters
    ----------
    returns : (N, T) simple returns per session, fraction; NaN where missing
    benchmark : (T,) likewise
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
    out = np.full(returns.shape, np.nan)
    for rows in row_blocks(returns.shape, CELLS):
        known = np.isfinite(returns[rows]) & np.isfinite(benchmark)
        x, y = np.where(known, benchmark, np.nan), np.where(known, returns[rows], np.nan)
        out[rows, sessions - 1 :] = _correlation(x, y, sessions)
    return out


def _sortino(excess: FloatArray, sessions: int, periods: int) -> FloatArray:
    known = np.isfinite(excess)
    filled = np.where(known, excess, 0.0)
    short = np.minimum(filled, 0.0)
    downside = np.sqrt(np.maximum(_moving_sum(short * short, sessions), 0.0) / sessions)
    mean = _moving_sum(filled, sessions) / sessions
    usable = _full(known, sessions) & (downside > FLOOR)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(usable, mean / downside * math.sqrt(periods), np.nan)


def _correlation(x: FloatArray, y: FloatArray, sessions: int) -> FloatArray:
    known = np.isfinite(x)
    # Taking the overall mean away first keeps the running sums small, so that little is lost to cancellation.
    dx, dy = (np.where(known, side - _mean(side, known), 0.0) for side in (x, y))
    sx, sy, sxx, syy, sxy = (
        _moving_sum(part, sessions) / sessions for part in (dx, dy, dx * dx, dy * dy, dx * dy)
    )
    spread = np.sqrt(np.maximum(sxx - sx * sx, 0.0) * np.maximum(syy - sy * sy, 0.0))
    usable = _full(known, sessions) & _moves(x, sessions) & _moves(y, sessions)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(usable, np.clip((sxy - sx * sy) / spread, -1.0, 1.0), np.nan)


def _moves(side: FloatArray, length: int) -> BoolArray:
    """(N, T - length + 1) True where the values of a run differ.

    Neighbours are compared: what rounding leaves in the running sums looks like a spread where there is none.
    """
    steps = np.abs(np.diff(side, axis=1)) > STILL
    return np.asarray(_moving_sum(steps.astype(np.float64), length - 1) > 0.5)


def _mean(side: FloatArray, known: BoolArray) -> FloatArray:
    return np.asarray(np.where(known, side, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))[:, None]


def _moving_sum(rows: FloatArray, length: int) -> FloatArray:
    """(N, T - length + 1) sums of each run of `length` columns."""
    total = np.concatenate([np.zeros((rows.shape[0], 1)), np.cumsum(rows, axis=1)], axis=1)
    return np.asarray(total[:, length:] - total[:, : max(total.shape[1] - length, 0)])


def _full(known: BoolArray, length: int) -> BoolArray:
    """(N, T - length + 1) True where all of a run is known."""
    if known.all():
        return np.ones((known.shape[0], max(known.shape[1] - length + 1, 0)), dtype=bool)
    return np.asarray(_moving_sum(known.astype(np.float64), length) > length - 0.5)
