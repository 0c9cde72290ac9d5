"""What answers and rules are computed from: prices of every symbol, and the fund facts that some need."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from analytics.comparison import Comparison
from analytics.evidence.edge import WindowEvidence
from analytics.fund import FundProfile, funds_of
from analytics.notes import INTEREST_RATES, OVER, Note, NoteKind
from analytics.panel import DateArray, Exchange, PricePanel, spread_rows
from analytics.query import MARKET, Query
from analytics.watch.quantities import Coming
from analytics.watch.readings import Readings, read
from analytics.watch.rules import Rule
from bot.errors import Unavailable, UnknownSymbols
from bot.ports import Calendar, Clock, Funds, PriceHistory, Prices, Quotes, Rebalance, WholeLists
from bot.schedule import CLOSED, newest_session

T = TypeVar("T")

PROBES = 8
"""Symbols asked about at once after one of them failed; where none of these answers, the source is silent."""

Causes = Mapping[str, str]

Codes = Mapping[str, str]
"""Codes of exchanges by symbol."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Everything that rules are read from, as known on the evening of a day.

    panel : not newer than `through`; a symbol that the source knows but gives no price of is a row of gaps
    profiles : of the symbols whose facts are watched
    complete : by symbol of the panel, the newest session of its own exchange that has settled
    late : symbols without a price on that session which may still come
    causes : why, by symbol, for those that are late and those that the source does not know
    exchanges : by symbol, the code of its exchange, as far as its prices tell or told before
    coming : by code of an exchange, its sessions after the complete ones
    announced : by symbol that is followed, the newest ex-dividend day that its source tells
    """

    through: date
    panel: PricePanel
    profiles: Mapping[str, FundProfile]
    complete: Mapping[str, date]
    late: frozenset[str]
    causes: Causes
    exchanges: Codes
    coming: Coming
    announced: Mapping[str, date] = field(default_factory=dict)

    def readings(self, rules: Iterable[Rule], first: date, last: date) -> Readings:
        """Return what rules say on each session from `first` to `last`; for many rules, ask from a thread.

        A session that has not settled on every exchange that a quantity needs is none of its own yet.
        """
        found = read(rules, self.panel, first, last, self.profiles, self.coming)
        failures = {
            quantity: "; ".join([text, *(self.causes[s] for s in quantity.priced if s in self.causes)])
            for quantity, text in found.failures.items()
        }
        held = np.ones(found.values.shape, dtype=np.bool_) if found.held is None else found.held.copy()
        for quantity, row in found.rows.items():
            if not quantity.is_fact:
                newest = min(self.complete[symbol] for symbol in quantity.shared)
                held[row] &= found.sessions <= np.datetime64(newest, "D")
        return replace(found, failures=failures, held=held)

    def codes_of(self, rules: Iterable[Rule], followed: Iterable[str] = ()) -> frozenset[str]:
        """Give the codes of the exchanges of rules' symbols and others, as far as they are known."""
        symbols = [*(symbol for rule in rules for symbol in rule.priced), *followed]
        return frozenset(self.exchanges[symbol] for symbol in symbols if symbol in self.exchanges)

    def newest_session(self, rule: Rule) -> date | None:
        """Find the newest complete session of a rule, which all exchanges in its conditions held.

        None for a rule that reads no prices, or of which there are none.
        """
        needed = [condition.quantity for condition in rule.conditions if not condition.quantity.is_fact]
        symbols = [symbol for quantity in needed for symbol in quantity.shared if symbol in self.complete]
        if not symbols:
            return None
        last = np.datetime64(min(self.complete[symbol] for symbol in symbols), "D")
        shared = self.panel.sessions <= last
        if self.panel.held is not None:
            shared &= self.panel.held[[self.panel.row(symbol) for symbol in symbols]].all(axis=0)
        held = self.panel.sessions[shared]
        return held[-1].item() if held.size else None

    @property
    def newest(self) -> date | None:
        """The newest session with a price of anything."""
        known = np.flatnonzero(np.isfinite(self.panel.close).any(axis=0))
        return self.panel.sessions[known[-1]].item() if known.size else None

    def waits(self, rule: Rule) -> tuple[str, ...]:
        """Return the rule's symbols whose price of the session may still come."""
        return tuple(symbol for symbol in rule.priced if symbol in self.late)


@dataclass(frozen=True, eq=False)
class PricesFound:
    """Prices as far as they could be had.

    silent: symbols that may be had later, and why.  stale: why others may end before the session.
    """

    panel: PricePanel | None
    silent: Causes
    unknown: Causes
    stale: Causes = field(default_factory=dict)


async def gather(
    rules: Iterable[Rule],
    market_data: MarketData,
    through: date,
    known: Codes | None = None,
    followed: Iterable[str] = (),
) -> Gathered:
    """Gather prices and facts for rules; never raises for what a source does not know or give.

    through: a day; of each exchange nothing is known but the sessions up to it that have settled by now.
    known: exchanges of symbols as their prices told before, for those that the source is silent about.
    followed: symbols that are told of without a rule.
    """
    listed, others = list(rules), list(dict.fromkeys(followed))
    symbols = list(dict.fromkeys([*(symbol for rule in listed for symbol in rule.priced), *others]))
    facts = list(dict.fromkeys(symbol for rule in listed for symbol in rule.profiled))
    asked, found = await asyncio.gather(
        find_prices(market_data.prices, symbols, through),
        market_data.funds.profiles(list(dict.fromkeys([*facts, *others])))
        if facts or others
        else _no_profiles(),
    )
    profiles = found.by_symbol if found else {}
    clock = market_data.clock
    frame = _Frame(market_data.calendar, through, clock.now(), known or {}, bool(facts), clock.trusted)
    return await asyncio.to_thread(_assemble, frame, asked, profiles)


async def _no_profiles() -> None:
    return None


async def find_prices(prices: Prices, symbols: Sequence[str], through: date) -> PricesFound:
    """Ask for all prices in one question; where that fails, without those that are to blame."""
    wanted, unknown, silent = list(symbols), dict[str, str](), dict[str, str]()
    while wanted:
        try:
            history = await prices.history(wanted, through)
        except UnknownSymbols as fault:
            behind = ((symbol, fund) for symbol in wanted for fund in funds_of(symbol))
            causes = {symbol: fault.cause(fund) for symbol, fund in behind if fund in fault.nearest}
            if not causes:
                return PricesFound(None, dict.fromkeys(wanted, str(fault)), unknown)
            unknown |= causes
        except Unavailable as fault:
            if silent or fault.symbol is None:  # after a second failure the source itself is the trouble
                return PricesFound(None, silent | dict.fromkeys(wanted, str(fault)), unknown)
            failed = await _find_failing(prices, wanted, through)
            silent = dict(failed) or {fault.symbol: str(fault)}
        else:
            return PricesFound(history.panel, silent, unknown, dict(_stale_causes(history.notes)))
        wanted = [symbol for symbol in wanted if symbol not in unknown and symbol not in silent]
    return PricesFound(None, silent, unknown)


def _stale_causes(notes: Iterable[Note]) -> Iterator[tuple[str, str]]:
    for note in notes:
        if note.kind is NoteKind.STALE and note.symbol:
            yield note.symbol, str(note.facts["cause"])


async def _find_failing(prices: Prices, symbols: Sequence[str], through: date) -> Causes:
    """Find which symbols fail on their own, a few at a time.

    Where a whole handful fails the rest is not asked, so that a source in trouble is left alone.
    """
    failed: dict[str, str] = {}
    for start in range(0, len(symbols), PROBES):
        handful = symbols[start : start + PROBES]
        causes = await asyncio.gather(*(_cause(prices, symbol, through) for symbol in handful))
        failed |= {symbol: cause for symbol, cause in zip(handful, causes, strict=True) if cause}
        if len(handful) == PROBES and all(causes):
            return failed | dict.fromkeys(symbols[start:], causes[-1] or "")
    return failed


async def _cause(prices: Prices, symbol: str, through: date) -> str | None:
    """Return why there are no prices of one symbol; None where there are, or where it is not known at all."""
    try:
        await prices.history([symbol], through)
    except Unavailable as fault:
        return str(fault)
    except UnknownSymbols:
        return None
    return None


@dataclass(frozen=True)
class _Frame:
    """Days on which something can be known.

    calendar : the workspace's.  known : exchanges of symbols, from before
    facts : facts are known on the day `through`, which then is among the sessions whoever holds it
    trusted : `now` is surely now
    """

    calendar: Calendar
    through: date
    now: datetime
    known: Codes
    facts: bool
    trusted: bool

    def of(self, code: str) -> Calendar:
        """Give the calendar of an exchange."""
        return self.calendar.of(code)

    def settled_sessions(self, code: str, first: date) -> DateArray:
        """Find the sessions of an exchange from a day on that have settled."""
        return self.of(code).sessions(first, self.complete(code))

    def complete(self, code: str) -> date:
        """Find the newest session up to `through` that has settled on an exchange."""
        return newest_session(self.of(code), self.through, self.now)


def _assemble(frame: _Frame, asked: PricesFound, profiles: Mapping[str, FundProfile]) -> Gathered:
    panel = _whole_panel(frame, asked)
    codes = dict(zip(panel.symbols, (each.code for each in panel.exchanges), strict=True))
    ends = {code: frame.complete(code) for code in set(codes.values())}
    complete = {symbol: ends[code] for symbol, code in codes.items()}
    late = dict(_late_symbols(panel, asked, complete, trusted=frame.trusted))
    told = {symbol: code for symbol, code in codes.items() if symbol not in asked.silent}
    day = timedelta(days=1)
    return Gathered(
        frame.through,
        panel,
        profiles,
        complete,
        frozenset(late),
        {**asked.unknown, **late},
        {**frame.known, **told},
        {code: frame.of(code).sessions(end + day, end + CLOSED) for code, end in ends.items()},
        {symbol: each.ex_date.value for symbol, each in profiles.items() if each.ex_date},
    )


def _whole_panel(frame: _Frame, asked: PricesFound) -> PricePanel:
    """Return the panel on all complete sessions, and a row of gaps for every symbol that the source is
    silent about.

    Where prices are late, or only a cache has answered, its sessions end before those of the exchanges.
    """
    panel = asked.panel or _nothing_known(frame)
    first, newer = panel.sessions[0].item(), panel.as_of + timedelta(days=1)
    silent = [frame.known.get(symbol, frame.calendar.exchange.code) for symbol in asked.silent]
    begins = [*((exchange.code, newer) for exchange in panel.exchanges), *((code, first) for code in silent)]
    days = {(code, since): frame.settled_sessions(code, since) for code, since in set(begins)}
    facts = np.array([frame.through] if frame.facts else [], dtype="datetime64[D]")
    sessions: DateArray = np.unique(np.concatenate([panel.sessions, facts, *days.values()]))
    if sessions.size == panel.sessions.size and not silent:
        return panel
    more = {symbol: frame.of(code).exchange for symbol, code in zip(asked.silent, silent, strict=True)}
    return _widen_panel(panel, more, sessions, [days[begin] for begin in begins])


def _nothing_known(frame: _Frame) -> PricePanel:
    sessions = frame.calendar.sessions(frame.through - timedelta(days=370), frame.through)
    none = np.full((0, sessions.size), np.nan)
    return PricePanel(sessions, (), none, none, none, "")


def _widen_panel(
    panel: PricePanel, more: Mapping[str, Exchange], sessions: DateArray, days: Sequence[DateArray]
) -> PricePanel:
    """Widen a panel by more symbols and sessions, of which no price is known.

    days : by row, sessions that its exchange holds beside those of the panel
    """
    at, known = np.searchsorted(sessions, panel.sessions), len(panel.symbols)
    prices = np.full((3, len(days), sessions.size), np.nan)
    prices[:, :known, at] = (panel.total_return, panel.close, panel.volume)
    held = np.array([np.isin(sessions, line) for line in days], dtype=np.bool_).reshape(-1, sessions.size)
    held[:known, at] |= True if panel.held is None else panel.held
    total_return, close, volume = prices
    return replace(
        panel,
        sessions=sessions,
        symbols=(*panel.symbols, *more),
        total_return=total_return,
        close=close,
        volume=volume,
        exchanges=(*panel.exchanges, *more.values()),
        currencies=(*panel.currencies, *[None] * len(more)),
        held=held,
        components={
            symbol: spread_rows(parts, at, sessions.size) for symbol, parts in panel.components.items()
        },
    )


def _late_symbols(
    panel: PricePanel, asked: PricesFound, complete: Mapping[str, date], *, trusted: bool
) -> Iterator[tuple[str, str]]:
    """Yield symbols whose price of their newest complete session may still come, each with the cause.

    By a clock that may have leapt none has ended: what it calls the newest session may be yet to come.
    """
    known = np.isfinite(panel.total_return)
    for row, symbol in enumerate(panel.symbols):
        day = complete[symbol]
        since, last = np.searchsorted(panel.sessions, np.array([day - OVER, day], dtype="datetime64[D]"))
        if symbol in asked.silent:
            yield symbol, asked.silent[symbol]
        elif (
            last < panel.sessions.size
            and panel.sessions[last] == np.datetime64(day, "D")
            and known[row, last]
        ):
            continue
        elif symbol not in INTEREST_RATES and (not trusted or known[row, since : last + 1].any()):
            yield symbol, asked.stale.get(symbol, f"no price of {symbol} on {day} yet")


MOST_COMPUTED = 256
"""Results that are remembered: a few kilobytes each."""


class Computed:
    """What was computed from prices, kept by what went in: the same question draws its resamples once.

    Safe to use from several threads.
    """

    def __init__(self, most: int = MOST_COMPUTED) -> None:
        self._most, self._results = most, OrderedDict[str, Any]()
        self._lock = Lock()

    def of(
        self,
        compute: Callable[[PricePanel, Mapping[str, FundProfile], Query], T],
        panel: PricePanel,
        profiles: Mapping[str, FundProfile],
        query: Query,
    ) -> T:
        """Return what a function makes of prices, profiles and a query, computed once."""
        changes = {symbol: profiles[symbol].index_changes for symbol in sorted(profiles)}
        key = content_key(panel, compute.__qualname__, query, changes)
        return self.once(key, lambda: compute(panel, profiles, query))

    def once(self, key: str, compute: Callable[[], T]) -> T:
        """Return what a function gives, computed once for a `content_key` of all that it depends on."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                known: T = self._results[key]
                return known
        found = compute()
        with self._lock:
            self._results[key] = found
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        return found


def content_key(panel: PricePanel, *told: object) -> str:
    """Hash prices and all else that a result depends on, as far as an array's bytes or `repr` tell it."""
    words = [each for each in told if not isinstance(each, np.ndarray)]
    content = hashlib.sha256(
        repr((words, panel.symbols, panel.source, panel.doubts, panel.exchanges)).encode()
    )
    arrays = [each for each in told if isinstance(each, np.ndarray)]
    for values in (panel.sessions, panel.total_return, panel.close, panel.held, *arrays):
        content.update(b"-" if values is None else np.ascontiguousarray(values).tobytes())
    return content.hexdigest()


Peers = Callable[[str, str | None], Sequence[str]]
Rebalances = Callable[[str, date, date], Sequence[Rebalance]]
"""Finds when the index of a fund changes between two days."""


def _no_rebalances(symbol: str, first: date, last: date) -> Sequence[Rebalance]:  # noqa: ARG001
    return ()


def _no_peers(symbol: str, category: str | None) -> Sequence[str]:  # noqa: ARG001
    return ()


@dataclass(frozen=True)
class MarketData:
    """What a comparison is made with: sources and time, and what was computed before.

    peers : by symbol and category, the funds of the source that one alone is usefully held against
    regimes : by symbol, of funds that are known to have changed their index, a profile that says so
    rebalances : the days on which a fund's index changes, as far as they are surely known
    sources : by the name printed under answers, each source that `prices` may take an answer from
    lists : whole lists of holdings; None where there are none.  quotes : bid and ask; None where nobody tells
    """

    prices: Prices
    funds: Funds
    calendar: Calendar
    clock: Clock
    peers: Peers = _no_peers
    regimes: Mapping[str, FundProfile] = field(default_factory=dict)
    computed: Computed = field(default_factory=Computed, compare=False)
    rebalances: Rebalances = _no_rebalances
    sources: Mapping[str, Prices] = field(default_factory=dict)
    lists: WholeLists | None = None
    quotes: Quotes | None = None

    def keeping(self, source: str) -> MarketData:
        """Return it with the prices of one source alone; as it is where there is none of that name."""
        own = self.sources.get(source)
        return replace(self, prices=own) if own else self


async def add_proxies(
    data: ComparisonData, market_data: MarketData, proxies: Sequence[str]
) -> ComparisonData:
    """Add the prices of funds that an answer holds its own against, as far as they can be had."""
    symbols = list(dict.fromkeys((*data.panel.symbols, *proxies)))
    own = market_data.keeping(data.panel.source).prices
    found = await find_prices(own, symbols, data.comparison.query.as_of)
    if found.panel is None or found.panel.source != data.panel.source:
        return data
    whole = set(data.panel.symbols) <= set(found.panel.symbols)
    return replace(data, panel=found.panel) if whole else data


@dataclass(frozen=True, eq=False)
class ComparisonData:
    """What an answer about funds is made from.

    panel: all prices of the question's symbols up to its day, also from before its window.
    notes: what the sources had to say.
    evidence: what the window tells of the gap; None of one fund alone, and where nothing was asked of it.
    """

    panel: PricePanel
    comparison: Comparison
    notes: tuple[Note, ...]
    evidence: WindowEvidence | None = None


def newest_session_of(panel: PricePanel, symbols: Sequence[str]) -> date:
    """Return the newest session of a panel that the exchange of any of these funds held."""
    if panel.held is None:
        return panel.as_of
    held = panel.held[[panel.row(symbol) for symbol in symbols]].any(axis=0)
    newest: date = panel.sessions[held][-1].item() if held.any() else panel.as_of
    return newest


def too_young(panel: PricePanel, query: Query) -> dict[str, date]:
    """Return the oldest prices of the funds that have none before the end of a window."""
    end = min(filter(None, (query.window.end, query.as_of)))
    first = first_prices(panel)
    return {symbol: first[symbol] for symbol in query.symbols if symbol in first and first[symbol] >= end}


async def priced_query(query: Query, market_data: MarketData) -> tuple[Query, PriceHistory]:
    """Fetch the prices of a question; a broad market that nobody named is done without where it fails."""
    wide = replace(query, market=True)
    try:
        return wide, await market_data.prices.history(wide.priced, query.as_of)
    except (UnknownSymbols, Unavailable) as fault:
        lacking = fault.nearest if isinstance(fault, UnknownSymbols) else [fault.symbol]
        if wide.priced == query.priced or MARKET not in lacking:
            raise
    return query, await market_data.prices.history(query.priced, query.as_of)


def today(market_data: MarketData) -> date:
    """Give the day that no settled session of any exchange lies after."""
    return market_data.clock.now().astimezone(UTC).date()


def first_prices(panel: PricePanel) -> dict[str, date]:
    """Return by symbol the session of its oldest price, of those that have one."""
    known = np.isfinite(panel.continuous().close)
    rows = zip(panel.symbols, known, strict=True)
    return {symbol: panel.sessions[row.argmax()].item() for symbol, row in rows if row.any()}
