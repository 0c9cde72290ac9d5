"""When a difference is worth marking.

The better of two values is bold only where they differ by at least the step in the measure's row.
The steps are for one year; they hold for longer windows too, where figures are annual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.measures import Better
from analytics.watch.rules import WATCHABLE

RULES: Mapping[str, Better] = {
    **{name: row.better for name, row in WATCHABLE.items() if row.better},
    "dividend_yield": Better(higher=True, step=0.001),
    "traded": Better(higher=True, factor=2.0),
}
"""By measure or fact; what is not named here is never marked."""


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


def rule_of(measure: str, *, short: bool) -> str | None:
    """Name the rule of a measure; None below a year for what is annualised from a few weeks.

    That is shown, but no difference of it is worth a mark.
    """
    rule = RULES.get(measure)
    return measure if rule and (rule.steady or not short) else None
