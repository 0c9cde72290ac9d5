"""What a fund is, costs and holds: every fact with its source and date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from analytics.mixes import mix_of

T = TypeVar("T")

MOSTLY = 0.8
"""Part of a fund that makes it one of bonds: what its name must stand for (rule 35d-1 of the SEC)."""

NEAR = timedelta(days=7)
"""How far from a day a fact may be taken for one of that day: fees, assets and weights drift slowly."""

SEEDED = timedelta(days=31)
"""How long a fund may have been priced before the day that its provider calls its inception."""


class Kind(StrEnum):
    """What a symbol names."""

    FUND = "fund"
    STOCK = "stock"
    INDEX = "index"
    MIX = "mix"  # of funds, by weight; its `name` says which
    OTHER = "other"


@dataclass(frozen=True)
class Fact(Generic[T]):
    """A value, who said it, and for which day (None: the source does not say)."""

    value: T
    source: str
    as_of: date | None = None

    def postdates(self, end: date) -> bool:
        """Tell whether the fact is of a day more than a week after `end`.

        Sources keep no earlier facts, so a question about the past meets those of today.  They are shown with
        their day, and are no part of a finding about a span that ends on `end`.
        """
        return self.as_of is not None and self.as_of > end + NEAR


def is_mix(symbol: str) -> bool:
    """Tell whether a symbol is one of a mix (`analytics.mixes`): no fund's has a percent sign."""
    return "%" in symbol


def funds_of(symbol: str) -> tuple[str, ...]:
    """Name the funds that stand behind a symbol: those of a mix, else itself.

    >>> funds_of("60%ISCB+40%TLT"), funds_of("SPSM")
    (('ISCB', 'TLT'), ('SPSM',))
    """
    return mix_of(symbol).funds if is_mix(symbol) else (symbol,)


def as_named(symbol: str) -> str:
    """Return a symbol as people name it: a mix under a name is one in all of its versions.

    >>> as_named("core@2=60%ISCB+40%TLT"), as_named("60%ISCB+40%TLT"), as_named("SPSM")
    ('core', '60%ISCB+40%TLT', 'SPSM')
    """
    return (mix_of(symbol).name if is_mix(symbol) else "") or symbol


class Approach(StrEnum):
    """How a fund comes by what it holds."""

    INDEX = "index fund"
    ACTIVE = "actively managed"
    LEVERAGED = "leveraged"
    INVERSE = "inverse"
    PHYSICAL = "holds one commodity or coin"


class Basis(StrEnum):
    """What sector weights are fractions of."""

    FUND = "net assets"
    SHARES = "its shares"  # and what part of the fund its shares are is not known


@dataclass(frozen=True)
class SectorWeights:
    """Sector weights as fractions, 0.19 = 19 %, under a named taxonomy.

    of : the whole fund, in which case bonds and cash are one of the sectors, or its shares alone

    Weights of different taxonomies, or of different parts of a fund, are never subtracted from one another.
    """

    taxonomy: str
    weights: Mapping[str, float]
    of: Basis = Basis.FUND

    @property
    def named(self) -> str:
        """ "Morningstar, of net assets": what the weights follow and what they are fractions of."""
        return f"{self.taxonomy}, of {self.of.value}"


@dataclass(frozen=True)
class Holding:
    """One position; weight is a fraction of net assets, 0.01 = 1 %.

    A position sold short has a negative weight, a swap may exceed 1.
    """

    name: str
    weight: float
    symbol: str | None = None
    isin: str | None = None
    cusip: str | None = None


@dataclass(frozen=True)
class IndexChange:
    """From this day on the fund has tracked another index: older figures describe the old one."""

    on: date
    to: str


@dataclass(frozen=True)
class FundProfile:
    """What is known of a symbol beside its prices; None where it is not known.

    Attributes
    ----------
    name : in full, as the provider writes it
    exchange : where it is listed, in words
    provider : the fund family, "iShares"
    index : the name of what it tracks today; `index_changes` says since when, where that is known
    inception : the day on which it was set up, which is not that of its first trade
    approach : None where neither the provider nor its name makes it certain
    expense_ratio : fraction a year, 0.0004 = 0.04 % = 4 bp
    dividend_yield : fraction a year; `yield_kind` says which yield ("trailing 12 months", "SEC 30-day")
    currency : of the amounts here, by ISO code ("GBP", never pence); prices have their own
    assets : net assets in `currency`
    turnover : the lesser of what it bought and sold in a year over its average assets, fraction; 0.3 = 30 %
    holdings_count : number of positions
    bonds : the part of the net assets in bonds, fraction; borrowed money may take it above 1
    holdings : the positions known, the largest first whether long or short; often only the top ten
    ex_date : the newest ex-dividend day that the source tells, one to come where it is announced
    """

    symbol: str
    kind: Kind
    name: str = ""
    currency: str | None = None
    category: str | None = None
    exchange: str | None = None
    provider: Fact[str] | None = None
    index: Fact[str] | None = None
    inception: Fact[date] | None = None
    approach: Fact[Approach] | None = None
    expense_ratio: Fact[float] | None = None
    dividend_yield: Fact[float] | None = None
    yield_kind: str | None = None
    assets: Fact[float] | None = None
    turnover: Fact[float] | None = None
    holdings_count: Fact[int] | None = None
    bonds: Fact[float] | None = None
    sectors: Fact[SectorWeights] | None = None
    holdings: Fact[tuple[Holding, ...]] | None = None
    index_changes: tuple[IndexChange, ...] = ()
    ex_date: Fact[date] | None = None

    @property
    def is_bond_fund(self) -> bool:
        """True where bonds are known to be at least `MOSTLY` of it; what nobody tells is no reason.

        >>> FundProfile("AAA", Kind.FUND, bonds=Fact(0.99, "by hand")).is_bond_fund
        True
        >>> FundProfile("AAA", Kind.FUND, category="Long Government").is_bond_fund
        False
        """
        return self.bonds is not None and self.bonds.value >= MOSTLY

    @property
    def tracked_since(self) -> date | None:
        """Return the day from which it has followed the index of today; None where no change is known."""
        return self.index_changes[-1].on if self.index_changes else None


def is_complete(profile: FundProfile) -> bool:
    """Tell whether the list of a fund's positions has as many as the source says there are."""
    count, listed = profile.holdings_count, profile.holdings
    return bool(count and listed and len(listed.value) >= count.value)


@dataclass(frozen=True)
class FundIdentity:
    """What funds are, as far as their prices bear it out.

    profiles : by symbol, in the order asked; without an inception date that the prices contradict
    priced_before : by symbol, the inception date that was told and the first price, which is older
    """

    profiles: Mapping[str, FundProfile]
    priced_before: Mapping[str, tuple[date, date]]


def identify_funds(profiles: Mapping[str, FundProfile], first_prices: Mapping[str, date]) -> FundIdentity:
    """Gather what funds are, and drop inception dates that are those of another share class.

    Parameters
    ----------
    first_prices : by symbol, the oldest price known; a fund may be priced a few weeks before it is opened
        to all (`SEEDED`)

    Examples
    --------
    >>> fund = FundProfile("VFINX", Kind.FUND, inception=Fact(date(2010, 9, 7), "Yahoo Finance"))
    >>> found = identify_funds({"VFINX": fund}, {"VFINX": date(1980, 1, 2)})
    >>> found.profiles["VFINX"].inception, found.priced_before["VFINX"][1]
    (None, datetime.date(1980, 1, 2))
    """
    kept: dict[str, FundProfile] = {}
    contradicted: dict[str, tuple[date, date]] = {}
    for symbol, profile in profiles.items():
        first, told = first_prices.get(symbol), profile.inception
        if told and first and first < told.value - SEEDED:
            contradicted[symbol] = (told.value, first)
        kept[symbol] = replace(profile, inception=None) if symbol in contradicted else profile
    return FundIdentity(kept, contradicted)


def latest_index_change(
    profiles: Iterable[FundProfile], before: date
) -> tuple[FundProfile, IndexChange] | None:
    """Find the newest change of index of several funds, with the fund it is of.

    Parameters
    ----------
    before : a change on this day or later is not one yet

    Returns
    -------
    None where no change is known.

    Examples
    --------
    >>> fund = FundProfile("AAA", Kind.FUND, index_changes=(IndexChange(date(2021, 3, 19), "Index B"),))
    >>> latest_index_change([fund], date(2026, 1, 16))[1].on, latest_index_change([fund], date(2021, 1, 4))
    (datetime.date(2021, 3, 19), None)
    """
    changes = [
        (profile, change) for profile in profiles for change in profile.index_changes if change.on < before
    ]
    return max(changes, key=lambda found: found[1].on, default=None)
