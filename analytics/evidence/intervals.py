"""What the measures of funds may be on other drawings of the same world: the stationary bootstrap.

The sessions that the funds share are drawn again in blocks, all funds together, so that what they have in
common and what a day has to do with the next stays in the drawing.  No path is followed session by session,
a block is one step: its sums are differences of running sums, and how it falls stands in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analytics.measures.number import Interval, Number
from analytics.measures.sample import DAYS_A_YEAR, HEAP, WEEKS, Sample
from analytics.panel import FloatArray

RESAMPLES = 8000
"""From seed to seed the end of a year's interval moves by 0.12 points of return; with 2,000 by 0.25."""
BLOCK = 10
"""Mean length of a block in sessions: on worlds made of a real decade 95 % intervals then hold 96 %."""
WEEKLY_BLOCK = 2
"""The same in weeks."""
LEVEL = 0.95
CHUNK = 16
"""Resamples drawn at once.  Another number draws other blocks."""
TOGETHER = 32 * CHUNK
"""Resamples worked out at once: few calls, and what they need stays in a core's cache."""
PIECE = 30
"""Sessions of a block that are one step of a path; longer blocks, one in twenty of 10, take several."""
_STILL = 1e-12
"""A standard deviation, or a fall, at or below this is none: as in `analytics.measures.registry`."""
_NO_DOWNSIDE = 1e-9

_Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Resampled:
    """The measures of F funds on R resamples, each (F, R); NaN where a resample leaves one undefined.

    growth : fraction a year; of a span below one year the total return
    sharpe, sortino : annualised ratios
    max_drawdown : fraction, 0 or negative
    calmar : ratio of the two, of annual growth only
    """

    growth: FloatArray
    sharpe: FloatArray
    sortino: FloatArray
    max_drawdown: FloatArray
    calmar: FloatArray


@dataclass(frozen=True)
class Gap:
    """A measure of one fund less that of another.

    value : in the measure's unit, positive where the first fund's is higher
    interval : 95 %, of the gap
    error : standard deviation of the gap over the resamples
    ahead : share of the resamples in which the first fund's is higher; no probability that it is
    """

    value: Number
    interval: Interval
    error: Number
    ahead: Number


def seed_of(start: date, end: date) -> tuple[int, int]:
    """Return what all drawings over a span begin with: the same question gives the same answer.

    The funds are no part of it, so that a pair has the same interval whoever else is compared.

    >>> seed_of(date(2023, 1, 13), date(2026, 1, 16))
    (738533, 739632)
    """
    return start.toordinal(), end.toordinal()


def annual_exponent(sample: Sample) -> float:
    """Return the power that turns growth over a sample into that of a year; 1 below one year.

    >>> from analytics.measures.examples import path
    >>> annual_exponent(path([100, 90, 108], days=365)), annual_exponent(path([100, 90, 108], days=90))
    (1.0006849315068493, 1.0)
    """
    if sample.years:
        return 1.0 / sample.years
    return DAYS_A_YEAR / sample.days if sample.days >= 365 else 1.0


def resample(
    sample: Sample, seed: Sequence[int], *, count: int = RESAMPLES, block: float = BLOCK
) -> Resampled:
    """Compute the measures of F funds on sessions drawn again (stationary bootstrap).

    A resample has as many sessions as the sample.  From each drawn session on, the ones that follow it are
    taken, round the end to the beginning, and with probability 1 / block another one is drawn instead.

    Parameters
    ----------
    sample : F funds, T returns without gaps, T at least 2
    seed : whole numbers, see `seed_of`
    count : R, resamples
    block : mean length of a block in returns, at least 1

    Returns
    -------
    Resampled, each (F, R).

    References
    ----------
    Politis and Romano 1994, The Stationary Bootstrap.

    Examples
    --------
    What never moves has no ratio, and one growth:

    >>> from analytics.measures.examples import from_returns
    >>> still = resample(from_returns([0.01] * 5, [0.0] * 5), [1], count=3)
    >>> still.growth.round(6).tolist(), still.sharpe.tolist()
    ([[0.05101, 0.05101, 0.05101]], [[nan, nan, nan]])
    """
    rng = np.random.default_rng(seed)
    funds, length = sample.returns.shape
    if not length:
        return Resampled(*np.full((5, funds, count), np.nan))
    logs = _twice(np.log1p(sample.returns))
    centre = sample.mean_excess
    apart = _twice(sample.excess - centre[:, None])
    sums = np.stack([_running(each) for each in (logs, apart, apart**2, _twice(sample.shortfall) ** 2)])
    pieces = _Pieces.of(logs)
    found, deepest = np.empty((4, funds, count)), np.empty((funds, count))
    for at in _chunks(range(count), TOGETHER):
        drawn = _join([_draw(rng, length, len(each), block) for each in _chunks(at, CHUNK)])
        found[:, :, at.start : at.stop] = drawn.add(sums)
        deepest[:, at.start : at.stop] = pieces.deepest(drawn)
    return _measures(sample, centre, found, deepest)


def find_gap(value: Number, one: FloatArray, other: FloatArray, *, method: str) -> Gap:
    """Put a gap together from its value and the resamples (R,) of the two measures.

    The interval is that of the percentiles.  It is not defined where the value, or one of the resamples, is
    not.

    Examples
    --------
    >>> gap = find_gap(Number(0.5), np.arange(5.0), np.ones(5), method="by hand")
    >>> round(gap.interval.low, 4), gap.interval.high, round(gap.error.value, 4), gap.ahead.value
    (-0.9, 2.9, 1.5811, 0.6)
    """
    gaps = one - other
    reason = value.reason or "not defined on every resample"
    if value.value is None or not np.isfinite(gaps).all():
        nothing = Interval.of(np.nan, np.nan, level=LEVEL, method=method, reason=reason)
        return Gap(value, nothing, Number(None, reason), Number(None, reason))
    low, high = np.quantile(gaps, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    interval = Interval.of(low, high, level=LEVEL, method=method)
    ahead = float(np.count_nonzero(gaps > 0) / gaps.size)
    return Gap(value, interval, Number.of(float(gaps.std(ddof=1))), Number(ahead))


def block_of(sample: Sample) -> int:
    """Return the mean length of a block in a sample's returns: two weeks, of days or of weeks."""
    return WEEKLY_BLOCK if sample.periods == WEEKS else BLOCK


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Some resamples laid end to end: K blocks, where each begins in the line, and in the sample.

    firsts : (R,) the first block of each resample
    size : sessions in the line
    """

    begins: _Ints
    starts: _Ints
    firsts: _Ints
    size: int

    def lengths(self) -> _Ints:
        """Return (K,) sessions of each block."""
        return np.diff(self.begins, append=self.size)

    def add(self, sums: FloatArray) -> FloatArray:
        """Return (..., R) sums over each resample from running sums (..., 2 T + 1)."""
        blocks = sums[..., self.starts + self.lengths()] - sums[..., self.starts]
        return np.asarray(np.add.reduceat(blocks, self.firsts, axis=-1))

    def cut(self, most: int) -> tuple[_Ints, _Ints]:
        """Return (R, B) where the pieces of each resample begin and how long they are, none over `most`.

        B is that of the resample with the most; behind the last piece of another come some of no length.
        """
        lengths = self.lengths()
        pieces = -(-lengths // most)
        ends = np.cumsum(pieces)
        begun = most * (np.arange(ends[-1]) - np.repeat(ends - pieces, pieces))
        counts = np.diff((ends - pieces)[self.firsts], append=ends[-1])
        within = np.arange(counts.max()) < counts[:, None]
        cut = np.zeros((2, *within.shape), dtype=np.intp)
        cut[0, within] = np.repeat(self.starts, pieces) + begun
        cut[1, within] = np.minimum(np.repeat(lengths, pieces) - begun, most)
        return cut[0], cut[1]

    def sessions(self) -> _Ints:
        """Return (R, T) the sessions drawn, in a sample that is laid end to end with itself."""
        line = np.repeat(self.starts - self.begins, self.lengths()) + np.arange(self.size)
        return line.reshape(self.firsts.size, -1)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """How funds fare over all pieces of up to so many sessions, in logarithms from where a piece begins.

    change, lowest, highest, fall : (F, (most + 1) T), a row of T for each length, from none on; no session is
        the lowest or the highest of no length
    """

    length: int
    most: int
    change: FloatArray
    lowest: FloatArray
    highest: FloatArray
    fall: FloatArray

    @classmethod
    def of(cls, logs: FloatArray) -> _Pieces:
        """Work out the pieces of F funds from their logarithms, laid end to end with themselves (F, 2 T)."""
        funds, length = logs.shape[0], logs.shape[1] // 2
        most = min(PIECE, length)
        now = np.zeros((4, funds, length))
        now[1], now[2] = np.inf, -np.inf
        found = np.empty((most + 1, *now.shape))
        found[0] = now
        change, lowest, highest, fall = now
        for session in range(most):
            change += logs[:, session : session + length]
            np.minimum(lowest, change, out=lowest)
            np.maximum(highest, change, out=highest)
            np.minimum(fall, change - np.maximum(highest, 0.0), out=fall)
            found[session + 1] = now
        return cls(length, most, *found.transpose(1, 2, 0, 3).reshape(4, funds, -1))

    def deepest(self, drawn: _Drawn) -> FloatArray:
        """Return (F, R) the deepest fall of each resample, fraction; the start counts as a high."""
        starts, lengths = drawn.cut(self.most)
        piece = lengths * self.length + starts % self.length
        return np.stack([self._deepest(fund, piece) for fund in range(len(self.change))])

    def _deepest(self, fund: int, piece: _Ints) -> FloatArray:
        """Return (R,) the deepest fall of one fund: within a piece, or from a high before it."""
        begin = np.zeros((piece.shape[0], piece.shape[1] + 1))
        np.cumsum(self.change[fund].take(piece), axis=1, out=begin[:, 1:])
        high = np.zeros_like(begin)
        np.add(begin[:, :-1], self.highest[fund].take(piece), out=high[:, 1:])
        np.maximum.accumulate(high, axis=1, out=high)
        since = begin[:, :-1] + self.lowest[fund].take(piece) - high[:, :-1]
        within = self.fall[fund].take(piece)
        return np.asarray(np.expm1(np.minimum(since.min(axis=1), within.min(axis=1))))


def draw_sessions(length: int, seed: Sequence[int], *, count: int, steps: int, block: float) -> _Ints:
    """Draw paths of sessions by the stationary bootstrap, of any length.

    Parameters
    ----------
    length : T, sessions to draw from
    seed : whole numbers, see `seed_of`
    count, steps : paths, and the sessions of each
    block : mean length of a block in sessions, at least 1

    Returns
    -------
    (count, steps) numbers of sessions, each from 0 to T - 1.

    Examples
    --------
    One block leads on from where it begins, round the end:

    >>> draw_sessions(5, [1], count=1, steps=7, block=1e9).tolist()
    [[1, 2, 3, 4, 0, 1, 2]]
    """
    drawn = _draw(np.random.default_rng(seed), length, count, block, steps)
    return np.asarray(drawn.sessions() % length)


def _draw(
    rng: np.random.Generator, length: int, count: int, block: float, steps: int | None = None
) -> _Drawn:
    """Draw resamples of so many sessions, the sample's or `steps`; each begins with a block of its own."""
    steps = steps or length
    begin = rng.random(count * steps) < 1.0 / block
    begin[::steps] = True
    begins = np.flatnonzero(begin)
    starts = rng.integers(length, size=begins.size)
    return _Drawn(begins, starts, np.searchsorted(begins, np.arange(count) * steps), count * steps)


def _join(drawn: Sequence[_Drawn]) -> _Drawn:
    """Lay the lines of several draws end to end."""
    sessions = np.cumsum([0, *(each.size for each in drawn)])
    blocks = np.cumsum([0, *(each.begins.size for each in drawn)])
    return _Drawn(
        np.concatenate([each.begins + before for each, before in zip(drawn, sessions, strict=False)]),
        np.concatenate([each.starts for each in drawn]),
        np.concatenate([each.firsts + before for each, before in zip(drawn, blocks, strict=False)]),
        int(sessions[-1]),
    )


def _measures(sample: Sample, centre: FloatArray, found: FloatArray, deepest: FloatArray) -> Resampled:
    """Turn sums of logarithms, of what is apart from the mean, of its squares and of squared shortfalls."""
    length = sample.length
    logs, apart, squares, short = found
    mean = centre[:, None] + apart / length
    spread = np.sqrt(np.maximum(squares - apart**2 / length, 0.0) / max(length - 1, 1))
    downside = np.sqrt(np.maximum(short, 0.0) / length)
    growth = np.expm1(annual_exponent(sample) * logs)
    return Resampled(
        growth=growth,
        sharpe=sample.a_year(_ratio(mean, spread, _STILL)),
        sortino=sample.a_year(_ratio(mean, downside, _NO_DOWNSIDE)),
        max_drawdown=deepest,
        calmar=_ratio(growth, -deepest, _STILL),
    )


def _ratio(above: FloatArray, below: FloatArray, least: float) -> FloatArray:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > least))


def _twice(rows: FloatArray) -> FloatArray:
    """Return rows (F, T) with themselves behind them: a block then runs round the end without a step."""
    return np.concatenate([rows, rows], axis=1)


def _running(rows: FloatArray) -> FloatArray:
    """Return (F, T + 1) running sums of rows (F, T), 0 first."""
    return np.concatenate([np.zeros((rows.shape[0], 1)), np.cumsum(rows, axis=1)], axis=1)


def _chunks(numbers: range, size: int) -> Iterator[range]:
    """Yield ranges of so many numbers."""
    np.empty(HEAP)  # teaches the allocator to keep what a chunk frees: see `sample.row_blocks`
    yield from (numbers[at : at + size] for at in range(0, len(numbers), size))
