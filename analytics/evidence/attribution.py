"""Where a gap came from: allocation over sectors, selection within them, the rest; Brinson and Fachler.

Two lists of each fund, of two days, price every stock twice: what it returned between them needs no other
source.  Nothing is told where less than `COVERED` of either fund is priced twice and has a sector.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from analytics.holdings import AssetKind, Constituent, HoldingsList, PositionMatrix, lay_positions
from analytics.panel import BoolArray, FloatArray, PricePanel, doubts_within

COVERED = 0.9
"""Part of each fund's net assets that must be covered, at the start."""
AROUND = timedelta(days=35)
"""How long before a window the first lists may be: a month, and some days."""
MOST_SPANS = 12
"""Pairs of days that are tried, the longest first, until one is covered."""
LARGEST = 5
"""Stocks that are named."""
CLOSE_BEFORE = timedelta(days=5)
"""How long before the day of a list a fund's last close may lie: it may be of a month's end on a Sunday."""


class Withheld(StrEnum):
    """Why it is not told where a gap came from."""

    ONE_FUND = "one fund"
    NO_LISTS = "no lists"
    NO_DAYS = "no two days"
    NO_SHARES = "no shares"
    NO_SECTORS = "no sectors"
    TAXONOMIES = "two taxonomies"
    NOT_COVERED = "not covered"
    FUND_PRICES = "prices of the funds"


@dataclass(frozen=True)
class SectorEffect:
    """What one sector did to the gap.

    weights : of both funds at the start, fractions of what is covered
    returns : of each fund's stocks in it, fractions; None of a fund without any
    allocation, selection : fractions, 0.01 = the first fund is one percentage point ahead because of it
    """

    sector: str
    weights: tuple[float, float]
    returns: tuple[float | None, float | None]
    allocation: float
    selection: float

    @property
    def total(self) -> float:
        """Both effects, fraction."""
        return self.allocation + self.selection


@dataclass(frozen=True)
class StockEffect:
    """What the weights of one stock did to the gap.

    weights : of both funds at the start, fractions of what is covered
    total_return : of the stock, fraction, without dividends
    effect : (difference of the weights) x (its return less the second fund's), fraction
    """

    name: str
    weights: tuple[float, float]
    total_return: float
    effect: float


@dataclass(frozen=True)
class SplitStock:
    """A stock whose price and quantity say that it was split.  factor : new shares for an old one."""

    name: str
    factor: float


@dataclass(frozen=True)
class GapAttribution:
    """A gap, taken apart.

    start, end : the days of the lists
    sectors : the largest effect first, whatever its sign
    stocks : those that moved the gap most
    held : return of both funds by what they held at the start, fractions, without dividends
    funds : total return of both funds over the same closes, fractions
    covered : part of each fund's net assets that is priced on both days and has a sector, fraction
    splits : stocks whose returns were put right for one
    left_out : number of stocks whose price on the second day nobody tells, or that cannot be relied on
    gap : total return of the first fund less that of the second, fraction
    allocation, selection : sums over the sectors, fractions
    rest : the gap less both: trades since, dividends, fees, what is not covered
    """

    symbols: tuple[str, str]
    start: date
    end: date
    taxonomy: str
    sectors: tuple[SectorEffect, ...]
    stocks: tuple[StockEffect, ...]
    held: tuple[float, float]
    funds: tuple[float, float]
    covered: tuple[float, float]
    splits: tuple[SplitStock, ...]
    left_out: int
    gap: float = field(init=False)
    allocation: float = field(init=False)
    selection: float = field(init=False)
    rest: float = field(init=False)

    def __post_init__(self) -> None:
        """Work out the sums."""
        allocation = sum(effect.allocation for effect in self.sectors)
        selection = sum(effect.selection for effect in self.sectors)
        gap = self.funds[0] - self.funds[1]
        sums = {"gap": gap, "allocation": allocation, "selection": selection}
        for name, value in {**sums, "rest": gap - allocation - selection}.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class GapOrigin:
    """Where the gap of two funds came from, or why it is not told.

    days : by fund, the days of its lists up to the end of the window, the oldest first
    lacking : the funds that the reason is about
    covered : where that is the reason, as in `GapAttribution`; of the days that covered most
    """

    symbols: tuple[str, ...]
    attribution: GapAttribution | None
    reason: Withheld | None = None
    days: Mapping[str, tuple[date, ...]] | None = None
    lacking: tuple[str, ...] = ()
    covered: tuple[float, float] | None = None
    start: date | None = None
    end: date | None = None


def find_gap_origin(
    lists: Mapping[str, Sequence[HoldingsList]],
    symbols: Sequence[str],
    panel: PricePanel,
    first: date,
    last: date,
) -> GapOrigin:
    """Take the gap of the first and the last of some funds apart, over the longest span that lists cover.

    Parameters
    ----------
    lists : by symbol, of any days
    panel : prices of the two funds
    first, last : the window asked; lists of a few days before it will do

    Returns
    -------
    GapOrigin, with a reason where nothing can be told.
    """
    if len(set(symbols)) < 2:
        return GapOrigin(tuple(symbols), None, Withheld.ONE_FUND)
    pair = symbols[0], symbols[-1]
    dated = {
        symbol: {each.as_of: each for each in lists.get(symbol, ()) if each.as_of <= last} for symbol in pair
    }
    days = {symbol: tuple(sorted(found)) for symbol, found in dated.items()}
    if lacking := tuple(symbol for symbol in pair if not days[symbol]):
        return GapOrigin(pair, None, Withheld.NO_LISTS, days, lacking)
    failures = []
    for start, end in _spans(days, pair, first):
        ours, theirs = (dated[symbol] for symbol in pair)
        found = _attribute(pair, (ours[start], theirs[start]), (ours.get(end), theirs.get(end)), panel, days)
        if found.attribution:
            return found
        failures.append(found)
    if not failures:
        return GapOrigin(pair, None, Withheld.NO_DAYS, days)
    return max(failures, key=lambda failed: min(failed.covered or (0.0, 0.0)))


def _spans(days: Mapping[str, Sequence[date]], pair: tuple[str, str], first: date) -> list[tuple[date, date]]:
    """Return pairs of days, the longest first: of the first both funds have a list, of the second one has.

    The second lies in the window, so that nothing is told of days that are all before it.
    """
    ours, theirs = (set(days[symbol]) for symbol in pair)
    starts = [day for day in sorted(ours & theirs) if day >= first - AROUND]
    spans = [(start, end) for start in starts for end in ours | theirs if end > max(start, first)]
    return sorted(spans, key=lambda span: (span[0] - span[1], span[0]))[:MOST_SPANS]


def _attribute(
    pair: tuple[str, str],
    before: tuple[HoldingsList, HoldingsList],
    after: tuple[HoldingsList | None, HoldingsList | None],
    panel: PricePanel,
    days: Mapping[str, tuple[date, ...]],
) -> GapOrigin:
    """Take a gap apart between two days.  before, after : the lists of both funds on each of them."""
    end = next(each.as_of for each in after if each)
    start = before[0].as_of

    def withhold(
        reason: Withheld, lacking: tuple[str, ...] = (), covered: tuple[float, float] | None = None
    ) -> GapOrigin:
        return GapOrigin(pair, None, reason, days, lacking, covered, start, end)

    bonds = tuple(each.symbol for each in before if each.sleeve is not AssetKind.SHARES)
    if bonds:
        return withhold(Withheld.NO_SHARES, bonds)
    taxonomies = {each.taxonomy for each in (*before, *after) if each and each.taxonomy}
    if not taxonomies:
        return withhold(Withheld.NO_SECTORS, pair)
    if len(taxonomies) > 1:
        return withhold(Withheld.TAXONOMIES, pair)
    stocks = _price_stocks(before, after)
    known = np.isfinite(stocks.returns) & (stocks.sectors != "")
    # Bonds and cash make a gap that no sector explains: what is covered is part of all that a fund holds.
    shares = [min(1.0, each.part(AssetKind.SHARES)) for each in before]
    ours, theirs = (stocks.weights[:, known].sum(axis=1) * shares).tolist()
    if min(ours, theirs) < COVERED:
        lacking = tuple(name for name, part in zip(pair, (ours, theirs), strict=True) if part < COVERED)
        return withhold(Withheld.NOT_COVERED, lacking, (ours, theirs))
    funds = fund_returns(panel, pair, start, end)
    if funds is None:
        return withhold(Withheld.FUND_PRICES, pair)
    (taxonomy,) = taxonomies
    left_out = int(((stocks.weights > 0).any(axis=0) & ~known).sum())
    weights = stocks.weights[:, known] / stocks.weights[:, known].sum(axis=1, keepdims=True)
    effects = sector_effects(weights, stocks.returns[known], stocks.sectors[known].tolist())
    held = (float(weights[0] @ stocks.returns[known]), float(weights[1] @ stocks.returns[known]))
    named = _largest_stocks(stocks, known, weights, held[1])
    found = GapAttribution(
        pair, start, end, taxonomy, effects, named, held, funds, (ours, theirs), stocks.splits, left_out
    )
    return GapOrigin(pair, found, None, days)


def sector_effects(
    weights: FloatArray, returns: FloatArray, sectors: Sequence[str]
) -> tuple[SectorEffect, ...]:
    """Return allocation and selection of each sector, by Brinson and Fachler.

    allocation = (wA - wB) (rB of the sector - rB), selection = wA (rA of the sector - rB of the sector): what
    the two together do is counted as selection.  Where the second fund has nothing in a sector, its return
    there is taken for that of the whole fund, so that all is selection.

    Parameters
    ----------
    weights : (2, M) of both funds at the start, fractions; each adds up to 1
    returns : (M,) of the stocks, fractions
    sectors : M names

    Returns
    -------
    The largest effect first; all of them add up to the difference of the funds' returns, fraction.

    References
    ----------
    Brinson, Fachler: Measuring Non-US Equity Portfolio Performance, J. of Portfolio Management 11 (1985).

    Examples
    --------
    A: 60 % in tech that returns 10 %, 40 % in energy that returns -5 %: 4 %.  B: half and half, 8 % and -4 %:
    2 %.  Allocation 0.1 x (8 - 2) % - 0.1 x (-4 - 2) % = 1.2 %, selection 0.6 x 2 % - 0.4 x 1 % = 0.8 %.

    >>> held = np.array([[0.6, 0.4, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]])
    >>> found = sector_effects(held, np.array([0.10, -0.05, 0.08, -0.04]), ["tech", "energy"] * 2)
    >>> [(row.sector, round(row.allocation, 6), round(row.selection, 6)) for row in found]
    [('tech', 0.006, 0.012), ('energy', 0.006, -0.004)]
    """
    whole = float(weights[1] @ returns)
    named = np.array(sectors)
    found = []
    for sector in dict.fromkeys(sectors):
        within = named == sector
        part = weights[:, within]
        ours, theirs = part.sum(axis=1)
        mine = float(part[0] @ returns[within] / ours) if ours > 0 else None
        yours = float(part[1] @ returns[within] / theirs) if theirs > 0 else None
        base = whole if yours is None else yours
        allocation = float(ours - theirs) * (base - whole)
        selection = float(ours) * (mine - base) if mine is not None else 0.0
        both = (float(ours), float(theirs))
        found.append(SectorEffect(sector, both, (mine, yours), allocation, selection))
    return tuple(sorted(found, key=lambda effect: (-abs(effect.total), effect.sector)))


def fund_returns(
    panel: PricePanel, symbols: Sequence[str], start: date, end: date
) -> tuple[float, float] | None:
    """Return the total returns of two funds between the closes of two days, fractions.

    A day without a close stands for the last one before it.  None where a fund has no price by then, or one
    that looks wrong in between.
    """
    if doubts_within(panel.doubts, symbols, start, end):
        return None
    known = panel.through(end).continuous()
    found = [_return(known.select([symbol]), start, end) for symbol in symbols]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _return(panel: PricePanel, start: date, end: date) -> float | None:
    """Return the growth of a panel's one symbol; a mix begins anew on the first day, as its list does."""
    first, last = (_column(panel, day) for day in (start, end))
    return None if first is None or last is None else float(panel.growth(first, last)[0]) - 1.0


def _column(panel: PricePanel, day: date) -> int | None:
    last = int(np.searchsorted(panel.sessions, np.datetime64(day, "D"), side="right"))
    since = int(np.searchsorted(panel.sessions, np.datetime64(day - CLOSE_BEFORE, "D")))
    known = np.flatnonzero(np.isfinite(panel.total_return[0, since:last]))
    return since + int(known[-1]) if known.size else None


@dataclass(frozen=True, eq=False)
class _Stocks:
    """What two funds held on the first day.

    weights : (2, M) fractions of each fund's shares; returns : (M,) NaN where not known
    sectors : (M,) names, empty where not known
    """

    names: tuple[str, ...]
    weights: FloatArray
    returns: FloatArray
    sectors: np.ndarray[tuple[int], np.dtype[np.str_]]
    splits: tuple[SplitStock, ...]


def _price_stocks(
    before: tuple[HoldingsList, HoldingsList], after: tuple[HoldingsList | None, HoldingsList | None]
) -> _Stocks:
    held = [list(each.securities()) for each in before]
    later = [[one for one in each.positions if one.price] if each else [] for each in after]
    laid = lay_positions({str(number): rows for number, rows in enumerate((*held, *later))})
    first, second = (
        [_quotes(laid, rows, side + at) for at, rows in enumerate(lists)]
        for side, lists in ((0, held), (2, later))
    )
    own = [stock_returns(*one, *other) for one, other in zip(first, second, strict=True)]
    nothing = np.full(len(laid.positions), np.nan)
    (one, _), (other, _) = first
    (later_one, _), (later_other, _) = second
    known, known_later = _either(one, other), _either(later_one, later_other)
    crossed, _ = stock_returns(known, nothing, known_later, nothing)
    returns = _agree(own[0][0], own[1][0])
    if _in_one_currency(one, other):
        returns = np.where(np.isnan(returns) & _apart(first, second), crossed, returns)
    factors = np.where(own[0][1] == 1.0, own[1][1], own[0][1])
    splits = tuple(
        SplitStock(laid.positions[row].name, float(factors[row]))
        for row in np.flatnonzero((factors != 1.0) & np.isfinite(returns))
    )
    sectors = np.array([getattr(one, "sector", None) or "" for one in laid.positions], dtype=np.str_)
    names = tuple(one.name for one in laid.positions)
    return _Stocks(names, laid.weights[:2], returns, sectors, splits)


_Quotes = tuple[FloatArray, FloatArray]
"""Price and quantity of each position, NaN where not told."""


def _quotes(laid: PositionMatrix, rows: Sequence[Constituent], number: int) -> _Quotes:
    prices, quantities = np.full((2, len(laid.positions)), np.nan)
    for held, row in zip(rows, laid.rows[number], strict=True):
        prices[row] = held.price or np.nan
        quantities[row] = held.quantity or np.nan
    return prices, quantities


def _either(one: FloatArray, other: FloatArray) -> FloatArray:
    return np.where(np.isnan(one), other, one)


def _apart(first: Sequence[_Quotes], second: Sequence[_Quotes]) -> BoolArray:
    """Tell of which stocks no list has both prices: each fund tells one of them."""
    own = [np.isfinite(one[0]) & np.isfinite(other[0]) for one, other in zip(first, second, strict=True)]
    apart: BoolArray = ~(own[0] | own[1])
    return apart


def _in_one_currency(one: FloatArray, other: FloatArray) -> bool:
    """Tell whether two lists of one day price what both hold alike, so that prices of both make a return."""
    apart = np.log(one / other)
    told = apart[np.isfinite(apart)]
    return not told.size or abs(float(np.median(told))) <= SAME


def _agree(one: FloatArray, other: FloatArray) -> FloatArray:
    """Take what either fund tells of a stock; NaN where they contradict each other by more than 1 %."""
    with np.errstate(invalid="ignore"):
        contradicted = np.abs((1 + one) / (1 + other) - 1) > SAME
    return np.where(contradicted, np.nan, _either(one, other))


def _largest_stocks(
    stocks: _Stocks, known: BoolArray, weights: FloatArray, whole: float
) -> tuple[StockEffect, ...]:
    rows = np.flatnonzero(known)
    effects = (weights[0] - weights[1]) * (stocks.returns[rows] - whole)
    largest = np.argsort(-np.abs(effects), kind="stable")[:LARGEST]
    return tuple(
        StockEffect(
            stocks.names[rows[at]],
            (float(weights[0, at]), float(weights[1, at])),
            float(stocks.returns[rows[at]]),
            float(effects[at]),
        )
        for at in largest
    )


SAME = 0.01
"""How far two prices of one stock, or two quantities that flows explain, may be apart."""
_WHOLE = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 25, 30, 35, 40, 50, 60, 75, 80, 100)
_BROKEN = (1.25, 4 / 3, 1.5)
_NEAR_WHOLE = 0.03
_FEWEST = 3
"""Stocks from whose quantities the flows into a fund are told."""
_LARGE, _HUGE = float(np.log(1.8)), float(np.log(2.5))
_TRADED = 0.25


def stock_returns(
    before: FloatArray, held_before: FloatArray, after: FloatArray, held_after: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what stocks returned between two lists of one fund, and the splits in between.

    A quantity that has grown by a whole number (or has shrunk to a whole part), beside what money that came
    or left did to all of them, while the price moved the other way, is a split: the return is put right.
    Where that cannot be told from a fall or a trade nothing is returned.

    Parameters
    ----------
    before, after : (M,) prices on the two days, in one currency; NaN where not known
    held_before, held_after : (M,) quantities; NaN where not known

    Returns
    -------
    (M,) fractions, without dividends, NaN where not known or not to be relied on; and (M,) new shares for an
    old one, 1 where there was no split.

    Examples
    --------
    The third was split two for one and fell by 4 %:

    >>> held = np.array([100.0, 100.0, 100.0])
    >>> returns, factors = stock_returns(
    ...     np.array([10.0, 20.0, 50.0]), held, np.array([11.0, 19.0, 24.0]), np.array([100.0, 100.0, 200.0])
    ... )
    >>> returns.round(6).tolist(), factors.tolist()
    ([0.1, -0.05, -0.04], [1.0, 1.0, 2.0])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = np.log(after / before)
        grown = np.log(held_after / held_before)
    told = np.isfinite(grown)
    traded = grown - (float(np.median(grown[told])) if told.sum() >= _FEWEST else 0.0)
    factors, returns = np.ones(before.size), moved.copy()
    for factor, is_whole in _split_factors():
        step = np.log(factor)
        near = np.abs(traded - step) < (_NEAR_WHOLE if is_whole else SAME)
        righted = np.abs(moved + step)
        found = (
            near & (righted < np.abs(moved) / 2)
            if not is_whole
            else near & (righted < np.abs(moved)) & (righted < _LARGE)
        )
        factors[found] = factor
        returns[found] = (moved + step)[found] if is_whole else np.nan
    plain = factors == 1.0
    size = np.abs(moved)
    returns[plain & ~told & (size > _LARGE)] = np.nan
    returns[plain & told & (size > _HUGE) & (np.abs(traded) > _TRADED)] = np.nan
    return np.expm1(returns), np.where(np.isfinite(returns), factors, 1.0)


def _split_factors() -> Iterator[tuple[float, bool]]:
    """Yield the factors of splits, and whether one that is seen is one: 5 for 4 looks like a trade."""
    for sizes, is_whole in ((_BROKEN, False), (_WHOLE, True)):
        for size in sizes:
            yield float(size), is_whole
            yield 1.0 / size, is_whole
