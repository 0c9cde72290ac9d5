"""Pairs that a channel follows without a rule, what its daily post tells of them and of days to come; and
mixes of funds that a workspace has named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from analytics.pairs import PairReturns

MOST_FOLLOWED = 12
"""Pairs of one channel: each is a line of its post."""


@dataclass(frozen=True)
class Follow:
    """Two funds whose returns a channel reads every morning.

    first, second: the gap is the first one's return less the second one's.
    against: a fund beside them, empty for none.  owner: who asked for it.
    """

    team: str
    channel: str
    first: str
    second: str
    against: str
    owner: str
    made: datetime

    @property
    def pair(self) -> str:
        """The same for both orders: "ISCB SPSM"."""
        return " ".join(sorted((self.first, self.second)))

    @property
    def symbols(self) -> tuple[str, ...]:
        """All that are measured, in the order of the line."""
        return tuple(filter(None, (self.first, self.second, self.against)))


MOST_PORTFOLIOS = 50
"""Names of one workspace."""


@dataclass(frozen=True)
class Portfolio:
    """One version of a mix of funds under a name; immutable, so that who was made with it keeps it.

    symbol: of the mix, with its name and version in it.
    version: from 1 on; counted on where the name was given up meanwhile.
    owner: who made the first version; author: who made this one.  retired: when the name was given up.
    """

    team: str
    name: str
    version: int
    symbol: str
    owner: str
    author: str
    made: datetime
    retired: datetime | None = None


class DateKind(StrEnum):
    """What happens on a known date; the words are stored."""

    PAID = "paid"  # an ex-dividend day that has come
    ANNOUNCED = "announced"  # one to come, as the source tells it
    REBALANCE = "rebalance"  # the index changes after this close
    CLOSED = "closed"  # the exchange rests on a weekday
    HALF_DAY = "half_day"  # it closes before the usual hour


@dataclass(frozen=True)
class KnownDate:
    """A date that is declared by a source or a calendar, never guessed.

    symbols: of the funds that it is about.  name: of the index, or the code of the exchange.
    amount, currency: paid a share, where the source tells them.
    """

    kind: DateKind
    day: date
    symbols: tuple[str, ...]
    name: str = ""
    amount: float | None = None
    currency: str | None = None


@dataclass(frozen=True)
class RuleChange:
    """What a rule's value was at the close that a period is told from.  name: "R7".  None: not known."""

    name: str
    base: date
    before: float | None
    after: float | None


@dataclass(frozen=True)
class PeriodReport:
    """A week or a month that is over.  end: its last session.  pairs, rules: over it."""

    end: date
    pairs: tuple[PairReturns, ...] = ()
    rules: tuple[RuleChange, ...] = ()
