"""What funds hold: sector differences, concentration, overlap, the largest positions and the shared ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

import numpy as np

from analytics.fund import Basis, Fact, FundProfile, Holding, Kind, SectorWeights, is_complete
from analytics.holdings import (
    AssetKind,
    Constituent,
    HoldingsList,
    active_share,
    effective_number,
    lay_positions,
    share_overlap,
)

TOP = 10
FULL = 0.02
"""How far a whole list of positions may be from adding up to 1: weights are rounded, cash is left out."""


@dataclass(frozen=True)
class SectorComparison:
    """Sector weights of funds that share one taxonomy.

    taxonomy : with what the weights are fractions of, as `SectorWeights.named`
    of : all of them are of net assets, or all of them of the shares alone
    weights : by symbol, fractions by sector; a sector that a source does not name is absent
    active : first symbol less the last one, fraction (0.02 = +2 percentage points); empty for one fund
    sectors : all sectors named, the largest of any fund first
    """

    taxonomy: str
    of: Basis
    symbols: tuple[str, ...]
    sectors: tuple[str, ...]
    weights: Mapping[str, Mapping[str, float]]
    active: Mapping[str, float]
    facts: Mapping[str, Fact[SectorWeights]]


@dataclass(frozen=True)
class Concentration:
    """How much of a fund sits in few positions.

    Short positions are left out of it: a sum of both signs would tell of neither.

    known : number of positions listed, long and short
    short : number of short positions among them
    top_ten : fraction of net assets in the ten largest long positions known, None below ten
    hhi, effective : Herfindahl index on the long weights renormalised to 1, and 1 / HHI; None unless the list
        is whole and weighted
    """

    known: int
    short: int
    top_ten: float | None
    hhi: float | None
    effective: float | None


@dataclass(frozen=True)
class Overlap:
    """What two funds hold in common, as far as their positions are known.

    Short positions are left out of it.

    symbols : the two funds
    weight : sum over positions of the smaller weight, fraction; a lower bound unless both lists are whole
    shared : number of positions held long by both
    covered : by fund, fraction of net assets in the long positions known
    short : by fund, number of short positions
    gaps : half the sum of the absolute gaps between the weights of all positions of either, fraction
    """

    symbols: tuple[str, str]
    weight: float
    shared: int
    covered: tuple[float, float]
    short: tuple[int, int]
    whole: bool
    gaps: float

    @property
    def active_share(self) -> float | None:
        """Half the sum of the gaps, fraction; None unless both lists are whole, without shorts, and add
        up to 1.
        """
        full = all(abs(part - 1.0) <= FULL for part in self.covered)
        return self.gaps if self.whole and full and not any(self.short) else None


def compare_sectors(profiles: Sequence[FundProfile]) -> SectorComparison | None:
    """Compare sector weights side by side, for the funds whose weights are known.

    Returns None where no fund's weights are known or where two taxonomies meet, or weights of the whole fund
    and of its shares alone: such weights are never subtracted from one another.

    Examples
    --------
    Industrials 19 % and 16 % are an active weight of +3 points:

    >>> from analytics.fund import Kind
    >>> def fund(symbol, weight):
    ...     weights = SectorWeights("GICS", {"Industrials": weight, "Technology": 1 - weight})
    ...     return FundProfile(symbol, Kind.FUND, sectors=Fact(weights, "issuer"))
    >>> both = compare_sectors([fund("A", 0.19), fund("B", 0.16)])
    >>> round(both.active["Industrials"], 6), both.sectors
    (0.03, ('Technology', 'Industrials'))
    """
    facts = {profile.symbol: profile.sectors for profile in profiles if profile.sectors}
    if len({fact.value.named for fact in facts.values()}) != 1:
        return None
    weights = {symbol: fact.value.weights for symbol, fact in facts.items()}
    named = {sector for by_sector in weights.values() for sector in by_sector}
    largest = {sector: max(rows.get(sector, 0.0) for rows in weights.values()) for sector in named}
    order = tuple(sorted(named, key=lambda sector: (-largest[sector], sector)))
    symbols = tuple(weights)
    first = facts[symbols[0]].value
    active = _active_weights(symbols, order, weights)
    return SectorComparison(first.named, first.of, symbols, order, weights, active, facts)


def concentration(profile: FundProfile) -> Concentration | None:
    """Return how concentrated a fund is by its long positions; None where no position is known.

    The list is whole where the source says how many positions there are and gives as many.

    Examples
    --------
    Four positions of 40, 30, 20 and 10 %: HHI = 0.16 + 0.09 + 0.04 + 0.01 = 0.30, effective N = 3.33.

    >>> from analytics.fund import Kind
    >>> four = tuple(Holding(str(i), weight) for i, weight in enumerate((0.4, 0.3, 0.2, 0.1)))
    >>> fund = FundProfile("A", Kind.FUND, holdings=Fact(four, "issuer"), holdings_count=Fact(4, "issuer"))
    >>> found = concentration(fund)
    >>> round(found.hhi, 6), round(found.effective, 2)
    (0.3, 3.33)
    """
    if not profile.holdings or not profile.holdings.value:
        return None
    listed = profile.holdings.value
    weights = sorted((holding.weight for holding in listed if holding.weight >= 0), reverse=True)
    top = sum(weights[:TOP]) if len(weights) >= TOP else None
    whole = is_complete(profile) and sum(weights) > 0
    effective = effective_number(np.array(weights)) if whole else None
    hhi = 1.0 / effective if effective else None
    return Concentration(len(listed), len(listed) - len(weights), top, hhi, effective)


def overlap(one: FundProfile, other: FundProfile) -> Overlap | None:
    """Return what both of two funds hold long: the sum of the smaller weights; None where either list is
    unknown.

    Positions are joined by ISIN, else by CUSIP, else by ticker; a weaker one never joins what a stronger one
    tells apart.

    Examples
    --------
    A holds X 60 %, Y 40 %; B holds X 50 %, Z 50 %: the overlap is 50 %.

    >>> from analytics.fund import Kind
    >>> def fund(symbol, *held):
    ...     positions = tuple(Holding(name, weight, symbol=name) for name, weight in held)
    ...     count = Fact(len(positions), "issuer")
    ...     return FundProfile(symbol, Kind.FUND, holdings=Fact(positions, "issuer"), holdings_count=count)
    >>> overlap(fund("A", ("X", 0.6), ("Y", 0.4)), fund("B", ("X", 0.5), ("Z", 0.5))).weight
    0.5
    """
    if not one.holdings or not other.holdings:
        return None
    ours, theirs = one.holdings.value, other.holdings.value
    mine, yours = (tuple(held for held in listed if held.weight >= 0) for listed in (ours, theirs))
    matrix = lay_positions({"ours": mine, "theirs": yours})
    return Overlap(
        symbols=(one.symbol, other.symbol),
        weight=share_overlap(*matrix.weights),
        shared=len(mine) + len(yours) - len(matrix.positions),
        covered=(sum(held.weight for held in mine), sum(held.weight for held in yours)),
        short=(len(ours) - len(mine), len(theirs) - len(yours)),
        whole=is_complete(one) and is_complete(other),
        gaps=active_share(*matrix.weights),
    )


def _active_weights(
    symbols: tuple[str, ...], order: tuple[str, ...], weights: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    if len(symbols) < 2:
        return {}
    first, last = weights[symbols[0]], weights[symbols[-1]]
    return {sector: first[sector] - last[sector] for sector in order if sector in first and sector in last}


@dataclass(frozen=True)
class SharedPosition:
    """A position that more than one fund holds.

    weights : by fund, fraction of net assets; a fund that does not list it is absent
    symbol : its ticker, None where no list gives one
    """

    name: str
    weights: Mapping[str, float]
    symbol: str | None = None


@dataclass(frozen=True)
class Holdings:
    """What funds hold, as far as their lists reach.

    symbols : the funds asked about, in their order
    top : by fund whose positions are known, the ten largest known, long or short, the largest first
    overlaps : by pair of funds in the order of `symbols`, where both lists are known
    concentration : by fund whose positions are known
    shared : positions in more than one fund, the largest weight in any fund first
    facts : by fund, the whole list with its source and date
    missing : funds whose positions are not known, in the order asked
    of : what weights are fractions of
    parts : by fund with a whole list, the part of its net assets that is in them, and what they are
    alone : where all lists are whole, by fund its positions that none of the others has, the largest first
    sectors : where all lists are whole and name their sectors by one taxonomy
    """

    symbols: tuple[str, ...]
    top: Mapping[str, tuple[Holding, ...]]
    overlaps: Mapping[tuple[str, str], Overlap]
    concentration: Mapping[str, Concentration]
    shared: tuple[SharedPosition, ...]
    facts: Mapping[str, Fact[tuple[Holding, ...]]]
    missing: tuple[str, ...]
    of: Basis = Basis.FUND
    parts: Mapping[str, tuple[float, AssetKind]] = field(default_factory=dict)
    alone: Mapping[str, tuple[Holding, ...]] = field(default_factory=dict)
    sectors: SectorComparison | None = None

    def overlap(self, one: str, other: str) -> Overlap | None:
        """Return what two funds have in common, whichever is named first; None where a list is not known."""
        return self.overlaps.get((one, other)) or self.overlaps.get((other, one))


def holdings(profiles: Mapping[str, FundProfile], symbols: Sequence[str]) -> Holdings:
    """Return positions of funds side by side.

    Positions are joined as in `exposures.overlap`: by ISIN, else by CUSIP, else by ticker.

    Parameters
    ----------
    profiles : by symbol; a fund without one, or whose list is empty, is missing
    symbols : the funds asked about; one named twice counts once

    Returns
    -------
    Holdings.

    Examples
    --------
    A holds X 60 %, Y 40 %; B holds X 50 %, Z 50 %:

    >>> from analytics.fund import Kind
    >>> def fund(symbol, *held):
    ...     positions = tuple(Holding(name, weight, symbol=name) for name, weight in held)
    ...     return FundProfile(symbol, Kind.FUND, holdings=Fact(positions, "issuer"))
    >>> profiles = {"A": fund("A", ("X", 0.6), ("Y", 0.4)), "B": fund("B", ("X", 0.5), ("Z", 0.5))}
    >>> found = holdings(profiles, ["A", "B", "C"])
    >>> [(shared.name, shared.weights) for shared in found.shared], found.missing
    ([('X', {'A': 0.6, 'B': 0.5})], ('C',))
    >>> found.overlaps["A", "B"].weight
    0.5
    """
    asked = tuple(dict.fromkeys(symbols))
    facts = {symbol: fact for symbol in asked if (fact := _listed_holdings(profiles.get(symbol)))}
    pairs = {pair: overlap(*(profiles[symbol] for symbol in pair)) for pair in combinations(facts, 2)}
    concentrated = {symbol: concentration(profiles[symbol]) for symbol in facts}
    return Holdings(
        symbols=asked,
        top={symbol: _by_weight(fact.value)[:TOP] for symbol, fact in facts.items()},
        overlaps={pair: found for pair, found in pairs.items() if found},
        concentration={symbol: found for symbol, found in concentrated.items() if found},
        shared=_shared_positions({symbol: fact.value for symbol, fact in facts.items()}),
        facts=facts,
        missing=tuple(symbol for symbol in asked if symbol not in facts),
    )


def _listed_holdings(profile: FundProfile | None) -> Fact[tuple[Holding, ...]] | None:
    return profile.holdings if profile and profile.holdings and profile.holdings.value else None


def _by_weight(positions: Sequence[Holding]) -> tuple[Holding, ...]:
    return tuple(sorted(positions, key=lambda held: -abs(held.weight)))


def _shared_positions(lists: Mapping[str, Sequence[Holding]]) -> tuple[SharedPosition, ...]:
    matrix = lay_positions(lists)
    holders: list[dict[str, float]] = [{} for _ in matrix.positions]
    for (fund, held), rows in zip(lists.items(), matrix.rows, strict=True):
        for one, row in zip(held, rows, strict=True):
            holders[row][fund] = one.weight
    several = [
        SharedPosition(held.name, weights, held.symbol)
        for held, weights in zip(matrix.positions, holders, strict=True)
        if len(weights) > 1
    ]
    return tuple(sorted(several, key=lambda shared: (-max(shared.weights.values()), shared.name)))


def newest_lists(
    lists: Mapping[str, Sequence[HoldingsList]], symbols: Sequence[str], end: date
) -> dict[str, HoldingsList]:
    """Choose of each fund the newest list up to a day; the oldest one after it where there is none before.

    Examples
    --------
    >>> days = [date(2026, 1, 2), date(2026, 2, 2), date(2026, 3, 2)]
    >>> lists = {"A": [HoldingsList("A", day, "issuer", ()) for day in days]}
    >>> [newest_lists(lists, ["A"], date(2026, month, 15))["A"].as_of.month for month in (1, 2)]
    [1, 2]
    >>> newest_lists(lists, ["A", "B"], date(2025, 12, 31))["A"].as_of.month
    1
    """
    found = {}
    for symbol in symbols:
        listed = sorted(lists.get(symbol, ()), key=lambda each: each.as_of)
        known = [each for each in listed if each.as_of <= end]
        if listed:
            found[symbol] = known[-1] if known else listed[0]
    return found


def know_lists(
    profiles: Mapping[str, FundProfile], lists: Mapping[str, HoldingsList], symbols: Sequence[str]
) -> dict[str, FundProfile]:
    """Return profiles with whole lists in place of the positions that their source knows.

    Where all funds have one, weights are fractions of the shares each holds (of its bonds, if it is about
    those), so that they add up to 1; else of net assets, as those are beside them.
    """
    every = all(symbol in lists for symbol in symbols)
    known = dict(profiles)
    for symbol, listed in lists.items():
        if symbol not in symbols:
            continue
        part = (
            1.0
            if every
            else sum(
                held.weight for held in listed.positions if held.kind is listed.sleeve and held.weight > 0
            )
        )
        held = tuple(replace(one, weight=one.weight * part) for one in listed.securities())
        count = Fact(len(held), listed.source, listed.as_of)
        profile = profiles.get(symbol) or FundProfile(symbol, Kind.FUND)
        known[symbol] = replace(
            profile, holdings=Fact(held, listed.source, listed.as_of), holdings_count=count
        )
    return known


def whole_holdings(
    profiles: Mapping[str, FundProfile], lists: Mapping[str, HoldingsList], symbols: Sequence[str]
) -> Holdings:
    """Return positions of funds side by side, of those with a whole list all of them.

    Parameters
    ----------
    profiles : as `know_lists` gives them
    lists : of some of the funds

    Returns
    -------
    Holdings.
    """
    found = holdings(profiles, symbols)
    asked = found.symbols
    parts = {
        symbol: (lists[symbol].part(lists[symbol].sleeve), lists[symbol].sleeve)
        for symbol in asked
        if symbol in lists
    }
    if not parts or len(parts) < len(asked):
        return replace(found, parts=parts)
    return replace(
        found,
        of=Basis.SHARES,
        parts=parts,
        alone=_positions_alone({symbol: fact.value for symbol, fact in found.facts.items()}),
        sectors=_sectors_of_lists({symbol: lists[symbol] for symbol in asked}),
    )


def _positions_alone(lists: Mapping[str, Sequence[Holding]]) -> dict[str, tuple[Holding, ...]]:
    if len(lists) < 2:
        return {}
    matrix = lay_positions(lists)
    holders = (matrix.weights > 0).sum(axis=0)
    return {
        symbol: _by_weight([one for one, row in zip(held, rows, strict=True) if holders[row] == 1])
        for (symbol, held), rows in zip(lists.items(), matrix.rows, strict=True)
    }


def _sectors_of_lists(lists: Mapping[str, HoldingsList]) -> SectorComparison | None:
    facts = {}
    found = {symbol: listed.sectors() for symbol, listed in lists.items()}
    named = dict.fromkeys(sector for weights in found.values() for sector in weights or ())
    for symbol, listed in lists.items():
        weights = found[symbol]
        if weights is None:
            return None
        # Of a whole list a sector that no position is in is known to be nothing.
        every = {sector: weights.get(sector, 0.0) for sector in named}
        told = SectorWeights(listed.taxonomy, every, Basis.SHARES)
        facts[symbol] = FundProfile(symbol, Kind.FUND, sectors=Fact(told, listed.source, listed.as_of))
    return compare_sectors(tuple(facts.values()))


def blend_lists(symbol: str, parts: Sequence[tuple[HoldingsList, float]], cash: float = 0.0) -> HoldingsList:
    """Return what a mix of funds holds: positions joined, weights times the part of each fund.

    Its day is that of the oldest list; its sectors are kept where all lists name theirs by one taxonomy.  A
    quantity is a fraction of all that its fund holds: what it grew by tells of a split, and of no flows.

    Parameters
    ----------
    parts : lists with the part of each fund in the mix, fraction; cash : the part in none of them

    Examples
    --------
    >>> day, rows = date(2026, 1, 2), [Constituent(name, 1.0, symbol=name) for name in "XY"]
    >>> one, other = (HoldingsList(row.name, day, "", (row,)) for row in rows)
    >>> [(held.name, held.weight) for held in blend_lists("C", [(one, 0.6), (other, 0.4)]).positions]
    [('X', 0.6), ('Y', 0.4)]
    """
    laid = lay_positions({str(number): _scale_quantities(listed) for number, (listed, _) in enumerate(parts)})
    weights = np.array([part for _, part in parts]) @ laid.weights
    taxonomies = {listed.taxonomy for listed, _ in parts if listed.sleeve is AssetKind.SHARES}
    named = taxonomies.pop() if len(taxonomies) == 1 else ""
    held = [
        replace(one, weight=float(weight), sector=one.sector if named else None)
        for one, weight in zip(laid.positions, weights, strict=True)
        if isinstance(one, Constituent)
    ]
    rest = [Constituent("cash", cash, kind=AssetKind.CASH)] if cash else []
    sources = dict.fromkeys(listed.source for listed, _ in parts)
    day = min(listed.as_of for listed, _ in parts)
    return HoldingsList(symbol, day, ", ".join(sources), (*held, *rest), named)


def _scale_quantities(listed: HoldingsList) -> list[Constituent]:
    total = sum(held.quantity or 0.0 for held in listed.positions if held.kind is AssetKind.SHARES)
    if total <= 0:
        return list(listed.positions)
    return [
        replace(held, quantity=held.quantity / total) if held.quantity else held for held in listed.positions
    ]
