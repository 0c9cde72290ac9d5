"""What several funds hold: the largest positions of each, and those they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from analytics.exposures import TOP, Concentration, Overlap, concentration, joined, overlap
from analytics.fund import Fact, FundProfile, Holding


@dataclass(frozen=True)
class Shared:
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
    """

    symbols: tuple[str, ...]
    top: Mapping[str, tuple[Holding, ...]]
    overlaps: Mapping[tuple[str, str], Overlap]
    concentration: Mapping[str, Concentration]
    shared: tuple[Shared, ...]
    facts: Mapping[str, Fact[tuple[Holding, ...]]]
    missing: tuple[str, ...]

    def overlap(self, one: str, other: str) -> Overlap | None:
        """What two funds have in common, whichever is named first; None where a list is not known."""
        return self.overlaps.get((one, other)) or self.overlaps.get((other, one))


def holdings(profiles: Mapping[str, FundProfile], symbols: Sequence[str]) -> Holdings:
    """Positions of funds side by side.

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
    facts = {symbol: fact for symbol in asked if (fact := _listed(profiles.get(symbol)))}
    pairs = {pair: overlap(*(profiles[symbol] for symbol in pair)) for pair in combinations(facts, 2)}
    concentrated = {symbol: concentration(profiles[symbol]) for symbol in facts}
    return Holdings(
        symbols=asked,
        top={symbol: _largest(fact.value)[:TOP] for symbol, fact in facts.items()},
        overlaps={pair: found for pair, found in pairs.items() if found},
        concentration={symbol: found for symbol, found in concentrated.items() if found},
        shared=_shared({symbol: fact.value for symbol, fact in facts.items()}),
        facts=facts,
        missing=tuple(symbol for symbol in asked if symbol not in facts),
    )


def _listed(profile: FundProfile | None) -> Fact[tuple[Holding, ...]] | None:
    return profile.holdings if profile and profile.holdings and profile.holdings.value else None


def _largest(positions: Sequence[Holding]) -> tuple[Holding, ...]:
    return tuple(sorted(positions, key=lambda held: -abs(held.weight)))


def _shared(lists: Mapping[str, Sequence[Holding]]) -> tuple[Shared, ...]:
    """Fund by fund: a position joins one met before, or is new."""
    met: list[tuple[Holding, dict[str, float]]] = []
    for fund, positions in lists.items():
        known = [held for held, _ in met]
        found = {id(old): new for old, new in joined(known, positions)}
        for at, (old, weights) in enumerate(met):
            if new := found.get(id(old)):
                met[at] = _named(old, new), {**weights, fund: new.weight}
        old_ones = {id(new) for new in found.values()}
        met += [(replace(held), {fund: held.weight}) for held in positions if id(held) not in old_ones]
    several = [Shared(held.name, weights, held.symbol) for held, weights in met if len(weights) > 1]
    return tuple(sorted(several, key=lambda shared: (-max(shared.weights.values()), shared.name)))


def _named(old: Holding, new: Holding) -> Holding:
    """The position with every identifier that either list gives: a third list may know only one of them."""
    return replace(
        old,
        symbol=old.symbol or new.symbol,
        isin=old.isin or new.isin,
        cusip=old.cusip or new.cusip,
    )
