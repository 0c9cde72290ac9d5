"""How a value is held against a threshold: one row an operator, with all that is known of it.

    Op.BELOW.is_met(0.94, 1.0)         True
    Op.CROSSES_BELOW.level             Op.BELOW
    Op.CHANGES.has_threshold           False

Rules, grammar, forms, cards and charts read the row: see `docs/decisions/0046`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from analytics.measures import Bounds
from analytics.panel import BoolArray, FloatArray

BAND = 0.10
"""Recovery lies this share of the threshold's size on the safe side of it, and never more than this share of
the way to the end of what the quantity can be."""
SAME = 1e-9
"""Facts that differ by less are the same: a hundredth of a thousandth of a basis point."""


@dataclass(frozen=True)
class OperatorWords:
    """How an operator is typed and said.

    typed : what people type besides the stored sign
    option : in the form, after "Triggers when it"
    breach : before the threshold, where the breach lies: "at or below"
    safe, safe_at : before a value, where the safe side begins, without and with the value itself
    fires : before the threshold, what has to happen, "crosses below"; empty for the breach, "is below"
    they_fire : the same of what is plural
    sign : in a table before the threshold; the stored one where it is not given
    threshold : what the threshold is called
    lasts : before a number of sessions, how long the breach has to last; empty for "3 sessions in a row"
    idle, undone : of a value that is no breach, and before the threshold of one that is; empty for the
        distance from the threshold
    """

    typed: tuple[str, ...]
    option: str
    breach: str
    safe: str
    safe_at: str
    fires: str = ""
    they_fire: str = ""
    sign: str = ""
    threshold: str = "Threshold"
    lasts: str = ""
    idle: str = ""
    undone: str = ""


class Region(Protocol):
    """The values that are a breach, and those that end one."""

    @property
    def falling(self) -> bool:
        """True where the breach lies below the threshold."""

    @property
    def strict(self) -> bool:
        """True where the threshold itself is no breach."""

    def is_met(self, value: float, threshold: float) -> bool:
        """Return True for a value that is a breach."""

    def is_recovered(self, value: float, recovery: float) -> bool:
        """Return True for a value that ends a breach and is none."""

    def are_met(self, values: FloatArray, thresholds: FloatArray | float) -> BoolArray:
        """Return True for each value that is a breach; False where it is NaN."""

    def are_recovered(self, values: FloatArray, recoveries: FloatArray | float) -> BoolArray:
        """Return True for each value that ends a breach, where it is none."""

    def admits_recovery(self, recovery: float, threshold: float) -> bool:
        """Return True for a recovery value that does not lie inside the breach."""

    def derive_recovery(self, threshold: float, bounds: Bounds, swing: float) -> float:
        """Return the recovery value where none was named."""

    def can_meet(self, threshold: float, bounds: Bounds) -> bool:
        """Return True where a value within the bounds is a breach."""

    def can_miss(self, threshold: float, bounds: Bounds) -> bool:
        """Return True where a value within the bounds is none, so that a breach can end."""

    def nearest_edge(self, value: float, threshold: float) -> float:
        """Return the end of the breach that a value is nearest to."""


@dataclass(frozen=True)
class Beyond:
    """The breach lies on one side of the threshold."""

    falling: bool
    strict: bool = True

    def is_met(self, value: float, threshold: float) -> bool:
        """Return True for a value beyond the threshold."""
        beyond = value < threshold if self.falling else value > threshold
        return beyond or (not self.strict and value == threshold)

    def is_recovered(self, value: float, recovery: float) -> bool:
        """Return True for a value at the recovery value or past it."""
        return value >= recovery if self.falling else value <= recovery

    def are_met(self, values: FloatArray, thresholds: FloatArray | float) -> BoolArray:
        """Return True for each value beyond its threshold."""
        if self.falling:
            return np.asarray(values < thresholds if self.strict else values <= thresholds)
        return np.asarray(values > thresholds if self.strict else values >= thresholds)

    def are_recovered(self, values: FloatArray, recoveries: FloatArray | float) -> BoolArray:
        """Return True for each value at its recovery value or past it."""
        return np.asarray(values >= recoveries if self.falling else values <= recoveries)

    def admits_recovery(self, recovery: float, threshold: float) -> bool:
        """Return True for the threshold itself and what is on the safe side of it."""
        return self.is_recovered(recovery, threshold)

    def derive_recovery(self, threshold: float, bounds: Bounds, swing: float) -> float:
        """Return a value a little on the safe side: see `BAND`.  swing: how far from 0."""
        way = bounds.high - threshold if self.falling else threshold - bounds.low
        band = min(BAND * abs(threshold) or swing, BAND * max(way, 0.0))
        return threshold + band if self.falling else threshold - band

    def can_meet(self, threshold: float, bounds: Bounds) -> bool:
        """Return True where a value within the bounds is beyond the threshold."""
        return _goes_on(threshold, bounds, up=not self.falling, itself=not self.strict)

    def can_miss(self, threshold: float, bounds: Bounds) -> bool:
        """Return True where a value within the bounds is not beyond it."""
        return _goes_on(threshold, bounds, up=self.falling, itself=self.strict)

    def nearest_edge(self, value: float, threshold: float) -> float:  # noqa: ARG002
        """Return the threshold."""
        return threshold


@dataclass(frozen=True)
class Elsewhere(Beyond):
    """Every value but the threshold is a breach, which is over where the value is back."""

    falling: bool = False

    def is_met(self, value: float, threshold: float) -> bool:
        """Return True for another value."""
        return abs(value - threshold) > SAME

    def is_recovered(self, value: float, recovery: float) -> bool:  # noqa: ARG002
        """Return True: what is no breach has ended it."""
        return True

    def are_met(self, values: FloatArray, thresholds: FloatArray | float) -> BoolArray:
        """Return True for each other value."""
        return np.asarray(np.abs(values - thresholds) > SAME)

    def are_recovered(self, values: FloatArray, recoveries: FloatArray | float) -> BoolArray:  # noqa: ARG002
        """Return True: what is no breach has ended it."""
        return np.ones(values.shape, dtype=np.bool_)

    def admits_recovery(self, recovery: float, threshold: float) -> bool:
        """Return True for the threshold alone."""
        return recovery == threshold

    def derive_recovery(self, threshold: float, bounds: Bounds, swing: float) -> float:  # noqa: ARG002
        """Return the threshold."""
        return threshold


@dataclass(frozen=True)
class Operator:
    """What is known of one operator beside its stored sign.

    level : the sign that a crossing leads to; empty for a level
    deeper : the sign that is meant where a positive number is said of a fall, "drawdown over 15 %"
    has_threshold : a number is typed; else the value of the day the rule is made on is the threshold
    of_facts_only : said of what the prices do not move every session
    """

    region: Region
    words: OperatorWords
    level: str = ""
    deeper: str = ""
    has_threshold: bool = True
    of_facts_only: bool = False


class Op(StrEnum):
    """How a value is held against the threshold.  A crossing is a level that needs a sample from before.

    The members stand in the order of the form; the value is what is stored and written back.
    """

    BELOW = (
        "<",
        Operator(
            Beyond(falling=True),
            OperatorWords(
                typed=(
                    *("below", "under", "beneath", "less than", "lower than", "smaller than"),
                    "fewer than",
                ),
                option="is below",
                breach="below",
                safe="above",
                safe_at="at or above",
            ),
        ),
    )
    ABOVE = (
        ">",
        Operator(
            Beyond(falling=False),
            OperatorWords(
                typed=(
                    *("above", "more than", "greater than", "higher than", "larger than", "exceeds"),
                    "exceed",
                ),
                option="is above",
                breach="above",
                safe="below",
                safe_at="at or below",
            ),
            deeper="<",
        ),
    )
    AT_MOST = (
        "<=",
        Operator(
            Beyond(falling=True, strict=False),
            OperatorWords(
                typed=(
                    *("at most", "no more than", "not more than", "not above", "not over"),
                    *("below or equal to", "less than or equal to", "lower than or equal to"),
                ),
                option="is at or below",
                breach="at or below",
                safe="above",
                safe_at="at or above",
            ),
        ),
    )
    AT_LEAST = (
        ">=",
        Operator(
            Beyond(falling=False, strict=False),
            OperatorWords(
                typed=(
                    *("at least", "no less than", "not less than", "not below", "not under"),
                    *("above or equal to", "more than or equal to", "greater than or equal to"),
                    "higher than or equal to",
                ),
                option="is at or above",
                breach="at or above",
                safe="below",
                safe_at="at or below",
            ),
            deeper="<=",
        ),
    )
    CROSSES_BELOW = (
        "crosses below",
        Operator(
            Beyond(falling=True),
            OperatorWords(
                typed=("crosses under", "cross below", "cross under", "crosses <"),
                option="crosses below",
                breach="below",
                safe="above",
                safe_at="at or above",
                fires="crosses below",
                they_fire="crosses below",
                lasts="and stays there for",
            ),
            level="<",
        ),
    )
    CROSSES_ABOVE = (
        "crosses above",
        Operator(
            Beyond(falling=False),
            OperatorWords(
                typed=("crosses over", "cross above", "cross over", "crosses >"),
                option="crosses above",
                breach="above",
                safe="below",
                safe_at="at or below",
                fires="crosses above",
                they_fire="crosses above",
                lasts="and stays there for",
            ),
            level=">",
            deeper="crosses below",
        ),
    )
    CHANGES = (
        "changes",
        Operator(
            Elsewhere(),
            OperatorWords(
                typed=("change", "changed", "is changed"),
                option="changes (facts only)",
                breach="other than",
                safe="back at",
                safe_at="back at",
                fires="changes from",
                they_fire="change from",
                sign="not",
                threshold="When set",
                lasts="and stays changed for",
                idle="unchanged",
                undone="was",
            ),
            has_threshold=False,
            of_facts_only=True,
        ),
    )

    row: Operator

    def __new__(cls, sign: str, *row: Operator) -> Op:
        """Make a member of its stored sign and its row."""
        self = str.__new__(cls, sign)
        self._value_ = sign
        (self.row,) = row
        return self

    @property
    def words(self) -> OperatorWords:
        """How it is typed and said."""
        return self.row.words

    @property
    def region(self) -> Region:
        """The values that are a breach, and those that end one."""
        return self.row.region

    @property
    def spellings(self) -> tuple[str, ...]:
        """What people type, the sign that is written back first."""
        return (self.value, *self.words.typed)

    @property
    def sign(self) -> str:
        """What stands before the threshold in a table."""
        return self.words.sign or self.value

    @property
    def falling(self) -> bool:
        """True where the breach lies below the threshold."""
        return self.region.falling

    @property
    def strict(self) -> bool:
        """True where the threshold itself is no breach."""
        return self.region.strict

    @property
    def crossing(self) -> bool:
        """True where a value beyond the threshold counts only after one on this side of it."""
        return bool(self.row.level)

    @property
    def level(self) -> Op:
        """The level that a crossing leads to; itself for a level."""
        return Op(self.row.level) if self.row.level else self

    @property
    def deeper(self) -> Op | None:
        """What is meant where a positive number is said of a fall; None where that can be read two ways."""
        return Op(self.row.deeper) if self.row.deeper else None

    @property
    def has_threshold(self) -> bool:
        """True where a number is typed; else the value of the day the rule is made on is the threshold."""
        return self.row.has_threshold

    @property
    def of_facts_only(self) -> bool:
        """True where it is of no use on what the prices move every session."""
        return self.row.of_facts_only


def _goes_on(value: float, bounds: Bounds, *, up: bool, itself: bool) -> bool:
    """Return whether values lie beyond one, the one counted where `itself` says so."""
    way = bounds.high - value if up else value - bounds.low
    taken = bounds.high_taken if up else bounds.low_taken
    return way > 0 or (itself and taken and way == 0)
