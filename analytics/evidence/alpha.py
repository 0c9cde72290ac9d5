"""What a fund earned beyond the moves of several benchmarks, each with what else fits the same returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.align import Aligned, align
from analytics.errors import NoCommonHistory
from analytics.evidence.regression import Estimate, Regression, regress, unfitted
from analytics.measures import Sample, evaluate
from analytics.measures.number import Number
from analytics.panel import Doubt, PricePanel, doubts_within
from analytics.query import Query

BROAD = ("SPY", "IWM")
"""The broad markets: large companies, and small ones."""


@dataclass(frozen=True)
class AlphaAgainst:
    """The alpha of one fund against one benchmark.

    alpha : fraction a year, the one that `compare` tells, with its t and interval
    beta : of the same line, a plain number
    start, end : the base close and the last close; None where there is no common history
    returns : how many, daily or weekly, as in `compare`
    lags : over how many of them the errors allow for correlation
    doubts : of fund and benchmark, those that touch a return in the span
    """

    symbol: str
    benchmark: str
    alpha: Estimate
    beta: Estimate
    start: date | None
    end: date | None
    returns: int = 0
    lags: int = 0
    doubts: tuple[Doubt, ...] = ()


def alphas(panel: PricePanel, query: Query, benchmarks: Sequence[str]) -> tuple[AlphaAgainst, ...]:
    """Compute the alpha of each fund of a question against each benchmark: the other fund, and a broad one.

    Which alpha a fund has depends on what it is held against; two of them show how much.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`, and the benchmarks
    benchmarks : in the order wanted; one that lacks in the panel gives a reason

    Returns
    -------
    One for each fund and each benchmark that is not the fund itself: fund by fund.  The value is that of the
    measure `alpha` over the question's window, with its rate and its frequency, and the reasons for which
    that has none; the errors are those of Newey and West.

    Raises
    ------
    NoCommonHistory
        The funds themselves share fewer than two sessions in the window.
    ValueError
        The panel lacks one of the funds.

    References
    ----------
    Jensen 1968; Newey and West 1987; docs/decisions/0049.

    Examples
    --------
    A fund that moves like the benchmark, and gains about 0.01 % a day beside it:

    >>> import numpy as np
    >>> from analytics.window import parse
    >>> days = np.busday_offset(np.datetime64("2025-01-06"), np.arange(61))
    >>> moves = 0.01 * np.tile([1.0, 0.0, -1.0, 2.0, -1.0, 1.0], 10)
    >>> own = 0.0001 + 1e-5 * np.tile([1.0, -1.0, 0.0, 1.0, -1.0], 12)
    >>> rows = np.cumprod(1.0 + np.pad([moves + own, moves], ((0, 0), (1, 0))), axis=1)
    >>> held = PricePanel(days, ("AAA", "SPY"), rows, rows, np.full_like(rows, np.nan), "by hand")
    >>> found, = alphas(held, Query(("AAA",), parse("2m"), date(2025, 3, 31)), ("SPY",))
    >>> found.returns, round(found.alpha.value.value, 3), found.alpha.is_clear
    (41, 0.025, True)
    """
    align(panel, query)
    return tuple(
        _against(panel, query, symbol, benchmark)
        for symbol in query.symbols
        for benchmark in dict.fromkeys(benchmarks)
        if benchmark != symbol
    )


@dataclass(frozen=True)
class BroadMarket:
    """Which of some broad markets a fund is held against.

    symbol : the one that explains it best
    r_squared : of each that was tried, the share of the fund's variance that it explains, with the reason
        where there is none
    """

    symbol: str
    r_squared: Mapping[str, Number]


def broad_market(panel: PricePanel, query: Query, candidates: Sequence[str] = BROAD) -> BroadMarket | None:
    """Choose the broad market that explains the first fund of a question best over its window.

    Parameters
    ----------
    panel : holds every symbol of `query.priced` and, as far as they are to be had, the candidates
    candidates : in the order of preference where two explain as much

    Returns
    -------
    BroadMarket; None where none explains anything.  The fund itself, and what it is held against anyway,
    are not tried: the highest R squared wins, on the question's own window, rate and frequency.

    Raises
    ------
    ValueError
        The panel lacks one of the funds.

    Examples
    --------
    A fund that moves with the first market and not with the second:

    >>> import numpy as np
    >>> from analytics.window import parse
    >>> days = np.busday_offset(np.datetime64("2025-01-06"), np.arange(61))
    >>> moves = 0.01 * np.tile([1.0, 0.0, -1.0, 2.0, -1.0, 1.0], 10)
    >>> other = 0.01 * np.tile([1.0, -1.0, 0.0, 1.0, -1.0], 12)
    >>> rows = np.cumprod(1.0 + np.pad([moves + other / 10, moves, other], ((0, 0), (1, 0))), axis=1)
    >>> held = PricePanel(days, ("AAA", "SPY", "IWM"), rows, rows, np.full_like(rows, np.nan), "by hand")
    >>> found = broad_market(held, Query(("AAA",), parse("2m"), date(2025, 3, 31)))
    >>> found.symbol, [round(number.value, 2) for number in found.r_squared.values()]
    ('SPY', [0.99, 0.0])
    """
    first = query.symbols[0]
    tried = [symbol for symbol in candidates if symbol not in (first, query.against)]
    found = {symbol: _explained(panel, query, first, symbol) for symbol in tried}
    known = {symbol: number.value for symbol, number in found.items() if number.value is not None}
    return BroadMarket(max(known, key=known.__getitem__), found) if known else None


@dataclass(frozen=True)
class BenchmarkAlphas:
    """The alphas of each fund against what it is held against, and against a broad market.

    alphas : fund by fund; broad : None where none can be had
    """

    alphas: tuple[AlphaAgainst, ...] = ()
    broad: BroadMarket | None = None


def benchmark_alphas(panel: PricePanel, query: Query) -> BenchmarkAlphas:
    """Compute the alphas of a question against its own benchmark and the broad market that suits it.

    Parameters
    ----------
    panel : as `broad_market` takes it

    Returns
    -------
    As `alphas`; of one fund without a benchmark against the broad market alone.

    Raises
    ------
    NoCommonHistory
        The funds themselves share fewer than two sessions in the window.
    ValueError
        The panel lacks one of the funds.
    """
    broad = broad_market(panel, query)
    held = (query.against, broad.symbol if broad else None)
    return BenchmarkAlphas(alphas(panel, query, [symbol for symbol in held if symbol]), broad)


def _explained(panel: PricePanel, query: Query, symbol: str, market: str) -> Number:
    if market not in panel.symbols:
        return Number(None, f"no prices of {market}")
    try:
        found = align(panel, replace(query, benchmark=market))
    except NoCommonHistory:
        return Number(None, f"no prices of {market} in the window")
    return evaluate(["r_squared"], found.sample_of("r_squared", symbol))[0]["r_squared"]


def _against(panel: PricePanel, query: Query, symbol: str, benchmark: str) -> AlphaAgainst:
    if benchmark not in panel.symbols:
        return _unknown(symbol, benchmark, f"no prices of {benchmark}")
    try:
        found = align(panel, replace(query, benchmark=benchmark))
    except NoCommonHistory:
        return _unknown(symbol, benchmark, f"no prices of {benchmark} in the window")
    return _fit(found, symbol, benchmark)


def _fit(found: Aligned, symbol: str, benchmark: str) -> AlphaAgainst:
    sample = found.sample_of("alpha", symbol)
    measured = evaluate(["alpha", "beta"], sample)[0]
    line = _line(sample, measured["alpha"])
    # The value is the measure's own, so that no answer tells two alphas that differ in their last digit.
    alpha, beta = line.estimate(0, 0, sample.periods), line.estimate(0, 1)
    return AlphaAgainst(
        symbol=symbol,
        benchmark=benchmark,
        alpha=replace(alpha, value=measured["alpha"]),
        beta=replace(beta, value=measured["beta"]),
        start=found.span.start,
        end=found.span.end,
        returns=line.count,
        lags=line.lags,
        doubts=doubts_within(found.history.doubts, (symbol, benchmark), found.span.start, found.span.end),
    )


def _line(sample: Sample, alpha: Number) -> Regression:
    """Fit the line that the measure is the intercept of, on the sessions that fund and benchmark share."""
    (_, whole), *_ = sample.paired.parts()
    if alpha.value is None:
        return unfitted(1, 1, alpha.reason or "", whole.length)
    return regress(whole.excess, whole.excess_against)


def _unknown(symbol: str, benchmark: str, reason: str) -> AlphaAgainst:
    nothing = Estimate.undefined(reason)
    return AlphaAgainst(symbol, benchmark, nothing, nothing, None, None)
