"""The table of measures: every number has one row with all that is known of it, and one function.

    @measure(Unit.RATIO, Words(names=("sharpe",), ...), steps=[...], undefined=[TOO_FEW, FLAT])
    def sharpe(sample): ...

puts `sharpe` into `MEASURES` and makes it return NaN wherever one of its conditions holds; `evaluate` turns
a sample into numbers with reasons.  Formulas and conditions see samples without gaps only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps

import numpy as np

from analytics.measures.number import UNBOUNDED, Better, Bounds, Described, Number, Unit, Words
from analytics.measures.resample import monthly, weekly, yearly
from analytics.measures.sample import MONTHS, WEEKS, YEARS, Sample
from analytics.measures.steps import Steps
from analytics.panel import BoolArray, FloatArray

Compute = Callable[[Sample], FloatArray]


@dataclass(frozen=True, eq=False)
class Undefined:
    """A condition under which a measure has no value, and the words for it.

    reason : {minimum} stands for the sample's fewest returns, {returns} for the kind of them
    test : (N,) True where it holds, of a sample without gaps
    """

    reason: str
    test: Callable[[Sample], BoolArray]

    def holds(self, sample: Sample) -> BoolArray:
        """Return (N,) True where there is no value; several measures ask, the sample is tested once."""
        if self not in sample.tested:
            mask = self.test(sample)
            sample.tested[self] = mask, bool(mask.any())
        return sample.tested[self][0]

    def words(self, sample: Sample) -> str:
        """Return the reason, said of this sample."""
        returns = RETURNS.get(sample.periods, "returns")
        return self.reason.format(minimum=sample.minimum, returns=returns)

    def guard(self, sample: Sample, value: FloatArray) -> FloatArray:
        """Return (N,) the value, NaN where the condition holds."""
        mask = self.holds(sample)
        return np.where(mask, np.nan, value) if sample.tested[self][1] else value


RETURNS = {WEEKS: "weekly returns", MONTHS: "monthly returns", YEARS: "yearly returns"}


class Every(StrEnum):
    """The returns that a measure has of its own, whatever a question asks for."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


FEWEST = {Every.WEEK: 8, Every.MONTH: 3, Every.YEAR: 1}
"""Fewest returns of each kind on which a measure of them is computed."""


_SWINGS = {Unit.RATIO: 0.1, Unit.FRACTION: 0.005}
"""Of most measures, see `Described.swing`."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Measure(Described):
    """One row of the table.

    formula : (N,) from a sample without gaps
    undefined : the conditions under which there is no value; the first one that holds gives the reason
    steps : the numbers that go in, in the order of the formula
    relative : needs a benchmark
    periodic : is one of returns, daily or weekly as the question wants; the others describe levels (growth,
        drawdowns) or have returns of their own
    every : those returns, None for a measure of what it is given
    annualised : is scaled by the returns of a year
    rolls : label of the window over which a rolling study shows it, "" for not at all
    """

    unit: Unit
    formula: Compute
    undefined: tuple[Undefined, ...] = ()
    steps: tuple[Steps, ...] = ()
    relative: bool = False
    periodic: bool = False
    every: Every | None = None
    annualised: bool = False
    rolls: str = ""

    def compute(self, sample: Sample) -> FloatArray:
        """Return (N,) the values, NaN where undefined; of a sample with or without gaps."""
        return _compute_values([self], sample)[self.name]

    def reasons(self, sample: Sample) -> list[str | None]:
        """Find for each of the N symbols the first condition that leaves it without a value."""
        texts: list[str | None] = [None] * sample.levels.shape[0]
        every = np.arange(len(texts))
        for rows, part in self.source(sample).parts():
            with np.errstate(divide="ignore", invalid="ignore"):
                holds = [(condition.words(part), condition.holds(part)) for condition in self.undefined]
            for at, row in enumerate(every[rows].tolist()):
                texts[row] = next((words for words, mask in holds if mask[at]), None)
        return texts

    def source(self, sample: Sample) -> Sample:
        """Return the returns that the measure is one of; relative ones where fund and benchmark have both."""
        shared = sample.paired if self.needs_pairs(sample) else sample
        if self.every is None or shared.periods == PERIODS_OF[self.every]:
            return shared
        return replace(RESAMPLED[self.every](shared), rate=0.0, minimum=FEWEST[self.every])

    def needs_pairs(self, sample: Sample) -> bool:
        """Return whether sessions must be left out that fund and benchmark do not share.

        A part holds the benchmark on the sessions of its row: where that misses none, it serves all measures.
        """
        return self.relative and not (sample.aligned and self.every is None)


RESAMPLED = {Every.WEEK: weekly, Every.MONTH: monthly, Every.YEAR: yearly}
PERIODS_OF = {Every.WEEK: WEEKS, Every.MONTH: MONTHS, Every.YEAR: YEARS}
MEASURES: dict[str, Measure] = {}

BUFFER = 512
"""Cells of NumPy's buffer.  Into the usual one of 8,192 it copies several rows to go through them at once,
which takes twice as long as to go through them where they lie.
"""


def measure(
    unit: Unit,
    words: Words,
    *,
    undefined: Sequence[Undefined] = (),
    steps: Sequence[Steps] = (),
    bounds: Bounds = UNBOUNDED,
    better: Better | None = None,
    swing: float | None = None,
    rate: bool = False,
    fall: bool = False,
    in_percent: bool = False,
    small: bool = False,
    relative: bool = False,
    periodic: bool = False,
    every: Every | None = None,
    annualised: bool = False,
    rolls: str = "",
) -> Callable[[Compute], Compute]:
    """Enter a function into the table and guard it with its conditions; it then takes samples with gaps.

    What can be said of it: see `Described` and `Measure`.
    """

    def enter(function: Compute) -> Compute:
        row = Measure(
            name=function.__name__,
            unit=unit,
            words=words,
            formula=_guard_formula(function, undefined),
            undefined=tuple(undefined),
            steps=tuple(steps),
            bounds=bounds,
            better=better,
            swing=_SWINGS[unit] if swing is None else swing,
            rate=rate,
            fall=fall,
            in_percent=in_percent,
            small=small,
            relative=relative,
            periodic=periodic,
            every=every,
            annualised=annualised,
            rolls=rolls,
        )
        MEASURES[row.name] = row

        @wraps(function)
        def compute(sample: Sample) -> FloatArray:
            return row.compute(sample)

        return compute

    return enter


def _guard_formula(function: Compute, conditions: Sequence[Undefined]) -> Compute:
    @wraps(function)
    def guarded(sample: Sample) -> FloatArray:
        value = function(sample)
        for condition in conditions:
            value = condition.guard(sample, value)
        return value

    return guarded


def table(names: Iterable[str], sample: Sample) -> dict[str, FloatArray]:
    """Compute measures in blocks of symbols that fit a core's cache.

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
    return _compute_values([MEASURES[name] for name in names], sample)


def _compute_values(wanted: Sequence[Measure], sample: Sample) -> dict[str, FloatArray]:
    """Return values by name; measures of the same returns share what they compute."""
    found = {each.name: np.full(sample.levels.shape[0], np.nan) for each in wanted}
    sources: dict[tuple[bool, Every | None], list[Measure]] = {}
    for each in wanted:
        sources.setdefault((each.needs_pairs(sample), each.every), []).append(each)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        np.setbufsize(BUFFER)  # until the end of `errstate`
        for alike in sources.values():
            for rows, part in alike[0].source(sample).parts():
                for each in alike:
                    found[each.name][rows] = each.formula(part)
    return found


def evaluate(names: Iterable[str], sample: Sample) -> tuple[Mapping[str, Number], ...]:
    """Compute numbers with reasons: what `table` gives, for people.

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
    reasons = {
        name: MEASURES[name].reasons(sample) for name, column in values.items() if np.isnan(column).any()
    }
    return tuple(
        {
            name: Number.of(column[row], reasons[name][row] if name in reasons else None)
            for name, column in values.items()
        }
        for row in range(sample.levels.shape[0])
    )


def _same_for_all(sample: Sample, *, holds: bool) -> BoolArray:
    """Return (N,) one answer for all rows of a sample."""
    return np.full(sample.levels.shape[0], holds)


NO_ENDS = Undefined(
    "no price at the start or the end of the window",
    lambda sample: _same_for_all(sample, holds=not sample.full),
)
NO_PRICES = Undefined("no prices in the window", lambda sample: np.isnan(sample.deepest))
ONE_PRICE = Undefined(
    "fewer than two prices in the window", lambda sample: _same_for_all(sample, holds=sample.length < 1)
)
TOO_FEW = Undefined(
    "fewer than {minimum} {returns}",
    lambda sample: _same_for_all(sample, holds=sample.length < sample.minimum),
)
NO_RATE = Undefined(
    "the risk-free rate is not known on every session",
    lambda sample: np.broadcast_to(np.isnan(np.atleast_2d(sample.rate)).any(axis=1), sample.levels.shape[:1]),
)
FLAT = Undefined("the {returns} do not vary", lambda sample: ~(sample.sd_excess > 1e-12))
NO_DOWNSIDE = Undefined("no return below the target", lambda sample: ~(sample.downside > 1e-9))
NO_DRAWDOWN = Undefined("never below an earlier high", lambda sample: ~(sample.deepest < -1e-12))
UNDER_A_YEAR = Undefined(
    "not annualised below one year",
    lambda sample: _same_for_all(sample, holds=sample.years is None and sample.days < 365),
)
FEW_PAIRS = Undefined("fewer than {minimum} {returns} in common with the benchmark", TOO_FEW.test)
FLAT_BENCHMARK = Undefined(
    "the benchmark's {returns} do not vary",
    lambda sample: np.broadcast_to(~(np.sqrt(sample.variance_against) > 1e-12), sample.levels.shape[:1]),
)
