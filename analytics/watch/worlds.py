"""Worlds in which nothing changes: the past of some funds drawn again, and what rules would read in them.

The sessions that the funds share are drawn in blocks (the stationary bootstrap), all funds together, so that
no edge appears or is lost: what a rule does there, it does by chance.  Where a fund is to lose its edge, its
mean falls once the rule has been decided for a year.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analytics.align import MINIMUM_RETURNS
from analytics.errors import BadRule
from analytics.evidence.intervals import draw_sessions, seed_of
from analytics.measures import MEASURES
from analytics.measures.sample import MONTHS, PERIODS, Sample
from analytics.notes import INTEREST_RATES
from analytics.panel import DateArray, Exchange, FloatArray, PricePanel
from analytics.returns import BILL_SYMBOL, bill_rate
from analytics.watch.moving import History, IntArray, trailing
from analytics.watch.rules import PRICE_CHANGE, PRICED, Combine, Quantity, Rule
from analytics.watch.running import RUNNING, Setting, growth
from analytics.window import month_ends

BLOCK = 21
"""Mean length of a block in sessions: a month, since a rule's value is one of a window that lasts."""
PATHS = 500
YEARS = 3
"""For so long a rule is decided in each world."""
BEFORE = 1
"""Years of it before something is lost: by then a rule is no news any more."""
LEAST_YEARS = 2
"""Of prices, below which nothing is drawn from them."""
CELLS = 12_000_000
"""Prices in the windows of one fund that a measure without running sums is computed on: half a second."""
FEWEST_PATHS = 20


@dataclass(frozen=True, eq=False)
class Past:
    """What worlds are drawn from.

    start, end : the base close and the last one
    returns : by symbol (T,) total return of each session that all of the funds hold, fraction
    changes : the same of the closes, without dividends
    exchanges : by symbol
    bill : the mean rate of the 13-week bill per session of 252 a year, NaN where it is not known
    """

    start: date
    end: date
    returns: Mapping[str, FloatArray]
    changes: Mapping[str, FloatArray]
    exchanges: Mapping[str, Exchange]
    bill: float

    @property
    def length(self) -> int:
        """T, the sessions that can be drawn."""
        return next(iter(self.returns.values())).size

    def levels(self, symbol: str) -> FloatArray:
        """Return (T + 1,) growth of 1."""
        levels: FloatArray = growth(self.returns[symbol][None, :])[0]
        return levels


def symbols_of(rule: Rule) -> tuple[str, ...]:
    """Return the funds of a rule and what they are held against, whose prices are drawn together."""
    every = (symbol for quantity in rule.quantities for symbol in quantity.shared)
    return tuple(dict.fromkeys(every))


def why_not(rule: Rule) -> str | None:
    """Tell why a rule cannot be read in an unchanged world; None where it can.

    Examples
    --------
    >>> from analytics.watch.rules import Condition, Op
    >>> why_not(Rule((Condition(Quantity("expense_ratio", "AAA"), Op.ABOVE, 0.001),)))
    'a fact of a fund has no distribution'
    """
    for quantity in rule.quantities:
        if quantity.is_fact:
            return "a fact of a fund has no distribution"
        if quantity.measure not in MEASURES and quantity.measure != PRICE_CHANGE.name:
            return "a level has no distribution of its own: it wanders"
        if quantity.window.start is not None or quantity.window.label == "max":
            return "a window that grows has no distribution of its own"
        if rates := sorted(INTEREST_RATES & set(quantity.shared)):
            return f"{rates[0]} is a rate, which has no return to be drawn"
    return None


def past_of(symbols: Iterable[str], panel: PricePanel, since: date, last: date) -> Past:
    """Take the past of funds from a day on, on the sessions on which all of them have a price.

    Parameters
    ----------
    symbols : of the panel, and of funds
    since : the base is the first close on or after it
    last : sessions after it are ignored

    Raises
    ------
    BadRule
        There are less than two years of it.
    """
    named = tuple(symbols)
    known = panel.through(last).continuous()
    rows = [known.row(symbol) for symbol in named]
    levels, closes = known.total_return[rows], known.close[rows]
    usable = np.isfinite(levels).all(axis=0) & (closes > 0).all(axis=0)
    at = np.flatnonzero(usable & (known.sessions >= np.datetime64(since, "D")))
    periods = min(known.exchanges[row].periods for row in rows)
    if at.size - 1 < LEAST_YEARS * periods * 0.98:  # a year of holidays has a session or two less
        raise BadRule("a rule", f"has less than {LEAST_YEARS} years of prices to draw from")
    steps = {
        name: prices[:, at[1:]] / prices[:, at[:-1]] - 1.0
        for name, prices in (("returns", levels), ("changes", closes))
    }
    return Past(
        start=known.sessions[at[0]].item(),
        end=known.sessions[at[-1]].item(),
        returns=dict(zip(named, steps["returns"], strict=True)),
        changes=dict(zip(named, steps["changes"], strict=True)),
        exchanges={symbol: known.exchanges[row] for symbol, row in zip(named, rows, strict=True)},
        bill=_mean_bill(known, at),
    )


def _mean_bill(panel: PricePanel, at: IntArray) -> float:
    if BILL_SYMBOL not in panel.symbols:
        return float("nan")
    rates = bill_rate(panel.close[panel.row(BILL_SYMBOL)])[0][at[1:] - 1]
    known = rates[np.isfinite(rates)]
    return float(known.mean()) if known.size else float("nan")


@dataclass(frozen=True, eq=False)
class Worlds:
    """Paths drawn from a past.

    sessions : (P, lead + S) numbers of sessions of the past
    lead : sessions before the first one that is decided, which fill the longest window
    falls : by symbol, by how much its mean falls on each session after `BEFORE`, fraction
    """

    past: Past
    sessions: IntArray
    lead: int
    falls: Mapping[str, float] = field(default_factory=dict)
    _kept: dict[object, FloatArray] = field(default_factory=dict, repr=False)
    _losing: dict[tuple[str, float], Worlds] = field(default_factory=dict, repr=False)

    @property
    def paths(self) -> int:
        """P."""
        return int(self.sessions.shape[0])

    @property
    def decided(self) -> int:
        """S."""
        return int(self.sessions.shape[1]) - self.lead

    @property
    def before(self) -> int:
        """Sessions that are decided before something is lost."""
        return BEFORE * periods_of(self.past, self.past.returns)

    @property
    def years(self) -> float:
        """For which every path is decided."""
        return self.decided / periods_of(self.past, self.past.returns)

    def losing(self, symbol: str, a_year: float) -> Worlds:
        """Return the same paths, on which a fund's mean falls by so much a year after the first year."""
        if (symbol, a_year) not in self._losing:
            fall = a_year / self.past.exchanges[symbol].periods
            kept = {key: found for key, found in self._kept.items() if not _touches(key, symbol)}
            self._losing[symbol, a_year] = Worlds(self.past, self.sessions, self.lead, {symbol: fall}, kept)
        return self._losing[symbol, a_year]

    def for_(self, quantities: Sequence[Quantity]) -> Worlds:
        """Return worlds of the same past that quantities can be read in: these where they do, what was read
        in them included.
        """
        lead, count = lead_of(self.past, quantities), paths_for(quantities, self.past, self.paths)
        return self if (lead, count) == (self.lead, self.paths) else draw_worlds(self.past, lead, count)

    def first(self, count: int) -> Worlds:
        """Return the first of the paths."""
        return (
            self if count >= self.paths else Worlds(self.past, self.sessions[:count], self.lead, self.falls)
        )

    def returns(self, symbol: str, *, plain: bool = False) -> FloatArray:
        """Return (P, lead + S) returns on the paths; plain: of the closes, without dividends."""
        key = ("returns", symbol, plain)
        if key not in self._kept:
            source = self.past.changes if plain else self.past.returns
            drawn = source[symbol][self.sessions]
            if fall := self.falls.get(symbol):
                drawn[:, self.lead + self.before :] -= fall
            self._kept[key] = drawn
        return self._kept[key]

    def values(self, quantity: Quantity) -> FloatArray:
        """Return (P, S) what a quantity is on each of the sessions that are decided."""
        key = ("values", quantity)
        if key not in self._kept:
            self._kept[key] = self._read(quantity)
        return self._kept[key]

    def _read(self, quantity: Quantity) -> FloatArray:
        if quantity.other is None:
            return self._term(_Term(self, quantity))
        one, other = self.values(quantity.of(quantity.symbol)), self.values(quantity.of(quantity.other))
        if quantity.combine is Combine.DIFFERENCE:
            return np.asarray(one - other)
        usable = one * other > 0
        return np.asarray(np.divide(one, other, out=np.full(one.shape, np.nan), where=usable))

    def _term(self, term: _Term) -> FloatArray:
        moving = RUNNING.get(term.quantity.measure) if term.counts else None
        if moving is None:
            return term.by_window()
        returns = self.returns(term.quantity.symbol, plain=term.plain)[:, self.lead - term.length :]
        return moving(returns, term.setting)[:, term.length :]


def _touches(key: object, symbol: str) -> bool:
    kind, subject, *_ = key if isinstance(key, tuple) else ("", key)
    named = subject.shared if isinstance(subject, Quantity) else (subject,)
    return kind == "" or symbol in named


def periods_of(past: Past, symbols: Iterable[str]) -> int:
    """Return the sessions a year that funds have in common."""
    return min(past.exchanges[symbol].periods for symbol in symbols)


def lead_of(past: Past, quantities: Iterable[Quantity]) -> int:
    """Return the sessions that fill the longest window of quantities.

    A window that begins anew with every year, quarter or month is one of a year at most.
    """
    longest = max(quantity.window.months or MONTHS for quantity in quantities)
    return math.ceil(longest * periods_of(past, past.returns) / MONTHS)


def paths_for(quantities: Iterable[Quantity], past: Past, most: int = PATHS) -> int:
    """Return how many paths can be read in time: fewer where a measure has no running sums."""
    slow = [each for each in quantities if not (each.window.months and each.measure in RUNNING)]
    if not slow:
        return most
    periods = periods_of(past, past.returns)
    cells = sum((2 if each.other else 1) * lead_of(past, [each]) for each in slow) * YEARS * periods
    return max(min(most, CELLS // cells), FEWEST_PATHS)


Drawn = dict[tuple[int, ...], IntArray]
"""The sessions drawn already, by what they were drawn by."""


def draw_worlds(past: Past, lead: int, count: int = PATHS, drawn: Drawn | None = None) -> Worlds:
    """Draw paths of a past: a lead that fills the windows, then `YEARS` that are decided.

    The same span and lead give the same paths, whatever is asked of them.

    Parameters
    ----------
    drawn : where what is drawn is kept, for other funds with the same span
    """
    steps = lead + YEARS * periods_of(past, past.returns)
    seed = (*seed_of(past.start, past.end), lead)
    key = (*seed, past.length, count, steps)
    kept = {} if drawn is None else drawn
    if key not in kept:
        kept[key] = draw_sessions(past.length, seed, count=count, steps=steps, block=BLOCK)
    return Worlds(past, kept[key], lead)


@dataclass(frozen=True, eq=False)
class _Term:
    """A quantity of one fund in some worlds."""

    worlds: Worlds
    quantity: Quantity

    @property
    def plain(self) -> bool:
        """True where it is read from closes without dividends."""
        return self.quantity.measure == PRICE_CHANGE.name

    @property
    def periods(self) -> int:
        """Sessions a year."""
        named = [each for each in (self.quantity.symbol, self.quantity.against) if each]
        return periods_of(self.worlds.past, named)

    @property
    def apart(self) -> bool:
        """True where fund and benchmark close hours apart, so that weekly returns are used."""
        against = self.quantity.against
        traded = self.worlds.past.exchanges
        return bool(against) and traded[self.quantity.symbol].closes_apart(traded[against or ""])

    @property
    def counts(self) -> bool:
        """True where the window is a number of sessions."""
        return self.quantity.window.months is not None and not self.apart

    @property
    def length(self) -> int:
        """Returns in the window."""
        return round((self.quantity.window.months or MONTHS) * self.periods / MONTHS)

    @property
    def years(self) -> float:
        """Of the window."""
        return (self.quantity.window.months or MONTHS) / MONTHS

    @property
    def rate(self) -> float:
        """Per session."""
        annual = self.quantity.rate.annual
        return self.worlds.past.bill * PERIODS / self.periods if annual is None else annual / self.periods

    @property
    def setting(self) -> Setting:
        """With the returns of the benchmark, where there is one, from the first window on."""
        against = self.quantity.against
        beside = self.worlds.returns(against)[:, self.worlds.lead - self.length :] if against else None
        return Setting(self.length, self.years, self.periods, self.rate, beside)

    def by_window(self) -> FloatArray:
        """Compute the measure itself on every window, on a calendar of as many sessions a year."""
        worlds, quantity = self.worlds, self.quantity
        levels = growth(worlds.returns(quantity.symbol, plain=self.plain))
        days = made_sessions(levels.shape[1], self.periods)
        history = History(
            levels=levels,
            sessions=days,
            month_ends=month_ends(days, None, None),
            known=np.ones(levels.shape, dtype=np.bool_),
            rate=self.rate,
            benchmark=growth(worlds.returns(quantity.against)) if quantity.against else None,
            periods=self.periods,
            weekly=self.apart,
        )
        columns = np.arange(worlds.lead + 1, levels.shape[1])
        return trailing(PRICED[quantity.measure], history, quantity.window, columns).values


def made_sessions(count: int, periods: int) -> DateArray:
    """Make sessions of a calendar of its own: 252 a year are the weekdays but nine, 365 are all days.

    >>> days = made_sessions(504, 252)
    >>> days[0], days[252], days[-1]
    (np.datetime64('2001-01-01'), np.datetime64('2002-01-01'), np.datetime64('2002-12-30'))
    """
    first = np.datetime64("2001-01-01", "D")
    if periods > PERIODS:
        return np.asarray(first + np.arange(count))
    weekdays = np.busday_offset(first, np.arange(count * 261 // PERIODS + 30))
    kept = np.arange(weekdays.size) % 29 != 28
    return np.asarray(weekdays[kept][:count])


def own_level(quantity: Quantity, past: Past) -> float | None:
    """Compute a measure of returns over the whole past; None of what depends on how long a window is."""
    measure = MEASURES.get(quantity.measure)
    if measure is None or not measure.periodic:
        return None
    if quantity.other:
        parts = [own_level(quantity.of(symbol), past) for symbol in (quantity.symbol, quantity.other)]
        if None in parts or quantity.combine is not Combine.DIFFERENCE:
            return None
        return (parts[0] or 0.0) - (parts[1] or 0.0)
    worlds = Worlds(past, np.arange(past.length)[None, :], 0)
    term = _Term(worlds, quantity)
    if term.apart:
        return None
    against = past.levels(quantity.against)[None, :] if quantity.against else None
    days = made_sessions(past.length + 1, term.periods)
    levels = past.levels(quantity.symbol)[None, :]
    sample = Sample(levels, days, term.rate, against, MINIMUM_RETURNS, term.periods)
    value = float(measure.compute(sample)[0])
    return value if math.isfinite(value) else None
