"""Values of quantities: of prices over all symbols and sessions at once, and of a fund's facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from analytics.fund import Basis, Fact, FundProfile
from analytics.measures.number import Number
from analytics.measures.sample import PERIODS, WEEKS, row_blocks
from analytics.panel import BoolArray, DateArray, FloatArray, PricePanel
from analytics.returns import BILL_SYMBOL, Rate, bill_rate
from analytics.watch.moving import History, IntArray, Texts, latest, trailing
from analytics.watch.rules import FACTS, LEVELS, PRICE_CHANGE, PRICED, Combine, Quantity
from analytics.window import Window, month_ends

CELLS = 500_000
"""Prices aligned at once, four megabytes."""

Coming = Mapping[str, DateArray]
"""By code of an exchange, the sessions that it holds after the last one of a panel."""


@dataclass(frozen=True)
class _Kind:
    """What quantities that are computed together have in common."""

    measure: str
    window: Window
    rate: Rate
    benchmark: str | None


@dataclass(frozen=True)
class _Term:
    """One fund of a quantity; the window begins and ends on sessions that it shares with the others."""

    symbol: str
    shared: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Values:
    """What quantities are, Q of them on S sessions.

    values : (Q, S), NaN where undefined, in the quantity's unit
    reasons : (Q, S) text where undefined
    since, until : (Q, S) datetime64[D], the base close and the last session of each window, NaT without one
    periods : by quantity, the returns a year by which it is annualised
    """

    values: FloatArray
    reasons: Texts
    since: DateArray
    until: DateArray
    periods: list[tuple[int, ...]]

    @classmethod
    def empty(cls, quantities: int, sessions: int) -> Values:
        """Make one in which nothing is known yet."""
        shape = quantities, sessions
        days = np.full(shape, np.datetime64("NaT", "D"))
        reasons = np.full(shape, "", dtype=object)
        return cls(np.full(shape, np.nan), reasons, days, days.copy(), [()] * quantities)


def quantities_at(
    quantities: Iterable[Quantity], panel: PricePanel, columns: IntArray, coming: Coming | None = None
) -> Values:
    """Read quantities from prices, at some sessions of a panel.

    A quantity is told as of the evening of each session: on a day on which one of its exchanges rested, as of
    the last one that all of them held.

    Parameters
    ----------
    quantities : Q distinct ones, none of them a fund's fact
    panel : holds every symbol of theirs; nothing after its last session is known but the calendar
    columns : (S,) the sessions' columns
    coming : what tells where the last month of the panel ends; without it `panel.following` does

    Returns
    -------
    Values of (Q, S).

    Examples
    --------
    >>> days = np.busday_offset(np.datetime64("2025-12-01"), np.arange(30))
    >>> levels = np.array([np.linspace(100.0, 129.0, 30), np.full(30, 50.0)])
    >>> panel = PricePanel(days, ("AAA", "BBB"), levels, levels, np.full((2, 30), np.nan), "by hand")
    >>> lead = Quantity("total_return", "AAA", other="BBB", window=Window("1m"))
    >>> found = quantities_at([lead], panel, np.array([20, 29]))
    >>> found.values.round(6).tolist(), found.since[0, 1]
    ([[nan, 0.216981]], np.datetime64('2025-12-09'))
    >>> found.reasons[0, 0]
    'prices of AAA and BBB begin 2025-12-01; the window needs one on or before 2025-11-29'
    """
    listed = list(quantities)
    kinds: dict[_Kind, list[int]] = defaultdict(list)
    for row, quantity in enumerate(listed):
        kinds[_kind(quantity)].append(row)
    prices = _Prices(panel, columns, coming or {})
    out = Values.empty(len(listed), columns.size)
    for kind, rows in kinds.items():
        terms = [_terms(listed[row]) for row in rows]
        places = {term: at for at, term in enumerate(dict.fromkeys(term for pair in terms for term in pair))}
        found = prices.read(kind, list(places))
        for row, pair in zip(rows, terms, strict=True):
            at = [places[term] for term in pair]
            out.values[row], out.reasons[row] = _combine(listed[row], found.values[at], found.reasons[at])
            out.since[row], out.until[row] = found.since[at[0]], found.until[at[0]]
            out.periods[row] = tuple(dict.fromkeys(count for place in at for count in found.periods[place]))
    return out


def _kind(quantity: Quantity) -> _Kind:
    return _Kind(quantity.measure, quantity.window, quantity.rate, quantity.against)


def _terms(quantity: Quantity) -> list[_Term]:
    return [_Term(symbol, quantity.shared) for symbol in (quantity.symbol, quantity.other) if symbol]


def _combine(quantity: Quantity, found: FloatArray, why: Texts) -> tuple[FloatArray, Texts]:
    if quantity.other is None:
        return found[0], why[0]
    reasons = np.where(why[0] == "", why[1], why[0])
    if quantity.combine is Combine.DIFFERENCE:
        return found[0] - found[1], reasons
    usable = found[0] * found[1] > 0
    ratio = np.divide(found[0], found[1], out=np.full(usable.size, np.nan), where=usable)
    across = np.isfinite(found).all(axis=0) & ~usable
    reasons[across] = "the two values do not have the same sign, so their ratio says nothing"
    return ratio, reasons


@dataclass(frozen=True)
class _Days:
    """Which sessions terms have in common: those whose days are equal are computed together.

    own : patterns of the sessions that the exchanges of a fund, and of its benchmark, hold
    shared : the same of all funds of the quantity
    periods : sessions a year
    weekly : fund and benchmark close hours apart
    """

    own: tuple[int, ...]
    shared: tuple[int, ...]
    periods: int
    weekly: bool

    def periods_of(self, measure: str) -> int:
        """Give the returns a year by which a measure is annualised."""
        periodic = measure in PRICED and PRICED[measure].periodic
        return WEEKS if self.weekly and periodic else self.periods


@dataclass(frozen=True, eq=False)
class _Calendar:
    """Where the windows of terms are laid.

    own : (K,) the panel's columns that the fund's own figures come from
    ends : (S,) places among them on which the windows end, -1 before the first
    month_ends : (K,) True for the last session of a month that the exchanges of all funds hold
    following : the session after the last of them
    """

    own: IntArray
    ends: IntArray
    month_ends: BoolArray
    following: date | None


@dataclass(frozen=True, eq=False)
class _Prices:
    """A panel that hands out aligned prices for readings on some columns."""

    panel: PricePanel
    columns: IntArray
    coming: Coming

    def read(self, kind: _Kind, terms: Sequence[_Term]) -> Values:
        """Compute one measure over one window for N terms: (N, S)."""
        out = Values.empty(len(terms), self.columns.size)
        groups: dict[_Days, list[int]] = defaultdict(list)
        for place, term in enumerate(terms):
            groups[self._days(kind, term)].append(place)
        for days, places in groups.items():
            for place in places:
                out.periods[place] = (days.periods_of(kind.measure),)
            for block in row_blocks((len(places), self.panel.sessions.size), CELLS):
                chosen = places[block]
                self._fill(kind, days, [terms[place] for place in chosen], np.array(chosen), out)
        return out

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """By symbol."""
        return {symbol: row for row, symbol in enumerate(self.panel.symbols)}

    @cached_property
    def _patterns(self) -> Sequence[int]:
        """By row, the first row of the same exchange and the same sessions."""
        first: dict[tuple[str, bytes], int] = {}
        held = self.panel.held
        return [
            first.setdefault((exchange.code, b"" if held is None else held[row].tobytes()), row)
            for row, exchange in enumerate(self.panel.exchanges)
        ]

    @cached_property
    def _calendars(self) -> dict[_Days, _Calendar]:
        return {}

    @cached_property
    def _bill(self) -> FloatArray:
        return bill_rate(self.panel.close[self.rows[BILL_SYMBOL]])[0]

    def _days(self, kind: _Kind, term: _Term) -> _Days:
        own = [self.rows[symbol] for symbol in (term.symbol, kind.benchmark) if symbol]
        traded = [self.panel.exchanges[row] for row in own]
        return _Days(
            tuple(self._patterns[row] for row in own),
            tuple(dict.fromkeys(self._patterns[self.rows[symbol]] for symbol in term.shared)),
            min(exchange.periods for exchange in traded),
            traded[0].closes_apart(traded[-1]),
        )

    def _calendar(self, days: _Days) -> _Calendar:
        if days not in self._calendars:
            self._calendars[days] = self._make_calendar(days)
        return self._calendars[days]

    def _make_calendar(self, days: _Days) -> _Calendar:
        sessions = self.panel.sessions
        own, shared = self._is_held(days.own), self._is_held(days.shared)
        latest = np.maximum.accumulate(np.where(shared, np.arange(sessions.size), -1))[self.columns]
        places = np.flatnonzero(own)
        ends = np.where(latest < 0, -1, np.searchsorted(places, latest))
        last = np.zeros(sessions.size, dtype=np.bool_)
        last[shared] = month_ends(sessions[shared], None, self._following(days.shared))
        return _Calendar(places, ends, last[places], self._following(days.own))

    def _is_held(self, rows: Sequence[int]) -> BoolArray:
        """Return (T,) True where the exchanges of all of the rows hold the session."""
        if self.panel.held is None:
            return np.ones(self.panel.sessions.size, dtype=np.bool_)
        return np.asarray(self.panel.held[list(rows)].all(axis=0))

    def _following(self, rows: Sequence[int]) -> date | None:
        """Return the next session after the panel's last one that the exchanges of all of the rows hold."""
        codes = {self.panel.exchanges[row].code for row in rows}
        if not codes <= self.coming.keys():
            return self.panel.following
        first, *others = (self.coming[code] for code in codes)
        both = first[[all(day in other for other in others) for day in first]]
        return both[0].item() if both.size else None

    def _fill(self, kind: _Kind, days: _Days, terms: Sequence[_Term], rows: IntArray, out: Values) -> None:
        calendar = self._calendar(days)
        ended = np.flatnonzero(calendar.ends >= 0)
        out.reasons[np.ix_(rows, np.flatnonzero(calendar.ends < 0))] = "no session yet of all exchanges"
        if not ended.size:
            return
        history = self._history(kind, days, terms)
        ends, place = np.unique(calendar.ends[ended], return_inverse=True)
        found = (
            latest(history, ends)
            if kind.measure in LEVELS
            else trailing(PRICED[kind.measure], history, kind.window, ends)
        )
        since = np.where(found.base >= 0, history.sessions[found.base], np.datetime64("NaT", "D"))
        self._explain(kind, terms, history, ends, found.values, found.reasons)
        at = np.ix_(rows, ended)
        out.values[at], out.reasons[at] = found.values[:, place], found.reasons[:, place]
        out.since[at], out.until[at] = since[:, place], history.sessions[ends[place]]

    def _history(self, kind: _Kind, days: _Days, terms: Sequence[_Term]) -> History:
        calendar = self._calendar(days)
        periods, every = days.periods, calendar.own.size == self.panel.sessions.size
        own = slice(None) if every else calendar.own  # a slice copies nothing
        levels = self._levels(kind, [term.symbol for term in terms])[:, own]
        known = np.isfinite(levels)
        for row, term in enumerate(terms):
            for symbol in term.shared:
                if symbol != term.symbol:
                    known[row] &= np.isfinite(self._levels(kind, [symbol])[0, own])
        annual = kind.rate.annual
        rate = (
            annual / periods if annual is not None else self._bill[calendar.own[1:] - 1] * (PERIODS / periods)
        )
        benchmark = self._levels(kind, [kind.benchmark])[0, own] if kind.benchmark else None
        sessions = self.panel.sessions[own]
        return History(
            levels,
            sessions,
            calendar.month_ends,
            known,
            rate,
            benchmark,
            periods,
            days.weekly,
            calendar.following,
        )

    def _levels(self, kind: _Kind, symbols: Sequence[str]) -> FloatArray:
        """Return (N, T) what the measure is computed from."""
        rows = [self.rows[symbol] for symbol in symbols]
        if kind.measure not in {PRICE_CHANGE.name, *LEVELS}:
            return self.panel.total_return[rows]
        closes = self.panel.close[rows]
        if LEVELS.get(kind.measure, PRICE_CHANGE).in_percent:
            return closes / 100.0
        closes[~(closes > 0)] = np.nan
        return closes

    def _explain(
        self,
        kind: _Kind,
        terms: Sequence[_Term],
        history: History,
        ends: IntArray,
        values: FloatArray,
        reasons: Texts,
    ) -> None:
        """Give a reason to what has neither a value nor the measure's own reason."""
        for row, at in np.argwhere(np.isnan(values) & (reasons == "")):
            end, term = int(ends[at]), terms[row]
            if history.known[row, end]:
                begin = history.sessions[np.argmax(history.known[row])]
                names = " and ".join(term.shared)
                reasons[row, at] = (
                    f"prices of {names} begin {begin}{_needed_words(kind.window, history, end)}"
                )
            else:
                day = history.sessions[end]
                names = " and ".join(self._missing(kind, term, day))
                reasons[row, at] = f"no price of {names} on {day}"

    def _missing(self, kind: _Kind, term: _Term, session: np.datetime64) -> list[str]:
        column = int(np.searchsorted(self.panel.sessions, session))
        levels = self._levels(kind, term.shared)[:, column]
        return [symbol for symbol, level in zip(term.shared, levels, strict=True) if np.isnan(level)]


def _needed_words(window: Window, history: History, end: int) -> str:
    asked = window.base_target(history.sessions[end].item(), bool(history.month_ends[end]))
    return f"; the window needs one on or before {asked}" if asked else ""


def fact_value(quantity: Quantity, profile: FundProfile | None) -> Number:
    """Return a fund's fact as a number, or why there is none.

    Returns
    -------
    Expense ratio and yield a year and sector weight (of net assets) as fractions, assets in the fund's
    currency.

    Examples
    --------
    >>> from analytics.fund import Fact, Kind
    >>> fund = FundProfile("SPSM", Kind.FUND, expense_ratio=Fact(0.0003, "issuer"))
    >>> fact_value(Quantity("expense_ratio", "SPSM"), fund).value
    0.0003
    >>> fact_value(Quantity("assets", "SPSM"), fund).reason
    'the assets of SPSM are not known'
    """
    if profile is None:
        return Number(None, f"no facts about {quantity.symbol}")
    if quantity.measure == "sector_weight":
        return _sector_weight(quantity, profile)
    field = "dividend_yield" if quantity.measure == "fund_yield" else quantity.measure
    held: Fact[float] | None = getattr(profile, field)
    words = FACTS[quantity.measure].words.names[0]
    verb = "are" if words == "assets" else "is"
    reason = f"the {words} of {quantity.symbol} {verb} not known"
    return Number(None, reason) if held is None else Number.of(held.value, reason)


def _sector_weight(quantity: Quantity, profile: FundProfile) -> Number:
    if profile.sectors is None:
        return Number(None, f"the sector weights of {quantity.symbol} are not known")
    named = profile.sectors.value
    if named.of is not Basis.FUND:
        part = f"what part of {quantity.symbol} is in shares is not known"
        return Number(None, f"the sector weights of {quantity.symbol} are of its shares alone: {part}")
    weights = {sector.casefold(): weight for sector, weight in named.weights.items()}
    weight = weights.get((quantity.sector or "").casefold())
    reason = f"no sector {quantity.sector} of {quantity.symbol} under {named.taxonomy}"
    return Number(None, reason) if weight is None else Number.of(weight, reason)
