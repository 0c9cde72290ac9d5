"""What rules read: every distinct quantity once, at every session of a range, vectorised by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.fund import FundProfile
from analytics.panel import DateArray, Doubt, FloatArray, PricePanel
from analytics.watch.facts import fact
from analytics.watch.moving import IntArray, Texts
from analytics.watch.quantities import quantities_at
from analytics.watch.rules import Condition, Op, Quantity, Rule

SAME = 1e-9
"""Facts that differ by less are the same: a hundredth of a thousandth of a basis point."""


@dataclass(frozen=True)
class Reading:
    """What a rule says on one session.

    value : of its quantity, in the quantity's unit; of several conditions, how many are met; None where
        the data do not say
    met : the condition holds; None where the data do not say
    safe : the value is at or beyond the recovery value; None where the data do not say
    reason : why something is not known
    crossing : `met` counts only after a session on which it was not
    failed : True where the rule could not be read at all, which is an error and not a gap in the data
    then : the same quantity of the fund to look at, None without one or without data
    parts : the readings of the conditions, where there are several
    doubts : the prices that look wrong in the window that ends on the session
    """

    value: float | None
    met: bool | None
    safe: bool | None
    reason: str | None = None
    crossing: bool = False
    failed: bool = False
    then: float | None = None
    parts: tuple[Reading, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, eq=False)
class Readings:
    """Every distinct quantity at every session of a range.

    sessions : (S,) datetime64[D]
    values : (Q, S), NaN where undefined, in the quantity's unit
    reasons : (Q, S) text where undefined
    rows : by quantity, its row; a quantity that could not be read has none, and is in `failures`
    """

    sessions: DateArray
    values: FloatArray
    reasons: Texts
    rows: Mapping[Quantity, int]
    failures: Mapping[Quantity, str]

    def series(self, quantity: Quantity) -> FloatArray:
        """(S,) values of one quantity, NaN where undefined or where it could not be read at all."""
        if quantity in self.failures:
            return np.full(self.sessions.size, np.nan)
        series: FloatArray = self.values[self.rows[quantity]]
        return series

    def at(self, rule: Rule, session: date) -> Reading:
        """What a rule says on a session; without data where the session is none of the range."""
        column = int(np.searchsorted(self.sessions, np.datetime64(session, "D")))
        if column == self.sessions.size or self.sessions[column] != np.datetime64(session, "D"):
            return Reading(None, None, None, f"no prices on {session}", rule.crossing)
        return self._read(rule, column)

    def every(self, rule: Rule) -> list[tuple[date, Reading]]:
        """What a rule says on each session, oldest first."""
        days: list[date] = self.sessions.tolist()
        return [(day, self._read(rule, column)) for column, day in enumerate(days)]

    def _read(self, rule: Rule, column: int) -> Reading:
        parts = tuple(self._condition(each, rule.then, column) for each in rule.conditions)
        return parts[0] if len(parts) == 1 else _several(parts, rule.needed)

    def _condition(self, condition: Condition, then: str | None, column: int) -> Reading:
        quantity, crossing = condition.quantity, condition.op.crossing
        if quantity in self.failures:
            return Reading(None, None, None, self.failures[quantity], crossing, failed=True)
        row = self.rows[quantity]
        value = float(self.values[row, column])
        target = self._target(quantity.of(then), column) if then else None
        if value != value:
            return Reading(None, None, None, self.reasons[row, column], crossing, then=target)
        met = is_met(condition, value)
        safe = not met and _recovered(condition, value)
        return Reading(value, met, safe, crossing=crossing, then=target)

    def _target(self, quantity: Quantity, column: int) -> float | None:
        row = self.rows.get(quantity)
        value = float("nan") if row is None else float(self.values[row, column])
        return value if value == value else None


def read(
    rules: Iterable[Rule],
    panel: PricePanel,
    first: date,
    last: date,
    profiles: Mapping[str, FundProfile] | None = None,
) -> Readings:
    """Read rules at every session from `first` to `last`, both included.

    Each value is the measure over the window that ends on its session, as `compare` would give it on that
    evening: sessions after it change nothing.  Two funds, or a fund and its benchmark, are read on their
    common sessions.  A window that is not full, a missing price on the session, or too few returns give no
    value but a reason.

    Parameters
    ----------
    rules : each distinct quantity among them is computed once
    panel : their symbols' prices; sessions after `last` are ignored.  A rule whose symbol it lacks fails, the
        others do not
    profiles : what is known of the funds on `last`; on earlier sessions facts have no value

    Returns
    -------
    Readings of the panel's sessions in the range.

    Examples
    --------
    >>> from analytics.window import Window
    >>> days = np.busday_offset(np.datetime64("2025-12-01"), np.arange(30))
    >>> levels = np.linspace(100.0, 71.0, 30)[None, :]
    >>> panel = PricePanel(days, ("AAA",), levels, levels, np.full((1, 30), np.nan), "by hand")
    >>> fall = Condition(Quantity("drawdown", "AAA", window=Window("1m")), Op.BELOW, -0.2)
    >>> rule = Rule((fall,))
    >>> found = read([rule], panel, date(2026, 1, 8), date(2026, 1, 9)).at(rule, date(2026, 1, 9))
    >>> round(found.value, 6), found.met
    (-0.244681, True)
    """
    wanted = list(dict.fromkeys(quantity for rule in rules for quantity in rule.quantities))
    known = set(panel.symbols)
    failures = {quantity: text for quantity in wanted if (text := _failure(quantity, known))}
    rows = {quantity: row for row, quantity in enumerate(q for q in wanted if q not in failures)}
    columns = _columns(panel.sessions, first, last)
    values = np.full((len(rows), columns.size), np.nan)
    reasons = np.full(values.shape, "", dtype=object)
    if columns.size:
        priced = [quantity for quantity in rows if not quantity.is_fact]
        at = [rows[quantity] for quantity in priced]
        values[at], reasons[at] = quantities_at(priced, panel.through(last), columns)
        newest = panel.sessions[columns[-1]] == np.datetime64(last, "D")
        _fill_facts(profiles if profiles and newest else {}, rows, values, reasons)
    return Readings(panel.sessions[columns], values, reasons, rows, failures)


def is_met(condition: Condition, value: float) -> bool:
    """True where a value is beyond the condition's threshold; of a crossing, beyond its level."""
    op, threshold = condition.op, condition.threshold
    if op is Op.CHANGES:
        return abs(value - threshold) > SAME
    beyond = value < threshold if op.falling else value > threshold
    return beyond or (not op.strict and value == threshold)


def _recovered(condition: Condition, value: float) -> bool:
    """Of a value that is no breach."""
    if condition.op is Op.CHANGES:
        return True
    return value >= condition.recovery if condition.op.falling else value <= condition.recovery


def _several(parts: tuple[Reading, ...], needed: int) -> Reading:
    """K of N: known as soon as the missing ones cannot change the answer."""
    met = _at_least(needed, [part.met for part in parts])
    breached = _at_least(needed, [None if part.safe is None else not part.safe for part in parts])
    count = sum(part.met is True for part in parts)
    reason = "; ".join(dict.fromkeys(part.reason for part in parts if part.reason))
    return Reading(
        value=None if met is None else float(count),
        met=met,
        safe=None if breached is None else not breached,
        reason=reason or None,
        failed=met is None and any(part.failed for part in parts),
        parts=parts,
    )


def _at_least(needed: int, answers: list[bool | None]) -> bool | None:
    if answers.count(True) >= needed:
        return True
    return None if answers.count(True) + answers.count(None) >= needed else False


def _columns(sessions: DateArray, first: date, last: date) -> IntArray:
    from_, to = np.datetime64(first, "D"), np.datetime64(last, "D")
    return np.flatnonzero((sessions >= from_) & (sessions <= to))


def _failure(quantity: Quantity, known: set[str]) -> str | None:
    absent = [symbol for symbol in quantity.priced if symbol not in known]
    return f"no prices of {' and '.join(absent)} at all" if absent else None


def _fill_facts(
    profiles: Mapping[str, FundProfile], rows: Mapping[Quantity, int], values: FloatArray, reasons: Texts
) -> None:
    for quantity, row in rows.items():
        if quantity.is_fact:
            number = fact(quantity, profiles.get(quantity.symbol))
            reasons[row, :] = "facts are known for the newest session only"
            reasons[row, -1] = number.reason or ""
            values[row, -1] = np.nan if number.value is None else number.value
