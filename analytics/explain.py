"""How a number came about: the measure, its convention, and the numbers that went in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analytics.align import Aligned, align
from analytics.measures import MEASURES, PERIODS, Sample
from analytics.measures.number import Number
from analytics.measures.steps import Step, work_out
from analytics.panel import PricePanel
from analytics.query import Query
from analytics.window import Span


@dataclass(frozen=True)
class Explanation:
    """One measure, worked out for every fund of a question.

    measure : its name in `MEASURES`
    steps : by symbol, the numbers that went in, in the order of the formula, without any that is not defined
    results : by symbol, the value or the reason why there is none, as `compare` gives it
    returns : fewest returns that one of the results was computed from, 0 without results
    periods_by : by symbol, returns a year by which they are annualised: 252 or 365, 52 of weeks, 12 of months
    rate : label of the rate, which is also the target
    benchmark : of a relative measure, None for the others
    """

    query: Query
    measure: str
    steps: Mapping[str, tuple[Step, ...]]
    results: Mapping[str, Number]
    span: Span
    returns: int
    periods_by: Mapping[str, int]
    rate: str
    benchmark: str | None
    source: str
    simulated: bool

    @property
    def periods(self) -> int:
        """Fewest returns a year by which a result is annualised, those of days without results."""
        return min(self.periods_by.values(), default=PERIODS)


def explain(panel: PricePanel, query: Query, measure: str) -> Explanation:
    """Return what went into one measure of every fund.

    A relative measure leaves the benchmark itself out, as `compare` does; without a benchmark it has neither
    steps nor results.  Where the question is weekly, measures of returns are worked out from complete weeks.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`; sessions after `query.as_of` are ignored
    measure : a name in `MEASURES`

    Returns
    -------
    Working.

    Raises
    ------
    KeyError
        A name that is not in `MEASURES`.
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> from analytics.window import parse
    >>> days = np.array(["2026-01-12", "2026-01-13", "2026-01-14"], dtype="datetime64[D]")
    >>> levels = np.array([[100.0, 90.0, 99.0]])
    >>> held = PricePanel(days, ("AAA",), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> found = explain(held, Query(("AAA",), parse("max"), date(2026, 1, 14)), "max_drawdown")
    >>> [(step.name, step.value) for step in found.steps["AAA"] if step.unit == "level"]
    [('high', 100.0), ('low', 90.0)]
    >>> round(found.results["AAA"].value, 6)
    -0.1
    """
    relative = MEASURES[measure].relative
    found = align(panel, query)
    results = dict(_results(found, measure))
    sources = {symbol: MEASURES[measure].source(found.sample_of(measure, symbol)) for symbol in results}
    return Explanation(
        query=query,
        measure=measure,
        steps={symbol: _steps(measure, source) for symbol, source in sources.items()},
        results=results,
        span=found.span,
        returns=min((int(source.count[0]) for source in sources.values()), default=0),
        periods_by={symbol: source.periods for symbol, source in sources.items()},
        rate=query.rate.label,
        benchmark=query.against if relative else None,
        source=panel.source,
        simulated=panel.simulated,
    )


def _results(found: Aligned, measure: str) -> Iterator[tuple[str, Number]]:
    query, relative = found.query, MEASURES[measure].relative
    if relative and query.against is None:
        return
    for symbol, numbers in zip(query.symbols, found.numbers([measure]), strict=True):
        if not (relative and symbol == query.against):
            yield symbol, numbers[measure]


def _steps(measure: str, source: Sample) -> tuple[Step, ...]:
    ((_, whole),) = source.parts()
    return work_out(MEASURES[measure].steps, whole)
