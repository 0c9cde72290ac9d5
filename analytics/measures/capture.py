"""Rises and falls: the share of each that a fund took part in, by complete months."""

from __future__ import annotations

import numpy as np

from analytics.measures.registry import FEWEST, Every, Undefined, Unit, measure
from analytics.measures.sample import Sample
from analytics.panel import BoolArray, FloatArray

_FEW_UP = Undefined(
    f"fewer than {FEWEST[Every.MONTH]} complete months in which the benchmark rose",
    lambda sample: sample.on_side(up=True).sum(axis=1) < FEWEST[Every.MONTH],
)
_FEW_DOWN = Undefined(
    f"fewer than {FEWEST[Every.MONTH]} complete months in which the benchmark fell",
    lambda sample: sample.on_side(up=False).sum(axis=1) < FEWEST[Every.MONTH],
)


@measure(Unit.RATIO, undefined=[_FEW_UP], relative=True, every=Every.MONTH)
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


@measure(Unit.RATIO, undefined=[_FEW_DOWN], relative=True, every=Every.MONTH)
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
    wanted = sample.on_side(up=up)
    return np.asarray(_geometric_mean(sample.returns, wanted) / _geometric_mean(sample.against, wanted))


def _geometric_mean(rows: FloatArray, wanted: BoolArray) -> FloatArray:
    logs = np.where(wanted, np.log1p(rows), 0.0)
    return np.asarray(np.expm1(logs.sum(axis=1) / wanted.sum(axis=1)))
