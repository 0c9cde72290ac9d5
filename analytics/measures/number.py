"""A number, or the reason why there is none; its unit, its range, and how it is named and held."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """FRACTION: 0.01 = 1 %; differences are percentage points.  RATIO: a plain number.  PRICE: of a share, in
    the currency of its quote.
    """

    FRACTION = "fraction"
    RATIO = "ratio"
    PRICE = "price"


@dataclass(frozen=True)
class Bounds:
    """What the values of a number lie between, in its unit.

    low, high : no value lies beyond; infinite where there is no end
    low_taken, high_taken : the end itself is met with: a fund at its high has a drawdown of 0, while no two
        funds have a correlation of 1
    """

    low: float = -math.inf
    high: float = math.inf
    low_taken: bool = False
    high_taken: bool = False

    def holds(self, value: float) -> bool:
        """Return True for a value that can be met with."""
        above = value > self.low or (self.low_taken and value == self.low)
        return above and (value < self.high or (self.high_taken and value == self.high))

    def of_difference(self) -> Bounds:
        """Give those of the difference of two such numbers.

        >>> Bounds(-1.0, 1.0).of_difference()
        Bounds(low=-2.0, high=2.0, low_taken=False, high_taken=False)
        """
        width, taken = self.high - self.low, self.low_taken and self.high_taken
        return Bounds(-width, width, taken, taken)


UNBOUNDED = Bounds()
POSITIVE = Bounds(low=0.0)
RETURN = Bounds(low=-1.0)
"""Of a return: more than all cannot be lost."""
SHARE = Bounds(0.0, 1.0, low_taken=True, high_taken=True)
CORRELATION = Bounds(-1.0, 1.0)


@dataclass(frozen=True)
class Words:
    """What a number is called and how it is explained, as portfolio managers say it.

    names : what people type, in lower case, the one that is written back first
    formula : in words; of daily returns where weekly ones may stand in
    meaning : the end of the sentence "it tells ..."
    label : inside a sentence, "Sortino ratio"; the first name where it is not given
    brief : in a table, "Sortino"; the label where it is not given
    heading : in an exported file; the label with a capital where it is not given
    tickers : those of the names that are a fund's symbol too
    """

    names: tuple[str, ...]
    formula: str
    meaning: str = ""
    label: str = ""
    brief: str = ""
    heading: str = ""
    tickers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        label = self.label or self.names[0]
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "brief", self.brief or label)
        object.__setattr__(self, "heading", self.heading or f"{label[:1].upper()}{label[1:]}")


@dataclass(frozen=True)
class Better:
    """Which of two values is the better one, and by how much it has to differ.

    higher : the larger value is the better one
    step : smallest difference that matters, in the number's own unit, over a year or longer; smaller ones
        are less than a change of window by a few days, or the rounding of a source, does to it
    factor : the larger value must be that many times the smaller one instead
    steady : no estimate: a few weeks tell it as well as a year
    """

    higher: bool
    step: float = 0.0
    factor: float | None = None
    steady: bool = False

    def differs(self, one: float, other: float) -> bool:
        """Return True where the two differ materially."""
        if self.factor is not None:
            low, high = sorted((abs(one), abs(other)))
            return high > 0 and high >= self.factor * low
        # Differences of decimals such as 0.0009 - 0.0008 fall a hair short of the step they stand for.
        return abs(one - other) >= self.step * (1 - 1e-9)


@dataclass(frozen=True, eq=False, kw_only=True)
class Described:
    """A number that a rule may ask for by name.

    unit : None for money in the fund's currency
    bounds : of its values, of one fund
    better : None where neither side is: a beta, a skewness, a best day, which most often comes with the worst
    swing : what a few days do to the value of a year: the band of a threshold of 0, of which a share is
        nothing; 0 for a fund's facts, which do not swing around it
    rate : a risk-free rate enters
    fall : negative, and worse the lower it is: -0.15 is a fall of 15 %
    in_percent : a plain number that many quote in percent, or a percentage that is quoted as a plain number
    small : so small that 0.5 may well be meant in percent
    """

    name: str
    unit: Unit | None
    words: Words
    bounds: Bounds = UNBOUNDED
    better: Better | None = None
    swing: float = 0.0
    rate: bool = False
    fall: bool = False
    in_percent: bool = False
    small: bool = False


@dataclass(frozen=True)
class Number:
    """value: None exactly where `reason` says why; never NaN, never infinite."""

    value: float | None
    reason: str | None = None

    @classmethod
    def of(cls, value: float, reason: str | None = None) -> Number:
        """Return a defined number, or an undefined one with its reason."""
        if math.isfinite(value):
            return cls(float(value))
        return cls(None, reason or "not defined on these data")


@dataclass(frozen=True)
class Interval:
    """What a number may be on other drawings of the same world; told as "between a and b".

    low, high : in the number's unit, low <= high; None exactly where `reason` says why
    level : share of such intervals that hold the true number, 0.95
    method : how it was made
    """

    low: float | None
    high: float | None
    level: float
    method: str
    reason: str | None = None

    @classmethod
    def of(cls, low: float, high: float, *, level: float, method: str, reason: str | None = None) -> Interval:
        """Return a defined interval, or an undefined one with its reason."""
        if math.isfinite(low) and math.isfinite(high):
            return cls(float(low), float(high), level, method)
        return cls(None, None, level, method, reason or "not defined on these data")

    def within(self, reach: float) -> bool:
        """Return True where the whole of it lies between -reach and +reach.

        >>> Interval(-0.1, 0.15, 0.95, "by hand").within(0.2)
        True
        """
        return self.low is not None and self.high is not None and -reach <= self.low and self.high <= reach

    def excludes(self, value: float) -> bool:
        """Return True where it is defined and a value lies beyond one of its ends."""
        return self.low is not None and self.high is not None and not self.low <= value <= self.high
