"""Whole lists of what funds hold: positions joined across lists, overlap, active share, sectors.

    matrix = lay_positions({"IVV": ivv.securities(), "SPY": spy.securities()})
    share_overlap(*matrix.weights)                      0.991
    mix @ matrix.weights                                what a mix of the funds holds, position by position

All that takes weights takes plain vectors, so that a mix of funds is measured as a fund is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

from analytics.fund import Basis, Fact, FundProfile, Holding, Kind, SectorWeights, is_complete
from analytics.mixes import CASH, Mix, currency_words, mix_of
from analytics.panel import FloatArray

T = TypeVar("T")

CLASSIFIED = 0.98
"""Part of the weight that must have a sector before sectors of a list are told."""

GICS = "GICS"
_GICS = {
    "Communication Services": ("communication", "communications", "telecommunication services"),
    "Consumer Discretionary": (),
    "Consumer Staples": (),
    "Energy": (),
    "Financials": (),
    "Health Care": ("healthcare",),
    "Industrials": (),
    "Information Technology": (),
    "Materials": (),
    "Real Estate": (),
    "Utilities": (),
}
_MORNINGSTAR = {
    "Basic Materials": (),
    "Communication Services": (),
    "Consumer Cyclical": (),
    "Consumer Defensive": (),
    "Energy": (),
    "Financial Services": (),
    "Healthcare": (),
    "Industrials": (),
    "Real Estate": (),
    "Technology": (),
    "Utilities": (),
}
TAXONOMIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {GICS: _GICS, "Morningstar": _MORNINGSTAR}
"""Sectors of each taxonomy that is known, and what else they are called."""


class AssetKind(StrEnum):
    """What a position is."""

    SHARES = "shares"
    BONDS = "bonds"
    CASH = "cash"
    OTHER = "other"


@dataclass(frozen=True)
class Constituent(Holding):
    """A row of a whole list; what its source does not tell is None.

    sector : under the taxonomy of its list
    quantity : shares or units held
    price : of one of them, in the fund's currency
    currency : in which it is traded, by ISO code; rows that differ in it are not joined by their tickers
    """

    sedol: str | None = None
    sector: str | None = None
    kind: AssetKind = AssetKind.SHARES
    quantity: float | None = None
    price: float | None = None
    currency: str | None = None


@dataclass(frozen=True)
class HoldingsList:
    """All positions of a fund on one day.

    symbol : of the fund
    source : who says so, "iShares file IWM_holdings.csv"
    positions : weights are fractions of net assets, cash and derivatives among them
    taxonomy : what their sectors follow, empty where none are known or they follow none that is known
    """

    symbol: str
    as_of: date
    source: str
    positions: tuple[Constituent, ...]
    taxonomy: str = ""

    @property
    def total(self) -> float:
        """Sum of all weights, fraction; 1 where the list is whole."""
        return sum(held.weight for held in self.positions)

    @property
    def sleeve(self) -> AssetKind:
        """Shares or bonds, whichever weigh more: what the fund is about."""
        parts = {kind: self.part(kind) for kind in (AssetKind.SHARES, AssetKind.BONDS)}
        return max(parts, key=lambda kind: parts[kind])

    def part(self, kind: AssetKind) -> float:
        """Return how much of the net assets is in a kind of position, fraction; what is short counts less."""
        return sum(held.weight for held in self.positions if held.kind is kind)

    def securities(self) -> tuple[Constituent, ...]:
        """Return the long positions of its sleeve, renormalised to 1, the largest first; none where none is.

        Cash, derivatives and short positions are left out, so that two funds can be laid side by side.
        """
        sleeve = self.sleeve
        held = [one for one in self.positions if one.kind is sleeve and one.weight > 0]
        total = sum(one.weight for one in held)
        ranked = sorted(held, key=lambda one: -one.weight)
        return tuple(replace(one, weight=one.weight / total) for one in ranked)

    def sectors(self) -> dict[str, float] | None:
        """Return the sectors of its securities, fractions that add up to 1; None where too few have one."""
        if not self.taxonomy:
            return None
        found: dict[str, float] = {}
        for held in self.securities():
            if held.sector:
                found[held.sector] = found.get(held.sector, 0.0) + held.weight
        total = sum(found.values())
        if total < CLASSIFIED:
            return None
        return {sector: weight / total for sector, weight in found.items()}


def name_sectors(positions: Sequence[Constituent]) -> tuple[tuple[Constituent, ...], str]:
    """Return positions with their sectors in one taxonomy's own words, and its name.

    Only shares have a sector.  Where some name belongs to no taxonomy that is known, no sector is kept.

    Examples
    --------
    >>> rows = [Constituent("X", 0.6, sector="Communication"), Constituent("Y", 0.4, sector="financials")]
    >>> named, taxonomy = name_sectors(rows)
    >>> [row.sector for row in named], taxonomy
    (['Communication Services', 'Financials'], 'GICS')
    """
    given = {sector for held in positions if (sector := _given_sector(held))}
    for taxonomy, sectors in TAXONOMIES.items():
        words = {
            alias.casefold(): sector for sector, others in sectors.items() for alias in (sector, *others)
        }
        if given and given <= words.keys():
            named = ((held, words.get(_given_sector(held))) for held in positions)
            return tuple(
                held if held.sector == sector else replace(held, sector=sector) for held, sector in named
            ), taxonomy
    return tuple(replace(held, sector=None) if held.sector else held for held in positions), ""


def _given_sector(held: Constituent) -> str:
    return held.sector.casefold() if held.sector and held.kind is AssetKind.SHARES else ""


Keys = tuple[str | None, str | None, str | None, str | None]
"""ISIN, CUSIP, SEDOL, ticker: what joins positions, the strongest first."""
_NO_KEYS: Keys = (None, None, None, None)
_TICKER = 3
_PUNCTUATION = re.compile(r"[^A-Z0-9]+")
_NUMBERED_BY_CUSIP = frozenset({"US", "CA"})
_NUMBERED_BY_SEDOL = frozenset({"GB", "IE"})
_BASE = 8
"""Characters of a CUSIP that name the security; some sources leave out the ninth, which checks them."""


def identifiers(held: Holding) -> Keys:
    """Return what names a position: an ISIN tells its CUSIP or SEDOL, BRK.B and BRKB are one ticker.

    Examples
    --------
    >>> identifiers(Holding("Apple", 0.07, symbol="AAPL", isin="US0378331005"))
    ('US0378331005', '03783310', None, 'AAPL')
    >>> identifiers(Holding("Berkshire", 0.02, symbol="BRK.B"))[3]
    'BRKB'
    """
    isin = _plain(held.isin)
    country = isin[:2] if isin and len(isin) == 12 else ""
    cusip = _plain(held.cusip) or (isin[2:11] if isin and country in _NUMBERED_BY_CUSIP else None)
    sedol = _plain(getattr(held, "sedol", None))
    if sedol is None and isin and country in _NUMBERED_BY_SEDOL:
        sedol = isin[4:11]
    return isin, cusip[:_BASE] if cusip else None, sedol, _plain(held.symbol)


def _plain(given: str | None) -> str | None:
    if not given:
        return None
    upper = given.upper()
    return upper if upper.isalnum() and upper.isascii() else _PUNCTUATION.sub("", upper) or None


def match_holdings(ours: Sequence[Holding], theirs: Sequence[Holding]) -> list[tuple[Holding, Holding]]:
    """Pair positions found in both lists, the strongest identifier first; none twice.

    A weaker identifier never joins what a stronger one tells apart, and tickers never join what is traded in
    two currencies: they repeat across exchanges.
    """
    return [(ours[mine], theirs[yours]) for mine, yours in _match(_sides(ours), _sides(theirs))]


_Side = tuple[Keys, str | None]
"""Identifiers of a position, and the currency it is traded in."""


def _sides(held: Iterable[Holding]) -> list[_Side]:
    return [(identifiers(one), getattr(one, "currency", None)) for one in held]


def _match(ours: Sequence[_Side], theirs: Sequence[_Side]) -> list[tuple[int, int]]:
    """Pair rows of two lists by number, in the order in which they were found."""
    found: list[tuple[int, int]] = []
    taken_ours, taken_theirs = set[int](), set[int]()
    for strength in range(len(_NO_KEYS)):
        index = _index(theirs, strength, taken_theirs)
        for mine, (keys, currency) in enumerate(ours):
            yours = index.get(keys[strength] or "") if mine not in taken_ours else None
            if yours is None or yours in taken_theirs:
                continue
            other, traded = theirs[yours]
            apart = strength == _TICKER and currency and traded and currency != traded
            if not apart and not _contradict(keys, other, strength):
                found.append((mine, yours))
                taken_ours.add(mine)
                taken_theirs.add(yours)
    return found


def _index(sides: Sequence[_Side], strength: int, taken: set[int]) -> dict[str, int]:
    return {key: row for row, (keys, _) in enumerate(sides) if (key := keys[strength]) and row not in taken}


def _contradict(mine: Keys, yours: Keys, strength: int) -> bool:
    """Return True where both have a stronger identifier and it differs."""
    pairs = zip(mine[:strength], yours[:strength], strict=True)
    return any(one and other and one != other for one, other in pairs)


@dataclass(frozen=True, eq=False)
class PositionMatrix:
    """Positions of several lists side by side.

    symbols : N, what the lists are of
    positions : M, each once, with every identifier that any list gives it; its weight is that of the first
        list that has it
    weights : (N, M) as the lists give them, 0 where a list does not have the position
    rows : by list, for each of its positions in their order, which of the M it is
    """

    symbols: tuple[str, ...]
    positions: tuple[Holding, ...]
    weights: FloatArray
    rows: tuple[tuple[int, ...], ...]


def lay_positions(lists: Mapping[str, Sequence[Holding]]) -> PositionMatrix:
    """Lay lists of positions side by side; joined as in `match_holdings`, each list to all before it.

    Examples
    --------
    >>> x, y, z = (Holding(name, 0.5, symbol=name) for name in "XYZ")
    >>> found = lay_positions({"A": [x, y], "B": [z, x]})
    >>> [held.name for held in found.positions], found.weights.tolist(), found.rows
    (['X', 'Y', 'Z'], [[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]], ((0, 1), (2, 0)))
    """
    positions: list[Holding] = []
    known: list[_Side] = []
    placed: list[tuple[int, ...]] = []
    for held in lists.values():
        sides = _sides(held)
        found = {yours: mine for mine, yours in _match(known, sides)}
        rows = []
        for number, (one, side) in enumerate(zip(held, sides, strict=True)):
            row = found.get(number)
            if row is None:
                row = len(positions)
                positions.append(one)
                known.append(side)
            else:
                positions[row] = merge_identifiers(positions[row], one)
                known[row] = _merge_sides(known[row], side)
            rows.append(row)
        placed.append(tuple(rows))
    weights = np.zeros((len(lists), len(positions)))
    for fund, (held, rows_of) in enumerate(zip(lists.values(), placed, strict=True)):
        weights[fund, list(rows_of)] = [one.weight for one in held]
    return PositionMatrix(tuple(lists), tuple(positions), weights, tuple(placed))


def _merge_sides(old: _Side, new: _Side) -> _Side:
    isin, cusip, sedol, ticker = (one or other for one, other in zip(old[0], new[0], strict=True))
    return (isin, cusip, sedol, ticker), old[1] or new[1]


def merge_identifiers(old: Holding, new: Holding) -> Holding:
    """Make the position with every identifier that either list gives: a third list may know only one of
    them.
    """
    merged = replace(
        old,
        symbol=old.symbol or new.symbol,
        isin=old.isin or new.isin,
        cusip=old.cusip or new.cusip,
    )
    if isinstance(merged, Constituent) and isinstance(new, Constituent):
        return replace(merged, sedol=merged.sedol or new.sedol, sector=merged.sector or new.sector)
    return merged


def share_overlap(one: FloatArray, other: FloatArray) -> float:
    """Return what two lists have in common: the sum of the smaller weights.

    Parameters
    ----------
    one, other : (M,) weights of the same positions, fractions; 0 where a list does not have one

    Returns
    -------
    Fraction, 0 to the smaller of the two sums.

    Examples
    --------
    >>> share_overlap(np.array([0.6, 0.4, 0.0]), np.array([0.5, 0.0, 0.5]))
    0.5
    """
    return float(np.minimum(one, other).sum())


def active_share(one: FloatArray, other: FloatArray) -> float:
    """Return the active share: half the sum of the absolute gaps between the weights.

    It is 1 - overlap only where both lists add up to 1.

    Parameters
    ----------
    one, other : (M,) weights of the same positions, fractions; 0 where a list does not have one

    Returns
    -------
    Fraction, 0 for the same weights, 1 where two lists that add up to 1 share nothing.

    References
    ----------
    Cremers, Petajisto: How Active Is Your Fund Manager?, Review of Financial Studies 22 (2009), equation 1.

    Examples
    --------
    >>> active_share(np.array([0.6, 0.4, 0.0]), np.array([0.5, 0.0, 0.5]))
    0.5
    >>> round(active_share(np.array([0.6, 0.4]), np.array([0.6, 0.2])), 6)  # a fifth is in cash: not 1 - 0.8
    0.1
    """
    return float(np.abs(one - other).sum() / 2)


def effective_number(weights: FloatArray) -> float:
    """Return the effective number of positions, 1 / Herfindahl, on weights renormalised to 1.

    Parameters
    ----------
    weights : (M,) none below 0 and some above it

    Returns
    -------
    Number, 1 to M.

    Examples
    --------
    HHI = 0.16 + 0.09 + 0.04 + 0.01 = 0.30:

    >>> round(effective_number(np.array([0.4, 0.3, 0.2, 0.1])), 2)
    3.33
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


REST = "Bonds, cash and other"
"""What sources call the part of the net assets that is in no share."""


def mix_profile(symbol: str, profiles: Mapping[str, FundProfile]) -> FundProfile:
    """Return what is known of a mix from what is known of its funds.

    Fee and yield are weighted sums, as of the oldest; sectors and positions are looked through.  What is not
    known of one of the funds is not known of the mix; of positions those are told that are known.  It has no
    assets of its own.

    Parameters
    ----------
    profiles : by symbol, of its funds; one that is missing is not known

    Examples
    --------
    >>> funds = {"A": FundProfile("A", Kind.FUND, expense_ratio=Fact(0.0004, "issuer")),
    ...          "B": FundProfile("B", Kind.FUND, expense_ratio=Fact(0.0014, "issuer"))}
    >>> round(mix_profile("60%A+40%B", funds).expense_ratio.value, 6)
    0.0008
    """
    mix = mix_of(symbol)
    known = [
        (weight, profiles.get(each.symbol))
        for each, weight in zip(mix.components, mix.weights.tolist(), strict=True)
        if each.symbol != CASH
    ]
    funds = [(weight, profile or FundProfile("", Kind.OTHER)) for weight, profile in known]
    currencies = {fund.currency for _, fund in funds}
    one = next(iter(currencies)) if len(currencies) == 1 else None
    kinds = {fund.yield_kind for _, fund in funds}
    positions, count = _positions(funds)
    changes = {change for _, fund in funds for change in fund.index_changes}
    return FundProfile(
        symbol,
        Kind.MIX,
        name=f"{mix.definition}{'' if one else currency_words(currencies)}",
        currency=one,
        expense_ratio=_sum(funds, lambda fund: fund.expense_ratio),
        dividend_yield=_yield(mix, funds) if len(kinds) == 1 else None,
        yield_kind=kinds.pop() if len(kinds) == 1 else None,
        bonds=_sum(funds, lambda fund: fund.bonds),
        sectors=_sectors(funds),
        holdings=positions,
        holdings_count=count,
        index_changes=tuple(sorted(changes, key=lambda change: change.on)),
    )


_Weighted = Sequence[tuple[float, FundProfile]]
"""The funds of a mix, each with its weight as a fraction of the whole."""


def _sum(funds: _Weighted, read: Callable[[FundProfile], Fact[float] | None]) -> Fact[float] | None:
    """Add up a fact by weight; None where one of the funds lacks it."""
    facts = [(weight, fact) for weight, fund in funds if (fact := read(fund)) is not None]
    if len(facts) < len(funds):
        return None
    return _fact(sum(weight * fact.value for weight, fact in facts), [fact for _, fact in facts])


def _yield(mix: Mix, funds: _Weighted) -> Fact[float] | None:
    paid = _sum(funds, lambda fund: fund.dividend_yield)
    if paid is None or not mix.cash:
        return paid
    return None if mix.cash_rate is None else replace(paid, value=paid.value + mix.cash * mix.cash_rate)


def _fact(value: T, facts: Sequence[Fact[Any]]) -> Fact[T]:
    """State a value made from facts: by all of their sources, as of the oldest, if all have a day."""
    days = [fact.as_of for fact in facts if fact.as_of]
    sources = ", ".join(dict.fromkeys(fact.source for fact in facts))
    return Fact(value, sources, min(days) if len(days) == len(facts) else None)


def _sectors(funds: _Weighted) -> Fact[SectorWeights] | None:
    """Look through to sectors; bond funds and cash are the rest of net assets, and no part of shares."""
    told = [(weight, fund.sectors) for weight, fund in funds if fund.sectors]
    silent = [(weight, fund) for weight, fund in funds if not fund.sectors]
    if len({fact.value.named for _, fact in told}) != 1 or not all(fund.is_bond_fund for _, fund in silent):
        return None
    first = told[0][1].value
    whole = 1.0 if first.of is Basis.FUND else sum(weight for weight, _ in told)
    weights: dict[str, float] = {}
    for weight, fact in told:
        for sector, part in fact.value.weights.items():
            weights[sector] = weights.get(sector, 0.0) + weight * part / whole
    rest = 1.0 - sum(weight for weight, _ in told)
    if rest > 0.0 and first.of is Basis.FUND:
        weights[REST] = weights.get(REST, 0.0) + rest
    return _fact(SectorWeights(first.taxonomy, weights, first.of), [fact for _, fact in told])


def _positions(funds: _Weighted) -> tuple[Fact[tuple[Holding, ...]] | None, Fact[int] | None]:
    """Look through to positions, the largest first, and count them where the list of every fund is whole."""
    listed = [(weight, fund.holdings) for weight, fund in funds if fund.holdings]
    if not listed:
        return None, None
    matrix = lay_positions({str(at): fact.value for at, (_, fact) in enumerate(listed)})
    whole_weights = np.array([weight for weight, _ in listed]) @ matrix.weights
    mixed = zip(matrix.positions, whole_weights.tolist(), strict=True)
    found = [replace(held, weight=weight) for held, weight in mixed]
    ordered = tuple(sorted(found, key=lambda held: -abs(held.weight)))
    facts = [fact for _, fact in listed]
    whole = all(is_complete(fund) for _, fund in funds)
    return _fact(ordered, facts), _fact(len(ordered), facts) if whole else None
