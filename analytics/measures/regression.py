"""Against what: the line of a fund's returns on the benchmark's, and its share of the benchmark's moves."""

from __future__ import annotations

import numpy as np

from analytics.measures.number import Unit, Words
from analytics.measures.registry import FEW_PAIRS, FEWEST, FLAT_BENCHMARK, NO_RATE, Every, Undefined, measure
from analytics.measures.sample import PERIODS, Sample
from analytics.measures.steps import (
    MEAN_EXCESS,
    MONTHS_OVER,
    PAIRS,
    PERIODS_A_YEAR,
    Steps,
    count,
    fraction,
    ratio,
    square,
)
from analytics.panel import BoolArray, FloatArray

_NEVER_UP = Undefined(
    "fewer than {minimum} {returns} in which the benchmark rose",
    lambda sample: _side_count_and_deviation(sample, up=True)[0] < max(sample.minimum, 2),
)
_NEVER_DOWN = Undefined(
    "fewer than {minimum} {returns} in which the benchmark fell",
    lambda sample: _side_count_and_deviation(sample, up=False)[0] < max(sample.minimum, 2),
)
_FLAT_UP = Undefined(
    "the benchmark's {returns} do not vary where it rose",
    lambda sample: ~(_side_count_and_deviation(sample, up=True)[1] > 1e-12),
)
_FLAT_DOWN = Undefined(
    "the benchmark's {returns} do not vary where it fell",
    lambda sample: ~(_side_count_and_deviation(sample, up=False)[1] > 1e-12),
)
_LINE = (
    PAIRS,
    square("covariance with the benchmark", lambda one: one.to_unbiased(one.product_against)),
    square("variance of the benchmark", lambda one: one.to_unbiased(one.variance_against)),
)


def _side_steps(*, up: bool) -> tuple[Steps, ...]:
    """Return what `_LINE` has, of the returns alone in which the benchmark rose, or fell."""

    def of_sample(moment: FloatArray, one: Sample) -> FloatArray:
        chosen = np.count_nonzero(one.on_side(up=up), axis=1)
        return moment * one.length / np.where(chosen > 1, chosen - 1.0, np.nan)

    return (
        PAIRS,
        count(
            f"returns in which the benchmark {'rose' if up else 'fell'}",
            lambda one: np.count_nonzero(one.on_side(up=up), axis=1),
        ),
        square("covariance with the benchmark in them", lambda one: of_sample(_moments(one, up=up)[0], one)),
        square("variance of the benchmark in them", lambda one: of_sample(_moments(one, up=up)[1], one)),
    )


@measure(
    Unit.RATIO,
    Words(
        names=("beta",),
        formula="slope of the fund's excess return on the benchmark's: "
        "covariance / variance of the benchmark",
        meaning="how much a fund moves when the benchmark moves by one",
        tickers=frozenset({"beta"}),
    ),
    undefined=[FEW_PAIRS, NO_RATE, FLAT_BENCHMARK],
    steps=_LINE,
    relative=True,
    periodic=True,
    rate=True,
    rolls="1y",
)
def beta(sample: Sample) -> FloatArray:
    """Return how much the fund moves when the benchmark moves by one.

    Slope of the least-squares line of the fund's excess returns on the benchmark's:
    cov(ra - rf, rb - rf) / var(rb - rf).

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio.  What is missing on either side is left out on both; the returns across it count as one.
    NaN where the benchmark does not vary.

    References
    ----------
    Sharpe 1964; Jensen 1968.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(beta(five())[0]), 6)
    0.944444
    """
    return sample.slope


@measure(
    Unit.RATIO,
    Words(
        names=("up beta", "upside beta"),
        formula="covariance / variance of the benchmark, of the daily excess returns in which it rose",
        meaning="how much a fund moves with the benchmark where that rises",
    ),
    undefined=[_NEVER_UP, NO_RATE, _FLAT_UP],
    steps=_side_steps(up=True),
    relative=True,
    periodic=True,
    rate=True,
)
def beta_up(sample: Sample) -> FloatArray:
    """Return how much the fund moves with the benchmark when that rises (up beta).

    `beta` over the sessions alone in which the benchmark rose: the slope of the line through those points,
    with an intercept of its own.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio.  NaN where the benchmark rose in fewer sessions than `sample.minimum`.

    References
    ----------
    Ang, Chen and Xing 2006, Downside risk (there the sessions above the benchmark's mean).

    Examples
    --------
    It rose by 2, 1 and 1 %, the fund by 1, 3 and 1 %:

    >>> from analytics.measures.examples import five
    >>> round(float(beta_up(five())[0]), 6)
    -1.0
    """
    return _slope(sample, up=True)


@measure(
    Unit.RATIO,
    Words(
        names=("down beta", "downside beta"),
        formula="covariance / variance of the benchmark, of the daily excess returns in which it fell",
        meaning="how much a fund moves with the benchmark where that falls",
    ),
    undefined=[_NEVER_DOWN, NO_RATE, _FLAT_DOWN],
    steps=_side_steps(up=False),
    relative=True,
    periodic=True,
    rate=True,
)
def beta_down(sample: Sample) -> FloatArray:
    """Return how much the fund moves with the benchmark when that falls (down beta).

    `beta` over the sessions alone in which the benchmark fell: the slope of the line through those points,
    with an intercept of its own.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio.  NaN where the benchmark fell in fewer sessions than `sample.minimum`.

    References
    ----------
    Ang, Chen and Xing 2006, Downside risk (there the sessions below the benchmark's mean).

    Examples
    --------
    The benchmark falls by 1, 2 and 3 %, the fund by half of it:

    >>> from analytics.measures.examples import from_returns
    >>> round(float(beta_down(from_returns([-0.005, 0.01, -0.01, -0.015], [-0.01, 0.0, -0.02, -0.03]))[0]), 6)
    0.5
    """
    return _slope(sample, up=False)


@measure(
    Unit.FRACTION,
    Words(
        names=("alpha", "jensen alpha", "jensens alpha"),
        formula=f"(mean excess return - beta × mean excess return of the benchmark) × {PERIODS}",
        meaning="the yearly return that the moves of the benchmark do not explain",
        tickers=frozenset({"alpha"}),
    ),
    undefined=[FEW_PAIRS, NO_RATE, FLAT_BENCHMARK],
    steps=[
        *_LINE,
        ratio("beta", lambda one: FLAT_BENCHMARK.guard(one, one.slope)),
        MEAN_EXCESS,
        fraction("mean excess return of the benchmark a {day}", lambda one: one.mean_against),
        PERIODS_A_YEAR,
    ],
    relative=True,
    periodic=True,
    rate=True,
    small=True,
    annualised=True,
)
def alpha(sample: Sample) -> FloatArray:
    """Return the annual return that the benchmark's moves do not explain (Jensen's alpha).

    (mean(ra - rf) - beta * mean(rb - rf)) * 252, the intercept of the line of `beta`.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) fraction a year, negative = less than the benchmark's moves would have given.

    References
    ----------
    Jensen 1968.  Annualised by the sum, not by compounding.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> round(float(alpha(five())[0]), 6)
    0.56
    """
    explained = sample.slope * sample.mean_against
    return np.asarray((sample.mean_excess - explained) * sample.periods)


def _slope(sample: Sample, *, up: bool) -> FloatArray:
    product, squares = _moments(sample, up=up)
    return np.asarray(product / squares)


def _moments(sample: Sample, *, up: bool) -> tuple[FloatArray, FloatArray]:
    """Return (N,) mean product and mean square of what is chosen, over all sessions."""
    chosen = sample.on_side(up=up)
    around, moved = _centre_rows(sample.excess_against, chosen), _centre_rows(sample.excess, chosen)
    return sample.mean_product(around, moved), sample.mean_square(around)


def _side_count_and_deviation(sample: Sample, *, up: bool) -> tuple[FloatArray, FloatArray]:
    """Return (N,) on how many sessions the benchmark rose, or fell, and the deviation of its returns on
    them.
    """
    chosen = sample.on_side(up=up)
    count = chosen.sum(axis=1).astype(np.float64)
    squares = _centre_rows(sample.excess_against, chosen) ** 2
    return count, np.sqrt(squares.sum(axis=1) / np.maximum(count - 1.0, 1.0))


def _centre_rows(rows: FloatArray, chosen: BoolArray) -> FloatArray:
    """Return (N, T) what is chosen less its mean in the row, 0 elsewhere."""
    count = np.maximum(chosen.sum(axis=1), 1)
    mean = np.where(chosen, rows, 0.0).sum(axis=1) / count
    return np.where(chosen, rows - mean[:, None], 0.0)


_FEW_UP = Undefined(
    f"fewer than {FEWEST[Every.MONTH]} complete months in which the benchmark rose",
    lambda sample: sample.on_side(up=True).sum(axis=1) < FEWEST[Every.MONTH],
)
_FEW_DOWN = Undefined(
    f"fewer than {FEWEST[Every.MONTH]} complete months in which the benchmark fell",
    lambda sample: sample.on_side(up=False).sum(axis=1) < FEWEST[Every.MONTH],
)


def _steps(*, up: bool) -> tuple[Steps, ...]:
    return (
        MONTHS_OVER,
        count(
            f"months in which the benchmark {'rose' if up else 'fell'}",
            lambda one: np.count_nonzero(one.on_side(up=up), axis=1),
        ),
        fraction("mean return a month in them", lambda one: _own_mean_return(one, up=up)),
        fraction("that of the benchmark", lambda one: _benchmark_mean_return(one, up=up)),
    )


@measure(
    Unit.RATIO,
    Words(
        names=("up capture", "upside capture", "capture up", "up capture ratio", "upcapture"),
        formula="geometric mean of the fund / of the benchmark, over the benchmark's rising months",
        meaning="the share of the benchmark's rises that a fund took part in",
        label="upside capture",
        heading="Capture up",
    ),
    undefined=[_FEW_UP],
    steps=_steps(up=True),
    relative=True,
    every=Every.MONTH,
    in_percent=True,
)
def capture_up(sample: Sample) -> FloatArray:
    """Return the share of the benchmark's rises that the fund took part in.

    Geometric mean of the fund's returns / that of the benchmark's, over the complete months in which the
    benchmark rose.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio, 1.05 = 105 % of the rises.  NaN below three such months.

    References
    ----------
    Morningstar, Upside and downside capture ratio (monthly returns).

    Examples
    --------
    >>> from analytics.measures.examples import from_returns
    >>> twice = from_returns([0.002] * 120, [0.001] * 120)
    >>> round(float(capture_up(twice)[0]), 2)
    2.02
    """
    return _capture(sample, up=True)


@measure(
    Unit.RATIO,
    Words(
        names=("down capture", "downside capture", "capture down", "down capture ratio", "downcapture"),
        formula="geometric mean of the fund / of the benchmark, over the benchmark's falling months",
        meaning="the share of the benchmark's falls that a fund took part in",
        label="downside capture",
        heading="Capture down",
    ),
    undefined=[_FEW_DOWN],
    steps=_steps(up=False),
    relative=True,
    every=Every.MONTH,
    in_percent=True,
)
def capture_down(sample: Sample) -> FloatArray:
    """Return the share of the benchmark's falls that the fund took part in.

    Geometric mean of the fund's returns / that of the benchmark's, over the complete months in which the
    benchmark fell.

    Parameters
    ----------
    sample : N symbols on one span with a benchmark

    Returns
    -------
    (N,) ratio, 0.95 = 95 % of the falls.  NaN below three such months.

    References
    ----------
    Morningstar, Upside and downside capture ratio (monthly returns).

    Examples
    --------
    >>> from analytics.measures.examples import from_returns
    >>> half = from_returns([-0.001] * 120, [-0.002] * 120)
    >>> round(float(capture_down(half)[0]), 2)
    0.51
    """
    return _capture(sample, up=False)


def _capture(sample: Sample, *, up: bool) -> FloatArray:
    return np.asarray(_own_mean_return(sample, up=up) / _benchmark_mean_return(sample, up=up))


def _own_mean_return(sample: Sample, *, up: bool) -> FloatArray:
    return _geometric_mean(sample.returns, sample.on_side(up=up))


def _benchmark_mean_return(sample: Sample, *, up: bool) -> FloatArray:
    return _geometric_mean(sample.against, sample.on_side(up=up))


def _geometric_mean(rows: FloatArray, wanted: BoolArray) -> FloatArray:
    logs = np.where(wanted, np.log1p(rows), 0.0)
    return np.asarray(np.expm1(logs.sum(axis=1) / wanted.sum(axis=1)))
