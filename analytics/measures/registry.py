"""The table of measures: every number has one function, one unit, and the reasons why it may be undefined.

    @measure(Unit.RATIO, undefined=[TOO_FEW, FLAT])
    def sharpe(sample): ...

puts `sharpe` into `MEASURES` and makes it return NaN wherever one of its conditions holds; `evaluate` turns
a sample into numbers with reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps

import numpy as np

from analytics.measures.sample import WEEKS, BoolArray, Sample
from analytics.number import Number
from analytics.panel import FloatArray

Compute = Callable[[Sample], FloatArray]


class Unit(StrEnum):
    """FRACTION: 0.01 = 1 %; differences are percentage points.  RATIO: a plain number."""

    FRACTION = "fraction"
    RATIO = "ratio"


@dataclass(frozen=True, eq=False)
class Undefined:
    """A condition under which a measure has no value, and the words for it.

    reason : {minimum} stands for the sample's fewest returns, {returns} for the kind of them
    """

    reason: str
    test: Callable[[Sample], BoolArray]

    def holds(self, sample: Sample) -> BoolArray:
        """(N,) True where there is no value; several measures ask, the sample is tested once."""
        if self not in sample.tested:
            mask = self.test(sample)
            sample.tested[self] = mask, bool(mask.any())
        return sample.tested[self][0]

    def words(self, sample: Sample) -> str:
        """The reason, said of this sample."""
        returns = "weekly returns" if sample.periods == WEEKS else "returns"
        return self.reason.format(minimum=sample.minimum, returns=returns)

    def guard(self, sample: Sample, value: FloatArray) -> FloatArray:
        """(N,) the value, NaN where the condition holds."""
        mask = self.holds(sample)
        return np.where(mask, np.nan, value) if sample.tested[self][1] else value


@dataclass(frozen=True)
class Measure:
    """One row of the table.

    relative : needs a benchmark
    periodic : is one of returns, daily or weekly as the question wants; the others describe levels (growth,
        falls) or have a period of their own (weeks, months)
    """

    name: str
    unit: Unit
    compute: Compute
    undefined: tuple[Undefined, ...]
    relative: bool
    periodic: bool = False


MEASURES: dict[str, Measure] = {}


def measure(
    unit: Unit, *, undefined: Sequence[Undefined] = (), relative: bool = False, periodic: bool = False
) -> Callable[[Compute], Compute]:
    """Enter a function into the table and guard it with its conditions."""

    def enter(function: Compute) -> Compute:
        conditions = tuple(undefined)

        @wraps(function)
        def guarded(sample: Sample) -> FloatArray:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                value = function(sample)
            for condition in conditions:
                value = condition.guard(sample, value)
            return value

        name = function.__name__
        MEASURES[name] = Measure(name, unit, guarded, conditions, relative, periodic)
        return guarded

    return enter


def table(names: Iterable[str], sample: Sample) -> dict[str, FloatArray]:
    """Values by measure, computed in blocks of symbols that fit a core's cache.

    Parameters
    ----------
    names : of measures, in the order wanted
    sample : N symbols on one span, with a benchmark where a relative measure is among the names

    Returns
    -------
    (N,) by name, NaN where undefined.

    Raises
    ------
    KeyError
        A name that is not in `MEASURES`.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> {name: column.round(4).tolist() for name, column in table(["beta", "omega"], five()).items()}
    {'beta': [0.9444], 'omega': [2.5]}
    """
    wanted = {name: MEASURES[name].compute for name in names}
    parts = [[compute(block) for compute in wanted.values()] for block in sample.blocks()]
    return {
        name: np.concatenate(column) for name, column in zip(wanted, zip(*parts, strict=True), strict=True)
    }


def evaluate(names: Iterable[str], sample: Sample) -> tuple[Mapping[str, Number], ...]:
    """Numbers with reasons: what `table` gives, for people.

    Parameters
    ----------
    names : of measures, in the order wanted
    sample : N symbols on one span, with a benchmark where a relative measure is among the names

    Returns
    -------
    For each of the N symbols the numbers by name.  Where several conditions make one undefined, the first of
    its conditions gives the reason.

    Examples
    --------
    >>> from analytics.measures.examples import five
    >>> evaluate(["cagr"], five())[0]["cagr"].reason
    'not annualised below one year'
    """
    values = table(names, sample)
    return tuple(
        {name: Number.of(column[row], _reason(name, sample, row)) for name, column in values.items()}
        for row in range(sample.levels.shape[0])
    )


def _reason(name: str, sample: Sample, row: int) -> str | None:
    for condition in MEASURES[name].undefined:
        if condition.holds(sample)[row]:
            return condition.words(sample)
    return None


NO_ENDS = Undefined(
    "no price at the start or the end of the window",
    lambda sample: np.isnan(sample.levels[:, 0]) | np.isnan(sample.levels[:, -1]),
)
TOO_FEW = Undefined("fewer than {minimum} {returns}", lambda sample: sample.count < sample.minimum)
FLAT = Undefined("the {returns} do not vary", lambda sample: ~(sample.sd_excess > 1e-12))
NO_DOWNSIDE = Undefined("no return below the target", lambda sample: ~(sample.downside > 1e-9))
NO_DRAWDOWN = Undefined("never below an earlier high", lambda sample: ~(sample.deepest < -1e-12))
UNDER_A_YEAR = Undefined(
    "not annualised below one year", lambda sample: np.full(sample.levels.shape[0], sample.days < 365)
)
FEW_PAIRS = Undefined(
    "fewer than {minimum} {returns} in common with the benchmark",
    lambda sample: sample.pair_count < sample.minimum,
)
FLAT_PAIRS = Undefined(FLAT.reason, lambda sample: ~(sample.sd(sample.pairs[1]) > 1e-12))
FLAT_BENCHMARK = Undefined(
    "the benchmark's {returns} do not vary",
    lambda sample: _each(sample, ~(sample.sd(sample.pairs[0]) > 1e-12)),
)


def _each(sample: Sample, holds: BoolArray) -> BoolArray:
    """(N,) from (N,), or from the (1,) that is said of all symbols at once."""
    return np.broadcast_to(holds, sample.levels.shape[:1])
