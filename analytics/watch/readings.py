"""What rules read on every session of a range, and which readings wait for a price in doubt."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from analytics.fund import FundProfile
from analytics.measures.sample import PERIODS
from analytics.panel import BoolArray, DateArray, Doubt, DoubtKind, FloatArray, PricePanel, doubts_within
from analytics.watch.moving import IntArray, Texts
from analytics.watch.quantities import Coming, Values, fact_value, quantities_at
from analytics.watch.rules import Condition, Quantity, Rule


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
    doubts : the prices that look wrong in the window that ends on the session, the newest first
    waits : True where there is no value because a price of the session itself looks wrong
    periods : returns a year by which its values are annualised: 252, 365 where a market never closes, 52
        where fund and benchmark close hours apart and weekly returns are used
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
    waits: bool = False
    periods: tuple[int, ...] = (PERIODS,)


@dataclass(frozen=True, eq=False)
class Readings:
    """Every distinct quantity at every session of a range.

    A rule is read on its own sessions: those that the exchanges of all funds in its conditions hold.

    sessions : (S,) datetime64[D], of any exchange
    values : (Q, S), NaN where undefined, in the quantity's unit; as of the evening of each session
    reasons : (Q, S) text where undefined
    rows : by quantity, its row; a quantity that could not be read has none, and is in `failures`
    held : (Q, S) True on the quantity's own sessions, None where all of them are
    doubts : the prices that look wrong, by quantity, of those that have any
    periods : returns a year, by quantity, `PERIODS` for those that it lacks
    """

    sessions: DateArray
    values: FloatArray
    reasons: Texts
    rows: Mapping[Quantity, int]
    failures: Mapping[Quantity, str]
    held: BoolArray | None = None
    doubts: Mapping[Quantity, DoubtfulPrices] = field(default_factory=dict)
    periods: Mapping[Quantity, tuple[int, ...]] = field(default_factory=dict)

    def series(self, quantity: Quantity) -> FloatArray:
        """Return (S,) values of one quantity, NaN where undefined or where it could not be read at all."""
        if quantity in self.failures:
            return np.full(self.sessions.size, np.nan)
        series: FloatArray = self.values[self.rows[quantity]]
        return series

    def at(self, rule: Rule, session: date) -> Reading:
        """Return what a rule says on a session; without data where it is none of the rule's sessions read."""
        column = int(np.searchsorted(self.sessions, np.datetime64(session, "D")))
        inside = column < self.sessions.size and self.sessions[column] == np.datetime64(session, "D")
        if not (inside and self._own(rule)[column]):
            return Reading(None, None, None, f"no prices on {session}", rule.crossing)
        return self._read(rule, [column])[0]

    def every(self, rule: Rule) -> list[tuple[date, Reading]]:
        """Return what a rule says on each of its sessions, oldest first."""
        columns = np.flatnonzero(self._own(rule)).tolist()
        return list(zip(self.sessions[columns].tolist(), self._read(rule, columns), strict=True))

    def own_sessions(self, rule: Rule) -> list[date]:
        """Give the sessions of a rule, oldest first."""
        days: list[date] = self.sessions[self._own(rule)].tolist()
        return days

    def own(self, rule: Rule) -> Readings:
        """Keep the sessions of one rule only."""
        mine = self._own(rule)
        return self if mine.all() else self.part(np.flatnonzero(mine))

    def part(self, columns: slice | IntArray) -> Readings:
        """Keep these sessions only."""
        return replace(
            self,
            sessions=self.sessions[columns],
            values=self.values[:, columns],
            reasons=self.reasons[:, columns],
            held=None if self.held is None else self.held[:, columns],
            doubts={quantity: each.part(columns) for quantity, each in self.doubts.items()},
        )

    def _own(self, rule: Rule) -> BoolArray:
        """Return (S,) True on the sessions of a rule; all of them for one that reads no prices."""
        quantities = dict.fromkeys(condition.quantity for condition in rule.conditions)
        rows = [self.rows[each] for each in quantities if each in self.rows]
        if self.held is None or not rows:
            return np.ones(self.sessions.size, dtype=np.bool_)
        return np.asarray(self.held[rows].all(axis=0))

    def _read(self, rule: Rule, columns: list[int]) -> list[Reading]:
        parts = [list(self._condition(each, rule.then, columns)) for each in rule.conditions]
        if len(parts) == 1:
            return parts[0]
        return [_combine_readings(each, rule.needed) for each in zip(*parts, strict=True)]

    def _condition(self, condition: Condition, then: str | None, columns: list[int]) -> Iterator[Reading]:
        quantity, crossing = condition.quantity, condition.op.crossing
        if quantity in self.failures:
            failed = Reading(None, None, None, self.failures[quantity], crossing, failed=True)
            yield from [failed] * len(columns)
            return
        row, region, recovery = self.rows[quantity], condition.op.region, condition.recovery
        beside = quantity.of(then) if then else None
        shown = [quantity, *([beside] if beside else [])]
        targets = self._targets(beside, columns)
        periods = self.periods.get(quantity, (PERIODS,))
        for column, value, target in zip(columns, self.values[row, columns].tolist(), targets, strict=True):
            known = value == value
            met = region.is_met(value, condition.threshold) if known else None
            yield Reading(
                value=value if known else None,
                met=met,
                safe=(not met and region.is_recovered(value, recovery)) if known else None,
                reason=None if known else self.reasons[row, column],
                crossing=crossing,
                then=target,
                doubts=self._doubts(shown, column),
                waits=not known and quantity in self.doubts and bool(self.doubts[quantity].waits[column]),
                periods=periods,
            )

    def _doubts(self, quantities: Iterable[Quantity], column: int) -> tuple[Doubt, ...]:
        """Return those in the windows of any of them, the newest first."""
        if not self.doubts:
            return ()
        session = self.sessions[column].item()
        held = [self.doubts[each] for each in quantities if each in self.doubts]
        return newest_first(doubt for each in held for doubt in each.within(column, session))

    def _targets(self, quantity: Quantity | None, columns: list[int]) -> list[float | None]:
        row = None if quantity is None else self.rows.get(quantity)
        if row is None:
            return [None] * len(columns)
        return [value if value == value else None for value in self.values[row, columns].tolist()]


def read(
    rules: Iterable[Rule],
    panel: PricePanel,
    first: date,
    last: date,
    profiles: Mapping[str, FundProfile] | None = None,
    coming: Coming | None = None,
) -> Readings:
    """Read rules at every session from `first` to `last`, both included.

    Each value is the measure over the window that ends on its session, as `compare` would give it on that
    evening: prices after it change nothing, but that a gap of more than ten sessions ends the history before
    it.  A window that is not full, a missing price on the session, or too few returns give no value but a
    reason; so does a session of which a price looks wrong (`analytics.watch.readings`).

    Parameters
    ----------
    rules : each distinct quantity among them is computed once
    panel : their symbols' prices; sessions after `last` are ignored.  A rule whose symbol it lacks fails, the
        others do not
    profiles : what is known of the funds on `last`; on earlier sessions facts have no value
    coming : by code of an exchange, sessions that it holds after those of the panel, which tell where a month
        ends; without it `panel.following` does

    Returns
    -------
    Readings of the panel's sessions in the range.

    Examples
    --------
    >>> from analytics.watch.operators import Op
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
    sessions = panel.sessions[columns]
    out = Values.empty(len(rows), columns.size)
    out.until[:] = sessions
    doubts: Mapping[Quantity, DoubtfulPrices] = {}
    periods: dict[Quantity, tuple[int, ...]] = {}
    if columns.size:
        history = panel.through(last).continuous()
        priced = [quantity for quantity in rows if not quantity.is_fact]
        found = quantities_at(priced, history, columns, _coming(panel, last, coming or {}))
        doubts = _without_doubtful(priced, history, found)
        periods = dict(zip(priced, found.periods, strict=True))
        at = [rows[quantity] for quantity in priced]
        out.values[at], out.reasons[at], out.until[at] = found.values, found.reasons, found.until
        newest = sessions[-1] == np.datetime64(last, "D")
        _fill_facts(profiles if profiles and newest else {}, rows, out.values, out.reasons)
    held = out.until == sessions
    return Readings(sessions, out.values, out.reasons, rows, failures, held, doubts, periods)


def _coming(panel: PricePanel, last: date, given: Coming) -> Coming:
    """Return what each exchange holds after a day: the panel's own sessions, then those given."""
    stop = int(np.searchsorted(panel.sessions, np.datetime64(last, "D"), side="right"))
    later = {
        exchange.code: panel.sessions[stop:][slice(None) if panel.held is None else panel.held[row, stop:]]
        for row, exchange in enumerate(panel.exchanges)
    }
    none = panel.sessions[:0]
    return {
        code: np.concatenate([days, given.get(code, none)])
        for code, days in later.items()
        if days.size or code in given
    }


def _without_doubtful(
    priced: Sequence[Quantity], panel: PricePanel, found: Values
) -> Mapping[Quantity, DoubtfulPrices]:
    """Take away the values that are waited out, and give what is in doubt."""
    if not panel.doubts:
        return {}
    out: dict[Quantity, DoubtfulPrices] = {}
    for row, quantity in enumerate(priced):
        own = _shared_sessions(panel, quantity)
        doubtful = doubtful_prices(quantity, panel.doubts, own, found.since[row], found.until[row])
        if doubtful:
            out[quantity] = doubtful
            for column in np.flatnonzero(doubtful.waits):
                newest = doubtful.within(int(column), found.until[row, column].item())[0]
                found.values[row, column], found.reasons[row, column] = np.nan, doubt_words(newest)
    return out


def _shared_sessions(panel: PricePanel, quantity: Quantity) -> DateArray:
    """Return those that the exchanges of all funds of a quantity hold."""
    if panel.held is None:
        return panel.sessions
    rows = [panel.row(symbol) for symbol in quantity.shared]
    return panel.sessions[panel.held[rows].all(axis=0)]


def is_met(condition: Condition, value: float) -> bool:
    """Return True where a value is beyond the condition's threshold; of a crossing, beyond its level."""
    return condition.op.region.is_met(value, condition.threshold)


def _combine_readings(parts: tuple[Reading, ...], needed: int) -> Reading:
    """Combine conditions as K of N: known as soon as the missing ones cannot change the answer."""
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
        doubts=newest_first(doubt for part in parts for doubt in part.doubts),
        waits=None in (met, breached) and any(part.waits for part in parts),
        periods=tuple(dict.fromkeys(count for part in parts for count in part.periods)),
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
            number = fact_value(quantity, profiles.get(quantity.symbol))
            reasons[row, :] = "facts are known for the newest session only"
            reasons[row, -1] = number.reason or ""
            values[row, -1] = np.nan if number.value is None else number.value


@dataclass(frozen=True, eq=False)
class DoubtfulPrices:
    """The prices in doubt that one quantity is read from.

    doubts : the newest first
    since : (S,) datetime64[D] of the base close of each reading, NaT where it has none
    waits : (S,) True where the reading is the first one with a price in doubt: it is waited out
    """

    doubts: tuple[Doubt, ...]
    since: DateArray
    waits: BoolArray

    def within(self, column: int, session: date) -> tuple[Doubt, ...]:
        """Give those that touch a return of the reading in a column, which is of that session."""
        since: date | None = self.since[column].item()
        if since is None:
            return ()
        return doubts_within(self.doubts, {doubt.symbol for doubt in self.doubts}, since, session)

    def part(self, columns: slice | IntArray) -> DoubtfulPrices:
        """Keep these readings only."""
        return replace(self, since=self.since[columns], waits=self.waits[columns])


def newest_first(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Sort doubts, each once."""
    return tuple(sorted(dict.fromkeys(doubts), key=lambda doubt: doubt.session, reverse=True))


def doubtful_prices(
    quantity: Quantity, doubts: Iterable[Doubt], own: DateArray, since: DateArray, until: DateArray
) -> DoubtfulPrices | None:
    """Find the doubts that move a quantity, and the readings that are waited out for them.

    A doubt moves a quantity where it moves a return that the quantity is made of.  Every kind moves the total
    return of its session: a distribution that is missing, or there twice, does so by its own size, by which a
    rule near its threshold would fire as by any other error.  Closes without dividends do not know of
    distributions, so that `price_change` does not wait for those.

    Where two funds share their sessions the doubt about one of them may be of a day on which the other's
    exchange rested: the first session that both hold is the first one whose reading it touches.

    Parameters
    ----------
    doubts : of the panel
    own : datetime64[D], all sessions that the exchanges of the quantity's symbols hold
    since, until : (S,) datetime64[D], the base close and the last session of each reading

    Returns
    -------
    None where no doubt moves it.
    """
    mine = newest_first(doubt for doubt in doubts if _is_moved_by(doubt, quantity))
    if not mine:
        return None
    days = np.array([doubt.session for doubt in mine], dtype="datetime64[D]")
    first = np.searchsorted(own, days)
    waits = np.isin(until, own[first[first < own.size]]) & ~np.isnat(since)
    return DoubtfulPrices(mine, since, waits)


def doubt_words(doubt: Doubt) -> str:
    """Say what looks wrong: "AAA's price of 2 Oct 2025 looks wrong (-99.0 %)"."""
    day = f"{doubt.session.day} {calendar.month_abbr[doubt.session.month]} {doubt.session.year}"
    if doubt.cause:
        return f"two sources disagree about {doubt.symbol} on {day} ({doubt.cause})"
    if doubt.kind is DoubtKind.DISTRIBUTION:
        told = f"{doubt.value * 100:+.2f} % against the distribution due"
        return f"{doubt.fund}'s adjusted price of {day} looks wrong ({told})"
    if doubt.kind is DoubtKind.NEGATIVE:
        return f"{doubt.fund}'s price of {day} looks wrong ({doubt.value:g})"
    split = ", a split that the prices lack" if doubt.kind is DoubtKind.SPLIT else ""
    return f"{doubt.fund}'s price of {day} looks wrong ({doubt.value * 100:+.1f} %{split})"


def _is_moved_by(doubt: Doubt, quantity: Quantity) -> bool:
    unmoved = doubt.kind is DoubtKind.DISTRIBUTION and (
        quantity.is_level or quantity.measure == "price_change"
    )
    return doubt.symbol in quantity.shared and not unmoved
