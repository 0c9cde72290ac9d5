"""Measures on the window that ends on every session of many drawn paths, by running sums and joined runs.

A path has no holes and a window is a number of sessions, so that neither calendar nor gaps have to be minded;
what is no such measure is computed window by window (`analytics.watch.moving`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.measures.rolling import rolling_beta, rolling_correlation, rolling_sortino, rolling_volatility
from analytics.measures.sample import row_blocks
from analytics.panel import FloatArray

CELLS = 40_000
"""Levels that are joined to falls at once."""


@dataclass(frozen=True, eq=False)
class Setting:
    """What a measure is computed with.

    length : returns in a window
    years : of a window
    periods : sessions a year
    rate : risk-free rate and minimum acceptable return per session
    against : (P, T) returns of the benchmark, None for measures that need none
    """

    length: int
    years: float
    periods: int
    rate: float
    against: FloatArray | None = None

    @property
    def benchmark(self) -> FloatArray:
        """The returns of the benchmark; ValueError without one."""
        if self.against is None:
            raise ValueError("a relative measure needs a benchmark")
        return self.against


Running = Callable[[FloatArray, Setting], FloatArray]
"""Of returns (P, T) gives (P, T) values, NaN until the window is full."""


def growth(returns: FloatArray) -> FloatArray:
    """Return (P, T + 1) growth of 1."""
    levels = np.ones((returns.shape[0], returns.shape[1] + 1))
    np.cumprod(1.0 + returns, axis=1, out=levels[:, 1:])
    return levels


RUNNING: dict[str, Running] = {}
"""Measures with running sums, by name; the others are computed window by window."""


def _running(function: Running) -> Running:
    """Enter a function under the name of its measure."""
    RUNNING[function.__name__] = function
    return function


@_running
def sortino(returns: FloatArray, asked: Setting) -> FloatArray:
    """Return (P, T) over the window that ends on each session, NaN until it is full; so all of these."""
    return rolling_sortino(returns, asked.length, asked.rate, asked.periods)


@_running
def sharpe(returns: FloatArray, asked: Setting) -> FloatArray:
    """Divide the mean excess return by the volatility."""
    spread = rolling_volatility(returns, asked.length, asked.periods)
    return np.divide(_mean(returns - asked.rate, asked.length) * asked.periods, spread)


@_running
def volatility(returns: FloatArray, asked: Setting) -> FloatArray:
    """Annualise the standard deviation."""
    return rolling_volatility(returns, asked.length, asked.periods)


@_running
def total_return(returns: FloatArray, asked: Setting) -> FloatArray:
    """Divide the last level by the base."""
    levels = growth(returns)
    out = np.full(returns.shape, np.nan)
    np.divide(levels[:, asked.length :], levels[:, : -asked.length], out=out[:, asked.length - 1 :])
    return out - 1.0


@_running
def price_change(returns: FloatArray, asked: Setting) -> FloatArray:
    """Divide the last close by the base."""
    return total_return(returns, asked)


@_running
def cagr(returns: FloatArray, asked: Setting) -> FloatArray:
    """Take growth a year; none below one year."""
    grown = total_return(returns, asked)
    if asked.years < 1:
        return np.full(grown.shape, np.nan)
    return np.asarray((1.0 + grown) ** (1.0 / asked.years) - 1.0)


@_running
def drawdown(returns: FloatArray, asked: Setting) -> FloatArray:
    """Hold the last level against the highest one."""
    levels = growth(returns)
    out = np.full(returns.shape, np.nan)
    out[:, asked.length - 1 :] = levels[:, asked.length :] / _highs(levels, asked.length + 1) - 1.0
    return out


@_running
def max_drawdown(returns: FloatArray, asked: Setting) -> FloatArray:
    """Find the deepest fall."""
    levels, out = growth(returns), np.full(returns.shape, np.nan)
    for rows in row_blocks(levels.shape, CELLS):  # what is joined stays in a core's cache
        out[rows, asked.length - 1 :] = _falls(levels[rows], asked.length + 1)[2]
    return out


@_running
def calmar(returns: FloatArray, asked: Setting) -> FloatArray:
    """Divide growth a year by the deepest fall."""
    deepest = max_drawdown(returns, asked)
    fell = deepest < -1e-12
    ratio = np.divide(cagr(returns, asked), -deepest, out=np.full(deepest.shape, np.nan), where=fell)
    return np.asarray(ratio)


@_running
def correlation(returns: FloatArray, asked: Setting) -> FloatArray:
    """Correlate with the benchmark."""
    return rolling_correlation(returns, asked.benchmark, asked.length)


@_running
def beta(returns: FloatArray, asked: Setting) -> FloatArray:
    """Take the slope on the benchmark."""
    return rolling_beta(returns - asked.rate, asked.benchmark - asked.rate, asked.length)


def _mean(rows: FloatArray, length: int) -> FloatArray:
    sums = np.cumsum(rows, axis=1)
    out = np.full(rows.shape, np.nan)
    out[:, length - 1 :] = sums[:, length - 1 :]
    out[:, length:] -= sums[:, :-length]
    return out / length


def _highs(levels: FloatArray, length: int) -> FloatArray:
    """Return (P, T - length + 1) the highest of every run of levels: of two runs of 2^k that cover it."""
    run, size = levels, 1
    while 2 * size <= length:
        run = np.maximum(run[:, :-size], run[:, size:])
        size *= 2
    width = levels.shape[1] - length + 1
    return np.maximum(run[:, :width], run[:, length - size : length - size + width])


_Falls = tuple[FloatArray, FloatArray, FloatArray]
"""Of stretches of levels: the highest one, the lowest one, the deepest fall."""


def _join(one: _Falls, other: _Falls, apart: int) -> _Falls:
    """Lay behind each stretch the one that begins so many sessions after it."""
    highest, lowest, deepest = (each[:, apart:] for each in other)
    width = highest.shape[1]
    above, below, fallen = (each[:, :width] for each in one)
    across = np.minimum(lowest / above - 1.0, 0.0)
    return (
        np.maximum(above, highest),
        np.minimum(below, lowest),
        np.minimum(np.minimum(fallen, deepest), across),
    )


def _falls(levels: FloatArray, length: int) -> _Falls:
    """Return (P, T - length + 1) of every run of so many levels, put together from runs of 1, 2, 4, ..."""
    run: _Falls = (levels, levels, np.zeros(levels.shape))
    found: _Falls | None = None
    done, size = 0, 1
    while size <= length:
        if length & size:
            found = run if found is None else _join(found, run, done)
            done += size
        if 2 * size <= length:
            run = _join(run, run, size)
        size *= 2
    assert found is not None, "a run has one level or more"
    return found
