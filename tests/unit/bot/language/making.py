"""Rules as hypothesis makes them: all measures, comparisons, windows, policies, rates, K of N."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from analytics.measures import MEASURES, Unit
from analytics.returns import ZERO, Rate
from analytics.watch.operators import Op
from analytics.watch.rules import (
    FACTS,
    WATCHABLE,
    WINDOWLESS,
    YEAR,
    Combine,
    Condition,
    Quantity,
    Rule,
    can_meet,
    can_miss,
    reach,
)
from analytics.watch.states import Policy
from analytics.window import WORDS, Window, parse
from bot.language.rule_words import SECTORS, TAKEN
from bot.language.words import with_dashes
from bot.render.measures import RATED

TODAY = date(2026, 1, 20)

SYMBOLS = st.from_regex(r"\A\^?[A-Z][A-Z0-9]{0,5}([.-][A-Z]{1,4}|=[A-Z]{1,2})?\Z").map(
    with_dashes
) | st.sampled_from(
    [
        *(
            "RF",
            "MAX",
            "YTD",
            "THE",
            "FOR",
            "THEN",
            "LIST",
            "R7",
            "IR",
            "TE",
            "BETA",
            "TECH",
            "OVER",
            "TO",
            "OF",
            "I",
        ),
        *("1Y", "3M", "5D", "1E5", "NAN", "INF", "2B", "7203.T", "0700.HK", "BRK-B", "BTC-USD", "ISCB-SPSM"),
        *("T", "M", "K", "D", "ON", "A", "S", "MAX-DRAWDOWN", "YEAR-TO-DATE", "TWO", "USD", "BP", "EURUSD=X"),
        *(word.upper() for word in sorted(TAKEN) if word.isalnum() and word[0].isalpha() and len(word) <= 12),
    ]
)
WINDOWS = st.sampled_from(sorted(WORDS)).map(Window) | st.dates(date(1993, 1, 29), date(2026, 1, 15)).map(
    lambda day: parse(f"since {day}")
)
RATES = st.sampled_from([ZERO, ZERO, Rate(None)]) | st.integers(1, 500_000).map(
    lambda tenths: Rate(float(Decimal(tenths) / 1_000_000))
)


def numbers(low: float, high: float, unit: str) -> st.SearchStrategy[float]:
    """Numbers with six digits after the point at most, in hundredths of them for a percentage."""
    size = Decimal(unit)
    return st.integers(int(Decimal(repr(low)) / size), int(Decimal(repr(high)) / size)).map(
        lambda units: float(units * size)
    )


def values(quantity: Quantity) -> st.SearchStrategy[float]:
    """Values that the quantity can have."""
    bounds = reach(quantity.measure, pair=quantity.pair)
    low, high = bounds.low, 0.0 if is_fall(quantity) else bounds.high
    unit = WATCHABLE[quantity.measure].unit
    if unit is None:
        return st.integers(10_000, 10**15).map(float) | st.sampled_from([250e6, 1e9, 1.5e9, 1e15])
    plain = unit is not Unit.FRACTION or (quantity.other and quantity.combine is Combine.RATIO)
    return numbers(
        max(low, -1000.0 if plain else -50.0),
        min(high, 1000.0 if plain else 50.0),
        "0.00000001" if not plain else "0.000001",
    )


@st.composite
def quantities(draw: st.DrawFn, rate: Rate) -> Quantity:
    """One or two funds, whatever is measured of them."""
    measure = draw(st.sampled_from(sorted(WATCHABLE)))
    first, second, third = draw(st.lists(SYMBOLS, min_size=3, max_size=3, unique=True))
    if measure == "interest_rate":
        first, second = draw(st.sampled_from([("^TNX", "^IRX"), ("^FVX", "^TYX")]))
    alone = measure in FACTS or measure == "price"
    return Quantity(
        measure,
        first,
        None if alone else draw(st.sampled_from([None, None, second])),
        window=YEAR if measure in WINDOWLESS else draw(WINDOWS),
        rate=rate if measure in RATED else ZERO,
        benchmark=third if measure in MEASURES and MEASURES[measure].relative else None,
        sector=draw(st.sampled_from(sorted(SECTORS))) if measure == "sector_weight" else None,
    )


@st.composite
def conditions(draw: st.DrawFn, rate: Rate, *, crossing: bool) -> Condition:
    """A condition that can be met and missed."""
    quantity = draw(quantities(rate))
    ops = [op for op in Op if (crossing or not op.crossing) and (quantity.is_fact or op is not Op.CHANGES)]
    op = draw(st.sampled_from(ops))
    if op is Op.CHANGES:
        return Condition(quantity, op, 0.0)
    threshold, other = draw(values(quantity)), draw(st.none() | values(quantity))
    recover = None if other is None else max(threshold, other) if op.falling else min(threshold, other)
    return Condition(quantity, op, threshold, recover)


def is_fall(quantity: Quantity) -> bool:
    """Whether its numbers are read as depths, so that none is positive."""
    return WATCHABLE[quantity.measure].fall and quantity.other is None


def possible(condition: Condition) -> bool:
    """Whether the condition is neither always nor never met, and its recovery value within reach."""
    op, threshold, recover = condition.op, condition.threshold, condition.recover
    bounds = reach(condition.quantity.measure, pair=condition.quantity.pair)
    if op is Op.CHANGES:
        return True
    ends = recover is None or bounds.holds(recover)
    return ends and can_meet(op, threshold, bounds) and can_miss(op, threshold, bounds)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """One condition or several, with or without a fund to look at."""
    rate = draw(RATES)
    count = draw(st.sampled_from([1, 1, 2, 3]))
    listed = [draw(conditions(rate, crossing=count == 1).filter(possible)) for _ in range(count)]
    if count > 1 and draw(st.booleans()):
        symbol = draw(SYMBOLS)
        listed = [held for held in listed if held.quantity.benchmark != symbol] or listed[:1]
        listed = [
            Condition(held.quantity.of(symbol), held.op, held.threshold, held.recover)
            if held.quantity.other is None and held.quantity.measure != "interest_rate"
            else held
            for held in listed
        ]
    named = {each for held in listed for each in (held.quantity.symbol, held.quantity.benchmark)}
    then = draw(st.none() | SYMBOLS.filter(lambda symbol: symbol not in named))
    return Rule(tuple(listed), draw(st.integers(1, len(listed))), then)


POLICIES = st.builds(Policy, st.integers(1, 250), st.none() | st.integers(1, 250))
