"""Rises and falls: the share of each that a fund took part in, by complete months."""

from __future__ import annotations

import numpy as np

from analytics.measures.described import Unit, Words
from analytics.measures.registry import FEWEST, Every, Undefined, measure
from analytics.measures.sample import Sample
from analytics.measures.steps import MONTHS_OVER, Steps, count, fraction
from analytics.panel import BoolArray, FloatArray

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
        fraction("mean return a month in them", lambda one: _own(one, up=up)),
        fraction("that of the benchmark", lambda one: _theirs(one, up=up)),
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
    """The share of the benchmark's rises that the fund took part in.

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
    """The share of the benchmark's falls that the fund took part in.

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
    return np.asarray(_own(sample, up=up) / _theirs(sample, up=up))


def _own(sample: Sample, *, up: bool) -> FloatArray:
    return _geometric_mean(sample.returns, sample.on_side(up=up))


def _theirs(sample: Sample, *, up: bool) -> FloatArray:
    return _geometric_mean(sample.against, sample.on_side(up=up))


def _geometric_mean(rows: FloatArray, wanted: BoolArray) -> FloatArray:
    logs = np.where(wanted, np.log1p(rows), 0.0)
    return np.asarray(np.expm1(logs.sum(axis=1) / wanted.sum(axis=1)))
