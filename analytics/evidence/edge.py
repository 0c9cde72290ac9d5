"""Is the gap real?  Gaps between pairs of funds with their intervals, and what their windows can tell.

A difference between two funds is held against chance: the interval in which it would lie on other drawings of
the same world, a test of the Sharpe ratios, and the gap that the window would have shown.  One answer has one
primary test, that of the Sharpe ratio; what else stands in a row is told and not tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.align import Aligned, align
from analytics.errors import NoCommonHistory
from analytics.evidence.gaps import EdgeRow, Pair, PairSample, absent_row, weigh
from analytics.fund import FundProfile, IndexChange, latest_index_change
from analytics.measures import Sample
from analytics.measures.number import Number
from analytics.measures.resample import weekly
from analytics.panel import Doubt, PricePanel, doubts_within
from analytics.query import Query, settle_regime
from analytics.window import REGIME, Window, parse

WINDOWS = ("1y", "3y", "5y", "10y", REGIME)
"""Of one answer, by the labels of their windows."""
TURNED = 0.01
"""Total return of three months from which on a turn is told: what is worth having in a year, in a quarter."""


@dataclass(frozen=True)
class Turn:
    """The last three months of a gap that they have turned.

    start, end : the base close and the last one of the three months
    gap : in total return over them, fraction; its sign is the other one than the window's
    """

    start: date
    end: date
    gap: float


@dataclass(frozen=True)
class RegimeReturns:
    """What funds returned since the newest change of index of any of them.

    start, end : the base close and the last one
    by_symbol : total return, fraction a year
    """

    start: date
    end: date
    by_symbol: Mapping[str, Number]


@dataclass(frozen=True)
class WindowEvidence:
    """What the window of a comparison tells of its gap, and whether the gap holds elsewhere.

    rows : the first fund's with each other one, over the window
    regime : None where no change of index is known, or less than a year has gone by since
    turn : of two funds, their last three months where they have turned
    """

    rows: tuple[EdgeRow, ...]
    regime: RegimeReturns | None = None
    turn: Turn | None = None


@dataclass(frozen=True)
class Edge:
    """The gaps of pairs over the usual windows, by window and then by pair.

    regime : the fund and its change of index that `since regime` begins with; None: five years stand for it
    doubts : of the funds, those that touch a return of any row
    """

    query: Query
    pairs: tuple[Pair, ...]
    rows: tuple[EdgeRow, ...]
    regime: tuple[str, IndexChange] | None
    source: str
    simulated: bool
    doubts: tuple[Doubt, ...] = ()

    def over(self, label: str) -> tuple[EdgeRow, ...]:
        """Return the rows of one window, a row for each pair."""
        return tuple(row for row in self.rows if row.window.label == label)

    def of(self, pair: Pair) -> tuple[EdgeRow, ...]:
        """Return the rows of one pair, a row for each window."""
        return tuple(row for row in self.rows if row.pair == pair)


def first_against_others(query: Query) -> tuple[Pair, ...]:
    """Return the pairs of the first fund with each other one; a fund alone is held against the benchmark."""
    first, *others = query.symbols
    return tuple((first, other) for other in others) or each_against(query)


def each_against(query: Query) -> tuple[Pair, ...]:
    """Return the pairs of each fund with the benchmark in force; none without one."""
    against = query.against
    return tuple((symbol, against) for symbol in query.symbols if against and symbol != against)


def find_edge(
    panel: PricePanel,
    profiles: Mapping[str, FundProfile],
    query: Query,
    pairs: Sequence[Pair] | None = None,
) -> Edge:
    """Work out the gaps of pairs over one, three, five and ten years and since their regime.

    All windows end where the query's does.  A pair that does not fill a window has the reason in its row, and
    never a shorter span.

    Parameters
    ----------
    panel : holds every symbol of `query.priced`; sessions after `query.as_of` are ignored
    profiles : by symbol, for the changes of index
    pairs : of symbols of the query or its benchmark; None for the first fund with each other one

    Returns
    -------
    Edge.  Daily returns of the sessions that a pair shares; weekly ones where the query says so, or where the
    two exchanges close hours apart, for the Sharpe and Sortino ratios alone.

    Raises
    ------
    ValueError
        The panel lacks one of the symbols.

    References
    ----------
    Ledoit and Wolf 2008; Politis and Romano 1994; Bailey and Lopez de Prado 2012; Holm 1979.
    """
    chosen = tuple(first_against_others(query) if pairs is None else pairs)
    end = min(query.as_of, query.window.end or query.as_of)
    asked = replace(query, as_of=end)
    rows = tuple(row for label in WINDOWS for row in _over_window(panel, profiles, asked, label, chosen))
    start = min((row.span.start for row in rows if row.span), default=end)
    change = latest_index_change([profiles[each] for each in query.funds if each in profiles], end)
    return Edge(
        query=query,
        pairs=chosen,
        rows=rows,
        regime=(change[0].symbol, change[1]) if change else None,
        source=panel.source,
        simulated=panel.simulated,
        doubts=doubts_within(panel.doubts, query.priced, start, end),
    )


def weigh_window(panel: PricePanel, query: Query, pairs: Sequence[Pair] | None = None) -> tuple[EdgeRow, ...]:
    """Work out the gaps of pairs over the window of a query: the span of its comparison, however short.

    Parameters
    ----------
    panel, query, pairs : as `find_edge` takes them; a window `since regime` must be settled
        (`analytics.query.settle_regime`)

    Returns
    -------
    A row for each pair.

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> days = np.arange("2024-01-01", "2026-01-01", dtype="datetime64[D]")
    >>> levels = np.exp(np.cumsum(rng.normal(0.0005, 0.01, (2, days.size)), axis=1))
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full_like(levels, np.nan), "made up")
    >>> row, = weigh_window(panel, Query(("AAA", "BBB"), parse("1y"), date(2025, 12, 31)))
    >>> str(row.judgement.verdict), row.returns
    ('cannot be known from this window', 365)
    """
    chosen = tuple(first_against_others(query) if pairs is None else pairs)
    found = align(panel, query)
    return weigh([_sample(query.window, pair, found) for pair in chosen])


def window_evidence(
    panel: PricePanel, profiles: Mapping[str, FundProfile], query: Query
) -> WindowEvidence | None:
    """Work out what the window of a comparison tells of its gap; None of one fund alone.

    Parameters
    ----------
    panel, profiles, query : as `find_edge` takes them

    Raises
    ------
    NoCommonHistory
        Fewer than two common sessions in the window.
    ValueError
        The panel lacks one of the symbols.
    """
    pairs = first_against_others(query)
    if not pairs:
        return None
    return WindowEvidence(
        weigh_window(panel, query, pairs),
        _regime_returns(panel, profiles, query),
        last_quarter(panel, query, pairs[0]) if len(pairs) == 1 else None,
    )


def _regime_returns(
    panel: PricePanel, profiles: Mapping[str, FundProfile], query: Query
) -> RegimeReturns | None:
    known = [profiles[symbol] for symbol in query.funds if symbol in profiles]
    settled = settle_regime(replace(query, window=parse(REGIME)), profiles)
    if latest_index_change(known, query.as_of) is None or settled.window == query.window:
        return None
    try:
        found = align(panel, settled)
    except NoCommonHistory:
        return None
    returns = {
        symbol: numbers["cagr"]
        for symbol, numbers in zip(query.symbols, found.numbers(["cagr"]), strict=True)
    }
    whole = found.span.full and all(number.value is not None for number in returns.values())
    return RegimeReturns(found.span.start, found.span.end, returns) if whole else None


def last_quarter(panel: PricePanel, query: Query, pair: Pair) -> Turn | None:
    """Find whether the last three months have turned a pair's gap in return.

    They have where their gap has the other sign than the whole window's, and is at least one percentage point
    of total return: as much as is worth having in a year.  It is no test: a quarter tells nothing for sure.

    Parameters
    ----------
    panel, query : as `find_edge` takes them
    pair : of symbols of the query or its benchmark

    Returns
    -------
    Turn, or None: no turn, a window of less than half a year, or too short a history.

    Examples
    --------
    Ahead in the year, and 2 points behind in its last three months:

    >>> days = np.array(["2025-01-16", "2025-10-16", "2026-01-16"], dtype="datetime64[D]")
    >>> levels = np.array([[100.0, 120.0, 117.6], [100.0, 110.0, 110.0]])
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full_like(levels, np.nan), "by hand")
    >>> found = last_quarter(panel, Query(("AAA", "BBB"), parse("1y"), date(2026, 1, 16)), ("AAA", "BBB"))
    >>> found.start.isoformat(), round(found.gap, 4)
    ('2025-10-16', -0.02)
    """
    try:
        whole = align(panel, replace(query, symbols=pair, benchmark=None))
        end = whole.span.end
        quarter = align(panel, replace(query, symbols=pair, benchmark=None, window=parse("3m"), as_of=end))
    except NoCommonHistory:
        return None
    one, other = (_growth_gap(found) for found in (whole, quarter))
    turned = one * other < 0.0 and abs(other) >= TURNED
    long_enough = whole.span.days >= 2 * quarter.span.days and quarter.span.full
    return Turn(quarter.span.start, end, other) if turned and long_enough else None


def _over_window(
    panel: PricePanel, profiles: Mapping[str, FundProfile], asked: Query, label: str, pairs: Sequence[Pair]
) -> Iterator[EdgeRow]:
    """Yield the rows of one window in the order of the pairs."""
    window = parse(label)
    settled = settle_regime(replace(asked, window=window), profiles)
    found = [_fill(panel, settled, window, pair) for pair in pairs]
    weighed = iter(weigh([each for each in found if isinstance(each, PairSample)]))
    for pair, each in zip(pairs, found, strict=True):
        yield next(weighed) if isinstance(each, PairSample) else absent_row(window, pair, each)


def _fill(panel: PricePanel, settled: Query, window: Window, pair: Pair) -> PairSample | str:
    """Return what a pair is weighed by, or why it does not fill the window."""
    try:
        found = align(panel, replace(settled, symbols=pair, benchmark=None))
    except NoCommonHistory:
        return "fewer than two common sessions"
    if found.span.full:
        return _sample(window, pair, found)
    known = np.isfinite(found.funds.total_return)
    begins = {symbol: int(row.argmax()) for symbol, row in zip(found.funds.symbols, known, strict=True)}
    youngest = max(pair, key=lambda symbol: begins[symbol])
    return f"prices of {youngest} begin {found.funds.sessions[begins[youngest]]}"


def _sample(window: Window, pair: Pair, found: Aligned) -> PairSample:
    """Take a pair on the sessions that both have: what one misses, the other loses too."""
    shared = found.pair(*pair).paired
    daily = _both(shared)
    one, other = (found.funds.exchanges[found.funds.row(symbol)] for symbol in pair)
    by_weeks = found.query.weekly or one.closes_apart(other)
    return PairSample(window, pair, found.span, daily, _both(weekly(shared)) if by_weeks else daily)


def _both(sample: Sample) -> Sample:
    """Lay fund and benchmark under one another, without what they miss."""
    assert sample.benchmark is not None
    benchmark = np.broadcast_to(sample.benchmark, sample.levels.shape)
    pair = replace(sample, levels=np.concatenate([sample.levels, benchmark]), benchmark=None)
    ((_, whole),) = pair.parts()
    return replace(whole, rate=np.asarray(whole.rate)[0]) if np.ndim(whole.rate) == 2 else whole


def _growth_gap(found: Aligned) -> float:
    """Return the total return of the first fund of a question less that of the second one."""
    one, other = (found.sample.levels[:, -1] / found.sample.levels[:, 0]).tolist()
    return float(one - other)
