"""What a rule says: a quantity of one or two funds, held against a threshold.

    sortino(ISCB, 1y) < 1.0 then SPSM
    Rule((Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0),), then="SPSM")

    sharpe(ISCB) - sharpe(SPSM) < 0
    Rule((Condition(Quantity("sharpe", "ISCB", other="SPSM"), Op.BELOW, 0.0),))

Rules are values: two that say the same are equal and are read once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

from analytics.errors import BadRule
from analytics.fund import is_mix
from analytics.measures import MEASURES, Better, Bounds, Described, Measure, Unit, Words
from analytics.measures.number import POSITIVE, SHARE
from analytics.mixes import Rebalancing, mix_of
from analytics.returns import BILL_SYMBOL, ZERO, Rate
from analytics.watch.operators import Op
from analytics.window import REGIME, Window

PRICE_CHANGE = replace(
    MEASURES["total_return"],
    name="price_change",
    words=Words(
        names=("price change", "price changes", "price return", "price move"),
        formula="last close / base close - 1, without dividends",
    ),
    better=None,
)
"""The change of the close: the formula of the total return on closes that dividends are not added to."""

PRICED: dict[str, Measure] = {**MEASURES, PRICE_CHANGE.name: PRICE_CHANGE}
"""What is read from prices, by name."""

_FACTS = (
    Described(
        name="expense_ratio",
        unit=Unit.FRACTION,
        words=Words(
            names=(
                *("expense ratio", "expense", "expenses", "fee", "fees", "costs", "ter", "ocf"),
                *("total expense ratio", "ongoing charge", "ongoing charges"),
            ),
            formula="as the fund's profile gives it",
            brief="expense",
            tickers=frozenset({"fee", "ter"}),
        ),
        bounds=Bounds(low=0.0, low_taken=True),
        better=Better(higher=False, step=0.0001),
        small=True,
    ),
    Described(
        name="assets",
        unit=None,
        words=Words(
            names=("assets", "aum", "net assets", "total assets", "fund size", "size"),
            formula="as the fund's profile gives them, in the fund's currency",
            tickers=frozenset({"size"}),
        ),
        bounds=POSITIVE,
        better=Better(higher=True, factor=2.0),
    ),
    Described(
        name="fund_yield",
        unit=Unit.FRACTION,
        words=Words(
            names=("yield", "dividend yield", "distribution yield", "trailing yield"),
            formula="as the fund's profile gives it, of the kind that it names",
            label="yield",
        ),
        bounds=Bounds(low=0.0, low_taken=True),
        better=Better(higher=True, step=0.0005),
        small=True,
    ),
    Described(
        name="sector_weight",
        unit=Unit.FRACTION,
        words=Words(
            names=(
                *("sector weight", "weight", "sector", "exposure", "sector exposure", "weight of"),
                *("exposure to", "sector weight of"),
            ),
            formula="as the fund's profile gives it, a share of net assets",
        ),
        bounds=SHARE,
    ),
)
FACTS: dict[str, Described] = {fact.name: fact for fact in _FACTS}
"""What is read from the fund's profile, by name."""

_LEVELS = (
    Described(
        name="price",
        unit=Unit.PRICE,
        words=Words(
            names=("price", "close", "closing price", "share price", "quote"),
            formula="the close of the session as quoted, dividends neither added nor taken out",
        ),
        bounds=POSITIVE,
        swing=0.01,
    ),
    Described(
        name="interest_rate",
        unit=Unit.FRACTION,
        words=Words(
            names=("rate", "interest rate", "rate level"),
            formula="the quote of the session of an index of interest rates, which is in percent a year",
            label="rate",
        ),
        swing=0.001,
        in_percent=True,
        small=True,
    ),
)
LEVELS: dict[str, Described] = {level.name: level for level in _LEVELS}
"""What is read from one session's close alone, by name."""

WINDOWLESS = frozenset({*FACTS, *LEVELS})
"""What is known of a day and not of a window."""

YEAR = Window("1y")

WATCHABLE: dict[str, Described] = {**PRICED, **LEVELS, **FACTS}
"""Everything a rule may ask for, by name."""


class Combine(StrEnum):
    """How the values of two funds make one: the first less, or over, the second."""

    DIFFERENCE = "-"
    RATIO = "/"


def reach(measure: str, *, pair: Combine | None = None) -> Bounds:
    """Give what the values of a measure of `WATCHABLE` lie between, of one fund or of a pair.

    >>> reach("correlation").high, reach("correlation", pair=Combine.DIFFERENCE).high
    (1.0, 2.0)
    """
    if pair is Combine.RATIO:
        return POSITIVE  # two values that have not the same sign make none
    bounds = WATCHABLE[measure].bounds
    return bounds.of_difference() if pair else bounds


def can_meet(op: Op, threshold: float, bounds: Bounds) -> bool:
    """Tell whether a value within the bounds is beyond a threshold.

    >>> can_meet(Op.ABOVE, 1.0, reach("correlation")), can_miss(Op.BELOW, 1.0, reach("correlation"))
    (False, False)
    """
    return op.region.can_meet(threshold, bounds)


def can_miss(op: Op, threshold: float, bounds: Bounds) -> bool:
    """Tell whether a value within the bounds is not beyond a threshold, so that a breach can end."""
    return op.region.can_miss(threshold, bounds)


def derive_recovery(op: Op, threshold: float, measure: str, *, pair: Combine | None = None) -> float:
    """Give the value that ends a breach where none was named: see `Condition`.

    >>> round(derive_recovery(Op.BELOW, 0.98, "correlation"), 6)
    0.982
    """
    return op.region.derive_recovery(threshold, reach(measure, pair=pair), WATCHABLE[measure].swing)


@dataclass(frozen=True)
class Quantity:
    """A number that is read at every session.

    measure : a name of `WATCHABLE`
    symbol, other : of the first or only, and of the second fund; `combine` says how the two make one
    window : that ends on the session; of no meaning for facts and levels
    rate : risk-free rate and minimum acceptable return
    benchmark : for relative measures
    sector : for `sector_weight`, as the fund's taxonomy names it
    currency, beside : of a price and of that of the fund to look at, by ISO code, where they are known; "$"
        is any dollar
    """

    measure: str
    symbol: str
    other: str | None = None
    combine: Combine = Combine.DIFFERENCE
    window: Window = YEAR
    rate: Rate = ZERO
    benchmark: str | None = None
    sector: str | None = None
    currency: str | None = field(default=None, compare=False)
    beside: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if complaint := _complaint(self):
            raise BadRule(self.measure, complaint)

    @property
    def is_fact(self) -> bool:
        """True where the fund's profile holds the value, False where the prices do."""
        return self.measure in FACTS

    @property
    def is_level(self) -> bool:
        """True where one session's close is the value: a price, a rate."""
        return self.measure in LEVELS

    @property
    def windowless(self) -> bool:
        """True for what is known of a day and not of a window."""
        return self.measure in WINDOWLESS

    @property
    def at_once(self) -> bool:
        """True for what is told on its first session unless more are asked for: facts, levels, and a fall
        from the high.
        """
        return self.windowless or self.measure == "drawdown"

    @property
    def relative(self) -> bool:
        """True for a measure against a benchmark."""
        return self.measure in MEASURES and MEASURES[self.measure].relative

    @property
    def against(self) -> str | None:
        """The benchmark where the measure needs one."""
        return self.benchmark if self.relative else None

    @property
    def shared(self) -> tuple[str, ...]:
        """The funds and the benchmark: their common sessions are used."""
        named = (self.symbol, self.other, self.against)
        return tuple(dict.fromkeys(symbol for symbol in named if symbol))

    @property
    def priced(self) -> tuple[str, ...]:
        """Symbols whose prices it takes."""
        if self.is_fact:
            return ()
        bill = [BILL_SYMBOL] if self.rate.annual is None else []
        return tuple(dict.fromkeys([*self.shared, *bill]))

    @property
    def pair(self) -> Combine | None:
        """How the values of two funds make one, None for one fund."""
        return self.combine if self.other else None

    def of(self, symbol: str) -> Quantity:
        """Return the same quantity of the fund to look at."""
        return replace(
            self, symbol=symbol, other=None, combine=Combine.DIFFERENCE, currency=self.beside, beside=None
        )


@dataclass(frozen=True)
class Condition:
    """A quantity held against a threshold.

    threshold : in the quantity's unit; fractions are fractions, -0.15 = -15 %.  Of an operator that has none
        the value on the day the rule was made
    recover : the value that ends a breach, on the safe side; None for 10 % of the threshold's size on the
        safe side (of 1.0 with "<": 1.1; of -0.15: -0.135), `Described.swing` where that is nothing, and never
        more than 10 % of the way to the end of what the quantity can be (of a correlation below 0.98: 0.982)

    Raises
    ------
    BadRule
        A threshold that is not a finite number, a recovery value inside the breach, or an operator of facts
        on anything else.
    """

    quantity: Quantity
    op: Op
    threshold: float
    recover: float | None = None

    def __post_init__(self) -> None:
        given = [self.threshold] if self.recover is None else [self.threshold, self.recover]
        if not all(map(math.isfinite, given)):
            raise BadRule(self.quantity.measure, "needs finite numbers as threshold and recovery value")
        if self.op.of_facts_only and not self.quantity.is_fact:
            raise BadRule(
                self.quantity.measure, "changes every session; only a fund's facts can be watched so"
            )
        if self.recover is not None and not self.op.region.admits_recovery(self.recover, self.threshold):
            side = self.op.words.safe
            raise BadRule(
                self.quantity.measure, f"must recover {side} {self.threshold:g}, not at {self.recover:g}"
            )

    @property
    def recovery(self) -> float:
        """The value in force that ends a breach.

        A `recover` that no value comes to, which may have been kept before it was refused, is not in force.
        """
        measure, pair = self.quantity.measure, self.quantity.pair
        named = self.recover if self.op.has_threshold else None
        if named is not None and reach(measure, pair=pair).holds(named):
            return named
        return derive_recovery(self.op, self.threshold, measure, pair=pair)


@dataclass(frozen=True)
class Rule:
    """At least `needed` of the conditions hold; `then` is the fund to look at when they do.

    Raises
    ------
    BadRule
        No condition, a number needed that is not among 1..N, or a crossing among several conditions: each
        would need a sample from before of its own.

    Examples
    --------
    >>> weak = Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0)
    >>> deep = Condition(Quantity("drawdown", "ISCB"), Op.BELOW, -0.2)
    >>> rule = Rule((weak, deep), needed=2, then="SPSM")
    >>> weak.recovery, round(deep.recovery, 2), rule.priced
    (1.1, -0.18, ('ISCB', 'SPSM'))
    """

    conditions: tuple[Condition, ...]
    needed: int = 1
    then: str | None = None

    def __post_init__(self) -> None:
        count = len(self.conditions)
        if not 1 <= self.needed <= count:
            raise BadRule("a rule", f"needs 1 to {count} of its {count} conditions, not {self.needed}")
        if count > 1 and any(condition.op.crossing for condition in self.conditions):
            raise BadRule("a crossing", "stands alone; among several conditions use the level, < or >")
        if self.then and is_mix(self.then):
            for condition in self.conditions:
                condition.quantity.of(self.then)

    @property
    def crossing(self) -> bool:
        """True where the one condition is a crossing."""
        return self.conditions[0].op.crossing

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """All that is read for it, each once: the conditions' quantities, and the same of the `then` fund."""
        own = [condition.quantity for condition in self.conditions]
        target = [quantity.of(self.then) for quantity in own] if self.then else []
        return tuple(dict.fromkeys([*own, *target]))

    @property
    def priced(self) -> tuple[str, ...]:
        """Every symbol whose prices are needed."""
        return tuple(dict.fromkeys(symbol for each in self.quantities for symbol in each.priced))

    @property
    def profiled(self) -> tuple[str, ...]:
        """Every symbol whose profile is needed."""
        return tuple(dict.fromkeys(each.symbol for each in self.quantities if each.is_fact))


def _mix_complaint(quantity: Quantity, symbol: str) -> str | None:
    """Say why a mix cannot be watched so; None where it can."""
    mix = mix_of(symbol)
    if quantity.measure in {*LEVELS, "assets"}:
        return f"of {mix.label} means nothing: a mix has neither a quote nor assets of its own"
    if mix.rebalancing is Rebalancing.NEVER:
        return (
            f"of {mix.label} depends on the day it was bought, and a rule's window moves; "
            "watch one that is rebalanced"
        )
    return None


def _complaint(quantity: Quantity) -> str | None:
    if quantity.measure not in WATCHABLE:
        return f"is not watched; what can be is {', '.join(WATCHABLE)}"
    for symbol in (quantity.symbol, quantity.other, quantity.benchmark):
        if symbol and is_mix(symbol) and (complaint := _mix_complaint(quantity, symbol)):
            return complaint
    if quantity.symbol == quantity.other:
        return f"of {quantity.symbol} is held against itself; name two funds"
    if quantity.window.label == REGIME:
        return "depends on facts about the funds; give the day, like since 2021-03-19"
    if quantity.window.end is not None:
        return f"over {quantity.window.label} never moves; give a window without an end"
    if quantity.relative and not quantity.benchmark:
        return "needs a benchmark"
    if quantity.is_fact and quantity.other:
        return "is watched for one fund at a time"
    if (quantity.measure == "sector_weight") != bool(quantity.sector):
        return "needs a sector" if quantity.measure == "sector_weight" else "has no sector"
    return None
