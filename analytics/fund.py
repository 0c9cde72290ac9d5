"""What a fund is, costs and holds: every fact with its source and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Kind(StrEnum):
    """What a symbol names."""

    FUND = "fund"
    STOCK = "stock"
    INDEX = "index"
    OTHER = "other"


@dataclass(frozen=True)
class Fact(Generic[T]):
    """A value, who said it, and for which day (None: the source does not say)."""

    value: T
    source: str
    as_of: date | None = None


@dataclass(frozen=True)
class SectorWeights:
    """Sector weights as fractions of net assets, 0.19 = 19 %, under a named taxonomy.

    Weights of different taxonomies are never subtracted from one another.
    """

    taxonomy: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Holding:
    """One position; weight is a fraction of net assets, 0.01 = 1 %."""

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
    expense_ratio : fraction a year, 0.0004 = 0.04 % = 4 bp
    dividend_yield : fraction a year; `yield_kind` says which yield ("trailing 12 months", "SEC 30-day")
    currency : of the amounts here, by ISO code ("GBP", never pence); prices have their own
    assets : net assets in `currency`
    holdings_count : number of positions
    holdings : the positions known, largest first; often only the top ten
    """

    symbol: str
    kind: Kind
    name: str = ""
    currency: str | None = None
    category: str | None = None
    expense_ratio: Fact[float] | None = None
    dividend_yield: Fact[float] | None = None
    yield_kind: str | None = None
    assets: Fact[float] | None = None
    holdings_count: Fact[int] | None = None
    sectors: Fact[SectorWeights] | None = None
    holdings: Fact[tuple[Holding, ...]] | None = None
    index_changes: tuple[IndexChange, ...] = ()
