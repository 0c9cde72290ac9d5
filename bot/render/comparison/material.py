"""When a difference is worth marking: one table, one line a number.

The better of two values is bold only where they differ by at least the step of that row; smaller differences
are smaller than what a change of window by a few days, or the rounding of a source, does to them.
The steps are for one year; they hold for longer windows too, where figures are annual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """higher: the larger value is the better one.  step: smallest difference that matters, in the number's
    own unit; with `factor` the larger value must be that many times the smaller one instead."""

    higher: bool
    step: float = 0.0
    factor: float | None = None

    def differs(self, one: float, other: float) -> bool:
        """True where the two differ materially."""
        if self.factor is not None:
            low, high = sorted((abs(one), abs(other)))
            return high > 0 and high >= self.factor * low
        # Differences of decimals such as 0.0009 - 0.0008 fall a hair short of the step they stand for.
        return abs(one - other) >= self.step * (1 - 1e-9)


RULES = {
    "total_return": Rule(higher=True, step=0.005),
    "annual_return": Rule(higher=True, step=0.005),
    "volatility": Rule(higher=False, step=0.005),
    "volatility_monthly": Rule(higher=False, step=0.005),
    "max_drawdown": Rule(higher=True, step=0.01),
    "drawdown": Rule(higher=True, step=0.01),
    "time_under_water": Rule(higher=False, step=0.05),
    "var_95": Rule(higher=True, step=0.001),
    "worst_day": Rule(higher=True, step=0.005),
    "worst_month": Rule(higher=True, step=0.01),
    "worst_year": Rule(higher=True, step=0.01),
    "positive_months": Rule(higher=True, step=0.05),
    "sharpe": Rule(higher=True, step=0.10),
    "sortino": Rule(higher=True, step=0.15),
    "calmar": Rule(higher=True, step=0.10),
    "expense_ratio": Rule(higher=False, step=0.0001),
    "dividend_yield": Rule(higher=True, step=0.001),
    "assets": Rule(higher=True, factor=2.0),
    "traded": Rule(higher=True, factor=2.0),
}
"""By measure or fact; what is not named here is never marked: a beta, a skewness and a best day, which most
often comes with the worst ones, are neither good nor bad."""


def best(name: str, values: Sequence[float | None]) -> int | None:
    """Index of the value to mark: better than every other by a material difference; None where there is none.

    Nothing is marked where a value is missing: the missing one might be better.
    """
    rule = RULES.get(name)
    known = [value for value in values if value is not None]
    if rule is None or len(known) < len(values) or len(known) < 2:
        return None
    first, second = sorted(known, reverse=rule.higher)[:2]
    return list(values).index(first) if rule.differs(first, second) else None


def alike(name: str, values: Sequence[float]) -> bool:
    """True where all values lie within one step of each other."""
    return not RULES[name].differs(max(values), min(values))
