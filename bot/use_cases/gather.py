"""What rules are read from: prices of every distinct symbol, and the fund facts that some of them need."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Protocol

import numpy as np

from analytics.fund import FundProfile
from analytics.notes import INTEREST_RATES, Note, NoteKind
from analytics.panel import PricePanel
from analytics.watch.readings import Readings, read
from analytics.watch.rules import Rule
from bot.errors import Unavailable, UnknownSymbols
from bot.ports import Calendar, Funds, Prices

OVER = timedelta(days=10)
"""A last price older than this is the end of a fund's life, not a price that is late."""

PROBES = 8
"""Symbols asked about at once after one of them failed; where none of these answers, the source is silent."""

Causes = Mapping[str, str]


class Sources(Protocol):
    """Of `Desk`, what is needed here."""

    @property
    def prices(self) -> Prices:
        """Daily prices."""
        ...

    @property
    def funds(self) -> Funds:
        """Fund facts."""
        ...

    @property
    def calendar(self) -> Calendar:
        """Sessions."""
        ...


@dataclass(frozen=True, eq=False)
class Gathered:
    """Everything that rules are read from, as known on the evening of a session.

    panel : reaches to `through`; a symbol that the source knows but gives no price of is a row of gaps
    profiles : of the symbols whose facts are watched
    late : symbols without a price on `through` that may still come
    causes : why, by symbol, for those that are late and those that the source does not know
    """

    through: date
    panel: PricePanel
    profiles: Mapping[str, FundProfile]
    late: frozenset[str]
    causes: Causes

    def readings(self, rules: Iterable[Rule], first: date, last: date) -> Readings:
        """What rules say on each session from `first` to `last`; for many rules, ask from a thread."""
        found = read(rules, self.panel, first, last, self.profiles)
        failures = {
            quantity: "; ".join([text, *(self.causes[s] for s in quantity.priced if s in self.causes)])
            for quantity, text in found.failures.items()
        }
        return replace(found, failures=failures)

    @property
    def newest(self) -> date | None:
        """The newest session with a price of anything."""
        known = np.flatnonzero(np.isfinite(self.panel.close).any(axis=0))
        return self.panel.sessions[known[-1]].item() if known.size else None

    def waits(self, rule: Rule) -> tuple[str, ...]:
        """The rule's symbols whose price of the session may still come."""
        return tuple(symbol for symbol in rule.priced if symbol in self.late)


@dataclass(frozen=True, eq=False)
class _Asked:
    """Prices as far as they could be had.

    silent: symbols that may be had later, and why.  stale: why others may end before the session.
    """

    panel: PricePanel | None
    silent: Causes
    unknown: Causes
    stale: Causes = field(default_factory=dict)


async def gather(rules: Iterable[Rule], desk: Sources, through: date) -> Gathered:
    """Prices and facts for rules; never raises for what a source does not know or give.

    through: a complete session.
    """
    listed = list(rules)
    symbols = list(dict.fromkeys(symbol for rule in listed for symbol in rule.priced))
    facts = list(dict.fromkeys(symbol for rule in listed for symbol in rule.profiled))
    asked, found = await asyncio.gather(
        _prices(desk.prices, symbols, through), desk.funds.profiles(facts) if facts else _nothing()
    )
    profiles = found.by_symbol if found else {}
    return await asyncio.to_thread(_gathered, desk.calendar, asked, profiles, through)


async def _nothing() -> None:
    return None


async def _prices(prices: Prices, symbols: Sequence[str], through: date) -> _Asked:
    """All in one question; where that fails, without those that are to blame."""
    wanted, unknown, silent = list(symbols), dict[str, str](), dict[str, str]()
    while wanted:
        try:
            history = await prices.history(wanted, through)
        except UnknownSymbols as fault:
            if not set(fault.nearest) & set(wanted):
                return _Asked(None, dict.fromkeys(wanted, str(fault)), unknown)
            unknown |= _unknown(fault)
        except Unavailable as fault:
            if silent or fault.symbol is None:  # after a second failure the source itself is the trouble
                return _Asked(None, silent | dict.fromkeys(wanted, str(fault)), unknown)
            failed = await _blamed(prices, wanted, through)
            silent = dict(failed) or {fault.symbol: str(fault)}
        else:
            return _Asked(history.panel, silent, unknown, dict(_stale(history.notes)))
        wanted = [symbol for symbol in wanted if symbol not in unknown and symbol not in silent]
    return _Asked(None, silent, unknown)


def _stale(notes: Iterable[Note]) -> Iterator[tuple[str, str]]:
    for note in notes:
        if note.kind is NoteKind.STALE and note.symbol:
            yield note.symbol, str(note.facts["cause"])


def _unknown(fault: UnknownSymbols) -> Causes:
    return dict.fromkeys(fault.nearest, f"{fault.source} has no such symbol")


async def _blamed(prices: Prices, symbols: Sequence[str], through: date) -> Causes:
    """Which symbols fail on their own, a few at a time.

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
    """Why there are no prices of one symbol; None where there are, or where it is not known at all."""
    try:
        await prices.history([symbol], through)
    except Unavailable as fault:
        return str(fault)
    except UnknownSymbols:
        return None
    return None


def _gathered(
    calendar: Calendar, asked: _Asked, profiles: Mapping[str, FundProfile], through: date
) -> Gathered:
    panel = _whole(calendar, asked, through)
    late = dict(_late(panel, asked, through))
    return Gathered(through, panel, profiles, frozenset(late), {**asked.unknown, **late})


def _whole(calendar: Calendar, asked: _Asked, through: date) -> PricePanel:
    """The panel up to the session, and a row of gaps for every symbol that the source is silent about."""
    panel = asked.panel
    if panel and panel.as_of == through and not asked.silent:
        return panel
    first = panel.sessions[0].item() if panel else through - timedelta(days=370)
    sessions = calendar.sessions(first, through)
    symbols = (*(panel.symbols if panel else ()), *asked.silent)
    gaps = np.full((3, len(symbols), sessions.size), np.nan)
    if panel:
        at = np.searchsorted(sessions, panel.sessions)
        gaps[:, : len(panel.symbols), at] = (panel.total_return, panel.close, panel.volume)
    total_return, close, volume = gaps
    source, simulated = (panel.source, panel.simulated) if panel else ("", False)
    return PricePanel(sessions, symbols, total_return, close, volume, source, simulated)


def _late(panel: PricePanel, asked: _Asked, through: date) -> Iterator[tuple[str, str]]:
    """Symbols whose price of the last session may still come, each with the cause."""
    since = np.datetime64(through - OVER, "D")
    recent = np.isfinite(panel.total_return[:, panel.sessions >= since])
    for row in np.flatnonzero(~recent[:, -1]):
        symbol = panel.symbols[row]
        if symbol in asked.silent:
            yield symbol, asked.silent[symbol]
        elif recent[row].any() and symbol not in INTEREST_RATES:
            yield symbol, asked.stale.get(symbol, f"no price of {symbol} on {through} yet")
